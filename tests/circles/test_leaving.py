"""Who leaves: a group after three sessions, the network, the organisation."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from reciproque.agenda.models import Meeting, Step
from reciproque.circles import actions
from reciproque.circles.access import get_seat, shares
from reciproque.circles.queries import face, flags, members_of
from reciproque.kit import clock
from reciproque.kit.errors import NotThere
from reciproque.library.models import Sheet
from reciproque.networks.actions import leave_network
from reciproque.people.actions import leave_organisation

DAY = dt.timedelta(days=1)


def test_after_three_sessions_the_place_is_free_and_what_was_written_stays(
    begun: Any, facilitator: Any, members: Any, seat_of: Any, said: Any, owed: Any
) -> None:
    circle = begun(count=5)
    starts = [clock.now() + DAY * n for n in (2, 9, 16, 23, 30)]
    sessions = actions.fix_sessions(circle, by=facilitator, starts=starts)
    leaver, stayer = members(circle)[:2]
    with clock.at(clock.now() + 17 * DAY):
        for session in sessions[:3]:
            actions.record_roll(session, by=facilitator, here={person.pk for person in members(circle)})
        seat = seat_of(circle, leaver)
        with pytest.raises(PermissionDenied):
            actions.leave_circle(seat, by=facilitator)
        actions.leave_circle(seat, by=leaver)
    coming = Meeting.objects.filter(kind="group", state="fixed")
    assert coming.count() == 2
    assert not coming.filter(attendances__person=leaver, attendances__left_at=None).exists()
    assert coming.filter(attendances__person=stayer, attendances__left_at=None).count() == 2
    held = Meeting.objects.filter(kind="group", state="held")
    assert held.filter(attendances__person=leaver, attendances__attended=True).count() == 3
    seat.refresh_from_db()
    assert seat.goal
    assert seat.state == "left"
    assert get_seat(stayer, seat.public_id) == seat
    assert not any(name == str(leaver) for _verb, name in owed(circle))
    fact = said("seat.left")[0]
    assert fact.data == {"title": circle.title, "members": 4, "few": True}
    assert set(fact.concerns.values_list("person", flat=True)) == {leaver.pk}


def test_below_five_the_group_is_told_who_can_decide(
    begun: Any, facilitator: Any, members: Any, seat_of: Any
) -> None:
    circle = begun(count=5)
    actions.leave_circle(seat_of(circle, members(circle)[0]), by=members(circle)[0])
    [flag] = flags(circle)
    assert flag.kind == "few"
    assert "Il manque une personne" in flag.sentence
    assert "Gaëlle Guide" in flag.who
    actions.waive(circle, by=facilitator, kind="few", reason="À quatre, nous continuons.")
    assert flags(circle) == []


def test_who_left_reads_nothing_more(begun: Any, facilitator: Any, members: Any, seat_of: Any) -> None:
    circle = begun(count=6)
    leaver, stayer = members(circle)[:2]
    draft = actions.write_group_sheet(circle, by=stayer, title="Préparer un entretien", situation="Marqueur")
    assert Sheet.objects.visible_to(leaver).filter(pk=draft.pk).exists()
    actions.leave_circle(seat_of(circle, leaver), by=leaver)
    assert not shares(leaver, circle)
    assert not Sheet.objects.visible_to(leaver).filter(pk=draft.pk).exists()
    with pytest.raises(NotThere):
        get_seat(leaver, seat_of(circle, stayer).public_id)
    assert face(circle, leaver).part == "left"
    with pytest.raises(ValidationError):
        actions.leave_circle(seat_of(circle, leaver), by=leaver)
    with pytest.raises(ValidationError):
        actions.edit_seat(seat_of(circle, leaver), by=leaver, goal="Un autre", helping="Encore")


def test_leaving_the_network_leaves_its_groups(
    begun: Any, call: Any, apply: Any, members: Any, member: Any, run_reactions: Any, seat_of: Any, said: Any
) -> None:
    circle, calling = begun(count=6), call()
    leaver = members(circle)[0]
    apply(calling, leaver)
    leave_network(member(leaver), by=leaver)
    assert not shares(leaver, circle)  # at once, before any reaction
    run_reactions()
    assert (seat_of(circle, leaver).state, seat_of(calling, leaver).state) == ("left", "withdrawn")
    assert len(members_of(circle)) == 5
    assert said("seat.left")[0].by is None
    assert run_reactions() == 0


def test_leaving_the_organisation_too(
    begun: Any, members: Any, seat_of: Any, run_reactions: Any, admin: Any
) -> None:
    circle = begun(count=6)
    leaver = members(circle)[0]
    leave_organisation(leaver, by=admin)
    run_reactions()
    assert seat_of(circle, leaver).state == "left"
    assert not Step.objects.open().filter(owner=leaver).exists()


def test_a_group_whose_opener_leaves_goes_to_its_facilitator_or_to_the_team(
    call: Any,
    prepare: Any,
    facilitator: Any,
    alice: Any,
    member: Any,
    run_reactions: Any,
    owed: Any,
    make_person: Any,
    network: Any,
    join: Any,
) -> None:
    opener = make_person("Inès", "Ouvre")
    join(opener, network, "animator")
    led, alone = call(by=opener), prepare(by=opener)
    actions.name_facilitator(led, by=opener, person=facilitator)
    leave_network(member(opener), by=opener)
    run_reactions()
    assert owed(led) == [("seats", "Gaëlle Guide")]
    assert owed(alone) == [("specify", "")]
    actions.take_over(alone, by=alice)
    assert owed(alone) == [("specify", "Alice Martin")]


def test_a_candidate_who_leaves_frees_a_place(
    call: Any, apply: Any, volunteers: Any, member: Any, run_reactions: Any, seat_of: Any
) -> None:
    circle, people = call(seats_most=5), volunteers(6)
    for person in people:
        apply(circle, person)
    leave_network(member(people[0]), by=people[0])
    run_reactions()
    assert seat_of(circle, people[5]).state == "applied"

"""What went wrong once: groups that waited for nobody, rolls and reviews that were lost, rules set aside in advance."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from reciproque.agenda import actions as agenda
from reciproque.agenda.models import Meeting, Step
from reciproque.circles import actions
from reciproque.circles.access import can_find_facilitator, get_session
from reciproque.circles.models import Circle, Seat, Waiver
from reciproque.circles.queries import flags, note_of
from reciproque.kit import clock
from reciproque.kit.seal import new_key
from reciproque.networks.actions import add_to_pool, leave_network

DAY = dt.timedelta(days=1)
CHARTER = {"text": "Ce qui se dit ici reste ici.", "leaving": "Les fiches, avec l’accord de chacun."}


def fresh(row: Any) -> Any:
    return type(row).objects.get(pk=row.pk)


@pytest.fixture
def other(make_person: Any, network: Any, join: Any, alice: Any) -> Any:
    """Somebody else of the pool."""
    person = make_person("Second", "Guide", unit="Siège > Appui", site="Paris")
    join(person, network)
    add_to_pool(network, person, by=alice, abilities=["facilitate"], at_most=3)
    return person


# -- states without a step ------------------------------------------------------------------------------------


def test_a_group_begins_when_its_first_room_opens(made: Any, facilitator: Any, said: Any) -> None:
    circle = made(count=5)
    actions.write_charter(circle, by=facilitator, **CHARTER)
    [session] = actions.fix_sessions(circle, by=facilitator, starts=[clock.now() + DAY])
    with clock.at(clock.now() + DAY):
        with pytest.raises(ValidationError, match="La charte du groupe attend"):
            actions.start_clock(get_session(facilitator, session.public_id), by=facilitator)
        actions.sign_group_charter(circle, by=facilitator, version=1)
        actions.start_clock(get_session(facilitator, session.public_id), by=facilitator)
    assert (fresh(circle).state, fresh(session).state) == ("sessions", "open")
    assert len(said("circle.began")) == 1


def test_or_when_its_first_date_comes(made: Any, facilitator: Any, said: Any) -> None:
    circle, late = made(count=5), 3 * DAY
    actions.write_charter(circle, by=facilitator, **CHARTER)
    actions.fix_sessions(circle, by=facilitator, starts=[clock.now() + 2 * DAY])
    with clock.at(clock.now() + late):
        assert actions.go_on() == 0
    actions.sign_group_charter(circle, by=facilitator, version=1)
    assert actions.go_on() == 0
    with clock.at(clock.now() + late):
        assert (actions.go_on(), actions.go_on()) == (1, 0)
    assert fresh(circle).state == "sessions"


def test_it_writes_a_week_after_its_last_session_and_closes_after_its_reviews(
    begun: Any, facilitator: Any, members: Any, seat_of: Any, owed: Any, said: Any
) -> None:
    circle = begun(count=5, sessions_wanted=2)
    starts = [clock.now() + DAY * n for n in (2, 9)]
    sessions = actions.fix_sessions(circle, by=facilitator, starts=starts)
    with clock.at(clock.now() + 10 * DAY):
        for session in sessions:
            actions.record_roll(session, by=facilitator, here=set())
        assert actions.go_on() == 0
    with clock.at(clock.now() + 17 * DAY):
        assert actions.go_on() == 1
        assert fresh(circle).state == "writing"
        assert [verb for verb, _name in owed(circle)].count("sum_up") == 5
        for person in members(circle):
            actions.review_group(seat_of(circle, person), by=person, reached=3)
        actions.send_report(fresh(circle), by=facilitator)
        assert actions.go_on() == 0  # its last deadline is not past
    with clock.at(clock.now() + 100 * DAY):
        assert actions.go_on() == 1
    assert fresh(circle).state == "closed"
    assert [fact.by_id for fact in (*said("circle.writing"), *said("circle.closed"))] == [None, None]


def test_what_its_deciders_wait_for_keeps_it_open(begun: Any, facilitator: Any) -> None:
    circle = begun(count=5)
    actions.start_writing(circle, by=facilitator)
    with clock.at(clock.now() + 100 * DAY):
        actions.close_reviews()
        assert actions.go_on() == 0
        actions.send_report(fresh(circle), by=facilitator)
        assert actions.go_on() == 1


def test_members_signatures_are_no_longer_waited_for_after_their_date(
    made: Any, facilitator: Any, owed: Any
) -> None:
    circle = made(count=5)
    actions.write_charter(circle, by=facilitator, **CHARTER)
    with clock.at(clock.now() + 30 * DAY):
        actions.tend_charters()
        assert [name for verb, name in owed(circle) if verb == "pledge"] == [str(facilitator)]


def test_a_charter_never_written_is_told_to_who_opened_the_group(
    made: Any, facilitator: Any, other: Any, owed: Any, said: Any
) -> None:
    circle = made(count=5)
    alice = circle.opened_by
    assert not can_find_facilitator(alice, circle)
    with clock.at(clock.now() + 30 * DAY):
        assert (actions.tend_charters(), actions.tend_charters()) == (1, 0)
        assert ("lead", str(alice)) in owed(circle)
        assert len(said("circle.charter_late")) == 1
        assert can_find_facilitator(alice, circle)
        actions.name_facilitator(fresh(circle), by=alice, person=other)
        assert sorted({(verb, name) for verb, name in owed(circle)}) == [
            ("dates", str(other)),
            ("pledge", str(other)),
        ]


def test_written_and_signed_at_last_nobody_else_is_looked_for(made: Any, facilitator: Any, owed: Any) -> None:
    circle = made(count=5)
    with clock.at(clock.now() + 30 * DAY):
        actions.tend_charters()
        actions.write_charter(circle, by=facilitator, **CHARTER)
        actions.sign_group_charter(circle, by=facilitator, version=1)
        assert "lead" not in [verb for verb, _name in owed(circle)]


# -- who facilitates ------------------------------------------------------------------------------------------


def test_the_roll_of_a_past_session_is_asked_of_the_next_facilitator(
    begun: Any, facilitator: Any, other: Any, alice: Any
) -> None:
    circle = begun(count=5, sessions_wanted=2)
    actions.fix_sessions(circle, by=facilitator, starts=[clock.now() + DAY])
    now = clock.now()
    with clock.at(now + 2 * DAY):
        assert agenda.ask_whether_held() == 1
        actions.step_down(fresh(circle), by=facilitator)
        assert agenda.ask_whether_held() == 0
    with clock.at(now + 3 * DAY):
        actions.name_facilitator(fresh(circle), by=alice, person=other)
        assert (agenda.ask_whether_held(), agenda.ask_whether_held()) == (1, 0)
        assert Step.objects.open().get(verb="roll").owner == other
    with clock.at(now + 60 * DAY):
        actions.settle_rolls()
    assert Meeting.objects.get(kind="group").state == "held"


def test_a_closed_group_whose_deciders_wait_finds_another_facilitator(
    begun: Any, facilitator: Any, member: Any, run_reactions: Any, alice: Any, other: Any, owed: Any
) -> None:
    circle = begun(count=5)
    actions.start_writing(circle, by=facilitator)
    actions.close_circle(fresh(circle), by=facilitator)
    leave_network(member(facilitator), by=facilitator)
    run_reactions()
    assert owed(circle) == [("lead", str(alice))]
    assert can_find_facilitator(alice, fresh(circle))
    actions.name_facilitator(fresh(circle), by=alice, person=other)
    assert owed(circle) == [("tell", str(other))]
    actions.send_report(fresh(circle), by=other)
    assert owed(circle) == []
    assert not can_find_facilitator(alice, fresh(circle))


# -- the rules of the method ----------------------------------------------------------------------------------


def test_no_reason_given_in_advance(begun: Any, facilitator: Any, members: Any) -> None:
    circle = begun(count=5)
    for kind in ("reporting", "facilitator", "function", "decider"):
        with pytest.raises(ValidationError):
            actions.waive(circle, by=facilitator, kind=kind, reason="par avance")
    # One written before this was refused holds for nobody.
    Waiver.objects.create(circle=circle, kind="reporting", reason="par avance", by=facilitator)
    first, second = members(circle)[:2]
    second.manager = first
    second.save()
    assert actions.note_lines() == 1
    assert [one.kind for one in flags(fresh(circle))] == ["reporting"]


def test_the_facilitator_does_not_judge_of_their_own_line(
    begun: Any, facilitator: Any, members: Any, said: Any, owed: Any, alice: Any, client_of: Any
) -> None:
    circle = begun(count=5)
    person = members(circle)[0]
    person.manager = facilitator
    person.save()
    assert (actions.note_lines(), actions.note_lines()) == (1, 0)
    told = said("circle.guide_line")[0].concerns.values_list("person", flat=True)
    assert set(told) == {facilitator.pk, alice.pk, person.pk}
    assert said("circle.lines") == []
    assert ("lead", str(alice)) in owed(circle)
    with pytest.raises(ValidationError, match="vous concerne"):
        actions.waive(circle, by=facilitator, kind="facilitator", person=person, reason="Je m’en dispense")
    actions.name_facilitator(fresh(circle), by=facilitator, person=facilitator, reason="Je m’en dispense")
    assert not Waiver.objects.filter(kind="facilitator").exists()
    with pytest.raises(ValidationError, match="vous concerne"):
        actions.step_down(fresh(circle), by=facilitator, instead=facilitator, reason="Je m’en dispense")
    page = client_of(alice).get(reverse("circles:facilitator", args=[circle.public_id])).content.decode()
    assert "Facilite déjà ce groupe" in page
    assert person.display_name not in page
    actions.name_facilitator(
        fresh(circle), by=alice, person=facilitator, reason="Personne d’autre n’est libre."
    )
    assert Waiver.objects.get(kind="facilitator").by == alice
    assert flags(fresh(circle)) == []
    assert "lead" not in [verb for verb, _name in owed(circle)]


def test_the_lines_of_all_the_groups_are_watched(made: Any, members: Any, volunteers: Any) -> None:
    made(count=5)
    two = made(people=volunteers(5), title="Second groupe")
    first, second = members(two)[:2]
    second.manager = first
    second.save()
    assert actions.note_lines(limit=1) == 1


def test_who_is_away_is_not_seated(
    call: Any, apply: Any, volunteers: Any, facilitator: Any, member: Any, seat_of: Any
) -> None:
    circle, crowd = call(), volunteers(5)
    actions.name_facilitator(circle, by=circle.opened_by, person=facilitator)
    for person in crowd:
        apply(circle, person)
    membership = member(crowd[0])
    membership.suspended_until = clock.now() + 60 * DAY
    membership.save()
    with pytest.raises(ValidationError, match="ne participe pas au réseau en ce moment"):
        actions.constitute(circle, by=circle.opened_by)
    membership.suspended_until = None
    membership.save()
    actions.constitute(fresh(circle), by=circle.opened_by)
    assert seat_of(circle, crowd[0]).state == "seated"


def test_what_volunteers_read_does_not_change_behind_them(
    call: Any, apply: Any, volunteers: Any, alice: Any
) -> None:
    circle = call()
    actions.specify_need(circle, by=alice, told="Le nombre de séances.")
    seat: Seat = apply(circle, volunteers(1)[0])
    kept = [(None, "Mme Lefort", "directrice")]
    for change in (
        {"told": "Tout."},
        {"untold": "Rien."},
        {"allowance": "Une heure."},
        {"deciders": []},
        {"deciders": [*kept, (alice, "", "")]},
    ):
        with pytest.raises(ValidationError, match="ont lu ceci"):
            actions.specify_need(fresh(circle), by=alice, **change)
    same = fresh(circle)
    actions.specify_need(same, by=alice, told=same.told, deciders=kept, place="Salle 4")
    actions.withdraw_seat(seat, by=seat.person)
    actions.specify_need(fresh(circle), by=alice, told="Tout.")
    assert Circle.objects.get().told == "Tout."


# -- the room -------------------------------------------------------------------------------------------------


def test_a_room_opened_by_mistake_waits_again_for_its_date(
    begun: Any, facilitator: Any, members: Any
) -> None:
    circle = begun(count=5)
    starts = [clock.now() + n * DAY for n in (60, 70)]
    first, second = actions.fix_sessions(circle, by=facilitator, starts=starts)
    for session in (first, second):
        actions.start_clock(get_session(facilitator, session.public_id), by=facilitator, early=True)
    moved = get_session(facilitator, first.public_id)
    actions.move_session(moved, by=facilitator, starts_at=clock.now() + 61 * DAY)
    assert (moved.state, moved.opened_at, moved.part_started_at) == ("waiting", None, None)
    written = get_session(facilitator, second.public_id)
    actions.propose_subject(written, by=members(circle)[0], words="Mes entretiens")
    with pytest.raises(ValidationError, match="a déjà commencé"):
        actions.cancel_session(written, by=facilitator, reason="Malade")
    with pytest.raises(PermissionDenied):
        actions.move_session(moved, by=members(circle)[0], starts_at=clock.now() + 62 * DAY)


def test_notes_of_two_devices_are_both_kept(
    begun: Any, facilitator: Any, members: Any, client_of: Any
) -> None:
    circle = begun(count=5)
    [row] = actions.fix_sessions(circle, by=facilitator, starts=[clock.now() + DAY])
    person = members(circle)[0]
    session = get_session(person, row.public_id)
    phone = actions.write_note(session, by=person, words="Trois pages", since="")
    assert actions.write_note(session, by=person, words="Trois pages, et une ligne", since="") != phone
    with pytest.raises(actions.NoteOverwritten):
        actions.write_note(session, by=person, words="Vieux texte", since=phone)
    browser = client_of(person)
    note, kept = (
        reverse(f"circles:{name}", args=[row.public_id]) for name in ("room_note", "room_note_kept")
    )
    assert browser.post(kept, {"words": "Vieux texte", "since": phone}).status_code == 409
    shown = browser.post(note, {"words": "Vieux texte", "since": phone})
    assert shown.status_code == 422
    assert "Trois pages, et une ligne" in shown.content.decode()
    assert shown.content.decode().count("Vieux texte") == 1
    mark = note_of(session, person).mark
    assert f'value="{mark}"' in shown.content.decode()
    saved = browser.post(kept, {"words": "Réunis", "since": mark})
    assert (saved.status_code, saved.headers["X-Since"]) == (204, note_of(session, person).mark)


def test_notes_whose_key_is_lost_may_be_erased(
    begun: Any, facilitator: Any, members: Any, client_of: Any, settings: Any
) -> None:
    circle = begun(count=5)
    [row] = actions.fix_sessions(circle, by=facilitator, starts=[clock.now() + DAY])
    person = members(circle)[0]
    session = get_session(person, row.public_id)
    actions.write_note(session, by=person, words="Secret")
    settings.NOTES_KEYS = [new_key()]
    browser = client_of(person)
    assert "Effacer ces notes" in browser.get(reverse("circles:room", args=[row.public_id])).content.decode()
    browser.post(reverse("circles:room_note", args=[row.public_id]), {"erase": "1"})
    assert note_of(session, person).words == ""

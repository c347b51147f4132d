"""Who facilitates: from the pool, from outside the members' lines; ill the day before; gone."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from reciproque.agenda.models import Meeting
from reciproque.circles import actions
from reciproque.circles.access import shares
from reciproque.circles.models import Waiver
from reciproque.circles.queries import constitution, facilitators_for, flags
from reciproque.kit import clock
from reciproque.networks.actions import add_to_pool, leave_network

DAY = dt.timedelta(days=1)


@pytest.fixture
def other(make_person: Any, network: Any, join: Any, alice: Any) -> Any:
    """A second one of the pool."""
    person = make_person("Hugo", "Relais")
    join(person, network)
    add_to_pool(network, person, by=alice, abilities=["facilitate"], at_most=1)
    return person


def test_only_someone_of_the_pool_who_facilitates(
    call: Any, alice: Any, bob: Any, chloe: Any, network: Any, facilitator: Any, said: Any
) -> None:
    circle = call()
    add_to_pool(network, chloe, by=alice, abilities=["mediate"])
    for person in (bob, chloe):
        with pytest.raises(ValidationError, match="équipe d’appui"):
            actions.name_facilitator(circle, by=alice, person=person)
    with pytest.raises(PermissionDenied):
        actions.name_facilitator(circle, by=bob, person=facilitator)
    assert [problem.kind for problem in constitution(circle).problems] == ["few", "nobody"]
    actions.name_facilitator(circle, by=alice, person=facilitator)
    actions.name_facilitator(circle, by=alice, person=facilitator)
    assert len(said("facilitator.named")) == 1


def test_nobody_facilitates_more_groups_than_they_agreed_to(
    call: Any, alice: Any, other: Any, facilitator: Any, network: Any
) -> None:
    actions.name_facilitator(call(), by=alice, person=other)
    circle = call()
    rows = facilitators_for(network, circle)
    assert [(str(row.person), row.load, bool(row.why_not)) for row in rows] == [
        ("Gaëlle Guide", 0, False),
        ("Hugo Relais", 1, True),
    ]
    with pytest.raises(ValidationError, match="déjà un groupe"):
        actions.name_facilitator(circle, by=alice, person=other)


def test_not_from_a_members_line_unless_a_reason_is_written(
    call: Any, apply: Any, volunteers: Any, alice: Any, facilitator: Any, network: Any
) -> None:
    circle = call()
    people = volunteers(5)
    people[0].manager = facilitator
    people[0].save()
    for person in people:
        apply(circle, person)
    [row] = facilitators_for(network, circle)
    # Read by people who must not learn who applies: no name.
    assert row.needs_reason
    assert not any(str(person) in row.needs_reason for person in people)
    with pytest.raises(ValidationError, match="ligne hiérarchique"):
        actions.name_facilitator(circle, by=alice, person=facilitator)
    actions.name_facilitator(circle, by=alice, person=facilitator, reason="Seule formée sur ce site.")
    waiver = Waiver.objects.get()
    assert (waiver.kind, waiver.person, waiver.by) == ("facilitator", people[0], alice)
    assert constitution(circle).ready


def test_someone_of_the_line_who_applies_later_is_seen_at_the_constitution(
    call: Any, apply: Any, volunteers: Any, alice: Any, facilitator: Any
) -> None:
    circle = call()
    actions.name_facilitator(circle, by=alice, person=facilitator)
    people = volunteers(5)
    people[0].manager = facilitator
    people[0].save()
    for person in people:
        apply(circle, person)
    assert [(one.kind, one.person) for one in constitution(circle).problems] == [("facilitator", people[0])]
    with pytest.raises(ValidationError, match="même ligne hiérarchique"):
        actions.constitute(circle, by=alice)


def test_one_facilitates_from_outside(
    call: Any, apply: Any, alice: Any, facilitator: Any, network: Any
) -> None:
    circle = call()
    apply(circle, facilitator)
    assert facilitators_for(network, circle)[0].why_not
    with pytest.raises(ValidationError, match="du dehors"):
        actions.name_facilitator(circle, by=alice, person=facilitator)


def test_ill_the_day_before_another_one_goes_on_at_once(
    begun: Any, facilitator: Any, other: Any, members: Any, said: Any, owed: Any, alice: Any
) -> None:
    circle = begun(count=5)
    actions.fix_sessions(circle, by=facilitator, starts=[clock.now() + DAY * n for n in (2, 30)])
    with clock.at(clock.now() + DAY):
        with pytest.raises(PermissionDenied):
            actions.step_down(circle, by=alice, instead=other)
        actions.step_down(circle, by=facilitator, instead=other)
    fact = said("facilitator.named")[-1]
    assert fact.data["sudden"] is True
    assert fact.data["instead_of"] == facilitator.public_id
    assert shares(other, circle)
    assert not shares(facilitator, circle)
    for meeting in Meeting.objects.filter(kind="group"):
        there = set(meeting.attendances.filter(left_at=None).values_list("person", flat=True))
        assert other.pk in there
        assert facilitator.pk not in there
    assert ("pledge", "Hugo Relais") in owed(circle)
    assert not any(name == "Gaëlle Guide" for _verb, name in owed(circle))


def test_with_nobody_to_go_on_the_group_is_told_and_its_opener_finds_one(
    begun: Any, facilitator: Any, other: Any, alice: Any, bob: Any, owed: Any, said: Any, members: Any
) -> None:
    circle = begun(count=5)
    actions.step_down(circle, by=facilitator)
    assert ("lead", "Alice Martin") in owed(circle)
    assert len(said("facilitator.left")) == 1
    circle.refresh_from_db()
    assert [flag.kind for flag in flags(circle)] == ["nobody"]
    assert not shares(alice, circle)  # who finds one reads no more for that
    with pytest.raises(PermissionDenied):
        actions.name_facilitator(circle, by=bob, person=other)
    actions.name_facilitator(circle, by=alice, person=other)
    assert not any(verb == "lead" for verb, _name in owed(circle))
    assert ("dates", "Hugo Relais") in owed(circle)
    assert ("pledge", "Hugo Relais") in owed(circle)


def test_who_opened_and_facilitated_leaves_it_to_the_team(begun: Any, facilitator: Any, owed: Any) -> None:
    circle = begun(count=5, by=facilitator)
    actions.step_down(circle, by=facilitator)
    assert ("lead", "") in owed(circle)


def test_a_facilitator_who_leaves_the_network_leaves_their_groups(
    begun: Any, facilitator: Any, member: Any, run_reactions: Any, owed: Any
) -> None:
    circle = begun(count=5)
    leave_network(member(facilitator), by=facilitator)
    assert not shares(facilitator, circle)  # before any reaction
    run_reactions()
    circle.refresh_from_db()
    assert circle.facilitator is None
    assert ("lead", "Alice Martin") in owed(circle)
    run_reactions()


def test_who_facilitates_is_not_replaced_by_those_above(
    begun: Any, alice: Any, other: Any, admin: Any
) -> None:
    circle = begun(count=5)
    for person in (alice, admin):
        with pytest.raises(PermissionDenied):
            actions.name_facilitator(circle, by=person, person=other)

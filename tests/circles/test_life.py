"""The five steps, each with who answers for it; the end; what deserves a decision on the way."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from reciproque.agenda.models import Meeting
from reciproque.circles import actions
from reciproque.circles.access import get_shared, shares
from reciproque.circles.queries import circles_of, face, flags, life_of, waivers_of
from reciproque.kit import clock

DAY = dt.timedelta(days=1)


def standings(circle: Any, viewer: Any) -> list[str]:
    return [step.standing for step in life_of(circle, viewer)]


def test_five_steps_one_after_the_other(begun: Any, facilitator: Any, members: Any) -> None:
    circle = begun(count=5)
    assert standings(circle, facilitator) == ["done", "done", "done", "now", "later"]
    now = life_of(circle, facilitator)[3]
    assert (now.owner, [one.verb for one in now.expected]) == ("Gaëlle Guide", ["dates"])
    assert now.due_at is not None
    assert now.consequence
    actions.start_writing(circle, by=facilitator)
    assert standings(circle, facilitator) == ["done"] * 4 + ["now"]
    actions.close_circle(circle, by=facilitator)
    assert standings(circle, facilitator) == ["done"] * 5


def test_steps_are_taken_in_order_and_by_the_facilitator(
    made: Any, facilitator: Any, alice: Any, admin: Any, members: Any
) -> None:
    circle = made(5)
    with pytest.raises(ValidationError, match="poser les règles"):
        actions.start_writing(circle, by=facilitator)
    with pytest.raises(ValidationError):
        actions.close_circle(circle, by=facilitator)
    for person in (alice, admin, members(circle)[0]):
        for step in (actions.begin_sessions, actions.start_writing, actions.close_circle):
            with pytest.raises(PermissionDenied):
                step(circle, by=person)


def test_an_animator_reads_the_process_and_nobodys_name(
    made: Any, facilitator: Any, members: Any, alice: Any, bob: Any
) -> None:
    circle = made(5)
    actions.write_charter(circle, by=facilitator, text="Ce qui se dit ici reste ici.", leaving="Rien.")
    inside = life_of(circle, facilitator)[2].expected[0]
    assert (inside.verb, inside.count, len(inside.names)) == ("pledge", 6, 6)
    for person in (alice, bob):
        steps = life_of(circle, person)
        assert (steps[2].standing, steps[2].owner, steps[2].expected) == ("now", "Gaëlle Guide", [])
        assert not any(one.names for step in steps for one in step.expected)


def test_a_closed_group_keeps_its_memory_for_its_members(
    begun: Any, facilitator: Any, members: Any, alice: Any, bob: Any, network: Any, said: Any, owed: Any
) -> None:
    circle = begun(count=5)
    inside = members(circle)[0]
    actions.start_writing(circle, by=facilitator)
    actions.close_circle(circle, by=facilitator)
    actions.close_circle(circle, by=facilitator)
    assert len(said("circle.closed")) == 1
    assert get_shared(inside, circle.public_id) == circle
    assert not shares(alice, circle)
    assert {verb for verb, _name in owed(circle)} <= {"tell"}
    assert [one.circle for one in circles_of(network, bob).over] == [circle]
    assert [one.part for one in circles_of(network, inside).mine] == ["member"]


def test_a_group_stops_with_a_reason_read_by_its_own_people(
    begun: Any, facilitator: Any, members: Any, alice: Any, bob: Any, said: Any, owed: Any
) -> None:
    circle = begun(count=5)
    actions.fix_sessions(circle, by=facilitator, starts=[clock.now() + DAY * n for n in (3, 30)])
    for person in (alice, bob, members(circle)[0]):
        with pytest.raises(PermissionDenied):
            actions.stop_circle(circle, by=person, reason="Assez")
    with pytest.raises(ValidationError):
        actions.stop_circle(circle, by=facilitator, reason=" ")
    actions.stop_circle(circle, by=facilitator, reason="La charge est trop forte.")
    assert owed(circle) == []
    assert not Meeting.objects.filter(kind="group", state="fixed").exists()
    assert "charge" not in str([fact.data for fact in said("circle.stopped")])
    assert "charge" not in str([fact.data for fact in said("meeting.cancelled")])
    assert face(circle, members(circle)[0]).reason == "La charge est trop forte."
    assert face(circle, bob).reason == ""
    assert standings(circle, facilitator) == ["done", "done", "done", "missed", "missed"]


def test_a_call_that_stops_answers_its_candidates(
    call: Any, apply: Any, bob: Any, chloe: Any, alice: Any, said: Any
) -> None:
    circle = call()
    apply(circle, bob)
    actions.stop_circle(circle, by=alice, reason="Trop peu de volontaires.")
    assert set(said("circle.stopped")[0].concerns.values_list("person", flat=True)) == {bob.pk, alice.pk}
    assert face(circle, bob).reason == "Trop peu de volontaires."
    assert face(circle, chloe).reason == ""
    with pytest.raises(ValidationError):
        apply(circle, chloe)


def test_two_members_who_become_manager_and_report_are_told_to_the_facilitator_once(
    begun: Any, facilitator: Any, members: Any, said: Any
) -> None:
    circle = begun(count=5)
    first, second, *_rest = members(circle)
    assert actions.note_lines() == 0
    second.manager = first
    second.save()
    assert (actions.note_lines(), actions.note_lines()) == (1, 0)
    fact = said("circle.lines")[0]
    assert list(fact.concerns.values_list("person", flat=True)) == [facilitator.pk]
    assert second.public_id not in str(fact.data)
    [flag] = flags(circle)
    assert (flag.kind, flag.person) == ("reporting", second)
    assert "Gaëlle Guide" in flag.who
    actions.waive(circle, by=facilitator, kind="reporting", person=second, reason="Le groupe le souhaite.")
    assert flags(circle) == []
    assert waivers_of(circle)[0].reason == "Le groupe le souhaite."
    with pytest.raises(PermissionDenied):
        actions.waive(circle, by=first, kind="few", reason="Parce que")


def test_past_and_back_it_is_told_again(begun: Any, members: Any) -> None:
    circle = begun(count=5)
    first, second, *_rest = members(circle)
    for manager, told in ((first, 1), (None, 0), (first, 1)):
        second.manager = manager
        second.save()
        assert actions.note_lines() == told


@pytest.mark.parametrize("count", [5, 8])
def test_the_page_of_a_group_costs_the_same(begun: Any, facilitator: Any, queries: Any, count: int) -> None:
    circle = get_shared(facilitator, begun(count=count).public_id)
    with queries() as seen:
        life_of(circle, facilitator)
    assert len(seen) == 2
    with queries() as seen:
        flags(circle)
    assert len(seen) == 9

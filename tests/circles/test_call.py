"""Step two: the call, and the candidatures that answer it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from reciproque.agenda.models import Step
from reciproque.circles import actions
from reciproque.circles.access import get_seat
from reciproque.circles.models import Circle, Seat
from reciproque.circles.queries import circles_of, constitution, face
from reciproque.kit import clock
from reciproque.kit.errors import NotThere
from reciproque.networks.actions import pause_membership
from reciproque.people.actions import get_site, get_unit

DAY = dt.timedelta(days=1)


def states(circle: Circle) -> list[str]:
    return list(Seat.objects.filter(circle=circle).order_by("pk").values_list("state", flat=True))


def test_the_call_shows_the_face_to_the_network(
    call: Any, bob: Any, fatou: Any, alice: Any, network: Any, owed: Any, said: Any
) -> None:
    circle = call(trade="Encadrement")
    assert owed(circle) == [("seats", "Alice Martin")]
    # Three working days after the end of the call, a Monday.
    assert Step.objects.about(circle).open().get().due_at.date() == dt.date(2026, 3, 26)
    seen = face(circle, bob)
    assert (seen.calling, seen.can_apply, seen.seats_left, seen.part) == (True, True, 10, "")
    assert [one.circle for one in circles_of(network, bob).calling] == [circle]
    assert said("circle.called")[0].data == {"title": circle.title, "until": "2026-03-23"}
    assert circles_of(network, fatou).calling == []


def test_called_twice_is_called_once_and_never_for_yesterday(prepare: Any, alice: Any, said: Any) -> None:
    circle, until = prepare(), clock.now().date() + 7 * DAY
    for wrong in (clock.now().date(), clock.now().date() + 200 * DAY):
        with pytest.raises(ValidationError):
            actions.call_volunteers(circle, by=alice, until=wrong)
    actions.call_volunteers(circle, by=alice, until=until)
    actions.call_volunteers(circle, by=alice, until=until)
    assert len(said("circle.called")) == 1


def test_one_applies_with_a_goal_and_a_way_to_help(call: Any, apply: Any, bob: Any, said: Any) -> None:
    circle = call()
    for goal, helping in (("", "Écouter"), ("Un objectif", " "), ("x" * 4001, "Écouter")):
        with pytest.raises(ValidationError):
            apply(circle, bob, goal, helping)
    seat = apply(circle, bob)
    assert (seat.state, face(circle, bob).part) == ("applied", "candidate")
    fact = said("seat.applied")[0]
    assert seat.goal not in str(fact.data)
    assert seat.helping not in str(fact.data)


def test_applying_twice_keeps_one_candidature_with_the_latest_words(
    call: Any, apply: Any, bob: Any, said: Any
) -> None:
    circle = call()
    first, second = apply(circle, bob), apply(circle, bob, goal="Un autre objectif")
    assert first == second
    assert Seat.objects.get().goal == "Un autre objectif"
    assert len(said("seat.applied")) == 1


def test_applying_at_the_same_instant(call: Any, volunteers: Any, at_once: Any) -> None:
    circle = call(seats_most=5)
    people = volunteers(4)
    for person in people:
        actions.apply(circle, by=person, goal="Objectif", helping="Écouter")
    late = volunteers(2)
    got = at_once(
        *(
            lambda person=person: actions.apply(
                Circle.objects.get(), by=person, goal="Objectif", helping="Écouter"
            )
            for person in [late[0], late[0], late[1]]
        )
    )
    assert all(isinstance(one, Seat) for one in got), got
    assert sorted(states(circle)) == ["applied"] * 5 + ["waiting"]


def test_who_may_not_apply_is_told_why(
    call: Any, apply: Any, bob: Any, chloe: Any, fatou: Any, facilitator: Any, member: Any, alice: Any
) -> None:
    circle = call()
    with pytest.raises(PermissionDenied):
        apply(circle, fatou)
    actions.name_facilitator(circle, by=alice, person=facilitator)
    with pytest.raises(ValidationError, match="facilite du dehors"):
        apply(circle, facilitator)
    pause_membership(member(bob), by=bob, until=clock.now() + 10 * DAY)
    assert "en pause" in face(circle, bob).why_not
    with pytest.raises(ValidationError, match="en pause"):
        apply(circle, bob)
    with clock.at(clock.now() + 22 * DAY):
        with pytest.raises(ValidationError, match="23 mars"):
            apply(circle, chloe)
        assert face(circle, chloe).calling is False


def test_the_call_may_name_sites_and_units(call: Any, apply: Any, bob: Any, chloe: Any, alice: Any) -> None:
    circle = call(sites=[get_site("Nantes")], units=[get_unit("Opérations")])
    apply(circle, bob)  # Opérations > Ouest, Nantes
    assert "autres sites" in face(circle, chloe).why_not
    with pytest.raises(ValidationError, match="autres sites"):
        apply(circle, chloe)


def test_until_the_last_minute_of_the_last_day_where_one_is(call: Any, apply: Any, volunteers: Any) -> None:
    circle = call()  # until 23 March
    near, far = volunteers(1)[0], volunteers(1, time_zone="America/Guadeloupe")[0]
    with clock.at(dt.datetime(2026, 3, 24, 1, 0, tzinfo=dt.UTC)):
        with pytest.raises(ValidationError):
            apply(circle, near)
        apply(circle, far)


def test_the_waiting_list_takes_places_in_order(
    call: Any, apply: Any, volunteers: Any, alice: Any, said: Any
) -> None:
    circle = call(seats_most=5)
    seats = [apply(circle, person) for person in volunteers(8)]
    assert states(circle) == ["applied"] * 5 + ["waiting"] * 3
    assert (face(circle, seats[7].person).part, face(circle, alice).seats_left) == ("waiting", 0)
    actions.withdraw_seat(seats[0], by=seats[0].person)
    actions.decline_seat(seats[1], by=alice)
    assert states(circle)[:2] == ["withdrawn", "declined"]
    assert states(circle)[5:] == [
        "applied",
        "applied",
        "waiting",
    ]
    assert [fact.subject_id for fact in said("seat.moved_up")] == [seats[5].public_id, seats[6].public_id]
    with pytest.raises(ValidationError, match="n’a pas été retenue"):
        apply(circle, seats[1].person)
    assert apply(circle, seats[0].person).state == "waiting"  # withdrawn, then back: at the end of the list
    actions.specify_need(circle, by=alice, seats_most=7)
    assert states(circle).count("waiting") == 0


def test_beyond_its_places_only_with_a_reason(call: Any, apply: Any, volunteers: Any, alice: Any) -> None:
    circle = call()
    seats = [apply(circle, person) for person in volunteers(11)]
    with pytest.raises(ValidationError):
        actions.admit_seat(seats[10], by=alice)
    actions.waive(circle, by=alice, kind="many", reason="Deux se relaient.")
    assert actions.admit_seat(seats[10], by=alice).state == "applied"


def test_candidatures_are_read_by_who_makes_the_group_alone(
    call: Any, apply: Any, bob: Any, chloe: Any, alice: Any, admin: Any, facilitator: Any
) -> None:
    circle = call(by=facilitator)
    seat = apply(circle, bob)
    assert get_seat(bob, seat.public_id) == get_seat(facilitator, seat.public_id) == seat
    for person in (alice, admin, chloe):
        with pytest.raises(NotThere):
            get_seat(person, seat.public_id)
    # An animator who does not make it counts, and reads nobody's name.
    seen = constitution(circle, alice)
    assert (seen.count, seen.candidates, seen.readable) == (1, [], False)
    assert not any("Bob" in problem.sentence for problem in seen.problems)
    for action in (actions.decline_seat, actions.admit_seat):
        with pytest.raises(PermissionDenied):
            action(seat, by=alice)
    with pytest.raises(PermissionDenied):
        actions.withdraw_seat(seat, by=facilitator)
    with pytest.raises(PermissionDenied):
        actions.edit_seat(seat, by=facilitator, goal="Autre", helping="Autre")


def test_the_clock_says_once_that_a_call_is_over(
    call: Any, apply: Any, alice: Any, bob: Any, said: Any
) -> None:
    circle = call()
    apply(circle, bob)
    assert actions.end_calls() == 0
    with clock.at(clock.now() + 23 * DAY):
        assert (actions.end_calls(), actions.end_calls()) == (1, 0)
        assert said("circle.call_ended")[0].data["count"] == 1
        actions.extend_call(circle, by=alice, until=clock.now().date() + 10 * DAY)
        assert actions.end_calls() == 0
        due = Step.objects.about(circle).open().get(verb="seats").due_at
        assert due.date() > clock.now().date() + 10 * DAY
    with clock.at(clock.now() + 40 * DAY):
        assert actions.end_calls() == 1


def test_a_call_is_extended_not_cut_short(call: Any, alice: Any, bob: Any) -> None:
    circle = call()
    with pytest.raises(ValidationError):
        actions.extend_call(circle, by=alice, until=clock.now().date() + DAY)
    with pytest.raises(PermissionDenied):
        actions.extend_call(circle, by=bob, until=clock.now().date() + 40 * DAY)
    actions.extend_call(circle, by=alice, until=clock.now().date() + 40 * DAY)
    assert face(circle, bob).until == dt.date(2026, 4, 11)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_groups_costs_the_same(
    call: Any, apply: Any, bob: Any, network: Any, queries: Any, count: int
) -> None:
    for _n in range(count):
        apply(call(), bob)
    with queries() as seen:
        circles_of(network, bob)
    assert len(seen) == 5

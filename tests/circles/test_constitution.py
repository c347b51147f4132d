"""Step two, its end: who may sit together, what is waived and by whom, the group made once."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from reciproque.circles import actions
from reciproque.circles.access import get_circle, get_seat, get_shared, shares
from reciproque.circles.models import Circle, Waiver
from reciproque.circles.queries import constitution, members_of
from reciproque.circles.queries.lines import managers_above
from reciproque.circles.rules import functions_in, same_function
from reciproque.journal.models import Fact
from reciproque.kit.errors import NotThere


def kinds(circle: Circle, *, settled: bool = False) -> list[str]:
    return [problem.kind for problem in constitution(circle).problems if problem.settled is settled]


def test_seven_volunteers_and_a_facilitator_make_a_group(
    made: Any, members: Any, owed: Any, said: Any, alice: Any, facilitator: Any
) -> None:
    circle = made(7)
    assert circle.state == "rules"
    assert len(members_of(circle)) == 7
    assert owed(circle) == [("dates", "Gaëlle Guide"), ("pledge", "Gaëlle Guide")]
    fact = said("circle.constituted")[0]
    assert fact.data == {"title": circle.title}
    assert fact.concerns.count() == 9  # members, facilitator, and the animator who did it


def test_below_five_says_what_is_wrong_and_who_can_decide(
    call: Any, apply: Any, volunteers: Any, facilitator: Any, alice: Any
) -> None:
    circle = call()
    actions.name_facilitator(circle, by=alice, person=facilitator)
    for person in volunteers(3):
        apply(circle, person)
    [problem] = constitution(circle).problems
    assert "Il manque 2 personnes" in problem.sentence
    assert "Alice Martin ou Gaëlle Guide" in problem.who
    with pytest.raises(ValidationError, match="Il manque 2 personnes"):
        actions.constitute(circle, by=alice)
    with pytest.raises(ValidationError):
        actions.waive(circle, by=alice, kind="few", reason=" ")
    actions.waive(circle, by=facilitator, kind="few", reason="Un petit établissement.")
    assert constitution(circle).ready
    assert actions.constitute(circle, by=alice).state == "rules"


def test_above_ten_too(call: Any, apply: Any, volunteers: Any, facilitator: Any, alice: Any) -> None:
    circle = call()
    actions.name_facilitator(circle, by=alice, person=facilitator)
    seats = [apply(circle, person) for person in volunteers(11)]
    assert kinds(circle) == []
    waiver = actions.waive(circle, by=alice, kind="many", reason="Deux se relaient.")
    actions.admit_seat(seats[10], by=alice)
    assert kinds(circle, settled=True) == ["many"]
    waiver.delete()
    with pytest.raises(ValidationError, match="plus de dix"):
        actions.constitute(circle, by=alice)


def test_nobody_sits_with_someone_of_their_own_line(
    call: Any, apply: Any, volunteers: Any, facilitator: Any, alice: Any, make_person: Any
) -> None:
    circle, people = call(), volunteers(6)
    actions.name_facilitator(circle, by=alice, person=facilitator)
    between = make_person("Entre", manager=people[0])  # the manager's manager counts as well
    people[1].manager = between
    people[1].save()
    for person in people:
        apply(circle, person)
    [problem] = constitution(circle).problems
    assert (problem.kind, problem.person) == ("reporting", people[1])
    assert str(people[0]) in problem.sentence
    assert str(people[1]) in problem.sentence
    with pytest.raises(ValidationError, match="ligne hiérarchique"):
        actions.constitute(circle, by=alice)
    actions.waive(
        circle, by=alice, kind="reporting", person=people[1], reason="Ils le demandent tous les deux."
    )
    actions.constitute(circle, by=alice)
    assert Waiver.objects.get().reason == "Ils le demandent tous les deux."


def test_the_same_function_accents_and_case_aside(
    call: Any, apply: Any, volunteers: Any, facilitator: Any, alice: Any
) -> None:
    circle = call(functions="Chef d’équipe / Responsable d’équipe")
    actions.name_facilitator(circle, by=alice, person=facilitator)
    for function in ("CHEF D'EQUIPE", "Chef d’équipe courrier", "responsable d’équipe", "Chef d’équipe"):
        apply(circle, volunteers(1, function=function)[0])
    other, unknown = volunteers(1, function="Chef d’équipement")[0], volunteers(1, function="")[0]
    apply(circle, other)
    apply(circle, unknown)
    problems = constitution(circle).problems
    assert [(problem.kind, problem.person) for problem in problems] == [
        ("function", other),
        ("function", unknown),
    ]
    assert "L’annuaire ne dit pas" in problems[1].sentence
    actions.waive(circle, by=alice, kind="function", reason="Même métier, autre nom.")  # for all of them
    assert constitution(circle).ready


def test_the_mix_of_sites_is_shown(call: Any, apply: Any, volunteers: Any) -> None:
    circle = call()
    for person in [*volunteers(2), *volunteers(1, site="Rennes"), *volunteers(1, site="")]:
        apply(circle, person)
    assert constitution(circle).sites == [("Nantes", 2), ("Rennes", 1), ("sans site", 1)]


def test_pressed_by_two_at_once_it_is_made_once(
    call: Any, apply: Any, volunteers: Any, facilitator: Any, alice: Any, at_once: Any, said: Any
) -> None:
    circle = call()
    actions.name_facilitator(circle, by=alice, person=facilitator)
    for person in volunteers(6):
        apply(circle, person)
    got = at_once(
        *(lambda by=by: actions.constitute(Circle.objects.get(), by=by) for by in (alice, facilitator, alice))
    )
    assert [getattr(one, "state", one) for one in got] == ["rules"] * 3
    assert len(said("circle.constituted")) == 1
    assert circle.seats.filter(state="seated").count() == 6


def test_only_who_makes_it(call: Any, bob: Any, alice: Any, facilitator: Any, emile: Any) -> None:
    circle = call(by=facilitator)
    for person in (bob, alice, emile):
        with pytest.raises(PermissionDenied):
            actions.constitute(circle, by=person)
        with pytest.raises(PermissionDenied):
            actions.waive(circle, by=person, kind="few", reason="Parce que")


def test_once_made_whoever_opened_it_reads_its_face_and_no_more(
    made: Any, members: Any, alice: Any, admin: Any, bob: Any, facilitator: Any, seat_of: Any
) -> None:
    circle = made(6)
    inside = members(circle)[0]
    seat = seat_of(circle, inside)
    for person in (inside, facilitator):
        assert get_shared(person, circle.public_id) == circle
        assert shares(person, circle)
        assert get_seat(person, seat.public_id) == seat
    for person in (alice, admin, bob):
        assert not shares(person, circle)
        for fetch, key in ((get_shared, circle.public_id), (get_seat, seat.public_id)):
            with pytest.raises(NotThere):
                fetch(person, key)
    assert get_circle(alice, circle.public_id) == get_circle(bob, circle.public_id) == circle
    assert constitution(circle, alice).candidates == []


def test_who_waits_is_told_and_takes_the_first_place_that_is_freed(
    call: Any, apply: Any, volunteers: Any, facilitator: Any, alice: Any, said: Any, seat_of: Any
) -> None:
    circle, people = call(seats_most=5), volunteers(7)
    actions.name_facilitator(circle, by=alice, person=facilitator)
    seats = [apply(circle, person) for person in people]
    actions.constitute(circle, by=alice)
    assert len(said("seat.waiting")) == 2
    with pytest.raises(ValidationError, match="Toutes les places"):
        actions.add_member(circle, by=facilitator, seat=seats[5])
    actions.leave_circle(seat_of(circle, people[0]), by=people[0])
    with pytest.raises(ValidationError, match="attend depuis plus longtemps"):
        actions.add_member(circle, by=facilitator, seat=seats[6])
    with pytest.raises(PermissionDenied):
        actions.add_member(circle, by=alice, seat=seats[5])
    assert actions.add_member(circle, by=facilitator, seat=seats[5]).state == "seated"
    assert said("seat.admitted")[0].data["later"] is True
    assert shares(people[5], circle)
    assert not shares(people[6], circle)


def test_a_long_line_and_a_round_one_end(make_person: Any) -> None:
    top = make_person("Haut")
    middle = make_person("Milieu", manager=top)
    low = make_person("Bas", manager=middle)
    assert managers_above([low.pk]) == {low.pk: [middle.pk, top.pk]}
    top.manager = low
    top.save()
    assert managers_above([low.pk])[low.pk] == [middle.pk, top.pk]


def test_facts_about_seats_hold_no_word_of_them(made: Any) -> None:
    made(5)
    assert Fact.objects.filter(name__startswith="seat.").exists()
    for fact in Fact.objects.all():
        assert "entretiens" not in str(fact.data)
        assert "raconter" not in str(fact.data)


def test_feminine_plural_and_longer_functions_are_the_same() -> None:
    wanted = functions_in("Chef d’équipe, directeur, chargé de clientèle, technicien")
    for function in (
        *("Cheffe d’équipe de quai", "CHEFS D'EQUIPE", "Chef·fe d’équipe", "Chef(fe) d’équipe"),
        *("Directrice adjointe", "Directeur·rice", "Chargée de clientèle", "Technicienne réseau"),
    ):
        assert same_function(function, wanted), function
    for function in ("", "Analyste", "Chef de projet"):
        assert not same_function(function, wanted), function


def test_a_decider_among_the_members_is_said_and_waived(
    call: Any, apply: Any, volunteers: Any, facilitator: Any, alice: Any
) -> None:
    people = volunteers(6)
    circle = call(deciders=[(people[0], "", "directrice")])
    actions.name_facilitator(circle, by=alice, person=facilitator)
    for person in people:
        apply(circle, person)
    [problem] = constitution(circle).problems
    assert (problem.kind, problem.person) == ("decider", people[0])
    actions.waive(circle, by=alice, kind="decider", person=people[0], reason="Elle exerce aussi le métier.")
    actions.constitute(circle, by=alice)

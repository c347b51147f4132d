"""Questions carried to those who know, within what each can take."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from reciproque.kit import clock
from reciproque.kit.errors import NotThere
from reciproque.library import actions
from reciproque.library.access import get_case
from reciproque.library.models import Asked, UseCase
from reciproque.library.queries import asked_of, cases_in
from reciproque.matching.queries import holders
from reciproque.networks.actions import pause_membership

QUESTION = "Comment faites-vous pour annoncer un retard ?"


@pytest.fixture
def ask(network: Any, bob: Any) -> Callable[..., UseCase]:
    return lambda question=QUESTION, **fields: actions.ask_case(
        network, **{"by": bob, "question": question, **fields}
    )


def test_asked_once_read_by_members_only(
    ask: Callable[..., UseCase], chloe: Any, fatou: Any, network: Any
) -> None:
    case = ask(key="a", topics=["Retard"])
    assert ask(key="a") == case
    assert get_case(chloe, case.public_id) == case
    assert [row.pk for row in cases_in(network, chloe).cases] == [case.pk]
    with pytest.raises(NotThere):
        get_case(fatou, case.public_id)
    with pytest.raises(PermissionDenied):
        ask(by=fatou)
    for wrong in ("", "  ", "x" * 201):
        with pytest.raises(ValidationError):
            ask(wrong)


def test_five_questions_at_once_at_most(ask: Callable[..., UseCase], bob: Any) -> None:
    cases = [ask() for _ in range(5)]
    with pytest.raises(ValidationError):
        ask()
    actions.close_case(cases[0], by=bob)
    ask()


def test_nobody_is_asked_twice_nor_more_than_they_can_take(
    ask: Callable[..., UseCase], chloe: Any, bob: Any, fatou: Any
) -> None:
    first, second, third = ask(), ask("Une autre question"), ask("Et une troisième")
    assert actions.route_case(first, [bob, fatou, chloe]) == [chloe]
    assert actions.route_case(first, [chloe]) == []
    assert actions.route_case(second, [chloe]) == [chloe]
    assert actions.route_case(third, [chloe]) == []
    actions.decline_case(first, by=chloe)
    assert actions.route_case(third, [chloe]) == [chloe]
    assert {case.pk for case in asked_of(chloe, first.network)} == {second.pk, third.pk}


def test_four_a_month_even_for_who_declines(ask: Callable[..., UseCase], chloe: Any) -> None:
    cases = [ask(f"Question {n}") for n in range(5)]
    for case in cases[:4]:
        assert actions.route_case(case, [chloe]) == [chloe]
        actions.decline_case(case, by=chloe)
    assert actions.route_case(cases[4], [chloe]) == []
    with clock.at(clock.now() + dt.timedelta(days=31)):
        assert actions.route_case(cases[4], [chloe]) == [chloe]


def test_three_people_at_once(
    ask: Callable[..., UseCase], chloe: Any, dora: Any, emile: Any, alice: Any
) -> None:
    case = ask()
    assert actions.route_case(case, [chloe, dora, emile, alice]) == [chloe, dora, emile]
    actions.decline_case(case, by=dora)
    assert actions.route_case(case, [chloe, dora, emile, alice]) == [alice]


def test_who_is_on_pause_is_left_alone(
    ask: Callable[..., UseCase], chloe: Any, member: Callable[..., Any]
) -> None:
    pause_membership(member(chloe), until=clock.now() + dt.timedelta(days=30), by=chloe)
    assert actions.route_case(ask(), [chloe]) == []


def test_a_question_without_answer_goes_to_others_after_ten_days(
    ask: Callable[..., UseCase], chloe: Any, said: Callable[[str], list[Any]]
) -> None:
    case = ask()
    actions.route_case(case, [chloe])
    assert actions.lapse_asked() == 0
    with clock.at(clock.now() + dt.timedelta(days=11)):
        assert (actions.lapse_asked(), actions.lapse_asked()) == (1, 0)
    assert Asked.objects.get().state == "lapsed"
    assert len(said("case.lapsed")) == 1


def test_closed_nobody_is_expected(ask: Callable[..., UseCase], chloe: Any, bob: Any, alice: Any) -> None:
    case = ask()
    actions.route_case(case, [chloe])
    with pytest.raises(PermissionDenied):
        actions.close_case(case, by=chloe)
    actions.close_case(case, by=alice)
    assert asked_of(chloe, case.network) == []
    assert actions.route_case(case, [chloe]) == []


def test_holders_are_those_who_offer_or_wrote_it(
    network: Any,
    bob: Any,
    chloe: Any,
    dora: Any,
    make_post: Callable[..., Any],
    make_sheet: Callable[..., Any],
    make_draft: Callable[..., Any],
    emile: Any,
) -> None:
    make_post(chloe, "offer", "Annoncer un retard à un client")
    make_post(bob, "request", "Annoncer un retard à un client")
    make_sheet(dora, "Annoncer un retard de livraison")
    named = make_draft(
        emile, "Annoncer un retard", origin_kind="circle", origin_id="bcdfghjkmnpq", agreed=True
    )
    actions.publish_sheet(named, by=emile, agreed=True, names={emile.pk: "Un manager"})
    assert {person.first_name for person in holders(network, "annoncer un retard")} == {"Chloé", "Dora"}
    assert holders(network, "annoncer un retard", without=[chloe.pk, dora.pk]) == []
    assert holders(network, "élever des abeilles") == []

"""Step one: the need, specified with the deciders before anyone is called."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from reciproque.agenda.models import Step
from reciproque.circles import actions
from reciproque.circles.access import get_circle, get_prepared
from reciproque.circles.models import Circle
from reciproque.circles.queries import circles_of, life_of, need_of
from reciproque.kit import clock
from reciproque.kit.errors import NotThere

WEEK = dt.timedelta(days=7)


def test_an_animator_or_someone_of_the_pool_opens_a_group(
    network: Any, alice: Any, bob: Any, facilitator: Any, fatou: Any
) -> None:
    for person in (alice, facilitator):
        circle = actions.open_circle(network, by=person, key="k", title="Chefs d’équipe", trade="Encadrement")
        assert circle.trade is not None
        assert circle.trade.name == "Encadrement"
    for person in (bob, fatou):
        with pytest.raises(PermissionDenied):
            actions.open_circle(network, by=person, title="Chefs d’équipe")
    with pytest.raises(ValidationError):
        actions.open_circle(network, by=alice, title="  ")


def test_the_same_form_sent_twice_opens_one_group(network: Any, alice: Any, said: Any) -> None:
    first = actions.open_circle(network, by=alice, key="k", title="Chefs d’équipe")
    assert actions.open_circle(network, by=alice, key="k", title="Chefs d’équipe") == first
    assert len(said("circle.opened")) == 1


def test_whoever_opened_it_has_ten_working_days(network: Any, alice: Any, owed: Any) -> None:
    circle = actions.open_circle(network, by=alice, title="Chefs d’équipe")
    assert owed(circle) == [("specify", "Alice Martin")]
    assert Step.objects.about(circle).get().due_at.date() == dt.date(2026, 3, 16)


def test_the_need_is_kept_page_by_page(network: Any, alice: Any) -> None:
    circle = actions.open_circle(network, by=alice, title="Chefs d’équipe", aims="Parler des absences")
    actions.specify_need(circle, by=alice, allowance="Une demi-journée par mois")
    actions.specify_need(circle, by=alice, functions="Chef d’équipe", method="analysis", seats_most=8)
    circle.refresh_from_db()
    assert (circle.allowance, circle.functions) == ("Une demi-journée par mois", "Chef d’équipe")
    assert (circle.method, circle.seats_most) == ("analysis", 8)
    assert set(need_of(circle).missing) == {"specified_with", "told"}


def test_what_cannot_be_is_refused_under_its_own_field(prepare: Any, alice: Any) -> None:
    circle = prepare()
    wrong: dict[str, Any] = {
        "seats_most": 11,
        "sessions_wanted": 1,
        "minutes": 5,
        "method": "magic",
        "mode": "magic",
        "title": "x",
        "aims": "x" * 4001,
        "place": "x" * 301,
        "specified_on": dt.date(2027, 1, 1),
        "deciders": [(None, f"Nom {n}", "") for n in range(11)],
    }
    for name, value in wrong.items():
        with pytest.raises(ValidationError) as refused:
            actions.specify_need(circle, by=alice, **{name: value})
        assert list(refused.value.message_dict) == [name]


def test_the_call_waits_for_a_whole_need(network: Any, alice: Any) -> None:
    circle = actions.open_circle(network, by=alice, title="Chefs d’équipe")
    with pytest.raises(ValidationError) as refused:
        actions.call_volunteers(circle, by=alice, until=clock.now().date() + WEEK)
    assert set(refused.value.message_dict) == {"aims", "specified_with", "allowance", "told", "functions"}
    circle.refresh_from_db()
    assert circle.state == "need"


def test_deciders_are_of_the_directory_or_a_name_alone(prepare: Any, alice: Any, emile: Any) -> None:
    circle = prepare(deciders=[(emile, "", "directeur"), (None, "", ""), (None, "Mme Lefort", "")])
    assert [str(decider) for decider in need_of(circle).deciders] == ["Émile Nguyen", "Mme Lefort"]
    actions.specify_need(circle, by=alice, deciders=[(emile, "", "directeur")])
    assert [str(decider) for decider in need_of(circle).deciders] == ["Émile Nguyen"]


def test_before_the_call_only_those_who_prepare_it_know_of_it(
    prepare: Any, alice: Any, bob: Any, admin: Any, fatou: Any, network: Any
) -> None:
    circle = prepare()
    assert get_prepared(alice, circle.public_id) == circle
    for person in (bob, fatou):
        with pytest.raises(NotThere):
            get_circle(person, circle.public_id)
    assert [face.circle for face in circles_of(network, alice).preparing] == [circle]
    assert circles_of(network, bob).preparing == []


def test_the_life_says_who_is_expected_by_when_and_what_if_not(prepare: Any, alice: Any, bob: Any) -> None:
    first, second, *_rest = life_of(prepare(), alice)
    assert (first.standing, first.owner) == ("now", "Alice Martin")
    assert first.due_at is not None
    assert "l’appel à volontaires ne part pas" in first.consequence
    assert (second.standing, second.expected) == ("later", [])


def test_a_group_nobody_prepares_any_more_is_taken_over(
    prepare: Any, facilitator: Any, alice: Any, bob: Any, owed: Any, said: Any, member: Any
) -> None:
    circle = prepare(by=facilitator)
    with pytest.raises(PermissionDenied):
        actions.take_over(circle, by=bob)
    with pytest.raises(ValidationError):  # it is being prepared, and in time
        actions.take_over(circle, by=alice)
    with clock.at(clock.now() + 3 * WEEK):
        actions.take_over(circle, by=alice)
        assert owed(circle) == [("specify", "Alice Martin")]
    assert Circle.objects.get(pk=circle.pk).opened_by == alice
    assert len(said("circle.taken_over")) == 1

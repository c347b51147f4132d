"""What a network costs: its own figures, nothing filled in, low and high readings beside the central one."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from reciproque.insights.access import reader_of
from reciproque.insights.actions import measure_network, set_costs
from reciproque.insights.models import Costs
from reciproque.insights.queries.costs import costs_of
from reciproque.insights.rules.costs import ranged, total
from reciproque.kit import clock
from tests.insights.figures_made import NOW, count_and_tell, write

pytestmark = pytest.mark.django_db
YEAR_AGO = dt.date(2025, 1, 1)
GIVEN: dict[str, Any] = {
    "animation_hours": Decimal(200),
    "hour_cost": Decimal(40),
    "tools": Decimal(1500),
    "events": Decimal(500),
    "training_day_price": Decimal(700),
    "training_day_hours": Decimal(7),
}


def test_nothing_is_filled_in_for_what_was_not_given() -> None:
    assert total(Decimal(10), Decimal(2), Decimal(1), None) is None
    assert total(None, Decimal(2), Decimal(1), Decimal(1)) is None
    assert total(Decimal(10), Decimal(2), Decimal(1), Decimal(0)) == 21.0
    assert ranged(None, 20) is None
    found = ranged(100.0, 20)
    assert found is not None
    assert (found.low, found.central, found.high) == (80.0, 100.0, 120.0)


def test_each_refusal(network: Any, alice: Any, bob: Any) -> None:
    today = clock.now().date()
    with pytest.raises(PermissionDenied):
        set_costs(network, by=bob, since=today, **GIVEN)
    for wrong in (
        {"since": today + dt.timedelta(days=1), **GIVEN},
        {"since": today},
        {"since": today, "training_day_price": Decimal(700)},
        {"since": today, **GIVEN, "spread": 91},
        {"since": today, **GIVEN, "tools": Decimal(-1)},
        {"since": today, **GIVEN, "training_day_hours": Decimal("0.5")},
        {"since": today, **GIVEN, "words": "x" * 501},
    ):
        with pytest.raises(ValidationError):
            set_costs(network, by=alice, **wrong)
    assert not Costs.objects.exists()


def test_an_account_replaces_the_one_before_which_stays(network: Any, alice: Any) -> None:
    today = clock.now().date()
    set_costs(network, by=alice, since=YEAR_AGO, **GIVEN)
    set_costs(network, by=alice, since=today, **GIVEN | {"tools": Decimal(0)}, spread=10)
    set_costs(network, by=alice, since=today, **GIVEN | {"tools": Decimal(9)}, spread=10)
    account = costs_of(reader_of(alice, network))
    assert account.said is not None
    assert (account.said.tools, len(account.former)) == (Decimal(9), 1)
    assert account.training_hour == 100.0
    assert account.year is not None
    assert account.year.central == 200 * 40 + 9 + 500


def test_costs_are_divided_by_what_took_place_and_compared_with_a_training_day(
    network: Any, alice: Any, admin: Any
) -> None:
    people = write(network)
    with clock.at(NOW):
        set_costs(network, by=alice, since=YEAR_AGO, **GIVEN, spread=25)
        measure_network(network)
        account = costs_of(reader_of(alice, network))
        held = next(one for one in account.figures if one.id == "cost.exchange")
        assert held.value is not None
        assert account.exchange is not None
        assert account.exchange.central == held.value
        assert account.exchange.low == pytest.approx(held.value * 0.75)
        assert account.hour is not None
        assert account.hours_for_a_day is not None
        assert account.hours_for_a_day.central == pytest.approx(700 / account.hour.central)
        # The less an hour costs, the more hours the same price pays.
        assert account.hours_for_a_day.low < account.hours_for_a_day.central < account.hours_for_a_day.high
        # A member reads what was told, and nothing was yet.
        assert costs_of(reader_of(people[35], network)).figures == []
    count_and_tell(network, months=1)
    with clock.at(NOW):
        told = costs_of(reader_of(people[35], network))
        assert {one.period.span for one in told.figures} == {"year"}


def test_without_figures_there_is_no_division(network: Any, alice: Any) -> None:
    account = costs_of(reader_of(alice, network))
    assert (account.said, account.year, account.exchange, account.hours_for_a_day) == (None,) * 4
    set_costs(network, by=alice, since=clock.now().date(), **GIVEN)
    measure_network(network)
    account = costs_of(reader_of(alice, network))
    assert account.exchange is None
    assert account.hours_for_a_day is None

"""Figures counted, kept and read again: periods by the calendar of a place, what is aimed at, who reads what."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from reciproque.exchanges.models import Exchange, Thread
from reciproque.insights.access import ReaderKind, reader_of
from reciproque.insights.actions import (
    drop_target,
    measure_due,
    measure_network,
    measure_past,
    set_costs,
    set_target,
)
from reciproque.insights.actions import measure as measuring
from reciproque.insights.models import Costs, Measure, Target
from reciproque.insights.queries import figures_of, history_of, measured, measured_periods, period_of
from reciproque.insights.queries.measures import spent_in
from reciproque.insights.rules import INDICATORS, NOT_YET, Cut, Period, Shape, Span, zone_of
from reciproque.journal.models import Fact
from reciproque.kit import clock
from reciproque.networks.actions import grant_role
from reciproque.networks.models import Network
from tests.insights.pictures_made import exchange

pytestmark = pytest.mark.django_db


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


# Periods


@pytest.mark.parametrize(
    ("country", "moment", "month"),
    [
        # The month turns at midnight there, which is not midnight here.
        ("FR", "2026-03-31T21:59:59", "2026-03-01"),
        ("FR", "2026-03-31T22:00:00", "2026-04-01"),
        ("NC", "2026-03-31T12:59:59", "2026-03-01"),
        ("NC", "2026-03-31T13:00:00", "2026-04-01"),
        ("US", "2026-04-01T03:59:59", "2026-03-01"),
        ("US", "2026-04-01T04:00:00", "2026-04-01"),
        ("XX", "2026-04-01T00:00:00", "2026-04-01"),
    ],
)
def test_a_month_turns_at_midnight_where_the_network_lives(country: str, moment: str, month: str) -> None:
    period = Period.of(Span.MONTH, at(moment), zone_of(country))
    assert period.start.isoformat() == month
    assert period.holds(at(moment))
    assert Period.parse(period.key, zone_of(country)) == period


def test_periods_follow_one_another_without_a_gap_across_summer_time() -> None:
    period = Period.of(Span.MONTH, at("2026-12-15T00:00:00"))
    for _month in range(30):
        before = period.previous()
        assert before is not None
        assert before.ends_at == period.begins_at
        assert before.following() == period
        period = before


@pytest.mark.parametrize(
    "key", ["", "month", "month:2026-13-01", "quarter:2026-02-01", "week:2026-02-01", "year:x"]
)
def test_an_address_that_names_no_period_is_none(key: str) -> None:
    assert Period.parse(key) is None


def test_what_happens_at_midnight_is_of_the_month_that_begins(network: Any, bob: Any, make_post: Any) -> None:
    Network.objects.filter(pk=network.pk).update(country="NC")
    network.refresh_from_db()
    turn = at("2026-03-31T13:00:00")  # midnight in Nouméa
    for moment in (turn - dt.timedelta(microseconds=1), turn):
        with clock.at(moment):
            make_post(bob)
    with clock.at(turn + dt.timedelta(days=40)):
        march, april = (period_of(network, Span.MONTH, turn + dt.timedelta(hours=h)) for h in (-1, 1))
        counts = [measured(network, one)[""]["posts.offers", ""].value for one in (march, april)]
    assert counts == [1, 1]


# Figures


def test_nothing_to_divide_by_is_not_zero(network: Any) -> None:
    measure_network(network)
    figures = {figure.id: figure for figure in figures_of(network, period_of(network, Span.MONTH))}
    for name in ("reviews.satisfaction", "requests.wait", "cost.exchange", "flows.units", "savoirs.rare"):
        assert figures[name].value is None
        assert figures[name].shown == str(NOT_YET)
        assert not figures[name].is_measurable
    assert figures["exchanges.held"].shown == "0"


def test_every_figure_is_kept_and_read_again(network: Any, bob: Any, make_post: Any) -> None:
    make_post(bob)
    measure_network(network)
    period = period_of(network, Span.MONTH)
    figures = figures_of(network, period)
    assert [figure.id for figure in figures] == list(INDICATORS)
    counted = measured(network, period)[""]
    for figure in figures:
        if (cell := counted.get((figure.id, ""))) is not None:
            assert (figure.numerator, figure.value) == (cell.numerator, cell.value)
    for cut in Cut.values:
        offers = [one for one in figures_of(network, period, cut) if one.id == "posts.offers"]
        assert sum(one.numerator or 0 for one in offers) == 1


def test_a_trend_is_told_from_one_period_to_the_next(
    network: Any, bob: Any, chloe: Any, make_post: Any
) -> None:
    make_post(bob)
    measure_network(network)
    following = period_of(network, Span.MONTH).following()
    assert following is not None
    with clock.at(following.begins_at + dt.timedelta(days=1)):
        make_post(bob)
        make_post(chloe)
        measure_network(network)
        period = period_of(network, Span.MONTH)
        offers = {one.id: one for one in figures_of(network, period)}["posts.offers"]
        assert (offers.value, offers.previous, offers.trend) == (2, 1, "up")
        history = history_of(network, "posts.offers", Span.MONTH)
        assert [one.value for one in history][-2:] == [1, 2]
        assert measured_periods(network)[0] == period


def test_what_is_read_today_only_keeps_its_last_reading(network: Any, bob: Any, make_post: Any) -> None:
    make_post(bob)
    measure_network(network)
    month = period_of(network, Span.MONTH)
    before = Measure.objects.get(network=network, indicator="savoirs.rare", span="month", start=month.start)
    with clock.at(month.ends_at + dt.timedelta(days=1)):
        measure_network(network)
        after = Measure.objects.get(
            network=network, indicator="savoirs.rare", span="month", start=month.start
        )
    assert (after.pk, after.at) == (before.pk, before.at)


def test_networks_are_counted_again_when_something_happened(network: Any, bob: Any, make_post: Any) -> None:
    assert measure_due() > 0
    now = clock.now()
    with clock.at(now + dt.timedelta(minutes=1)):
        assert measure_due() == 0
        make_post(bob)
    with clock.at(now + dt.timedelta(minutes=2)):
        assert measure_due() > 0
    with clock.at(now + dt.timedelta(days=40)):
        assert measure_due() > 0  # the month turned


def test_the_past_is_counted_once_a_day_and_in_slices(
    network: Any, bob: Any, make_post: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = clock.now()
    Network.objects.filter(pk=network.pk).update(created_at=now - dt.timedelta(days=70))
    monkeypatch.setattr(measuring, "AT_ONCE", 1)
    done = []
    while number := measure_past():
        assert number <= measuring.LEAST_AT_ONCE
        done.append(number)
    spans = Measure.objects.filter(network=network, cut="").values_list("span", "start").distinct()
    assert sum(done) == spans.count() >= 6
    with clock.at(now + dt.timedelta(minutes=5)):
        make_post(bob)
        assert measure_past() == 0, "it was counted today"
    with clock.at(now + dt.timedelta(days=1)):
        assert measure_past() == measuring.LEAST_AT_ONCE
    with clock.at(now + dt.timedelta(days=1, minutes=20)):
        assert measure_past() > 0, "the next slice"


def test_what_was_brought_in_from_before_is_counted(network: Any, bob: Any, chloe: Any) -> None:
    long_ago = (clock.now() - dt.timedelta(days=800)).date()
    Exchange.objects.create(
        network=network,
        title="Avant",
        state="closed",
        origin="declared",
        thread=Thread.objects.create(network=network),
        held_on=long_ago,
        declared_at=clock.now(),
        closed_at=clock.now(),
    )
    assert measuring._past(network)[-2].start.year <= long_ago.year


# Costs: nothing is filled in


def test_what_running_costs_is_as_said_day_by_day_or_not_at_all(network: Any, alice: Any) -> None:
    def account(since: str, **told: Any) -> Costs:
        whole = {"animation_hours": 100, "hour_cost": 40, "tools": 600, "events": 50}
        return Costs.objects.create(network=network, since=since, by=alice, **(whole | told))

    first = account("2025-01-01")
    january, march = dt.date(2025, 1, 1), dt.date(2025, 3, 1)
    first.refresh_from_db()
    assert spent_in([first], january, dt.date(2026, 1, 1)) == pytest.approx(4650)
    assert spent_in([first], dt.date(2024, 12, 31), march) is None, "a day before the first account"
    second = account("2025-02-01", hour_cost=0, tools=365, events=0)
    second.refresh_from_db()
    both = spent_in([first, second], january, march)
    assert both == pytest.approx(4650 * 31 / 365 + 365 * 28 / 365)
    unsaid = account("2025-02-15", tools=None)
    unsaid.refresh_from_db()
    assert spent_in([first, second, unsaid], january, march) is None
    assert spent_in([first, second, unsaid], january, dt.date(2025, 2, 15)) is not None


# What is aimed at


def test_amounts_given_are_counted_at_once(
    network: Any, alice: Any, bob: Any, chloe: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = clock.now()
    exchange(network, bob, chloe, now.date())
    Network.objects.update(created_at=now - dt.timedelta(days=400))
    year = period_of(network, Span.YEAR)

    def read() -> Any:
        return figures_of(network, year, only=["cost.exchange"])[0]

    given = {"animation_hours": 100, "hour_cost": 10, "tools": 0, "events": 0}
    set_costs(network, by=alice, since=year.start, **given)
    # Nothing was counted yet: there is nothing to count again.
    assert not Measure.objects.exists()
    Costs.objects.all().delete()
    measure_network(network)
    assert not read().is_measurable
    counted = set(Measure.objects.values_list("at", flat=True))
    with clock.at(now + dt.timedelta(minutes=1)):
        set_costs(network, by=alice, since=year.start, **given)
        assert read().is_measurable
        # What was recorded since the whole count is still to be counted.
        assert set(Measure.objects.values_list("at", flat=True)) == counted
        monkeypatch.setattr(measuring, "COUNTED_AT_ONCE", 1)
        Measure.objects.filter(indicator="cost.exchange").update(value=None)
        set_costs(network, by=alice, since=year.start, **given | {"tools": 5})
        assert not read().is_measurable


def test_a_target_replaces_the_one_before_which_stays(network: Any, alice: Any) -> None:
    until = clock.now().date() + dt.timedelta(days=100)
    set_target(network, "members.engagement", by=alice, value=0.3, until=until, why="Comme convenu.")
    set_target(network, "members.engagement", by=alice, value=0.4, until=until)
    assert Target.objects.aimed().get(network=network).value == 0.4
    assert Target.objects.filter(network=network).count() == 2
    drop_target(network, "members.engagement", by=alice)
    drop_target(network, "members.engagement", by=alice)  # nothing happens the second time
    assert not Target.objects.aimed().filter(network=network).exists()
    names = list(
        Fact.objects.filter(name__startswith="target.").order_by("pk").values_list("name", flat=True)
    )
    assert names == ["target.set", "target.set", "target.dropped"]


@pytest.mark.parametrize(
    ("indicator", "value", "days", "field"),
    [
        ("nothing.known", 1, 10, "indicator"),
        ("hours.said", 10, 10, "indicator"),  # hours are no aim
        ("members.engagement", 1.2, 10, "value"),
        ("members.members", -1, 10, "value"),
        ("members.members", float("nan"), 10, "value"),
        ("members.members", 10, 0, "until"),
        ("members.members", 10, 4000, "until"),
    ],
)
def test_what_cannot_be_aimed_at_is_said(
    network: Any, alice: Any, indicator: str, value: float, days: int, field: str
) -> None:
    until = clock.now().date() + dt.timedelta(days=days)
    with pytest.raises(ValidationError) as refused:
        set_target(network, indicator, by=alice, value=value, until=until)
    assert field in refused.value.message_dict


def test_only_those_who_settle_the_network_aim(network: Any, bob: Any) -> None:
    until = clock.now().date() + dt.timedelta(days=10)
    with pytest.raises(PermissionDenied):
        set_target(network, "members.members", by=bob, value=10, until=until)
    with pytest.raises(PermissionDenied):
        drop_target(network, "members.members", by=bob)


# Who reads what


def test_only_a_role_of_animation_reads_the_rows(
    network: Any, alice: Any, bob: Any, dora: Any, emile: Any
) -> None:
    assert reader_of(alice, network).kind == ReaderKind.TEAM
    for person in (bob, dora, emile):
        assert reader_of(person, network).kind == ReaderKind.OTHERS
    bob.is_superuser = bob.is_staff = True
    bob.save()
    assert not reader_of(bob, network).is_team, "administering the installation is not animating"
    grant_role(network, bob, "animator", by=alice)
    assert reader_of(bob, network).is_team


# Words


def test_each_indicator_has_its_words_and_its_numbers() -> None:
    for name, one in INDICATORS.items():
        assert name == one.id
        for words in (one.name, one.formula, one.numerator, one.source, one.lever):
            assert str(words).strip()
            assert not any(mark in str(words) for mark in (" :", " ;", " ?", " »", "« ")), name
        divided = one.shape in (Shape.RATE, Shape.MONEY)
        assert bool(str(one.denominator)) == divided, name

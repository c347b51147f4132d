"""Count every figure over one period, for the network and each group of each cut, in a fixed number of queries.

What is counted belongs to one person, who is in one group of each cut: the database counts by person, and the groups add
people up. The number of queries depends neither on the size nor on the groups.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable
from typing import Any

import numpy as np
from django.db.models import Count, QuerySet
from django.db.models import Sum as Total

from reciproque.catalogue.models import Topic
from reciproque.insights.models import Costs
from reciproque.insights.queries.acts import local_day
from reciproque.insights.queries.counted import Asked, Recipe
from reciproque.insights.queries.folding import Directory, Sum, Tally, directory_of
from reciproque.insights.queries.rows import RECIPES, people_of
from reciproque.insights.rules import INDICATORS, Cut, Indicator, Period, Shape
from reciproque.networks.models import Network
from reciproque.surveys import queries as surveys

DAYS_OF_YEAR = 365
HOUR = 60


@dataclasses.dataclass(frozen=True)
class Cell:
    """One figure counted: its two numbers, how many people stand behind it, and how many of the others are left."""

    numerator: float
    denominator: float | None
    value: float | None
    people: int
    others: int


# {cut: {(indicator, group): cell}}; the whole network is the cut "" and the group "".
Measured = dict[str, dict[tuple[str, str], Cell]]


class _Counting:
    """The counting of one period: what several figures share is counted once."""

    def __init__(self, asked: Asked, directory: Directory) -> None:
        self.asked = asked
        self.directory = directory
        self._known: dict[tuple[Any, ...], Any] = {}

    def cells(self, indicator: Indicator) -> dict[tuple[str, str], Cell]:
        """Count one figure: {(cut, group): cell}; nothing when it cannot be read for that period."""
        recipe = RECIPES.get(indicator.id)
        if recipe is None:
            return {}
        if recipe.model is Topic:
            return self._topics(recipe)
        if recipe.fold is not None:
            return self._said(indicator, recipe)
        none = Sum()
        parts = self.directory.fold(self._tally(recipe, recipe.part), indicator.cuts)
        if recipe.whole is None:
            return {key: _cell(indicator, part, None) for key, part in parts.items()}
        wholes = self.directory.fold(self._tally(recipe, recipe.whole), indicator.cuts)
        keys = set(parts) | set(wholes)
        return {key: _cell(indicator, parts.get(key, none), wholes.get(key, none)) for key in keys}

    def _tally(self, recipe: Recipe, which: Any) -> Tally:
        """Return how many rows each person has."""
        key = (which, recipe.person, recipe.amount)
        if key not in self._known:
            rows: QuerySet[Any] = which(self.asked)
            if not recipe.person:
                people = np.fromiter(rows.values_list("pk", flat=True).iterator(), np.int64)
                self._known[key] = Tally(people, np.ones(len(people), np.int64), np.zeros(len(people)))
            else:
                amount = {"amount": Total(recipe.amount)} if recipe.amount else {}
                counted = rows.values_list(recipe.person).annotate(number=Count("pk"), **amount)
                table = [(row[0], row[1], float(row[2] or 0) if recipe.amount else 0.0) for row in counted]
                columns: Any = zip(*table, strict=True) if table else ((), (), ())
                kinds = (np.int64, np.int64, np.float64)
                arrays: Any = [np.array(column, kind) for column, kind in zip(columns, kinds, strict=True)]
                self._known[key] = Tally(*arrays)
        found: Tally = self._known[key]
        return found

    def _said(self, indicator: Indicator, recipe: Recipe) -> dict[tuple[str, str], Cell]:
        """Count what its rows say each (a wait, a distance), which no database makes into one number."""
        paths = (recipe.person or "pk", *recipe.said)
        key = (recipe.part, *paths)
        if key not in self._known:
            rows: Any = recipe.part(self.asked)
            self._known[key] = list(rows.values_list(*paths))
        groups: dict[tuple[str, str], list[Any]] = {("", ""): []}
        for person, *said in self._known[key]:
            row = (person, self._turned(recipe, tuple(said)))
            groups["", ""].append(row)
            for cut in indicator.cuts:
                groups.setdefault((cut.value, self.directory.group(cut, person)), []).append(row)
        cells = {}
        for group, rows in groups.items():
            value = recipe.fold([said for _person, said in rows])  # type: ignore[misc]
            number = float(len(rows)) if indicator.shape != Shape.HOURS else float(value or 0)
            cells[group] = Cell(number, None, value, len({person for person, _said in rows}), 0)
        return cells

    def _turned(self, recipe: Recipe, said: tuple[Any, ...]) -> tuple[Any, ...]:
        return recipe.turn(self.asked, said) if recipe.turn else said

    def _topics(self, recipe: Recipe) -> dict[tuple[str, str], Cell]:
        """Count savoirs: the people behind them are those who write about them."""
        rows = recipe.part(self.asked)
        if rows is None:
            return {}
        number = rows.count()
        behind = people_of(self.asked, recipe, rows)
        if recipe.whole is None:
            return {("", ""): Cell(number, None, number, len(behind), 0)}
        whole_rows = recipe.whole(self.asked)
        whole = whole_rows.count() if whole_rows is not None else 0
        others = people_of(self.asked, recipe, whole_rows) - behind
        return {("", ""): Cell(number, whole, number / whole if whole else None, len(behind), len(others))}


def _cell(indicator: Indicator, part: Sum, whole: Sum | None) -> Cell:
    if indicator.shape == Shape.HOURS:
        # A review says hours, an exchange minutes.
        hours = part.amount if indicator.id == "hours.said" else part.amount / HOUR
        return Cell(hours, None, hours, part.people, 0)
    if whole is None:
        return Cell(part.number, None, part.number, part.people, 0)
    value = part.number / whole.number if whole.number else None
    return Cell(part.number, whole.number, value, part.people, max(0, whole.people - part.people))


def measured(
    network: Network,
    period: Period,
    *,
    only: Iterable[str] | None = None,
    directory: Directory | None = None,
) -> Measured:
    """Count the figures of a period (or some of them), for the network and every group of every cut.

    Who counts several periods reads the directory once, and gives it.
    """
    chosen = list(INDICATORS) if only is None else [one for one in INDICATORS if one in set(only)]
    counting = _Counting(Asked(network, period), directory or directory_of(network))
    found: Measured = {"": {}, **{cut: {} for cut in Cut.values}}
    for name in chosen:
        for (cut, group), cell in counting.cells(INDICATORS[name]).items():
            found[cut][name, group] = cell
    for name, cell in _effects(network, period, chosen).items():
        found[""][name, ""] = cell
    for name, cell in _money(counting, chosen).items():
        found[""][name, ""] = cell
    return found


def measure(network: Network, period: Period, cut: str = "") -> dict[tuple[str, str], Cell]:
    """Count every figure of a period, for the network ("") or each group of one cut: {(indicator, group): cell}."""
    return measured(network, period)[cut]


# -- felt effects, and money -----------------------------------------------------------------------------------


def _effects(network: Network, period: Period, chosen: list[str]) -> dict[str, Cell]:
    """Read what the impact questionnaires closed within the period said, as they were released: already masked."""
    wanted = [name for name in chosen if name.startswith("impact.")]
    if not wanted:
        return {}
    found = surveys.impact_of(network, period.begins_at, period.ends_at)
    cells = {}
    for name in wanted:
        favourable, answered = found.get(name.partition(".")[2], (None, None))
        value = favourable / answered if favourable is not None and answered else None
        good, every = favourable or 0, answered or 0
        cells[name] = Cell(good, every, value, good, every - good)
    return cells


def _money(counting: _Counting, chosen: list[str]) -> dict[str, Cell]:
    """Divide what running the network cost by what took place; nothing is filled in for what was not given."""
    wanted = [name for name in chosen if name.startswith("cost.")]
    if not wanted:
        return {}
    asked = counting.asked
    accounts = list(Costs.objects.filter(network=asked.network).order_by("since"))
    spent = spent_in(accounts, *_days(asked))
    held = counting.cells(INDICATORS["exchanges.held"])["", ""]
    hours = [counting.cells(INDICATORS[name])["", ""] for name in ("hours.followed", "hours.declared")]
    shared = sum(one.numerator for one in hours)
    after = min(asked.period.end, local_day(asked.network, asked.until) + dt.timedelta(days=1))
    last = next((row for row in reversed(accounts) if row.since < after), None)
    price = last.training_day_price if last is not None else None
    day = last.training_day_hours if last is not None else None
    found = {
        "cost.exchange": _priced(spent, held.numerator, held.people),
        "cost.hour": _priced(spent, shared, held.people),
        "cost.training_hour": _priced(float(price) if price is not None else None, float(day or 0), 0),
    }
    return {name: found[name] for name in wanted}


def _priced(money: float | None, units: float, people: int) -> Cell:
    value = money / units if money is not None and units else None
    return Cell(money or 0.0, units, value, people, 0)


def _days(asked: Asked) -> tuple[dt.date, dt.date]:
    """Return the days of a period that count for what was spent: not before the network, nor after now."""
    first = max(asked.period.start, local_day(asked.network, asked.network.created_at))
    last = min(asked.period.end, local_day(asked.network, asked.until) + dt.timedelta(days=1))
    return first, max(first, last)


def spent_in(accounts: list[Costs], first: dt.date, last: dt.date) -> float | None:
    """Return what the accounts in force say was spent from one day to another, left out; None when some is not said."""
    if not accounts or accounts[0].since > first or first >= last:
        return None
    total = 0.0
    for place, row in enumerate(accounts):
        until = accounts[place + 1].since if place + 1 < len(accounts) else last
        days = (min(until, last) - max(row.since, first)).days
        if days <= 0:
            continue
        if row.animation_hours is None or row.hour_cost is None or row.tools is None or row.events is None:
            return None
        total += float(row.animation_hours * row.hour_cost + row.tools + row.events) * days / DAYS_OF_YEAR
    return total

"""Which rows each figure counts, and whose they are: what is looked at before figures are told to everybody."""

from __future__ import annotations

import dataclasses
import datetime as dt
from functools import cached_property
from typing import Any

from reciproque.insights.queries.counted import Asked
from reciproque.insights.queries.groups import groups_in
from reciproque.insights.queries.rows import RECIPES
from reciproque.insights.rules import INDICATORS, Cut, Period
from reciproque.networks.models import Network

# What is divided and what divides, each a set of rows.
PART, WHOLE = "part", "whole"
# Figures made of others: told when these are.
MADE_OF = {
    "cost.exchange": ("exchanges.held",),
    "cost.hour": ("hours.followed", "hours.declared"),
}
# Rows of the same table, with the person each belongs to.
Owned = dict[int, int | None]


@dataclasses.dataclass(frozen=True)
class Until(Period):
    """What is told since the beginning: up to a day, left out, rather than up to the moment when it is read."""

    day: dt.date = dt.date(2900, 1, 1)

    @property
    def end(self) -> dt.date:
        """The first day that is not told."""
        return self.day


@dataclasses.dataclass(frozen=True)
class Counted:
    """The rows of every figure over one period, by kind of row."""

    network: Network
    period: Period

    @cached_property
    def sides(self) -> dict[tuple[str, str], tuple[str, Owned]]:
        """{(indicator, side): (kind of row, rows)}; a figure that has no rows to look at is not there."""
        asked = Asked(self.network, self.period)
        known: dict[tuple[Any, ...], Owned] = {}
        found = {}
        for name in INDICATORS:
            recipe = RECIPES.get(name)
            if recipe is None or INDICATORS[name].remembered:
                continue
            for side, which in ((PART, recipe.part), (WHOLE, recipe.whole)):
                if which is None:
                    continue
                paths = (recipe.row, recipe.person or "pk")
                if (which, *paths) not in known:
                    rows = which(asked)
                    known[which, *paths] = {} if rows is None else dict(rows.values_list(*paths))
                found[name, side] = (recipe.model.__name__, known[which, *paths])
        return found


def groups_of_people(network: Network) -> dict[str, dict[int, str]]:
    """Return in which group of each cut everybody is: {cut: {person: group}}."""
    return {cut: groups_in(network, cut) for cut in Cut.values}

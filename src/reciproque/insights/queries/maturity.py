"""Where a network said it stands, what it aims at, and what is between the two."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

from reciproque.insights.models import MaturityCheck, MaturityGoal
from reciproque.insights.rules import DESCRIBED, LEVERS, MATURITY_EVERY, Dimension, fitting_goal
from reciproque.networks.models import Network


@dataclasses.dataclass(frozen=True)
class Standpoint:
    """One dimension: where it stands, where it stood, where it should be, and what moves it."""

    dimension: str
    level: int
    described: Any
    words: str
    before: int | None
    goal: int | None
    until: dt.date | None
    aimed: Any
    levers: tuple[Any, ...]

    @property
    def gap(self) -> int:
        """How many levels are left to climb."""
        return max(0, (self.goal or 0) - self.level)


@dataclasses.dataclass(frozen=True)
class Maturity:
    """The last check of a network, its goals, and when it is looked at again."""

    check: MaturityCheck
    rows: list[Standpoint]
    again_at: dt.datetime
    earlier: list[MaturityCheck]

    @property
    def level(self) -> float:
        """The mean of the dimensions, to one decimal."""
        return round(sum(row.level for row in self.rows) / len(self.rows), 1)

    @property
    def has_goals(self) -> bool:
        return any(row.goal for row in self.rows)


def maturity_of(network: Network) -> Maturity | None:
    """Return where a network stands by its own account; None before it first said so."""
    checks = list(MaturityCheck.objects.filter(network=network).select_related("by")[:10])
    if not checks:
        return None
    goals = {goal.dimension: goal for goal in MaturityGoal.objects.filter(network=network)}
    last, before = checks[0], checks[1] if len(checks) > 1 else None
    rows = [_standpoint(name, last, before, goals.get(name)) for name in Dimension.values]
    return Maturity(last, rows, last.at + MATURITY_EVERY, checks[1:])


def _standpoint(
    name: str, last: MaturityCheck, before: MaturityCheck | None, goal: MaturityGoal | None
) -> Standpoint:
    level = last.levels.get(name, 1)
    return Standpoint(
        dimension=name,
        level=level,
        described=DESCRIBED[name][level - 1],
        words=last.words.get(name, ""),
        before=before.levels.get(name) if before else None,
        goal=goal.level if goal else None,
        until=goal.until if goal else None,
        aimed=DESCRIBED[name][goal.level - 1] if goal else "",
        levers=LEVERS[name],
    )


def fitting_goals(check: MaturityCheck) -> dict[str, int]:
    """Return what may be aimed at in a year: one step up, on the two dimensions that stand lowest."""
    lowest = sorted(
        Dimension.values, key=lambda name: (check.levels.get(name, 1), Dimension.values.index(name))
    )
    return {
        name: fitting_goal(check.levels.get(name, 1)) if name in lowest[:2] else 0
        for name in Dimension.values
    }

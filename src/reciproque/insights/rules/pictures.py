"""What each picture is made of: numbers and names, before anything is drawn. None is what may not be told."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

# How many names a picture of units bears; the smallest are folded together.
MOST_UNITS = 10
# A turn of the clock, in days.
TURN = 14
COHORTS_SHOWN = 12


class Kind(TextChoices):
    """The pictures of a network, in the order of the page."""

    FUNNEL = "funnel", _("De la mise en relation au bilan")
    CALENDAR = "calendar", _("Le calendrier des échanges")
    FLOWS = "flows", _("D’un service à l’autre")
    NETWORK = "network", _("Le réseau des échanges")
    WAITS = "waits", _("Le cadran des réponses")
    COHORTS = "cohorts", _("Ce que deviennent ceux qui arrivent")


@dataclasses.dataclass(frozen=True)
class Stage:
    """One stage of a funnel; `rate` is in a hundred of the stage before."""

    label: str
    count: int | None
    rate: int | None = None


@dataclasses.dataclass(frozen=True)
class Funnel:
    stages: tuple[Stage, ...]


@dataclasses.dataclass(frozen=True)
class Squares:
    """A table of squares, darker where there is more. A cell that is absent is no cell (30 February, a day to come)."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: dict[tuple[int, int], int | None]
    unit: str = ""
    # Columns that are only written, not tinted (how many people a line counts).
    plain: frozenset[int] = frozenset()
    # The value of the darkest square; 0 for the greatest there is.
    top: int = 0


@dataclasses.dataclass(frozen=True)
class Flows:
    """How much went from each name to each other; `cells` holds (from, to) → number, None for what may not be told."""

    names: tuple[str, ...]
    cells: dict[tuple[int, int], int | None]

    def given(self, row: int) -> int | None:
        """What left one name; None as soon as a part may not be told."""
        return _sum(value for (here, _there), value in self.cells.items() if here == row)

    def received(self, column: int) -> int | None:
        """What reached one name; None as soon as a part may not be told."""
        return _sum(value for (_here, there), value in self.cells.items() if there == column)

    @property
    def both_ways(self) -> list[tuple[int, int]]:
        """Pairs of names that gave to one another, as far as may be told."""
        return sorted(
            (a, b) for (a, b), value in self.cells.items() if a < b and value and self.cells.get((b, a))
        )

    @property
    def rings(self) -> int:
        """How many rings of three names there are: one gave to the second, who gave to the third, who gave to the first."""
        out: dict[int, set[int]] = {}
        for (a, b), value in self.cells.items():
            if value and a != b:
                out.setdefault(a, set()).add(b)
        found = 0
        for a, after in out.items():
            for b in after:
                found += sum(a in out.get(c, ()) for c in out.get(b, ()) if c != a)
        return found // 3


@dataclasses.dataclass(frozen=True)
class Clock:
    """How many answers came on each day of a turn; then what came later, and what never came."""

    days: tuple[int | None, ...]
    later: int | None
    never: int | None
    median: float | None


Shape = Funnel | Squares | Flows | Clock


@dataclasses.dataclass(frozen=True)
class Picture:
    """A picture before it is drawn: its shape, its sentence, its table."""

    kind: str
    title: str
    # What one sees, in a sentence: the text alternative.
    says: str
    shape: Shape
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    # How to read it.
    key: str = ""
    empty: bool = False
    # Of which period it is, where that is not the one of the page (a report shows the last year told).
    period: str = ""


def _sum(values: Any) -> int | None:
    found = list(values)
    return None if None in found else sum(found)


def fold(names: Sequence[str], cells: dict[tuple[int, int], Any], others: str, most: int = MOST_UNITS) -> Any:
    """Return the same flows with the smallest names put together under one, so that at most `most` names are left.

    Numbers are added; anything else (people behind a cell, as sets) is united.
    """
    weight = [0] * len(names)
    for (a, b), value in cells.items():
        size = value if isinstance(value, int) else len(value)
        weight[a] += size
        weight[b] += size
    order = sorted(
        (place for place in range(len(names)) if weight[place]), key=lambda at: (-weight[at], names[at])
    )
    kept = order if len(order) <= most else order[: most - 1]
    place = {old: new for new, old in enumerate(kept)}
    shown = [names[old] for old in kept]
    if len(kept) < len(order):
        place |= dict.fromkeys(order[most - 1 :], len(kept))
        shown.append(others)
    folded: dict[tuple[int, int], Any] = {}
    for (a, b), value in cells.items():
        spot = (place[a], place[b])
        if spot not in folded:
            folded[spot] = value
        elif isinstance(value, int):
            folded[spot] += value
        else:
            folded[spot] = folded[spot] | value
    return shown, folded

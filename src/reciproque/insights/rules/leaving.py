"""Which rows leave a file with somebody’s: never theirs alone, so that comparing files points at nobody."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Sequence
from random import Random

from reciproque.insights.rules.studies import LEAST


def leaving(
    cells: Sequence[Hashable], people: Sequence[tuple[int, ...]], gone: Collection[int], draw: Random
) -> set[int]:
    """Return the places of the rows that leave with those of `gone`, some drawn at random beside them.

    In each combination of what may be known that loses a row, those of five people at least leave, on each side; and what
    stays there is of nobody, or of five people at least.
    """
    rows: dict[Hashable, list[int]] = defaultdict(list)
    for place, cell in enumerate(cells):
        rows[cell].append(place)
    leavers = frozenset(gone)
    touched = {cells[place] for place, some in enumerate(people) if not leavers.isdisjoint(some)}
    out: set[int] = set()
    for cell in touched:
        theirs = {place for place in rows[cell] if not leavers.isdisjoint(people[place])}
        others = [place for place in rows[cell] if place not in theirs]
        draw.shuffle(others)
        # Not always as many: how many leave does not say how many objected.
        wanted = LEAST + draw.randrange(LEAST)
        while others and _fewest(theirs, people) < wanted:
            theirs.add(others.pop())
        out |= theirs
        if others and _fewest(others, people) < LEAST:
            out.update(others)
    return out


def _fewest(places: Collection[int], people: Sequence[tuple[int, ...]]) -> int:
    """Return how many people these rows are about, on the side where they are fewest."""
    sides = zip(*(people[place] for place in places), strict=True)
    return min((len(set(side)) for side in sides), default=0)

"""What may be told to everybody of a year’s pictures: flows, waits and cohorts, with what is too small taken out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from reciproque.insights.queries.drawn import Arrived, Tally, Waits
from reciproque.insights.rules import FEWEST
from reciproque.insights.rules.pictures import MOST_UNITS, fold
from reciproque.kit.disclosure import OTHERS, Count, lines_of, protect_table

Cells = dict[tuple[str, str], Tally]
# Which of some sets of rows may not be told beside what figures told of them.
Weigh = Callable[[Mapping[Any, frozenset[int]]], Collection[Any]]


def _alone(_cells: Mapping[Any, frozenset[int]]) -> Collection[Any]:
    return ()


def _folded(cells: Cells) -> Cells:
    """Put under « autres » the branches of which fewer than five people gave or learned, then the smallest."""
    cells = dict(cells)
    while True:
        branches = sorted({name for spot in cells for name in spot} - {OTHERS})
        weak = [name for name in branches if _is_weak(cells, name)]
        if (
            not weak
            and OTHERS in {name for spot in cells for name in spot}
            and _is_weak(cells, OTHERS)
            and branches
        ):
            # The others are still too few: the smallest branch joins them.
            weak = [min(branches, key=lambda name: (_weight(cells, name), name))]
        if not weak:
            break
        cells = _merge(cells, set(weak))
    names = sorted({name for spot in cells for name in spot})
    place = {name: at for at, name in enumerate(names)}
    shown, left = fold(
        names, {(place[a], place[b]): tally for (a, b), tally in cells.items()}, OTHERS, MOST_UNITS
    )
    # « autres » may have been made twice: by what is small, and by what is beyond the last place.
    merged: Cells = {}
    for (a, b), tally in left.items():
        spot = (shown[a], shown[b])
        merged[spot] = merged[spot] | tally if spot in merged else tally
    return merged


def _united(cells: Cells, spots: Iterable[tuple[str, str]]) -> Tally:
    """Return several cells as one."""
    whole = Tally()
    for spot in spots:
        whole = whole | cells[spot]
    return whole


def _merge(cells: Cells, weak: Collection[str]) -> Cells:
    merged: Cells = {}
    for (a, b), tally in cells.items():
        spot = (OTHERS if a in weak else a, OTHERS if b in weak else b)
        merged[spot] = merged[spot] | tally if spot in merged else tally
    return merged


def _weight(cells: Cells, name: str) -> int:
    return sum(tally.value for spot, tally in cells.items() if name in spot)


def _is_weak(cells: Cells, name: str) -> bool:
    """Tell whether fewer than five people of a branch gave, or fewer than five learned (none at all is not few)."""
    giving: set[int] = set()
    taking: set[int] = set()
    for (a, b), tally in cells.items():
        giving |= tally.givers if a == name else set()
        taking |= tally.takers if b == name else set()
    return 0 < len(giving) < FEWEST or 0 < len(taking) < FEWEST


def veiled_flows(cells: Cells, hush: Collection[str] = (), weigh: Weigh = _alone) -> dict[str, Any]:
    """Return flows that tell of nobody: small branches folded, small cells and what would give them back left out.

    Rows, columns and the whole count as told, since other pages may tell them; `hush` names the branches of which the
    sum learned is told nowhere, and which this picture does not tell either.
    """
    kept = _folded(cells)
    table: dict[tuple[str, ...], Count] = {spot: Count(one.value, one.people) for spot, one in kept.items()}
    rows, columns = {a for a, _b in kept}, {b for _a, b in kept}

    whole = _united(kept, kept)
    if whole.people < FEWEST:
        return {"names": [], "cells": []}

    def row(name: str) -> Count:
        tally = _united(kept, [spot for spot in kept if spot[0] == name])
        return Count(tally.value, len(tally.givers))

    def column(name: str) -> Count:
        tally = _united(kept, [spot for spot in kept if spot[1] == name])
        # What figures hide must not be worked out here either: as if nobody stood behind it.
        return Count(tally.value, 0 if name in hush else len(tally.takers))

    sums: dict[tuple[str, ...], Count] = {}
    sums.update({(name, ""): row(name) for name in rows})
    sums.update({("", name): column(name) for name in columns})
    sums[("", "")] = Count(whole.value, whole.people)
    # A zero is told by its absence: it is a known number like any other, and never hides anything.
    lines = lines_of([*table, *sums])
    # Other pages may tell the sums: they cannot be taken back.
    told = {spot for spot in sums if spot[1] not in hush}
    masked: set[Any] = set(protect_table({**table, **sums}, lines, FEWEST, told=told))
    shown = {spot: frozenset(one.rows) for spot, one in kept.items() if spot not in masked}
    masked |= set(weigh(shown))
    masked |= _unions(kept, masked)
    names = sorted({name for spot in kept for name in spot}, key=lambda name: (name == OTHERS, name))
    place = {name: at for at, name in enumerate(names)}
    drawn = sorted(
        (place[a], place[b], None if (a, b) in masked else tally.value) for (a, b), tally in kept.items()
    )
    return {"names": names, "cells": [list(row) for row in drawn]}


def _unions(kept: Cells, masked: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
    """Return what else to leave out so that what each row and column hides is of five different people at least.

    Someone may stand behind several cells: numbers of people do not add up, sets do.
    """
    more: set[tuple[str, str]] = set()
    while True:
        found = _next_union(kept, set(masked) | more)
        if not found:
            return more
        more |= found


def _next_union(kept: Cells, masked: set[tuple[str, str]]) -> set[tuple[str, str]]:
    for side in (0, 1):
        for name in sorted({spot[side] for spot in kept}):
            line = [spot for spot in sorted(kept) if spot[side] == name]
            out = [spot for spot in line if spot in masked]
            union = _united(kept, out)
            left = [spot for spot in line if spot not in masked]
            if out and left and union.people < FEWEST:
                return {min(left, key=lambda spot: (kept[spot].value, spot))}
    return set()


def veiled_waits(found: Waits, weigh: Weigh = _alone) -> dict[str, Any]:
    """Return how long answers took, without the days on which fewer than five people answered, nor what gives them back."""
    parts: dict[tuple[str], tuple[int, set[int]]] = {
        (f"{day:02}",): one for day, one in enumerate(found.days)
    }
    parts[("later",)], parts[("never",)] = found.later, found.never
    shown = {key: one for key, one in parts.items() if one[0]}
    everyone = set().union(*(people for _count, people in shown.values())) if shown else set()
    whole = Count(sum(count for count, _people in shown.values()), len(everyone))
    table: dict[tuple[str, ...], Count] = {
        key: Count(count, len(people)) for key, (count, people) in shown.items()
    }
    masked: set[Any] = set(protect_table({**table, ("",): whole}, lines_of([*table, ("",)]), FEWEST))
    rows = dict(zip(parts, found.rows, strict=True))
    masked |= set(weigh({key: frozenset(rows[key]) for key in shown if key not in masked}))
    while hidden := [key for key in shown if key in masked]:
        union = set().union(*(shown[key][1] for key in hidden))
        left = [key for key in shown if key not in masked]
        if len(union) >= FEWEST or not left:
            break
        masked.add(min(left, key=lambda key: (shown[key][0], key)))
    answered = {person for key, (_n, people) in shown.items() if key != ("never",) for person in people}
    days = [None if (f"{day:02}",) in masked else one[0] for day, one in enumerate(found.days)]
    middle = None
    if len(answered) >= FEWEST and found.waits:
        # To the day: to the tenth, it would be somebody's own wait.
        ordered = sorted(found.waits)
        middle = int(ordered[len(ordered) // 2])
    return {
        "days": days,
        "later": None if ("later",) in masked else found.later[0],
        "never": None if ("never",) in masked else found.never[0],
        "median": middle,
    }


def veiled_cohorts(
    found: list[Arrived], joined_told: Mapping[dt.date, int | None], weigh: Weigh = _alone
) -> dict[str, Any]:
    """Return what became of each quarter's arrivals: shares of which neither the part nor the rest is small.

    How many arrived is said only where the figures already say it.
    """
    rows: list[list[Any]] = []
    cells: dict[Any, frozenset[int]] = {}
    for one in found:
        number = len(one.joined)
        if number < FEWEST:
            rows.append([one.start.isoformat(), None, None, None, None])
            continue
        shares: list[int | None] = []
        for place, part in enumerate((one.posted, one.exchanged, one.stayed)):
            count = Count(len(part), len(part), number - len(part))
            shares.append(None if count.is_small(FEWEST) else round(100 * len(part) / number))
            if shares[-1] is not None:
                cells[len(rows), 2 + place] = frozenset(part)
        rows.append([one.start.isoformat(), joined_told.get(one.start), *shares])
    for row, column in weigh(cells):
        rows[row][column] = None
    return {"rows": rows}

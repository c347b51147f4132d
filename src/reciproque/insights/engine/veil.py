"""Which figures are not told, so that all that was told together says nothing of fewer than five people.

A figure is the set of rows that it counts (members, posts, exchanges…), and two figures of the same rows may differ by
one: so what is protected is the rows. Rows that are in exactly the same figures cannot be told apart, and count as one
cell that nobody is shown; each figure told is the sum of some of them.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from reciproque.kit.disclosure import FEWEST, Count, protect_table

Rows = frozenset[int]
Key = Any
# Cells times equations squared, beyond which fewer groups are told rather than the worker kept busy for minutes.
WORK_MOST = 4_000_000_000


@dataclasses.dataclass(frozen=True)
class Table:
    """Figures of the same kind of rows: those to tell if they may be, those that were told, and whose the rows are.

    `sums` says that a figure is the sum of others even where one of them counts nothing; `unseen` are figures that were
    kept back before; `small` are kept back whatever they count.
    """

    wanted: Mapping[Key, Rows]
    told: Sequence[Rows] = ()
    owner: Mapping[int, int | None] = dataclasses.field(default_factory=dict)
    sums: Sequence[tuple[Key, Sequence[Key]]] = ()
    unseen: Mapping[Key, Rows] = dataclasses.field(default_factory=dict)
    small: frozenset[Any] = frozenset()

    def people(self, rows: Iterable[int]) -> frozenset[Any]:
        """Return whose these rows are: a row that is nobody's, or of someone no longer known, stands for itself."""
        owners = self.owner
        return frozenset(
            ("person", owners[row]) if owners.get(row) is not None else ("row", row) for row in rows
        )


def atoms_of(sets: Sequence[Rows]) -> dict[tuple[int, ...], list[int]]:
    """Group rows by the sets they are in: {places of the sets: rows}."""
    signs: dict[int, list[int]] = defaultdict(list)
    for place, rows in enumerate(sets):
        for row in rows:
            signs[row].append(place)
    found: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for row in sorted(signs):
        found[tuple(signs[row])].append(row)
    return found


def work_of(table: Table) -> int:
    """Return how much it takes to look at a table, to be compared with `WORK_MOST`."""
    sets = list(dict.fromkeys([*table.told, *(rows for rows in table.wanted.values() if rows)]))
    return len(atoms_of(sets)) * len(sets) ** 2


def veil(table: Table, k: int = FEWEST) -> set[Key]:
    """Return the figures that are not told, among those wanted."""
    # One cell for each different set of rows: two names of the same figure are told or kept back together.
    cell: dict[Key, Any] = {}
    sets: dict[Any, Rows] = {}
    shown = {rows for rows in table.told if rows}
    for key, rows in (*table.unseen.items(), *table.wanted.items()):
        cell[key] = ("figure", rows) if rows else ("nothing", key)
        sets[cell[key]] = rows
    for rows in table.told:
        if rows:
            sets["figure", rows] = rows
    parts: dict[Any, list[Any]] = defaultdict(list)
    cells: dict[Any, Count] = {}
    for name, rows in sets.items():
        who = table.people(rows)
        cells[name] = Count(len(rows), len(who), who=who)
    order = list(sets)
    hidden = []
    for places, rows_in in atoms_of([sets[name] for name in order]).items():
        atom = ("atom", rows_in[0])
        who = table.people(rows_in)
        cells[atom] = Count(len(rows_in), len(who), who=who)
        hidden.append(atom)
        for place in places:
            parts[order[place]].append(atom)
    lines: list[tuple[Any, Sequence[Any]]] = list(parts.items())
    fixed = {("figure", rows) for rows in shown}
    wanted = {cell[key] for key in table.wanted}
    unseen = {cell[key] for key in table.unseen} - fixed - wanted
    masked = {cell[key] for key in table.small} - fixed
    masked |= {name for name, count in cells.items() if name in wanted and count.is_small(k)} - fixed
    more = _giving_rest_away(table, cell, cells, masked | unseen, fixed, k)
    while True:
        masked |= protect_table(cells, lines, k, told=fixed, hidden=[*hidden, *unseen], small=masked | more)
        more = _giving_rest_away(table, cell, cells, masked | unseen, fixed, k)
        if not more:
            return {key for key in table.wanted if cell[key] in masked}


def _giving_rest_away(
    table: Table,
    cell: Mapping[Key, Any],
    cells: Mapping[Any, Count],
    kept: Iterable[Any],
    fixed: set[Any],
    k: int,
) -> set[Any]:
    """Return what else is kept back so that a total, less all that is told of it, is not of fewer than `k` people."""
    kept, found = set(kept), set()
    for total, parts in table.sums:
        names = [cell[key] for key in parts]
        back = [name for name in names if name in kept]
        rest = frozenset[Any]().union(*(cells[name].who or frozenset() for name in back))
        if not back or cell[total] in kept or len(rest) >= k:
            continue
        free = [name for name in names if name not in kept and name not in fixed and name != cell[total]]
        if free:
            found.add(min(free, key=lambda name: (cells[name].people, cells[name].value)))
        elif cell[total] not in fixed:
            found.add(cell[total])
    return found

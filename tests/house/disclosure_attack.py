"""What was read, the rows that it counts, and what can be worked out of it by sums and differences."""

from __future__ import annotations

import dataclasses
import itertools
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from reciproque.catalogue.models import Post
from reciproque.exchanges.models import ExchangePerson, Introduction, Review, ThreadMessage
from reciproque.insights.queries import denominator, groups_in, numerator, releases_of
from reciproque.insights.queries.owned import Until
from reciproque.insights.rules import Cut, Period, zone_of
from reciproque.kit.disclosure import OTHERS

# Another prime than the product's.
PRIME = 2**31 - 19
FEWEST = 5
# Sets of cells tried by two and by threes: all of them below these many.
PAIRS, THREES = 600, 240
# What counts nobody: money, savoirs, and what a picture says that is no number of rows.
NOBODY = ("cost.", "savoirs.")

# {row: whose it is}, and out of which table
Counted = tuple[str, dict[int, int]]


@dataclasses.dataclass(frozen=True)
class Read:
    """A figure as it was read: which one, of what, and whether there was a number (`value`: what it said).

    Of questionnaires, `survey:question:places` of a campaign; of pictures, `picture:kind`, `cut` being what its line
    says and `group` the name of its column.
    """

    indicator: str
    period: str
    cut: str = ""
    group: str = ""
    masked: bool = False
    as_of: str = ""
    value: str = dataclasses.field(default="", compare=False)


Source = Callable[[Read], Iterator[Counted]]


class Rows:
    """The rows behind every figure, from the tables, and whose they are."""

    def __init__(self, network: Any, reads: Iterable[Read], others: dict[str, Source] | None = None) -> None:
        self.network = network
        self.zone = zone_of(network.country)
        self.groups = {cut: groups_in(network, cut) for cut in Cut.values}
        self.last = next((one.end for one in releases_of(network) if one.span == "ever"), None)
        # « autres » are those of all groups that are not named.
        self.named: dict[tuple[str, str], set[str]] = defaultdict(set)
        for read in reads:
            if read.group != OTHERS:
                self.named[read.period, read.cut].add(read.group)
        # What is not a figure of the register: by the beginning of its name.
        self.others = others or {}
        self._known: dict[tuple[Any, ...], dict[int, int]] = {}

    def of(self, read: Read) -> Iterator[Counted]:
        """Yield the sets of rows that a figure counts: {row: person}, and out of which."""
        if source := self.others.get(read.indicator.partition(":")[0].partition(".")[0]):
            yield from source(read)
            return
        for side, which in (("part", numerator), ("whole", denominator)):
            key = (read.indicator, read.period, side)
            if key not in self._known:
                period = Period.parse(read.period, self.zone)
                assert period is not None
                if period.span == "ever":
                    period = Until("ever", period.start, self.zone, day=self.last)
                rows = which(read.indicator, self.network, period)
                self._known[key] = {} if rows is None else owners(rows, read.indicator)
                self._known[(*key, "kind")] = rows is not None and rows.model.__name__  # type: ignore[assignment]
            kind = self._known[(*key, "kind")]
            if kind and kind != "Topic":
                yield str(kind), self._inside(read, self._known[key])

    def _inside(self, read: Read, rows: dict[int, int]) -> dict[int, int]:
        if not read.cut:
            return rows
        where, named = self.groups[read.cut], self.named[read.period, read.cut]
        if read.group == OTHERS:
            return {row: person for row, person in rows.items() if where.get(person) not in named}
        return {row: person for row, person in rows.items() if where.get(person) == read.group}


def owners(rows: Any, indicator: str) -> dict[int, int]:
    """Return whose some rows are: an exchange is the first learner's."""
    name, keys = rows.model.__name__, list(rows.values_list("pk", flat=True))
    if name == "Person":
        return {key: key for key in keys}
    if name == "Exchange":
        parts = ExchangePerson.objects.filter(exchange__in=keys, side="requester").order_by("-pk")
        return dict(parts.values_list("exchange", "person"))
    model, path = {
        "Post": (Post, "author"),
        "Introduction": (Introduction, "requester"),
        "Review": (Review, "author"),
        "ThreadMessage": (ThreadMessage, "author"),
    }[name]
    return dict(model._default_manager.filter(pk__in=keys).values_list("pk", path))  # type: ignore[attr-defined]


def counted(rows: Rows, reads: Iterable[Read]) -> Iterator[tuple[Read, str, dict[int, int]]]:
    """Yield what each figure that was told counts; what is told of an earlier day was read there already."""
    for read in reads:
        if not (read.masked or read.as_of or read.indicator.startswith(NOBODY)):
            for kind, inside in rows.of(read):
                yield read, kind, inside


def attack(rows: Rows, reads: Iterable[Read], more: Iterable[Counted] = (), *, most: int = 20) -> list[str]:
    """Return what can be worked out of fewer than five people from everything that was read; that much is enough."""
    known: dict[str, dict[frozenset[int], str]] = defaultdict(dict)
    owner: dict[str, dict[int, int]] = defaultdict(dict)
    for read, kind, inside in counted(rows, reads):
        known[kind].setdefault(frozenset(inside), f"{read}")
        owner[kind] |= inside
    for kind, inside in more:
        known[kind].setdefault(frozenset(inside), "planted")
        owner[kind] |= inside
    return list(
        itertools.islice(
            (f"{kind} {leak}" for kind in known for leak in solve(known[kind], owner[kind])), most
        )
    )


Few = Callable[[Iterable[int]], bool]


def solve(known: dict[frozenset[int], str], owner: dict[int, int]) -> Iterator[str]:
    """Yield the small sets of rows that sums and differences of known ones give."""

    def few(rows: Iterable[int]) -> bool:
        people: set[int] = set()
        for row in rows:
            people.add(owner[row])
            if len(people) >= FEWEST:
                return False
        return bool(people)

    for rows, name in known.items():
        if few(rows):
            yield f"told: {name} ({len(rows)} rows)"
    for one, other in itertools.combinations(known, 2):
        small, large = sorted((one, other), key=len)
        if small < large and few(large - small):
            yield f"difference of {len(large - small)}: {known[large]} less {known[small]}"
    yield from solved(known, few)


def solved(known: Iterable[frozenset[int]], few: Few) -> Iterator[str]:
    """Yield the small cells, alone, by two or by three, of which every solution of the system says the same."""
    known = [rows for rows in known if rows]
    signs: dict[int, list[int]] = defaultdict(list)
    for number, rows in enumerate(known):
        for row in rows:
            signs[row].append(number)
    cells: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for row, sign in signs.items():
        cells[tuple(sign)].append(row)
    if not cells:
        return
    atoms = list(cells.values())
    within = [set(sign) for sign in cells]
    free = freedom([[number in sign for sign in within] for number in range(len(known))])
    light = sorted((n for n, atom in enumerate(atoms) if few(atom)), key=lambda n: len(atoms[n]))
    zero = ~free.any(axis=1)
    for number in light:
        if zero[number]:
            yield f"worked out: rows {atoms[number]}"
    dice = np.random.default_rng(7)
    marks = np.zeros((len(atoms), 2), dtype=np.int64)
    for turn in range(2):
        drawn = dice.integers(1, PRIME, free.shape[1])
        for column in range(free.shape[1]):
            marks[:, turn] = (marks[:, turn] + free[:, column] * drawn[column]) % PRIME
    for some in _summing_to_nothing(marks, light):
        inside = [row for number in some for row in atoms[number]]
        if few(inside):
            yield f"worked out together: rows {inside}"


def _summing_to_nothing(marks: Any, light: list[int]) -> Iterator[tuple[int, ...]]:
    """Yield every two and three cells whose sum does not vary: their marks sum to nothing."""
    mark = {number: (int(marks[number][0]), int(marks[number][1])) for number in light}
    place = {number: at for at, number in enumerate(light)}
    of: dict[tuple[int, int], list[int]] = defaultdict(list)
    for number in light:
        of[mark[number]].append(number)
    for size, most in ((1, PAIRS), (2, THREES)):
        for some in itertools.combinations(light[:most], size):
            wanted = tuple(-sum(mark[number][turn] for number in some) % PRIME for turn in range(2))
            for last in of.get(wanted, ()):  # type: ignore[call-overload]
                if place[some[-1]] < place[last] < most:
                    yield (*some, last)


def freedom(rows: list[list[bool]]) -> Any:
    """Return how each unknown may vary when every known sum stays as it is: Gauss, over a prime field."""
    table = np.array(rows, dtype=np.int64).reshape(len(rows), -1)
    width, done, leads = table.shape[1], 0, []
    for column in range(width):
        below = np.flatnonzero(table[done:, column]) if done < len(table) else []
        if not len(below):
            continue
        table[[done, done + below[0]]] = table[[done + below[0], done]]
        table[done] = table[done] * pow(int(table[done, column]), -1, PRIME) % PRIME
        for row in np.flatnonzero(table[:, column]):
            if row != done:
                table[row] = (table[row] - table[row, column] * table[done]) % PRIME
        leads.append(column)
        done += 1
    others = [column for column in range(width) if column not in set(leads)]
    found = np.zeros((width, len(others)), dtype=np.int64)
    for number, column in enumerate(others):
        found[column, number] = 1
    found[leads] = -table[:done, others] % PRIME
    return found

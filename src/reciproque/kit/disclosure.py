"""Tables that tell nothing of fewer than five people, whatever is added to or taken from what they show.

A cell is masked when it counts too few people, or leaves too few out; then others are, because a sum less the parts that
are shown gives back the part that is not. Whether something can be computed is decided exactly: what is shown is a set
of linear equations on what is not, solved over a prime field; what a reader can work out is its row space.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

K = TypeVar("K", bound=Hashable)
Line = tuple[K, Sequence[K]]
Numbers = NDArray[np.int64]

FEWEST = 5
# Small groups are counted together under this name.
OTHERS = "autres"
# More groups than that in one cut is a list of services, no longer a figure.
GROUPS_MOST = 40
# The largest prime whose squares hold in 63 bits: zero here and not among the integers would take a multiple of it.
PRIME = 2**31 - 1
# Cells looked at in threes and fours, the smallest first: their pairs number half the square of this.
LOOKED_AT = 200
# How many times equations on small cells alone are written another way.
DRAWINGS = 4
# Cells that two sums do not share, beyond which they are of more people than may not be told.
APART = 24


@dataclasses.dataclass(frozen=True)
class Count:
    """A cell: what it says, how many people stand behind it, and how many it leaves out (None: it is of nobody).

    `who` they are, where somebody may be in several cells: two of three people each may be the same three.
    """

    value: float
    people: int
    others: int | None = None
    who: frozenset[Any] | None = dataclasses.field(default=None, repr=False)

    def is_small(self, k: int = FEWEST) -> bool:
        """Tell whether this cell alone says something of fewer people than `k`."""
        return self.people < k or (self.others is not None and self.others < k)


# -- sums ------------------------------------------------------------------------------------------------------


def lines_of(keys: Collection[tuple[str, ...]], whole: str = "") -> list[Line[tuple[str, ...]]]:
    """Return every sum of a table whose keys are tuples: `whole` in a place stands for the sum over that place."""
    found: list[Line[tuple[str, ...]]] = []
    places = max((len(key) for key in keys), default=0)
    for place in range(places):
        parts: dict[tuple[str, ...], list[tuple[str, ...]]] = defaultdict(list)
        for key in keys:
            if key[place] != whole:
                parts[(*key[:place], whole, *key[place + 1 :])].append(key)
        found += [(total, sorted(group)) for total, group in sorted(parts.items()) if total in set(keys)]
    return found


# -- what can be worked out ------------------------------------------------------------------------------------


class _Block(Generic[K]):
    """Unknown cells tied together by sums, the known ones around them, and the equations in reduced form."""

    def __init__(
        self, unknown: list[K], lines: list[Line[K]], ranks: Mapping[K, int], made: Mapping[K, Sequence[K]]
    ) -> None:
        self.unknown = unknown
        place = {key: number for number, key in enumerate(unknown)}
        known = sorted(
            {key for total, parts in lines for key in (total, *parts) if key not in place},
            key=lambda key: ranks[key],
        )
        self.known = known
        at = place | {key: len(unknown) + number for number, key in enumerate(known)}
        rows = np.zeros((len(lines), len(unknown) + len(known)), dtype=np.int64)
        for number, (total, parts) in enumerate(lines):
            rows[number, at[total]] -= 1
            for part in parts:
                rows[number, at[part]] += 1
        self.lines = [
            [place[key] for key in (total, *parts) if key in place]
            for total, parts in lines
            if total not in place
        ]
        # What is kept back but is the sum of cells that nobody sees may be worked out too.
        shares = [[place[part] for part in parts if part in place] for parts in made.values()]
        self.lines += [share for share in shares if share]
        self.rows, self.pivots = _reduced(rows % PRIME, len(unknown))
        self.free = [number for number in range(len(unknown)) if number not in set(self.pivots)]

    def told(self, combination: Mapping[int, int]) -> list[K] | None:
        """Return the known cells from which this combination of unknown ones follows; None when it does not."""
        left = np.zeros(self.rows.shape[1], dtype=np.int64)
        for number, times in combination.items():
            left[number] = times % PRIME
        # Each equation leads with a cell that no other holds: all are taken away at once.
        times_each = left[self.pivots]
        used = np.flatnonzero(times_each)
        left = (left - (times_each[used][:, None] * self.rows[used] % PRIME).sum(axis=0)) % PRIME
        if left[: len(self.unknown)].any():
            return None
        return [self.known[number] for number in np.flatnonzero(left[len(self.unknown) :])]

    def freedom(self) -> Numbers:
        """Return, for each unknown cell, how it may vary without changing anything that is known: zeros, when fixed."""
        found = np.zeros((len(self.unknown), len(self.free)), dtype=np.int64)
        for number, place in enumerate(self.free):
            found[place, number] = 1
        if self.free:
            found[self.pivots] = -self.rows[:, self.free] % PRIME
        return found


def _reduced(rows: Numbers, width: int) -> tuple[Numbers, list[int]]:
    """Return equations in reduced echelon form over the first `width` columns, and the column that leads each."""
    pivots: list[int] = []
    for column in range(width):
        done = len(pivots)
        if done == len(rows):
            break
        candidates = np.flatnonzero(rows[done:, column])
        if not len(candidates):
            continue
        first = done + int(candidates[0])
        if first != done:
            rows[[done, first]] = rows[[first, done]]
        rows[done] = rows[done] * pow(int(rows[done, column]), -1, PRIME) % PRIME
        touched = np.flatnonzero(rows[:, column])
        touched = touched[touched != done]
        rows[touched] = (rows[touched] - rows[touched, column][:, None] * rows[done]) % PRIME
        pivots.append(column)
    return rows[: len(pivots)], pivots


def _blocks(keys: Sequence[K], lines: Sequence[Line[K]], unknown: set[K]) -> Iterator[_Block[K]]:
    """Cut a table where nothing ties two parts of it together any more."""
    made, lines = _without_sums(lines, unknown)
    parent = {key: key for key in unknown if key not in made}

    def root(key: K) -> K:
        while parent[key] != key:
            parent[key] = parent[parent[key]]
            key = parent[key]
        return key

    tied: list[tuple[K, Line[K]]] = []
    for total, parts in lines:
        inside = [key for key in (total, *parts) if key in parent]
        for key in inside[1:]:
            parent[root(key)] = root(inside[0])
        if inside:
            tied.append((inside[0], (total, parts)))
    groups: dict[K, list[K]] = defaultdict(list)
    of: dict[K, list[Line[K]]] = defaultdict(list)
    for key in keys:
        if key in parent:
            groups[root(key)].append(key)
    for key, line in tied:
        of[root(key)].append(line)
    ranks = {key: number for number, key in enumerate(keys)}
    for first, group in groups.items():
        if of[first]:
            yield _Block(group, of[first], ranks, made)


def _without_sums(lines: Sequence[Line[K]], unknown: set[K]) -> tuple[dict[K, Sequence[K]], list[Line[K]]]:
    """Put, for each unknown cell that is only the sum of other unknown ones, these in its place."""
    times = Counter(total for total, _parts in lines)
    made: dict[K, Sequence[K]] = {
        total: parts
        for total, parts in lines
        if total in unknown and times[total] == 1 and len(set(parts)) == len(parts) > 0
        if all(part in unknown and part not in times for part in parts)
    }
    return made, [
        (total, [one for part in parts for one in made.get(part, (part,))])
        for total, parts in lines
        if total not in made
    ]


def _small_and_fixed(
    block: _Block[K], counts: Sequence[Count], weights: Sequence[int | None], k: int
) -> Iterator[tuple[tuple[int, ...], list[K]]]:
    """Yield what can be worked out of fewer than `k` people in one block, and from which known cells it follows."""
    seen: set[tuple[tuple[int, int], ...]] = set()
    named = all(count.who is not None for count in counts)
    any_found = False
    for combination in itertools.chain(
        _alone(block),
        _differences(block),
        _together(block),
        _threes_and_fours(block, weights, k, named=named),
        [None],
        _among_light(block, weights, k),
    ):
        if combination is None:
            # The last way takes long: it waits until the others find nothing more.
            if any_found:
                return
            continue
        places, times = tuple(sorted(combination)), tuple(sorted(combination.items()))
        if times in seen or any(weights[number] is None for number in places):
            continue
        if _size_of(places, counts, weights, k, named=named) < k:
            seen.add(times)
            told = block.told(combination)
            # What follows from nothing shown is how the table is made, not what it says.
            if told:
                any_found = True
                yield places, told


def _size_of(
    places: Sequence[int], counts: Sequence[Count], weights: Sequence[int | None], k: int, *, named: bool
) -> int:
    """Return how many people some cells count together; no more than is needed to know that they are `k`."""
    if not named:
        return sum(weights[number] or 0 for number in places)
    people: set[Any] = set()
    for number in places:
        people |= counts[number].who or frozenset()
        if len(people) >= k:
            break
    return len(people)


def _alone(block: _Block[K]) -> Iterator[dict[int, int]]:
    """Every unknown cell that is in truth known, and every sum of a line, and every equation once reduced."""
    freedom = block.freedom()
    for number in np.flatnonzero(~freedom.any(axis=1)):
        yield {int(number): 1}
    for line in block.lines:
        yield dict(Counter(line))
    for row in block.rows:
        yield {int(number): int(row[number]) for number in np.flatnonzero(row[: len(block.unknown)])}


def _differences(block: _Block[K]) -> Iterator[dict[int, int]]:
    """Every two sums that share all but a few cells: one less the other."""
    masks = [(sum(1 << number for number in set(line)), set(line)) for line in block.lines]
    for (one, cells), (other, others) in itertools.combinations(masks, 2):
        if one != other and (one ^ other).bit_count() <= APART:
            yield {number: 1 if number in cells else -1 for number in cells ^ others}


def _among_light(block: _Block[K], weights: Sequence[int | None], k: int) -> Iterator[dict[int, int]]:
    """Every combination of small cells alone, as far as a few drawings of which of them lead the equations find it.

    What holds a cell of `k` people or more is of `k` people: the equations from which these are eliminated first leave
    those that hold small ones only. None are left in most tables, and then nothing can be worked out: it is proven.
    """
    width = len(block.unknown)
    light = np.array([weight is not None and weight < k for weight in weights])
    order = np.argsort(light, kind="stable")
    rows, pivots = _reduced(block.rows[:, order], width)
    heavy = int((~light).sum())
    left, columns = rows[[pivot >= heavy for pivot in pivots], heavy:width], order[heavy:]
    dice = np.random.default_rng(len(left))
    for turn in range(DRAWINGS if len(left) else 0):
        drawn = dice.permutation(len(columns)) if turn else np.arange(len(columns))
        found, _pivots = _reduced(left[:, drawn], len(columns))
        names = columns[drawn]
        for row in found:
            yield {int(names[place]): int(row[place]) for place in np.flatnonzero(row)}


def _together(block: _Block[K]) -> Iterator[dict[int, int]]:
    """Every two cells of which one gives the other, whatever the factors."""
    freedom = block.freedom()
    alike: dict[bytes, list[tuple[int, int]]] = defaultdict(list)
    for number, row in enumerate(freedom):
        nonzero = np.flatnonzero(row)
        if len(nonzero):
            lead = int(row[nonzero[0]])
            alike[(row * pow(lead, -1, PRIME) % PRIME).tobytes()].append((number, lead))
    for group in alike.values():
        for (one, lead), (other, follows) in itertools.islice(itertools.combinations(group, 2), LOOKED_AT**2):
            yield {one: follows, other: -lead}


def _threes_and_fours(
    block: _Block[K], weights: Sequence[int | None], k: int, *, named: bool
) -> Iterator[dict[int, int]]:
    """Every two, three or four small cells whose sum or difference is fixed.

    Each cell gets one number, drawn so that a combination of cells that is fixed always sums to zero, and another one
    hardly ever does: equal sums of pairs are looked for, and the caller verifies what is found.
    """
    light = sorted(
        (number for number, weight in enumerate(weights) if weight is not None and weight < k),
        key=lambda number: (weights[number] or 0, number),
    )[:LOOKED_AT]
    if len(light) < 2:
        return
    freedom = block.freedom()[light]
    drawn: Numbers = np.random.default_rng(20_090_302).integers(1, PRIME, (freedom.shape[1],))
    mark = np.zeros(len(light), dtype=np.int64)
    for column in range(freedom.shape[1]):
        mark = (mark + freedom[:, column] * drawn[column]) % PRIME
    weight = np.array([weights[number] or 0 for number in light], dtype=np.int64)
    one, other = np.triu_indices(len(light), 1)
    # The same people may be in both.
    near = np.maximum(weight[one], weight[other]) < k if named else weight[one] + weight[other] < k
    one, other = one[near], other[near]
    alone = np.arange(len(light))
    first = np.concatenate([alone, one, one])
    second = np.concatenate([np.full(len(light), -1), other, other])
    sign = np.concatenate([np.zeros(len(light)), np.ones(len(one)), -np.ones(len(one))]).astype(np.int64)
    total = (mark[first] + sign * mark[second]) % PRIME
    same = np.minimum(total, PRIME - total)
    order = np.lexsort((weight[first], same))
    order = order[same[order] > 0]
    ends = np.append(np.flatnonzero(np.diff(same[order])) + 1, len(order))
    starts = np.append(0, ends[:-1])
    for start, end in zip(starts[ends - starts > 1], ends[ends - starts > 1], strict=True):
        group = order[start:end]
        for left, right in itertools.islice(itertools.combinations(group, 2), LOOKED_AT):
            turn = -1 if total[left] == total[right] else 1
            found: Counter[int] = Counter({light[first[left]]: 1})
            for number, times in (
                (second[left], sign[left]),
                (first[right], turn),
                (second[right], turn * sign[right]),
            ):
                if number >= 0:
                    found[light[number]] += int(times)
            yield {number: times for number, times in found.items() if times}


def _violations(
    cells: Mapping[K, Count], lines: Sequence[Line[K]], unknown: set[K], k: int
) -> Iterator[tuple[tuple[K, ...], list[K]]]:
    for block in _blocks(list(cells), lines, unknown):
        counts = [cells[key] for key in block.unknown]
        for weights in ([count.people for count in counts], [count.others for count in counts]):
            if all(weight is None for weight in weights):
                continue
            for places, told in _small_and_fixed(block, counts, weights, k):
                yield tuple(block.unknown[place] for place in places), told


def exposed(
    cells: Mapping[K, Count],
    lines: Iterable[Line[K]],
    masked: Collection[K],
    k: int = FEWEST,
    *,
    hidden: Collection[K] = (),
) -> list[tuple[K, ...]]:
    """Return the cells, alone or together, of fewer than `k` people, that a reader can still work out."""
    unknown = set(masked) | set(hidden)
    shown = [(key,) for key, count in cells.items() if key not in unknown and count.is_small(k)]
    return shown + [found for found, _told in _violations(cells, list(lines), unknown, k)]


# -- masking ---------------------------------------------------------------------------------------------------


def protect_table(
    cells: Mapping[K, Count],
    lines: Iterable[Line[K]] = (),
    k: int = FEWEST,
    *,
    told: Collection[K] = (),
    hidden: Collection[K] = (),
    small: Collection[K] = (),
) -> frozenset[K]:
    """Return the cells to mask, so that nothing of fewer than `k` people can be worked out from the others.

    A line says that a cell is the sum of others, each person being in one of them. `told` was shown before and cannot
    be masked any more; `hidden` is never shown, but is counted in what is; `small` is masked whatever it counts.
    """
    equations, fixed, unseen = list(lines), set(told), set(hidden)
    masked = {key for key, count in cells.items() if key not in unseen and count.is_small(k)}
    masked = (masked | set(small)) - fixed
    # A total is masked only when masking its parts is not enough.
    parts = {part for _total, of in equations for part in of}
    place = {key: number for number, key in enumerate(cells)}

    def last(key: K) -> tuple[bool, int, float, int]:
        return (key not in parts, cells[key].people, cells[key].value, place[key])

    while True:
        more: set[K] = set()
        for _found, known in _violations(cells, equations, masked | unseen, k):
            # What was told already tells of it: nothing can be done any more.
            candidates = [key for key in known if key not in fixed]
            if candidates and not more.intersection(candidates):
                more.add(min(candidates, key=last))
        if not more:
            return frozenset(masked)
        masked |= more


# -- groups ----------------------------------------------------------------------------------------------------


def groups_of_five(
    groups: Mapping[Any, str], k: int = FEWEST, most: int = GROUPS_MOST, others: str = OTHERS
) -> dict[str, str]:
    """Return under which name each group is counted: its own, or `others` for small ones and those beyond `most`."""
    sizes = Counter(groups.values())
    order = sorted(sizes, key=lambda name: (-sizes[name], name))
    kept = [name for name in order if sizes[name] >= k and name != others][:most]
    left = [name for name in order if name not in kept]
    # Too few are left: the smallest of the others joins them.
    while left and kept and sum(sizes[name] for name in left) < k:
        left.append(kept.pop())
    return {name: name if name in kept else others for name in sorted(sizes)}


def fold_crossing(
    cuts: Sequence[Mapping[Any, str]], k: int = FEWEST, most: int = GROUPS_MOST, others: str = OTHERS
) -> list[dict[str, str]]:
    """Return under which name each group of each cut is counted, so that no two cuts part fewer than `k` people.

    Each cut gives the group of everybody. A unit of nine and a site of eight of them, both told, tell of the ninth.
    """
    names = [groups_of_five(cut, k, most, others) for cut in cuts]
    everybody = sorted({person for cut in cuts for person in cut}, key=str)
    while True:
        where = {
            person: tuple(
                name.get(cut.get(person, ""), others) for cut, name in zip(cuts, names, strict=True)
            )
            for person in everybody
        }
        cells, lines, atoms = crossing(Counter(where.values()))
        found = next((known for _some, known in _violations(cells, lines, set(atoms), k)), None)
        if found is None:
            return names
        groups = [key for key in found if key and key[0] == "group" and key[2] != others]
        if not groups:
            # Only « autres » tells: the largest of what it is not joins it, last resort of a tiny network.
            groups = [key for key in cells if key and key[0] == "group" and key[2] != others]
            if not groups:
                return names
        place, folded = min(((key[1], key[2]) for key in groups), key=lambda key: _size(cells, *key))
        names[place] = {name: others if now == folded else now for name, now in names[place].items()}


def _size(cells: Mapping[Any, Count], place: int, name: str) -> tuple[int, int, str]:
    return (cells["group", place, name].people, place, name)


def crossing(
    atoms: Mapping[tuple[str, ...], int],
) -> tuple[dict[Any, Count], list[Line[Any]], list[Any]]:
    """Return, from how many people are in each crossing of all cuts, the table of its groups and their sums.

    Keys: ("all",), ("group", number of the cut, name), and ("atom", names in every cut), which nobody is shown.
    """
    cells: dict[Any, Count] = {("all",): Count(0, sum(atoms.values()))}
    lines: list[Line[Any]] = []
    hidden = [("atom", names) for names in sorted(atoms)]
    places = len(next(iter(atoms), ()))
    for place in range(places):
        parts: dict[str, list[Any]] = defaultdict(list)
        for names in sorted(atoms):
            parts[names[place]].append(("atom", names))
        for name, inside in sorted(parts.items()):
            cells["group", place, name] = Count(0, sum(atoms[names] for _kind, names in inside))
            lines.append((("group", place, name), inside))
        lines.append((("all",), [("group", place, name) for name in sorted(parts)]))
    cells |= {key: Count(0, atoms[key[1]]) for key in hidden}
    return cells, lines, hidden

"""What may be told of answers: small options are folded with their neighbours, until nothing small is left to subtract.

A cell is told when at least `least` people are in it and at least as many outside it, in every group that is compared.
Without that, the cells are folded further; when fewer than two are left, only that the question was asked is told.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any

from reciproque.surveys.rules.words import NUMBER_MOST, Kind

# The place of those who gave no answer, or to whom the question was not asked.
NOTHING = ""
OTHERS = "others"
WHOLE = ""
# Numbers are told by bands; a short range, number by number.
BANDS = (0, 1, 3, 6, 11, 21, 51, 101, 201, 501, 1001, 5001)
ONE_BY_ONE = 12
# Before and after: how an answer moved.
DOWN, SAME, UP = "down", "same", "up"
MOVES = (DOWN, SAME, UP)

Counts = Mapping[str, Counter[str]]


@dataclasses.dataclass(frozen=True)
class Cell:
    """Some places of a question told together (labels; `NOTHING` among them: or no answer), and how many people."""

    labels: tuple[str, ...]
    count: int


# {group, or WHOLE: its cells}; a group that may not be told is not there
Told = dict[str, list[Cell]]


def bounds_of(question: Mapping[str, Any]) -> tuple[int, int]:
    """Return the smallest and the greatest number that may be given to a question."""
    least, most = question.get("least"), question.get("most")
    return int(least or 0), NUMBER_MOST if most is None else int(most)


def bands_of(question: Mapping[str, Any]) -> list[tuple[int, int]]:
    """Return the bands in which the numbers of a question are told, (from, to) both within."""
    least, most = bounds_of(question)
    if most - least < ONE_BY_ONE:
        return [(n, n) for n in range(least, most + 1)]
    starts = [least, *(start for start in BANDS if least < start <= most)]
    return [(start, end - 1) for start, end in zip(starts, [*starts[1:], most + 1], strict=True)]


def places_of(question: Mapping[str, Any]) -> list[str]:
    """Return the places in which an answer to a question may fall, in order."""
    if question["kind"] == Kind.NUMBER:
        return [f"{low}-{high}" for low, high in bands_of(question)]
    return [option["key"] for option in question.get("options", [])]


def place(question: Mapping[str, Any], value: Any) -> str:
    """Return where one answer falls (for a question with one answer)."""
    if value is None:
        return NOTHING
    if question["kind"] == Kind.NUMBER:
        return next((f"{low}-{high}" for low, high in bands_of(question) if low <= value <= high), NOTHING)
    return str(value)


def fold_groups(sizes: Mapping[str, int], least: int) -> dict[str, str]:
    """Return {group: group, or OTHERS} so that each one told counts at least `least` people, OTHERS too."""
    order = sorted(sizes, key=lambda group: (sizes[group], group))
    folded = [group for group in order if sizes[group] < least]
    if folded:
        kept = [group for group in order if group not in folded]
        while kept and sum(sizes[group] for group in folded) < least:
            folded.append(kept.pop(0))
    return {group: OTHERS if group in folded else group for group in sizes}


def fold_question(
    question: Mapping[str, Any], answers: Iterable[tuple[str, Any]], least: int, *, groups: Sequence[str] = ()
) -> Told:
    """Return what may be told of a question, from (group, value) of each answer; `groups` are those to compare."""
    rows = list(answers)
    if question["kind"] == Kind.MULTIPLE:
        return _fold_multiple(question, rows, least, groups)
    placed = [(group, place(question, value)) for group, value in rows]
    ordered = question["kind"] in (Kind.SCALE, Kind.NUMBER)
    return fold_places(places_of(question), placed, least, groups=groups, ordered=ordered)


def fold_places(
    labels: Sequence[str],
    placed: Sequence[tuple[str, str]],
    least: int,
    *,
    groups: Sequence[str] = (),
    ordered: bool = True,
) -> Told:
    """Return the cells that may be told of people each in one place, over all and by group, the ones within the others."""
    whole = Counter(where for _group, where in placed)
    parts = {name: Counter(where for group, where in placed if group == name) for name in groups}
    fold = _runs if ordered else _kept
    told: Told = {}
    blocks: list[tuple[str, ...]] = [tuple(labels)]
    if len(parts) > 1:
        found = _with_nothing(fold(labels, list(parts.values()), least), list(parts.values()), least)
        if len(found) > 1:
            blocks = found
            for name, counts in parts.items():
                told[name] = [Cell(block, _sum(counts, block)) for block in blocks]
    # The whole is told more finely, but within the same blocks: a difference never falls between two of them.
    cells: list[tuple[str, ...]] = []
    for block in blocks:
        inside = [label for label in block if label != NOTHING]
        finer = fold(inside, [whole], least) if inside else []
        if NOTHING in block and finer:
            finer = [*finer[:-1], (*finer[-1], NOTHING)]
        cells.extend(finer if len(finer) > 1 else [block])
    if len(blocks) == 1:
        cells = _with_nothing([cell for cell in cells if cell != (NOTHING,)], [whole], least)
    if len(cells) > 1 and all(_sum(whole, cell) >= least for cell in cells):
        told[WHOLE] = [Cell(cell, _sum(whole, cell)) for cell in cells]
    return told


def _sum(counts: Counter[str], block: Iterable[str]) -> int:
    return sum(counts[label] for label in block)


def _enough(block: Iterable[str], parts: Sequence[Counter[str]], least: int) -> bool:
    block = list(block)
    return all(_sum(counts, block) >= least for counts in parts)


def _runs(labels: Sequence[str], parts: Sequence[Counter[str]], least: int) -> list[tuple[str, ...]]:
    """Cut ordered places in as many runs of neighbours as have enough people in every part; [] when none has."""
    runs: list[tuple[str, ...]] = []
    run: list[str] = []
    for label in labels:
        run.append(label)
        if _enough(run, parts, least):
            runs.append(tuple(run))
            run = []
    if run and runs:
        runs[-1] = (*runs[-1], *run)
    return runs


def _kept(labels: Sequence[str], parts: Sequence[Counter[str]], least: int) -> list[tuple[str, ...]]:
    """Keep the places with enough people in every part, and put the others together; [] when there are too few."""
    size = {label: min(counts[label] for counts in parts) for label in labels}
    kept = [label for label in labels if size[label] >= least]
    rest = [label for label in labels if size[label] < least]
    while rest and kept and not _enough(rest, parts, least):
        rest.append(kept.pop(min(range(len(kept)), key=lambda at: (size[kept[at]], at))))
    if rest and not _enough(rest, parts, least):
        return []
    together = [tuple(sorted(rest, key=list(labels).index))] if rest else []
    return [(label,) for label in kept] + together


def _with_nothing(
    cells: list[tuple[str, ...]], parts: Sequence[Counter[str]], least: int
) -> list[tuple[str, ...]]:
    """Give those who did not answer a cell of their own when they are enough (or none), else fold them in the last one."""
    silent = [counts[NOTHING] for counts in parts]
    if not any(silent):
        return cells
    if all(count >= least for count in silent):
        return [*cells, (NOTHING,)]
    return [*cells[:-1], (*cells[-1], NOTHING)] if cells else cells


def _fold_multiple(
    question: Mapping[str, Any], rows: Sequence[tuple[str, Any]], least: int, groups: Sequence[str]
) -> Told:
    """Tell each option that enough people chose and enough did not; by group, only where both hold in each of them."""
    told: Told = {}
    whole = [value for _group, value in rows]
    parts = {name: [value for group, value in rows if group == name] for name in groups}
    for label in places_of(question):
        count = _chose(whole, label)
        if count < least or len(whole) - count < least:
            continue
        told.setdefault(WHOLE, []).append(Cell((label,), count))
        counts = {name: _chose(values, label) for name, values in parts.items()}
        if len(parts) > 1 and all(
            counts[name] >= least and len(parts[name]) - counts[name] >= least for name in parts
        ):
            for name in parts:
                told.setdefault(name, []).append(Cell((label,), counts[name]))
    return told


def _chose(values: Iterable[Any], label: str) -> int:
    return sum(1 for value in values if value and label in value)


def middle(cells: Sequence[Cell]) -> Cell | None:
    """Return the cell in which the median falls, as the cells told say it: it tells nothing that they do not."""
    given = [cell for cell in cells if cell.labels != (NOTHING,)]
    half, seen = sum(cell.count for cell in given) / 2, 0
    for cell in given:
        seen += cell.count
        if seen >= half:
            return cell
    return None


def move_of(question: Mapping[str, Any], before: Any, after: Any) -> str:
    """Return how one person's answer to an ordered question moved; NOTHING when it was not given twice."""
    if before is None or after is None:
        return NOTHING
    if question["kind"] == Kind.NUMBER:
        was, now = int(before), int(after)
    else:
        keys: list[Hashable] = [option["key"] for option in question["options"]]
        if before not in keys or after not in keys:
            return NOTHING
        was, now = keys.index(before), keys.index(after)
    return SAME if was == now else (UP if now > was else DOWN)

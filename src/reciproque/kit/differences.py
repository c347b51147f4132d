"""What changed between two texts cut in pieces, in a bounded time whatever they hold."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Sequence

# Pairs of equal pieces: an ordinary rewriting of some thousand words has a few tens of thousands. Texts made of few
# words that return often have millions, on which the comparison takes minutes.
PAIRS_MOST = 100_000

Turn = tuple[str, int, int, int, int]


def turns(first: Sequence[str], second: Sequence[str]) -> list[Turn]:
    """Return how to go from one list of pieces to another: ("equal" | "delete" | "insert" | "replace", i, j, k, m).

    As `difflib`'s opcodes. What both begin and end with is set aside; when what is left between would take too long
    to compare, it is replaced whole.
    """
    start = _alike(first, second)
    end = _alike(first[start:][::-1], second[start:][::-1])
    last, other = len(first) - end, len(second) - end
    middle, after = first[start:last], second[start:other]
    found: list[Turn] = [("equal", 0, start, 0, start)] if start else []
    found += [
        (verb, i + start, j + start, k + start, m + start) for verb, i, j, k, m in _compared(middle, after)
    ]
    if end:
        found.append(("equal", last, len(first), other, len(second)))
    return found


def _alike(first: Sequence[str], second: Sequence[str]) -> int:
    """Return how many pieces two lists begin with in common."""
    pairs = zip(first, second, strict=False)
    return next((n for n, (one, other) in enumerate(pairs) if one != other), min(len(first), len(second)))


def _compared(first: Sequence[str], second: Sequence[str]) -> list[Turn]:
    if not first and not second:
        return []
    if not first or not second:
        return [("delete" if first else "insert", 0, len(first), 0, len(second))]
    there = Counter(second)
    # As difflib does: what returns everywhere (blanks, "le") only prolongs what is alike, it never begins it.
    often = len(second) // 100 + 1 if len(second) >= 200 else len(second)
    if sum(there[piece] for piece in first if there[piece] <= often) > PAIRS_MOST:
        return [("replace", 0, len(first), 0, len(second))]
    return list(difflib.SequenceMatcher(None, first, second, autojunk=True).get_opcodes())

"""Names short enough for a small picture: without the words with which most of them begin."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

_FEWEST_LETTERS = 3
# What only ties a word to the one before it, in the languages of the product.
_TIES = re.compile(
    r"^(?:(?:de|du|des|la|le|les|l|d|à|aux?|et|of|the|for|and)(?:\s+|['’]\s*)|[-–:,·/]\s*)", re.IGNORECASE
)


def short_names(names: Sequence[str]) -> list[str]:
    """Return the same names without the words with which most of them begin: « Direction de la paie » becomes « Paie ».

    A name of which too little would be left, or that would be taken for another one, stays whole.
    """
    found = list(names)
    while True:
        shorter = _without_first(found)
        if shorter == found:
            return found
        found = shorter


def _without_first(names: list[str]) -> list[str]:
    firsts = Counter(_first(name) for name in names if _first(name))
    word, count = max(firsts.items(), key=lambda one: one[1], default=("", 0))
    if count < 2 or 2 * count <= len(names):
        return names
    shorter = [_rest(name) if _first(name) == word else name for name in names]
    told = Counter(name.casefold() for name in shorter)
    return [
        new if told[new.casefold()] == 1 and sum(map(str.isalpha, new)) >= _FEWEST_LETTERS else old
        for old, new in zip(names, shorter, strict=True)
    ]


def _first(name: str) -> str:
    return name.split(maxsplit=1)[0].casefold() if name.split() else ""


def _rest(name: str) -> str:
    rest = name.split(maxsplit=1)[1].strip() if len(name.split()) > 1 else ""
    while (less := _TIES.sub("", rest, count=1)) != rest:
        rest = less
    return rest[:1].upper() + rest[1:]

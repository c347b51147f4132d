"""Names on a map: as many as there is room for, the most important first, none over another.

Widths are those of the widest letters of the site's text face: a name never takes more room than was kept for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

Anchor = Literal["start", "middle", "end"]

_LINE = 1.18  # of the size of the letters
_NARROW, _USUAL, _WIDE, _WIDEST = 0.34, 0.58, 0.72, 0.95
_NARROWS, _WIDES, _WIDESTS = "iíìîïjlIft’'.,:;!|()[] ·-", "ABCDEÉÈÊGHKNOPQRSTUVXYZÀÇwœæ", "mMW@%ŒÆ"


@dataclass(frozen=True)
class Wanted:
    """A name that one would like to write beside a point; `gap` is kept free around the point itself."""

    key: int
    text: str
    x: float
    y: float
    gap: float
    size: float  # of the letters
    inside: bool = False  # written over the point rather than beside it


@dataclass(frozen=True)
class Label:
    """A name with its room: lines to write, the first baseline, from which side; and the box that holds them."""

    key: int
    lines: tuple[str, ...]
    x: float
    y: float
    anchor: Anchor
    size: float
    box: tuple[float, float, float, float]  # left, top, right, bottom


def width_of(text: str, size: float) -> float:
    """How wide a text is at most, in letters of this size."""

    def wide(letter: str) -> float:
        if letter in _NARROWS:
            return _NARROW
        if letter in _WIDESTS:
            return _WIDEST
        return _WIDE if letter in _WIDES or ord(letter) > 0x2FF else _USUAL

    return size * sum(map(wide, text))


def lines_of(text: str, longest: int = 20, most: int = 2) -> tuple[str, ...]:
    """A name in one line or two of about the same length, cut with an ellipsis when it is longer still."""
    words = text.split()
    if len(text) <= longest or len(words) < 2 or most < 2:
        return (_cut(text, longest + longest // 2),)
    breaks = [" ".join(words[:place]) for place in range(1, len(words))]
    first = min(breaks, key=lambda part: max(len(part), len(text) - len(part) - 1))
    second = text[len(first) :].strip()
    return _cut(first, longest + longest // 2), _cut(second, longest + longest // 2)


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


class _Taken:
    """Boxes already given, found by the squares of the page that they touch."""

    def __init__(self, side: float) -> None:
        self.side = side
        self.squares: dict[tuple[int, int], list[tuple[float, float, float, float, int]]] = {}

    def _touched(self, box: tuple[float, float, float, float]) -> Iterable[tuple[int, int]]:
        left, top, right, bottom = (int(edge // self.side) for edge in box)
        return ((x, y) for x in range(left, right + 1) for y in range(top, bottom + 1))

    def free(self, box: tuple[float, float, float, float], but: int) -> bool:
        left, top, right, bottom = box
        for square in self._touched(box):
            for a, b, c, d, whose in self.squares.get(square, ()):
                if whose != but and left < c and a < right and top < d and b < bottom:
                    return False
        return True

    def take(self, box: tuple[float, float, float, float], whose: int = -1) -> None:
        for square in self._touched(box):
            self.squares.setdefault(square, []).append((*box, whose))


def place_labels(
    wanted: Sequence[Wanted],
    width: float,
    height: float,
    *,
    keep: Sequence[Wanted] = (),
    taken: Sequence[tuple[float, float, float, float]] = (),
) -> list[Label]:
    """Write what there is room for on a page of this size, in the order given; the points of `keep` are not written over.

    No two boxes overlap, none leaves the page, and none meets a box of `taken`.
    """
    room = _Taken(max(width, height) / 24)
    for box in taken:
        room.take(box)
    for point in keep:
        room.take(
            (point.x - point.gap, point.y - point.gap, point.x + point.gap, point.y + point.gap), point.key
        )
    placed = []
    for one in wanted:
        for label in _choices(one):
            left, top, right, bottom = label.box
            whole = left >= 0 and top >= 0 and right <= width and bottom <= height
            if whole and room.free(label.box, one.key):
                room.take(label.box)
                placed.append(label)
                break
    return placed


def _choices(one: Wanted) -> Iterable[Label]:
    """Where a name may go, best first: over its point, or right, left, below, above."""
    lines = lines_of(one.text)
    wide = max(width_of(line, one.size) for line in lines)
    tall = _LINE * one.size * len(lines)
    pad = one.size * 0.15

    def at(anchor: Anchor, x: float, top: float) -> Label:
        left = x - {"start": 0.0, "middle": wide / 2, "end": wide}[anchor]
        box = (left - pad, top, left + wide + pad, top + tall)
        return Label(one.key, lines, x, top + one.size * 0.9, anchor, one.size, box)

    middle = one.y - tall / 2
    if one.inside:
        for shift in (0, -1, 1, -2, 2):
            yield at("middle", one.x, middle + shift * tall * 0.6)
        return
    far = one.gap + one.size * 0.3
    yield at("start", one.x + far, middle)
    yield at("end", one.x - far, middle)
    yield at("middle", one.x, one.y + one.gap + pad)
    yield at("middle", one.x, one.y - one.gap - pad - tall)
    yield at("start", one.x + far * 0.7, middle + tall * 0.6)
    yield at("start", one.x + far * 0.7, middle - tall * 0.6)
    yield at("end", one.x - far * 0.7, middle + tall * 0.6)
    yield at("end", one.x - far * 0.7, middle - tall * 0.6)

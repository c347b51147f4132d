"""Which part of the map of savoirs one looks at: closer, farther, beside; an address says it."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from reciproque.insights.queries.atlas import Savoir

CLOSEST = 32
_MOST = 0.6
_GRAIN = 8  # the frame of a map moves by eighths of the square only: one more savoir leaves it where it is
_STEP = 500  # thousandths of a window by which the arrows move it


@dataclasses.dataclass(frozen=True)
class Window:
    """The part of the map that is looked at: its middle in thousandths of the frame, and how many times closer."""

    x: int = 500
    y: int = 500
    zoom: int = 1

    def moved(self, across: int, down: int) -> Window:
        """Return the window beside, by halves of a window."""
        return _inside(self.x + across * _STEP // self.zoom, self.y + down * _STEP // self.zoom, self.zoom)

    def closer(self) -> Window:
        return _inside(self.x, self.y, min(self.zoom * 2, CLOSEST))

    def farther(self) -> Window:
        return _inside(self.x, self.y, max(self.zoom // 2, 1))

    @property
    def span(self) -> float:
        """The share of the frame that is seen."""
        return 1 / self.zoom


def _inside(x: int, y: int, zoom: int) -> Window:
    half = 500 // zoom
    return Window(min(max(x, half), 1000 - half), min(max(y, half), 1000 - half), zoom)


def window_of(x: Any, y: Any, zoom: Any) -> Window:
    """Return the window that an address says; the whole map when it says nothing, or nonsense."""

    def number(value: Any, default: int) -> int:
        text = str(value or "")
        return int(text) if text.isascii() and text.isdigit() and len(text) <= 4 else default

    wanted = number(zoom, 1)
    power = 1
    while power * 2 <= min(wanted, CLOSEST):
        power *= 2
    return _inside(number(x, 500), number(y, 500), power)


@dataclasses.dataclass(frozen=True)
class Frame:
    """The part of the square where the savoirs of a map stand: all of it, or a small part to eighths."""

    left: float
    top: float
    width: float
    height: float

    @classmethod
    def of(cls, savoirs: Sequence[Savoir]) -> Frame:
        """Return the frame of these savoirs."""

        def side(values: list[float]) -> tuple[float, float]:
            low = max(math.floor((min(values) - 0.02) * _GRAIN), 0) / _GRAIN
            high = min(math.ceil((max(values) + 0.02) * _GRAIN), _GRAIN) / _GRAIN
            return low, max(high - low, 2 / _GRAIN)

        if not savoirs:
            return cls(0, 0, 1, 1)
        left, width = side([row.x for row in savoirs])
        top, height = side([row.y for row in savoirs])
        # Most of the square: all of it, which no newcomer can widen.
        return cls(0, 0, 1, 1) if max(width, height) >= _MOST else cls(left, top, width, height)

    def share(self, x: float, y: float) -> tuple[float, float]:
        """Return where a place of the square is in this frame, from 0 to 1."""
        return (x - self.left) / self.width, (y - self.top) / self.height

    def around(self, savoirs: Sequence[Savoir]) -> Window:
        """Return the closest window that shows all of these."""
        spots = [self.share(row.x, row.y) for row in savoirs]
        low, high = np.min(spots, axis=0), np.max(spots, axis=0)
        zoom = 1
        while zoom < 16 and max(high - low) * 1.15 <= 1 / (zoom * 2):
            zoom *= 2
        x, y = (low + high) / 2 * 1000
        return _inside(round(x), round(y), zoom)

    def beside(self, savoir: Savoir, near: Sequence[Savoir]) -> Window:
        """Return a window with one savoir in its middle, and those that are near it."""
        window = self.around([savoir, *near])
        x, y = self.share(savoir.x, savoir.y)
        return _inside(round(x * 1000), round(y * 1000), window.zoom)

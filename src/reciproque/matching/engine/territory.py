"""The shape of each region of a map: the land around its places, rounded, with sea where there is nothing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
Ring = list[tuple[float, float]]

_WIDE, _TALL = 72, 52  # squares of the grid on which coasts are followed
_SHORE = 0.35  # how crowded it is at the coast


def territories(at: Points, region: NDArray[np.int64], reach: float = 0.035) -> dict[int, list[Ring]]:
    """The coast lines of each region, in the unit of the places; `reach` is how far the land goes around one."""
    every = np.unique(region).tolist()
    if not every:
        return {}
    # One more row of squares all around, so that every coast closes.
    xs = (np.arange(_WIDE + 4) - 2 + 0.5) / _WIDE
    ys = (np.arange(_TALL + 4) - 2 + 0.5) / _TALL
    felt = np.zeros((len(every), len(xs), len(ys)))
    for rank, one in enumerate(every):
        mine = at[region == one]
        across = np.exp(-(((xs[:, None] - mine[None, :, 0]) / reach) ** 2) / 2)
        down = np.exp(-(((ys[:, None] - mine[None, :, 1]) / reach) ** 2) / 2)
        felt[rank] = across @ down.T
    lines = {}
    for rank, one in enumerate(every):
        others = np.delete(felt, rank, axis=0).max(axis=0) if len(every) > 1 else np.zeros_like(felt[0])
        # In logarithms both borders fall where they should between two squares of the grid.
        height = np.log(felt[rank] + 1e-9) - np.log(np.maximum(others, _SHORE))
        height[[0, -1], :] = -1
        height[:, [0, -1]] = -1
        lines[int(one)] = [_smooth(ring) for ring in _coasts(np.clip(height, -1, 1), xs, ys)]
    return lines


def _coasts(height: Points, xs: Points, ys: Points) -> list[Ring]:
    """The closed lines where the height is nothing (marching squares)."""
    up = height > 0
    code = up[:-1, :-1] * 1 + up[1:, :-1] * 2 + up[1:, 1:] * 4 + up[:-1, 1:] * 8
    follow: dict[tuple[int, int, int], tuple[int, int, int]] = {}
    # Sides of a square: 0 top, 1 right, 2 bottom, 3 left; land stays on the same hand all along.
    ways = {1: [(0, 3)], 2: [(1, 0)], 3: [(1, 3)], 4: [(2, 1)], 5: [(0, 3), (2, 1)], 6: [(2, 0)], 7: [(2, 3)]}
    ways |= {
        8: [(3, 2)],
        9: [(0, 2)],
        10: [(1, 0), (3, 2)],
        11: [(1, 2)],
        12: [(3, 1)],
        13: [(0, 1)],
        14: [(3, 0)],
    }
    for i, j in zip(*np.nonzero((code > 0) & (code < 15)), strict=True):
        for a, b in ways[int(code[i, j])]:
            follow[_edge(int(i), int(j), a)] = _edge(int(i), int(j), b)
    rings = []
    while follow:
        first, at = follow.popitem()
        ring = [_cross(first, height, xs, ys)]
        while at != first and at in follow:
            ring.append(_cross(at, height, xs, ys))
            at = follow.pop(at)
        if len(ring) >= 4:
            rings.append(ring)
    return sorted(rings, key=lambda ring: (-len(ring), ring[0]))


def _edge(i: int, j: int, side: int) -> tuple[int, int, int]:
    """The side of a square by a name that its neighbour gives it too: from which corner, and 0 across or 1 down."""
    return [(i, j, 0), (i + 1, j, 1), (i, j + 1, 0), (i, j, 1)][side]


def _cross(edge: tuple[int, int, int], height: Points, xs: Points, ys: Points) -> tuple[float, float]:
    i, j, down = edge
    k, m = (i, j + 1) if down else (i + 1, j)
    a, b = height[i, j], height[k, m]
    share = float(a / (a - b)) if a != b else 0.5
    return (
        round(float(xs[i] + (xs[k] - xs[i]) * share), 4),
        round(float(ys[j] + (ys[m] - ys[j]) * share), 4),
    )


def _smooth(ring: Ring) -> Ring:
    """The same line with every other point left out: curves drawn through the rest look drawn by hand."""
    return ring[::2] if len(ring) > 12 else ring

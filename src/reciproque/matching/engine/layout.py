"""A map of texts: each gets a place on a square, near those that say much the same.

The whole map is drawn once in a while: neighbours attract one another, everything repels everything else (t-SNE, its
repulsion computed on a grid so that many thousands take a minute). In between, a newcomer is put beside what it resembles
and nobody else moves. Nothing is drawn by lot beyond the seed: the same texts give the same map on the same machine.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import cast

import numpy as np
from numpy.typing import NDArray
from scipy import fft
from scipy.sparse import csr_matrix

Points = NDArray[np.float64]  # one row a text: x, y
Floats = NDArray[np.floating]
Rows = NDArray[np.int64]

MARGIN = 0.03  # left free around the map
_PERPLEXITY = 12
_BLOCK = 1_024
_EXACT = 300  # fewer: every pair is looked at
_CELL, _MOST_CELLS = 0.4, 320
_EARLY, _LATE, _AGAIN = 150, 350, 100  # rounds: gathering, settling; from an older map, settling only
_GATHER = 12.0
_EVEN = 0.4  # how far the crowded parts are spread over the empty ones
_HELD = 0.02  # how strongly what was on the older map is held where it was
_DENSE = 2.9  # about how much room a text takes while they settle


@dataclass(frozen=True)
class _Likes:
    """Who attracts whom, and how much: a symmetric table that adds up to one."""

    table: csr_matrix
    rows: Rows

    @classmethod
    def of(cls, vectors: Floats) -> _Likes:
        size = len(vectors)
        near, like = neighbours(vectors, min(size - 1, 3 * _PERPLEXITY))
        share = _shares(np.maximum(2 - 2 * like, 0), min(_PERPLEXITY, max((size - 1) / 3, 1.5)))
        rows = np.repeat(np.arange(size), near.shape[1])
        one_way = csr_matrix((share.ravel(), (rows, near.ravel())), shape=(size, size))
        both = cast(csr_matrix, (one_way + one_way.T).tocsr())
        both.sort_indices()
        both.data /= both.data.sum()
        return cls(both, np.repeat(np.arange(size), np.diff(both.indptr)))

    def pull(self, at: Points) -> Points:
        """How each is drawn towards those it resembles."""
        apart = at[self.rows] - at[self.table.indices]
        weight = self.table.data / (1 + (apart**2).sum(axis=1))
        size = len(at)
        return np.stack(
            [np.bincount(self.rows, weight * apart[:, axis], minlength=size) for axis in (0, 1)], axis=1
        )


def layout(vectors: Floats, seed: int = 0, *, start: Points | None = None) -> Points:
    """The place of each text in the unit square.

    With `start` (a place each, as an older map had it), the map settles from there rather than being drawn afresh.
    """
    size = len(vectors)
    if size <= 2:
        return np.array([[0.5, 0.5]] if size == 1 else [[0.3, 0.5], [0.7, 0.5]])[:size].reshape(size, 2)
    likes = _Likes.of(vectors)
    span = np.sqrt(size) * _DENSE
    if start is None:
        at = _settle(likes, _axes(vectors, seed) * 1e-2, _EARLY, pull=_GATHER)
        at = _settle(likes, at, _LATE)
        return _fit(_turn(at))
    held = (start - 0.5) * span
    return _fit(_settle(likes, held, _AGAIN, held=held))


def neighbours(vectors: Floats, k: int) -> tuple[Rows, Points]:
    """The k texts nearest to each (itself aside), nearest first, and how near; equal ones in the order of their rows."""
    size = len(vectors)
    near, like = np.empty((size, k), np.int64), np.empty((size, k))
    for start in range(0, size, _BLOCK):
        rows = np.arange(start, min(start + _BLOCK, size))
        # The last digits depend on the machine: they must not decide who is a neighbour.
        close = np.round(vectors[rows] @ vectors.T, 4)
        close[np.arange(len(rows)), rows] = -2
        best = np.argpartition(-close, k - 1, axis=1)[:, :k]
        value = np.take_along_axis(close, best, axis=1)
        order = np.lexsort((best, -value), axis=1)
        near[rows] = np.take_along_axis(best, order, axis=1)
        like[rows] = np.take_along_axis(value, order, axis=1)
    return near, like


def place_near(vector: Floats, vectors: Floats, at: Points) -> tuple[float, float, int]:
    """Where a newcomer goes on a map that stays as it is, and which row it goes beside."""
    if not len(at):
        return 0.5, 0.5, -1
    close = np.round(vectors @ vector, 4)
    order = np.lexsort((np.arange(len(close)), -close))[:3]
    # Halfway between what it resembles, if they are together; beside the nearest otherwise.
    together = np.abs(at[order] - at[order[0]]).max(axis=1) <= 0.08
    weight = np.where(together, np.maximum(close[order], 0.01) ** 4, 0)
    x, y = (at[order] * weight[:, None]).sum(axis=0) / weight.sum()
    gap = 0.35 / np.sqrt(len(at) + 1)
    return *_free(float(x), float(y), at, min(gap, 0.06)), int(order[0])


def _free(x: float, y: float, at: Points, gap: float) -> tuple[float, float]:
    """The first free spot on a spiral around a place."""
    best, best_room = (x, y), -1.0
    for turn in range(120):
        angle, radius = turn * 2.399963, gap * 0.45 * np.sqrt(turn)
        spot = np.clip([x + radius * np.cos(angle), y + radius * np.sin(angle)], MARGIN, 1 - MARGIN)
        room = float(((at - spot) ** 2).sum(axis=1).min()) ** 0.5
        if room >= gap:
            return float(spot[0]), float(spot[1])
        if room > best_room:
            best, best_room = (float(spot[0]), float(spot[1])), room
    return best


def regions(at: Points, families: NDArray[np.int64]) -> NDArray[np.int64]:
    """The region of each place: its family's where most texts have one (-1: none), else parts of the map of like size.

    Regions are numbered from 0, from left to right.
    """
    size = len(at)
    if not size:
        return np.empty(0, np.int64)
    known = np.flatnonzero(families >= 0)
    if len(known) >= 0.6 * size:
        label = families.copy()
        for row in np.flatnonzero(families < 0):
            label[row] = families[known[((at[known] - at[row]) ** 2).sum(axis=1).argmin()]]
    else:
        label = _parts(at, int(np.clip(np.sqrt(size / 2), 1, 24)) if size >= 8 else 1)
    every, label = np.unique(label, return_inverse=True)
    middle = np.array([at[label == one].mean(axis=0) for one in range(len(every))])
    rank = np.empty(len(every), np.int64)
    rank[np.lexsort((middle[:, 1], middle[:, 0]))] = np.arange(len(every))
    return rank[label]


def _parts(at: Points, number: int) -> NDArray[np.int64]:
    """Parts around as many middles, each first put as far as can be from the others (k-means)."""
    middles = [at[((at - at.mean(axis=0)) ** 2).sum(axis=1).argmin()]]
    while len(middles) < number:
        gap = np.min([((at - middle) ** 2).sum(axis=1) for middle in middles], axis=0)
        middles.append(at[gap.argmax()])
    middle = np.array(middles)
    label = np.zeros(len(at), np.int64)
    for _round in range(60):
        label = ((at[:, None] - middle[None]) ** 2).sum(axis=2).argmin(axis=1)
        moved = np.array(
            [at[label == one].mean(axis=0) if (label == one).any() else middle[one] for one in range(number)]
        )
        if np.allclose(moved, middle, atol=1e-6):
            break
        middle = moved
    return label


def bend(vectors: Floats, families: NDArray[np.int64], share: float = 0.6) -> Floats:
    """The same vectors, each bent towards the middle of its family (-1: none), so that families stand together."""
    bent = np.array(vectors, np.float64)
    for family in np.unique(families[families >= 0]):
        rows = np.flatnonzero(families == family)
        middle = vectors[rows].mean(axis=0)
        bent[rows] += share * middle / max(float(np.linalg.norm(middle)), 1e-9)
    length = np.linalg.norm(bent, axis=1, keepdims=True)
    return bent / np.where(length > 0, length, 1)


# Settling


def _shares(apart: Points, wanted: float) -> Points:
    """How each divides its attention among its neighbours: as if there were `wanted` of them."""
    apart = apart - apart[:, :1]
    low, high = np.zeros(len(apart)), np.full(len(apart), np.inf)
    sharp = np.ones(len(apart))
    for _round in range(50):
        share = np.exp(-apart * sharp[:, None])
        total = share.sum(axis=1)
        entropy = np.log(total) + sharp * (apart * share).sum(axis=1) / total
        blurred = entropy > np.log(wanted)
        low, high = np.where(blurred, sharp, low), np.where(blurred, high, sharp)
        sharp = np.where(np.isinf(high), sharp * 2, (low + np.where(np.isinf(high), low, high)) / 2)
        sharp = np.minimum(sharp, 1e6)
    share = np.exp(-apart * sharp[:, None])
    return cast(Points, share / share.sum(axis=1, keepdims=True))


def _axes(vectors: Floats, seed: int) -> Points:
    """A first place each: along the two directions in which the texts differ most."""
    centred = np.asarray(vectors, np.float64) - vectors.mean(axis=0)
    _values, ways = np.linalg.eigh(centred.T @ centred)
    at = np.round(centred @ ways[:, [-1, -2]], 6)
    # A direction and its opposite are the same to algebra: the longest arm goes right, and down.
    at *= np.where(np.abs(at.max(axis=0)) >= np.abs(at.min(axis=0)), 1, -1)
    # Two texts at the very same place would never part.
    at += np.random.default_rng(seed).normal(scale=1e-3, size=at.shape)
    return cast(Points, at / max(float(at[:, 0].std()), 1e-9))


def _settle(
    likes: _Likes, at: Points, rounds: int, *, pull: float = 1.0, held: Points | None = None
) -> Points:
    """Let attraction and repulsion work for so many rounds."""
    size = len(at)
    step = max(size / 12, 15.0) if held is None else max(size / 24, 8.0)
    at, speed, gain = at.copy(), np.zeros_like(at), np.ones_like(at)
    for turn in range(rounds):
        slope = 4 * (pull * likes.pull(at) - _push(at))
        if held is not None:
            slope += _HELD / size * (at - held)
        gain = np.maximum(np.where(np.sign(slope) != np.sign(speed), gain + 0.2, gain * 0.8), 0.05)
        speed = (0.5 if turn < 20 else 0.8) * speed - step * gain * slope
        # Nobody jumps: a map that starts crowded would burst.
        speed = np.clip(speed, -5, 5)
        at = at + speed
        at -= at.mean(axis=0)
    return at


def _push(at: Points) -> Points:
    """How each is driven away by all the others."""
    if len(at) <= _EXACT:
        apart = at[:, None] - at[None]
        near = 1 / (1 + (apart**2).sum(axis=2))
        np.fill_diagonal(near, 0)
        return cast(Points, ((near**2)[:, :, None] * apart).sum(axis=1) / max(near.sum(), 1e-12))
    low = at.min(axis=0)
    span = float((at.max(axis=0) - low).max())
    # Cells of a few sizes only, and by sixteens: what depends on the grid alone is computed once for many rounds.
    size = _CELL * 1.15 ** max(0, int(np.ceil(np.log(max(span / _CELL / _MOST_CELLS, 1e-9)) / np.log(1.15))))
    wide = int(fft.next_fast_len(2 * (int(span / size) // 16 + 1) * 16 + 2, real=True))
    place = (at - low) / size
    corner = place.astype(np.int64)
    over = place - corner
    spots = [
        ((corner[:, 0] + a) * wide + corner[:, 1] + b, _side(over[:, 0], a) * _side(over[:, 1], b))
        for a in (0, 1)
        for b in (0, 1)
    ]
    held = np.zeros(wide * wide)
    for spot, weight in spots:
        held += np.bincount(spot, weight, minlength=wide * wide)
    crowd = fft.rfft2(held.reshape(wide, wide))
    felt = []
    for kernel in _kernels(wide, size):
        field = fft.irfft2(crowd * kernel, s=(wide, wide)).ravel()
        felt.append(sum(field[spot] * weight for spot, weight in spots))
    total = max(float(np.sum(felt[0])) - len(at), 1e-12)
    return np.stack([felt[1], felt[2]], axis=1) / total


@lru_cache(maxsize=4)
def _kernels(wide: int, size: float) -> tuple[NDArray[np.complex128], ...]:
    """What a text does to each cell of the grid around it: how near it is, and how it drives away along each axis."""
    step = np.minimum(np.arange(wide), wide - np.arange(wide)) * size
    signed = np.where(np.arange(wide) <= wide // 2, 1, -1) * step
    near = 1 / (1 + step[:, None] ** 2 + step[None] ** 2)
    return tuple(fft.rfft2(kernel) for kernel in (near, near**2 * signed[:, None], near**2 * signed[None]))


def _side(over: NDArray[np.float64], far: int) -> NDArray[np.float64]:
    return over if far else 1 - over


def _turn(at: Points) -> Points:
    """The map lying along its length, as pages are wider than they are tall."""
    centred = at - at.mean(axis=0)
    _values, ways = np.linalg.eigh(centred.T @ centred)
    turned = np.round(centred @ ways[:, ::-1], 6)
    return cast(Points, turned * np.where(turned.max(axis=0) >= -turned.min(axis=0), 1, -1))


def _fit(at: Points) -> Points:
    """The map in its square, the crowded parts spread a little over the empty ones."""
    size = len(at)
    low, high = at.min(axis=0), at.max(axis=0)
    plain = (at - low) / np.where(high > low, high - low, 1)
    rank = np.argsort(np.argsort(at, axis=0, kind="stable"), axis=0, kind="stable") / max(size - 1, 1)
    even = (1 - _EVEN) * plain + _EVEN * rank
    return cast(Points, np.round(MARGIN + (1 - 2 * MARGIN) * even, 5))

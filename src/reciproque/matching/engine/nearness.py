"""Which subjects are close enough to be worth a look: every one of some compared with every one of others, in blocks."""

from collections.abc import Iterator
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from reciproque.matching.engine.index import PostIndex
from reciproque.matching.engine.score import LEXICAL, calibrate, least_likeness

Rows = NDArray[np.int64]

_ASKED, _OTHERS = 256, 8_192  # compared at once: as many cells in all when fewer are asked


class Near(NamedTuple):
    """The subjects near one, as places in the list they were looked for in."""

    places: Rows
    closeness: NDArray[np.int16]
    same_topic: NDArray[np.bool_]


def near(index: PostIndex, asked: Rows, others: Rows, threshold: int) -> Iterator[Near]:
    """For each subject asked, the others at least that close or with a topic in common; both lists in increasing order."""
    if not len(asked):
        return
    words = index.lexical.rows(asked)
    place = np.full(len(index.vectors), -1, np.int64)
    place[others] = np.arange(len(others))
    for start in range(0, len(asked), _ASKED):
        block = asked[start : start + _ASKED]
        wide = _OTHERS * (_ASKED // len(block))
        alike = _Cells.of(index.lexical.alike(words[start : start + _ASKED]), place, wide)
        shared = _Cells.of(_topics(index, block), place, wide)
        found = [
            _sift(index.vectors.between(block, others[first : first + wide]), alike, shared, first, threshold)
            for first in range(0, max(1, len(others)), wide)
        ]
        rows, places, closeness, same_topic = map(np.concatenate, zip(*found, strict=True))
        order = np.argsort(rows, kind="stable")
        bounds = np.searchsorted(rows[order], np.arange(1, len(block)))
        for one in np.split(order, bounds):
            yield Near(places[one], closeness[one], same_topic[one])


class _Cells(NamedTuple):
    """The filled cells of a wide table, chunk of columns by chunk."""

    rows: Rows
    columns: Rows
    values: NDArray[np.float32]
    chunks: NDArray[np.int16]
    wide: int

    @classmethod
    def of(cls, table: sparse.csr_array, place: Rows, wide: int) -> Self:
        """The cells of a table over all subjects, each column moved to its place and left out when it has none."""
        columns = place[table.indices]
        chunks = (columns // wide).astype(np.int16)  # sorting numbers of 16 bits takes linear time
        order = np.argsort(chunks, kind="stable")[np.count_nonzero(columns < 0) :]
        rows = np.repeat(np.arange(table.shape[0]), np.diff(table.indptr))
        return cls(rows[order], columns[order], table.data[order], chunks[order], wide)

    def within(self, first: int) -> tuple[tuple[Rows, Rows], NDArray[np.float32]]:
        """Where the cells of the chunk that starts there are, counted from its start, and their values."""
        left, right = np.searchsorted(self.chunks, (first // self.wide, first // self.wide + 1))
        return (self.rows[left:right], self.columns[left:right] - first), self.values[left:right]


def _sift(
    like: NDArray[np.float32], alike: _Cells, shared: _Cells, first: int, threshold: int
) -> tuple[Rows, Rows, NDArray[np.int16], NDArray[np.bool_]]:
    """The cells of one chunk that are close enough or share a topic: row, place, closeness, whether they share one."""
    cells, values = alike.within(first)
    like[cells] += LEXICAL * values
    worth = like >= least_likeness(threshold)
    in_common = shared.within(first)[0]
    worth[in_common] = True
    rows, columns = np.nonzero(worth)
    closeness = calibrate(like[rows, columns])
    worth[:] = False
    worth[in_common] = True
    same_topic = worth[rows, columns]
    kept = (closeness >= threshold) | same_topic
    return rows[kept], columns[kept] + first, closeness[kept], same_topic[kept]


def _topics(index: PostIndex, subjects: Rows) -> sparse.csr_array:
    """The subjects that share a topic with each of some."""
    sharing = [index.topics.sharing(subject) for subject in subjects.tolist()]
    starts = np.cumsum([0, *map(len, sharing)])
    cells = np.concatenate([np.empty(0, np.int64), *sharing])
    return sparse.csr_array(
        (np.ones(len(cells), np.float32), cells, starts), shape=(len(subjects), len(index.vectors))
    )

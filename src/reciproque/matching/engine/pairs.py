"""Sets of pairs of numbers."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

Ids = NDArray[np.int64]


@dataclass(frozen=True)
class Pairs:
    """Pairs (first, second), many looked up in one step."""

    rows: Ids

    @classmethod
    def of(cls, rows: ArrayLike) -> "Pairs":
        """The set of the rows of a two-column table; an empty list will do."""
        return cls(np.asarray(rows, np.int64).reshape(-1, 2))

    def holds(self, first: Ids, second: Ids) -> NDArray[np.bool_]:
        """Which of some pairs are in the set."""
        found = np.zeros(len(first), np.bool_)
        if not len(self.rows) or not len(first):
            return found
        firsts, seconds, known = self._keys
        # Few of those asked about are in any pair: the others need no second look.
        maybe = np.flatnonzero(np.isin(first, firsts))
        maybe = maybe[np.isin(second[maybe], seconds)]
        keys = np.searchsorted(firsts, first[maybe]) * len(seconds) + np.searchsorted(seconds, second[maybe])
        found[maybe] = np.isin(keys, known)
        return found

    @cached_property
    def _keys(self) -> tuple[Ids, Ids, Ids]:
        """The numbers that stand first, those that stand second, and each pair as one number."""
        firsts, one = np.unique(self.rows[:, 0], return_inverse=True)
        seconds, other = np.unique(self.rows[:, 1], return_inverse=True)
        return firsts, seconds, np.unique(one.astype(np.int64) * len(seconds) + other)

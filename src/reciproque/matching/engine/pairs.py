"""Sets of pairs of numbers, asked from either side."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

Ids = NDArray[np.int64]


@dataclass(frozen=True)
class Pairs:
    """Pairs (first, second), each side looked up in one step."""

    rows: Ids

    @classmethod
    def of(cls, rows: ArrayLike) -> "Pairs":
        """The set of the rows of a two-column table; an empty list will do."""
        return cls(np.asarray(rows, np.int64).reshape(-1, 2))

    def having(self, one: int, others: Ids, *, side: int) -> NDArray[np.bool_]:
        """Which of the others make a pair with one, given that one stands first (side 0) or second (side 1)."""
        partners = self._partners[side].get(int(one))
        return np.zeros(len(others), np.bool_) if partners is None else np.isin(others, partners)

    @cached_property
    def _partners(self) -> tuple[dict[int, Ids], dict[int, Ids]]:
        return _grouped(self.rows[:, 0], self.rows[:, 1]), _grouped(self.rows[:, 1], self.rows[:, 0])


def _grouped(keys: Ids, values: Ids) -> dict[int, Ids]:
    order = np.argsort(keys, kind="stable")
    found, starts = np.unique(keys[order], return_index=True)
    return dict(zip(found.tolist(), np.split(values[order], starts[1:]), strict=True)) if len(found) else {}

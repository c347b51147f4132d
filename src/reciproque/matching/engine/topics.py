"""Which topics of the catalogue each subject names, and who else names them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Topics:
    """The topic codes of every subject, end to end; those of subject s are codes[starts[s] : starts[s + 1]]."""

    starts: Rows
    codes: Rows
    sorted: "Topics | None" = (
        None  # the first of these subjects, already sorted by code: the few others are read
    )

    @classmethod
    def of(cls, subjects: Sequence[tuple[int, ...]]) -> Self:
        """The table of subjects given as tuples of codes."""
        starts = np.cumsum([0, *(len(codes) for codes in subjects)], dtype=np.int64)
        return cls(starts, np.fromiter((c for codes in subjects for c in codes), np.int64, starts[-1]))

    def append(self, more: "Topics") -> Self:
        """The same subjects followed by others."""
        starts = np.concatenate([self.starts, more.starts[1:] + self.starts[-1]])
        return type(self)(starts, np.concatenate([self.codes, more.codes]), self.sorted or self)

    def take(self, subjects: Rows) -> Self:
        """The given subjects, in the given order."""
        return type(self).of(
            [tuple(self.codes[self.starts[s] : self.starts[s + 1]].tolist()) for s in subjects]
        )

    def sharing(self, subject: int) -> Rows:
        """The subjects that name one of the topics of this one, itself included, each once, in order."""
        codes = self.codes[self.starts[subject] : self.starts[subject + 1]]
        base = self.sorted or self
        sorted_codes, holders = base._by_code
        left, right = (
            np.searchsorted(sorted_codes, codes, "left"),
            np.searchsorted(sorted_codes, codes, "right"),
        )
        found = [holders[a:b] for a, b in zip(left, right, strict=True)]
        if len(base.codes) < len(self.codes):
            later = np.flatnonzero(np.isin(self.codes[len(base.codes) :], codes)) + len(base.codes)
            found.append(np.searchsorted(self.starts, later, "right") - 1)
        return np.unique(np.concatenate(found)) if found else np.empty(0, np.int64)

    @cached_property
    def _by_code(self) -> tuple[Rows, Rows]:
        order = np.argsort(self.codes, kind="stable")
        holders = np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))
        return self.codes[order], holders[order]

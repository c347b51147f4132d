"""What the floor above hands to the engine: columns and texts, one row a post."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from enum import IntFlag
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

OFFER, REQUEST = 0, 1


class Mode(IntFlag):
    """How an exchange can be held; a post with no bit set accepts every mode."""

    FACE_TO_FACE = 1
    PHONE = 2
    VIDEO = 4


class Language(IntFlag):
    """In which languages an exchange can be held; bits 2 to 30 are free, a post with no bit set accepts any."""

    FRENCH = 1
    ENGLISH = 2


_TYPES = {
    "ids": np.int64,
    "kind": np.int8,
    "author": np.int64,
    "manager": np.int64,
    "site": np.int32,
    "department": np.int32,
    "modes": np.int8,
    "languages": np.int32,
    "level": np.int8,
    "since": np.int32,
    "room": np.int16,
    "exposure": np.int16,
    "given": np.int16,
    "received": np.int16,
}


@dataclass(frozen=True)
class Posts:
    """Offers and requests as columns of equal length; a single value stands for a whole column."""

    ids: NDArray[np.int64]
    kind: NDArray[np.int8]  # OFFER or REQUEST
    author: NDArray[np.int64]  # a person
    manager: NDArray[np.int64] = -1  # type: ignore[assignment]  # the author's own, -1: none
    site: NDArray[np.int32] = -1  # type: ignore[assignment]  # a code, -1: not said
    department: NDArray[np.int32] = -1  # type: ignore[assignment]  # a code, -1: not said
    modes: NDArray[np.int8] = 0  # type: ignore[assignment]  # Mode bits
    languages: NDArray[np.int32] = 0  # type: ignore[assignment]  # Language bits
    level: NDArray[np.int8] = 0  # type: ignore[assignment]  # 0: not said, 1: beginner to 3: advanced
    since: NDArray[np.int32] = 0  # type: ignore[assignment]  # the day (ordinal) from which the post waits
    room: NDArray[np.int16] = 1  # type: ignore[assignment]  # exchanges it can still take: the least of post and person
    exposure: NDArray[np.int16] = 0  # type: ignore[assignment]  # times it is being proposed now
    given: NDArray[np.int16] = 0  # type: ignore[assignment]  # exchanges its author has given
    received: NDArray[np.int16] = 0  # type: ignore[assignment]  # and received

    def __post_init__(self) -> None:
        length = len(np.atleast_1d(self.ids))
        for name, kind in _TYPES.items():
            object.__setattr__(self, name, _column(name, getattr(self, name), kind, length))

    def __len__(self) -> int:
        return len(self.ids)

    def take(self, rows: NDArray[Any]) -> Self:
        """The given rows, in the given order."""
        return type(self)(**{name: column[rows] for name, column in self.columns().items()})

    def repeat(self, times: NDArray[Any]) -> Self:
        """Each post as many times as said, one after the other."""
        return type(self)(**{name: np.repeat(column, times) for name, column in self.columns().items()})

    def update(self, **columns: Any) -> Self:
        """The same posts with some columns replaced."""
        return replace(self, **columns)

    def columns(self) -> dict[str, NDArray[Any]]:
        """Every column by its name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @classmethod
    def concatenate(cls, parts: Sequence["Posts"]) -> Self:
        """Posts one after the other."""
        return cls(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in _TYPES})


@dataclass(frozen=True)
class Texts:
    """The words of posts, in the order of their rows; a field left empty is empty for all."""

    titles: Sequence[str]
    topics: Sequence[str] = ()  # the labels of a post's topics, joined by commas
    descriptions: Sequence[str] = ()
    topic_codes: Sequence[tuple[int, ...]] = ()  # what the catalogue calls those topics

    def __post_init__(self) -> None:
        for field in fields(self):
            given = getattr(self, field.name)
            if len(given) not in (0, len(self.titles)):
                raise ValueError(f"{field.name}: {len(given)} rows for {len(self.titles)} titles")

    def __len__(self) -> int:
        return len(self.titles)

    def subject(self, row: int) -> tuple[str, str, str, tuple[int, ...]]:
        """All that a post says of its subject: two posts with the same subject are as close as can be."""
        return (
            self.titles[row],
            self.topics[row] if self.topics else "",
            self.descriptions[row] if self.descriptions else "",
            tuple(sorted(set(self.topic_codes[row]))) if self.topic_codes else (),
        )


def _column(name: str, given: Any, kind: type, length: int) -> NDArray[Any]:
    """The column in its type, a single value repeated; values that do not fit are refused rather than wrapped."""
    column = np.asarray(given)
    if column.ndim == 0:
        column = np.full(length, column)
    if column.shape != (length,):
        raise ValueError(f"{name}: shape {column.shape} for {length} posts")
    if column.dtype == kind:
        return column
    limits = np.iinfo(kind)
    if length and (column.min() < limits.min or column.max() > limits.max):
        raise ValueError(f"{name}: a value does not fit in {np.dtype(kind)}")
    return column.astype(kind)

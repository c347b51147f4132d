"""How crowded it is around each text: what lies near everything says little about anything.

Some texts are near to very many ("techniques", "gestion"): whatever is sought, they come among the first. Compared with
what lies around it, a text is found for what only it says. Crowding is measured against a few landmarks rather than
against all the others, so that a whole organisation takes seconds; landmarks are chosen by their content, so that the
order in which posts came changes nothing. It serves to order what is found, never to judge a pair.
"""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from reciproque.matching.engine.vectors import Floats, Rows, Vectors

_LANDMARKS, _NEAREST = 1_024, 5
_ITSELF = 0.9999
_BLOCK = 4_096


@dataclass(frozen=True)
class Crowd:
    """The landmarks, and the likeness of each text to the nearest of them."""

    landmarks: Vectors
    around: Floats

    @classmethod
    def of(cls, vectors: Vectors) -> Self:
        """The crowd around each of some vectors."""
        return cls(_landmarks(vectors), np.empty(0, np.float32)).append(vectors)

    def excess(self) -> Floats:
        """How much more crowded than usual it is around each text."""
        return self.around - (self.around.mean() if len(self.around) else np.float32(0))

    def append(self, more: Vectors) -> Self:
        """The same crowd with some more texts in it, measured against the same landmarks."""
        parts = [
            self._measure(more, np.arange(start, min(start + _BLOCK, len(more))))
            for start in range(0, len(more), _BLOCK)
        ]
        return replace(self, around=np.concatenate([self.around, *parts]))

    def compact(self, rows: Rows) -> Self:
        """Some of the texts, in the given order."""
        return replace(self, around=self.around[rows])

    def arrays(self) -> dict[str, NDArray[Any]]:
        """All of it as plain arrays, which `restore` takes back."""
        return {
            "landmarks": self.landmarks.parts[0],
            "scales": self.landmarks.scales,
            "around": self.around,
        }

    @classmethod
    def restore(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """The crowd that `arrays` told; nothing is copied."""
        return cls(Vectors((arrays["landmarks"],), arrays["scales"]), arrays["around"])

    def _measure(self, vectors: Vectors, rows: Rows) -> Floats:
        """A crowd needs many: in a small network hardly anything is taken off, in an empty one nothing."""
        every = len(self.landmarks)
        if every <= _NEAREST:
            return np.zeros(len(rows), np.float32)
        like = vectors.between(rows, np.arange(every), self.landmarks)
        like[like >= _ITSELF] = -1
        nearest = np.partition(like, every - _NEAREST, axis=1)[:, every - _NEAREST :]
        return nearest.mean(axis=1) * np.float32(every / _LANDMARKS)


def _landmarks(vectors: Vectors) -> Vectors:
    """Texts drawn by the checksum of their vectors."""
    [codes] = vectors.parts
    draw = np.fromiter((zlib.crc32(row.tobytes()) for row in codes), np.int64, len(codes))
    return vectors.compact(np.sort(np.argsort(draw, kind="stable")[:_LANDMARKS]))

"""From texts to words and letters: what meaning misses, such as names, acronyms, typing mistakes, half-typed words.

A text becomes a sparse row of features: the stems of its words ("pâtissières" and "patissier" meet) and the runs of
three to five letters of each word, which survive a typing mistake and let the first letters of a word find the whole.
Features are hashed, so there is no vocabulary to keep and texts can be added later.

Rows are stored feature by feature, like the index at the end of a book: a query only reads the pages it needs. The few
texts added since are stored one after the other, and read whole.
"""

import re
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from reciproque.kit.text import clean, fold

Floats = NDArray[np.float32]
Rows = NDArray[np.int64]

_FEATURES = 1 << 20
_RUNS = (3, 4, 5)
_STEM_WEIGHT = 1.5  # a whole word says more than one run of its letters
_READ = 4_000  # characters of a text, the rest is not read
_LONGEST_WORD = 40
# A feature of more texts than both says nothing about two of them.
_FREQUENT, _FREQUENT_SHARE = 500, 0.02

_ELISION = re.compile(r"\b(?:[cdjlmnst]|qu|lorsqu|puisqu|jusqu|quoiqu)'(?=\w)")
_WORD = re.compile(r"\w+[+#]*")
_STOP = frozenset(
    "a au aux avec ce ces cette dans de des du elle en est et il ils je la le les leur leurs lui ma mes mon ne nos notre "
    "nous on ou par pas pour que qui sa ses son sur ta te tes ton tu un une vos votre vous y "
    "an and are as at be by for from how in into is it its my of or our the their to we with you your i".split()
)
_ENDING = re.compile(
    r"(?:issements?|issants?|atrices?|ateurs?|ations?|itions?|ements?|ments?|euses?|eurs?|iques?|ismes?|istes?|ances?|ences?"
    r"|ables?|ibles?|ites?|ives?|ifs?|elles?|els?|ales?|aux|als?|ieres?|ees?|ers?|ez|ings?|ed|ires?|es|is|e|s|x)$"
)


def words(text: str) -> list[str]:
    """The folded words of a text, small words and elisions left out unless nothing else is left."""
    every = _WORD.findall(_ELISION.sub(" ", fold(clean(text)[:_READ])))
    return [word for word in every if word not in _STOP] or every


def stem(word: str) -> str:
    """A folded word without its most common French or English endings; at least three letters stay."""
    if len(word) < 4 or not word.isalpha():
        return word
    for short in (_ENDING.sub("", word).rstrip("iy"), word.rstrip("sxe")):
        if len(short) >= 3:
            return short
    return word


@dataclass(frozen=True)
class LexicalMatrix:
    """The words and letters of many texts; each text may come in several fields, some weighing less than others."""

    main: sparse.csr_array  # features × texts, each column of length one
    tail: sparse.csr_array  # texts × features: those added since
    lengths: Floats  # of all of them before they were brought to length one
    spread: NDArray[np.int32]  # in how many texts each feature was met when the matrix was built
    counted: int  # and out of how many

    @classmethod
    def build(cls, *fields: tuple[float, Sequence[str]]) -> Self:
        """The matrix of texts given as (weight, one text a row) fields of equal length, the main one first."""
        counts = _counts(fields)
        spread = np.bincount(counts.indices, minlength=_FEATURES).astype(np.int32)
        rows, lengths = _weighed(counts, spread, counts.shape[0])
        return cls(sparse.csr_array(rows.T.tocsr()), _nothing(), lengths, spread, counts.shape[0])

    def __len__(self) -> int:
        return len(self.lengths)

    def append(self, *fields: tuple[float, Sequence[str]]) -> Self:
        """The matrix with some more texts, weighed by what was rare or frequent until now."""
        rows, lengths = _weighed(_counts(fields), self.spread, self.counted)
        tail = sparse.csr_array(sparse.vstack([self.tail, rows], format="csr"))
        return replace(self, tail=_small(tail), lengths=np.concatenate([self.lengths, lengths]))

    def score(self, query: str, *, containment: float = 0.0) -> Floats:
        """How far each text shares the words and letters of the query, 0 to 1.

        With containment 0, texts must resemble each other as wholes (cosine); with 1 it is enough that a text holds
        the query somewhere. Between the two is what a person who searches expects.
        """
        return self.scores(query, (containment,))[containment]

    def scores(self, query: str, containments: Iterable[float]) -> dict[float, Floats]:
        """The same for several containments at once."""
        row, length = _weighed(_counts([(1.0, [query])]), self.spread, self.counted)
        whole = self._one(row)
        met = np.flatnonzero(whole)
        found = {}
        for containment in set(containments):
            score = whole.copy()
            if containment and length[0] > 0:
                score[met] *= (self.lengths[met] / length[0]) ** np.float32(containment)
            found[containment] = np.minimum(score, 1, out=score)
        return found

    def knows(self, text: str) -> bool:
        """Whether every word of a text was met, in one form or another, when the matrix was built."""
        return all(self.spread[_features(word)[0]] for word in words(text))

    def alike(self, rows: sparse.csr_array) -> sparse.csr_array:
        """How far each given row resembles each text as a whole, 0 to 1.

        Features that very many texts have are passed over: they tell nothing between two texts, and cost most.
        """
        rare = rows.copy()
        rare.data[self.spread[rare.indices] > max(_FREQUENT, self.counted * _FREQUENT_SHARE)] = 0
        rare.eliminate_zeros()
        found = _small(rare) @ self.main
        if self.tail.shape[0]:
            found = sparse.hstack([found, self._with_tail(rare)], format="csr")
        found = _small(sparse.csr_array(found))
        np.minimum(found.data, 1, out=found.data)
        return found

    def row(self, text: str) -> sparse.csr_array:
        """A text of one's own as a row over the features."""
        return _weighed(_counts([(1.0, [text])]), self.spread, self.counted)[0]

    def rows(self, texts: Rows) -> sparse.csr_array:
        """Some of the texts, given in increasing order, as rows over the features."""
        first = self.main.shape[1]
        here, later = texts[texts < first], texts[texts >= first] - first
        found = []
        if len(here):
            found.append(self.main[:, here].T.tocsr())
        if len(later):
            found.append(self.tail[later])
        return _small(sparse.csr_array(sparse.vstack(found, format="csr"))) if found else _nothing()

    def compact(self, texts: Rows) -> Self:
        """Some of the texts, in increasing order and in one part."""
        first = self.main.shape[1]
        here, later = texts[texts < first], texts[texts >= first] - first
        main = self.main if len(here) == first else self.main[:, here]
        if len(later):
            main = sparse.hstack([main, self.tail[later].T.tocsr()], format="csr")
        return replace(
            self, main=_small(sparse.csr_array(main)), tail=_nothing(), lengths=self.lengths[texts]
        )

    def arrays(self) -> dict[str, NDArray[Any]]:
        """A matrix without a tail as plain arrays, which `restore` takes back."""
        return {
            "data": self.main.data,
            "texts": self.main.indices,
            "starts": self.main.indptr,
            "lengths": self.lengths,
            "spread": self.spread,
            "counted": np.array([self.counted]),
        }

    @classmethod
    def restore(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """The matrix that `arrays` told; nothing is copied."""
        shape = (_FEATURES, len(arrays["lengths"]))
        main = sparse.csr_array((arrays["data"], arrays["texts"], arrays["starts"]), shape=shape, copy=False)
        return cls(main, _nothing(), arrays["lengths"], arrays["spread"], int(arrays["counted"][0]))

    def _one(self, row: sparse.csr_array) -> Floats:
        """One row against every text: only the pages of its features are read."""
        starts, ends = self.main.indptr[row.indices], self.main.indptr[row.indices + 1]
        pages = [slice(a, b) for a, b in zip(starts.tolist(), ends.tolist(), strict=True)]
        empty = np.empty(0, np.int32)
        texts = np.concatenate([empty, *(self.main.indices[page] for page in pages)])
        shares = np.concatenate(
            [
                empty,
                *(
                    self.main.data[page] * weight
                    for page, weight in zip(pages, row.data.tolist(), strict=True)
                ),
            ]
        )
        found = np.bincount(texts, shares, minlength=self.main.shape[1])
        return np.concatenate([found, self._with_tail(row).toarray().ravel()]).astype(np.float32)

    def _with_tail(self, rows: sparse.csr_array) -> sparse.csr_array:
        """Some rows against the texts added since: each is spread out over all features, and read where they look."""
        told = np.zeros(_FEATURES, np.float32)
        texts = np.repeat(np.arange(self.tail.shape[0]), np.diff(self.tail.indptr))
        found = np.zeros((rows.shape[0], self.tail.shape[0]), np.float32)
        for number, (start, end) in enumerate(pairwise(rows.indptr.tolist())):
            features = rows.indices[start:end]
            told[features] = rows.data[start:end]
            found[number] = np.bincount(
                texts, self.tail.data * told[self.tail.indices], minlength=self.tail.shape[0]
            )
            told[features] = 0
        return sparse.csr_array(found)


def _nothing() -> sparse.csr_array:
    return sparse.csr_array((0, _FEATURES), dtype=np.float32)


def _small(table: sparse.csr_array) -> sparse.csr_array:
    """The same table with numbers of 32 bits: one of 64 would make scipy widen whatever it is multiplied with."""
    table.indices = table.indices.astype(np.int32, copy=False)
    table.indptr = table.indptr.astype(np.int32, copy=False)
    return table


def _weighed(
    counts: sparse.csr_array, spread: NDArray[np.int32], counted: int
) -> tuple[sparse.csr_array, Floats]:
    """Rows of length one, where frequent features count less and repeated ones hardly more; and the lengths before."""
    rarity = np.log((1 + counted) / (1 + spread[counts.indices])) + 1
    counts.data = (2 * counts.data / (counts.data + 1) * rarity).astype(np.float32)
    rows = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
    lengths = np.sqrt(np.bincount(rows, np.square(counts.data), minlength=counts.shape[0])).astype(np.float32)
    counts.data /= lengths[rows]
    return counts, lengths


@lru_cache(maxsize=1 << 16)
def _features(word: str) -> tuple[int, ...]:
    """The numbers of the features of a word: its stem first, then its runs of letters."""
    word = word[:_LONGEST_WORD]
    bounded = f" {word} "
    runs = {bounded[i : i + n] for n in _RUNS for i in range(len(bounded) - n + 1)}
    return tuple(_number(feature) for feature in ["=" + stem(word), *sorted(runs)])


def _number(feature: str) -> int:
    return zlib.crc32(feature.encode("utf-8", "ignore")) % _FEATURES


def _counts(fields: Sequence[tuple[float, Sequence[str]]]) -> sparse.csr_array:
    """Texts × features: how often each feature is met, each field at its weight.

    Words repeat a great deal, so letters are cut once a word, and texts × words is multiplied by words × features.
    """
    place: dict[str, int] = {}
    starts, met, weights = [0], [], []
    for row in range(len(fields[0][1])):
        for weight, texts in fields:
            if row < len(texts):
                found = [place.setdefault(word, len(place)) for word in words(texts[row])]
                met += found
                weights += [weight] * len(found)
        starts.append(len(met))
    used = sparse.csr_array(
        (np.array(weights, np.float32), np.array(met, np.int32), np.array(starts, np.int32)),
        shape=(len(starts) - 1, len(place)),
    )
    features = [_features(word) for word in place]
    ends = np.cumsum([0] + [len(f) for f in features]).astype(np.int32)
    data = np.ones(ends[-1], np.float32)
    data[ends[:-1]] = _STEM_WEIGHT
    every = np.fromiter((n for f in features for n in f), np.int32, ends[-1])
    # A product costs as much as it has columns: only those of features that are met.
    some, columns = np.unique(every, return_inverse=True)
    cut = sparse.csr_array((data, columns.astype(np.int32), ends), shape=(len(place), len(some)))
    counts = sparse.csr_array(used @ cut)
    counts.sum_duplicates()
    shape = (counts.shape[0], _FEATURES)
    return _small(sparse.csr_array((counts.data, some[counts.indices], counts.indptr), shape=shape))

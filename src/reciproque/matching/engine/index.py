"""All posts of a network, ready to be searched: columns, vectors, words; mapped from disk and shared by processes.

Many posts say the same thing ("Excel"), so what is said is kept once, as a *subject*; posts point to theirs. Filters are
masks over posts and apply before the best are chosen, never after. An index never changes: `append`, `drop` and
`update` give another one that shares its memory, so a thread keeps what it holds.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reciproque.matching.engine import meaning, storage
from reciproque.matching.engine.crowd import Crowd
from reciproque.matching.engine.lexical import LexicalMatrix
from reciproque.matching.engine.meaning import Encoder, post_vectors
from reciproque.matching.engine.posts import Posts, Texts
from reciproque.matching.engine.score import FULL, calibrate, likeness
from reciproque.matching.engine.topics import Topics
from reciproque.matching.engine.vectors import Vectors
from reciproque.matching.engine.wording import core, parts

Rows = NDArray[np.int64]
Mask = NDArray[np.bool_]
Floats = NDArray[np.float32]
StaleIndex = storage.StaleIndex

# What topics and descriptions weigh in the words of a post, the title weighing one.
_TOPICS, _DESCRIPTION = 0.5, 0.2


@dataclass(frozen=True)
class Mix:
    """How much words and letters count beside meaning, and whether a text may merely contain the query."""

    lexical: float
    containment: float
    crowd: float = 0.0  # how much a text is put back for resembling very many

    def blend(self, meaning: Floats, lexical: Floats) -> Floats:
        """One score, 1 for a text that is the query."""
        share = np.float32(self.lexical / (1 + self.lexical))
        return meaning * (1 - share) + lexical * share


# A few words, or the start of one, as people type them in a search box.
SEARCH = Mix(lexical=1.0, containment=0.75, crowd=0.4)
# As much as a title, in words that are all known: meaning decides, since another wording shares few words.
WORDING = Mix(lexical=0.2, containment=0.0, crowd=0.5)
# Long documents: their meaning is blurred, what they hold is not.
DOCUMENTS = Mix(lexical=2.0, containment=0.75)
_LONG = 1_000  # letters
_FEW = 8  # ids looked for one by one
_AS_MUCH = 0.7  # of the usual title


class Hit(NamedTuple):
    """One post found, with what found it."""

    id: int
    row: int
    score: float
    meaning: float
    lexical: float


@dataclass(frozen=True)
class Hits:
    """Posts found, best first; equal scores in the order of their ids."""

    ids: NDArray[np.int64]
    rows: Rows
    score: Floats
    meaning: Floats
    lexical: Floats

    def __len__(self) -> int:
        return len(self.ids)

    def __iter__(self) -> Iterator[Hit]:
        columns = (self.ids, self.rows, self.score, self.meaning, self.lexical)
        return (Hit(*values) for values in zip(*(column.tolist() for column in columns), strict=True))


@dataclass(frozen=True)
class PostIndex:
    """The posts of a network and what they say, searchable; see `build`, `load` and `append` for how one is made."""

    posts: Posts
    alive: Mask
    subject: NDArray[np.int32]  # of each post: a row of vectors, lexical and topics
    vectors: Vectors
    lexical: LexicalMatrix
    topics: Topics
    crowd: Crowd
    letters: tuple[int, int]  # in the usual title, and in all that the usual post says
    encoder: Encoder = field(repr=False)
    stamp: str = ""

    @classmethod
    def build(
        cls,
        posts: Posts,
        texts: Texts,
        *,
        encoder: Encoder | None = None,
        vectors: NDArray[Any] | None = None,
    ) -> Self:
        """The index of these posts; with vectors given (a row a post, from the same encoder) nothing is encoded."""
        encoder = encoder or meaning.encoder()
        subject, firsts = _subjects(posts, texts)
        meant = _vectors(texts, firsts, encoder, vectors)
        return cls(
            posts=posts,
            alive=_newest(posts.ids),
            subject=subject,
            vectors=meant,
            lexical=LexicalMatrix.build(*_words(texts, firsts)),
            topics=Topics.of([texts.subject(row)[-1] for row in firsts]),
            crowd=Crowd.of(meant),
            letters=_letters(texts, firsts),
            encoder=encoder,
        )

    def __len__(self) -> int:
        return len(self.posts)

    # Keeping it up to date

    def append(self, posts: Posts, texts: Texts, *, vectors: NDArray[Any] | None = None) -> Self:
        """The index with a few more posts; a post already there is replaced."""
        subject, firsts = _subjects(posts, texts)
        meant = _vectors(texts, firsts, self.encoder, vectors)
        together = Posts.concatenate([self.posts, posts])
        return replace(
            self,
            posts=together,
            alive=np.concatenate([self.alive & ~np.isin(self.posts.ids, posts.ids), _newest(posts.ids)]),
            subject=np.concatenate([self.subject, subject + np.int32(len(self.vectors))]),
            vectors=self.vectors.append(meant),
            lexical=self.lexical.append(*_words(texts, firsts)),
            topics=self.topics.append(Topics.of([texts.subject(row)[-1] for row in firsts])),
            crowd=self.crowd.append(meant),
        )

    def drop(self, ids: ArrayLike) -> Self:
        """The index without these posts."""
        return replace(self, alive=self.alive & ~np.isin(self.posts.ids, np.asarray(ids, np.int64)))

    def update(self, **columns: ArrayLike) -> Self:
        """The index with whole columns of its posts replaced, for what changes more often than texts do."""
        return replace(self, posts=self.posts.update(**columns))

    def compact(self) -> Self:
        """The same living posts in one part, without a trace of dropped ones."""
        rows = np.flatnonzero(self.alive)
        used, subject = np.unique(self.subject[rows].astype(np.int64), return_inverse=True)
        return replace(
            self,
            posts=self.posts.take(rows),
            alive=np.ones(len(rows), np.bool_),
            subject=subject.astype(np.int32),
            vectors=self.vectors.compact(used),
            lexical=self.lexical.compact(used),
            topics=self.topics.take(used),
            crowd=self.crowd.compact(used),
        )

    def save(self, folder: Path) -> str:
        """The stamp of the index as written to a folder, where readers find either the former one or this one whole."""
        index = self.compact()
        arrays = {
            **{f"posts_{name}": column for name, column in index.posts.columns().items()},
            **{f"lexical_{name}": array for name, array in index.lexical.arrays().items()},
            **{f"crowd_{name}": array for name, array in index.crowd.arrays().items()},
            "letters": np.array(index.letters),
            "subject": index.subject,
            "vectors": index.vectors.parts[0],
            "scales": index.vectors.scales,
            "topics_starts": index.topics.starts,
            "topics_codes": index.topics.codes,
        }
        return storage.write(folder, arrays, _facts(self.encoder))

    @classmethod
    def load(cls, folder: Path, *, encoder: Encoder | None = None) -> Self:
        """The index last saved in a folder, mapped from disk; StaleIndex when there is none that this code can read."""
        encoder = encoder or meaning.encoder()
        arrays, stamp = storage.read(folder, _facts(encoder))
        posts = Posts(**_under("posts_", arrays))
        return cls(
            posts=posts,
            alive=np.ones(len(posts), np.bool_),
            subject=arrays["subject"],
            vectors=Vectors((arrays["vectors"],), arrays["scales"]),
            lexical=LexicalMatrix.restore(_under("lexical_", arrays)),
            topics=Topics(arrays["topics_starts"], arrays["topics_codes"]),
            crowd=Crowd.restore(_under("crowd_", arrays)),
            letters=(int(arrays["letters"][0]), int(arrays["letters"][1])),
            encoder=encoder,
            stamp=stamp,
        )

    @staticmethod
    def stamp_of(folder: Path) -> str | None:
        """The stamp of the index in a folder: another one than yours means that there is a newer one to load."""
        return storage.stamp_of(folder)

    @staticmethod
    def readable(folder: Path, *, encoder: Encoder | None = None) -> bool:
        """Whether `load` would find an index there: cheap, its arrays are not opened."""
        return storage.facts_of(folder) == _facts(encoder or meaning.encoder())

    # Finding

    def rows_of(self, ids: ArrayLike) -> Rows:
        """The row of each post, -1 for one that is not there."""
        wanted = np.asarray(ids, np.int64)
        if wanted.size <= _FEW:
            found = [np.flatnonzero(self.alive & (self.posts.ids == one)) for one in wanted.ravel()]
            return np.array([rows[0] if len(rows) else -1 for rows in found], np.int64).reshape(wanted.shape)
        order, sorted_ids = self._by_id
        if not len(sorted_ids):
            return np.full(wanted.shape, -1, np.int64)
        place = np.minimum(np.searchsorted(sorted_ids, wanted), len(sorted_ids) - 1)
        return np.where(sorted_ids[place] == wanted, order[place], -1)

    def mask_of(self, ids: ArrayLike) -> Mask:
        """The rows of these posts, as a mask: the posts somebody may see, for instance."""
        mask = np.zeros(len(self), np.bool_)
        rows = self.rows_of(ids)
        mask[rows[rows >= 0]] = True
        return mask

    def search(
        self,
        text: str,
        mask: Mask | None = None,
        k: int = 20,
        *,
        mix: Mix | None = None,
        floor: float = 0.25,
    ) -> Hits:
        """The posts that best answer what somebody typed, whole or not, well spelt or not.

        The floor says from when on a post answers at all, the same for every mix; the mix (by default the one that
        suits the texts and the query) says which answers best.
        """
        if not text.strip():
            return self._none()
        mix = mix or self.mix_for(text)
        seen, wanted = self._seen(mask)
        close = np.maximum(self.vectors.similarities(post_vectors(self.encoder, [text])[0], wanted), 0)
        words = self.lexical.scores(core(text), (SEARCH.containment, mix.containment))
        answers = SEARCH.blend(close, words[SEARCH.containment])
        seen = seen[answers[self.subject[seen]] >= floor]
        alike = words[mix.containment]
        value = mix.blend(close, alike)
        if mix.crowd:
            value = value - np.float32(mix.crowd / (1 + mix.lexical)) * self.crowd.excess()
        return self._best(value, close, alike, seen, k)

    def mix_for(self, text: str) -> Mix:
        """What suits a query best: long documents are judged by their words, another wording of a title by its meaning."""
        title, every = self.letters
        if every >= _LONG:
            return DOCUMENTS
        said = core(text)
        return WORDING if len(said) >= _AS_MUCH * title and self.lexical.knows(said) else SEARCH

    def nearest(self, vector: NDArray[np.floating[Any]], mask: Mask | None = None, k: int = 20) -> Hits:
        """The posts whose meaning is nearest to a vector."""
        seen, wanted = self._seen(mask)
        close = self.vectors.similarities(vector, wanted)
        return self._best(close, close, np.zeros_like(close), seen, k)

    def similar(
        self, title: str, mask: Mask | None = None, k: int = 5, floor: float = 0.6
    ) -> list[tuple[int, float]]:
        """Posts that say nearly the same as a title, also in other words: ids with a closeness of 0 to 1, best first."""
        if not title.strip():
            return []
        seen, wanted = self._seen(mask)
        close = self.vectors.similarities(post_vectors(self.encoder, [title])[0], wanted)
        alike = self.lexical.alike(self.lexical.row(parts(title)[0])).toarray().ravel()
        same = (calibrate(likeness(close, alike)) / FULL).astype(np.float32)
        hits = self._best(same, close, alike, seen[same[self.subject[seen]] >= floor], k)
        return list(zip(hits.ids.tolist(), hits.score.tolist(), strict=True))

    def _seen(self, mask: Mask | None) -> tuple[Rows, Mask]:
        """The rows that may be found, and the subjects they need."""
        seen = np.flatnonzero(self.alive if mask is None else self.alive & mask)
        wanted = np.zeros(len(self.vectors), np.bool_)
        wanted[self.subject[seen]] = True
        return seen, wanted

    def _best(self, score: Floats, close: Floats, alike: Floats, seen: Rows, k: int) -> Hits:
        """The best rows seen by the scores of their subjects."""
        value = score[self.subject[seen]]
        if len(seen) > k > 0:
            enough = np.partition(value, len(value) - k)[len(value) - k]
            seen, value = seen[value >= enough], value[value >= enough]
        order = np.lexsort((self.posts.ids[seen], -value))[: max(k, 0)]
        rows, subjects = seen[order], self.subject[seen[order]]
        score = np.clip(value[order], 0, 1)
        return Hits(self.posts.ids[rows], rows, score, close[subjects], alike[subjects])

    def _none(self) -> Hits:
        empty = np.empty(0, np.float32)
        return Hits(np.empty(0, np.int64), np.empty(0, np.int64), empty, empty, empty)

    @cached_property
    def _by_id(self) -> tuple[Rows, NDArray[np.int64]]:
        living = np.flatnonzero(self.alive)
        order = living[np.argsort(self.posts.ids[living], kind="stable")]
        return order, self.posts.ids[order]


def _subjects(posts: Posts, texts: Texts) -> tuple[NDArray[np.int32], Rows]:
    """The subject of each post, and the first row of each subject.

    Subjects of offers come first: a search among offers then leaves the others unread.
    """
    if len(posts) != len(texts):
        raise ValueError(f"{len(texts)} titles for {len(posts)} posts")
    place: dict[Any, int] = {}
    firsts: list[int] = []
    subject = np.empty(len(posts), np.int32)
    for row in np.argsort(posts.kind, kind="stable").tolist():
        said = texts.subject(row)
        if said not in place:
            place[said] = len(firsts)
            firsts.append(row)
        subject[row] = place[said]
    return subject, np.array(firsts, np.int64)


def _newest(ids: NDArray[np.int64]) -> Mask:
    """The last row of each id."""
    alive = np.zeros(len(ids), np.bool_)
    alive[len(ids) - 1 - np.unique(ids[::-1], return_index=True)[1]] = True
    return alive


def _vectors(texts: Texts, firsts: Rows, encoder: Encoder, given: NDArray[Any] | None) -> Vectors:
    if given is not None:
        return Vectors.of(given[firsts])
    titles, topics, descriptions = (
        [column[row] for row in firsts] if column else ()
        for column in (texts.titles, texts.topics, texts.descriptions)
    )
    return Vectors.of(post_vectors(encoder, titles, topics, descriptions))


def _words(texts: Texts, firsts: Rows) -> list[tuple[float, list[str]]]:
    """The fields of each subject, as the lexical matrix weighs them."""
    titles = [parts(texts.titles[row]) for row in firsts]
    fields = [(1.0, [first for first, _ in titles]), (_DESCRIPTION, [rest for _, rest in titles])]
    if texts.topics:
        fields.append((_TOPICS, [texts.topics[row] for row in firsts]))
    if texts.descriptions:
        fields.append((_DESCRIPTION, [texts.descriptions[row] for row in firsts]))
    return fields


def _letters(texts: Texts, firsts: Rows) -> tuple[int, int]:
    """How long the usual title is, and all that the usual post says."""
    if not len(firsts):
        return 0, 0
    titles = [len(core(texts.titles[row])) for row in firsts]
    every = [sum(len(said) for said in texts.subject(row)[:-1]) for row in firsts]
    return int(np.median(titles)), int(np.median(every))


def _under(prefix: str, arrays: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    return {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}


def _facts(encoder: Encoder) -> dict[str, str | int]:
    return {"format": 3, "encoder": encoder.name, "dimensions": encoder.dimensions}

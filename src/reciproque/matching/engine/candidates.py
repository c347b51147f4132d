"""Who could help whom: for each request its best offers, or for each offer its best requests.

Nothing is approximated. Texts are compared subject by subject, since most posts share theirs with others; then every
pair close enough, or about one topic, is examined: what is refused goes, what remains is scored, and only then the best
are kept. A single new post and a whole network follow the same path and give the same pairs.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reciproque.matching.engine.index import PostIndex
from reciproque.matching.engine.nearness import near
from reciproque.matching.engine.pairs import Pairs
from reciproque.matching.engine.posts import OFFER, REQUEST
from reciproque.matching.engine.score import Refusal, Terms, Weights, managed, refusals, terms

Rows = NDArray[np.int64]
Side = Literal["request", "offer"]

_DEFAULT = Weights()


@dataclass(frozen=True)
class Exclusions:
    """What the posts do not tell: pairs that must not be proposed, and pairs that were proposed last time."""

    posts: ArrayLike = ()  # (request id, offer id): declined, or already introduced
    people: ArrayLike = ()  # (person who asks, person who offers): they met before, or are kept apart
    managers: bool = True  # a person and their own manager are kept apart
    kept: ArrayLike = ()  # (request id, offer id): proposed last time, a reason to propose again


_NONE = Exclusions()


@dataclass(frozen=True)
class Candidates:
    """Pairs of index rows with their score and its terms: one post asked after another, by id, its best first."""

    request: Rows
    offer: Rows
    score: NDArray[np.int32]
    terms: Terms

    def __len__(self) -> int:
        return len(self.score)

    def take(self, pairs: NDArray[Any]) -> Self:
        """Some of the pairs, in the given order."""
        return type(self)(self.request[pairs], self.offer[pairs], self.score[pairs], self.terms.take(pairs))

    @classmethod
    def concatenate(cls, parts: Sequence["Candidates"]) -> Self:
        """Pairs one after the other."""
        rows, scores = np.empty(0, np.int64), np.empty(0, np.int32)
        return cls(
            np.concatenate([rows, *(part.request for part in parts)]),
            np.concatenate([rows, *(part.offer for part in parts)]),
            np.concatenate([scores, *(part.score for part in parts)]),
            Terms.concatenate([part.terms for part in parts]),
        )


def candidates(
    index: PostIndex,
    *,
    today: int,
    requests: ArrayLike | None = None,
    offers: ArrayLike | None = None,
    per: Side = "request",
    k: int = 20,
    weights: Weights = _DEFAULT,
    exclusions: Exclusions = _NONE,
    progress: Callable[[int, int], None] | None = None,
) -> Candidates:
    """The k best offers of each request (or requests of each offer) among the given rows, or among all living ones."""
    request_rows, offer_rows = _rows(index, requests, REQUEST), _rows(index, offers, OFFER)
    asked, pool = (request_rows, offer_rows) if per == "request" else (offer_rows, request_rows)
    judge = _Judge(index, per, today, weights, _Barred.of(exclusions))
    best: dict[int, Candidates] = {}
    for row, rows, closeness, same_topic in _close(index, asked, pool, weights.threshold):
        bits, pairs = judge.examine(row, rows, closeness, same_topic)
        best[row] = pairs.take(
            _best(pairs.score, index.posts.ids[pairs.request], index.posts.ids[pairs.offer], bits == 0, k)
        )
        if progress:
            progress(len(best), len(asked))
    order = asked[np.argsort(index.posts.ids[asked])]
    return Candidates.concatenate([best[row] for row in order.tolist()])


def explain(
    index: PostIndex,
    request: int,
    offers: ArrayLike,
    *,
    today: int,
    weights: Weights = _DEFAULT,
    exclusions: Exclusions = _NONE,
) -> tuple[NDArray[np.uint8], Candidates]:
    """What there is to say of one request and some offers: Refusal bits (0: none) and the pairs, in the order given."""
    rows = np.asarray(offers, np.int64)
    judge = _Judge(index, "request", today, weights, _Barred.of(exclusions))
    [(_, found, closeness, same_topic)] = _close(index, np.array([request]), np.unique(rows), -1)
    bits, pairs = judge.examine(request, found, closeness, same_topic)
    place = np.argsort(found)[np.searchsorted(np.sort(found), rows)]
    return bits[place], pairs.take(place)


@dataclass(frozen=True)
class _Barred:
    """Exclusions, ready to be looked up from either side."""

    posts: Pairs
    people: Pairs
    kept: Pairs
    managers: bool

    @classmethod
    def of(cls, given: Exclusions) -> Self:
        return cls(Pairs.of(given.posts), Pairs.of(given.people), Pairs.of(given.kept), given.managers)


@dataclass(frozen=True)
class _Judge:
    """What is thought of pairs, one post facing many."""

    index: PostIndex
    per: Side
    today: int
    weights: Weights
    barred: _Barred

    def examine(
        self, row: int, rows: Rows, closeness: NDArray[np.int16], same_topic: NDArray[np.bool_]
    ) -> tuple[NDArray[np.uint8], Candidates]:
        """The Refusal bits of one post with each of some rows of the other kind, and the pairs with their scores."""
        posts, alive = self.index.posts, self.index.alive
        side = 0 if self.per == "request" else 1
        one, many = posts.take(np.array([row])), posts.take(rows)
        request, offer = (one, many) if side == 0 else (many, one)
        refused = refusals(request, offer) | {
            Refusal.WITHDRAWN: ~(alive[row] & alive[rows]),
            Refusal.DECLINED: self.barred.posts.having(one.ids[0], many.ids, side=side),
            Refusal.PAST: self.barred.people.having(one.author[0], many.author, side=side),
            Refusal.MANAGER: self.barred.managers & managed(request, offer),
        }
        bits = np.zeros(len(rows), np.uint8)
        for refusal, pairs in refused.items():
            bits |= pairs * np.uint8(refusal)
        kept = self.barred.kept.having(one.ids[0], many.ids, side=side)
        about = terms(request, offer, closeness=closeness, same_topic=same_topic, kept=kept, today=self.today)
        asked = np.full(len(rows), row, np.int64)
        ours, theirs = (asked, rows) if side == 0 else (rows, asked)
        return bits, Candidates(ours, theirs, self.weights.total(about), about)


def _close(
    index: PostIndex, asked: Rows, pool: Rows, threshold: int
) -> Iterator[tuple[int, Rows, NDArray[np.int16], NDArray[np.bool_]]]:
    """Each row asked with the rows of the pool worth examining, how close they are and which have a topic in common."""
    ours, theirs = _Groups.of(index, asked), _Groups.of(index, pool)
    for subject, around in enumerate(near(index, ours.subjects, theirs.subjects, threshold)):
        rows, repeats = theirs.rows(around.places)
        closeness, same_topic = np.repeat(around.closeness, repeats), np.repeat(around.same_topic, repeats)
        for row in ours.rows(np.array([subject]))[0].tolist():
            yield row, rows, closeness, same_topic


@dataclass(frozen=True)
class _Groups:
    """Rows grouped by what they say: those of the i-th subject are members[starts[i] : starts[i + 1]]."""

    subjects: Rows
    members: Rows
    starts: Rows

    @classmethod
    def of(cls, index: PostIndex, rows: Rows) -> Self:
        """The groups of some rows, subjects in increasing order."""
        subject = index.subject[rows]
        order = np.argsort(subject, kind="stable")
        subjects, starts = np.unique(subject[order], return_index=True)
        return cls(subjects.astype(np.int64), rows[order], np.append(starts, len(rows)))

    def rows(self, places: Rows) -> tuple[Rows, Rows]:
        """The rows of the groups at some places, end to end, and how many there are in each."""
        sizes = self.starts[places + 1] - self.starts[places]
        skipped = np.repeat(self.starts[places] - np.cumsum(sizes) + sizes, sizes)
        return self.members[skipped + np.arange(len(skipped))], sizes


def _rows(index: PostIndex, given: ArrayLike | None, kind: int) -> Rows:
    """The rows given, each once, or every living one of a kind; -1 (a post that is not there) is passed over."""
    if given is None:
        return np.flatnonzero(index.alive & (index.posts.kind == kind))
    rows = np.unique(np.asarray(given, np.int64))
    return rows[rows >= 0]


def _best(
    score: NDArray[np.int32], requests: Rows, offers: Rows, allowed: NDArray[np.bool_], k: int
) -> NDArray[np.int64]:
    """The k best allowed pairs of one post, best first.

    Equal scores are many when subjects are few: in the order of ids, everybody would be shown the oldest offers. They are
    drawn instead, always the same way for the same two posts, so that everyone's chance is equal and nothing is random.
    """
    pairs = np.flatnonzero(allowed)
    rank = (score[pairs].astype(np.int64) << 32) | _draw(requests[pairs], offers[pairs])
    if len(pairs) > k > 0:
        enough = np.partition(rank, len(rank) - k)[len(rank) - k]
        pairs, rank = pairs[rank >= enough], rank[rank >= enough]
    return pairs[np.lexsort((offers[pairs], requests[pairs], -rank))[: max(k, 0)]]


def _draw(requests: Rows, offers: Rows) -> NDArray[np.int64]:
    """A number of 32 bits for each pair of ids, as good as drawn by lot (the finish of the splitmix64 generator)."""
    mixed = requests.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + offers.astype(np.uint64)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    return (mixed >> np.uint64(32)).astype(np.int64)

"""Who could help whom: for each request its best offers, or for each offer its best requests.

Nothing is approximated. Texts are compared subject by subject, since most posts share theirs with others; then every
pair close enough, or about one topic, is examined: what is refused goes, what remains is scored, and only then the best
are kept. A single new post and a whole network follow the same path and give the same pairs.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reciproque.matching.engine.index import PostIndex
from reciproque.matching.engine.nearness import near
from reciproque.matching.engine.pairs import Pairs
from reciproque.matching.engine.posts import OFFER, REQUEST
from reciproque.matching.engine.score import Refusal, Terms, Weights, fairness, managed, refusals, terms

Rows = NDArray[np.int64]
Side = Literal["request", "offer"]

_DEFAULT = Weights()
_PAIRS = 1 << 17  # examined at once
_ROUNDS = 3  # of giving way: more would hardly change anything


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
    shown: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> Candidates:
    """The k best offers of each request (or requests of each offer) among the given rows, or among all living ones.

    With `shown`, how many of them people see at first, those that too many would see at once give way: see `spread`.
    """
    request_rows, offer_rows = _rows(index, requests, REQUEST), _rows(index, offers, OFFER)
    asked, pool = (request_rows, offer_rows) if per == "request" else (offer_rows, request_rows)
    judge = _Judge(index, per, today, weights, _Barred.of(exclusions))
    wide = k + k // 2 if shown else k
    done, found = 0, []
    for some in _batches(_close(index, asked, pool, weights.threshold)):
        bits, pairs = judge.examine(some)
        found.append(pairs.take(judge.best(some, bits, pairs, wide)))
        done += len(some.asked)
        if progress:
            progress(done, len(asked))
    together = judge.in_order(Candidates.concatenate(found))
    return spread(index, together, per=per, k=k, shown=shown, weights=weights) if shown else together


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
    [facing] = _close(index, np.array([request]), np.unique(rows), -1)
    bits, pairs = judge.examine(facing)
    place = np.argsort(facing.rows)[np.searchsorted(np.sort(facing.rows), rows)]
    return bits[place], pairs.take(place)


def spread(
    index: PostIndex, found: Candidates, *, per: Side, k: int, shown: int, weights: Weights = _DEFAULT
) -> Candidates:
    """The same candidates, once each post has been told how many others it would be shown to in the same computation.

    Whoever suits a post best keeps it; for each of the others it is as if the post were already being proposed to those
    who suit it better, and its fairness falls accordingly. Then each takes its k best again.
    """
    ids = index.posts.ids
    asked, other = (found.request, found.offer) if per == "request" else (found.offer, found.request)
    draw = _draw(ids[found.request], ids[found.offer])
    score, about = found.score, found.terms
    for _ in range(_ROUNDS):
        order = np.lexsort((-draw, -score.astype(np.int64), ids[asked]))
        sees = np.empty(len(order), np.bool_)
        sees[order] = _place_within(asked[order]) < shown
        # Of one post: who suits it best first; how many of those before see it.
        by_other = np.lexsort((-draw, -found.score.astype(np.int64), other))
        ahead = np.empty(len(order), np.int32)
        seen = sees[by_other].astype(np.int32)
        before = np.cumsum(seen) - seen
        first = np.searchsorted(other[by_other], other[by_other], "left")
        ahead[by_other] = before - before[first]
        request, offer = index.posts.take(found.request), index.posts.take(found.offer)
        told = {"offered" if per == "request" else "requested": ahead}
        fair = fairness(request, offer, **told).astype(np.int16)
        about = replace(found.terms, fairness=fair)
        score = weights.total(about)
    order = np.lexsort((-draw, -score.astype(np.int64), ids[asked]))
    order = order[_place_within(asked[order]) < k]
    return Candidates(found.request, found.offer, score, about).take(order)


def _place_within(values: Rows) -> Rows:
    """The place of each value in its run of equal ones."""
    starts = np.flatnonzero(np.r_[True, values[1:] != values[:-1]]) if len(values) else values
    return np.arange(len(values)) - np.repeat(starts, np.diff(np.append(starts, len(values))))


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
class _Near:
    """Posts asked, and in front of each of them, end to end, the rows that are worth examining."""

    asked: Rows
    sizes: Rows
    rows: Rows
    closeness: NDArray[np.int16]
    same_topic: NDArray[np.bool_]


@dataclass(frozen=True)
class _Judge:
    """What is thought of pairs."""

    index: PostIndex
    per: Side
    today: int
    weights: Weights
    barred: _Barred

    def examine(self, facing: _Near) -> tuple[NDArray[np.uint8], Candidates]:
        """The Refusal bits of each pair, and the pairs with their scores."""
        posts, alive, barred = self.index.posts, self.index.alive, self.barred
        asked = np.repeat(facing.asked, facing.sizes)
        ours, theirs = (asked, facing.rows) if self.per == "request" else (facing.rows, asked)
        one, many = posts.take(facing.asked).repeat(facing.sizes), posts.take(facing.rows)
        request, offer = (one, many) if self.per == "request" else (many, one)
        refused = refusals(request, offer) | {
            Refusal.WITHDRAWN: ~(alive[ours] & alive[theirs]),
            Refusal.DECLINED: barred.posts.holds(request.ids, offer.ids),
            Refusal.PAST: barred.people.holds(request.author, offer.author),
            Refusal.MANAGER: barred.managers & managed(request, offer),
        }
        bits = np.zeros(len(asked), np.uint8)
        for refusal, pairs in refused.items():
            bits |= pairs * np.uint8(refusal)
        about = terms(
            request,
            offer,
            closeness=facing.closeness,
            same_topic=facing.same_topic,
            kept=barred.kept.holds(request.ids, offer.ids),
            today=self.today,
        )
        return bits, Candidates(ours, theirs, self.weights.total(about), about)

    def best(self, facing: _Near, bits: NDArray[np.uint8], pairs: Candidates, k: int) -> NDArray[np.int64]:
        """The k best allowed pairs of each post asked.

        Equal scores are many when subjects are few: in the order of ids, everybody would be shown the oldest offers. They
        are drawn instead, always the same way for the same two posts, so that everyone's chance is equal and nothing is
        random.
        """
        rank = self._rank(pairs)
        allowed = np.flatnonzero(bits == 0)
        bounds = np.searchsorted(allowed, np.cumsum(facing.sizes)[:-1])
        kept = []
        for some in np.split(allowed, bounds):
            if len(some) > k > 0:
                values = rank[some]
                enough = np.partition(values, len(values) - k)[len(values) - k]
                some = some[values >= enough]
            kept.append(some[: len(some) if k > 0 else 0])
        return np.concatenate([np.empty(0, np.int64), *kept])

    def in_order(self, pairs: Candidates) -> Candidates:
        """The posts asked by their ids, the best pairs of each first."""
        ids = self.index.posts.ids
        request, offer = ids[pairs.request], ids[pairs.offer]
        asked = request if self.per == "request" else offer
        return pairs.take(np.lexsort((offer, request, -self._rank(pairs), asked)))

    def _rank(self, pairs: Candidates) -> NDArray[np.int64]:
        ids = self.index.posts.ids
        return (pairs.score.astype(np.int64) << 32) | _draw(ids[pairs.request], ids[pairs.offer])


def _close(index: PostIndex, asked: Rows, pool: Rows, threshold: int) -> Iterator[_Near]:
    """The rows asked, those that say the same together, with the rows of the pool worth examining."""
    ours, theirs = _Groups.of(index, asked), _Groups.of(index, pool)
    for subject, around in enumerate(near(index, ours.subjects, theirs.subjects, threshold)):
        rows, repeats = theirs.rows(around.places)
        closeness, same_topic = np.repeat(around.closeness, repeats), np.repeat(around.same_topic, repeats)
        every = ours.rows(np.array([subject]))[0]
        at_once = max(1, _PAIRS // max(len(rows), 1))
        for start in range(0, len(every), at_once):
            some = every[start : start + at_once]
            times = len(some)
            yield _Near(
                some,
                np.full(times, len(rows)),
                np.tile(rows, times),
                np.tile(closeness, times),
                np.tile(same_topic, times),
            )


def _batches(every: Iterator[_Near]) -> Iterator[_Near]:
    """The same, several together until there are enough pairs to be worth a step."""
    held: list[_Near] = []
    pairs = 0
    for one in every:
        held.append(one)
        pairs += len(one.rows) + 1
        if pairs >= _PAIRS:
            yield _together(held)
            held, pairs = [], 0
    if held:
        yield _together(held)


def _together(some: list[_Near]) -> _Near:
    return some[0] if len(some) == 1 else _Near(*map(np.concatenate, zip(*map(_columns, some), strict=True)))


def _columns(one: _Near) -> tuple[NDArray[Any], ...]:
    return one.asked, one.sizes, one.rows, one.closeness, one.same_topic


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
        if np.any(subject[1:] < subject[:-1]):
            order = np.argsort(subject, kind="stable")
            rows, subject = rows[order], subject[order]
        starts = np.flatnonzero(np.append(True, subject[1:] != subject[:-1])[: len(rows)])
        return cls(subject[starts].astype(np.int64), rows, np.append(starts, len(rows)))

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


def _draw(requests: Rows, offers: Rows) -> NDArray[np.int64]:
    """A number of 32 bits for each pair of ids, as good as drawn by lot (the finish of the splitmix64 generator)."""
    mixed = requests.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + offers.astype(np.uint64)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    return (mixed >> np.uint64(32)).astype(np.int64)

"""Rings: A gives to B, B to C, C to A, up to four people; all of them found, then chosen so that nobody is in two.

Reciprocity in a network is open and never counted, so a ring is a gift of the engine, never a condition: its links are
ordinary proposals that happen to close, and a refusal takes away its own link only (see `after_refusal`).

How they are listed: a ring of three or four is cut in two halves that leave from, and come back to, its smallest
person. Halves are at most two links long, so there are few of them; those that meet at the other end make a ring. Work
is cut in blocks of starting people, so that memory does not grow with the network. Where links are so many that rings
could not be counted in a lifetime, people keep their strongest links only, and the answer says so.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse
from scipy.sparse import csgraph

from reciproque.matching.engine.candidates import Candidates
from reciproque.matching.engine.posts import Posts

Rows = NDArray[np.int64]
Mask = NDArray[np.bool_]

LONGEST = 4
_BLOCK = 1 << 19  # halves of rings held at once
_SIEVE = 1 << 22  # cells of the table that tells which halves may meet
_HALVES, _MEETINGS = 300_000_000, 3_000_000  # when there are more, links are too many to be all followed


class Link(NamedTuple):
    """One gift: who gives to whom, how well it goes, and the request and offer that carry it."""

    giver: int
    receiver: int
    score: int
    request: int
    offer: int


@dataclass(frozen=True)
class Edges:
    """Who could give to whom: the best pair of posts for each two people, by giver then receiver. Made by `of`."""

    giver: Rows
    receiver: Rows
    score: Rows
    request: Rows
    offer: Rows

    def __len__(self) -> int:
        return len(self.giver)

    @classmethod
    def of(
        cls,
        giver: ArrayLike,
        receiver: ArrayLike,
        score: ArrayLike,
        request: ArrayLike | None = None,
        offer: ArrayLike | None = None,
    ) -> Self:
        """The edges of some pairs, in any order: the best of each giver and receiver is kept, the smallest ids if equal."""
        givers, receivers, scores = (np.asarray(column, np.int64) for column in (giver, receiver, score))
        none = np.full(len(givers), -1)
        requests, offers = (
            none if column is None else np.asarray(column, np.int64) for column in (request, offer)
        )
        order = np.lexsort((offers, requests, -scores, receivers, givers))
        columns = [column[order] for column in (givers, receivers, scores, requests, offers)]
        same = (columns[0][1:] == columns[0][:-1]) & (columns[1][1:] == columns[1][:-1])
        kept = np.append(True, ~same)[: len(order)] & (columns[0] != columns[1])
        return cls(*(column[kept] for column in columns))

    @classmethod
    def among(cls, posts: Posts, pairs: Candidates, closeness: int = 5_000) -> Self:
        """The edges of candidates that are at least that close, or that a topic brings together."""
        worth = np.flatnonzero((pairs.terms.closeness >= closeness) | (pairs.terms.same_topic > 0))
        requests, offers = pairs.request[worth], pairs.offer[worth]
        return cls.of(
            posts.author[offers],
            posts.author[requests],
            pairs.score[worth],
            posts.ids[requests],
            posts.ids[offers],
        )

    def link(self, row: int) -> Link:
        """One edge in full."""
        columns = (self.giver, self.receiver, self.score, self.request, self.offer)
        return Link(*(int(column[row]) for column in columns))

    @cached_property
    def graph(self) -> "_Graph":
        """The same edges over people numbered from 0 in the order of their ids."""
        people = np.unique(np.concatenate([self.giver, self.receiver]))
        ends = np.searchsorted(people, self.giver), np.searchsorted(people, self.receiver)
        return _Graph.of(people, *ends, np.arange(len(self)))


@dataclass(frozen=True)
class Rings:
    """Rings, best first: the weakest link decides, then the mean of all, then the fewest people, then their ids.

    Each is told once, from its smallest person: `links` are rows of the edges, -1 after the last.
    """

    edges: Edges
    links: Rows  # (n, 4)
    left_out: int = 0  # found and not kept: the limit was reached
    per_giver: int = 0  # links followed from each person, 0 for all: more would have closed too many rings

    def __len__(self) -> int:
        return len(self.links)

    @property
    def complete(self) -> bool:
        """Whether these are all the rings there are."""
        return not self.left_out and not self.per_giver

    @cached_property
    def lengths(self) -> Rows:
        """How many people are in each."""
        return np.count_nonzero(self.links >= 0, axis=1)

    @cached_property
    def people(self) -> Rows:
        """Who is in each, from the smallest id, in the order of giving; -1 after the last."""
        return np.where(self.links >= 0, self._of_links(self.edges.giver), -1)

    @cached_property
    def score(self) -> Rows:
        """The sum of the scores of the links of each."""
        return np.where(self.links >= 0, self._of_links(self.edges.score), 0).sum(axis=1)

    def take(self, rows: NDArray[np.integer]) -> Self:
        """Some of the rings, in the given order."""
        return type(self)(self.edges, self.links[rows], self.left_out, self.per_giver)

    def of(self, row: int) -> tuple[Link, ...]:
        """The links of one ring: each receiver is the giver of the next."""
        return tuple(self.edges.link(link) for link in self.links[row].tolist() if link >= 0)

    def _of_links(self, column: Rows) -> Rows:
        return column[self.links] if len(column) else np.empty_like(self.links)


def find_rings(edges: Edges, longest: int = LONGEST, limit: int = 100_000) -> Rings:
    """All rings of 2 to `longest` people (4 at most), or the best `limit` of them when there are more."""
    graph = edges.graph.knotted()
    return _Finder(edges, longest, limit).all(graph, np.arange(len(graph.people)), above=True)


def rings_through(edges: Edges, person: int, longest: int = LONGEST, limit: int = 1_000) -> Rings:
    """The rings one person is in, as `find_rings` tells them: what a post just published has closed."""
    place = np.flatnonzero(edges.graph.people == person)
    return _Finder(edges, longest, limit).all(edges.graph, place, above=False)


def after_refusal(ring: Sequence[Link], request: int, offer: int) -> tuple[Link, ...]:
    """What is left of a ring when the pair of one of its links was refused: every other link, as an ordinary proposal.

    Nothing else is undone: whoever was to receive the refused gift still gives, and whoever was to give it still
    receives. The links are told from the one after the refusal, so they read as a chain; a ring that does not hold the
    pair stays as it is.
    """
    for place, link in enumerate(ring):
        if (link.request, link.offer) == (request, offer):
            return (*ring[place + 1 :], *ring[:place])
    return tuple(ring)


@dataclass(frozen=True)
class _Graph:
    """Edges over people numbered in the order of their ids, ready to be followed forwards and backwards."""

    people: Rows
    giver: Rows
    receiver: Rows
    edge: Rows  # rows of the edges they come from; sorted by giver, then receiver
    after: Rows  # the edges from the i-th person are after[i] to after[i + 1]
    backwards: Rows  # the edges by receiver, then giver
    before: Rows  # and those to the i-th person are backwards[before[i] : before[i + 1]]

    @classmethod
    def of(cls, people: Rows, giver: Rows, receiver: Rows, edge: Rows) -> Self:
        backwards = np.argsort(receiver, kind="stable")
        after, before = (
            np.concatenate([[0], np.cumsum(np.bincount(ends, minlength=len(people)))])
            for ends in (giver, receiver)
        )
        return cls(people, giver, receiver, edge, after, backwards, before)

    def only(self, edges: Mask) -> "_Graph":
        """The same people with some of their edges."""
        return _Graph.of(self.people, self.giver[edges], self.receiver[edges], self.edge[edges])

    def knotted(self) -> "_Graph":
        """The edges that are on some ring, of whatever length: both their ends can reach each other."""
        table = sparse.csr_array(
            (np.ones(len(self.edge), np.int8), self.receiver, self.after), shape=(len(self.people),) * 2
        )
        knot = csgraph.connected_components(table, connection="strong")[1] if len(self.people) else None
        return self if knot is None else self.only(knot[self.giver] == knot[self.receiver])

    def strongest(self, edges: Edges, most: int) -> "_Graph":
        """The best edges from each person, at most so many; equal ones drawn, always the same way."""
        score, drawn = edges.score[self.edge], _draw(edges.request[self.edge], edges.offer[self.edge])
        order = np.lexsort((drawn, -score, self.giver))
        kept = np.zeros(len(order), np.bool_)
        kept[order] = np.arange(len(order)) - self.after[self.giver] < most
        return self.only(kept)


class _Halves(NamedTuple):
    """Chains of one or two links that leave from a start, or come back to it."""

    start: Rows
    end: Rows  # the other end
    links: Rows  # (n, 1 or 2), in the order of giving

    def only(self, rows: Mask | Rows) -> "_Halves":
        return _Halves(self.start[rows], self.end[rows], self.links[rows])


class _Block(NamedTuple):
    """The halves of some starts, forwards and backwards, of one and of two links."""

    out: _Halves
    out_twice: _Halves
    back: _Halves
    back_twice: _Halves


def _blocks(graph: _Graph, starts: Rows, *, above: bool) -> Iterator[_Block]:
    """The halves of rings from some starts, block by block; above: through larger people only, so each ring comes once."""
    ways_out, ways_in = np.diff(graph.after), np.diff(graph.before)
    busy = starts[(ways_out[starts] > 0) & (ways_in[starts] > 0)]
    if not len(busy):
        return
    bounds = np.empty(0, np.int64)
    if len(busy) > 1:
        halves = np.bincount(graph.giver, ways_out[graph.receiver], len(graph.people))
        halves += np.bincount(graph.receiver, ways_in[graph.giver], len(graph.people))
        bounds = np.flatnonzero(np.diff(np.cumsum(halves[busy]) // _BLOCK)) + 1
    for some in np.split(busy, bounds):
        out, back = _one(graph, some, above, forwards=True), _one(graph, some, above, forwards=False)
        yield _Block(out, _two(graph, out, above, True), back, _two(graph, back, above, False))


def _one(graph: _Graph, starts: Rows, above: bool, *, forwards: bool) -> _Halves:
    """The links from, or to, some people."""
    places, repeats = _spans(graph.after if forwards else graph.before, starts)
    links = places if forwards else graph.backwards[places]
    found = _Halves(
        np.repeat(starts, repeats), (graph.receiver if forwards else graph.giver)[links], links[:, None]
    )
    return found.only(found.end > found.start) if above else found


def _two(graph: _Graph, halves: _Halves, above: bool, forwards: bool) -> _Halves:
    """Chains made one link longer at their far end, without coming back to the start."""
    places, repeats = _spans(graph.after if forwards else graph.before, halves.end)
    more = places if forwards else graph.backwards[places]
    end = (graph.receiver if forwards else graph.giver)[more]
    start, first = np.repeat(halves.start, repeats), np.repeat(halves.links[:, 0], repeats)
    kept = np.flatnonzero(end > start if above else end != start)
    pair = (first[kept], more[kept]) if forwards else (more[kept], first[kept])
    return _Halves(start[kept], end[kept], np.column_stack(pair))


def _spans(bounds: Rows, which: Rows) -> tuple[Rows, Rows]:
    """The numbers bounds[i] to bounds[i + 1] for each i asked, end to end, and how many there are of each."""
    sizes = bounds[which + 1] - bounds[which]
    skipped = np.repeat(bounds[which] - np.cumsum(sizes) + sizes, sizes)
    return skipped + np.arange(len(skipped)), sizes


class _TooMany(Exception):
    """There are more halves and meetings than can be followed."""


@dataclass
class _Finder:
    """Rings being gathered, the best ones kept."""

    edges: Edges
    longest: int
    limit: int
    halves: int = 0
    meetings: int = 0
    found: int = 0

    def __post_init__(self) -> None:
        if not 2 <= self.longest <= LONGEST:
            raise ValueError(f"rings of {self.longest} people: 2 to {LONGEST} can be found")
        if self.limit < 1:
            raise ValueError(f"a limit of {self.limit} rings: at least one can be kept")

    def all(self, graph: _Graph, starts: Rows, *, above: bool) -> Rings:
        """The rings of a graph; each time they prove too many to be followed, people keep half as many links."""
        per_giver = 0
        while True:
            part = graph.strongest(self.edges, per_giver) if per_giver else graph
            try:
                links = self._gather(part, _blocks(part, starts, above=above))
            except _TooMany:
                widest = int(np.diff(part.after).max())
                per_giver = max(1, (min(per_giver, widest) if per_giver else widest) // 2)
                continue
            return Rings(self.edges, links, self.found - len(links), per_giver)

    def _gather(self, graph: _Graph, blocks: Iterator[_Block]) -> Rows:
        self.halves = self.meetings = self.found = 0
        kept = np.empty((0, LONGEST), np.int64)
        for block in blocks:
            self._spend(halves=len(block.out_twice.start) + len(block.back_twice.start))
            for links in self._close(graph, block):
                self.found += len(links)
                kept = np.concatenate([kept, self._told(graph, links)])
                if len(kept) > 2 * self.limit + _BLOCK:
                    kept = self._best(kept)
        return self._best(kept)

    def _close(self, graph: _Graph, block: _Block) -> Iterator[Rows]:
        """The rings of some starts, as edges of the graph."""
        yield from self._meet(graph, block.out, block.back)
        if self.longest >= 3:
            yield from self._meet(graph, block.out_twice, block.back)
        if self.longest >= 4:
            yield from self._meet(graph, block.out_twice, block.back_twice)

    def _meet(self, graph: _Graph, out: _Halves, back: _Halves) -> Iterator[Rows]:
        """Chains that leave and come back, joined where they meet, a number of them at a time."""
        size = len(graph.people)
        out_key, back_key = out.start * size + out.end, back.start * size + back.end
        kept, back_kept = _sieve(out_key, back_key), _sieve(back_key, out_key)
        out, out_key, back = out.only(kept), out_key[kept], back.only(back_kept)
        order = np.argsort(back_key[back_kept], kind="stable")
        back, back_key = back.only(order), back_key[back_kept][order]
        left = np.searchsorted(back_key, out_key, "left")
        count = np.searchsorted(back_key, out_key, "right") - left
        self._spend(meetings=int(count.sum()))
        chunk = np.cumsum(count) // _BLOCK
        for some in np.split(np.arange(len(out_key)), np.flatnonzero(np.diff(chunk)) + 1):
            here = np.repeat(some, count[some])
            skipped = np.repeat(left[some] - np.cumsum(count[some]) + count[some], count[some])
            there = skipped + np.arange(len(skipped))
            links = np.hstack([out.links[here], back.links[there]])
            if links.shape[1] == 4:  # the same person may not be passed through twice
                links = links[graph.receiver[links[:, 0]] != graph.giver[links[:, 3]]]
            yield links

    def _told(self, graph: _Graph, links: Rows) -> Rows:
        """Rings as rows of the edges, from their smallest person, -1 after the last link."""
        wide = np.full((len(links), LONGEST), -1)
        if len(links):
            length = links.shape[1]
            first = graph.giver[links].argmin(axis=1)
            turned = np.take_along_axis(links, (first[:, None] + np.arange(length)) % length, axis=1)
            wide[:, :length] = graph.edge[turned]
        return wide

    def _best(self, links: Rows) -> Rows:
        """The best rings, best first, no more than the limit."""
        if not len(links):
            return links
        there = links >= 0
        score = self.edges.score[links]
        length = np.count_nonzero(there, axis=1)
        mean = np.where(there, score, 0).sum(axis=1) * (12 // length)  # compared without a rounding
        weakest = np.where(there, score, np.iinfo(np.int64).max).min(axis=1)
        if len(links) > self.limit:
            enough = np.partition(weakest, len(links) - self.limit)[len(links) - self.limit]
            kept = weakest >= enough
            links, length, mean, weakest = links[kept], length[kept], mean[kept], weakest[kept]
        # Edges are by giver then receiver: in their order, rings are in the order of their people.
        order = np.lexsort((*links.T[::-1], length, -mean, -weakest))
        return links[order[: self.limit]]

    def _spend(self, halves: int = 0, meetings: int = 0) -> None:
        self.halves += halves
        self.meetings += meetings
        if self.halves > _HALVES or self.meetings > _MEETINGS:
            raise _TooMany


def _sieve(keys: Rows, others: Rows) -> Rows:
    """The keys that may be among others: a few too many when numbers are large, never too few."""
    table = np.zeros(_SIEVE, np.bool_)
    table[others & (_SIEVE - 1)] = True
    return np.flatnonzero(table[keys & (_SIEVE - 1)])


def _draw(requests: Rows, offers: Rows) -> NDArray[np.uint64]:
    """A number for each pair of ids, as good as drawn by lot: by id, the oldest posts would be in every ring."""
    mixed = requests.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + offers.astype(np.uint64)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    return mixed

"""Posts that say nearly the same: by one person, to be merged; by several who ask, to be answered together.

Groups never chain. If A is close to B and B to C, A and C may be far apart, and a group of the three would lose what A
said; so a group only takes a post that is close to every post already in it (complete linkage). Groups are formed one
after the other, around the posts that have the most others close to them; whatever a group did not take may start or
join a later one. Nothing is merged or booked here: a group is a question to put to people.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reciproque.matching.engine.candidates import Candidates, Exclusions, candidates
from reciproque.matching.engine.index import PostIndex
from reciproque.matching.engine.nearness import near
from reciproque.matching.engine.posts import OFFER, REQUEST, Mode
from reciproque.matching.engine.score import FULL, Weights

Rows = NDArray[np.int64]
Mask = NDArray[np.bool_]

SAME = 8_500  # closeness from which two posts say nearly the same
FEWEST, MOST = 3, 8  # people who ask, in a small group

_EVERY_MODE = int(Mode.FACE_TO_FACE | Mode.PHONE | Mode.VIDEO)
_ANY_LANGUAGE = 2**31 - 1
_DISTANT = int(Mode.PHONE | Mode.VIDEO)
_OFFERS = 3  # told for each group
_LOOKED_AT = 200  # offers of each request: those that suit several must be among them
_DEFAULT, _NONE = Weights(), Exclusions()


@dataclass(frozen=True)
class Group:
    """Posts that all say nearly the same, as rows of the index: the one they are around first, then by id."""

    rows: tuple[int, ...]
    closeness: int  # of the two that are least close


@dataclass(frozen=True)
class GroupOffer:
    """An offer that could answer several requests of a group at once."""

    row: int
    requests: tuple[int, ...]  # rows of those it suits, no more than it has seats, by id
    score: int  # the sum of their scores


@dataclass(frozen=True)
class Session:
    """Requests of several people that one exchange in a small group could answer."""

    group: Group
    modes: int  # Mode bits that all accept
    languages: int  # Language bits common to all, 0 when nobody named any
    site: int  # where all are, -1 when they are not in one place
    offers: tuple[GroupOffer, ...]  # the best ones, those that serve most people first; none: to be asked for


def own_duplicates(index: PostIndex, threshold: int = SAME) -> list[Group]:
    """Posts of one kind by one person that say nearly the same, each in one group at most; in the order of their ids."""
    posts, found = index.posts, []
    rows = np.flatnonzero(index.alive)
    order = rows[np.lexsort((posts.ids[rows], posts.kind[rows], posts.author[rows]))]
    whose = np.column_stack([posts.author[order], posts.kind[order]])
    bounds = np.flatnonzero((whose[1:] != whose[:-1]).any(axis=1)) + 1
    several = [some for some in np.split(order, bounds) if len(some) > 1]
    for kind in (OFFER, REQUEST):
        theirs = [some for some in several if posts.kind[some[0]] == kind]
        if theirs:
            alike = _Alike.of(index, np.concatenate(theirs), threshold)
            for some in theirs:
                found += _own(alike, posts.ids, some)
    return sorted(found, key=lambda group: int(posts.ids[group.rows[0]]))


def shared_requests(
    index: PostIndex,
    *,
    today: int,
    seats: ArrayLike = 0,
    threshold: int = SAME,
    fewest: int = FEWEST,
    most: int = MOST,
    weights: Weights = _DEFAULT,
    exclusions: Exclusions = _NONE,
) -> list[Session]:
    """Near-identical requests of several people who could all meet in one way, and the offers that take groups.

    `seats`: how many people each post of the index takes at once, for offers; below `fewest`, it is no group offer.
    Each request is in one group at most; the largest groups come first, then those that wait longest.
    """
    posts = index.posts
    rows = np.flatnonzero(index.alive & (posts.kind == REQUEST) & (posts.room > 0))
    ways = _Ways.of(index)
    groups = _shared(_Alike.of(index, rows, threshold), index, rows, ways, fewest, most)
    groups.sort(key=lambda group: (-len(group.rows), min(posts.since[list(group.rows)]), group.rows))
    places = np.broadcast_to(np.asarray(seats), (len(index),))
    takers = np.flatnonzero(index.alive & (posts.kind == OFFER) & (places >= fewest))
    asking = [row for group in groups for row in group.rows]
    pairs = candidates(
        index,
        today=today,
        requests=asking,
        offers=takers,
        k=_LOOKED_AT,
        weights=weights,
        exclusions=exclusions,
    )
    suited = _Suited.of(pairs)
    return [_session(index, group, ways, suited.by(group), places, fewest) for group in groups]


def _own(alike: "_Alike", ids: Rows, rows: Rows) -> list[Group]:
    """The groups among the few posts of one person, given by id."""
    left = rows
    found = []
    close = np.array([np.count_nonzero(alike.closeness(row, rows)) for row in rows.tolist()])
    for leader in rows[np.argsort(-close, kind="stable")].tolist():
        pool = left[left != leader]
        if leader not in left or not len(pool):
            continue
        closeness = alike.closeness(leader, pool)
        pool = pool[np.argsort(-closeness, kind="stable")][: np.count_nonzero(closeness)]
        chosen = [leader]
        while len(pool):
            chosen.append(int(pool[0]))
            pool = pool[1:][alike.closeness(chosen[-1], pool[1:]) > 0]
        if len(chosen) > 1:
            found.append(alike.group(chosen, ids))
            left = left[~np.isin(left, chosen)]
    return found


def _shared(
    alike: "_Alike", index: PostIndex, rows: Rows, ways: "_Ways", fewest: int, most: int
) -> list[Group]:
    """The groups among all requests."""
    posts = index.posts
    taken = np.ones(len(index), np.bool_)
    taken[rows] = False
    crowd = alike.crowd[index.subject[rows]]
    found = []
    for leader in rows[np.lexsort((posts.ids[rows], posts.since[rows], -crowd))].tolist():
        if taken[leader] or alike.crowd[index.subject[leader]] < fewest:
            continue
        pool = alike.around(leader)
        pool = pool[~taken[pool]]
        order = np.lexsort((posts.ids[pool], posts.since[pool], -alike.closeness(leader, pool)))
        chosen, common, pool = [leader], ways.take(leader), pool[order]
        while len(chosen) < most:
            last = chosen[-1]
            pool = pool[(posts.author[pool] != posts.author[last]) & (alike.closeness(last, pool) > 0)]
            pool = pool[common.possible_with(ways.take(pool))]
            if not len(pool):
                break
            chosen.append(int(pool[0]))
            common = common.common_with(ways.take(chosen[-1]))
        if len(chosen) >= fewest:
            found.append(alike.group(chosen, posts.ids))
            taken[chosen] = True
    return found


def _session(
    index: PostIndex, group: Group, ways: "_Ways", suited: "_Suited", seats: NDArray, fewest: int
) -> Session:
    """A group with what all accept, and the best offers for it."""
    common = ways.take(group.rows[0])
    for row in group.rows[1:]:
        common = common.common_with(ways.take(row))
    ids, offers = index.posts.ids, []
    for offer in np.unique(suited.offer).tolist():
        here = np.flatnonzero(suited.offer == offer)
        if len(here) < fewest or not common.possible_with(ways.take(offer)):
            continue
        best = here[np.lexsort((ids[suited.request[here]], -suited.score[here]))][: int(seats[offer])]
        served = suited.request[best]
        offers.append(
            GroupOffer(offer, tuple(served[np.argsort(ids[served])].tolist()), int(suited.score[best].sum()))
        )
    offers.sort(key=lambda offer: (-len(offer.requests), -offer.score, int(ids[offer.row])))
    languages = 0 if common.languages == _ANY_LANGUAGE else int(common.languages)
    return Session(group, int(common.modes), languages, int(common.site), tuple(offers[:_OFFERS]))


@dataclass(frozen=True)
class _Suited:
    """Which offers suit which requests, with their scores; by request."""

    request: Rows
    offer: Rows
    score: NDArray[np.int32]

    @classmethod
    def of(cls, pairs: Candidates) -> Self:
        """What was found of every request."""
        order = np.argsort(pairs.request, kind="stable")
        return cls(pairs.request[order], pairs.offer[order], pairs.score[order])

    def by(self, group: Group) -> Self:
        """What was found of the requests of one group."""
        rows = np.array(group.rows)
        left, right = np.searchsorted(self.request, rows), np.searchsorted(self.request, rows, "right")
        here = np.concatenate([np.arange(a, b) for a, b in zip(left, right, strict=True)])
        return type(self)(self.request[here], self.offer[here], self.score[here])


@dataclass(frozen=True)
class _Alike:
    """Which posts of some rows say nearly the same: kept between subjects, since many posts share theirs."""

    subject: NDArray[np.int32]  # of every row of the index
    ids: Rows
    first: Rows  # pairs of subjects, both ways and each with itself, sorted
    second: Rows
    value: NDArray[np.int16]
    starts: Rows  # the pairs of the i-th subject are starts[i] to starts[i + 1]
    members: Rows  # the rows given, by subject
    bounds: Rows  # those of the i-th subject are members[bounds[i] : bounds[i + 1]]

    @classmethod
    def of(cls, index: PostIndex, rows: Rows, threshold: int) -> Self:
        """What is alike among some rows, at least as close as the threshold."""
        subjects = np.unique(index.subject[rows]).astype(np.int64)
        parts = [(subjects, subjects, np.full(len(subjects), FULL, np.int16))]
        for subject, around in zip(
            subjects.tolist(), near(index, subjects, subjects, threshold), strict=True
        ):
            # A pair is judged once, from its first subject: the two ways might differ by a rounding.
            later = (subjects[around.places] > subject) & (around.closeness >= threshold)
            others, value = subjects[around.places[later]], around.closeness[later]
            same = np.full(len(others), subject)
            parts += [(same, others, value), (others, same, value)]
        first, second, value = (np.concatenate(column) for column in zip(*parts, strict=True))
        order = np.lexsort((second, first))
        every = np.arange(len(index.vectors) + 1)
        members = rows[np.argsort(index.subject[rows], kind="stable")]
        return cls(
            index.subject,
            index.posts.ids,
            first[order],
            second[order],
            value[order],
            np.searchsorted(first[order], every),
            members,
            np.searchsorted(index.subject[members], every),
        )

    @cached_property
    def crowd(self) -> Rows:
        """How many of the rows are close to each subject, its own included."""
        sizes = np.diff(self.bounds)
        return np.bincount(self.first, sizes[self.second], len(sizes)).astype(np.int64)

    def around(self, row: int) -> Rows:
        """The rows close to one, itself excepted."""
        subject = self.subject[row]
        others = self.second[self.starts[subject] : self.starts[subject + 1]]
        found = np.concatenate([self.members[self.bounds[s] : self.bounds[s + 1]] for s in others.tolist()])
        return found[found != row]

    def closeness(self, row: int, rows: Rows) -> NDArray[np.int16]:
        """How close one row is to others; 0 when it is not close enough."""
        subject = self.subject[row]
        here = slice(self.starts[subject], self.starts[subject + 1])
        others, value = self.second[here], self.value[here]
        place = np.minimum(np.searchsorted(others, self.subject[rows]), len(others) - 1)
        return np.where(others[place] == self.subject[rows], value[place], 0).astype(np.int16)

    def group(self, rows: Sequence[int], ids: Rows) -> Group:
        """A group around the first of some rows."""
        leader, *others = rows
        others.sort(key=lambda row: int(ids[row]))
        told = (leader, *others)
        least = min(
            int(self.closeness(row, np.array(told[place + 1 :])).min()) for place, row in enumerate(told[:-1])
        )
        return Group(told, least)


@dataclass(frozen=True)
class _Ways:
    """How each of some posts can be met; the common ways of several are as one post."""

    modes: NDArray[np.int64]
    languages: NDArray[np.int64]
    site: NDArray[np.int64]

    @classmethod
    def of(cls, index: PostIndex) -> Self:
        """The ways of every row; saying nothing is accepting everything."""
        posts = index.posts
        return cls(
            np.where(posts.modes == 0, _EVERY_MODE, posts.modes).astype(np.int64),
            np.where(posts.languages == 0, _ANY_LANGUAGE, posts.languages).astype(np.int64),
            posts.site.astype(np.int64),
        )

    def take(self, rows: int | Rows) -> "_Ways":
        return _Ways(self.modes[rows], self.languages[rows], self.site[rows])

    def common_with(self, other: "_Ways") -> "_Ways":
        """What both accept."""
        site = np.where(self.site == other.site, self.site, -1)
        return _Ways(self.modes & other.modes, self.languages & other.languages, site)

    def possible_with(self, other: "_Ways") -> Mask:
        """Whether both could meet, as `refusals` says it of two posts."""
        both = self.common_with(other)
        together = ((both.modes & Mode.FACE_TO_FACE) != 0) & (both.site >= 0)
        return (both.languages != 0) & (((both.modes & _DISTANT) != 0) | together)

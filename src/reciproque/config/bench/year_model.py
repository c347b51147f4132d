"""A year of a made-up network, day by day: people join, post, look around, get proposals, answer, meet.

A model, not the database: it compares ways to bring people together that face the same people and the same posts, and
only differences between them mean anything. Trust, hierarchy, seasons, what people learn and what facilitators do are
not in it. Everything that is assumed is in `year_assumptions`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, ndtri

from reciproque.config.bench.year_assumptions import Assumptions

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Pairs:
    """What may be proposed one night: pairs with the estimate of their fit, and the room there is."""

    request: Ints
    offer: Ints
    estimate: Floats
    waited: Floats  # of the request
    receiver: Ints
    giver: Ints
    seats: Ints  # of each member: proposals they can still get as givers tonight
    wants: Ints  # and exchanges they can still receive
    room: Ints  # of each offer
    has_given: Mask  # of each member
    has_received: Mask


# Chooses some of the pairs.
Policy = Callable[[Pairs, Assumptions], Ints]


@dataclass(frozen=True)
class Outcome:
    """What happened in a year."""

    exchanges: int
    requests: int
    offers: int
    waits: Floats  # of every request: until it was served, given up, or the end
    served: Mask
    gave: Ints  # by each member, exchanges begun
    received: Ints
    offered: Mask  # members with an offer
    proposals: int
    accepted: int


_OPEN, _ASKED, _SERVED, _GIVEN_UP = range(4)


def live(policy: Policy | None, seed: int, assumed: Assumptions, *, nudged: bool = False) -> Outcome:
    """A year under a policy; None: people only look around."""
    year = _Year(assumed, seed, nudged)
    for day in range(assumed.days):
        year.dawn(day)
        year.look_around(day)
        if policy is not None:
            year.propose(day, policy)
    return year.outcome()


class _Table:
    """Columns that grow together."""

    def __init__(self, **kinds: type) -> None:
        self._columns = {name: np.empty(1_024, kind) for name, kind in kinds.items()}
        self._length = 0

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, name: str) -> NDArray:
        """A column so far; writing there writes here."""
        return self._columns[name][: self._length]

    def add(self, **row: float) -> None:
        """One more row."""
        for name, value in row.items():
            column = self._columns[name]
            if self._length == len(column):
                self._columns[name] = column = np.concatenate([column, np.empty_like(column)])
            column[self._length] = value
        self._length += 1


class _Year:
    """A network while a year goes by."""

    def __init__(self, assumed: Assumptions, seed: int, nudged: bool) -> None:
        self.assumed, self.seed = assumed, seed
        self.second_role = min(1.0, assumed.second_role * (assumed.nudge if nudged else 1))
        # Who is there and what they post on joining is the same whatever the policy; what follows is drawn apart.
        world, self.rng = (np.random.default_rng([seed, stream]) for stream in (0, 1))
        self._people(world)
        self._subjects(world)
        self.requests = _Table(
            who=int, subject=int, level=int, since=float, until=float, state=int, served=float
        )
        self.offers = _Table(who=int, subject=int, level=int, room=int, busy=int)
        self.running, self.receiving, self.asked = (np.zeros(assumed.members, np.int64) for _ in range(3))
        self.given, self.received, self.gave, self.got = (
            np.zeros(assumed.members, np.int64) for _ in range(4)
        )
        self.tried: set[int] = set()
        self.answers: dict[int, list[tuple[int, int, bool]]] = defaultdict(list)
        self.ends: dict[int, list[tuple[int, int]]] = defaultdict(list)
        self.proposals = self.accepted = 0

    def _people(self, rng: np.random.Generator) -> None:
        a, many = self.assumed, self.assumed.members
        self.joins = np.sort(rng.random(many) * a.joining)
        self.activity = rng.gamma(a.activity, 1 / a.activity, many)
        self.visits = self.activity / a.between_visits
        self.site, self.remote = rng.integers(0, a.sites, many), rng.random(many) < a.remote
        self.gives = 1 + rng.choice(len(a.gives), many, p=a.gives)
        self.receives = 1 + rng.choice(len(a.receives), many, p=a.receives)
        self.first_offers = rng.poisson(a.offers_on_joining, many)
        self.first_requests = rng.poisson(a.requests_on_joining, many)
        self.arrivals = np.random.default_rng([self.seed, 2])

    def _subjects(self, rng: np.random.Generator) -> None:
        a = self.assumed
        offered = 1 / (np.arange(a.subjects) + 10) ** a.popularity
        sought = offered * rng.lognormal(0, a.taste, a.subjects)
        self.family = rng.integers(0, a.families, a.subjects)
        self.offered, self.sought = offered.cumsum() / offered.sum(), sought.cumsum() / sought.sum()

    # A day

    def dawn(self, day: int) -> None:
        """Who joins, what is posted, answered, ended, given up."""
        a = self.assumed
        for member in np.flatnonzero((self.joins > day - 1) & (self.joins <= day)).tolist():
            for _ in range(self.first_offers[member]):
                self._offer(member, day, self.arrivals)
            for _ in range(self.first_requests[member]):
                self._request(member, day, self.arrivals)
        there = self.joins <= day
        for every, post in ((a.between_requests, self._request), (a.between_offers, self._offer)):
            for member in np.flatnonzero(
                there & (self.arrivals.random(a.members) < self.activity / every)
            ).tolist():
                post(member, day, self.arrivals)
        for request, offer, wrote in self.answers.pop(day, ()):
            self._answer(day, request, offer, wrote)
        for request, offer in self.ends.pop(day, ()):
            self._end(day, request, offer)
        state = self.requests["state"]
        state[(state == _OPEN) & (self.requests["until"] < day)] = _GIVEN_UP

    def look_around(self, day: int) -> None:
        """Some of those who seek visit, read what the search shows and write to somebody."""
        a = self.assumed
        visiting = self.rng.random(a.members) < self.visits
        seekers = np.flatnonzero(self.requests["state"] == _OPEN)
        seekers = seekers[visiting[self.requests["who"][seekers]]]
        for request in self.rng.permutation(seekers).tolist():
            who = self.requests["who"][request]
            if self.receiving[who] >= self.receives[who] or self.rng.random() >= a.reads:
                continue
            offers = self._untried(*self._akin(np.array([request])))[1]
            if a.ways_shown:
                offers = offers[self._meet(np.full(len(offers), request), offers)]
            if not len(offers):
                continue
            requests = np.full(len(offers), request)
            fit = self._fit(requests, offers)
            estimate = fit + a.search_noise * self._noise(requests, offers)
            read = np.argsort(-estimate, kind="stable")[: a.results]
            good = read[(estimate[read] >= a.looks_good) & (fit[read] >= a.is_good)]
            if not len(good):
                continue
            offer = int(offers[good[0]])
            if self._welcome(request, offer):
                self._ask(day, request, offer, wrote=True)
            else:
                self.visits[who] *= 1 - a.weariness
                if self.rng.random() < a.vain_remembered:
                    self.tried.add(_key(request, offer))

    def propose(self, day: int, policy: Policy) -> None:
        """The pairs a policy proposes tonight."""
        a, requests, offers = self.assumed, self.requests, self.offers
        seats = np.maximum(np.minimum(a.proposals_at_once, self.gives - self.running) - self.asked, 0)
        wants = np.maximum(self.receives - self.receiving, 0)
        seeking = np.flatnonzero(requests["state"] == _OPEN)
        request, offer = self._akin(seeking[wants[requests["who"][seeking]] > 0])
        possible = self._free(offer) & (seats[offers["who"][offer]] > 0) & self._meet(request, offer)
        request, offer = self._untried(request[possible], offer[possible])
        estimate = self._fit(request, offer) + a.system_noise * self._noise(request, offer)
        order = np.lexsort((offer, -estimate, request))
        order = order[estimate[order] >= a.threshold]
        rank = np.arange(len(order)) - np.searchsorted(request[order], request[order])
        kept = order[rank < a.candidates]
        if not len(kept):
            return
        request, offer = request[kept], offer[kept]
        pairs = Pairs(
            request,
            offer,
            estimate[kept],
            day - requests["since"][request],
            requests["who"][request],
            offers["who"][offer],
            seats,
            wants,
            offers["room"] - offers["busy"],
            self.gave > 0,
            self.got > 0,
        )
        for pair in policy(pairs, a).tolist():
            self._ask(day, int(request[pair]), int(offer[pair]), wrote=False)

    # What people do

    def _offer(self, member: int, day: int, rng: np.random.Generator) -> None:
        a = self.assumed
        self.offers.add(
            who=member,
            subject=np.searchsorted(self.offered, rng.random()),
            level=rng.integers(0, a.levels),
            room=1 + rng.choice(len(a.rooms), p=a.rooms),
            busy=0,
        )

    def _request(self, member: int, day: int, rng: np.random.Generator) -> None:
        self.requests.add(
            who=member,
            subject=np.searchsorted(self.sought, rng.random()),
            level=rng.integers(0, self.assumed.levels),
            since=day,
            until=day + rng.exponential(self.assumed.patience),
            state=_OPEN,
            served=-1,
        )

    def _ask(self, day: int, request: int, offer: int, *, wrote: bool) -> None:
        """An offerer is asked, by the person who seeks or by the network (which asks both)."""
        self.requests["state"][request] = _ASKED
        self.offers["busy"][offer] += 1
        self.asked[self.offers["who"][offer]] += 1
        self.proposals += 1
        delay = 1 + int(self.rng.exponential(self.assumed.answer_days))
        self.answers[day + delay].append((request, offer, wrote))

    def _answer(self, day: int, request: int, offer: int, wrote: bool) -> None:
        a = self.assumed
        asker, giver = int(self.requests["who"][request]), int(self.offers["who"][offer])
        fit = float(self._fit(np.array([request]), np.array([offer]))[0])
        self.asked[giver] -= 1
        answered, asker_draw, giver_draw = self.rng.random(3)
        accepted = (
            answered < a.answers
            and (wrote or asker_draw < expit(a.asker_accepts[0] + a.asker_accepts[1] * fit))
            and giver_draw
            < expit(a.giver_accepts[0] + a.giver_accepts[1] * fit - a.giver_load * self.running[giver])
        )
        if not accepted:
            self.requests["state"][request] = _OPEN
            self.offers["busy"][offer] -= 1
            self.tried.add(_key(request, offer))
            self.visits[[asker, giver]] *= 1 - a.weariness
            return
        self.accepted += 1
        self.requests["state"][request], self.requests["served"][request] = _SERVED, day
        self.running[giver] += 1
        self.receiving[asker] += 1
        self.gave[giver] += 1
        self.got[asker] += 1
        self.ends[day + 1 + int(self.rng.exponential(a.exchange_days))].append((request, offer))

    def _end(self, day: int, request: int, offer: int) -> None:
        asker, giver = int(self.requests["who"][request]), int(self.offers["who"][offer])
        self.running[giver] -= 1
        self.receiving[asker] -= 1
        self.offers["busy"][offer] -= 1
        self.given[giver] += 1
        self.received[asker] += 1
        if self.given[asker] == 0 and self.rng.random() < self.second_role:
            self._offer(asker, day, self.rng)
        if self.received[giver] == 0 and self.rng.random() < self.second_role:
            self._request(giver, day, self.rng)

    # What fits what

    def _akin(self, requests: Ints) -> tuple[Ints, Ints]:
        """Pairs of one family, by request."""
        family = self.family[self.offers["subject"]]
        by_family = np.argsort(family, kind="stable")
        wanted = self.family[self.requests["subject"][requests]]
        left = np.searchsorted(family[by_family], wanted)
        sizes = np.searchsorted(family[by_family], wanted, "right") - left
        skipped = np.repeat(left - np.cumsum(sizes) + sizes, sizes)
        request, offer = np.repeat(requests, sizes), by_family[skipped + np.arange(len(skipped))]
        others = self.requests["who"][request] != self.offers["who"][offer]
        return request[others], offer[others]

    def _meet(self, request: Ints, offer: Ints) -> Mask:
        """Pairs whose people are on one site, or can both meet at a distance."""
        asker, giver = self.requests["who"][request], self.offers["who"][offer]
        return (self.remote[asker] & self.remote[giver]) | (self.site[asker] == self.site[giver])

    def _welcome(self, request: int, offer: int) -> bool:
        """Whether who writes can be answered at all: they could meet, and there is room."""
        pair, giver = (np.array([request]), np.array([offer])), self.offers["who"][offer]
        room = self.running[giver] + self.asked[giver] < self.gives[giver]
        return bool(room and self._free(pair[1])[0] and self._meet(*pair)[0])

    def _untried(self, request: Ints, offer: Ints) -> tuple[Ints, Ints]:
        """Those that were neither refused nor left without an answer."""
        tried = np.fromiter(self.tried, np.int64, len(self.tried))
        new = ~np.isin(_key(request, offer), tried)
        return request[new], offer[new]

    def _free(self, offer: Ints) -> Mask:
        """Offers that have room."""
        return self.offers["busy"][offer] < self.offers["room"][offer]

    def _fit(self, request: Ints, offer: Ints) -> Floats:
        """How well pairs of one family fit in truth."""
        a = self.assumed
        gap = np.abs(self.requests["level"][request] - self.offers["level"][offer])
        same = self.requests["subject"][request] == self.offers["subject"][offer]
        low, high = a.family_fit
        return np.where(
            same, 1 - a.level_gap * gap, low + (high - low) * _uniform(request, offer, self.seed, 0)
        )

    def _noise(self, request: Ints, offer: Ints) -> Floats:
        """The error made on each pair, in standard deviations: the same each day, and for whoever estimates."""
        return ndtri(_uniform(request, offer, self.seed, 1))

    def outcome(self) -> Outcome:
        """What there is to say at the end."""
        requests, a = self.requests, self.assumed
        served = requests["state"] == _SERVED
        end = np.where(served, requests["served"], np.minimum(requests["until"], a.days))
        offered = np.zeros(a.members, np.bool_)
        offered[self.offers["who"]] = True
        return Outcome(
            exchanges=int(served.sum()),
            requests=len(requests),
            offers=len(self.offers),
            waits=np.maximum(end - requests["since"], 0),
            served=served,
            gave=self.gave,
            received=self.got,
            offered=offered,
            proposals=self.proposals,
            accepted=self.accepted,
        )


def _key(request, offer):
    """A pair as one number."""
    return request * 1_000_000 + offer


def _uniform(request: Ints, offer: Ints, seed: int, stream: int) -> Floats:
    """A number strictly between 0 and 1 for each pair, always the same (the finish of the splitmix64 generator)."""
    mixed = request.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + offer.astype(np.uint64)
    mixed += np.uint64((seed * 2 + stream + 1) * 0xD1B54A32D192ED03 % 2**64)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    return ((mixed ^ (mixed >> np.uint64(31))) >> np.uint64(11)).astype(np.float64) / 2**53 + 2**-54

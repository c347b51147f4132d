"""Sessions for small groups: which ones to hold, when people have more of them than they can give.

A session counts once for its giver however many come, and that is what a circulation cannot say. Once the sessions to
hold are chosen, though, the rest is a circulation again; and they are chosen by prices. Each request has one. Everybody
then chooses alone, under their own limits, as in the certificate (see there): the price of a request rises when more
people would give it an answer than would receive one, and falls when fewer would. What they all earn together bounds what
any plan is worth, and shrinks round after round; the sessions that people keep choosing meanwhile are those to hold.

Prices are whole numbers of a small part of a point: the same network gets the same plan on every machine.
"""

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from reciproque.matching.engine.circulation import Flow, Market, circulate
from reciproque.matching.engine.instance import Column, Flags

_PARTS = 64  # of a point
_ROUNDS = 200
_PATIENCE = 5  # rounds without a lower bound after which steps get smaller
_ALWAYS = 1024  # how often a session is chosen, when it always is; recent rounds count for more
_EFFORT = 200_000  # edges looked at again to settle doubtful sessions


def hold(market: Market) -> Flow:
    """A plan that holds the sessions worth most, and the best prices met on the way."""
    best = circulate(market, market.session, market.give)
    if _within_limits(market, best):
        return best
    habit, price, first_received = _bargain(market, best)
    held = _fitting(market, habit >= _ALWAYS // 2, habit)
    best = _planned(market, held)
    # Then those about which people hesitated most are tried the other way, as far as time allows.
    doubtful = np.flatnonzero(market.session & ~market.opened & (habit > 0) & (habit < _ALWAYS))
    doubtful = doubtful[np.argsort(np.abs(habit[doubtful] - _ALWAYS // 2), kind="stable")]
    for session in doubtful[: _EFFORT // len(market.edges)]:
        tried, first = held.copy(), habit.copy()
        tried[session], first[session] = not held[session], 2 * _ALWAYS
        tried = _fitting(market, tried, first)
        plan = _planned(market, tried)
        if _worth(market, plan) > _worth(market, best):
            held, best = tried, plan
    return replace(best, price=price, first_received=first_received)


def _within_limits(market: Market, flow: Flow) -> bool:
    """Whether nobody gives more than they can, sessions counted."""
    offer = market.offer[flow.taken]
    counted = np.concatenate([offer[~market.session[offer]], np.unique(offer[market.session[offer]])])
    counted = counted[~market.opened[counted]]
    return bool((np.bincount(market.giver[counted], minlength=len(market.give)) <= market.give).all())


def _worth(market: Market, flow: Flow) -> int:
    """What a flow is worth, up to what no flow changes."""
    gave, received = market.gave.copy(), market.received.copy()
    gave[market.giver[market.offer[flow.taken]]] = True
    received[market.receiver[market.request[flow.taken]]] = True
    return int(market.weight[flow.taken].sum()) + market.reciprocity * int(np.count_nonzero(gave & received))


def _fitting(market: Market, wanted: Flags, habit: Column) -> Flags:
    """The sessions wanted that people can give: of those beyond their limit, the most often chosen."""
    sessions = np.flatnonzero(market.session & ~market.opened & wanted)
    sessions = sessions[np.lexsort((-habit[sessions], market.giver[sessions]))]
    givers = market.giver[sessions]
    held = market.opened.copy()
    held[sessions[_rank(givers) < market.give[givers]]] = True
    return held


def _planned(market: Market, held: Flags) -> Flow:
    """The best plan that holds no other sessions."""
    counted = market.giver[held & ~market.opened]
    return circulate(market, held, market.give - np.bincount(counted, minlength=len(market.give)))


class _Answer(NamedTuple):
    """What people do when they see some prices."""

    earned: int
    request: Column  # for each, how many would receive an answer, less how many would give one
    person: Column  # for each, whether they would receive, less whether they would give
    held: Flags  # sessions


def _bargain(market: Market, flow: Flow) -> tuple[Column, Column, Column]:
    """How often each session is chosen while prices settle, and the prices that bound best."""
    fine = replace(market, weight=market.weight * _PARTS, reciprocity=market.reciprocity * _PARTS)
    price, first = flow.price * _PARTS, flow.first_received * _PARTS
    answer = _answers(fine, price, first)
    habit = answer.held * _ALWAYS
    least, kept = answer.earned, (price, first)
    stride, lost = least // 16, 0
    for _ in range(_ROUNDS):
        disagreement = int((answer.request**2).sum() + (answer.person**2).sum())
        if not disagreement:
            break
        step = max(1, stride // disagreement)
        price = price - step * answer.request
        first = np.clip(first - step * answer.person, 0, fine.reciprocity)
        answer = _answers(fine, price, first)
        habit += (answer.held * _ALWAYS - habit) // 8
        lost += 1
        if answer.earned < least:
            least, kept, lost = answer.earned, (price, first), 0
        elif lost == _PATIENCE:
            stride, lost = stride * 7 // 10, 0
    return habit, kept[0] // _PARTS, kept[1] // _PARTS


def _answers(market: Market, price: Column, share: Column) -> _Answer:
    """What everybody would choose, alone, at these prices."""
    lacking = ~(market.gave & market.received)
    first_received = np.where(market.gave, market.reciprocity, np.where(market.received, 0, share)) * lacking
    first_given = (market.reciprocity - first_received) * lacking
    request, person = np.zeros(len(price), np.int64), np.zeros(len(share), np.int64)

    asked = np.flatnonzero(market.asks)
    earned, chosen = _chosen(market.receiver[asked], price[asked], market.receive, first_received)
    request[asked[chosen]] += 1
    person[market.receiver[asked[chosen]]] = 1

    profit = market.weight - price[market.request]
    edges = np.flatnonzero(profit > -first_given[market.giver[market.offer]])
    edges = edges[np.lexsort((-profit[edges], market.offer[edges]))]
    rank = _rank(market.offer[edges])
    seated = rank < market.seats[market.offer[edges]]
    edges, rank = edges[seated], rank[seated]
    offer, profit = market.offer[edges], profit[edges]
    together = market.session[offer]

    # What is counted once for its giver: a single exchange, or a session with all who gain by coming.
    gain = np.where(rank > 0, np.maximum(profit, 0), profit)
    sessions, session = np.unique(offer[together], return_inverse=True)
    value = np.zeros(len(sessions), np.int64)
    np.add.at(value, session, gain[together])
    fresh, singles = ~market.opened[sessions], np.count_nonzero(~together)
    givers = np.concatenate([market.giver[offer[~together]], market.giver[sessions[fresh]]])
    more, chosen = _chosen(
        givers, np.concatenate([profit[~together], value[fresh]]), market.give, first_given
    )
    held = np.zeros(len(market.giver), bool)
    held[sessions[~fresh]] = value[~fresh] > 0
    held[sessions[fresh]] = chosen[singles:]
    taken = held[offer] & ((rank == 0) | (profit > 0))
    taken[~together] = chosen[:singles]
    np.add.at(request, market.request[edges[taken]], -1)
    gives = np.zeros(len(share), bool)
    gives[market.giver[offer[taken]]] = True
    earned += more + int(np.maximum(value[~fresh], 0).sum())
    return _Answer(earned, request, (person - gives) * ~(market.gave | market.received), held)


def _chosen(who: Column, value: Column, room: Column, first: Column) -> tuple[int, Flags]:
    """What people choose among what they could do, something extra for the first thing done, and what they earn."""
    order = np.lexsort((-value, who))
    who, value = who[order], value[order]
    rank = _rank(who)
    chosen = (rank < room[who]) & ((rank == 0) | (value > 0))
    gain = np.where(rank == 0, value + first[who], value) * chosen
    earned = np.zeros(len(room), np.int64)
    np.add.at(earned, who, gain)
    result = np.empty(len(who), bool)
    result[order] = chosen & (earned[who] > 0)
    return int(np.maximum(earned, 0).sum()), result


def _rank(groups: Column) -> Column:
    """How many of the same group come before each, groups being together."""
    places = np.arange(len(groups))
    starts = np.ones(len(groups), bool)
    starts[1:] = groups[1:] != groups[:-1]
    return places - np.maximum.accumulate(np.where(starts, places, 0))

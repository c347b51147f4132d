"""The plan looked at again by code that knows nothing of how it was made.

`problems` re-checks every limit, `worth` counts again what a plan is worth, and `bound` proves what no plan can exceed.

The proof is a price for each request. Cut every pair in two: whoever gives earns what the pair is worth less the price
of the request, whoever receives earns the price. Then let everybody choose alone, under their own limits and as if
nobody else were there: people together earn at least what any plan is worth, since what a plan makes them do is one of
the things that they could choose. So whatever the prices, and wherever they come from, the sum is a bound; with good
prices it is what the plan is worth, to the unit, and the plan is then proved to be the best. Reciprocity is cut the same
way: a part is earned by receiving for the first time, the rest by giving for the first time.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from reciproque.matching.engine.instance import Column, Flags, Instance


@dataclass(frozen=True, eq=False)
class Certificate:
    """Prices that bound what any plan is worth; any whole numbers will do, good ones bound well."""

    request: Column  # the price of each request
    first_received: (
        Column  # for each person, what receiving earns of their reciprocity; giving earns the rest
    )


def problems(instance: Instance, request: Column, offer: Column) -> list[str]:
    """Every limit that some pairs do not respect, one sentence each."""
    return list(_problems(instance, request, offer))


def worth(instance: Instance, request: Column, offer: Column) -> int:
    """What some pairs are worth: their weights, and the reciprocity of all who thereby both gave and received."""
    edges = _edges(instance, request, offer)
    gave = _any(instance.giver[offer], instance.has_given)
    received = _any(instance.receiver[request], instance.has_received)
    earn = gave & received & ~(instance.has_given & instance.has_received)
    return int(instance.weight[edges[edges >= 0]].sum()) + instance.reciprocity * int(np.count_nonzero(earn))


def bound(instance: Instance, certificate: Certificate) -> int:
    """What no plan that holds the pins can exceed."""
    request, offer = instance.pins.T
    giver, receiver = instance.giver[offer], instance.receiver[request]
    gave, received = _any(giver, instance.has_given), _any(receiver, instance.has_received)
    lacking = ~(gave & received)
    share = np.clip(certificate.first_received, 0, instance.reciprocity)
    first_received = np.where(gave, instance.reciprocity, np.where(received, 0, share)) * lacking
    first_given = (instance.reciprocity - first_received) * lacking
    free = np.ones(len(instance.request_ids), bool)
    free[request] = False
    receive = instance.receive - np.bincount(receiver, minlength=len(instance.people_ids))
    return (
        worth(instance, request, offer)
        + _received(instance, certificate.request, free, receive, first_received)
        + _given(instance, certificate.request, free, first_given)
    )


def _received(instance: Instance, price: Column, free: Flags, receive: Column, first: Column) -> int:
    """What people earn at most by receiving: the price of some of their requests."""
    requests = np.flatnonzero(free & (receive[instance.receiver] > 0))
    who = instance.receiver[requests]
    return _earned(who, price[requests], receive, first)


def _given(instance: Instance, price: Column, free: Flags, first: Column) -> int:
    """What people earn at most by giving: what pairs are worth, less the price of the request."""
    pinned = instance.pins[:, 1]
    seats = instance.offer_capacity - np.bincount(pinned, minlength=len(instance.offer_ids))
    opened = np.zeros(len(instance.offer_ids), bool)
    opened[pinned] = instance.group[pinned]  # such sessions are counted already, and their givers have given
    give = instance.give - np.bincount(
        instance.giver[np.concatenate([pinned[~instance.group[pinned]], np.flatnonzero(opened)])],
        minlength=len(instance.people_ids),
    )
    profit = instance.weight - price[instance.edge_request]
    giver = instance.giver[instance.edge_offer]
    room = (seats > 0) & ((give[instance.giver] > 0) | opened)
    useful = free[instance.edge_request] & room[instance.edge_offer] & (profit > -first[giver])
    offer, profit = instance.edge_offer[useful], profit[useful]
    order = np.lexsort((-profit, offer))
    offer, profit = offer[order], profit[order]
    rank = _rank(offer)
    seated = rank < seats[offer]
    offer, profit, rank = offer[seated], profit[seated], rank[seated]

    together = instance.group[offer]
    gain = np.where(rank > 0, np.maximum(profit, 0), profit)
    sessions, session = np.unique(offer[together], return_inverse=True)
    value = np.zeros(len(sessions), np.int64)
    np.add.at(value, session, gain[together])
    fresh = ~opened[sessions]
    return int(np.maximum(value[~fresh], 0).sum()) + _earned(
        np.concatenate([instance.giver[offer[~together]], instance.giver[sessions[fresh]]]),
        np.concatenate([profit[~together], value[fresh]]),
        give,
        first,
    )


def _earned(who: Column, value: Column, room: Column, first: Column) -> int:
    """What people earn by choosing among what they could do, something extra for the first thing done."""
    order = np.lexsort((-value, who))
    who, value = who[order], value[order]
    rank = _rank(who)
    gain = np.where(rank > 0, np.maximum(value, 0), value + first[who]) * (rank < room[who])
    earned = np.zeros(len(room), np.int64)
    np.add.at(earned, who, gain)
    return int(np.maximum(earned, 0).sum())


def _rank(groups: Column) -> Column:
    """How many of the same group come before each, groups being together."""
    places = np.arange(len(groups))
    starts = np.ones(len(groups), bool)
    starts[1:] = groups[1:] != groups[:-1]
    return places - np.maximum.accumulate(np.where(starts, places, 0))


def _any(who: Column, already: Flags) -> Flags:
    found = already.copy()
    found[who] = True
    return found


def _edges(instance: Instance, request: Column, offer: Column) -> Column:
    """Which edge each pair is; -1 for a pair that is none, as a pin may be."""
    places = np.full(len(request), -1)
    keys, where = np.unique(request * len(instance.offer_ids) + offer, return_inverse=True)
    if len(keys):
        asked = _any(request, np.zeros(len(instance.request_ids), bool))
        edges = np.flatnonzero(asked[instance.edge_request])
        wanted = instance.edge_request[edges] * len(instance.offer_ids) + instance.edge_offer[edges]
        found = np.searchsorted(keys[:-1], wanted)
        same = keys[found] == wanted
        known = np.full(len(keys), -1)
        known[found[same]] = edges[same]
        places = known[where]
    return places


def _problems(instance: Instance, request: Column, offer: Column) -> Iterator[str]:
    width = len(instance.offer_ids)
    pairs, pins = request * width + offer, instance.pins[:, 0] * width + instance.pins[:, 1]
    for place in np.flatnonzero((_edges(instance, request, offer) < 0) & ~np.isin(pairs, pins)):
        yield f"the pair {instance.pair(request[place], offer[place])} is neither an edge nor a pin"
    for place in np.flatnonzero(~np.isin(pins, pairs)):
        yield f"the pin {instance.pair(*instance.pins[place])} is not in the plan"
    for place in np.flatnonzero(instance.giver[offer] == instance.receiver[request]):
        yield f"the pair {instance.pair(request[place], offer[place])} pairs a person with themselves"
    held = np.unique(offer[instance.group[offer]])
    given = np.concatenate([instance.giver[held], instance.giver[offer[~instance.group[offer]]]])
    for what, ids, used, room in (
        ("request", instance.request_ids, request, np.ones(len(instance.request_ids), np.int64)),
        ("offer", instance.offer_ids, offer, instance.offer_capacity),
        ("receiver", instance.people_ids, instance.receiver[request], instance.receive),
        ("giver", instance.people_ids, given, instance.give),
    ):
        counts = np.bincount(used, minlength=len(ids))
        for place in np.flatnonzero(counts > room):
            yield f"the {what} {ids[place]} is used {counts[place]} times, {room[place]} at most"

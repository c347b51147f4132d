"""The best plan as a circulation: exchanges flow from those who give to those who ask, and round again.

Every exchange leaves a hub, enters a person who receives, passes through one of their requests to an offer, and comes
back to the hub through the person who gives. Limits are arcs with little room, what a pair is worth is a negative cost,
and reciprocity is an arc that leads from what a person gives straight to what they receive: whoever has a unit on it does
both. Nothing is left to round: such a network has a best plan in whole numbers, and a minimum-cost flow finds it.

A person's limits sit inside the person. Were they on the arcs from and to the hub, the arc of reciprocity would go round
them, and let everybody take one exchange too many.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike
from ortools.graph.python import min_cost_flow

from reciproque.matching.engine.instance import MOST_WORTH, Column, Flags, Impossible, Instance, ranks

_HUB = 0
_FAR = np.int64(1) << 60
_BEYOND = 4 * MOST_WORTH  # more than anything can be worth


@dataclass(frozen=True, eq=False)
class Market:
    """What the pins leave to plan, in the order of the ids: edges that may still be taken, room that is still there."""

    edges: Column  # where each edge is in the instance
    request: Column
    offer: Column
    weight: Column
    asks: Flags  # requests that may still be answered
    receiver: Column  # of each request
    giver: Column  # of each offer
    receive: Column  # room of each person
    give: Column
    seats: Column  # room of each offer
    session: Flags  # offers that count once for their giver
    opened: Flags  # sessions that a pin opened: they count already
    gave: Flags  # people who give, or have given, whatever is planned
    received: Flags
    reciprocity: int

    @classmethod
    def of(cls, instance: Instance) -> Self:
        """The market of an instance."""
        order = instance.order
        person, offer_rank, request_rank = map(ranks, (order.people, order.offers, order.requests))
        pinned, used = request_rank[instance.pins[:, 0]], offer_rank[instance.pins[:, 1]]
        receiver = person[instance.receiver[order.requests]]
        giver = person[instance.giver[order.offers]]
        session = instance.group[order.offers]
        opened = np.zeros(len(giver), bool)
        opened[used] = session[used]
        given = np.concatenate([giver[used[~session[used]]], giver[opened]])
        give = instance.give[order.people] - np.bincount(given, minlength=len(person))
        receive = instance.receive[order.people] - np.bincount(receiver[pinned], minlength=len(person))
        seats = instance.offer_capacity[order.offers] - np.bincount(used, minlength=len(giver))
        gave, received = instance.has_given[order.people], instance.has_received[order.people]
        gave[giver[used]] = True
        received[receiver[pinned]] = True
        asks = receive[receiver] > 0
        asks[pinned] = False
        offers = (seats > 0) & ((give[giver] > 0) | opened)
        request = request_rank[instance.edge_request[order.edges]]
        offer = offer_rank[instance.edge_offer[order.edges]]
        live = asks[request] & offers[offer]
        return cls(
            edges=order.edges[live],
            request=request[live],
            offer=offer[live],
            weight=instance.weight[order.edges[live]],
            asks=asks,
            receiver=receiver,
            giver=giver,
            receive=receive,
            give=give,
            seats=seats,
            session=session,
            opened=opened,
            gave=gave,
            received=received,
            reciprocity=int(instance.reciprocity),
        )


@dataclass(frozen=True, eq=False)
class Flow:
    """The best circulation of a market, and the prices that prove it."""

    taken: Flags  # of the market's edges
    price: Column  # of each request: what the plan would lose if somebody outside it answered
    first_received: Column  # what each person's reciprocity pays for receiving; the rest pays for giving


def circulate(market: Market, free: Flags, singly: Column) -> Flow:
    """The best circulation when some sessions cost their giver nothing and the others are not held.

    `singly` is how many exchanges each person gives at most one by one.
    """
    network, people = _Network(), len(singly)
    asking, offering = market.asks, _among(market.offer, len(market.giver))
    alone = offering & ~market.session
    seats = np.where(alone, np.minimum(market.seats, singly[market.giver]), market.seats * free)
    requests = np.bincount(market.receiver[asking], minlength=people)
    offers = np.bincount(market.giver[offering], minlength=people)
    singles = _totals(market.giver[alone], seats[alone], people)
    # Who could still earn by playing a part for the first time: the one they lack, or both together.
    earns = market.reciprocity > 0
    both = earns & ~market.gave & ~market.received & (requests > 0) & (offers > 0)
    first_receiving = earns & market.gave & ~market.received & (requests > 0)
    first_giving = earns & market.received & ~market.gave & (offers > 0)

    ask, serve = network.nodes(asking), network.nodes(offering)
    edges = network.join(ask[market.request], serve[market.offer], 1, -market.weight)

    # Receiving: from the hub, into the person where something is earned there, through their limit, to their requests.
    apart, limited = both | first_receiving, requests > market.receive
    inlet = network.nodes(apart)
    entry = network.nodes(limited, otherwise=inlet)
    network.join(_HUB, inlet[apart], requests[apart])
    network.join(_HUB, inlet[first_receiving], 1, -market.reciprocity)
    network.join(inlet[limited], entry[limited], market.receive[limited])
    network.join(entry[market.receiver[asking]], ask[asking], 1)

    # Giving: from the offers, through the person's limit unless it is a session, and out to the hub.
    apart, limited = both | first_giving, singles > singly
    outlet = network.nodes(apart)
    gate = network.nodes(limited, otherwise=outlet)
    through = np.where(market.session, outlet[market.giver], gate[market.giver])
    network.join(serve[offering], through[offering], seats[offering])
    network.join(gate[limited], outlet[limited], singly[limited])
    network.join(outlet[first_giving], _HUB, 1, -market.reciprocity)
    network.join(outlet[apart], _HUB, len(market.request))

    network.join(outlet[both], inlet[both], 1, -market.reciprocity)

    flow, distance = network.solve()
    # The reciprocity of whoever can play one part only is put on the other: nobody earns it.
    never = np.where(requests > 0, 0, market.reciprocity)
    return Flow(
        taken=flow[edges] > 0,
        price=np.where(asking, distance[ask], _BEYOND),
        first_received=np.where(both, np.clip(-distance[inlet], 0, market.reciprocity), never),
    )


class _Network:
    """Nodes and arcs of a circulation; where no node of one's own is needed, the hub will do."""

    def __init__(self) -> None:
        self._size = 1
        self._arcs: list[tuple[Column, ...]] = []
        self._count = 0

    def nodes(self, wanted: Flags, otherwise: ArrayLike = _HUB) -> Column:
        """A node of its own for each that wants one; for the others, the node they had."""
        places = np.where(wanted, 0, otherwise).astype(np.int64)
        count = np.count_nonzero(wanted)
        places[wanted] = self._size + np.arange(count)
        self._size += int(count)
        return places

    def join(self, tail: ArrayLike, head: ArrayLike, room: ArrayLike, cost: ArrayLike = 0) -> slice:
        """Arcs from nodes to nodes; returns where they are."""
        arcs = np.broadcast_arrays(tail, head, room, cost)
        first, self._count = self._count, self._count + len(arcs[0])
        self._arcs.append(tuple(np.asarray(column, np.int64) for column in arcs))
        return slice(first, self._count)

    def solve(self) -> tuple[Column, Column]:
        """The flow of least cost on each arc, and the distance of each node from the hub once it flows."""
        tail, head, room, cost = map(np.concatenate, zip(*self._arcs, strict=True))
        self._arcs.clear()
        if not len(tail):
            return np.empty(0, np.int64), np.zeros(self._size, np.int64)
        tail, head = tail.astype(np.int32), head.astype(np.int32)
        solver = min_cost_flow.SimpleMinCostFlow()
        # A circulation can as well be run backwards: found from offer to request, it takes the solver a third less time.
        arcs = solver.add_arcs_with_capacity_and_unit_cost(head, tail, room, cost)
        status = solver.solve()
        if status == solver.BAD_COST_RANGE:
            raise Impossible("the weights are too large to be added up over a network of this size")
        if status != solver.OPTIMAL:
            raise RuntimeError(f"the flow ended with {status}")
        flow = solver.flows(arcs)
        del solver
        more, back = flow < room, flow > 0
        return flow, _distances(
            np.concatenate([tail[more], head[back]]),
            np.concatenate([head[more], tail[back]]),
            np.concatenate([cost[more], -cost[back]]),
            self._size,
        )


def _distances(tail: Column, head: Column, cost: Column, size: int) -> Column:
    """The least cost of going from the hub to each node, along arcs without a cycle of negative cost.

    Round by round, only what came nearer in the last round is looked at; a plan has short chains of consequences.
    """
    order = np.argsort(tail, kind="stable")
    head, cost = head[order], cost[order]
    starts = np.searchsorted(tail[order], np.arange(size + 1))
    distance = np.full(size, _FAR)
    distance[_HUB] = 0
    nearer = np.array([_HUB])
    while len(nearer):
        first, count = starts[nearer], starts[nearer + 1] - starts[nearer]
        ends = np.cumsum(count)
        arcs = np.repeat(first - ends + count, count) + np.arange(ends[-1])
        reached = np.repeat(distance[nearer], count) + cost[arcs]
        better = reached < distance[head[arcs]]
        nearer, reached = head[arcs][better], reached[better]
        np.minimum.at(distance, nearer, reached)
        nearer = np.unique(nearer)
    return distance


def _among(places: Column, length: int) -> Flags:
    """Which of so many are named."""
    named = np.zeros(length, bool)
    named[places] = True
    return named


def _totals(who: Column, what: ArrayLike, length: int) -> Column:
    """The sum for each."""
    totals = np.zeros(length, np.int64)
    np.add.at(totals, who, what)
    return totals

"""Ways to plan a network, ours and those one would use without it: each takes a network and answers with pairs."""

import heapq
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from reciproque.config.bench.plan_networks import Network
from reciproque.matching.engine.insertion import fill, insert
from reciproque.matching.engine.instance import Instance
from reciproque.matching.engine.plan import solve

_PATIENCE = 300  # seconds given to HiGHS


class Answer(NamedTuple):
    """The pairs of a plan, and what it proves that no plan can exceed, when it proves something."""

    request: NDArray[np.int64]
    offer: NDArray[np.int64]
    upper_bound: int | None = None


def ours(network: Network) -> Answer:
    """The circulation, with its certificate."""
    plan = solve(network.instance)
    return Answer(plan.request, plan.offer, plan.upper_bound)


def greedy(network: Network) -> Answer:
    """The best pair that still fits, again and again."""
    instance = network.instance
    order = instance.order.edges
    best = order[np.argsort(-instance.weight[order], kind="stable")]
    return _added(instance, fill(instance, *instance.pins.T, best))


def first_come(network: Network) -> Answer:
    """Whoever has waited longest takes the best offer left, then the next: what a fair hand does."""
    instance, (request, offer) = network.instance, network.instance.pins.T
    turn = np.argsort(-network.waiting, kind="stable")
    more_requests, more_offers = insert(instance, request, offer, turn)
    return Answer(np.append(request, more_requests), np.append(offer, more_offers))


def deferred_acceptance(network: Network) -> Answer:
    """Gale and Shapley, as mentoring programmes use it: requests prefer what is worth most, givers who waited most.

    Each pair counts for its giver, sessions too.
    """
    instance = network.instance
    pinned, used = instance.pins.T
    people = len(instance.people_ids)
    give = (instance.give - np.bincount(instance.giver[used], minlength=people)).tolist()
    receive = (instance.receive - np.bincount(instance.receiver[pinned], minlength=people)).tolist()
    seats = (instance.offer_capacity - np.bincount(used, minlength=len(instance.offer_ids))).tolist()
    giver, receiver = instance.giver.tolist(), instance.receiver.tolist()
    patience, weight, offers = (
        network.waiting.tolist(),
        instance.weight.tolist(),
        instance.edge_offer.tolist(),
    )
    edges = instance.order.edges
    edges = edges[np.lexsort((-instance.weight[edges], instance.edge_request[edges]))].tolist()
    starts = np.concatenate([[0], np.cumsum(np.bincount(instance.edge_request, minlength=len(receiver)))])
    coming, last = starts[:-1].tolist(), starts[1:].tolist()

    proposing: list[list[tuple[int, int]]] = [
        [] for _ in range(people)
    ]  # requests that could propose, best first
    held: list[list[tuple[float, int, int]]] = [
        [] for _ in range(people)
    ]  # by giver: patience, request, offer

    def propose_next(request: int) -> None:
        if coming[request] < last[request]:
            heapq.heappush(proposing[receiver[request]], (-weight[edges[coming[request]]], request))

    for request in np.setdiff1d(np.arange(len(receiver)), pinned).tolist():
        propose_next(request)
    turns = list(range(people))
    while turns:
        person = turns.pop()
        while receive[person] > 0 and proposing[person]:
            request = heapq.heappop(proposing[person])[1]
            offer = offers[edges[coming[request]]]
            coming[request] += 1
            keeps = held[giver[offer]]
            keeps.append((patience[request], -request, offer))
            receive[person] -= 1
            here = [one for one in keeps if one[2] == offer]
            crowded = here if len(here) > seats[offer] else keeps if len(keeps) > give[giver[offer]] else []
            if crowded:
                refused = min(crowded)
                keeps.remove(refused)
                whose = receiver[-refused[1]]
                receive[whose] += 1
                propose_next(-refused[1])
                if whose != person:
                    turns.append(whose)
    pairs = np.array([(-request, offer) for keeps in held for _, request, offer in keeps], np.int64).reshape(
        -1, 2
    )
    return Answer(np.append(pinned, pairs[:, 0]), np.append(used, pairs[:, 1]))


def highs(network: Network) -> Answer | None:
    """The same plan as a linear programme (in whole numbers where there are sessions), by HiGHS; without pins."""
    instance = network.instance
    people, offers, edges = len(instance.people_ids), len(instance.offer_ids), np.arange(len(instance.weight))
    giver, receiver = instance.giver[instance.edge_offer], instance.receiver[instance.edge_request]
    together = instance.group[instance.edge_offer]
    open_at, both_at = (
        len(edges),
        len(edges) + offers,
    )  # columns: edges taken, sessions held, people who do both
    columns = both_at + people
    every, everyone = np.arange(offers), np.arange(people)

    def rows(count: int, *parts: tuple[NDArray[np.int64], NDArray[np.int64], int]) -> sparse.csr_array:
        row, column = (np.concatenate([part[side] for part in parts]) for side in (0, 1))
        value = np.concatenate([np.full(len(part[0]), float(part[2])) for part in parts])
        return sparse.csr_array((value, (row, column)), shape=(count, columns))

    sessions, singles = np.flatnonzero(instance.group), edges[~together]
    coming = edges[together]
    limits = [
        (
            rows(len(instance.request_ids), (instance.edge_request, edges, 1)),
            np.ones(len(instance.request_ids)),
        ),
        (rows(people, (receiver, edges, 1)), instance.receive),
        (rows(offers, (instance.edge_offer, edges, 1)), instance.offer_capacity),
        (
            rows(people, (giver[singles], singles, 1), (instance.giver[sessions], open_at + sessions, 1)),
            instance.give,
        ),
        (
            rows(
                len(coming),
                (np.arange(len(coming)), coming, 1),
                (np.arange(len(coming)), open_at + instance.edge_offer[coming], -1),
            ),
            np.zeros(len(coming)),
        ),
        (rows(people, (everyone, both_at + everyone, 1), (giver, edges, -1)), instance.has_given),
        (rows(people, (everyone, both_at + everyone, 1), (receiver, edges, -1)), instance.has_received),
    ]
    earns = ~(instance.has_given & instance.has_received)
    found = milp(
        -np.concatenate([instance.weight, np.zeros(len(every)), instance.reciprocity * earns]),
        constraints=LinearConstraint(
            sparse.vstack([matrix for matrix, _ in limits]),
            -np.inf,
            np.concatenate([room for _, room in limits]),
        ),
        bounds=Bounds(0, 1),
        integrality=np.full(columns, int(instance.group.any())),
        options={"time_limit": _PATIENCE, "mip_rel_gap": 1e-6},
    )
    if found.x is None:
        return None
    taken = edges[found.x[: len(edges)] > 0.5]
    proved = found.mip_dual_bound if instance.group.any() else found.fun
    return Answer(instance.edge_request[taken], instance.edge_offer[taken], round(-proved))


def _added(instance: Instance, edges: NDArray[np.int64]) -> Answer:
    request, offer = instance.pins.T
    return Answer(
        np.append(request, instance.edge_request[edges]), np.append(offer, instance.edge_offer[edges])
    )

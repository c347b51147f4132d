"""By day, between two plans: a new post finds its place among the pairs already made, and none of them moves."""

import numpy as np

from reciproque.matching.engine.instance import Column, Instance, ranks


def insert(
    instance: Instance, request: Column, offer: Column, newly: Column | None = None
) -> tuple[Column, Column]:
    """The pairs to add to those already made: each request in turn takes the best offer that still has room.

    `newly` says which requests, and in which order; when it does not, all those left, in the order of their ids. What
    makes one pair better than another, as having been proposed before, is for the weights to say.
    """
    waiting = instance.order.requests if newly is None else newly
    turn = np.full(len(instance.request_ids), -1)
    turn[waiting] = np.arange(len(waiting))
    edges = np.flatnonzero(turn[instance.edge_request] >= 0)
    preferred = ranks(instance.order.offers)[instance.edge_offer[edges]]
    edges = edges[np.lexsort((preferred, -instance.weight[edges], turn[instance.edge_request[edges]]))]
    taken = fill(instance, request, offer, edges)
    return instance.edge_request[taken], instance.edge_offer[taken]


def fill(instance: Instance, request: Column, offer: Column, edges: Column) -> Column:
    """The edges that can be added to some pairs: looked at one by one, each is taken if there is room left."""
    held = instance.group[offer]
    counted = instance.giver[np.concatenate([offer[~held], np.unique(offer[held])])]
    people, offers = len(instance.people_ids), len(instance.offer_ids)
    give = (instance.give - np.bincount(counted, minlength=people)).tolist()
    receive = (instance.receive - np.bincount(instance.receiver[request], minlength=people)).tolist()
    seats = (instance.offer_capacity - np.bincount(offer, minlength=offers)).tolist()
    asks = np.ones(len(instance.request_ids), bool)
    asks[request] = False
    waits, opened = asks.tolist(), (np.bincount(offer, minlength=offers) > 0).tolist()
    group, giver, receiver = instance.group.tolist(), instance.giver.tolist(), instance.receiver.tolist()
    edges = edges[asks[instance.edge_request[edges]]]
    taken = []
    for edge, one, other in zip(
        edges.tolist(),
        instance.edge_request[edges].tolist(),
        instance.edge_offer[edges].tolist(),
        strict=True,
    ):
        costs = 0 if group[other] and opened[other] else 1
        if not waits[one] or not seats[other] or not receive[receiver[one]] or give[giver[other]] < costs:
            continue
        taken.append(edge)
        waits[one], opened[other] = False, True
        seats[other] -= 1
        receive[receiver[one]] -= 1
        give[giver[other]] -= costs
    return np.array(taken, np.int64)

"""Who is taken in a ring of reciprocity: what they pass on comes back to them through at least two others."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from reciproque.exchanges.models import ExchangePerson
from reciproque.exchanges.rules import Side
from reciproque.insights.queries.counted import Asked

# Two people who teach each other are a pair, not a ring.
SMALLEST = 3


def in_rings(asked: Asked) -> list[int]:
    """Return the people from whom one may go, from giver to learner, through two others at least, and come back."""
    parts = ExchangePerson.objects.filter(
        asked.took_place_before("exchange"), exchange__network=asked.network, left_at=None
    ).order_by()
    sides: dict[int, tuple[list[int], list[int]]] = {}
    for exchange, person, side in parts.values_list("exchange_id", "person_id", "side"):
        sides.setdefault(exchange, ([], []))[side == Side.REQUESTER].append(person)
    pairs = np.array(
        [(giver, learner) for givers, learners in sides.values() for giver in givers for learner in learners],
        np.int64,
    ).reshape(-1, 2)
    if not len(pairs):
        return []
    people, places = np.unique(pairs, return_inverse=True)
    places = places.reshape(-1, 2)
    graph = csr_matrix(
        (np.ones(len(places), np.int8), (places[:, 0], places[:, 1])), shape=(len(people), len(people))
    )
    _number, labels = connected_components(graph, directed=True, connection="strong")
    large = np.bincount(labels) >= SMALLEST
    return [int(person) for person in people[large[labels]]]

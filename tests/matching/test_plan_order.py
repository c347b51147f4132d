"""The same network written down in another order gets the same plan, and by day nothing that is planned moves."""

import random

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reciproque.config.bench.plan_networks import network as made_up
from reciproque.matching.engine.insertion import insert
from reciproque.matching.engine.instance import Instance
from reciproque.matching.engine.plan import answer_json, solve
from tests.matching import instances

SEEDS = st.integers(0, 2**32)
quietly = settings(deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])


@settings(quietly, max_examples=300)
@given(SEEDS, st.booleans())
def test_a_small_network_shuffled_gets_the_same_plan(seed, sessions):
    shuffler = random.Random(seed)
    network = instances.drawn(seed, sessions=sessions)
    shuffled = {
        name: shuffler.sample(part, len(part)) if isinstance(part, list) else part
        for name, part in network.items()
    }

    assert _answer(shuffled) == _answer(network)


@pytest.mark.parametrize("regime", ["base", "tight", "scarce", "sessions"])
def test_a_network_shuffled_gets_the_same_plan(regime):
    # Many pairs worth the same: many plans are the best, and one has to be settled on.
    network = _written(made_up(1_500, regime).instance, coarse=1_000)
    shuffler = random.Random(1)
    first = _answer(network)

    for _ in range(5):
        shuffled = {
            name: shuffler.sample(part, len(part)) if isinstance(part, list) else part
            for name, part in network.items()
        }
        assert _answer(shuffled) == first


def test_pairs_come_in_the_order_of_the_ids():
    pairs = _answer(_written(made_up(600).instance))["pairs"]

    assert pairs == sorted(pairs)


@settings(quietly, max_examples=300)
@given(SEEDS, st.booleans())
def test_what_is_added_by_day_moves_nothing_and_fits(seed, sessions):
    network = instances.drawn(seed, sessions=sessions)
    new = {request["id"] for request in network["requests"][::2]}
    known = [edge for edge in network["edges"] if edge[0] not in new]
    pins = [pin for pin in network["pins"] if pin[0] not in new]
    yesterday = solve(Instance.from_json(network | {"edges": known, "pins": pins}))

    instance = Instance.from_json(network)
    request, offer = insert(instance, yesterday.request, yesterday.offer)

    pairs = [
        (str(instance.request_ids[one]), str(instance.offer_ids[other]))
        for one, other in zip(
            np.append(yesterday.request, request), np.append(yesterday.offer, offer), strict=True
        )
    ]
    assert instances.possible(network, pairs)
    left = {tuple(edge[:2]) for edge in network["edges"]} - set(pairs)
    assert not any(instances.possible(network, [*pairs, pair]) for pair in left)


def test_by_day_the_request_that_waited_most_can_come_first():
    network = {
        "people": [{"id": name, "give": 1, "receive": 1} for name in "abc"],
        "offers": [{"id": "o", "giver": "a", "capacity": 1}],
        "requests": [{"id": "r1", "receiver": "b"}, {"id": "r2", "receiver": "c"}],
        "edges": [["r1", "o", 9], ["r2", "o", 1]],
    }
    nothing = np.empty(0, np.int64)

    request, _ = insert(Instance.from_json(network), nothing, nothing, np.array([1, 0]))

    assert request.tolist() == [1]


def _answer(network):
    answer = answer_json(solve(Instance.from_json(network)))
    return {name: answer[name] for name in ("pairs", "objective", "upper_bound")}


def _written(instance, coarse=1):
    """A made-up network in the form anyone can bring, what pairs are worth made coarser."""
    return {
        "people": [
            {"id": f"p{place:06}", "give": give, "receive": receive}
            for place, (give, receive) in enumerate(
                zip(instance.give.tolist(), instance.receive.tolist(), strict=True)
            )
        ],
        "offers": [
            {"id": f"o{place:06}", "giver": f"p{giver:06}", "capacity": capacity, "group": group}
            for place, (giver, capacity, group) in enumerate(
                zip(
                    instance.giver.tolist(),
                    instance.offer_capacity.tolist(),
                    instance.group.tolist(),
                    strict=True,
                )
            )
        ],
        "requests": [
            {"id": f"r{place:06}", "receiver": f"p{receiver:06}"}
            for place, receiver in enumerate(instance.receiver.tolist())
        ],
        "edges": [
            [f"r{request:06}", f"o{offer:06}", weight // coarse]
            for request, offer, weight in zip(
                instance.edge_request.tolist(),
                instance.edge_offer.tolist(),
                instance.weight.tolist(),
                strict=True,
            )
        ],
        "pins": [],
        "reciprocity": instance.reciprocity // coarse,
    }

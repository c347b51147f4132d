"""The plan against trying everything: as good as can be, never beyond a limit, and its bound holds."""

import random
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reciproque.matching.engine.certificate import Certificate, bound, problems
from reciproque.matching.engine.instance import Instance
from reciproque.matching.engine.plan import answer_json, solve
from tests.matching import instances

SEEDS = st.integers(0, 2**32)
quietly = settings(deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])


@settings(quietly, max_examples=1_000)
@given(SEEDS)
def test_the_plan_is_the_best_of_all(seed):
    network = instances.drawn(seed)
    answer = answer_json(solve(Instance.from_json(network)))

    pairs = [tuple(pair) for pair in answer["pairs"]]
    assert instances.possible(network, pairs)
    assert {tuple(pin) for pin in network["pins"]} <= set(pairs)
    assert answer["objective"] == instances.value(network, pairs) == instances.best(network)
    assert answer["upper_bound"] == answer["objective"]


@settings(quietly, max_examples=1_000)
@given(SEEDS)
def test_with_sessions_the_plan_is_possible_and_the_bound_holds(seed):
    network = instances.drawn(seed, sessions=True)
    answer = answer_json(solve(Instance.from_json(network)))

    pairs = [tuple(pair) for pair in answer["pairs"]]
    assert instances.possible(network, pairs)
    assert {tuple(pin) for pin in network["pins"]} <= set(pairs)
    assert answer["objective"] == instances.value(network, pairs)
    assert answer["objective"] <= instances.best(network) <= answer["upper_bound"]


@settings(quietly, max_examples=500)
@given(SEEDS, st.booleans())
def test_whatever_the_prices_no_plan_exceeds_their_bound(seed, sessions):
    network = instances.drawn(seed, sessions=sessions)
    instance, rng = Instance.from_json(network), random.Random(seed)
    prices = [rng.randint(-20, 20_000) for _ in network["requests"]]
    shares = [rng.randint(-5, 5_000) for _ in network["people"]]

    proved = bound(instance, Certificate(np.array(prices, np.int64), np.array(shares, np.int64)))

    assert proved >= instances.best(network)


def test_what_proves_the_bound_knows_nothing_of_the_solver():
    certificate = "import sys, reciproque.matching.engine.certificate"
    known = subprocess.run(
        [sys.executable, "-c", f"{certificate}; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()

    assert not [name for name in known if name.startswith(("ortools", "scipy"))]
    assert {name for name in known if name.startswith("reciproque.matching.engine.")} == {
        "reciproque.matching.engine.certificate",
        "reciproque.matching.engine.instance",
    }


@pytest.mark.parametrize(
    ("pairs", "complaint"),
    [
        ([(0, 0), (1, 2)], None),
        ([(0, 0), (2, 0), (1, 2)], "the receiver bob is used 2 times, 1 at most"),
        ([(0, 0), (0, 2)], "the request r1 is used 2 times, 1 at most"),
        ([(1, 1), (3, 1), (0, 0)], "the offer o2 is used 2 times, 1 at most"),
        ([(1, 0), (0, 2), (3, 1)], "the giver ana is used 2 times, 1 at most"),
        ([(0, 1), (1, 2)], "the pair (r1, o2) is neither an edge nor a pin"),
        ([(0, 0), (1, 0), (3, 0)], None),
        ([(4, 2)], "the pair (r5, o3) pairs a person with themselves"),
        ([], "the pin (r1, o1) is not in the plan"),
    ],
)
def test_every_limit_is_looked_at_again(pairs, complaint):
    # Ana gives once: a session (o1) or a single exchange (o2); o3 is Cleo's.
    instance = Instance(
        people_ids=np.array(["ana", "bob", "cleo", "dan"]),
        give=np.array([1, 0, 5, 0]),
        receive=np.array([1, 1, 1, 2]),
        offer_ids=np.array(["o1", "o2", "o3"]),
        giver=np.array([0, 0, 2]),
        offer_capacity=np.array([3, 1, 5]),
        group=np.array([True, False, False]),
        request_ids=np.array(["r1", "r2", "r3", "r4", "r5"]),
        receiver=np.array([1, 3, 1, 3, 2]),
        edge_request=np.array([0, 2, 1, 3, 1, 3, 0, 1]),
        edge_offer=np.array([0, 0, 0, 0, 1, 1, 2, 2]),
        weight=np.arange(8),
        pins=np.array([[0, 0]]),
    )

    found = problems(instance, *np.array(pairs, np.int64).reshape(-1, 2).T)

    assert found == [] if complaint is None else complaint in found

"""What one more seat is said to be worth, against planning again with that seat."""

import random

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from reciproque.matching.engine.instance import Instance
from reciproque.matching.engine.plan import solve
from reciproque.matching.engine.prices import giving_prices, seat_prices
from tests.matching import instances

quietly = settings(
    deadline=None, database=None, max_examples=300, suppress_health_check=[HealthCheck.too_slow]
)


@quietly
@given(st.integers(0, 2**32))
def test_a_seat_is_worth_what_planning_again_with_it_adds(seed):
    chance = random.Random(seed)
    network = instances.drawn(seed)
    assume(network["offers"])
    instance = Instance.from_json(network)
    plan = solve(instance)
    place = chance.randrange(len(network["offers"]))
    offer = network["offers"][place]["id"]
    outside = {"id": "outside", "give": 1, "receive": 0}
    another = {"id": "another", "giver": "outside", "capacity": 1}
    edges = [[request, "another", weight] for request, like, weight in network["edges"] if like == offer]

    more = network | {
        "people": [*network["people"], outside],
        "offers": [*network["offers"], another],
        "edges": [*network["edges"], *edges],
    }

    assert seat_prices(instance, plan)[place] == solve(Instance.from_json(more)).objective - plan.objective


@quietly
@given(st.integers(0, 2**32))
def test_giving_once_more_is_worth_what_planning_again_adds(seed):
    chance = random.Random(seed)
    network = instances.drawn(seed)
    who = [place for place, person in enumerate(network["people"]) if person["give"] > 0]
    assume(who)
    place = chance.choice(who)
    instance = Instance.from_json(network)
    plan = solve(instance)

    network["people"][place]["give"] += 1

    assert (
        giving_prices(instance, plan)[place] == solve(Instance.from_json(network)).objective - plan.objective
    )

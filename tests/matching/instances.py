"""Networks to plan, drawn at random and small, and the best plan of one found by trying everything."""

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from reciproque.matching.engine.instance import Impossible, Instance


def drawn(seed: int, *, sessions: bool = False, size: int = 5) -> dict[str, Any]:
    """A network in the form anyone can bring: tight limits, zeros, posts nobody can join, pins, history."""
    rng = random.Random(seed)
    people = [f"p{number}" for number in range(rng.randint(3, size))]
    limits, common, worth = (
        [0, 1, 1, 1, 1, 2, 2, 3],
        rng.choice([0.3, 0.6, 1]),
        rng.choice([2, 10, 10_000, 5 * 10**8]),
    )
    history = rng.choice([0, 0, 0.3])
    offers = [
        {
            "id": f"o{number}",
            "giver": rng.choice(people),
            "capacity": rng.choice(limits),
            "group": sessions and rng.random() < 0.6,
        }
        for number in range(rng.choice([0, 2, 3, 4, 4, size, size, size]))
    ]
    requests = [
        {"id": f"r{number}", "receiver": rng.choice(people)}
        for number in range(rng.choice([0, 2, 3, 4, 4, size, size, size]))
    ]
    possible = [
        (request["id"], offer["id"])
        for request in requests
        for offer in offers
        if request["receiver"] != offer["giver"]
    ]
    network = {
        "people": [
            {
                "id": name,
                "give": rng.choice(limits),
                "receive": rng.choice(limits),
                "has_given": rng.random() < history,
                "has_received": rng.random() < history,
            }
            for name in people
        ],
        "offers": offers,
        "requests": requests,
        "edges": [[*pair, rng.randint(0, worth)] for pair in possible if rng.random() < common],
        "pins": [],
        "reciprocity": rng.choice([0, 1, worth // 2, 2 * worth]),
    }
    for pin in rng.sample(possible, min(len(possible), rng.choice([0, 0, 1, 2]))):
        with suppress(Impossible):
            Instance.from_json(network | {"pins": [*network["pins"], list(pin)]})
            network["pins"].append(list(pin))
    return network


def best(network: dict[str, Any]) -> int:
    """What the best plan is worth, found by trying all plans; nothing here is shared with the engine."""
    return max(value(network, pairs) for pairs in _plans(network))


def value(network: dict[str, Any], pairs: list[tuple[str, str]]) -> int:
    """What a plan is worth."""
    weights = {(request, offer): weight for request, offer, weight in network["edges"]}
    giver = {offer["id"]: offer["giver"] for offer in network["offers"]}
    receiver = {request["id"]: request["receiver"] for request in network["requests"]}
    give, receive = {giver[offer] for _, offer in pairs}, {receiver[request] for request, _ in pairs}
    earn = 0
    for person in network["people"]:
        before = person.get("has_given", False) and person.get("has_received", False)
        gives = person.get("has_given", False) or person["id"] in give
        receives = person.get("has_received", False) or person["id"] in receive
        earn += gives and receives and not before
    return sum(weights.get(tuple(pair), 0) for pair in pairs) + network["reciprocity"] * earn


def possible(network: dict[str, Any], pairs: list[tuple[str, str]]) -> bool:
    """Whether a plan respects every limit."""
    offers = {offer["id"]: offer for offer in network["offers"]}
    receiver = {request["id"]: request["receiver"] for request in network["requests"]}
    given: Counter[str] = Counter()
    for offer, count in Counter(offer for _, offer in pairs).items():
        if count > offers[offer]["capacity"]:
            return False
        given[offers[offer]["giver"]] += 1 if offers[offer].get("group") else count
    received = Counter(receiver[request] for request, _ in pairs)
    return (
        max(Counter(request for request, _ in pairs).values(), default=0) <= 1
        and all(given[person["id"]] <= person["give"] for person in network["people"])
        and all(received[person["id"]] <= person["receive"] for person in network["people"])
    )


def _plans(network: dict[str, Any]) -> Iterator[list[tuple[str, str]]]:
    pins = [tuple(pin) for pin in network["pins"]]
    edges: dict[str, list[str]] = {}
    for request, offer, _ in network["edges"]:
        edges.setdefault(request, []).append(offer)
    for request, _ in pins:
        edges.pop(request, None)

    def complete(pairs: list[tuple[str, str]], left: list[str]) -> Iterator[list[tuple[str, str]]]:
        if not left:
            yield pairs
            return
        yield from complete(pairs, left[1:])
        for offer in edges[left[0]]:
            more = [*pairs, (left[0], offer)]
            if possible(network, more):
                yield from complete(more, left[1:])

    yield from complete(pins, list(edges))

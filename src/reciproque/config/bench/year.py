"""A simulated year: people who only look around, beside the same people when the network proposes pairs every night.

The model is in `year_model`, all that it supposes in `year_assumptions`. What is printed are means over seeds with their
standard errors; ratios are to those who only look around, in the same worlds.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reciproque.config.bench.year_assumptions import Assumptions
from reciproque.config.bench.year_model import Ints, Outcome, Pairs, Policy, live

BROWSE, GREEDY, PLAN, NUDGES = "browse only", "greedy nightly", "plan nightly", "plan nightly + nudges"
# Many lists do not say how and where people can meet; a good search does.
BETTER_BROWSE = "browse only, those one can meet"
_WORTH = 10_000  # a perfect fit, in the whole numbers of a plan


def add(parser: argparse.ArgumentParser) -> None:
    """Say the options."""
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--members", type=int, default=Assumptions.members)
    parser.add_argument("--json", action="store_true", help="print the figures for a machine")


def run(options: argparse.Namespace) -> int:
    """Measure and print."""
    figures = measure(replace(Assumptions(), members=options.members), range(options.seeds))
    if options.json:
        print(json.dumps(figures))
        return 0
    for name, values in figures["policies"].items():
        print(f"{name}")
        for what, value in values.items():
            print(f"  {what:74} {value}")
    return 0


def measure(assumed: Assumptions, seeds: Sequence[int]) -> dict[str, Any]:
    """The figures of every policy, and what they suppose."""
    filtered = replace(assumed, ways_shown=True)
    ways: dict[str, tuple[Policy | None, Assumptions, bool]] = {
        BROWSE: (None, assumed, False),
        BETTER_BROWSE: (None, filtered, False),
        GREEDY: (greedy, assumed, False),
        PLAN: (planned, assumed, False),
        NUDGES: (planned, assumed, True),
    }
    policies: dict[str, dict[str, Any]] = {}
    for name, (policy, world, nudged) in ways.items():
        start = time.perf_counter()
        years = [judge(live(policy, seed, world, nudged=nudged), world) for seed in seeds]
        policies[name] = _means(years)
        policies[name]["seconds a year"] = round((time.perf_counter() - start) / len(seeds), 1)
    for base in (BROWSE, BETTER_BROWSE):
        for values in policies.values():
            for what in ("exchanges", "median wait of all requests, days"):
                values[f"{what}, over {base}"] = _ratio(values[what], policies[base][what])
    return {"seeds": len(seeds), "assumptions": asdict(assumed), "policies": policies}


def greedy(pairs: Pairs, assumed: Assumptions) -> Ints:
    """The best pair first, then the best that is left."""
    seats, wants, room = pairs.seats.tolist(), pairs.wants.tolist(), pairs.room.tolist()
    request, offer = pairs.request.tolist(), pairs.offer.tolist()
    giver, receiver = pairs.giver.tolist(), pairs.receiver.tolist()
    asked: set[int] = set()
    chosen = []
    for pair in np.argsort(-pairs.estimate, kind="stable").tolist():
        free = seats[giver[pair]] > 0 and wants[receiver[pair]] > 0 and room[offer[pair]] > 0
        if free and request[pair] not in asked:
            asked.add(request[pair])
            seats[giver[pair]] -= 1
            wants[receiver[pair]] -= 1
            room[offer[pair]] -= 1
            chosen.append(pair)
    return np.array(chosen, np.int64)


def planned(pairs: Pairs, assumed: Assumptions) -> Ints:
    """The pairs of the plan of the whole network, with waiting and reciprocity."""
    from reciproque.matching.engine.plan import Instance, solve

    weight, full = assumed.waiting
    worth = pairs.estimate + weight * np.minimum(pairs.waited / full, 1)
    requests, request = np.unique(pairs.request, return_inverse=True)
    offers, offer = np.unique(pairs.offer, return_inverse=True)
    receiver, giver = np.empty_like(requests), np.empty_like(offers)
    receiver[request], giver[offer] = pairs.receiver, pairs.giver
    plan = solve(
        Instance(
            people_ids=np.arange(len(pairs.seats)),
            give=pairs.seats,
            receive=pairs.wants,
            offer_ids=offers,
            giver=giver,
            offer_capacity=pairs.room[offers],
            request_ids=requests,
            receiver=receiver,
            edge_request=request,
            edge_offer=offer,
            weight=np.rint(np.maximum(worth, 0) * _WORTH).astype(np.int64),
            reciprocity=round(assumed.reciprocity * _WORTH),
            has_given=pairs.has_given,
            has_received=pairs.has_received,
        )
    )
    chosen = np.isin(request * len(offers) + offer, plan.request * len(offers) + plan.offer)
    return np.flatnonzero(chosen)


def judge(year: Outcome, assumed: Assumptions) -> dict[str, float]:
    """What is said of one year."""
    both = (year.gave > 0) & (year.received > 0)
    waited = year.waits[year.served]
    return {
        "exchanges": year.exchanges,
        "exchanges a member": year.exchanges / assumed.members,
        "requests": len(year.served),
        "requests served, %": 100 * float(year.served.mean()) if len(year.served) else 0.0,
        "median wait of all requests, days": median_wait(year.waits, year.served),
        "median wait of those served, days": float(np.median(waited)) if len(waited) else np.inf,
        "both roles, % of members": 100 * float(both.mean()),
        "Gini of giving, among those who offer": gini(year.gave[year.offered]),
        "proposals": year.proposals,
        "accepted, %": 100 * year.accepted / max(year.proposals, 1),
    }


def median_wait(waits: NDArray[np.float64], served: NDArray[np.bool_]) -> float:
    """The wait that half of all requests exceed, by Kaplan and Meier: those given up or still waiting count until then."""
    days, place = np.unique(waits, return_inverse=True)
    left = len(waits) - np.concatenate([[0], np.cumsum(np.bincount(place, minlength=len(days)))])[:-1]
    waiting = np.cumprod(1 - np.bincount(place[served], minlength=len(days)) / left)
    half = np.flatnonzero(waiting <= 0.5)
    return float(days[half[0]]) if len(half) else np.inf


def gini(given: NDArray[np.int64]) -> float:
    """How unequally exchanges are given: 0 when all give as much."""
    many, total = len(given), given.sum()
    return float((2 * np.arange(1, many + 1) - many - 1) @ np.sort(given) / (many * total)) if total else 0.0


def _means(years: list[dict[str, float]]) -> dict[str, Any]:
    """The mean of each figure; for exchanges, its standard error too."""
    means: dict[str, Any] = {}
    for name in years[0]:
        values = np.array([year[name] for year in years])
        means[name] = round(float(values.mean()), 2) if np.isfinite(values).all() else None
        if name == "exchanges" and len(years) > 1:
            means["  standard error"] = round(float(values.std(ddof=1) / np.sqrt(len(values))), 1)
    return means


def _ratio(value: float | None, base: float | None) -> float | None:
    return round(value / base, 3) if value is not None and base else None

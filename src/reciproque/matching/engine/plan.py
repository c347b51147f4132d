"""The plan of a whole network: who could meet whom, worth as much as can be, within everybody's limits.

What is given is put in the order of the ids, pairs already decided are set, the rest is one circulation (or several, when
there are sessions), and what comes out is checked by code that did not make it. A pair worth nothing is not proposed,
unless it makes somebody both give and receive: an introduction asks for people's time.
"""

import time
from dataclasses import dataclass
from typing import Any

import numpy as np

from reciproque.matching.engine.certificate import Certificate, bound, problems, worth
from reciproque.matching.engine.circulation import Flow, Market
from reciproque.matching.engine.instance import Column, Flags, Impossible, Instance, ranks
from reciproque.matching.engine.sessions import hold

__all__ = ["Impossible", "Instance", "Plan", "solve"]


@dataclass(frozen=True, eq=False)
class Plan:
    """The pairs of a plan, in the order of the ids, what they are worth, and what no plan can exceed."""

    instance: Instance
    request: Column
    offer: Column
    objective: int
    upper_bound: int
    certificate: Certificate  # what proves the bound
    seconds: float

    @property
    def exact(self) -> bool:
        """Whether it is proved that no plan is worth more."""
        return self.objective == self.upper_bound


def solve(instance: Instance) -> Plan:
    """The plan worth most, or nearly so where there are sessions; the same for the same network in any order."""
    begun = time.perf_counter()
    market = Market.of(instance)
    flow = hold(market)
    return _checked(instance, market, flow, begun)


def answer_json(plan: Plan) -> dict[str, Any]:
    """The plan in the form in which anyone can read it."""
    requests, offers = plan.instance.request_ids[plan.request], plan.instance.offer_ids[plan.offer]
    return {
        "pairs": [list(pair) for pair in zip(requests.tolist(), offers.tolist(), strict=True)],
        "objective": plan.objective,
        "upper_bound": plan.upper_bound,
        "seconds": round(plan.seconds, 4),
    }


def _checked(instance: Instance, market: Market, flow: Flow, begun: float) -> Plan:
    """The plan of a flow, every limit looked at again."""
    edges = market.edges[flow.taken]
    edges = edges[~_idle(instance, edges)]
    request = np.concatenate([instance.pins[:, 0], instance.edge_request[edges]])
    offer = np.concatenate([instance.pins[:, 1], instance.edge_offer[edges]])
    order = np.argsort(ranks(instance.order.requests)[request])
    request, offer = request[order], offer[order]
    if found := problems(instance, request, offer):
        raise RuntimeError(f"the plan breaks {len(found)} limits: {found[0]}")
    certificate = _certificate(instance, flow)
    return Plan(
        instance,
        request,
        offer,
        worth(instance, request, offer),
        bound(instance, certificate),
        certificate,
        time.perf_counter() - begun,
    )


def _certificate(instance: Instance, flow: Flow) -> Certificate:
    """The prices of a flow, in the order of the instance."""
    price, first_received = np.empty_like(flow.price), np.empty_like(flow.first_received)
    price[instance.order.requests] = flow.price
    first_received[instance.order.people] = flow.first_received
    return Certificate(price, first_received)


def _idle(instance: Instance, edges: Column) -> Flags:
    """Which pairs add nothing: none of them, nor all of them together, would be missed."""
    request = np.concatenate([instance.pins[:, 0], instance.edge_request[edges]])
    offer = np.concatenate([instance.pins[:, 1], instance.edge_offer[edges]])
    people = len(instance.people_ids)
    gives = np.bincount(instance.giver[offer], minlength=people) + instance.has_given
    receives = np.bincount(instance.receiver[request], minlength=people) + instance.has_received
    earns = (instance.reciprocity > 0) & ~(instance.has_given & instance.has_received)
    idle = np.zeros(len(edges), bool)
    for place in np.flatnonzero(instance.weight[edges] == 0).tolist():
        giver = instance.giver[instance.edge_offer[edges[place]]]
        receiver = instance.receiver[instance.edge_request[edges[place]]]
        giver_needs = earns[giver] and gives[giver] == 1 and receives[giver] > 0
        receiver_needs = earns[receiver] and receives[receiver] == 1 and gives[receiver] > 0
        if not giver_needs and not receiver_needs:
            idle[place] = True
            gives[giver] -= 1
            receives[receiver] -= 1
    return idle

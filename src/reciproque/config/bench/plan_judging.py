"""What a plan gives to whom, and what it took to make it: one network, one method, in a process of its own."""

import re
import resource
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import fields, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reciproque.config.bench import plan_methods
from reciproque.config.bench.plan_networks import Network, network
from reciproque.matching.engine.certificate import problems, worth
from reciproque.matching.engine.instance import Instance
from reciproque.matching.engine.plan import solve


def apart(work: Any, *arguments: Any) -> Any:
    """Do some work in a process of its own, so that its memory is its own."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as executor:
        return executor.submit(work, *arguments).result()


def draw(path: Path, posts: int, regime: str, seed: int) -> dict[str, int]:
    """Write a made-up network in a file, and say how large it is."""
    made = network(posts, regime, seed)
    columns = {field.name: getattr(made.instance, field.name) for field in fields(Instance)}
    np.savez(path, closeness=made.closeness, waiting=made.waiting, **columns)
    instance = made.instance
    return {
        "people": len(instance.people_ids),
        "offers": len(instance.offer_ids),
        "requests": len(instance.request_ids),
        "edges": len(instance.weight),
    }


def measure(
    path: Path, method: str, reciprocity: int | None = None, fit_only: bool = False
) -> dict[str, Any]:
    """Plan the network of a file by one method, and judge the plan; other things may be made to matter."""
    made = _read(path)
    if reciprocity is not None:
        weight = made.closeness if fit_only else made.instance.weight
        made = replace(made, instance=replace(made.instance, reciprocity=reciprocity, weight=weight))
    before, begun, worked = _peak(), time.perf_counter(), time.process_time()
    answer = getattr(plan_methods, method)(made)
    took = {
        "seconds": round(time.perf_counter() - begun, 3),
        "of work": round(time.process_time() - worked, 3),  # less, when others keep the machine busy
        "MB": _peak(),
        "MB more": _peak() - before,
    }
    if answer is None:
        return {"method": method, **took}
    return {
        "method": method,
        "upper bound": answer.upper_bound,
        **took,
        **judge(made, answer.request, answer.offer),
    }


def measure_choices(path: Path, choices: list[tuple[int, bool]]) -> list[dict[str, Any]]:
    """Our plans of the same network, as other things are made to matter."""
    return [measure(path, "ours", *choice) for choice in choices]


def judge(made: Network, request: NDArray[np.int64], offer: NDArray[np.int64]) -> dict[str, Any]:
    """What a plan is worth, and who gains by it."""
    instance = made.instance
    people = len(instance.people_ids)
    gives = np.bincount(instance.giver[offer], minlength=people)
    receives = np.bincount(instance.receiver[request], minlength=people)
    could_give = np.bincount(instance.giver[instance.edge_offer], minlength=people) > 0
    could_receive = np.bincount(instance.receiver[instance.edge_request], minlength=people) > 0
    both = could_give & could_receive
    could_be_served = np.bincount(instance.edge_request, minlength=len(instance.request_ids)) > 0
    served = np.zeros(len(instance.request_ids), bool)
    served[request] = True
    oldest = could_be_served & (made.waiting >= np.quantile(made.waiting, 0.9)) if len(served) else served
    return {
        "worth": worth(instance, request, offer),
        "exchanges": len(request),
        "violations": len(problems(instance, request, offer)),
        "fit": worth(replace(instance, weight=made.closeness, reciprocity=0), request, offer),
        "both roles, %": _share((gives[both] > 0) & (receives[both] > 0)),
        "oldest tenth served, %": _share(served[oldest]),
        "Gini of load": _gini(gives[could_give]),
    }


def shuffled_the_same(path: Path, seed: int = 0) -> bool:
    """Whether the network written down in another order gets the same pairs."""
    made, rng = _read(path).instance, np.random.default_rng(seed)
    people, offers, requests, edges = (
        rng.permutation(len(column))
        for column in (made.people_ids, made.offer_ids, made.request_ids, made.weight)
    )
    person, offer, request = (np.argsort(order) for order in (people, offers, requests))
    shuffled = replace(
        made,
        people_ids=made.people_ids[people],
        give=made.give[people],
        receive=made.receive[people],
        has_given=made.has_given[people],
        has_received=made.has_received[people],
        offer_ids=made.offer_ids[offers],
        giver=person[made.giver[offers]],
        offer_capacity=made.offer_capacity[offers],
        group=made.group[offers],
        request_ids=made.request_ids[requests],
        receiver=person[made.receiver[requests]],
        edge_request=request[made.edge_request[edges]],
        edge_offer=offer[made.edge_offer[edges]],
        weight=made.weight[edges],
    )
    pairs = [
        (instance.request_ids[plan.request].tolist(), instance.offer_ids[plan.offer].tolist())
        for instance, plan in ((each, solve(each)) for each in (made, shuffled))
    ]
    return pairs[0] == pairs[1]


def _read(path: Path) -> Network:
    with np.load(path) as columns:
        instance = {field.name: columns[field.name] for field in fields(Instance)}
        instance["reciprocity"] = int(instance["reciprocity"])
        return Network(Instance(**instance), columns["closeness"], columns["waiting"])


def _share(those: NDArray[np.bool_]) -> float | None:
    return round(100 * float(those.mean()), 1) if len(those) else None


def _gini(loads: NDArray[np.int64]) -> float | None:
    """How unequally those who could give do give: 0 all alike, 1 one does it all."""
    if not loads.sum():
        return None
    ranks = 2 * np.arange(1, len(loads) + 1) - len(loads) - 1
    return round(float(ranks @ np.sort(loads) / (len(loads) * loads.sum())), 3)


def _peak() -> int:
    """The most memory this process has held, in megabytes; where it can, without what its parent held."""
    status = Path("/proc/self/status")
    if status.exists() and (found := re.search(r"VmHWM:\s+(\d+) kB", status.read_text())):
        return int(found[1]) // 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024

"""Rings of a made-up network: how many, in what time, and how many people can be in one at once.

Beside ours, in the same run: a plain walk in Python (each ring once, from its smallest person), and for the choice of
rings without anybody in common, the best ring first, and a solver given the whole problem and a minute.
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reciproque.matching.engine.packing import PERSON, pack_rings
from reciproque.matching.engine.rings import Edges, Rings, find_rings, rings_through

_NEW_POSTS = 300  # people whose rings are looked for one by one


def add(parser: argparse.ArgumentParser) -> None:
    """Say the options."""
    parser.add_argument("--posts", type=int, default=4_500)
    parser.add_argument("--people", type=int, default=1_500)
    parser.add_argument("--subjects", type=int, default=300)
    parser.add_argument("--longest", type=int, default=4, choices=[2, 3, 4], help="people in a ring, at most")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--solver-seconds", type=float, default=60.0, help="given to the solver; 0: not asked"
    )
    parser.add_argument("--json", action="store_true", help="print the figures for a machine")


def run(options: argparse.Namespace) -> int:
    """Measure and print."""
    figures = measure(
        made_up(options.posts, options.people, options.subjects, options.seed),
        options.longest,
        options.solver_seconds,
    )
    figures = {"posts": options.posts, "people": options.people, "subjects": options.subjects, **figures}
    if options.json:
        print(json.dumps(figures))
        return 0
    for name, value in figures.items():
        print(f"{name:50} {value}")
    return 0


def made_up(posts: int, people: int, subjects: int, seed: int) -> tuple[NDArray[np.int64], ...]:
    """Giver, receiver, score: half of the posts are offers; seven pairs about one subject in ten may meet."""
    rng = np.random.default_rng(seed)
    half = posts // 2
    # Subjects are as unequally popular as words are, and sought otherwise than they are offered.
    popularity = 1 / (np.arange(subjects) + 10.0) ** 0.9
    sought = popularity * rng.lognormal(0, 0.5, subjects)
    offers, requests = (
        np.column_stack([rng.integers(0, people, half), rng.choice(subjects, half, p=taste / taste.sum())])
        for taste in (popularity, sought)
    )
    pairs = [
        np.array(np.meshgrid(of[of[:, 1] == subject, 0], to[to[:, 1] == subject, 0])).reshape(2, -1)
        for of, to in [(offers, requests)]
        for subject in range(subjects)
    ]
    giver, receiver = np.unique(np.concatenate(pairs, axis=1), axis=1)
    kept = (giver != receiver) & (rng.random(len(giver)) < 0.7)
    return giver[kept], receiver[kept], rng.integers(5_000, 12_000, int(kept.sum()))


def measure(columns: tuple[NDArray[np.int64], ...], longest: int, solver_seconds: float) -> dict[str, Any]:
    """The figures: counts, seconds, people in a ring, beside the plain ways."""
    edges, sorting = _timed(lambda: Edges.of(*columns))
    rings, finding = _timed(lambda: find_rings(edges, longest))
    walked, walking = _timed(lambda: list(walk(edges, longest)))
    told = sorted(tuple(person for person in ring if person >= 0) for ring in rings.people.tolist())
    people = np.unique(rings.people[rings.people >= 0])
    packed, packing = _timed(lambda: pack_rings(rings))
    first, choosing = _timed(lambda: best_first(rings))
    figures = {
        "edges": len(edges),
        **{f"rings of {length}": int((rings.lengths == length).sum()) for length in range(2, longest + 1)},
        "all of them": rings.complete,
        "the same as a plain walk finds": told == sorted(walked),
        "listing, seconds": round(finding, 4),
        "  and sorting the edges": round(sorting, 4),
        "  a plain walk in Python": round(walking, 2),
        **_one_by_one(edges, longest),
        "people in some ring": len(people),
        "people in a ring at once": packed.people,
        "  sum of the scores": packed.score,
        "  proven best": packed.exact,
        "  at most, % more": _above(packed.upper_bound, packed.value),
        "  seconds": round(packing, 2),
        "  the best ring first": int(rings.lengths[first].sum()),
        "  the best ring first, seconds": round(choosing, 2),
    }
    if solver_seconds and len(rings):
        (chosen, bound), seconds = _timed(lambda: solver(rings, solver_seconds))
        value = int((rings.lengths[chosen] * PERSON + rings.score[chosen]).sum())
        figures |= {
            "  a solver on the whole": int(rings.lengths[chosen].sum()),
            "  a solver on the whole, at most % more": _above(bound, value),
            "  a solver on the whole, seconds": round(seconds, 1),
        }
    figures["peak memory, MB"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    return figures


def walk(edges: Edges, longest: int) -> Iterator[tuple[int, ...]]:
    """Every ring, as one would write it: from each person, through larger ones, until back."""
    after: dict[int, list[int]] = {}
    for giver, receiver in zip(edges.giver.tolist(), edges.receiver.tolist(), strict=True):
        after.setdefault(giver, []).append(receiver)

    def follow(path: list[int]) -> Iterator[tuple[int, ...]]:
        for person in after.get(path[-1], ()):
            if person == path[0] and len(path) > 1:
                yield tuple(path)
            elif person > path[0] and len(path) < longest and person not in path:
                yield from follow([*path, person])

    for start in after:
        yield from follow([start])


def best_first(rings: Rings) -> list[int]:
    """Rings taken from the best on, when nobody in them is taken yet."""
    taken: set[int] = {-1}
    chosen = []
    for row, people in enumerate(rings.people.tolist()):
        if not any(person in taken for person in people if person >= 0):
            taken.update(people)
            chosen.append(row)
    return chosen


def solver(rings: Rings, seconds: float) -> tuple[NDArray[np.int64], int]:
    """What a solver of whole numbers found of the whole problem in the time given, and its bound."""
    from scipy import sparse
    from scipy.optimize import Bounds, LinearConstraint, milp

    there = rings.links >= 0
    people, place = np.unique(rings.people[there], return_inverse=True)
    table = sparse.csr_array(
        (np.ones(len(place)), (place, np.nonzero(there)[0])), shape=(len(people), len(rings))
    )
    found = milp(
        -(rings.lengths * PERSON + rings.score) / PERSON,
        constraints=LinearConstraint(table, -np.inf, 1),
        bounds=Bounds(0, 1),
        integrality=np.ones(len(rings)),
        options={"time_limit": seconds},
    )
    chosen = np.flatnonzero(found.x > 0.5) if found.x is not None else np.empty(0, np.int64)
    bound = -found.mip_dual_bound if found.mip_dual_bound is not None else np.inf
    return chosen, round(bound * PERSON) if np.isfinite(bound) else -1


def _one_by_one(edges: Edges, longest: int) -> dict[str, float]:
    """How long it takes to tell somebody which rings their post closes."""
    people = np.unique(np.concatenate([edges.giver, edges.receiver]))
    some = people[np.linspace(0, len(people) - 1, min(_NEW_POSTS, len(people))).astype(int)]
    seconds = [_timed(lambda person=person: rings_through(edges, person, longest))[1] for person in some]
    p50, p95 = np.quantile(seconds, [0.5, 0.95]) * 1000
    return {"rings of one person, ms, p50": round(p50, 2), "rings of one person, ms, p95": round(p95, 2)}


def _above(bound: int, value: int) -> float | None:
    return round(100 * (bound - value) / max(value, 1), 2) if bound >= 0 else None


def _timed(work: Callable[[], Any]) -> tuple[Any, float]:
    start = time.perf_counter()
    result = work()
    return result, time.perf_counter() - start

"""Plans of whole networks: one that you bring, or made-up ones of every size, beside what one would do otherwise.

reciproque bench plan --instance network.json [--json]
reciproque bench plan --sizes 1000 10000 --regimes base tight
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from reciproque.config.bench import plan_methods
from reciproque.config.bench.plan_judging import (
    apart,
    draw,
    judge,
    measure,
    measure_choices,
    shuffled_the_same,
)
from reciproque.config.bench.plan_mentoring import compare
from reciproque.config.bench.plan_networks import RECIPROCITY, REGIMES, Network
from reciproque.matching.engine.instance import Impossible, Instance
from reciproque.matching.engine.plan import answer_json, solve

_METHODS = ("ours", "greedy", "first_come", "deferred_acceptance", "highs")
_LARGEST = {"deferred_acceptance": 100_000, "highs": 10_000}  # posts beyond which a method is left out
_ALL_REGIMES_UP_TO = 100_000
# What could be made to matter: what reciprocity is worth, and whether only how well pairs fit matters beside it.
_CHOICES = {
    "fit only": (0, True),
    "and reciprocity .05": (RECIPROCITY // 2, True),
    "and reciprocity .1": (RECIPROCITY, True),
    "and reciprocity .2": (2 * RECIPROCITY, True),
    "waiting, other units": (0, False),
    "all of it": (RECIPROCITY, False),
}


def add(parser: argparse.ArgumentParser) -> None:
    """Say the options."""
    parser.add_argument("--instance", type=Path, metavar="FILE.json", help="plan this network")
    parser.add_argument("--json", action="store_true", help="print the answer, or the figures, for a machine")
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000], help="in posts")
    parser.add_argument("--regimes", nargs="+", choices=REGIMES, help="all, but for the largest networks")
    parser.add_argument("--methods", nargs="+", choices=_METHODS, default=list(_METHODS))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--mentor-match",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="the public package of that name, installed in a temporary environment",
    )


def run(options: argparse.Namespace) -> int:
    """Measure and print; 1 when what was given cannot be planned."""
    if options.instance:
        return _plan(options.instance, as_json=options.json)
    figures = []
    for row in _figures(options):
        figures.append(row)
        if not options.json:
            print(_line(row), flush=True)
    if options.json:
        print(json.dumps(figures))
    return 0


def _plan(file: Path, *, as_json: bool) -> int:
    """Plan a network that somebody brings."""
    try:
        written = json.loads(file.read_bytes())
    except OSError as error:
        print(f"{file} cannot be read: {error.strerror}", file=sys.stderr)
        return 1
    except (ValueError, RecursionError) as error:
        print(f"{file} is not JSON: {error}", file=sys.stderr)
        return 1
    try:
        instance = Instance.from_json(written)
        plan = solve(instance)
    except Impossible as refusal:
        print(refusal, file=sys.stderr)
        return 1
    if as_json:
        print(json.dumps(answer_json(plan)))
        return 0
    network = Network(instance, instance.weight, -np.arange(len(instance.request_ids), dtype=float))
    certified = {"upper bound": plan.upper_bound, "seconds": round(plan.seconds, 3)}
    print(_line({"method": "ours"} | judge(network, plan.request, plan.offer) | certified))
    posts = len(instance.offer_ids) + len(instance.request_ids)
    for name in _METHODS[1:]:
        if posts > _LARGEST.get(name, posts) or (name == "highs" and len(instance.pins)):
            continue
        begun = time.perf_counter()
        answer = getattr(plan_methods, name)(network)
        if answer is not None:
            seconds = {"seconds": round(time.perf_counter() - begun, 3)}
            print(_line({"method": name} | judge(network, answer.request, answer.offer) | seconds))
    return 0


def _figures(options: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Every figure, as soon as it is known."""
    with tempfile.TemporaryDirectory(prefix="reciproque-bench-") as folder:
        for posts in options.sizes:
            regimes = options.regimes or (REGIMES if posts <= _ALL_REGIMES_UP_TO else REGIMES[:1])
            for regime in regimes:
                path = Path(folder) / f"{posts}-{regime}.npz"
                sizes = apart(draw, path, posts, regime, options.seed)
                yield {"posts": posts, "regime": regime, **sizes}
                yield from _compared(path, posts, options.methods)
                if posts <= _ALL_REGIMES_UP_TO:
                    yield {"same pairs when shuffled": apart(shuffled_the_same, path)}
                if regime == REGIMES[0] and posts <= _ALL_REGIMES_UP_TO:
                    yield from _priced(path)
                path.unlink()
    if options.mentor_match:
        yield {"mentors": 200, "mentees": 200, "pairs a person": 1}
        yield from compare()


def _compared(path: Path, posts: int, methods: list[str]) -> Iterator[dict[str, Any]]:
    """Each method on one network; how far below the best bound it stays."""
    bound = None
    for method in methods:
        if posts > _LARGEST.get(method, posts):
            continue
        row = apart(measure, path, method)
        proved = row.pop("upper bound", None)
        bound = proved if bound is None else bound
        if bound and "worth" in row:
            row["gap, %"] = round(100 * (bound - row["worth"]) / bound, 4)
        if proved is not None:
            row["proved bound"] = proved
        yield row


def _priced(path: Path) -> Iterator[dict[str, Any]]:
    """What each thing that can matter brings, and what it costs in how well the pairs fit."""
    rows = apart(measure_choices, path, list(_CHOICES.values()))
    fit = rows[0]["fit"]
    for name, row in zip(_CHOICES, rows, strict=True):
        kept = ("exchanges", "both roles, %", "oldest tenth served, %", "Gini of load", "seconds")
        yield {
            "choice": name,
            "loss of fit, %": round(100 * (fit - row["fit"]) / max(fit, 1), 2),
            **{figure: row[figure] for figure in kept},
        }


def _line(row: dict[str, Any]) -> str:
    """A row of figures as one line to read."""
    title = next(iter(row))
    if title in ("posts", "mentors"):
        return "\n" + ", ".join(
            f"{value:,} {name}" if name != "regime" else value for name, value in row.items()
        )
    head = f"  {row[title]!s:<22}" if title in ("method", "choice") else f"  {title}: {row[title]}"
    figures = [(name, value) for name, value in row.items() if name != title and value is not None]
    return head + "  ".join(
        f"{name} {value:,}" if isinstance(value, int) else f"{name} {value}" for name, value in figures
    )

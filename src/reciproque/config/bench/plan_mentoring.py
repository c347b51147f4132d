"""The public package mentor-match beside ours, on 200 mentors and 200 mentees who each meet one person.

It is installed, on demand, in an environment of its own: nothing of ours depends on it.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from reciproque.config.bench.plan_networks import network
from reciproque.matching.engine.certificate import problems, worth
from reciproque.matching.engine.instance import Instance
from reciproque.matching.engine.plan import solve

PACKAGE = "mentor-match==7.0.1"
_SIZE = 200
_PATIENCE = 600  # seconds

# Run by the other environment: what it is given and what it answers are numbers of mentees and mentors.
_SCRIPT = """
import json, sys, time
from matching.mentee import Mentee
from matching.mentor import Mentor
from matching.process import process_data

given = json.load(sys.stdin)
worth = {(mentee, mentor): weight for mentee, mentor, weight in given["edges"]}

class Worth:
    def apply(self, match):
        weight = worth.get((match.mentee.email, match.mentor.email))
        match.disallowed = weight is None
        return weight or 0

mentors = [Mentor(grade=0, email=number) for number in range(given["size"])]
mentees = [Mentee(grade=0, email=given["size"] + number) for number in range(given["size"])]
begun = time.perf_counter()
mentors, mentees = process_data(mentors, mentees, [[Worth()]])
seconds = time.perf_counter() - begun
pairs = [[mentee.email, mentor.email] for mentee in mentees for mentor in mentee.mentors]
json.dump({"pairs": pairs, "seconds": seconds}, sys.stdout)
"""


def mentoring(size: int = _SIZE) -> Instance:
    """As many mentors as mentees, all different people, one pair each."""
    made = network(3 * size).instance
    kept = (made.edge_offer < size) & (made.edge_request < size)
    people, ones = np.arange(2 * size), np.ones(2 * size, np.int64)
    return Instance(
        people_ids=people,
        give=ones,
        receive=ones,
        offer_ids=people[:size],
        giver=people[:size],
        offer_capacity=ones[:size],
        request_ids=people[:size],
        receiver=people[size:],
        edge_request=made.edge_request[kept],
        edge_offer=made.edge_offer[kept],
        weight=made.weight[kept],
    )


def compare() -> list[dict[str, Any]]:
    """Both plans, or why there is only ours."""
    instance = mentoring()
    plan = solve(instance)
    ours = {
        "method": "ours",
        "worth": plan.objective,
        "exchanges": len(plan.request),
        "violations": len(problems(instance, plan.request, plan.offer)),
        "seconds": round(plan.seconds, 3),
    }
    try:
        return [ours, _theirs(instance)]
    except (OSError, subprocess.SubprocessError) as error:
        return [ours, {"method": PACKAGE, "not measured": type(error).__name__}]


def _theirs(instance: Instance) -> dict[str, Any]:
    size = len(instance.offer_ids)
    edges = np.stack([instance.edge_request + size, instance.edge_offer, instance.weight], axis=1)
    with tempfile.TemporaryDirectory(prefix="reciproque-bench-") as folder:
        python = _environment(Path(folder))
        answered = subprocess.run(
            [str(python), "-c", _SCRIPT],
            input=json.dumps({"size": size, "edges": edges.tolist()}),
            capture_output=True,
            text=True,
            check=True,
            timeout=_PATIENCE,
        )
    answer = json.loads(answered.stdout)
    pairs = np.array(answer["pairs"], np.int64).reshape(-1, 2)
    request, offer = pairs[:, 0] - size, pairs[:, 1]
    return {
        "method": PACKAGE,
        "worth": worth(instance, request, offer),
        "exchanges": len(pairs),
        "violations": len(problems(instance, request, offer)),
        "seconds": round(answer["seconds"], 3),
    }


def _environment(folder: Path) -> Path:
    """A new environment with the package in it; returns its Python."""
    subprocess.run(
        [sys.executable, "-m", "venv", str(folder)], check=True, capture_output=True, timeout=_PATIENCE
    )
    python = folder / "bin" / "python"
    subprocess.run(
        [
            str(python),
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--retries=1",
            PACKAGE,
        ],
        check=True,
        capture_output=True,
        timeout=_PATIENCE,
    )
    return python

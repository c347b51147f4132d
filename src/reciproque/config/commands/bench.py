"""`reciproque bench`: measure the program on a network of yours, beside what one would do without it."""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import Any


def add(parser: argparse.ArgumentParser) -> None:
    """Say the options."""
    parser.add_argument(
        "what", choices=["network"], help="network: import a file of posts, then suggest for all"
    )
    parser.add_argument("file", type=Path, help="offers and requests, as import-posts reads them")
    parser.add_argument("--json", action="store_true", help="print the figures for a machine")


def prepare(options: argparse.Namespace) -> None:
    """Work in a database of its own, thrown away afterwards (DATABASE_URL is not touched)."""
    options.folder = tempfile.TemporaryDirectory(prefix="reciproque-bench-")
    os.environ["RECIPROQUE_DATA"] = options.folder.name
    os.environ.pop("DATABASE_URL", None)


def run(options: argparse.Namespace) -> int:
    """Measure and print; 1 when the file is refused."""
    from django.core.management import call_command

    from reciproque.kit.tables import TableError, read_table

    call_command("migrate", verbosity=0)
    try:
        table = read_table(options.file)
    except TableError as error:
        print(error, file=sys.stderr)
        return 1
    figures = measure(table)
    if options.json:
        print(json.dumps(figures))
        return 0
    for name, value in figures.items():
        print(f"{name:34} {value}")
    return 0


def measure(table: Any) -> dict[str, Any]:
    """Return the figures: sizes, seconds, megabytes, share of requests served, beside an equal-titles filter."""
    from reciproque.catalogue.actions import check_posts, import_posts
    from reciproque.catalogue.models import Post
    from reciproque.matching.actions import compute_suggestions
    from reciproque.networks.actions import create_network, enrol_in_bulk
    from reciproque.people.actions import CleanPerson, import_people

    start = time.monotonic()
    posts, problems = check_posts(table)
    if problems:
        raise SystemExit(str(problems[0]))
    network = create_network("Bench", by=None, reciprocity="open")
    empty: dict[str, Any] = dict.fromkeys(("phone", "unit", "site", "function", "level", "manager"), "")
    rows = [
        CleanPerson(
            line=0,
            external_id=name,
            first_name="Membre",
            last_name=name,
            email=None,
            spoken=["fr"],
            time_zone="Europe/Paris",
            leaves_on=None,
            give=None,
            receive=None,
            **empty,
        )
        for name in sorted({post.person for post in posts})
    ]
    people = import_people(rows, by=None)
    enrol_in_bulk(network, {person.pk: (None, None) for person in people.values()}, by=None)
    import_posts(network, posts, people, by=None)
    imported = time.monotonic() - start
    computed = compute_suggestions(network)
    requests = Post.objects.filter(network=network, kind="request")
    start = time.monotonic()
    titles = set(Post.objects.filter(network=network, kind="offer").values_list("title", flat=True))
    equal = sum(title in titles for title in requests.values_list("title", flat=True))
    by_hand = time.monotonic() - start
    return {
        "people": len(people),
        "posts": len(posts),
        "open requests": computed.requests,
        "import, seconds": round(imported, 1),
        "suggestions, seconds": round(computed.seconds, 1),
        "suggestions stored": computed.pairs,
        "requests per second": round(computed.requests / max(computed.seconds, 0.001)),
        "requests with a suggestion, %": round(100 * computed.served / max(computed.requests, 1), 1),
        "same titles only (a filter), %": round(100 * equal / max(computed.requests, 1), 1),
        "same titles only, seconds": round(by_hand, 2),
        "peak memory, MB": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }

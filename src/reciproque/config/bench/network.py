"""A network of yours: its posts imported into a database thrown away afterwards, suggestions for all, and a plan.

Where many titles are the same word for word, a suggestion is called right when its offer bears the title of the request.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from pathlib import Path
from typing import Any


def add(parser: argparse.ArgumentParser) -> None:
    """Say the options."""
    parser.add_argument("file", type=Path, help="offers and requests, as import-posts reads them")
    parser.add_argument("--no-plan", action="store_true", help="without planning the whole network")
    parser.add_argument("--json", action="store_true", help="print the figures for a machine")


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
    figures = measure(table, plan=not options.no_plan)
    if options.json:
        print(json.dumps(figures))
        return 0
    for name, value in figures.items():
        if name != "plans":
            print(f"{name:44} {value}")
    if "plans" in figures:
        from reciproque.config.bench.judging import table as told

        print()
        print(
            told(
                [(row["method"], {k: v for k, v in row.items() if k != "method"}) for row in figures["plans"]]
            )
        )
    return 0


def measure(table: Any, *, plan: bool = True) -> dict[str, Any]:
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
    firsts = right_at_first(network)
    figures = {
        "people": len(people),
        "posts": len(posts),
        "open requests": computed.requests,
        "import, seconds": round(imported, 1),
        "suggestions, seconds": round(computed.seconds, 1),
        "suggestions stored": computed.pairs,
        "requests per second": round(computed.requests / max(computed.seconds, 0.001)),
        "requests with a suggestion, %": round(100 * computed.served / max(computed.requests, 1), 1),
        "a right one in the first 5, of those there is, %": firsts,
        "same titles only (a filter), %": round(100 * equal / max(computed.requests, 1), 1),
        "same titles only, seconds": round(by_hand, 2),
        "peak memory, MB": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }
    return {**figures, "plans": plans(network)} if plan else figures


def right_at_first(network: Any) -> float | None:
    """Among the requests that somebody else offers word for word, the share that finds such an offer in its first five."""
    from reciproque.catalogue.models import Post
    from reciproque.kit.text import fold
    from reciproque.matching.models import Suggestion

    posts = Post.objects.filter(network=network, state="published")
    said: dict[int, str] = {}
    authors: dict[str, set[int]] = {}
    askers: dict[int, int] = {}
    for pk, kind, title, author in posts.values_list("pk", "kind", "title", "author_id").iterator():
        said[pk] = fold(title)
        if kind == "offer":
            authors.setdefault(said[pk], set()).add(author)
        else:
            askers[pk] = author
    possible = {pk for pk, author in askers.items() if authors.get(said[pk], set()) - {author}}
    found, seen, last = set(), 0, 0
    rows = Suggestion.objects.filter(network=network, state="open").order_by("request_id", "-score", "pk")
    for request, offer in rows.values_list("request_id", "offer_id").iterator(chunk_size=5000):
        seen, last = (seen + 1 if request == last else 1), request
        if seen <= 5 and said[request] == said[offer]:
            found.add(request)
    return round(100 * len(found & possible) / len(possible), 1) if possible else None


def plans(network: Any) -> list[dict[str, Any]]:
    """The whole network planned by the product, and by what one would do without it, on the same possible pairs."""
    import numpy as np

    from reciproque.config.bench import plan_methods
    from reciproque.config.bench.plan_judging import judge
    from reciproque.config.bench.plan_networks import Network
    from reciproque.kit import clock
    from reciproque.matching.queries.planning import ground_of

    ground = ground_of(network)
    ids = [(ground.requests[request].pk, ground.offers[offer].pk) for request, offer, _ in ground.edges]
    now = clock.now()
    made = Network(
        ground.instance("balanced"),
        np.array([ground.terms[pair]["closeness"] for pair in ids], np.int64),
        np.array([(now - (post.published_at or now)).total_seconds() for post in ground.requests]),
    )
    rows = []
    for name, method in (
        ("first come, first served", plan_methods.first_come),
        ("greedy", plan_methods.greedy),
        ("Réciproque", plan_methods.ours),
    ):
        start = time.monotonic()
        answer = method(made)
        seconds = time.monotonic() - start
        told = judge(made, answer.request, answer.offer)
        row = {"method": name, **{name: value for name, value in told.items() if value is not None}}
        row["served, %"] = round(100 * told["exchanges"] / max(len(ground.requests), 1), 1)
        if answer.upper_bound:
            row["gap, %"] = round(100 * (1 - told["worth"] / answer.upper_bound), 4)
        rows.append({**row, "seconds": round(seconds, 2)})
    return rows

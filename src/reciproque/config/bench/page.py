"""From the press of "Publish" to the suggestion on the page: a whole network in a database, actions, worker and page.

What `bench post` leaves out is here: the transaction of the post, the worker's turn, the rows stored, the page drawn.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import statistics
import time
from pathlib import Path
from typing import Any

SIZES = (10_000, 100_000, 375_000)
POSTS = 20
_PER_PERSON = 2  # offers of one member
_BATCH = 5000


def add(parser: argparse.ArgumentParser) -> None:
    """Say the options."""
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES), help="numbers of offers")
    parser.add_argument("--posts", type=int, default=POSTS, help="requests published at each size")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder of esco_fr, if any")
    parser.add_argument("--json", action="store_true", help="print one JSON object for a machine")


def run(options: argparse.Namespace) -> int:
    """Build a network of each size, publish requests in it one after the other, look at the page of each."""
    open_site()
    rows = []
    for size in options.sizes:
        start = time.perf_counter()
        network, askers, titles = build(size, options.posts, options.data)
        built = time.perf_counter() - start
        rows.append(
            {"offers": size, "network built, s": round(built, 1), **measured(network, askers, titles)}
        )
        if not options.json:
            print("\n".join(f"{name:44} {value}" for name, value in rows[-1].items()), end="\n\n", flush=True)
    if options.json:
        print(json.dumps({"sizes": rows}))
    return 0


def open_site() -> None:
    """Make the database of a bench, the worker's reactions and its pages ready."""
    from django.conf import settings
    from django.core.management import call_command

    from reciproque.config.reactions import subscribe_all

    call_command("migrate", verbosity=0)
    # Pages name their styles plainly: nothing serves them here.
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    subscribe_all()


def build(size: int, posts: int, data: Path) -> tuple[Any, list[Any], list[str]]:
    """Fill a network with members and offers, all their vectors known; return it, who will ask, and for what."""
    import numpy as np

    from reciproque.catalogue.models import Post
    from reciproque.catalogue.rules import Kind, PostState
    from reciproque.config.bench.post import labels
    from reciproque.config.worker import refresh_statistics
    from reciproque.kit import clock
    from reciproque.matching.actions.finding import save_index
    from reciproque.matching.engine.meaning import post_vectors
    from reciproque.matching.models import Vector
    from reciproque.matching.queries.index import digest_of, encoder
    from reciproque.networks.actions import create_network, enrol_in_bulk
    from reciproque.people.models import Person

    # Published over the last months, as in a network that lives: an index is saved every night.
    rng, now = np.random.default_rng(size), clock.now()
    days = [now - dt.timedelta(days=int(day)) for day in range(1, 300)]
    every = labels(data)
    network = create_network(f"Bench {size}", by=None, reciprocity="open")
    mark = network.public_id.lower()
    people = [
        Person(
            external_id=f"{mark}-{place}",
            first_name="Membre",
            last_name=str(place),
            email=f"{mark}-{place}@example.invalid",
            spoken=["fr"],
            language="fr",
        )
        for place in range(size // _PER_PERSON + posts)
    ]
    for start in range(0, len(people), _BATCH):
        Person.objects.bulk_create(people[start : start + _BATCH])
    enrol_in_bulk(network, {person.pk: (None, None) for person in people}, by=None)
    known = post_vectors(encoder(), every)
    first, second = rng.integers(0, len(every), (2, size))
    rows: list[Any] = []
    vectors: list[Any] = []
    for place, (a, b) in enumerate(zip(first.tolist(), second.tolist(), strict=True)):
        title = f"{every[a]}, {' '.join(every[b].split()[:2])} {place % 97}"[:120]
        rows.append(
            Post(
                network=network,
                author=people[place // _PER_PERSON],
                kind=Kind.OFFER,
                state=PostState.PUBLISHED,
                title=title,
                modes=["face", "phone", "video"],
                languages=["fr"],
                published_at=days[place % len(days)],
                expires_at=now + dt.timedelta(days=365),
                created_at=days[place % len(days)],
                changed_at=days[place % len(days)],
            )
        )
        vector = known[a] + 0.35 * (known[b] + rng.standard_normal(known.shape[1]) / known.shape[1] ** 0.5)
        vectors.append(
            Vector(
                digest=digest_of(title, "", ""),
                encoder=encoder().name,
                data=(vector / np.linalg.norm(vector)).astype("<f2").tobytes(),
            )
        )
        if len(rows) == _BATCH or place == size - 1:
            Post.objects.bulk_create(rows)
            Vector.objects.bulk_create(vectors, ignore_conflicts=True)
            rows.clear()
            vectors.clear()
    save_index(network)
    refresh_statistics()  # as the worker does every few hours
    wanted = [f"J’aimerais apprendre : {every[row]}"[:120] for row in rng.choice(len(every), posts)]
    return network, people[-posts:], wanted


def measured(network: Any, askers: list[Any], titles: list[str]) -> dict[str, Any]:
    """Publish each request, give the worker its turn, draw the page; say how long each part and the whole took."""
    from django.test import Client

    from reciproque.catalogue.actions import publish_post
    from reciproque.config.worker import run_reactions
    from reciproque.matching.models import Suggestion

    times: list[tuple[float, float, float, float]] = []
    shown = 0
    for person, title in zip(askers, titles, strict=True):
        client = Client()
        client.force_login(person)
        start = time.perf_counter()
        post = publish_post(
            network, person, "request", by=person, title=title, modes=["face", "phone"], languages=["fr"]
        )
        published = time.perf_counter()
        run_reactions()
        reacted = time.perf_counter()
        page = client.get(f"/networks/{network.slug}/suggestions/", HTTP_ACCEPT_LANGUAGE="fr")
        drawn = time.perf_counter()
        if page.status_code != 200:
            raise SystemExit(f"the page answered {page.status_code}")
        shown += Suggestion.objects.filter(request=post).exists()
        times.append((drawn - start, published - start, reacted - published, drawn - reacted))
    # The first one opens the index: every process does it once.
    whole, publishing, working, drawing = (
        [1000 * time for time in part] for part in zip(*times, strict=True)
    )
    return {
        "requests with a suggestion": f"{shown} of {len(titles)}",
        "the first, process just started, ms": round(whole[0]),
        "publish to page, median ms": round(statistics.median(whole[1:])),
        "publish to page, worst ms": round(max(whole[1:])),
        "  of which publishing, median ms": round(statistics.median(publishing[1:])),
        "  of which the worker, median ms": round(statistics.median(working[1:])),
        "  of which the page, median ms": round(statistics.median(drawing[1:])),
    }

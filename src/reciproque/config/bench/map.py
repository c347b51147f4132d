"""The map of savoirs, at three sizes: how long it takes, how near alike savoirs stand, and what one new post changes.

Five savoirs, a real network of 5,000 people, the 13,485 skills of ESCO each offered or asked by somebody. Beside the
map, what two axes alone (PCA) would keep of the neighbours.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import statistics
import time
from pathlib import Path
from typing import Any

_PAGES = 7
_NEAR = 10
_BATCH = 2000
SIZES = ("five", "survey", "esco")


def add(parser: argparse.ArgumentParser) -> None:
    """Say the options."""
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder of real data")
    parser.add_argument("--only", choices=SIZES, nargs="+", default=list(SIZES), help="some sizes only")
    parser.add_argument("--json", action="store_true", help="print one JSON object for a machine")


def run(options: argparse.Namespace) -> int:
    """Fill a database for each size, draw its map, look at it, publish one more post."""
    from reciproque.config.bench.page import open_site

    open_site()
    rows = []
    for name in options.only:
        _forget()
        network, person = _BUILDERS[name](options.data)
        rows.append({"map": name, **measured(network, person)})
        if not options.json:
            print("\n".join(f"{key:58} {value}" for key, value in rows[-1].items()), end="\n\n", flush=True)
    if options.json:
        print(json.dumps({"maps": rows}))
    return 0


def _forget() -> None:
    """Each map is that of an installation: what the former one held is taken away."""
    from reciproque.catalogue.models import Post, Topic

    Post.topics.through.objects.all().delete()
    Topic.objects.all().delete()


def _five(data: Path) -> tuple[Any, Any]:
    return _filled("Cinq", _names(data)[::2700][:5])


def _esco(data: Path) -> tuple[Any, Any]:
    return _filled("ESCO", _names(data))


def _names(data: Path) -> list[str]:
    from reciproque.config.bench.post import labels

    return [name[:80] for name in labels(data)]


def _filled(title: str, names: list[str]) -> tuple[Any, Any]:
    """Make a network where each of these names is offered or asked by somebody, with all vectors known."""
    import numpy as np

    from reciproque.catalogue.models import Post, Topic
    from reciproque.catalogue.rules import Kind, PostState
    from reciproque.kit import clock
    from reciproque.kit.text import fold
    from reciproque.matching.actions.finding import save_index
    from reciproque.matching.actions.mapping import topic_vectors
    from reciproque.matching.models import Vector
    from reciproque.matching.queries.index import digest_of, encoder
    from reciproque.networks.actions import create_network, enrol_in_bulk
    from reciproque.people.models import Person

    network = create_network(title, by=None, reciprocity="open")
    people = Person.objects.bulk_create(
        [Person(first_name="Membre", last_name=f"{title} {place}", spoken=["fr"]) for place in range(500)]
    )
    enrol_in_bulk(network, {person.pk: (None, None) for person in people}, by=None)
    unique = list({fold(name): name for name in names}.values())
    topics = Topic.objects.bulk_create(
        [Topic(name=name, folded=fold(name)) for name in unique], batch_size=_BATCH
    )
    rng, now = np.random.default_rng(0), clock.now()
    often = np.minimum(rng.zipf(1.9, len(topics)), 12)
    posts, on = [], []
    for topic, times in zip(topics, often.tolist(), strict=True):
        for _turn in range(times):
            posts.append(
                Post(
                    network=network,
                    author=people[int(rng.integers(len(people)))],
                    kind=Kind.OFFER if rng.random() < 0.6 else Kind.REQUEST,
                    state=PostState.PUBLISHED,
                    title=topic.name,
                    modes=["face"],
                    languages=["fr"],
                    published_at=now,
                    expires_at=now + dt.timedelta(days=365),
                )
            )
            on.append(topic)
    Post.objects.bulk_create(posts, batch_size=_BATCH)
    link = Post.topics.through
    link.objects.bulk_create(
        [link(post=post, topic=topic) for post, topic in zip(posts, on, strict=True)], batch_size=_BATCH
    )
    vectors = topic_vectors(unique)
    Vector.objects.bulk_create(
        [
            Vector(digest=digest_of(name, name, ""), encoder=encoder().name, data=row.astype("<f2").tobytes())
            for name, row in zip(unique, vectors, strict=True)
        ],
        batch_size=_BATCH,
        ignore_conflicts=True,
    )
    save_index(network)
    return network, people[0]


def _survey(data: Path) -> tuple[Any, Any]:
    """Bring in 5,000 people of a real survey, as the product's own command does."""
    from reciproque.catalogue.actions import check_posts, import_posts
    from reciproque.kit.tables import read_table
    from reciproque.matching.actions.finding import save_index
    from reciproque.networks.actions import create_network, enrol_in_bulk
    from reciproque.people.models import Person

    table = read_table(data / "network_so2019" / "so2019_offers_requests_dev5000.csv")
    posts, problems = check_posts(table)
    if problems:
        raise SystemExit(str(problems[0]))
    network = create_network("Survey", by=None, reciprocity="open")
    rows = [
        Person(external_id=name, first_name="Membre", last_name=name, spoken=["fr"])
        for name in sorted({post.person for post in posts})
    ]
    people = {person.external_id: person for person in Person.objects.bulk_create(rows, batch_size=_BATCH)}
    enrol_in_bulk(network, {person.pk: (None, None) for person in people.values()}, by=None)
    import_posts(network, posts, people, by=None)
    save_index(network)
    return network, rows[0]


_BUILDERS = {"five": _five, "survey": _survey, "esco": _esco}


def measured(network: Any, person: Any) -> dict[str, Any]:
    """Draw the map, look at it, publish one post on a savoir nobody named yet, and draw it all again."""
    import numpy as np

    from reciproque.catalogue.actions import publish_post
    from reciproque.catalogue.models import Topic
    from reciproque.config.commands.console import peak_memory
    from reciproque.matching.actions import draw_map, tend_map
    from reciproque.matching.actions.mapping import topic_vectors

    wall, spent = time.perf_counter(), time.process_time()
    number = draw_map(afresh=True)
    wall, spent = time.perf_counter() - wall, time.process_time() - spent
    before = _places()
    names = dict(Topic.objects.filter(pk__in=before).values_list("pk", "name"))
    vectors = topic_vectors([names[pk] for pk in before])
    figures: dict[str, Any] = {
        "savoirs": number,
        "drawn in, processor seconds": round(spent, 1),
        "drawn in, seconds on the clock": round(wall, 1),
        "ten nearest by meaning, of which on the map, %": _percent(_kept_by_meaning(vectors, before)),
        "the same by two axes (PCA), %": _percent(_kept_by_meaning(vectors, _axes(vectors, before))),
        "by chance, %": _percent(min(_NEAR / max(number - 1, 1), 1)),
    }
    figures |= _looked_at(network, person)
    publish_post(
        network,
        person,
        "offer",
        by=person,
        title="Apprivoiser un imprimeur de cartes",
        topics=["Apprivoiser un imprimeur de cartes"],
        modes=["face"],
        languages=["fr"],
    )
    start = time.perf_counter()
    placed = tend_map()
    figures["one new post: savoirs placed"] = placed
    figures["one new post: seconds of the worker"] = round(time.perf_counter() - start, 2)
    after = _places()
    figures |= {f"one new post: {name}": value for name, value in _compared(before, after).items()}
    if number > _NEAR * 3:
        draw_map()
        figures |= {
            f"the whole drawn again: {name}": value for name, value in _compared(after, _places()).items()
        }
    figures["peak memory, MB"] = peak_memory()
    assert np.isfinite(vectors).all()
    return figures


def _places() -> dict[int, tuple[float, float]]:
    from reciproque.matching.models import MapPlace

    rows = MapPlace.objects.order_by("topic").values_list("topic", "x", "y")
    return {topic: (x, y) for topic, x, y in rows}


def _nearest(places: dict[int, tuple[float, float]], k: int) -> dict[int, set[int]]:
    import numpy as np
    from scipy.spatial import cKDTree

    keys = list(places)
    at = np.array([places[key] for key in keys])
    _apart, rows = cKDTree(at).query(at, k=min(k + 1, len(keys)))
    return {
        key: {keys[other] for other in row if keys[other] != key}
        for key, row in zip(keys, np.atleast_2d(rows).tolist(), strict=True)
    }


def _compared(
    before: dict[int, tuple[float, float]], after: dict[int, tuple[float, float]]
) -> dict[str, Any]:
    """Say how far those of both moved, and how many of their nearest they kept."""
    moved = [
        ((after[key][0] - x) ** 2 + (after[key][1] - y) ** 2) ** 0.5
        for key, (x, y) in before.items()
        if key in after
    ]
    old, new = _nearest(before, _NEAR), _nearest(after, _NEAR)
    kept = [len(old[key] & new[key]) / max(len(old[key]), 1) for key in before if key in after]
    return {
        "the median savoir moved by, % of the width": _percent(statistics.median(moved)),
        "of their ten nearest, kept on average, %": _percent(statistics.fmean(kept)),
    }


def _kept_by_meaning(vectors: Any, places: dict[int, tuple[float, float]]) -> float:
    from reciproque.matching.engine.layout import neighbours

    keys = list(places)
    k = min(_NEAR, len(keys) - 1)
    near, _like = neighbours(vectors, k)
    shown = _nearest(places, k)
    return statistics.fmean(
        len({keys[other] for other in row} & shown[key]) / k
        for key, row in zip(keys, near.tolist(), strict=True)
    )


def _axes(vectors: Any, places: dict[int, tuple[float, float]]) -> dict[int, tuple[float, float]]:
    import numpy as np

    centred = vectors - vectors.mean(axis=0)
    _values, ways = np.linalg.eigh(centred.T @ centred)
    at = (centred @ ways[:, -2:]).tolist()
    return {key: (row[0], row[1]) for key, row in zip(places, at, strict=True)}


def _looked_at(network: Any, person: Any) -> dict[str, Any]:
    """Look at the map from afar, from near and on paper: time, weight, names written and names that overlap."""
    from django.test import Client

    from reciproque.insights.queries.atlas import atlas
    from reciproque.web.parts.atlas import POSTER, WIDE, drawing
    from reciproque.web.parts.window import Window

    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    figures: dict[str, Any] = {}
    base = f"/networks/{network.slug}/map/"
    whole = atlas([network], person)
    for name, address, paper, window in (
        ("whole map", base, WIDE, Window()),
        ("a part of it", f"{base}?x=400&y=500&zoom=4", WIDE, Window(400, 500, 4)),
        ("poster", f"{base}poster/", POSTER, Window()),
    ):
        times = []
        for _turn in range(_PAGES):
            start = time.process_time()
            page = client.get(address, HTTP_ACCEPT_LANGUAGE="fr")
            times.append(1000 * (time.process_time() - start))
            if page.status_code != 200:
                raise SystemExit(f"{address} answered {page.status_code}")
        drawn = drawing(whole, window, paper, region_url=lambda _region: "", savoir_url=lambda _savoir: "")
        figures[f"{name}: processor ms, median"] = round(statistics.median(times[1:]))
        figures[f"{name}: kB"] = round(len(page.content) / 1024)
        figures[f"{name}: names written"] = len(drawn.names)
        figures[f"{name}: names that overlap"] = _overlaps([row["box"] for row in drawn.names])
    return figures


def _overlaps(boxes: list[tuple[float, float, float, float]]) -> int:
    return sum(
        a < g and e < c and b < h and f < d
        for place, (a, b, c, d) in enumerate(boxes)
        for e, f, g, h in boxes[place + 1 :]
    )


def _percent(share: float) -> float:
    return round(100 * share, 1)

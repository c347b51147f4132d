"""Keep the map of savoirs: newcomers beside what they resemble, nobody else moved; the whole drawn again but rarely."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

import numpy as np
from django.db import transaction
from django.db.models import Max
from numpy.typing import NDArray

from reciproque.catalogue.models import Topic
from reciproque.kit import clock
from reciproque.matching.actions.finding import BATCH
from reciproque.matching.engine.layout import bend, layout, place_near, regions
from reciproque.matching.engine.posts import Texts
from reciproque.matching.models import MapPlace, Vector
from reciproque.matching.queries.index import digests_of, encode, encoder, stored_vectors
from reciproque.matching.queries.mapping import map_counts

# A map that so many joined since it was drawn is drawn again, but not more often than this: one learns one's way.
NEWCOMERS, AGAIN_AFTER = 0.25, dt.timedelta(days=90)
# A young map grows too fast for that: it is drawn again each time it has doubled.
DOUBLED = 2
# From here on the old map is where the new one starts from.
KNOWN = 30

Progress = Callable[[int, int], None]


def tend_map() -> int:
    """Give each new topic its place, or draw the map when it is due (by the clock); return how many places changed."""
    MapPlace.objects.exclude(topic__merged_into=None).delete()
    topics, known, since = map_counts()
    if topics == known and since <= NEWCOMERS * topics:
        return 0
    placed = {row.topic_id: row for row in MapPlace.objects.all()}
    every = list(Topic.objects.filter(merged_into=None).order_by("pk"))
    new = [topic for topic in every if topic.pk not in placed]
    if _is_due(len(every), placed, len(new)):
        return draw_map()
    return _place(every, placed) if new else 0


def _is_due(number: int, placed: dict[int, MapPlace], new: int) -> bool:
    whole = sum(row.whole for row in placed.values())
    if number > DOUBLED * whole:
        return True
    drawn_at = MapPlace.objects.filter(whole=True).aggregate(at=Max("placed_at"))["at"]
    since = len(placed) - whole + new
    return since > NEWCOMERS * number and (drawn_at is None or clock.now() - drawn_at >= AGAIN_AFTER)


def draw_map(*, progress: Progress | None = None, afresh: bool = False) -> int:
    """Draw the whole map, from where things stood unless it is asked afresh; return how many topics are on it."""
    every = list(Topic.objects.filter(merged_into=None).order_by("pk"))
    if not every:
        return 0
    placed = {row.topic_id: row for row in MapPlace.objects.all()}
    families = _families(every)
    vectors = bend(topic_vectors([topic.name for topic in every], progress), families)
    known = [row for row, topic in enumerate(every) if topic.pk in placed]
    start = None
    if not afresh and len(known) >= KNOWN and len(known) * DOUBLED >= len(every):
        start = _all_near(every, placed, vectors)[0]
    at = layout(vectors, start=start)
    region = regions(at, families)
    now = clock.now()
    rows = [
        MapPlace(topic=topic, x=float(x), y=float(y), region=int(part), whole=True, placed_at=now)
        for topic, (x, y), part in zip(every, at.tolist(), region, strict=True)
    ]
    with transaction.atomic():
        _store(rows)
    return len(rows)


def _store(rows: list[MapPlace]) -> None:
    MapPlace.objects.bulk_create(
        rows,
        batch_size=500,
        update_conflicts=True,
        unique_fields=["topic"],
        update_fields=["x", "y", "region", "whole", "placed_at"],
    )


def _place(every: list[Topic], placed: dict[int, MapPlace]) -> int:
    families = _families(every)
    vectors = bend(topic_vectors([topic.name for topic in every]), families)
    at, beside = _all_near(every, placed, vectors)
    region = {row: placed[topic.pk].region for row, topic in enumerate(every) if topic.pk in placed}
    kin = {int(families[row]): part for row, part in reversed(region.items()) if families[row] >= 0}
    for row, near in beside.items():
        region[row] = kin.get(int(families[row]), region.get(near, 0))
    now = clock.now()
    _store(
        [
            MapPlace(topic=every[row], x=at[row, 0], y=at[row, 1], region=region[row], placed_at=now)
            for row in beside
        ]
    )
    return len(beside)


def _all_near(
    every: Sequence[Topic], placed: dict[int, MapPlace], vectors: NDArray[np.floating]
) -> tuple[NDArray[np.float64], dict[int, int]]:
    """Where each stands, newcomers put one after the other beside what they resemble; and beside whom, by row."""
    at = np.zeros((len(every), 2))
    there = [row for row, topic in enumerate(every) if topic.pk in placed]
    for row in there:
        at[row] = placed[every[row].pk].x, placed[every[row].pk].y
    beside: dict[int, int] = {}
    for row, topic in enumerate(every):
        if topic.pk not in placed:
            x, y, near = place_near(vectors[row], vectors[there], at[there])
            at[row] = x, y
            beside[row] = there[near] if near >= 0 else -1
            there.append(row)
    return at, beside


def _families(topics: Sequence[Topic]) -> NDArray[np.int64]:
    rank = {family: place for place, family in enumerate(sorted({topic.family for topic in topics} - {""}))}
    return np.array([rank.get(topic.family, -1) for topic in topics], np.int64)


def topic_vectors(names: Sequence[str], progress: Progress | None = None) -> NDArray[np.float32]:
    """Return the vectors of some names, a row each; those not known yet are encoded and kept."""
    empty = [""] * len(names)
    texts = Texts(titles=list(names), topics=empty, descriptions=empty)
    digests = digests_of(texts)
    known = stored_vectors(set(digests))
    missing = [place for place, digest in enumerate(digests) if digest not in known]
    for start in range(0, len(missing), BATCH):
        part = missing[start : start + BATCH]
        made = {
            digests[place]: vector.astype("<f2").tobytes()
            for place, vector in zip(part, encode(texts, part), strict=True)
        }
        rows = [Vector(digest=digest, encoder=encoder().name, data=data) for digest, data in made.items()]
        Vector.objects.bulk_create(rows, ignore_conflicts=True)
        known |= made
        if progress is not None:
            progress(start + len(part), len(missing))
    return np.array([np.frombuffer(known[digest], "<f2") for digest in digests], np.float32)

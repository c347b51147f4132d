"""Make a framework of skills ready to be compared with topics: its labels encoded, its index saved."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
from django.db import transaction

from reciproque.catalogue.models import Framework, Post, Topic
from reciproque.matching.actions.finding import save_index
from reciproque.matching.engine.index import PostIndex
from reciproque.matching.models import Vector
from reciproque.matching.queries.frameworks import (
    folder_of_framework,
    index_of_labels,
    labels_in,
    texts_of_labels,
)
from reciproque.matching.queries.index import digests_of, encode, encoder, folder_of, saved_at, stored_vectors
from reciproque.networks.models import Network

AT_ONCE = 1000


def take_in_framework(framework: Framework, progress: Callable[[int, int], None] | None = None) -> int:
    """Encode the labels of a framework that are not yet, save its index; return how many labels it holds.

    Stopped half-way and started again, it goes on where it was: what is encoded is kept as it comes. 0 when the
    index saved says the very same.
    """
    labels = labels_in(framework)
    texts = texts_of_labels(labels.texts)
    digests = digests_of(texts)
    said = f"{encoder().name}{labels.entries}{labels.jobs}{digests}"
    folder, mark = folder_of_framework(framework), hashlib.blake2b(said.encode(), digest_size=16).hexdigest()
    if PostIndex.readable(folder, encoder=encoder()) and _mark_in(folder) == mark:
        return 0
    stored = set(stored_vectors(set(digests)))
    missing = {digest: place for place, digest in enumerate(digests) if digest not in stored}
    places = list(missing.values())
    for start in range(0, len(places), AT_ONCE):
        some = places[start : start + AT_ONCE]
        vectors = encode(texts, some)
        with transaction.atomic():
            Vector.objects.bulk_create(
                [
                    Vector(digest=digests[place], encoder=encoder().name, data=row.astype("<f2").tobytes())
                    for place, row in zip(some, np.asarray(vectors), strict=True)
                ],
                ignore_conflicts=True,
            )
        if progress is not None:
            progress(min(start + AT_ONCE, len(places)), len(places))
    index_of_labels(labels).save(folder)
    (folder / "built-for").write_text(mark)
    return len(labels.texts)


def _mark_in(folder: Path) -> str:
    try:
        return (folder / "built-for").read_text()
    except OSError:
        return ""


def take_in_merged(topic: Topic, merged_at: dt.datetime) -> int:
    """Save again the indexes of the networks that use a topic which just took another in; return how many.

    An index saved since knows it already: ten topics merged together cost one save.
    """
    networks = Network.objects.filter(pk__in=Post.objects.filter(topics=topic).values("network"))
    done = 0
    for network in networks:
        folder = folder_of(network)
        if PostIndex.stamp_of(folder) is not None and saved_at(folder) <= merged_at:
            save_index(network)
            done += 1
    return done

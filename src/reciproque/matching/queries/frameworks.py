"""Which entries of the frameworks mean the same as a topic or as some words, and which topics resemble one another.

An index of all the labels of a framework is saved beside those of the networks; a process that finds none makes one.
"""

from __future__ import annotations

import dataclasses
import threading
from collections import OrderedDict
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np
from django.conf import settings
from django.db.models import Count, Max
from numpy.typing import NDArray

from reciproque.catalogue.models import Entry, EntryName, Framework, Post, Topic, TopicLink, TopicName
from reciproque.catalogue.queries import entries_in_order, find_topics
from reciproque.kit.text import clean, fold
from reciproque.matching.engine.index import Mix, PostIndex
from reciproque.matching.engine.posts import OFFER, REQUEST, Posts, Texts
from reciproque.matching.engine.storage import StaleIndex
from reciproque.matching.queries.index import StoredVectors, encoder
from reciproque.networks.models import Network

HELD_AT_ONCE = 8
LOOKED_AT = 60
# Under this, proposing an entry would be proposing at random. Of the other labels of ESCO, 82.6 % find theirs among the
# first five with it and 83.2 % without any limit, as many (66.9 %) first; words that it does not know fall under.
LIKE = 0.45
SAME = 0.72  # from this on, two topics may well be one
# A topic is a few words, all of them meaningful: meaning leads, letters settle between neighbours.
LINKING = Mix(lexical=0.3, containment=0.25, crowd=0.5)

_held: OrderedDict[str, tuple[tuple[Any, ...], PostIndex]] = OrderedDict()
_lock = threading.Lock()


@dataclasses.dataclass(frozen=True)
class Labels:
    """Every label of a framework, end to end: the entry it belongs to, and whether that is a skill or a job's title."""

    entries: list[int]
    jobs: list[bool]
    texts: list[str]


def folder_of_framework(framework: Framework) -> Path:
    """Return where the index of a framework is saved."""
    return Path(settings.MATCHING_INDEX) / f"framework-{framework.public_id}"


def labels_in(framework: Framework) -> Labels:
    """Return the labels that an index of a framework holds: neither groups nor what is gone."""
    rows = Entry.objects.filter(framework=framework, group=False, gone_at=None).order_by("pk")
    said = list(rows.values_list("pk", "job", "label"))
    names = EntryName.objects.filter(entry__in=rows.values("pk")).order_by("pk")
    jobs = {pk: job for pk, job, _label in said}
    said += [(entry, jobs[entry], label) for entry, label in names.values_list("entry_id", "label")]
    return Labels([row[0] for row in said], [row[1] for row in said], [row[2] for row in said])


def index_of_labels(labels: Labels) -> PostIndex:
    """Build an index of labels: a row a label, signed by its entry."""
    texts = texts_of_labels(labels.texts)
    number = len(labels.texts)
    posts = Posts(
        ids=np.arange(number, dtype=np.int64),
        kind=np.where(np.array(labels.jobs, np.bool_), REQUEST, OFFER).astype(np.int8),
        author=np.array(labels.entries, np.int64),
    )
    return PostIndex.build(posts, texts, encoder=encoder(), vectors=cast(NDArray[Any], StoredVectors(texts)))


def texts_of_labels(labels: Sequence[str]) -> Texts:
    """Return labels as the engine takes them."""
    return Texts(titles=list(labels), topics=[""] * len(labels), descriptions=[""] * len(labels))


def framework_index(framework: Framework) -> PostIndex:
    """Return the index of a framework: the one saved since its last import, else one made here, kept in memory."""
    folder = folder_of_framework(framework)
    stamp = PostIndex.stamp_of(folder)
    key = (stamp, encoder().name, None if stamp else framework.imported_at)
    with _lock:
        held = _held.get(framework.public_id)
    if held is not None and held[0] == key:
        return held[1]
    try:
        index = PostIndex.load(folder, encoder=encoder())
    except StaleIndex:
        index = index_of_labels(labels_in(framework))
    _hold(framework.public_id, key, index)
    return index


def _hold(name: str, key: tuple[Any, ...], index: PostIndex) -> None:
    with _lock:
        _held[name] = (key, index)
        _held.move_to_end(name)
        while len(_held) > HELD_AT_ONCE:
            _held.popitem(last=False)


def nearest_entries(
    index: PostIndex,
    wordings: Sequence[str],
    *,
    jobs: bool = False,
    mix: Mix | None = LINKING,
    k: int = LOOKED_AT,
) -> dict[int, float]:
    """Return the entries that best say one of some wordings, with how close each is, 0 to 1."""
    mask = None if jobs else index.alive & (index.posts.kind == OFFER)
    best: dict[int, float] = {}
    for words in wordings:
        hits = index.search(words, mask=mask, k=k, mix=mix)
        for row, score in zip(hits.rows.tolist(), hits.score.tolist(), strict=True):
            entry = int(index.posts.author[row])
            best[entry] = max(best.get(entry, 0.0), score)
    return best


def entries_like(
    topic: Topic, limit: int = 5, *, without: Collection[int] | None = None
) -> list[tuple[Entry, float]]:
    """Return the skills of the frameworks that a topic may be, nearest first, with their closeness (0 to 1).

    What somebody already said yes or no to is left out.
    """
    if without is None:
        without = set(TopicLink.objects.filter(topic=topic).values_list("entry_id", flat=True))
    wordings = list(dict.fromkeys([topic.name, *(row.name for row in topic.names.all())]))[:6]
    best = _best(wordings, jobs=False, mix=LINKING)
    # Said with the very same words: nothing is nearer.
    folded = {fold(words) for words in wordings}
    ranked = sorted(((key, score) for key, score in best.items() if key not in without), key=_order)
    kept = [(key, score) for key, score in ranked if score >= LIKE][: limit * 2]
    entries = entries_in_order([key for key, _score in kept])
    scores = dict(kept)
    found = [(entry, 1.0 if entry.folded in folded else scores[entry.pk]) for entry in entries]
    return sorted(found, key=lambda row: -row[1])[:limit]


def search_entries(words: str, *, framework: Framework | None = None, limit: int = 20) -> list[Entry]:
    """Return the entries, job titles included, that answer some words, best first."""
    words = " ".join(clean(words).split())[:200]
    if not words:
        return []
    best = _best([words], jobs=True, mix=None, framework=framework)
    return entries_in_order([key for key, _score in sorted(best.items(), key=_order)[:limit]])


def _order(row: tuple[int, float]) -> tuple[float, int]:
    return -row[1], row[0]


def _best(
    wordings: Sequence[str], *, jobs: bool, mix: Mix | None, framework: Framework | None = None
) -> dict[int, float]:
    best: dict[int, float] = {}
    for one in [framework] if framework is not None else list(Framework.objects.order_by("pk")):
        index = framework_index(one)
        if len(index):
            best |= nearest_entries(index, wordings, jobs=jobs, mix=mix)
    return best


def topics_like(topic: Topic, network: Network, limit: int = 6) -> list[tuple[Topic, float]]:
    """Return the topics used in a network that may well be the same as one, nearest first."""
    stamp = Topic.objects.filter(merged_into=None).aggregate(
        n=Count("pk"), last=Max("pk"), mark=Max("public_id")
    )
    # A topic renamed leaves its former name behind: another name is another stamp.
    names = TopicName.objects.aggregate(n=Count("pk"), last=Max("pk"))
    used = Post.topics.through.objects.filter(post__network=network).aggregate(
        n=Count("topic", distinct=True)
    )
    key = (network.pk, *stamp.values(), *names.values(), *used.values(), encoder().name)
    with _lock:
        held = _held.get("topics")
    index = held[1] if held is not None and held[0] == key else _topic_index(network, key)
    if not len(index):
        return []
    mask = index.alive & (index.posts.author != topic.pk)
    best = nearest_same(index, topic.name, mask)
    keys = dict(sorted(best.items(), key=_order)[:limit])
    rows = {row.pk: row for row in Topic.objects.filter(pk__in=list(keys), merged_into=None)}
    here = {row.pk for row in find_topics(network, [row.public_id for row in rows.values()])}
    return [(rows[pk], score) for pk, score in keys.items() if pk in here]


def nearest_same(index: PostIndex, words: str, mask: NDArray[np.bool_]) -> dict[int, float]:
    """Return what says nearly the same as some words, by its author's key."""
    best: dict[int, float] = {}
    for row, score in index.similar(words, mask=mask, k=20, floor=SAME):
        author = int(index.posts.author[int(index.rows_of([row])[0])])
        best[author] = max(best.get(author, 0.0), score)
    return best


def _topic_index(network: Network, key: tuple[Any, ...]) -> PostIndex:
    rows = Topic.objects.filter(merged_into=None, posts__network=network).distinct().order_by("pk")
    said = list(rows.values_list("pk", "name"))
    labels = Labels([pk for pk, _name in said], [False] * len(said), [name for _pk, name in said])
    index = index_of_labels(labels)
    _hold("topics", key, index)
    return index


def forget_frameworks() -> None:
    """Let go of every index held (tests, another database)."""
    with _lock:
        _held.clear()

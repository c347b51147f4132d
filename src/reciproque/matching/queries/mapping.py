"""What the map of savoirs is made of: where each stands, and how much is offered and asked on it, from the indexes."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
from django.db.models import Count
from numpy.typing import NDArray

from reciproque.catalogue.models import Topic
from reciproque.matching.engine.index import PostIndex
from reciproque.matching.engine.posts import OFFER
from reciproque.matching.models import MapPlace
from reciproque.matching.queries.index import current_index
from reciproque.networks.models import Network
from reciproque.people.models import Site, Unit

_FEW = 500  # ids named in one query


@dataclasses.dataclass
class Tally:
    """How much is going on around one savoir: open offers and requests, and how many people offer it."""

    offers: int = 0
    requests: int = 0
    holders: int = 0


@dataclasses.dataclass(frozen=True)
class Place:
    """One savoir and where it stands."""

    topic: int
    public_id: str
    name: str
    family: str
    x: float
    y: float
    region: int


@dataclasses.dataclass(frozen=True)
class Choice:
    """One site, or one department, by which the map may be narrowed, and how many posts it has."""

    value: str
    label: str
    count: int


def merged_topics() -> dict[int, int]:
    """Return where each merged topic ended up."""
    rows = Topic.objects.exclude(merged_into=None).values_list("pk", "merged_into")
    into = {topic: kept for topic, kept in rows if kept is not None}

    def end(topic: int) -> int:
        seen = {topic}
        while topic in into and into[topic] not in seen:
            topic = into[topic]
            seen.add(topic)
        return topic

    return {topic: end(topic) for topic in into}


def tallies(networks: Sequence[Network], *, site: str = "", unit: str = "") -> dict[int, Tally]:
    """Return what is open on each topic in these networks together, perhaps of one site or one department only.

    A person who offers the same in two networks counts once among those who hold it.
    """
    columns = [_mentions(current_index(network), site, unit) for network in networks]
    if not columns:
        return {}
    topic, author, offered = (np.concatenate(parts) for parts in zip(*columns, strict=True))
    into = merged_topics()
    if into:
        topic = np.array([into.get(one, one) for one in topic.tolist()], np.int64)
    found: dict[int, Tally] = {}
    held = np.unique(np.stack([topic[offered], author[offered]]), axis=1)[0]
    for name, rows in (("offers", topic[offered]), ("requests", topic[~offered]), ("holders", held)):
        for one, number in zip(*np.unique(rows, return_counts=True), strict=True):
            setattr(found.setdefault(int(one), Tally()), name, int(number))
    return found


def _mentions(index: PostIndex, site: str, unit: str) -> tuple[NDArray[np.int64], ...]:
    """Every topic of every open post: the topic, who wrote it, and whether it is offered."""
    rows = np.flatnonzero(index.alive & _within(index, site, unit))
    subject = index.subject[rows].astype(np.int64)
    first, last = index.topics.starts[subject], index.topics.starts[subject + 1]
    number = last - first
    whose = np.repeat(rows, number)
    place = np.repeat(first - np.concatenate([[0], np.cumsum(number)[:-1]]), number) if len(rows) else first
    topic = index.topics.codes[place + np.arange(len(whose))]
    return topic, index.posts.author[whose], index.posts.kind[whose] == OFFER


def _within(index: PostIndex, site: str, unit: str) -> NDArray[np.bool_]:
    mask = np.ones(len(index), np.bool_)
    for column, value in ((index.posts.site, site), (index.posts.department, unit)):
        if value:
            mask &= column == (int(value) if value.isascii() and value.isdigit() and len(value) < 10 else -2)
    return mask


def map_choices(
    networks: Sequence[Network], *, site: str = "", unit: str = ""
) -> tuple[list[Choice], list[Choice]]:
    """Return the sites and the departments where something is offered or asked in these networks.

    Each counts what choosing it would show: a site within the department chosen, a department within the site. What is
    chosen stays, even with nothing in it: it can be taken off.
    """
    counts: tuple[dict[int, int], dict[int, int]] = ({}, {})
    for network in networks:
        index = current_index(network)
        columns = (
            (index.posts.site, _within(index, "", unit)),
            (index.posts.department, _within(index, site, "")),
        )
        for (column, mask), held in zip(columns, counts, strict=True):
            for code, number in zip(*np.unique(column[index.alive & mask], return_counts=True), strict=True):
                held[int(code)] = held.get(int(code), 0) + int(number)
    for chosen, held in zip((site, unit), counts, strict=True):
        if chosen.isascii() and chosen.isdigit() and len(chosen) < 10:
            held.setdefault(int(chosen), 0)
    sites = dict(Site.objects.filter(pk__in=list(counts[0])).values_list("pk", "name"))
    units = dict(Unit.objects.filter(pk__in=list(counts[1])).values_list("pk", "name"))

    def choices(names: dict[int, str], held: dict[int, int]) -> list[Choice]:
        rows = [Choice(str(code), names[code], number) for code, number in held.items() if code in names]
        return sorted(rows, key=lambda row: row.label)

    return choices(sites, counts[0]), choices(units, counts[1])


def places_on_map(topics: set[int]) -> list[Place]:
    """Return where these topics stand, in the order of their ids; those not placed yet are left out."""
    rows = MapPlace.objects.filter(topic__merged_into=None).order_by("topic")
    if len(topics) <= _FEW:
        rows = rows.filter(topic__in=topics)
    columns = ("topic", "topic__public_id", "topic__name", "topic__family", "x", "y", "region")
    return [Place(*row) for row in rows.values_list(*columns) if row[0] in topics]


def map_counts() -> tuple[int, int, int]:
    """Return how many topics there are, how many stand on the map, and how many of them since it was last drawn."""
    topics = Topic.objects.filter(merged_into=None).count()
    placed = dict(MapPlace.objects.values_list("whole").annotate(n=Count("pk")).order_by())
    return topics, sum(placed.values()), placed.get(False, 0)

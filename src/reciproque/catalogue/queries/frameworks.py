"""What pages show of the frameworks of skills: their size, their hierarchy, the topics linked to them."""

from __future__ import annotations

import dataclasses
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q

from reciproque.catalogue.models import Entry, Framework, Post, Topic, TopicLink
from reciproque.networks.models import Membership, Network
from reciproque.people.models import Person

PAGE = 60


@dataclasses.dataclass(frozen=True)
class FrameworkFigures:
    """A framework with what it holds."""

    framework: Framework
    entries: int
    groups: int
    names: int
    placed: int
    orphans: int
    gone: int
    linked: int


def frameworks() -> list[FrameworkFigures]:
    """Return every framework imported, with what it holds and how many topics are linked to it."""
    there = Q(entries__gone_at=None)
    rows = Framework.objects.annotate(
        all_entries=Count("entries", filter=there & Q(entries__group=False)),
        all_groups=Count("entries", filter=there & Q(entries__group=True)),
        placed=Count("entries", filter=there & Q(entries__parent__isnull=False)),
        orphans=Count("entries", filter=there & Q(entries__orphan=True)),
        gone=Count("entries", filter=Q(entries__gone_at__isnull=False)),
    )
    links = TopicLink.objects.filter(kept=True).values_list("entry__framework")
    linked = dict(links.annotate(n=Count("topic", distinct=True)).order_by())
    names = dict(Entry.objects.values_list("framework").annotate(n=Count("names")).order_by())
    return [
        FrameworkFigures(
            row,
            row.all_entries,
            row.all_groups,
            names.get(row.pk, 0),
            row.placed,
            row.orphans,
            row.gone,
            linked.get(row.pk, 0),
        )
        for row in rows
    ]


def entries_under(framework: Framework, parent: Entry | None = None, *, page: int = 1) -> Page[Any]:
    """Return one page of what stands directly under an entry (or at the top), groups first; `below` counts theirs."""
    rows = Entry.objects.filter(framework=framework, parent=parent, gone_at=None)
    rows = rows.annotate(below=Count("children", filter=Q(children__gone_at=None)))
    # At the top, what holds something comes before what nobody put in place.
    return Paginator(rows.order_by("-group", "job", "label", "pk"), PAGE).get_page(page)


def parents_of(entry: Entry) -> list[Entry]:
    """Return where an entry stands, from the top down to the one above it."""
    above: list[Entry] = []
    seen, at = {entry.pk}, entry.parent
    while at is not None and at.pk not in seen:
        seen.add(at.pk)
        above.append(at)
        at = at.parent
    return above[::-1]


def topics_linked(entry: Entry, viewer: Person) -> list[tuple[Topic, Network]]:
    """Return the topics that were said to be this entry, with each network of the viewer that uses them."""
    mine = Membership.objects.current().filter(person=viewer).values("network")
    links = TopicLink.objects.filter(entry=entry, kept=True).values("topic")
    open_posts = Post.objects.open().filter(network__in=mine)
    used = Post.topics.through.objects.filter(topic__in=links, post__in=open_posts).order_by()
    pairs = list(used.values_list("topic", "post__network").distinct())
    topics = Topic.objects.named().in_bulk([topic for topic, _network in pairs])
    networks = Network.objects.in_bulk([network for _topic, network in pairs])
    found = [(topics[topic], networks[network]) for topic, network in pairs]
    return sorted(found, key=lambda row: (row[0].folded, row[1].slug))


def entries_in_order(keys: list[int]) -> list[Entry]:
    """Return the entries of these keys that are in force, in the order given."""
    rows = Entry.objects.filter(pk__in=keys, gone_at=None).select_related("framework", "parent")
    found = {row.pk: row for row in rows}
    return [found[key] for key in keys if key in found]

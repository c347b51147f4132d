"""What pages show of topics: who offers and seeks one, its names, its family, what it is linked to, what to put in order."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from reciproque.catalogue.models import Post, Topic, TopicLink, TopicName
from reciproque.catalogue.queries.posts import shown
from reciproque.catalogue.rules import Kind
from reciproque.kit.text import clean, fold
from reciproque.networks.models import Network
from reciproque.people.models import Person

PAGE = 40


@dataclasses.dataclass(frozen=True)
class TopicCount:
    """A topic with how many open offers and requests of a network carry it, by the name to show."""

    topic: Topic
    label: str
    offers: int
    requests: int


@dataclasses.dataclass(frozen=True)
class Family:
    """A family of topics as a network uses them; the one without a name holds what nobody filed yet."""

    name: str
    topics: list[TopicCount]

    @property
    def offers(self) -> int:
        return sum(row.offers for row in self.topics)

    @property
    def requests(self) -> int:
        return sum(row.requests for row in self.topics)


def used_in(network: Network) -> QuerySet[Any]:
    """Return which open posts of a network carry which topic, as rows to aggregate."""
    return Post.topics.through.objects.filter(post__in=Post.objects.open().filter(network=network))


def topic_suggestions(words: str, limit: int = 8, network: Network | None = None) -> list[Topic]:
    """Return the topics one of whose names holds these words, accents and case aside, most used first.

    With a network, only those of its open posts: what other networks talk about stays with them.
    """
    topics = Topic.objects.filter(merged_into=None)
    for word in fold(clean(words)).split()[:4]:
        named = TopicName.objects.filter(topic=OuterRef("pk"), folded__contains=word)
        merged = Topic.objects.filter(merged_into=OuterRef("pk"), folded__contains=word)
        topics = topics.filter(Q(folded__contains=word) | Exists(named) | Exists(merged))
    used = Q()
    if network is not None:
        used = Q(posts__in=Post.objects.open().filter(network=network))
        topics = topics.filter(used)
    return list(topics.annotate(uses=Count("posts", filter=used)).order_by("-uses", "name")[:limit])


def topic_posts(topic: Topic, viewer: Person, network: Network, limit: int = 50) -> list[Post]:
    """Return the open posts of a network on a topic and on those merged into it."""
    on_topic = Q(topics=topic) | Q(topics__merged_into=topic)
    posts = Post.objects.visible_to(viewer).open().filter(on_topic, network=network).distinct()
    return list(shown(posts).order_by("kind", "-published_at")[:limit])


def topic_page(
    topic: Topic, viewer: Person, network: Network, *, page: int = 1, size: int = 30
) -> tuple[list[Post], dict[str, int]]:
    """Return one page of the open posts on a topic (and on those merged into it), and how many of each kind."""
    on_topic = Post.topics.through.objects.filter(Q(topic=topic) | Q(topic__merged_into=topic))
    posts = Post.objects.visible_to(viewer).open().filter(network=network, pk__in=on_topic.values("post"))
    counts = dict.fromkeys(Kind.values, 0)
    counts |= dict(posts.order_by().values_list("kind").annotate(n=Count("pk")))
    rows = shown(posts).order_by("-published_at", "-pk")[(page - 1) * size : page * size]
    return list(rows), counts


def labels_of(topics: Iterable[Topic]) -> dict[int, str]:
    """Return the name to show of each topic: the one chosen for the reader's language, else its own."""
    found = {topic.pk: topic.name for topic in topics}
    keys = list(found)
    for start in range(0, len(keys), 500):
        names = TopicName.objects.to_reader().filter(topic__in=keys[start : start + 500])
        found.update(names.values_list("topic_id", "name"))
    return found


def families(network: Network, *, words: str = "") -> list[Family]:
    """Return the topics of a network's open posts by family, in order of name; unfiled ones last."""
    used = used_in(network).annotate(kept=Coalesce("topic__merged_into", "topic"))
    rows = used.values("kept").annotate(
        offers=Count("post", filter=Q(post__kind=Kind.OFFER), distinct=True),
        requests=Count("post", filter=Q(post__kind=Kind.REQUEST), distinct=True),
    )
    counts = {row["kept"]: row for row in rows.order_by()}
    # All of them, then those of this network: their number is not bounded, what one query may name is.
    topics = Topic.objects.named().filter(merged_into=None, pk__in=used.values("kept"))
    for word in fold(clean(words)).split()[:4]:
        named = TopicName.objects.filter(topic=OuterRef("pk"), folded__contains=word)
        topics = topics.filter(Q(folded__contains=word) | Exists(named))
    found = list(topics)
    by_family: dict[str, list[TopicCount]] = {}
    for topic in found:
        row = counts[topic.pk]
        by_family.setdefault(topic.family, []).append(
            TopicCount(topic, topic.label, row["offers"], row["requests"])
        )
    order = sorted(by_family, key=lambda name: (not name, fold(name)))
    return [Family(name, sorted(by_family[name], key=lambda row: fold(row.label))) for name in order]


def family_names() -> list[str]:
    """Return the names of all families, to choose one from."""
    names = Topic.objects.filter(merged_into=None).exclude(family="").order_by()
    # By a reader's alphabet: a database puts capitals and accents apart.
    return sorted(names.values_list("family", flat=True).distinct(), key=lambda name: (fold(name), name))


def names_of(topic: Topic) -> list[TopicName]:
    """Return the other names of a topic, those of a language together."""
    return list(topic.names.select_related("topic").order_by("language", "-shown", "name"))


def links_of(topic: Topic, *, kept: bool = True) -> list[TopicLink]:
    """Return the entries of frameworks that a topic was said to be (or, with `kept` false, not to be)."""
    rows = topic.links.filter(kept=kept).select_related("entry__framework", "entry__parent", "decided_by")
    return list(rows.order_by("entry__framework__title", "entry__label"))


def merged_into(topic: Topic) -> list[Topic]:
    """Return the topics that this one took in."""
    return list(topic.merged.order_by("name"))


# What there is to put in order: name of the list → what it keeps.
TO_CURATE = ("unfiled", "unlinked", "all")


def topics_to_curate(
    network: Network, *, which: str = "", words: str = "", page: int = 1
) -> tuple[Page[Any], dict[str, int], str]:
    """Return one page of the topics of a network that wait for a family or for a link, most used first; counts; which.

    Without a list chosen, the first in which something waits. `uses` says how many open posts carry each.
    """
    used = Q(posts__in=Post.objects.open().filter(network=network))
    linked = Exists(TopicLink.objects.filter(topic=OuterRef("pk"), kept=True))
    topics = Topic.objects.filter(used, merged_into=None)
    lists = {"unfiled": topics.filter(family=""), "unlinked": topics.filter(~linked), "all": topics}
    counts = {name: rows.values("pk").distinct().count() for name, rows in lists.items()}
    which = which if which in lists else next((name for name in TO_CURATE if counts[name]), TO_CURATE[0])
    rows = lists[which]
    for word in fold(clean(words)).split()[:4]:
        named = TopicName.objects.filter(topic=OuterRef("pk"), folded__contains=word)
        rows = rows.filter(Q(folded__contains=word) | Exists(named))
    ordered = rows.annotate(uses=Count("posts", filter=used, distinct=True), linked=linked)
    return Paginator(ordered.order_by("-uses", "name"), PAGE).get_page(page), counts, which


def find_topics(network: Network, public_ids: Sequence[str]) -> list[Topic]:
    """Return the topics of these identifiers that are used in a network."""
    rows = Topic.objects.filter(public_id__in=list(public_ids), merged_into=None)
    return list(rows.filter(pk__in=used_in(network).values("topic")).order_by("name"))

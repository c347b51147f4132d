"""What pages show of offers and requests."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Count, Prefetch

from reciproque.catalogue.models import Post, Topic
from reciproque.catalogue.rules import Kind, PostState
from reciproque.networks.models import Network
from reciproque.people.models import Person


def shown(posts: Any) -> Any:
    """Load posts with what a list says of each."""
    related = ("network", "author", "author__unit", "author__site")
    return posts.select_related(*related).prefetch_related(Prefetch("topics", Topic.objects.named()))


def posts_by(person: Person, network: Network | None = None) -> list[Post]:
    """Return everything a person wrote and did not withdraw, drafts first (for their own eyes)."""
    posts = Post.objects.filter(author=person).exclude(state__in=[PostState.WITHDRAWN, PostState.REMOVED])
    if network is not None:
        posts = posts.filter(network=network)
    order = {state: rank for rank, state in enumerate(PostState.values)}
    return sorted(shown(posts), key=lambda post: (order[post.state], -post.pk))


def own_counts(person: Person, network: Network) -> dict[str, int]:
    """Return how many posts a person has in a network, by state (for their own eyes)."""
    rows = Post.objects.filter(author=person, network=network).values_list("state")
    counts = dict.fromkeys(PostState.values, 0)
    return counts | dict(rows.annotate(n=Count("pk")).order_by())


def own_posts(
    person: Person, network: Network, states: Iterable[str], *, page: int = 1, size: int = 30
) -> tuple[list[Post], int]:
    """Return one page of what a person wrote in a network in these states, latest first, and how many there are."""
    posts = Post.objects.filter(author=person, network=network, state__in=list(states))
    rows = shown(posts).order_by("-changed_at", "-pk")[(page - 1) * size : page * size]
    return list(rows), posts.count()


def open_kinds(person: Person) -> dict[int, set[str]]:
    """Return which kinds a person has published, by network: {network: {"offer", "request"}}."""
    kinds: dict[int, set[str]] = {}
    posts = Post.objects.filter(author=person, state=PostState.PUBLISHED).order_by()
    for network, kind in posts.values_list("network_id", "kind").distinct():
        kinds.setdefault(network, set()).add(kind)
    return kinds


def titles_by(
    people: Iterable[int], network: Network, viewer: Person
) -> dict[int, dict[str, list[tuple[str, str]]]]:
    """Return what these members offer and ask in a network: {person: {kind: [(public id, title)]}}, latest first."""
    posts = Post.objects.visible_to(viewer).open().filter(network=network, author__in=list(people))
    rows = posts.order_by("-published_at", "-pk").values_list("author", "kind", "public_id", "title")
    titles: dict[int, dict[str, list[tuple[str, str]]]] = {}
    for author, kind, public_id, title in rows:
        titles.setdefault(author, {kind: [] for kind in Kind.values})[kind].append((public_id, title))
    return titles


def open_posts_by(author: Person, network: Network, viewer: Person) -> list[Post]:
    """Return what a member offers and asks in a network, as another member sees it."""
    posts = Post.objects.visible_to(viewer).open().filter(author=author, network=network)
    return list(shown(posts).order_by("kind", "-published_at"))


def posts_in_order(ids: list[int], viewer: Person) -> list[Post]:
    """Return the posts of these ids that the viewer may see, in the order given."""
    found = {post.pk: post for post in shown(Post.objects.visible_to(viewer).filter(pk__in=ids))}
    return [found[pk] for pk in ids if pk in found]


def latest_posts(network: Network, viewer: Person, kind: str, limit: int = 6) -> list[Post]:
    """Return the latest open posts of one kind in a network."""
    posts = Post.objects.visible_to(viewer).open().filter(network=network, kind=kind)
    return list(shown(posts).order_by("-published_at", "-pk")[:limit])


def news_in(networks: Sequence[Network], viewer: Person, kind: str, limit: int = 4) -> list[Post]:
    """Return the latest open posts of one kind that others published in some networks."""
    posts = Post.objects.visible_to(viewer).open().filter(network__in=networks, kind=kind)
    return list(shown(posts.exclude(author=viewer)).order_by("-published_at", "-pk")[:limit])


def count_open(network: Network) -> dict[str, int]:
    """Return how many offers and requests are open in a network."""
    rows = Post.objects.open().filter(network=network).values("kind").annotate(n=Count("pk"))
    counts = {row["kind"]: row["n"] for row in rows}
    return {"offers": counts.get(Kind.OFFER, 0), "requests": counts.get(Kind.REQUEST, 0)}


def expiring_posts(now: dt.datetime, warning: dt.timedelta, limit: int = 1000) -> list[Post]:
    """Return the published posts whose end is near and whose author was not yet told."""
    posts = Post.objects.open().filter(expires_at__lte=now + warning, expires_at__gt=now, warned_at=None)
    return list(posts.select_related("network", "author").order_by("expires_at")[:limit])


def expired_posts(now: dt.datetime, limit: int = 1000) -> list[Post]:
    """Return the published posts whose end is past."""
    posts = Post.objects.filter(state=PostState.PUBLISHED, expires_at__lte=now)
    return list(posts.select_related("network", "author").order_by("expires_at")[:limit])


def missing_kinds(person: Person, network: Network) -> list[str]:
    """Return which of an offer and a request this person has not published in a network."""
    there = Post.objects.filter(author=person, network=network, state=PostState.PUBLISHED)
    found = set(there.order_by().values_list("kind", flat=True))
    return [kind for kind in Kind.values if kind not in found]

"""Posts that say nearly the same, as those who may settle it read them."""

from __future__ import annotations

import dataclasses
from typing import Any

from django.db.models import Prefetch

from reciproque.catalogue.models import Post
from reciproque.catalogue.rules import PostState
from reciproque.matching.models import Likeness
from reciproque.matching.rules import LikenessKind
from reciproque.networks.models import Network
from reciproque.people.models import Person


@dataclasses.dataclass(frozen=True)
class Alike:
    """Posts that say nearly the same and are still published, oldest first; for a group, an offer that could serve them."""

    likeness: Likeness
    posts: list[Post]
    offer: Post | None


def _shown(rows: Any) -> list[Alike]:
    posts = Post.objects.filter(state=PostState.PUBLISHED, author__is_active=True)
    loaded = rows.select_related("network", "person", "offer__author__unit", "offer__author__site")
    loaded = loaded.prefetch_related(
        Prefetch(
            "posts",
            posts.select_related("author__unit", "author__site", "network").order_by("published_at", "pk"),
            to_attr="published",
        )
    )
    return [
        Alike(row, row.published, row.offer if row.offer is not None and row.offer.is_open else None)
        for row in loaded
        if len(row.published) > 1
    ]


def alike_of(person: Person, network: Network | None = None, limit: int = 2) -> list[Alike]:
    """Return one's own posts that say nearly the same, while nothing was decided of them."""
    rows = Likeness.objects.open().filter(person=person, kind=LikenessKind.MERGE)
    if network is not None:
        rows = rows.filter(network=network)
    return _shown(rows[:limit])


def alike_in(network: Network, *, page: int = 1, size: int = 20) -> tuple[list[Alike], int]:
    """Return one page of the requests that several people could be served together, and how many there are."""
    rows = Likeness.objects.open().filter(network=network, kind=LikenessKind.GROUP)
    return _shown(rows[(page - 1) * size : page * size]), rows.count()


def own_alike(likeness: Likeness, person: Person) -> Alike | None:
    """Return one's own posts of a group that are still published, or None when it is somebody else's."""
    if likeness.kind != LikenessKind.MERGE or likeness.person_id != person.pk:
        return None
    posts = likeness.posts.filter(state=PostState.PUBLISHED, author=person).select_related(
        "network", "author"
    )
    return Alike(likeness, list(posts.prefetch_related("topics").order_by("published_at", "pk")), None)

"""Bring together posts that say nearly the same: one person's are merged, several people's are met as a small group."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

import numpy as np
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from numpy.typing import NDArray

from reciproque.catalogue.actions import withdraw_post
from reciproque.catalogue.models import Post
from reciproque.catalogue.rules import Kind
from reciproque.journal.actions import record
from reciproque.kit import clock
from reciproque.kit.rows import move
from reciproque.matching.actions.finding import in_each_network
from reciproque.matching.actions.publishing import publish_suggestion
from reciproque.matching.engine.duplicates import own_duplicates, shared_requests
from reciproque.matching.engine.index import PostIndex
from reciproque.matching.engine.score import FULL
from reciproque.matching.models import Likeness, Suggestion
from reciproque.matching.queries.index import current_index, open_posts, with_room
from reciproque.matching.queries.possible import possible_now
from reciproque.matching.queries.suggestions import exclusions
from reciproque.matching.queries.tuning import tuning_of
from reciproque.matching.rules import (
    FEWEST_TOGETHER,
    GROUP_AT_MOST,
    SAME_NEED,
    LikenessKind,
    LikenessState,
    SuggestionState,
)
from reciproque.networks.access import accompanies
from reciproque.networks.models import Network
from reciproque.people.models import Person

KEPT = 60  # in one network, of each kind


@dataclasses.dataclass(frozen=True)
class _Found:
    """Posts that say nearly the same, as the engine found them."""

    kind: str
    posts: list[int]
    person: int | None = None
    offer: int | None = None

    @property
    def mark(self) -> str:
        """What makes this group itself, whatever is found beside it."""
        return " ".join(map(str, sorted(self.posts)))[:200]


MERGED = _("Réunie avec une autre annonce qui disait la même chose")


def find_alike(network: Network) -> int:
    """Find again the posts of a network that say nearly the same; return how many groups are open.

    What was settled once is not proposed again, as long as the same posts make the group.
    """
    index = with_room(current_index(network), network)
    ids, author = index.posts.ids, index.posts.author
    merges = [
        _Found(LikenessKind.MERGE, ids[list(group.rows)].tolist(), person=int(author[group.rows[0]]))
        for group in own_duplicates(index)[:KEPT]
    ]
    sessions = shared_requests(
        index,
        today=clock.now().date().toordinal(),
        seats=_seats(network, index),
        threshold=int(SAME_NEED * FULL),
        fewest=FEWEST_TOGETHER,
        most=GROUP_AT_MOST,
        weights=tuning_of(network).weights,
        exclusions=exclusions(network),
    )
    groups = [
        _Found(
            LikenessKind.GROUP,
            ids[list(session.group.rows)].tolist(),
            offer=int(ids[session.offers[0].row]) if session.offers else None,
        )
        for session in sessions[:KEPT]
    ]
    with transaction.atomic():
        return _keep(network, [*merges, *groups])


def _seats(network: Network, index: PostIndex) -> NDArray[np.int64]:
    """How many people each offer takes at once, by row; 0 for those that are not given in small groups."""
    seats = np.zeros(len(index), np.int64)
    offers = open_posts(network).filter(kind=Kind.OFFER, small_group=True)
    for pk, capacity in offers.values_list("pk", "capacity"):
        rows = index.rows_of([pk])
        seats[rows[rows >= 0]] = capacity
    return seats


def _keep(network: Network, found: Iterable[_Found]) -> int:
    wanted = {(row.kind, row.mark): row for row in found}
    known = {(row.kind, row.mark): row for row in Likeness.objects.filter(network=network)}
    gone = [row.pk for key, row in known.items() if key not in wanted and row.state == LikenessState.OPEN]
    Likeness.objects.filter(pk__in=gone).delete()
    number = 0
    for key, found_now in wanted.items():
        if key in known:
            row = known[key]
            if row.offer_id != found_now.offer:
                Likeness.objects.filter(pk=row.pk).update(offer=found_now.offer)
            number += row.state == LikenessState.OPEN
            continue
        row = Likeness.objects.create(
            network=network,
            kind=found_now.kind,
            mark=found_now.mark,
            person_id=found_now.person,
            offer_id=found_now.offer,
            made_at=clock.now(),
        )
        row.posts.set(found_now.posts)
        number += 1
    return number


def find_all_alike() -> int:
    """Find again the posts alike of every network (by the clock); return how many groups are open."""
    return in_each_network(find_alike)


def _settle(likeness: Likeness, state: str, by: Person) -> None:
    move(likeness, state, since=[LikenessState.OPEN], settled_at=clock.now(), settled_by=by)


def _authors(likeness: Likeness) -> list[Person]:
    return [post.author for post in likeness.posts.select_related("author__unit")]


def _check(likeness: Likeness, by: Person) -> None:
    own = likeness.kind == LikenessKind.MERGE and likeness.person_id == by.pk
    if not own and not (
        likeness.kind == LikenessKind.GROUP and accompanies(by, likeness.network, *_authors(likeness))
    ):
        raise PermissionDenied


@transaction.atomic
def merge_posts(likeness: Likeness, kept: Post, *, by: Person) -> Post:
    """Keep one of one's own posts that say the same and withdraw the others. Raises ValidationError when too late."""
    _check(likeness, by)
    posts = list(likeness.posts.filter(author=by).select_related("network", "author"))
    if likeness.kind != LikenessKind.MERGE or kept not in posts or not kept.is_open:
        raise ValidationError(_("Cette annonce n’est plus publiée. Choisissez-en une autre."))
    _settle(likeness, LikenessState.DONE, by)
    for post in posts:
        if post != kept and post.is_open:
            withdraw_post(post, by=by, reason=str(MERGED))
    return kept


@transaction.atomic
def dismiss_likeness(likeness: Likeness, *, by: Person) -> None:
    """Note that these posts are better apart; they are not proposed again."""
    _check(likeness, by)
    _settle(likeness, LikenessState.DISMISSED, by)


@transaction.atomic
def meet_together(likeness: Likeness, *, by: Person) -> int:
    """Propose the offer given in small groups to each of those who seek the same; return to how many.

    Each says yes or no for themselves; whoever gives it meets them in one exchange.
    """
    _check(likeness, by)
    offer = likeness.offer
    if likeness.kind != LikenessKind.GROUP or offer is None or not offer.is_open:
        raise ValidationError(_("Il n’y a pas d’offre en petit groupe pour ces demandes en ce moment."))
    rows = Suggestion.objects.open().filter(
        offer=offer, request__in=likeness.posts.all(), state=SuggestionState.OPEN
    )
    possible = possible_now(likeness.network)
    related = rows.select_related("request__network", "request__author", "offer__author").order_by(
        "-score", "pk"
    )
    found = [row for row in related if row.published_at is None and possible.take(row.request, row.offer)]
    if not found:
        raise ValidationError(_("Ces demandes ont trouvé leur place entre-temps."))
    for suggestion in found:
        publish_suggestion(suggestion, by=by)
    _settle(likeness, LikenessState.DONE, by)
    record("likeness.met", likeness, by=by, network=likeness.network, people=[], number=len(found))
    return len(found)

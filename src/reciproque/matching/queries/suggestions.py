"""What was found for whom, and why, in words."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence

import numpy as np
from django.db.models import Q

from reciproque.catalogue.models import Post, Topic
from reciproque.catalogue.queries import posts_in_order
from reciproque.catalogue.rules import Kind, PostState
from reciproque.exchanges.models import Introduction
from reciproque.exchanges.queries import pairs_apart
from reciproque.kit import clock
from reciproque.kit.text import clean
from reciproque.matching.engine.candidates import Candidates, Exclusions, candidates
from reciproque.matching.engine.index import PostIndex
from reciproque.matching.engine.posts import OFFER, REQUEST
from reciproque.matching.models import (
    Alert,
    PlannedPair,
    Proposal,
    Ruling,
    Suggestion,
    SuggestionQuerySet,
)
from reciproque.matching.queries.index import current_index, with_room
from reciproque.matching.queries.tuning import tuning_of
from reciproque.matching.rules import (
    KEPT,
    SHOWN,
    PairState,
    PlanState,
    ProposalState,
    RulingKind,
    SuggestionState,
    reasons,
)
from reciproque.networks.models import Membership, Network
from reciproque.people.models import Person


@dataclasses.dataclass(frozen=True)
class Found:
    """Someone's post found for mine, and why; `id` is empty when it was computed on the spot."""

    id: str
    post: Post
    mine: Post
    person: Person
    reasons: list[str]


def _best(rows: SuggestionQuerySet, limit: int) -> list[Suggestion]:
    """Return the best of these suggestions, those with someone on pause in that network left out.

    Who is on pause is few people: asked apart, they spare the database a plan that it gets very wrong.
    """
    paused = set(
        Membership.objects.filter(
            Q(paused_until__gt=clock.now()) | Q(suspended_until__gt=clock.now())
        ).values_list("network_id", "person_id")
    )
    best = _loaded(rows).order_by("-score", "pk")[: limit + 2 * len(paused)]  # type: ignore[attr-defined]
    return [
        row
        for row in best
        if (row.network_id, row.request.author_id) not in paused
        and (row.network_id, row.offer.author_id) not in paused
    ][:limit]


def _found(suggestions: list[Suggestion], reader: Person) -> list[Found]:
    rows = []
    for row in suggestions:
        mine = row.request.author_id == reader.pk
        post, own = (row.offer, row.request) if mine else (row.request, row.offer)
        rows.append(Found(row.public_id, post, own, post.author, reasons(row.terms, mine=mine)))
    return rows


def _loaded(rows: object) -> object:
    return rows.select_related(  # type: ignore[attr-defined]
        "network",
        "request__author__unit",
        "request__author__site",
        "request__network",
        "offer__author__unit",
        "offer__author__site",
        "offer__network",
    )


def suggestions_for(person: Person, network: Network | None = None, limit: int = SHOWN) -> list[Found]:
    """Return the best of what was found for a person's requests, then for their offers, one person shown once.

    Each of their posts gets its best suggestion before any gets a second one.
    """
    mine = list(Post.objects.filter(author=person, state=PostState.PUBLISHED).values_list("pk", flat=True))
    rows = Suggestion.objects.open().filter(Q(request__in=mine) | Q(offer__in=mine))
    if network is not None:
        rows = rows.filter(network=network)
    found = _found(_best(rows, limit * 12), person)
    turn: dict[int, int] = {}
    ranked = []
    for place, item in enumerate(found):
        number = turn.get(item.mine.pk, 0)
        turn[item.mine.pk] = number + 1
        ranked.append((number, item.mine.is_offer, place, item))
    chosen: list[Found] = []
    people: set[int] = set()
    for *_rank, item in sorted(ranked, key=lambda row: row[:3]):
        if item.person.pk not in people:
            people.add(item.person.pk)
            chosen.append(item)
    return chosen[:limit]


def suggestions_about(post: Post, viewer: Person, limit: int = SHOWN) -> list[Found]:
    """Return what was found for one of the viewer's posts; computed on the spot while the worker has not yet."""
    if post.author_id != viewer.pk:
        return []
    field = "request" if not post.is_offer else "offer"
    known = Suggestion.objects.filter(**{field: post})
    if known.exists() or not post.is_open:
        return _found(_best(known.open(), limit), viewer)
    index = with_room(current_index(post.network), post.network)
    pairs = candidates_of(post, index, k=limit)
    other = pairs.offer if not post.is_offer else pairs.request
    ids = index.posts.ids[other].tolist()
    shown = {row.pk: row for row in posts_in_order(ids, viewer)}
    return [
        Found("", shown[pk], post, shown[pk].author, reasons(pairs.terms.of(place), mine=not post.is_offer))
        for place, pk in enumerate(ids)
        if pk in shown
    ]


def found_with(post: Post, reader: Person) -> Found | None:
    """Return why someone's post was found for one of the reader's own, the best of them, or None."""
    rows = Suggestion.objects.visible_to(reader).open().filter(Q(request=post) | Q(offer=post))
    best = list(_loaded(rows).order_by("-score", "pk")[:1])  # type: ignore[attr-defined]
    return next(iter(_found(best, reader)), None)


def exclusions(network: Network) -> Exclusions:
    """Return the pairs that must not be proposed: tried, dismissed, already met, own manager where so set."""
    posts, people = pairs_apart(network)
    answered = Suggestion.objects.filter(network=network, state=SuggestionState.DISMISSED)
    posts |= set(answered.values_list("request_id", "offer_id"))
    posts |= set(rulings_in(network, RulingKind.FORBID))
    kept = PlannedPair.objects.filter(plan__network=network, plan__state=PlanState.READY).exclude(
        state__in=[PairState.SET_ASIDE, PairState.GONE]
    )
    return Exclusions(
        posts=sorted(posts) or (),
        people=sorted(people) or (),
        managers=network.exclude_own_manager,
        kept=sorted(kept.values_list("request_id", "offer_id")) or (),
    )


def rulings_in(network: Network, kind: str) -> list[tuple[int, int]]:
    """Return the (request, offer) pairs that animators always, or never, put together."""
    rows = Ruling.objects.filter(network=network, kind=kind, withdrawn_at=None)
    return list(rows.order_by("pk").values_list("request_id", "offer_id"))


def candidates_of(post: Post, index: PostIndex, k: int = KEPT) -> Candidates:
    """Return the best counterparts of one post in an index whose rooms are up to date."""
    row = index.rows_of([post.pk])
    row = row[row >= 0]
    today = clock.now().date().toordinal()
    barred, weights = exclusions(post.network), tuning_of(post.network).weights
    if post.is_offer:
        return candidates(
            index, today=today, offers=row, per="offer", k=k, exclusions=barred, weights=weights
        )
    return candidates(index, today=today, requests=row, k=k, exclusions=barred, weights=weights)


def possible_offers(offers: Sequence[Post], requester: Person, network: Network) -> list[Post]:
    """Keep the offers that someone without a published request may be proposed: what no likeness can redeem apart.

    (With a request the engine says it; without one there is no way of meeting to compare.)
    """
    index = with_room(current_index(network), network)
    rows = index.rows_of([post.pk for post in offers])
    room = np.where(rows >= 0, index.posts.room[rows], 0) if len(index) else np.zeros(len(offers))
    _posts, met = pairs_apart(network)
    spoken = set(requester.languages)
    return [
        post
        for post, left in zip(offers, room.tolist(), strict=True)
        if left > 0
        and post.author_id != requester.pk
        and (requester.pk, post.author_id) not in met
        and spoken & set(post.languages or post.author.languages)
        and not (
            network.exclude_own_manager
            and (requester.manager_id == post.author_id or post.author.manager_id == requester.pk)
        )
    ]


def similar_posts(
    network: Network, viewer: Person, title: str, kind: str, limit: int = 5
) -> list[tuple[Post, float]]:
    """Return the posts of one kind that say nearly the same as a title, also in other words, with their closeness."""
    title = " ".join(clean(title).split())[:200]
    if len(title) < 4:
        return []
    index = current_index(network)
    mask = index.alive & (index.posts.kind == (OFFER if kind == Kind.OFFER else REQUEST))
    near = dict(index.similar(title, mask=mask, k=limit))
    return [(post, near[post.pk]) for post in posts_in_order(list(near), viewer)]


def proposed_topics(title: str, limit: int = 5, network: Network | None = None) -> list[Topic]:
    """Return the topics that the posts nearest to a title carry, most frequent first."""
    title = " ".join(clean(title).split())[:200]
    if len(title) < 4 or network is None:
        return []
    near = current_index(network).similar(title, k=12, floor=0.5)
    weights: dict[int, float] = {}
    topics: dict[int, Topic] = {}
    rows = Post.objects.filter(pk__in=[pk for pk, _close in near]).prefetch_related("topics__merged_into")
    closeness = dict(near)
    for post in rows:
        for topic in post.topics.all():
            kept = topic.merged_into or topic
            topics[kept.pk] = kept
            weights[kept.pk] = weights.get(kept.pk, 0) + closeness[post.pk]
    ranked = sorted(topics.values(), key=lambda topic: (-weights[topic.pk], topic.name))
    return ranked[:limit]


def alerts_of(person: Person, network: Network) -> list[Alert]:
    """Return a person's open alerts in a network."""
    return list(Alert.objects.filter(person=person, network=network, withdrawn_at=None))


def next_proposal(introduction: Introduction, viewer: Person) -> Found | None:
    """Return the next best person proposed to the asker after a refusal or a silence, while it waits for their yes."""
    if viewer.pk != introduction.requester_id:
        return None
    proposal = (
        Proposal.objects.filter(introduction=introduction, state=ProposalState.WAITING)
        .select_related("offer__author__unit", "offer__author__site", "offer__network")
        .first()
    )
    if proposal is None or not proposal.offer.is_open or not proposal.offer.author.is_active:
        return None
    mine = introduction.request or introduction.offer or proposal.offer
    return Found(
        proposal.public_id, proposal.offer, mine, proposal.offer.author, reasons(proposal.terms, mine=True)
    )


def suggestion_rows(network: Network) -> Iterator[Suggestion]:
    """Yield every open suggestion of a network, requests in order, best first: what exports write."""
    rows = Suggestion.objects.open().filter(network=network)
    yield from _loaded(rows).order_by("request_id", "-score", "pk").iterator(chunk_size=2000)  # type: ignore[attr-defined]

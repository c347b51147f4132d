"""Show, at most monthly, a colleague's open request to someone who only receives and seems to know."""

from __future__ import annotations

import dataclasses

import numpy as np
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max

from reciproque.catalogue.models import Post
from reciproque.catalogue.rules import Kind, PostState
from reciproque.exchanges.queries import pairs_apart, received_titles
from reciproque.journal.actions import record
from reciproque.kit import clock
from reciproque.matching.engine.index import PostIndex
from reciproque.matching.engine.meaning import post_vectors
from reciproque.matching.engine.posts import REQUEST
from reciproque.matching.engine.score import calibrate
from reciproque.matching.models import Nudge
from reciproque.matching.queries.index import current_index, encoder
from reciproque.matching.queries.planning import current_plan
from reciproque.matching.rules import NUDGE_CLOSE, NUDGE_EVERY, NUDGES_AT_ONCE, NudgeState
from reciproque.networks.models import Membership, Network
from reciproque.people.models import Person

ABOUT_ONE_REQUEST = 3  # people nudged about the same request
TEXTS_OF_ONE = 6  # what somebody seems to know, at most


@dataclasses.dataclass(frozen=True)
class _Known:
    """What makes one think that somebody knows something: what they learned here, what they do."""

    person: Person
    texts: list[str]


def nudge_network(network: Network) -> int:
    """Nudge those whom it is time to nudge, the longest left alone first; return how many."""
    index = current_index(network)
    mask = index.alive & (index.posts.kind == REQUEST)
    if not mask.any():
        return 0
    told = 0
    about: dict[int, int] = {}
    rows = Nudge.objects.filter(network=network, state=NudgeState.OPEN).values_list("request_id", flat=True)
    for request in rows:
        about[request] = about.get(request, 0) + 1
    seen = _seen(network)
    _posts, met = pairs_apart(network)
    wanted = _wanted(network)
    for known in _to_nudge(network)[:NUDGES_AT_ONCE]:
        found = _nearest(known, index, mask, wanted)
        for request_pk, words in found:
            author = int(index.posts.author[index.rows_of([request_pk])[0]])
            person = known.person
            apart = network.exclude_own_manager and (
                person.manager_id == author
                or int(index.posts.manager[index.rows_of([request_pk])[0]]) == person.pk
            )
            if (
                author == person.pk
                or apart
                or (author, person.pk) in met
                or (person.pk, request_pk) in seen
                or about.get(request_pk, 0) >= ABOUT_ONE_REQUEST
            ):
                continue
            _nudge(network, person, request_pk, words)
            about[request_pk] = about.get(request_pk, 0) + 1
            told += 1
            break
    return told


def _seen(network: Network) -> set[tuple[int, int]]:
    return set(Nudge.objects.filter(network=network).values_list("person_id", "request_id"))


def _wanted(network: Network) -> set[int]:
    """The requests that the last plan could not serve: shown first to those who may know."""
    plan = current_plan(network)
    return {row["request"] for row in plan.sought} if plan is not None else set()


def _to_nudge(network: Network) -> list[_Known]:
    """Those who only receive, have room to give, and were left alone for a month; the longest left alone first."""
    now = clock.now()
    offering = Post.objects.filter(network=network, kind=Kind.OFFER, state=PostState.PUBLISHED)
    members = (
        Membership.objects.available(now)
        .filter(network=network, give_capacity__gt=0)
        .exclude(person__in=offering.values("author"))
        .select_related("person")
    )
    last = dict(
        Nudge.objects.filter(network=network).order_by().values_list("person").annotate(last=Max("made_at"))
    )
    learned = received_titles(network)
    found = []
    for membership in members.order_by("pk"):
        person = membership.person
        if person.pk in last and last[person.pk] > now - NUDGE_EVERY:
            continue
        texts = [*learned.get(person.pk, [])[:TEXTS_OF_ONE], person.function]
        texts = [text for text in texts if len(text.strip()) > 3]
        if texts:
            found.append(
                (
                    (last.get(person.pk) or now.min.replace(tzinfo=now.tzinfo)),
                    person.pk,
                    _Known(person, texts),
                )
            )
    return [known for _last, _pk, known in sorted(found, key=lambda row: row[:2])]


def _nearest(known: _Known, index: PostIndex, mask: np.ndarray, wanted: set[int]) -> list[tuple[int, str]]:
    """The open requests close enough to what somebody seems to know, with the words that make one think so."""
    vectors = post_vectors(encoder(), known.texts)
    best: dict[int, tuple[float, str]] = {}
    for text, vector in zip(known.texts, vectors, strict=True):
        hits = index.nearest(vector, mask=mask, k=8)
        close = calibrate(hits.score)
        for pk, value in zip(hits.ids.tolist(), close.tolist(), strict=True):
            if value >= NUDGE_CLOSE and value > best.get(pk, (0, ""))[0]:
                best[pk] = (value, text)
    order = sorted(best, key=lambda pk: (pk not in wanted, -best[pk][0], pk))
    return [(pk, best[pk][1]) for pk in order]


@transaction.atomic
def _nudge(network: Network, person: Person, request_pk: int, words: str) -> None:
    request = Post.objects.select_related("author").get(pk=request_pk)
    nudge = Nudge.objects.create(
        network=network, person=person, request=request, because=words[:200], made_at=clock.now()
    )
    record(
        "nudge.made",
        nudge,
        network=network,
        people=[person],
        to=person.public_id,
        title=request.title,
        because=nudge.because,
    )


def nudge_all() -> int:
    """Nudge in every network (by the clock); return how many people were."""
    return sum(nudge_network(network) for network in Network.objects.all())


@transaction.atomic
def dismiss_nudge(nudge: Nudge, *, by: Person) -> None:
    """Note that this is not something one could share; nobody is told, and it is not shown again."""
    if by.pk != nudge.person_id:
        raise PermissionDenied
    Nudge.objects.filter(pk=nudge.pk, state=NudgeState.OPEN).update(state=NudgeState.DISMISSED)


def note_offered(post: Post) -> None:
    """Note that somebody who was nudged has published an offer: the nudge did its work."""
    if post.kind == Kind.OFFER:
        rows = Nudge.objects.filter(network=post.network, person=post.author, state=NudgeState.OPEN)
        rows.update(state=NudgeState.DONE)

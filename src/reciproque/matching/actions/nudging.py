"""Show, at most monthly, a colleague's open request to someone who only receives and seems to know."""

from __future__ import annotations

import dataclasses

import numpy as np
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from numpy.typing import NDArray

from reciproque.catalogue.models import Post
from reciproque.catalogue.rules import Kind, PostState
from reciproque.exchanges.queries import pairs_apart, received_titles
from reciproque.journal.actions import record
from reciproque.kit import clock
from reciproque.matching.actions.finding import in_each_network
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
    known = _to_nudge(network)[:NUDGES_AT_ONCE] if mask.any() else []
    near = _near(index, mask, {text for one in known for text in one.texts})
    barred = _Barred.of(network)
    wanted = _wanted(network)
    told = 0
    for one in known:
        for request, words in _ranked(one, near, wanted):
            row = int(index.rows_of([request])[0])
            author, manager = int(index.posts.author[row]), int(index.posts.manager[row])
            if barred.allows(one.person, request, author, manager):
                _nudge(network, one.person, request, words)
                barred.note(request)
                told += 1
                break
    return told


@dataclasses.dataclass
class _Barred:
    """What keeps a request from being shown to somebody: it was, they met, one manages the other, or enough know."""

    network: Network
    shown: set[tuple[int, int]]
    met: set[tuple[int, int]]
    number: dict[int, int]

    @classmethod
    def of(cls, network: Network) -> _Barred:
        """Read what there is to know, once."""
        rows = Nudge.objects.filter(network=network)
        number: dict[int, int] = {}
        for request in rows.filter(state=NudgeState.OPEN).values_list("request_id", flat=True):
            number[request] = number.get(request, 0) + 1
        return cls(network, set(rows.values_list("person_id", "request_id")), pairs_apart(network)[1], number)

    def allows(self, person: Person, request: int, author: int, manager: int) -> bool:
        """Whether this request may be shown to this person."""
        managed = self.network.exclude_own_manager and (person.manager_id == author or manager == person.pk)
        return not (
            author == person.pk
            or managed
            or (author, person.pk) in self.met
            or (person.pk, request) in self.shown
            or self.number.get(request, 0) >= ABOUT_ONE_REQUEST
        )

    def note(self, request: int) -> None:
        """Count one more person to whom it is shown."""
        self.number[request] = self.number.get(request, 0) + 1


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


def _near(index: PostIndex, mask: NDArray[np.bool_], texts: set[str]) -> dict[str, dict[int, int]]:
    """The open requests close enough to each text, with their closeness; each text is looked at once."""
    asked = sorted(texts)
    found: dict[str, dict[int, int]] = {}
    for text, vector in zip(asked, post_vectors(encoder(), asked) if asked else (), strict=True):
        hits = index.nearest(vector, mask=mask, k=8)
        close = calibrate(hits.score).tolist()
        found[text] = {
            pk: value for pk, value in zip(hits.ids.tolist(), close, strict=True) if value >= NUDGE_CLOSE
        }
    return found


def _ranked(known: _Known, near: dict[str, dict[int, int]], wanted: set[int]) -> list[tuple[int, str]]:
    """The requests near what somebody seems to know, those the network lacks first, with the words that say why."""
    best: dict[int, tuple[int, str]] = {}
    for text in known.texts:
        for pk, value in near[text].items():
            if value > best.get(pk, (0, ""))[0]:
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
    return in_each_network(nudge_network)


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

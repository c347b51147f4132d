"""What each row of the animators' queue shows: who, what, since when, and what was tried already."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Count, OuterRef, Q

from reciproque.agenda.models import Attempt, Step
from reciproque.agenda.rules import PRIVATE_VERBS, StepState
from reciproque.catalogue.models import Post
from reciproque.catalogue.rules import Kind
from reciproque.exchanges.models import ExchangePerson, Introduction
from reciproque.insights.queries.queue import (
    EXCHANGE,
    INTRODUCTION,
    Narrowed,
    awaited_in,
    has_published,
    held_by,
    key_of,
    keys,
    number_of,
    refused_mail,
)
from reciproque.insights.rules import SIZE
from reciproque.journal.models import Fact
from reciproque.kit import clock
from reciproque.matching.models import Suggestion
from reciproque.networks.access import Scope
from reciproque.networks.models import Membership, Network
from reciproque.notices.models import Outgoing
from reciproque.people.models import Person

TRIED = 5
# Nothing has this key: asked for all the same, so that a page costs as many queries whatever it holds.
NOTHING = 0


@dataclasses.dataclass(frozen=True)
class Subject:
    """What something is about, by kind and public identifier."""

    subject_kind: str
    public_id: str


@dataclasses.dataclass
class Stuck:
    """One row of the queue."""

    key: str
    reason: str
    since: dt.datetime
    subject: Subject
    people: list[Person]
    person: Person | None = None
    title: str = ""
    step: Step | None = None
    membership: Membership | None = None
    post: Post | None = None
    introduction: Introduction | None = None
    suggestion: Suggestion | None = None
    error: str = ""
    tried: list[Attempt] = dataclasses.field(default_factory=list)

    @property
    def source(self) -> str:
        """Where the row comes from: the first half of its key."""
        return self.key.partition("-")[0]

    @property
    def quiet_until(self) -> dt.datetime | None:
        """Until when it is given its time, when an animator took care of it."""
        now = clock.now()
        ends = [row.quiet_until for row in self.tried if row.quiet_until and row.quiet_until > now]
        return max(ends, default=None)


Found = tuple[str, dt.datetime, str, int]


def queue(
    network: Network,
    narrowed: Narrowed,
    *,
    reason: str = "",
    page: int = 1,
    size: int = SIZE,
) -> list[Stuck]:
    """Return one page of what no longer moves in a network, most urgent first, in a fixed number of queries."""
    found = keys(network, narrowed, reason=reason, start=(page - 1) * size, size=size)
    return _shown(network, found)


def stuck(network: Network, scope: Scope, key: str) -> Stuck | None:
    """Return one row of the queue by its key, as an animator of that scope sees it; None once it is settled."""
    source, _dash, public_id = key.partition("-")
    found = key_of(network, Narrowed(scope), source, public_id)
    return None if found is None else _shown(network, [found])[0]


def stuck_among(network: Network, scope: Scope, wanted: Iterable[str]) -> list[Stuck]:
    """Return the rows that have these keys and are still there, as an animator of that scope sees them."""
    found = []
    for key in wanted:
        source, _dash, public_id = key.partition("-")
        found.append(key_of(network, Narrowed(scope), source, public_id))
    return _shown(network, [row for row in found if row is not None])


def _shown(network: Network, found: Sequence[Found]) -> list[Stuck]:
    pks: dict[str, set[int]] = {}
    for _reason, _since, source, pk in found:
        pks.setdefault(source, {NOTHING}).add(pk)
    steps = _steps(pks.get("step", {NOTHING}))
    members = _members(
        network,
        {NOTHING}.union(*(pks.get(name, set()) for name in ("application", "load", "mail", "member"))),
    )
    posts = _posts(pks.get("request", {NOTHING}))
    introductions, parts = _cases(steps.values())
    best = _best(posts)
    refused = _refused(network, members.values())
    rows: list[Stuck] = []
    for reason, since, source, pk in found:
        if source == "step" and pk in steps:
            rows.append(_of_step(reason, since, steps[pk], introductions, parts))
        elif source == "request" and pk in posts:
            rows.append(_of_request(reason, since, posts[pk], best.get(pk)))
        elif pk in members and source not in ("step", "request"):
            rows.append(_of_member(source, reason, since, members[pk], refused))
    _put_tried(rows)
    return rows


def _steps(pks: Iterable[int]) -> dict[int, Step]:
    return Step.objects.select_related("network", "owner__unit", "owner__site").in_bulk(list(pks))


def _members(network: Network, pks: Iterable[int]) -> dict[int, Membership]:
    rows: Any = Membership.objects.select_related("network", "person__unit", "person__site").annotate(
        held=held_by(network),
        waiting=number_of(_awaiting(network), "offerer"),
        offers=has_published(Kind.OFFER, network),
        requests=has_published(Kind.REQUEST, network),
    )
    found: dict[int, Membership] = rows.in_bulk(list(pks))
    return found


def _awaiting(network: Network) -> Any:
    return awaited_in(network).filter(offerer=OuterRef("person"))


def _posts(pks: Iterable[int]) -> dict[int, Post]:
    return Post.objects.select_related("network", "author__unit", "author__site").in_bulk(list(pks))


def _cases(steps: Iterable[Step]) -> tuple[dict[str, Introduction], dict[str, list[Person]]]:
    """The introductions and the people of the exchanges that the steps are about."""
    about: dict[str, set[str]] = {INTRODUCTION: {""}, EXCHANGE: {""}}
    for step in steps:
        about.setdefault(step.subject_kind, set()).add(step.subject_id)
    related = ("network", "requester__unit", "offerer__unit", "initiator", "mediator")
    rows = Introduction.objects.filter(public_id__in=about[INTRODUCTION]).select_related(*related)
    parts: dict[str, list[Person]] = {}
    people = ExchangePerson.objects.filter(exchange__public_id__in=about[EXCHANGE], left_at=None)
    for part in people.select_related("exchange", "person__unit"):
        parts.setdefault(part.exchange.public_id, []).append(part.person)
    return {row.public_id: row for row in rows}, parts


def _best(posts: dict[int, Post]) -> dict[int, Suggestion]:
    """The best of what was found for each request, that may be proposed now: {request: suggestion}."""
    now = clock.now()
    rows = Suggestion.objects.open().filter(
        Q(put_off_until=None) | Q(put_off_until__lte=now),
        request__in=[NOTHING, *posts],
        published_at=None,
        offer__author__is_active=True,
        offer__state="published",
    )
    found: dict[int, Suggestion] = {}
    for row in rows.select_related("offer__author", "request").order_by("score", "-pk"):
        found[row.request_id] = row
    return found


def _refused(network: Network, members: Iterable[Membership]) -> dict[int, Outgoing]:
    people = [NOTHING, *(row.person_id for row in members)]
    mails = refused_mail(network, clock.now()).filter(person__in=people).order_by("at", "pk")
    return {mail.person_id: mail for mail in mails.only("person", "subject", "error", "at") if mail.person_id}


def _of_step(
    reason: str,
    since: dt.datetime,
    step: Step,
    introductions: dict[str, Introduction],
    parts: dict[str, list[Person]],
) -> Stuck:
    introduction = introductions.get(step.subject_id)
    people = parts.get(step.subject_id, [])
    if introduction is not None:
        people = [introduction.requester, introduction.offerer]
    return Stuck(
        key=f"step-{step.public_id}",
        reason=reason,
        since=since,
        subject=Subject(step.subject_kind, step.subject_id),
        people=[step.owner] if step.owner is not None else people,
        person=step.owner,
        title=step.words,
        step=step,
        introduction=introduction,
    )


def _of_request(reason: str, since: dt.datetime, post: Post, best: Suggestion | None) -> Stuck:
    return Stuck(
        key=f"request-{post.public_id}",
        reason=reason,
        since=since,
        subject=Subject(Post.subject_kind, post.public_id),
        people=[post.author],
        person=post.author,
        title=post.title,
        post=post,
        suggestion=best,
    )


def _of_member(
    source: str, reason: str, since: dt.datetime, membership: Membership, refused: dict[int, Outgoing]
) -> Stuck:
    mail = refused.get(membership.person_id) if source == "mail" else None
    return Stuck(
        key=f"{source}-{membership.public_id}",
        reason=reason,
        since=since,
        subject=Subject(Membership.subject_kind, membership.public_id),
        people=[membership.person],
        person=membership.person,
        title=mail.subject if mail else "",
        membership=membership,
        error=mail.error if mail else "",
    )


def _put_tried(rows: list[Stuck]) -> None:
    """Put with each row what was tried about it, latest first."""
    tried: dict[tuple[str, str], list[Attempt]] = {}
    wanted = ["", *(row.subject.public_id for row in rows)]
    for one in Attempt.objects.filter(subject_id__in=wanted).select_related("by", "person"):
        tried.setdefault((one.subject_kind, one.subject_id), []).append(one)
    for row in rows:
        about = tried.get((row.subject.subject_kind, row.subject.public_id), [])
        mine = [one for one in about if row.person is None or one.person_id in (None, row.person.pk)]
        row.tried = mine[:TRIED]


def just_noted(network: Network, animator: Person, *, minutes: int = 60, limit: int = 5) -> list[Attempt]:
    """Return what this animator took care of in the last hour and may still put back in the queue."""
    since = clock.now() - dt.timedelta(minutes=minutes)
    rows = Attempt.objects.quiet(clock.now()).filter(network=network, by=animator, at__gt=since)
    return list(rows.select_related("person")[:limit])


# What is counted of the last days at the top of the desk: that things moved.
MOVED = (
    "introduction.asked",
    "introduction.accepted",
    "meeting.fixed",
    "exchange.finished",
    "review.submitted",
    "post.published",
    "membership.joined",
)


def moved_since(network: Network, since: dt.datetime, scope: Scope) -> dict[str, int]:
    """Return how many of each thing happened in a network since a moment; two queries.

    `helped` counts what was done by the people reminded of it.
    """
    facts = Fact.objects.filter(network=network.public_id, name__in=MOVED, at__gte=since)
    done = Step.objects.filter(
        network=network, state=StepState.DONE, closed_at__gte=since, reminders__gt=0
    ).exclude(verb__in=PRIVATE_VERBS)
    if not scope.whole:
        facts = facts.filter(scope.people("concerns__person"))
        done = done.filter(scope.people("owner"))
    found = dict.fromkeys((*MOVED, "helped"), 0)
    found |= dict(facts.order_by().values_list("name").annotate(n=Count("pk", distinct=True)))
    found["helped"] = done.count()
    return found

"""The animators' queue: everything that no longer moves in a network, why, since when, and what was tried.

Every source of rows (steps, applications, requests, members) is reduced to four columns; the database puts them
together, orders them and cuts the page, whatever the size of the network. What a page shows is loaded afterwards.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    DateTimeField,
    Exists,
    F,
    IntegerField,
    Min,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.db.models.query import QuerySet

from reciproque.agenda.models import Attempt, Step
from reciproque.agenda.rules import AttemptKind, Verb
from reciproque.catalogue.models import Post
from reciproque.catalogue.rules import Kind, PostState
from reciproque.exchanges.models import ExchangePerson, Introduction
from reciproque.exchanges.rules import (
    AWAITING_ANSWER,
    LIVE_INTRODUCTION,
    ExchangeState,
    IntroductionState,
    Side,
)
from reciproque.insights.rules import (
    IMBALANCED_AFTER,
    LAPSING,
    NEWCOMER_AFTER,
    NEWCOMER_UNTIL,
    OF_VERB,
    RANK,
    REQUEST_AFTER,
    SIZE,
    SOON,
    UNDELIVERED_FOR,
    Reason,
)
from reciproque.kit import clock
from reciproque.matching.models import Suggestion
from reciproque.matching.rules import SuggestionState
from reciproque.networks.access import Scope
from reciproque.networks.models import Membership, Network
from reciproque.networks.rules import MembershipState
from reciproque.notices.models import Outgoing
from reciproque.notices.rules import Category, OutgoingState

COLUMNS = ("rank", "since", "source", "row")
INTRODUCTION, EXCHANGE = "introduction", "exchange"
SHOWN_POSTS = [PostState.PUBLISHED, PostState.PAUSED]
REFUSED = [OutgoingState.FAILED, OutgoingState.BOUNCED]


@dataclasses.dataclass(frozen=True)
class Narrowed:
    """Which people a queue is about: those whom its reader accompanies, narrowed to one site or unit if they like."""

    scope: Scope = dataclasses.field(default_factory=Scope)
    site: int | None = None
    unit: str = ""

    def at(self, field: str) -> Q:
        """Return what keeps the rows whose person, at the end of `field`, is one of them."""
        return self.scope.people(field) & Scope(self.site, self.unit).people(field)

    @property
    def everyone(self) -> bool:
        """Whether nobody is left out."""
        return self.scope.whole and self.site is None and not self.unit


@dataclasses.dataclass(frozen=True)
class _Ground:
    """A network at a moment, and whom one looks at."""

    network: Network
    now: dt.datetime
    narrowed: Narrowed
    quiet: bool = True  # leave out what was dealt with and is given its time

    def rows(self, rows: QuerySet[Any], source: str, rank: Any, since: Any) -> QuerySet[Any]:
        """Reduce a source to the columns of the queue."""
        return rows.order_by().annotate(
            rank=rank,
            since=since,
            source=Value(source, output_field=CharField()),
            row=F("pk"),
        )

    def left_alone(self, kind: str, subject: str, person: str) -> Q:
        """Return what leaves out the subjects that an animator took care of lately."""
        if not self.quiet:
            return Q()
        tried = Attempt.objects.quiet(self.now).filter(subject_kind=kind, subject_id=OuterRef(subject))
        return Q(~Exists(tried.filter(Q(person=None) | Q(person=OuterRef(person)))))


def _rank(reason: str) -> Value:
    return Value(RANK[reason], output_field=IntegerField())


def _steps(ground: _Ground) -> QuerySet[Any]:
    """What is late, what the team took over, what soon ends by itself."""
    now = ground.now
    verbs: dict[str, list[str]] = {}
    for verb, reason in OF_VERB.items():
        verbs.setdefault(reason, []).append(verb)
    stuck = Q(owner=None) | Q(due_at__lt=now) | Q(escalated_at__isnull=False)
    cases = [When(stuck & Q(verb__in=some), then=_rank(reason)) for reason, some in verbs.items()]
    cases.append(When(Q(verb__in=LAPSING, due_at__lt=now + SOON), then=_rank(Reason.LAPSING)))
    since = Case(When(owner=None, then=F("opened_at")), default=F("due_at"), output_field=DateTimeField())
    steps = Step.objects.open().filter(network=ground.network, verb__in=list(OF_VERB))
    # Most of what is open is neither late nor near: said first, and read from the index of deadlines.
    steps = steps.filter(stuck | Q(due_at__lt=now + SOON, verb__in=LAPSING))
    if ground.quiet:
        tried = Attempt.objects.quiet(now).filter(
            subject_kind=OuterRef("subject_kind"), subject_id=OuterRef("subject_id")
        )
        own = tried.filter(Q(person=None) | Q(person=OuterRef("owner")))
        steps = steps.filter(Q(owner=None) & ~Exists(tried) | Q(owner__isnull=False) & ~Exists(own))
    if not ground.narrowed.everyone:
        steps = steps.filter(
            Q(owner__isnull=False) & ground.narrowed.at("owner") | Q(owner=None) & _theirs(ground)
        )
    return ground.rows(steps, "step", Case(*cases, output_field=IntegerField()), since)


def _theirs(ground: _Ground) -> Q:
    """A step of the team is about people too: those of its introduction or of its exchange."""
    narrowed, about = ground.narrowed, OuterRef("subject_id")
    two = Introduction.objects.filter(narrowed.at("requester") | narrowed.at("offerer"), public_id=about)
    parts = ExchangePerson.objects.filter(narrowed.at("person"), exchange__public_id=about, left_at=None)
    return Q(Exists(two)) | Q(Exists(parts))


def _applications(ground: _Ground) -> QuerySet[Any]:
    """Who asked to join and has no answer yet, whether or not a step was opened."""
    rows = Membership.objects.filter(
        ground.narrowed.at("person"),
        ground.left_alone("membership", "public_id", "person"),
        network=ground.network,
        state=MembershipState.APPLIED,
        person__is_active=True,
    )
    return ground.rows(rows, "application", _rank(Reason.TEAM), F("applied_at"))


def _members(ground: _Ground) -> QuerySet[Membership]:
    """The members who are here today, of whom nothing is expected that was not noted."""
    return Membership.objects.available(ground.now).filter(
        ground.narrowed.at("person"),
        ground.left_alone("membership", "public_id", "person"),
        network=ground.network,
    )


def _requests(ground: _Ground) -> QuerySet[Any]:
    """The requests about which nobody was asked for weeks, and nobody is proposed now."""
    before = ground.now - REQUEST_AFTER
    asked = Introduction.objects.filter(
        Q(state__in=[*LIVE_INTRODUCTION, IntroductionState.AGREED]) | Q(asked_at__gt=before),
        request=OuterRef("pk"),
    )
    proposed = Suggestion.objects.filter(
        request=OuterRef("pk"), state=SuggestionState.OPEN, published_at__isnull=False
    )
    here = Membership.objects.available(ground.now).filter(network=ground.network)
    rows = Post.objects.filter(
        ground.narrowed.at("author"),
        ~Exists(asked),
        ~Exists(proposed),
        ground.left_alone("post", "public_id", "author"),
        network=ground.network,
        kind=Kind.REQUEST,
        state=PostState.PUBLISHED,
        published_at__lt=before,
        author__in=here.values("person"),
    )
    return ground.rows(rows, "request", _rank(Reason.UNANSWERED), F("published_at"))


def number_of(rows: QuerySet[Any], by: str) -> Any:
    counted = rows.order_by().values(by).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def held_by(network: Network) -> Any:
    """How many exchanges and accepted introductions a member gives now."""
    accepted = Introduction.objects.filter(
        network=network, offerer=OuterRef("person"), state=IntroductionState.ACCEPTED
    )
    giving = ExchangePerson.objects.filter(
        person=OuterRef("person"),
        side=Side.OFFERER,
        left_at=None,
        exchange__network=network,
        exchange__state=ExchangeState.OPEN,
    )
    return number_of(accepted, "offerer") + number_of(giving, "person")


def awaited_in(network: Network) -> QuerySet[Introduction]:
    return Introduction.objects.filter(network=network, state__in=AWAITING_ANSWER)


def _overloaded(ground: _Ground) -> QuerySet[Any]:
    """Those who give as much as they can, and whose answer others still await."""
    waiting = awaited_in(ground.network)
    first = waiting.filter(offerer=OuterRef("person")).order_by().values("offerer")
    rows = _members(ground).filter(person__in=waiting.values("offerer"), give_capacity__gt=0)
    rows = rows.annotate(held=held_by(ground.network)).filter(held__gte=F("give_capacity"))
    since = Subquery(first.annotate(at=Min("asked_at")).values("at"), output_field=DateTimeField())
    return ground.rows(rows, "load", _rank(Reason.OVERLOADED), since)


def refused_mail(network: Network, now: dt.datetime) -> QuerySet[Outgoing]:
    """What mail servers would not take lately; never what was found for one person alone."""
    return Outgoing.objects.filter(network=network, state__in=REFUSED, at__gt=now - UNDELIVERED_FOR).exclude(
        category=Category.FINDS
    )


def _undelivered(ground: _Ground) -> QuerySet[Any]:
    """Those whom messages did not reach, and whom nobody called since."""
    told = Attempt.objects.filter(
        subject_kind=Membership.subject_kind,
        subject_id=OuterRef("public_id"),
        kind__in=[AttemptKind.CALLED, AttemptKind.NOTED],
    )
    last = told.order_by("-at").values("at")[:1]
    mails = refused_mail(ground.network, ground.now).filter(person=OuterRef("person"))
    latest = mails.order_by("-at").values("at")[:1]
    rows = _members(ground).filter(person__in=refused_mail(ground.network, ground.now).values("person"))
    rows = rows.annotate(
        refused_at=Subquery(latest, output_field=DateTimeField()),
        told_at=Subquery(last, output_field=DateTimeField()),
    ).filter(Q(told_at=None) | Q(refused_at__gt=F("told_at")))
    return ground.rows(rows, "mail", _rank(Reason.UNDELIVERED), F("refused_at"))


def has_published(kind: str, network: Network) -> Exists:
    # Where both are required, what is on pause does not count: its author is expected to publish.
    states = [PostState.PUBLISHED] if network.is_strict else SHOWN_POSTS
    posts = Post.objects.filter(author=OuterRef("person"), network=network, kind=kind, state__in=states)
    return Exists(posts)


def _one_sided(ground: _Ground) -> QuerySet[Any]:
    """Newcomers without an offer, then those who only offer, only ask, or published nothing."""
    now = ground.now
    late = Step.objects.open().filter(
        verb__in=[Verb.OFFER, Verb.REQUEST],
        subject_kind=Membership.subject_kind,
        subject_id=OuterRef("public_id"),
        due_at__lt=now,
    )
    rows = _members(ground).annotate(
        offers=has_published(Kind.OFFER, ground.network),
        requests=has_published(Kind.REQUEST, ground.network),
        late=Exists(late),
    )
    newcomer = Q(offers=False, joined_at__gt=now - NEWCOMER_UNTIL) & (
        Q(joined_at__lt=now - NEWCOMER_AFTER) | Q(late=True)
    )
    sided = (Q(offers=False) | Q(requests=False)) & (Q(joined_at__lt=now - IMBALANCED_AFTER) | Q(late=True))
    rank = Case(When(newcomer, then=_rank(Reason.NEWCOMER)), default=_rank(Reason.IMBALANCED))
    return ground.rows(rows.filter(newcomer | sided), "member", rank, F("joined_at"))


Source = Callable[[_Ground], "QuerySet[Any]"]
SOURCES: dict[str, Source] = {
    "step": _steps,
    "application": _applications,
    "request": _requests,
    "load": _overloaded,
    "mail": _undelivered,
    "member": _one_sided,
}


def _together(parts: Iterable[QuerySet[Any]]) -> QuerySet[Any]:
    first, *others = parts
    return first.union(*others, all=True)


def counts(network: Network, narrowed: Narrowed) -> dict[str, int]:
    """Return how many rows the queue holds for each reason, in one query."""
    ground = _Ground(network, clock.now(), narrowed)
    parts = [
        source(ground).values("rank").annotate(n=Count("pk")).values_list("rank", "n")
        for source in SOURCES.values()
    ]
    found = dict.fromkeys(Reason.values, 0)
    for rank, number in _together(parts):
        if rank is not None:
            found[Reason.values[rank]] += number
    return found


def keys(
    network: Network, narrowed: Narrowed, *, reason: str = "", start: int = 0, size: int = SIZE
) -> list[tuple[str, dt.datetime, str, int]]:
    """Return one page of the queue, most urgent first, as (reason, since, source, key of the row); one query."""
    ground = _Ground(network, clock.now(), narrowed)
    parts = [source(ground) for source in SOURCES.values()]
    if reason:
        parts = [part.filter(rank=RANK[reason]) for part in parts]
    rows = _together([part.values_list(*COLUMNS) for part in parts]).order_by(*COLUMNS)
    return [
        (Reason.values[rank], since, source, row) for rank, since, source, row in rows[start : start + size]
    ]


def key_of(
    network: Network, narrowed: Narrowed, source: str, public_id: str
) -> tuple[str, dt.datetime, str, int] | None:
    """Return one row, found by what it is about, even when it is left its time; None once it is settled."""
    if source not in SOURCES:
        return None
    ground = _Ground(network, clock.now(), narrowed, quiet=False)
    found = SOURCES[source](ground).filter(public_id=public_id).values_list(*COLUMNS).first()
    return None if found is None or found[0] is None else (Reason.values[found[0]], *found[1:])

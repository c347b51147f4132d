"""Savoirs that a network may lose: carried by one or two people, sought in vain, fading.

Only savoirs are shown, never who: what is counted about few people is said in words, and only what they show to the
network is counted. Nothing shown depends on a departure, which is read by the program alone: it asks those who leave.
Everything is read in a fixed number of queries, whatever the number of savoirs.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db.models import Exists, OuterRef, Q, QuerySet

from reciproque.catalogue.models import Post, Topic
from reciproque.catalogue.rules import Kind
from reciproque.exchanges.models import Exchange, Introduction
from reciproque.insights.models import Leaving
from reciproque.insights.rules import FADES_AFTER, FRAGILE_HOLDERS, LEAVES_WITHIN, REQUEST_AFTER, Risk
from reciproque.kit import clock
from reciproque.library.models import Sheet
from reciproque.networks.models import Membership, Network
from reciproque.people.models import Person
from reciproque.recognition.models import Call, Evidence, Standing
from reciproque.recognition.queries.calls import same_topics
from reciproque.recognition.rules import Audience, CallKind

# More than this is no longer a list one acts upon.
PRESSING = 12
# What is suggested first for each risk, then what else may be done. A group is a need opened, then someone to lead it.
ACTS: dict[str, tuple[str, ...]] = {
    Risk.SOUGHT: (CallKind.ANSWER, CallKind.OFFER, CallKind.GROUP),
    Risk.FRAGILE: (CallKind.SHEET, CallKind.OFFER, CallKind.GROUP),
    Risk.FADING: (CallKind.SHEET, CallKind.GROUP, CallKind.OFFER),
}


@dataclasses.dataclass(frozen=True)
class AtRisk:
    """One savoir at risk, and why."""

    topic: Topic
    risks: tuple[str, ...]
    holders: int
    requests: int
    # of those, the ones for whom nobody was asked for three weeks
    waiting: int
    sheets: int
    last: dt.date | None
    called: int
    acts: tuple[str, ...]


@dataclasses.dataclass
class _Topic:
    """What is known of one savoir, while it is gathered."""

    holders: set[int] = dataclasses.field(default_factory=set)
    since: dt.date | None = None
    requests: int = 0
    waiting: int = 0
    sheets: int = 0
    last: dt.date | None = None
    called: int = 0


@dataclasses.dataclass(frozen=True)
class Risks:
    """Which savoirs of a network are at risk, for each reason and for any (""), the most sought first; as read when."""

    topics: dict[str, list[int]]
    # Those to look at first, a few: asked for, and held by one person at most.
    pressing: list[int]
    at: dt.datetime

    @property
    def counts(self) -> dict[str, int]:
        """How many for each reason."""
        return {value: len(self.topics[value]) for value in Risk.values}


def leaving_people(network: Network) -> set[int]:
    """Return the members who leave within a year, as they said or as the directory says."""
    today = clock.now().date()
    until = today + LEAVES_WITHIN
    members = Membership.objects.current().filter(network=network).values("person")
    said = Leaving.objects.filter(person__in=members, on__gt=today, on__lte=until)
    known = Person.objects.filter(pk__in=members, leaves_on__gt=today, leaves_on__lte=until)
    return set(said.values_list("person_id", flat=True)) | set(known.values_list("pk", flat=True))


def successions_due(network: Network) -> list[tuple[int, int]]:
    """Return (savoir, person) for those who leave within a year and whom at most one other relieves: shown to nobody.

    Each pair once: who was asked to pass something on is not asked again, whatever they answered.
    """
    leaving = leaving_people(network)
    if not leaving:
        return []
    carried: dict[int, set[int]] = defaultdict(set)
    offers = Post.topics.through.objects.filter(
        post__in=Post.objects.open().offers().filter(network=network).values("pk")
    )
    evidence = _kept_evidence(network)
    values = ("topic_id", "topic__merged_into_id", "post__author_id")
    for topic, into, person in offers.values_list(*values):
        carried[into or topic].add(person)
    values = ("skill__topic_id", "skill__topic__merged_into_id", "skill__person_id")
    for topic, into, person in evidence.values_list(*values):
        carried[into or topic].add(person)
    calls = Call.objects.filter(network=network, kind=CallKind.SUCCESSOR)
    asked = set(calls.values_list("topic_id", "person_id"))
    return sorted(
        (topic, person)
        for topic, people in carried.items()
        if len(people - leaving) < FRAGILE_HOLDERS
        for person in people & leaving
        if (topic, person) not in asked
    )


def _kept_evidence(network: Network) -> QuerySet[Evidence]:
    """Return what shows the savoirs of members: not of those who want nothing kept, nor of savoirs put away."""
    members = Membership.objects.current().filter(network=network).values("person")
    rows = Evidence.objects.filter(
        network=network, withdrawn_at=None, skill__put_away_at=None, skill__person__in=members
    )
    return rows.exclude(skill__person__in=Standing.objects.filter(kept=False).values("person"))


def _shown_evidence(network: Network) -> QuerySet[Evidence]:
    """Return what shows the savoirs that their person shows to the network: the only ones that a figure may count."""
    chosen = Standing.objects.filter(audience=Audience.NETWORK).values("person")
    shown = Q(skill__audience=Audience.NETWORK) | Q(skill__audience="", skill__person__in=chosen)
    return _kept_evidence(network).filter(shown)


def oldest_request(network: Network, topic: Topic) -> Post | None:
    """Return the request on a savoir that waits for the longest."""
    posts = Post.objects.open().requests().filter(network=network, topics__in=same_topics(topic))
    return posts.select_related("author").order_by("published_at", "pk").first()


def list_risks(network: Network) -> Risks:
    """Return which savoirs a network may lose, and why: all of its posts, evidence and exchanges are read."""
    now = clock.now()
    found = _gather(network)
    rows = {key: reasons for key, one in found.items() if (reasons := _risks(one, now.date()))}
    keys = sorted(rows, key=lambda key: (-found[key].requests, key))
    order = {value: place for place, value in enumerate(Risk.values)}
    topics = {value: [key for key in keys if value in rows[key]] for value in Risk.values}

    def rank(key: int) -> tuple[int, int, int, int]:
        one = found[key]
        return -one.waiting, len(one.holders), -one.requests, key

    topics[""] = sorted(keys, key=lambda key: order[rows[key][0]])
    return Risks(topics, sorted(filter(lambda key: _presses(found[key]), keys), key=rank)[:PRESSING], now)


def _presses(one: _Topic) -> bool:
    """Asked for since long without an answer, or asked for while one person holds it."""
    return len(one.holders) <= 1 and (one.waiting > 0 or (one.requests > 0 and len(one.holders) == 1))


def risks_in(network: Network, topics: Sequence[int], *, risk: str = "") -> list[AtRisk]:
    """Return what puts some savoirs at risk now (for one reason, or any), in this order, without those no longer so."""
    known = Topic.objects.named().in_bulk(topics)
    merged = Topic.objects.filter(merged_into__in=topics).values_list("pk", flat=True)
    found = _gather(network, [*topics, *merged])
    rows = []
    for key in topics:
        reasons = _risks(found[key], clock.now().date())
        if key in known and reasons and (not risk or risk in reasons):
            rows.append(_row(known[key], found[key], reasons, risk or reasons[0]))
    return rows


def risk_of(network: Network, topic: Topic) -> AtRisk | None:
    """Return what puts one savoir at risk here; None when nothing does."""
    found = _gather(network, same_topics(topic)).get(topic.pk)
    if found is None:
        return None
    reasons = _risks(found, clock.now().date())
    return _row(topic, found, reasons, reasons[0]) if reasons else None


def _row(topic: Topic, found: _Topic, reasons: tuple[str, ...], first: str) -> AtRisk:
    acts = ACTS[first]
    if not found.requests:
        acts = tuple(act for act in acts if act != CallKind.ANSWER)
    return AtRisk(
        topic=topic,
        risks=reasons,
        holders=len(found.holders),
        requests=found.requests,
        waiting=found.waiting,
        sheets=found.sheets,
        last=found.last,
        called=found.called,
        acts=acts,
    )


def _risks(one: _Topic, today: dt.date) -> tuple[str, ...]:
    old = today - FADES_AFTER
    reasons = []
    if one.waiting:
        reasons.append(Risk.SOUGHT)
    if 0 < len(one.holders) <= FRAGILE_HOLDERS:
        reasons.append(Risk.FRAGILE)
    if (one.holders or one.last) and (one.last or one.since or today) < old:
        reasons.append(Risk.FADING)
    return tuple(reasons)


def _gather(network: Network, only: Iterable[int] | None = None) -> dict[int, _Topic]:
    found: dict[int, _Topic] = defaultdict(_Topic)
    chosen = None if only is None else list(only)
    _add_posts(found, network, _among("topic", chosen))
    evidence = _shown_evidence(network).filter(_among("skill__topic", chosen))
    rows = evidence.values_list("skill__topic_id", "skill__topic__merged_into_id", "skill__person_id", "on")
    for topic, into, person, on in rows:
        one = found[into or topic]
        one.holders.add(person)
        one.since = min(one.since or on, on)
    held = Exchange.objects.held().filter(network=network)
    for side in ("offer", "request"):
        field = f"{side}__topics"
        exchanges = held.filter(**{f"{field}__isnull": False}).filter(_among(field, chosen))
        values = (field, f"{field}__merged_into", "held_on", "finished_at", "closed_at")
        for topic, into, held_on, finished, closed in exchanges.values_list(*values):
            on = held_on or (finished or closed).date()
            one = found[into or topic]
            one.last = max(one.last or on, on)
    sheets = Sheet.topics.through.objects.filter(sheet__network=network, sheet__state="published")
    for topic, into in sheets.filter(_among("topic", chosen)).values_list(
        "topic_id", "topic__merged_into_id"
    ):
        found[into or topic].sheets += 1
    # One asked to pass on before leaving would say that the savoir's holder leaves.
    calls = Call.objects.waiting().filter(network=network).exclude(kind=CallKind.SUCCESSOR)
    calls = calls.filter(_among("topic", chosen))
    for topic, into in calls.values_list("topic_id", "topic__merged_into_id"):
        found[into or topic].called += 1
    return found


def _among(field: str, topics: list[int] | None) -> Q:
    return Q() if topics is None else Q(**{f"{field}__in": topics})


def _add_posts(found: dict[int, _Topic], network: Network, among: Q) -> None:
    open_ = Post.objects.open().filter(network=network)
    links = Post.topics.through.objects.filter(among, post__in=open_.values("pk"))
    before = clock.now() - REQUEST_AFTER
    asked = Introduction.objects.filter(network=network, request=OuterRef("post_id"))
    values = ("topic_id", "topic__merged_into_id", "post__kind", "post__author_id", "post__published_at")
    for topic, into, kind, author, at, answered in links.values_list(*values, Exists(asked)):
        one = found[into or topic]
        if kind == Kind.OFFER:
            one.holders.add(author)
            one.since = min(one.since or at.date(), at.date())
        else:
            one.requests += 1
            one.waiting += not answered and at <= before


def leaving_date(person: Person) -> dt.date | None:
    """Return when somebody said they would leave, for their own eyes."""
    return Leaving.objects.filter(person=person).values_list("on", flat=True).first()

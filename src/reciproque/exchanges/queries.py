"""What pages show of introductions, exchanges, threads and reviews."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
from collections.abc import Callable, Iterable

from django.core.exceptions import ValidationError
from django.db.models import Count, Exists, OuterRef, Prefetch, Q
from django.utils.translation import gettext_lazy as _

from reciproque.agenda.models import Step
from reciproque.agenda.rules import StepState, Verb
from reciproque.catalogue.models import Post
from reciproque.exchanges.access import parts_for, reads_reviews_as
from reciproque.exchanges.models import (
    Exchange,
    ExchangePerson,
    Introduction,
    Review,
    SetApart,
    Terms,
    Thread,
    ThreadMessage,
)
from reciproque.exchanges.rules import (
    AWAITING_ANSWER,
    QUESTIONS,
    WAIT_CASES,
    WAIT_FEW,
    WAIT_OVER,
    ExchangeState,
    IntroductionState,
    Origin,
    Side,
    is_full,
    median_wait,
    paper_code,
    read_paper_code,
)
from reciproque.kit import clock
from reciproque.networks.models import Membership, Network
from reciproque.networks.queries import mediators_of, most_at_once
from reciproque.people.models import Person


@dataclasses.dataclass(frozen=True)
class Balance:
    """One person's reciprocity in a network, shown to that person only."""

    received: int
    given: int


def _listed(introductions: object) -> object:
    related = ("network", "requester", "offerer", "initiator", "mediator", "request", "offer")
    return introductions.select_related(*related)  # type: ignore[attr-defined]


def introductions_of(person: Person, *, live: bool, limit: int = 100) -> list[Introduction]:
    """Return a person's introductions, live or ended, latest first."""
    rows = Introduction.objects.visible_to(person)
    rows = rows.live() if live else rows.exclude(pk__in=Introduction.objects.live().values("pk"))
    return list(_listed(rows).order_by("-asked_at")[:limit])  # type: ignore[attr-defined]


def exchanges_of(person: Person, *, limit: int = 200) -> list[Exchange]:
    """Return a person's exchanges with their people, latest first."""
    related = ("network", "thread", "declared_by", "stopped_by", "request", "offer")
    rows = Exchange.objects.visible_to(person).select_related(*related)
    people = Prefetch("people", ExchangePerson.objects.select_related("person"))
    return list(rows.prefetch_related(people).order_by("-opened_at")[:limit])


def exchange_from(introduction: Introduction) -> Exchange | None:
    """Return the exchange that an agreed introduction opened or joined."""
    return Exchange.objects.filter(people__introduction=introduction).first()


def people_in(exchange: Exchange) -> list[ExchangePerson]:
    """Return the parts of an exchange, requesters first, with each person's unit."""
    parts = exchange.people.select_related("person", "person__unit", "person__site", "introduction")
    return sorted(parts, key=lambda part: (part.side != Side.REQUESTER, part.pk))


def thread_messages(thread: Thread, reader: Person, limit: int = 300) -> list[ThreadMessage]:
    """Return the latest messages a reader may read, in order: from the moment they take part, nothing before."""
    part = thread.people.filter(person=reader, until=None).first()
    if part is None:
        return []
    messages = thread.messages.filter(written_at__gte=part.since).select_related("author")
    shown = list(reversed(messages.order_by("-written_at", "-pk")[:limit]))
    for message in shown:
        if message.hidden_at is not None and message.author_id != reader.pk:
            message.text = ""  # nobody else reads on
    return shown


def subject_of(thread: Thread, reader: Person) -> Introduction | Exchange | None:
    """Return what a conversation is about, as its reader may open it: the exchange once there is one."""
    return (
        Exchange.objects.visible_to(reader).filter(thread=thread).first()
        or Introduction.objects.visible_to(reader).filter(thread=thread).first()
    )


def terms_of(subject: Introduction | Exchange) -> Terms | None:
    """Return the terms written for an introduction or an exchange."""
    field = "introduction" if isinstance(subject, Introduction) else "exchange"
    return Terms.objects.filter(**{field: subject}).select_related("written_by").first()


def reviews_shown(exchange: Exchange, reader: Person) -> list[Review]:
    """Return the reviews of an exchange that this reader may read (their own; the others' once closed)."""
    rows = Review.objects.visible_to(reader).filter(exchange=exchange)
    rows = rows.select_related("author", "on_behalf_by").order_by("written_at")
    reads_as = reads_reviews_as(reader, exchange)
    return [_only_for(review, reader, reads_as) for review in rows]


def reviews_for_team(exchange: Exchange, reader: Person) -> list[Review]:
    """Return the reviews in which somebody of an exchange answered the animators, with nothing but that in them."""
    rows = Review.objects.filter(exchange=exchange).exclude(author=reader)
    rows = rows.select_related("author__unit", "on_behalf_by").order_by("written_at")
    reads_as = reads_reviews_as(reader, exchange)
    shown = [_only_for(row, reader, reads_as) for row in rows]
    return [row for row in shown if row.third is not None or row.learned or row.comment]


def _only_for(review: Review, reader: Person, reads_as: Callable[[Person], str]) -> Review:
    """Empty, in memory, every answer that is not for this reader: no page ever holds it."""
    for question in QUESTIONS.keys() - parts_for(review, reader, reads_as):
        setattr(review, question, None if question in ("again", "third", "hours") else "")
    return review


def awaiting_sheets(exchange: Exchange) -> list[tuple[Person, str]]:
    """Return whose review of a finished exchange is awaited, each with the code of their paper sheet."""
    if exchange.state != ExchangeState.FINISHED:
        return []
    done = set(exchange.reviews.values_list("author_id", flat=True))
    parts = list(exchange.people.select_related("person", "person__unit", "person__site").order_by("pk"))
    return [
        (part.person, paper_code(exchange.public_id, place))
        for place, part in enumerate(parts)
        if part.left_at is None and part.person_id not in done
    ]


def sheet_of(network: Network, code: str) -> tuple[Exchange, Person]:
    """Return the exchange and the person whose paper sheet bears this code; a sentence when none awaits it."""
    beginning, place = read_paper_code(code)
    found = Exchange.objects.filter(network=network, public_id__startswith=beginning)
    known = list(found.order_by("pk")[:2])
    parts = list(known[0].people.select_related("person").order_by("pk")) if len(known) == 1 else []
    if place >= len(parts):
        raise ValidationError(
            {"code": _("Aucun échange de ce réseau n’a ce code. Cherchez la personne parmi les membres.")}
        )
    return known[0], parts[place].person


def balance_of(person: Person, network: Network) -> Balance:
    """Return how many savoirs a person received and passed on in a network."""
    rows = (
        ExchangePerson.objects.filter(
            person=person,
            exchange__network=network,
            exchange__state__in=[ExchangeState.FINISHED, ExchangeState.CLOSED],
        )
        .values("side")
        .annotate(n=Count("pk"))
    )
    counts = {row["side"]: row["n"] for row in rows}
    return Balance(received=counts.get(Side.REQUESTER, 0), given=counts.get(Side.OFFERER, 0))


def pairs_apart(network: Network) -> tuple[set[tuple[int, int]], set[tuple[int, int]]]:
    """Return what matching must not propose again: (request, offer) posts tried, (requester, offerer) who must not meet.

    People whose introduction is live, who exchanged before or who are set apart; a refusal keeps apart the posts only.
    """
    posts, people = pairs_met(network)
    for first, second in SetApart.objects.in_force().values_list("first_id", "second_id"):
        people |= {(first, second), (second, first)}
    return posts, people


def set_apart_from(*people: Person) -> set[int]:
    """Return those who are never brought together with one of these people, whoever of them asked for it."""
    rows = SetApart.objects.in_force().filter(Q(first__in=people) | Q(second__in=people))
    return {pk for pair in rows.values_list("first_id", "second_id") for pk in pair} - {
        person.pk for person in people
    }


def own_set_aparts(person: Person) -> list[SetApart]:
    """Return whom a person asked not to be brought together with, latest first (for their own eyes)."""
    return list(SetApart.objects.visible_to(person).in_force().select_related("second"))


def pairs_met(network: Network) -> tuple[set[tuple[int, int]], set[tuple[int, int]]]:
    """Return (request, offer) posts already tried, and (requester, offerer) who meet or have met."""
    tried = Introduction.objects.filter(network=network).exclude(request=None).exclude(offer=None)
    posts = set(tried.values_list("request_id", "offer_id"))
    live = Introduction.objects.live().filter(network=network)
    people = set(live.values_list("requester_id", "offerer_id"))
    sides: dict[int, dict[str, list[int]]] = {}
    parts = ExchangePerson.objects.filter(exchange__network=network).values_list(
        "exchange_id", "side", "person_id"
    )
    for exchange, side, person in parts:
        sides.setdefault(exchange, {}).setdefault(side, []).append(person)
    for both in sides.values():
        people |= {(asker, giver) for asker in both.get("requester", ()) for giver in both.get("offerer", ())}
    return posts, people


def loads(network: Network) -> dict[str, dict[int, int]]:
    """Return how many live exchanges and accepted introductions each person holds, by side: {side: {person: n}}."""
    counts: dict[str, dict[int, int]] = {Side.OFFERER: {}, Side.REQUESTER: {}}
    parts = (
        ExchangePerson.objects.filter(
            left_at=None, exchange__network=network, exchange__state=ExchangeState.OPEN
        )
        .values_list("side", "person_id")
        .annotate(n=Count("pk"))
    )
    for side, person, number in parts:
        counts[side][person] = number
    accepted = Introduction.objects.filter(network=network, state=IntroductionState.ACCEPTED)
    for requester, offerer in accepted.values_list("requester_id", "offerer_id"):
        counts[Side.REQUESTER][requester] = counts[Side.REQUESTER].get(requester, 0) + 1
        counts[Side.OFFERER][offerer] = counts[Side.OFFERER].get(offerer, 0) + 1
    return counts


def post_loads(network: Network) -> dict[int, int]:
    """Return how many live exchanges and accepted introductions each offer or request holds: {post: n}."""
    counts: dict[int, int] = {}
    accepted = Introduction.objects.filter(network=network, state=IntroductionState.ACCEPTED)
    live = Exchange.objects.filter(network=network, state=ExchangeState.OPEN)
    for rows in (accepted, live):
        for both in rows.order_by().values_list("offer_id", "request_id"):
            for post in both:
                if post is not None:
                    counts[post] = counts.get(post, 0) + 1
    return counts


def exposures(network: Network) -> dict[int, int]:
    """Return how many introductions each offer has awaiting an answer: {offer: n}."""
    rows = Introduction.objects.filter(network=network, state__in=AWAITING_ANSWER).exclude(offer=None)
    return dict(rows.values_list("offer_id").annotate(n=Count("pk")))


def totals(network: Network) -> dict[str, dict[int, int]]:
    """Return how many exchanges each person gave and received in a network: {side: {person: n}}."""
    counts: dict[str, dict[int, int]] = {Side.OFFERER: {}, Side.REQUESTER: {}}
    held = Q(exchange__state__in=[ExchangeState.FINISHED, ExchangeState.CLOSED])
    rows = ExchangePerson.objects.filter(held, exchange__network=network)
    for side, person, number in rows.values_list("side", "person_id").annotate(n=Count("pk")):
        counts[side][person] = number
    return counts


def received_titles(network: Network) -> dict[int, list[str]]:
    """Return what each person learned in a network, latest first: {person: [titles]}."""
    held = [ExchangeState.FINISHED, ExchangeState.CLOSED]
    rows = ExchangePerson.objects.filter(
        side=Side.REQUESTER, exchange__network=network, exchange__state__in=held
    )
    titles: dict[int, list[str]] = {}
    for person, title in rows.order_by("-exchange__opened_at", "-pk").values_list(
        "person_id", "exchange__title"
    ):
        titles.setdefault(person, []).append(title)
    return titles


def joinable_exchanges(offerer: Person, network: Network) -> list[Exchange]:
    """Return the open small-group exchanges that one more requester may join."""
    rows = Exchange.objects.filter(
        network=network,
        state=ExchangeState.OPEN,
        offer__small_group=True,
        people__person=offerer,
        people__side=Side.OFFERER,
        people__left_at=None,
    )
    return list(rows.distinct())


def mediation_loads(people: Iterable[Person]) -> dict[int, int]:
    """Return how many mediations each of these people holds now: {person: n}."""
    rows = Introduction.objects.filter(mediator__in=list(people), state=IntroductionState.ACCEPTED)
    return dict(rows.order_by().values_list("mediator_id").annotate(n=Count("pk")))


def mediators_for(introduction: Introduction) -> list[tuple[Person, int, int | None]]:
    """Return who may mediate between these two, whoever has most room first: (person, mediations held, most at once).

    Whoever holds as many as they agreed to comes last, and is not chosen by the program.
    """
    two = {introduction.requester_id, introduction.offerer_id}
    two |= set_apart_from(introduction.requester, introduction.offerer)
    away = Membership.objects.filter(network=introduction.network, paused_until__gt=clock.now())
    two |= set(away.values_list("person_id", flat=True))
    people = [person for person in mediators_of(introduction.network) if person.pk not in two]
    loads, most = mediation_loads(people), most_at_once(introduction.network)
    rows = [(person, loads.get(person.pk, 0), most.get(person.pk)) for person in people]
    return sorted(rows, key=lambda row: (is_full(row[1], row[2]), row[1], row[0].pk))


def accompanied(network: Network, ids: Iterable[str]) -> dict[str, list[Person]]:
    """Return the people of these introductions and exchanges of a network, by public identifier: whom to call."""
    wanted = list(ids)
    introductions = Introduction.objects.filter(network=network, public_id__in=wanted)
    people = {
        row.public_id: [row.requester, row.offerer]
        for row in introductions.select_related("requester", "offerer")
    }
    parts = ExchangePerson.objects.filter(
        exchange__network=network, exchange__public_id__in=wanted, left_at=None
    ).select_related("exchange", "person")
    for part in parts:
        people.setdefault(part.exchange.public_id, []).append(part.person)
    return people


def reviews_awaited(person: Person, network: Network) -> list[Exchange]:
    """Return the finished exchanges of a network that this person has still to review, with their people."""
    rows = Exchange.objects.filter(
        network=network, state=ExchangeState.FINISHED, people__person=person, people__left_at=None
    ).exclude(reviews__in=Review.objects.filter(author=person))
    people = Prefetch("people", ExchangePerson.objects.select_related("person"))
    return list(rows.prefetch_related(people).distinct().order_by("review_due_at"))


def count_live(network: Network) -> dict[str, int]:
    """Return how many introductions and exchanges are under way in a network."""
    introductions = Introduction.objects.live().filter(network=network).count()
    exchanges = Exchange.objects.filter(network=network, state=ExchangeState.OPEN).count()
    return {"introductions": introductions, "exchanges": exchanges}


def live_of(person: Person, network: Network) -> dict[str, int]:
    """Return how many introductions and exchanges of a person are under way in a network (what leaving would stop)."""
    two = Q(requester=person) | Q(offerer=person)
    introductions = Introduction.objects.live().filter(two, network=network).count()
    exchanges = ExchangePerson.objects.filter(
        person=person, left_at=None, exchange__network=network, exchange__state=ExchangeState.OPEN
    ).count()
    return {"introductions": introductions, "exchanges": exchanges}


def count_held(network: Network) -> dict[str, int]:
    """Return how many exchanges took place in a network: followed here, or declared and confirmed."""
    counts = dict.fromkeys(Origin.values, 0)
    rows = Exchange.objects.held().filter(network=network).order_by().values_list("origin")
    return counts | dict(rows.annotate(n=Count("pk")))


def count_named_after(post: Post) -> int:
    """Return how many exchanges keep a post's title though its words are removed: said to its author beforehand."""
    return Exchange.objects.filter(Q(offer=post) | Q(request=post)).count()


@dataclasses.dataclass(frozen=True)
class Wait:
    """How long an answer takes here: the median in days (None: more than half get none), over so many requests."""

    days: int | None
    answered: int  # in a hundred, of those whose deadline is past
    cases: int


def usual_wait(network: Network) -> Wait | None:
    """Return how long an answer takes in a network, from the last 90 days; None below five known cases.

    Honest about silence: what lapsed counts as an answer that never came, what was taken back or still waits
    counts for the time it waited (Kaplan and Meier). One query, the latest 2,000 introductions at most.
    """
    now = clock.now()
    rows = Introduction.objects.filter(network=network, asked_at__gt=now - WAIT_OVER)
    asked = rows.order_by("-asked_at").values_list("state", "asked_at", "answered_at", "ended_at")
    answers: list[float] = []
    waits: list[float] = []  # of those whose answer is not known (yet)
    lapsed = 0
    for state, asked_at, answered_at, ended_at in asked[:WAIT_CASES]:
        if answered_at is not None:
            answers.append((answered_at - asked_at).total_seconds() / 86400)
        elif state == IntroductionState.LAPSED:
            lapsed += 1
        else:
            waits.append(((ended_at or now) - asked_at).total_seconds() / 86400)
    cases = len(answers) + lapsed
    if cases < WAIT_FEW:
        return None
    median = median_wait(answers, waits, lapsed)
    return Wait(
        days=None if median is None else max(1, math.ceil(median)),
        answered=round(100 * len(answers) / cases),
        cases=cases,
    )


def silent_offers(now: dt.datetime, limit: int = 200) -> list[Post]:
    """Return the offers published for so long, by each network's choice, that nobody asked for all that time."""
    found: list[Post] = []
    for network in Network.objects.order_by("pk"):
        before = now - dt.timedelta(days=network.silent_days)
        asked = Introduction.objects.filter(offer=OuterRef("pk"), asked_at__gt=before)
        # What was passed on without being asked for here, and declared afterwards, bears the same title.
        given = ExchangePerson.objects.filter(
            person=OuterRef("author"),
            side=Side.OFFERER,
            exchange__network=network,
            exchange__title=OuterRef("title"),
            exchange__opened_at__gt=before,
        )
        away = Membership.objects.filter(network=network, person=OuterRef("author"), paused_until__gt=now)
        # What is about to expire is already asked about.
        offers = Post.objects.open().offers().filter(network=network, silent_at=None, warned_at=None)
        offers = offers.filter(Q(renewed_at=None) | Q(renewed_at__lte=before), published_at__lte=before)
        offers = offers.exclude(Exists(asked)).exclude(Exists(given)).exclude(Exists(away))
        offers = offers.select_related("network", "author")
        found += offers.order_by("published_at", "pk")[: limit - len(found)]
    return found


def count_unreviewed(network: Network) -> dict[str, int]:
    """Return how many exchanges of a network closed without every review, and how many reviews nobody wrote."""
    lapsed = Step.objects.filter(network=network, verb=Verb.REVIEW, state=StepState.LAPSED)
    closed = Exchange.objects.filter(
        network=network, state=ExchangeState.CLOSED, public_id__in=lapsed.values("subject_id")
    )
    reviews = lapsed.filter(subject_id__in=closed.values("public_id"))
    return {"exchanges": closed.count(), "reviews": reviews.count()}

"""What happened becomes evidence of a skill, dated and sourced; what is taken back is so here too.

Each of these is called by the worker after a fact, as often as one likes: the same source is noted once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, Exists, OuterRef, Q

from reciproque.catalogue.actions import get_or_create_topic
from reciproque.catalogue.models import Post, Topic
from reciproque.catalogue.rules import Kind, PostState
from reciproque.circles.models import Circle
from reciproque.circles.rules import CircleState
from reciproque.exchanges.models import Exchange, ExchangePerson, Review, SetApart
from reciproque.exchanges.rules import Covered, ExchangeState, Origin, Side
from reciproque.journal.actions import record
from reciproque.kit import clock
from reciproque.kit.text import fold
from reciproque.library.models import Rating, Sheet, SheetAuthor, UseCase
from reciproque.library.rules import AuthorState, SheetState
from reciproque.networks.models import Network
from reciproque.people.models import Person
from reciproque.recognition.access import EXCHANGE, SHEET, final_keys, sees_skills, topics_of_exchanges
from reciproque.recognition.actions.certifying import certify_due
from reciproque.recognition.models import Confirmation, Evidence, Skill, Standing
from reciproque.recognition.rules import FACILITATING, USED_BY, EndReason, EvidenceKind

# An offer speaks for its author as long as they stand by it: expired or met, it was made; withdrawn or hidden, it is not.
GONE = [PostState.DRAFT, PostState.WITHDRAWN, PostState.HIDDEN, PostState.REMOVED]
AT_ONCE = 200


def hold(keys: Iterable[int]) -> list[Person]:
    """Hold people while one writes about them, in one order whoever comes: nobody waits for one who waits for them."""
    rows = Person.objects.filter(pk__in=set(keys)).select_for_update(no_key=True).order_by("pk")
    return list(rows)


def skill_of(person: Person, topic: Topic, *, network: Network) -> tuple[Skill, bool]:
    """Return someone's skill on a savoir, made and told to them alone when it was not there."""
    try:
        with transaction.atomic():
            skill, new = Skill.objects.get_or_create(
                person=person, topic=topic, defaults={"seen_at": clock.now()}
            )
    except IntegrityError:
        return Skill.objects.get(person=person, topic=topic), False
    if new:
        first = not Skill.objects.filter(person=person).exclude(pk=skill.pk).exists()
        record(
            "skill.seen",
            skill,
            network=network,
            people=[person],
            to=[person.public_id],
            title=topic.name,
            first=first,
        )
    return skill, new


def _settle(
    kind: str,
    source: tuple[str, str],
    network: Network,
    on: dt.date | None,
    wanted: Iterable[tuple[int, int]],
) -> int:
    """Make the evidence of one kind that comes from one source what it should be; return how much of it stands.

    `wanted` holds (person, topic); whatever else came from this source is withdrawn.
    """
    source_kind, source_id = source
    pairs = {(person, topic) for person, topic in wanted}
    last = final_keys(topic for _person, topic in pairs)
    pairs = {(person, last[topic]) for person, topic in pairs}
    rows = Evidence.objects.filter(kind=kind, source_kind=source_kind, source_id=source_id)
    held = {(row.skill.person_id, row.skill.topic_id): row for row in rows.select_related("skill")}
    gone = [row.pk for pair, row in held.items() if pair not in pairs and row.withdrawn_at is None]
    Evidence.objects.filter(pk__in=gone).update(withdrawn_at=clock.now())
    back = [held[pair].pk for pair in pairs if pair in held and held[pair].withdrawn_at is not None]
    Evidence.objects.filter(pk__in=back).update(withdrawn_at=None)
    new = [pair for pair in pairs if pair not in held]
    if new and on is not None and sees_skills(network):
        pairs -= set(new) - _note(kind, source, network, on, new)
    else:
        pairs -= set(new)
    return len(pairs)


def _note(
    kind: str, source: tuple[str, str], network: Network, on: dt.date, pairs: list[tuple[int, int]]
) -> set[tuple[int, int]]:
    keys = {person for person, _topic in pairs}
    # Held while it is written: who has nothing kept any more, at this very instant, is not written about after all.
    present = {person.pk: person for person in hold(keys) if person.is_active}
    refused = set(Standing.objects.filter(person__in=keys, kept=False).values_list("person_id", flat=True))
    people = {key: person for key, person in present.items() if key not in refused}
    topics = Topic.objects.in_bulk({topic for _person, topic in pairs})
    done = set()
    for person, topic in sorted(pairs):
        if person not in people:
            continue
        skill, _new = skill_of(people[person], topics[topic], network=network)
        Evidence.objects.get_or_create(
            skill=skill,
            kind=kind,
            source_kind=source[0],
            source_id=source[1],
            defaults={"network": network, "on": on},
        )
        done.add((person, topic))
    return done


@transaction.atomic
def note_offer(post: Post) -> int:
    """Note, for its author, what an offer shows; not, or no more, when it was taken back or hidden."""
    if post.kind != Kind.OFFER:
        return 0
    stands = post.state not in GONE and post.published_at is not None
    topics = post.topics.values_list("pk", flat=True) if stands else []
    on = post.published_at.date() if post.published_at else None
    wanted = [(post.author_id, topic) for topic in topics]
    return _settle(EvidenceKind.OFFERED, ("post", post.public_id), post.network, on, wanted)


@transaction.atomic
def note_exchange(exchange: Exchange) -> int:
    """Note, for those who passed something on, a closed exchange whose other side says that it took place.

    Followed here: a review of someone who learned, which does not say that nothing was covered, or their confirmation.
    Declared: the word of someone who learned, who declared it or confirmed it, or who said so since as above; what
    an import brought was taken in by whoever runs the installation.
    """
    drop_unfounded(EXCHANGE, exchange.public_id)
    wanted: list[tuple[int, int]] = []
    if exchange.state == ExchangeState.CLOSED and _reviewed(exchange):
        parts = ExchangePerson.objects.filter(exchange=exchange, side=Side.OFFERER, left_at=None)
        topics = topics_of_exchanges([exchange])[exchange.pk]
        wanted = [(person, topic) for person in parts.values_list("person_id", flat=True) for topic in topics]
    on = exchange.held_on or (exchange.closed_at or exchange.opened_at).date()
    return _settle(EvidenceKind.GIVEN, ("exchange", exchange.public_id), exchange.network, on, wanted)


def _reviewed(exchange: Exchange) -> bool:
    if exchange.origin == Origin.DECLARED:
        learners = ExchangePerson.objects.filter(exchange=exchange, side=Side.REQUESTER, left_at=None)
        word = learners.filter(person__in=[exchange.declared_by_id or 0, exchange.confirmed_by_id or 0])
        if exchange.declared_by_id is None or word.exists():
            return True
    reviews = Review.objects.filter(exchange=exchange, side=Side.REQUESTER).exclude(covered=Covered.NO)
    said = Confirmation.objects.standing().filter(source_kind="exchange", source_id=exchange.public_id)
    return reviews.exists() or said.exists()


def _signed(sheets: Iterable[int]) -> dict[int, set[int]]:
    """Return who signs these sheets under their own name: under another, nobody is known by what they wrote."""
    rows = SheetAuthor.objects.filter(sheet__in=list(sheets), state=AuthorState.ACCEPTED, shown_as="")
    found: dict[int, set[int]] = {}
    for sheet, person in rows.values_list("sheet_id", "person_id"):
        found.setdefault(sheet, set()).add(person)
    return found


@transaction.atomic
def note_sheet(sheet: Sheet) -> int:
    """Note, for those who sign it under their own name, a published sheet, and the question that it answers."""
    open_ = sheet.state == SheetState.PUBLISHED
    people = _signed([sheet.pk]).get(sheet.pk, set()) if open_ else set()
    topics = set(sheet.topics.values_list("pk", flat=True))
    on = sheet.published_at.date() if sheet.published_at else None
    wanted = [(person, topic) for person in people for topic in topics]
    done = _settle(EvidenceKind.WROTE, ("sheet", sheet.public_id), sheet.network, on, wanted)
    done += note_rating(sheet)
    drop_unfounded(SHEET, sheet.public_id)
    if sheet.case is not None:
        done += note_case(sheet.case)
    return done


@transaction.atomic
def note_rating(sheet: Sheet) -> int:
    """Note, for those who sign it, a sheet that enough colleagues used; no more, when some take it back."""
    used = Rating.objects.filter(sheet=sheet, used=True).exclude(
        person__in=SheetAuthor.objects.filter(sheet=sheet, state=AuthorState.ACCEPTED).values("person")
    )
    days = sorted(used.values_list("at", flat=True))
    enough = sheet.state == SheetState.PUBLISHED and len(days) >= USED_BY
    people = _signed([sheet.pk]).get(sheet.pk, set()) if enough else set()
    wanted = [(person, topic) for person in people for topic in sheet.topics.values_list("pk", flat=True)]
    on = days[USED_BY - 1].date() if enough else None
    return _settle(EvidenceKind.RATED, ("sheet", sheet.public_id), sheet.network, on, wanted)


@transaction.atomic
def note_case(case: UseCase) -> int:
    """Note, for those who sign a published answer, the question of practice that it answers."""
    answers = list(Sheet.objects.filter(case=case, state=SheetState.PUBLISHED).order_by("published_at"))
    authors = _signed(sheet.pk for sheet in answers)
    asked = set(case.topics.values_list("pk", flat=True))
    wanted: set[tuple[int, int]] = set()
    for sheet in answers:
        topics = asked or set(sheet.topics.values_list("pk", flat=True))
        wanted |= {(person, topic) for person in authors.get(sheet.pk, set()) for topic in topics}
    on = answers[0].published_at.date() if answers and answers[0].published_at else None
    return _settle(EvidenceKind.ANSWERED, ("case", case.public_id), case.network, on, wanted)


@transaction.atomic
def note_group(circle: Circle) -> int:
    """Note, for its facilitator, a group whose sessions were held: on a savoir they offer and that it is about.

    Failing that, on facilitating itself: to lead a group of a trade is not to know the trade.
    """
    held = circle.state in (CircleState.WRITING, CircleState.CLOSED) and circle.began_at is not None
    wanted: list[tuple[int, int]] = []
    if held and circle.facilitator_id is not None:
        wanted = [(circle.facilitator_id, topic) for topic in _topics_of(circle)]
    on = (circle.closed_at or clock.now()).date()
    return _settle(EvidenceKind.FACILITATED, ("circle", circle.public_id), circle.network, on, wanted)


def _topics_of(circle: Circle) -> list[int]:
    noted = Evidence.objects.filter(
        kind=EvidenceKind.FACILITATED,
        source_kind="circle",
        source_id=circle.public_id,
        skill__person=circle.facilitator_id,
    )
    if known := list(noted.values_list("skill__topic_id", flat=True)):
        return known  # what was said once is not said otherwise because an offer came since
    about = f" {fold(circle.title)} {fold(circle.trade.name) if circle.trade else ''} "
    offers = (
        Post.objects.offers()
        .filter(author=circle.facilitator, network=circle.network)
        .exclude(state__in=GONE)
    )
    topics = Topic.objects.order_by().filter(posts__in=offers).distinct().values_list("pk", "folded")
    found = [pk for pk, folded in topics if f" {folded} " in about]
    return found or [get_or_create_topic(FACILITATING).pk]


# -- the past, and what no fact tells ------------------------------------------------------------------------


def catch_up(network: Network, person: Person | None = None) -> int:
    """Note all that happened in a network that begins to keep skills (or all that someone did); return of how much.

    Some hundred at a time: it may be stopped and begun again.
    """
    if not sees_skills(network):
        return 0
    posts = Post.objects.offers().filter(network=network).exclude(state__in=GONE)
    exchanges = Exchange.objects.filter(network=network, state=ExchangeState.CLOSED)
    sheets = Sheet.objects.open().filter(network=network)
    circles = Circle.objects.filter(network=network, state__in=[CircleState.WRITING, CircleState.CLOSED])
    if person is not None:
        posts = posts.filter(author=person)
        exchanges = exchanges.filter(people__person=person, people__side=Side.OFFERER, people__left_at=None)
        sheets = sheets.filter(authors__person=person, authors__state=AuthorState.ACCEPTED)
        circles = circles.filter(facilitator=person)
    return (
        _each(posts.select_related("network"), note_offer, "author")
        + _each(exchanges.select_related("network"), note_exchange, "people__person")
        + _each(
            sheets.select_related("network", "case__network"),
            note_sheet,
            "authors__person",
            "case__answers__authors__person",
        )
        + _each(circles.select_related("network", "trade"), note_group, "facilitator")
    )


def _each(rows: Any, note: Callable[[Any], int], *people: str) -> int:
    """Note each of these rows, some hundred in a transaction, those they may be about (`people`) held beforehand."""
    keys = list(rows.order_by("pk").values_list("pk", flat=True))
    done = 0
    for start in range(0, len(keys), AT_ONCE):
        some = keys[start : start + AT_ONCE]
        with transaction.atomic():
            of_these = rows.model.objects.order_by().filter(pk__in=some)
            hold(key for path in people for key in of_these.values_list(path, flat=True) if key is not None)
            for row in rows.filter(pk__in=some).order_by("pk"):
                done += note(row)
    return done


def drop_unfounded(source_kind: str = "", source_id: str = "", limit: int = 200) -> int:
    """Take back the confirmations whose source no longer holds, and recompute; return how many.

    The sheet was withdrawn or is no longer said to be used, its author does not sign it any more, one of the two is no
    longer in the exchange, or the two are kept apart.
    """
    parts = ExchangePerson.objects.filter(
        exchange__public_id=OuterRef("source_id"), exchange__state=ExchangeState.CLOSED, left_at=None
    )
    learned = Exists(parts.filter(person=OuterRef("by"), side=Side.REQUESTER)) & Exists(
        parts.filter(person=OuterRef("skill__person"), side=Side.OFFERER)
    )
    ratings = Rating.objects.filter(sheet__public_id=OuterRef("source_id"), sheet__state=SheetState.PUBLISHED)
    signed = SheetAuthor.objects.filter(sheet__public_id=OuterRef("source_id"), state=AuthorState.ACCEPTED)
    used = Exists(ratings.filter(person=OuterRef("by"), used=True)) & Exists(
        signed.filter(person=OuterRef("skill__person"), shown_as="")
    )
    apart = SetApart.objects.in_force()
    two = Q(first=OuterRef("by"), second=OuterRef("skill__person"))
    two |= Q(second=OuterRef("by"), first=OuterRef("skill__person"))
    exchanges = Exchange.objects.filter(public_id=OuterRef("source_id"))
    sheets = Sheet.objects.filter(public_id=OuterRef("source_id"))
    gone = Q(source_kind=EXCHANGE) & Q(Exists(exchanges)) & ~Q(learned)
    gone |= Q(source_kind=SHEET) & Q(Exists(sheets)) & ~Q(used)
    rows = Confirmation.objects.standing().filter(gone | Q(Exists(apart.filter(two))))
    if source_kind:
        rows = rows.filter(source_kind=source_kind, source_id=source_id)
    # By skill: each is held to be recomputed, and all are so in one order.
    rows = rows.select_related("skill__topic", "skill__person", "network").order_by("skill_id", "pk")
    found = list(rows[:limit])
    for row in found:
        _drop(row)
    return len(found)


@transaction.atomic
def _drop(row: Confirmation) -> None:
    taken = {"withdrawn_at": clock.now(), "words": "", "signs": False}
    if not Confirmation.objects.standing().filter(pk=row.pk).update(**taken):
        return
    # Nobody is told who: the holder learns that a certification ended, if it did.
    record("confirmation.withdrawn", row, network=row.network, title=row.skill.topic.name)
    certify_due(row.skill, row.network, reason=EndReason.UNCONFIRMED)


def check_ratings(limit: int = 200) -> int:
    """Take back what a sheet's readers took back, and what was confirmed from it (no fact tells of it, by the clock).

    Return of how many sheets.
    """
    drop_unfounded(limit=limit)
    noted = Evidence.objects.standing().filter(kind=EvidenceKind.RATED).values("source_id")
    few = Sheet.objects.filter(public_id__in=noted).annotate(
        users=Count("ratings", filter=Q(ratings__used=True))
    )
    rows = list(few.filter(users__lt=USED_BY).select_related("network")[:limit])
    for sheet in rows:
        note_rating(sheet)
    return len(rows)

"""What someone learned from whom, as what really happened says: a closed exchange, a sheet they used.

Nothing else is ever confirmed.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Collection, Iterable

from django.db.models import Exists, OuterRef, Q

from reciproque.catalogue.models import Topic, TopicName
from reciproque.circles.queries.lines import in_line_with
from reciproque.exchanges.models import Exchange, ExchangePerson, Review, SetApart
from reciproque.exchanges.rules import Covered, ExchangeState, Side
from reciproque.kit.text import fold
from reciproque.library.models import Rating, Sheet, SheetAuthor
from reciproque.library.rules import AuthorState, SheetState
from reciproque.networks.models import Membership, Network
from reciproque.networks.rules import System
from reciproque.people.models import Person
from reciproque.recognition.models import CertificationRule

EXCHANGE, SHEET = "exchange", "sheet"


def keeping_skills(networks: Iterable[Network]) -> list[Network]:
    """Keep the networks where skills are kept from what happens: learning communities, and those that certify."""
    networks = list(networks)
    others = [row.pk for row in networks if System.COMMUNITY not in row.systems]
    rules = CertificationRule.objects.filter(network__in=others, on=True)
    ruled = set(rules.values_list("network_id", flat=True)) if others else set()
    return [row for row in networks if System.COMMUNITY in row.systems or row.pk in ruled]


def sees_skills(network: Network) -> bool:
    """Tell whether skills are kept from what happens in this network."""
    return bool(keeping_skills([network]))


@dataclasses.dataclass(frozen=True)
class Lesson:
    """Someone learned a savoir from someone: in a closed exchange, or from a sheet of theirs that they used."""

    teacher: int
    learner: int
    topic: int
    source_kind: str
    source_id: str
    network: Network
    title: str
    on: dt.date
    # A table alone says it: whoever learned has neither confirmed the exchange nor reviewed it.
    unsaid: bool = False


def final_keys(keys: Iterable[int]) -> dict[int, int]:
    """Return, for each of these topics (primary keys), the one that took it in, itself when it was not merged."""
    wanted = set(keys)
    merged = Topic.objects.order_by().filter(pk__in=wanted, merged_into__isnull=False)
    # One step and no more: merging leaves no longer way.
    into = dict(merged.values_list("pk", "merged_into_id"))
    return {key: into.get(key) or key for key in wanted}


def topics_of_exchanges(exchanges: Collection[Exchange]) -> dict[int, set[int]]:
    """Return what was passed on in each exchange (by primary key): topics, those that were merged resolved.

    What its offer and its request have in common, else all of the offer, else all of the request; an exchange
    declared without either is on the topic that bears its title, if there is one.
    """
    posts = {pk for row in exchanges for pk in (row.offer_id, row.request_id) if pk is not None}
    of_post: dict[int, set[int]] = {}
    links = Topic.posts.through.objects.filter(post_id__in=posts)
    for post, topic in links.values_list("post_id", "topic_id"):
        of_post.setdefault(post, set()).add(topic)
    raw = {
        row.pk: (of_post.get(row.offer_id or 0, set()), of_post.get(row.request_id or 0, set()))
        for row in exchanges
    }
    bare = {row.pk: fold(row.title) for row in exchanges if not any(raw[row.pk])}
    named: dict[str, int] = {}
    if bare:
        named |= dict(
            TopicName.objects.filter(folded__in=set(bare.values())).values_list("folded", "topic_id")
        )
        named |= dict(
            Topic.objects.order_by().filter(folded__in=set(bare.values())).values_list("folded", "pk")
        )
    last = final_keys({*named.values(), *(pk for two in raw.values() for one in two for pk in one)})
    found: dict[int, set[int]] = {}
    for row in exchanges:
        offer, request = ({last[pk] for pk in one} for one in raw[row.pk])
        titled = {last[named[bare[row.pk]]]} if row.pk in bare and bare[row.pk] in named else set()
        found[row.pk] = offer & request or offer or request or titled
    return found


def lessons(
    *, learner: Person | None = None, teacher: Person | None = None, unsaid: bool = False
) -> list[Lesson]:
    """Return what someone learned, from whom, or passed on, to whom, that they may say today; latest first.

    Both are members of the network where it happened, which keeps skills. Nobody of one's line of management, nor
    anyone from whom one is kept apart: between them nothing is confirmed. With `unsaid`, also what a table alone says:
    there is nothing to say of it before whoever learned says that it took place.
    """
    assert learner is not None or teacher is not None
    found = [*_of_exchanges(learner, teacher), *_of_sheets(learner, teacher)]
    found = [row for row in found if row.teacher != row.learner and (unsaid or not row.unsaid)]
    if not found:
        return []
    person = learner or teacher
    assert person is not None
    others = {row.learner if row.teacher == person.pk else row.teacher for row in found}
    barred = barred_from(person, others)
    members = Membership.objects.current().filter(
        network__in={row.network.pk for row in found}, person__in=[*others, person.pk]
    )
    there = set(members.values_list("network_id", "person_id"))
    keeping = {network.pk for network in keeping_skills({row.network for row in found})}
    return sorted(
        (
            row
            for row in found
            if row.network.pk in keeping
            and {(row.network.pk, row.teacher), (row.network.pk, row.learner)} <= there
            and not {row.teacher, row.learner} & barred
        ),
        key=lambda row: (row.on, row.title, row.teacher, row.learner, row.source_id),
        reverse=True,
    )


def _of_exchanges(learner: Person | None, teacher: Person | None) -> list[Lesson]:
    reviews = Review.objects.filter(exchange=OuterRef("pk"), side=Side.REQUESTER).exclude(covered=Covered.NO)
    exchanges = Exchange.objects.filter(state=ExchangeState.CLOSED).annotate(reviewed=Exists(reviews))
    for person, side in ((learner, Side.REQUESTER), (teacher, Side.OFFERER)):
        if person is not None:
            exchanges = exchanges.filter(people__person=person, people__side=side, people__left_at=None)
    rows = list(exchanges.select_related("network"))
    if not rows:
        return []
    sides: dict[tuple[int, str], list[int]] = {}
    parts = ExchangePerson.objects.filter(exchange__in=rows, left_at=None)
    for exchange, part, person_id in parts.values_list("exchange_id", "side", "person_id"):
        sides.setdefault((exchange, part), []).append(person_id)
    topics = topics_of_exchanges(rows)
    return [
        Lesson(
            giver,
            taker,
            topic,
            EXCHANGE,
            row.public_id,
            row.network,
            row.title,
            _day(row),
            unsaid=row.is_imported and taker != row.confirmed_by_id and not row.reviewed,
        )
        for row in rows
        for topic in topics[row.pk]
        for giver in sides.get((row.pk, Side.OFFERER), [])
        if teacher is None or giver == teacher.pk
        for taker in sides.get((row.pk, Side.REQUESTER), [])
        if learner is None or taker == learner.pk
    ]


def _day(exchange: Exchange) -> dt.date:
    return exchange.held_on or (exchange.closed_at or exchange.opened_at).date()


def _of_sheets(learner: Person | None, teacher: Person | None) -> list[Lesson]:
    used = Rating.objects.filter(used=True, sheet__state=SheetState.PUBLISHED).select_related(
        "sheet__network"
    )
    signed = SheetAuthor.objects.filter(state=AuthorState.ACCEPTED)
    # Under another name, nobody is known by what they wrote.
    openly = signed.filter(shown_as="")
    if learner is not None:
        used = used.filter(person=learner)
    if teacher is not None:
        used = used.filter(sheet__in=openly.filter(person=teacher).values("sheet"))
    rows = list(used)
    sheets = {row.sheet_id for row in rows}
    if not sheets:
        return []
    authors: dict[int, set[int]] = {}
    for sheet, person_id in openly.filter(sheet__in=sheets).values_list("sheet_id", "person_id"):
        authors.setdefault(sheet, set()).add(person_id)
    writers = set(signed.filter(sheet__in=sheets).values_list("sheet_id", "person_id"))
    topics: dict[int, set[int]] = {}
    for sheet, topic in Sheet.topics.through.objects.filter(sheet__in=sheets).values_list(
        "sheet_id", "topic_id"
    ):
        topics.setdefault(sheet, set()).add(topic)
    last = final_keys(pk for some in topics.values() for pk in some)
    return [
        Lesson(
            giver,
            row.person_id,
            topic,
            SHEET,
            row.sheet.public_id,
            row.sheet.network,
            row.sheet.title,
            row.at.date(),
        )
        for row in rows
        if (row.sheet_id, row.person_id) not in writers
        for giver in authors.get(row.sheet_id, set())
        if teacher is None or giver == teacher.pk
        for topic in {last[pk] for pk in topics.get(row.sheet_id, set())}
    ]


def barred_from(person: Person, others: Collection[int]) -> set[int]:
    """Return those of these people with whom nothing is confirmed: a line of management, people kept apart."""
    pairs = SetApart.objects.in_force().filter(
        Q(first=person, second__in=others) | Q(second=person, first__in=others)
    )
    apart = {pk for pair in pairs.values_list("first_id", "second_id") for pk in pair}
    return {*in_line_with(person.pk, others), *(apart - {person.pk})}

"""Who may see a skill, and do what with it: the person first, never a manager of theirs.

What someone may confirm is read from what really happened: a closed exchange in which they learned, a sheet they used.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Collection, Iterable, Sequence

from django.db.models import Q

from reciproque.catalogue.models import Topic, TopicName
from reciproque.circles.queries.lines import in_line_with
from reciproque.exchanges.models import Exchange, ExchangePerson, SetApart
from reciproque.exchanges.rules import ExchangeState, Side
from reciproque.kit.errors import NotThere
from reciproque.kit.text import fold
from reciproque.library.models import Rating, Sheet, SheetAuthor
from reciproque.library.rules import AuthorState, SheetState
from reciproque.networks.access import Scope, has_role, is_animator, is_member, scope_of
from reciproque.networks.models import Membership, Network
from reciproque.networks.rules import Role, System
from reciproque.people.access import can_administer, is_present
from reciproque.people.models import Person
from reciproque.recognition.models import (
    Call,
    Certification,
    CertificationRule,
    Confirmation,
    Contest,
    Skill,
    Standing,
)

_SKILL = ("topic", "person", "person__unit", "person__site")
EXCHANGE, SHEET = "exchange", "sheet"


def sees_skills(network: Network) -> bool:
    """Tell whether skills are kept from what happens in this network: a learning community, or one that certifies."""
    if System.COMMUNITY in network.systems:
        return True
    return CertificationRule.objects.filter(network=network, on=True).exists()


def keeps_skills(person: Person) -> bool:
    """Tell whether skills are kept of this person: they may have it stopped."""
    return person.is_active and not Standing.objects.filter(person=person, kept=False).exists()


# -- skills --------------------------------------------------------------------------------------------------


def get_skill(person: Person, public_id: str) -> Skill:
    """Return a skill of one's own, even put away, or one that its person shows to this one; else `NotThere`."""
    rows = Skill.objects.select_related(*_SKILL).filter(public_id=public_id)
    skill = rows.filter(
        Q(person=person) | Q(pk__in=Skill.objects.visible_to(person).order_by().values("pk"))
    ).first()
    if skill is None or not is_present(person):
        raise NotThere
    return skill


def get_own_skill(person: Person, public_id: str) -> Skill:
    """Return a skill of one's own, even put away; anyone else's meets `NotThere`."""
    skill = Skill.objects.select_related(*_SKILL).filter(person=person, public_id=public_id).first()
    if skill is None or not is_present(person):
        raise NotThere
    return skill


def get_confirmable(person: Person, public_id: str) -> Skill:
    """Return a skill that this person learned from its holder, so that they may confirm it; else `NotThere`."""
    rows = Skill.objects.select_related(*_SKILL).filter(public_id=public_id, put_away_at=None)
    skill = rows.first()
    if skill is None or not can_confirm(person, skill):
        raise NotThere
    return skill


def get_confirmation(person: Person, public_id: str) -> Confirmation:
    """Return a confirmation that this person gave and did not take back; anyone else meets `NotThere`."""
    rows = Confirmation.objects.standing().filter(by=person, public_id=public_id)
    row = rows.select_related("skill__topic", "skill__person", "network", "by").first()
    if row is None or not is_present(person):
        raise NotThere
    return row


# -- what one learned from whom ------------------------------------------------------------------------------


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


def final_keys(keys: Iterable[int]) -> dict[int, int]:
    """Return, for each of these topics (primary keys), the one that took it in, itself when it was not merged."""
    into: dict[int, int | None] = {}
    wanted = set(keys)
    asked = set(wanted)
    while asked:
        rows = dict(Topic.objects.order_by().filter(pk__in=asked).values_list("pk", "merged_into_id"))
        into |= rows
        asked = {pk for pk in rows.values() if pk is not None} - into.keys()
    found = {}
    for key in wanted:
        last = key
        while (after := into.get(last)) is not None:
            last = after
        found[key] = last
    return found


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


def lessons(*, learner: Person | None = None, teacher: Person | None = None) -> list[Lesson]:
    """Return what someone learned, from whom, or passed on, to whom, that they may say today; latest first.

    Both are members of the network where it happened, which keeps skills. Nobody of one's line of management, nor
    anyone from whom one is kept apart: between them nothing is confirmed.
    """
    assert learner is not None or teacher is not None
    found = [*_of_exchanges(learner, teacher), *_of_sheets(learner, teacher)]
    found = [row for row in found if row.teacher != row.learner]
    if not found:
        return []
    person = learner or teacher
    assert person is not None
    others = {row.learner if row.teacher == person.pk else row.teacher for row in found}
    barred = barred_from(person, others)
    rows = Membership.objects.current().filter(
        network__in={row.network.pk for row in found}, person__in=[*others, person.pk]
    )
    there = set(rows.values_list("network_id", "person_id"))
    keeping = {network.pk for network in _keeping({row.network for row in found})}
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


def _keeping(networks: Iterable[Network]) -> list[Network]:
    networks = list(networks)
    ruled = set(
        CertificationRule.objects.filter(network__in=networks, on=True).values_list("network_id", flat=True)
    )
    return [row for row in networks if System.COMMUNITY in row.systems or row.pk in ruled]


def _of_exchanges(learner: Person | None, teacher: Person | None) -> list[Lesson]:
    exchanges = Exchange.objects.filter(state=ExchangeState.CLOSED)
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
        Lesson(giver, taker, topic, EXCHANGE, row.public_id, row.network, row.title, _day(row))
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


def can_confirm(person: Person, skill: Skill) -> bool:
    """Tell whether this person learned it from its holder, so that they may say so."""
    if not is_present(person) or person.pk == skill.person_id or not keeps_skills(skill.person):
        return False
    topic = final_keys([skill.topic_id])[skill.topic_id]
    return any(row.topic == topic for row in lessons(learner=person, teacher=skill.person))


# -- certifications and contests -----------------------------------------------------------------------------


def get_certification(person: Person, public_id: str) -> Certification:
    """Return a certification of one's own, or one that holds of a skill shown to this person; else `NotThere`."""
    rows = Certification.objects.select_related(*(f"skill__{name}" for name in _SKILL), "network")
    row = rows.filter(public_id=public_id).first()
    if row is None or not is_present(person):
        raise NotThere
    if row.skill.person_id != person.pk:
        shown = Skill.objects.visible_to(person).filter(pk=row.skill_id)
        here = is_member(person, row.network)
        if not here or row.ended_at is not None or not shown.exists():
            raise NotThere
    return row


def can_contest(person: Person, certification: Certification) -> bool:
    """Tell whether this person may doubt a certification: a member to whom the skill is shown, who confirmed nothing.

    Once: what was answered to them is answered.
    """
    skill = certification.skill
    if not is_present(person) or person.pk == skill.person_id or certification.ended_at is not None:
        return False
    if not is_member(person, certification.network):
        return False
    if Confirmation.objects.standing().filter(skill=skill, network=certification.network, by=person).exists():
        return False
    if Contest.objects.filter(certification=certification, by=person).exists():
        return False
    return Skill.objects.visible_to(person).filter(pk=skill.pk).exists()


def can_settle_contest(person: Person, contest: Contest) -> bool:
    """Tell whether this person may answer a contest: who animates, never a party to it nor a manager of the holder."""
    return person.pk in {one.pk for one in settlers(contest, [person])}


def settlers(contest: Contest, people: Sequence[Person]) -> list[Person]:
    """Keep those of these people who may answer a contest, in the same order."""
    certification = contest.certification
    skill, network = certification.skill, certification.network
    # Whoever confirmed, even if they took it back since: they would answer for themselves.
    said = set(Confirmation.objects.filter(skill=skill, network=network).values_list("by_id", flat=True))
    out = {contest.by_id, skill.person_id, *said, *_above_or_under(skill.person, people)}
    return [
        one
        for one in people
        if is_present(one) and one.pk not in out and _animates(one, network, skill.person)
    ]


def settled_by(person: Person, contests: Sequence[Contest]) -> list[Contest]:
    """Keep those of these contests of one network that this person may answer: what `settlers` says, all at once."""
    if not contests or not is_present(person):
        return []
    network = contests[0].certification.network
    scope = Scope() if can_administer(person) else None
    if scope is None and has_role(person, network, Role.ANIMATOR):
        scope = scope_of(person, network)
    if scope is None:
        return []
    holders = {row.certification.skill.person_id for row in contests}
    line = set(in_line_with(person.pk, holders))
    skills = {row.certification.skill_id for row in contests}
    said = Confirmation.objects.filter(by=person, network=network, skill__in=skills).order_by()
    confirmed = set(said.values_list("skill_id", flat=True))
    return [
        row
        for row in contests
        if person.pk not in (row.by_id, row.certification.skill.person_id)
        and row.certification.skill_id not in confirmed
        and row.certification.skill.person_id not in line
        and (scope.whole or scope.covers(row.certification.skill.person))
    ]


def _above_or_under(holder: Person, people: Sequence[Person]) -> list[int]:
    return in_line_with(holder.pk, [one.pk for one in people])


def _animates(person: Person, network: Network, holder: Person) -> bool:
    if can_administer(person):
        return True
    scope = scope_of(person, network) if has_role(person, network, Role.ANIMATOR) else None
    return scope is not None and (scope.whole or scope.covers(holder))


def get_contest(person: Person, public_id: str) -> Contest:
    """Return a contest for whoever made it, the holder, and those who may settle it; anyone else meets `NotThere`."""
    rows = Contest.objects.select_related(
        *(f"certification__skill__{name}" for name in _SKILL), "certification__network", "by", "settled_by"
    )
    row = rows.filter(public_id=public_id).first()
    if row is None or not is_present(person):
        raise NotThere
    if person.pk not in (row.by_id, row.certification.skill.person_id) and not can_settle_contest(
        person, row
    ):
        raise NotThere
    return row


def can_set_rule(person: Person, network: Network) -> bool:
    """Tell whether this person may decide by which rule a network certifies: who animates the whole of it."""
    scope = scope_of(person, network)
    return scope is not None and scope.whole


# -- calls to those who know -------------------------------------------------------------------------------


def get_call(person: Person, public_id: str) -> Call:
    """Return a call as whoever was asked, or the network's animators, may read it; anyone else meets `NotThere`."""
    rows = Call.objects.select_related("network", "topic", "person__unit", "person__site", "asked_by")
    row = rows.filter(public_id=public_id).first()
    # Not by whom they accompany, nor by their line (`call_view` hides the name): of somebody asked by the program, that
    # would say where they work.
    if (
        row is None
        or not is_present(person)
        or not (row.person_id == person.pk or (not row.tells_departure and is_animator(person, row.network)))
    ):
        raise NotThere
    return row

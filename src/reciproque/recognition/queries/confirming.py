"""Who may confirm what, whom one asked, what one said."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Collection

from django.db.models import Q

from reciproque.agenda.models import Step
from reciproque.agenda.rules import Verb
from reciproque.exchanges.models import Exchange
from reciproque.library.models import Sheet
from reciproque.networks.models import Network
from reciproque.people.models import Person
from reciproque.recognition.access import EXCHANGE, SHEET, Lesson, final_keys, lessons
from reciproque.recognition.models import Confirmation, Skill, Standing
from reciproque.recognition.queries.certifying import counting, rules_in_force, voices_by_network

_LOADED = ("topic", "person", "person__unit", "person__site")


@dataclasses.dataclass(frozen=True)
class Confirmable:
    """A skill that one learned from its holder, and from what; whether the holder asked for one's word."""

    skill: Skill
    network: Network
    source_kind: str
    source_id: str
    words: str
    at: dt.date
    asked: bool
    due_at: dt.datetime | None = None


@dataclasses.dataclass(frozen=True)
class Witness:
    """Someone who learned a skill from its holder: whether they were asked to say so, and whether they did."""

    person: Person
    network: Network
    source_kind: str
    source_id: str
    words: str
    at: dt.date
    asked_at: dt.datetime | None
    confirmed: bool


@dataclasses.dataclass(frozen=True)
class Imported:
    """An exchange that an import brought, in which one learned something: nobody said yet that it took place."""

    exchange: str
    title: str
    network: Network
    at: dt.date
    person: Person


def may_confirm(
    person: Person, exchange: Exchange | None = None, sheet: Sheet | None = None
) -> list[Confirmable]:
    """Return what this person learned and has not confirmed, or not lately enough; those that they were asked first.

    With an exchange or a sheet: only what came from it.
    """
    return _to_say(person, lessons(learner=person), exchange, sheet)


def to_say(person: Person) -> tuple[list[Confirmable], list[Imported]]:
    """Return what this person may confirm, and the imported exchanges in which they learned a savoir, latest first.

    Once they say that one of these took place, they may confirm what they learned in it.
    """
    rows = lessons(learner=person, unsaid=True)
    unsaid = [row for row in rows if row.unsaid]
    skills = _skills_of(unsaid) if unsaid else {}
    found: dict[tuple[str, int], Imported] = {}
    for row in unsaid:
        skill = skills.get((row.teacher, row.topic))
        if skill is not None:
            key = (row.source_id, row.teacher)
            found.setdefault(key, Imported(row.source_id, row.title, row.network, row.on, skill.person))
    return _to_say(person, [row for row in rows if not row.unsaid]), list(found.values())


def _to_say(
    person: Person, rows: list[Lesson], exchange: Exchange | None = None, sheet: Sheet | None = None
) -> list[Confirmable]:
    for kind, source in ((EXCHANGE, exchange), (SHEET, sheet)):
        if source is not None:
            rows = [row for row in rows if (row.source_kind, row.source_id) == (kind, source.public_id)]
    skills = _skills_of(rows)
    said = counted({skill.pk for skill in skills.values()}, {row.network.pk for row in rows})
    steps = Step.objects.open().filter(owner=person, verb=Verb.WITNESS)
    asked = dict(steps.values_list("subject_id", "due_at"))
    found = []
    for row in rows:
        skill = skills.get((row.teacher, row.topic))
        if skill is not None and (skill.pk, row.network.pk, person.pk) not in said:
            due = asked.get(skill.public_id)
            found.append(
                Confirmable(
                    skill,
                    row.network,
                    row.source_kind,
                    row.source_id,
                    row.title,
                    row.on,
                    due is not None,
                    due,
                )
            )
    return sorted(found, key=lambda one: not one.asked)


def asked_of(person: Person) -> list[Confirmable]:
    """Return what this person was asked to confirm and has not answered."""
    return [row for row in may_confirm(person) if row.asked]


def _skills_of(rows: list[Lesson]) -> dict[tuple[int, int], Skill]:
    """Return the skills that these lessons are about, by (holder, savoir): those kept, and not put away."""
    refused = Standing.objects.filter(kept=False).values("person")
    skills = Skill.objects.filter(person__in={row.teacher for row in rows}, put_away_at=None)
    skills = skills.exclude(person__in=refused).select_related(*_LOADED)
    found = list(skills)
    last = final_keys(skill.topic_id for skill in found)
    return {(skill.person_id, last[skill.topic_id]): skill for skill in found}


def counted(skills: Collection[int], networks: Collection[int]) -> set[tuple[int, int, int]]:
    """Return the (skill, network, person) of the confirmations that count today (whatever their age without a rule)."""
    rules = rules_in_force(networks)
    return {
        (skill, network, voice.person)
        for (skill, network), voices in voices_by_network(skills, networks).items()
        for voice in counting(voices, rules.get(network))
    }


def who_may_confirm(skill: Skill) -> list[Witness]:
    """Return who learned a skill from its holder (for their own eyes): the last time for each, whom to ask first."""
    topic = final_keys([skill.topic_id])[skill.topic_id]
    rows = [row for row in lessons(teacher=skill.person) if row.topic == topic]
    people = Person.objects.present().select_related("unit", "site").in_bulk({row.learner for row in rows})
    steps = Step.objects.about(skill).filter(verb=Verb.WITNESS).order_by("opened_at", "pk")
    asked = dict(steps.values_list("owner_id", "opened_at"))
    said = counted([skill.pk], {row.network.pk for row in rows})
    found: dict[tuple[int, int], Witness] = {}
    for row in rows:
        pair = (row.learner, row.network.pk)
        if row.learner in people and pair not in found:
            found[pair] = Witness(
                people[row.learner],
                row.network,
                row.source_kind,
                row.source_id,
                row.title,
                row.on,
                asked.get(row.learner),
                (skill.pk, row.network.pk, row.learner) in said,
            )
    return sorted(found.values(), key=lambda one: (one.confirmed, one.asked_at is not None))


def given_by(person: Person) -> list[Confirmation]:
    """Return the confirmations that this person gave and did not take back, latest first.

    Not those about someone who left, unless one's name is in their badge: it can be taken back as long as it is read.
    """
    present = Q(skill__person__is_active=True)
    rows = Confirmation.objects.standing().filter(present | Q(signs=True), by=person)
    return list(rows.select_related("skill__topic", "skill__person", "skill__person__unit", "network"))

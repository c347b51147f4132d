"""Skills as their person sees them, and as others may: each with what shows it, never more than they chose."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db.models import Q

from reciproque.catalogue.models import Post, Topic
from reciproque.circles.models import Circle
from reciproque.exchanges.models import Exchange
from reciproque.kit import clock
from reciproque.library.models import Sheet, UseCase
from reciproque.networks.models import Membership, Network
from reciproque.people.models import Person
from reciproque.recognition.models import (
    Certification,
    Confirmation,
    Contest,
    Evidence,
    Skill,
    Standing,
)
from reciproque.recognition.queries.certifying import (
    counting,
    rule_in_force,
    rules_in_force,
    units_of,
    voices_by_network,
    voices_of,
)
from reciproque.recognition.rules import Audience, Rule

_LOADED = ("topic", "person", "person__unit", "person__site")


@dataclasses.dataclass(frozen=True)
class Shown:
    """One thing that shows a skill; its source and its title only for who may read them."""

    kind: str
    on: dt.date
    network: Network
    source_kind: str
    source_id: str
    words: str
    opens: bool
    # Whether the reader may learn in which network it was: their own skill, or a network they are of.
    named: bool
    # Whether a table says so, rather than the people themselves.
    imported: bool = False


@dataclasses.dataclass(frozen=True)
class Stand:
    """Where a skill stands in one network: how many confirm it, from how many units, and what its rule asks."""

    network: Network
    rule: Rule | None
    confirmations: int
    units: int
    certification: Certification | None

    @property
    def missing_confirmations(self) -> int:
        return max(0, self.rule.confirmations - self.confirmations) if self.rule else 0

    @property
    def missing_units(self) -> int:
        return max(0, self.rule.units - self.units) if self.rule else 0


@dataclasses.dataclass(frozen=True)
class Seen:
    """A skill as one reader sees it."""

    skill: Skill
    audience: str
    evidence: list[Shown]
    standings: list[Stand]
    # For the holder alone.
    confirmed_by: list[Confirmation]
    own: bool


@dataclasses.dataclass(frozen=True)
class Holder:
    """Someone who shows a skill and accepts to be asked about it."""

    person: Person
    skill: Skill
    certified: bool


@dataclasses.dataclass(frozen=True)
class Moment:
    """Something that happened to one of one's skills."""

    at: dt.datetime
    kind: str
    skill: Skill
    network: Network | None
    words: str


def standing_of(person: Person) -> Standing:
    """Return what a person chose for all their skills, the defaults when they chose nothing."""
    return Standing.objects.filter(person=person).first() or Standing(person=person)


def my_skills(person: Person, *, put_away: bool = False) -> list[Seen]:
    """Return one's own skills, those put away apart."""
    skills = Skill.objects.filter(person=person)
    if put_away:
        skills = skills.filter(put_away_at__isnull=False)
    else:
        skills = skills.kept()
    return _seen(skills.select_related(*_LOADED), person)


def skill_page(skill: Skill, viewer: Person) -> Seen:
    """Return one skill as this reader (who was given it by `access.get_skill`) sees it."""
    return _seen([skill], viewer)[0]


def skills_of(person: Person, viewer: Person, network: Network) -> list[Seen]:
    """Return the skills of a member that something shows in this network and that they show to this reader."""
    here = Evidence.objects.standing().filter(network=network).values("skill")
    rows = Skill.objects.visible_to(viewer).filter(person=person, pk__in=here)
    return _seen(rows.select_related(*_LOADED), viewer)


def _seen(skills: Iterable[Skill], viewer: Person) -> list[Seen]:
    """Return skills with all that this reader may see of them, in a fixed number of queries."""
    rows = list(skills)
    chosen = dict(
        Standing.objects.filter(person__in={row.person_id for row in rows}).values_list(
            "person_id", "audience"
        )
    )
    audience = {row.pk: row.audience or chosen.get(row.person_id, Audience.ME.value) for row in rows}
    mine = set(Membership.objects.current().filter(person=viewer).values_list("network_id", flat=True))
    evidence = Evidence.objects.standing().with_origin().filter(skill__in=rows).select_related("network")
    opened = _opened(evidence, viewer)
    shown: dict[int, list[Shown]] = {}
    owners = {row.pk: row.person_id for row in rows}
    for piece in evidence:
        own, met = owners[piece.skill_id] == viewer.pk, audience[piece.skill_id] == Audience.MET
        if own or met or piece.network_id in mine:
            words = opened.get((piece.source_kind, piece.source_id))
            known = words is not None
            shown.setdefault(piece.skill_id, []).append(
                Shown(
                    piece.kind,
                    piece.on,
                    piece.network,
                    piece.source_kind if known else "",
                    piece.source_id if known else "",
                    words or "",
                    known,
                    own or piece.network_id in mine,
                    piece.imported,
                )
            )
    own_rows = [row for row in rows if row.person_id == viewer.pk]
    confirmed: dict[int, list[Confirmation]] = {}
    for said in (
        Confirmation.objects.standing()
        .filter(skill__in=own_rows)
        .select_related("by", "by__unit", "by__site", "network")
    ):
        confirmed.setdefault(said.skill_id, []).append(said)
    stands = _stands(rows, viewer, mine)
    return [
        Seen(
            row,
            audience[row.pk],
            shown.get(row.pk, []),
            stands.get(row.pk, []),
            confirmed.get(row.pk, []),
            row.person_id == viewer.pk,
        )
        for row in rows
    ]


def _opened(evidence: Iterable[Evidence], viewer: Person) -> dict[tuple[str, str], str]:
    """Return the sources that this reader may read, with their titles."""
    wanted: dict[str, set[str]] = {}
    for piece in evidence:
        wanted.setdefault(piece.source_kind, set()).add(piece.source_id)
    readable: dict[str, Callable[[], Any]] = {
        "post": lambda: Post.objects.visible_to(viewer),
        "exchange": lambda: Exchange.objects.visible_to(viewer),
        "sheet": lambda: Sheet.objects.visible_to(viewer).open(),
        "case": lambda: UseCase.objects.visible_to(viewer),
        "circle": lambda: Circle.objects.visible_to(viewer),
    }
    return {
        (kind, row.public_id): str(row)
        for kind, ids in wanted.items()
        if kind in readable
        for row in readable[kind]().filter(public_id__in=ids)
    }


def _stands(rows: Sequence[Skill], viewer: Person, mine: set[int]) -> dict[int, list[Stand]]:
    """Return where skills stand: for their holder wherever it may be certified, for others where it is."""
    own = {row.pk for row in rows if row.person_id == viewer.pk}
    held = (
        Certification.objects.current().filter(skill__in=rows).filter(Q(skill__in=own) | Q(network__in=mine))
    )
    current = {(row.skill_id, row.network_id): row for row in held.select_related("network", "skill")}
    said = Confirmation.objects.standing().filter(skill__in=own).order_by()
    pairs = set(current) | set(said.values_list("skill_id", "network_id"))
    seen_in = Evidence.objects.standing().filter(skill__in=own, network__in=mine).order_by()
    candidates = set(seen_in.values_list("skill_id", "network_id"))
    wanted = {network for _skill, network in pairs | candidates}
    networks = Network.objects.in_bulk(wanted)
    rules = rules_in_force(wanted)
    pairs |= {pair for pair in candidates if pair[1] in rules}
    voices = voices_by_network({skill for skill, _network in pairs}, wanted)
    found: dict[int, list[Stand]] = {}
    for skill, key in sorted(pairs, key=lambda pair: (networks[pair[1]].name_fr, pair)):
        counted = counting(voices.get((skill, key), []), rules.get(key))
        stand = Stand(
            networks[key], rules.get(key), len(counted), units_of(counted), current.get((skill, key))
        )
        found.setdefault(skill, []).append(stand)
    return found


def stand_of(certification: Certification) -> Stand:
    """Return on what a certification rests: how many confirm it now, from how many units, by which rule."""
    network = certification.network
    rule = rule_in_force(network)
    voices = voices_of(network, [certification.skill_id]).get(certification.skill_id, [])
    counted = counting(voices, rule)
    live = certification if certification.ended_at is None else None
    return Stand(network, rule, len(counted), units_of(counted), live)


def holders_of(topic: Topic, network: Network, viewer: Person) -> list[Holder]:
    """Return the members who show a savoir to this reader in this network and accept to be asked, by name."""
    topics = {topic.pk, *Topic.objects.filter(merged_into=topic).values_list("pk", flat=True)}
    here = Evidence.objects.standing().filter(network=network).values("skill")
    members = Membership.objects.available(clock.now()).filter(network=network).values("person")
    unasked = Standing.objects.filter(calls=0).values("person")
    rows = Skill.objects.visible_to(viewer).filter(topic__in=topics, pk__in=here, person__in=members)
    skills = list(
        rows.exclude(person__in=unasked)
        .select_related(*_LOADED)
        .order_by("person__last_name", "person__first_name", "person_id", "pk")
    )
    held = Certification.objects.current().filter(network=network, skill__in=skills)
    certified = set(held.values_list("skill_id", flat=True))
    found: dict[int, Holder] = {}
    for skill in skills:
        known = found.get(skill.person_id)
        if known is None or skill.pk in certified:
            found[skill.person_id] = Holder(skill.person, skill, skill.pk in certified)
    return list(found.values())


def history_of_skills(person: Person) -> list[Moment]:
    """Return what happened to one's own skills, latest first: what is erased is no more in it."""
    skills = {row.pk: row for row in Skill.objects.filter(person=person).select_related("topic")}
    found = [Moment(row.seen_at, "seen", row, None, "") for row in skills.values()]
    for said in Confirmation.objects.filter(skill__in=skills).select_related("network"):
        skill = skills[said.skill_id]
        found.append(Moment(said.at, "confirmed", skill, said.network, said.words))
        if said.withdrawn_at is not None:
            found.append(Moment(said.withdrawn_at, "withdrawn", skill, said.network, ""))
    for row in Certification.objects.filter(skill__in=skills).select_related("network"):
        skill = skills[row.skill_id]
        found.append(Moment(row.since, "certified", skill, row.network, ""))
        if row.ended_at is not None:
            found.append(Moment(row.ended_at, "ended", skill, row.network, str(row.get_end_reason_display())))
    contests = Contest.objects.filter(certification__skill__in=skills)
    for doubt in contests.select_related("certification__network"):
        skill, network = skills[doubt.certification.skill_id], doubt.certification.network
        found.append(Moment(doubt.at, "contested", skill, network, doubt.words))
        if doubt.settled_at is not None:
            kind = "upheld" if doubt.upheld else "rejected"
            found.append(Moment(doubt.settled_at, kind, skill, network, doubt.answer))
    return sorted(found, key=lambda row: row.at, reverse=True)

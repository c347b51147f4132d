"""A network's community certifies: the rule it set, recomputed from the confirmations after each change and by the clock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from reciproque.journal.actions import record
from reciproque.journal.models import Fact
from reciproque.kit import clock
from reciproque.networks.models import Network
from reciproque.people.models import Person
from reciproque.recognition.access import can_set_rule
from reciproque.recognition.actions.badges import revoke_for
from reciproque.recognition.models import Certification, CertificationRule, Skill
from reciproque.recognition.queries.certifying import rule_in_force, voices_of
from reciproque.recognition.rules import (
    CONFIRMATIONS,
    MONTHS,
    UNITS,
    WARNED,
    EndReason,
    Rule,
    Voice,
    holds,
    holds_until,
)

AT_ONCE = 200


@transaction.atomic
def set_rule(
    network: Network,
    *,
    by: Person,
    on: bool = True,
    confirmations: int = CONFIRMATIONS[0],
    units: int = UNITS[0],
    months: int = MONTHS[0],
) -> CertificationRule:
    """Decide by which rule a network certifies, or that it certifies nothing; all is recomputed at once."""
    if not can_set_rule(by, network):
        raise PermissionDenied
    row = CertificationRule.objects.select_for_update().filter(network=network).first()
    before = (row.confirmations, row.units, row.months, row.on) if row is not None else None
    row = row or CertificationRule(network=network)
    row.confirmations, row.units, row.months, row.on = confirmations, units, months, on
    if before == (confirmations, units, months, on):
        return row
    for name, (_default, least, most) in (
        ("confirmations", CONFIRMATIONS),
        ("units", UNITS),
        ("months", MONTHS),
    ):
        if not least <= getattr(row, name) <= most:
            words = _("Choisissez un nombre entre %(least)s et %(most)s.")
            raise ValidationError({name: words % {"least": least, "most": most}})
    if units > confirmations:
        raise ValidationError({"units": _("Il ne peut pas falloir plus de services que de personnes.")})
    row.changed_at, row.changed_by = clock.now(), by
    row.save()
    record(
        "certification_rule.changed",
        network,
        by=by,
        network=network,
        on=on,
        confirmations=confirmations,
        units=units,
        months=months,
    )
    certify_all(network, reason=EndReason.RULE)
    return row


@transaction.atomic
def certify_all(network: Network, *, reason: str = "") -> int:
    """Recompute every certification of a network; return how many began, ended or moved."""
    rule = rule_in_force(network)
    said = Skill.objects.filter(confirmations__network=network, confirmations__withdrawn_at=None)
    held = Skill.objects.filter(certifications__network=network, certifications__ended_at=None)
    keys = sorted({*said.values_list("pk", flat=True), *held.values_list("pk", flat=True)})
    done = 0
    for start in range(0, len(keys), AT_ONCE):
        # Held while they are recomputed: a word given at the same instant counts here, or meets the rule as it is now.
        held_now = Skill.objects.select_for_update(of=("self",), no_key=True).order_by("pk")
        held_now = held_now.filter(pk__in=keys[start : start + AT_ONCE])
        skills = list(held_now.select_related("person", "topic"))
        voices = voices_of(network, [skill.pk for skill in skills])
        rows = Certification.objects.filter(network=network, skill__in=skills, ended_at=None)
        current = {
            row.skill_id: row for row in rows.select_related("skill__person", "skill__topic", "network")
        }
        for skill in skills:
            done += _certify(skill, network, rule, voices.get(skill.pk, []), current.get(skill.pk), reason)
    return done


@transaction.atomic
def certify_due(skill: Skill, network: Network, *, reason: str = "") -> Certification | None:
    """Recompute one certification after a change: it begins, goes on until another date, or ends; return what holds.

    `reason` says why it would end; without it, because confirmations are too old or no longer there.
    """
    # Two confirmations at the same instant: the second must count the first.
    Skill.objects.select_for_update(no_key=True).filter(pk=skill.pk).first()
    current = _current(skill, network)
    _certify(
        skill,
        network,
        rule_in_force(network),
        voices_of(network, [skill.pk]).get(skill.pk, []),
        current,
        reason,
    )
    return _current(skill, network)


def _current(skill: Skill, network: Network) -> Certification | None:
    rows = Certification.objects.filter(skill=skill, network=network, ended_at=None)
    return rows.select_related("skill__person", "skill__topic", "network").first()


def _certify(
    skill: Skill,
    network: Network,
    rule: Rule | None,
    voices: list[Voice],
    current: Certification | None,
    reason: str,
) -> bool:
    now = clock.now()
    until = holds_until(voices, rule, now) if rule is not None else None
    if until is None:
        if current is None:
            return False
        end_certification(current, reason=reason or _why(voices, rule))
        return True
    if current is None:
        return _begin(skill, network, until, now)
    return bool(
        Certification.objects.filter(pk=current.pk, ended_at=None).exclude(until=until).update(until=until)
    )


def _why(voices: list[Voice], rule: Rule | None) -> str:
    if rule is None:
        return EndReason.RULE
    # Would they be enough if none was ever too old? Then age alone ended it.
    last = min((voice.at for voice in voices), default=clock.now())
    return EndReason.EXPIRED if holds(voices, rule, last) else EndReason.UNCONFIRMED


def _begin(skill: Skill, network: Network, until: dt.datetime, now: dt.datetime) -> bool:
    try:
        with transaction.atomic():
            row = Certification.objects.create(skill=skill, network=network, since=now, until=until)
    except IntegrityError:
        return False  # somebody else's change made it begin at the same instant
    person = skill.person
    record(
        "skill.certified",
        row,
        network=network,
        people=[person],
        to=[person.public_id],
        title=skill.topic.name,
    )
    return True


def end_certification(row: Certification, *, reason: str) -> Certification:
    """End a certification for a reason: its badges are revoked, its holder is told."""
    done = Certification.objects.filter(pk=row.pk, ended_at=None).update(
        ended_at=clock.now(), end_reason=reason
    )
    if not done:
        return row
    row.refresh_from_db(fields=["ended_at", "end_reason"])
    revoke_for(row, reason)
    person = row.skill.person
    record(
        "certification.ended",
        row,
        network=row.network,
        people=[person],
        to=[person.public_id],
        title=row.skill.topic.name,
        end=reason,
    )
    return row


@transaction.atomic
def give_up_certification(row: Certification, *, by: Person) -> Certification:
    """Give up a certification of one's own: it is shown to nobody any more, and begins again only from new words."""
    if by.pk != row.skill.person_id:
        raise PermissionDenied
    if row.ended_at is not None:
        return row
    return end_certification(row, reason=EndReason.GIVEN_UP)


# -- by the clock --------------------------------------------------------------------------------------------


def in_turn(rows: Any, at_once: int) -> Iterator[list[Any]]:
    """Give all the rows of a list, oldest first, so many at once: those that stay in it keep nobody else waiting."""
    last = 0
    while some := list(rows.filter(pk__gt=last).order_by("pk")[:at_once]):
        yield some
        last = some[-1].pk


def end_expired(limit: int = 500) -> int:
    """End the certifications whose confirmations are too old now (by the clock); return how many were looked at."""
    now = clock.now()
    rows = Certification.objects.filter(ended_at=None, until__lte=now)
    rows = rows.select_related("skill__person", "skill__topic", "network").order_by("until", "pk")
    done = 0
    for row in rows[:limit]:
        with transaction.atomic():
            certify_due(row.skill, row.network)
            done += 1
    return done


def warn_ending(limit: int = 500) -> int:
    """Tell holders once, some weeks before, that a certification ends by age (by the clock); return how many."""
    now = clock.now()
    rows = Certification.objects.current().filter(until__lte=now + WARNED, skill__person__is_active=True)
    rows = rows.select_related("skill__person", "skill__topic", "network")
    return sum(_warn(row) for some in in_turn(rows, limit) for row in _untold(some))


def _untold(rows: list[Certification]) -> list[Certification]:
    """Keep those whose holder was not told of this very end; a later end, after new words, is told anew."""
    told = Fact.objects.filter(
        name="certification.ending",
        subject_kind=Certification.subject_kind,
        subject_id__in=[row.public_id for row in rows],
    ).order_by("at", "pk")
    last = {fact.subject_id: fact.data.get("closes_at") for fact in told}
    return [row for row in rows if last.get(row.public_id) != row.until.isoformat()]


@transaction.atomic
def _warn(row: Certification) -> bool:
    person = row.skill.person
    record(
        "certification.ending",
        row,
        network=row.network,
        people=[person],
        to=[person.public_id],
        title=row.skill.topic.name,
        closes_at=row.until.isoformat(),
    )
    return True

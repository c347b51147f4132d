"""Follow what may make a network fail: choose who watches it, say what one sees, look again on the day."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from reciproque.agenda.actions import close_steps, open_step
from reciproque.agenda.rules import StepState, Verb, deadline
from reciproque.insights.access import reader_of
from reciproque.insights.models import HazardCare, HazardReading, HazardReview
from reciproque.insights.queries.hazards import hazard_of, levels_told
from reciproque.insights.queries.rows import period_of
from reciproque.insights.rules import Span
from reciproque.insights.rules.hazards import (
    HAZARD_WORDS_MAX,
    HAZARDS,
    REVIEW_USUALLY,
    REVIEW_WITHIN,
    Level,
)
from reciproque.journal.actions import record
from reciproque.kit import clock
from reciproque.kit.dates import morning_of
from reciproque.kit.rows import ALREADY_CHANGED
from reciproque.kit.text import clean
from reciproque.networks.access import can_settle, has_role
from reciproque.networks.models import Network, RoleGrant
from reciproque.networks.rules import Role
from reciproque.people.models import Person

_LATE_IN_THE_DAY = dt.timedelta(hours=10)


@transaction.atomic
def follow_hazard(
    network: Network,
    hazard: str,
    *,
    by: Person,
    owner: Person | None,
    review_on: dt.date,
    answer: str = "",
    revision: int | None = None,
) -> HazardCare:
    """Choose who watches a hazard (None: the whole team), what is done about it, and when it is looked at again."""
    if not can_settle(by, network):
        raise PermissionDenied
    answer = _words("answer", answer)
    _check_day(review_on)
    if owner is not None and not has_role(owner, network, Role.ANIMATOR):
        raise ValidationError({"owner": _("Un risque est suivi par quelqu’un qui anime le réseau.")})
    care = _care(network, hazard)
    before = care.owner_id
    changes: dict[str, Any] = {"owner": owner, "review_on": review_on, "answer": answer}
    _change(care, revision, changes)
    _expect(care)
    named = [owner] if owner is not None and owner.pk not in (before, by.pk) else []
    record(
        "hazard.followed",
        care,
        by=by,
        network=network,
        people=named,
        hazard=hazard,
        title=_name(hazard),
        review_on=review_on.isoformat(),
    )
    return care


@transaction.atomic
def review_hazard(
    network: Network,
    hazard: str,
    *,
    by: Person,
    level: str = "",
    words: str = "",
    next_on: dt.date | None = None,
    revision: int | None = None,
) -> HazardReview:
    """Say where a hazard stands today: its level by one’s own judgement, or a word and leave the number to say it."""
    care = HazardCare.objects.filter(network=network, hazard=hazard).select_related("owner").first()
    mine = care is not None and care.owner_id == by.pk and has_role(by, network, Role.ANIMATOR)
    if not mine and not can_settle(by, network):
        raise PermissionDenied
    care = care or _care(network, hazard)
    words = _words("words", words)
    if level and level not in Level.values:
        raise ValidationError({"level": _("Choisissez un niveau.")})
    if HAZARDS[hazard].is_judged and not level:
        raise ValidationError({"level": _("Rien ne se compte de ce risque : c’est à vous d’en juger.")})
    if level and not words:
        raise ValidationError({"words": _("Dites en un mot ce qui vous le fait juger ainsi.")})
    next_on = next_on or clock.now().date() + REVIEW_USUALLY
    _check_day(next_on, "next_on")
    seen = hazard_of(reader_of(by, network), hazard).seen
    _change(care, revision, {"review_on": next_on})
    review = HazardReview.objects.create(
        care=care, level=level, value=seen.value, words=words, by=by, at=clock.now()
    )
    close_steps(care, verb=Verb.RISK)
    _expect(care)
    record(
        "hazard.reviewed",
        care,
        by=by,
        network=network,
        hazard=hazard,
        level=level,
        title=_name(hazard),
        review_on=next_on.isoformat(),
    )
    return review


def tend_hazards() -> int:
    """Read once a month the levels that everybody may read, and give back to the team what nobody watches any more."""
    done = 0
    for network in Network.objects.order_by("pk"):
        done += _read_month(network)
    held = RoleGrant.objects.held().filter(role=Role.ANIMATOR)
    for care in HazardCare.objects.exclude(owner=None).select_related("network", "owner"):
        if not held.filter(network=care.network, person=care.owner).exists():
            done += _give_back(care)
    return done


@transaction.atomic
def _read_month(network: Network) -> bool:
    month = period_of(network, Span.MONTH).start
    if HazardReading.objects.filter(network=network, month=month).exists():
        return False
    now = clock.now()
    rows = [
        HazardReading(network=network, hazard=name, month=month, level=level, at=now)
        for name, level in levels_told(network).items()
    ]
    # Two workers at once: what the first wrote stays.
    HazardReading.objects.bulk_create(rows, ignore_conflicts=True)
    return True


@transaction.atomic
def _give_back(care: HazardCare) -> bool:
    owner = care.owner_id
    mine = HazardCare.objects.filter(pk=care.pk, owner=owner)
    if not mine.update(owner=None, revision=care.revision + 1):
        return False
    care.refresh_from_db()
    _expect(care)
    record("hazard.given_back", care, network=care.network, hazard=care.hazard)
    return True


def _expect(care: HazardCare) -> None:
    """Expect of its owner, or of the team, that it is looked at on its day; in three months when none was chosen."""
    close_steps(care, verb=Verb.RISK, outcome=StepState.RELEASED)
    if care.review_on is None:
        return
    zone = care.owner.time_zone if care.owner else "Europe/Paris"
    # At least two working days are left, even when the day is near or past.
    due = max(
        morning_of(care.review_on, zone) + _LATE_IN_THE_DAY, deadline(care.network, 2, clock.now(), zone)
    )
    open_step(
        Verb.RISK,
        care,
        network=care.network,
        owner=care.owner,
        due_at=due,
        words=_name(care.hazard),
    )


def _care(network: Network, hazard: str) -> HazardCare:
    if hazard not in HAZARDS:
        raise ValidationError(_("Ce risque n’est pas dans le registre."))
    return HazardCare.objects.select_related("network", "owner").get_or_create(
        network=network, hazard=hazard
    )[0]


def _change(care: HazardCare, revision: int | None, changes: dict[str, Any]) -> None:
    expected = care.revision if revision is None else revision
    kept = HazardCare.objects.filter(pk=care.pk, revision=expected)
    if not kept.update(**changes, revision=expected + 1):
        raise ValidationError(ALREADY_CHANGED, code="changed")
    care.refresh_from_db()


def _name(hazard: str) -> str:
    """Return what a hazard is called where it is kept: in French, whoever acts."""
    with translation.override("fr"):
        return str(HAZARDS[hazard].name)


def _words(name: str, text: str) -> str:
    said = clean(text).strip()
    if len(said) > HAZARD_WORDS_MAX:
        raise ValidationError(
            {name: _("C’est trop long : %(n)s caractères au plus.") % {"n": HAZARD_WORDS_MAX}}
        )
    return said


def _check_day(day: dt.date, name: str = "review_on") -> None:
    today = clock.now().date()
    if not today < day <= today + REVIEW_WITHIN:
        raise ValidationError({name: _("Choisissez une date à venir, dans les deux ans.")})

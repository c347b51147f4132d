"""The words and limits of moderation: what may be reported, why, what may be decided, within how many days."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

WORDS_MAX = 2000
# Reports one person may have open at once in a network: enough for anyone, not for a campaign.
MAX_OPEN_REPORTS = 20
# Working days to appeal, from the day a decision is told.
APPEAL_DAYS = 15
# How long a person may be kept from new introductions at once.
MAX_PAUSE_DAYS = 180


class Kind(TextChoices):
    """What a report is about."""

    POST = "post", _("une offre ou une demande")
    REVIEW = "review", _("le texte d’un bilan")
    MESSAGE = "message", _("un message")
    PERSON = "person", _("la conduite d’une personne")


# Words that somebody wrote, as against how somebody behaves.
CONTENT = (Kind.POST, Kind.REVIEW, Kind.MESSAGE)


class Reason(TextChoices):
    """Why; a list short enough to be read by someone who is upset."""

    HURTFUL = "hurtful", _("blessant, humiliant ou agressif")
    DISCRIMINATION = "unequal", _("discriminatoire, sexiste ou raciste")
    HARASSMENT = "harassment", _("insistance, pression ou harcèlement")
    PRIVATE = "private", _("confie des informations privées ou confidentielles")
    AGAINST_CHARTER = "charter", _("contraire à la charte : vente, service à faire à ma place…")
    FALSE = "false", _("trompeur ou inexact")
    OTHER = "other", _("autre chose")


CONDUCT_REASONS = (
    Reason.HURTFUL,
    Reason.DISCRIMINATION,
    Reason.HARASSMENT,
    Reason.PRIVATE,
    Reason.AGAINST_CHARTER,
    Reason.OTHER,
)


class ReportState(TextChoices):
    OPEN = "open", _("à examiner")
    ASKED = "asked", _("correction demandée")
    SETTLED = "settled", _("décision rendue")


class DecisionKind(TextChoices):
    """What a person in charge of a report may decide."""

    KEEP = "keep", _("laisser en l’état")
    HIDE = "hide", _("masquer")
    CHANGE = "change", _("demander une correction")
    RESTORE = "restore", _("remettre en ligne")
    NOTE = "note", _("noter pour le suivi")
    SEPARATE = "separate", _("ne plus mettre ces deux personnes en relation")
    PAUSE = "pause", _("suspendre les mises en relation de la personne")
    CLOSE = "close", _("clore le signalement")


D = DecisionKind


@dataclasses.dataclass(frozen=True)
class Effect:
    """What a decision does to the report it answers."""

    # The state it leads to; the same one when empty.
    to: str
    # Whether the person concerned is told, and may appeal.
    told: bool
    appealable: bool = False


EFFECTS: dict[str, Effect] = {
    D.KEEP: Effect(ReportState.SETTLED, told=False),
    D.HIDE: Effect(ReportState.SETTLED, told=True, appealable=True),
    D.CHANGE: Effect(ReportState.ASKED, told=True),
    D.RESTORE: Effect(ReportState.SETTLED, told=True),
    D.NOTE: Effect("", told=False),
    D.SEPARATE: Effect("", told=False),
    D.PAUSE: Effect("", told=True, appealable=True),
    D.CLOSE: Effect(ReportState.SETTLED, told=False),
}


def possible_decisions(kind: str, state: str, *, visible: bool, hidden: bool, editable: bool) -> list[str]:
    """Return what may be decided of a report, from what it is about and how that stands today."""
    if kind == Kind.PERSON:
        return [D.NOTE, D.SEPARATE, D.PAUSE, D.CLOSE] if state != ReportState.SETTLED else [D.NOTE]
    if hidden:
        return [D.RESTORE]
    if state == ReportState.SETTLED:
        return []
    if not visible:
        return [D.CLOSE]
    return [D.KEEP, D.CHANGE, D.HIDE] if editable and state == ReportState.OPEN else [D.KEEP, D.HIDE]


class AppealState(TextChoices):
    OPEN = "open", _("à examiner")
    UPHELD = "upheld", _("décision maintenue")
    OVERTURNED = "overturned", _("décision annulée")


@dataclasses.dataclass(frozen=True)
class Candidate:
    """Someone who might handle a report: their unit, their manager and what they have in hand."""

    person: int
    unit: int | None
    manager: int | None
    load: int


def may_handle(candidate: Candidate, people: Iterable[Any], *, conduct: bool) -> bool:
    """Tell whether this person may handle a report about and by these people, whom it must not bind.

    Never one of them, their manager, or someone they manage; about conduct, someone of another unit than both.
    """
    for person in people:
        if candidate.person in (person.pk, person.manager_id) or candidate.manager == person.pk:
            return False
        if conduct and (candidate.unit is None or candidate.unit == person.unit_id):
            return False
    return True


def by_load(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Order those who may handle a report, the least burdened first."""
    return sorted(candidates, key=lambda row: (row.load, row.person))

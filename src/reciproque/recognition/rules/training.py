"""Exchanges and groups that count as local training: words, limits, and what the law asks of a training in work."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from reciproque.kit.text import fold


class TrainingKind(TextChoices):
    """What may count as local training."""

    EXCHANGE = "exchange", _("un échange clos")
    SESSION = "session", _("une séance d’un groupe")
    GROUP = "group", _("un groupe, du début à la fin")


# Where the inside belongs to the group: its title leaves only as its charter allows, and the learner alone asks.
IN_A_GROUP = (TrainingKind.SESSION, TrainingKind.GROUP)


class Modality(TextChoices):
    """How one learned, in the words of a certificate of completion."""

    FACE = "face", _("en présentiel")
    REMOTE = "remote", _("à distance")
    PHONE = "phone", _("par téléphone")
    WORK = "work", _("en situation de travail")


class TrainingState(TextChoices):
    """Where the two people are with the hours."""

    ASKED = "asked", _("les heures de l’autre personne sont attendues")
    DIFFERENT = "different", _("les deux personnes ont donné des heures différentes")
    AGREED = "agreed", _("les deux personnes sont d’accord")
    DECLINED = "declined", _("rien n’est compté : l’autre personne préfère que non")
    LAPSED = "lapsed", _("rien n’est compté : pas de réponse dans le délai")
    WITHDRAWN = "withdrawn", _("retirée")


WAITING = (TrainingState.ASKED, TrainingState.DIFFERENT)
LIVE = (*WAITING, TrainingState.AGREED)


class Shown(TextChoices):
    """What the public page of an attestation may say, each chosen by the one whose attestation it is."""

    NAME = "name", _("mon nom")
    TITLE = "title", _("l’intitulé")
    DATES = "dates", _("les dates")
    HOURS = "hours", _("le nombre d’heures")
    ORGANISATION = "organisation", _("le réseau")


class StoreVersion(TextChoices):
    """The versions of xAPI that a Learning Record Store may speak."""

    TWO = "2.0.0", "xAPI 2.0"
    ONE = "1.0.3", "xAPI 1.0.3"


class StatementState(TextChoices):
    WAITING = "waiting", _("à envoyer")
    SENT = "sent", _("pris")
    REFUSED = "refused", _("refusé")
    CANCELLED = "cancelled", _("annulé avant l’envoi")


class StatementKind(TextChoices):
    RECORD = "record", _("une formation suivie")
    VOID = "void", _("une annulation")


class ExportForm(TextChoices):
    CSV = "csv", _("CSV, à ouvrir dans un tableur ou un autre logiciel")
    XLSX = "xlsx", _("Excel (XLSX)")


TITLE_MAX = 200
AIMS_MAX = 1500
CONDITION_LEAST, CONDITION_MOST = 30, 1500
QUARTER = Decimal("0.25")
HOURS_LEAST, HOURS_MOST = QUARTER, Decimal(200)
# A day learns no longer than that, whatever is said of it.
HOURS_A_DAY = 12
# Nobody remembers the hours of what is older.
OLDEST = dt.timedelta(days=3 * 366)


@dataclasses.dataclass(frozen=True)
class Condition:
    """One of the four legal conditions of a training in work (art. D. 6313-3-2), and what it takes to meet it."""

    field: str
    name: Any
    asks: Any
    refused: Any


CONDITIONS = (
    Condition(
        "analysis",
        _("L’analyse du travail"),
        _(
            "L’activité de travail a été regardée avant, pour en faire une occasion d’apprendre : dites comment."
        ),
        _(
            "Dites comment le travail a été analysé et adapté pour apprendre : sans cela, ce n’est pas une AFEST."
        ),
    ),
    Condition(
        "guidance",
        _("La personne désignée pour former"),
        _(
            "Celle qui transmet a été désignée à l’avance comme formatrice, et en a tenu le rôle : dites lequel."
        ),
        _(
            "Dites comment la personne qui forme a été désignée et ce qu’elle a fait : sans cela, ce n’est pas une AFEST."
        ),
    ),
    Condition(
        "reflection",
        _("Les temps de réflexion, à part du travail"),
        _(
            "À d’autres moments que le travail, vous avez comparé ensemble ce qui était attendu, ce qui a été fait et "
            "ce qui a été appris : dites les écarts vus. Des consignes ou un simple débriefing n’en sont pas."
        ),
        _("Dites quels écarts ont été analysés, à part du travail : sans cela, ce n’est pas une AFEST."),
    ),
    Condition(
        "evaluation",
        _("Des évaluations particulières"),
        _("Ce qui a été appris a été évalué pendant ou à la fin : dites comment, et ce que cela a montré."),
        _("Dites comment ce qui a été appris a été évalué : sans cela, ce n’est pas une AFEST."),
    ),
)


def missing_conditions(values: Mapping[str, str]) -> dict[str, Any]:
    """Return, by field, why these words do not meet the four conditions; empty when they do."""
    problems: dict[str, Any] = {}
    seen: dict[str, str] = {}
    for condition in CONDITIONS:
        words = " ".join(values.get(condition.field, "").split())
        if len(words) < CONDITION_LEAST:
            problems[condition.field] = condition.refused
        elif fold(words) in seen:
            problems[condition.field] = _(
                "Les mêmes mots sont déjà à une autre condition : chacune a les siens."
            )
        seen[fold(words)] = condition.field
    return problems


def readable_hours(hours: Decimal | None) -> Decimal:
    """Return hours by the quarter, within what one can believe; ValueError when they are not."""
    if hours is None or not hours.is_finite() or not HOURS_LEAST <= hours <= HOURS_MOST or hours % QUARTER:
        raise ValueError
    return hours.quantize(Decimal("0.01"))


def room_for(
    starts_on: dt.date, ends_on: dt.date, others: Sequence[tuple[dt.date, dt.date, Decimal]]
) -> Decimal:
    """Return how many hours these days may still hold, beside the others counted between the same two people.

    Each day counts once: whatever the days chosen around these, all that was lived within them fits in them.
    """
    starts = {starts_on, *(one[0] for one in others if one[0] < starts_on)}
    ends = {ends_on, *(one[1] for one in others if one[1] > ends_on)}
    return min(
        HOURS_A_DAY * Decimal((last - first).days + 1)
        - sum((hours for begins, closes, hours in others if first <= begins and closes <= last), Decimal(0))
        for first in starts
        for last in ends
    )


def counted_hours(one: Decimal, other: Decimal) -> Decimal:
    """Return what counts when two people gave different hours and both know: the smaller."""
    return min(one, other)


def retry_after(tries: int) -> dt.timedelta:
    """Return how long a statement waits before it is sent again: five minutes, then twice as long, half a day at most."""
    return min(dt.timedelta(minutes=5) * 2 ** min(tries, 12), dt.timedelta(hours=12))

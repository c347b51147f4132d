"""Aim at a figure, by a day, and say why; give it up."""

from __future__ import annotations

import datetime as dt
import math

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from reciproque.insights.models import Target
from reciproque.insights.rules import INDICATORS, TARGET_WITHIN, TARGET_WORDS_MAX, Shape
from reciproque.journal.actions import record
from reciproque.kit import clock
from reciproque.kit.text import clean
from reciproque.networks.access import can_settle
from reciproque.networks.models import Network
from reciproque.people.models import Person


@transaction.atomic
def set_target(
    network: Network, indicator: str, *, by: Person, value: float, until: dt.date, why: str = ""
) -> Target:
    """Aim at a value of one indicator (a share between 0 and 1) by a day; the target before it stays in the history."""
    if not can_settle(by, network):
        raise PermissionDenied
    known = INDICATORS.get(indicator)
    if known is None or not known.better:
        raise ValidationError({"indicator": _("Cet indicateur n’a pas d’objectif.")})
    if not math.isfinite(value) or value < 0:
        raise ValidationError({"value": _("Donnez un nombre, zéro ou plus.")})
    if known.shape == Shape.RATE and value > 1:
        raise ValidationError({"value": _("Une part va de 0 à 100 %.")})
    today = clock.now().date()
    if not today < until <= today + TARGET_WITHIN:
        raise ValidationError({"until": _("Choisissez une date à venir, dans les cinq ans.")})
    why = clean(why).strip()
    if len(why) > TARGET_WORDS_MAX:
        raise ValidationError({"why": _("Trop long : 300 caractères au plus.")})
    now = clock.now()
    Target.objects.aimed().filter(network=network, indicator=indicator).update(ended_at=now)
    target = Target.objects.create(
        network=network, indicator=indicator, value=value, until=until, why=why, set_by=by, set_at=now
    )
    record("target.set", target, by=by, network=network, indicator=indicator, until=until.isoformat())
    return target


@transaction.atomic
def drop_target(network: Network, indicator: str, *, by: Person) -> None:
    """Give up what was aimed at on one indicator; nothing happens when nothing was."""
    if not can_settle(by, network):
        raise PermissionDenied
    target = Target.objects.aimed().filter(network=network, indicator=indicator).first()
    if target is None:
        return
    if Target.objects.aimed().filter(pk=target.pk).update(ended_at=clock.now()):
        record("target.dropped", target, by=by, network=network, indicator=indicator)

"""Say what running a network costs: its own figures, nothing filled in for it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from reciproque.insights.actions.measure import measure_costs
from reciproque.insights.models import Costs
from reciproque.insights.rules.costs import ACCOUNT_SINCE, COST_WORDS_MAX, SPREAD_MOST
from reciproque.journal.actions import record
from reciproque.kit import clock
from reciproque.kit.text import clean
from reciproque.networks.access import can_settle
from reciproque.networks.models import Network
from reciproque.people.models import Person


@transaction.atomic
def set_costs(
    network: Network,
    *,
    by: Person,
    since: dt.date,
    animation_hours: Decimal | None = None,
    hour_cost: Decimal | None = None,
    tools: Decimal | None = None,
    events: Decimal | None = None,
    training_day_price: Decimal | None = None,
    training_day_hours: Decimal | None = None,
    spread: int = 0,
    words: str = "",
) -> Costs:
    """Say what a year of the network costs from a day on; the account before it holds until then, and stays."""
    if not can_settle(by, network):
        raise PermissionDenied
    today = clock.now().date()
    if not today - ACCOUNT_SINCE <= since <= today:
        raise ValidationError({"since": _("Choisissez un jour passé ou celui d’aujourd’hui.")})
    sums: dict[str, Any] = {
        "animation_hours": animation_hours,
        "hour_cost": hour_cost,
        "tools": tools,
        "events": events,
        "training_day_price": training_day_price,
        "training_day_hours": training_day_hours,
    }
    if all(value is None for value in sums.values()):
        raise ValidationError(_("Donnez au moins un montant : rien n’est inventé à votre place."))
    if (training_day_price is None) != (training_day_hours is None):
        missing = "training_day_hours" if training_day_hours is None else "training_day_price"
        raise ValidationError(
            {
                missing: _(
                    "Le prix d’une journée et ses heures se donnent ensemble : l’un sans l’autre ne compare rien."
                )
            }
        )
    if not 0 <= spread <= SPREAD_MOST:
        raise ValidationError({"spread": _("Une marge va de 0 à 90 %.")})
    words = clean(words).strip()
    if len(words) > COST_WORDS_MAX:
        raise ValidationError({"words": _("Trop long : 500 caractères au plus.")})
    account = Costs(network=network, since=since, spread=spread, words=words, by=by, at=clock.now(), **sums)
    account.clean_fields()
    costs, _new = Costs.objects.update_or_create(
        network=network,
        since=since,
        defaults={**sums, "spread": spread, "words": words, "by": by, "at": account.at},
    )
    measure_costs(network)
    record("costs.set", costs, by=by, network=network, since_on=since.isoformat())
    return costs

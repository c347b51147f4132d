"""Choose how much each reason counts in a network."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from reciproque.journal.actions import record
from reciproque.kit import clock
from reciproque.matching.engine.score import FULL, TERMS, Weights
from reciproque.matching.models import Tuning
from reciproque.matching.queries.tuning import tuning_of
from reciproque.matching.rules import MOST_RECIPROCITY, MOST_WEIGHT, RECIPROCITY
from reciproque.networks.access import can_settle
from reciproque.networks.models import Network
from reciproque.people.models import Person


def checked_weights(weights: Mapping[str, int], threshold: int) -> Weights:
    """Return weights (of each term, in thousandths) as the engine takes them. Raises ValidationError, by field."""
    errors = {
        name: _("Choisissez un nombre entre 0 et %(most)s.") % {"most": MOST_WEIGHT}
        for name, value in weights.items()
        if name not in TERMS or not 0 <= value <= MOST_WEIGHT
    }
    if not 0 <= threshold <= FULL:
        errors["threshold"] = _("Choisissez un nombre entre 0 et %(most)s.") % {"most": FULL}
    if errors:
        raise ValidationError(errors)
    return dataclasses.replace(Weights(), threshold=threshold, **weights)


@transaction.atomic
def tune(
    network: Network, *, weights: Mapping[str, int], threshold: int, reciprocity: int, by: Person
) -> None:
    """Keep a network's weights; what is proposed is computed again by the worker. Raises ValidationError, by field."""
    if not can_settle(by, network):
        raise PermissionDenied
    chosen = checked_weights(weights, threshold)
    if not 0 <= reciprocity <= MOST_RECIPROCITY:
        raise ValidationError(
            {"reciprocity": _("Choisissez un nombre entre 0 et %(most)s.") % {"most": MOST_RECIPROCITY}}
        )
    tuned = tuning_of(network)
    if (tuned.weights, tuned.reciprocity) == (chosen, reciprocity):
        return
    Tuning.objects.update_or_create(
        network=network,
        defaults={
            "weights": dict(chosen),
            "threshold": threshold,
            "reciprocity": reciprocity,
            "changed_at": clock.now(),
            "changed_by": by,
            "waiting": True,
        },
    )
    record(
        "matching.tuned",
        network,
        by=by,
        network=network,
        weights=dict(chosen),
        threshold=threshold,
        reciprocity=reciprocity,
    )


def untune(network: Network, *, by: Person) -> None:
    """Go back to the weights that networks start with."""
    tune(network, weights=dict(Weights()), threshold=Weights().threshold, reciprocity=RECIPROCITY, by=by)

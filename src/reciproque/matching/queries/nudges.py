"""What is shown to someone who could share something."""

from __future__ import annotations

from reciproque.matching.models import Nudge
from reciproque.networks.models import Network
from reciproque.people.models import Person


def nudges_of(person: Person, network: Network | None = None, limit: int = 1) -> list[Nudge]:
    """Return what somebody was shown and has neither followed nor put away, latest first."""
    rows = Nudge.objects.visible_to(person).open()
    if network is not None:
        rows = rows.filter(network=network)
    return list(rows.select_related("network", "request__author__unit", "request__author__site")[:limit])

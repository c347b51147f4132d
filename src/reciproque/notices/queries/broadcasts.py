"""What the animation team wrote to parts of a network."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q

from reciproque.journal.models import Fact
from reciproque.networks.models import Network
from reciproque.notices.models import Broadcast, Outgoing
from reciproque.notices.rules import TAKEN, TO_LEAVE, UNDELIVERED, Channel, OutgoingState


def broadcasts_of(network: Network, limit: int = 50) -> list[Broadcast]:
    """Return what was written, latest first, each with how many letters `left`, are `waiting`, were `undelivered`."""
    found = list(Broadcast.objects.filter(network=network).select_related("by")[:limit])
    facts = Fact.objects.filter(
        name="broadcast.sent", subject_kind="broadcast", subject_id__in=[row.public_id for row in found]
    )
    numbers: dict[int | None, str] = dict(facts.values_list("pk", "subject_id"))
    rows = Outgoing.objects.filter(network=network, fact_id__in=list(numbers), channel=Channel.EMAIL)
    counts = {
        numbers[row["fact_id"]]: row
        for row in rows.order_by()
        .values("fact_id")
        .annotate(
            left=Count("pk", filter=Q(state__in=[*TAKEN, OutgoingState.GROUPED])),
            waiting=Count("pk", filter=Q(state__in=[*TO_LEAVE, OutgoingState.HELD])),
            undelivered=Count("pk", filter=Q(state__in=UNDELIVERED)),
        )
    }
    for broadcast in found:
        row: dict[str, Any] = dict(counts.get(broadcast.public_id, {}))
        for name in ("left", "waiting", "undelivered"):
            setattr(broadcast, name, row.get(name, 0))
    return found

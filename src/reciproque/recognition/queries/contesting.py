"""The contests of a network, for those who may settle them."""

from __future__ import annotations

from reciproque.networks.models import Network
from reciproque.people.models import Person
from reciproque.recognition.access import may_settle
from reciproque.recognition.models import Contest

MOST_OVER = 100


def contests_in(network: Network, viewer: Person) -> list[Contest]:
    """Return the contests of a network that this viewer may settle, those that wait first, then the latest settled.

    Not those to which they are a party, nor those about someone of their line of management.
    """
    related = ("skill__topic", "skill__person__unit", "skill__person__site", "network")
    rows = Contest.objects.filter(certification__network=network).select_related(
        *(f"certification__{name}" for name in related), "by", "settled_by"
    )
    waiting = rows.filter(settled_at=None).order_by("-at", "-pk")
    over = rows.filter(settled_at__isnull=False).order_by("-settled_at", "-pk")[:MOST_OVER]
    found = [*waiting, *over]
    may = may_settle(found, [viewer])
    return [row for row in found if (row.pk, viewer.pk) in may]

"""The contests of a network, for those who may settle them."""

from __future__ import annotations

from reciproque.networks.models import Network
from reciproque.people.models import Person
from reciproque.recognition.access import may_settle
from reciproque.recognition.models import Contest, Skill

MOST_OVER = 100


def contests_about(skill: Skill, viewer: Person) -> list[Contest]:
    """Return the contests about a skill that this viewer made, or all when it is theirs: those that wait first."""
    rows = Contest.objects.filter(certification__skill=skill)
    if viewer.pk != skill.person_id:
        rows = rows.filter(by=viewer)
    found = rows.select_related("certification__network").order_by("-at", "-pk")
    return sorted(found, key=lambda row: row.settled_at is not None)


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

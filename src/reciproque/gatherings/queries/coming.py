"""Who is told of a gathering, and the ones to which someone said they come: what their agenda shows."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet

from reciproque.gatherings.models import Gathering
from reciproque.gatherings.rules import Answer, GatheringState, NameShown
from reciproque.networks.access import Scope
from reciproque.networks.models import Membership, Network
from reciproque.people.models import Person


def members_told(network: Network, within: Mapping[str, Any]) -> QuerySet[Membership]:
    """Return the members told of what is announced within one part of a network, or in all of it."""
    scope = Scope(site=within.get("site"), unit=within.get("unit", ""))
    return Membership.objects.current().filter(scope.people("person"), network=network)


def announced_to(gathering: Gathering, within: Mapping[str, Any]) -> QuerySet[Membership]:
    """Return whom its announcement reaches: the members of that part, but for who plans it."""
    return members_told(gathering.network, within).exclude(person=gathering.planned_by_id)


def coming_gatherings(person: Person, now: dt.datetime, limit: int = 20) -> list[Gathering]:
    """Return what is to come of the gatherings where this person is expected, soonest first."""
    rows = Gathering.objects.filter(
        participants__person=person,
        participants__answer=Answer.YES,
        state__in=[GatheringState.PLANNED, GatheringState.OPEN],
        ends_at__gte=now,
    )
    return list(rows.order_by("starts_at")[:limit])


def named_in(gathering: Gathering) -> set[int]:
    """Return the people who agreed to see their whole name shown in the room (their keys): on screen and on paper."""
    shown = gathering.participants.filter(shown=NameShown.FULL, person__isnull=False)
    return set(shown.values_list("person_id", flat=True))

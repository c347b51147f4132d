"""The fairs and sessions to which someone said they come: what their agenda shows."""

import datetime as dt

from reciproque.gatherings.models import Gathering
from reciproque.gatherings.rules import Answer, GatheringState, NameShown
from reciproque.people.models import Person


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

"""A learning network at its launch, for the tests of the day and of the groups."""

from __future__ import annotations

import datetime as dt
from typing import Any

from reciproque.initiatives.actions.days import open_day, plan_day
from reciproque.initiatives.actions.framing import open_frame
from reciproque.initiatives.models import ExpectedResult, Frame, LaunchDay
from reciproque.kit import clock
from reciproque.networks.models import PoolMember

HOUR = dt.timedelta(hours=1)
ROOMS = [("Salle Jaurès", 20), ("Salle Curie", 3), ("Visio", 100)]


def frame_at_launch(network: Any, by: Any) -> Frame:
    """A learning network whose panel has voted: two themes, ready for its launch day."""
    frame = open_frame(network, by=by, vision="Répondre le jour même.")
    for rank, title in enumerate(["Répondre plus vite", "Mieux accueillir"], start=1):
        ExpectedResult.objects.create(
            frame=frame,
            title=title,
            tied_to="customer",
            horizon="direct",
            proposed_by=by,
            rank=rank,
            is_theme=True,
        )
    Frame.objects.filter(pk=frame.pk).update(phase="launch", vote_closed_at=clock.now())
    frame.refresh_from_db()
    return frame


def slots_from(start: dt.datetime, n: int = 3) -> list[tuple[dt.datetime, dt.datetime]]:
    """One-hour slots, one after the other."""
    return [(start + k * HOUR, start + (k + 1) * HOUR) for k in range(n)]


def day_of(frame: Frame, by: Any, *, opened: bool = False, **fields: Any) -> LaunchDay:
    """A launch day of three slots and three rooms, for this very day."""
    values: dict[str, Any] = {
        "title": "Notre journée de lancement",
        "slots": slots_from(clock.now() + HOUR),
        "rooms": ROOMS,
        "place": "Siège, 2e étage",
    } | fields
    day = plan_day(frame, by=by, **values)
    return open_day(day, by=by) if opened else day


def helper_of(network: Any, person: Any, by: Any, *abilities: str, at_most: int = 2) -> PoolMember:
    """Someone of the pool."""
    return PoolMember.objects.create(
        network=network, person=person, abilities=list(abilities), added_by=by, at_most=at_most
    )

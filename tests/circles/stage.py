"""A group already made, with its sessions: the rooms are looked at without going through its whole life."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from reciproque.agenda.models import Attendance, Meeting
from reciproque.circles.models import Circle, Seat, Session
from reciproque.kit import clock


def make_circle(network: Any, facilitator: Any, members: Sequence[Any], **fields: Any) -> Circle:
    """Make a group in which these people sit, at its sessions."""
    now = clock.now()
    fields.setdefault("state", "sessions")
    fields.setdefault("title", "Manager à distance")
    fields.setdefault("opened_by", facilitator)
    circle = Circle.objects.create(
        network=network,
        facilitator=facilitator,
        called_at=now,
        call_until=now.date(),
        constituted_at=now,
        began_at=now,
        **fields,
    )
    for person in members:
        Seat.objects.create(circle=circle, person=person, state="seated", settled_at=now)
    return circle


def make_session(circle: Circle, number: int = 1, days: float = 0, **fields: Any) -> Session:
    """Plan a session of a group, its date fixed."""
    starts = clock.now() + dt.timedelta(days=days)
    session = Session.objects.create(circle=circle, number=number, **fields)
    meeting = Meeting.objects.create(
        subject_kind="session",
        subject_id=session.public_id,
        network=circle.network,
        kind="group",
        title=circle.title,
        state="fixed",
        starts_at=starts,
        ends_at=starts + dt.timedelta(minutes=210),
        mode="video",
        place="https://visio.example.org/salle",
    )
    people = [seat.person for seat in circle.seats.filter(state="seated").select_related("person")]
    for person in [*people, circle.facilitator]:
        if person is not None:
            Attendance.objects.create(meeting=meeting, person=person)
    Session.objects.filter(pk=session.pk).update(meeting=meeting)
    return Session.objects.select_related("circle__network", "circle__facilitator", "meeting").get(
        pk=session.pk
    )

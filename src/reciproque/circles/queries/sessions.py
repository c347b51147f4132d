"""Sessions, their poll and their roll, as pages read them."""

from __future__ import annotations

import dataclasses
import datetime as dt
from zoneinfo import ZoneInfo

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from reciproque.agenda.models import Attendance, Poll
from reciproque.agenda.queries import poll_about
from reciproque.agenda.rules import MeetingState
from reciproque.circles.models import Circle, Session
from reciproque.circles.rules import SESSIONS_MOST, RoomState
from reciproque.kit import clock
from reciproque.kit.dates import holiday_name, is_working_day, zone_country
from reciproque.people.models import Person

MOST_WEEKS = 12


def sessions_of(circle: Circle) -> list[Session]:
    """Return the sessions of a group in the order of their dates, each with its meeting and who is expected.

    One called off bears no number that means anything (its meeting is cancelled). The caller shares the group.
    """
    people = Attendance.objects.filter(left_at=None).select_related("person")
    rows = circle.sessions.select_related("meeting", "client__person").prefetch_related(
        Prefetch("meeting__attendances", people)
    )
    return sorted(rows, key=_when)


def _when(session: Session) -> tuple[bool, dt.datetime, int]:
    starts_at = session.meeting.starts_at if session.meeting else None
    return (starts_at is None, starts_at or clock.now(), session.pk)


def next_session(circle: Circle) -> Session | None:
    """Return the session under way or the next one to come, if any."""
    rows = circle.sessions.filter(meeting__state=MeetingState.FIXED, meeting__ends_at__gte=clock.now())
    return rows.select_related("meeting", "client__person").order_by("meeting__starts_at", "pk").first()


def count_sessions(circle: Circle) -> dict[str, int]:
    """Return how many sessions were held, are to come, and were decided."""
    states = list(circle.sessions.values_list("meeting__state", flat=True))
    held, coming = states.count(MeetingState.HELD), states.count(MeetingState.FIXED)
    return {"held": held, "coming": coming, "wanted": circle.sessions_wanted}


def poll_of(circle: Circle) -> Poll | None:
    """Return the latest poll of a group's dates that was not given up, open or closed."""
    return poll_about(circle)


@dataclasses.dataclass(frozen=True)
class RollLine:
    """Someone expected at a session, and whether they were there (None: nobody said)."""

    person: Person
    attended: bool | None
    by_phone: bool
    leads: bool


def roll_of(session: Session) -> list[RollLine]:
    """Return who was expected at a session, members first; who left the group before it is not (caller shares it)."""
    if session.meeting is None:
        return []
    rows = session.meeting.attendances.filter(left_at=None).select_related("person")
    host = session.meeting.host_id
    lines = [RollLine(row.person, row.attended, row.by_phone, row.person_id == host) for row in rows]
    return sorted(lines, key=lambda line: (line.leads, line.person.last_name, line.person.first_name))


def roll_is_due(session: Session) -> bool:
    """Tell whether a session was held in its room and nobody said yet who was there."""
    meeting = session.meeting
    if session.state != RoomState.CLOSED or meeting is None or meeting.state == MeetingState.CANCELLED:
        return False
    return not meeting.attendances.filter(attended__isnull=False).exists()


@dataclasses.dataclass(frozen=True)
class Series:
    """A regular series of dates, and the days it skipped with the reason."""

    starts: list[dt.datetime]
    skipped: list[tuple[dt.date, str]]


def series_starts(first: dt.datetime, every_weeks: int, count: int, country: str, zone: str) -> Series:
    """Return `count` dates at the same local hour every so many weeks; public holidays are skipped, and said.

    `country` is the network's; the holidays are those of the zone's own country when it is known.
    """
    every_weeks, count = min(max(every_weeks, 1), MOST_WEEKS), min(max(count, 1), SESSIONS_MOST)
    local = first.astimezone(ZoneInfo(zone))
    where = zone_country(zone, country)
    starts: list[dt.datetime] = []
    skipped: list[tuple[dt.date, str]] = []
    day = local.date()
    # A date skipped gives its turn to the next one: bounded, were every day a holiday.
    for _turn in range(count * 3):
        if len(starts) == count:
            break
        if is_working_day(day, where) or (day.weekday() > 4 and not holiday_name(day, where)):
            # A weekend was chosen on purpose: the first date says so.
            wall = dt.datetime.combine(day, local.timetz().replace(tzinfo=None), ZoneInfo(zone))
            starts.append(wall.astimezone(dt.UTC))
        else:
            skipped.append((day, holiday_name(day, where) or _("jour férié")))
        day += dt.timedelta(weeks=every_weeks)
    return Series(starts, skipped)

"""Dates of sessions: by poll, as a series, one by one; move them, cancel one, cancel all of a group that stops."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from reciproque.agenda import actions as agenda
from reciproque.agenda.models import Meeting, Poll
from reciproque.agenda.queries import poll_about
from reciproque.agenda.rules import MeetingState, Mode, PollState, StepState, Verb
from reciproque.circles.access import is_facilitator
from reciproque.circles.actions.noting import expect, lock, note, people_of
from reciproque.circles.models import Circle, Session
from reciproque.circles.queries.room import is_blank
from reciproque.circles.rules import SESSIONS_MOST, SHORT_MINUTES, CircleState, Method, RoomState, SeatState
from reciproque.kit import clock
from reciproque.people.models import Person

# Where dates are found: once the group is made, until it writes.
DATED_IN = (CircleState.RULES, CircleState.SESSIONS)
# A session called off leaves its number to the next one.
CALLED_OFF_FROM = 1000
BEGUN = _("Cette séance a déjà commencé : sa date ne change plus.")


def _check_dating(circle: Circle, by: Person) -> None:
    if not is_facilitator(by, circle):
        raise PermissionDenied
    if circle.state not in DATED_IN:
        raise ValidationError(
            _("Les dates se fixent une fois le groupe constitué, et jusqu’à sa dernière séance.")
        )


def _members(circle: Circle) -> list[Person]:
    seats = circle.seats.filter(state=SeatState.SEATED).select_related("person")
    return [seat.person for seat in seats]


def _live(circle: Circle) -> list[Session]:
    """Return the sessions that take or took place, in the order of their dates."""
    rows = circle.sessions.exclude(meeting__state=MeetingState.CANCELLED).select_related("meeting")
    return sorted(rows, key=_when)


def _when(session: Session) -> tuple[dt.datetime, int]:
    starts_at = session.meeting.starts_at if session.meeting else None
    return starts_at or clock.now(), session.pk


@transaction.atomic
def open_session_poll(
    circle: Circle,
    *,
    by: Person,
    starts: Iterable[dt.datetime],
    closes_at: dt.datetime,
    wanted: int | None = None,
) -> Poll:
    """Put dates to the members of a group; as many as `wanted` will be kept (else what is still to be dated)."""
    _check_dating(circle, by)
    dates = sorted(set(starts))
    left = max(1, circle.sessions_wanted - len(_live(circle)))
    return agenda.open_poll(
        circle,
        _members(circle),
        network=circle.network,
        title=circle.title,
        starts=dates,
        closes_at=closes_at,
        by=by,
        wanted=min(left, len(dates) or 1) if wanted is None else wanted,
        minutes=circle.minutes,
    )


@transaction.atomic
def fix_sessions(circle: Circle, *, by: Person, starts: Iterable[dt.datetime]) -> list[Session]:
    """Fix the dates of the sessions at once, from the poll or a series; everyone is told in one message.

    A date already fixed stays as it is: sent twice, the same list fixes nothing more. Return the new sessions.
    """
    circle = lock(circle)
    _check_dating(circle, by)
    asked = sorted(set(starts))
    taken = {session.meeting.starts_at for session in _live(circle) if session.meeting}
    dates = [start for start in asked if start not in taken]
    if asked and not dates:
        return []
    agenda.check_starts(dates, circle.minutes)
    _check_room_for(circle, dates, circle.minutes)
    people = people_of(circle)
    sessions = [_make(circle, by, people, start, minutes=circle.minutes) for start in dates]
    number_sessions(circle)
    _dated(circle)
    meetings = [session.meeting for session in sessions if session.meeting]
    tell_series("sessions.fixed", circle, by, people, meetings)
    return sessions


def _check_room_for(
    circle: Circle, dates: Sequence[dt.datetime], minutes: int, *, but: Session | None = None
) -> None:
    live = [session for session in _live(circle) if but is None or session.pk != but.pk]
    if len(live) + len(dates) > SESSIONS_MOST:
        raise ValidationError({"starts": _("Un groupe tient vingt-quatre séances au plus.")})
    length = dt.timedelta(minutes=minutes)
    for session in live:
        meeting = session.meeting
        if meeting is None or meeting.starts_at is None or meeting.ends_at is None:
            continue
        if any(start < meeting.ends_at and start + length > meeting.starts_at for start in dates):
            raise ValidationError({"starts": _("Une des dates tombe en même temps qu’une autre séance.")})


def _make(
    circle: Circle, host: Person, people: Sequence[Person], start: dt.datetime, *, minutes: int, **fields: Any
) -> Session:
    how = {"mode": fields.pop("mode", "") or circle.mode, "place": fields.pop("place", "") or circle.place}
    fields.setdefault("method", circle.method)
    # Numbered with the others once all are made.
    last = circle.sessions.order_by("-number").values_list("number", flat=True).first() or 0
    number = max(last, CALLED_OFF_FROM) + 1
    session = Session.objects.create(circle=circle, number=number, **fields)
    session.meeting = agenda.plan_session_meeting(
        session,
        people,
        network=circle.network,
        series=circle,
        host=host,
        title=circle.title,
        starts_at=start,
        minutes=minutes,
        **how,
    )
    session.save(update_fields=["meeting"])
    return session


def number_sessions(circle: Circle) -> None:
    """Number the sessions in the order of their dates; those called off come after, whatever their date."""
    rows = list(circle.sessions.select_related("meeting"))
    off = [row for row in rows if row.meeting and row.meeting.state == MeetingState.CANCELLED]
    live = sorted((row for row in rows if row not in off), key=_when)
    wanted = {row.pk: number for number, row in enumerate(live, start=1)}
    wanted |= {row.pk: CALLED_OFF_FROM + number for number, row in enumerate(off, start=1)}
    wrong = [row for row in rows if row.number != wanted[row.pk]]
    if not wrong:
        return
    # Two sessions never bear the same number, even while they change.
    Session.objects.filter(pk__in=[row.pk for row in wrong]).update(number=F("number") + 2 * CALLED_OFF_FROM)
    for row in wrong:
        Session.objects.filter(pk=row.pk).update(number=wanted[row.pk])


def _dated(circle: Circle) -> None:
    """Take note that dates are fixed: nobody is expected to find them, nor to say what suits."""
    agenda.keep_dates(
        circle, [row.meeting.starts_at for row in _live(circle) if row.meeting and row.meeting.starts_at]
    )
    agenda.close_steps(circle, verb=Verb.DATES)


def tell_series(
    name: str, circle: Circle, by: Person | None, people: Iterable[Person], meetings: Sequence[Meeting]
) -> None:
    starts = [meeting.starts_at.isoformat() for meeting in meetings if meeting.starts_at]
    data = {"starts": starts, "meetings": [meeting.public_id for meeting in meetings], "count": len(starts)}
    zone = meetings[0].time_zone if meetings else ""
    note(name, circle, circle, by=by, people=people, zone=zone, **data)


def tell_session(
    name: str, session: Session, by: Person | None, people: Iterable[Person], **data: Any
) -> None:
    """Record a fact about one session, with what its messages and calendars need: never a word of its reason."""
    session.refresh_from_db(fields=["number"])
    number = data.pop("was", session.number)
    meeting = session.meeting
    if meeting is not None:
        data = {
            "meeting": meeting.public_id,
            "sequence": meeting.sequence,
            "starts_at": meeting.starts_at.isoformat() if meeting.starts_at else None,
            "kind": meeting.kind,
            **data,
        }
    note(name, session, session.circle, by=by, people=people, number=number, **data)


@transaction.atomic
def plan_session(
    circle: Circle,
    *,
    by: Person,
    starts_at: dt.datetime,
    minutes: int | None = None,
    is_short: bool = False,
    method: str = "",
    mode: str = "",
    place: str = "",
) -> Session:
    """Add one session on a date already agreed: like the others, or short and at a distance."""
    circle = lock(circle)
    _check_dating(circle, by)
    if method and method not in Method.values:
        raise ValidationError({"method": _("Choisissez parmi ce qui est proposé.")})
    for session in _live(circle):
        if session.meeting and session.meeting.starts_at == starts_at:
            return session  # pressed twice
    minutes = minutes or (SHORT_MINUTES if is_short else circle.minutes)
    agenda.check_starts([starts_at], minutes)
    _check_room_for(circle, [starts_at], minutes)
    people = people_of(circle)
    if is_short and not mode:
        mode = Mode.VIDEO if circle.mode == Mode.FACE else circle.mode
    session = _make(
        circle,
        by,
        people,
        starts_at,
        minutes=minutes,
        is_short=is_short,
        method=method or circle.method,
        mode=mode,
        place=place,
    )
    number_sessions(circle)
    _dated(circle)
    tell_session("session.planned", session, by, people, before=None)
    return session


def led(session: Session, by: Person) -> tuple[Circle, Meeting]:
    """Return the group and the meeting of a session, for its facilitator; one gesture at a time."""
    circle = lock(session.circle)
    session.refresh_from_db()
    if not is_facilitator(by, circle):
        raise PermissionDenied
    if session.meeting is None:
        raise ValidationError(_("Cette séance n’a pas de date."))
    return circle, session.meeting


def _put_back(session: Session) -> None:
    """Let a room opened by mistake, where nothing was written, wait again for its date."""
    meeting = session.meeting
    if session.state == RoomState.WAITING or meeting is None or meeting.state != MeetingState.FIXED:
        return
    to_come = meeting.starts_at is not None and meeting.starts_at > clock.now()
    if not to_come or not is_blank(session):
        return
    changes: dict[str, Any] = {
        "state": RoomState.WAITING,
        "opened_at": None,
        "closed_at": None,
        "part": 0,
        "part_started_at": None,
        "part_seconds": 0,
        "run_before": 0,
        "paused_at": None,
        "keeper": None,
    }
    Session.objects.filter(pk=session.pk).update(version=F("version") + 1, **changes)
    session.refresh_from_db(fields=[*changes, "version"])


@transaction.atomic
def move_session(
    session: Session,
    *,
    by: Person,
    starts_at: dt.datetime,
    minutes: int | None = None,
    mode: str | None = None,
    place: str | None = None,
) -> Session:
    """Move a session to another date, or elsewhere; everyone is told, and their calendars follow."""
    circle, meeting = led(session, by)
    if meeting.state == MeetingState.CANCELLED:
        raise ValidationError(_("Cette séance est annulée : ajoutez-en une autre."))
    _put_back(session)
    if meeting.state != MeetingState.FIXED or session.state != RoomState.WAITING:
        raise ValidationError(BEGUN)
    if starts_at != meeting.starts_at:
        _check_room_for(circle, [starts_at], minutes or meeting.minutes, but=session)
    before = meeting.starts_at
    if agenda.move_session_meeting(meeting, starts_at, minutes=minutes, mode=mode, place=place):
        session.meeting = meeting
        number_sessions(circle)
        tell_session(
            "session.moved", session, by, people_of(circle), before=before.isoformat() if before else None
        )
    return session


@transaction.atomic
def cancel_session(session: Session, *, by: Person, reason: str) -> Session:
    """Cancel a session with a reason that its members read; another date is then expected of the facilitator."""
    circle, meeting = led(session, by)
    if meeting.state == MeetingState.CANCELLED:
        return session
    _put_back(session)
    if session.state != RoomState.WAITING:
        raise ValidationError(
            _("Cette séance a déjà commencé : notez qui était là, ou qu’elle n’a pas eu lieu.")
        )
    agenda.cancel_session_meeting(meeting, by=by, reason=reason)
    session.meeting = meeting
    number = session.number
    number_sessions(circle)
    tell_session("session.cancelled", session, by, people_of(circle), was=number)
    expect_dates(circle)
    return session


def expect_dates(circle: Circle) -> None:
    """Expect dates of the facilitator when fewer sessions than decided are held or to come, and nobody is asked."""
    if circle.state not in DATED_IN or circle.facilitator is None:
        return
    poll = Poll.objects.about(circle).filter(state=PollState.OPEN)
    missed = [row for row in _live(circle) if row.meeting and row.meeting.state == MeetingState.MISSED]
    if len(_live(circle)) - len(missed) < circle.sessions_wanted and not poll.exists():
        expect(Verb.DATES, circle, circle.facilitator, circle.network.date_days)


@transaction.atomic
def drop_sessions(circle: Circle, *, reason: str) -> None:
    """Cancel what was to come of a group that stops, and the poll under way; everyone's calendar follows."""
    poll = poll_about(circle)
    if poll is not None and poll.state == PollState.OPEN:
        agenda.cancel_poll(poll, by=None, expect_dates=False)
    # What was begun before its date took place: its members keep it as such.
    begun = circle.sessions.exclude(state=RoomState.WAITING).select_related(
        "meeting__network", "circle__network"
    )
    for session in begun.filter(meeting__state=MeetingState.FIXED, meeting__starts_at__gt=clock.now()):
        assert session.meeting is not None
        agenda.settle_session_meeting(session.meeting, by=None, held=True, begun=True)
        tell_session("session.held", session, None, [])
    meetings = agenda.coming_in_series(circle)
    for meeting in meetings:
        agenda.cancel_session_meeting(meeting, by=None, reason=reason)
    agenda.close_steps(circle, verb=Verb.DATES, outcome=StepState.RELEASED)
    number_sessions(circle)
    if meetings:
        tell_series("sessions.dropped", circle, None, people_of(circle), meetings)

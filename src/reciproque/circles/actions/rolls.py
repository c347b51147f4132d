"""Whether a session took place, and who was there: by the roll, by its room, by the clock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from reciproque.agenda import actions as agenda
from reciproque.agenda.actions.series import ask_roll
from reciproque.agenda.models import Meeting
from reciproque.agenda.queries import overdue_steps
from reciproque.agenda.rules import MeetingState, StepState, Verb
from reciproque.circles.actions.sessions import expect_dates, led, tell_session
from reciproque.circles.models import Circle, Session
from reciproque.circles.rules import RoomState
from reciproque.kit import clock
from reciproque.people.models import Person

# Without anyone to call its roll, a session counts as held after so long.
UNLED = dt.timedelta(days=14)


@transaction.atomic
def record_roll(
    session: Session, *, by: Person, here: Iterable[int], by_phone: Iterable[int] = ()
) -> Session:
    """Note who was there (primary keys of persons), among them who joined by telephone: the session was held.

    Called again, it corrects the former roll.
    """
    circle, meeting = led(session, by)
    if meeting.state == MeetingState.CANCELLED:
        raise ValidationError(_("Cette séance est annulée."))
    present = set(here) | set(by_phone)
    fresh = agenda.settle_session_meeting(
        meeting,
        by=by,
        held=True,
        here=present,
        by_phone=set(by_phone),
        begun=session.state == RoomState.CLOSED,
    )
    session.meeting = meeting
    if fresh:
        tell_session("session.held", session, by, [], count=len(present))
        _go_on(circle)
    return session


def hold_session(session: Session, *, by: Person | None) -> None:
    """Count a session as held, since its room was, whatever its date; its roll is then expected."""
    meeting = session.meeting
    if meeting is None or meeting.state != MeetingState.FIXED:
        return
    agenda.settle_session_meeting(meeting, by=by, held=True, begun=True)
    ask_roll(meeting)
    tell_session("session.held", session, by, [])
    _go_on(session.circle)


def _go_on(circle: Circle) -> None:
    """After a session, with none to come and fewer held than decided, expect dates."""
    if not agenda.coming_in_series(circle):
        expect_dates(circle)


@transaction.atomic
def session_not_held(session: Session, *, by: Person) -> Session:
    """Note that a session whose date is past did not take place; another date is expected."""
    circle, meeting = led(session, by)
    if meeting.state == MeetingState.CANCELLED:
        return session
    if session.state != RoomState.WAITING:
        raise ValidationError(_("La salle de cette séance a été ouverte : notez plutôt qui était là."))
    if agenda.settle_session_meeting(meeting, by=by, held=False):
        session.meeting = meeting
        tell_session("session.missed", session, by, [])
        expect_dates(circle)
    return session


def settle_rolls(limit: int = 200) -> int:
    """Count as held, without attendance, the sessions of which nobody called the roll (by the clock)."""
    ids = [step.subject_id for step in overdue_steps(clock.now(), [Verb.ROLL], limit)]
    unled = Meeting.objects.fixed_before(clock.now() - UNLED).filter(kind="group", host=None)
    rows = Session.objects.filter(public_id__in=ids) | Session.objects.filter(meeting__in=unled)
    done = 0
    for session in rows.select_related("circle__network", "meeting").order_by("pk")[:limit]:
        try:
            done += _count_as_held(session)
        except ValidationError:
            continue  # called at the same instant
    return done


@transaction.atomic
def _count_as_held(session: Session) -> bool:
    meeting = session.meeting
    agenda.close_steps(session, verb=Verb.ROLL, outcome=StepState.LAPSED)
    if meeting is None or meeting.state != MeetingState.FIXED:
        return False
    agenda.settle_session_meeting(meeting, by=None, held=True)
    tell_session("session.held", session, None, [])
    _go_on(session.circle)
    return True

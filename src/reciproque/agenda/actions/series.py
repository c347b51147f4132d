"""Sessions of a group: dated by the one who leads it, with no vote of theirs; whoever plans them says so to the others.

Nothing is recorded here: the floor whose group it is writes its own facts, which animators' figures do not count.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from reciproque.agenda.actions.steps import StepSubject, close_steps, open_step
from reciproque.agenda.models import Attendance, Meeting
from reciproque.agenda.rules import (
    LIVE_MEETING,
    MAX_MINUTES,
    MIN_MINUTES,
    MeetingKind,
    MeetingState,
    Mode,
    StepState,
    Verb,
    check_mode,
    deadline,
)
from reciproque.kit import clock
from reciproque.kit.rows import move
from reciproque.kit.text import clean
from reciproque.networks.models import Network
from reciproque.people.models import Person

MOST_AHEAD = dt.timedelta(days=550)
PLACE_MAX = 300


def check_starts(starts: Sequence[dt.datetime], minutes: int) -> None:
    """Refuse impossible dates of sessions with a sentence; `starts` are aware moments."""
    now = clock.now()
    if not starts:
        raise ValidationError({"starts": _("Donnez au moins une date.")})
    if any(start <= now for start in starts):
        raise ValidationError({"starts": _("Une des dates est déjà passée. Choisissez des dates à venir.")})
    if any(start > now + MOST_AHEAD for start in starts):
        raise ValidationError({"starts": _("Une des dates est à plus de dix-huit mois. Vérifiez l’année.")})
    if not MIN_MINUTES <= minutes <= MAX_MINUTES:
        raise ValidationError({"minutes": _("La durée va de 15 minutes à 8 heures.")})
    ordered = sorted(starts)
    length = dt.timedelta(minutes=minutes)
    if any(later < first + length for first, later in itertools.pairwise(ordered)):
        raise ValidationError({"starts": _("Deux des dates se chevauchent.")})


def plan_session_meeting(
    subject: Any,
    people: Iterable[Person],
    *,
    network: Network,
    series: Any,
    host: Person,
    title: str,
    starts_at: dt.datetime,
    minutes: int,
    mode: str = Mode.FACE,
    place: str = "",
) -> Meeting:
    """Fix at once the meeting of one session; only `host` dates it and calls its roll."""
    try:
        with transaction.atomic():
            meeting = Meeting.objects.create(
                subject_kind=subject.subject_kind,
                subject_id=subject.public_id,
                series_kind=series.subject_kind,
                series_id=series.public_id,
                network=network,
                kind=MeetingKind.GROUP,
                host=host,
                title=title[:200],
                state=MeetingState.FIXED,
                starts_at=starts_at,
                ends_at=starts_at + dt.timedelta(minutes=minutes),
                minutes=minutes,
                mode=check_mode(mode),
                place=clean(place).strip()[:PLACE_MAX],
                time_zone=host.time_zone,
                sequence=1,
                created_at=clock.now(),
            )
    except IntegrityError as error:
        raise ValidationError(_("Cette séance a déjà une date.")) from error
    attendances = {person.pk: Attendance(meeting=meeting, person=person) for person in (*people, host)}
    Attendance.objects.bulk_create(attendances.values())
    return meeting


def move_session_meeting(
    meeting: Meeting,
    starts_at: dt.datetime,
    *,
    minutes: int | None = None,
    mode: str | None = None,
    place: str | None = None,
) -> bool:
    """Date a session otherwise, or elsewhere; False when nothing changes. Its roll is no longer expected."""
    minutes, mode = minutes or meeting.minutes, check_mode(mode or meeting.mode)
    place = meeting.place if place is None else clean(place).strip()[:PLACE_MAX]
    wanted = (starts_at, minutes, mode, place)
    if wanted == (meeting.starts_at, meeting.minutes, meeting.mode, meeting.place):
        return False
    if starts_at != meeting.starts_at:
        check_starts([starts_at], minutes)
    move(
        meeting,
        MeetingState.FIXED,
        since=[MeetingState.FIXED],
        starts_at=starts_at,
        ends_at=starts_at + dt.timedelta(minutes=minutes),
        minutes=minutes,
        mode=mode,
        place=place,
        sequence=meeting.sequence + 1,
    )
    close_steps(_subject(meeting), verb=Verb.ROLL, outcome=StepState.RELEASED)
    return True


def cancel_session_meeting(meeting: Meeting, *, by: Person | None, reason: str) -> None:
    """Cancel a session with a reason that those invited read on its page."""
    reason = clean(reason).strip()[:1000]
    if not reason:
        raise ValidationError(
            {"reason": _("Dites pourquoi, en une phrase : les membres du groupe la liront.")}
        )
    move(
        meeting,
        MeetingState.CANCELLED,
        since=LIVE_MEETING,
        cancel_reason=reason,
        sequence=meeting.sequence + 1,
        settled_by=by,
        settled_at=clock.now(),
    )
    close_steps(_subject(meeting), verb=Verb.ROLL, outcome=StepState.RELEASED)


def settle_session_meeting(
    meeting: Meeting,
    *,
    by: Person | None,
    held: bool,
    here: Collection[int] | None = None,
    by_phone: Collection[int] = (),
    begun: bool = False,
) -> bool:
    """Say that a session took place, and who was there (primary keys; None: nobody said), or that it did not.

    `begun`: it did take place, though before its date. A roll called again corrects the former one.
    Return False when the session was already settled the same way.
    """
    if not begun and meeting.starts_at is not None and meeting.starts_at > clock.now():
        raise ValidationError(_("Cette séance n’a pas encore commencé : sa date n’est pas passée."))
    state = MeetingState.HELD if held else MeetingState.MISSED
    again = meeting.state == state
    if not again:
        move(
            meeting,
            state,
            since=[MeetingState.FIXED, MeetingState.HELD, MeetingState.MISSED],
            settled_by=by,
            settled_at=clock.now(),
        )
    invited = meeting.attendances.filter(left_at=None)
    if held and here is not None:
        present = set(here) | set(by_phone)
        if present - set(invited.values_list("person_id", flat=True)):
            raise ValidationError({"here": _("Une des personnes cochées n’est pas attendue à cette séance.")})
        invited.update(attended=False, by_phone=False)
        invited.filter(person__in=present).update(attended=True)
        invited.filter(person__in=list(by_phone)).update(by_phone=True)
    elif not held:
        invited.update(attended=False, by_phone=False)
    close_steps(_subject(meeting), verb=Verb.ROLL)
    return not again


def invite_to_series(group: Any, person: Person) -> list[Meeting]:
    """Invite someone to the sessions of a group still to come; return them, in order."""
    meetings = _coming(group)
    for meeting in meetings:
        Attendance.objects.update_or_create(meeting=meeting, person=person, defaults={"left_at": None})
    return meetings


def leave_series(group: Any, person: Person) -> list[Meeting]:
    """Take someone off the sessions of a group still to come; return those they were invited to, in order."""
    left = []
    for meeting in _coming(group):
        mine = meeting.attendances.filter(person=person, left_at=None)
        if mine.update(left_at=clock.now()):
            left.append(_next_version(meeting))
    return left


def hand_series(group: Any, host: Person | None) -> list[Meeting]:
    """Let another person date the sessions to come and call the rolls still to be called; None: nobody for now."""
    waiting = Meeting.objects.in_series(group).filter(state=MeetingState.FIXED)
    waiting.update(host=host)
    meetings = list(waiting.select_related("network").order_by("starts_at", "pk"))
    for meeting in meetings:
        subject = _subject(meeting)
        expected = close_steps(subject, verb=Verb.ROLL, outcome=StepState.RELEASED)
        if expected and host is not None:
            ask_roll(meeting)
    # Held in its room, its roll not called yet.
    for meeting in Meeting.objects.in_series(group).filter(state=MeetingState.HELD).select_related("network"):
        expected = close_steps(_subject(meeting), verb=Verb.ROLL, outcome=StepState.RELEASED)
        if expected and host is not None:
            meeting.host = host
            ask_roll(meeting)
    return meetings


def ask_roll(meeting: Meeting) -> None:
    """Expect the roll of a session now past of the one who leads it."""
    if meeting.host is None:
        return
    now = clock.now()
    due = deadline(meeting.network, meeting.network.confirm_days, now, meeting.time_zone)
    open_step(
        Verb.ROLL,
        _subject(meeting),
        network=meeting.network,
        owner=meeting.host,
        due_at=due,
        words=meeting.title,
    )


def coming_in_series(group: Any) -> list[Meeting]:
    """Return the sessions of a group that are dated and not begun, in order."""
    return _coming(group)


def _coming(group: Any) -> list[Meeting]:
    meetings = Meeting.objects.in_series(group).filter(state=MeetingState.FIXED, starts_at__gt=clock.now())
    return list(meetings.select_related("network").order_by("starts_at", "pk"))


def _next_version(meeting: Meeting) -> Meeting:
    Meeting.objects.filter(pk=meeting.pk).update(sequence=F("sequence") + 1)
    meeting.refresh_from_db(fields=["sequence"])
    return meeting


def _subject(meeting: Meeting) -> StepSubject:
    return StepSubject(meeting.subject_kind, meeting.subject_id)

"""Fix, move, cancel and settle meetings. Who must act next on the subject is opened as a step here too."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from reciproque.agenda.access import can_date, can_settle_meeting, is_invited
from reciproque.agenda.actions.calendars import close_feed
from reciproque.agenda.actions.series import ask_roll
from reciproque.agenda.actions.steps import StepSubject, close_steps, open_step
from reciproque.agenda.models import Attendance, Meeting, Slot, SlotYes, Step
from reciproque.agenda.queries import meetings_to_settle
from reciproque.agenda.rules import (
    LIVE_MEETING,
    MeetingKind,
    MeetingState,
    SlotState,
    StepState,
    Verb,
    check_mode,
    check_slots,
    deadline,
)
from reciproque.journal.actions import record
from reciproque.kit import clock
from reciproque.kit.rows import ALREADY_CHANGED, move
from reciproque.kit.text import clean
from reciproque.networks.models import Network
from reciproque.people.models import Person

DATING = (Verb.PROPOSE, Verb.CHOOSE)
PAST_SLOT = _("Cette date est déjà passée. Proposez-en une autre.")


def _subject(meeting: Meeting) -> StepSubject:
    return StepSubject(meeting.subject_kind, meeting.subject_id)


def _people(meeting: Meeting) -> list[Person]:
    attendances = meeting.attendances.filter(left_at=None).select_related("person")
    return [attendance.person for attendance in attendances]


def _record(
    name: str, meeting: Meeting, by: Person | None, *, people: Sequence[Person] | None = None, **data: Any
) -> None:
    """Record a fact that concerns the people of a meeting (`people` when they have just been read)."""
    people = _people(meeting) if people is None else people
    data = {
        "meeting": meeting.public_id,
        # The invitation that goes with a message says which version of the meeting it tells of.
        "sequence": meeting.sequence,
        "title": meeting.title,
        "starts_at": meeting.starts_at.isoformat() if meeting.starts_at else None,
        "kind": meeting.kind,
        **data,
    }
    record(name, _subject(meeting), by=by, network=meeting.network, people=people, **data)


def plan_meeting(
    subject: Any,
    people: Sequence[Person],
    *,
    network: Network,
    kind: str,
    title: str,
    by: Person | None,
    proposer: Person,
    **fields: Any,
) -> Meeting:
    """Plan a meeting of these people whose date is to be found; `proposer` is expected to propose dates."""
    try:
        with transaction.atomic():
            meeting = Meeting.objects.create(
                subject_kind=subject.subject_kind,
                subject_id=subject.public_id,
                network=network,
                kind=kind,
                title=title[:200],
                time_zone=proposer.time_zone,
                created_at=clock.now(),
                **fields,
            )
    except IntegrityError as error:
        raise ValidationError(_("Une rencontre est déjà prévue.")) from error
    Attendance.objects.bulk_create([Attendance(meeting=meeting, person=person) for person in people])
    due = deadline(network, network.date_days, clock.now(), proposer.time_zone)
    open_step(Verb.PROPOSE, subject, network=network, owner=proposer, due_at=due, words=title)
    return meeting


def invite_to_meeting(meeting: Meeting, person: Person, *, by: Person | None) -> None:
    """Invite one more person to a live meeting; where dates are proposed they are asked to choose too."""
    Attendance.objects.update_or_create(meeting=meeting, person=person, defaults={"left_at": None})
    if meeting.slots.filter(state=SlotState.OPEN).exists():
        due = deadline(meeting.network, meeting.network.date_days, clock.now(), person.time_zone)
        open_step(
            Verb.CHOOSE,
            _subject(meeting),
            network=meeting.network,
            owner=person,
            due_at=due,
            words=meeting.title,
        )
    if meeting.state == MeetingState.FIXED:
        _next_version(meeting)
        _record("meeting.fixed", meeting, by, only=person.public_id)


def leave_meetings(subject: Any, person: Person) -> None:
    """Take a person off the live meetings of a subject that goes on without them; their calendar loses the dated one."""
    close_feed(person, by=None, group=StepSubject(subject.subject_kind, subject.public_id))
    live = Meeting.objects.about(subject).filter(state__in=LIVE_MEETING).visible_to(person)
    for meeting in list(live.select_related("network")):
        meeting.attendances.filter(person=person).update(left_at=clock.now())
        if meeting.state == MeetingState.FIXED:
            _next_version(meeting)
            _record("meeting.left", meeting, None, people=[person], who=person.public_id)
        else:
            close_steps(subject, owner=person, outcome=StepState.RELEASED)
            _expect_dates(meeting)


def _next_version(meeting: Meeting) -> None:
    """Let calendars tell what they receive now from what they received before."""
    Meeting.objects.filter(pk=meeting.pk).update(sequence=F("sequence") + 1)
    meeting.refresh_from_db(fields=["sequence"])


def _expect_dates(meeting: Meeting) -> None:
    """Where a date is still to be found and nobody is expected to do anything, expect dates of someone."""
    subject = _subject(meeting)
    waited = Step.objects.about(subject).open().filter(verb__in=[Verb.PROPOSE, Verb.CHOOSE])
    people = _people(meeting)
    if not people or waited.exists():
        return
    present = {person.pk: person for person in people}
    last = meeting.slots.filter(state=SlotState.OPEN, proposed_by__in=people).first()
    owner = present[last.proposed_by_id] if last else people[0]
    due = deadline(meeting.network, meeting.network.date_days, clock.now(), owner.time_zone)
    open_step(Verb.PROPOSE, subject, network=meeting.network, owner=owner, due_at=due, words=meeting.title)


@transaction.atomic
def ask_whether_held(limit: int = 500) -> int:
    """Ask the people of each meeting now past whether it took place (by the clock); return how many meetings."""
    now = clock.now()
    asked = 0
    for meeting in meetings_to_settle(now, limit):
        if meeting.kind == MeetingKind.GROUP:
            _ask_roll(meeting)
            asked += 1
            continue
        subject = _subject(meeting)
        due = deadline(meeting.network, meeting.network.confirm_days, now, meeting.time_zone)
        people = [
            attendance.person for attendance in meeting.attendances.all()
        ]  # loaded: those still invited
        for person in people:
            open_step(
                Verb.HELD, subject, network=meeting.network, owner=person, due_at=due, words=meeting.title
            )
        _record("meeting.past", meeting, None, people=people)
        asked += 1
    return asked


def _ask_roll(meeting: Meeting) -> None:
    """Ask the one who leads a group, and nobody else, who was there; the fact is the group's own."""
    ask_roll(meeting)
    data = {
        "meeting": meeting.public_id,
        "sequence": meeting.sequence,
        "title": meeting.title,
        "starts_at": meeting.starts_at.isoformat() if meeting.starts_at else None,
        "kind": meeting.kind,
    }
    people = [meeting.host] if meeting.host else []
    record("session.past", _subject(meeting), network=meeting.network, people=people, **data)


@transaction.atomic
def propose_slots(
    meeting: Meeting,
    starts: Sequence[dt.datetime],
    *,
    by: Person,
    minutes: int | None = None,
    mode: str | None = None,
    place: str | None = None,
) -> list[Slot]:
    """Propose up to three dates (aware moments); earlier proposals are set aside, the others are asked to choose."""
    if not can_date(by, meeting):
        raise PermissionDenied
    minutes = minutes or meeting.minutes
    starts = sorted(starts)
    check_slots(starts, minutes, clock.now())
    was_fixed = meeting.state == MeetingState.FIXED
    changes: dict[str, Any] = {"minutes": minutes, "starts_at": None, "ends_at": None}
    if was_fixed:
        changes["sequence"] = meeting.sequence + 1
    if mode:
        changes["mode"] = check_mode(mode)
    if place is not None:
        changes["place"] = clean(place).strip()[:300]
    before = meeting.starts_at
    move(meeting, MeetingState.UNDATED, since=LIVE_MEETING, **changes)
    meeting.slots.filter(state__in=[SlotState.OPEN, SlotState.CHOSEN]).update(state=SlotState.DROPPED)
    slots = [
        Slot(meeting=meeting, starts_at=start, proposed_by=by, proposed_at=clock.now()) for start in starts
    ]
    Slot.objects.bulk_create(slots)
    subject = _subject(meeting)
    close_steps(subject, verb=DATING)
    close_steps(subject, verb=Verb.HELD, outcome=StepState.RELEASED)
    due = min(deadline(meeting.network, meeting.network.date_days, clock.now(), by.time_zone), starts[-1])
    people = _people(meeting)
    for person in people:
        if person.pk != by.pk:
            open_step(
                Verb.CHOOSE, subject, network=meeting.network, owner=person, due_at=due, words=meeting.title
            )
    _record(
        "meeting.reopened" if was_fixed else "meeting.proposed",
        meeting,
        by,
        people=people,
        slots=[start.isoformat() for start in starts],
        before=before.isoformat() if before else None,
    )
    return slots


@transaction.atomic
def accept_slot(slot: Slot, *, by: Person) -> Meeting:
    """Say that a proposed date suits; it is fixed once it suits everyone. Accepting twice changes nothing."""
    meetings = Meeting.objects.select_for_update(of=("self",)).select_related("network")
    meeting = meetings.get(pk=slot.meeting_id)
    if not is_invited(by, meeting):
        raise PermissionDenied
    if meeting.state == MeetingState.FIXED and meeting.starts_at == slot.starts_at:
        return meeting
    slot = Slot.objects.get(pk=slot.pk)
    if meeting.state != MeetingState.UNDATED or slot.state != SlotState.OPEN:
        raise ValidationError(ALREADY_CHANGED)
    if slot.starts_at <= clock.now():
        raise ValidationError(PAST_SLOT)
    SlotYes.objects.get_or_create(slot=slot, person=by)
    close_steps(_subject(meeting), verb=Verb.CHOOSE, owner=by)
    people = _people(meeting)
    agreed = set(slot.yeses.values_list("person_id", flat=True)) | {slot.proposed_by_id}
    if {person.pk for person in people} <= agreed:
        _fix(meeting, slot.starts_at, by=by, people=people)
        meeting.slots.filter(state=SlotState.OPEN).exclude(pk=slot.pk).update(state=SlotState.DROPPED)
        Slot.objects.filter(pk=slot.pk).update(state=SlotState.CHOSEN)
    else:
        _record("meeting.slot_suits", meeting, by, slot=slot.starts_at.isoformat())
        # Everyone has chosen, and not the same date: whoever proposed them proposes others.
        _expect_dates(meeting)
    return meeting


def _fix(meeting: Meeting, start: dt.datetime, *, by: Person, people: Sequence[Person] | None = None) -> None:
    move(
        meeting,
        MeetingState.FIXED,
        since=LIVE_MEETING,
        starts_at=start,
        ends_at=start + dt.timedelta(minutes=meeting.minutes),
        sequence=meeting.sequence + 1,
    )
    subject = _subject(meeting)
    close_steps(subject, verb=DATING)
    close_steps(subject, verb=Verb.HELD, outcome=StepState.RELEASED)
    _record("meeting.fixed", meeting, by, people=people)


@transaction.atomic
def fix_date(
    meeting: Meeting,
    start: dt.datetime,
    *,
    by: Person,
    minutes: int | None = None,
    mode: str | None = None,
    place: str | None = None,
) -> Meeting:
    """Fix a date already agreed by other means (telephone, corridor): no choosing, the others are told.

    The same date with another place or length corrects the meeting; the same in all changes nothing.
    """
    if not can_date(by, meeting):
        raise PermissionDenied
    minutes, mode = minutes or meeting.minutes, check_mode(mode or meeting.mode)
    place = meeting.place if place is None else clean(place).strip()[:300]
    check_slots([start], minutes, clock.now())
    wanted = (start, minutes, mode, place)
    if meeting.state == MeetingState.FIXED and wanted == (
        meeting.starts_at,
        meeting.minutes,
        meeting.mode,
        meeting.place,
    ):
        return meeting
    meeting.minutes, meeting.mode, meeting.place = minutes, mode, place
    meeting.save(update_fields=["minutes", "mode", "place"])
    meeting.slots.filter(state=SlotState.OPEN).update(state=SlotState.DROPPED)
    _fix(meeting, start, by=by)
    return meeting


@transaction.atomic
def cancel_meeting(meeting: Meeting, *, by: Person | None, reason: str) -> Meeting:
    """Cancel a meeting with a reason that everyone invited reads (`by` None: its subject ended)."""
    if by is not None and not can_settle_meeting(by, meeting):
        raise PermissionDenied
    reason = clean(reason).strip()[:1000]
    if not reason:
        raise ValidationError({"reason": _("Dites pourquoi, en une phrase : l’autre personne la lira.")})
    move(
        meeting,
        MeetingState.CANCELLED,
        since=LIVE_MEETING,
        cancel_reason=reason,
        sequence=meeting.sequence + 1,
        settled_by=by,
        settled_at=clock.now(),
    )
    meeting.slots.filter(state=SlotState.OPEN).update(state=SlotState.DROPPED)
    close_steps(_subject(meeting), verb=(*DATING, Verb.HELD), outcome=StepState.RELEASED)
    _record("meeting.cancelled", meeting, by, reason=meeting.cancel_reason)
    return meeting


@transaction.atomic
def settle_meeting(
    meeting: Meeting, *, by: Person | None, held: bool, starts_at: dt.datetime | None = None
) -> Meeting:
    """Say whether a meeting took place; a meeting held without a date in the product takes `starts_at` (past)."""
    if by is not None and not can_settle_meeting(by, meeting):
        raise PermissionDenied
    now = clock.now()
    changes: dict[str, Any] = {"settled_by": by, "settled_at": now}
    start = meeting.starts_at or starts_at
    if (held and start is None) or (start is not None and start > now):
        raise ValidationError(_("Cette rencontre n’a pas encore eu lieu : sa date n’est pas passée."))
    if held and start is not None:
        changes |= {"starts_at": start, "ends_at": start + dt.timedelta(minutes=meeting.minutes)}
    move(meeting, MeetingState.HELD if held else MeetingState.MISSED, since=LIVE_MEETING, **changes)
    meeting.attendances.filter(left_at=None, attended=None).update(attended=held)
    meeting.slots.filter(state=SlotState.OPEN).update(state=SlotState.DROPPED)
    close_steps(_subject(meeting), verb=(*DATING, Verb.HELD))
    _record("meeting.held" if held else "meeting.missed", meeting, by)
    return meeting

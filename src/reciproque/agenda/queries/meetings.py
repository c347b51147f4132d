"""Meetings as pages and the clock read them."""

import datetime as dt
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q

from reciproque.agenda.models import Attendance, Meeting, Slot, Step
from reciproque.agenda.rules import LIVE_MEETING, MeetingKind, MeetingState, SlotState, StepState, Verb
from reciproque.people.models import Person


def with_people(meetings: Any) -> Any:
    """Load what every list of meetings shows: its people and its open slots, in a fixed number of queries."""
    return meetings.select_related("network").prefetch_related(
        Prefetch("attendances", Attendance.objects.filter(left_at=None).select_related("person")),
        Prefetch(
            "slots",
            Slot.objects.filter(state=SlotState.OPEN).select_related("proposed_by").prefetch_related("yeses"),
            to_attr="open_slots",
        ),
    )


def meetings_about(subject: Any) -> list[Meeting]:
    """Return the meetings of one subject with their people and open slots, in order."""
    return list(with_people(Meeting.objects.about(subject)).order_by("created_at", "pk"))


def live_meeting(subject: Any) -> Meeting | None:
    """Return the meeting of the subject that is to be dated or to come, if any."""
    return with_people(Meeting.objects.about(subject).filter(state__in=LIVE_MEETING)).first()


def coming_meetings(person: Person, now: dt.datetime, limit: int = 20) -> list[Meeting]:
    """Return a person's meetings to come, soonest first."""
    meetings = Meeting.objects.visible_to(person).filter(state=MeetingState.FIXED, ends_at__gte=now)
    return list(with_people(meetings).order_by("starts_at")[:limit])


def past_meetings(person: Person, since: dt.datetime, now: dt.datetime, limit: int = 50) -> list[Meeting]:
    """Return a person's meetings whose date is past, from `since` on, whatever became of them, latest first."""
    meetings = Meeting.objects.visible_to(person).filter(starts_at__gte=since, ends_at__lt=now)
    return list(with_people(meetings).order_by("-starts_at")[:limit])


def shown_meeting(meeting: Meeting) -> Meeting:
    """Return a meeting with all that its page shows (the caller obtained it through access)."""
    return with_people(Meeting.objects.filter(pk=meeting.pk)).get()


def live_meetings(person: Person, limit: int = 500) -> list[Meeting]:
    """Return a person's meetings to date or to settle, alone: what a list says of each subject's next date."""
    return list(Meeting.objects.visible_to(person).filter(state__in=LIVE_MEETING).order_by("pk")[:limit])


def meetings_to_settle(now: dt.datetime, limit: int = 500) -> list[Meeting]:
    """Return the dated meetings whose end is past and whose people were not yet asked for a yes or a no."""
    # A roll released with the facilitator who had to call it is asked of the next one.
    asked = Step.objects.filter(
        Q(verb=Verb.HELD) | Q(verb=Verb.ROLL) & ~Q(state=StepState.RELEASED),
        subject_kind=OuterRef("subject_kind"),
        subject_id=OuterRef("subject_id"),
        opened_at__gte=OuterRef("ends_at"),
    )
    meetings = Meeting.objects.fixed_before(now).exclude(Exists(asked))
    # A group without anyone to lead it is asked once somebody does.
    meetings = meetings.exclude(kind=MeetingKind.GROUP, host=None).select_related("host")
    return list(with_people(meetings).order_by("ends_at")[:limit])

"""Who may see a step or a meeting, and act on them."""

from typing import Any

from reciproque.agenda.models import Attempt, CalendarFeed, Meeting, Poll, Slot, Step
from reciproque.agenda.rules import LIVE_MEETING, MeetingKind
from reciproque.kit.errors import NotThere
from reciproque.networks.access import scope_of
from reciproque.people.access import is_present
from reciproque.people.models import Person


def get_step(person: Person, public_id: str) -> Step:
    """Return a step expected of this person; a stranger meets `NotThere`."""
    step = Step.objects.visible_to(person).select_related("network").filter(public_id=public_id).first()
    if step is None:
        raise NotThere
    return step


def get_meeting(person: Person, public_id: str) -> Meeting:
    """Return a meeting to which this person is invited; a stranger meets `NotThere`."""
    meeting = Meeting.objects.visible_to(person).select_related("network").filter(public_id=public_id).first()
    if meeting is None:
        raise NotThere
    return meeting


def get_slot(person: Person, public_id: str) -> Slot:
    """Return a date proposed for a meeting to which this person is invited; a stranger meets `NotThere`."""
    slots = Slot.objects.filter(meeting__in=Meeting.objects.visible_to(person), public_id=public_id)
    slot = slots.select_related("meeting", "meeting__network", "proposed_by").first()
    if slot is None:
        raise NotThere
    return slot


def get_feed(secret: str) -> CalendarFeed:
    """Return the calendar feed of that secret while it is not withdrawn and its person is present."""
    feed = (
        CalendarFeed.objects.filter(secret=secret, withdrawn_at=None, person__is_active=True)
        .select_related("person")
        .first()
    )
    if feed is None:
        raise NotThere
    return feed


def get_poll(person: Person, public_id: str) -> Poll:
    """Return a poll that asks this person, or that they opened; a stranger meets `NotThere`."""
    poll = Poll.objects.visible_to(person).select_related("network", "opened_by").filter(public_id=public_id)
    row = poll.first()
    if row is None or not is_present(person):
        raise NotThere
    return row


def is_invited(person: Person, meeting: Meeting) -> bool:
    """Tell whether this person is expected at the meeting."""
    return meeting.attendances.filter(person=person, left_at=None).exists()


def can_date(person: Person, meeting: Meeting) -> bool:
    """Tell whether this person may propose, choose or change the date; a group's session is dated by its group."""
    return meeting.state in LIVE_MEETING and can_settle_meeting(person, meeting)


def can_settle_meeting(person: Person, meeting: Meeting) -> bool:
    """Tell whether this person may call a meeting off or say that it took place; a group answers for its sessions."""
    return meeting.kind != MeetingKind.GROUP and is_invited(person, meeting)


def meets_about(person: Person, subject: Any) -> bool:
    """Tell whether this person still takes part in the meetings of a group (or of any other subject)."""
    meetings = Meeting.objects.visible_to(person)
    return meetings.about(subject).exists() or meetings.in_series(subject).exists()


def get_attempt(person: Person, public_id: str) -> Attempt:
    """Return what this animator noted themselves; anyone else meets `NotThere`."""
    attempt = (
        Attempt.objects.filter(by=person, public_id=public_id).select_related("network", "person").first()
    )
    if attempt is None or scope_of(person, attempt.network) is None:
        raise NotThere
    return attempt

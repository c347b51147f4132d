"""What pages show of what is expected and of meetings to come."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Exists, OuterRef, Prefetch, Q
from django.utils.translation import gettext as _

from reciproque.agenda.models import Attendance, CalendarFeed, Meeting, Slot, Step
from reciproque.agenda.rules import LIVE_MEETING, MeetingState, SlotState, Verb
from reciproque.kit import ics
from reciproque.networks.models import Network
from reciproque.people.models import Person


def _with_people(meetings: Any) -> Any:
    """Load what every list of meetings shows: its people and its open slots, in a fixed number of queries."""
    return meetings.select_related("network").prefetch_related(
        Prefetch("attendances", Attendance.objects.filter(left_at=None).select_related("person")),
        Prefetch(
            "slots",
            Slot.objects.filter(state=SlotState.OPEN).select_related("proposed_by").prefetch_related("yeses"),
            to_attr="open_slots",
        ),
    )


def steps_of(person: Person, limit: int = 50) -> list[Step]:
    """Return what is expected of a person in all their networks, most urgent first."""
    return list(
        Step.objects.visible_to(person).open().select_related("network", "owner").order_by("due_at")[:limit]
    )


def count_steps(person: Person) -> int:
    """Return how many things are expected of a person."""
    return Step.objects.visible_to(person).open().count()


def steps_about(subject: Any) -> list[Step]:
    """Return what is still expected about one subject, with each owner's name."""
    return list(Step.objects.about(subject).open().select_related("owner", "network").order_by("due_at"))


def meetings_about(subject: Any) -> list[Meeting]:
    """Return the meetings of one subject with their people and open slots, in order."""
    return list(_with_people(Meeting.objects.about(subject)).order_by("created_at", "pk"))


def live_meeting(subject: Any) -> Meeting | None:
    """Return the meeting of the subject that is to be dated or to come, if any."""
    return _with_people(Meeting.objects.about(subject).filter(state__in=LIVE_MEETING)).first()


def coming_meetings(person: Person, now: dt.datetime, limit: int = 20) -> list[Meeting]:
    """Return a person's meetings to come, soonest first."""
    meetings = Meeting.objects.visible_to(person).filter(state=MeetingState.FIXED, ends_at__gte=now)
    return list(_with_people(meetings).order_by("starts_at")[:limit])


def past_meetings(person: Person, since: dt.datetime, now: dt.datetime, limit: int = 50) -> list[Meeting]:
    """Return a person's meetings whose date is past, from `since` on, whatever became of them, latest first."""
    meetings = Meeting.objects.visible_to(person).filter(starts_at__gte=since, ends_at__lt=now)
    return list(_with_people(meetings).order_by("-starts_at")[:limit])


def shown_meeting(meeting: Meeting) -> Meeting:
    """Return a meeting with all that its page shows (the caller obtained it through access)."""
    return _with_people(Meeting.objects.filter(pk=meeting.pk)).get()


def calendar_entry(
    meeting: Meeting, *, site: str, sender: str, path: str = "", starts_at: dt.datetime | None = None
) -> ics.Entry:
    """Return a dated meeting as calendars read it; `starts_at` replaces a date that was withdrawn since.

    `site` is the address of the installation, `sender` the "Name <address>" of its messages, `path` where the
    meeting is. Feeds, downloads and messages all use it: a calendar never holds the same meeting twice.
    """
    start = meeting.starts_at or starts_at
    if start is None:
        raise ValueError("an undated meeting has no place in a calendar")
    people = [attendance.person for attendance in meeting.attendances.all() if attendance.left_at is None]
    names = ", ".join(person.display_name for person in people)
    lines = [
        _("Avec : %(names)s") % {"names": names},
        _("Comment : %(mode)s") % {"mode": meeting.get_mode_display()},
    ]
    if meeting.cancel_reason:
        lines.append(_("Annulée : %(reason)s") % {"reason": meeting.cancel_reason})
    return ics.Entry(
        uid=f"{meeting.public_id}@reciproque",
        title=meeting.title,
        starts_at=start,
        ends_at=meeting.ends_at or start + dt.timedelta(minutes=meeting.minutes),
        zone=meeting.time_zone,
        sequence=meeting.sequence,
        cancelled=meeting.state in (MeetingState.CANCELLED, MeetingState.UNDATED),
        text="\n".join([*lines, f"{site}{path}"]),
        place=meeting.place or str(meeting.get_mode_display()),
        url=f"{site}{path}",
        organiser=ics.someone(sender),
        people=[ics.Someone(person.display_name, person.email or "") for person in people],
    )


def feed_meetings(person: Person, since: dt.datetime) -> list[Meeting]:
    """Return what a person's calendar feed holds: dated meetings from `since` on, cancelled ones included."""
    states = [MeetingState.FIXED, MeetingState.HELD, MeetingState.CANCELLED]
    meetings = Meeting.objects.visible_to(person).filter(state__in=states, starts_at__gte=since)
    return list(_with_people(meetings).order_by("starts_at"))


def live_meetings(person: Person, limit: int = 500) -> list[Meeting]:
    """Return a person's meetings to date or to settle, alone: what a list says of each subject's next date."""
    return list(Meeting.objects.visible_to(person).filter(state__in=LIVE_MEETING).order_by("pk")[:limit])


def feed_of(person: Person) -> CalendarFeed | None:
    """Return the person's open calendar feed, if they made one."""
    return CalendarFeed.objects.filter(person=person, withdrawn_at=None).first()


def meetings_to_settle(now: dt.datetime, limit: int = 500) -> list[Meeting]:
    """Return the dated meetings whose end is past and whose people were not yet asked for a yes or a no."""
    asked = Step.objects.filter(
        verb=Verb.HELD,
        subject_kind=OuterRef("subject_kind"),
        subject_id=OuterRef("subject_id"),
        opened_at__gte=OuterRef("ends_at"),
    )
    meetings = Meeting.objects.fixed_before(now).exclude(Exists(asked))
    return list(_with_people(meetings).order_by("ends_at")[:limit])


def overdue_steps(now: dt.datetime, verbs: Iterable[str], limit: int = 500) -> list[Step]:
    """Return what someone should have done by now, for these verbs, oldest first."""
    steps = Step.objects.overdue(now).filter(verb__in=list(verbs)).exclude(owner=None)
    return list(steps.select_related("network", "owner").order_by("due_at")[:limit])


def team_steps(
    network: Network, limit: int = 100, *, start: int = 0, apart: Iterable[str] = ()
) -> list[Step]:
    """Return what waits for a network's animation team, most urgent first, but for the verbs shown apart."""
    steps = Step.objects.open().filter(network=network, owner=None).exclude(verb__in=list(apart))
    return list(steps.select_related("network").order_by("due_at", "pk")[start : start + limit])


def late_steps(
    network: Network, now: dt.datetime, limit: int = 50, *, start: int = 0, apart: Iterable[str] = ()
) -> list[Step]:
    """Return what members should have done by now in a network, longest late first."""
    steps = Step.objects.overdue(now).filter(network=network).exclude(owner=None)
    steps = steps.exclude(verb__in=list(apart)).select_related("network", "owner", "owner__unit")
    return list(steps.order_by("due_at", "pk")[start : start + limit])


def steps_named(network: Network, verb: str, ids: Iterable[str]) -> dict[str, Step]:
    """Return what waits for the team about these subjects of a network, by their public identifiers."""
    steps = Step.objects.open().filter(network=network, owner=None, verb=verb, subject_id__in=list(ids))
    return {step.subject_id: step for step in steps.select_related("network")}


def count_waiting(
    network: Network,
    now: dt.datetime,
    until: dt.datetime,
    lapsing: Iterable[str],
    *,
    team_apart: Iterable[str] = (),
    late_apart: Iterable[str] = (),
) -> dict[str, int]:
    """Return how long the animators' three lists are, in one query: for the team, late, soon without an answer."""
    owned = Q(owner__isnull=False)
    team = Q(owner=None) & ~Q(verb__in=list(team_apart))
    late = owned & Q(due_at__lt=now) & ~Q(verb__in=list(late_apart))
    soon = owned & Q(due_at__gte=now, due_at__lt=until, verb__in=list(lapsing))
    return (
        Step.objects.open()
        .filter(network=network)
        .aggregate(
            team=Count("pk", filter=team), late=Count("pk", filter=late), soon=Count("pk", filter=soon)
        )
    )


def steps_in(person: Person, network: Network, limit: int = 50) -> list[Step]:
    """Return what is expected of one person in one network, most urgent first."""
    steps = Step.objects.open().filter(network=network, owner=person)
    return list(steps.select_related("network", "owner").order_by("due_at")[:limit])


def lapsing_steps(
    network: Network,
    now: dt.datetime,
    until: dt.datetime,
    verbs: Iterable[str],
    limit: int = 50,
    *,
    start: int = 0,
) -> list[Step]:
    """Return what ends by itself before `until` if its owner does nothing, soonest first."""
    steps = Step.objects.open().filter(
        network=network, verb__in=list(verbs), due_at__gte=now, due_at__lt=until
    )
    steps = steps.exclude(owner=None).select_related("network", "owner", "owner__unit")
    return list(steps.order_by("due_at", "pk")[start : start + limit])

"""What calendars read: meetings as entries, private feeds; and what is read of the calendars people gave."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, OuterRef, Prefetch, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from reciproque.agenda.models import Attendance, BusyCalendar, CalendarFeed, Meeting
from reciproque.agenda.rules import MeetingKind, MeetingState
from reciproque.kit import ics
from reciproque.people.models import Person

GROUP_FROM = 3  # people
IN_A_FEED = (MeetingState.FIXED, MeetingState.HELD, MeetingState.CANCELLED)


@dataclass(frozen=True)
class Group:
    """A group that meets, whatever it is: its kind and public identifier, and what its last meeting is called."""

    subject_kind: str
    public_id: str
    title: str


def calendar_entry(
    meeting: Meeting,
    *,
    site: str,
    sender: str,
    path: str = "",
    starts_at: dt.datetime | None = None,
    sequence: int | None = None,
    cancelled: bool | None = None,
    people: Iterable[Person] | None = None,
    changed_at: dt.datetime | None = None,
) -> ics.Entry:
    """Return a dated meeting as calendars read it.

    `site` is the address of the installation, `sender` the "Name <address>" of its messages, `path` where the
    meeting is. What is given besides says how the meeting was when a message became due, whatever it is today: its
    date, its place in the order of changes, whether it left the calendar, whose calendar it concerns. A group's
    session names nobody but those: its members are not to be read in the calendar of one of them.
    """
    start = starts_at or meeting.starts_at
    if start is None:
        raise ValueError("an undated meeting has no place in a calendar")
    same = start == meeting.starts_at
    told = people is not None
    if people is None:
        people = [attendance.person for attendance in meeting.attendances.all() if attendance.left_at is None]
    people = list(people)
    names = ", ".join(person.display_name for person in people)
    if meeting.kind == MeetingKind.GROUP:
        # Calendars are read by assistants and by whole teams: who sits in a group stays on its own pages.
        names, people = _("les membres du groupe"), people if told else []
    lines = [
        _("Avec : %(names)s") % {"names": names},
        _("Comment : %(mode)s") % {"mode": meeting.get_mode_display()},
    ]
    if meeting.cancel_reason:
        lines.append(_("Annulée : %(reason)s") % {"reason": meeting.cancel_reason})
    if cancelled is None:
        cancelled = meeting.state in (MeetingState.CANCELLED, MeetingState.UNDATED)
    return ics.Entry(
        uid=f"{meeting.public_id}{ics.OURS}",
        title=meeting.title,
        starts_at=start,
        ends_at=(meeting.ends_at if same else None) or start + dt.timedelta(minutes=meeting.minutes),
        zone=meeting.time_zone,
        sequence=meeting.sequence if sequence is None else sequence,
        cancelled=cancelled,
        text="\n".join([*lines, f"{site}{path}"]),
        place=meeting.place or str(meeting.get_mode_display()),
        url=f"{site}{path}",
        organiser=ics.someone(sender),
        people=[ics.Someone(person.display_name, person.email or "") for person in people],
        changed_at=changed_at,
    )


# -- private addresses --------------------------------------------------------------------------------------


def feed_meetings(
    person: Person, since: dt.datetime, *, kind: str = "", subject_id: str = "", limit: int = 1000
) -> list[Meeting]:
    """Return what a calendar feed holds: dated meetings from `since` on, cancelled ones included, in order.

    With a `kind` and a `subject_id`, those of one group only. Beyond `limit`, the oldest are left out.
    """
    meetings = Meeting.objects.visible_to(person).filter(state__in=IN_A_FEED, starts_at__gte=since)
    if kind:
        about = Q(subject_kind=kind, subject_id=subject_id) | Q(series_kind=kind, series_id=subject_id)
        meetings = meetings.filter(about)
    people = Attendance.objects.filter(left_at=None).select_related("person")
    found = meetings.prefetch_related(Prefetch("attendances", people)).order_by("-starts_at", "-pk")[:limit]
    return list(found)[::-1]


def feed_of(person: Person) -> CalendarFeed | None:
    """Return the person's open feed of all their meetings, if they made one."""
    return CalendarFeed.objects.filter(person=person, withdrawn_at=None, subject_kind="").first()


def feeds_of(person: Person) -> list[CalendarFeed]:
    """Return all the person's open feeds: theirs, then one for each group they asked it for."""
    return list(CalendarFeed.objects.filter(person=person, withdrawn_at=None).order_by("pk"))


def groups_of(person: Person, limit: int = 500) -> list[Group]:
    """Return the groups (three people or more) with which a person meets, those that met last first."""
    size = (
        Attendance.objects.filter(meeting=OuterRef("pk"), left_at=None)
        .order_by()
        .values("meeting")
        .annotate(number=Count("pk"))
        .values("number")
    )
    meetings = Meeting.objects.visible_to(person).annotate(size=Coalesce(Subquery(size), 0))
    rows = meetings.filter(size__gte=GROUP_FROM).order_by("-pk")
    groups: dict[tuple[str, str], Group] = {}
    names = ("subject_kind", "subject_id", "series_kind", "series_id", "title")
    for kind, subject_id, series, series_id, title in rows.values_list(*names)[:limit]:
        group = Group(series, series_id, title) if series else Group(kind, subject_id, title)
        groups.setdefault((group.subject_kind, group.public_id), group)
    return list(groups.values())


# -- busy hours ---------------------------------------------------------------------------------------------


def busy_calendar_of(person: Person) -> BusyCalendar | None:
    """Return the calendar whose address this person gave, if any."""
    return BusyCalendar.objects.filter(person=person).first()


def busy_of(
    person: Person, start: dt.datetime, end: dt.datetime, *, but: Meeting | None = None
) -> list[tuple[dt.datetime, dt.datetime]]:
    """Return when a person is taken between two moments, in order: for their own eyes only.

    What their calendar said when it was last read, and their meetings fixed here (but for one).
    """
    calendar = BusyCalendar.objects.filter(person=person).only("busy").first()
    meetings = Meeting.objects.visible_to(person).filter(
        state=MeetingState.FIXED, starts_at__lt=end, ends_at__gt=start
    )
    if but is not None:
        meetings = meetings.exclude(pk=but.pk)
    taken = [
        (dt.datetime.fromisoformat(first), dt.datetime.fromisoformat(last))
        for first, last in (calendar.busy if calendar else [])
    ]
    taken += [(first, last) for first, last in meetings.values_list("starts_at", "ends_at") if first and last]
    return sorted(pair for pair in taken if pair[0] < end and pair[1] > start)


def taken_at(
    busy: Sequence[tuple[dt.datetime, dt.datetime]], start: dt.datetime, minutes: int
) -> tuple[dt.datetime, dt.datetime] | None:
    """Return the first busy hours that a meeting of so many minutes would meet, if any."""
    end = start + dt.timedelta(minutes=minutes)
    return next((pair for pair in busy if pair[0] < end and pair[1] > start), None)


def calendars_to_read(now: dt.datetime, limit: int) -> list[BusyCalendar]:
    """Return the calendars whose hour to be read has come, the longest waiting first."""
    rows = BusyCalendar.objects.filter(next_at__lte=now, person__is_active=True)
    return list(rows.select_related("person").order_by("next_at", "pk")[:limit])

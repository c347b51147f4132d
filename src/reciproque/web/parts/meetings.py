"""A meeting as pages show it: when (in everyone's own time), how, with whom, and what may be done about it."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import get_timezone_location
from babel.lists import format_list
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from reciproque.agenda.queries import GROUP_FROM, busy_of, taken_at
from reciproque.agenda.rules import LIVE_MEETING, MeetingKind, MeetingState, Mode
from reciproque.kit import clock, dates

if TYPE_CHECKING:
    from reciproque.agenda.models import Meeting, Slot
    from reciproque.people.models import Person

TONES = {
    MeetingState.UNDATED: "warn",
    MeetingState.FIXED: "exchange",
    MeetingState.HELD: "good",
    MeetingState.MISSED: "neutral",
    MeetingState.CANCELLED: "neutral",
}
ICONS = {Mode.FACE: "map-pin", Mode.PHONE: "phone", Mode.VIDEO: "video"}


@dataclasses.dataclass(frozen=True)
class MeetingView:
    """All that a page says of one meeting; `agenda/panel.html` draws it."""

    id: str
    title: str
    url: str
    subject_url: str
    state: str
    state_label: str
    tone: str
    starts_at: dt.datetime | None
    ends_at: dt.datetime | None
    minutes: int
    mode_label: str
    icon: str
    place: str
    place_url: str
    others: str
    elsewhere: list[str]
    reason: str
    slots: list[dict[str, Any]]
    waiting: list[str]
    live: bool
    invited: bool
    fixed: bool
    past: bool
    can_choose: bool
    is_introduction: bool
    is_group: bool


Busy = Sequence[tuple[dt.datetime, dt.datetime]]


def busy_around(meeting: Meeting, reader: Person) -> Busy:
    """Return when the reader is taken around the dates proposed for a meeting; nothing is asked when there are none."""
    starts = [slot.starts_at for slot in getattr(meeting, "open_slots", [])]
    if not starts or meeting.state != MeetingState.UNDATED:
        return []
    end = max(starts) + dt.timedelta(minutes=meeting.minutes)
    return busy_of(reader, min(starts), end, but=meeting)


def say_taken(taken: tuple[dt.datetime, dt.datetime], zone: str) -> str:
    """Say when one's own calendar is taken ("Vous êtes déjà pris mardi 3 mars, de 14 h à 15 h")."""
    first, last = (moment.astimezone(ZoneInfo(zone)) for moment in taken)
    if last - first >= dt.timedelta(days=1) or first.date() != last.date():
        words = {
            "first": dates.moment_in_words(first, zone, clock.now()),
            "last": dates.moment_in_words(last, zone, clock.now()),
        }
        return _("votre agenda est pris de %(first)s à %(last)s") % words
    return _("votre agenda est pris de %(first)s à %(last)s") % {
        "first": dates.hour_in_words(first, zone),
        "last": dates.hour_in_words(last, zone),
    }


def view_meeting(meeting: Meeting, reader: Person, busy: Busy = ()) -> MeetingView:
    """Return a meeting (its people and open slots loaded beforehand) as this reader sees it: no query.

    `busy` are the reader's own hours (`busy_around`): the dates that meet them are marked, for the reader alone.
    """
    people = [attendance.person for attendance in meeting.attendances.all() if attendance.left_at is None]
    others = [person for person in people if person.pk != reader.pk]
    now, invited = clock.now(), len(others) < len(people)
    live = meeting.state in LIVE_MEETING
    slots = [
        _slot(slot, people, reader, now, meeting.minutes, busy) for slot in getattr(meeting, "open_slots", [])
    ]
    open_to_me = invited and meeting.state == MeetingState.UNDATED
    return MeetingView(
        id=meeting.public_id,
        title=meeting.title,
        url=reverse("agenda:meeting", args=[meeting.public_id]),
        subject_url=about_url(meeting),
        state=meeting.state,
        state_label=str(meeting.get_state_display()),
        tone=TONES[MeetingState(meeting.state)],
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        minutes=meeting.minutes,
        mode_label=str(meeting.get_mode_display()),
        icon=ICONS[Mode(meeting.mode)],
        place=meeting.place,
        place_url=meeting.place if meeting.place.startswith(("https://", "http://")) else "",
        others=listed([person.display_name for person in others]),
        elsewhere=elsewhere(meeting.starts_at, others, reader) if meeting.starts_at else [],
        reason=meeting.cancel_reason,
        slots=slots,
        waiting=sorted({name for slot in slots for name in slot["waiting"]}),
        live=live,
        invited=invited,
        fixed=meeting.state == MeetingState.FIXED,
        past=bool(meeting.starts_at and meeting.starts_at <= now),
        can_choose=open_to_me and any(slot["open_to_me"] for slot in slots),
        is_introduction=meeting.kind == "introduction",
        is_group=invited and len(people) >= GROUP_FROM,
    )


def about_url(meeting: Meeting) -> str:
    """Return the address of what a meeting is about: the room of a session, an introduction, an exchange."""
    if meeting.kind == MeetingKind.GROUP:
        return reverse("circles:room", args=[meeting.subject_id])
    return reverse(f"exchanges:{meeting.subject_kind}", args=[meeting.subject_id])


def _slot(
    slot: Slot, people: list[Person], reader: Person, now: dt.datetime, minutes: int, busy: Busy
) -> dict[str, Any]:
    agreed = {yes.person_id for yes in slot.yeses.all()} | {slot.proposed_by_id}
    others = [person for person in people if person.pk != reader.pk]
    suits = [person.display_name for person in others if person.pk in agreed]
    past, mine = slot.starts_at <= now, reader.pk in agreed
    notes = elsewhere(slot.starts_at, others, reader)
    if suits:
        notes.append(_("convient à %(names)s") % {"names": listed(suits)})
    if mine:
        notes.append(_("vous convient"))
    taken = taken_at(busy, slot.starts_at, minutes)
    if taken and not past:
        notes.append(say_taken(taken, reader.time_zone))
    return {
        "value": slot.public_id,
        "at": slot.starts_at,
        "end": slot.starts_at + dt.timedelta(minutes=minutes),
        "detail": " · ".join(notes),
        "disabled": past,
        "reason": _("Ce moment est déjà passé.") if past else "",
        "checked": False,
        "open_to_me": not past and not mine,
        "waiting": [person.display_name for person in others if person.pk not in agreed],
    }


def elsewhere(moment: dt.datetime, others: list[Person], reader: Person) -> list[str]:
    """Say the hour it will be for those whose clocks differ from the reader's at that moment."""
    here = moment.astimezone(ZoneInfo(reader.time_zone))
    notes = []
    for person in others:
        there = moment.astimezone(ZoneInfo(person.time_zone))
        if there.utcoffset() == here.utcoffset():
            continue
        hour = dates.hour_in_words(moment, person.time_zone)
        if there.date() != here.date():
            hour = f"{dates.day_in_words(there.date(), here.date())}, {hour}"
        notes.append(
            _("%(hour)s pour %(name)s (%(place)s)")
            % {"hour": hour, "name": person.display_name, "place": zone_place(person.time_zone)}
        )
    return notes


def zone_place(zone: str) -> str:
    """Return the place that a time zone is named after, in the active language ("La Réunion")."""
    return get_timezone_location(zone, locale=_locale(), return_city=True)


def listed(names: list[str]) -> str:
    """Return names as a sentence lists them ("Ana, Bob et Claire")."""
    return format_list(names, locale=_locale()) if names else ""


def _locale() -> Locale:
    return Locale.parse("fr" if (translation.get_language() or "fr").startswith("fr") else "en_GB")

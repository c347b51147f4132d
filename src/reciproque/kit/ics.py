"""Calendar files (iCalendar) made of plain values: invitations, cancellations, feeds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from email.utils import parseaddr
from zoneinfo import ZoneInfo

import icalendar

from reciproque.kit import clock
from reciproque.kit.text import clean

PRODUCT = "-//Reciproque//Reciproque//FR"
REQUEST, CANCEL, PUBLISH = "REQUEST", "CANCEL", "PUBLISH"
# How the identifiers of our own meetings end, in whatever calendar they come back.
OURS = "@reciproque"


@dataclass(frozen=True)
class Someone:
    """A person as calendars know them; without an address they are only named in the description."""

    name: str
    email: str = ""


@dataclass(frozen=True)
class Entry:
    """One meeting. The same `uid` with a higher `sequence` replaces what the calendar held."""

    uid: str
    title: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    zone: str
    sequence: int = 0
    cancelled: bool = False
    text: str = ""
    place: str = ""
    url: str = ""
    organiser: Someone | None = None
    people: Sequence[Someone] = ()
    changed_at: dt.datetime | None = None


def someone(header: str) -> Someone:
    """Return the person or the service of a "Name <address>"."""
    name, email = parseaddr(header)
    return Someone(name or email, email)


def _address(someone: Someone, **params: str) -> icalendar.vCalAddress:
    address = icalendar.vCalAddress("mailto:" + "".join(clean(someone.email).split()))
    address.params["CN"] = icalendar.vText(clean(someone.name).replace('"', "'").replace("\n", " "))
    for name, value in params.items():
        address.params[name] = icalendar.vText(value)
    return address


def _event(entry: Entry, method: str) -> icalendar.Event:
    event, zone = icalendar.Event(), ZoneInfo(entry.zone)
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.changed_at or clock.now())
    event.add("dtstart", entry.starts_at.astimezone(zone))
    event.add("dtend", entry.ends_at.astimezone(zone))
    event.add("summary", " ".join(clean(entry.title).split()))
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if entry.cancelled else "OPAQUE")
    if entry.text:
        event.add("description", clean(entry.text))
    if entry.place:
        event.add("location", " ".join(clean(entry.place).split()))
    if entry.url:
        event.add("url", entry.url)
    if entry.organiser is not None and entry.organiser.email:
        event.add("organizer", _address(entry.organiser), encode=False)
        # Attendees are for invitations only, and without an address they cannot be written at all.
        for someone in entry.people:
            if someone.email and method != PUBLISH:
                # The date is already agreed by everyone: calendars have no answer to ask for.
                address = _address(someone, PARTSTAT="ACCEPTED", ROLE="REQ-PARTICIPANT", RSVP="FALSE")
                event.add("attendee", address, encode=False)
    return event


def build(entries: Iterable[Entry], *, method: str = PUBLISH, name: str = "") -> bytes:
    """Return a calendar file of these meetings, in full zone names with their rules, long lines folded.

    `method` is PUBLISH for a feed or a download, REQUEST for an invitation (or its change), CANCEL for a cancellation.
    """
    entries = list(entries)
    calendar = icalendar.Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    if name:
        calendar.add("x-wr-calname", clean(name))
        calendar.add("refresh-interval", dt.timedelta(hours=1), parameters={"VALUE": "DURATION"})
        calendar.add("x-published-ttl", "PT1H")
    for entry in entries:
        calendar.add_component(_event(entry, method))
    if entries:
        days = [entry.starts_at.date() for entry in entries]
        year = dt.timedelta(days=366)
        calendar.add_missing_timezones(min(days) - year, max(days) + year)
    return calendar.to_ical()

"""When somebody is taken, from the calendar file they publish: hours only, whatever else is in it is dropped first."""

from __future__ import annotations

import datetime as dt
import re
import warnings
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import icalendar

from reciproque.kit.ics import OURS
from reciproque.kit.recurrence import Budget, Spent, Unreadable, occurrences, read_rule

Interval = tuple[dt.datetime, dt.datetime]

MAX_INTERVALS = 2000
MAX_DAYS_READ = 400_000
DAY = dt.timedelta(days=1)
_PARTS = {"VCALENDAR", "VEVENT", "VFREEBUSY", "VTIMEZONE", "STANDARD", "DAYLIGHT"}
_KEPT = {
    "VCALENDAR": {"VERSION", "PRODID"},
    "VEVENT": {
        "UID",
        "DTSTART",
        "DTEND",
        "DURATION",
        "RRULE",
        "RDATE",
        "EXDATE",
        "RECURRENCE-ID",
        "STATUS",
        "TRANSP",
        "X-MICROSOFT-CDO-BUSYSTATUS",
    },
    "VFREEBUSY": {"FREEBUSY"},
    "VTIMEZONE": {"TZID"},
    "STANDARD": {"DTSTART", "TZOFFSETFROM", "TZOFFSETTO", "RRULE", "RDATE"},
    "DAYLIGHT": {"DTSTART", "TZOFFSETFROM", "TZOFFSETTO", "RRULE", "RDATE"},
}
_NAME = re.compile(r"[A-Za-z0-9-]+")
# What a value of a broken file can raise when it is looked at; each costs its own event only.
_BROKEN = (ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError, ArithmeticError)


class NotACalendar(ValueError):
    """This text is not a calendar file, or nothing in it can be read."""


@dataclass
class Reading:
    """What a calendar said: busy hours in UTC, in order, joined; how many of its events could not be read."""

    busy: list[Interval] = field(default_factory=list)
    left_out: int = 0
    cut: bool = False


def read_busy(body: bytes, *, start: dt.datetime, end: dt.datetime, zone: dt.tzinfo) -> Reading:
    """Read when somebody is taken between two moments; `zone` is theirs, for days and hours that name none.

    Events shown as free, cancelled, or that we sent are left aside. `NotACalendar` when there is nothing to read.
    """
    try:
        try:
            calendars = _parsed(_only_hours(body))
        except _BROKEN:
            # Rules of a zone that cannot be: its name may do.
            calendars = _parsed(_only_hours(body, zones=False))
        events = [event for calendar in calendars for event in calendar.walk("VEVENT")]
        free_busy = [part for calendar in calendars for part in calendar.walk("VFREEBUSY")]
    except _BROKEN as error:
        raise NotACalendar(str(error)[:200]) from error
    if not calendars:
        raise NotACalendar("empty")
    reading, found = Reading(), _Found(start, end)
    moved = _moved(events, zone)
    budget = Budget(MAX_DAYS_READ)
    for event in events:
        try:
            for interval in _hours(event, moved, start, end, zone, budget):
                found.add(*interval)
        except _BROKEN:
            reading.left_out += 1
        except Spent:
            reading.cut = True
            break
    for part in free_busy:
        try:
            for first, last in _periods(part.get("FREEBUSY"), zone):
                found.add(first, last)
        except _BROKEN:
            reading.left_out += 1
    reading.busy = _joined(found.intervals)
    if found.full or len(reading.busy) > MAX_INTERVALS:
        reading.cut = True
    reading.busy = reading.busy[:MAX_INTERVALS]
    return reading


def _parsed(body: bytes) -> Any:
    with warnings.catch_warnings():
        # A zone named in an unusual way is guessed: better than hours of the wrong place.
        warnings.simplefilter("ignore")
        return icalendar.Calendar.from_ical(body, multiple=True)


def _only_hours(body: bytes, *, zones: bool = True) -> bytes:
    """Keep of a calendar file what says when: the subjects, places and names of people are never even parsed."""
    text = body.decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n")
    text = re.sub(r"\n[ \t]", "", text)
    parts = _PARTS if zones else _PARTS - {"VTIMEZONE"}
    kept: list[str] = []
    stack: list[str] = []
    for line in text.split("\n"):
        match = _NAME.match(line)
        if not match:
            continue
        name = match.group().upper()
        if name in ("BEGIN", "END"):
            part = line.partition(":")[2].strip().upper()
            if name == "BEGIN":
                stack.append(part)
            elif part in stack:
                while stack and stack.pop() != part:
                    pass
            else:
                continue
            if part in parts and all(outer in parts for outer in stack):
                kept.append(f"{name}:{part}")
        elif ":" in line and stack and all(outer in parts for outer in stack) and name in _KEPT[stack[-1]]:
            kept.append(line)
    kept += [f"END:{part}" for part in reversed(stack) if part in parts]
    if kept and kept[0] in ("BEGIN:VEVENT", "BEGIN:VFREEBUSY"):
        kept = ["BEGIN:VCALENDAR", *kept, "END:VCALENDAR"]
    if not kept or kept[0] != "BEGIN:VCALENDAR":
        raise NotACalendar("no calendar")
    return "\r\n".join([*kept, ""]).encode()


class _Found:
    """The intervals found so far that matter, not more of them than is reasonable."""

    def __init__(self, start: dt.datetime, end: dt.datetime) -> None:
        self.start, self.end = start, end
        self.intervals: list[Interval] = []
        self.full = False

    def add(self, first: dt.datetime, last: dt.datetime) -> None:
        first, last = max(_utc(first), self.start), min(_utc(last), self.end)
        if first >= last:
            return
        if len(self.intervals) >= 10 * MAX_INTERVALS:
            self.full = True
            return
        self.intervals.append((first, last))


def _utc(moment: dt.datetime) -> dt.datetime:
    return moment.astimezone(dt.UTC)


def _joined(intervals: Iterable[Interval]) -> list[Interval]:
    joined: list[Interval] = []
    for first, last in sorted(intervals):
        if joined and first <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], last))
        else:
            joined.append((first, last))
    return joined


# -- one event ----------------------------------------------------------------------------------------------


def _all(value: Any) -> list[Any]:
    return [] if value is None else value if isinstance(value, list) else [value]


def _when(value: Any) -> Any:
    """Return the day or moment of a property that may be given once only."""
    found = getattr(_all(value)[0], "dt", None)
    if not isinstance(found, dt.date):
        raise Unreadable("no moment")
    return found


def _moment(value: dt.date, zone: dt.tzinfo) -> dt.datetime:
    """Return the moment a day begins, or a time on the clock of the place; in the person's zone when none is named."""
    if not isinstance(value, dt.datetime):
        value = dt.datetime.combine(value, dt.time())
    return value.replace(tzinfo=zone) if value.tzinfo is None else value


def _moved(events: Iterable[Any], zone: dt.tzinfo) -> dict[str, set[dt.datetime]]:
    """Return which occurrences of which event are told apart, by identifier."""
    moved: dict[str, set[dt.datetime]] = defaultdict(set)
    for event in events:
        if event.get("RECURRENCE-ID") is not None:
            try:
                moved[str(event.get("UID", ""))].add(_utc(_moment(_when(event["RECURRENCE-ID"]), zone)))
            except _BROKEN:
                continue
    return moved


def _is_free(event: Any) -> bool:
    def said(name: str) -> str:
        values = _all(event.get(name))
        return str(values[0]).upper() if values else ""

    return (
        said("STATUS") == "CANCELLED"
        or said("TRANSP") == "TRANSPARENT"
        or said("X-MICROSOFT-CDO-BUSYSTATUS") in ("FREE", "WORKINGELSEWHERE")
        or str(event.get("UID", "")).endswith(OURS)
    )


def _length(event: Any, first: dt.date, zone: dt.tzinfo) -> dt.timedelta:
    if event.get("DTEND") is not None:
        last = _when(event["DTEND"])
        if not isinstance(first, dt.datetime) and not isinstance(last, dt.datetime):
            # Counted in days: a day of 23 hours is a day.
            return max(last - first, DAY)
        if isinstance(first, dt.datetime) and isinstance(last, dt.datetime) and first.tzinfo == last.tzinfo:
            # On the clock of the place, so that a night out ends at its hour when the clocks change.
            return last.replace(tzinfo=None) - first.replace(tzinfo=None)
        return _utc(_moment(last, zone)) - _utc(_moment(first, zone))
    if event.get("DURATION") is not None:
        length = getattr(_all(event["DURATION"])[0], "dt", None)
        if not isinstance(length, dt.timedelta):
            raise Unreadable("no length")
        return length
    return dt.timedelta() if isinstance(first, dt.datetime) else DAY


def _hours(
    event: Any,
    moved: dict[str, set[dt.datetime]],
    start: dt.datetime,
    end: dt.datetime,
    zone: dt.tzinfo,
    budget: Budget,
) -> Iterator[Interval]:
    """Give the hours of one event and of its repetitions."""
    first = _when(event.get("DTSTART"))
    if _is_free(event):
        return
    length = _length(event, first, zone)
    if length <= dt.timedelta():
        return
    place = _moment(first, zone).tzinfo or zone
    is_master = event.get("RECURRENCE-ID") is None
    left = moved.get(str(event.get("UID", "")), set()) if is_master else set()
    out, out_days = _excluded(event, zone)
    for moment in _starts(
        event, _moment(first, zone).replace(tzinfo=None), length, start, end, place, budget
    ):
        begin = moment.replace(tzinfo=place)
        if _utc(begin) in left or _utc(begin) in out or moment.date() in out_days:
            continue
        yield begin, (moment + length).replace(tzinfo=place)
    for value in _listed(event.get("RDATE")):
        if isinstance(value, tuple):
            yield from _periods_of([value], zone)
        elif _utc(_moment(value, zone)) not in left | out:
            begin = _moment(value, place)
            yield begin, begin + length


def _starts(
    event: Any,
    first: dt.datetime,
    length: dt.timedelta,
    start: dt.datetime,
    end: dt.datetime,
    place: dt.tzinfo,
    budget: Budget,
) -> Iterator[dt.datetime]:
    """Give when an event starts, on the clock of its place."""
    rules = _all(event.get("RRULE"))
    if not rules:
        yield first
        return
    low = start.astimezone(place).replace(tzinfo=None) - length - DAY
    high = end.astimezone(place).replace(tzinfo=None) + DAY
    for rule in rules:
        text = rule.to_ical().decode() if hasattr(rule, "to_ical") else str(rule)
        yield from occurrences(read_rule(text, place), first, low, high, budget)


def _listed(value: Any) -> Iterator[Any]:
    """Give the moments, days or periods of a list that may be given several times."""
    for each in _all(value):
        for item in getattr(each, "dts", []):
            found = item.dt
            if isinstance(found, dt.date | tuple):
                yield found


def _excluded(event: Any, zone: dt.tzinfo) -> tuple[set[dt.datetime], set[dt.date]]:
    moments, days = set(), set()
    for value in _listed(event.get("EXDATE")):
        if isinstance(value, dt.datetime):
            moments.add(_utc(_moment(value, zone)))
        elif isinstance(value, dt.date):
            days.add(value)
    return moments, days


# -- free and busy hours published as such ------------------------------------------------------------------


def _periods(value: Any, zone: dt.tzinfo) -> Iterator[Interval]:
    for each in _all(value):
        kind = str(getattr(each, "params", {}).get("FBTYPE", "BUSY")).upper()
        if kind != "FREE":
            items = getattr(each, "dts", None) or [each]
            yield from _periods_of([item.dt for item in items], zone)


def _periods_of(periods: Iterable[Any], zone: dt.tzinfo) -> Iterator[Interval]:
    for first, last in periods:
        begin = _moment(first, zone)
        yield begin, (begin + last if isinstance(last, dt.timedelta) else _moment(last, zone))

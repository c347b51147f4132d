"""When something that repeats happens, from the rule of its calendar (RFC 5545), with a bound on the work.

A rule can be written to keep a machine busy for hours ("every second, on the 30th of February"). Here each day looked
at is paid from a budget, rules that repeat within a day are refused, and old rules without a count start near the
period asked for.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
MAX_TIMES = 48  # of one day
_RANGES = {
    "BYMONTH": (1, 12),
    "BYMONTHDAY": (-31, 31),
    "BYYEARDAY": (-366, 366),
    "BYWEEKNO": (-53, 53),
    "BYSETPOS": (-366, 366),
    "BYHOUR": (0, 23),
    "BYMINUTE": (0, 59),
    "BYSECOND": (0, 59),
}


class Unreadable(ValueError):
    """This rule is not one that we follow."""


class Spent(Exception):
    """All the work allowed was done."""


class Budget:
    """How many days may still be looked at, all rules of a calendar together."""

    def __init__(self, days: int) -> None:
        self.left = days

    def spend(self, days: int) -> None:
        self.left -= days
        if self.left < 0:
            raise Spent


@dataclass(frozen=True)
class Rule:
    """A rule as it was read; moments have no zone: they are on the clock of the place."""

    every: str
    interval: int = 1
    until: dt.datetime | None = None
    count: int | None = None
    week_start: int = 0
    numbers: tuple[tuple[str, frozenset[int]], ...] = ()
    # (which one of the month or year, 0 for each; day of the week)
    days: tuple[tuple[int, int], ...] = ()

    def get(self, name: str) -> frozenset[int]:
        return dict(self.numbers).get(name, frozenset())


def read_rule(text: str, zone: dt.tzinfo) -> Rule:
    """Read a rule ("FREQ=WEEKLY;BYDAY=MO"); `zone` is that of the first time, to which a limit in UTC is brought."""
    parts: dict[str, str] = {}
    for part in text.upper().strip().split(";"):
        name, _sep, value = part.partition("=")
        if name:
            parts[name.strip()] = value.strip()
    try:
        every = parts["FREQ"]
        if every not in ("DAILY", "WEEKLY", "MONTHLY", "YEARLY"):
            raise Unreadable(every)
        interval = int(parts.get("INTERVAL", 1))
        count = int(parts["COUNT"]) if "COUNT" in parts else None
        if interval < 1 or (count is not None and count < 1):
            raise Unreadable(text)
        numbers = tuple(
            (name, _numbers(parts[name], *limits)) for name, limits in _RANGES.items() if name in parts
        )
        return Rule(
            every,
            interval,
            _read_until(parts["UNTIL"], zone) if "UNTIL" in parts else None,
            count,
            WEEKDAYS.index(parts.get("WKST", "MO")),
            numbers,
            tuple(_read_day(item) for item in parts.get("BYDAY", "").split(",") if item.strip()),
        )
    except (KeyError, ValueError, OverflowError) as error:
        raise Unreadable(text[:100]) from error


def _numbers(text: str, least: int, most: int) -> frozenset[int]:
    found = frozenset(int(item) for item in text.split(","))
    if not all(least <= number <= most for number in found):
        raise Unreadable(text[:100])
    return found


def _read_day(text: str) -> tuple[int, int]:
    text = text.strip()
    return int(text[:-2] or 0), WEEKDAYS.index(text[-2:])


def _read_until(text: str, zone: dt.tzinfo) -> dt.datetime:
    if len(text) == 8:
        return dt.datetime.combine(dt.datetime.strptime(text, "%Y%m%d").date(), dt.time.max)  # noqa: DTZ007
    moment = dt.datetime.strptime(text.removesuffix("Z"), "%Y%m%dT%H%M%S")  # noqa: DTZ007
    if text.endswith("Z"):
        return moment.replace(tzinfo=dt.UTC).astimezone(zone).replace(tzinfo=None)
    return moment


def occurrences(
    rule: Rule, first: dt.datetime, low: dt.datetime, high: dt.datetime, budget: Budget
) -> Iterator[dt.datetime]:
    """Give the times of a rule that begins at `first`, from `low` until before `high`, in order (no zones)."""
    times = _times(rule, first)
    positions = rule.get("BYSETPOS")
    last = min(high, rule.until) if rule.until is not None else high
    seen = 0
    for days in _periods(rule, first, low, last, budget):
        moments = [dt.datetime.combine(day, time) for day in days for time in times]
        if positions:
            number = len(moments)
            wanted = {place - 1 if place > 0 else number + place for place in positions if place}
            moments = [moment for place, moment in enumerate(moments) if place in wanted]
        for moment in moments:
            if moment < first:
                continue
            seen += 1
            if (rule.until is not None and moment > rule.until) or moment >= high:
                return
            if rule.count is not None and seen > rule.count:
                return
            if moment >= low:
                yield moment


def _times(rule: Rule, first: dt.datetime) -> list[dt.time]:
    hours = rule.get("BYHOUR") or {first.hour}
    minutes = rule.get("BYMINUTE") or {first.minute}
    seconds = rule.get("BYSECOND") or {first.second}
    if len(hours) * len(minutes) * len(seconds) > MAX_TIMES:
        raise Unreadable("too many times a day")
    return [dt.time(*time) for time in sorted(product(hours, minutes, seconds))]


def _periods(
    rule: Rule, first: dt.datetime, low: dt.datetime, last: dt.datetime, budget: Budget
) -> Iterator[list[dt.date]]:
    """Give the days that fit in each day, week, month or year of the rule, until after `last`."""
    begin = first.date()
    # Counting needs the beginning; otherwise what is long past is skipped, in step with the interval.
    since = begin if rule.count is not None else max(begin, low.date() - dt.timedelta(days=1))
    week = begin - dt.timedelta(days=(begin.weekday() - rule.week_start) % 7)
    place = _skipped(rule, begin, week, since)
    while True:
        try:
            start, length = _period(rule, begin, week, place)
        except (OverflowError, ValueError):
            return  # after the last year there is
        if start > last.date():
            return
        budget.spend(length)
        days = (start + dt.timedelta(days=number) for number in range(length))
        yield [day for day in days if _fits(rule, day, begin)]
        place += rule.interval


def _skipped(rule: Rule, begin: dt.date, week: dt.date, since: dt.date) -> int:
    units = {
        "DAILY": (since - begin).days,
        "WEEKLY": (since - week).days // 7,
        "MONTHLY": (since.year - begin.year) * 12 + since.month - begin.month,
        "YEARLY": since.year - begin.year,
    }[rule.every]
    return units // rule.interval * rule.interval


def _period(rule: Rule, begin: dt.date, week: dt.date, place: int) -> tuple[dt.date, int]:
    if rule.every == "DAILY":
        return begin + dt.timedelta(days=place), 1
    if rule.every == "WEEKLY":
        return week + dt.timedelta(weeks=place), 7
    if rule.every == "MONTHLY":
        year, month = divmod(begin.year * 12 + begin.month - 1 + place, 12)
        return dt.date(year, month + 1, 1), calendar.monthrange(year, month + 1)[1]
    year = begin.year + place
    return dt.date(year, 1, 1), 365 + calendar.isleap(year)


def _fits(rule: Rule, day: dt.date, begin: dt.date) -> bool:
    months, month_days = rule.get("BYMONTH"), rule.get("BYMONTHDAY")
    year_days, weeks, weekdays = rule.get("BYYEARDAY"), rule.get("BYWEEKNO"), rule.days
    if not (month_days or year_days or weeks or weekdays):
        # What the rule does not say is as on the first day.
        if rule.every == "WEEKLY":
            weekdays = ((0, begin.weekday()),)
        elif rule.every in ("MONTHLY", "YEARLY"):
            month_days = frozenset({begin.day})
            if rule.every == "YEARLY":
                months = months or frozenset({begin.month})
    elif weeks and not (month_days or year_days or weekdays):
        weekdays = ((0, begin.weekday()),)
    length = calendar.monthrange(day.year, day.month)[1]
    place, year_length = day.timetuple().tm_yday, 365 + calendar.isleap(day.year)
    return (
        (not months or day.month in months)
        and (not month_days or bool(month_days & {day.day, day.day - length - 1}))
        and (not year_days or bool(year_days & {place, place - year_length - 1}))
        and (not weeks or _in_week(day, weeks))
        and (not weekdays or _on_weekday(rule, day, weekdays, bool(months)))
    )


def _in_week(day: dt.date, weeks: frozenset[int]) -> bool:
    year, week, _day = day.isocalendar()
    number = dt.date(year, 12, 28).isocalendar().week
    return bool(weeks & {week, week - number - 1})


def _on_weekday(rule: Rule, day: dt.date, weekdays: tuple[tuple[int, int], ...], in_month: bool) -> bool:
    if rule.every == "MONTHLY" or (rule.every == "YEARLY" and in_month):
        place, length = day.day, calendar.monthrange(day.year, day.month)[1]
    else:
        place, length = day.timetuple().tm_yday, 365 + calendar.isleap(day.year)
    here = {0, (place - 1) // 7 + 1, -((length - place) // 7 + 1)}
    ordinals = rule.every in ("MONTHLY", "YEARLY")
    return any(weekday == day.weekday() and (not ordinals or number in here) for number, weekday in weekdays)

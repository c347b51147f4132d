"""The working days of a history that ends yesterday, and the moments of each."""

from __future__ import annotations

import bisect
import datetime as dt
from zoneinfo import ZoneInfo

from reciproque.kit.dates import is_working_day

PARIS = ZoneInfo("Europe/Paris")
AHEAD = 60


class Days:
    """Working days numbered from 0; `length` of them are past, the next ones are still to come."""

    def __init__(self, today: dt.date, length: int) -> None:
        self.length = length
        past: list[dt.date] = []
        day = today
        while len(past) < length:
            day -= dt.timedelta(days=1)
            if is_working_day(day):
                past.append(day)
        coming: list[dt.date] = []
        day = today
        while len(coming) < AHEAD:
            if is_working_day(day):
                coming.append(day)
            day += dt.timedelta(days=1)
        self._days = [*reversed(past), *coming]

    @property
    def last(self) -> int:
        """The number of the last day lived."""
        return self.length - 1

    def date(self, number: int) -> dt.date:
        """Return the date of a working day."""
        return self._days[number]

    def moment(self, number: int, minute: int) -> dt.datetime:
        """Return that minute (of the day, in Paris) of a working day."""
        hour = dt.time(minute // 60, minute % 60)
        return dt.datetime.combine(self._days[number], hour, PARIS).astimezone(dt.UTC)

    def local(self, number: int, hour: int, minute: int, zone: str) -> dt.datetime:
        """Return an hour of a working day where somebody works."""
        time = dt.time(hour, minute)
        return dt.datetime.combine(self._days[number], time, ZoneInfo(zone)).astimezone(dt.UTC)

    def number_after(self, moment: dt.datetime) -> int:
        """Return the first working day after the day of `moment`."""
        return bisect.bisect_right(self._days, moment.astimezone(PARIS).date())

    def number_of(self, day: dt.date) -> int:
        """Return the working day that is `day`, or the next one."""
        return bisect.bisect_left(self._days, day)

"""The learning network of the demonstration that launches today: part of its day is over, the rest is to come."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from reciproque.config.demo.history import History
from reciproque.config.demo.learning_net import AT, Net
from reciproque.initiatives.actions import days, merging, seats, subjects
from reciproque.kit import clock
from reciproque.people.models import Person

# The last hour at which the first of the three times may begin: whoever looks at the demonstration in the evening
# finds the day over but not closed yet.
LATEST = 16
# Cells left free on the grid: somebody adds a subject, and finds a room.
FREE = 2


class Launching(Net):
    """The network that launches today: its wall is full, its first reports are written, two rooms are free."""

    key = "launching"

    def __init__(self, history: History, start: int) -> None:
        super().__init__(history, start)
        # The first time has just ended when one steps in, whatever the hour.
        self.now = clock.now()

    def plan(self) -> None:
        """Plan the weeks before the day, then the day."""
        self.h.at(self.start, AT, self.found)
        self.at(0.1, self.propose_results)
        self.at(0.2, self.name_committee)
        self.at(0.25, self.debate)
        self.at(0.4, self.vote)
        self.at(0.8, self._announce)
        self.at(0.93, self._choose)
        slots = self._slots()
        hour = self.now.replace(minute=0, second=0, microsecond=0)
        self.h.today(min(slots[0][0] - dt.timedelta(minutes=10), hour), self._open)
        for number, (_start, end) in enumerate(slots):
            if end <= self.now:
                self.h.today(end, lambda number=number: self._report(number))  # type: ignore[misc]
        self.h.today(self.now.replace(second=0, microsecond=0), self._ask_merge)

    def _slots(self) -> list[tuple[dt.datetime, dt.datetime]]:
        """Return the three times of today, the first of which ends about now."""
        zone = ZoneInfo(self.alice_zone)
        here = self.now.astimezone(zone)
        first = min(LATEST, max(0, here.hour - 1))
        hours = [here.replace(hour=first + k, minute=10, second=0, microsecond=0) for k in range(3)]
        return [
            (start.astimezone(dt.UTC), (start + dt.timedelta(minutes=45)).astimezone(dt.UTC))
            for start in hours
        ]

    @property
    def alice_zone(self) -> str:
        return self.h.cast("animator").clean.time_zone

    def _announce(self) -> None:
        rooms = [(name, number) for name, number in self.words["rooms"]]
        self.day = self.plan_day(self._slots(), rooms)
        self.wall = self.put_up(self.day, free=FREE)

    def _choose(self) -> None:
        self.sign_up(self.wall)
        late = self.late_comer
        full = [one for one in self.wall if one.room and one.sign_ups.count() > one.room.seats]
        if full:
            seats.sign_up(full[-1], by=late)

    @property
    def late_comer(self) -> Person:
        """Return somebody of the panel, who came late to a subject that is full."""
        return self.panel[-1]

    def _open(self) -> None:
        if self.frame is not None:
            self.day.refresh_from_db()
            days.open_day(self.day, by=self.alice)

    def _report(self, number: int) -> None:
        """Write what was said at this time of the day, but where nobody has had time to type it yet."""
        if self.frame is None:
            return
        slot = list(self.day.slots.order_by("starts_at"))[number]
        for subject, words in zip(self.wall, self.words["subjects"], strict=True):
            if subject.slot_id == slot.pk and words[2]:
                subjects.write_report(subject, by=subject.host, words=words[2], version=0)

    def _ask_merge(self) -> None:
        """Let who hosts the last subject, not placed yet, ask to be one with a subject of the last time."""
        if self.frame is not None:
            for subject in self.wall:
                subject.refresh_from_db()
            merging.ask_merge(self.merged_into, self.wall[-1], by=self.wall[-1].host)

    @property
    def merged_into(self) -> subjects.WallSubject:
        """Return the subject that says the same as the last one of the wall."""
        title = self.words["alike"]
        return next(one for one in self.wall if one.title == title)

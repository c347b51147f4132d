"""What both learning networks of the demonstration have in common: founded, debated, ranked, laid out as a day."""

from __future__ import annotations

import datetime as dt
import functools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from reciproque.config.demo.arrivals import MAIN
from reciproque.config.demo.fairs import present
from reciproque.config.demo.history import History
from reciproque.config.demo.market import Member
from reciproque.initiatives import actions as initiatives
from reciproque.initiatives.actions import days, seats, subjects
from reciproque.initiatives.models import ExpectedResult, Frame, LaunchDay, WallSubject
from reciproque.kit import clock
from reciproque.networks.actions import create_network, join_network
from reciproque.networks.models import Network
from reciproque.networks.rules import System
from reciproque.people.models import Person

LEAST_PEOPLE, MOST_PEOPLE, COMMITTEE, MANAGERS = 12, 60, 4, 5
AT = 560
# For how many voters in a row a result has reasons of its own.
_SPREAD = 2


@functools.lru_cache(maxsize=1)
def told() -> dict[str, Any]:
    """Return the words of both networks."""
    text = (Path(__file__).parent / "learning.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


def decides(member: Member) -> int:
    """Say how far somebody is from deciding for others: those who run a region or a site come first."""
    function, level = member.colleague.function, member.colleague.level
    if level == "dirigeant":
        return 0
    if function.startswith(("Directeur", "Directrice")):
        return 1
    if not member.colleague.is_manager:
        return 4
    return 2 if function.startswith("Responsable") else 3


class Net:
    """How one is founded, how its panel debates and votes, how its day is laid out."""

    key = ""

    def __init__(self, history: History, start: int) -> None:
        self.h, self.start = history, start
        self.words = told()[self.key]
        self.frame: Frame | None = None
        self.network: Network | None = None
        self.people: list[Person] = []
        self.committee: list[Person] = []
        # Those of the hierarchy who are only informed.
        self.managers: list[Person] = []
        self.themes: list[ExpectedResult] = []

    @property
    def alice(self) -> Person:
        return self.h.cast("animator").person

    @property
    def sponsor(self) -> Person:
        return self.h.cast("sponsor").person

    @property
    def open_frame(self) -> Frame:
        assert self.frame is not None
        return self.frame

    def day_of(self, part: float) -> int:
        """Return the working day at which this part of the network's life is past."""
        return min(self.h.days.last, self.start + round((self.h.days.last - self.start) * part))

    def at(self, part: float, act: Callable[[], object], *, later: int = 0) -> None:
        """Plan an act, some days later if asked; nothing happens in a network not founded for want of people."""

        def done(_day: int, _minute: int) -> None:
            if self.frame is not None:
                act()

        self.h.at(self.day_of(part) + later, AT, done)

    def date(self, part: float, *, ahead: int = 0) -> dt.date:
        """Return the date of a part of its life; `ahead` working days later, always to come."""
        day = self.day_of(part) + ahead
        found = self.h.days.date(max(0, day))
        return max(found, clock.now().date() + dt.timedelta(days=1)) if ahead else found

    def found(self, _day: int, _minute: int) -> None:
        """Found the network with those who are there to stay: who answers, who is informed, who searches."""
        h, words = self.h, self.words
        rng = h.rng("learning", self.key)
        main = h.markets[MAIN]
        there = [m for m in present(main, self.start, rng) if m.until is None and not m.colleague.role]
        if len(there) < LEAST_PEOPLE:
            return
        there.sort(key=decides)
        self.committee = [m.person for m in there[:COMMITTEE]]
        rest = there[COMMITTEE:]
        informed = rest[: max(1, min(MANAGERS, len(rest) - LEAST_PEOPLE))]
        self.managers = [m.person for m in informed if m.colleague.is_manager] or self.committee[-1:]
        searching = [m.person for m in rest if m.person not in self.managers]
        self.people = rng.sample(searching, min(MOST_PEOPLE, len(searching)))
        self.network = create_network(
            words["name"],
            by=h.admin,
            name_en=words["name_en"],
            slug=words["slug"],
            summary_fr=words["summary_fr"],
            summary_en=words["summary_en"],
            animators=[self.alice],
            reciprocity="open",
            mediation="direct",
            systems=[System.LEARNING.value],
            public_page=True,
        )
        cast = [h.cast(role).person for role in ("member", "hr")]
        joining = [m.person for m in main.members if m.person in cast]
        for person in [*self.committee, *self.people, *joining]:
            join_network(self.network, person, by=person, charter_version=1)
        self.frame = initiatives.open_frame(
            self.network,
            by=self.alice,
            sponsor=self.sponsor,
            **{name: words[name] for name in ("vision", "hierarchy", "mandate", "answer_days")},
            protected_until=self.date(0.15),
        )

    @property
    def panel(self) -> list[Person]:
        return self.people[: len(self.words["grades"])]

    def propose_results(self) -> None:
        for title, tied, horizon, measure, start, target, _now in self.words["results"]:
            initiatives.propose_result(
                self.open_frame,
                by=self.alice,
                title=title,
                tied_to=tied,
                horizon=horizon,
                measure=measure,
                start_value=start,
                target=target,
            )
        initiatives.invite_panel(self.open_frame, by=self.alice, people=self.panel)

    def debate(self) -> None:
        """Let the panel say what it thinks of each result, before it votes."""
        results = list(self.open_frame.results.order_by("pk"))
        for number, speaker, words in self.words["debate"]:
            initiatives.remark(results[number], by=self.panel[speaker % len(self.panel)], words=words)

    def vote(self) -> None:
        frame = self.open_frame
        initiatives.open_vote(frame, by=self.alice, closes_at=clock.now() + dt.timedelta(days=14))
        results = list(frame.results.order_by("pk"))
        grades = self.words["grades"]
        for number, (person, given) in enumerate(zip(self.people, grades, strict=False)):
            values = {
                result.public_id: (grade, self._reason(number, k))
                for k, (result, grade) in enumerate(zip(results, given, strict=True))
            }
            initiatives.vote(frame, by=person, values=values)
        initiatives.close_vote(frame, by=self.alice)
        ranked = sorted(frame.results.all(), key=lambda one: (one.rank or 0, one.pk))
        initiatives.choose_themes(frame, by=self.alice, results=ranked[:4])
        self.themes = list(frame.results.filter(is_theme=True).order_by("pk"))

    def _reason(self, voter: int, result: int) -> str:
        """Return what this voter says of a result: nobody speaks of all of them, and no two say the same."""
        said = self.words["reasons"][result]
        place = (voter - _SPREAD * result) % len(self.words["grades"])
        return said[place] if place < len(said) else ""

    def name_committee(self) -> None:
        for person in self.committee:
            initiatives.join_committee(self.open_frame, by=self.alice, person=person, role=person.function)

    def theme(self, number: int | None) -> ExpectedResult | None:
        """Return one of the themes; none when the subject is of its own."""
        return self.themes[number % len(self.themes)] if number is not None else None

    def plan_day(
        self, slots: list[tuple[dt.datetime, dt.datetime]], rooms: list[tuple[str, int]]
    ) -> LaunchDay:
        """Plan the launch day: three times, an hour each or so."""
        return days.plan_day(
            self.open_frame,
            by=self.alice,
            title=self.words["day"],
            slots=slots,
            rooms=rooms,
            place=self.words["place"],
        )

    def put_up(self, day: LaunchDay, *, free: int = 0) -> list[WallSubject]:
        """Put the subjects on the wall, each by somebody else; lay them out but for the last cells, left free."""
        cells = [(slot, room) for slot in day.slots.all() for room in day.rooms.all()]
        cells = cells[: len(cells) - free]
        found = []
        for number, words in enumerate(self.words["subjects"]):
            theme = self.theme(words[1])
            host = self.people[(3 * number + 1) % len(self.people)]
            subject = subjects.add_subject(
                day, by=host, title=words[0], theme=theme.public_id if theme else ""
            )
            if number < len(cells):
                slot, room = cells[number]
                subjects.place_subject(
                    subject, by=host, slot=slot.public_id, room=room.public_id, version=None
                )
            found.append(subject)
        return found

    def sign_up(self, wall: list[WallSubject]) -> None:
        """Let everybody choose a few subjects: some are full, and wait."""
        rng = self.h.rng("sign up", self.key)
        weights = [1 + (7 * k) % 11 for k in range(len(wall))]
        for person in self.people:
            chosen = {rng.choices(range(len(wall)), weights)[0] for _time in range(3)}
            for number in sorted(chosen):
                seats.sign_up(wall[number], by=person)

"""The learning networks of the demonstration: one two years old, and one at its launch day."""

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
from reciproque.initiatives import actions as initiatives
from reciproque.initiatives.actions import bulletins, days, groups, seats, subjects
from reciproque.initiatives.models import (
    ExpectedResult,
    Experiment,
    Frame,
    LaunchDay,
    Proposal,
    WallSubject,
    WorkGroup,
)
from reciproque.initiatives.rules import SHOWN_BLOCKS, Bring
from reciproque.kit import clock
from reciproque.networks.actions import add_to_pool, create_network, join_network, note_training
from reciproque.networks.models import Network
from reciproque.networks.rules import Ability, System
from reciproque.people.models import Person

TWO_YEARS = 500
LEAST_PEOPLE, MOST_PEOPLE, COMMITTEE = 12, 60, 4
AT = 560
BROUGHT = [kind.value for kind in Bring]


@functools.lru_cache(maxsize=1)
def _told() -> dict[str, Any]:
    """Return the words of both networks."""
    text = (Path(__file__).parent / "learning.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


class Learning:
    """Plans both networks, when the story is long enough for one to have lived."""

    def __init__(self, history: History) -> None:
        self.h = history

    def plan(self) -> None:
        """Plan them."""
        last = self.h.days.last
        if last < 30:
            return
        _Running(self.h, max(round(last * 0.5), last - TWO_YEARS)).plan()
        _Launching(self.h, last - min(60, last // 3)).plan()


class _Net:
    """What both have in common: how they are founded, how their panel votes, how their day is laid out."""

    key = ""

    def __init__(self, history: History, start: int) -> None:
        self.h, self.start = history, start
        self.words = _told()[self.key]
        self.frame: Frame | None = None
        self.network: Network | None = None
        self.people: list[Person] = []
        self.committee: list[Person] = []
        self.themes: list[ExpectedResult] = []

    @property
    def alice(self) -> Person:
        return self.h.cast("animator").person

    @property
    def open_frame(self) -> Frame:
        assert self.frame is not None
        return self.frame

    def day_of(self, part: float) -> int:
        """Return the working day at which this part of the network's life is past."""
        return min(self.h.days.last, self.start + round((self.h.days.last - self.start) * part))

    def at(self, part: float, act: Callable[[], object]) -> None:
        """Plan an act of the network; nothing happens in one that could not be founded for want of people."""

        def done(_day: int, _minute: int) -> None:
            if self.frame is not None:
                act()

        self.h.at(self.day_of(part), AT, done)

    def date(self, part: float, *, ahead: int = 0) -> dt.date:
        """Return the date of a part of its life; `ahead` working days later, always to come."""
        day = self.day_of(part) + ahead
        found = self.h.days.date(max(0, day))
        return max(found, clock.now().date() + dt.timedelta(days=1)) if ahead else found

    def found(self, _day: int, _minute: int) -> None:
        """Found the network with those who are there to stay: who answers, who searches."""
        h, words = self.h, self.words
        rng = h.rng("learning", self.key)
        main = h.markets[MAIN]
        there = [m for m in present(main, self.start, rng) if m.until is None]
        if len(there) < LEAST_PEOPLE:
            return
        there.sort(key=lambda m: not m.colleague.is_manager)
        self.committee = [m.person for m in there[:COMMITTEE]]
        self.people = [
            m.person for m in rng.sample(there[COMMITTEE:], min(MOST_PEOPLE, len(there) - COMMITTEE))
        ]
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
        joining = [m for m in main.members if m.person in cast]
        for person in [*self.committee, *self.people, *(m.person for m in joining)]:
            join_network(self.network, person, by=person, charter_version=1)
        self.frame = initiatives.open_frame(
            self.network,
            by=self.alice,
            sponsor=h.cast("sponsor").person,
            **{name: words[name] for name in ("vision", "hierarchy", "mandate")},
            protected_until=self.date(0.15),
            answer_days=20,
        )

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
        panel = self.people[: len(self.words["grades"])]
        initiatives.invite_panel(self.open_frame, by=self.alice, people=panel)

    def vote(self) -> None:
        frame = self.open_frame
        initiatives.open_vote(frame, by=self.alice, closes_at=clock.now() + dt.timedelta(days=14))
        results = list(frame.results.order_by("pk"))
        reasons = self.words["reasons"]
        for number, (person, grades) in enumerate(zip(self.people, self.words["grades"], strict=False)):
            values = {
                result.public_id: (grade, reasons[(number + k) % len(reasons)] if k < 2 else "")
                for k, (result, grade) in enumerate(zip(results, grades, strict=True))
            }
            initiatives.vote(frame, by=person, values=values)
        initiatives.close_vote(frame, by=self.alice)
        ranked = sorted(frame.results.all(), key=lambda one: (one.rank or 0, one.pk))
        initiatives.choose_themes(frame, by=self.alice, results=ranked[:4])
        self.themes = list(frame.results.filter(is_theme=True).order_by("pk"))

    def name_committee(self) -> None:
        for person in self.committee:
            initiatives.join_committee(self.open_frame, by=self.alice, person=person, role=person.function)

    def theme(self, number: int | None) -> ExpectedResult | None:
        """Return one of the themes; none when the subject is of its own."""
        return self.themes[number % len(self.themes)] if number is not None else None

    def plan_day(
        self, day: int, rooms: list[tuple[str, int]], hours: tuple[int, ...] = (9, 10, 11)
    ) -> LaunchDay:
        """Plan the launch day: three times, an hour each or so."""
        zone = self.alice.time_zone
        slots = [
            (self.h.days.local(day, hour, 10, zone), self.h.days.local(day, hour, 55, zone)) for hour in hours
        ]
        return days.plan_day(
            self.open_frame,
            by=self.alice,
            title=self.words["day"],
            slots=slots,
            rooms=rooms,
            place=self.words["place"],
        )

    def put_up(self, day: LaunchDay) -> list[WallSubject]:
        """Put the subjects on the wall, each by somebody else, and lay the grid out as far as it goes."""
        cells = [(slot, room) for slot in day.slots.all() for room in day.rooms.all()]
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


class _Running(_Net):
    """The network two years old."""

    key = "running"

    def plan(self) -> None:
        """Plan its whole life, in order."""
        self.h.at(self.start, AT, self.found)
        self.at(0.01, self.propose_results)
        self.at(0.03, self.name_committee)
        self.at(0.05, self.vote)
        self.at(0.07, self._launch)
        self.at(0.11, self._form_groups)
        words = self.words
        self.groups: list[WorkGroup] = []
        self.tried: dict[int, Experiment] = {}
        self.proposed: dict[int, Proposal] = {}
        for number, told in enumerate(words["experiments"]):
            self._plan_experiment(number, told)
        for number, told in enumerate(words["proposals"]):
            self._plan_proposal(number, told)
        for number, told in enumerate(words["problems"]):
            self.at(0.12 + 0.12 * number, functools.partial(self._ask, *told))
        for told in words["obstacles"]:
            self.at(told[0], functools.partial(self._obstacle, *told[1:]))
        for number, told in enumerate(words["notes"]):
            self.at(told[0], functools.partial(self._inform, number, *told[1:]))
        for part in (0.3, 0.6, 0.9):
            self.at(part, functools.partial(self._check_in, round(part / 0.3) - 1))
        self.at(0.97, self._measure)
        for part, lead in words["bulletins"]:
            self.at(part, functools.partial(self._bulletin, lead))

    def _launch(self) -> None:
        """Plan the launch day and fill its wall; hold it one afternoon soon after."""
        on = self.day_of(0.09)
        day = self.plan_day(on, [("Hall", 40), ("Salle Curie", 14)], hours=(14, 15, 16))
        self.wall = self.put_up(day)
        self.sign_up(self.wall)

        def held(_day: int, _minute: int) -> None:
            days.open_day(day, by=self.alice)
            for subject, words in zip(self.wall, self.words["subjects"], strict=True):
                subjects.write_report(subject, by=subject.host, words=words[2], version=0)
            days.close_day(day, by=self.alice)

        self.h.at(on, 1030, held)

    def _form_groups(self) -> None:
        """Form the groups from the day, each with somebody of the pool who facilitates it."""
        assert self.network is not None
        initiatives.start_work(self.open_frame, by=self.alice)
        for number, name in enumerate(self.words["groups"]):
            guide = self.people[-1 - number]
            helper = add_to_pool(
                self.network, guide, by=self.alice, abilities=[Ability.FACILITATE.value], at_most=2
            )
            if number % 2 == 0:
                on = clock.now().date()
                note_training(helper, by=self.alice, subject="Animer un groupe de travail", done_on=on)
            members = self._members(number)
            theme = self.theme(number)
            group = groups.form_group(
                self.open_frame,
                by=members[0],
                name=name,
                theme=theme.public_id if theme else "",
                subject=self.wall[number],
                brings=BROUGHT[:1],
            )
            for k, person in enumerate(members[1:]):
                groups.join_group(group, by=person, brings=[BROUGHT[(number + k) % (4 if number else 2)]])
            groups.name_group_facilitator(group, by=self.alice, person=guide)
            groups.turn_group(group, by=guide, verb="start")
            self.groups.append(group)

    def _members(self, number: int) -> list[Person]:
        """Return the members of a group; nobody is in two, unless there are very few people."""
        free = self.people[: -len(self.words["groups"])]
        size = max(2, min(8, len(free) // len(self.words["groups"])))
        return [free[(number * size + k) % len(free)] for k in range(size)]

    def _check_in(self, round_: int) -> None:
        for number, group in enumerate(self.groups):
            told = self.words["sessions"][round_ % len(self.words["sessions"])]
            for k, person in enumerate(self._members(number)[:4]):
                groups.check_in(
                    group,
                    by=person,
                    listened=3 + k % 2,
                    all_spoke=2 + (k + number) % 3,
                    collective=told[0] if k == number % 2 else "",
                    organisational=told[1] if k == 1 + number % 2 else "",
                )

    # -- what is tried ---------------------------------------------------------------------------------------

    def _plan_experiment(self, number: int, told: dict[str, Any]) -> None:
        asked, started, measured, decided = told["times"]
        self.at(asked - 0.01, lambda: self._draft_experiment(number, told))
        self.at(asked, lambda: initiatives.ask_support(self.tried[number], by=self.tried[number].owner))
        if started is None:
            return
        self.at((asked + started) / 2, lambda: self._support(number))
        self.at(started, lambda: self._start(number))
        stop = measured or 1.0
        for k, words in enumerate(told["log"], start=1):
            part = started + (stop - started) * k / (len(told["log"]) + 1)
            self.at(part, functools.partial(self._log, number, words))
        if measured is not None:
            self.at(measured, lambda: self._measure_one(number, told))
        if decided is not None:
            self.at(decided, lambda: self._decide(number, told))

    def _draft_experiment(self, number: int, told: dict[str, Any]) -> None:
        group = told["group"]
        _asked, started, measured, _decided = told["times"]
        names = (
            "hypothesis",
            "where",
            "with_whom",
            "measure",
            "start_value",
            "criteria",
            "budget",
            "tied_to",
        )
        starts = self.date(started or 1.0)
        ends = self.date(measured, ahead=2) if measured else self.date(1.0, ahead=25)
        self.tried[number] = initiatives.draft_experiment(
            self.open_frame,
            by=self._members(group)[number % 2],
            title=told["title"],
            group=self.groups[group],
            theme=self.theme(group),
            consent="Chacun a dit oui, peut dire non à tout moment, et le responsable du site est informé.",
            starts_on=starts,
            ends_on=max(ends, starts),
            **{name: told[name] for name in names},
        )

    def _support(self, number: int) -> None:
        initiatives.answer_support(
            self.tried[number],
            by=self._judge(),
            supported=True,
            words="Allez-y, et dites-nous ce qui bloque.",
        )

    def _judge(self) -> Person:
        return self.committee[0]

    def _start(self, number: int) -> None:
        experiment = self.tried[number]
        initiatives.start_experiment(experiment, by=experiment.owner)
        if experiment.ends_on and experiment.ends_on > clock.now().date():
            half = clock.now().date() + (experiment.ends_on - clock.now().date()) / 2
            initiatives.add_checkpoint(experiment, by=experiment.owner, due_on=half)

    def _log(self, number: int, words: str) -> None:
        experiment = self.tried[number]
        point = experiment.checkpoints.filter(done_at=None).first()
        if point is not None and point.due_on <= clock.now().date():
            initiatives.do_checkpoint(point, by=experiment.owner, words=words)
        initiatives.write_log(experiment, by=experiment.owner, words=words)

    def _measure_one(self, number: int, told: dict[str, Any]) -> None:
        experiment = self.tried[number]
        initiatives.measure_experiment(
            experiment,
            by=experiment.owner,
            result_value=told["result_value"],
            result=told["result"],
            met=told["met"],
        )

    def _decide(self, number: int, told: dict[str, Any]) -> None:
        initiatives.decide_experiment(
            self.tried[number], by=self._judge(), decision=told["decision"], lesson=told["lesson"]
        )

    # -- what is proposed ------------------------------------------------------------------------------------

    def _plan_proposal(self, number: int, told: dict[str, Any]) -> None:
        life = told["life"]
        first = life[0][0] if life else 0.985
        self.at(first - 0.015, lambda: self._draft_proposal(number, told))
        if life:
            self.at(first - 0.008, lambda: self._cosign(number, told))
        for k, event in enumerate(life):
            after = life[k + 1][0] if k + 1 < len(life) else None
            self.at(event[0], functools.partial(self._event, number, event, after))

    def _draft_proposal(self, number: int, told: dict[str, Any]) -> None:
        group = told["group"]
        names = ("problem", "words", "gains", "cost", "tied_to")
        self.proposed[number] = initiatives.draft_proposal(
            self.open_frame,
            by=self._members(group)[number % 2],
            title=told["title"],
            group=self.groups[group],
            theme=self.theme(group),
            experiments=[self.tried[k] for k in told["experiments"]],
            **{name: told[name] for name in names},
        )

    def _cosign(self, number: int, told: dict[str, Any]) -> None:
        """Every third one is signed by two; one by a member of the committee, who then takes no part in the answer."""
        proposal = self.proposed[number]
        other = self.committee[1] if number == 3 else self._members(told["group"])[-1]
        if number % 3 == 0 and other.pk != proposal.written_by_id:
            initiatives.invite_author(proposal, other, by=proposal.written_by)
            initiatives.answer_invitation(proposal, by=other, accept=True)

    def _event(self, number: int, event: list[Any], after: float | None) -> None:
        proposal, (_part, verb, *words) = self.proposed[number], event
        review = self.date(after, ahead=3) if after is not None else self.date(1.0, ahead=10 + number)
        author = proposal.written_by
        match verb:
            case "submit":
                initiatives.submit_proposal(proposal, by=author)
                initiatives.follow(proposal, by=self.people[(5 * number) % len(self.people)])
            case "edit":
                initiatives.edit_proposal(proposal, by=author, words=words[0])
            case "withdraw":
                initiatives.withdraw_proposal(proposal, by=author)
            case "carry":
                initiatives.carry_proposal(
                    proposal, by=self._judge(), owner=self._members(number % 4)[-2], review_on=review
                )
            case "progress":
                initiatives.report_progress(
                    proposal, by=self._judge(), percent=words[0], words=words[1], review_on=review
                )
            case "milestone":
                row = initiatives.add_milestone(proposal, by=self._judge(), words=words[0], due_on=review)
                initiatives.do_milestone(row, by=self._judge())
            case "done":
                initiatives.finish_proposal(proposal, by=self._judge(), outcome=words[0])
            case _:
                self._answer(proposal, verb, words)

    def _answer(self, proposal: Proposal, kind: str, words: list[Any]) -> None:
        more: dict[str, Any] = {}
        if kind == "reframed":
            more["change"] = words[1]
        if kind == "deferred":
            more["until"] = clock.now().date() + dt.timedelta(days=words[1])
        initiatives.answer_proposal(proposal, by=self._judge(), kind=kind, reasons=words[0], **more)

    # -- the rest of its life --------------------------------------------------------------------------------

    def _ask(self, kind: str, title: str, number: int | None, answer: str) -> None:
        group = self.groups[number] if number is not None else None
        by = self.alice if kind == "question" else self._members(number or 0)[0]
        problem = initiatives.ask_problem(
            self.open_frame, by=by, kind=kind, title=title, theme=self.theme(number), group=group
        )
        if group is None or number is None:
            return
        member = self._members(number)[0]
        if problem.state == "open":
            initiatives.take_problem(problem, by=member, group=group)
        if answer:
            initiatives.answer_problem(problem, by=member, answer=answer)

    def _obstacle(self, words: str, number: int, lifted: bool | None, reasons: str) -> None:
        obstacle = initiatives.raise_obstacle(
            self.open_frame, by=self._members(number)[0], words=words, group=self.groups[number]
        )
        if lifted is not None:
            initiatives.settle_obstacle(obstacle, by=self._judge(), lifted=lifted, reasons=reasons)

    def _inform(self, number: int, what: str, read: bool) -> None:
        """Tell somebody of the hierarchy; the last one has not said yet that they read it."""
        told = self.committee[-1 - number % 2]
        row = initiatives.write_note(
            self.open_frame, by=self.alice, person=told, what=what, due_on=self.date(1.0)
        )
        initiatives.send_note(row, by=self.alice)
        if read:
            initiatives.acknowledge_note(row, by=told)

    def _measure(self) -> None:
        """Note where the measures stand, and what the rest of the organisation may read."""
        now = {told[0]: told[6] for told in self.words["results"]}
        for result in self.open_frame.results.order_by("pk"):
            if now.get(result.title):
                initiatives.note_value(result, by=self.alice, value=now[result.title])
        initiatives.show_blocks(self.open_frame, by=self.alice, blocks=SHOWN_BLOCKS)

    def _bulletin(self, lead: str) -> None:
        bulletin = bulletins.prepare_bulletin(self.open_frame, by=self.alice)
        text = f"{lead}\n\n{bulletin.text}".strip()
        bulletins.edit_bulletin(bulletin, by=self.alice, title=bulletin.title, text=text)
        bulletins.send_bulletin(bulletin, by=self.alice)


class _Launching(_Net):
    """The network that launches today: its wall is full, its grid laid out, its subjects chosen."""

    key = "launching"

    def plan(self) -> None:
        """Plan the weeks before the day."""
        self.h.at(self.start, AT, self.found)
        self.at(0.1, self.propose_results)
        self.at(0.3, self.vote)
        self.at(0.4, self.name_committee)
        self.at(0.8, self._announce)
        self.at(0.93, self._choose)
        self.at(1.0, self._open)

    def _announce(self) -> None:
        rooms = [(name, number) for name, number in self.words["rooms"]]
        self.day = self.plan_day(self.h.days.last + 1, rooms)
        self.wall = self.put_up(self.day)

    def _choose(self) -> None:
        self.sign_up(self.wall)

    def _open(self) -> None:
        days.open_day(self.day, by=self.alice)

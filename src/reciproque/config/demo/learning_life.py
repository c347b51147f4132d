"""The learning network of the demonstration that is two years old: its groups, what they tried, proposed and were told."""

from __future__ import annotations

import datetime as dt
import functools
from typing import Any

from reciproque.config.demo.learning_net import AT, Net
from reciproque.initiatives import actions as initiatives
from reciproque.initiatives.actions import bulletins, days, groups, subjects
from reciproque.initiatives.models import Experiment, Proposal, WorkGroup
from reciproque.initiatives.rules import SHOWN_BLOCKS, Bring
from reciproque.kit import clock
from reciproque.networks.actions import add_to_pool, note_training
from reciproque.networks.rules import Ability
from reciproque.people.models import Person

BROUGHT = [kind.value for kind in Bring]


class Running(Net):
    """The network two years old."""

    key = "running"

    def plan(self) -> None:
        """Plan its whole life, in order."""
        self.h.at(self.start, AT, self.found)
        self.at(0.01, self.propose_results)
        self.at(0.03, self.name_committee)
        self.at(0.04, self.debate)
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
            self._plan_note(number, *told)
        for number in range(len(words["sessions"])):
            self.at(0.16 + 0.15 * number, functools.partial(self._check_in, number))
        self.at(0.97, self._measure)
        for part, lead in words["bulletins"]:
            self.at(part, functools.partial(self._bulletin, lead))

    def _launch(self) -> None:
        """Plan the launch day and fill its wall; hold it one afternoon soon after."""
        on, zone = self.day_of(0.09), self.alice.time_zone
        slots = [
            (self.h.days.local(on, hour, 10, zone), self.h.days.local(on, hour, 55, zone))
            for hour in (14, 15, 16)
        ]
        day = self.plan_day(slots, [("Hall", 40), ("Salle Curie", 14)])
        self.wall = self.put_up(day)
        self.sign_up(self.wall)

        def opened(_day: int, _minute: int) -> None:
            days.open_day(day, by=self.alice)

        def held(_day: int, _minute: int) -> None:
            for subject, words in zip(self.wall, self.words["subjects"], strict=True):
                subjects.write_report(subject, by=subject.host, words=words[2], version=0)
            days.close_day(day, by=self.alice)

        self.h.at(on, 840, opened)
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
        """Let those who came say how the session went: not the same number, nor the same mood, each time."""
        collective, organisational = self.words["sessions"][round_]
        for number, group in enumerate(self.groups):
            rng = self.h.rng("check in", number, round_)
            members = self._members(number)
            came = rng.sample(members, rng.randint((len(members) + 1) // 2, len(members)))
            # A group gets better at it, but for a bad day.
            level = min(4, 2 + (round_ + number) // 2) - (rng.random() < 0.2)
            for k, person in enumerate(came):
                groups.check_in(
                    group,
                    by=person,
                    listened=max(1, min(4, level + rng.choice((-1, 0, 0, 1)))),
                    all_spoke=max(1, min(4, level + rng.choice((-1, -1, 0, 1)))),
                    collective=collective if k == 0 and number == round_ % len(self.groups) else "",
                    organisational=organisational
                    if k == 1 and number == (round_ + 1) % len(self.groups)
                    else "",
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
        stop = measured or 1.05
        for k, words in enumerate(told["log"], start=1):
            part = started + (stop - started) * k / (len(told["log"]) + 1)
            self.at(part, functools.partial(self._log, number, words))
        for k, part in enumerate(self._points(told)):
            if part <= 1.0:
                self.at(part, functools.partial(self._point, number, k, told["points"][k]))
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
            "consent",
        )
        starts = self.date(started or 1.0)
        ends = self.date(measured, ahead=2) if measured else self.date(1.0, ahead=25)
        self.tried[number] = initiatives.draft_experiment(
            self.open_frame,
            by=self._members(group)[number % 2],
            title=told["title"],
            group=self.groups[group],
            theme=self.theme(group),
            starts_on=starts,
            ends_on=max(ends, starts),
            **{name: told[name] for name in names},
        )

    def _support(self, number: int) -> None:
        initiatives.answer_support(
            self.tried[number],
            by=self._judge(number),
            supported=True,
            words=self.words["experiments"][number]["support"],
        )

    def _judge(self, number: int, proposal: Proposal | None = None) -> Person:
        """Return who speaks for the committee: each in turn, never about what they signed themselves."""
        signed = set(proposal.authors.values_list("person_id", flat=True)) if proposal is not None else set()
        able = [person for person in self.committee if person.pk not in signed]
        return able[number % len(able)]

    def _points(self, told: dict[str, Any]) -> list[float]:
        """Return when an experiment is looked at, from its start to its measure, or to some weeks after today."""
        _asked, started, measured, _decided = told["times"]
        stop, number = measured or 1.25, len(told["points"])
        return [started + (stop - started) * (k + 1) / (number + 1) for k in range(number)]

    def _start(self, number: int) -> None:
        experiment, told = self.tried[number], self.words["experiments"][number]
        initiatives.start_experiment(experiment, by=experiment.owner)
        for part in self._points(told):
            coming = self.date(1.0, ahead=8) if part > 1.0 else self.date(part)
            due = min(max(coming, clock.now().date()), experiment.ends_on or coming)
            initiatives.add_checkpoint(experiment, by=experiment.owner, due_on=due)

    def _point(self, number: int, place: int, words: str) -> None:
        experiment = self.tried[number]
        point = list(experiment.checkpoints.order_by("due_on", "pk"))[place]
        initiatives.do_checkpoint(point, by=experiment.owner, words=words)

    def _log(self, number: int, words: str) -> None:
        experiment = self.tried[number]
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
            self.tried[number], by=self._judge(number), decision=told["decision"], lesson=told["lesson"]
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
        """Every third one is signed by two; two by somebody of the committee, who then takes no part in the answer."""
        proposal = self.proposed[number]
        signs = {"chair": 0, "committee": 1}.get(told.get("with", "committee" if number == 3 else ""))
        other = self._members(told["group"])[-1] if signs is None else self.committee[signs]
        if (number % 3 == 0 or signs is not None) and other.pk != proposal.written_by_id:
            initiatives.invite_author(proposal, other, by=proposal.written_by)
            initiatives.answer_invitation(proposal, by=other, accept=True)

    def _event(self, number: int, event: list[Any], after: float | None) -> None:
        proposal, (_part, verb, *words) = self.proposed[number], event
        review = self.date(after, ahead=3) if after is not None else self.date(1.0, ahead=10 + number)
        author, judge = proposal.written_by, self._judge(number, proposal)
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
                    proposal, by=judge, owner=self._members(number % 4)[-2], review_on=review
                )
            case "progress":
                if len(words) > 2:
                    review = max(self.date(words[2]), clock.now().date())
                initiatives.report_progress(
                    proposal, by=judge, percent=words[0], words=words[1], review_on=review
                )
            case "milestone":
                row = initiatives.add_milestone(proposal, by=judge, words=words[0], due_on=review)
                initiatives.do_milestone(row, by=judge)
            case "done":
                initiatives.finish_proposal(proposal, by=judge, outcome=words[0])
            case _:
                self._answer(proposal, judge, verb, words)

    def _answer(self, proposal: Proposal, judge: Person, kind: str, words: list[Any]) -> None:
        more: dict[str, Any] = {}
        if kind == "reframed":
            more["change"] = words[1]
        if kind == "deferred":
            more["until"] = clock.now().date() + dt.timedelta(days=words[1])
        initiatives.answer_proposal(proposal, by=judge, kind=kind, reasons=words[0], **more)

    # -- the rest of its life --------------------------------------------------------------------------------

    def _ask(self, kind: str, title: str, number: int | None, answer: str, words: str) -> None:
        """Let the sponsor ask a question of the management, and a member name a problem that their group takes up."""
        group = self.groups[number] if number is not None else None
        by = self.sponsor if kind == "question" else self._members(number or 0)[0]
        problem = initiatives.ask_problem(
            self.open_frame,
            by=by,
            kind=kind,
            title=title,
            words=words,
            theme=self.theme(number),
            group=group,
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
            initiatives.settle_obstacle(obstacle, by=self._judge(number), lifted=lifted, reasons=reasons)

    def _plan_note(self, number: int, part: float, what: str, read: bool) -> None:
        """Tell somebody who runs a site; each says that they read it, but for the last one, who has just been told."""

        def inform() -> None:
            person = self.managers[number % len(self.managers)]
            row = initiatives.write_note(
                self.open_frame, by=self.alice, person=person, what=what, due_on=self.date(part, ahead=4)
            )
            initiatives.send_note(row, by=self.alice)
            if read:
                self.at(part, lambda: initiatives.acknowledge_note(row, by=person), later=1 + number % 3)

        self.at(part, inform)

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

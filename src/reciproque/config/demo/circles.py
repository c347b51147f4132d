"""The practice-exchange groups of the demonstration: four, at four stages of their life."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import random
from collections.abc import Callable, Iterable
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from reciproque.agenda.actions import answer_poll
from reciproque.agenda.models import Poll
from reciproque.agenda.rules import Voice
from reciproque.circles import actions as circles
from reciproque.circles.models import Circle, Outing, Seat, Session
from reciproque.circles.queries.lines import in_line_with
from reciproque.circles.queries.making import problems_with
from reciproque.circles.queries.room import parts_of
from reciproque.circles.rules import ASKING_SEATS, LeadState, Method, OutingState, RoomState, WaiverKind
from reciproque.config.demo.arrivals import MAIN
from reciproque.config.demo.fairs import present
from reciproque.config.demo.history import History
from reciproque.config.demo.market import Market
from reciproque.config.demo.texts import titles_of
from reciproque.kit import clock
from reciproque.networks.actions import add_to_pool, change_pool_member
from reciproque.networks.models import PoolMember
from reciproque.networks.rules import Ability
from reciproque.people.models import Person

FILE = Path(__file__).with_name("circles.json")
# Under so many days there is no time for a group to live its life.
LEAST_DAYS = 70
BEGINS, LONG = 545, 200
WHY = {
    WaiverKind.FUNCTION: "Les intitulés diffèrent, le travail est le même.",
    WaiverKind.FEW: "Le groupe commence à quatre plutôt que d’attendre un an.",
    WaiverKind.REPORTING: "Les deux en ont parlé, et le souhaitent.",
    WaiverKind.FACILITATOR: "Aucune autre personne formée n’est libre.",
}
SAFE = "Aucune autre personne formée n’est libre."
# Who is asked first to facilitate: those whose work it is to help others work.
GUIDES = (
    "Formateur interne",
    "Préventeur",
    "Responsable des relations sociales",
    "Chargé de recrutement",
    "Responsable organisation",
)
MAINLAND = "Europe/Paris"


@lru_cache(maxsize=1)
def groups() -> dict[str, dict[str, Any]]:
    """Return what is said in each group."""
    found: dict[str, dict[str, Any]] = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def has_groups(history: History) -> bool:
    """Tell whether the story is long enough for groups to live in it."""
    return history.days.last >= LEAST_DAYS


class Groups:
    """Plans the four groups: one calls, one agrees on its rules, one is half-way, one is over."""

    def __init__(self, history: History) -> None:
        self.h = history
        # Who sits in a group already: the others are asked first.
        self.taken: set[int] = set()

    @property
    def market(self) -> Market:
        return self.h.markets[MAIN]

    def plan(self) -> None:
        """Plan them when there is life enough."""
        if not has_groups(self.h):
            return
        last = self.h.days.last
        cast = self.h.cast
        # Its report reached its decider a few days ago.
        over = _Group(self, "counter", last - 43, number=6, decided_by="hr", sessions=4, every=5)
        over.plan(guide=None)
        over.plan_sessions(held=4)
        over.plan_end()
        half_way = _Group(self, "remote", last - 46, number=7, decided_by="sponsor", sessions=7, every=10)
        half_way.plan(guide=cast("mediator").person, joined_by=("member",))
        half_way.plan_sessions(held=4)
        half_way.plan_sheets()
        # Its charter was written so lately that nobody is late in signing it.
        ruling = _Group(self, "safety", last - 7, number=7, decided_by="sponsor", sessions=3, every=0)
        ruling.plan(guide=None, joined_by=("english",), signing=4)
        ruling.plan_poll()
        _Group(self, "seasonal", last - 3, number=3, decided_by="sponsor", sessions=5, every=0).plan_call(
            joined_by=("newcomer",), open_for=10, late=True
        )


@dataclasses.dataclass(eq=False)
class _Group:
    """One group, from its need on; each gesture is of the one who would make it."""

    groups: Groups
    name: str
    begins: int
    number: int
    decided_by: str
    sessions: int
    every: int
    circle: Circle | None = None
    guide: Person | None = None
    members: list[Person] = dataclasses.field(default_factory=list)
    poll: Poll = dataclasses.field(default=None)  # type: ignore[assignment]

    def __post_init__(self) -> None:
        self.h = self.groups.h
        self.texts = groups()[self.name]
        self.rng: random.Random = self.h.rng("group", self.name)

    @property
    def alice(self) -> Person:
        return self.h.cast("animator").person

    @property
    def made(self) -> Circle:
        """The group as it is now."""
        assert self.circle is not None
        self.circle.refresh_from_db()
        return self.circle

    def at(self, day: int, minute: int, act: Callable[[], object]) -> None:
        """Plan a gesture, that the rules may refuse like anybody's, once the group is open."""

        def done(_day: int, _minute: int) -> None:
            if self.circle is not None:
                self.h.refused(act)

        self.h.at(self.begins + day, minute, done)

    def _each(self, number: int, day: int, minute: int, act: Callable[[int], object]) -> None:
        """Plan the same gesture of the first members, over two days."""

        def of(place: int) -> Callable[[], object]:
            return lambda: act(place) if place < len(self.members) else None

        for place in range(number):
            self.at(day + place % 2, minute + 29 * place, of(place))

    # -- the need and the call --------------------------------------------------------------------------------

    def plan_call(self, *, joined_by: tuple[str, ...] = (), open_for: int = 4, late: bool = False) -> None:
        """Plan the opening, the need, the call and those who answer it; `late`: who is of the cast answers last."""
        until = self.h.days.date(self.begins + open_for)
        self.h.at(self.begins, 615, lambda day, _minute: self._open(day, joined_by, until, late))
        self._each(self.number, 1, 560, self._apply)

    def _open(self, day: int, joined_by: tuple[str, ...], until: dt.date, late: bool) -> None:
        self._choose(day, joined_by)
        if late:
            # Whoever is second answers the second day.
            self.members.insert(1, self.members.pop(0))
        if len(self.members) >= min(self.number, 5) and not self.h.refused(lambda: self._call(until)):
            self.h.counts["groups"] += 1
        else:
            self.circle = None

    def _choose(self, day: int, joined_by: tuple[str, ...]) -> None:
        """Choose members whose work the group is about, each away from the others' line, not of the cast but for some."""
        cast = [self.h.cast(role).person for role in joined_by]
        for person in (*cast, *self._those_of(day, self.texts["functions"])):
            if len(self.members) == self.number:
                break
            if not in_line_with(person.pk, [one.pk for one in self.members]):
                self.members.append(person)
        self.groups.taken |= {person.pk for person in self.members}

    def _those_of(self, day: int, functions: Iterable[str]) -> list[Person]:
        """Return who is there that day, first those of these functions who can travel and sit in no group yet.

        A small demonstration has not enough of them: the others come after.
        """
        named, taken = titles_of(functions), self.groups.taken
        found = present(self.groups.market, day, self.rng)
        people = [member.person for member in found if member.until is None and member.person.email]
        people.sort(key=lambda one: (one.function not in named, one.pk in taken, one.time_zone != MAINLAND))
        return people

    def _outside(self) -> Person:
        """Return somebody who may facilitate: out of the line of every member, if there is anyone."""
        taken = [one.pk for one in self.members]
        found = [person for person in self._those_of(self.begins, GUIDES) if person.pk not in taken]
        return next((person for person in found if not in_line_with(person.pk, taken)), found[0])

    def _call(self, until: dt.date) -> None:
        texts, alice = self.texts, self.alice
        self.circle = circles.open_circle(
            self.groups.market.network,
            by=alice,
            title=texts["title"],
            trade=texts["trade"],
            aims=texts["aims"],
        )
        decider = self.h.cast(self.decided_by).person
        circles.specify_need(
            self.circle,
            by=alice,
            specified_with=texts["specified_with"],
            specified_on=clock.now().date(),
            deciders=[(decider, "", texts["role"])],
            allowance=texts["allowance"],
            told=texts["told"],
            untold=texts["untold"],
            functions=", ".join(texts["functions"]),
            seats_most=8,
            sessions_wanted=self.sessions,
            method=Method.CODEV if self.name != "counter" else Method.ANALYSIS,
            mode="face",
            place=texts["place"],
        )
        circles.call_volunteers(self.circle, by=alice, until=until)

    def _apply(self, place: int) -> None:
        texts = self.texts
        goal, helping = (texts[key][place % len(texts[key])] for key in ("goals", "helping"))
        circles.apply(self.made, by=self.members[place], goal=goal, helping=helping)

    # -- its making and its rules -------------------------------------------------------------------------------

    def plan(self, *, guide: Person | None, joined_by: tuple[str, ...] = (), signing: int = 99) -> None:
        """Plan the call, then the making of the group and the signing of its charter."""
        self.plan_call(joined_by=joined_by)
        self.at(3, 610, lambda: self._lead(guide))
        self.at(3, 640, self._make)
        self.at(4, 590, self._write)
        self._each(min(signing, self.number), 4, 640, self._sign)

    def _lead(self, guide: Person | None) -> None:
        person = guide or self._outside()
        rows = PoolMember.objects.filter(network=self.made.network, person=person, left_at=None)
        row = rows.select_related("network", "person").first()
        can = [Ability.FACILITATE]
        if row is None:
            free = "Une demi-journée toutes les deux semaines"
            add_to_pool(self.made.network, person, by=self.alice, abilities=can, availability=free, at_most=2)
        else:
            change_pool_member(
                row,
                by=self.alice,
                abilities=[*row.abilities, *can],
                availability=row.availability,
                at_most=row.at_most + 1,
            )
        self.guide = person
        circles.name_facilitator(self.made, by=self.alice, person=person, reason=SAFE)

    def _make(self) -> None:
        circle = self.made
        seats = list(circle.seats.filter(state__in=ASKING_SEATS).select_related("person"))
        for problem in problems_with(circle, seats):
            if not problem.settled and problem.kind in WHY:
                reason = WHY[WaiverKind(problem.kind)]
                circles.waive(circle, by=self.alice, kind=problem.kind, person=problem.person, reason=reason)
        circles.constitute(circle, by=self.alice)

    def _write(self) -> None:
        assert self.guide is not None
        texts = self.texts
        circles.write_charter(self.made, by=self.guide, text=texts["charter"], leaving=texts["leaving"])
        circles.sign_group_charter(self.made, by=self.guide, version=1)

    def _sign(self, place: int) -> None:
        circles.sign_group_charter(self.made, by=self.members[place], version=1)

    # -- its dates and its sessions -----------------------------------------------------------------------------

    def plan_poll(self) -> None:
        """Plan a poll of dates, open still, that a few answered."""
        self.at(6, 600, self._poll)
        for place in range(3):
            self.at(7, 700 + 29 * place, partial(self._vote, place))

    def _poll(self) -> None:
        assert self.guide is not None
        days, last = self.h.days, self.h.days.last
        starts = [days.local(last + ahead, 9, 0, self.guide.time_zone) for ahead in (9, 11, 16, 21, 26)]
        closes = days.local(last + 4, 18, 0, self.guide.time_zone)
        self.poll = circles.open_session_poll(self.made, by=self.guide, starts=starts, closes_at=closes)

    def _vote(self, place: int) -> None:
        said = [self.rng.choice([Voice.YES, Voice.YES, Voice.IF, Voice.NO]) for _date in range(5)]
        dates = [date.public_id for date in self.poll.dates.all()]
        answer_poll(self.poll, by=self.members[place], answers=dict(zip(dates, said, strict=True)))

    def plan_sessions(self, *, held: int) -> None:
        """Plan its dates at once, and what happens in the sessions that are past."""
        self.at(5, 995, self._fix)
        for number in range(held):
            day = self._day(number) - self.begins
            self.at(day, BEGINS, partial(self._begin, number))
            self.at(day, BEGINS + LONG, partial(self._end, number))

    def _day(self, number: int) -> int:
        return self.begins + 8 + number * self.every

    def _fix(self) -> None:
        assert self.guide is not None
        zone = self.guide.time_zone
        starts = [self.h.days.local(self._day(number), 9, 0, zone) for number in range(self.sessions)]
        circles.fix_sessions(self.made, by=self.guide, starts=starts)
        circles.begin_sessions(self.made, by=self.guide)

    def _session(self, number: int) -> Session:
        rows = Session.objects.select_related("circle__facilitator", "circle__network", "meeting")
        return rows.get(circle=self.circle, number=number + 1)

    def _begin(self, number: int) -> None:
        """Live the first half of a session: what was tried since, a subject each, the choice of one."""
        assert self.guide is not None
        session, texts, guide = self._session(number), self.texts["sessions"][number], self.guide
        circles.start_clock(session, by=guide)
        if number:
            former = self.texts["sessions"][number - 1]
            leads = list(self._session(number - 1).leads.select_related("person"))
            for place, lead in enumerate(leads):
                state = LeadState.LEFT if place else LeadState.TRIED
                gave = "" if place else former["gave"]
                circles.tell_lead(lead, by=lead.person, session=session, state=state, gave=gave)
        subjects = [
            circles.propose_subject(
                session,
                by=guide,
                words=words,
                stake=self.rng.randrange(1, 4),
                urgency=self.rng.randrange(1, 4),
                person=person,
            )
            for person, words in zip(self.members, texts["subjects"], strict=False)
        ]
        chosen = subjects[texts["chosen"]]
        for person in self.members:
            subject = chosen if self.rng.random() < 0.7 else self.rng.choice(subjects)
            if subject.person_id != person.pk:
                circles.set_interest(subject, by=guide, interested=True, person=person)
        circles.choose_subject(chosen, by=guide)

    def _end(self, number: int) -> None:
        """Live the second half: the page, what will be tried, what each learned, a note for oneself, the roll."""
        assert self.guide is not None
        session, texts, guide = self._session(number), self.texts["sessions"][number], self.guide
        client = self.members[texts["chosen"]]
        others = [person for person in self.members if person.pk != client.pk]
        while session.state == RoomState.OPEN and self._next_part(session):
            continue
        circles.write_page(session, by=others[0], words=texts["page"], version=session.page_version)
        for words in texts["leads"]:
            circles.add_lead(session, by=client, words=words)
        for person, words in zip(others, texts["helping"], strict=False):
            circles.say_learning(session, by=person, helping=words, helped="")
        for person, words in zip([client, others[-1]], texts["helped"], strict=False):
            circles.say_learning(session, by=person, helping="", helped=words)
        if number == 2 and "note" in self.texts:
            circles.write_note(session, by=self.members[0], words=self.texts["note"])
        session.refresh_from_db()
        circles.close_room(session, by=guide)
        here = [person.pk for person in (*self.members, guide)]
        # Once, somebody had a bad back, and another one called.
        away, phone = (here[4:5], here[3:4]) if number == 1 else ([], [])
        here = [pk for pk in here if pk not in away]
        self.at(self._day(number) - self.begins, 990, lambda: self._roll(number, here, phone))

    def _next_part(self, session: Session) -> bool:
        assert self.guide is not None
        if session.part + 1 >= len(parts_of(session)):
            return False
        circles.go_to_part(session, by=self.guide, since=session.part, to=session.part + 1)
        session.refresh_from_db()
        return True

    def _roll(self, number: int, here: list[int], phone: list[int]) -> None:
        assert self.guide is not None
        circles.record_roll(self._session(number), by=self.guide, here=here, by_phone=phone)

    # -- its sheets and its end -------------------------------------------------------------------------------

    def plan_sheets(self) -> None:
        """Plan a sheet that came out with everyone's agreement, and another one that the group is still writing."""
        day = self._day(2) - self.begins
        self.at(day + 1, 870, lambda: self._propose(self.texts["sheets"][0]))
        self.at(day + 3, 880, lambda: self._agree(0))
        self.at(day + 12, 890, lambda: self._draft(self.texts["draft"]))

    def _draft(self, texts: dict[str, Any]) -> Any:
        circle = self.made
        return circles.write_group_sheet(circle, by=self.members[0], topics=["Travail en équipe"], **texts)

    def _propose(self, texts: dict[str, Any]) -> None:
        circles.propose_sheet(self._draft(texts), by=self.members[0])

    def _propose_line(self, words: str) -> None:
        circles.propose_line(self.made, by=self.members[1], words=words)

    def _agree(self, number: int, *, silent: int = 0) -> None:
        """Let each member answer about the `number`-th thing proposed; the last `silent` ones say nothing."""
        outing = Outing.objects.filter(circle=self.circle).order_by("pk")[number]
        asked = list(outing.agreements.select_related("person").order_by("pk"))
        for place, agreement in enumerate(asked[: len(asked) - silent]):
            outing.refresh_from_db()
            if outing.state != OutingState.ASKED:
                break
            name = "Une collègue du groupe" if place == 2 else ""
            circles.answer_outing(outing, by=agreement.person, agrees=True, signs=place < 3, name=name)

    def plan_end(self) -> None:
        """Plan what the group wrote, its two reviews, and its end."""
        day, texts = self._day(self.sessions - 1) - self.begins + 2, self.texts
        self.at(day, 600, lambda: circles.start_writing(self.made, by=self._by()))
        for number, sheet in enumerate([*texts["sheets"], texts["kept"]]):
            self.at(day + 1, 640 + 9 * number, partial(self._propose, sheet))
        for number, line in enumerate(texts["lines"]):
            self.at(day + 1, 720 + 9 * number, partial(self._propose_line, line))
        for number in range(len(texts["sheets"]) + 1 + len(texts["lines"])):
            silent = 2 if number == len(texts["sheets"]) else 0
            self.at(day + 3 + number % 2, 800 + 7 * number, partial(self._agree, number, silent=silent))
        self._each(self.number, day + 4, 560, self._review)
        self.at(day + 14, 930, lambda: circles.send_report(self.made, by=self._by()))
        self.at(day + 15, 600, lambda: circles.close_circle(self.made, by=self._by()))

    def _by(self) -> Person:
        assert self.guide is not None
        return self.guide

    def _review(self, place: int) -> None:
        seat = Seat.objects.select_related("circle__network", "circle__facilitator", "person").get(
            circle=self.circle, person=self.members[place]
        )
        brought = self.texts["brought"][place % len(self.texts["brought"])]
        wishes = self.texts["wishes"][place] if place < len(self.texts["wishes"]) else ""
        circles.review_group(seat, by=seat.person, reached=2 + place % 3, brought=brought, wishes=wishes)

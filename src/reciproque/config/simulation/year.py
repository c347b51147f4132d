"""Live a simulated year day by day: the worker's duties at their hours, people and animators through the real actions."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import gc
import logging
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import translation

from reciproque.agenda.models import Step
from reciproque.agenda.rules import escalation_off
from reciproque.config.simulation.answers import Answers
from reciproque.config.simulation.desk import Desk
from reciproque.config.simulation.happenings import Happenings
from reciproque.config.simulation.office import Office, office_open
from reciproque.config.simulation.people import Someone, chance, characters
from reciproque.config.simulation.watch import Figures, Stumbles, Watch, from_the_journal
from reciproque.config.simulation.world import World
from reciproque.config.worker import Worker
from reciproque.kit import clock
from reciproque.kit.dates import is_working_day
from reciproque.matching.queries.index import forget_all
from reciproque.networks.models import Network, RoleGrant

PARIS = ZoneInfo("Europe/Paris")
DAY = dt.timedelta(days=1)
# When people act and the worker turns, in Paris: late enough in the morning for what fell due at 18 h the day before.
MORNING, AFTERNOON = (9, 30), (15, 30)
MAIL_DOWN_DAYS = 2
MANY_TURNS = 2000
# Names of the timetable: most of what a simulated day of a small network costs.
OF_THE_NIGHT = (
    "suggestions",
    "plans",
    "loops",
    "posts alike",
    "nudges",
    "figures to count",
    "figures of the past to count",
)
Tell = Callable[[str], None]


@dataclasses.dataclass(frozen=True)
class Wish:
    """What is simulated: some months, or only so many days of them."""

    months: int = 12
    days: int | None = None
    seed: int = 1
    # Every how many days the worker computes what suits whom, and the figures, again; 1: at its own periods (tests: 7).
    computed_every: int = 1
    escalation: bool = True


def live_year(world: World, wish: Wish, *, tell: Tell = lambda _words: None) -> Figures:
    """Live the months that follow the start of `world` in the present database, and return the figures."""
    begun = time.monotonic()
    with (
        translation.override("fr"),
        tempfile.TemporaryDirectory(prefix="reciproque-index-") as folder,
        _own_index(Path(folder)),
        office_open() as office,
        _stumbles() as stumbles,
        _in_haste(),
        contextlib.nullcontext() if wish.escalation else escalation_off(),
        clock.at(world.start),
    ):
        year = Year(world, wish, office, tell)
        year.live()
        figures = year.figures()
    figures.errors = len(stumbles.words)
    for words in sorted(set(stumbles.words))[:5]:
        tell(f"  ! {words}")
    figures.seconds = round(time.monotonic() - begun, 1)
    return figures


@contextlib.contextmanager
def _own_index(folder: Path) -> Iterator[None]:
    """Keep what matching writes on disk and in memory apart from any other database's."""
    before, settings.MATCHING_INDEX = settings.MATCHING_INDEX, folder
    forget_all()
    try:
        yield
    finally:
        settings.MATCHING_INDEX = before
        forget_all()


@contextlib.contextmanager
def _stumbles() -> Iterator[Stumbles]:
    handler, log = Stumbles(), logging.getLogger("reciproque")
    log.addHandler(handler)
    try:
        yield handler
    finally:
        log.removeHandler(handler)


@contextlib.contextmanager
def _in_haste() -> Iterator[None]:
    """Few things made here die in circles: looking for them less often saves a tenth of the time."""
    usual = gc.get_threshold()
    gc.set_threshold(100_000, 50, 50)
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def months_later(day: dt.date, months: int) -> dt.date:
    """Return the same day of the month that many months later, or the last one before it."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for number in range(day.day, day.day - 4, -1):
        with contextlib.suppress(ValueError):
            return dt.date(year, month + 1, number)
    raise ValueError(day)


class Year:
    """The days of a simulated year, in order."""

    def __init__(self, world: World, wish: Wish, office: Office, tell: Tell) -> None:
        self.world, self.wish, self.office, self.tell = world, wish, office, tell
        self.first = world.start.astimezone(PARIS).date()
        self.days = wish.days or (months_later(self.first, wish.months) - self.first).days
        leaders = set(RoleGrant.objects.held().values_list("person_id", flat=True))
        self.people = characters(world.colleagues, world.persons, leaders, seed=wish.seed, days=self.days)
        self.by_pk = {someone.person.pk: someone for someone in self.people}
        self.answers = Answers()
        self.desk = Desk(self.answers, self.by_pk)
        self.happenings = Happenings(
            self.people, self.answers, chance(wish.seed, "happenings"), days=self.days
        )
        self.watch = Watch()
        self.worker = Worker()
        self.ready: dict[int, dt.date] = {}
        third = max(2, self.days // 3)
        self.mail_down = third + chance(wish.seed, "mail").randrange(third // 2 + 1)

    def live(self) -> None:
        """Live every day."""
        for number in range(self.days):
            day = self.first + number * DAY
            self._mind_the_mail(number)
            with clock.at(self._moment(day, MORNING)):
                self._spare_the_night(number)
            if is_working_day(day):
                self._working_day(day, number)
            else:
                self._at(day, MORNING)
            if day.day == 1 or number == self.days - 1:
                sent, asked = self.office.total, self.answers.counts["asked"]
                self.tell(f"  {day:%m/%Y} : {asked} demandes de leur propre chef, {sent} courriels")

    def _mind_the_mail(self, number: int) -> None:
        self.office.closed = self.mail_down <= number < self.mail_down + MAIL_DOWN_DAYS

    def _working_day(self, day: dt.date, number: int) -> None:
        def morning() -> None:
            for network in self.networks():
                self.desk.morning(network)
            self._half_day(number)

        self._at(day, MORNING, morning)
        self._at(day, AFTERNOON, lambda: self._half_day(number))
        with clock.at(self._moment(day, AFTERNOON) + dt.timedelta(minutes=30)):
            self.watch.look(self.networks())

    def networks(self) -> list[Network]:
        """Return every network, in order."""
        return list(Network.objects.order_by("pk"))

    def _moment(self, day: dt.date, hour: tuple[int, int]) -> dt.datetime:
        return dt.datetime.combine(day, dt.time(*hour), PARIS)

    def _at(self, day: dt.date, hour: tuple[int, int], act: Callable[[], None] | None = None) -> None:
        """Come to an hour: the worker does what fell due since the last one, people act, it does what that calls for."""
        with clock.at(self._moment(day, hour)):
            self._work()
            if act is not None:
                act()
                self._work()

    def _spare_the_night(self, number: int) -> None:
        """Hold the duties of the night as done, but on their day."""
        if number % self.wish.computed_every:
            self.worker.last |= dict.fromkeys(OF_THE_NIGHT, clock.now() + DAY / 2)

    def _work(self) -> None:
        for _turn in range(MANY_TURNS):
            if not self.worker.turn():
                return
        raise RuntimeError("the worker never comes to an end")

    def _half_day(self, number: int) -> None:
        """Let everyone who comes do what is expected of them and is ripe, then look around."""
        self.happenings.half_day(number)
        now = clock.now()
        expected = defaultdict(list)
        rows = Step.objects.open().exclude(owner=None).select_related("network").order_by("due_at", "pk")
        for step in rows:
            expected[step.owner_id].append(step)
        for someone in self.people:
            if not someone.is_here(now) or not someone.comes(unread=self.office.unread[someone.address]):
                continue
            read = self.office.unread.pop(someone.address, 0) if someone.address else 0
            someone.owes = False
            for step in expected[someone.person.pk]:
                if self._is_ripe(someone, step, now):
                    self.answers.do(someone, step)
                else:
                    someone.owes |= step.pk in self.ready
            self.happenings.look_around(someone, read=read)

    def _is_ripe(self, someone: Someone, step: Step, now: dt.datetime) -> bool:
        """Tell whether somebody who is there does this now: each thinks for a while, some only when reminded."""
        if step.verb == "held" and someone.forgetful:
            return False
        if someone.nudged and not step.reminders:
            return False
        today = now.astimezone(PARIS).date()
        if step.pk not in self.ready:
            self.ready[step.pk] = today + someone.thinks_for() * DAY
        return self.ready[step.pk] <= today

    def figures(self) -> Figures:
        """Return what the year came to."""
        figures = Figures()
        from_the_journal(figures, self.world.start)
        watch, counts = self.watch, self.answers.counts
        figures.overdue_never_escalated = len(watch.found)
        for why in watch.found.values():
            figures.overdue_why[why] = figures.overdue_why.get(why, 0) + 1
        figures.overdue_why = dict(sorted(figures.overdue_why.items()))
        figures.ended_unreminded = watch.unreminded.total()
        figures.left_with_something_expected = len(watch.of_the_left)
        figures.max_messages_per_person_week = self.office.most_in_a_week(self.world.start)
        figures.messages_a_week_at_most = settings.MESSAGES_A_WEEK
        figures.messages, figures.connections_refused = self.office.total, self.office.refused_connections
        figures.people = len(self.people)
        figures.mail_down_days = MAIL_DOWN_DAYS
        figures.animators_acts = self.desk.acts.total()
        figures.animators_acts_most_in_a_morning = self.desk.most
        figures.refused_by_the_rules = counts["refused by the rules"]
        return figures

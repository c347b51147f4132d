"""The clockwork of the demonstration: acts planned for a day and an hour, each done through the real actions."""

from __future__ import annotations

import contextlib
import datetime as dt
import heapq
import itertools
import random
from collections import Counter
from collections.abc import Callable, Iterator

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction
from django.db.transaction import TransactionManagementError

from reciproque.agenda import actions as agenda
from reciproque.catalogue import actions as catalogue
from reciproque.catalogue.models import Post
from reciproque.catalogue.rules import PostState
from reciproque.circles import actions as circles
from reciproque.config.demo.company import Colleague, colleagues
from reciproque.config.demo.days import Days
from reciproque.config.demo.market import Market
from reciproque.config.demo.scale import Scale
from reciproque.config.reactions import HANDLERS
from reciproque.exchanges import actions as exchanges
from reciproque.gatherings import actions as gatherings
from reciproque.journal.actions import Gathered, gathered
from reciproque.journal.models import Reaction
from reciproque.journal.rules import unpromised
from reciproque.kit import clock
from reciproque.moderation import actions as moderation
from reciproque.notices import actions as notices
from reciproque.people.models import Person

Act = Callable[[int, int], None]
Tell = Callable[[str], None]

MORNING, EVENING = 7 * 60 + 30, 18 * 60 + 45
# People are told of what happened in the last days only: older messages would have been read long ago.
TOLD_DAYS = 8


@contextlib.contextmanager
def savepoints(used: bool) -> Iterator[None]:
    """Let nested transactions mark a place to come back to, or not.

    A day of the history is one transaction that either happens or fails whole: marking each action inside it would be
    a third of its queries. An act that may be refused has one place marked, before it.
    """
    # The method itself is put aside, not the feature that says whether there is one: SQLite's does not look at it.
    own = vars(connections[DEFAULT_DB_ALIAS])
    before = own.pop("savepoint", None)
    if not used:
        own["savepoint"] = lambda: None
    try:
        yield
    finally:
        own.pop("savepoint", None)
        if before is not None:
            own["savepoint"] = before


class History:
    """Four years (or their beginning) of an organisation, one transaction a working day."""

    def __init__(
        self, scale: Scale, stage: str, today: dt.date, *, seed: int = 2010, tell: Tell = print
    ) -> None:
        self.scale, self.stage, self.seed, self.tell = scale, stage, seed, tell
        self.played = scale.played(stage)
        self.days = Days(today, max(self.played, 1))
        self.markets: dict[str, Market] = {}
        self.counts: Counter[str] = Counter()
        number = scale.members + scale.leavers + scale.outsiders
        self.people = colleagues(number, self.rng("people"))
        self.admin = None
        self.facts, self._told = Gathered(), False
        self._by_pk: dict[int, Colleague] = {}
        self._acts: list[tuple[int, int, int, Act]] = []
        self._order = itertools.count()
        self._today: list[tuple[dt.datetime, Callable[[], object]]] = []

    def rng(self, *names: object) -> random.Random:
        """Return the chance of one thing: what happens to it depends on nothing else."""
        return random.Random(":".join(map(str, (self.seed, *names))))  # noqa: S311 - a story, not a secret

    def cast(self, role: str) -> Colleague:
        """Return the person of the cast who has this role."""
        return next(colleague for colleague in self.people if colleague.role == role)

    def person_of(self, pk: int) -> Person:
        """Return somebody of the operator as the history last saw them."""
        if len(self._by_pk) != len(self.people):
            self._by_pk = {colleague.person.pk: colleague for colleague in self.people}
        return self._by_pk[pk].person

    def at(self, day: int, minute: int, act: Act) -> None:
        """Plan an act; what falls after the last day lived never happens."""
        if day < self.played:
            heapq.heappush(self._acts, (day, minute, next(self._order), act))

    def today(self, moment: dt.datetime, act: Callable[[], object]) -> None:
        """Plan an act between the last evening lived and the present moment."""
        self._today.append((moment, act))

    def share(self, fraction: float) -> int:
        """Return the day at which this part of the whole four years is past."""
        return round(self.scale.days * fraction)

    @contextlib.contextmanager
    def together(self, *, told: bool) -> Iterator[None]:
        """Do much in one transaction, its facts written together, people told of them or not."""
        self._told, silent = told, ("matching",) if told else ("matching", "notices")
        with unpromised(*silent), transaction.atomic(), savepoints(False), gathered() as self.facts:
            yield

    def live(self) -> None:
        """Live every planned day in order."""
        for day in range(self.played):
            with self.together(told=day >= self.played - TOLD_DAYS):
                self._live(day)
            if day % max(1, self.played // 16) == 0 or day == self.days.last:
                self._say(day)

    def _live(self, day: int) -> None:
        with self.on(day, MORNING):
            self._duties(day)
        clocked = MORNING + 30
        while self._acts and self._acts[0][0] <= day:
            planned, minute, _order, act = heapq.heappop(self._acts)
            # What is planned too late in the day happens a little later: the clock never goes back.
            clocked = max(clocked, minute) if planned == day else clocked
            with self.on(day, clocked):
                act(day, clocked)
        with self.on(day, EVENING):
            self.tell_all()

    def arrive(self) -> None:
        """Come to the present moment: what has fallen due since the last evening is done now."""
        with self.together(told=True):
            for moment, act in sorted(self._today, key=lambda planned: planned[0]):
                with clock.at(moment):
                    act()
            self._duties(self.played)
            self.tell_all()

    @contextlib.contextmanager
    def on(self, day: int, minute: int) -> Iterator[None]:
        """Be at that minute of that day."""
        with clock.at(self.days.moment(day, minute)):
            yield

    def _duties(self, day: int) -> None:
        """Do what the worker does by the clock: what can wait is done once a week, but in the last days."""
        done = agenda.ask_whether_held()
        if day % 5 == 0 or day >= self.played - TOLD_DAYS:
            done += exchanges.lapse_overdue()
            done += exchanges.close_overdue_reviews()
            exchanges.close_unconfirmed()
            done += agenda.escalate_overdue()
            done += gatherings.clear_unconfirmed()
            done += self._tend_groups()
            if day >= self.played - TOLD_DAYS:
                done += moderation.tend_reports()
            done += catalogue.warn_expiring()
            expired = catalogue.expire_overdue()
            if expired:
                self.recount_posts()
            done += expired
        if done:
            self.react()

    def _tend_groups(self) -> int:
        """Do what the clock does for groups: end their calls and polls, keep inside what not everyone agreed to."""
        done = agenda.close_overdue_polls() + circles.end_calls() + circles.settle_outings()
        return done + circles.settle_rolls() + circles.close_reviews()

    def react(self) -> None:
        """Do what the worker does with the facts, and with the facts that this writes."""
        while waiting := self.facts.write():
            for reaction in waiting:
                HANDLERS[reaction.reader](reaction.fact)
            # Nobody else works here, so that none is claimed first; one that fails makes the whole fail.
            run = [reaction.pk for reaction in waiting]
            Reaction.objects.filter(pk__in=run).update(state=Reaction.State.DONE)

    def tell_all(self) -> None:
        """Leave nothing waiting: neither a reaction nor a message."""
        self.react()
        if self._told:
            notices.send_waiting()

    def recount_posts(self) -> None:
        """Take note of the posts that are no longer published."""
        for market in self.markets.values():
            posts = Post.objects.filter(network=market.network, state=PostState.PUBLISHED)
            market.close(set(posts.values_list("pk", flat=True)))

    def refused(self, act: Callable[[], object]) -> bool:
        """Try an act that the rules may refuse; True when they did, and nothing is written."""
        mark = self.facts.mark()
        try:
            try:
                self._attempt(act, marked=False)
            except TransactionManagementError:
                # It went on after a write that failed: that one needed a place of its own to come back to.
                self.facts.forget(mark)
                self._attempt(act, marked=True)
        except (ValidationError, PermissionDenied):
            self.facts.forget(mark)
            self.counts["refused by the rules"] += 1
            return True
        return False

    def _attempt(self, act: Callable[[], object], *, marked: bool) -> None:
        with savepoints(True), transaction.atomic(), savepoints(marked):
            act()
            if connection.needs_rollback:
                raise TransactionManagementError

    def _say(self, day: int) -> None:
        date = self.days.date(day)
        counts = self.counts
        self.tell(
            f"  {date:%m/%Y} : {counts['members']} membres, {counts['posts']} offres et demandes,"
            f" {counts['followed']} échanges suivis, {counts['declared']} déclarés"
        )

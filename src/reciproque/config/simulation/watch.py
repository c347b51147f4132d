"""What is looked at every working afternoon of a simulated year, and the figures drawn from the journal at its end."""

from __future__ import annotations

import dataclasses
import datetime as dt
import logging
import statistics
from collections import Counter
from collections.abc import Iterable

from django.conf import settings
from django.db.models import Count

from reciproque.agenda.models import Step
from reciproque.agenda.rules import PRIVATE_VERBS, StepState, deadline
from reciproque.config.simulation.desk import Listed
from reciproque.exchanges.models import Introduction
from reciproque.journal.models import Fact
from reciproque.kit import clock
from reciproque.networks.models import Membership, Network


@dataclasses.dataclass
class Figures:
    """What the report says, in its order; everything but `seconds` is the same for the same seed."""

    introductions: int = 0
    exchanges_held: int = 0
    reminders: int = 0
    reminders_by_hand: int = 0
    lapses: int = 0
    reproposals: int = 0
    overdue_never_escalated: int = 0
    max_messages_per_person_week: int = 0
    messages_a_week_at_most: int = 0
    escalations: int = 0
    handed_over: int = 0
    reviews: int = 0
    messages: int = 0
    median_days_to_an_answer: float | None = None
    people: int = 0
    left: int = 0
    left_with_something_expected: int = 0
    ended_unreminded: int = 0
    mail_down_days: int = 0
    connections_refused: int = 0
    animators_acts: int = 0
    animators_acts_most_in_a_morning: int = 0
    refused_by_the_rules: int = 0
    errors: int = 0
    open_at_the_end: dict[str, int] = dataclasses.field(default_factory=dict)
    overdue_why: dict[str, int] = dataclasses.field(default_factory=dict)
    seconds: float = 0.0


class Watch:
    """Looks at every step that is more than one working day late, every working afternoon."""

    def __init__(self) -> None:
        self.since = self._last = clock.now()
        self.found: dict[int, str] = {}
        self.unreminded: Counter[str] = Counter()
        self.of_the_left: set[int] = set()

    def look(self, networks: Iterable[Network]) -> None:
        """Note what is late without having been reminded, escalated and listed; and what ended in silence."""
        now = clock.now()
        for network in networks:
            self._look_at(network, now)
        away = _away(now)
        ended = Step.objects.filter(
            state=StepState.LAPSED, closed_at__gt=self._last, reminders=0, opened_at__gt=self.since
        ).exclude(owner=None)
        for verb, network_id, owner in ended.values_list("verb", "network_id", "owner_id"):
            if (network_id, owner) not in away:
                self.unreminded[verb] += 1
        gone = Step.objects.open().filter(owner__is_active=False)
        self.of_the_left |= set(gone.values_list("pk", flat=True))
        self._last = now

    def _look_at(self, network: Network, now: dt.datetime) -> None:
        late = Step.objects.overdue(now).filter(network=network).exclude(verb__in=PRIVATE_VERBS)
        late = late.select_related("owner").order_by("pk")
        late = [step for step in late if _more_than_a_working_day(step, network, now)]
        if not late:
            return
        shown, away = Listed(network, now), _away(now)
        facts = Fact.objects.filter(network=network.public_id, name="desk.late").order_by("-pk")
        told = facts.values_list("at", flat=True).first()
        for step in late:
            if (network.pk, step.owner_id) in away:
                continue
            why = _wanting(step, told)
            if step not in shown:
                why.append("not listed")
            if why and step.pk not in self.found:
                self.found[step.pk] = (
                    f"{'team ' if step.owner_id is None else ''}{step.verb}: {', '.join(why)}"
                )


def _more_than_a_working_day(step: Step, network: Network, now: dt.datetime) -> bool:
    zone = step.owner.time_zone if step.owner is not None else settings.TIME_ZONE
    return deadline(network, 1, step.due_at, zone) < now


def _wanting(step: Step, told: dt.datetime | None) -> list[str]:
    """Say what was not done about a late step: of the team's own ones, the team is told together."""
    if step.owner_id is None:
        return [] if told is not None and told >= step.due_at else ["the team was not told"]
    why = [] if step.reminders else ["not reminded"]
    return why if step.escalated_at is not None else [*why, "not escalated"]


def _away(now: dt.datetime) -> set[tuple[int, int]]:
    return set(Membership.objects.filter(paused_until__gt=now).values_list("network_id", "person_id"))


class Stumbles(logging.Handler):
    """Counts what the worker logs as an error: it goes on, the report says so."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.words: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one error."""
        cause = record.exc_info[1] if record.exc_info else None
        self.words.append(f"{record.getMessage()}{f' ({cause!r})' if cause else ''}")


def from_the_journal(figures: Figures, since: dt.datetime) -> None:
    """Fill in what the facts written since then say."""
    names = Fact.objects.filter(at__gte=since).order_by().values_list("name")
    count: Counter[str] = Counter(dict(names.annotate(n=Count("pk"))))
    held = Fact.objects.filter(at__gte=since, name__in=["exchange.finished", "exchange.confirmed"])
    figures.introductions = count["introduction.asked"]
    figures.exchanges_held = held.order_by().values("subject_id").distinct().count()
    figures.reminders = count["step.reminded"]
    by_hand = Fact.objects.filter(at__gte=since, name="step.reminded").exclude(by=None)
    figures.reminders_by_hand = by_hand.count()
    figures.lapses = count["introduction.lapsed"]
    figures.reproposals = count["introduction.next_proposed"]
    figures.escalations = count["step.escalated"]
    figures.handed_over = count["step.handed_over"]
    figures.reviews = count["review.submitted"]
    left = Fact.objects.filter(at__gte=since, name__in=["membership.left", "person.left"])
    figures.left = left.order_by().values("concerns__person").distinct().count()
    waits = Introduction.objects.filter(asked_at__gte=since, answered_at__isnull=False)
    days = [
        (end - start) / dt.timedelta(days=1) for start, end in waits.values_list("asked_at", "answered_at")
    ]
    figures.median_days_to_an_answer = round(statistics.median(days), 1) if days else None
    steps = Step.objects.open().order_by("verb").values_list("verb").annotate(n=Count("pk"))
    figures.open_at_the_end = dict(steps)

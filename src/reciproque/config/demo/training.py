"""What counts as training in the demonstration: agreed, handed over, attested; hours awaited, or that differ."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from reciproque.config.demo.arrivals import MAIN
from reciproque.config.demo.history import History
from reciproque.exchanges.models import Exchange, ExchangePerson
from reciproque.exchanges.rules import ExchangeState, Side
from reciproque.people.models import Person
from reciproque.recognition import actions as recognition
from reciproque.recognition.models import TrainingRecord
from reciproque.recognition.rules.training import Modality, Shown

OPENS = 0.5
EVERY, AT_A_TIME = 21, 2
HOURS = (Decimal("1.5"), Decimal(2), Decimal("2.5"), Decimal(3), Decimal(4))
AIMS = (
    "Savoir le faire seul, et l’expliquer à quelqu’un d’autre.",
    "Comprendre comment s’y prendre, sur un cas réel du service.",
    "Ne plus dépendre d’une seule personne pour cela.",
    "Retrouver les bons gestes, et savoir quand demander de l’aide.",
)
CONDITIONS = {
    "analysis": "Avant de commencer, nous avons regardé deux situations du service et choisi la plus courante.",
    "guidance": "La personne qui transmet a été désignée par l’équipe et a tenu ce rôle du début à la fin.",
    "reflection": "Une demi-heure au calme, le travail fini : ce qui était attendu, ce qui a été fait, ce qui manquait.",
    "evaluation": "À la fin, un cas traité sans aide, relu ensemble avec une grille de six points.",
}


def _day(row: Exchange) -> dt.date:
    return row.held_on or (row.closed_at or row.opened_at).date()


class Trainings:
    """Plans the training records of the main network."""

    def __init__(self, history: History) -> None:
        self.h = history

    def plan(self) -> None:
        """Plan all of it, when the story is long enough for exchanges to have closed."""
        h, last = self.h, self.h.days.last
        opens = h.share(OPENS)
        if last < max(30, opens + 20):
            return
        h.at(opens, 640, self._open)
        for day in range(opens + 7, last - 1, EVERY):
            h.at(day, 905, self._count)
        h.at(last - 3, 915, self._wait)

    @property
    def network(self) -> Any:
        return self.h.markets[MAIN].network

    def _open(self, _day: int, _minute: int) -> None:
        recognition.set_training(
            self.network, by=self.h.admin, on=True, kinds=["exchange", "group"], afest=True
        )

    def _closed(self, *people: Person) -> list[tuple[Exchange, Person, Person]]:
        """Return closed exchanges (of these people) with their learner and their teacher, the latest first."""
        rows = Exchange.objects.filter(
            network=self.network, state=ExchangeState.CLOSED, held_on__isnull=False
        )
        if people:
            rows = rows.filter(people__person__in=people)
        counted = TrainingRecord.objects.values("source_id")
        found = []
        for row in rows.exclude(public_id__in=counted).order_by("-closed_at", "-pk")[:20]:
            parts = ExchangePerson.objects.filter(exchange=row, left_at=None, person__is_active=True)
            sides = {part.side: part.person for part in parts.select_related("person")}
            if len(sides) == 2:
                found.append((row, sides[Side.REQUESTER], sides[Side.OFFERER]))
        return found

    def _ask(self, row: Exchange, learner: Person, trainer: Person, hours: Decimal, **more: Any) -> Any:
        rng = self.h.rng("aims", row.title)
        day = _day(row)
        made: list[TrainingRecord] = []
        self.h.refused(
            lambda: made.append(
                recognition.ask_training(
                    "exchange",
                    row.public_id,
                    by=learner,
                    other=trainer,
                    title=row.title,
                    aims=rng.choice(AIMS),
                    starts_on=day,
                    ends_on=day,
                    hours=hours,
                    **({"mode": Modality.FACE} | more),
                )
            )
        )
        return made[0] if made else None

    def _count(self, day: int, _minute: int) -> None:
        """Two people agree; most hand it over, some have it attested; one in six was a training in work."""
        rng = self.h.rng("training", day)
        for row, learner, trainer in self._closed()[:AT_A_TIME]:
            hours, in_work = rng.choice(HOURS), rng.random() < 1 / 6
            more: dict[str, Any] = {}
            if in_work:
                more = {
                    "afest": True,
                    "mode": Modality.WORK,
                    "reflected_on": _day(row),
                    "conditions": CONDITIONS,
                }
            record = self._ask(row, learner, trainer, hours, **more)
            if record is None:
                continue
            self.h.refused(lambda r=record, t=trainer, n=hours: recognition.say_hours(r, by=t, hours=n))
            if rng.random() < 0.7:
                for person in (learner, trainer):
                    self.h.refused(lambda r=record, p=person: recognition.hand_over(r, by=p, yes=True))
            if rng.random() < 0.5:
                self.h.refused(
                    lambda r=record, p=learner: recognition.issue_attestation(
                        r, by=p, shown=[Shown.TITLE, Shown.DATES, Shown.HOURS, Shown.ORGANISATION]
                    )
                )

    def _wait(self, _day: int, _minute: int) -> None:
        """Someone asks Basile his hours; someone else learns that his differ from theirs."""
        basile = self.h.cast("member").person
        taught = [one for one in self._closed(basile) if one[2] == basile]
        for number, (row, learner, trainer) in enumerate(taught[:2]):
            record = self._ask(row, learner, trainer, Decimal(3))
            if record is not None and number:
                self.h.refused(lambda r=record, t=trainer: recognition.say_hours(r, by=t, hours=Decimal(2)))

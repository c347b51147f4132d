"""Questionnaires of the demonstration: one whose results are read, one that waits for answers, one being written."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

from reciproque.config.demo.arrivals import MAIN
from reciproque.config.demo.history import History
from reciproque.kit import clock
from reciproque.people.models import Person
from reciproque.surveys import actions as surveys
from reciproque.surveys.models import Campaign, Seat
from reciproque.surveys.rules import Kind, Mode, SeatState, Split, Trigger, Who, is_asked, questions_of

# The impact questionnaire runs for the last quarter of the story but one; people answer within the fortnight.
OPENS, CLOSES = 0.62, 0.9
EVERY = 14
ANSWERS = 0.55
MEMORY = (
    "J’ai gagné une demi-journée par mois sur les tableaux de suivi.",
    "J’ose maintenant appeler une collègue d’un autre service.",
    "Le plus utile a été de préparer l’échange, pas seulement l’échange.",
    "Il faudrait que mon responsable sache que ce temps est prévu.",
    "J’ai compris en expliquant que je n’avais pas tout compris.",
    "Nous avons repris la méthode à trois dans l’équipe.",
    "Une heure, c’est court : nous nous sommes revus.",
    "Je n’ai pas encore eu l’occasion de m’en servir.",
)


class Surveys:
    """Plans the questionnaires of the main network."""

    def __init__(self, history: History) -> None:
        self.h = history
        self.impact: Campaign | None = None

    def plan(self) -> None:
        """Plan all of it, when the story is long enough for people to have exchanged three times."""
        h, last = self.h, self.h.days.last
        opens, closes = h.share(OPENS), h.share(CLOSES)
        if last < closes or closes - opens < 40:
            return
        h.at(opens, 560, self._open_impact)
        for day in range(opens + EVERY, closes, EVERY):
            h.at(day, 950, self._answer)
        h.at(closes, 1020, self._close)
        h.at(last - 6, 570, self._ask_effects)
        h.at(last - 2, 960, self._begin_another)

    @property
    def network(self) -> Any:
        return self.h.markets[MAIN].network

    @property
    def alice(self) -> Person:
        return self.h.cast("animator").person

    def _send(self, key: str, days: int, **more: Any) -> Campaign:
        row = surveys.copy_supplied(self.network, key, by=self.alice)
        surveys.publish_version(row, by=self.alice)
        today = clock.now().date()
        campaign = surveys.plan_campaign(
            row,
            by=self.alice,
            network=self.network,
            opens_on=today,
            closes_on=today + dt.timedelta(days=days),
            **more,
        )
        return surveys.open_campaign(campaign, by=self.alice)

    def _open_impact(self, _day: int, _minute: int) -> None:
        """After the third exchange as the one who asks, each is asked what it brought, without a name."""
        self.impact = self._send(
            "impact",
            360,
            trigger=Trigger.THIRD_EXCHANGE,
            mode=Mode.ANONYMOUS,
            audience={"who": Who.MEMBERS},
            shared=True,
        )

    def _answer(self, day: int, _minute: int) -> None:
        """More than half of those who were asked since last time answer."""
        if self.impact is None:
            return
        rng = self.h.rng("impact", day)
        since = clock.now() + dt.timedelta(days=1)
        rows = Seat.objects.filter(campaign=self.impact, state=SeatState.EXPECTED, due_at__gt=since)
        for seat in rows.select_related("campaign__questionnaire", "campaign__network", "person").order_by(
            "pk"
        ):
            if rng.random() < ANSWERS and seat.person is not None:
                person, values = seat.person, self._values(seat.campaign, rng)
                self.h.refused(lambda s=seat, p=person, v=values: surveys.submit_answer(s, by=p, values=v))

    def _values(self, campaign: Campaign, rng: random.Random) -> dict[str, Any]:
        version = campaign.questionnaire.versions.published().first()
        values: dict[str, Any] = {}
        for question in questions_of(version.definition if version is not None else {"sections": []}):
            if not is_asked(question, values) or (not question["required"] and rng.random() < 0.4):
                continue
            keys = [option["key"] for option in question.get("options", [])]
            if question["kind"] == Kind.TEXT:
                values[question["key"]] = rng.choice(MEMORY)
            elif question["kind"] == Kind.NUMBER:
                values[question["key"]] = str(
                    rng.randint(question["least"] or 0, min(question["most"] or 9, 9))
                )
            elif question["kind"] == Kind.MULTIPLE:
                values[question["key"]] = rng.sample(keys, rng.randint(1, min(2, len(keys))))
            else:
                # What one takes part in, one tends to like: the upper half more often.
                weights = [1 + place for place in range(len(keys))]
                values[question["key"]] = rng.choices(keys, weights)[0]
        return values

    def _close(self, _day: int, _minute: int) -> None:
        if self.impact is not None:
            self.impact.refresh_from_db()
            self.h.refused(lambda: surveys.close_campaign(self.impact, by=self.alice))

    def _ask_effects(self, _day: int, _minute: int) -> None:
        """Where Basile works, the members are asked what they feel of it; he has not answered yet."""
        site = self.h.cast("member").person.site
        audience = {"who": Who.MEMBERS, **({"site": site.public_id} if site is not None else {})}
        self._send(
            "effects", 20, trigger=Trigger.DATE, mode=Mode.ANONYMOUS, audience=audience, split=Split.NONE
        )

    def _begin_another(self, _day: int, _minute: int) -> None:
        surveys.copy_supplied(self.network, "needs", by=self.alice)

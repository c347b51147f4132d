"""A risk of the scheme entrusted, a study asked, agreed to, declined, left without an answer."""

from __future__ import annotations

import datetime as dt
from typing import Any

from reciproque.agenda.rules import Verb
from reciproque.insights import actions as insights
from reciproque.insights.models import Study
from reciproque.insights.rules.studies import USUAL_GRAINS
from reciproque.kit import clock
from reciproque.networks.actions import grant_role
from tests.emails.scenes_stage import DAY, Stage


class SteeringScenes(Stage):
    """What whoever steers a network is told."""

    def risks_and_studies(self) -> None:
        """Ada entrusts a risk to Alice; Alice asks for studies, and Émile, who sponsors, answers in each way."""
        grant_role(self.direct, self.emile, "sponsor", by=None)
        self.hush()
        on = clock.now().date() + 30 * DAY
        insights.follow_hazard(self.direct, "fear", by=self.ada, owner=self.alice, review_on=on)
        self.tell()
        self.remind(Verb.RISK, self.alice)
        agreed = self._ask("Qui apprend de qui ?", on)
        self.tell()
        self.remind(Verb.STUDY, self.emile)
        insights.answer_study(agreed, by=self.emile, agreed=True)
        self.tell()
        declined = self._ask("Tout sur tous", on)
        self.hush()
        insights.answer_study(declined, by=self.emile, agreed=False, reason="Trop large.")
        self.tell()
        left = self._ask("Une question de plus", on)
        self.hush()
        Study.objects.filter(pk=left.pk).update(due_at=clock.now() - dt.timedelta(hours=1))
        insights.tend_studies()
        self.tell()
        insights.review_hazard(self.direct, "fear", by=self.alice, level="low", words="Rien vu.")
        self.hush()

    def _ask(self, title: str, until: Any) -> Study:
        return insights.ask_study(
            self.direct,
            by=self.alice,
            title=title,
            researcher="C. Cheur",
            institution="Université",
            purpose="Comprendre.",
            basis="public",
            tables=["members"],
            grains=USUAL_GRAINS,
            linked=False,
            until=until,
        )

"""Training: proposed by one of the two, hours said by both or not, declined, withdrawn."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from reciproque.agenda.rules import Verb
from reciproque.kit import clock
from reciproque.recognition import actions as recognition
from tests.emails.scenes_stage import DAY, Stage
from tests.recognition import trainings_made as made


class TrainingScenes(Stage):
    """What two people lived may count as training: their letters never say how many hours."""

    def training(self) -> None:
        """Bob learned from Chloé; they agree, differ, decline, let it pass, take it back."""
        recognition.set_training(self.direct, by=self.alice, on=True, kinds=["exchange"])
        self.hush()
        first = self._proposed("Tailler un rosier")
        self.tell()
        self.remind(Verb.HOURS, self.chloe)
        recognition.say_hours(first, by=self.chloe, hours=Decimal(3))
        self.tell()
        second = self._proposed("Semer un gazon")
        self.hush()
        recognition.say_hours(second, by=self.chloe, hours=Decimal(2))
        self.tell()
        self.remind(Verb.HOURS, self.bob)
        recognition.settle_hours(second, by=self.bob, agree=False)
        self.tell()
        recognition.withdraw_training(second, by=self.chloe)
        self.tell()
        third = self._proposed("Bouturer un figuier")
        self.hush()
        recognition.decline_training(third, by=self.chloe)
        self.tell()
        self._proposed("Palisser une vigne")
        self.hush()
        with clock.at(clock.now() + 90 * DAY):
            recognition.lapse_training()
            self.tell()

    def _proposed(self, title: str) -> Any:
        exchange = made.closed(self.direct, self.bob, self.chloe, title)
        self.hush()
        return made.asked(exchange, self.bob, self.chloe)

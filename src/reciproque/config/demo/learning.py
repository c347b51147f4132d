"""The learning networks of the demonstration: one two years old, and one at its launch day."""

from __future__ import annotations

from reciproque.config.demo.history import History
from reciproque.config.demo.learning_day import Launching
from reciproque.config.demo.learning_life import Running

TWO_YEARS = 500


class Learning:
    """Plans both networks, when the story is long enough for one to have lived."""

    def __init__(self, history: History) -> None:
        self.h = history

    def plan(self) -> None:
        """Plan them."""
        last = self.h.days.last
        if last < 30:
            return
        Running(self.h, max(round(last * 0.5), last - TWO_YEARS)).plan()
        Launching(self.h, last - min(60, last // 3)).plan()

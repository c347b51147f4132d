"""A report: the animator's words, sent to those who sponsor the network."""

from __future__ import annotations

import datetime as dt

from reciproque.insights import actions as insights
from reciproque.insights.rules import Span
from tests.emails.scenes_stage import Stage
from tests.insights.pictures_made import told


class ReportScenes(Stage):
    """A report that can leave the house."""

    def report_written_and_sent(self) -> None:
        """Figures of a quarter were told; Alice writes her words and sends the report to Émile, who sponsors since the risks were looked at."""
        start = dt.date(2025, 10, 1)
        told(self.direct, Span.QUARTER, start, {"exchanges.held": 25})
        self.hush()
        note = insights.write_report(
            self.direct, "committee", start, by=self.alice, words="Un bon trimestre.", planned=""
        )
        self.tell()
        insights.send_report(note, by=self.alice)
        self.tell()

"""Report, decide, appeal; and what the clock does so that no report stalls."""

from reciproque.moderation.actions.appealing import answer_appeal, appeal_decision
from reciproque.moderation.actions.deciding import decide, note_amended, note_gone, note_left_out
from reciproque.moderation.actions.duties import tend_reports
from reciproque.moderation.actions.reporting import make_report
from reciproque.moderation.actions.stopping import stop_here

__all__ = [
    "answer_appeal",
    "appeal_decision",
    "decide",
    "make_report",
    "note_amended",
    "note_gone",
    "note_left_out",
    "stop_here",
    "tend_reports",
]

"""Take posts in and out, find counterparts, remember answers, keep alerts and the index."""

from reciproque.matching.actions.answers import (
    create_alert,
    decline_next,
    dismiss_suggestion,
    lapse_proposals,
    note_asked,
    propose_next,
    withdraw_alert,
)
from reciproque.matching.actions.finding import (
    Computed,
    compute_suggestions,
    refresh_stale,
    save_index,
    take_in,
    take_out,
)

__all__ = [
    "Computed",
    "compute_suggestions",
    "create_alert",
    "decline_next",
    "dismiss_suggestion",
    "lapse_proposals",
    "note_asked",
    "propose_next",
    "refresh_stale",
    "save_index",
    "take_in",
    "take_out",
    "withdraw_alert",
]

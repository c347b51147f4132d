"""Open and close steps; fix, move, cancel and settle meetings; open a calendar feed."""

from reciproque.agenda.actions.meetings import (
    accept_slot,
    ask_whether_held,
    cancel_meeting,
    close_feed,
    fix_date,
    invite_to_meeting,
    leave_meetings,
    open_feed,
    plan_meeting,
    propose_slots,
    settle_meeting,
)
from reciproque.agenda.actions.membership import (
    ask_signatures,
    await_admission,
    forget_member,
    note_posted,
    note_signed,
    welcome_member,
)
from reciproque.agenda.actions.steps import close_steps, hand_over_overdue, open_step, release_steps_of

__all__ = [
    "accept_slot",
    "ask_signatures",
    "ask_whether_held",
    "await_admission",
    "cancel_meeting",
    "close_feed",
    "close_steps",
    "fix_date",
    "forget_member",
    "hand_over_overdue",
    "invite_to_meeting",
    "leave_meetings",
    "note_posted",
    "note_signed",
    "open_feed",
    "open_step",
    "plan_meeting",
    "propose_slots",
    "release_steps_of",
    "settle_meeting",
    "welcome_member",
]

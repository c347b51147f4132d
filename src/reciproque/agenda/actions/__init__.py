"""Open and close steps; fix, move, cancel and settle meetings; open a calendar feed."""

from reciproque.agenda.actions.attempts import (
    encourage_member,
    hand_back,
    note_attempt,
    quiet_end,
    remind_by_hand,
    take_back_attempt,
)
from reciproque.agenda.actions.calendars import (
    close_feed,
    give_calendar,
    open_feed,
    read_again,
    read_calendars,
    withdraw_calendar,
)
from reciproque.agenda.actions.meetings import (
    accept_slot,
    ask_whether_held,
    cancel_meeting,
    fix_date,
    invite_to_meeting,
    leave_meetings,
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
    release_first_posts,
    welcome_member,
)
from reciproque.agenda.actions.rhythm import (
    escalate_overdue,
    forget_person,
    hold_steps,
    remind_due,
    tell_late_desk,
)
from reciproque.agenda.actions.steps import close_steps, hand_over_overdue, open_step, release_steps_of
from reciproque.agenda.actions.telling import note_told

__all__ = [
    "accept_slot",
    "ask_signatures",
    "ask_whether_held",
    "await_admission",
    "cancel_meeting",
    "close_feed",
    "close_steps",
    "encourage_member",
    "escalate_overdue",
    "fix_date",
    "forget_member",
    "forget_person",
    "give_calendar",
    "hand_back",
    "hand_over_overdue",
    "hold_steps",
    "invite_to_meeting",
    "leave_meetings",
    "note_attempt",
    "note_posted",
    "note_signed",
    "note_told",
    "open_feed",
    "open_step",
    "plan_meeting",
    "propose_slots",
    "quiet_end",
    "read_again",
    "read_calendars",
    "release_first_posts",
    "release_steps_of",
    "remind_by_hand",
    "remind_due",
    "settle_meeting",
    "take_back_attempt",
    "tell_late_desk",
    "welcome_member",
    "withdraw_calendar",
]

"""Change introductions, exchanges, threads and reviews."""

from reciproque.exchanges.actions.accompany import (
    accept_for,
    accept_slot_for,
    close_by_team,
    confirm_for,
    end_by_team,
    fix_date_for,
    propose_another,
    reassign_mediator,
    refuse_for,
    say_held_for,
)
from reciproque.exchanges.actions.apart import end_set_apart, leave_off, set_apart
from reciproque.exchanges.actions.declared import confirm_exchange, declare_exchange, deny_exchange
from reciproque.exchanges.actions.duties import (
    close_overdue_reviews,
    close_unconfirmed,
    hold_person,
    lapse_overdue,
    release_person,
    release_post,
)
from reciproque.exchanges.actions.exchanges import (
    call_off_meeting,
    extend_exchange,
    finish_exchange,
    say_held,
    stop_exchange,
)
from reciproque.exchanges.actions.gaps import mend_gaps, tend_silent_offers
from reciproque.exchanges.actions.introductions import (
    accept_introduction,
    agree_introduction,
    ask_introduction,
    ask_question,
    assign_mediator,
    end_unmatched,
    refuse_introduction,
    reply_question,
    withdraw_introduction,
)
from reciproque.exchanges.actions.moderated import (
    forget_post,
    hide_words,
    remove_review_words,
    restore_words,
)
from reciproque.exchanges.actions.reviews import correct_review, submit_review, withdraw_review
from reciproque.exchanges.actions.terms import write_terms
from reciproque.exchanges.actions.threads import mark_read, remove_message, write_message

__all__ = [
    "accept_for",
    "accept_introduction",
    "accept_slot_for",
    "agree_introduction",
    "ask_introduction",
    "ask_question",
    "assign_mediator",
    "call_off_meeting",
    "close_by_team",
    "close_overdue_reviews",
    "close_unconfirmed",
    "confirm_exchange",
    "confirm_for",
    "correct_review",
    "declare_exchange",
    "deny_exchange",
    "end_by_team",
    "end_set_apart",
    "end_unmatched",
    "extend_exchange",
    "finish_exchange",
    "fix_date_for",
    "forget_post",
    "hide_words",
    "hold_person",
    "lapse_overdue",
    "leave_off",
    "mark_read",
    "mend_gaps",
    "propose_another",
    "reassign_mediator",
    "refuse_for",
    "refuse_introduction",
    "release_person",
    "release_post",
    "remove_message",
    "remove_review_words",
    "reply_question",
    "restore_words",
    "say_held",
    "say_held_for",
    "set_apart",
    "stop_exchange",
    "submit_review",
    "tend_silent_offers",
    "withdraw_introduction",
    "withdraw_review",
    "write_message",
    "write_terms",
]

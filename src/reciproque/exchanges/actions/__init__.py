"""Change introductions, exchanges, threads and reviews."""

from reciproque.exchanges.actions.declared import confirm_exchange, declare_exchange, deny_exchange
from reciproque.exchanges.actions.duties import (
    close_overdue_reviews,
    close_unconfirmed,
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
from reciproque.exchanges.actions.reviews import submit_review
from reciproque.exchanges.actions.terms import write_terms
from reciproque.exchanges.actions.threads import mark_read, remove_message, write_message

__all__ = [
    "accept_introduction",
    "agree_introduction",
    "ask_introduction",
    "ask_question",
    "assign_mediator",
    "call_off_meeting",
    "close_overdue_reviews",
    "close_unconfirmed",
    "confirm_exchange",
    "declare_exchange",
    "deny_exchange",
    "end_unmatched",
    "extend_exchange",
    "finish_exchange",
    "lapse_overdue",
    "mark_read",
    "refuse_introduction",
    "release_person",
    "release_post",
    "remove_message",
    "reply_question",
    "say_held",
    "stop_exchange",
    "submit_review",
    "withdraw_introduction",
    "write_message",
    "write_terms",
]

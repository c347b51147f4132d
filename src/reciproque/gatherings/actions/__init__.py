"""Plan and run gatherings, type what is said, publish what is agreed to; follow the path alone."""

from reciproque.gatherings.actions.consent import (
    ask_consents,
    claim_guest,
    clear_unconfirmed,
    confirm_entries,
    drop_entries,
    forget_member,
    invite_guest,
    name_guest,
    note_post_gone,
)
from reciproque.gatherings.actions.entries import correct_entry, type_entry, withdraw_entry
from reciproque.gatherings.actions.gatherings import (
    cancel_gathering,
    change_gathering,
    close_forgotten,
    close_gathering,
    open_gathering,
    plan_gathering,
    reopen_gathering,
    say_coming,
)
from reciproque.gatherings.actions.introducing import introduce
from reciproque.gatherings.actions.spotting import forget_spotting, make_drafts, save_answer

__all__ = [
    "ask_consents",
    "cancel_gathering",
    "change_gathering",
    "claim_guest",
    "clear_unconfirmed",
    "close_forgotten",
    "close_gathering",
    "confirm_entries",
    "correct_entry",
    "drop_entries",
    "forget_member",
    "forget_spotting",
    "introduce",
    "invite_guest",
    "make_drafts",
    "name_guest",
    "note_post_gone",
    "open_gathering",
    "plan_gathering",
    "reopen_gathering",
    "save_answer",
    "say_coming",
    "type_entry",
    "withdraw_entry",
]

"""Plan and run gatherings, type what is said, publish what is agreed to; follow the path alone."""

from reciproque.gatherings.actions.consent import (
    ask_consents,
    clear_unconfirmed,
    confirm_entries,
    drop_entries,
    forget_member,
    note_here,
    note_post_gone,
    part_people,
)
from reciproque.gatherings.actions.entries import correct_entry, type_entry, withdraw_entry
from reciproque.gatherings.actions.gatherings import (
    cancel_gathering,
    change_gathering,
    close_forgotten,
    close_gathering,
    draft_gathering,
    open_gathering,
    plan_gathering,
    reopen_gathering,
    say_coming,
)
from reciproque.gatherings.actions.guests import claim_guest, claim_notes, invite_guest, name_guest
from reciproque.gatherings.actions.introducing import introduce
from reciproque.gatherings.actions.spotting import forget_spotting, make_drafts, save_answer

__all__ = [
    "ask_consents",
    "cancel_gathering",
    "change_gathering",
    "claim_guest",
    "claim_notes",
    "clear_unconfirmed",
    "close_forgotten",
    "close_gathering",
    "confirm_entries",
    "correct_entry",
    "draft_gathering",
    "drop_entries",
    "forget_member",
    "forget_spotting",
    "introduce",
    "invite_guest",
    "make_drafts",
    "name_guest",
    "note_here",
    "note_post_gone",
    "open_gathering",
    "part_people",
    "plan_gathering",
    "reopen_gathering",
    "save_answer",
    "say_coming",
    "type_entry",
    "withdraw_entry",
]

"""What one may do in the library."""

from reciproque.library.actions.authors import (
    answer_invitation,
    forget_member,
    give_to,
    invite_author,
    take_name_off,
)
from reciproque.library.actions.cases import (
    ask_case,
    close_case,
    decline_case,
    lapse_asked,
    route_case,
)
from reciproque.library.actions.drafts import get_or_create_trade, save_draft
from reciproque.library.actions.expected import ask_rereading
from reciproque.library.actions.files import attach_file, remove_file, sweep_files
from reciproque.library.actions.peers import rate_sheet, write_in_talk, write_to_author
from reciproque.library.actions.sheets import (
    confirm_sheet,
    edit_sheet,
    publish_sheet,
    tell_stale,
    withdraw_sheet,
)
from reciproque.library.actions.topics import fold_topic

__all__ = [
    "answer_invitation",
    "ask_case",
    "ask_rereading",
    "attach_file",
    "close_case",
    "confirm_sheet",
    "decline_case",
    "edit_sheet",
    "fold_topic",
    "forget_member",
    "get_or_create_trade",
    "give_to",
    "invite_author",
    "lapse_asked",
    "publish_sheet",
    "rate_sheet",
    "remove_file",
    "route_case",
    "save_draft",
    "sweep_files",
    "take_name_off",
    "tell_stale",
    "withdraw_sheet",
    "write_in_talk",
    "write_to_author",
]

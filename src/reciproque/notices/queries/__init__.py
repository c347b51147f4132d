"""What pages show of messages and of each person's choices about them."""

from reciproque.notices.queries.broadcasts import broadcasts_of
from reciproque.notices.queries.choices import (
    devices_of,
    next_digest_at,
    preference_of,
    push_key,
    what_is_received,
)
from reciproque.notices.queries.outbox import (
    MailState,
    count_waiting,
    mail_state,
    mailbox_of,
    oldest_allowed,
    waiting_messages,
)
from reciproque.notices.queries.rooms import hook_examples, hooks_of
from reciproque.notices.queries.undelivered import (
    UndeliveredPage,
    count_undelivered,
    to_tell,
    undelivered_in,
    undelivered_page,
)

__all__ = [
    "MailState",
    "UndeliveredPage",
    "broadcasts_of",
    "count_undelivered",
    "count_waiting",
    "devices_of",
    "hook_examples",
    "hooks_of",
    "mail_state",
    "mailbox_of",
    "next_digest_at",
    "oldest_allowed",
    "preference_of",
    "push_key",
    "to_tell",
    "undelivered_in",
    "undelivered_page",
    "waiting_messages",
    "what_is_received",
]

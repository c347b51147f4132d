"""Turn facts into messages, send what waits, keep each person's choices."""

from reciproque.notices.actions.bounces import clear_address_trouble, read_bounces
from reciproque.notices.actions.broadcasts import (
    BroadcastPreview,
    preview_announcement,
    preview_broadcast,
    send_broadcast,
)
from reciproque.notices.actions.choices import add_device, choose_notices, remove_device, unsubscribe
from reciproque.notices.actions.digests import send_digests
from reciproque.notices.actions.erasing import forget_post, withhold_post
from reciproque.notices.actions.rooms import add_hook, change_hook, remove_hook, tell_rooms, try_hook
from reciproque.notices.actions.sending import send_waiting
from reciproque.notices.actions.telling import TOLD, tell

__all__ = [
    "TOLD",
    "BroadcastPreview",
    "add_device",
    "add_hook",
    "change_hook",
    "choose_notices",
    "clear_address_trouble",
    "forget_post",
    "preview_announcement",
    "preview_broadcast",
    "read_bounces",
    "remove_device",
    "remove_hook",
    "send_broadcast",
    "send_digests",
    "send_waiting",
    "tell",
    "tell_rooms",
    "try_hook",
    "unsubscribe",
    "withhold_post",
]

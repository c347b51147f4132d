"""Change topics, offers and requests: one by one, or by import."""

from reciproque.catalogue.actions.imports import CleanPost, check_posts, import_posts
from reciproque.catalogue.actions.moderated import hide_post, remove_post, restore_post
from reciproque.catalogue.actions.posts import (
    edit_post,
    expire_overdue,
    fulfil_post,
    get_or_create_topic,
    pause_post,
    publish_post,
    renew_post,
    save_draft,
    warn_expiring,
    withdraw_all,
    withdraw_post,
)
from reciproque.catalogue.actions.silence import ask_if_still_true, expire_silent, note_answered

__all__ = [
    "CleanPost",
    "ask_if_still_true",
    "check_posts",
    "edit_post",
    "expire_overdue",
    "expire_silent",
    "fulfil_post",
    "get_or_create_topic",
    "hide_post",
    "import_posts",
    "note_answered",
    "pause_post",
    "publish_post",
    "remove_post",
    "renew_post",
    "restore_post",
    "save_draft",
    "warn_expiring",
    "withdraw_all",
    "withdraw_post",
]

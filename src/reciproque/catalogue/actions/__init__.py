"""Change topics, offers and requests: one by one, or by import."""

from reciproque.catalogue.actions.imports import CleanPost, check_posts, import_posts
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

__all__ = [
    "CleanPost",
    "check_posts",
    "edit_post",
    "expire_overdue",
    "fulfil_post",
    "get_or_create_topic",
    "import_posts",
    "pause_post",
    "publish_post",
    "renew_post",
    "save_draft",
    "warn_expiring",
    "withdraw_all",
    "withdraw_post",
]

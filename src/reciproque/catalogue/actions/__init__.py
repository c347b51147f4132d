"""Change topics, offers, requests and frameworks: one by one, or by import."""

from reciproque.catalogue.actions.frameworks import import_framework, preview_framework
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
from reciproque.catalogue.actions.reading import Reading, folder_files, read_framework
from reciproque.catalogue.actions.silence import ask_if_still_true, expire_silent, note_answered
from reciproque.catalogue.actions.topics import (
    add_topic_name,
    fold_posts,
    link_topic,
    merge_topics,
    remove_topic_name,
    rename_family,
    rename_topic,
    set_family,
)

__all__ = [
    "CleanPost",
    "Reading",
    "add_topic_name",
    "ask_if_still_true",
    "check_posts",
    "edit_post",
    "expire_overdue",
    "expire_silent",
    "fold_posts",
    "folder_files",
    "fulfil_post",
    "get_or_create_topic",
    "hide_post",
    "import_framework",
    "import_posts",
    "link_topic",
    "merge_topics",
    "note_answered",
    "pause_post",
    "preview_framework",
    "publish_post",
    "read_framework",
    "remove_post",
    "remove_topic_name",
    "rename_family",
    "rename_topic",
    "renew_post",
    "restore_post",
    "save_draft",
    "set_family",
    "warn_expiring",
    "withdraw_all",
    "withdraw_post",
]

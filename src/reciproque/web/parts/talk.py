"""Conversations and terms sheets, as rows of the parts that draw them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _

from reciproque.web.parts.small import words

if TYPE_CHECKING:
    from reciproque.exchanges.models import Terms, ThreadMessage
    from reciproque.people.models import Person


def said(messages: Iterable[ThreadMessage], reader: Person) -> list[dict[str, Any]]:
    """Return messages as rows of the `thread` part; one taken back leaves a neutral trace."""
    rows = []
    for message in messages:
        removed = message.removed_at is not None
        mine = message.author_id == reader.pk
        hidden = message.hidden_at is not None and not removed
        rows.append(
            {
                "author": message.author.display_name,
                "initials": message.author.initials,
                "at": message.written_at,
                "text": _traced(removed=removed, hidden=hidden and not mine) or message.text,
                "mine": mine,
                "system": removed or (hidden and not mine),
                "hidden": hidden,
                "remove_url": reverse("exchanges:remove_message", args=[message.public_id])
                if mine and not removed
                else "",
                "report_url": ""
                if mine or removed or hidden
                else reverse("moderation:report", args=["message", message.public_id]),
            }
        )
    return rows


def _traced(*, removed: bool, hidden: bool) -> str:
    """What stands in the place of words that are no longer read."""
    if removed:
        return _("Message retiré à la demande de son auteur.")
    return _("Ce message a été masqué après un signalement.") if hidden else ""


def term_rows(terms: Terms | None, fields: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what is agreed as (question, answer), without the questions left empty."""
    if terms is None:
        return []
    rows = []
    for name, field in fields.items():
        value = getattr(terms, name)
        if value:
            rows.append((str(field.label), value if isinstance(value, str) else words(value, "full")))
    return rows

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
        rows.append(
            {
                "author": message.author.display_name,
                "initials": message.author.initials,
                "at": message.written_at,
                "text": _("Un message a été retiré.") if removed else message.text,
                "mine": message.author_id == reader.pk,
                "system": removed,
                "remove_url": reverse("exchanges:remove_message", args=[message.public_id])
                if message.author_id == reader.pk and not removed
                else "",
            }
        )
    return rows


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

"""A sheet as pages show it: in a list, and whole."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reciproque.kit.text import cut
from reciproque.library.rules import PARTS_OF, SheetKind
from reciproque.library.rules.markdown import to_words
from reciproque.web.parts.small import words

if TYPE_CHECKING:
    from reciproque.library.models import Sheet

TEXT_SHOWN = 180
ICONS = {
    SheetKind.PRACTICE: "book-open-text",
    SheetKind.TIP: "lightbulb",
    SheetKind.ANSWER: "message-circle-question-mark",
    SheetKind.MEDIA: "circle-play",
    SheetKind.LINK: "link",
}


@dataclasses.dataclass(frozen=True)
class SheetCard:
    """All that a list says of one sheet; `library/card.html` draws it."""

    title: str
    url: str
    kind: str
    icon: str
    text: str
    authors: str
    topics: list[dict[str, str]]
    meta: list[str]
    stale: bool
    state: str


def sheet_card(sheet: Sheet) -> SheetCard:
    """Return a sheet as a list shows it (loaded by `library.queries`)."""
    said = next((text for part in PARTS_OF[sheet.kind] if (text := getattr(sheet, part))), sheet.link)
    used = getattr(sheet, "n_used", 0)
    meta = [
        sheet.trade.name if sheet.trade else "",
        _("Pour %(whom)s") % {"whom": sheet.get_serves_display()} if sheet.serves else "",
        words(sheet.published_at.date(), "full") if sheet.is_open and sheet.published_at else "",
        ngettext("%(n)s collègue s’en est servi", "%(n)s collègues s’en sont servis", used) % {"n": used}
        if used
        else "",
    ]
    return SheetCard(
        title=str(sheet),
        url=reverse("library:sheet", args=[sheet.public_id]),
        kind=capfirst(sheet.get_kind_display()),
        icon=ICONS[sheet.kind],
        text=cut(to_words(said), TEXT_SHOWN),
        authors=", ".join(author.name for author in sheet.signed),
        topics=[
            {"label": topic.label, "url": reverse("find:topic", args=[sheet.network.slug, topic.public_id])}
            for topic in sheet.topics.all()
        ],
        meta=[bit for bit in meta if bit],
        stale=sheet.is_stale,
        state=sheet.state,
    )


def sheet_cards(sheets: Iterable[Any]) -> list[SheetCard]:
    """Return sheets as a list shows them."""
    return [sheet_card(sheet) for sheet in sheets]

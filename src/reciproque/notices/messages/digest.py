"""A letter made of several messages, by network and by kind, with their answers; then, some weeks, a few new posts."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reciproque.catalogue.models import Post
from reciproque.kit.text import cut
from reciproque.notices.engine.layouts import render
from reciproque.notices.messages.pages import page
from reciproque.notices.messages.writing import Link, Written, address, body_text, signature
from reciproque.notices.models import Outgoing
from reciproque.notices.rules import SUBJECT_MAX, Category
from reciproque.people.models import Person


@dataclasses.dataclass(frozen=True)
class Item:
    """One message among others."""

    title: str
    sentences: list[str]
    quote: str
    deadline: str
    answers: list[Link]
    act: Link


@dataclasses.dataclass(frozen=True)
class Section:
    """What one network, or nobody in particular, has to tell about one kind of thing."""

    network: str
    about: str
    items: list[Item]


@dataclasses.dataclass(frozen=True)
class News:
    """A post shown at the end of a letter."""

    network: str
    kind: str
    title: str
    author: str
    url: str


def news_of(posts: Iterable[Post]) -> list[News]:
    """Return posts as a letter shows them, in the active language."""
    return [
        News(
            post.network.name,
            str(_("Offre")) if post.is_offer else str(_("Demande")),
            post.title,
            post.author.display_name,
            address(page("posts:post", id=post.public_id)),
        )
        for post in posts
    ]


def write_digest(
    reader: Person, rows: Sequence[Outgoing], posts: Sequence[Post] = (), *, lead: Outgoing | None = None
) -> Written:
    """Write one letter from messages kept together; `lead`, which could not wait, gives its subject."""
    with translation.override(reader.language):
        news = news_of(posts)
        home = address(page("home:home"))
        parts: dict[str, Any] = {
            "language": reader.language,
            "subject": lead.subject if lead else _subject(rows, news),
            "greeting": (_("Bonjour %(name)s,") if reader.first_name else _("Bonjour,"))
            % {"name": " ".join(reader.first_name.split())},
            "intro": _intro(rows),
            "sections": _sections(rows, lead),
            "news": news,
            "act": Link(_("Voir tout ce qui vous attend"), home),
            "network": "",
            "preferences": address(page("account:preferences")),
        }
        return Written(
            subject=cut(parts["subject"], SUBJECT_MAX),
            text=_text(parts),
            html=render("emails/digest.html", parts),
            url=home,
        )


def _subject(rows: Sequence[Outgoing], news: Sequence[News]) -> str:
    if len(rows) == 1:
        return rows[0].subject
    if not rows:
        return _("Nouvelles offres et demandes dans vos réseaux")
    return ngettext("%(count)d message pour vous", "%(count)d messages pour vous", len(rows)) % {
        "count": len(rows)
    }


def _intro(rows: Sequence[Outgoing]) -> str:
    if not rows:
        return _("Voici ce que vos collègues ont publié récemment.")
    return ngettext(
        "Voici le message gardé pour vous.", "Voici les %(count)d messages gardés pour vous.", len(rows)
    ) % {"count": len(rows)}


def _sections(rows: Sequence[Outgoing], lead: Outgoing | None) -> list[Section]:
    """Group messages by network, then by kind in the order of the choices, each in the order of what happened."""
    order = list(Category.values)
    grouped: dict[tuple[bool, str, int], list[Outgoing]] = {}
    for row in rows:
        first = lead is None or row.pk != lead.pk
        name = row.network.name if row.network else ""
        grouped.setdefault((first, name, order.index(row.category)), []).append(row)
    return [
        Section(name, str(Category(order[kind]).label), [_item(row) for row in sorted(found, key=_when)])
        for (_first, name, kind), found in sorted(grouped.items())
    ]


def _when(row: Outgoing) -> tuple[Any, int]:
    return row.at, row.pk


def _item(row: Outgoing) -> Item:
    parts = row.parts
    label, url = parts.get("act") or (str(_("Voir")), row.url or settings.BASE_URL)
    return Item(
        row.subject,
        parts.get("sentences", []),
        parts.get("quote", ""),
        parts.get("deadline", ""),
        [Link(*answer) for answer in parts.get("answers", [])],
        Link(label, url),
    )


def _text(parts: dict[str, Any]) -> str:
    blocks = [parts["greeting"], parts["intro"]]
    for section in parts["sections"]:
        blocks.append(" · ".join(part for part in (section.network, section.about) if part).upper())
        for item in section.items:
            blocks += [f"* {item.title}", body_text(dataclasses.asdict(item) | _links(item))]
    if parts["news"]:
        blocks.append(_("Nouvelles offres et demandes").upper())
        blocks += [
            f"* {one.kind}\u00a0: {one.title}\n{one.author}, {one.network}\n{one.url}"
            for one in parts["news"]
        ]
    blocks += [f"{parts['act'].label}\n{parts['act'].url}", "-- \n" + signature(parts)]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _links(item: Item) -> dict[str, Any]:
    return {"answers": item.answers, "act": item.act}

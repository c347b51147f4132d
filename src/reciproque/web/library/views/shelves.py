"""Read the library: its shelves, a sheet, its versions, a trade; take it all away."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from reciproque.circles.queries import circles_of
from reciproque.kit.tokens import is_id
from reciproque.library.access import (
    author_state,
    can_export,
    can_rate,
    can_read,
    can_withdraw,
    can_write,
    get_readable,
    get_sheet,
    get_trade,
)
from reciproque.library.queries import (
    asked_of,
    authors_of,
    changes_between,
    most_bytes,
    opinions_on,
    sheets_of_trade,
    talk_about,
    talks_of,
    versions_of,
    write_export,
)
from reciproque.library.queries import mine as written_by
from reciproque.library.queries import shelf as shelf_of
from reciproque.library.rules import (
    GUARDED,
    PARTS,
    PARTS_OF,
    AuthorState,
    OriginKind,
    Serves,
    SheetKind,
    SheetState,
)
from reciproque.library.rules.markdown import to_html
from reciproque.matching.queries import find_sheets
from reciproque.networks.access import require_animator, require_member
from reciproque.recognition.queries import may_confirm
from reciproque.web.http import page_number
from reciproque.web.library.forms import FileForm, RatingForm
from reciproque.web.parts.library import sheet_card, sheet_cards
from reciproque.web.parts.posts import find_tabs, person_line
from reciproque.web.parts.recognition import confirmable_views
from reciproque.web.parts.small import words as in_words

if TYPE_CHECKING:
    from reciproque.library.models import Sheet, Talk

SIZE = 24
FILTERS = ("kind", "serves", "trade", "topic")


def _asked(request: HttpRequest) -> dict[str, str]:
    asked = {name: request.GET.get(name, "").strip()[:200] for name in ("q", *FILTERS)}
    known = {"kind": SheetKind.values, "serves": [Serves.CUSTOMER, Serves.COLLEAGUE]}
    for name, values in known.items():
        if asked[name] not in values:
            asked[name] = ""
    for name in ("trade", "topic"):
        if not is_id(asked[name]):
            asked[name] = ""
    return {name: value for name, value in asked.items() if value}


def _facets(slug: str, asked: dict[str, str], found: Any) -> list[dict[str, Any]]:
    """Choices as links: one more click on a chosen value takes it off."""

    def items(name: str, values: list[tuple[str, str, int | None]]) -> list[dict[str, Any]]:
        rows = []
        for value, label, count in values:
            chosen = asked.get(name) == value
            query = {**asked, name: "" if chosen else value}
            url = reverse("library:shelf", args=[slug], query={k: v for k, v in query.items() if v})
            rows.append({"label": label, "count": count, "url": url, "selected": chosen})
        return rows

    kinds = [(value, capfirst(label), None) for value, label in SheetKind.choices]
    serves = [(value.value, capfirst(value.label), None) for value in (Serves.CUSTOMER, Serves.COLLEAGUE)]
    groups = [
        {"title": _("Genre"), "items": items("kind", kinds)},
        {"title": _("Sert à"), "items": items("serves", serves)},
        {"title": _("Métier"), "items": items("trade", [(t.public_id, t.name, t.n) for t in found.trades])},
        {"title": _("Sujet"), "items": items("topic", [(t.public_id, t.name, t.n) for t in found.topics])},
    ]
    return [group for group in groups if group["items"]]


@require_safe
def shelf(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the published sheets of a network, searched and narrowed."""
    request.network, _membership = require_member(request.user, slug)
    asked, page = _asked(request), page_number(request)
    query = asked.get("q", "")
    ids = find_sheets(request.network, request.user, query) if query else None
    filters = {name: asked.get(name, "") for name in FILTERS}
    found = shelf_of(request.network, request.user, ids=ids, page=page, size=SIZE, **filters)
    context = {
        "slug": slug,
        "words": query,
        "asked": asked,
        "kept": {name: value for name, value in asked.items() if name != "q"},
        "cards": sheet_cards(found.sheets),
        "total": found.total,
        "facets": _facets(slug, asked, found),
        "clear_url": reverse("library:shelf", args=[slug]),
        "trade": next((row for row in found.trades if row.public_id == asked.get("trade")), None),
        "tabs": find_tabs(slug, "library:shelf"),
        "waiting": len(asked_of(request.user, request.network)),
        "export": can_export(request.user, request.network),
        "page": Paginator(range(found.total), SIZE).get_page(page),
    }
    return render(request, "library/shelf.html", context)


@require_safe
def mine(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what one writes, is asked to sign, is asked to answer, and talks about."""
    request.network, _membership = require_member(request.user, slug)
    rows = written_by(request.user, request.network)
    context = {
        "slug": slug,
        "drafts": sheet_cards(rows.drafts),
        "published": sheet_cards(rows.published),
        "withdrawn": sheet_cards(rows.withdrawn),
        "invited": [
            {"card": sheet_card(row), "url": reverse("library:authors", args=[row.public_id])}
            for row in rows.invited
        ],
        "asked": asked_of(request.user, request.network),
        "talks": [_talk_row(row, request.user) for row in talks_of(request.user, request.network)],
        "crumbs": crumbs(slug, _("Ce que j’écris")),
    }
    return render(request, "library/mine.html", context)


def _talk_row(talk: Talk, person: Any) -> dict[str, Any]:
    other = talk.author if person.pk == talk.reader_id else talk.reader
    shown = (talk.author_as if other.pk == talk.author_id else "") or other.display_name
    return {
        "name": shown,
        "title": str(talk.sheet) if talk.sheet.is_open or person.pk == talk.author_id else _("Fiche retirée"),
        "at": talk.last_at,
        "url": reverse("library:talk", args=[talk.public_id]),
    }


def crumbs(slug: str, *labels: Any) -> list[dict[str, str]]:
    """Return the way to a page of the library: labels, or (label, address)."""
    way = [(_("Fiches"), reverse("library:shelf", args=[slug]))]
    way += [label if isinstance(label, tuple) else (label, "") for label in labels]
    return [{"label": label, "url": url} if url else {"label": label} for label, url in way]


def parts_of(sheet: Sheet) -> list[dict[str, Any]]:
    """Return the parts of a sheet that say something, as harmless HTML."""
    return [
        {"id": name, "label": PARTS[name] if name != "text" else "", "html": to_html(text)}
        for name in PARTS_OF[sheet.kind]
        if (text := getattr(sheet, name))
    ]


def file_rows(sheet: Sheet) -> list[dict[str, Any]]:
    """Return the files of a sheet as its pages show them."""
    return [
        {
            "name": row.name,
            "kind": row.kind,
            "type": row.content_type,
            "size": row.size,
            "url": reverse("library:file", args=[sheet.public_id, row.public_id]),
            "remove_url": reverse("library:remove_file", args=[sheet.public_id, row.public_id]),
        }
        for row in sheet.files.all()
    ]


def author_rows(sheet: Sheet) -> list[dict[str, Any]]:
    """Return those who sign a sheet, under the names they chose; a chosen name leads nowhere."""
    slug = sheet.network.slug
    return [
        {
            "name": row.name,
            "line": "" if row.shown_as else person_line(row.person),
            "url": "" if row.shown_as else reverse("people:person", args=[slug, row.person.public_id]),
            "invited": row.state == AuthorState.INVITED,
            "keeps": row.person_id == sheet.owner_id,
            "id": row.person.public_id,
        }
        for row in authors_of(sheet)
    ]


@require_safe
def sheet(request: HttpRequest, sheet_id: str) -> HttpResponse:
    """Show a sheet, what peers say of it and what one may do with it; its trace once withdrawn."""
    row = get_sheet(request.user, sheet_id)
    request.network = row.network
    slug = row.network.slug
    if not can_read(request.user, row):
        return render(
            request, "library/withdrawn.html", {"crumbs": crumbs(slug, _("Fiche retirée"))}, status=410
        )
    opinions = opinions_on(row, request.user)
    may_rate = can_rate(request.user, row)
    initial = {"relevance": opinions.mine.relevance, "used": opinions.mine.used} if opinions.mine else {}
    people = author_rows(row)
    talk = talk_about(row, request.user) if may_rate else None
    writes = can_write(request.user, row)
    joins = writes and ((row.is_open and row.origin_kind not in GUARDED) or row.state == SheetState.DRAFT)
    context = {
        "sheet": row,
        "slug": slug,
        "parts": parts_of(row),
        "files": file_rows(row),
        "authors": [one for one in people if not one["invited"]],
        "keeper": next((one for one in people if one["keeps"]), None),
        "facts": sheet_facts(row),
        # A draft that a group writes is everybody's there: no name yet, and it leaves from the group.
        "group_url": reverse("circles:sheets", args=[row.origin_id])
        if row.origin_kind == OriginKind.CIRCLE and row.state == SheetState.DRAFT
        else "",
        "origin_url": reverse("circles:circle", args=[row.origin_id])
        if row.origin_kind == OriginKind.CIRCLE
        else "",
        "topics": [
            {"label": topic.label, "url": reverse("find:topic", args=[slug, topic.public_id])}
            for topic in row.topics.all()
        ],
        "opinions": opinions,
        "may_rate": may_rate,
        "rating": RatingForm(initial=initial) if may_rate else None,
        "talk_url": reverse("library:talk", args=[talk.public_id]) if talk else "",
        # Who used it learned from it.
        "learned": confirmable_views(may_confirm(request.user, sheet=row))
        if opinions.mine and opinions.mine.used
        else [],
        "writes": writes,
        "signs": author_state(request.user, row),
        "withdraws": can_withdraw(request.user, row),
        "file_form": FileForm() if joins else None,
        "most_mb": most_bytes() // (1024 * 1024),
        "crumbs": crumbs(slug, str(row)),
    }
    return render(request, "library/sheet.html", context)


def sheet_facts(row: Sheet) -> list[tuple[Any, Any]]:
    """Return what is known of a sheet besides its words."""
    facts = [
        (_("Sert à"), capfirst(row.get_serves_display()) if row.serves else ""),
        (_("Publiée le"), in_words(row.published_at.date(), "full") if row.published_at else ""),
        (_("À relire le"), in_words(row.review_on, "full") if row.review_on and row.is_open else ""),
        (_("Version"), str(row.version) if row.version else ""),
        (_("Vient de"), capfirst(row.get_origin_kind_display()) if row.origin_kind else ""),
    ]
    return [(term, value) for term, value in facts if value]


@require_safe
def versions(request: HttpRequest, sheet_id: str) -> HttpResponse:
    """Show what changed from one version of a sheet to the next."""
    row = get_readable(request.user, sheet_id)
    request.network = row.network
    every = versions_of(row)
    asked = request.GET.get("version", "")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else row.version
    chosen = next((one for one in every if one.number == number), every[0] if every else None)
    before = next((one for one in every if chosen and one.number < chosen.number), None)
    context = {
        "sheet": row,
        "versions": every,
        "chosen": chosen,
        "before": before,
        "changes": changes_between(before, chosen) if chosen else [],
        "crumbs": crumbs(
            row.network.slug, (str(row), reverse("library:sheet", args=[sheet_id])), _("Versions")
        ),
    }
    return render(request, "library/versions.html", context)


@require_safe
def trade(request: HttpRequest, slug: str, trade_id: str) -> HttpResponse:
    """Show what a network knows of a trade."""
    request.network, _membership = require_member(request.user, slug)
    row = get_trade(request.network, trade_id)
    cards = sheet_cards(sheets_of_trade(row, request.user))
    found = circles_of(request.network, request.user, trade=row)
    groups = [*found.mine, *found.calling, *found.under_way, *found.over]
    context = {
        "slug": slug,
        "trade": row,
        "cards": cards,
        "groups": [
            {
                "title": one.circle.title,
                "url": reverse("circles:circle", args=[one.circle.public_id]),
                "state": one.circle.get_state_display(),
                "calling": one.calling,
            }
            for one in groups
        ],
        "crumbs": crumbs(slug, row.name),
    }
    return render(request, "library/trade.html", context)


@require_safe
def export(request: HttpRequest, slug: str) -> HttpResponse:
    """Give the whole library as an archive of Markdown documents and files."""
    request.network = require_animator(request.user, slug)
    out = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it
    write_export(request.network, request.user, out)
    out.seek(0)
    return FileResponse(
        out, as_attachment=True, filename=f"fiches-{slug}.zip", content_type="application/zip"
    )

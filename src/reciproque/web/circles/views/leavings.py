"""What may leave a group: its sheets, the lines of its report; each member is asked, and may say no in silence."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from reciproque.circles.access import get_outing, shares
from reciproque.circles.actions import answer_outing, propose_sheet, take_back_outing, write_group_sheet
from reciproque.circles.queries import flagged, outing_line, outings_of, sheets_of
from reciproque.circles.rules import OVER, OutingState
from reciproque.kit.errors import NotThere
from reciproque.library.rules import PARTS, PARTS_OF, SheetState
from reciproque.library.rules.markdown import to_html
from reciproque.web.circles.forms.endings import AgreeForm, NewSheetForm
from reciproque.web.circles.views import crumbs, either, here, inside, shared, tabs, url_of
from reciproque.web.http import attempt, see, submit, tell

if TYPE_CHECKING:
    from reciproque.circles.models import Outing
    from reciproque.circles.queries import OutingLine

TONES = {
    OutingState.ASKED: "exchange",
    OutingState.AGREED: "good",
    OutingState.KEPT: "",
    OutingState.TAKEN_BACK: "",
}


def outing_row(one: OutingLine) -> dict[str, Any]:
    """Return what a list says of something that may leave the group: never who agreed."""
    outing = one.outing
    return {
        "id": outing.public_id,
        "title": one.words,
        "is_line": one.is_line,
        "state": outing.get_state_display(),
        "tone": TONES[OutingState(outing.state)],
        "asked": outing.state == OutingState.ASKED,
        "closes_at": one.closes_at,
        "to_answer": one.can_answer and not one.has_answered,
        "answerable": one.can_answer,
        "url": reverse("circles:outing", args=[outing.public_id]),
    }


@either
def sheets(request: HttpRequest, circle_id: str) -> HttpResponse:
    """Show what the group writes together, and what became of it; begin another sheet."""
    circle = shared(request, circle_id)
    form = NewSheetForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        done, made = submit(
            form, lambda values: write_group_sheet(circle, by=request.user, title=values["title"])
        )
        if done:
            tell(request, _("La fiche est commencée. Chaque membre du groupe peut la lire et la compléter."))
            return see("library:edit", made.public_id)
    outings = outings_of(circle, request.user)
    asked = {one.sheet.pk: one for one in reversed(outings) if one.sheet is not None}
    rows = [_sheet_row(row, asked.get(row.pk)) for row in sheets_of(circle, request.user)]
    context = {
        "circle": circle,
        "rows": rows,
        "form": form,
        "alive": circle.state not in OVER,
        "tabs": tabs(circle, "sheets"),
        "crumbs": inside(circle, _("Les fiches du groupe")),
    }
    return render(request, "circles/sheets.html", context, status=422 if form.is_bound else 200)


def _sheet_row(sheet: Any, one: Any) -> dict[str, Any]:
    draft = sheet.state == SheetState.DRAFT
    outing = outing_row(one) if one else None
    live = outing is not None and one.outing.state in (OutingState.ASKED, OutingState.AGREED)
    return {
        "id": sheet.public_id,
        "title": str(sheet),
        "draft": draft,
        "url": reverse("library:sheet", args=[sheet.public_id]),
        "edit_url": reverse("library:edit", args=[sheet.public_id]) if draft else "",
        "outing": outing,
        "proposable": draft and not live,
    }


@require_POST
def propose(request: HttpRequest, circle_id: str) -> HttpResponse:
    """Ask each member whether a sheet of the group may be published."""
    circle = shared(request, circle_id)
    wanted = request.POST.get("sheet", "")
    sheet = next((row for row in sheets_of(circle, request.user) if row.public_id == wanted), None)
    if sheet is None:
        raise NotThere
    done, made = attempt(
        request,
        lambda: propose_sheet(sheet, by=request.user),
        _("Chaque membre est interrogé. La fiche ne sort que si tous disent oui."),
    )
    return see("circles:outing", made.public_id) if done else see("circles:sheets", circle_id)


@either
def outing(request: HttpRequest, outing_id: str) -> HttpResponse:
    """Read what may leave the group, exactly; say yes or no, and under which name."""
    row = get_outing(request.user, outing_id)
    circle = here(request, row.circle)
    one = outing_line(row, request.user)
    act = request.POST.get("act", "") if request.method == "POST" else ""
    form = AgreeForm(
        request.POST if act == "answer" else None,
        initial=_said(one.mine) | {"digest": row.digest},
        signed=not one.is_line,
    )
    if act == "answer":
        done, _agreement = submit(form, lambda _values: answer_outing(row, by=request.user, **form.values()))
        if done:
            tell(request, _answered(row))
            return see("circles:outing", outing_id)
    elif act == "take_back":
        done, _taken = attempt(
            request,
            lambda: take_back_outing(row, by=request.user),
            _("C’est repris : cela reste dans le groupe."),
        )
        # Taken back, it is the group's again: who is no more of it has nothing left to read there.
        gone = done and not shares(request.user, circle)
        return see("home:home") if gone else see("circles:outing", outing_id)
    elif request.method == "POST":
        raise NotThere
    inner = shares(request.user, circle)
    return render(
        request,
        "circles/outing.html",
        {"form": form, **_shown(row, one, circle, inner=inner)},
        status=422 if form.is_bound else 200,
    )


def _shown(row: Outing, one: OutingLine, circle: Any, *, inner: bool) -> dict[str, Any]:
    title = _("Une ligne pour les décideurs") if one.is_line else one.words
    text = "\n".join(_texts(one.sheet)) if one.sheet else one.words
    draft = one.sheet is not None and one.sheet.state == SheetState.DRAFT
    sheet_id = one.sheet.public_id if one.sheet else ""
    return {
        "circle": circle,
        "outing": row,
        "one": one,
        "title": title,
        "state": row.get_state_display(),
        "tone": TONES[OutingState(row.state)],
        "parts": _parts(one.sheet) if one.sheet else [],
        "heading": _said_heading(row),
        "named": sorted({found.words for found in flagged(text, circle.network)}),
        "edit_url": reverse("library:edit", args=[sheet_id]) if inner and draft else "",
        "sheet_url": reverse("library:sheet", args=[sheet_id])
        if one.sheet and row.state == OutingState.AGREED
        else "",
        "back": url_of("report" if one.is_line else "sheets", circle)
        if inner
        else reverse("circles:all", args=[circle.network.slug]),
        "crumbs": inside(circle, (_("Les fiches du groupe"), url_of("sheets", circle)), title)
        if inner
        else crumbs(circle.network, (title, "")),
    }


def _said_heading(row: Outing) -> str:
    """Say whether these words left the group, would leave it, or would have."""
    return {
        OutingState.ASKED: _("Ce qui sortirait, mot pour mot"),
        OutingState.AGREED: _("Ce qui est sorti du groupe, mot pour mot"),
    }.get(OutingState(row.state), _("Ce qui serait sorti, mot pour mot"))


def _said(mine: Any) -> dict[str, Any]:
    """Return one's own answer as the form shows it."""
    if mine is None or mine.agrees is None:
        return {}
    signs = "no" if not mine.signs else "other" if mine.name else "own"
    return {"agrees": "yes" if mine.agrees else "no", "signs": signs, "name": mine.name}


def _answered(row: Outing) -> str:
    row.refresh_from_db(fields=["state"])
    if row.state == OutingState.AGREED:
        return _("Merci. Tous les membres sont d’accord : c’est sorti du groupe.")
    return _("Merci, c’est noté. Personne ne lit votre réponse ; vous pouvez la changer.")


def _parts(sheet: Any) -> list[dict[str, Any]]:
    written = [
        {"label": PARTS[name] if name != "text" else "", "html": to_html(text)}
        for name in PARTS_OF[sheet.kind]
        if (text := getattr(sheet, name))
    ]
    beside = [
        {"label": label, "html": format_html("<p>{}</p>", ", ".join(words))}
        for label, words in _beside(sheet)
        if words
    ]
    return [*written, *beside]


def _beside(sheet: Any) -> list[tuple[str, list[str]]]:
    """Return what goes out with the text, and is agreed to with it."""
    return [
        (_("Métier"), [sheet.trade.name] if sheet.trade else []),
        (_("Sujets"), sorted(topic.name for topic in sheet.topics.all())),
        (_("Lien"), [sheet.link] if sheet.link else []),
        (_("Fichiers"), [file.name for file in sheet.files.all()]),
    ]


def _texts(sheet: Any) -> list[str]:
    beside = [re.sub(r"[_.]+", " ", word) for _label, words in _beside(sheet) for word in words]
    return [sheet.title, *(getattr(sheet, name) for name in PARTS_OF[sheet.kind]), *beside]

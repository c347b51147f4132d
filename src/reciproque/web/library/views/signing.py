"""Sign a sheet with others: ask, accept, decline, hand over, take one's name off."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from reciproque.kit.errors import NotThere
from reciproque.kit.tokens import is_id
from reciproque.library.access import author_state, can_write, get_sheet
from reciproque.library.actions import answer_invitation, give_to, invite_author, take_name_off
from reciproque.library.rules import GUARDED, AuthorState
from reciproque.networks.access import get_colleague
from reciproque.networks.queries import find_members
from reciproque.web.http import attempt, see
from reciproque.web.library.forms import AuthorForm
from reciproque.web.library.views.shelves import author_rows, crumbs
from reciproque.web.parts.posts import person_line


@require_http_methods(["GET", "POST"])
def authors(request: HttpRequest, sheet_id: str) -> HttpResponse:
    """Show who signs a sheet; ask somebody, answer, hand over, take one's name off."""
    sheet = get_sheet(request.user, sheet_id)
    request.network = sheet.network
    state = author_state(request.user, sheet)
    if state not in (AuthorState.ACCEPTED, AuthorState.INVITED):
        raise NotThere
    if request.method == "POST":
        return _act(request, sheet)
    name = request.GET.get("person", "").strip()[:100]
    signed = author_rows(sheet)
    known = {row["id"] for row in signed}
    found = find_members(sheet.network, request.user, name, limit=8) if name else []
    context = {
        "sheet": sheet,
        "authors": signed,
        "invited": state == AuthorState.INVITED,
        "writes": can_write(request.user, sheet),
        "asks": can_write(request.user, sheet) and sheet.origin_kind not in GUARDED,
        "form": AuthorForm(initial={"person": name}),
        "words": name,
        "found": [
            {
                "id": row.person.public_id,
                "name": row.person.display_name,
                "line": person_line(row.person),
                "initials": row.person.initials,
            }
            for row in found
            if row.person.public_id not in known
        ],
        "me": request.user.public_id,
        "crumbs": crumbs(
            sheet.network.slug, (str(sheet), reverse("library:sheet", args=[sheet_id])), _("Auteurs")
        ),
    }
    return render(request, "library/authors.html", context)


def _act(request: HttpRequest, sheet: Any) -> HttpResponse:
    act, person = request.POST.get("act", ""), None
    if act in ("invite", "give"):
        given = request.POST.get("id", "")
        if not is_id(given):
            raise NotThere
        person = get_colleague(request.user, given, sheet.network).person
    acts: dict[str, tuple[Callable[[], Any], Any]] = {
        "invite": (lambda: invite_author(sheet, person, by=request.user), _("L’invitation est envoyée.")),
        "give": (lambda: give_to(sheet, person, by=request.user), _("Le suivi de la fiche est confié.")),
        "accept": (
            lambda: answer_invitation(sheet, by=request.user, accept=True),
            _("Votre nom figure maintenant sous la fiche."),
        ),
        "decline": (
            lambda: answer_invitation(sheet, by=request.user, accept=False),
            _("C’est noté : votre nom n’y figurera pas."),
        ),
        "leave": (lambda: take_name_off(sheet, by=request.user), _("Votre nom est retiré de la fiche.")),
    }
    if act not in acts:
        raise NotThere
    done, _result = attempt(request, *acts[act])
    if done and act in ("decline", "leave"):
        return see("library:shelf", sheet.network.slug)
    return see("library:authors", sheet.public_id)

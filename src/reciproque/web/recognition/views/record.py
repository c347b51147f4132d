"""One’s own record, which the person alone carries wherever they wish."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from reciproque.kit import clock
from reciproque.recognition.queries import learned_by, my_skills, record_json, record_pdf, standing_of
from reciproque.web.parts.recognition import skill_cards
from reciproque.web.recognition.views import crumbs


@require_safe
def record(request: HttpRequest) -> HttpResponse:
    """Show what the record holds before one takes it away."""
    context = {
        "kept": standing_of(request.user).kept,
        "cards": skill_cards(my_skills(request.user)),
        "learned": learned_by(request.user),
        "crumbs": crumbs(_("Mon dossier")),
    }
    return render(request, "recognition/record.html", context)


def _name(extension: str) -> str:
    return f'attachment; filename="reciproque-{clock.now():%Y-%m-%d}.{extension}"'


@require_safe
def pdf(request: HttpRequest) -> HttpResponse:
    """Give the record as a document to print or hand over."""
    language = (translation.get_language() or "fr")[:2]
    answer = HttpResponse(record_pdf(request.user, language), content_type="application/pdf")
    answer.headers["Content-Disposition"] = _name("pdf")
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@require_safe
def json(request: HttpRequest) -> HttpResponse:
    """Give the record as data that other programs read."""
    answer = JsonResponse(
        record_json(request.user),
        content_type="application/ld+json",
        json_dumps_params={"ensure_ascii": False, "indent": 2},
    )
    answer.headers["Content-Disposition"] = _name("json")
    answer.headers["Cache-Control"] = "private, no-store"
    return answer

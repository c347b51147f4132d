"""The topics of a network by family."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from reciproque.catalogue.queries import families as families_of
from reciproque.networks.access import can_settle, require_member
from reciproque.web.parts.posts import find_tabs


@require_safe
def families(request: HttpRequest, slug: str) -> HttpResponse:
    """Show every topic of a network by family, with how many offer it and seek it."""
    request.network, _membership = require_member(request.user, slug)
    words = request.GET.get("q", "").strip()[:80]
    rows = families_of(request.network, words=words)
    context = {
        "slug": slug,
        "words": words,
        "families": rows,
        "here": reverse("topics:families", args=[slug]),
        "tabs": find_tabs(slug, "topics:families"),
        "curates": can_settle(request.user, request.network),
    }
    return render(request, "topics/families.html", context)

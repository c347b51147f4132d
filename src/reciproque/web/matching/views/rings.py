"""Loops of exchanges, where each gives to the next and receives from the one before."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from reciproque.matching.access import get_loop
from reciproque.matching.queries import loop_shown, loops_in
from reciproque.networks.access import require_animator, require_member, scope_of
from reciproque.web.http import page_number
from reciproque.web.matching.views import crumbs, plan_tabs
from reciproque.web.parts.posts import ask_url, person_line

SIZE = 10


def _links(shown: Any, reader: Any = None) -> list[dict[str, Any]]:
    """The gifts of a loop in words: who gives what to whom."""
    return [
        {
            "giver": _("Vous") if link.giver == reader else link.giver.display_name,
            "line": "" if link.giver == reader else person_line(link.giver),
            "receiver": _("vous") if link.receiver == reader else link.receiver.display_name,
            "gives": link.giver == reader,
            "receives": link.receiver == reader,
            "title": link.suggestion.offer.title,
            "url": reverse("posts:post", args=[link.suggestion.offer.public_id]),
            "asked": link.asked,
        }
        for link in shown.links
    ]


@require_safe
def loop(request: HttpRequest, loop_id: str) -> HttpResponse:
    """Show a loop the reader is in: what they would receive, what they would give, what they may do."""
    ring = get_loop(request.user, loop_id)
    request.network, _membership = require_member(request.user, ring.network.slug)
    shown = loop_shown(ring, request.user)
    if not shown.whole:
        return render(request, "matching/loop_gone.html", {"slug": ring.network.slug})
    acts = [
        {
            "receives": link.receiver == request.user,
            "name": (link.giver if link.receiver == request.user else link.receiver).display_name,
            "title": (
                link.suggestion.offer if link.receiver == request.user else link.suggestion.request
            ).title,
            "asked": link.asked,
            "why_url": reverse("matching:suggestion", args=[link.suggestion.public_id]),
            "ask_url": ask_url(link.suggestion.offer, link.suggestion.request)
            if link.receiver == request.user
            else ask_url(link.suggestion.request, link.suggestion.offer),
            "dismiss_url": reverse("find:dismiss", args=[link.suggestion.public_id]),
        }
        for link in shown.mine
    ]
    context = {
        "loop": ring,
        "shown": shown,
        "links": _links(shown, request.user),
        "names": [_("vous") if link.giver == request.user else link.giver.first_name for link in shown.links],
        "acts": acts,
        "here": request.path,
        "crumbs": [
            {"label": _("Trouvé pour vous"), "url": reverse("find:suggestions", args=[ring.network.slug])},
            {"label": _("Une boucle d’échanges")},
        ],
    }
    return render(request, "matching/loop.html", context)


@require_safe
def loops(request: HttpRequest, slug: str) -> HttpResponse:
    """Show an animator the loops found among those they accompany, the best first."""
    network = request.network = require_animator(request.user, slug)
    number = page_number(request)
    scope = scope_of(request.user, network)
    rows, total = loops_in(network, page=number, size=SIZE, scope=scope)
    context = {
        "rows": [
            {
                "links": _links(row),
                "people": [
                    {
                        "name": link.giver.display_name,
                        "url": reverse("animation:member", args=[slug, link.giver.public_id]),
                    }
                    for link in row.links
                    if scope is None or scope.covers(link.giver)
                ],
                "whole": row.whole,
                "under_way": any(link.asked for link in row.links),
            }
            for row in rows
        ],
        "page": Paginator(range(total), SIZE).get_page(number),
        "total": total,
        "tabs": plan_tabs(network, "matching:loops"),
        "crumbs": crumbs(network, _("Boucles")),
    }
    return render(request, "matching/loops.html", context)

"""One person's: why somebody is proposed, why somebody is not, and what one could share."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reciproque.catalogue.access import get_post
from reciproque.catalogue.queries import open_kinds, own_posts
from reciproque.catalogue.rules import Kind, PostState
from reciproque.kit.errors import NotThere
from reciproque.matching.access import get_nudge, get_suggestion
from reciproque.matching.actions import dismiss_nudge, put_off_suggestion
from reciproque.matching.queries import why, why_not
from reciproque.networks.access import require_member
from reciproque.web.http import attempt, back, see
from reciproque.web.parts.posts import ask_url, card_of, obstacle

# What counts for the network rather than for the two people: told apart.
_INNER = ("fairness", "stability", "balance")


@require_safe
def suggestion(request: HttpRequest, suggestion_id: str) -> HttpResponse:
    """Show one person found for the reader: everything that counted, and what can be answered."""
    found = get_suggestion(request.user, suggestion_id)
    request.network, membership = require_member(request.user, found.network.slug)
    mine = found.request.author_id == request.user.pk
    post, own = (found.offer, found.request) if mine else (found.request, found.offer)
    told = why(found, request.user)
    try:
        # What its author withdrew, or left behind, is nobody's to read any more.
        seen = get_post(request.user, post.public_id)
    except NotThere:
        seen = None
    context = {
        "found": found,
        "mine": mine,
        "card": card_of(seen) if seen is not None else None,
        "own": card_of(own, own=True, named=False),
        "told": told,
        "reasons": [capfirst(one.words) for one in told.reasons if one.points > 0 and one.name not in _INNER],
        "rest": [capfirst(one.words) for one in told.reasons if one.points <= 0 or one.name in _INNER],
        "open": seen is not None and found.state == "open" and post.is_open and own.is_open,
        "ask_url": ask_url(post, own),
        "wall": obstacle(membership, open_kinds(request.user).get(request.network.pk, ())),
        "crumbs": [
            {"label": _("Trouvé pour vous"), "url": reverse("find:suggestions", args=[found.network.slug])},
            {"label": post.title if seen is not None else _("Une proposition")},
        ],
    }
    return render(request, "matching/suggestion.html", context)


@require_POST
def later(request: HttpRequest, suggestion_id: str) -> HttpResponse:
    """Put a suggestion off: it comes back in a month."""
    found = get_suggestion(request.user, suggestion_id)
    attempt(
        request,
        lambda: put_off_suggestion(found, by=request.user),
        _("C’est noté : cette personne vous sera de nouveau proposée dans un mois."),
    )
    return back(request, "home:home")


@require_safe
def why_not_page(request: HttpRequest, post_id: str) -> HttpResponse:
    """Tell why somebody's offer is not proposed for one of the reader's own requests."""
    offer = get_post(request.user, post_id)
    request.network, _membership = require_member(request.user, offer.network.slug)
    if not offer.is_offer or offer.author_id == request.user.pk:
        raise NotThere
    mine, _total = own_posts(request.user, request.network, [PostState.PUBLISHED], size=60)
    requests = [post for post in mine if post.kind == Kind.REQUEST]
    wanted = request.GET.get("request", "")
    chosen = next((post for post in requests if post.public_id == wanted), next(iter(requests), None))
    told = why_not(chosen, offer, request.user) if chosen is not None else None
    context: dict[str, Any] = {
        "offer": card_of(offer),
        "requests": [
            {
                "label": post.title,
                "url": reverse("matching:why_not", args=[offer.public_id], query={"request": post.public_id}),
                "current": chosen is not None and post.pk == chosen.pk,
            }
            for post in requests
        ],
        "chosen": chosen and card_of(chosen, own=True, named=False),
        "told": told,
        "refusals": [capfirst(words) for words in told.refusals] if told else [],
        "others_have": [capfirst(words) for words in told.others_have] if told else [],
        "ask_url": ask_url(offer, chosen),
        "slug": request.network.slug,
        "crumbs": [
            {"label": offer.title, "url": reverse("posts:post", args=[offer.public_id])},
            {"label": _("Pourquoi pas cette personne ?")},
        ],
    }
    return render(request, "matching/why_not.html", context)


@require_http_methods(["GET", "POST"])
def nudge(request: HttpRequest, nudge_id: str) -> HttpResponse:
    """Show a colleague's request that the reader could answer; put it away."""
    shown = get_nudge(request.user, nudge_id)
    request.network, _membership = require_member(request.user, shown.network.slug)
    if request.method == "POST":
        attempt(
            request,
            lambda: dismiss_nudge(shown, by=request.user),
            _("C’est noté. Personne n’en saura rien."),
        )
        return see("home:home")
    wanted = get_post(request.user, shown.request.public_id)
    context = {
        "nudge": shown,
        "card": card_of(wanted),
        "open": shown.state == "open" and wanted.is_open,
        "offer_url": reverse(
            "posts:new", args=[shown.network.slug, Kind.OFFER], query={"title": wanted.title}
        ),
    }
    return render(request, "matching/nudge.html", context)

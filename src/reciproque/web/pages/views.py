"""Pages to read: a network's public page, the guides, the statements; and the gallery, for the staff."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from reciproque.catalogue.queries import count_open
from reciproque.kit.errors import NotThere
from reciproque.networks.access import get_public_network
from reciproque.networks.queries import count_members, current_charter
from reciproque.web.parts import gallery as living
from reciproque.web.parts.networks import articles, headcount, masked, system_words

# role → (title, one line, icon)
GUIDES: dict[str, tuple[Any, Any, str]] = {
    "member": (
        _("Membre"),
        _("De la première annonce au bilan : proposer, demander, se rencontrer."),
        "user",
    ),
    "mediator": (
        _("Médiation"),
        _("Mener la première rencontre entre deux personnes, puis s’effacer."),
        "handshake",
    ),
    "animator": (
        _("Animation"),
        _("Accueillir, accompagner, relancer sans presser, agir pour quelqu’un."),
        "heart-handshake",
    ),
    "administrator": (
        _("Administration"),
        _("Installer, faire entrer l’annuaire, créer un réseau, confier les rôles."),
        "settings",
    ),
    "sponsor": (
        _("Parrainage"),
        _("Soutenir le réseau, lire sa santé, lever ce qui le freine."),
        "sprout",
    ),
}


def _frame(request: HttpRequest) -> str:
    """Return the frame of a page that may be read with or without signing in."""
    return "base.html" if request.user.is_authenticated else "base_plain.html"


@require_safe
def public(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a network to people who are not signed in, when it chose so: no name, no post."""
    network = get_public_network(slug)
    charter = current_charter(network)
    counts = count_open(network)
    context = {
        "network": network,
        "systems": system_words(network),
        "members": headcount(count_members(network)),
        "offers": masked(counts["offers"]),
        "requests": masked(counts["requests"]),
        "articles": articles(charter.text) if charter else [],
        "target": reverse("join:network", args=[slug]),
    }
    return render(request, "pages/public.html", context)


@require_safe
def guide(request: HttpRequest) -> HttpResponse:
    """Show the guides, one per role."""
    rows = [
        {"title": title, "line": line, "icon": icon, "url": reverse("pages:guide_role", args=[role])}
        for role, (title, line, icon) in GUIDES.items()
    ]
    return render(request, "pages/guide.html", {"guides": rows})


@require_safe
def guide_role(request: HttpRequest, role: str) -> HttpResponse:
    """Show one guide."""
    if role not in GUIDES:
        raise NotThere
    title, line, _icon = GUIDES[role]
    tabs = [
        {"label": name, "url": reverse("pages:guide_role", args=[key]), "current": key == role}
        for key, (name, _line, _icon) in GUIDES.items()
    ]
    context = {
        "title": title,
        "line": line,
        "tabs": tabs,
        "crumbs": [{"label": _("Guide"), "url": reverse("pages:guide")}, {"label": title}],
    }
    return render(request, f"pages/guides/{role}.html", context)


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """Show the accessibility statement."""
    return render(request, "pages/accessibility.html", {"frame": _frame(request)})


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """Show what is kept about people, who sees it, for how long."""
    return render(request, "pages/privacy.html", {"frame": _frame(request)})


@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    """Show every part of the pages in every state, to the staff."""
    if not request.user.is_staff:
        raise NotThere
    return living.gallery(request)

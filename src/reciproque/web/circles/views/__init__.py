"""The pages of practice-exchange groups: what they share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from reciproque.circles.access import get_circle, get_facilitated, get_session, get_shared, is_facilitator
from reciproque.kit.errors import NotThere
from reciproque.networks.access import require_animator, require_member

if TYPE_CHECKING:
    from reciproque.circles.models import Circle, Session
    from reciproque.networks.models import Network

either = require_http_methods(["GET", "HEAD", "POST"])


def network_here(request: HttpRequest, slug: str) -> Network:
    """Return a network to its members, and to those who animate it without belonging to it."""
    try:
        network, _membership = require_member(request.user, slug)
    except NotThere:
        network = require_animator(request.user, slug)
    request.network = network
    return network


def url_of(name: str, circle: Circle) -> str:
    """Return the address of one of a group's pages."""
    return reverse(f"circles:{name}", args=[circle.public_id])


def here(request: HttpRequest, circle: Circle) -> Circle:
    """Say which network the page is of."""
    request.network = circle.network
    return circle


def face_of(request: HttpRequest, circle_id: str) -> Circle:
    """Return a group as anyone of its network may know it."""
    return here(request, get_circle(request.user, circle_id))


def shared(request: HttpRequest, circle_id: str) -> Circle:
    """Return a group to one of its members or its facilitator."""
    return here(request, get_shared(request.user, circle_id))


def facilitated(request: HttpRequest, circle_id: str) -> Circle:
    """Return a group that is made to its facilitator."""
    circle = here(request, get_facilitated(request.user, circle_id))
    if circle.constituted_at is None:
        raise NotThere
    return circle


def led_session(request: HttpRequest, session_id: str) -> Session:
    """Return a session to the facilitator of its group; to the other members it is not theirs to change."""
    session = get_session(request.user, session_id)
    here(request, session.circle)
    if not is_facilitator(request.user, session.circle):
        raise NotThere
    return session


def crumbs(network: Any, *trail: tuple[str, str]) -> list[dict[str, str]]:
    """Return the way back up to the network's groups; `trail` is (label, address), the last one without address."""
    every = {"label": _("Groupes d’échange de pratiques"), "url": reverse("circles:all", args=[network.slug])}
    return [every, *({"label": label, "url": url} if url else {"label": label} for label, url in trail)]


def inside(circle: Circle, *trail: str | tuple[str, str]) -> list[dict[str, str]]:
    """Return the way back up from one of a group's pages."""
    rest = [one if isinstance(one, tuple) else (one, "") for one in trail]
    return crumbs(circle.network, (circle.title, url_of("circle", circle)), *rest)


def tabs(circle: Circle, current: str) -> list[dict[str, Any]]:
    """Return the pages of a group for those who share it."""
    pages = {
        "circle": _("Le groupe"),
        "sessions": _("Les séances"),
        "charter": _("La charte"),
        "sheets": _("Les fiches du groupe"),
        "review": _("Le bilan du groupe"),
    }
    return [
        {"label": label, "url": url_of(name, circle), "current": name == current}
        for name, label in pages.items()
    ]

"""What matching proposes, and what people and animators decide of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _

from reciproque.web.parts.posts import person_line

if TYPE_CHECKING:
    from reciproque.catalogue.models import Post
    from reciproque.networks.models import Network


def crumbs(network: Network, label: str = "") -> list[dict[str, str]]:
    """Return the way back up from an animator's page about matching."""
    up = [{"label": _("Animation"), "url": reverse("animation:desk", args=[network.slug])}]
    home = {"label": _("Rapprochements")}
    if not label:
        return [*up, home]
    return [*up, home | {"url": reverse("matching:plan", args=[network.slug])}, {"label": label}]


def plan_tabs(network: Network, current: str) -> list[dict[str, Any]]:
    """Return the tabs of the animators' pages about matching."""
    pages = {
        "matching:plan": _("Le plan"),
        "matching:sought": _("Savoirs recherchés"),
        "matching:loops": _("Boucles"),
        "matching:groups": _("Demandes semblables"),
        "matching:weights": _("Ce qui compte"),
    }
    return [
        {"label": label, "url": reverse(name, args=[network.slug]), "current": name == current}
        for name, label in pages.items()
    ]


def side(post: Post) -> dict[str, Any]:
    """Return one post of a pair and its author, for an animator: unit and site loaded beforehand."""
    return {
        "kind": post.kind,
        "title": post.title,
        "url": reverse("posts:post", args=[post.public_id]),
        "name": post.author.display_name,
        "line": person_line(post.author),
        "since": post.published_at,
    }

"""The pages of a learning community: what they share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from reciproque.kit.errors import NotThere
from reciproque.networks.access import get_network, has_role, is_animator, is_member
from reciproque.networks.rules import Role

if TYPE_CHECKING:
    from django.http import HttpRequest

    from reciproque.networks.models import Network

either = require_http_methods(["GET", "HEAD", "POST"])


def reader_of(request: HttpRequest, slug: str) -> Network:
    """Return a network to whoever reads its figures: a member, or somebody with a role in it; else `NotThere`."""
    network = get_network(request.user, slug)  # type: ignore[arg-type]
    person = request.user
    if not (
        is_member(person, network)  # type: ignore[arg-type]
        or is_animator(person, network)  # type: ignore[arg-type]
        or has_role(person, network, *Role.values)  # type: ignore[arg-type]
    ):
        raise NotThere
    request.network = network  # type: ignore[attr-defined]
    return network


def crumbs(network: Network, *trail: tuple[str, str]) -> list[dict[str, str]]:
    """Return the way back up to the place; `trail` is (label, address), the last one without address."""
    place = {"label": _("Communauté"), "url": reverse("community:place", args=[network.slug])}
    return [place, *({"label": label, "url": url} if url else {"label": label} for label, url in trail)]

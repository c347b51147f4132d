"""The pages of a learning community: what they share."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from django.core.cache.backends.locmem import LocMemCache
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from reciproque.insights.access import get_read_network
from reciproque.kit import clock

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

    from reciproque.networks.models import Network

either = require_http_methods(["GET", "HEAD", "POST"])


Read = TypeVar("Read")
# Figures of a whole network, read again after some minutes: each process keeps its own, away from what counts attempts.
_LATELY = LocMemCache("community", {"TIMEOUT": 300})


def lately(what: str, network: Network, read: Callable[[], Read]) -> Read:
    """Return what was read of a whole network some minutes ago at most, the same day; else read it."""
    return _LATELY.get_or_set(f"{what}:{network.public_id}:{clock.now():%Y-%m-%d}", read)


def reader_of(request: HttpRequest, slug: str) -> Network:
    """Return a network to whoever reads its figures, and make it that of the page."""
    network = get_read_network(request.user, slug)  # type: ignore[arg-type]
    request.network = network  # type: ignore[attr-defined]
    return network


def crumbs(network: Network, *trail: tuple[str, str]) -> list[dict[str, str]]:
    """Return the way back up to the place; `trail` is (label, address), the last one without address."""
    place = {"label": _("Communauté"), "url": reverse("community:place", args=[network.slug])}
    return [place, *({"label": label, "url": url} for label, url in trail)]

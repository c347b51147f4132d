"""The pages of gatherings: what they share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from reciproque.gatherings.rules import GatheringKind, GatheringState

if TYPE_CHECKING:
    from reciproque.gatherings.models import Gathering
    from reciproque.networks.models import Network

either = require_http_methods(["GET", "HEAD", "POST"])

KINDS = {
    GatheringKind.FAIR: gettext_lazy("Bourse aux savoirs"),
    GatheringKind.SPOTTING: gettext_lazy("Séance de repérage"),
}
STATE_TONES = {
    GatheringState.PLANNED: "neutral",
    GatheringState.OPEN: "good",
    GatheringState.CLOSED: "neutral",
    GatheringState.CANCELLED: "warn",
}


def url_of(name: str, gathering: Gathering, *more: str) -> str:
    """Return the address of one of a gathering's pages."""
    return reverse(f"gatherings:{name}", args=[gathering.public_id, *more])


def crumbs(network: Network, *trail: tuple[str, str]) -> list[dict[str, str]]:
    """Return the way back up to the network's gatherings; `trail` is (label, address), the last one without address."""
    every = {"label": _("Bourses et séances"), "url": reverse("gatherings:all", args=[network.slug])}
    return [every, *({"label": label, "url": url} if url else {"label": label} for label, url in trail)]


def inside(gathering: Gathering, label: str) -> list[dict[str, str]]:
    """Return the way back up from one of a gathering's pages."""
    return crumbs(gathering.network, (gathering.title, url_of("gathering", gathering)), (label, ""))

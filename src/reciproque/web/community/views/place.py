"""The learning community as a place: what waits for an answer, what is new, who animates, where the network stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from reciproque.insights.access import reader_of as figures_reader
from reciproque.insights.queries import engagement_of, list_risks, maturity_of, place_of, pool_state
from reciproque.insights.rules import Risk
from reciproque.networks.access import can_settle, is_animator, is_member
from reciproque.networks.queries import animators_of
from reciproque.web.community.views import lately, reader_of
from reciproque.web.parts.library import sheet_cards
from reciproque.web.parts.posts import person_line

if TYPE_CHECKING:
    from reciproque.networks.models import Network


@require_safe
def place(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a network as the place where a community learns."""
    network = reader_of(request, slug)
    shown = place_of(network, request.user)  # type: ignore[arg-type]
    animates = is_animator(request.user, network)  # type: ignore[arg-type]
    # A share counted again every day tells of each person who moves it: others read what was released.
    team = figures_reader(request.user, network).is_team  # type: ignore[arg-type]
    maturity = maturity_of(network)
    context = {
        "network": network,
        "slug": slug,
        "place": shown,
        "new": sheet_cards(shown.new),
        "stale": sheet_cards(shown.stale),
        "engagement": lately("engagement", network, lambda: engagement_of(network)) if team else None,
        "maturity": maturity,
        "animators": [(person, person_line(person)) for person in animators_of(network)],
        "animates": animates,
        "settles": can_settle(request.user, network),  # type: ignore[arg-type]
        "risks": _risks(network, slug) if animates else [],
        "short": pool_state(network).short if animates else [],
        "map_url": reverse("community:map", args=[slug]) if is_member(request.user, network) else "",
        "crumbs": [
            {"label": network.name, "url": reverse("join:network", args=[slug])},
            {"label": _("Communauté")},
        ],
    }
    return render(request, "community/place.html", context)


def _risks(network: Network, slug: str) -> list[dict[str, object]]:
    counts = lately("risks", network, lambda: list_risks(network)).counts
    page = reverse("community:risk", args=[slug])
    return [
        {"label": Risk(value).label, "count": number, "url": f"{page}?risk={value}"}
        for value, number in counts.items()
        if number
    ]

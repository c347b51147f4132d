"""What the pages of figures share: who reads, the way back up, a table to take away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from reciproque.insights.access import get_read_network, reader_of
from reciproque.insights.queries import Figure
from reciproque.kit import clock
from reciproque.web.http import hand_over_table
from reciproque.web.insights.views.shown import raw

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.http import HttpRequest

    from reciproque.insights.access import Reader
    from reciproque.networks.models import Network

COLUMNS = (
    "indicator",
    "period",
    "cut",
    "group",
    "value",
    "numerator",
    "denominator",
    "state",
    "as_of",
    "name",
    "group_name",
    "words",
)


def reading(request: HttpRequest, slug: str) -> Reader:
    """Return who reads the figures of a network, and make it that of the page."""
    network = get_read_network(request.user, slug)  # type: ignore[arg-type]
    request.network = network  # type: ignore[attr-defined]
    return reader_of(request.user, network)  # type: ignore[arg-type]


def crumbs(network: Network, *trail: tuple[str, str]) -> list[dict[str, str]]:
    """Return the way back up to the steering page; `trail` is (label, address), the last one without address."""
    up = {"label": _("Pilotage"), "url": reverse("insights:steering", args=[network.slug])}
    return [up, *({"label": label, "url": url} for label, url in trail)]


def table_of(figures: Iterable[Figure]) -> list[Sequence[object]]:
    """Return figures as the lines of a table: what the page shows, no more."""
    return [
        (
            figure.id,
            figure.period.key,
            figure.cut,
            figure.group,
            raw(figure),
            "" if figure.masked else _number(figure.numerator),
            "" if figure.masked else _number(figure.denominator),
            "masked" if figure.masked else "" if figure.is_measurable else "none",
            figure.as_of.isoformat() if figure.as_of else "",
            figure.indicator.name,
            figure.group_name,
            figure.shown,
        )
        for figure in figures
    ]


def _number(number: float | None) -> str:
    return "" if number is None else f"{number:g}" if number < 1e6 else str(number)


def figures_file(name: str, figures: Iterable[Figure]) -> HttpResponse:
    """Give figures as a file that a spreadsheet opens, named after today."""
    return hand_over_table(f"{name}-{clock.now():%Y-%m-%d}.csv", COLUMNS, table_of(figures))

"""Pictures of a network: a page, one address each, and files to take away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.cache.backends.locmem import LocMemCache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from reciproque.insights.engine.paper import paint
from reciproque.insights.queries.figures import number_words
from reciproque.insights.queries.pictures import picture_of, picture_years, pictures_of, reads_rows
from reciproque.insights.rules import MASKED
from reciproque.insights.rules.pictures import Kind
from reciproque.kit import clock
from reciproque.web.http import hand_over, hand_over_table
from reciproque.web.insights.views.reading import reading
from reciproque.web.parts.pictures import alone, draw, size_of

if TYPE_CHECKING:
    from reciproque.insights.access import Reader
    from reciproque.insights.rules.pictures import Picture

# Each process keeps its own, away from what counts attempts to sign in.
_LATELY = LocMemCache("pictures", {"TIMEOUT": 300})
ENDINGS = {"svg": "image/svg+xml", "png": "image/png", "csv": "text/csv"}


def _lately(reader: Reader, year: int) -> list[Picture]:
    """Return the pictures of a year; those made of all the rows of a network are made again after some minutes."""
    if not reads_rows(reader):
        return pictures_of(reader, year)
    key = f"{reader.network.public_id}:{year}:{get_language()}:{clock.now():%Y-%m-%d}"
    return _LATELY.get_or_set(key, lambda: pictures_of(reader, year))


def _year(request: HttpRequest, reader: Reader) -> tuple[int, list[int]]:
    """Return the year asked for when there are pictures of it, else the latest, with all those there are."""
    years = picture_years(reader)
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isascii() and asked.isdigit() and len(asked) == 4 else 0
    return (year if year in years else next(iter(years), 0)), years


def shown(picture: Picture, slug: str, year: int) -> dict[str, Any]:
    """Return a picture as a page draws it, with the addresses of its files."""
    files = [
        (
            ending.upper(),
            reverse("insights:picture_file", args=[slug, picture.kind, ending], query={"year": year}),
        )
        for ending in ENDINGS
    ]
    return {
        "picture": picture,
        "wide": draw(picture),
        "narrow": draw(picture, narrow=True),
        "url": reverse("insights:picture", args=[slug, picture.kind], query={"year": year}),
        "files": files,
        "rows": cells_of(picture),
        "period": f"year:{year}-01-01",
    }


def cells_of(picture: Picture) -> list[list[dict[str, Any]]]:
    """Return the table of a picture, each cell with what it is called and whether it is a number or hidden."""
    return [
        [
            {
                "text": number_words(cell) if isinstance(cell, int) else cell,
                "value": cell if isinstance(cell, int) else None,
                "label": picture.columns[place],
                "row": row[0],
                "number": isinstance(cell, int),
                "masked": cell == str(MASKED),
            }
            for place, cell in enumerate(row)
        ]
        for row in picture.rows
    ]


def crumbs(reader: Reader, *trail: tuple[str, str]) -> list[dict[str, str]]:
    """Return the way back up to the figures of the network."""
    network = reader.network
    up = [
        {"label": network.name, "url": reverse("join:network", args=[network.slug])},
        {"label": _("Images"), "url": reverse("insights:pictures", args=[network.slug])},
    ]
    return [*up, *({"label": label, "url": url} for label, url in trail)]


def _context(request: HttpRequest, reader: Reader, year: int, years: list[int], here: str) -> dict[str, Any]:
    return {
        "network": reader.network,
        "slug": reader.network.slug,
        "rows": reads_rows(reader),
        "year": year,
        "years": [{"label": str(one), "url": f"{here}?year={one}", "current": one == year} for one in years],
    }


@require_safe
def pictures(request: HttpRequest, slug: str) -> HttpResponse:
    """Show every picture of one year."""
    reader = reading(request, slug)
    year, years = _year(request, reader)
    found = _lately(reader, year) if years else []
    context = _context(request, reader, year, years, reverse("insights:pictures", args=[slug]))
    context |= {
        "shown": [shown(one, slug, year) for one in found],
        "crumbs": [*crumbs(reader)[:-1], {"label": _("Images"), "url": ""}],
    }
    return render(request, "insights/pictures.html", context)


@require_safe
def picture(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """Show one picture with its table."""
    reader = reading(request, slug)
    year, years = _year(request, reader)
    if kind not in Kind.values or not years:
        raise Http404
    found = picture_of(reader, kind, year)
    context = _context(request, reader, year, years, reverse("insights:picture", args=[slug, kind]))
    context |= {"one": shown(found, slug, year), "crumbs": crumbs(reader, (found.title, ""))}
    return render(request, "insights/picture.html", context)


@require_safe
def picture_file(request: HttpRequest, slug: str, kind: str, ending: str) -> HttpResponse:
    """Give one picture as a file: drawing, picture of points, or table."""
    reader = reading(request, slug)
    year, years = _year(request, reader)
    if kind not in Kind.values or ending not in ENDINGS or not years:
        raise Http404
    found = picture_of(reader, kind, year)
    name = f"{slug}-{kind}-{year}-{(get_language() or 'fr')[:2]}.{ending}"
    if ending == "csv":
        return hand_over_table(name, found.columns, found.rows)
    drawing = alone(found)
    content = drawing.encode() if ending == "svg" else paint(drawing, *size_of(drawing))
    return hand_over(name, content, ENDINGS[ending])

"""The map of savoirs: from regions to savoirs, from savoirs to the people who agreed to be seen; and its poster."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from reciproque.catalogue.access import get_topic
from reciproque.insights.queries.atlas import Atlas, Region, Savoir, atlas, neighbours_of, people_who_know
from reciproque.insights.rules import Showing
from reciproque.kit.tokens import is_id
from reciproque.networks.access import require_member
from reciproque.networks.queries import networks_of
from reciproque.web.http import page_number
from reciproque.web.parts.atlas import NARROW, POSTER, WIDE, coasts_of, drawing, region_words
from reciproque.web.parts.posts import find_tabs, person_line
from reciproque.web.parts.window import Frame, Window, window_of

if TYPE_CHECKING:
    from reciproque.networks.models import Network

SIZE = 20
# A longer list of filters is folded: one does not walk through it to reach the map.
MOST_OPEN = 6
EVERYWHERE = "all"
FILTERS = ("in", "site", "unit", "show")


class _Asked:
    """What an address asks to see of the map."""

    def __init__(self, request: HttpRequest, slug: str, name: str = "community:map") -> None:
        self.slug, self.name = slug, name
        given = {key: request.GET.get(key, "").strip()[:40] for key in FILTERS}
        given["show"] = given["show"] if given["show"] in Showing.values else ""
        given["in"] = given["in"] if given["in"] == EVERYWHERE else ""
        self.filters = {key: value for key, value in given.items() if value}

    def url(self, *, anchor: bool = True, **changes: Any) -> str:
        query = {key: value for key, value in (self.filters | changes).items() if value not in ("", None)}
        return reverse(self.name, args=[self.slug], query=query) + ("#atlas" if anchor else "")

    def window(self, window: Window) -> str:
        return self.url(x=window.x, y=window.y, zoom=window.zoom)

    def region(self, region: Region) -> str:
        return self.url(region=str(region.number))

    def savoir(self, savoir: Savoir) -> str:
        return self.url(topic=savoir.public_id)

    def read(self, networks: list[Network], request: HttpRequest) -> Atlas:
        chosen = {key: self.filters.get(key, "") for key in ("site", "unit")}
        return atlas(networks, request.user, showing=self.filters.get("show", ""), **chosen)  # type: ignore[arg-type]


def _networks(request: HttpRequest, asked: _Asked) -> tuple[list[Any], list[Any]]:
    """Return the networks whose map is shown, and all those whose map the reader may see."""
    mine = [row for row in networks_of(request.user) if row.joined]  # type: ignore[arg-type]
    return (mine if asked.filters.get("in") else [request.network]), mine  # type: ignore[attr-defined]


def _facets(asked: _Asked, found: Atlas, mine: list[Any]) -> list[dict[str, Any]]:
    """The ways of narrowing the map, as links: one more click on what is chosen takes it off."""

    def group(title: str, name: str, choices: list[tuple[str, Any, Any]]) -> dict[str, Any]:
        held = asked.filters.get(name, "")
        items = [
            {
                "label": capfirst(str(label)),
                "count": count,
                "selected": value == held,
                "url": asked.url(anchor=False, **{name: "" if value == held else value}),
            }
            for value, label, count in choices
        ]
        return {
            "title": title,
            "choices": items,
            "held": any(item["selected"] for item in items),
            "long": len(items) > MOST_OPEN,
        }

    shows = [(str(value), label, "") for value, label in Showing.choices if value]
    groups = [group(_("Montrer"), "show", shows)]
    if len(mine) > 1:
        groups.append(group(_("Réseaux"), "in", [(EVERYWHERE, _("tous mes réseaux"), len(mine))]))
    for title, name, choices in ((_("Sites"), "site", found.sites), (_("Services"), "unit", found.units)):
        if len(choices) > 1:
            groups.append(group(title, name, [(row.value, row.label, row.count) for row in choices]))
    return groups


def _where(request: HttpRequest, found: Atlas) -> tuple[Window, Region | None, Savoir | None, Any]:
    """Return the window asked for, with the region or the savoir it is about."""
    frame = Frame.of(found.savoirs)
    topic_id, number = request.GET.get("topic", ""), request.GET.get("region", "")
    if is_id(topic_id):
        topic = get_topic(topic_id)
        savoir = found.savoir(topic.pk)
        if savoir is not None:
            window = frame.beside(savoir, neighbours_of(savoir, found.savoirs, limit=8))
            return window, found.region(savoir.region), savoir, topic
    region = found.region(int(number)) if number.isascii() and number.isdigit() and len(number) < 5 else None
    if region is not None:
        return frame.around(region.savoirs), region, None, None
    get = request.GET.get
    return window_of(get("x"), get("y"), get("zoom")), None, None, None


def _moves(asked: _Asked, window: Window) -> list[dict[str, Any]]:
    """The buttons that move the window; those that would not move it are left out."""
    ways = [
        (_("Plus près"), "zoom-in", window.closer()),
        (_("Plus loin"), "zoom-out", window.farther()),
        (_("À gauche"), "arrow-left", window.moved(-1, 0)),
        (_("En haut"), "arrow-up", window.moved(0, -1)),
        (_("En bas"), "arrow-down", window.moved(0, 1)),
        (_("À droite"), "arrow-right", window.moved(1, 0)),
        (_("Toute la carte"), "maximize", Window()),
    ]
    return [
        {"label": label, "icon": icon, "url": asked.window(there) if there != window else ""}
        for label, icon, there in ways
    ]


def _people(topic: Any, networks: list[Any], request: HttpRequest, slug: str) -> list[dict[str, Any]]:
    return [
        {
            "name": holder.person.display_name,
            "line": person_line(holder.person),
            "certified": holder.certified,
            "url": reverse("people:person", args=[slug, holder.person.public_id]),
            "skill_url": reverse("recognition:skill", args=[holder.skill.public_id]),
        }
        for holder in people_who_know(topic, networks, request.user)  # type: ignore[arg-type]
    ]


def _rows(asked: _Asked, savoirs: list[Savoir]) -> list[dict[str, Any]]:
    return [{"savoir": row, "url": asked.savoir(row)} for row in savoirs]


@require_safe
def map_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the map, or a part of it, and the same in a table."""
    request.network, _membership = require_member(request.user, slug)
    request.place = "find"
    asked = _Asked(request, slug)
    networks, mine = _networks(request, asked)
    found = asked.read(networks, request)
    window, region, savoir, topic = _where(request, found)
    # Who is shown in another network is met there: their page needs a network in common.
    people = _people(topic, [request.network], request, slug) if savoir is not None else []
    given: dict[str, Any] = {
        "region_url": asked.region,
        "savoir_url": asked.savoir,
        "chosen": savoir,
        "people": people,
    }
    given["coasts"] = coasts_of(found, window)
    wide = drawing(found, window, WIDE, **given)
    narrow = drawing(found, window, NARROW, **given)
    listed = [row for row in (region.savoirs if region else wide.seen) if row.topic in found.shown]
    page = Paginator(listed, SIZE).get_page(page_number(request))
    groups = _facets(asked, found, mine)
    context = {
        "slug": slug,
        "network": request.network,
        "atlas": found,
        "drawings": [wide, narrow],
        "moves": _moves(asked, window),
        "whole": window == Window() and region is None and savoir is None,
        "region": region,
        "region_url": asked.region(region) if region else "",
        "whole_url": asked.url(),
        "savoir": savoir,
        "people": people,
        "near": _rows(asked, neighbours_of(savoir, found.savoirs)) if savoir else [],
        "regions": [
            {"region": row, "url": asked.region(row), "words": region_words(row)} for row in found.regions
        ],
        "page": page,
        "rows": _rows(asked, list(page.object_list)),
        "facets": groups,
        "chosen": sum(group["held"] for group in groups),
        "clear_url": reverse("community:map", args=[slug]),
        "filtered": bool(asked.filters),
        "poster_url": _Asked(request, slug, "community:poster").url(anchor=False),
        "tabs": find_tabs(slug, "community:map"),
    }
    return render(request, "community/map.html", context)


@require_safe
def poster(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the whole map on a sheet to print: A3, to hang where people pass."""
    request.network, _membership = require_member(request.user, slug)
    request.place = "find"
    asked = _Asked(request, slug, "community:poster")
    networks, _mine = _networks(request, asked)
    found = asked.read(networks, request)
    plain = _Asked(request, slug)
    context = {
        "slug": slug,
        "network": request.network,
        "atlas": found,
        "one": drawing(found, Window(), POSTER, region_url=plain.region, savoir_url=plain.savoir),
        "map_url": plain.url(anchor=False),
    }
    return render(request, "community/poster.html", context)

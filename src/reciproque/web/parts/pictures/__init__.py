"""Pictures drawn here, on the server: no script, the same on a page, in a file and on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.safestring import SafeString

from reciproque.insights.rules.pictures import Kind
from reciproque.web.parts.pictures.dial import draw_clock
from reciproque.web.parts.pictures.flows import draw_flows, draw_network
from reciproque.web.parts.pictures.paper import filled, sheet, tag
from reciproque.web.parts.pictures.squares import draw_squares
from reciproque.web.parts.pictures.stages import draw_funnel

if TYPE_CHECKING:
    from reciproque.insights.rules.pictures import Picture

WIDE, NARROW = 720.0, 340.0
_DRAWN: dict[str, Any] = {
    Kind.FUNNEL: draw_funnel,
    Kind.CALENDAR: draw_squares,
    Kind.FLOWS: draw_flows,
    Kind.NETWORK: draw_network,
    Kind.WAITS: draw_clock,
    Kind.COHORTS: draw_squares,
}


def draw(picture: Picture, *, narrow: bool = False, key: str = "") -> SafeString:
    """Return a picture to put in a page; `key` tells it from another drawing of the same on that page."""
    width = NARROW if narrow else WIDE
    name = "narrow" if narrow else "wide"
    key = key or f"{picture.kind}-{name}"
    parts, height = _DRAWN[picture.kind](picture.shape, key, width)
    # Everything written was escaped as it was written.
    return SafeString(sheet(key, (width, height), picture.title, picture.says, parts, name))


def alone(picture: Picture) -> str:
    """Return a picture as a file: on its own paper, with a margin."""
    margin = 16.0
    parts, height = _DRAWN[picture.kind](picture.shape, picture.kind, WIDE)
    whole = (WIDE + 2 * margin, height + 2 * margin)
    paper = tag("rect", width=whole[0], height=whole[1], **filled("surface"))
    inside = tag("g", "".join(parts) or " ", transform=f"translate({margin:.0f} {margin:.0f})")
    return sheet(picture.kind, whole, picture.title, picture.says, [paper, inside])


def size_of(drawing: str) -> tuple[float, float]:
    """Return how wide and how tall a drawing made here is."""
    head = drawing[: drawing.index(">")]
    width, height = head.split('viewBox="0 0 ', 1)[1].split('"', 1)[0].split()
    return float(width), float(height)

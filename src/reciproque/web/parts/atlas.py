"""How the map of savoirs is drawn: what is where on a page of some size, and what is written there."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from django.utils.translation import gettext as _

from reciproque.matching.engine.labels import Wanted, place_labels
from reciproque.matching.engine.territory import territories
from reciproque.web.parts.drawing import initials_of
from reciproque.web.parts.window import Frame, Window

if TYPE_CHECKING:
    from reciproque.insights.queries.atlas import Atlas, Region, Savoir

_AROUND = 46  # from a savoir to the people drawn around it
_HEAD = 15


@dataclasses.dataclass(frozen=True)
class Paper:
    """A size of drawing: its units, its letters, and how many savoirs it bears."""

    name: str
    width: int
    height: int
    land: float  # size of the letters of regions
    topic: float
    dot: float  # the smallest circle
    dots: int
    links: int


Coasts = dict[int, list[list[tuple[float, float]]]]

WIDE = Paper("wide", 1000, 640, 20, 14, 3.2, 420, 60)
NARROW = Paper("narrow", 400, 520, 17, 13, 3, 150, 20)
# An A3 sheet lying down, four units a millimetre, without its margins and its title.
POSTER = Paper("poster", 1600, 960, 26, 12.5, 3, 4000, 0)


@dataclasses.dataclass(frozen=True)
class Drawing:
    """Everything there is to draw, numbers already written as a page needs them."""

    paper: Paper
    lands: list[dict[str, Any]]
    quiet: list[dict[str, str]]
    dots: list[dict[str, Any]]
    names: list[dict[str, Any]]
    heads: list[dict[str, Any]]
    seen: list[Savoir]

    @property
    def box(self) -> str:
        return f"0 0 {self.paper.width} {self.paper.height}"


def drawing(
    atlas: Atlas,
    window: Window,
    paper: Paper,
    *,
    region_url: Callable[[Region], str],
    savoir_url: Callable[[Savoir], str],
    chosen: Savoir | None = None,
    people: Sequence[dict[str, Any]] = (),
    coasts: Coasts | None = None,
) -> Drawing:
    """Draw what a window shows of the map on a paper."""
    spots = _spots(atlas, window)
    seen = [row for row in atlas.savoirs if all(0 <= value <= 1 for value in spots[row.topic])]
    at = {topic: (_margin(x, paper.width), _margin(y, paper.height)) for topic, (x, y) in spots.items()}
    lands = _lands(atlas, coasts_of(atlas, window) if coasts is None else coasts, paper, region_url)
    radius = _radius(atlas.savoirs, window, paper)
    alive = [row for row in seen if row.topic in atlas.shown][: paper.dots]
    if chosen is not None and chosen in alive:
        alive.remove(chosen)
        alive.insert(0, chosen)
    heads = _heads(at[chosen.topic], people, paper) if chosen is not None else []
    names = _names(atlas, alive, at, radius, window, paper, heads)
    named = {name["topic"] for name in names if name["topic"]}
    linked = [
        row for rank, row in enumerate(alive) if paper.links and (row.topic in named or rank < paper.links)
    ]
    hidden = {row.topic for row in linked}
    still = [row for row in seen[: paper.dots] if row.topic not in hidden]
    return Drawing(
        paper=paper,
        lands=lands,
        quiet=_quiet(still, atlas, at, radius),
        dots=[
            _dot(row, at[row.topic], radius(row), savoir_url(row), row is chosen) for row in reversed(linked)
        ],
        names=names,
        heads=heads,
        seen=seen,
    )


def _margin(share: float, size: int) -> float:
    """A place on the paper, a little of which stays free all around."""
    return size * (0.03 + 0.94 * share)


def _radius(savoirs: Sequence[Savoir], window: Window, paper: Paper) -> Callable[[Savoir], float]:
    most = max((row.activity for row in savoirs), default=1) or 1
    grown = min(1 + 0.25 * math.log2(window.zoom), 2) * min(
        max(math.sqrt(150 / max(len(savoirs), 1)), 0.6), 1.3
    )

    def radius(row: Savoir) -> float:
        return paper.dot * grown * (1 + 2.6 * math.sqrt(row.activity / most))

    return radius


def _spots(atlas: Atlas, window: Window) -> dict[int, tuple[float, float]]:
    """Where each savoir is in the window, from 0 to 1; beyond for those that are out of it."""
    frame = Frame.of(atlas.savoirs)
    left, top = window.x / 1000 - window.span / 2, window.y / 1000 - window.span / 2

    def spot(row: Savoir) -> tuple[float, float]:
        x, y = frame.share(row.x, row.y)
        return (x - left) / window.span, (y - top) / window.span

    return {row.topic: spot(row) for row in atlas.savoirs}


def coasts_of(atlas: Atlas, window: Window) -> Coasts:
    """Return the coast lines of the regions in a window: the same for every paper."""
    spots = _spots(atlas, window)
    near = [row for row in atlas.savoirs if all(-0.4 <= value <= 1.4 for value in spots[row.topic])]
    if not near:
        return {}
    at = np.array([spots[row.topic] for row in near])
    crowd = min(max(60 / (len(near) + 1), 0.6), 1.6)
    return territories(at, np.array([row.region for row in near]), 0.04 * crowd * min(window.zoom, 3) ** 0.5)


def _lands(atlas: Atlas, coasts: Coasts, paper: Paper, url: Callable[[Region], str]) -> list[dict[str, Any]]:
    lands = []
    for number, rings in coasts.items():
        region = atlas.region(number)
        if region is not None and rings:
            lands.append(
                {
                    "d": "".join(
                        _curve([(_margin(x, paper.width), _margin(y, paper.height)) for x, y in ring])
                        for ring in rings
                    ),
                    "tint": number % 6,
                    "rare": region.is_rare,
                    "url": url(region),
                    "name": region.name,
                    "words": region_words(region),
                }
            )
    return lands


def region_words(region: Region) -> str:
    """Say in one line what a region holds."""
    return _("%(name)s : savoirs %(savoirs)d, offres %(offers)d, demandes %(requests)d") % {
        "name": region.name,
        "savoirs": len(region.savoirs),
        "offers": region.offers,
        "requests": region.requests,
    }


def savoir_words(row: Savoir) -> str:
    """Say in one line what there is on a savoir."""
    return _("%(name)s : offres %(offers)d, demandes %(requests)d, fiches %(sheets)d") % {
        "name": row.name,
        "offers": row.offers,
        "requests": row.requests,
        "sheets": row.sheets,
    }


def _curve(ring: Sequence[tuple[float, float]]) -> str:
    """A closed line through the middles of the sides, rounded at the corners; steps are written from where one is."""
    spots = [(round(x), round(y)) for x, y in ring]
    middles = [
        ((ax + bx) // 2, (ay + by) // 2)
        for (ax, ay), (bx, by) in zip(spots, [*spots[1:], spots[0]], strict=True)
    ]
    here_x, here_y = middles[-1]
    bends = [f"M{here_x} {here_y}"]
    for (x, y), (to_x, to_y) in zip(spots, middles, strict=True):
        bends.append(f"q{x - here_x} {y - here_y} {to_x - here_x} {to_y - here_y}")
        here_x, here_y = to_x, to_y
    return "".join(bends) + "Z"


def kind_of(row: Savoir) -> str:
    """Say which colour a savoir takes: offered, sought, both, or only written about."""
    if row.offers and row.requests:
        return "both"
    return "offer" if row.offers else "request" if row.requests else "sheet"


def _quiet(
    rows: Sequence[Savoir],
    atlas: Atlas,
    at: dict[int, tuple[float, float]],
    radius: Callable[[Savoir], float],
) -> list[dict[str, str]]:
    """What bears no name at this distance: points of one colour and one width are one line, so that many stay light."""
    lines: dict[tuple[str, int], list[str]] = {}
    for row in rows:
        kind = kind_of(row) if row.topic in atlas.shown else "dim"
        x, y = at[row.topic]
        lines.setdefault((kind, max(round(radius(row) * 1.7), 3)), []).append(f"M{x:.0f} {y:.0f}h0")
    drawn = []
    for (kind, width), parts in sorted(lines.items()):
        drawn.append({"kind": kind, "width": str(width), "d": "".join(parts)})
        if kind == "request":
            # What is only sought is an empty circle.
            drawn.append({"kind": "hole", "width": str(max(width - 3, 1)), "d": "".join(parts)})
    return drawn


def _dot(row: Savoir, at: tuple[float, float], radius: float, url: str, chosen: bool) -> dict[str, Any]:
    x, y = at
    wedge = ""
    if row.offers and row.requests:
        # What is sought is the part that remains, so that both are read from one circle.
        angle = 2 * math.pi * row.offers / (row.offers + row.requests)
        end_x, end_y = x + radius * math.sin(angle), y - radius * math.cos(angle)
        wedge = (
            f"M{x:.1f} {y:.1f}V{y - radius:.1f}"
            f"A{radius:.1f} {radius:.1f} 0 {int(angle > math.pi)} 1 {end_x:.1f} {end_y:.1f}Z"
        )
    return {
        "x": f"{x:.1f}",
        "y": f"{y:.1f}",
        "r": f"{radius:.1f}",
        "halo": f"{radius + 3:.1f}",
        "kind": kind_of(row),
        "wedge": wedge,
        "rare": row.rare,
        "sought": row.sought and not row.rare,
        "chosen": chosen,
        "url": url,
        "words": savoir_words(row),
    }


def _names(
    atlas: Atlas,
    alive: Sequence[Savoir],
    at: dict[int, tuple[float, float]],
    radius: Callable[[Savoir], float],
    window: Window,
    paper: Paper,
    heads: Sequence[dict[str, Any]],
) -> list[dict[str, Any]]:
    inside: dict[int, list[Savoir]] = {}
    for row in alive:
        inside.setdefault(row.region, []).append(row)
    wanted: list[Wanted] = []
    for region in atlas.regions:
        rows = inside.get(region.number, [])
        # From near, a land is named only if a good part of it is in sight.
        if rows and (window.zoom == 1 or len(rows) >= 4):
            x, y = np.median([at[row.topic] for row in rows], axis=0)
            size = paper.land * (1 if window.zoom == 1 else 0.85)
            wanted.append(Wanted(-region.number - 1, region.name, float(x), float(y), 0, size, inside=True))
    lands = sorted(wanted, key=lambda one: -len(inside[-one.key - 1]))
    topics = [Wanted(row.topic, row.name, *at[row.topic], radius(row), paper.topic) for row in alive]
    # The savoir one looks at is named before the land it is in.
    first = topics[:1] if heads or (alive and window.zoom > 1) else []
    boxes = [
        (
            head["at"][0] - _HEAD - 2,
            head["at"][1] - _HEAD - 2,
            head["at"][0] + _HEAD + 2,
            head["at"][1] + _HEAD + 2,
        )
        for head in heads
    ]
    placed = place_labels(
        [*first, *lands, *topics[len(first) :]],
        paper.width,
        paper.height,
        keep=topics[: max(paper.links, 40)],
        taken=boxes,
    )
    step = 1.18
    return [
        {
            "topic": max(label.key, 0),
            "land": label.key < 0,
            "box": label.box,
            "anchor": label.anchor,
            "size": f"{label.size:.1f}",
            "lines": [
                {"text": line, "x": f"{label.x:.1f}", "y": f"{label.y + rank * step * label.size:.1f}"}
                for rank, line in enumerate(label.lines)
            ],
        }
        for label in placed
    ]


def _heads(at: tuple[float, float], people: Sequence[dict[str, Any]], paper: Paper) -> list[dict[str, Any]]:
    """Those who agreed to be seen, around what they know."""
    drawn = list(people)[:10]
    heads = []
    for rank, person in enumerate(drawn):
        angle = 2 * math.pi * rank / len(drawn) - math.pi / 2
        x = min(max(at[0] + _AROUND * math.cos(angle), _HEAD + 3), paper.width - _HEAD - 3)
        y = min(max(at[1] + _AROUND * math.sin(angle), _HEAD + 3), paper.height - _HEAD - 3)
        heads.append(
            {
                "at": (x, y),
                "x": f"{x:.1f}",
                "y": f"{y:.1f}",
                "text_y": f"{y + 4.5:.1f}",
                "r": str(_HEAD),
                "from_x": f"{at[0]:.1f}",
                "from_y": f"{at[1]:.1f}",
                "initials": initials_of(person["name"]),
                "name": person["name"],
                "url": person["url"],
            }
        )
    return heads

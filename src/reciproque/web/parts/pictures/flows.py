"""Who passed on to whom, by units: ribbons from left to right, and the network with its rings."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from reciproque.web.parts.pictures.names import short_names
from reciproque.web.parts.pictures.paper import filled, grouped, lined, tag, text, wrap

if TYPE_CHECKING:
    from reciproque.insights.rules.pictures import Flows

_HEIGHT, _SPACE, _BLOCK = 300.0, 14.0, 8.0
_LETTERS, _LINE = 12.0, 13.0
_THIN = 3.0  # how thick is drawn what may not be told


class _Column(NamedTuple):
    """One side of the drawing: where each name begins, and how tall it is."""

    top: dict[int, float]
    tall: dict[int, float]
    # The name of each, on as many lines as it takes.
    names: dict[int, list[str]]


def draw_flows(shape: Flows, key: str, width: float) -> tuple[list[str], float]:
    """Draw a ribbon for each flow, as thick as what it counts; dashed where it may not be told."""
    side = max(width * 0.27, 88)
    known = sum(value for value in shape.cells.values() if value)
    left = sorted({a for a, _b in shape.cells})
    right = sorted({b for _a, b in shape.cells})
    scale = _HEIGHT / known if known else 0
    names = [wrap(name, side - 8, _LETTERS) for name in short_names(shape.names)]
    one, other = _column(shape, left, 0, scale, names), _column(shape, right, 1, scale, names)
    height = max(_end(one), _end(other)) + 6
    start, end = side + _BLOCK, width - side - _BLOCK
    below_left, below_right = dict(one.top), dict(other.top)
    ribbons = []
    for a, b in sorted(shape.cells):
        value = shape.cells[a, b]
        thick = max(value * scale, 1) if value else _THIN
        ribbons.append(
            _ribbon(start, below_left[a], end, below_right[b], thick, known=bool(value), same=a == b)
        )
        below_left[a] += thick
        below_right[b] += thick
    parts = sorted(ribbons, key=lambda drawn: "dasharray" in drawn)
    for place in left:
        parts += _name(shape, place, shape.given(place), one, side, width, left=True)
    for place in right:
        parts += _name(shape, place, shape.received(place), other, side, width, left=False)
    return parts, height


def _column(shape: Flows, places: list[int], side: int, scale: float, names: list[list[str]]) -> _Column:
    top, tall, y = {}, {}, 6.0
    for place in places:
        values = [value for spot, value in shape.cells.items() if spot[side] == place]
        size = sum(max(value * scale, 1) if value else _THIN for value in values)
        top[place], tall[place] = y, size
        y += max(size, _room(names[place])) + _SPACE
    return _Column(top, tall, dict(enumerate(names)))


def _room(lines: list[str]) -> float:
    """How tall is what is written in front of the smallest name: its lines, and its number."""
    return 18.0 + _LINE * (len(lines) - 1)


def _end(column: _Column) -> float:
    ends = [column.top[place] + max(tall, _room(column.names[place])) for place, tall in column.tall.items()]
    return max(ends, default=14)


def _ribbon(x: float, y: float, to_x: float, to_y: float, thick: float, *, known: bool, same: bool) -> str:
    bend = (to_x - x) / 2
    y, to_y = y + thick / 2, to_y + thick / 2
    path = f"M{x:.1f} {y:.1f}C{x + bend:.1f} {y:.1f} {to_x - bend:.1f} {to_y:.1f} {to_x:.1f} {to_y:.1f}"
    if not known:
        return tag("path", d=path, **lined("edge", 1.2), stroke_dasharray="3 3")
    # What stays inside a unit is paler: the picture is about what crosses.
    tone, opacity = ("soft", 0.3) if same else ("exchange", 0.55)
    return tag("path", d=path, **lined(tone, thick), stroke_opacity=opacity)


def _name(
    shape: Flows, place: int, total: int | None, column: _Column, side: float, width: float, *, left: bool
) -> list[str]:
    y, tall = column.top[place], max(column.tall[place], 2)
    x = side if left else width - side - _BLOCK
    at, anchor = (side - 6, "end") if left else (width - side + 6, "start")
    lines = column.names[place]
    middle = y + max(tall, _room(lines)) / 2 - _LINE * (len(lines) - 1) / 2
    parts = [tag("rect", x=x, y=y, width=_BLOCK, height=tall, **filled("offer" if left else "request"))]
    for line in lines:
        parts.append(text(line, at, middle, size=_LETTERS, anchor=anchor))
        middle += _LINE
    if total is not None:
        parts.append(text(grouped(total), at, middle, size=11, tone="soft", anchor=anchor))
    return parts


def draw_network(shape: Flows, key: str, width: float) -> tuple[list[str], float]:
    """Draw units on a circle: a full line where it went both ways, an arrow where it did not, a halo for what stayed."""
    count = len(shape.names)
    # On a narrow paper names are written under their circles: these are further apart.
    height = (460 if width > 460 else width * 1.3) if count > 1 else 160
    middle_x, middle_y = width / 2, height / 2
    edge = 62 if width < 500 else 56
    radius, tall = max(min(width, height) / 2 - edge, 1), max(height / 2 - edge, 1)
    spots = {
        place: (
            middle_x + (radius * math.sin(2 * math.pi * place / count) if count > 1 else 0),
            middle_y - (tall * math.cos(2 * math.pi * place / count) if count > 1 else 0),
        )
        for place in range(count)
    }
    most = max((value for value in shape.cells.values() if value), default=1)
    names = short_names(shape.names)
    parts = [_arrow_head(key)]
    done = set()
    for a, b in sorted(shape.cells):
        if a == b or (b, a) in done:
            continue
        done.add((a, b))
        parts.append(_link(shape, key, a, b, spots, most))
    weight = [
        sum(value or 0 for spot, value in shape.cells.items() if place in spot) for place in range(count)
    ]
    heaviest = max(weight, default=1) or 1
    for place, (x, y) in spots.items():
        size = 6 + 12 * math.sqrt(weight[place] / heaviest)
        own = shape.cells.get((place, place))
        if own:
            parts.append(tag("circle", cx=x, cy=y, r=size + 4, **lined("offer", 1 + 3 * own / most)))
        parts.append(tag("circle", cx=x, cy=y, r=size, **filled("exchange")))
        parts += _caption(names[place], place, count, (x, y), size, width)
    return parts, height


def _arrow_head(key: str) -> str:
    head = tag("path", d="M0 0L8 4L0 8Z", **filled("request"))
    marker = tag(
        "marker", head, id=f"{key}-arrow", viewBox="0 0 8 8", refX=7, refY=4, markerWidth=8, markerHeight=8,
        markerUnits="userSpaceOnUse", orient="auto",
    )  # fmt: skip
    return tag("defs", marker)


def _link(shape: Flows, key: str, a: int, b: int, spots: dict[int, tuple[float, float]], most: int) -> str:
    there, back = shape.cells.get((a, b), 0), shape.cells.get((b, a), 0)
    (x, y), (to_x, to_y) = spots[a], spots[b]
    if there and back:
        thick = 1.5 + 6 * (there + back) / (2 * most)
        return tag("line", x1=x, y1=y, x2=to_x, y2=to_y, **lined("exchange", thick), stroke_opacity=0.75)
    if there or back:
        if back:
            (x, y), (to_x, to_y) = (to_x, to_y), (x, y)
        # The arrow stops before the circle it points to.
        length = math.hypot(to_x - x, to_y - y) or 1
        share = max(length - 22, length / 2) / length
        thick = 1.2 + 4 * ((there or back or 0) / most)
        arrow = {"marker_end": f"url(#{key}-arrow)", "stroke_dasharray": "7 3"}
        return tag(
            "line", x1=x, y1=y, x2=x + (to_x - x) * share, y2=y + (to_y - y) * share,
            **lined("request", thick), **arrow,
        )  # fmt: skip
    if there is None or back is None:
        return tag("line", x1=x, y1=y, x2=to_x, y2=to_y, **lined("edge", 0.8), stroke_dasharray="2 4")
    return ""


def _caption(
    name: str, place: int, count: int, spot: tuple[float, float], size: float, width: float
) -> list[str]:
    x, y = spot
    sine, cosine = (
        (math.sin(2 * math.pi * place / count), math.cos(2 * math.pi * place / count))
        if count > 1
        else (0, 0)
    )
    if abs(sine) < 0.35:
        lines = wrap(name, width * 0.5, _LETTERS)
        above = cosine > 0 and count > 1
        first = y - (size + 12) - _LINE * (len(lines) - 1) if above else y + size + 20
        return _written(lines, x, first, "middle")
    away = size + 9
    room = (width - x - away) if sine > 0 else x - away
    if room < 66:
        # On a narrow paper the name goes under its circle, kept inside.
        lines = wrap(name, 100, 11)
        half = max(map(len, lines)) * 11 * 0.27
        at = min(max(x, half), width - half)
        return _written(lines, at, y + size + 16, "middle", letters=11)
    lines = wrap(name, room, _LETTERS)
    first = y + 4 - _LINE * (len(lines) - 1) / 2
    return _written(lines, x + (away if sine > 0 else -away), first, "start" if sine > 0 else "end")


def _written(lines: list[str], x: float, y: float, anchor: str, letters: float = _LETTERS) -> list[str]:
    return [
        text(line, x, y + _LINE * rank, size=letters, anchor=anchor, halo=True)
        for rank, line in enumerate(lines)
    ]

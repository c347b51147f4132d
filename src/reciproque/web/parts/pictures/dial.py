"""The clock of answers: a turn is two weeks, a sector a day; the hand says when half of the answers have come."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reciproque.web.parts.pictures.paper import COLOURS, filled, grouped, lined, tag, text, veil, veiled, wrap

if TYPE_CHECKING:
    from reciproque.insights.rules.pictures import Clock

_HUB = 26.0


def _at(middle: tuple[float, float], radius: float, share: float) -> tuple[float, float]:
    """Where one is after a share of a turn, which begins at noon."""
    angle = 2 * math.pi * share
    return middle[0] + radius * math.sin(angle), middle[1] - radius * math.cos(angle)


def _sector(middle: tuple[float, float], radius: float, first: float, last: float) -> str:
    ax, ay = _at(middle, _HUB, first)
    bx, by = _at(middle, radius, first)
    cx, cy = _at(middle, radius, last)
    dx, dy = _at(middle, _HUB, last)
    out, back = f"{radius:.1f} {radius:.1f} 0 0 1", f"{_HUB} {_HUB} 0 0 0"
    return f"M{ax:.1f} {ay:.1f}L{bx:.1f} {by:.1f}A{out} {cx:.1f} {cy:.1f}L{dx:.1f} {dy:.1f}A{back} {ax:.1f} {ay:.1f}Z"


def draw_clock(shape: Clock, key: str, width: float) -> tuple[list[str], float]:
    """Draw a sector for each day, as long as the answers that came on it; then in words what came later, or never."""
    side = min(width, 380)
    middle, rim = (width / 2, side / 2), side / 2 - 26
    turn = len(shape.days) or 1
    most = max((value or 0 for value in shape.days), default=0) or 1
    parts = [veil(key), tag("circle", cx=middle[0], cy=middle[1], r=rim, **lined("line", 1.5))]
    for day, value in enumerate(shape.days):
        first, last = (day + 0.04) / turn, (day + 0.96) / turn
        if value:
            # Areas are compared, not lengths.
            radius = math.sqrt(_HUB**2 + (rim**2 - _HUB**2) * value / most)
            parts.append(tag("path", d=_sector(middle, radius, first, last), **filled("request")))
        elif value is None:
            paint = veiled(key) | {"stroke": COLOURS["edge"]}
            parts.append(tag("path", d=_sector(middle, _HUB + (rim - _HUB) * 0.35, first, last), **paint))
        x, y = _at(middle, rim + 14, (day + 0.5) / turn)
        said = _("j%(n)s") % {"n": day} if day else _("jour même")
        parts.append(text(said, x + (14 if not day else 0), y + 4, size=11, tone="soft", anchor="middle"))
        if value:
            radius = math.sqrt(_HUB**2 + (rim**2 - _HUB**2) * value / most)
            inside = radius > _HUB + 34
            x, y = _at(middle, radius - 14 if inside else radius + 10, (day + 0.5) / turn)
            parts.append(
                text(
                    grouped(value),
                    x,
                    y + 4,
                    size=11,
                    anchor="middle",
                    tone="on" if inside else "ink",
                    weight=700,
                )
            )
    parts.append(tag("circle", cx=middle[0], cy=middle[1], r=_HUB, **filled("surface")))
    if shape.median is not None:
        x, y = _at(middle, rim - 4, min(shape.median / turn, 0.999))
        parts.append(
            tag("line", x1=middle[0], y1=middle[1], x2=x, y2=y, **lined("offer", 3), stroke_linecap="round")
        )
        parts.append(tag("circle", cx=middle[0], cy=middle[1], r=5, **filled("offer")))
    said_below = _below(shape)
    y = side + 8
    for line in said_below:
        for part in wrap(line, width, 13, lines=2):
            parts.append(text(part, width / 2, y, anchor="middle"))
            y += 17
    return parts, y


def _below(shape: Clock) -> list[str]:
    lines = []
    if shape.median is not None:
        days = number_format(shape.median, decimal_pos=0 if float(shape.median).is_integer() else 1)
        lines.append(_("L’aiguille : délai médian, %(n)s j.") % {"n": days})
    if shape.later is None:
        lines.append(_("Plus tard : masqué."))
    elif shape.later:
        lines.append(
            ngettext("Plus tard : %(n)s réponse.", "Plus tard : %(n)s réponses.", shape.later)
            % {"n": grouped(shape.later)}
        )
    if shape.never is None:
        lines.append(_("Restées sans réponse : masqué."))
    elif shape.never:
        lines.append(
            ngettext(
                "Restée sans réponse : %(n)s demande.", "Restées sans réponse : %(n)s demandes.", shape.never
            )
            % {"n": grouped(shape.never)}
        )
    return lines

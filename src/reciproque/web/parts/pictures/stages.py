"""The funnel: what is left from one stage to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from reciproque.insights.rules import MASKED
from reciproque.web.parts.pictures.paper import cut, filled, grouped, lined, tag, text, veil, veiled, wrap

if TYPE_CHECKING:
    from reciproque.insights.rules.pictures import Funnel, Stage

_BAR, _GAP = 30, 24


def draw_funnel(shape: Funnel, key: str, width: float) -> tuple[list[str], float]:
    """Draw bars one under the other, as long as what they count; between two, the share that went on."""
    left = width * 0.36
    room = width - left
    most = max((stage.count or 0 for stage in shape.stages), default=0) or 1
    wide = _widths(shape, room, most)
    middle, parts, y = left + room / 2, [veil(key)], 6.0
    for place, stage in enumerate(shape.stages):
        lines = wrap(stage.label, left - 10, lines=3)
        top = y + _BAR / 2 - 7.5 * (len(lines) - 1)
        parts += [text(line, 0, top + 4 + 15 * rank) for rank, line in enumerate(lines)]
        if place + 1 < len(shape.stages):
            after = wide[place + 1]
            spots = [(-wide[place], 0), (wide[place], 0), (after, _GAP), (-after, _GAP)]
            points = " ".join(f"{middle + dx / 2:.1f},{y + _BAR + dy:.1f}" for dx, dy in spots)
            parts.append(tag("polygon", points=points, **filled("wash")))
            rate = shape.stages[place + 1].rate
            if rate is not None:
                share = _("%(n)s %%") % {"n": rate}
                parts.append(text(share, middle, y + _BAR + 17, size=12, anchor="middle", tone="ink"))
        parts.append(_bar(stage, key, middle, y, wide[place], room))
        y += _BAR + _GAP
    return parts, max(y - _GAP + 6, 20)


def _widths(shape: Funnel, room: float, most: int) -> list[float]:
    """How long each bar is: by what it counts, by its share of the one before, or some length when neither is told."""
    wide: list[float] = []
    for place, stage in enumerate(shape.stages):
        if stage.count is not None:
            wide.append(room * stage.count / most)
        elif stage.rate is not None and place:
            wide.append(wide[-1] * stage.rate / 100)
        else:
            wide.append(min(room * 0.25, wide[-1] if wide else room))
    return wide


def _bar(stage: Stage, key: str, middle: float, y: float, wide: float, room: float) -> str:
    count = stage.count
    if count is None and stage.rate is not None:
        return tag(
            "rect", x=middle - wide / 2, y=y, width=max(wide, 2), height=_BAR, rx=4, **filled("exchange")
        )
    if count is None:
        words = cut(MASKED, room, 12)
        box = tag("rect", x=middle - wide / 2, y=y, width=wide, height=_BAR, rx=4, **veiled(key))
        plate = tag(
            "rect",
            x=middle - len(words) * 3.2,
            y=y + 6,
            width=len(words) * 6.4,
            height=18,
            **filled("surface"),
        )
        return box + plate + text(words, middle, y + 19, size=12, anchor="middle")
    said = grouped(count)
    if count == 0:
        line = tag("line", x1=middle, y1=y, x2=middle, y2=y + _BAR, **lined("exchange", 2))
        return line + text(said, middle + 8, y + 20, weight=700)
    box = tag("rect", x=middle - wide / 2, y=y, width=max(wide, 2), height=_BAR, rx=4, **filled("exchange"))
    if wide >= 12 + 9 * len(said):
        return box + text(said, middle, y + 20, anchor="middle", tone="on", weight=700)
    return box + text(said, middle + wide / 2 + 6, y + 20, weight=700)

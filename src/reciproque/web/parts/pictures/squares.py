"""Tables of squares: a year of exchanges, and what becomes of those who arrive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reciproque.web.parts.pictures.paper import (
    COLOURS,
    DARK,
    cut,
    filled,
    grouped,
    level,
    lined,
    tag,
    text,
    veil,
    veiled,
    wrap,
)

if TYPE_CHECKING:
    from reciproque.insights.rules.pictures import Squares

_WRITTEN = 22  # a square at least this wide bears its number
_SMALLEST, _TALLEST = 15, 34


def draw_squares(shape: Squares, key: str, width: float) -> tuple[list[str], float]:
    """Draw a square for each cell, darker where there is more; hatched where it may not be told."""
    names = max((len(name) for name in shape.rows), default=0)
    left = min(max(names * 6.6 + 8, 44), width * 0.36)
    side = (width - left - 2) / max(len(shape.columns), 1)
    tall = max(min(side, _TALLEST), _SMALLEST)
    heads = [wrap(name, side, 11, lines=4) if side >= 40 else [name] for name in shape.columns]
    above = 8 + 13 * max((len(lines) for lines in heads), default=1)
    values = [value for (_r, c), value in shape.cells.items() if value is not None and c not in shape.plain]
    top = shape.top or max(values, default=0)
    parts = [veil(key)]
    every = 1 if side >= 18 else 5
    for place, lines in enumerate(heads):
        if every == 1 or place == 0 or (place + 1) % every == 0:
            first = above - 6 - 13 * (len(lines) - 1)
            middle = left + side * (place + 0.5)
            parts += [
                text(line, middle, first + 13 * rank, size=11, tone="soft", anchor="middle")
                for rank, line in enumerate(lines)
            ]
    for place, name in enumerate(shape.rows):
        parts.append(text(cut(name, left - 6, 12), 0, above + tall * (place + 0.5) + 4, size=12))
    for (row, column), value in sorted(shape.cells.items()):
        spot = (left + side * column, above + tall * row)
        parts.append(_square(shape, key, value, spot, (side, tall), top, column in shape.plain))
    return parts, above + tall * len(shape.rows) + 6


def _square(
    shape: Squares,
    key: str,
    value: int | None,
    spot: tuple[float, float],
    size: tuple[float, float],
    top: int,
    plain: bool,
) -> str:
    (x, y), (wide, tall) = spot, size
    gap = 1 if wide < _WRITTEN else 1.5
    box = {"x": x + gap, "y": y + gap, "width": wide - 2 * gap, "height": tall - 2 * gap, "rx": 2}
    if value is None:
        return tag("rect", **box, **veiled(key))
    shade = 0 if plain else level(value, top)
    if plain:
        drawn = ""
    elif shade == 0:
        drawn = tag("rect", **box, **lined("line"))
    else:
        drawn = tag(
            "rect", **box, **{**filled(f"level-{shade}"), "stroke": COLOURS["edge"], "stroke_width": 0.4}
        )
    if wide < _WRITTEN:
        return drawn
    tone = "on" if shade >= DARK else "ink"
    said = f"{grouped(value)}{shape.unit}" if not plain else grouped(value)
    fits = min(12.0, wide / (0.6 * max(len(said), 1)))
    return drawn + text(said, x + wide / 2, y + tall / 2 + 4, size=fits, tone=tone, anchor="middle")

"""What every picture is drawn with: letters, colours, hatching. One text serves the page, the file and the paper.

Colours are written as attributes, so that a file read alone has them; on a page the classes beside them follow the theme.
"""

from __future__ import annotations

import html
from collections.abc import Iterable

from django.utils.formats import number_format

COLOURS = {
    "ink": "#22283a",
    "soft": "#545a6b",
    "line": "#d9d3c7",
    "edge": "#8d8678",
    "surface": "#ffffff",
    "offer": "#855000",
    "request": "#0b6460",
    "exchange": "#5b3f8c",
    "wash": "#e6def3",
    "on": "#ffffff",
    # From little to much: each is darker than the one before, so that a print without colours says the same.
    "level-0": "#ffffff",
    "level-1": "#e4dcf3",
    "level-2": "#c3b3e3",
    "level-3": "#7e63b5",
    "level-4": "#65489c",
    "level-5": "#452b73",
}
FONTS = "Atkinson Hyperlegible Next, Libertinus Serif, sans-serif"
# What holds two words together is not printable to Python.
SPACES = "\u00a0\u202f"
LETTER = 0.53  # mean width of a letter, for letters one high
DARK = 3  # from this level on, what is written in a square is light


def clean(words: object) -> str:
    """Return words without what no picture can hold: controls, marks that turn the line over, halves of characters."""
    kept = "".join(letter for letter in str(words) if letter.isprintable() or letter in SPACES)
    return kept.encode("utf-8", "ignore").decode()


def grouped(value: int) -> str:
    """Write a whole number as people read it: 1 050."""
    return str(number_format(value, force_grouping=True))


def number(value: float) -> str:
    """Write a coordinate: no more than a tenth."""
    return f"{value:.1f}".removesuffix(".0")


def tag(name: str, body: str = "", **attributes: object) -> str:
    """Return an element; attributes that are empty are left out, `stroke_width` is written `stroke-width`."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{html.escape(_value(value))}"'
        for key, value in attributes.items()
        if value not in ("", None)
    )
    return f"<{name}{written}>{body}</{name}>" if body else f"<{name}{written}/>"


def _value(value: object) -> str:
    return number(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else str(value)


def filled(tone: str) -> dict[str, str]:
    """The attributes of what is filled with a colour."""
    return {"class_": f"f-{tone}", "fill": COLOURS[tone]}


def lined(tone: str, width: float = 1) -> dict[str, object]:
    """The attributes of what is only a line of a colour."""
    return {"class_": f"s-{tone}", "fill": "none", "stroke": COLOURS[tone], "stroke_width": width}


def text(
    words: object,
    x: float,
    y: float,
    *,
    size: float = 13,
    tone: str = "ink",
    anchor: str = "",
    weight: int = 0,
    halo: bool = False,
) -> str:
    """Write words on a picture; with a halo, they stay readable over lines."""
    around = {
        "stroke": COLOURS["surface"],
        "stroke_width": 3,
        "paint_order": "stroke",
        "stroke_linejoin": "round",
    }
    return tag(
        "text",
        html.escape(clean(words)),
        x=x,
        y=y,
        font_size=size,
        text_anchor=anchor,
        font_weight=weight or "",
        **(around if halo else {}),
        **(filled(tone) | ({"class_": f"f-{tone} halo"} if halo else {})),
    )


def cut(words: object, room: float, size: float = 13) -> str:
    """Return words that hold on one line of this width, cut where they would not."""
    words, most = clean(words).strip(), max(int(room / (LETTER * size)), 1)
    return words if len(words) <= most else words[: most - 1].rstrip() + "…"


def wrap(words: object, room: float, size: float = 13, lines: int = 2) -> list[str]:
    """Return words cut in at most some lines of this width."""
    most = max(int(room / (LETTER * size)), 1)
    found: list[str] = []
    for word in clean(words).split(" "):
        if not word:
            continue
        if found and len(found[-1]) + 1 + len(word) <= most:
            found[-1] += f" {word}"
        else:
            found.append(word)
    if len(found) > lines:
        found = [*found[: lines - 1], " ".join(found[lines - 1 :])]
    return [cut(line, room, size) for line in found] or [""]


def veil(key: str) -> str:
    """Return the hatching of what may not be told; it is used by `fill=veiled(key)`."""
    lines = tag("rect", width=6, height=6, **filled("surface")) + tag(
        "line", x1=0, y1=0, x2=0, y2=6, **lined("edge", 2.4)
    )
    pattern = tag(
        "pattern",
        lines,
        id=f"{key}-veil",
        width=6,
        height=6,
        patternUnits="userSpaceOnUse",
        patternTransform="rotate(45)",
    )
    return tag("defs", pattern)


def veiled(key: str) -> dict[str, str]:
    """The attributes of what is hatched."""
    return {"fill": f"url(#{key}-veil)", "class_": "s-edge", "stroke": COLOURS["edge"]}


def level(value: int, top: int) -> int:
    """Return how dark a square is, from 0 (nothing) to 5."""
    return 0 if value <= 0 or top <= 0 else min(5, 1 + value * 5 // (top + 1))


def sheet(
    key: str, size: tuple[float, float], title: str, says: str, body: Iterable[str], name: str = ""
) -> str:
    """Return a whole picture, which says by itself what it shows."""
    width, height = size
    inside = (
        tag("title", html.escape(clean(title)) or " ", id=f"{key}-title")
        + tag("desc", html.escape(clean(says)) or " ", id=f"{key}-desc")
        + "".join(body)
    )
    return tag(
        "svg",
        inside,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {number(width)} {number(height)}",
        width=width,
        height=height,
        role="img",
        aria_labelledby=f"{key}-title {key}-desc",
        class_=f"picture {name}".strip(),
        font_family=FONTS,
    )

"""Draw a badge, and print a record: texts arrive as data, and are never read as code."""

from __future__ import annotations

import base64
import datetime as dt
import html
import json
import textwrap
from pathlib import Path
from typing import Any

import typst

HERE = Path(__file__).parent
LINES = 4
# (how many characters a line holds, the size of its letters): the first in which everything fits.
SIZES = ((16, 34), (20, 28), (26, 22), (34, 17))
# The mark: two open arcs that complete one another.
ARCS = (
    ("M 176 29.7 A 172 172 0 0 0 176 370.3", "#9a5b00"),
    ("M 224 29.7 A 172 172 0 0 1 224 370.3", "#0b6a66"),
)


def clean(words: str) -> str:
    """Return words without what no picture can hold: controls, and halves of characters."""
    kept = "".join(letter for letter in words if letter.isprintable() or letter in " \u00a0")
    return kept.encode("utf-8", "ignore").decode()


def lines_of(title: str) -> tuple[list[str], int]:
    """Return a title cut in lines, and the size of its letters."""
    title = clean(title)
    for width, size in SIZES:
        lines = textwrap.wrap(title, width) or [""]
        if len(lines) <= LINES:
            return lines, size
    width, size = SIZES[-1]
    return [*lines[: LINES - 1], textwrap.shorten(" ".join(lines[LINES - 1 :]), width, placeholder="…")], size


def draw(title: str, above: str, community: str, name: str, date: str) -> str:
    """Return the drawing of a badge: the savoir between the two arcs, whose community, whose name, until when."""
    lines, size = lines_of(title)
    step = round(size * 1.2)
    top = 200 - step * (len(lines) - 1) // 2
    spoken = html.escape(" · ".join(clean(part) for part in (title, above, community, name, date) if part))

    def text(words: str, y: int, size: int, colour: str, weight: str = "400") -> str:
        return (
            f'<text x="200" y="{y}" font-size="{size}" fill="{colour}" font-weight="{weight}"'
            f' text-anchor="middle">{html.escape(clean(words))}</text>'
        )

    fonts = "Atkinson Hyperlegible Next, Libertinus Serif, sans-serif"
    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" width="400" height="400" viewBox="0 0 400 400"',
        f' role="img" aria-label="{spoken}" font-family="{fonts}">',
        f"<title>{spoken}</title>",
        '<rect width="400" height="400" rx="28" fill="#faf7f2"/>',
        *(
            f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="14" stroke-linecap="round"/>'
            for path, colour in ARCS
        ),
        text(above, 118, 14, "#5a6072"),
        *(text(line, top + step * number, size, "#22283a", "700") for number, line in enumerate(lines)),
        text(textwrap.shorten(clean(community), 32, placeholder="…"), 286, 15, "#5b3f8c", "700"),
        text(textwrap.shorten(clean(name), 30, placeholder="…"), 307, 14, "#22283a"),
        text(date, 326, 12, "#5a6072"),
        "</svg>",
    ]
    return "".join(parts)


def inline(drawing: str) -> str:
    """Return a drawing as an address that holds it whole: nothing is fetched to see it."""
    return "data:image/svg+xml;base64," + base64.b64encode(drawing.encode()).decode()


def _compile(template: str, data: dict[str, Any], *, own_fonts: bool = True, **options: Any) -> bytes:
    return typst.compile(
        str(HERE / template),
        root=str(HERE),
        ignore_system_fonts=own_fonts,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        **options,
    )


def paint(drawing: str) -> bytes:
    """Return the drawing of a badge as a picture of points (PNG)."""
    return _compile("badge.typ", {"drawing": drawing}, format="png", ppi=144.0)


def print_record(data: dict[str, Any], at: dt.datetime) -> bytes:
    """Return a record as a tagged PDF that a screen reader reads (PDF/UA-1); the same record is the same file."""
    return _print("record.typ", data, at)


def print_attestation(data: dict[str, Any], at: dt.datetime) -> bytes:
    """Return what attests a training as a tagged PDF (PDF/UA-1); the same attestation is the same file."""
    return _print("attestation.typ", data, at)


def _print(template: str, data: dict[str, Any], at: dt.datetime) -> bytes:
    """Print a document to the standard.

    The standard refuses a letter that no font draws: the fonts of the machine are tried then, and, when they have none
    either, the document keeps its tags and its text, and an empty square where that letter would be drawn.
    """
    options: dict[str, Any] = {"format": "pdf", "timestamp": int(at.timestamp())}
    for own_fonts in (True, False):
        try:
            return _compile(template, data, own_fonts=own_fonts, pdf_standards=["ua-1"], **options)
        except typst.TypstError as error:
            if "could not be displayed" not in str(error):
                raise
    return _compile(template, data, **options)

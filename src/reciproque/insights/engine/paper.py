"""Turn drawings into pictures of points, and reports into tagged PDF."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import typst

from reciproque import kit

HERE = Path(__file__).parent
# The face of the pages, for paper too.
FONTS = Path(kit.__file__).parent / "fonts"


def clean(words: object) -> str:
    """Return words without what no document can hold: controls, and halves of characters; lines stay."""
    kept = "".join(letter for letter in str(words) if letter.isprintable() or letter in "\n\u00a0\u202f")
    return kept.encode("utf-8", "ignore").decode()


def _compile(template: str, data: dict[str, Any], *, own_fonts: bool = True, **options: Any) -> bytes:
    return typst.compile(
        str(HERE / template),
        root=str(HERE),
        ignore_system_fonts=own_fonts,
        font_paths=[str(FONTS)],
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        **options,
    )


def paint(drawing: str, width: float, height: float, ppi: float = 144.0) -> bytes:
    """Return a drawing (SVG) as a picture of points (PNG)."""
    data = {"drawing": drawing, "width": width, "height": height}
    return _compile("picture.typ", data, format="png", ppi=ppi)


def print_report(data: dict[str, Any], at: dt.datetime) -> bytes:
    """Return a report as a tagged PDF that a screen reader reads (PDF/UA-1); the same report is the same file.

    The standard refuses a letter that no font draws: the fonts of the machine are tried then, and, when they have none
    either, the document keeps its tags and its text, and an empty square where that letter would be drawn.
    """
    options: dict[str, Any] = {"format": "pdf", "timestamp": int(at.timestamp())}
    for own_fonts in (True, False):
        try:
            return _compile("report.typ", data, own_fonts=own_fonts, pdf_standards=["ua-1"], **options)
        except typst.TypstError as error:
            if "could not be displayed" not in str(error):
                raise
    return _compile("report.typ", data, **options)

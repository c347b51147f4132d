"""A report on paper: the same structure, as data for the setter."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from reciproque.insights.engine.paper import clean, print_report
from reciproque.insights.queries.figures import number_words
from reciproque.insights.queries.report_parts import Report, Section
from reciproque.insights.rules.pictures import Clock, Flows, Picture

# How many flows are printed.
LARGEST = 12


def report_pdf(read: Callable[[], Report], language: str, draw: Callable[[Picture], str]) -> bytes:
    """Return a report as a tagged PDF (PDF/UA-1) in this language; `draw` gives the drawing of each picture."""
    with override(language):
        report = read()
        network = clean(report.network.name)
        told = ""
        if report.told_at is not None:
            told = _("Chiffres publiés le %(day)s, et inchangés depuis.") % {
                "day": date_format(report.told_at, "DATE_FORMAT")
            }
        data = {
            "language": language,
            "title": clean(report.title),
            "network": network,
            "lead": report.lead,
            "told": told,
            "footer": _("%(network)s, %(title)s") % {"network": network, "title": report.title},
            "sections": [_section(one, draw) for one in report.sections],
            "masked": report.why_masked,
            "words": {"formula": _("Formule :"), "lever": _("Que faire :"), "same": _("Les mêmes nombres")},
        }
        return print_report(data, report.at)


def _section(section: Section, draw: Callable[[Picture], str]) -> dict[str, Any]:
    return {
        "title": section.title,
        "lead": section.lead,
        "words": clean(section.words),
        "items": [clean(item) for item in section.items],
        "lines": [
            {
                "name": line.name,
                "shown": line.shown,
                "target": line.target,
                "trend": line.trend,
                "formula": line.formula,
                "lever": line.lever,
            }
            for line in section.lines
        ],
        "tables": [
            {
                "caption": clean(table.caption),
                "columns": list(table.columns),
                "kinds": kinds_of(table.rows, len(table.columns)),
                "rows": _cells(table.rows),
            }
            for table in section.tables
        ],
        "pictures": [_picture(picture, draw) for picture in section.pictures],
    }


def _picture(picture: Picture, draw: Callable[[Picture], str]) -> dict[str, Any]:
    rows, rest = printed_rows(picture)
    return {
        "title": picture.title,
        "says": clean(picture.says),
        "key": picture.key,
        "alt": _("%(title)s. %(key)s Les nombres sont dans le tableau qui suit.")
        % {"title": picture.title, "key": picture.key},
        "drawing": draw(picture),
        "columns": list(picture.columns),
        "kinds": kinds_of(rows, len(picture.columns)),
        "rows": _cells(rows),
        "rest": rest,
    }


def printed_rows(picture: Picture) -> tuple[tuple[tuple[Any, ...], ...], str]:
    """Return the lines of a picture’s table that a page of paper holds, and in a sentence what it leaves out.

    Of flows, the largest; the sums, and what is masked, are in the table that one takes away.
    """
    if isinstance(picture.shape, Clock):
        some = tuple(row for row in picture.rows if row[-1] != 0)
        return some, "" if len(some) == len(picture.rows) else _(
            "Ce qui n’est pas dans le tableau vaut zéro."
        )
    if not isinstance(picture.shape, Flows):
        return picture.rows, ""
    flows = picture.rows[: len(picture.shape.cells)]
    told = [row for row in flows if isinstance(row[-1], int) and row[-1]]
    rows = tuple(told[:LARGEST])
    masked, less = len(flows) - len(told), sum(row[-1] for row in told[LARGEST:])
    said = []
    if len(told) > len(rows):
        said.append(
            _("Les %(n)s plus grands ; les %(others)s autres font %(sum)s échanges en tout.")
            % {"n": len(rows), "others": len(told) - len(rows), "sum": number_words(less)}
        )
    if masked:
        said.append(ngettext("%(n)s flux est masqué.", "%(n)s flux sont masqués.", masked) % {"n": masked})
    if said:
        said.append(_("Le tableau à télécharger (CSV) les a tous."))
    return rows, " ".join(said)


def _cells(rows: tuple[tuple[Any, ...], ...]) -> list[list[str]]:
    return [[clean(number_words(cell) if isinstance(cell, int) else cell) for cell in row] for row in rows]


def kinds_of(rows: tuple[tuple[Any, ...], ...], width: int) -> list[str]:
    """Return for each column whether it holds numbers, or words; the first one names the line."""
    short = [all(len(str(row[place])) <= 8 for row in rows) for place in range(width)]
    return ["number" if place and short[place] else "text" for place in range(width)]

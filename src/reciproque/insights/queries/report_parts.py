"""What a report is made of, already in words: parts, lines, tables, pictures."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from reciproque.insights.models import ReportNote
from reciproque.insights.queries.figures import Figure, in_words
from reciproque.insights.queries.picture_words import untold
from reciproque.insights.rules import INDICATORS, MASKED, WHY_MASKED, Period
from reciproque.insights.rules.pictures import Picture
from reciproque.kit import clock
from reciproque.networks.models import Network

_TRENDS = {"up": "↗", "down": "↘", "same": "→"}


@dataclasses.dataclass(frozen=True)
class Line:
    """One figure of a report, already in words; the figure itself says what it is."""

    figure: Figure
    name: str
    shown: str
    target: str
    trend: str
    formula: str
    lever: str


@dataclasses.dataclass(frozen=True)
class Table:
    """A table of a report: the first column names the line."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


@dataclasses.dataclass(frozen=True)
class Section:
    """One part of a report; what is empty is not shown."""

    id: str
    title: str
    lead: str = ""
    words: str = ""
    lines: tuple[Line, ...] = ()
    tables: tuple[Table, ...] = ()
    pictures: tuple[Picture, ...] = ()
    items: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class Report:
    """A whole report, in the language of whoever reads it."""

    network: Network
    kind: str
    period: Period
    title: str
    lead: str
    note: ReportNote | None
    sections: tuple[Section, ...]
    told_at: dt.datetime | None

    @property
    def why_masked(self) -> str:
        """Why some of it is masked, said once; nothing where all is told."""
        words = str(MASKED)
        for section in self.sections:
            rows = [row for table in section.tables for row in table.rows]
            rows += [row for picture in section.pictures for row in picture.rows]
            cells = [line.shown for line in section.lines] + [cell for row in rows for cell in row]
            if words in cells:
                return str(WHY_MASKED)
        return ""

    @property
    def at(self) -> dt.datetime:
        """The moment that dates it: when it was sent, else when it is read."""
        return (self.note.sent_at if self.note and self.note.sent_at else None) or clock.now()


def line_of(figure: Figure) -> Line:
    """Say one figure with what goes with it."""
    one = figure.indicator
    trend = ""
    if figure.trend and figure.previous is not None:
        trend = _("%(arrow)s période d’avant : %(value)s") % {
            "arrow": _TRENDS[figure.trend],
            "value": in_words(one, figure.previous),
        }
    return Line(
        figure=figure,
        name=capfirst(str(one.name)),
        shown=figure.shown if figure.at is not None else untold(),
        target=_aim(figure),
        trend=trend,
        formula=str(one.formula),
        lever=str(one.lever),
    )


def _aim(figure: Figure) -> str:
    """Say what the network aims at by when, or what is usual, in the words of the page of figures."""
    if figure.aimed is None:
        return ""
    aimed = in_words(figure.indicator, figure.aimed)
    if figure.target is None:
        return _("Repère : %(aimed)s") % {"aimed": aimed}
    return _("Objectif : %(aimed)s d’ici le %(day)s") % {
        "aimed": aimed,
        "day": date_format(figure.target.until, "j F Y"),
    }


def lines_of(period: Period, figures: list[Figure], names: Iterable[str]) -> tuple[Line, ...]:
    found = {one.indicator.id: one for one in figures}
    return tuple(
        line_of(found[name] if name in found else Figure(INDICATORS[name], period)) for name in names
    )


def written(note: ReportNote | None) -> Section:
    """Return what the animator wrote."""
    return Section("words", _("Les mots de l’animation"), words=note.words if note else "")

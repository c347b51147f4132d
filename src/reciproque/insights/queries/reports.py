"""Reports: one structure, from figures already told to everybody, that the page, the PDF and the CSV all read."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from reciproque.gatherings.models import Gathering
from reciproque.gatherings.rules import GatheringState
from reciproque.initiatives.models import Answer, Frame, Proposal
from reciproque.initiatives.rules import AnswerKind
from reciproque.insights.models import ReportNote
from reciproque.insights.queries.figures import number_words
from reciproque.insights.queries.hazards import risks_of
from reciproque.insights.queries.pictures import FUNNEL, funnel_of, told_pictures
from reciproque.insights.queries.release import released, releases_of
from reciproque.insights.queries.report_parts import Line, Report, Section, Table, lines_of, written
from reciproque.insights.queries.responsibility import responsibility
from reciproque.insights.rules import FEWEST, MASKED, Period, Span, zone_of
from reciproque.insights.rules.hazards import HAZARDS, Level
from reciproque.insights.rules.reports import (
    HEADLINES,
    PERIODS_SHOWN,
    POSTER,
    SPANS,
    ReportKind,
)
from reciproque.kit import clock
from reciproque.networks.models import Network


def report_periods(network: Network, kind: str) -> list[Period]:
    """Return the periods of which this report may be read, the latest first: those whose figures are told."""
    zone = zone_of(network.country)
    found = [Period(one.span, one.start, zone) for one in releases_of(network) if one.span == SPANS.get(kind)]
    return sorted(set(found), key=lambda one: one.start, reverse=True)[:PERIODS_SHOWN]


def report_of(network: Network, kind: str, period: Period, note: ReportNote | None = None) -> Report:
    """Return a report, with the words of the version given."""
    made = _committee if kind == ReportKind.COMMITTEE else responsibility
    sections = tuple(one for one in made(network, period, note) if not _is_empty(one))
    moments = [
        one.made_at for one in releases_of(network) if (one.span, one.start) == (period.span, period.start)
    ]
    return Report(
        network=network,
        kind=kind,
        period=period,
        title=_("%(report)s : %(period)s") % {"report": ReportKind(kind).label, "period": period.name},
        lead=_(
            "Des chiffres déjà publiés, par groupes d’au moins cinq personnes. Aucun nom, aucune personne reconnaissable."
        ),
        note=note,
        sections=sections,
        told_at=max(moments, default=None),
    )


def _is_empty(section: Section) -> bool:
    return not (section.words or section.lines or section.tables or section.pictures or section.items)


# -- the committee's quarter -----------------------------------------------------------------------------------


def _committee(network: Network, period: Period, note: ReportNote | None) -> list[Section]:
    figures = released(network, period, only={*HEADLINES, *FUNNEL})
    said = (
        note.said
        if note is not None and note.said
        else facts_of_period(network, ReportKind.COMMITTEE, period.start)
    )
    drawn = [
        funnel_of({one.indicator.id: one for one in figures}, period.name),
        *told_pictures(network, period),
    ]
    return [
        written(note),
        Section(
            "figures",
            _("Les chiffres"),
            _("Chacun avec sa formule, son objectif ou son repère, où il va, et que faire s’il n’y va pas."),
            lines=lines_of(period, figures, HEADLINES),
        ),
        Section("pictures", _("En images"), pictures=tuple(one for one in drawn if not one.empty)),
        _risks(said),
        _proposals(said),
        _planned(said, note),
    ]


def _risks(said: dict[str, Any]) -> Section:
    rows = tuple(
        (str(hazard.name), capfirst(str(Level(row["level"]).label)), row["answer"] or str(hazard.answer))
        for row in said.get("risks", [])
        if (hazard := HAZARDS.get(row["id"])) is not None
    )
    columns = (_("Risque"), _("Niveau"), _("Réponse"))
    tables = (Table(_("Risques du dispositif"), columns, rows),) if rows else ()
    return Section("risks", _("Les risques"), tables=tables)


def _proposals(said: dict[str, Any]) -> Section:
    counts: dict[str, int] = said.get("proposals", {})
    if not counts:
        return Section("proposals", _("Propositions et réponses"))
    rows = [
        (_("Propositions déposées"), _few(counts.get("submitted", 0))),
        (_("Réponses données, avec leurs raisons"), _few(counts.get("answered", 0))),
        (_("Réponses données à la date promise"), _few(counts.get("in_time", 0))),
    ]
    # Nobody, one or four are masked alike: a line that came or went would tell which.
    rows += [(capfirst(str(AnswerKind(kind).label)), _few(counts.get(kind, 0))) for kind in AnswerKind.values]
    table = Table(_("Ce que sont devenues les propositions"), (_("Étape"), _("Nombre")), tuple(rows))
    return Section("proposals", _("Propositions et réponses"), tables=(table,))


def _few(number: int) -> str:
    return number_words(number) if number >= FEWEST else str(MASKED)


def _planned(said: dict[str, Any], note: ReportNote | None) -> Section:
    items = tuple(
        _("%(title)s, %(day)s")
        % {"title": row["title"], "day": date_format(dt.date.fromisoformat(row["on"]), "DATE_FORMAT")}
        for row in said.get("planned", [])
    )
    return Section("planned", _("Ce qui est prévu"), words=note.planned if note else "", items=items)


def facts_of_period(network: Network, kind: str, start: dt.date) -> dict[str, Any]:
    """Return what a report says besides figures, as it stands today: proposals and answers, fairs to come, risks."""
    period = Period(SPANS[kind], start, zone_of(network.country))
    if kind != ReportKind.COMMITTEE:
        return {}
    return {"proposals": _answered(network, period), "planned": _to_come(network), "risks": _levels(network)}


def _answered(network: Network, period: Period) -> dict[str, int]:
    frame = Frame.objects.filter(network=network).first()
    if frame is None:
        return {}
    within = {"gte": period.begins_at, "lt": period.ends_at}
    submitted = Proposal.objects.filter(
        frame=frame, **{f"submitted_at__{key}": at for key, at in within.items()}
    )
    answers = Answer.objects.filter(proposal__frame=frame, **{f"at__{key}": at for key, at in within.items()})
    counts = {"submitted": submitted.count(), "answered": 0, "in_time": 0}
    for given, at, due in answers.values_list("kind", "at", "due_at"):
        counts["answered"] += 1
        counts["in_time"] += at <= due
        counts[given] = counts.get(given, 0) + 1
    return counts


def _to_come(network: Network) -> list[dict[str, str]]:
    rows = Gathering.objects.filter(
        network=network, announced=True, state=GatheringState.PLANNED, starts_at__gte=clock.now()
    ).order_by("starts_at")
    return [
        {"title": row.title, "on": row.starts_at.astimezone(ZoneInfo(row.time_zone)).date().isoformat()}
        for row in rows[:6]
    ]


def _levels(network: Network) -> list[dict[str, str]]:
    # Their own words as they are; the usual ones are said in the language of whoever reads.
    return [
        {"id": one.id, "level": one.level, "answer": one.care.answer if one.care else ""}
        for one in risks_of(network)
        if one.level
    ]


# -- to hand out -------------------------------------------------------------------------------------------------


def poster_of(network: Network) -> list[Line]:
    """Return the figures that a network shows on its wall: the last told ones that can be shown."""
    years = [one for one in releases_of(network) if one.span == Span.YEAR]
    if not years:
        return []
    period = Period(Span.YEAR, max(one.start for one in years), zone_of(network.country))
    return [
        line
        for line in lines_of(period, released(network, period, only=POSTER), POSTER)
        if line.figure.is_measurable
    ]


def csv_of(report: Report) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    """Return a report as one table: section, name, group, value, target, trend, formula."""
    columns = (
        _("Partie"),
        _("Nom"),
        _("Colonne"),
        _("Valeur"),
        _("Objectif ou repère"),
        _("Évolution"),
        _("Formule"),
    )
    rows: list[tuple[Any, ...]] = []
    for section in report.sections:
        if section.words:
            rows.append((section.title, "", "", section.words, "", "", ""))
        rows += [
            (section.title, line.name, "", line.shown, line.target, line.trend, line.formula)
            for line in section.lines
        ]
        tables = [*section.tables, *(Table(one.title, one.columns, one.rows) for one in section.pictures)]
        for table in tables:
            for row in table.rows:
                for column, value in zip(table.columns[1:], row[1:], strict=False):
                    rows.append((table.caption, row[0], column, value, "", "", ""))
        rows += [(section.title, item, "", "", "", "", "") for item in section.items]
    if report.why_masked:
        rows.append((capfirst(str(MASKED)), "", "", report.why_masked, "", "", ""))
    return columns, rows

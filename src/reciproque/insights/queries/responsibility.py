"""The yearly report of social responsibility and employability: who had access, what was learned, what is recognised."""

from __future__ import annotations

from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext as _

from reciproque.insights.models import PictureRelease, ReportNote
from reciproque.insights.queries.figures import Figure, number_words
from reciproque.insights.queries.pictures import HELD
from reciproque.insights.queries.release import released
from reciproque.insights.queries.report_parts import Section, Table, lines_of, written
from reciproque.insights.rules import FEWEST, MASKED, UNKNOWN, Cut, Period
from reciproque.insights.rules.reports import ISOLATED, RECOGNISED
from reciproque.kit.disclosure import OTHERS
from reciproque.networks.models import Network
from reciproque.recognition.models import Badge, Certification, TrainingRecord
from reciproque.recognition.rules.training import TrainingState


def responsibility(network: Network, period: Period, note: ReportNote | None) -> list[Section]:
    """Return the parts of the report of one year."""
    told = ("members.eligible", "members.members", HELD)
    levels, sites = (released(network, period, cut, only=told) for cut in (Cut.LEVEL, Cut.SITE))
    totals = (*told, "hours.said", "reviews.usable")
    return [
        written(note),
        Section(
            "figures", _("En tout"), lines=lines_of(period, released(network, period, only=totals), totals)
        ),
        Section(
            "access",
            _("Qui a accès"),
            _("Parmi les personnes à qui le réseau est ouvert, celles qui en sont membres."),
            tables=_some(_access(levels, _("Accès par niveau")), _access(sites, _("Accès par site"))),
        ),
        Section(
            "learned",
            _("Ce qui s’est appris"),
            _("Chaque échange est compté chez la personne qui apprend."),
            tables=_some(
                _learned(levels, _("Échanges vécus pour apprendre, par niveau")),
                _learned(sites, _("Échanges vécus pour apprendre, par site")),
            ),
        ),
        _isolated(sites),
        _recognised(network, period),
        Section("planned", _("Ce qui est prévu"), words=note.planned if note else ""),
    ]


def _some(*tables: Table | None) -> tuple[Table, ...]:
    return tuple(table for table in tables if table is not None)


def _by_group(figures: list[Figure]) -> dict[tuple[str, str], dict[str, Figure]]:
    groups: dict[tuple[str, str], dict[str, Figure]] = {}
    for one in figures:
        groups.setdefault((one.group_name, one.group), {})[one.indicator.id] = one
    return groups


def _cell(figure: Figure | None) -> str:
    """Say a number of a group: what is masked, nobody, and what nobody was told of are the same."""
    return figure.shown if figure is not None and figure.is_measurable else str(MASKED)


def _access(figures: list[Figure], caption: str) -> Table | None:
    rows = []
    for (name, _key), found in sorted(_by_group(figures).items()):
        open_to, inside = found.get("members.eligible"), found.get("members.members")
        if open_to is None and inside is None:
            continue
        share = str(MASKED)
        if open_to and inside and open_to.is_measurable and inside.is_measurable and open_to.value:
            share = _("%(n)s %%") % {"n": round(100 * (inside.value or 0) / open_to.value)}
        rows.append((name, _cell(open_to), _cell(inside), share))
    columns = (_("Groupe"), _("Personnes éligibles"), _("Membres"), _("Part"))
    return Table(caption, columns, tuple(rows)) if rows else None


def _learned(figures: list[Figure], caption: str) -> Table | None:
    rows = []
    for (name, _key), found in sorted(_by_group(figures).items()):
        if HELD in found:
            rows.append((name, _cell(found[HELD])))
    return Table(caption, (_("Groupe"), _("Échanges")), tuple(rows)) if rows else None


def _isolated(sites: list[Figure]) -> Section:
    """Small sites, among those that figures tell of: how many learned something."""
    small = [
        found
        for (_name, key), found in _by_group(sites).items()
        if key not in (OTHERS, UNKNOWN)
        and (open_to := found.get("members.eligible")) is not None
        and open_to.is_measurable
        and (open_to.value or 0) < ISOLATED
    ]
    if not small:
        return Section("isolated", _("Les sites isolés"))
    reached = sum(
        1 for found in small if HELD in found and found[HELD].is_measurable and (found[HELD].value or 0) > 0
    )
    lead = _(
        "Un site est dit isolé quand moins de %(n)s personnes y sont éligibles ; les plus petits sont comptés "
        "ensemble et ne sont pas dits."
    ) % {"n": ISOLATED}
    rows = (
        (_("Sites isolés dits"), str(len(small))),
        (_("Où l’on a appris"), str(reached)),
        (_("Où ce n’est pas dit (masqué)"), str(len(small) - reached)),
    )
    return Section(
        "isolated",
        _("Les sites isolés"),
        lead,
        tables=(Table(_("Sites isolés"), (_("Sites"), _("Nombre")), rows),),
    )


def recognised_in(network: Network, period: Period) -> dict[str, Any]:
    """Return what a year brought in recognition, null where fewer than five people are behind: kept once told."""
    within = {"gte": period.begins_at, "lt": period.ends_at}

    def during(field: str) -> dict[str, Any]:
        return {f"{field}__{key}": at for key, at in within.items()}

    badges = Badge.objects.filter(network=network, **during("issued_at")).exclude(credential="")
    certified = Certification.objects.filter(network=network, **during("since"))
    trained = TrainingRecord.objects.filter(
        network=network, state=TrainingState.AGREED, ends_on__gte=period.start, ends_on__lt=period.end
    )
    holders = {
        "portfolios": badges.values("person").distinct().count(),
        "certifications": certified.values("skill__person").distinct().count(),
        "training_hours": trained.values("learner").distinct().count(),
    }
    hours = trained.aggregate(sum=Sum("hours"))["sum"] or 0
    numbers = {
        "portfolios": holders["portfolios"],
        "certifications": certified.count(),
        "training_hours": float(hours),
    }
    return {name: numbers[name] if holders[name] >= FEWEST else None for name in numbers}


def _recognised(network: Network, period: Period) -> Section:
    row = PictureRelease.objects.filter(network=network, kind=RECOGNISED, year=period.start.year).first()
    if row is None:
        return Section("recognised", _("Ce qui est reconnu"))
    names = {
        "portfolios": _("Personnes qui ont emporté un badge"),
        "certifications": _("Certifications par les pairs"),
        "training_hours": _("Heures comptées comme formation, en tout"),
    }
    rows = tuple(
        (
            label,
            str(MASKED) if row.data.get(name) is None else number_words(round(row.data[name])),
        )
        for name, label in names.items()
    )
    table = Table(_("Reconnaissance dans l’année"), (_("Quoi"), _("Nombre")), rows)
    return Section("recognised", _("Ce qui est reconnu"), tables=(table,))

"""The figures that were told to everybody: what members, managers, sponsors and human resources read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Any

from django.utils.translation import gettext as _

from reciproque.insights.models import Release, ReleasedFigure
from reciproque.insights.queries.figures import Figure, targets_of
from reciproque.insights.queries.groups import group_names
from reciproque.insights.rules import INDICATORS, Period, Shape, Span, zone_of
from reciproque.kit.disclosure import OTHERS
from reciproque.networks.models import Network


def releases_of(network: Network) -> list[Release]:
    """Return what was told of a network, the latest first; of what is told since the beginning, the last time only."""
    rows = list(Release.objects.filter(network=network).defer("rows"))
    last = next((row for row in rows if row.span == Span.EVER), None)
    return [row for row in rows if row.span != Span.EVER or row is last]


def released_periods(network: Network, cut: str = "") -> list[Period]:
    """Return the periods of which figures were told, the latest first: cuts are told of whole years only."""
    zone = zone_of(network.country)
    return [
        Period.of(row.span, Period(row.span, row.start, zone).begins_at, zone)
        for row in releases_of(network)
        if not cut or row.span == Span.YEAR
    ]


def released(
    network: Network, period: Period | None = None, cut: str = "", only: Collection[str] = ()
) -> list[Figure]:
    """Return the figures told of a period, as they were told; without one, of the latest month (of a cut, the latest year).

    A figure that may not be told is there, `masked`. Nothing was told of a period for which the list is empty.
    """
    release = _release_of(network, period, Span.YEAR if cut else Span.MONTH)
    if release is None:
        return []
    before = _before(release)
    rows = _rows([release, before] if before else [release], cut, only)
    former = {(row.indicator, row.group): row for row in rows if row.release_id != release.pk}
    return _figures(
        network, [row for row in rows if row.release_id == release.pk], {release.pk: release}, former
    )


def released_over(network: Network, indicator: str, span: str, cut: str = "") -> list[Figure]:
    """Return what was told of one figure, period after period, the oldest first."""
    releases = {row.pk: row for row in releases_of(network) if row.span == span}
    rows = _rows(list(releases.values()), cut, [indicator])
    rows.sort(key=lambda row: releases[row.release_id].start)
    found = _figures(network, rows, releases, {})
    return sorted(found, key=lambda figure: figure.period.start)


def released_history(
    network: Network, indicator: str, span: str, cut: str = "", group: str = ""
) -> list[Figure]:
    """Return what was told of one figure of one group, period after period, the oldest first."""
    return [figure for figure in released_over(network, indicator, span, cut) if figure.group == group]


def is_masked(row: ReleasedFigure) -> bool:
    """Tell whether a figure says nothing: « nobody » and « nothing to divide by » read as any other small number.

    Money that was not given, and what was not read within the period, say nothing of people.
    """
    indicator = INDICATORS[row.indicator]
    if row.masked or indicator.shape == Shape.MONEY or (indicator.remembered and row.numerator is None):
        return row.masked
    return row.value is None or not row.numerator


def _release_of(network: Network, period: Period | None, usual: str) -> Release | None:
    rows = Release.objects.filter(network=network).defer("rows")
    if period is None:
        return rows.filter(span=usual).first()
    if period.span == Span.EVER:
        return rows.filter(span=Span.EVER).first()
    return rows.filter(span=period.span, start=period.start).first()


def _before(release: Release) -> Release | None:
    """Return what was told of the period just before; nothing when a period was skipped."""
    if release.span == Span.EVER:
        return None
    rows = Release.objects.filter(network=release.network_id, span=release.span, end=release.start)
    return rows.defer("rows").first()


def _rows(releases: Iterable[Release], cut: str, only: Collection[str]) -> list[ReleasedFigure]:
    rows = ReleasedFigure.objects.filter(release__in=list(releases), cut=cut)
    return list(rows.filter(indicator__in=list(only)) if only else rows)


def _figures(
    network: Network,
    rows: list[ReleasedFigure],
    releases: dict[int, Release],
    former: dict[tuple[str, str], ReleasedFigure],
) -> list[Figure]:
    zone = zone_of(network.country)
    cuts = {row.cut for row in rows}
    names: dict[str, Any] = {}
    for cut in cuts:
        names |= group_names(network, cut)
    targets = {} if cuts - {""} else targets_of(network)
    place = {name: number for number, name in enumerate(INDICATORS)}
    found = []
    for row in rows:
        if row.indicator not in INDICATORS:
            continue
        release, before = releases[row.release_id], former.get((row.indicator, row.group))
        period = Period.of(release.span, Period(release.span, release.start, zone).begins_at, zone)
        masked = is_masked(row)
        found.append(
            Figure(
                indicator=INDICATORS[row.indicator],
                period=period,
                cut=row.cut,
                group=row.group,
                group_name=_("autres") if row.group == OTHERS else names.get(row.group, row.group),
                numerator=None if masked else row.numerator,
                denominator=None if masked else row.denominator,
                value=None if masked else row.value,
                previous=before.value if before is not None and before.as_of is None else None,
                target=targets.get(row.indicator),
                at=release.made_at,
                masked=masked,
                as_of=row.as_of,
                until=release.end - dt.timedelta(days=1) if release.span == Span.EVER else None,
            )
        )
    # « autres » comes last, whatever it is called.
    found.sort(key=lambda one: (place[one.id], one.group == OTHERS, one.group_name))
    return found

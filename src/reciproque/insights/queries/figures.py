"""The figures of a network as they were last counted, with what they were before, and what is aimed at."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Collection
from typing import Any

from babel.numbers import format_decimal
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from reciproque.insights.models import Measure, Target
from reciproque.insights.queries.groups import group_names
from reciproque.insights.rules import (
    INDICATORS,
    MASKED,
    NOT_YET,
    UNREAD,
    Indicator,
    Period,
    Shape,
    Span,
    zone_of,
)
from reciproque.networks.models import Network


@dataclasses.dataclass(frozen=True)
class Figure:
    """One figure, for a network or one of its groups, over one period."""

    indicator: Indicator
    period: Period
    cut: str = ""
    group: str = ""
    group_name: str = ""
    numerator: float | None = None
    denominator: float | None = None
    value: float | None = None
    people: int | None = None
    others: int | None = None
    # What it was over the period before.
    previous: float | None = None
    target: Target | None = None
    # When it was counted; None when it has not been yet.
    at: dt.datetime | None = None
    masked: bool = False
    as_of: dt.date | None = None
    # Up to which day what is told since the beginning was.
    until: dt.date | None = None

    @property
    def id(self) -> str:
        return self.indicator.id

    @property
    def is_measurable(self) -> bool:
        """Whether there is a number to show."""
        return self.value is not None and not self.masked

    @property
    def is_unread(self) -> bool:
        """Whether it can be read on the day only, and was not within that period."""
        return self.indicator.remembered and self.numerator is None and not self.masked

    @property
    def percent(self) -> float | None:
        """A share in a hundred, to one decimal."""
        return None if self.value is None else round(100 * self.value, 1)

    @property
    def trend(self) -> str:
        """Which way it went since the period before, as far as what is shown tells: "up", "down", "same" or ""."""
        if self.value is None or self.previous is None or self.masked:
            return ""
        now, before = rounded(self.indicator, self.value), rounded(self.indicator, self.previous)
        return "same" if now == before else "up" if now > before else "down"

    @property
    def aimed(self) -> float | None:
        """What is aimed at: the network’s own target, or the one that usually goes with the figure."""
        return self.target.value if self.target is not None else self.indicator.target

    @property
    def shown(self) -> str:
        """The figure with its unit, in words where there is no number to show."""
        if self.masked:
            return str(MASKED)
        if self.is_unread:
            return str(UNREAD)
        return in_words(self.indicator, self.value)


def rounded(indicator: Indicator, value: float) -> float:
    """Return a value as it is shown: what is finer is not said."""
    if indicator.shape == Shape.COUNT:
        return round(value)
    if indicator.shape == Shape.RATE:
        return round(value, 3)
    return round(value, 2 if indicator.shape == Shape.MONEY else 1)


def in_words(indicator: Indicator, value: float | None) -> str:
    """Say a value with its unit, in the active language."""
    if value is None:
        return str(NOT_YET)
    shape, number = indicator.shape, rounded(indicator, value)
    if shape == Shape.RATE:
        return _("%(number)s %%") % {"number": number_words(round(100 * value, 1))}
    if shape == Shape.HOURS:
        return _("%(number)s h") % {"number": number_words(number)}
    if shape == Shape.MONEY:
        return _("%(number)s €") % {"number": number_words(number)}
    if shape == Shape.MEDIAN_DAYS:
        return ngettext("%(number)s jour", "%(number)s jours", 1 if number < 2 else 2) % {
            "number": number_words(number)
        }
    return number_words(number)


def number_words(number: float) -> str:
    """Write a number as people read it: « 1 050 », « 1,5 »."""
    language = "fr" if (get_language() or "fr").startswith("fr") else "en_GB"
    whole = int(number) if float(number).is_integer() else number
    return str(format_decimal(whole, locale=language)).replace("\u202f", "\u00a0")


def figures_of(network: Network, period: Period, cut: str = "", only: Collection[str] = ()) -> list[Figure]:
    """Return the figures of a period as last counted (`only` some), in the order of the indicators, then of the groups.

    For those who animate the network: nothing is masked. A whole network has every figure, counted or not yet.
    """
    rows = {(row.indicator, row.group): row for row in _rows(network, period, cut, only)}
    before = period.previous()
    former = (
        {(row.indicator, row.group): row.value for row in _rows(network, before, cut, only)} if before else {}
    )
    targets = targets_of(network) if not cut else {}
    names = group_names(network, cut)
    if not cut:
        keys = [(name, "") for name in INDICATORS if not only or name in only]
    else:
        order = {group: place for place, group in enumerate(sorted(names, key=lambda key: names[key]))}
        found = [(name, group) for name, group in rows if name in INDICATORS]
        place_of = {name: place for place, name in enumerate(INDICATORS)}
        keys = sorted(found, key=lambda key: (place_of[key[0]], order.get(key[1], len(order))))
    return [
        _figure(key, rows.get(key), period, cut, names, former.get(key), targets.get(key[0])) for key in keys
    ]


def history_of(network: Network, indicator: str, span: str, cut: str = "", group: str = "") -> list[Figure]:
    """Return what one figure was, period after period, the oldest first."""
    rows = Measure.objects.filter(network=network, indicator=indicator, span=span, cut=cut, group=group)
    zone, names = zone_of(network.country), group_names(network, cut)
    found: list[Figure] = []
    for row in rows.order_by("start"):
        period = Period(span, row.start, zone)
        before = found[-1] if found and found[-1].period == period.previous() else None
        previous = before.value if before is not None else None
        found.append(_figure((indicator, group), row, period, cut, names, previous, None))
    return found


def measured_periods(network: Network) -> list[Period]:
    """Return the periods whose figures were counted, the latest first, the longest last."""
    rows = Measure.objects.filter(network=network, cut="").order_by().values_list("span", "start").distinct()
    zone, order = zone_of(network.country), list(Span.values)
    found = [Period(span, start, zone) for span, start in rows]
    return sorted(found, key=lambda period: (order.index(period.span), -period.start.toordinal()))


def targets_of(network: Network) -> dict[str, Target]:
    """Return what a network aims at today: {indicator: target}."""
    return {row.indicator: row for row in Target.objects.aimed().filter(network=network)}


def _rows(network: Network, period: Period, cut: str, only: Collection[str]) -> Any:
    rows = Measure.objects.filter(network=network, span=period.span, start=period.start, cut=cut)
    return rows.filter(indicator__in=list(only)) if only else rows


def _figure(
    key: tuple[str, str],
    row: Measure | None,
    period: Period,
    cut: str,
    names: dict[str, str],
    previous: float | None,
    target: Target | None,
) -> Figure:
    name, group = key
    figure = Figure(
        INDICATORS[name],
        period,
        cut,
        group,
        names.get(group, group),
        previous=previous,
        target=target,
    )
    if row is None:
        return figure
    return dataclasses.replace(
        figure,
        numerator=row.numerator,
        denominator=row.denominator,
        value=row.value,
        people=row.people,
        others=row.others,
        at=row.at,
    )

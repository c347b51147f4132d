"""A month, a quarter, a year, or ever since the beginning: what a figure is about, by the calendar of one place."""

from __future__ import annotations

import dataclasses
import datetime as dt
from zoneinfo import ZoneInfo

from babel.core import get_global
from babel.dates import format_date
from django.db.models import TextChoices
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

USUAL_ZONE = "Europe/Paris"
# Before and after everything that a network may hold.
BEGINNING, END = dt.date(1900, 1, 1), dt.date(2900, 1, 1)
# Where most people of a country that has several hours live.
_MAIN_ZONES = {
    "AR": "America/Argentina/Buenos_Aires",
    "AU": "Australia/Sydney",
    "BR": "America/Sao_Paulo",
    "CA": "America/Toronto",
    "CL": "America/Santiago",
    "CN": "Asia/Shanghai",
    "CY": "Asia/Nicosia",
    "DE": "Europe/Berlin",
    "EC": "America/Guayaquil",
    "ES": "Europe/Madrid",
    "ID": "Asia/Jakarta",
    "KZ": "Asia/Almaty",
    "MN": "Asia/Ulaanbaatar",
    "MX": "America/Mexico_City",
    "MY": "Asia/Kuala_Lumpur",
    "NZ": "Pacific/Auckland",
    "PF": "Pacific/Tahiti",
    "PT": "Europe/Lisbon",
    "RU": "Europe/Moscow",
    "UA": "Europe/Kiev",
    "US": "America/New_York",
    "UZ": "Asia/Tashkent",
}


class Span(TextChoices):
    """How long a period is."""

    MONTH = "month", gettext_lazy("mois")
    QUARTER = "quarter", gettext_lazy("trimestre")
    YEAR = "year", gettext_lazy("année")
    EVER = "ever", gettext_lazy("depuis le début")


# How many months each holds.
_MONTHS: dict[str, int] = {Span.MONTH: 1, Span.QUARTER: 3, Span.YEAR: 12}


def zone_of(country: str) -> str:
    """Return the zone by which the months of a country begin; Paris’s when nothing better is known."""
    zones = get_global("territory_zones").get(country, [])
    if country in _MAIN_ZONES:
        return _MAIN_ZONES[country]
    return str(zones[0]) if len(zones) == 1 else USUAL_ZONE


@dataclasses.dataclass(frozen=True, order=True)
class Period:
    """Some whole days, by the calendar of one zone: from the first midnight to the one that ends it, left out."""

    span: str
    start: dt.date
    zone: str = USUAL_ZONE

    @classmethod
    def of(cls, span: str, moment: dt.datetime, zone: str = USUAL_ZONE) -> Period:
        """Return the period of that span that holds this moment, there."""
        day = moment.astimezone(ZoneInfo(zone)).date()
        if span == Span.EVER:
            return cls(span, BEGINNING, zone)
        months = _MONTHS[span]
        return cls(span, dt.date(day.year, (day.month - 1) // months * months + 1, 1), zone)

    @classmethod
    def parse(cls, key: str, zone: str = USUAL_ZONE) -> Period | None:
        """Return the period that an address names ("month:2026-10-01"), or None when it names none."""
        span, _colon, start = key.partition(":")
        if span not in Span.values:
            return None
        if span == Span.EVER:
            return cls(span, BEGINNING, zone)
        try:
            day = dt.date.fromisoformat(start)
        except ValueError:
            return None
        fits = day.day == 1 and (day.month - 1) % _MONTHS[span] == 0 and 1970 <= day.year < 2200
        return cls(span, day, zone) if fits else None

    @property
    def key(self) -> str:
        """How an address names it."""
        return f"{self.span}:{self.start.isoformat()}" if self.span != Span.EVER else f"{self.span}:"

    @property
    def end(self) -> dt.date:
        """The first day after it."""
        return END if self.span == Span.EVER else _later(self.start, _MONTHS[self.span])

    @property
    def begins_at(self) -> dt.datetime:
        """Its first moment."""
        return _midnight(self.start, self.zone)

    @property
    def ends_at(self) -> dt.datetime:
        """The first moment after it."""
        return _midnight(self.end, self.zone)

    def holds(self, moment: dt.datetime) -> bool:
        """Tell whether that moment is within."""
        return self.begins_at <= moment < self.ends_at

    @property
    def name(self) -> str:
        """What it is called in the active language ("octobre 2026", "3e trimestre 2026")."""
        if self.span == Span.EVER:
            return _("depuis le début")
        if self.span == Span.YEAR:
            return str(self.start.year)
        if self.span == Span.MONTH:
            french = (get_language() or "fr").startswith("fr")
            return format_date(self.start, "MMMM y", locale="fr" if french else "en_GB")
        names = (
            _("1er trimestre %(year)s"),
            _("2e trimestre %(year)s"),
            _("3e trimestre %(year)s"),
            _("4e trimestre %(year)s"),
        )
        return names[(self.start.month - 1) // 3] % {"year": self.start.year}

    def previous(self) -> Period | None:
        """Return the one before it; None for what has no before."""
        if self.span == Span.EVER:
            return None
        return Period(self.span, _later(self.start, -_MONTHS[self.span]), self.zone)

    def following(self) -> Period | None:
        """Return the one after it; None for what has no after."""
        if self.span == Span.EVER:
            return None
        return Period(self.span, self.end, self.zone)


def _later(day: dt.date, months: int) -> dt.date:
    number = day.year * 12 + day.month - 1 + months
    return dt.date(number // 12, number % 12 + 1, 1)


def _midnight(day: dt.date, zone: str) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), ZoneInfo(zone)).astimezone(dt.UTC)


def periods_since(
    first: dt.datetime, now: dt.datetime, zone: str = USUAL_ZONE, spans: tuple[str, ...] = tuple(Span.values)
) -> list[Period]:
    """Return every period from the one that holds `first` to the one that holds `now`, the latest first."""
    found = []
    for span in spans:
        period: Period | None = Period.of(span, now, zone)
        oldest = Period.of(span, first, zone)
        while period is not None and period.start >= oldest.start:
            found.append(period)
            period = period.previous()
    return found

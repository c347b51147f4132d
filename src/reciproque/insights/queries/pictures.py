"""Pictures of what a network does: from the rows for those who animate all of it, from what was told for everybody else."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from reciproque.insights.access import Reader
from reciproque.insights.models import PictureRelease
from reciproque.insights.queries.acts import local_day
from reciproque.insights.queries.calendars import months_picture, year_picture, year_told_picture
from reciproque.insights.queries.captions import (
    CohortRow,
    clock_of,
    cohort_row,
    cohorts_picture,
    cohorts_untold,
    flows_picture,
    funnel_picture,
    network_picture,
    untold_picture,
    waits_picture,
)
from reciproque.insights.queries.drawn import cohorts_in, days_in, first_year, flows_in, waits_in
from reciproque.insights.queries.figures import figures_of
from reciproque.insights.queries.groups import group_names, groups_of
from reciproque.insights.queries.picture_words import percent, untold
from reciproque.insights.queries.release import released, released_over
from reciproque.insights.rules import INDICATORS, Cut, Period, Span, zone_of
from reciproque.insights.rules.pictures import (
    COHORTS_SHOWN,
    TURN,
    Clock,
    Flows,
    Kind,
    Picture,
    Stage,
    fold,
)
from reciproque.kit import clock
from reciproque.kit.disclosure import OTHERS
from reciproque.networks.models import Network

FUNNEL = ("funnel.asked", "funnel.agreed", "funnel.held", "funnel.reviewed", "funnel.satisfied")
HELD = "exchanges.held"
JOINED = "members.joined"


def reads_rows(reader: Reader) -> bool:
    """Tell whether somebody sees pictures made of the rows: whoever animates the whole network."""
    return reader.is_team and reader.scope is not None and reader.scope.whole


def year_of(network: Network, year: int) -> Period:
    """Return a year, where the network lives."""
    return Period(Span.YEAR, dt.date(year, 1, 1), zone_of(network.country))


def picture_years(reader: Reader) -> list[int]:
    """Return the years of which there are pictures for somebody, the latest first."""
    network = reader.network
    now = local_day(network, clock.now()).year
    if reads_rows(reader):
        return list(range(now, min(first_year(network), now) - 1, -1))
    rows = PictureRelease.objects.filter(network=network).order_by("-year").values_list("year", flat=True)
    return list(rows.distinct())


def picture_of(reader: Reader, kind: str, year: int) -> Picture:
    """Return one picture of one year, as this reader may see it."""
    return pictures_of(reader, year, [kind])[0]


def pictures_of(reader: Reader, year: int, kinds: list[str] | None = None) -> list[Picture]:
    """Return the pictures of one year, as this reader may see them."""
    kinds = list(Kind.values) if kinds is None else kinds
    made = _Rows(reader.network, year) if reads_rows(reader) else _Told(reader.network, year)
    return [made.picture(kind) for kind in kinds]


def told_pictures(network: Network, period: Period) -> list[Picture]:
    """Return the pictures that leave the house with a report: what everybody was told, each saying of which time it is."""
    year, last = period.start.year, period.end
    first = last.replace(year=last.year - 1)
    months = months_picture({day: one for day, one in _told_months(network).items() if first <= day < last})
    pictures = [
        _adding(
            months,
            _(
                "Ce sont les mois publiés parmi les douze qui finissent avec ce trimestre : on y lit les saisons."
            ),
        )
    ]
    found = PictureRelease.objects.filter(network=network, kind=Kind.FLOWS, year__lte=year).order_by("-year")
    told = found.values_list("year", flat=True).first()
    if told is None:
        return pictures
    if told == year:
        why = _(
            "Cette image se publie par année entière, pour que personne n’y soit reconnu : voici %(year)s, dont "
            "fait partie ce trimestre."
        )
    else:
        why = _(
            "Cette image se publie par année entière, pour que personne n’y soit reconnu : celle de ce trimestre "
            "n’est pas publiée, voici %(year)s."
        )
    made = _Told(network, told)
    drawn = [
        dataclasses.replace(made.picture(kind), period=made.period.key) for kind in (Kind.FLOWS, Kind.WAITS)
    ]
    return [*pictures, *(_adding(one, why % {"year": told}) for one in drawn)]


def _adding(picture: Picture, sentence: str) -> Picture:
    return dataclasses.replace(picture, says=f"{picture.says} {sentence}")


def _told_months(network: Network) -> dict[dt.date, int | None]:
    return {one.period.start: whole(one.value) for one in released_over(network, HELD, Span.MONTH)}


def funnel_of(figures: dict[str, Any], when: str) -> Picture:
    """Draw the funnel from figures: numbers where they are told, else the shares."""
    if not figures:
        return untold_picture(
            funnel_picture([], when), _("Ces nombres ne sont pas publiés : %(when)s.") % {"when": when}
        )
    if not any(one.masked or one.value is not None for one in figures.values()):
        return funnel_picture([], when)
    stages: list[Stage] = []
    before: int | None = None
    for place, name in enumerate(FUNNEL):
        found = figures.get(name)
        count = whole(found.numerator) if found is not None and not found.masked else None
        rate = None
        if place and found is not None and found.value is not None:
            rate = round(100 * found.value)
        elif place:
            rate = percent(count, before)
        stages.append(Stage(str(INDICATORS[name].name), count, rate))
        before = count
    return funnel_picture(stages, when)


def whole(value: float | None) -> int | None:
    """Return a number of things as one writes it."""
    return None if value is None else round(value)


def flows_shape(names: list[str], cells: Any, labels: dict[str, str]) -> Flows:
    """Name the branches of stored flows in the reader's language."""
    said = tuple(_("autres services") if name == OTHERS else labels.get(name, name) for name in names)
    return Flows(said, {(a, b): value for a, b, value in cells})


class _Made:
    """What the two ways of making pictures share."""

    def __init__(self, network: Network, year: int) -> None:
        self.network, self.year, self.period = network, year, year_of(network, year)
        self.when = _("en %(year)s") % {"year": year}

    def picture(self, kind: str) -> Picture:
        """Return one of them."""
        ways: dict[str, Callable[[], Picture]] = {
            Kind.FUNNEL: self.funnel,
            Kind.CALENDAR: self.calendar,
            Kind.FLOWS: lambda: flows_picture(self.shape, self.when),
            Kind.NETWORK: lambda: network_picture(self.shape, self.when),
            Kind.WAITS: lambda: waits_picture(self.waits(), self.when),
            Kind.COHORTS: self.cohorts,
        }
        return ways[kind]()

    @cached_property
    def shape(self) -> Flows:
        return self.flows()

    def funnel(self) -> Picture:
        raise NotImplementedError

    def calendar(self) -> Picture:
        raise NotImplementedError

    def flows(self) -> Flows:
        raise NotImplementedError

    def waits(self) -> Clock:
        raise NotImplementedError

    def cohorts(self) -> Picture:
        raise NotImplementedError


class _Rows(_Made):
    """Pictures of one year, read from the rows now."""

    def funnel(self) -> Picture:
        return funnel_of(
            {one.indicator.id: one for one in figures_of(self.network, self.period, only=FUNNEL)}, self.when
        )

    def calendar(self) -> Picture:
        today = local_day(self.network, clock.now())
        return year_picture(days_in(self.network, self.period), self.year, today)

    def flows(self) -> Flows:
        groups = groups_of(self.network)
        found = flows_in(self.network, self.period, groups)
        keys = sorted({key for spot in found for key in spot})
        place = {key: at for at, key in enumerate(keys)}
        cells = {(place[a], place[b]): tally.value for (a, b), tally in found.items()}
        shown, folded = fold(keys, cells, OTHERS)
        rows = [(a, b, value) for (a, b), value in sorted(folded.items())]
        return flows_shape(shown, rows, groups.names[Cut.UNIT])

    def waits(self) -> Clock:
        return clock_of(waits_in(self.network, self.period))

    def cohorts(self) -> Picture:
        now, rows = clock.now(), []
        first = year_of(self.network, self.year - COHORTS_SHOWN // 4 + 1)
        for one in cohorts_in(self.network, first.begins_at, self.period.ends_at):
            quarter = Period(Span.QUARTER, one.start, self.period.zone)
            rows.append(cohort_row(one, now - quarter.ends_at))
        return cohorts_picture(rows)


class _Told(_Made):
    """Pictures of one year, from what was told of it once and for all."""

    @cached_property
    def data(self) -> dict[tuple[str, int], Any]:
        first = self.year - COHORTS_SHOWN // 4
        rows = PictureRelease.objects.filter(network=self.network, year__gt=first, year__lte=self.year)
        return {(row.kind, row.year): row.data for row in rows}

    @cached_property
    def figures(self) -> dict[str, Any]:
        rows = released(self.network, self.period, only=(*FUNNEL, HELD))
        return {one.indicator.id: one for one in rows}

    def picture(self, kind: str) -> Picture:
        """Return one of them; what was not told is said so, and is no zero."""
        found = super().picture(kind)
        source = Kind.FLOWS if kind == Kind.NETWORK else kind
        if source not in (Kind.FLOWS, Kind.WAITS):
            return found
        if (source, self.year) not in self.data:
            says = _(
                "Cette image n’est pas publiée pour %(year)s : elle l’est une fois par an, quinze jours après la "
                "fin de l’année."
            )
            return untold_picture(found, says % {"year": self.year})
        if source == Kind.FLOWS and found.empty:
            says = _("Il y a eu trop peu d’échanges entre services pour en parler : %(when)s.")
            return untold_picture(found, says % {"when": self.when})
        return found

    def funnel(self) -> Picture:
        return funnel_of({name: one for name, one in self.figures.items() if name in FUNNEL}, self.when)

    def calendar(self) -> Picture:
        held = self.figures.get(HELD)
        months = {day: one for day, one in _told_months(self.network).items() if day.year <= self.year}
        return year_told_picture(months, self.year, untold() if held is None else whole(held.value))

    def flows(self) -> Flows:
        data = self.data.get((Kind.FLOWS, self.year), {})
        labels = group_names(self.network, Cut.UNIT) if data else {}
        return flows_shape(data.get("names", []), data.get("cells", []), labels)

    def waits(self) -> Clock:
        data = self.data.get((Kind.WAITS, self.year), {})
        days = tuple(data.get("days", [0] * TURN))
        return Clock(days, data.get("later", 0), data.get("never", 0), data.get("median"))

    def cohorts(self) -> Picture:
        rows: list[CohortRow] = []
        for (kind, _year), data in sorted(self.data.items()):
            for start, joined, *shares in data["rows"] if kind == Kind.COHORTS else ():
                rows.append((dt.date.fromisoformat(start), joined, *shares))
        if any(row[1] is None for row in rows):
            # How many they were is said where the figures of that quarter say it.
            quarters = {one.period.start for one in released_over(self.network, JOINED, Span.QUARTER)}
            rows = [row if row[0] in quarters else (row[0], row[1] or untold(), *row[2:]) for row in rows]
        own = (Kind.COHORTS, self.year) in self.data
        today = local_day(self.network, clock.now())
        return cohorts_picture(rows, "" if own else cohorts_untold(self.year, today))

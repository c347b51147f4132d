"""The page from which a network is steered: the periods one may read, the figures by theme or by group, one over time."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

from django.core.paginator import Page, Paginator

from reciproque.insights.access import Reader
from reciproque.insights.models import Measure
from reciproque.insights.queries.captions import months_picture
from reciproque.insights.queries.figures import Figure, figures_of, history_of
from reciproque.insights.queries.groups import groups_of
from reciproque.insights.queries.pictures import FUNNEL, HELD, funnel_of
from reciproque.insights.queries.release import released, released_history, released_periods
from reciproque.insights.queries.rows import parse_period, period_of
from reciproque.insights.rules import INDICATORS, Cut, Indicator, Period, Span, zone_of
from reciproque.insights.rules.pictures import Picture
from reciproque.insights.rules.themes import (
    GROUPS_ON_A_PAGE,
    HEADLINE,
    SINCE_THE_BEGINNING,
    Theme,
    indicators_of,
    theme_of,
)
from reciproque.kit.disclosure import OTHERS

# Of the picture of exchanges by month: three whole years and the present one.
MONTHS_DRAWN = 48
# Counted for every period of a network’s life: what it is found by.
_ALWAYS_COUNTED = "members.members"


@dataclasses.dataclass(frozen=True)
class Board:
    """Some figures of a network over one period, as one reader may see them."""

    reader: Reader
    periods: list[Period]
    period: Period | None
    cut: str
    theme: str
    # Of the whole network, by theme; empty when the figures are read by group.
    themes: list[tuple[Theme, list[Figure]]]
    # By group: the figures of each, in the order of `columns`; None where there is none.
    columns: list[Indicator]
    groups: Page[tuple[str, str, list[Figure | None]]] | None
    since_the_beginning: list[Figure]
    # The period asked for, when it is another that is shown.
    instead_of: Period | None = None

    @property
    def figures(self) -> list[Figure]:
        """Every figure of the page, in the order in which it is shown."""
        if self.groups is None:
            return [figure for _theme, figures in self.themes for figure in figures]
        rows = self.groups.object_list
        return [figure for _key, _name, figures in rows for figure in figures if figure is not None]

    @property
    def at(self) -> dt.datetime | None:
        """When they were last counted."""
        return max((figure.at for figure in self.figures if figure.at is not None), default=None)


@dataclasses.dataclass(frozen=True)
class Story:
    """One figure: over a period, over time, and by group."""

    reader: Reader
    periods: list[Period]
    figure: Figure
    history: list[Figure]
    cut: str
    groups: Page[Figure] | None
    instead_of: Period | None = None


def readable_periods(reader: Reader, cut: str = "") -> list[Period]:
    """Return the periods of which this reader may read figures, by span, the latest first."""
    network, zone = reader.network, zone_of(reader.network.country)
    if reader.is_team:
        rows = Measure.objects.filter(network=network, indicator=_ALWAYS_COUNTED, cut="")
        found = {Period(span, start, zone) for span, start in rows.values_list("span", "start")}
    else:
        found = set(released_periods(network, cut))
    order = {span: place for place, span in enumerate(Span.values)}
    return sorted(found, key=lambda period: (order[period.span], -period.start.toordinal()))


def board_of(
    reader: Reader, *, period: str = "", cut: str = "", theme: str = "", page: Any = 1, whole: bool = False
) -> Board:
    """Return what the steering page shows: the headline or one theme; by group, one theme at a time.

    `whole`: every group at once, to be taken away in a file.
    """
    cut = cut if cut in Cut.values else ""
    theme = theme if theme in Theme.values else Theme.PEOPLE if cut else ""
    periods = readable_periods(reader, cut)
    chosen = _chosen(reader, periods, period)
    names: Sequence[str] = indicators_of(theme) if theme else HEADLINE
    if cut:
        names = [name for name in names if cut in INDICATORS[name].cuts]
    figures = _figures(reader, chosen, cut, names)
    ever = period_of(reader.network, Span.EVER)
    since = [] if ever not in periods else _figures(reader, ever, "", SINCE_THE_BEGINNING)
    return Board(
        reader=reader,
        periods=periods,
        period=chosen,
        cut=cut,
        theme=theme,
        themes=[] if cut else _by_theme(figures),
        columns=[INDICATORS[name] for name in names],
        groups=_by_group(figures, names, page, whole=whole) if cut else None,
        since_the_beginning=[figure for figure in since if figure.is_measurable],
        instead_of=_instead_of(reader, chosen, period),
    )


def story_of(
    reader: Reader,
    indicator: Indicator,
    *,
    period: str = "",
    cut: str = "",
    group: str = "",
    page: Any = 1,
    whole: bool = False,
) -> Story:
    """Return one figure over a period, what it was before, and its groups by one cut (`whole`: all of them at once)."""
    cut = cut if cut in indicator.cuts else ""
    if not reader.is_team and not cut and indicator.cuts:
        cut = indicator.cuts[0]
    periods = readable_periods(reader)
    chosen = _chosen(reader, periods, period)
    found = _figures(reader, chosen, "", [indicator.id])
    figure = found[0] if found else Figure(indicator, chosen or period_of(reader.network, Span.YEAR))
    groups = _figures(reader, chosen, cut, [indicator.id]) if cut else []
    one = next((row for row in groups if group and row.group == group), None)
    shown = one or figure
    size = max(1, len(groups)) if whole else GROUPS_ON_A_PAGE
    return Story(
        reader=reader,
        periods=periods,
        figure=shown,
        history=_history(reader, indicator, chosen, shown.cut, shown.group),
        cut=cut,
        groups=Paginator(groups, size).get_page(page) if cut and one is None else None,
        instead_of=_instead_of(reader, chosen, period),
    )


def own_groups(reader: Reader, cut: str) -> set[str] | None:
    """Return the groups whose figures an animator reads as they are counted: None for all of them.

    Who animates one site or one unit accompanies the people of that one: of the others they read what is told to all.
    """
    scope = reader.scope
    if scope is None or scope.whole:
        return None
    groups = groups_of(reader.network)
    if cut == Cut.SITE and scope.site is not None and not scope.unit:
        return {groups.sites[scope.site]} & set(groups.sites.values())
    if cut == Cut.UNIT and scope.unit and scope.site is None:
        path = tuple(scope.unit.split(" > "))
        held = {key for unit, key in groups.branches.items() if groups.paths[unit] == path}
        # A unit is a group of its own when nothing outside of it is counted in the same one.
        return {
            key
            for key in held
            if all(
                groups.paths[unit][: len(path)] == path for unit, one in groups.branches.items() if one == key
            )
        }
    return set()


def small_pictures(board: Board) -> list[Picture]:
    """Return the two pictures of the steering page, made of figures already counted: the funnel, exchanges by month."""
    reader, period = board.reader, board.period
    if period is None:
        return []
    funnel = {figure.id: figure for figure in _figures(reader, period, "", FUNNEL)}
    month = Period(Span.MONTH, period.start, period.zone)
    months = _history(reader, INDICATORS[HELD], month, "", "")[-MONTHS_DRAWN:]
    held = {
        figure.period.start: round(figure.value) if figure.is_measurable else None  # type: ignore[arg-type]
        for figure in months
    }
    drawn = [funnel_of(funnel, period.name)]
    return [*drawn, months_picture(held)] if held else drawn


# -- reading ---------------------------------------------------------------------------------------------------


def _chosen(reader: Reader, periods: list[Period], key: str) -> Period | None:
    """Return the period that is asked for, if it may be read; else this year, or the last told."""
    asked = parse_period(reader.network, key) if key else None
    if asked in periods:
        return asked
    years = [period for period in periods if period.span == Span.YEAR]
    return years[0] if years else periods[0] if periods else None


def _instead_of(reader: Reader, chosen: Period | None, key: str) -> Period | None:
    """Return the period that was asked for, where another is shown in its place."""
    asked = parse_period(reader.network, key) if key else None
    return asked if chosen is not None and asked != chosen else None


def _figures(reader: Reader, period: Period | None, cut: str, names: Collection[str]) -> list[Figure]:
    if period is None:
        return []
    if not reader.is_team:
        return released(reader.network, period, cut, names)
    figures = figures_of(reader.network, period, cut, names)
    own = own_groups(reader, cut) if cut else None
    return figures if own is None else [figure for figure in figures if figure.group in own]


def _by_theme(figures: list[Figure]) -> list[tuple[Theme, list[Figure]]]:
    found: dict[Theme, list[Figure]] = {}
    for figure in figures:
        found.setdefault(theme_of(figure.indicator), []).append(figure)
    return [(theme, found[theme]) for theme in Theme if theme in found]


def _by_group(figures: list[Figure], names: Sequence[str], page: Any, *, whole: bool) -> Page[Any]:
    found: dict[str, dict[str, Figure]] = {}
    titles: dict[str, str] = {}
    for figure in figures:
        found.setdefault(figure.group, {})[figure.id] = figure
        titles[figure.group] = figure.group_name
    # « autres » comes last, whatever it is called.
    order = sorted(found, key=lambda key: (key == OTHERS, titles[key].casefold(), key))
    rows = [(key, titles[key], [found[key].get(name) for name in names]) for key in order]
    return Paginator(rows, max(1, len(rows)) if whole else GROUPS_ON_A_PAGE).get_page(page)


def _history(
    reader: Reader, indicator: Indicator, period: Period | None, cut: str, group: str
) -> list[Figure]:
    """Return what a figure was, period after period, the oldest first; by year when it is read since the beginning."""
    if period is None:
        return []
    span = Span.YEAR if period.span == Span.EVER else period.span
    if not reader.is_team:
        return released_history(reader.network, indicator.id, span, cut, group)
    return history_of(reader.network, indicator.id, span, cut, group)

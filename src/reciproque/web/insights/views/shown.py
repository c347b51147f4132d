"""How a figure is told on a page: its number in words, where it goes, what it aims at, and what a program reads of it."""

from __future__ import annotations

import dataclasses
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from reciproque.insights.queries import Figure, in_words
from reciproque.insights.queries.figures import number_words, rounded
from reciproque.insights.rules import WHY_MASKED, Cut, Over, Period, Shape
from reciproque.kit import clock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reciproque.insights.access import Reader
    from reciproque.networks.models import Network

_ICONS = {"up": "trending-up", "down": "trending-down", "same": "equal"}
CURVE_WIDE, CURVE_HIGH, CURVE_EDGE = 480, 96, 6


def figure_url(network: Network, figure: Figure, **more: str) -> str:
    """Return the address of what is behind a figure."""
    asked = {"period": figure.period.key, "cut": figure.cut, "group": figure.group} | more
    query = urlencode({key: value for key, value in asked.items() if value}, safe=":")
    return f"{reverse('insights:figure', args=[network.slug, figure.id])}?{query}"


@dataclasses.dataclass(frozen=True)
class Number:
    """One value as an element of the page: its words, and the attributes by which a program reads it."""

    words: str
    attributes: dict[str, str]

    def __html__(self) -> SafeString:
        attributes = format_html_join(" ", 'data-{}="{}"', self.attributes.items())
        value = self.attributes.get("value", "")
        return format_html('<data value="{}" {}>{}</data>', value, attributes, self.words)

    __str__ = __html__


def number_of(figure: Figure, *, with_parts: bool = False) -> Number:
    """Return a figure as an element of the page; `with_parts`: what it is the share of is shown beside it."""
    return Number(figure.shown, _attributes(figure) | (_parts(figure) if with_parts else {}))


def _attributes(figure: Figure) -> dict[str, str]:
    found = {
        "figure": figure.id,
        "period": figure.period.key,
        "cut": figure.cut,
        "group": figure.group,
    }
    if figure.masked:
        found["masked"] = ""
    elif figure.value is None:
        found["none"] = ""
    else:
        found["value"] = raw(figure)
    if figure.as_of is not None:
        found["as-of"] = figure.as_of.isoformat()
    return found


def _parts(figure: Figure) -> dict[str, str]:
    if not told_parts(figure):
        return {}
    return {"numerator": _plain(figure.numerator), "denominator": _plain(figure.denominator)}


def told_parts(figure: Figure) -> bool:
    """Tell whether what a share is made of is shown beside it."""
    both = figure.numerator is not None and figure.denominator is not None
    return both and figure.indicator.shape == Shape.RATE and figure.is_measurable


def raw(figure: Figure) -> str:
    """Return the number shown, without its unit nor its separators; a share in a hundred."""
    if figure.value is None or figure.masked:
        return ""
    if figure.indicator.shape == Shape.RATE:
        return _plain(round(100 * figure.value, 1))
    return _plain(rounded(figure.indicator, figure.value))


def _plain(number: float | None) -> str:
    if number is None:
        return ""
    return str(int(number)) if float(number).is_integer() else str(round(number, 2))


@dataclasses.dataclass(frozen=True)
class Shown:
    """A figure with everything that is told beside it."""

    network: Network
    figure: Figure

    @property
    def name(self) -> str:
        return str(self.figure.indicator.name)

    @property
    def url(self) -> str:
        return figure_url(self.network, self.figure)

    @property
    def number(self) -> Number:
        return number_of(self.figure, with_parts=True)

    @property
    def parts(self) -> str:
        """What a share is made of, in words."""
        if not told_parts(self.figure):
            return ""
        return _("%(part)s sur %(whole)s") % {
            "part": number_words(round(self.figure.numerator or 0, 2)),
            "whole": number_words(round(self.figure.denominator or 0, 2)),
        }

    @property
    def why_none(self) -> str:
        """Why there is no number yet."""
        figure = self.figure
        if figure.masked:
            return str(WHY_MASKED)
        if figure.value is not None:
            return ""
        if figure.is_unread:
            # Read day by day, by who animates: of that period no number was kept, small or large.
            return _("Qui anime le réseau le lit au jour le jour : il n’a pas été relevé pour cette période.")
        if figure.at is None:
            return _("Ce chiffre n’a pas été relevé pour cette période.")
        if figure.indicator.theme == "cost":
            return _(
                "Le réseau n’avait pas donné tous ses montants pour cette période quand ce chiffre a été compté."
            )
        if figure.indicator.theme == "impact":
            return _(
                "Aucun questionnaire d’impact n’est clos sur cette période, ou trop peu de personnes y ont répondu."
            )
        return _("Il n’y a encore rien à compter ou à diviser sur cette période.")

    @cached_property
    def before(self) -> Number | None:
        """The value of the period before, a figure as well."""
        figure, period = self.figure, self.figure.period.previous()
        if figure.previous is None or period is None or not figure.trend:
            return None
        former = dataclasses.replace(
            figure, period=period, value=figure.previous, numerator=None, denominator=None, as_of=None
        )
        return number_of(former)

    @property
    def trend(self) -> SafeString | str:
        """Where it goes since the period before, in words."""
        before, previous = self.before, self.figure.period.previous()
        if before is None or previous is None:
            return ""
        sentences = {
            "up": _("En hausse ; auparavant : {before} ({when})"),
            "down": _("En baisse ; auparavant : {before} ({when})"),
            "same": _("Stable ; auparavant : {before} ({when})"),
        }
        if self.is_unfinished:
            return format_html(
                _("Période en cours ; la précédente : {before} ({when})"), before=before, when=previous.name
            )
        return format_html(sentences[self.figure.trend], before=before, when=previous.name)

    @property
    def is_unfinished(self) -> bool:
        """Whether what it counts is still going on: compared with a whole period, it would always fall."""
        return self.figure.indicator.over == Over.FLOW and self.figure.period.holds(clock.now())

    @property
    def trend_icon(self) -> str:
        return "hourglass" if self.is_unfinished else _ICONS.get(self.figure.trend, "equal")

    @property
    def is_worse(self) -> bool:
        """Whether it goes the way that calls for its lever."""
        better = self.figure.indicator.better
        return (
            bool(better)
            and not self.is_unfinished
            and self.figure.trend == {"up": "down", "down": "up"}.get(better)
        )

    @property
    def aim(self) -> str:
        """What it aims at, and whether it is there."""
        figure = self.figure
        if figure.aimed is None or figure.cut:
            return ""
        aimed = in_words(figure.indicator, figure.aimed)
        if figure.target is None:
            return _("Repère : %(aimed)s") % {"aimed": aimed}
        told = {"aimed": aimed, "day": day_of(figure.target.until)}
        if self.is_reached:
            return _("Objectif : %(aimed)s d’ici le %(day)s. Atteint.") % told
        return _("Objectif : %(aimed)s d’ici le %(day)s. Pas encore atteint.") % told

    @property
    def is_reached(self) -> bool:
        figure = self.figure
        if figure.aimed is None or figure.value is None or figure.masked:
            return False
        if figure.indicator.better == "down":
            return figure.value <= figure.aimed
        return figure.value >= figure.aimed

    @property
    def since(self) -> str:
        """Of which day a figure told again is."""
        if self.figure.as_of is None:
            return until_of(self.figure)
        return _("Tel qu’au %(day)s : il a trop peu changé depuis pour être dit de nouveau.") % {
            "day": day_of(self.figure.as_of)
        }

    @property
    def over(self) -> str:
        return str(Over(self.figure.indicator.over).label)


def until_of(figure: Figure | None) -> str:
    """Say up to which day what is told since the beginning was."""
    if figure is None or figure.until is None:
        return ""
    return _("Au %(day)s.") % {"day": day_of(figure.until)}


def instead(reader: Reader, period: Period | None, asked: Period | None, cut: str) -> str:
    """Say that another period is shown than the one asked for, and why."""
    if asked is None or period is None:
        return ""
    told = {"asked": asked.name, "period": period.name}
    if reader.is_team:
        return _("Vous avez demandé « %(asked)s » : rien n’en est compté. Voici « %(period)s ».") % told
    if cut:
        return (
            _(
                "Vous avez demandé « %(asked)s » : le détail par groupe n’est publié que par année entière, "
                "sans quoi des personnes s’y reconnaîtraient. Voici « %(period)s »."
            )
            % told
        )
    return _("Vous avez demandé « %(asked)s » : rien n’en est publié. Voici « %(period)s ».") % told


def day_of(day: Any) -> str:
    """Say a day with its year."""
    return str(date_format(day, "j F Y"))


def shown(network: Network, figures: Sequence[Figure]) -> list[Shown]:
    """Return figures as they are told on a page."""
    return [Shown(network, figure) for figure in figures]


def period_choices(periods: Sequence[Period]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the periods to choose among, by how long they are."""
    groups = {
        "month": _("Un mois"),
        "quarter": _("Un trimestre"),
        "year": _("Une année"),
        "ever": _("Tout"),
    }
    now = clock.now()
    found: dict[str, list[tuple[str, str]]] = {}
    for period in periods:
        name = period.name
        if period.holds(now) and period.span != "ever":
            name = _("%(period)s (en cours)") % {"period": name}
        found.setdefault(period.span, []).append((period.key, name))
    return [(groups[span], rows) for span, rows in found.items()]


def cut_choices(cuts: Sequence[str] = tuple(Cut.values)) -> list[tuple[str, str]]:
    """Return the ways of cutting, the whole network first."""
    return [("", _("tout le réseau")), *((cut, str(Cut(cut).label)) for cut in cuts)]


@dataclasses.dataclass(frozen=True)
class Curve:
    """A small line: its points, and what it shows in words."""

    points: list[str]
    says: str

    width, height = CURVE_WIDE, CURVE_HIGH


def curve_of(history: Sequence[Figure]) -> Curve | None:
    """Draw what a figure was over time; None while there are fewer than two numbers to draw."""
    known = [figure for figure in history if figure.is_measurable]
    if len(known) < 2:
        return None
    values = [figure.value or 0.0 for figure in known]
    low, high = min(values), max(values)
    span = (high - low) or 1.0
    step = (CURVE_WIDE - 2 * CURVE_EDGE) / max(1, len(history) - 1)
    lines: list[list[str]] = [[]]
    for place, figure in enumerate(history):
        if not figure.is_measurable:
            # What is not known leaves a hole, it is not drawn over.
            lines.append([])
            continue
        y = CURVE_HIGH - CURVE_EDGE - ((figure.value or 0.0) - low) / span * (CURVE_HIGH - 2 * CURVE_EDGE)
        lines[-1].append(f"{CURVE_EDGE + place * step:.1f},{y:.1f}")
    first, last = known[0], known[-1]
    told = {
        "first": first.shown,
        "start": first.period.name,
        "last": last.shown,
        "end": last.period.name,
    }
    says = _("De %(first)s (%(start)s) à %(last)s (%(end)s).") % told
    return Curve([" ".join(line) for line in lines if line], says)

"""The register of what may make a network fail: each hazard, its signal today, its level, who watches it."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from reciproque.agenda.models import Step
from reciproque.agenda.rules import PRIVATE_VERBS, Verb
from reciproque.catalogue.models import Post
from reciproque.catalogue.rules import Kind
from reciproque.insights.access import Reader
from reciproque.insights.models import HazardCare, HazardReading, HazardReview
from reciproque.insights.queries.figures import Figure, figures_of, in_words
from reciproque.insights.queries.queue import has_published, refused_mail
from reciproque.insights.queries.release import released, released_periods
from reciproque.insights.queries.rows import period_of
from reciproque.insights.rules import (
    IMBALANCED_AFTER,
    INDICATORS,
    NEWCOMER_AFTER,
    NEWCOMER_UNTIL,
    Shape,
    Span,
)
from reciproque.insights.rules.hazards import HAZARDS, TOLD_FROM, Hazard, Level, Signal
from reciproque.kit import clock
from reciproque.networks.models import Membership, Network
from reciproque.notices.models import Outgoing
from reciproque.notices.rules import OutgoingState

WEEKS_OF_MAIL = 4
_ORDER = {Level.HIGH: 0, Level.MEDIUM: 1, Level.LOW: 2, "": 3}


@dataclasses.dataclass(frozen=True)
class Seen:
    """What the signal of a hazard says: a value, the number in words, over what; the whole it is out of."""

    value: float | None
    words: str = ""
    when: str = ""
    out_of: int = 0


@dataclasses.dataclass(frozen=True)
class Watched:
    """One hazard as somebody reads it."""

    hazard: Hazard
    # The level that holds, and how it is known: "counted", "judged", or "" when it is not.
    level: str
    known: str
    seen: Seen
    # What the number alone says, whether or not it was judged otherwise.
    counted: str
    judged: HazardReview | None
    care: HazardCare | None
    # Of whom the name is told (the animators), and whether the day to look at it again is past.
    named: bool
    late: bool

    @property
    def id(self) -> str:
        return self.hazard.id

    @property
    def title(self) -> str:
        return str(self.hazard.name)

    @property
    def level_words(self) -> str:
        """The level in words."""
        return str(Level(self.level).label) if self.level else _("à juger")

    @property
    def answer(self) -> str:
        """What the network does about it: its own words, or the usual ones."""
        return (self.care.answer if self.care else "") or str(self.hazard.answer)

    @property
    def limits(self) -> str:
        """The two thresholds, in words; "" where nothing is counted."""
        hazard = self.hazard
        if hazard.is_judged:
            return ""
        said = {"medium": _limit(hazard, hazard.medium), "high": _limit(hazard, hazard.high)}
        if hazard.worse == "up":
            return _("moyen à partir de %(medium)s, fort à partir de %(high)s") % said
        return _("moyen en dessous de %(medium)s, fort en dessous de %(high)s") % said


def _limit(hazard: Hazard, limit: float) -> str:
    return f"{limit:g}" if hazard.id == "overload" else _percent(limit)


def _percent(value: float) -> str:
    return _("%(number)s %%") % {"number": round(100 * value)}


# -- what is counted -----------------------------------------------------------------------------------------


def counted(network: Network) -> dict[str, Seen]:
    """Count today what the register counts itself: {hazard: what is seen}."""
    now = clock.now()
    here = Membership.objects.available(now).filter(network=network)
    members = here.annotate(
        offers=has_published(Kind.OFFER, network), requests=has_published(Kind.REQUEST, network)
    )
    settled = Q(joined_at__lt=now - IMBALANCED_AFTER)
    lately = Q(joined_at__gt=now - NEWCOMER_UNTIL, joined_at__lt=now - NEWCOMER_AFTER)
    numbers = members.aggregate(
        all=Count("pk"),
        settled=Count("pk", filter=settled),
        unaware=Count("pk", filter=settled & Q(offers=False)),
        lately=Count("pk", filter=lately),
        newcomers=Count("pk", filter=lately & Q(offers=False, requests=False)),
        undelivered=Count("pk", filter=Q(person__in=refused_mail(network, now).values("person"))),
    )
    awaited = Step.objects.open().filter(network=network)
    late = Count("pk", filter=Q(due_at__lt=now))
    team = awaited.filter(owner=None).exclude(verb__in=PRIVATE_VERBS)
    of_team = team.aggregate(part=late, whole=Count("pk"))
    proposals = awaited.filter(verb=Verb.RESOLVE).aggregate(part=late, whole=Count("subject_id"))
    offers = Post.objects.open().filter(network=network, kind=Kind.OFFER)
    old = offers.aggregate(part=Count("pk", filter=Q(silent_at__isnull=False)), whole=Count("pk"))
    mails = Outgoing.objects.filter(
        network=network,
        state__in=[OutgoingState.SENT, OutgoingState.GROUPED],
        at__gt=now - dt.timedelta(weeks=WEEKS_OF_MAIL),
    ).count()
    return {
        "unaware": _share(numbers["unaware"], numbers["settled"]),
        "newcomers": _share(numbers["newcomers"], numbers["lately"]),
        "undelivered": _share(numbers["undelivered"], numbers["all"]),
        "unanimated": _share(of_team["part"], of_team["whole"]),
        "vanishing": _share(proposals["part"], proposals["whole"]),
        "stale": _share(old["part"], old["whole"]),
        "overload": _each(mails, numbers["all"]),
    }


def _share(part: int, whole: int) -> Seen:
    if not whole:
        return Seen(None)
    said = {"percent": _percent(part / whole), "part": part, "whole": whole}
    return Seen(part / whole, _("%(percent)s (%(part)s sur %(whole)s)") % said, _("aujourd’hui"), whole)


def _each(number: int, whole: int) -> Seen:
    if not whole:
        return Seen(None)
    value = number / whole / WEEKS_OF_MAIL
    words = _("%(number)s par semaine") % {"number": in_words(INDICATORS["openness.distance"], value)}
    return Seen(value, words, _("quatre dernières semaines"), whole)


def _figures(network: Network, *, team: bool) -> dict[str, Seen]:
    """Read what the indicators say: the last whole year, or for the animators the present one when it has nothing."""
    wanted = {one.indicator for one in HAZARDS.values() if one.indicator}
    if team:
        year = period_of(network, Span.YEAR)
        last = year.previous()
        found = figures_of(network, last, only=wanted) if last else []
        present = {one.id: one for one in figures_of(network, year, only=wanted)}
    else:
        told = next((one for one in released_periods(network) if one.span == Span.YEAR), None)
        found = released(network, told, only=wanted) if told else []
        present = {}
    figures = {one.id: one for one in found}
    seen = {}
    for one in HAZARDS.values():
        figure = figures.get(one.indicator)
        if one.signal == Signal.TREND:
            seen[one.id] = _trend(figure)
        elif one.signal == Signal.FIGURE:
            if figure is None or not figure.is_measurable:
                figure = present.get(one.indicator)
            seen[one.id] = _read(figure)
    return seen


def _read(figure: Figure | None) -> Seen:
    if figure is None or not figure.is_measurable:
        return Seen(None)
    assert figure.indicator.shape == Shape.RATE
    return Seen(figure.value, figure.shown, figure.period.name, round(figure.denominator or 0))


def _trend(figure: Figure | None) -> Seen:
    if figure is None or not figure.is_measurable or not figure.previous or figure.value is None:
        return Seen(None)
    value = figure.value / figure.previous
    words = _("%(percent)s de l’année d’avant") % {"percent": _percent(value)}
    return Seen(value, words, figure.period.name, round(figure.previous))


def levels_told(network: Network) -> dict[str, str]:
    """Return the level of what the register counts itself, as it may be told: "" where too few people stand behind."""
    return {
        name: HAZARDS[name].level_of(seen.value) if seen.out_of >= TOLD_FROM else ""
        for name, seen in counted(network).items()
    }


# -- the register --------------------------------------------------------------------------------------------


def register_of(reader: Reader) -> list[Watched]:
    """Return every hazard as this reader reads it, the most serious first."""
    return _register(reader.network, team=reader.is_team)


def hazard_of(reader: Reader, hazard: str) -> Watched:
    """Return one hazard as this reader reads it."""
    return next(one for one in register_of(reader) if one.id == hazard)


def risks_of(network: Network) -> list[Watched]:
    """Return the register as whoever does not animate the network reads it: levels, never a number counted today."""
    return _register(network, team=False)


def reviews_of(care: HazardCare | None, limit: int = 50) -> list[HazardReview]:
    """Return what was said of a hazard, the latest first."""
    return list(care.reviews.select_related("by")[:limit]) if care else []


def _register(network: Network, *, team: bool) -> list[Watched]:
    seen = _figures(network, team=team)
    told: dict[str, str] = {}
    if team:
        seen |= counted(network)
    else:
        told = _told(network)
    cares = {row.hazard: row for row in HazardCare.objects.filter(network=network).select_related("owner")}
    judged: dict[int, HazardReview] = {}
    rows = HazardReview.objects.filter(care__network=network).exclude(level="").order_by("at", "pk")
    for row in rows.select_related("by"):
        judged[row.care_id] = row
    today = clock.now().date()
    found = [_watched(one, seen, told, cares.get(one.id), judged, today, team) for one in HAZARDS.values()]
    place = {name: number for number, name in enumerate(HAZARDS)}
    return sorted(found, key=lambda one: (_ORDER[one.level], place[one.id]))


def _told(network: Network) -> dict[str, str]:
    """Return the levels of the last month read."""
    last = HazardReading.objects.filter(network=network).values("month")[:1]
    rows = HazardReading.objects.filter(network=network, month=last)
    return dict(rows.order_by().values_list("hazard", "level"))


def _watched(
    hazard: Hazard,
    seen: dict[str, Seen],
    told: dict[str, str],
    care: HazardCare | None,
    judged: dict[int, HazardReview],
    today: dt.date,
    team: bool,
) -> Watched:
    signal = seen.get(hazard.id, Seen(None))
    number = hazard.level_of(signal.value) or told.get(hazard.id, "")
    review: Any = judged.get(care.pk) if care else None
    late = care is not None and care.review_on is not None and care.review_on < today
    # What was judged holds until the day to look again; after it, the number says again what it says.
    holds = review is not None and (not number or not late)
    level = review.level if holds else number
    known = "judged" if holds else "counted" if number else ""
    return Watched(hazard, level, known, signal, number, review, care, team, late)

"""What a researcher may be given: which tables, made how coarse, and when a combination would say who somebody is."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

# At least so many people bear each combination of what can be known of somebody from elsewhere.
LEAST = 5
TITLE_MAX, PURPOSE_MAX = 160, 2000
# For how long the files may be taken, at most; and how long an answer is awaited, in working days.
KEPT_WITHIN = dt.timedelta(days=2 * 365)
ANSWER_DAYS = 15
# How many pseudonyms of an answer are told apart: 80 bits.
PSEUDONYM_LENGTH = 20


class StudyState(TextChoices):
    ASKED = "asked", _("accord attendu")
    AGREED = "agreed", _("accordée")
    DECLINED = "declined", _("refusée")
    LAPSED = "lapsed", _("sans réponse")
    WITHDRAWN = "withdrawn", _("retirée")
    ENDED = "ended", _("terminée")


class Basis(TextChoices):
    """Why the law allows it; the consent of employees is no free one, and is not offered."""

    LEGITIMATE = "legitimate", _("intérêt légitime de l’organisation")
    PUBLIC = "public", _("mission d’intérêt public")


class TableName(TextChoices):
    """What may be given."""

    MEMBERS = "members", _("les membres")
    POSTS = "posts", _("les offres et demandes, sans leurs textes")
    INTRODUCTIONS = "introductions", _("les mises en relation")
    EXCHANGES = "exchanges", _("les échanges")
    REVIEWS = "reviews", _("les bilans, sans leurs textes")
    ANSWERS = "answers", _("les réponses aux questionnaires, par totaux")


class UnitGrain(TextChoices):
    UNIT = "unit", _("le service")
    BRANCH = "branch", _("la grande direction")
    NONE = "", _("rien")


class SiteGrain(TextChoices):
    SITE = "site", _("le site")
    NONE = "", _("rien")


class LevelGrain(TextChoices):
    LEVEL = "level", _("le niveau")
    TWO = "two", _("encadrement ou non")
    NONE = "", _("rien")


class DateGrain(TextChoices):
    WEEK = "week", _("la semaine")
    MONTH = "month", _("le mois")
    QUARTER = "quarter", _("le trimestre")
    YEAR = "year", _("l’année")
    NONE = "", _("rien")


class KindGrain(TextChoices):
    KIND = "kind", _("la sorte d’acte")
    NONE = "", _("rien")


# What is chosen, from the finest to the coarsest: to make it coarser is to take the next one.
GRAINS: dict[str, type[TextChoices]] = {
    "unit": UnitGrain,
    "site": SiteGrain,
    "level": LevelGrain,
    "joined": DateGrain,
    "dates": DateGrain,
    "kinds": KindGrain,
}
GRAIN_NAMES: dict[str, Any] = {
    "unit": _("Service"),
    "site": _("Site"),
    "level": _("Niveau"),
    "joined": _("Date d’adhésion"),
    "dates": _("Dates des actes"),
    "kinds": _("Sorte d’acte : offre ou demande, suivi ou déclaré, quel côté"),
}
# What others may know of somebody, column by column, in words.
KNOWN_NAMES: dict[str, Any] = {
    "unit": _("service"),
    "site": _("site"),
    "level": _("niveau"),
    "joined": _("date d’adhésion"),
    "when": _("date"),
    "kind": _("offre ou demande"),
    "origin": _("suivi ou déclaré"),
    "side": _("qui apprend ou transmet"),
}
# Coarse to begin with: what is finer is chosen knowingly.
USUAL_GRAINS: dict[str, str] = {
    "unit": UnitGrain.NONE,
    "site": SiteGrain.NONE,
    "level": LevelGrain.TWO,
    "joined": DateGrain.YEAR,
    "dates": DateGrain.MONTH,
    "kinds": KindGrain.KIND,
}


def coarser(name: str, grain: str) -> str | None:
    """Return the next coarser choice; None when nothing is coarser than nothing."""
    order = list(GRAINS[name].values)
    place = order.index(grain)
    return order[place + 1] if place + 1 < len(order) else None


def rounded_day(day: dt.date | None, grain: str) -> str:
    """Write a day as coarsely as was chosen: "2026-W07", "2026-02", "2026-Q1", "2026", or nothing."""
    if day is None or not grain:
        return ""
    if grain == DateGrain.WEEK:
        year, week, _day = day.isocalendar()
        return f"{year}-W{week:02}"
    if grain == DateGrain.MONTH:
        return f"{day:%Y-%m}"
    if grain == DateGrain.QUARTER:
        return f"{day.year}-Q{(day.month + 2) // 3}"
    return str(day.year)


@dataclasses.dataclass(frozen=True)
class Column:
    """One column of a file: its name, what it says; `known` when others may know it of somebody, `grain` what rounds it."""

    name: str
    says: Any
    known: bool = False
    grain: str = ""


@dataclasses.dataclass
class Sheet:
    """One file: its columns, its rows, and the people each row is about."""

    name: str
    columns: tuple[Column, ...]
    rows: list[tuple[Any, ...]]
    # The people of each row, in the same order.
    people: list[tuple[int, ...]]

    def known(self) -> list[int]:
        """Return the places of the columns that others may know of somebody."""
        return [place for place, column in enumerate(self.columns) if column.known]


@dataclasses.dataclass(frozen=True)
class Exposed:
    """Combinations of one file that too few people bear."""

    sheet: str
    columns: tuple[str, ...]
    combinations: int
    people: int
    # What rounds these columns, and may be chosen coarser.
    grains: tuple[str, ...]


def too_few(
    keys: Iterable[Sequence[Any]], people: Iterable[Iterable[int]], least: int = LEAST
) -> tuple[int, int]:
    """Return how many combinations fewer than `least` people bear, and how many people these are."""
    held: dict[tuple[Any, ...], set[int]] = defaultdict(set)
    for key, some in zip(keys, people, strict=True):
        held[tuple(key)].update(some)
    small = [some for some in held.values() if 0 < len(some) < least]
    return len(small), len(set().union(*small)) if small else 0

"""What a figure of a network is made of: its words, what kind of number it is, by what it may be cut."""

from __future__ import annotations

import dataclasses
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Cut(TextChoices):
    """By what a figure may be cut: the branch of the organisation, the site, the level of the person it is about."""

    UNIT = "unit", _("par service")
    SITE = "site", _("par site")
    LEVEL = "level", _("par niveau")


class Shape(TextChoices):
    """What kind of number a figure is."""

    COUNT = "count", _("nombre")
    RATE = "rate", _("part")
    MEDIAN_DAYS = "days", _("jours, médiane")
    HOURS = "hours", _("heures")
    MEAN = "mean", _("moyenne")
    MONEY = "money", _("euros")


class Over(TextChoices):
    """Whether a figure says how things stood at the end of a period, or what happened within it."""

    STATE = "state", _("à la fin de la période")
    FLOW = "flow", _("pendant la période")


ALL_CUTS = (Cut.UNIT, Cut.SITE, Cut.LEVEL)
# What cannot be measured yet: nothing to divide by, or nothing told.
NOT_YET = _("pas encore mesurable")
# What was not told, and why: nobody, one, four or what would give them back, all in the same words.
MASKED = _("masqué")
WHY_MASKED = _("Masqué : le dire parlerait de moins de cinq personnes, ou permettrait de le calculer.")
# What can be read on the day only, and was not that day.
UNREAD = _("pas relevé")
# The group of those of whom the directory does not say where they are.
UNKNOWN = "none"
UNKNOWN_NAME = _("non précisé")


@dataclasses.dataclass(frozen=True)
class Indicator:
    """One figure of a network: its one definition, in words that are shown beside it.

    What is counted belongs each to one person (an exchange, to who learns), so that the groups of a cut sum up to the
    network’s figure. `remembered`: it can be read today only, so that of a former period the last reading is kept.
    """

    id: str
    name: Any
    formula: Any
    numerator: Any
    shape: Shape
    over: Over
    source: Any
    lever: Any
    denominator: Any = ""
    target: float | None = None
    better: str = ""
    cuts: tuple[Cut, ...] = ()
    opens: str = ""
    remembered: bool = False

    @property
    def theme(self) -> str:
        """What it is about: the first half of its name in the code."""
        return self.id.partition(".")[0]

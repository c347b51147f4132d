"""What is counted of a network, each figure once: what it is, how it is made, where it comes from, what moves it."""

from __future__ import annotations

from reciproque.insights.rules.figures_exchanges import EXCHANGES
from reciproque.insights.rules.figures_means import MEANS
from reciproque.insights.rules.figures_people import PEOPLE
from reciproque.insights.rules.figures_reach import REACH
from reciproque.insights.rules.shapes import (
    ALL_CUTS,
    MASKED,
    NOT_YET,
    UNKNOWN,
    UNKNOWN_NAME,
    UNREAD,
    WHY_MASKED,
    Cut,
    Indicator,
    Over,
    Shape,
)

__all__ = [
    "ALL_CUTS",
    "INDICATORS",
    "MASKED",
    "NOT_YET",
    "UNKNOWN",
    "UNKNOWN_NAME",
    "UNREAD",
    "WHY_MASKED",
    "Cut",
    "Indicator",
    "Over",
    "Shape",
]

INDICATORS: dict[str, Indicator] = {one.id: one for one in (*PEOPLE, *EXCHANGES, *REACH, *MEANS)}

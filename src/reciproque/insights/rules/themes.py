"""What the figures of a network are about, in the order in which they are read, and which of them come first."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from reciproque.insights.rules.indicators import INDICATORS, Indicator


class Theme(TextChoices):
    """What a figure is about."""

    PEOPLE = "people", _("Les personnes")
    POSTS = "posts", _("Les offres et les demandes")
    FUNNEL = "funnel", _("De la mise en relation au bilan")
    EXCHANGES = "exchanges", _("Les échanges")
    EFFECTS = "effects", _("La satisfaction et les effets")
    OPENNESS = "openness", _("La réciprocité et l’ouverture")
    SAVOIRS = "savoirs", _("Les savoirs")
    TEAM = "team", _("L’équipe et les conversations")
    MONEY = "money", _("Le temps et l’argent")


# By the first half of its name in the code.
_OF: dict[str, Theme] = {
    "members": Theme.PEOPLE,
    "posts": Theme.POSTS,
    "requests": Theme.POSTS,
    "funnel": Theme.FUNNEL,
    "exchanges": Theme.EXCHANGES,
    "hours": Theme.EXCHANGES,
    "reviews": Theme.EFFECTS,
    "impact": Theme.EFFECTS,
    "reciprocity": Theme.OPENNESS,
    "openness": Theme.OPENNESS,
    "flows": Theme.OPENNESS,
    "load": Theme.OPENNESS,
    "savoirs": Theme.SAVOIRS,
    "pool": Theme.TEAM,
    "messages": Theme.TEAM,
    "productivity": Theme.MONEY,
    "cost": Theme.MONEY,
}

# What is read in a minute; each theme has at least one.
HEADLINE = (
    "members.members",
    "members.engagement",
    "posts.offers",
    "posts.requests",
    "requests.answered",
    "funnel.asked",
    "funnel.held",
    "exchanges.held",
    "exchanges.followed",
    "reviews.satisfaction",
    "reviews.usable",
    "reciprocity.both",
    "flows.units",
    "savoirs.at_risk",
    "pool.size",
    "cost.exchange",
)
# What a network did since it began, in four numbers.
SINCE_THE_BEGINNING = (
    "members.members",
    "posts.offers",
    "posts.requests",
    "exchanges.held",
    "exchanges.followed",
)
# Groups, rows and former periods shown on one page.
GROUPS_ON_A_PAGE, ROWS_ON_A_PAGE, PERIODS_ON_A_PAGE = 25, 25, 24


def theme_of(indicator: Indicator) -> Theme:
    """Return what a figure is about."""
    return _OF[indicator.theme]


def indicators_of(theme: str) -> list[str]:
    """Return the figures of a theme, in the order in which they are defined."""
    return [name for name, one in INDICATORS.items() if theme_of(one) == theme]

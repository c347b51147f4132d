"""Which reports there are, what each tells, and how long the animator’s words may be."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

WORDS_MAX = 4000
# How many periods may be chosen from.
PERIODS_SHOWN = 12


class ReportKind(TextChoices):
    """The reports of a network."""

    COMMITTEE = "committee", _("Rapport trimestriel au comité de pilotage")
    RESPONSIBILITY = "responsibility", _("Rapport de responsabilité sociale et d’employabilité")


# How much time each report tells.
SPANS: dict[str, str] = {ReportKind.COMMITTEE: "quarter", ReportKind.RESPONSIBILITY: "year"}

# What the committee reads first: ten figures that matter, each with its formula, its target and its lever.
HEADLINES = (
    "members.members",
    "members.engagement",
    "posts.offers",
    "posts.requests",
    "requests.answered",
    "exchanges.held",
    "exchanges.declared",
    "reviews.satisfaction",
    "reviews.usable",
    "reciprocity.both",
    "flows.units",
    "pool.size",
)
# A site with fewer people than that to whom the network is open is far from others.
ISOLATED = 30
# What is told once a year of recognition, kept beside the pictures.
RECOGNISED = "recognised"
# What is hung on a wall.
POSTER = ("members.members", "exchanges.held", "reviews.satisfaction", "reviews.usable", "flows.units")

"""Why something is in the animators’ queue; what puts a savoir at risk, what maturity is made of, and their limits."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from reciproque.agenda.rules import Verb
from reciproque.insights.rules.indicators import (
    ALL_CUTS,
    INDICATORS,
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
from reciproque.insights.rules.periods import Period, Span, periods_since, zone_of
from reciproque.kit.text import fold
from reciproque.networks.rules import Ability

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
    "Period",
    "Shape",
    "Span",
    "periods_since",
    "zone_of",
]

SIZE = 25
MOST_AT_ONCE = 50


class Reason(TextChoices):
    """Why a row is in the queue, most urgent first."""

    TEAM = "team", _("pour l’équipe")
    SILENT = "silent", _("sans réponse")
    UNDATED = "undated", _("sans date")
    UNCONFIRMED = "unconfirmed", _("non confirmé")
    UNREVIEWED = "unreviewed", _("sans bilan")
    LAPSING = "lapsing", _("bientôt fini")
    LATE = "late", _("autre retard")
    UNANSWERED = "unanswered", _("demande sans personne")
    OVERLOADED = "overloaded", _("agenda plein")
    UNDELIVERED = "undelivered", _("courriel non remis")
    NEWCOMER = "newcomer", _("arrivée sans offre")
    IMBALANCED = "imbalanced", _("offre ou demande seule")


# The place of each reason in the queue.
RANK: dict[str, int] = {reason: place for place, reason in enumerate(Reason.values)}

# What is expected → why it is in the queue, once it is late or was handed over to the team. What is not here
# (a report, an appeal) is between named people, and never shows.
OF_VERB: dict[str, str] = {
    Verb.ANSWER: Reason.SILENT,
    Verb.REPLY: Reason.SILENT,
    Verb.NEXT: Reason.SILENT,
    Verb.TRY: Reason.SILENT,
    Verb.PROPOSE: Reason.UNDATED,
    Verb.CHOOSE: Reason.UNDATED,
    Verb.HELD: Reason.UNCONFIRMED,
    Verb.TERMS: Reason.UNCONFIRMED,
    Verb.GO_ON: Reason.UNCONFIRMED,
    Verb.CONFIRM: Reason.UNCONFIRMED,
    Verb.REVIEW: Reason.UNREVIEWED,
    Verb.SIGN: Reason.LATE,
    Verb.RENEW: Reason.LATE,
    Verb.ASSIGN: Reason.TEAM,
}
# What ends by itself when its owner does nothing: shown before it does.
LAPSING = (Verb.ANSWER, Verb.REPLY, Verb.NEXT, Verb.TRY, Verb.CONFIRM, Verb.REVIEW, Verb.RENEW)
SOON = dt.timedelta(days=3)

# A request for which nobody was asked in this time is looked at.
REQUEST_AFTER = dt.timedelta(days=21)
# Later it is no longer urgent: its author is asked to renew it, and the list of what is sought holds it.
REQUEST_UNTIL = dt.timedelta(days=120)
# A newcomer is left a week to look around, and stays a newcomer for three months.
NEWCOMER_AFTER, NEWCOMER_UNTIL = dt.timedelta(days=7), dt.timedelta(days=90)
# One-sided for this long since joining.
IMBALANCED_AFTER = dt.timedelta(days=30)
# A message that could not be delivered longer ago is no news any more.
UNDELIVERED_FOR = dt.timedelta(days=30)

# -- the learning community: knowledge at risk -----------------------------------------------------------------

# Who leaves within this time takes what they know away.
LEAVES_WITHIN = dt.timedelta(days=365)
# A day said farther ahead is a slip of the hand.
LEAVING_SAID_WITHIN = dt.timedelta(days=10 * 365)
# Carried by no more people than this, whoever stays: one departure is enough.
FRAGILE_HOLDERS = 2
# Not exchanged for this long: it fades.
FADES_AFTER = dt.timedelta(days=365)


class Risk(TextChoices):
    """Why a savoir may be lost to a network, the most pressing first.

    A departure is no reason of its own: of a savoir that one person offers, it would say who leaves.
    """

    SOUGHT = "sought", _("recherché, sans réponse")
    FRAGILE = "fragile", _("porté par une ou deux personnes")
    FADING = "fading", _("sans échange depuis un an")


# -- the animators' pool ---------------------------------------------------------------------------------------

# For how long ahead what is planned is looked at, and how far back what was done lately.
PLANNED_WITHIN = dt.timedelta(days=60)
LATELY = dt.timedelta(days=90)
# How many people it takes to hold one of each on the day (three laptops type at once at a fair).
HANDS_AT_ONCE = 3
# Who lived so many exchanges, on both sides, knows what they are enough to accompany some.
READY_EXCHANGES = 3
# Who was invited to help, and did not answer or declined, is left alone for so long.
INVITED_AGAIN = dt.timedelta(days=365)
INVITATION_FOR = dt.timedelta(days=60)
# What a training says it is about, in free words, by the words it holds.
ABOUT: dict[str, tuple[str, ...]] = {
    Ability.MEDIATE: ("mediat", "mise en relation", "accompagn", "introduction"),
    Ability.FACILITATE: ("facilit", "groupe", "codev", "animer", "group"),
    Ability.FAIR: ("bourse", "foire", "fair"),
    Ability.LAUNCH: ("lancement", "forum ouvert", "launch", "open space"),
}


def trained_for(subject: str) -> list[str]:
    """Return what a training, in its own words, prepares for."""
    words = fold(subject)
    return [ability for ability, marks in ABOUT.items() if any(mark in words for mark in marks)]


# -- engagement ------------------------------------------------------------------------------------------------

YEAR = dt.timedelta(days=365)
FIRST_EXCHANGE_WITHIN = dt.timedelta(days=90)
# Under so many people, a figure would say who.
FEWEST = 5
# Hours that a savoir already used at work saves in a year: hypotheses shown and changed on the page, never measures.
HOURS_SAVED = (1, 4, 8)
HOURS_MOST = 100
# Nobody is counted as saving more than a week of work in a year.
WEEK = 35
# The share of the givers whose load is looked at: those who pass on the most.
MOST_ASKED = 0.1

# -- what is aimed at ------------------------------------------------------------------------------------------

TARGET_WITHIN = dt.timedelta(days=5 * 365)
TARGET_WORDS_MAX = 300

# -- maturity --------------------------------------------------------------------------------------------------

LEVELS = (1, 2, 3, 4, 5)
MATURITY_WORDS_MAX = 500
# Working days left to look at it, and how long until it is looked at again.
MATURITY_DAYS = 15
MATURITY_EVERY = dt.timedelta(days=365)


class Dimension(TextChoices):
    """What the maturity of a learning community is made of."""

    PEOPLE = "people", _("la participation")
    RECIPROCITY = "reciproc", _("la réciprocité")
    MEMORY = "memory", _("la mémoire")
    USE = "use", _("l’usage au travail")
    TEAM = "team", _("l’animation")
    SUPPORT = "support", _("le soutien de la direction")


# What each level looks like, from the first to the fifth: one is chosen by recognising oneself.
DESCRIBED: dict[str, tuple[Any, ...]] = {
    Dimension.PEOPLE: (
        _("Quelques personnes convaincues, toujours les mêmes."),
        _("Des volontaires de plusieurs services, quand on les invite."),
        _("Quelques-uns agissent d’eux-mêmes, sans être relancés."),
        _("Beaucoup agissent d’eux-mêmes ; les anciens accueillent les nouveaux."),
        _("Agir dans le réseau est une façon ordinaire de travailler, à tous les niveaux."),
    ),
    Dimension.RECIPROCITY: (
        _("Quelques personnes savent, les autres écoutent."),
        _("On ose demander ; ceux qui transmettent sont peu nombreux."),
        _("Beaucoup ont publié une offre et une demande."),
        _("La plupart des membres ont déjà reçu et transmis."),
        _("On demande sans gêne à n’importe qui, et chacun sait ce qu’il peut apporter."),
    ),
    Dimension.MEMORY: (
        _("Ce qui s’échange reste oral, et part avec les personnes."),
        _("Quelques fiches existent ; on ne les retrouve pas toujours."),
        _("Les questions fréquentes ont leur fiche, relue dans l’année."),
        _("Les fiches sont jugées, corrigées, et servent à accueillir les nouveaux."),
        _("Aucun savoir important ne tient à une seule personne."),
    ),
    Dimension.USE: (
        _("On ne sait pas si ce qui est appris sert."),
        _("Quelques récits disent que cela a servi."),
        _("Un savoir appris sur trois est déjà utilisé quand le bilan est fait."),
        _("Les équipes changent leurs façons de faire à partir des échanges."),
        _("Les échanges font évoluer les règles et les outils de l’organisation."),
    ),
    Dimension.TEAM: (
        _("Une seule personne porte le réseau, sur son temps libre."),
        _("Une petite équipe, sans temps prévu pour cela."),
        _("Une équipe formée, avec du temps et des relais."),
        _("Des relais dans la plupart des services ; personne n’est indispensable."),
        _("L’animation se transmet : de nouvelles personnes se forment chaque année."),
    ),
    Dimension.SUPPORT: (
        _("La direction ignore le réseau, ou s’en méfie."),
        _("La direction laisse faire."),
        _("Une personne de la direction parraine, et le dit."),
        _("Du temps est accordé à chacun, par écrit."),
        _("La direction participe, demande et transmet comme les autres."),
    ),
}

# What moves each of them up, in the order in which it is tried.
LEVERS: dict[str, tuple[Any, ...]] = {
    Dimension.PEOPLE: (
        _("tenir une bourse aux savoirs dans un service encore absent"),
        _("proposer à chaque nouveau la séance « trouver ce que je sais »"),
    ),
    Dimension.RECIPROCITY: (
        _("inviter ceux qui n’ont fait que recevoir à dire ce qu’ils pourraient offrir"),
        _("faire vivre les boucles d’échanges proposées"),
    ),
    Dimension.MEMORY: (
        _("demander une fiche à qui sait, pour chaque savoir en danger"),
        _("faire relire les fiches anciennes"),
    ),
    Dimension.USE: (
        _("demander au bilan ce que l’on fera de ce que l’on a appris"),
        _("ouvrir un groupe d’échange de pratiques sur une question de travail"),
    ),
    Dimension.TEAM: (
        _("inviter les membres qui ont vécu plusieurs échanges à accompagner"),
        _("former chaque année de nouvelles personnes à la médiation"),
    ),
    Dimension.SUPPORT: (
        _("montrer les chiffres de l’année à qui parraine"),
        _("demander que le temps d’échange soit accordé par écrit"),
    ),
}


def fitting_goal(level: int) -> int:
    """Return the level to aim at in a year from this one: one step up, which is already a lot."""
    return min(level + 1, LEVELS[-1])


# -- the map of savoirs ----------------------------------------------------------------------------------------

# A savoir that somebody seeks is rare while so few offer it; it is sought when that many ask, twice as many as offers.
RARE_HOLDERS = 1
SOUGHT_REQUESTS, SOUGHT_TIMES = 3, 2
# A region bears the name of a family when that share of its savoirs that have one are of it.
FAMILY_SHARE = 0.5


class Showing(TextChoices):
    """What of the map is shown."""

    ALL = "", _("tous les savoirs")
    RARE = "rare", _("les savoirs rares")
    SOUGHT = "sought", _("les savoirs recherchés")

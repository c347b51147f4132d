"""Figures about the means of a network: who helps, what is written, the time and money it takes and gives."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from reciproque.insights.rules.shapes import Indicator, Over, Shape

MEANS: tuple[Indicator, ...] = (
    # -- the team ----------------------------------------------------------------------------------
    Indicator(
        id="pool.size",
        name=_("Équipe d’appui"),
        formula=_(
            "Personnes de l’équipe d’appui (accompagner, animer, tenir une bourse) présentes à la fin de "
            "la période."
        ),
        numerator=_("personnes de l’équipe d’appui"),
        shape=Shape.COUNT,
        over=Over.STATE,
        source=_("équipe d’appui"),
        lever=_("Si elle baisse, invitez les membres qui ont vécu plusieurs échanges à accompagner."),
        better="up",
        opens="person",
    ),
    Indicator(
        id="pool.share",
        name=_("Part de l’équipe d’appui"),
        formula=_("Membres qui font partie de l’équipe d’appui, divisés par les membres."),
        numerator=_("membres de l’équipe d’appui"),
        denominator=_("membres"),
        shape=Shape.RATE,
        over=Over.STATE,
        source=_("équipe d’appui, adhésions"),
        lever=_(
            "Si elle baisse, le réseau grandit plus vite que son équipe : formez avant d’ouvrir plus loin."
        ),
        better="up",
        opens="person",
    ),
    Indicator(
        id="messages.sent",
        name=_("Messages écrits"),
        formula=_(
            "Messages écrits entre membres pendant la période, dans les conversations des mises en "
            "relation et des échanges ; leur contenu n’est lu par personne."
        ),
        numerator=_("messages écrits"),
        shape=Shape.COUNT,
        over=Over.FLOW,
        source=_("conversations"),
        lever=_(
            "S’ils baissent, vérifiez que les courriels arrivent et que les demandes trouvent quelqu’un."
        ),
        opens="message",
    ),
    Indicator(
        id="messages.answered",
        name=_("Messages qui ont une suite"),
        formula=_(
            "Messages de la période après lesquels une autre personne a écrit dans la même conversation, "
            "divisés par les messages."
        ),
        numerator=_("messages suivis d’une réponse"),
        denominator=_("messages"),
        shape=Shape.RATE,
        over=Over.FLOW,
        source=_("conversations"),
        lever=_("Si leur part baisse, aidez à prendre rendez-vous : une date vaut mieux que dix messages."),
        better="up",
        opens="message",
    ),
    # -- money and time ----------------------------------------------------------------------------
    Indicator(
        id="productivity.low",
        name=_("Heures gagnées, estimation basse"),
        formula=_(
            "Estimation : chaque savoir déjà utilisé fait gagner une heure par an, sans dépasser une "
            "semaine de 35 heures par personne et par an."
        ),
        numerator=_("heures estimées"),
        shape=Shape.HOURS,
        over=Over.FLOW,
        source=_("bilans de ceux qui apprennent, hypothèses écrites ici"),
        lever=_(
            "C’est une estimation, jamais une mesure : changez les hypothèses avec ceux que cela concerne."
        ),
        better="up",
        opens="review",
    ),
    Indicator(
        id="productivity.central",
        name=_("Heures gagnées, estimation centrale"),
        formula=_(
            "Estimation : chaque savoir déjà utilisé fait gagner quatre heures par an, sans dépasser une "
            "semaine de 35 heures par personne et par an."
        ),
        numerator=_("heures estimées"),
        shape=Shape.HOURS,
        over=Over.FLOW,
        source=_("bilans de ceux qui apprennent, hypothèses écrites ici"),
        lever=_(
            "C’est une estimation, jamais une mesure : changez les hypothèses avec ceux que cela concerne."
        ),
        better="up",
        opens="review",
    ),
    Indicator(
        id="productivity.high",
        name=_("Heures gagnées, estimation haute"),
        formula=_(
            "Estimation : chaque savoir déjà utilisé, ou que l’on prévoit d’utiliser, fait gagner huit "
            "heures par an, sans dépasser une semaine de 35 heures par personne et par an."
        ),
        numerator=_("heures estimées"),
        shape=Shape.HOURS,
        over=Over.FLOW,
        source=_("bilans de ceux qui apprennent, hypothèses écrites ici"),
        lever=_(
            "C’est une estimation, jamais une mesure : changez les hypothèses avec ceux que cela concerne."
        ),
        better="up",
        opens="review",
    ),
    Indicator(
        id="cost.exchange",
        name=_("Coût d’un échange"),
        formula=_(
            "Coût de fonctionnement de la période (animation, outils, événements), tel que le réseau l’a "
            "dit, divisé par les échanges réalisés."
        ),
        numerator=_("euros de fonctionnement"),
        denominator=_("échanges réalisés"),
        shape=Shape.MONEY,
        over=Over.FLOW,
        source=_("montants donnés par l’animation, échanges réalisés"),
        lever=_("S’il monte, les échanges baissent plus que les dépenses : regardez d’abord les échanges."),
        better="down",
    ),
    Indicator(
        id="cost.hour",
        name=_("Coût d’une heure partagée"),
        formula=_(
            "Coût de fonctionnement de la période, tel que le réseau l’a dit, divisé par les heures "
            "d’échanges, suivis ou déclarés. À comparer au prix d’une heure de formation classique."
        ),
        numerator=_("euros de fonctionnement"),
        denominator=_("heures d’échanges"),
        shape=Shape.MONEY,
        over=Over.FLOW,
        source=_("montants donnés par l’animation, échanges réalisés"),
        lever=_("S’il monte, les échanges baissent plus que les dépenses : regardez d’abord les échanges."),
        better="down",
    ),
    Indicator(
        id="cost.training_hour",
        name=_("Prix d’une heure de formation classique"),
        formula=_(
            "Prix d’une journée de formation classique, tel que le réseau l’a dit, divisé par les heures "
            "qu’elle compte."
        ),
        numerator=_("euros d’une journée de formation"),
        denominator=_("heures d’une journée de formation"),
        shape=Shape.MONEY,
        over=Over.STATE,
        source=_("montants donnés par l’animation"),
        lever=_("C’est un repère, pas un objectif : un échange ne remplace pas une formation longue."),
    ),
)

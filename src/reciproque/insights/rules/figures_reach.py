"""Figures about how open a network is, the savoirs it holds, and what is felt of it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from reciproque.insights.rules.shapes import ALL_CUTS, Indicator, Over, Shape

REACH: tuple[Indicator, ...] = (
    # -- reciprocity and openness ------------------------------------------------------------------
    Indicator(
        id="reciprocity.both",
        name=_("Membres qui ont reçu et transmis"),
        formula=_(
            "Membres qui, depuis le début et jusqu’à la fin de la période, ont appris dans un échange et "
            "transmis dans un autre, divisés par les membres."
        ),
        numerator=_("membres ayant appris et transmis"),
        denominator=_("membres"),
        shape=Shape.RATE,
        over=Over.STATE,
        source=_("échanges réalisés, adhésions"),
        lever=_(
            "Si leur part baisse, invitez ceux qui n’ont fait que recevoir à dire ce qu’ils pourraient "
            "offrir, en leur laissant le temps."
        ),
        better="up",
        cuts=ALL_CUTS,
        opens="person",
    ),
    Indicator(
        id="reciprocity.one",
        name=_("Membres d’un seul côté"),
        formula=_(
            "Membres qui, jusqu’à la fin de la période, ont seulement appris ou seulement transmis, "
            "divisés par les membres."
        ),
        numerator=_("membres ayant appris ou transmis, pas les deux"),
        denominator=_("membres"),
        shape=Shape.RATE,
        over=Over.STATE,
        source=_("échanges réalisés, adhésions"),
        lever=_(
            "Si leur part monte, c’est une invitation à faire, pas une faute : ne faire que donner est "
            "aussi un déséquilibre."
        ),
        better="down",
        cuts=ALL_CUTS,
        opens="person",
    ),
    Indicator(
        id="reciprocity.neither",
        name=_("Membres sans échange"),
        formula=_(
            "Membres qui, jusqu’à la fin de la période, n’ont encore fait aucun échange, divisés par les "
            "membres."
        ),
        numerator=_("membres sans échange"),
        denominator=_("membres"),
        shape=Shape.RATE,
        over=Over.STATE,
        source=_("échanges réalisés, adhésions"),
        lever=_(
            "Si leur part monte, accompagnez le premier échange des nouveaux : trois mois après leur "
            "arrivée, il vient rarement seul."
        ),
        better="down",
        cuts=ALL_CUTS,
        opens="person",
    ),
    Indicator(
        id="openness.rings",
        name=_("Membres dans une boucle"),
        formula=_(
            "Membres pris dans une boucle de réciprocité : d’échange en échange, ce qu’ils transmettent "
            "leur revient en passant par au moins deux autres personnes."
        ),
        numerator=_("membres dans une boucle"),
        denominator=_("membres"),
        shape=Shape.RATE,
        over=Over.STATE,
        source=_("échanges réalisés, adhésions"),
        lever=_(
            "Si leur part baisse, faites vivre les boucles proposées : recevoir d’une autre personne que "
            "celle à qui l’on transmet."
        ),
        better="up",
        cuts=ALL_CUTS,
        opens="person",
    ),
    Indicator(
        id="openness.distance",
        name=_("Distance entre équipes"),
        formula=_(
            "Nombre moyen de pas, dans l’organigramme, entre l’équipe de qui apprend et celle de qui "
            "transmet : 0 dans la même équipe. L’équipe est l’unité la plus fine que donne l’annuaire."
        ),
        numerator=_("échanges dont les deux équipes sont connues"),
        shape=Shape.MEAN,
        over=Over.FLOW,
        source=_("échanges réalisés, annuaire"),
        lever=_("Si elle baisse, le réseau se referme : proposez des rencontres entre services éloignés."),
        better="up",
        cuts=ALL_CUTS,
        opens="exchange",
    ),
    Indicator(
        id="flows.units",
        name=_("Échanges entre équipes"),
        formula=_(
            "Échanges réalisés pendant la période entre personnes d’équipes différentes, divisés par ceux "
            "dont les deux équipes sont connues. L’équipe est l’unité la plus fine que donne l’annuaire ; les "
            "services, par lesquels on détaille, en réunissent plusieurs."
        ),
        numerator=_("échanges entre équipes différentes"),
        denominator=_("échanges dont les deux équipes sont connues"),
        shape=Shape.RATE,
        over=Over.FLOW,
        source=_("échanges réalisés, annuaire"),
        lever=_("Si leur part baisse, tenez une bourse à plusieurs services."),
        better="up",
        cuts=ALL_CUTS,
        opens="exchange",
    ),
    Indicator(
        id="flows.sites",
        name=_("Échanges entre sites"),
        formula=_(
            "Échanges réalisés pendant la période entre personnes de sites différents, divisés par ceux "
            "dont les deux sites sont connus."
        ),
        numerator=_("échanges entre sites différents"),
        denominator=_("échanges dont les deux sites sont connus"),
        shape=Shape.RATE,
        over=Over.FLOW,
        source=_("échanges réalisés, annuaire"),
        lever=_(
            "Si leur part baisse, rappelez que l’on échange aussi par téléphone et en visio, surtout "
            "depuis les sites isolés."
        ),
        better="up",
        cuts=ALL_CUTS,
        opens="exchange",
    ),
    Indicator(
        id="flows.levels",
        name=_("Échanges entre niveaux"),
        formula=_(
            "Échanges réalisés pendant la période entre personnes de niveaux différents, divisés par ceux "
            "dont les deux niveaux sont connus."
        ),
        numerator=_("échanges entre niveaux différents"),
        denominator=_("échanges dont les deux niveaux sont connus"),
        shape=Shape.RATE,
        over=Over.FLOW,
        source=_("échanges réalisés, annuaire"),
        lever=_("Si leur part baisse, faites demander des cadres à des agents : tous les savoirs se valent."),
        better="up",
        cuts=ALL_CUTS,
        opens="exchange",
    ),
    Indicator(
        id="load.most_asked",
        name=_("Poids des plus sollicités"),
        formula=_(
            "Échanges de la période transmis par le dixième des personnes qui ont le plus transmis, "
            "divisés par tous ceux dont on sait qui transmet."
        ),
        numerator=_("échanges transmis par les plus sollicités"),
        denominator=_("échanges dont on sait qui transmet"),
        shape=Shape.RATE,
        over=Over.FLOW,
        source=_("échanges réalisés"),
        lever=_(
            "S’il monte, proposez d’autres personnes, et des séances à plusieurs : deux ou trois experts "
            "s’épuisent."
        ),
        better="down",
        opens="exchange",
    ),
    # -- savoirs -----------------------------------------------------------------------------------
    Indicator(
        id="savoirs.rare",
        name=_("Savoirs rares"),
        formula=_(
            "Savoirs que quelqu’un demande et qu’une personne au plus offre, divisés par les savoirs "
            "demandés ou offerts aujourd’hui."
        ),
        numerator=_("savoirs demandés qu’une personne au plus offre"),
        denominator=_("savoirs demandés ou offerts"),
        shape=Shape.RATE,
        over=Over.STATE,
        source=_("offres et demandes ouvertes"),
        lever=_("Si leur part monte, cherchez qui pourrait offrir la même chose : appels, ateliers, fiches."),
        better="down",
        opens="savoir",
        remembered=True,
    ),
    Indicator(
        id="savoirs.sought",
        name=_("Savoirs recherchés"),
        formula=_(
            "Savoirs demandés au moins trois fois, et deux fois plus qu’ils ne sont offerts, divisés par "
            "les savoirs demandés ou offerts aujourd’hui."
        ),
        numerator=_("savoirs recherchés"),
        denominator=_("savoirs demandés ou offerts"),
        shape=Shape.RATE,
        over=Over.STATE,
        source=_("offres et demandes ouvertes"),
        lever=_("Si leur part monte, ouvrez une séance à plusieurs sur ces sujets."),
        better="down",
        opens="savoir",
        remembered=True,
    ),
    Indicator(
        id="savoirs.at_risk",
        name=_("Savoirs en danger"),
        formula=_(
            "Savoirs recherchés sans réponse, portés par une ou deux personnes, ou sans échange depuis un "
            "an. Un départ annoncé n’y est jamais montré."
        ),
        numerator=_("savoirs en danger"),
        shape=Shape.COUNT,
        over=Over.STATE,
        source=_("offres, demandes, échanges, fiches"),
        lever=_("Si leur nombre monte, demandez une fiche à qui sait, pour chaque savoir en danger."),
        better="down",
        opens="savoir",
        remembered=True,
    ),
    Indicator(
        id="savoirs.single",
        name=_("Savoirs portés par une ou deux personnes"),
        formula=_("Savoirs que seules une ou deux personnes portent : un départ suffirait à les perdre."),
        numerator=_("savoirs portés par une ou deux personnes"),
        shape=Shape.COUNT,
        over=Over.STATE,
        source=_("offres, savoirs montrés"),
        lever=_("Si leur nombre monte, invitez chacune de ces personnes à transmettre à une autre."),
        better="down",
        opens="savoir",
        remembered=True,
    ),
    # -- felt effects ------------------------------------------------------------------------------
    Indicator(
        id="impact.objectives",
        name=_("Effet sur les objectifs"),
        formula=_(
            "Réponses favorables à la question sur les objectifs du questionnaire d’impact, posé après le "
            "troisième échange comme demandeur, divisées par les réponses."
        ),
        numerator=_("réponses favorables"),
        denominator=_("réponses"),
        shape=Shape.RATE,
        over=Over.FLOW,
        source=_("questionnaire d’impact"),
        lever=_("S’il baisse, reliez les demandes à un travail en cours : « pour quoi faire ? »."),
        better="up",
    ),
    Indicator(
        id="impact.management",
        name=_("Effet sur le management"),
        formula=_(
            "Réponses favorables à la question sur le management du questionnaire d’impact, divisées par "
            "les réponses."
        ),
        numerator=_("réponses favorables"),
        denominator=_("réponses"),
        shape=Shape.RATE,
        over=Over.FLOW,
        source=_("questionnaire d’impact"),
        lever=_("S’il baisse, parlez du réseau aux responsables : du temps accordé, par écrit."),
        better="up",
    ),
    Indicator(
        id="impact.relations",
        name=_("Effet sur les relations entre collègues"),
        formula=_(
            "Réponses favorables à la question sur les relations du questionnaire d’impact, divisées par "
            "les réponses."
        ),
        numerator=_("réponses favorables"),
        denominator=_("réponses"),
        shape=Shape.RATE,
        over=Over.FLOW,
        source=_("questionnaire d’impact"),
        lever=_("S’il baisse, tenez des moments collectifs : on se parle d’abord de vive voix."),
        better="up",
    ),
    Indicator(
        id="impact.oneself",
        name=_("Effet sur soi"),
        formula=_(
            "Réponses favorables à la question sur soi du questionnaire d’impact, divisées par les réponses."
        ),
        numerator=_("réponses favorables"),
        denominator=_("réponses"),
        shape=Shape.RATE,
        over=Over.FLOW,
        source=_("questionnaire d’impact"),
        lever=_("S’il baisse, dites à chacun ce que ses échanges ont apporté à d’autres."),
        better="up",
    ),
)

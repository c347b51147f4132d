"""Figures about people, and what they offer and seek."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from reciproque.insights.rules.shapes import ALL_CUTS, Indicator, Over, Shape

PEOPLE: tuple[Indicator, ...] = (
    # -- people ------------------------------------------------------------------------------------
    Indicator(
        id="members.eligible",
        name=_("Personnes éligibles"),
        formula=_(
            "Personnes présentes à la fin de la période que l’un des cercles d’ouverture alors en vigueur "
            "admet."
        ),
        numerator=_("personnes présentes admises par un cercle d’ouverture"),
        shape=Shape.COUNT,
        over=Over.STATE,
        source=_("annuaire et cercles d’ouverture du réseau"),
        lever=_(
            "Si ce nombre baisse, vérifiez la mise à jour de l’annuaire ; s’il ne monte pas, ouvrez le "
            "réseau à un cercle de plus."
        ),
        cuts=ALL_CUTS,
        opens="person",
    ),
    Indicator(
        id="members.members",
        name=_("Membres"),
        formula=_("Personnes membres du réseau et présentes à la fin de la période."),
        numerator=_("membres présents"),
        shape=Shape.COUNT,
        over=Over.STATE,
        source=_("adhésions"),
        lever=_(
            "Si leur nombre baisse, demandez à ceux qui partent ce qui leur a manqué, et proposez à "
            "chaque nouveau la séance « trouver ce que je sais »."
        ),
        better="up",
        cuts=ALL_CUTS,
        opens="person",
    ),
    Indicator(
        id="members.joined",
        name=_("Arrivées"),
        formula=_("Personnes entrées dans le réseau pendant la période, même si elles l’ont quitté depuis."),
        numerator=_("adhésions commencées pendant la période"),
        shape=Shape.COUNT,
        over=Over.FLOW,
        source=_("adhésions"),
        lever=_("Si elles baissent, tenez une bourse aux savoirs dans un service encore absent."),
        better="up",
        cuts=ALL_CUTS,
        opens="person",
    ),
    Indicator(
        id="members.active",
        name=_("Membres actifs"),
        formula=_(
            "Membres à la fin de la période qui, dans les douze mois d’avant, ont fait au moins un "
            "geste : publier, demander une mise en relation, échanger, écrire une fiche, poser une "
            "question, juger une fiche."
        ),
        numerator=_("membres ayant fait un geste en douze mois"),
        shape=Shape.COUNT,
        over=Over.STATE,
        source=_("offres et demandes, mises en relation, échanges, fiches, questions"),
        lever=_(
            "Si leur nombre baisse, regardez d’abord les demandes sans réponse : on revient là où l’on a "
            "trouvé."
        ),
        better="up",
        cuts=ALL_CUTS,
        opens="person",
    ),
    Indicator(
        id="members.engagement",
        name=_("Taux d’engagement"),
        formula=_(
            "Membres ayant fait au moins un geste dans les douze mois d’avant, divisés par les membres."
        ),
        numerator=_("membres ayant fait un geste en douze mois"),
        denominator=_("membres"),
        shape=Shape.RATE,
        over=Over.STATE,
        source=_("offres et demandes, mises en relation, échanges, fiches, questions"),
        lever=_(
            "S’il baisse, faites vivre des moments collectifs et répondez d’abord aux demandes qui "
            "attendent ; l’engagement se gagne sur le volontariat."
        ),
        target=0.30,
        better="up",
        cuts=ALL_CUTS,
        opens="person",
    ),
    Indicator(
        id="members.reach",
        name=_("Engagement des personnes éligibles"),
        formula=_(
            "Personnes éligibles, membres, ayant fait au moins un geste dans les douze mois d’avant, "
            "divisées par les personnes éligibles."
        ),
        numerator=_("membres éligibles ayant fait un geste en douze mois"),
        denominator=_("personnes éligibles"),
        shape=Shape.RATE,
        over=Over.STATE,
        source=_("annuaire, adhésions, offres et demandes, échanges"),
        lever=_(
            "S’il baisse, c’est dehors qu’il faut aller : invitez par les sites et les services encore "
            "absents."
        ),
        better="up",
        cuts=ALL_CUTS,
        opens="person",
    ),
    # -- offers and requests -----------------------------------------------------------------------
    Indicator(
        id="posts.offers",
        name=_("Offres publiées"),
        formula=_("Offres publiées pendant la période, quel que soit leur état depuis."),
        numerator=_("offres publiées"),
        shape=Shape.COUNT,
        over=Over.FLOW,
        source=_("offres"),
        lever=_(
            "Si elles baissent, invitez à dire ce que l’on sait faire : entretien, atelier, « trouver ce "
            "que je sais »."
        ),
        better="up",
        cuts=ALL_CUTS,
        opens="post",
    ),
    Indicator(
        id="posts.requests",
        name=_("Demandes publiées"),
        formula=_("Demandes publiées pendant la période, quel que soit leur état depuis."),
        numerator=_("demandes publiées"),
        shape=Shape.COUNT,
        over=Over.FLOW,
        source=_("demandes"),
        lever=_(
            "Si elles baissent, montrez ce qui s’est trouvé grâce à une demande : on demande quand on "
            "sait que l’on trouve."
        ),
        better="up",
        cuts=ALL_CUTS,
        opens="post",
    ),
    Indicator(
        id="posts.open",
        name=_("Offres et demandes ouvertes"),
        formula=_("Offres et demandes publiées et encore valables à la fin de la période."),
        numerator=_("offres et demandes ouvertes"),
        shape=Shape.COUNT,
        over=Over.STATE,
        source=_("offres et demandes"),
        lever=_("Si ce nombre baisse, relancez celles qui vont expirer : un clic suffit à leur auteur."),
        better="up",
        cuts=ALL_CUTS,
        opens="post",
    ),
    Indicator(
        id="posts.both",
        name=_("Membres qui offrent et demandent"),
        formula=_(
            "Membres ayant à la fin de la période au moins une offre et une demande ouvertes, divisés par "
            "les membres."
        ),
        numerator=_("membres ayant une offre et une demande ouvertes"),
        denominator=_("membres"),
        shape=Shape.RATE,
        over=Over.STATE,
        source=_("offres et demandes, adhésions"),
        lever=_(
            "Si leur part baisse, invitez ceux qui n’ont fait qu’offrir à chercher quelque chose, et "
            "l’inverse."
        ),
        better="up",
        cuts=ALL_CUTS,
        opens="person",
    ),
    Indicator(
        id="requests.answered",
        name=_("Demandes qui trouvent à temps"),
        formula=_(
            "Demandes publiées pendant la période et dont le délai est passé, pour lesquelles quelqu’un a "
            "dit oui avant la fin du délai de réponse du réseau, compté en jours depuis la publication."
        ),
        numerator=_("demandes ayant reçu un oui dans le délai"),
        denominator=_("demandes dont le délai est passé"),
        shape=Shape.RATE,
        over=Over.FLOW,
        source=_("demandes, mises en relation"),
        lever=_(
            "Si leur part baisse, sollicitez des personnes qui savent pour les demandes qui attendent, et"
            " cherchez des offres là où l’on demande."
        ),
        better="up",
        cuts=ALL_CUTS,
        opens="post",
    ),
    Indicator(
        id="requests.wait",
        name=_("Attente d’une demande"),
        formula=_(
            "Temps entre la publication d’une demande et le premier oui, pour les demandes qui l’ont reçu "
            "pendant la période : la moitié a attendu moins."
        ),
        numerator=_("demandes ayant reçu leur premier oui"),
        shape=Shape.MEDIAN_DAYS,
        over=Over.FLOW,
        source=_("demandes, mises en relation"),
        lever=_(
            "Si elle s’allonge, regardez les demandes sans personne depuis trois semaines, puis les "
            "personnes trop sollicitées."
        ),
        better="down",
        cuts=ALL_CUTS,
        opens="post",
    ),
)

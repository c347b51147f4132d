"""Figures about what comes of being introduced: exchanges, and what their people say of them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from reciproque.insights.rules.shapes import ALL_CUTS, Indicator, Over, Shape

EXCHANGES: tuple[Indicator, ...] = (
    # -- from being introduced to being satisfied --------------------------------------------------
    Indicator(
        id="funnel.asked",
        name=_("Mises en relation demandées"),
        formula=_("Mises en relation demandées pendant la période."),
        numerator=_("mises en relation demandées"),
        shape=Shape.COUNT,
        over=Over.FLOW,
        source=_("mises en relation"),
        lever=_(
            "Si elles baissent, vérifiez que des suggestions sont proposées, et que les offres restent à "
            "jour."
        ),
        better="up",
        cuts=ALL_CUTS,
        opens="introduction",
    ),
    Indicator(
        id="funnel.agreed",
        name=_("Mises en relation convenues"),
        formula=_(
            "Mises en relation demandées pendant la période qui ont abouti à un échange convenu, divisées "
            "par celles qui ont été demandées."
        ),
        numerator=_("mises en relation ayant abouti à un accord"),
        denominator=_("mises en relation demandées"),
        shape=Shape.RATE,
        over=Over.FLOW,
        source=_("mises en relation"),
        lever=_(
            "Si leur part baisse, lisez les raisons des refus : pas le temps, pas tout à fait le sujet, "
            "déjà assez d’échanges."
        ),
        better="up",
        cuts=ALL_CUTS,
        opens="introduction",
    ),
    Indicator(
        id="funnel.held",
        name=_("Échanges tenus après accord"),
        formula=_(
            "Parmi les accords nés d’une mise en relation demandée pendant la période, ceux dont "
            "l’échange a eu lieu."
        ),
        numerator=_("accords dont l’échange a eu lieu"),
        denominator=_("accords"),
        shape=Shape.RATE,
        over=Over.FLOW,
        source=_("mises en relation, échanges"),
        lever=_("Si leur part baisse, aidez à fixer la première date : un accord sans date s’oublie."),
        better="up",
        cuts=ALL_CUTS,
        opens="introduction",
    ),
    Indicator(
        id="funnel.reviewed",
        name=_("Échanges avec un bilan"),
        formula=_("Parmi ces échanges tenus, ceux qui ont au moins un bilan."),
        numerator=_("échanges tenus ayant un bilan"),
        denominator=_("échanges tenus"),
        shape=Shape.RATE,
        over=Over.FLOW,
        source=_("échanges clos, bilans"),
        lever=_("Si leur part baisse, proposez de faire le bilan par téléphone, ou sur la fiche de papier."),
        better="up",
        cuts=ALL_CUTS,
        opens="introduction",
    ),
    Indicator(
        id="funnel.satisfied",
        name=_("Échanges jugés utiles"),
        formula=_(
            "Parmi ces échanges avec un bilan, ceux dont tous les bilans disent « utile » ou « très utile »."
        ),
        numerator=_("échanges dont tous les bilans sont favorables"),
        denominator=_("échanges ayant un bilan"),
        shape=Shape.RATE,
        over=Over.FLOW,
        source=_("échanges clos, bilans"),
        lever=_(
            "Si leur part baisse, aidez à écrire ce que l’on attend avant de commencer : but, niveau, "
            "méthode, signe de réussite."
        ),
        better="up",
        cuts=ALL_CUTS,
        opens="introduction",
    ),
    # -- exchanges ---------------------------------------------------------------------------------
    Indicator(
        id="exchanges.held",
        name=_("Échanges réalisés"),
        formula=_(
            "Échanges qui ont eu lieu pendant la période, suivis ici ou déclarés et confirmés. Chacun est "
            "compté une fois, chez la personne qui apprend."
        ),
        numerator=_("échanges réalisés"),
        shape=Shape.COUNT,
        over=Over.FLOW,
        source=_("échanges"),
        lever=_("S’ils baissent, regardez où l’entonnoir se resserre : réponse, accord, date ou bilan."),
        better="up",
        cuts=ALL_CUTS,
        opens="exchange",
    ),
    Indicator(
        id="exchanges.followed",
        name=_("Échanges suivis ici"),
        formula=_("Échanges réalisés pendant la période et suivis ici depuis la mise en relation."),
        numerator=_("échanges suivis ici"),
        shape=Shape.COUNT,
        over=Over.FLOW,
        source=_("échanges"),
        lever=_(
            "S’ils baissent quand les déclarés montent, c’est que l’on échange sans passer par ici : "
            "simplifiez, ne forcez pas."
        ),
        better="up",
        cuts=ALL_CUTS,
        opens="exchange",
    ),
    Indicator(
        id="exchanges.declared",
        name=_("Échanges déclarés"),
        formula=_("Échanges réalisés pendant la période, déclarés après coup et confirmés."),
        numerator=_("échanges déclarés et confirmés"),
        shape=Shape.COUNT,
        over=Over.FLOW,
        source=_("échanges déclarés"),
        lever=_(
            "S’ils baissent, rappelez que tout échange compte, même fait au café : une minute suffit pour "
            "le dire."
        ),
        better="up",
        cuts=ALL_CUTS,
        opens="exchange",
    ),
    Indicator(
        id="hours.followed",
        name=_("Heures d’échanges suivis ici"),
        formula=_(
            "Durée des échanges suivis ici et réalisés pendant la période ; une heure à deux compte une "
            "heure."
        ),
        numerator=_("heures d’échanges suivis ici"),
        shape=Shape.HOURS,
        over=Over.FLOW,
        source=_("échanges, rendez-vous"),
        lever=_("Ces heures ne valent ni crédit ni classement : elles disent la taille du temps partagé."),
        cuts=ALL_CUTS,
        opens="exchange",
    ),
    Indicator(
        id="hours.declared",
        name=_("Heures d’échanges déclarés"),
        formula=_(
            "Durée des échanges déclarés et confirmés, réalisés pendant la période ; une heure à deux "
            "compte une heure."
        ),
        numerator=_("heures d’échanges déclarés"),
        shape=Shape.HOURS,
        over=Over.FLOW,
        source=_("échanges déclarés"),
        lever=_("Ces heures ne valent ni crédit ni classement : elles disent la taille du temps partagé."),
        cuts=ALL_CUTS,
        opens="exchange",
    ),
    Indicator(
        id="hours.said",
        name=_("Heures dites au bilan"),
        formula=_(
            "Heures que chacun dit avoir passées, préparation comprise, dans les bilans écrits pendant la "
            "période."
        ),
        numerator=_("heures dites au bilan"),
        shape=Shape.HOURS,
        over=Over.FLOW,
        source=_("bilans d’échanges clos"),
        lever=_(
            "Si elles montent sans que les échanges montent, la préparation pèse : proposez une fiche "
            "déjà écrite."
        ),
        cuts=ALL_CUTS,
        opens="review",
    ),
    # -- satisfaction and use ----------------------------------------------------------------------
    Indicator(
        id="reviews.satisfaction",
        name=_("Satisfaction"),
        formula=_(
            "Bilans d’échanges clos, écrits pendant la période, qui disent l’échange « utile » ou « très "
            "utile », divisés par tous."
        ),
        numerator=_("bilans « utile » ou « très utile »"),
        denominator=_("bilans"),
        shape=Shape.RATE,
        over=Over.FLOW,
        source=_("bilans d’échanges clos"),
        lever=_("Si elle baisse, lisez ce qui était convenu : l’attente floue est la première cause."),
        better="up",
        cuts=ALL_CUTS,
        opens="review",
    ),
    Indicator(
        id="reviews.usable",
        name=_("Savoirs déjà utilisés"),
        formula=_(
            "Bilans de ceux qui apprennent, écrits pendant la période, qui disent que le savoir a déjà "
            "servi, divisés par ceux qui répondent à la question."
        ),
        numerator=_("bilans « oui, déjà »"),
        denominator=_("bilans répondant à la question"),
        shape=Shape.RATE,
        over=Over.FLOW,
        source=_("bilans d’échanges clos"),
        lever=_(
            "Si leur part baisse, demandez avant l’échange « pour quoi faire ? » et au bilan « quand vous"
            " en servirez-vous ? »."
        ),
        better="up",
        cuts=ALL_CUTS,
        opens="review",
    ),
    Indicator(
        id="reviews.again",
        name=_("Prêts à recommencer"),
        formula=_(
            "Bilans écrits pendant la période qui disent que l’on recommencerait, divisés par ceux qui "
            "répondent à la question."
        ),
        numerator=_("bilans « je recommencerais »"),
        denominator=_("bilans répondant à la question"),
        shape=Shape.RATE,
        over=Over.FLOW,
        source=_("bilans d’échanges clos"),
        lever=_(
            "Si leur part baisse, allégez : un échange plus court, un rendez-vous plus près, un objet "
            "plus étroit."
        ),
        better="up",
        cuts=ALL_CUTS,
        opens="review",
    ),
)

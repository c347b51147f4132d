"""The sentences of the first screen of a questionnaire: what is kept of who answers, who reads what comes out of it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from reciproque.surveys.models import Campaign


def readers_of(campaign: Campaign) -> str:
    """Say who reads what comes out of a campaign."""
    if campaign.shared:
        return _(
            "L’animation du réseau, ses parrains et marraines et les ressources humaines liront les résultats ; vous "
            "aussi, pour l’ensemble du réseau."
        )
    return _(
        "L’animation du réseau, ses parrains et marraines et les ressources humaines liront les résultats."
    )


def who_reads(campaign: Campaign) -> str:
    """Say to those who send a campaign who will read what comes out of it."""
    if campaign.shared:
        return _(
            "L’animation du réseau, ses parrains et marraines, les ressources humaines ; et, pour l’ensemble seulement, "
            "toutes les personnes invitées à répondre."
        )
    return _(
        "L’animation du réseau, ses parrains et marraines, les ressources humaines. Qui répond ne les lira pas : rien "
        "n’est partagé."
    )


def promises_of(campaign: Campaign) -> list[str]:
    """Return the sentences of the first screen: what is kept of who answers, and what follows from it."""
    least = {"least": campaign.least}
    groups = _(
        "Les résultats ne sont donnés que par groupes d’au moins %(least)s personnes, une fois le questionnaire clos."
    )
    if campaign.is_anonymous:
        return [
            _(
                "Ce questionnaire est anonyme : votre réponse est enregistrée sans votre nom, sans date et sans rien qui "
                "permette de la retrouver."
            ),
            _(
                "À côté, il est seulement noté que vous avez répondu, au jour près, en même temps que pour quatre autres "
                "personnes au moins."
            ),
            _(
                "Vous ne pourrez donc plus corriger votre réponse, et elle ne sera jamais rapprochée d’une autre de vos "
                "réponses."
            ),
            _(
                "Vous répondez une seule fois. Tant que ce n’est pas noté, un rappel peut encore vous être envoyé : votre "
                "réponse est bien là, vous n’avez rien à faire."
            ),
            groups % least,
            _("Si moins de cinq personnes répondent, les réponses sont effacées sans être lues."),
        ]
    return [
        _(
            "Ce questionnaire est confidentiel : le programme sait que cette réponse est la vôtre, et ne la montre à "
            "personne d’autre que vous."
        ),
        _("Vous pouvez la corriger jusqu’à la clôture, et l’effacer à tout moment."),
        *(
            [
                _(
                    "Elle sera rapprochée de votre réponse à l’autre moment, avant ou après, pour compter ce qui a changé."
                )
            ]
            if campaign.trigger == "pair"
            else []
        ),
        groups % least,
    ]

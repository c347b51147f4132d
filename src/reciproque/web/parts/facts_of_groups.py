"""One French sentence for each fact of practice-exchange groups and of the polls of their dates.

A fact of a group is read in the history of those whom it concerns, and names the group by its title alone.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

GROUPS: dict[str, dict[str, Any]] = {
    "circle.opened": {"me": _("Vous avez ouvert le groupe « %(title)s ».")},
    "circle.specified": {
        "me": _("Vous avez précisé le besoin du groupe « %(title)s »."),
        "them": _("%(who)s a précisé le besoin du groupe « %(title)s »."),
    },
    "circle.called": {
        "me": _("Vous avez appelé des volontaires pour le groupe « %(title)s »."),
        "none": _("Un groupe a appelé des volontaires : « %(title)s »."),
    },
    "circle.call_ended": {"none": _("L’appel à volontaires du groupe « %(title)s » est fini.")},
    "circle.taken_over": {
        "me": _("Vous avez pris la suite pour préparer le groupe « %(title)s »."),
        "them": _("%(who)s a pris la suite pour préparer le groupe « %(title)s »."),
    },
    "circle.lines": {
        "none": _("Deux membres du groupe « %(title)s » sont entrés dans la même ligne hiérarchique.")
    },
    "circle.guide_line": {
        "none": _("Dans le groupe « %(title)s », la facilitation touche la ligne hiérarchique d’un membre.")
    },
    "circle.charter_late": {"none": _("La charte du groupe « %(title)s » se fait attendre.")},
    "circle.waived": {
        "me": _("Vous avez levé une règle pour le groupe « %(title)s »."),
        "them": _("%(who)s a levé une règle pour le groupe « %(title)s »."),
    },
    "circle.constituted": {
        "me": _("Vous avez constitué le groupe « %(title)s »."),
        "none": _("Le groupe « %(title)s » a été constitué."),
    },
    "circle.began": {
        "me": _("Vous avez ouvert les séances du groupe « %(title)s »."),
        "none": _("Les séances du groupe « %(title)s » ont commencé."),
    },
    "circle.writing": {
        "none": _("Les séances du groupe « %(title)s » sont finies : place aux fiches et au bilan.")
    },
    "circle.reviewed": {
        "me": _("Vous avez fait le bilan du groupe « %(title)s »."),
        "none": _("Le bilan du groupe « %(title)s » est fait."),
    },
    "circle.closed": {
        "me": _("Vous avez clos le groupe « %(title)s »."),
        "none": _("Le groupe « %(title)s » est terminé."),
    },
    "circle.stopped": {
        "me": _("Vous avez arrêté le groupe « %(title)s »."),
        "none": _("Le groupe « %(title)s » s’est arrêté."),
    },
    "seat.applied": {
        "me": _("Vous avez proposé de faire partie du groupe « %(title)s »."),
        "none": _("Une candidature a été notée pour le groupe « %(title)s »."),
    },
    "seat.edited": {"me": _("Vous avez modifié votre objectif dans le groupe « %(title)s ».")},
    "seat.withdrawn": {
        "me": _("Vous avez retiré votre candidature au groupe « %(title)s »."),
        "none": _("Votre candidature au groupe « %(title)s » a été retirée."),
    },
    "seat.declined": {
        "me": _("Vous avez décliné une candidature au groupe « %(title)s »."),
        "none": _("Votre candidature au groupe « %(title)s » n’a pas été retenue."),
    },
    "seat.waiting": {"none": _("Vous êtes en liste d’attente du groupe « %(title)s ».")},
    "seat.moved_up": {"none": _("Une place s’est libérée pour vous dans l’appel du groupe « %(title)s ».")},
    "seat.admitted": {
        "me": _("Vous avez fait entrer quelqu’un dans le groupe « %(title)s »."),
        "none": _("Vous êtes désormais membre du groupe « %(title)s »."),
    },
    "seat.left": {
        "me": _("Vous avez quitté le groupe « %(title)s »."),
        "none": _("Vous ne faites plus partie du groupe « %(title)s »."),
    },
    "facilitator.named": {
        "me": _("Vous avez confié la facilitation du groupe « %(title)s »."),
        "them": _("%(who)s vous a confié la facilitation du groupe « %(title)s »."),
        "none": _("La facilitation du groupe « %(title)s » vous a été confiée."),
    },
    "facilitator.left": {
        "me": _("Vous avez laissé la facilitation du groupe « %(title)s »."),
        "none": _("La facilitation du groupe « %(title)s » est à confier de nouveau."),
    },
    "group_charter.written": {
        "me": _("Vous avez écrit la charte du groupe « %(title)s »."),
        "none": _("La charte du groupe « %(title)s » a été écrite."),
    },
    "group_charter.signed": {"me": _("Vous avez signé la charte du groupe « %(title)s ».")},
    "sessions.fixed": {
        "me": _("Vous avez fixé les dates du groupe « %(title)s »."),
        "none": _("Les dates du groupe « %(title)s » ont été fixées."),
    },
    "sessions.joined": {"none": _("Les séances du groupe « %(title)s » sont dans votre agenda.")},
    "sessions.left": {"none": _("Les séances du groupe « %(title)s » ont quitté votre agenda.")},
    "sessions.dropped": {"none": _("Les séances qui restaient au groupe « %(title)s » ont été annulées.")},
    "session.planned": {
        "me": _("Vous avez prévu une séance du groupe « %(title)s »."),
        "none": _("Une séance du groupe « %(title)s » a été prévue."),
    },
    "session.moved": {
        "me": _("Vous avez déplacé une séance du groupe « %(title)s »."),
        "none": _("Une séance du groupe « %(title)s » a été déplacée."),
    },
    "session.cancelled": {
        "me": _("Vous avez annulé une séance du groupe « %(title)s »."),
        "none": _("Une séance du groupe « %(title)s » a été annulée."),
    },
    "session.past": {"none": _("La présence à une séance du groupe « %(title)s » est à noter.")},
    "session.held": {
        "me": _("Vous avez noté qui était à une séance du groupe « %(title)s »."),
        "none": _("Une séance du groupe « %(title)s » est comptée comme tenue."),
    },
    "session.missed": {"me": _("Vous avez noté qu’une séance du groupe « %(title)s » n’a pas eu lieu.")},
    "session.opened": {"none": _("Une séance du groupe « %(title)s » a commencé.")},
    "session.closed": {"none": _("Une séance du groupe « %(title)s » s’est terminée.")},
    "outing.asked": {
        "me": _("Vous avez demandé si quelque chose peut sortir du groupe « %(title)s »."),
        "none": _("Votre accord a été demandé dans le groupe « %(title)s »."),
    },
    "outing.agreed": {"none": _("Quelque chose est sorti du groupe « %(title)s », avec l’accord de chacun.")},
    "outing.kept": {"none": _("Ce qui avait été proposé reste dans le groupe « %(title)s ».")},
    "outing.dropped": {"none": _("Une question posée au groupe « %(title)s » a été retirée.")},
    "outing.taken": {"none": _("Ce qui était sorti du groupe « %(title)s » a été repris.")},
    "report.sent": {
        "me": _("Vous avez adressé aux décideurs le bilan du groupe « %(title)s »."),
        "none": _("Le bilan du groupe « %(title)s » vous a été adressé."),
    },
    "poll.opened": {
        "me": _("Vous avez proposé des dates : « %(title)s »."),
        "none": _("Des dates vous ont été proposées : « %(title)s »."),
    },
    # By nobody: whoever asked learns that everyone answered.
    "poll.answered": {"none": _("Tout le monde a répondu au sondage de dates : « %(title)s ».")},
    "poll.closed": {
        "me": _("Vous avez clos le sondage de dates : « %(title)s »."),
        "none": _("Le sondage de dates est clos : « %(title)s »."),
    },
    "poll.cancelled": {
        "me": _("Vous avez abandonné le sondage de dates : « %(title)s »."),
        "none": _("Le sondage de dates est abandonné : « %(title)s »."),
    },
}

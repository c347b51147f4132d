"""One French sentence for each fact of risks, costs and studies."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

STEERING: dict[str, dict[str, Any]] = {
    "hazard.followed": {
        "me": _("Vous avez réglé le suivi d’un risque : %(title)s."),
        "them": _("%(who)s a réglé le suivi d’un risque : %(title)s."),
        "none": _("Le suivi d’un risque a été réglé : %(title)s."),
    },
    "hazard.reviewed": {
        "me": _("Vous avez revu un risque : %(title)s."),
        "them": _("%(who)s a revu un risque : %(title)s."),
        "none": _("Un risque a été revu : %(title)s."),
    },
    "hazard.given_back": {"none": _("Plus personne ne suit ce risque : il revient à l’équipe d’animation.")},
    "costs.set": {
        "me": _("Vous avez dit ce que coûte le réseau, à partir du %(since_on)s."),
        "them": _("%(who)s a dit ce que coûte le réseau, à partir du %(since_on)s."),
        "none": _("Les coûts du réseau ont été dits, à partir du %(since_on)s."),
    },
    "study.asked": {
        "me": _("Vous avez demandé une étude : « %(title)s »."),
        "them": _("%(who)s demande une étude : « %(title)s »."),
        "none": _("Une étude est demandée : « %(title)s »."),
    },
    "study.agreed": {
        "me": _("Vous avez accepté l’étude « %(title)s »."),
        "them": _("%(who)s a accepté l’étude « %(title)s »."),
        "none": _("L’étude « %(title)s » est acceptée."),
    },
    "study.declined": {
        "me": _("Vous avez refusé l’étude « %(title)s »."),
        "them": _("%(who)s a refusé l’étude « %(title)s »."),
        "none": _("L’étude « %(title)s » est refusée."),
    },
    "study.withdrawn": {
        "me": _("Vous avez retiré la demande d’étude « %(title)s »."),
        "them": _("%(who)s a retiré la demande d’étude « %(title)s »."),
        "none": _("La demande d’étude « %(title)s » est retirée."),
    },
    "study.coarsened": {
        "me": _("Vous avez regroupé davantage les données de l’étude « %(title)s »."),
        "them": _("%(who)s a regroupé davantage les données de l’étude « %(title)s »."),
        "none": _("Les données de l’étude « %(title)s » sont regroupées davantage."),
    },
    "study.made": {
        "me": _("Vous avez préparé les fichiers de l’étude « %(title)s » : %(lines)s lignes."),
        "them": _("%(who)s a préparé les fichiers de l’étude « %(title)s » : %(lines)s lignes."),
        "none": _("Les fichiers de l’étude « %(title)s » sont prêts."),
    },
    "study.taken": {
        "me": _("Vous avez pris les fichiers de l’étude « %(title)s »."),
        "them": _("%(who)s a pris les fichiers de l’étude « %(title)s »."),
        "none": _("Les fichiers de l’étude « %(title)s » ont été pris."),
    },
    "study.lapsed": {"none": _("Personne n’a répondu à la demande d’étude « %(title)s ».")},
    "study.ended": {
        "me": _("Vous avez terminé l’étude « %(title)s » : ses fichiers sont détruits."),
        "them": _("%(who)s a terminé l’étude « %(title)s » : ses fichiers sont détruits."),
        "none": _("L’étude « %(title)s » est terminée : ses fichiers sont détruits."),
    },
    "study.objected": {"me": _("Vous avez dit que vos données ne servent à aucune étude.")},
    "study.allowed": {"me": _("Vous avez dit que vos données peuvent servir à des études.")},
}

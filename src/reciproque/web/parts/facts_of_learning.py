"""One French sentence for each fact of learning networks: their frame, committee, launch day, groups and proposals.

A fact names what it is about by its title alone: never reasons, votes, marks, nor what somebody wrote.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

LEARNING: dict[str, dict[str, Any]] = {
    # -- the frame and its vote ----------------------------------------------------------------------------
    "frame.opened": {
        "me": _("Vous avez fait de « %(title)s » un réseau apprenant."),
        "them": _("%(who)s a fait de « %(title)s » un réseau apprenant et vous en a confié le parrainage."),
        "none": _("Le réseau « %(title)s » est devenu un réseau apprenant."),
    },
    "frame.edited": {
        "me": _("Vous avez modifié le cadre de « %(title)s »."),
        "none": _("Le cadre de « %(title)s » a changé."),
    },
    "frame.shown": {
        "me": _("Vous avez choisi ce que « %(title)s » montre au reste de l’organisation."),
        "none": _("Ce que « %(title)s » montre au reste de l’organisation a changé."),
    },
    "frame.started": {
        "me": _("Vous avez mis au travail les groupes de « %(title)s »."),
        "none": _("Les groupes de « %(title)s » sont au travail."),
    },
    "frame.ended": {
        "me": _("Vous avez terminé le réseau apprenant « %(title)s »."),
        "none": _("Le réseau apprenant « %(title)s » est terminé."),
    },
    "result.proposed": {
        "me": _("Vous avez proposé un résultat attendu : « %(title)s »."),
        "none": _("Un résultat attendu a été proposé : « %(title)s »."),
    },
    "result.edited": {
        "me": _("Vous avez modifié un résultat attendu : « %(title)s »."),
        "none": _("Un résultat attendu a changé : « %(title)s »."),
    },
    "result.withdrawn": {
        "me": _("Vous avez retiré un résultat attendu : « %(title)s »."),
        "none": _("Un résultat attendu a été retiré : « %(title)s »."),
    },
    "result.measured": {
        "me": _("Vous avez noté où en est « %(title)s » : %(value)s."),
        "none": _("La mesure de « %(title)s » a été notée : %(value)s."),
    },
    "themes.chosen": {
        "me": _("Vous avez choisi les thèmes de « %(title)s »."),
        "none": _("Les thèmes de « %(title)s » ont été choisis."),
    },
    "panel.invited": {
        "me": _("Vous avez invité des personnes au panel de « %(title)s »."),
        "them": _("%(who)s vous a invité à faire partie du panel de « %(title)s »."),
        "none": _("Vous faites partie du panel de « %(title)s »."),
    },
    "vote.opened": {
        "me": _("Vous avez ouvert le vote du panel de « %(title)s »."),
        "none": _("Le vote du panel de « %(title)s » est ouvert."),
    },
    "vote.extended": {
        "me": _("Vous avez prolongé le vote du panel de « %(title)s »."),
        "none": _("Le vote du panel de « %(title)s » est prolongé."),
    },
    "vote.closed": {
        "me": _("Vous avez clos le vote du panel de « %(title)s »."),
        "none": _("Le vote du panel de « %(title)s » est clos."),
    },
    # -- the committee -------------------------------------------------------------------------------------
    "committee.joined": {
        "me": _("Vous avez fait entrer une personne au comité de « %(title)s »."),
        "them": _("%(who)s fait désormais partie du comité de « %(title)s »."),
        "none": _("Une personne est entrée au comité de « %(title)s »."),
    },
    "committee.left": {
        "me": _("Vous avez noté un départ du comité de « %(title)s »."),
        "none": _("Une personne a quitté le comité de « %(title)s »."),
    },
    "committee.chaired": {
        "me": _("Vous avez désigné qui préside le comité de « %(title)s »."),
        "none": _("La présidence du comité de « %(title)s » a changé."),
    },
    "note_up.planned": {
        "me": _("Vous avez prévu d’informer quelqu’un de la hiérarchie : %(title)s."),
        "none": _("Une information à la hiérarchie a été prévue."),
    },
    "note_up.sent": {
        "me": _("Vous avez informé la hiérarchie de la vie de « %(title)s »."),
        "them": _("%(who)s vous a informé de la vie de « %(title)s »."),
        "none": _("Une information sur « %(title)s » vous a été adressée."),
    },
    "note_up.acknowledged": {
        "me": _("Vous avez accusé réception d’une information sur « %(title)s »."),
        "them": _("%(who)s a accusé réception de ce que vous aviez adressé sur « %(title)s »."),
    },
    "note_up.unread": {"none": _("Une information adressée à %(title)s n’a pas encore été lue.")},
    "note_up.cancelled": {
        "me": _("Vous avez annulé une information destinée à %(title)s."),
        "none": _("Une information destinée à %(title)s a été annulée, en disant pourquoi."),
    },
    "obstacle.raised": {
        "me": _("Vous avez signalé un obstacle au comité : « %(title)s »."),
        "none": _("Un obstacle attend une décision du comité : « %(title)s »."),
    },
    "obstacle.settled": {
        "me": _("Vous avez décidé d’un obstacle : « %(title)s »."),
        "none": _("Le comité a décidé d’un obstacle : « %(title)s »."),
    },
    # -- problems and questions ----------------------------------------------------------------------------
    "problem.asked": {
        "me": _("Vous avez posé une question ou un problème : « %(title)s »."),
        "none": _("Une question ou un problème a été posé : « %(title)s »."),
    },
    "problem.taken": {
        "me": _("Vous avez pris en main avec votre groupe : « %(title)s »."),
        "none": _("Un groupe a pris en main « %(title)s »."),
    },
    "problem.answered": {
        "me": _("Vous avez répondu à « %(title)s »."),
        "none": _("Une réponse a été donnée à « %(title)s »."),
    },
    "problem.set_aside": {
        "me": _("Vous avez laissé de côté « %(title)s », en disant pourquoi."),
        "none": _("Une question a été laissée de côté, avec ses raisons : « %(title)s »."),
    },
    "problem.freed": {
        "none": _("Le groupe qui s’en était saisi a terminé : « %(title)s » est de nouveau à prendre.")
    },
    "problem.merged": {
        "me": _("Vous avez réuni « %(title)s » à une question proche."),
        "none": _("Deux questions proches ont été réunies : « %(title)s »."),
    },
    # -- experiments ---------------------------------------------------------------------------------------
    "experiment.drafted": {
        "me": _("Vous avez commencé à écrire une expérimentation : « %(title)s »."),
        "none": _("Une expérimentation est en préparation : « %(title)s »."),
    },
    "experiment.edited": {
        "me": _("Vous avez modifié l’expérimentation « %(title)s »."),
        "none": _("L’expérimentation « %(title)s » a été modifiée."),
    },
    "experiment.asked": {
        "me": _("Vous avez demandé le soutien du comité pour « %(title)s »."),
        "none": _("Le soutien du comité est demandé pour l’expérimentation « %(title)s »."),
    },
    "experiment.supported": {
        "me": _("Vous avez apporté le soutien du comité à « %(title)s »."),
        "none": _("Le comité soutient l’expérimentation « %(title)s »."),
    },
    "experiment.sent_back": {
        "me": _("Vous avez rendu l’expérimentation « %(title)s » à retravailler, en disant pourquoi."),
        "none": _("L’expérimentation « %(title)s » est à retravailler avant d’être soutenue."),
    },
    "experiment.started": {
        "me": _("Vous avez commencé l’expérimentation « %(title)s »."),
        "none": _("L’expérimentation « %(title)s » a commencé."),
    },
    "experiment.criteria_changed": {
        "me": _("Vous avez changé les critères de « %(title)s », en disant pourquoi."),
        "none": _(
            "Les critères de l’expérimentation « %(title)s » ont changé : les anciens restent lisibles."
        ),
    },
    "experiment.checked": {
        "me": _("Vous avez fait un point d’étape de « %(title)s »."),
        "none": _("Un point d’étape de « %(title)s » a été fait."),
    },
    "experiment.measured": {
        "me": _("Vous avez écrit le résultat de l’expérimentation « %(title)s »."),
        "none": _("Le résultat de l’expérimentation « %(title)s » est écrit."),
    },
    "experiment.decided": {
        "me": _("Vous avez décidé de la suite de l’expérimentation « %(title)s », avec sa leçon."),
        "none": _("La suite de l’expérimentation « %(title)s » est décidée, avec sa leçon."),
    },
    "experiment.dropped": {
        "me": _("Vous avez renoncé à l’expérimentation « %(title)s » avant qu’elle ne commence."),
        "none": _("L’expérimentation « %(title)s » n’aura pas lieu."),
    },
    "experiment.handed": {
        "me": _("Vous avez confié l’expérimentation « %(title)s »."),
        "none": _("L’expérimentation « %(title)s » a été confiée à quelqu’un d’autre."),
    },
    # -- proposals -----------------------------------------------------------------------------------------
    "proposal.drafted": {
        "me": _("Vous avez commencé à écrire une proposition."),
        "none": _("Une proposition est en cours d’écriture."),
    },
    "proposal.changed": {
        "me": _("Vous avez modifié la proposition « %(title)s »."),
        "none": _("La proposition « %(title)s » a été modifiée."),
    },
    "proposal.invited": {
        "me": _("Vous avez demandé à quelqu’un de cosigner « %(title)s »."),
        "them": _("%(who)s vous propose de cosigner « %(title)s »."),
        "none": _("Il vous a été proposé de cosigner « %(title)s »."),
    },
    "proposal.signed": {
        "me": _("Vous avez cosigné la proposition « %(title)s »."),
        "none": _("Une personne de plus signe la proposition « %(title)s »."),
    },
    "proposal.left": {
        "me": _("Vous avez retiré votre nom de la proposition « %(title)s »."),
        "none": _("Une personne a retiré son nom de la proposition « %(title)s »."),
    },
    "proposal.submitted": {
        "me": _("Vous avez adressé au comité la proposition « %(title)s »."),
        "none": _("La proposition « %(title)s » a été adressée au comité."),
    },
    "proposal.answered": {
        "me": _("Vous avez répondu, avec des raisons, à la proposition « %(title)s »."),
        "none": _("Le comité a répondu, avec des raisons, à la proposition « %(title)s »."),
    },
    "proposal.carried": {
        "me": _("Vous avez confié la réalisation de « %(title)s »."),
        "none": _("La réalisation de « %(title)s » a été confiée."),
    },
    "proposal.advanced": {
        "me": _("Vous avez dit où en est la réalisation de « %(title)s »."),
        "none": _("La réalisation de « %(title)s » avance."),
    },
    "proposal.done": {
        "me": _("Vous avez noté que la proposition « %(title)s » est réalisée."),
        "none": _("La proposition « %(title)s » est réalisée."),
    },
    "proposal.withdrawn": {
        "me": _("Vous avez retiré la proposition « %(title)s »."),
        "none": _("La proposition « %(title)s » a été retirée."),
    },
    "amendment.made": {
        "me": _("Vous avez proposé un changement à « %(title)s »."),
        "none": _("Un changement a été proposé à « %(title)s »."),
    },
    "amendment.answered": {
        "me": _("Vous avez répondu à un changement proposé à « %(title)s »."),
        "none": _("Une réponse a été donnée au changement que vous proposiez à « %(title)s »."),
    },
    # -- the launch day ------------------------------------------------------------------------------------
    "launch_day.planned": {
        "me": _("Vous avez prévu une journée de lancement : « %(title)s »."),
        "none": _("Une journée de lancement est prévue : « %(title)s »."),
    },
    "launch_day.edited": {
        "me": _("Vous avez modifié une journée de lancement : « %(title)s »."),
        "none": _("La journée de lancement « %(title)s » a changé."),
    },
    "launch_day.opened": {
        "me": _("Vous avez ouvert la journée de lancement « %(title)s »."),
        "none": _("La journée de lancement « %(title)s » est ouverte."),
    },
    "launch_day.closed": {
        "me": _("Vous avez clos la journée de lancement « %(title)s »."),
        "none": _("La journée de lancement « %(title)s » est close."),
    },
    "launch_day.cancelled": {
        "me": _("Vous avez annulé la journée de lancement « %(title)s »."),
        "none": _("La journée de lancement « %(title)s » est annulée."),
    },
    "wall_subject.added": {
        "me": _("Vous avez mis un sujet au mur : « %(title)s »."),
        "none": _("Un sujet a été mis au mur : « %(title)s »."),
    },
    "wall_subject.moved": {
        "me": _("Vous avez déplacé le sujet « %(title)s »."),
        "none": _("Le sujet « %(title)s » a changé d’heure ou de salle."),
    },
    "wall_subject.merged": {
        "me": _("Vous avez réuni le sujet « %(title)s » à « %(other)s »."),
        "none": _("Le sujet « %(title)s » a été réuni à « %(other)s »."),
    },
    "wall_subject.withdrawn": {
        "me": _("Vous avez retiré du mur le sujet « %(title)s »."),
        "none": _("Le sujet « %(title)s » a été retiré du mur."),
    },
    "wall_subject.reported": {
        "me": _("Vous avez publié le compte rendu de « %(title)s »."),
        "none": _("Le compte rendu de « %(title)s » est publié."),
    },
    "wall_subject.handed": {
        "me": _("Vous portez désormais le sujet « %(title)s »."),
        "me_for": _("Vous avez confié le sujet « %(title)s » à %(name)s."),
        "none": _("Le sujet « %(title)s » est désormais porté par %(name)s."),
    },
    "merge.asked": {
        "me": _("Vous avez proposé de réunir « %(title)s » et « %(other)s »."),
        "them": _("%(who)s propose de réunir « %(title)s » et « %(other)s »."),
        "none": _("Il est proposé de réunir « %(title)s » et « %(other)s »."),
    },
    "merge.agreed": {"none": _("Les sujets « %(title)s » et « %(other)s » n’en font plus qu’un.")},
    "merge.refused": {"none": _("Les sujets « %(title)s » et « %(other)s » restent distincts.")},
    "sign_up.made": {"me": _("Vous vous êtes inscrit au sujet « %(title)s ».")},
    "sign_up.left": {"me": _("Vous vous êtes désinscrit du sujet « %(title)s ».")},
    "sign_up.seated": {"none": _("Une place s’est libérée pour vous au sujet « %(title)s ».")},
    "sign_up.waiting": {"none": _("Vous êtes en liste d’attente du sujet « %(title)s ».")},
    # -- working groups ------------------------------------------------------------------------------------
    "work_group.made": {
        "me": _("Vous avez formé le groupe de travail « %(title)s »."),
        "none": _("Un groupe de travail s’est formé : « %(title)s »."),
    },
    "work_group.joined": {
        "me": _("Vous avez rejoint le groupe de travail « %(title)s »."),
        "them": _("%(who)s a rejoint le groupe de travail « %(title)s »."),
    },
    "work_group.left": {
        "me": _("Vous avez quitté le groupe de travail « %(title)s »."),
        "them": _("%(who)s a quitté le groupe de travail « %(title)s »."),
    },
    "work_group.turned": {
        "me": _("Vous avez dit où en est le groupe de travail « %(title)s »."),
        "none": _("Le groupe de travail « %(title)s » a changé d’état."),
    },
    "work_group.led": {
        "me": _("Vous animez désormais le groupe de travail « %(title)s »."),
        "me_for": _("Vous avez confié l’animation du groupe de travail « %(title)s » à %(name)s."),
        "none": _("Le groupe de travail « %(title)s » est désormais animé par %(name)s."),
    },
    "work_group.unled": {"none": _("Le groupe de travail « %(title)s » cherche qui l’animera.")},
    "check_in.made": {"me": _("Vous avez dit un mot d’une séance du groupe « %(title)s ».")},
    # -- the bulletin --------------------------------------------------------------------------------------
    "bulletin.prepared": {"me": _("Vous avez préparé un bulletin : « %(title)s ».")},
    "bulletin.dropped": {"me": _("Vous avez renoncé à un bulletin : « %(title)s ».")},
    "bulletin.sent": {
        "me": _("Vous avez envoyé le bulletin « %(title)s »."),
        "none": _("Le bulletin « %(title)s » est paru."),
    },
}

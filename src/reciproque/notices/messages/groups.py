"""The messages of practice-exchange groups, of the polls that find their dates, and the reminders of sheets.

They name a group by its title, which anyone of its network may read, and say nothing of what is in it: no goal, no
subject, no answer. Of what happens inside, only its members and its facilitator are told (`inner`).
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from reciproque.agenda.rules import Verb
from reciproque.notices.messages import audiences as who
from reciproque.notices.messages import in_groups as group
from reciproque.notices.messages import pages as at
from reciproque.notices.messages.rhythm import reminded
from reciproque.notices.messages.shape import Message, message
from reciproque.notices.messages.story import Story
from reciproque.notices.rules import Category

MEETINGS, FINDS, NETWORK = Category.MEETINGS, Category.FINDS, Category.NETWORK

SEE_GROUP = (_("Aller au groupe"), group.circle)
SEE_CANDIDATES = (_("Voir les candidatures"), group.making)
SEE_SESSIONS = (_("Voir les séances"), group.sessions)
SIGN = (_("Lire et signer"), group.charter)
INNER: dict[str, Any] = {"about": NETWORK, "inner": True}
DATED: dict[str, Any] = {"about": MEETINGS, "inner": True, "urgent": who.soon}


def sudden(story: Story) -> bool:
    """Whether a session is so near that it cannot wait."""
    return bool(story.data.get("sudden"))


def words_of_animator(story: Story) -> str:
    """What the animator who reminds by hand added."""
    return str(story.data.get("words", ""))


def cancelled_because(story: Story) -> str:
    """Why a session does not take place, as its members read it."""
    return story.meeting.cancel_reason if story.meeting else ""


# fmt: off
GROUPS: list[Message] = [
    # -- the call and the making of a group ----------------------------------------------------------------
    message("circle.called", group.called, (_("Voir le groupe, et me porter volontaire"), group.circle),
            _("Un groupe d’échange de pratiques cherche des volontaires : %(title)s"),
            _("Le groupe « %(title)s » se prépare dans le réseau « %(network)s » : quelques personnes du même métier "
              "qui se retrouvent, à dates fixées d’avance, pour avancer ensemble sur leurs situations de travail."),
            _("Les candidatures sont ouvertes jusqu’au %(day)s. Y participer est un choix libre."),
            about=NETWORK, personal=False),
    message("seat.applied", group.makers, SEE_CANDIDATES,
            _("Une candidature de plus : %(title)s"),
            _("%(name)s souhaite faire partie du groupe « %(title)s »."),
            **INNER),
    message("seat.withdrawn", group.makers, SEE_CANDIDATES,
            _("Une candidature retirée : %(title)s"),
            _("%(name)s retire sa candidature au groupe « %(title)s »."),
            **INNER),
    message("seat.declined", group.own_seat, (_("Voir les autres groupes"), group.all_groups),
            _("Le groupe « %(title)s » se fait sans vous cette fois"),
            _("Merci d’avoir proposé de participer au groupe « %(title)s ». Votre candidature n’a pas pu être retenue."),
            _("Cela ne dit rien de vous : un groupe réunit peu de personnes. D’autres groupes se préparent parfois."),
            **INNER),
    message("seat.moved_up", group.own_seat, (_("Voir le groupe"), group.circle),
            _("Une place s’est libérée pour vous : %(title)s"),
            _("Vous étiez en liste d’attente du groupe « %(title)s » : votre candidature fait de nouveau partie de celles "
              "parmi lesquelles il se constitue."),
            **INNER),
    message("circle.taken_over", group.candidates, (_("Voir le groupe"), group.circle),
            _("Une autre personne prépare le groupe « %(title)s »"),
            _("%(by)s, de l’animation, prend la suite pour constituer le groupe « %(title)s », et lit désormais les "
              "candidatures. Vous pouvez retirer la vôtre."),
            **INNER),
    message("circle.call_ended", group.makers, SEE_CANDIDATES,
            _("L’appel à volontaires est fini : %(title)s"),
            _("L’appel à volontaires du groupe « %(title)s » est fini. Vous pouvez constituer le groupe, prolonger "
              "l’appel, ou arrêter là : la page dit ce qui manque et qui peut en décider."),
            **INNER),
    message("facilitator.named", group.named_facilitator, SEE_GROUP,
            _("La facilitation d’un groupe vous est confiée : %(title)s"),
            _("%(by)s vous confie la facilitation du groupe d’échange de pratiques « %(title)s »."),
            _("Vous veillez au cadre, au temps et à la parole de chacun. La page du groupe dit ce qui vient maintenant."),
            urgent=sudden, **INNER),
    message("facilitator.named", group.seated, SEE_GROUP,
            _("%(facilitator)s facilite désormais votre groupe : %(title)s"),
            _("La facilitation du groupe « %(title)s » est confiée à %(facilitator)s. Ce que vous y avez dit y reste."),
            urgent=sudden, **INNER),
    message("facilitator.named", group.relieved, (_("Voir les groupes"), group.all_groups),
            _("Vous ne facilitez plus le groupe « %(title)s »"),
            _("La facilitation du groupe « %(title)s » est désormais confiée à %(facilitator)s. Merci d’avoir accepté "
              "de la prendre."),
            **INNER),
    message("facilitator.left", group.opener, (_("Trouver qui facilitera"), group.leading),
            _("Le groupe « %(title)s » n’a plus de facilitation"),
            _("La personne qui facilitait le groupe « %(title)s » ne peut plus le faire. Il reste à trouver quelqu’un "
              "d’autre, hors de la ligne hiérarchique de ses membres."),
            awaits=Verb.LEAD, urgent=sudden, **INNER),
    message("facilitator.left", group.going_on, SEE_GROUP,
            _("Votre groupe change de facilitation : %(title)s"),
            _("La personne qui facilitait le groupe « %(title)s » ne peut plus le faire. Quelqu’un d’autre est cherché ; "
              "la page du groupe dit si la prochaine séance a lieu."),
            urgent=sudden, **INNER),
    message("circle.constituted", group.seated, SIGN,
            _("Vous êtes membre du groupe « %(title)s »"),
            _("Le groupe « %(title)s » est constitué, et vous en faites partie. Il sera facilité par %(facilitator)s."),
            _("Ses règles se lisent et se signent avant la première séance. Ce qui s’y dira restera entre vous."),
            awaits=Verb.PLEDGE, **INNER),
    message("circle.constituted", group.facilitator, SEE_GROUP,
            _("Le groupe « %(title)s » est constitué"),
            _("Le groupe « %(title)s » que vous facilitez est constitué. Écrivez ou relisez sa charte, puis cherchez "
              "ses dates."),
            **INNER),
    message("seat.waiting", group.own_seat, (_("Voir le groupe"), group.circle),
            _("Vous êtes en liste d’attente : %(title)s"),
            _("Le groupe « %(title)s » est complet. Si une place se libère, elle vous sera proposée dans l’ordre des "
              "candidatures."),
            **INNER),
    message("seat.admitted", group.let_in, SIGN,
            _("Vous rejoignez le groupe « %(title)s »"),
            _("Une place s’est libérée dans le groupe « %(title)s », et elle est pour vous."),
            _("Ses règles se lisent et se signent avant votre première séance. Ce qui s’y dit reste entre ses membres."),
            awaits=Verb.PLEDGE, **INNER),
    message("seat.admitted", group.sharers_later, SEE_GROUP,
            _("%(name)s rejoint votre groupe : %(title)s"),
            _("%(name)s prend la place qui s’était libérée dans le groupe « %(title)s »."),
            **INNER),
    message("seat.left", group.sharers, SEE_GROUP,
            _("%(name)s quitte votre groupe : %(title)s"),
            _("%(name)s ne participe plus au groupe « %(title)s ». Les raisons d’un départ n’ont pas à être dites."),
            _("Le groupe continue ; sa page dit où il en est."),
            **INNER),
    message("circle.lines", group.facilitator, SEE_GROUP,
            _("À regarder dans votre groupe : %(title)s"),
            _("Dans le groupe « %(title)s », deux membres sont maintenant dans la même ligne hiérarchique. La page du "
              "groupe dit ce qui peut être décidé, et par qui."),
            **INNER),
    message("circle.guide_line", group.facilitator, SEE_GROUP,
            _("À regarder dans votre groupe : %(title)s"),
            _("Dans le groupe « %(title)s », vous êtes maintenant dans la ligne hiérarchique d’un membre. La personne "
              "qui a ouvert le groupe, ou l’équipe d’animation, dit si vous continuez."),
            **INNER),
    message("circle.guide_line", group.opener, (_("Dire qui facilite"), group.leading),
            _("Qui facilite le groupe « %(title)s » ? Un choix à faire"),
            _("La personne qui facilite le groupe « %(title)s » est maintenant de la ligne hiérarchique d’un membre. "
              "Confiez-le à quelqu’un d’autre, ou gardez-la en disant pourquoi : les membres liront cette raison."),
            awaits=Verb.LEAD, **INNER),
    message("circle.guide_line", group.named_members, SEE_GROUP,
            _("La facilitation de votre groupe : %(title)s"),
            _("La personne qui facilite le groupe « %(title)s » est maintenant de votre ligne hiérarchique. La personne "
              "qui a ouvert le groupe, ou l’équipe d’animation, dira si elle continue, sans qu’on lui donne votre nom."),
            **INNER),
    message("circle.charter_late", group.opener, (_("Dire qui facilite"), group.leading),
            _("La charte du groupe « %(title)s » se fait attendre"),
            _("La personne qui facilite le groupe « %(title)s » n’a pas encore écrit ou signé sa charte : les séances ne "
              "peuvent pas commencer. Demandez-lui de ses nouvelles ; au besoin, confiez le groupe à quelqu’un d’autre."),
            awaits=Verb.LEAD, **INNER),
    # -- its rules -----------------------------------------------------------------------------------------
    message("group_charter.written", group.charter_unsigned, SIGN,
            _("La charte de votre groupe est à lire : %(title)s"),
            _("La charte du groupe « %(title)s » vient d’être écrite ou modifiée. Lisez-la, puis signez-la si elle vous "
              "convient."),
            awaits=Verb.PLEDGE, **INNER),
    # -- its dates -----------------------------------------------------------------------------------------
    message("poll.opened", group.voters, (_("Dire quelles dates me conviennent"), group.poll),
            _("Quelles dates vous conviennent ? %(title)s"),
            _("Plusieurs dates sont proposées pour les séances du groupe « %(title)s ». Pour chacune, dites oui, non, "
              "ou s’il le faut."),
            awaits=Verb.POLL, about=MEETINGS, inner=True),
    message("poll.closed", group.poll_opener, (_("Fixer les dates"), group.sessions),
            _("Le sondage des dates est clos : %(title)s"),
            _("Le sondage des dates du groupe « %(title)s » est clos. Les réponses reçues disent lesquelles conviennent "
              "au plus grand nombre ; sans réponse, c’est vous qui fixez."),
            about=MEETINGS, inner=True),
    message("poll.closed", group.poll_opener_alone, (_("Fixer les dates"), group.sessions),
            _("Personne n’a répondu au sondage des dates : %(title)s"),
            _("Le sondage des dates du groupe « %(title)s » est clos, et personne n’y a répondu : c’est vous qui fixez."),
            about=MEETINGS, inner=True),
    message("poll.answered", group.poll_opener_early, (_("Fixer les dates"), group.sessions),
            _("Tout le monde a répondu : %(title)s"),
            _("Chaque membre du groupe « %(title)s » a dit quelles dates lui conviennent. Vous pouvez les fixer sans "
              "attendre la fin du sondage."),
            about=MEETINGS, inner=True),
    message("poll.cancelled", group.present, (_("Voir le groupe"), group.circle),
            _("Le sondage des dates est abandonné : %(title)s"),
            _("Il n’y a plus à répondre au sondage des dates du groupe « %(title)s »."),
            about=MEETINGS, inner=True),
    message("sessions.fixed", group.sharers, SEE_SESSIONS,
            _("Les dates de vos séances : %(title)s"),
            _("Les séances du groupe « %(title)s » ont leurs dates : %(dates)s."),
            _("Le fichier joint les ajoute à votre agenda."),
            calendar="PUBLISH", even_doer=True, **DATED),
    message("sessions.joined", group.present, SEE_SESSIONS,
            _("Les dates de vos séances : %(title)s"),
            _("Les séances du groupe « %(title)s » ont leurs dates : %(dates)s."),
            _("Le fichier joint les ajoute à votre agenda."),
            calendar="PUBLISH", even_doer=True, **DATED),
    message("sessions.left", group.present, (_("Voir mon agenda"), at.agenda),
            _("Séances à retirer de votre agenda : %(title)s"),
            _("Vous n’avez plus à venir aux séances du groupe « %(title)s »."),
            _("Le fichier joint les retire de votre agenda."),
            calendar="CANCEL", even_doer=True, **DATED),
    message("sessions.dropped", group.present, (_("Voir mon agenda"), at.agenda),
            _("Séances à retirer de votre agenda : %(title)s"),
            _("Les séances qui restaient au groupe « %(title)s » n’auront pas lieu."),
            _("Le fichier joint les retire de votre agenda."),
            calendar="CANCEL", even_doer=True, **DATED),
    message("session.planned", who.fixed_for, SEE_SESSIONS,
            _("Séance %(when)s : %(title)s"),
            _("Une séance du groupe « %(title)s » a lieu %(when)s (%(where)s)."),
            _("L’invitation jointe l’ajoute à votre agenda."),
            calendar="REQUEST", even_doer=True, **DATED),
    message("session.moved", who.fixed_for, SEE_SESSIONS,
            _("La séance change de date, %(when)s : %(title)s"),
            _("La séance du groupe « %(title)s » prévue %(before)s a lieu %(when)s (%(where)s)."),
            _("L’invitation jointe remplace l’ancienne date dans votre agenda."),
            calendar="REQUEST", even_doer=True, **DATED),
    message("session.cancelled", group.session_off, SEE_SESSIONS,
            _("Séance annulée : %(title)s"),
            _("La séance du groupe « %(title)s » prévue %(when)s n’aura pas lieu."),
            calendar="CANCEL", even_doer=True, quote=cancelled_because, **DATED),
    message("session.past", group.roll_caller, (_("Noter qui était là"), group.roll),
            _("La séance a eu lieu : qui était là ? %(title)s"),
            _("La séance du groupe « %(title)s » est passée (%(when)s). Notez qui y était, en salle ou par téléphone."),
            awaits=Verb.ROLL, about=MEETINGS, inner=True),
    # -- what may leave it ---------------------------------------------------------------------------------
    message("outing.asked", group.asked_to_agree, (_("Lire et répondre"), group.outing),
            _("Votre accord est demandé : %(title)s"),
            _("Le groupe « %(title)s » se demande si quelque chose peut sortir du groupe. Cela ne se fera qu’avec "
              "l’accord de chacun, sous les noms que chacun choisit."),
            _("Un refus n’a pas à être expliqué, et personne n’apprend de qui il vient."),
            awaits=Verb.AGREE, **INNER),
    message("outing.agreed", group.let_out, (_("Voir ce qui est sorti"), group.outing),
            _("Avec l’accord de chacun : %(title)s"),
            _("L’accord de chacun est réuni : ce que le groupe « %(title)s » avait proposé de faire sortir est sorti."),
            _("Vous pouvez reprendre votre accord à tout moment."),
            even_doer=True, **INNER),
    message("outing.kept", group.kept_in, (_("Voir de quoi il s’agit"), group.outing),
            _("Cela reste dans le groupe : %(title)s"),
            _("L’accord de chacun n’est pas réuni : ce que le groupe « %(title)s » avait proposé de faire sortir reste "
              "entre ses membres."),
            even_doer=True, **INNER),
    message("outing.taken", group.sharers, (_("Voir de quoi il s’agit"), group.outing),
            _("Repris par le groupe : %(title)s"),
            _("Un accord a été repris : ce qui était sorti du groupe « %(title)s » n’est plus visible au dehors."),
            **INNER),
    message("outing.taken", group.agreed_outside, (_("Aller à mon accueil"), at.home),
            _("Ce n’est plus visible au dehors : %(title)s"),
            _("Un accord a été repris : ce que vous aviez accepté de laisser sortir du groupe « %(title)s » y revient."),
            **INNER),
    # -- its end -------------------------------------------------------------------------------------------
    message("circle.writing", group.seated, (_("Faire le bilan"), group.review),
            _("Que vous a apporté ce groupe ? %(title)s"),
            _("Les séances du groupe « %(title)s » sont finies. Où en êtes-vous de l’objectif que vous vous étiez donné ?"),
            _("Seuls ses membres et la personne qui le facilite lisent ce bilan."),
            awaits=Verb.SUM_UP, **INNER),
    message("circle.closed", group.sharers, SEE_GROUP,
            _("Le groupe « %(title)s » est terminé"),
            _("Le groupe « %(title)s » est terminé. Ce qu’il a écrit reste lisible par ses membres. Merci."),
            **INNER),
    message("circle.stopped", group.stopped, (_("Voir le groupe"), group.circle),
            _("Le groupe « %(title)s » s’arrête"),
            _("Le groupe « %(title)s » s’arrête avant son terme. Rien de ce qui s’y est dit n’en sort."),
            quote=group.reason, **INNER),
    message("circle.stopped", group.stopped_outside, (_("Voir le groupe"), group.circle),
            _("Le groupe « %(title)s » s’arrête"),
            _("Le groupe « %(title)s » s’arrête avant son terme. Vous n’avez rien à faire."),
            **INNER),
    message("report.sent", group.deciders, (_("Lire le bilan"), group.received),
            _("Le bilan du groupe « %(title)s » vous est adressé"),
            _("Vous aviez aidé à préciser le besoin du groupe « %(title)s ». Voici son bilan : seulement ce que "
              "chacun de ses membres a accepté de vous dire."),
            **INNER),
    message("report.sent", group.told_it_went, (_("Voir ce qui leur a été dit"), group.report),
            _("Le bilan est parti aux décideurs : %(title)s"),
            _("Le bilan du groupe « %(title)s » est parti : les chiffres d’ensemble, et les lignes que chacun a acceptées."),
            **INNER),
    message("report.sent", group.told_it_is_printed, (_("Lire le bilan"), group.report),
            _("Le bilan est prêt, à remettre imprimé : %(title)s"),
            _("Le bilan du groupe « %(title)s » est arrêté. Réciproque ne peut pas écrire à celles et ceux à qui il est "
              "destiné : la personne qui anime le groupe le leur remet, imprimé."),
            **INNER),
    # -- reminders -----------------------------------------------------------------------------------------
    message("step.reminded", reminded(Verb.SPECIFY), (_("Préciser le besoin"), group.need),
            _("Le besoin reste à préciser : %(title)s"),
            _("Pour lancer l’appel du groupe « %(title)s », il reste à dire avec qui le besoin a été précisé, et à "
              "quoi chacun s’engage."),
            awaits=Verb.SPECIFY, quote=words_of_animator, about=NETWORK),
    message("step.reminded", reminded(Verb.SEATS), SEE_CANDIDATES,
            _("Le groupe reste à constituer : %(title)s"),
            _("Des personnes attendent de savoir si elles feront partie du groupe « %(title)s »."),
            awaits=Verb.SEATS, quote=words_of_animator, about=NETWORK),
    message("step.reminded", reminded(Verb.LEAD), (_("Trouver qui facilitera"), group.leading),
            _("Un groupe attend quelqu’un pour le faciliter : %(title)s"),
            _("Les séances du groupe « %(title)s » attendent qu’une personne, hors de la ligne hiérarchique de ses "
              "membres, le facilite."),
            awaits=Verb.LEAD, quote=words_of_animator, about=NETWORK),
    message("step.reminded", reminded(Verb.PLEDGE), SIGN,
            _("Les règles de votre groupe attendent votre signature : %(title)s"),
            _("La charte du groupe « %(title)s » se lit en quelques minutes. Signez-la si elle vous convient, ou "
              "dites au groupe ce que vous changeriez."),
            awaits=Verb.PLEDGE, **INNER),
    message("step.reminded", reminded(Verb.DATES), (_("Fixer les dates"), group.sessions),
            _("Les séances attendent leurs dates : %(title)s"),
            _("Le groupe « %(title)s » attend les dates de ses séances : par un sondage, ou à jours fixes."),
            awaits=Verb.DATES, quote=words_of_animator, about=MEETINGS),
    message("step.reminded", reminded(Verb.POLL), (_("Dire quelles dates me conviennent"), group.poll),
            _("Vos dates sont attendues : %(title)s"),
            _("Il manque votre réponse pour les dates des séances du groupe « %(title)s ». Quelques secondes suffisent."),
            awaits=Verb.POLL, about=MEETINGS, inner=True),
    message("step.reminded", reminded(Verb.ROLL), (_("Noter qui était là"), group.roll),
            _("Qui était là ? %(title)s"),
            _("La séance du groupe « %(title)s » est passée. Notez qui y était : seul le groupe le lit."),
            awaits=Verb.ROLL, about=MEETINGS, inner=True),
    message("step.reminded", reminded(Verb.AGREE), (_("Lire et répondre"), group.outing),
            _("Un mot de vous est attendu : %(title)s"),
            _("Le groupe « %(title)s » demande à chacun si quelque chose peut sortir du groupe. Oui ou non, sans "
              "explication ; personne n’apprend ce que vous avez répondu."),
            awaits=Verb.AGREE, **INNER),
    message("step.reminded", reminded(Verb.SUM_UP), (_("Faire le bilan"), group.review),
            _("Quelques lignes pour le bilan de votre groupe : %(title)s"),
            _("Où en êtes-vous de l’objectif que vous vous étiez donné dans le groupe « %(title)s » ?"),
            awaits=Verb.SUM_UP, **INNER),
    message("step.reminded", reminded(Verb.TELL), (_("Préparer le bilan"), group.report),
            _("Le bilan aux décideurs est attendu : %(title)s"),
            _("Les personnes avec qui le besoin du groupe « %(title)s » a été précisé attendent son bilan. La page "
              "montre exactement ce qui leur sera dit."),
            awaits=Verb.TELL, quote=words_of_animator, about=NETWORK),
    message("step.reminded", reminded(Verb.ADVISE), (_("Voir la question"), at.case),
            _("Une question attend toujours : %(title)s"),
            _("Quelqu’un demande : « %(title)s » Quelques lignes suffisent, et vous pouvez décliner en un geste."),
            awaits=Verb.ADVISE, quote=words_of_animator, about=FINDS),
    message("step.reminded", reminded(Verb.REREAD), (_("Relire la fiche"), at.sheet),
            _("Une de vos fiches est à relire : %(title)s"),
            _("La fiche « %(title)s » est-elle toujours juste ? Un geste suffit si rien n’a changé."),
            awaits=Verb.REREAD, quote=words_of_animator, about=NETWORK),
]
# fmt: on

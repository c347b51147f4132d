"""One French sentence for each fact of the journal, as its reader would say it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext_lazy as _

from reciproque.agenda.rules import Verb
from reciproque.exchanges.rules import Refusal
from reciproque.networks.rules import Role
from reciproque.web.parts.facts_of_community import COMMUNITY
from reciproque.web.parts.facts_of_figures import FIGURES
from reciproque.web.parts.facts_of_groups import GROUPS
from reciproque.web.parts.facts_of_learning import LEARNING
from reciproque.web.parts.facts_of_recognition import RECOGNITION
from reciproque.web.parts.facts_of_reports import REPORTS
from reciproque.web.parts.facts_of_steering import STEERING
from reciproque.web.parts.facts_of_surveys import SURVEYS
from reciproque.web.parts.facts_of_topics import TOPICS
from reciproque.web.parts.facts_of_training import TRAINING
from reciproque.web.parts.small import words

if TYPE_CHECKING:
    from reciproque.journal.models import Fact

# name → who did it (the reader; the reader for someone; someone else; nobody, the clock) → what is said.
# A missing case falls back to the next one that is written.
SENTENCES: dict[str, dict[str, Any]] = {
    "person.created": {"none": _("Votre compte a été créé.")},
    "person.profile_changed": {
        "me": _("Vous avez modifié votre profil."),
        "them": _("%(who)s a modifié votre profil."),
    },
    "person.left": {"none": _("Le départ de l’organisation a été noté.")},
    "network.created": {"me": _("Vous avez créé le réseau."), "them": _("%(who)s a créé le réseau.")},
    "network.settings_changed": {
        "me": _("Vous avez modifié les réglages du réseau."),
        "them": _("%(who)s a modifié les réglages du réseau."),
    },
    "network.opened_to": {
        "me": _("Vous avez ouvert le réseau : %(name)s, à partir du %(opens_on)s."),
        "them": _("%(who)s a ouvert le réseau : %(name)s, à partir du %(opens_on)s."),
    },
    "network.interest_left": {"me": _("Vous avez laissé votre intérêt pour ce réseau.")},
    "charter.published": {
        "me": _("Vous avez publié la version %(version)s de la charte."),
        "them": _("%(who)s a publié la version %(version)s de la charte."),
    },
    "charter.signed": {"me": _("Vous avez signé la version %(version)s de la charte.")},
    "invitation.created": {"me": _("Vous avez créé un lien d’invitation.")},
    "invitation.withdrawn": {"me": _("Vous avez fermé un lien d’invitation.")},
    "role.granted": {
        "me_for": _("Vous avez confié un rôle à %(name)s : %(role)s."),
        "me": _("Vous avez pris un rôle : %(role)s."),
        "them": _("%(who)s vous a confié un rôle : %(role)s."),
        "none": _("Un rôle vous a été confié : %(role)s."),
    },
    "role.withdrawn": {
        "me": _("Vous avez retiré un rôle : %(role)s."),
        "them": _("%(who)s vous a retiré un rôle : %(role)s."),
    },
    "membership.applied": {"me": _("Vous avez demandé à rejoindre le réseau.")},
    "membership.joined": {
        "me_for": _("Vous avez fait entrer %(name)s dans le réseau."),
        "me": _("Vous avez rejoint le réseau."),
        "them": _("%(who)s vous a fait entrer dans le réseau."),
        "none": _("Vous faites partie du réseau."),
    },
    "membership.refused": {
        "me_for": _("Vous avez décliné la demande d’adhésion de %(name)s."),
        "them": _("%(who)s a décliné votre demande d’adhésion."),
    },
    "membership.activated": {
        "none": _("Vous avez une offre et une demande publiées : vous pouvez demander des mises en relation.")
    },
    "membership.deactivated": {"none": _("Il vous manque une offre ou une demande publiée.")},
    "membership.waived": {
        "me_for": _("Vous avez levé pour %(name)s l’obligation de publier une offre et une demande."),
        "them": _("%(who)s a levé pour vous l’obligation de publier une offre et une demande."),
    },
    "membership.capacity_changed": {
        "me": _("Capacité choisie : %(give)s échanges pour transmettre, %(receive)s pour recevoir."),
        "them": _(
            "%(who)s a changé votre capacité : %(give)s échanges pour transmettre, %(receive)s pour recevoir."
        ),
    },
    "membership.paused": {
        "me": _("Vous avez mis votre participation en pause jusqu’au %(until)s."),
        "them": _("%(who)s a mis votre participation en pause jusqu’au %(until)s."),
    },
    "membership.resumed": {
        "me": _("Vous avez repris votre participation."),
        "them": _("%(who)s a repris votre participation."),
        "none": _("Votre pause a pris fin."),
    },
    "membership.told": {
        "me_for": _("Vous avez dit à %(name)s ce qui l’attend."),
        "them": _("%(who)s vous a dit de vive voix ce qui vous attend."),
    },
    "membership.left": {
        "me": _("Vous avez quitté le réseau."),
        "them": _("%(who)s vous a retiré du réseau."),
        "none": _("Vous ne faites plus partie du réseau."),
    },
    "post.published": {
        "me_for": _("Vous avez publié une annonce pour %(name)s."),
        "me": _("Vous avez publié une annonce."),
        "them": _("%(who)s a publié une annonce pour vous."),
        "none": _("Une annonce a été publiée pour vous."),
    },
    "post.edited": {
        "me_for": _("Vous avez modifié une annonce de %(name)s."),
        "me": _("Vous avez modifié une annonce."),
        "them": _("%(who)s a modifié une de vos annonces."),
    },
    "post.renewed": {
        "me_for": _("Vous avez renouvelé une annonce de %(name)s."),
        "me": _("Vous avez renouvelé une annonce."),
        "them": _("%(who)s a renouvelé une de vos annonces."),
    },
    "post.paused": {
        "me_for": _("Vous avez mis en pause une annonce de %(name)s."),
        "me": _("Vous avez mis une annonce en pause."),
        "them": _("%(who)s a mis en pause une de vos annonces."),
    },
    "post.hidden": {
        "me": _("Vous avez masqué une annonce, après un signalement."),
        "them": _("%(who)s a masqué une de vos annonces, après un signalement."),
        "none": _("Une de vos annonces a été masquée."),
    },
    "post.restored": {
        "me": _("Vous avez remis une annonce en ligne."),
        "them": _("%(who)s a remis une de vos annonces en ligne."),
    },
    "post.removed": {"me": _("Vous avez effacé les mots d’une annonce.")},
    "message.hidden": {
        "me": _("Vous avez masqué un message, après un signalement."),
        "them": _("%(who)s a masqué un de vos messages, après un signalement."),
    },
    "message.restored": {
        "me": _("Vous avez rendu un message lisible de nouveau."),
        "them": _("%(who)s a rendu un de vos messages lisible de nouveau."),
    },
    "message.removed": {"me": _("Vous avez retiré un message.")},
    "review.hidden": {
        "me": _("Vous avez masqué le texte d’un bilan, après un signalement."),
        "them": _("%(who)s a masqué le texte d’un de vos bilans, après un signalement."),
    },
    "review.restored": {
        "me": _("Vous avez rendu le texte d’un bilan lisible de nouveau."),
        "them": _("%(who)s a rendu le texte d’un de vos bilans lisible de nouveau."),
    },
    "review.removed": {"me": _("Vous avez effacé les mots d’un bilan.")},
    "review.corrected": {"me": _("Vous avez corrigé votre bilan.")},
    "review.withdrawn": {"me": _("Vous avez retiré tout votre bilan.")},
    "report.made": {"me": _("Vous avez fait un signalement.")},
    "report.given": {"none": _("Votre signalement a été confié à une autre personne.")},
    "report.answered": {"none": _("Une réponse a été donnée à votre signalement.")},
    "decision.told": {"none": _("Une décision vous a été adressée, après un signalement.")},
    "report.amended": {"none": _("L’annonce que vous aviez signalée a été corrigée.")},
    "report.escalated": {"none": _("Votre signalement a été transmis à l’administration.")},
    "appeal.escalated": {"none": _("Votre recours a été transmis à l’administration.")},
    "appeal.made": {"me": _("Vous avez fait un recours.")},
    "appeal.given": {"none": _("Votre recours a été confié à une autre personne.")},
    "appeal.answered": {"none": _("Votre recours a reçu sa réponse.")},
    "appeal.outcome": {"none": _("Un recours a été examiné, au sujet de ce que vous aviez signalé.")},
    "people.set_apart": {"none": _("Une personne ne vous sera plus proposée.")},
    "people.set_apart_ended": {"none": _("Une personne peut de nouveau vous être proposée.")},
    "membership.suspended": {"none": _("Vos mises en relation ont été suspendues.")},
    "membership.reinstated": {"none": _("La suspension de vos mises en relation a pris fin.")},
    "exchange.stepped_out": {
        "me": _("Vous avez quitté l’échange."),
        "them": _("%(who)s a quitté l’échange."),
    },
    "post.withdrawn": {
        "me_for": _("Vous avez retiré une annonce de %(name)s."),
        "me": _("Vous avez retiré une annonce."),
        "them": _("%(who)s a retiré une de vos annonces."),
        "none": _("Une de vos annonces a été retirée."),
    },
    "post.fulfilled": {
        "me": _("Vous avez noté qu’une annonce était satisfaite."),
        "them": _("%(who)s a noté qu’une de vos annonces était satisfaite."),
    },
    "sheet.published": {
        "me": _("Vous avez publié une fiche."),
        "them": _("%(name)s a publié une fiche que vous signez."),
    },
    "sheet.edited": {
        "me": _("Vous avez modifié une fiche."),
        "them": _("%(name)s a modifié une fiche que vous signez."),
    },
    "sheet.files_changed": {"me": _("Vous avez changé les fichiers d’une fiche.")},
    "sheet.withdrawn": {
        "me": _("Vous avez retiré une fiche."),
        "them": _("Une fiche que vous signez a été retirée."),
    },
    "sheet.confirmed": {
        "me": _("Vous avez relu une fiche : elle est toujours juste."),
        "them": _("%(name)s a relu une fiche que vous signez."),
    },
    "sheet.stale": {"none": _("Une fiche que vous signez est à relire.")},
    "sheet.invited": {
        "me": _("Vous avez demandé une signature pour une fiche."),
        "them": _("%(name)s vous a demandé de signer une fiche."),
    },
    "sheet.signed": {
        "me": _("Vous avez signé une fiche."),
        "them": _("%(name)s a signé votre fiche."),
    },
    "sheet.left": {"me": _("Vous avez retiré votre nom d’une fiche.")},
    "sheet.given": {
        "me": _("Vous avez confié le suivi d’une fiche."),
        "them": _("%(name)s vous a confié le suivi d’une fiche."),
    },
    "sheet.rated": {"me": _("Vous avez dit ce que vous pensez d’une fiche.")},
    "talk.written": {
        "me": _("Vous avez écrit un mot au sujet d’une fiche."),
        "them": _("%(name)s vous a écrit au sujet d’une fiche."),
    },
    "case.asked": {"me": _("Vous avez posé une question.")},
    "case.routed": {"none": _("La question de %(name)s vous a été adressée.")},
    "case.declined": {"me": _("Vous avez décliné une question.")},
    "case.lapsed": {"none": _("Une question n’attend plus votre réponse.")},
    "case.answered": {
        "me": _("Vous avez répondu à une question."),
        "them": _("%(name)s a répondu à votre question."),
    },
    "case.closed": {"me": _("Vous avez fermé une question.")},
    "post.expiring": {"none": _("Une de vos annonces arrive à son terme le %(expires_at)s.")},
    "post.expired": {"none": _("Une de vos annonces a expiré.")},
    "introduction.asked": {
        "me": _("Vous avez demandé une mise en relation."),
        "them": _("%(who)s a demandé une mise en relation."),
        "none": _("Une mise en relation a été demandée."),
    },
    "introduction.questioned": {
        "me": _("Vous avez posé une question avant de répondre."),
        "them": _("%(who)s a posé une question avant de répondre."),
    },
    "introduction.replied": {
        "me": _("Vous avez répondu à la question."),
        "them": _("%(who)s a répondu à la question."),
    },
    "introduction.accepted": {
        "me": _("Vous avez accepté la mise en relation."),
        "them": _("%(who)s a accepté la mise en relation."),
    },
    "introduction.refused": {
        "me": _("Vous avez décliné : « %(refusal)s »."),
        "them": _("%(who)s a décliné : « %(refusal)s »."),
    },
    "introduction.lapsed": {"none": _("Le délai est passé sans réponse.")},
    "introduction.next_proposed": {"none": _("Une autre personne vous a été proposée : %(name)s.")},
    "introduction.no_next": {"none": _("Nous n’avons trouvé personne d’autre pour l’instant.")},
    "introduction.withdrawn": {
        "me": _("Vous avez retiré la mise en relation."),
        "them": _("%(who)s a retiré la mise en relation."),
    },
    "introduction.cancelled": {"none": _("La mise en relation a été interrompue.")},
    "introduction.unmediated": {"none": _("Une personne est cherchée pour la médiation.")},
    "introduction.mediated": {
        "me": _("Vous avez confié la médiation à %(mediator_name)s."),
        "them": _("%(who)s a confié la médiation à %(mediator_name)s."),
        "none": _("La médiation est confiée à %(mediator_name)s."),
    },
    "introduction.agreed": {
        "me": _("Vous avez noté l’accord des deux personnes : l’échange est ouvert."),
        "them": _("%(who)s a noté l’accord des deux personnes : l’échange est ouvert."),
    },
    "introduction.not_matched": {
        "me": _("Vous avez noté que les deux personnes en restaient là."),
        "them": _("%(who)s a noté que les deux personnes en restaient là."),
    },
    "terms.written": {
        "me": _("Vous avez noté ce qui est convenu."),
        "them": _("%(who)s a noté ce qui est convenu."),
    },
    "thread.written": {
        "me": _("Vous avez écrit un message."),
        "them": _("%(who)s a écrit un message."),
    },
    "meeting.proposed": {
        "me": _("Vous avez proposé des dates."),
        "them": _("%(who)s a proposé des dates."),
    },
    "meeting.reopened": {
        "me": _("Vous avez demandé à déplacer la rencontre et proposé d’autres dates."),
        "them": _("%(who)s a demandé à déplacer la rencontre et proposé d’autres dates."),
    },
    "meeting.slot_suits": {
        "me": _("Vous avez dit que le %(slot)s vous convenait."),
        "them": _("%(who)s a dit que le %(slot)s lui convenait."),
    },
    "meeting.fixed": {
        "me": _("Vous avez fixé la rencontre : %(starts_at)s."),
        "them": _("%(who)s a fixé la rencontre : %(starts_at)s."),
        "none": _("La rencontre est fixée : %(starts_at)s."),
    },
    "meeting.past": {"none": _("La date de la rencontre est passée : chacun dit si elle a eu lieu.")},
    "meeting.held": {
        "me": _("Vous avez dit que la rencontre avait eu lieu."),
        "them": _("%(who)s a dit que la rencontre avait eu lieu."),
        "none": _("La rencontre a eu lieu."),
    },
    "meeting.missed": {
        "me": _("Vous avez dit que la rencontre n’avait pas eu lieu."),
        "them": _("%(who)s a dit que la rencontre n’avait pas eu lieu."),
        "none": _("La rencontre n’a pas eu lieu."),
    },
    "meeting.left": {"none": _("Une rencontre prévue a été retirée de votre agenda.")},
    "calendar.given": {
        "me": _("Vous avez donné l’adresse de votre agenda : seules ses heures prises sont lues.")
    },
    "calendar.withdrawn": {"me": _("Vous avez retiré l’adresse de votre agenda.")},
    "meeting.cancelled": {
        "me": _("Vous avez annulé la rencontre : %(reason)s"),
        "them": _("%(who)s a annulé la rencontre : %(reason)s"),
        "none": _("La rencontre est annulée : %(reason)s"),
    },
    "step.handed_over": {"none": _("L’animation prend le relais : %(verb)s.")},
    "step.escalated": {"none": _("Le délai est passé, l’animation le sait : %(verb)s.")},
    "post.silent": {"none": _("Personne n’a demandé cette offre depuis longtemps : est-elle d’actualité ?")},
    "desk.late": {"none": _("L’équipe a été prévenue de ce qui attend, délai passé : %(count)s.")},
    "desk.neglected": {"none": _("Le parrainage a été prévenu de ce qui attend l’équipe : %(count)s.")},
    "exchange.opened": {"none": _("L’échange est ouvert.")},
    "exchange.joined": {
        "me_for": _("Vous avez accueilli %(name)s dans l’échange."),
        "them": _("%(name)s a rejoint l’échange."),
    },
    "exchange.extended": {
        "me": _("Vous avez prévu une rencontre de plus."),
        "them": _("%(who)s a prévu une rencontre de plus."),
    },
    "exchange.finished": {
        "me": _("Vous avez terminé l’échange : place au bilan."),
        "them": _("%(who)s a terminé l’échange : place au bilan."),
        "none": _("L’échange est terminé : place au bilan."),
    },
    "exchange.stopped": {
        "me": _("Vous avez arrêté l’échange : %(reason)s"),
        "them": _("%(who)s a arrêté l’échange : %(reason)s"),
        "none": _("L’échange s’est arrêté : %(reason)s"),
    },
    "exchange.left": {"none": _("%(name)s ne prend plus part à l’échange.")},
    "exchange.closed": {"none": _("L’échange est clos. Les bilans écrits se lisent maintenant.")},
    "exchange.declared": {
        "me": _("Vous avez déclaré un échange tenu le %(held_on)s."),
        "them": _("%(who)s a déclaré un échange tenu le %(held_on)s."),
        "none": _("Un échange tenu le %(held_on)s a été repris dans le réseau."),
    },
    "exchange.confirmed": {
        "me": _("Vous avez confirmé l’échange."),
        "them": _("%(who)s a confirmé l’échange."),
    },
    "exchange.denied": {
        "me": _("Vous avez dit que cet échange n’avait pas eu lieu."),
        "them": _("%(who)s a dit que cet échange n’avait pas eu lieu."),
    },
    "review.submitted": {
        "me": _("Vous avez fait le bilan."),
        "them": _("%(who)s a fait le bilan."),
    },
    "person.notices_chosen": {"me": _("Vous avez choisi les messages que vous recevez.")},
    "address.failed": {"none": _("Nos courriels ne vous parviennent plus : votre adresse les refuse.")},
    "address.cleared": {
        "me": _("Vous avez fait réessayer une adresse électronique."),
        "them": _("%(who)s a fait réessayer votre adresse électronique."),
    },
    "device.added": {"me": _("Vous avez demandé des notifications sur un appareil.")},
    "device.removed": {"me": _("Vous avez retiré un appareil.")},
    "hook.added": {"me": _("Vous avez relié un salon de discussion au réseau.")},
    "hook.changed": {"me": _("Vous avez modifié ce qu’un salon de discussion reçoit.")},
    "hook.removed": {"me": _("Vous avez retiré un salon de discussion.")},
    "broadcast.sent": {"me": _("Vous avez écrit à %(count)s membres : « %(title)s ».")},
    "directory.imported": {
        "me": _("Vous avez importé l’annuaire : %(created)s personnes ajoutées, %(updated)s mises à jour.")
    },
    "network.members_imported": {"me": _("Vous avez importé des membres : %(count)s.")},
    "network.posts_imported": {"me": _("Vous avez importé des annonces : %(count)s.")},
    "suggestion.found": {"none": _("Nous avons trouvé quelqu’un pour vous : %(name)s, « %(offer_title)s ».")},
    "suggestion.proposed": {
        "me": _("Vous avez proposé une mise en relation : « %(title)s »."),
        "them": _("L’animation vous a proposé %(name)s pour « %(title)s »."),
        "none": _("L’animation vous a proposé %(name)s pour « %(title)s »."),
    },
    "suggestion.taken_back": {"me": _("Vous avez retiré une mise en relation proposée : « %(title)s ».")},
    "gathering.planned": {
        "me": _("Vous avez prévu une rencontre : « %(title)s »."),
        "them": _("%(who)s a prévu une rencontre : « %(title)s »."),
    },
    "gathering.changed": {
        "me": _("Vous avez modifié une rencontre : « %(title)s »."),
        "them": _("%(who)s a modifié une rencontre : « %(title)s »."),
    },
    "gathering.opened": {
        "me": _("Vous avez ouvert une rencontre : « %(title)s »."),
        "them": _("%(who)s a ouvert une rencontre : « %(title)s »."),
    },
    "gathering.closed": {
        "me": _("Vous avez clos une rencontre : « %(title)s »."),
        "none": _("Une rencontre a été close : « %(title)s »."),
    },
    "gathering.reopened": {
        "me": _("Vous avez rouvert une rencontre : « %(title)s »."),
        "them": _("%(who)s a rouvert une rencontre : « %(title)s »."),
    },
    "gathering.cancelled": {
        "me": _("Vous avez annulé une rencontre : « %(title)s »."),
        "them": _("%(who)s a annulé une rencontre : « %(title)s »."),
        "none": _("Une rencontre n’a pas eu lieu : « %(title)s »."),
    },
    "gathering.consent_asked": {
        "me": _("Vous avez demandé à quelqu’un de relire ce qui a été noté à « %(title)s »."),
        "them": _("%(who)s vous a demandé de relire ce qui a été noté pour vous à « %(title)s »."),
        "none": _("Il vous a été demandé de relire ce qui a été noté pour vous à « %(title)s »."),
    },
    "gathering.guest_invited": {
        "me": _("Vous avez invité quelqu’un, rencontré à « %(title)s »."),
        "them": _("%(who)s vous a invité à rejoindre le réseau."),
    },
    "gathering.introduced": {
        "me": _("Vous avez mis deux personnes en relation à « %(title)s »."),
        "them": _("%(who)s vous a mis en relation avec quelqu’un à « %(title)s »."),
    },
    "entry.consented": {
        "me_for": _("Vous avez noté l’accord de %(name)s pour publier « %(title)s »."),
        "me": _("Vous avez accepté de publier « %(title)s »."),
        "them": _("%(who)s a noté votre accord pour publier « %(title)s »."),
    },
    "loop.found": {"none": _("Une boucle d’échanges a été trouvée, et vous en êtes.")},
    "nudge.made": {"none": _("Nous vous avons montré une demande que vous pourriez servir : « %(title)s ».")},
    "likeness.met": {"me": _("Vous avez proposé à plusieurs personnes d’apprendre ensemble.")},
    "plan.asked": {"me": _("Vous avez demandé un plan des mises en relation.")},
    "plan.made": {"none": _("Un plan des mises en relation a été calculé.")},
    "ruling.made": {"me": _("Vous avez décidé de deux annonces pour les prochains plans : « %(title)s ».")},
    "ruling.withdrawn": {"me": _("Vous avez laissé le calcul décider de nouveau de deux annonces.")},
    "matching.tuned": {"me": _("Vous avez réglé ce qui compte dans les propositions du réseau.")},
    "alert.matched": {"none": _("%(name)s a publié ce que vous attendiez : « %(words)s ».")},
    "suggestion.dismissed": {"me": _("Vous avez écarté une proposition.")},
    "alert.created": {"me": _("Vous avez demandé une alerte.")},
    "step.reminded": {
        "me": _("Vous avez rappelé ce qui est attendu : %(verb)s."),
        "them": _("%(who)s vous a rappelé ce qui est attendu : %(verb)s."),
        "none": _("Un rappel est parti : %(verb)s."),
    },
    "behalf.done": {
        "me_for": _("Vous avez répondu en son nom pour %(name)s : « %(title)s »."),
        "them": _("%(who)s, de l’animation, a répondu en votre nom : « %(title)s »."),
    },
    "member.encouraged": {
        "me_for": _("Vous avez écrit un mot d’encouragement à %(name)s."),
        "them": _("%(who)s vous a écrit un mot d’encouragement."),
    },
    "pool.joined": {
        "me_for": _("Vous avez inscrit %(name)s dans l’équipe d’appui."),
        "me": _("Vous avez rejoint l’équipe d’appui."),
        "them": _("%(who)s vous a inscrit dans l’équipe d’appui."),
    },
    "pool.changed": {
        "me_for": _("Vous avez modifié ce que %(name)s peut faire dans l’équipe d’appui."),
        "me": _("Vous avez modifié ce que vous pouvez faire dans l’équipe d’appui."),
        "them": _("%(who)s a modifié ce que vous pouvez faire dans l’équipe d’appui."),
    },
    "pool.left": {
        "me_for": _("Vous avez retiré %(name)s de l’équipe d’appui."),
        "me": _("Vous avez quitté l’équipe d’appui."),
        "them": _("%(who)s vous a retiré de l’équipe d’appui."),
    },
    "note.written": {"me": _("Vous avez laissé une note d’accompagnement.")},
    "note.removed": {"me": _("Vous avez retiré une note d’accompagnement.")},
    "alert.withdrawn": {"me": _("Vous avez retiré une alerte.")},
    **COMMUNITY,
    **FIGURES,
    **GROUPS,
    **LEARNING,
    **RECOGNITION,
    **SURVEYS,
    **REPORTS,
    **STEERING,
    **TOPICS,
    **TRAINING,
}
OTHER = _("Un changement a été noté.")

# Which order to look in when a case is not written.
FALLBACK = {
    "me": ("me", "me_for", "none"),
    "me_for": ("me_for", "me", "none"),
    "them": ("them", "none"),
    "none": ("none",),
}
LABELS: dict[str, dict[str, Any]] = {
    "role": dict(Role.choices),
    "refusal": dict(Refusal.choices),
    "verb": dict(Verb.choices),
}
TONES = {
    "introduction": "request",
    "exchange": "exchange",
    "meeting": "exchange",
    "review": "good",
    "post": "offer",
}
ICONS = {
    "thread.written": "message-circle",
    "introduction.questioned": "message-circle",
    "introduction.replied": "message-circle",
    "introduction.asked": "arcs",
    "introduction.refused": "x",
    "introduction.lapsed": "hourglass",
    "meeting.cancelled": "calendar-x",
    "meeting.missed": "calendar-x",
    "terms.written": "file-text",
    "review.submitted": "circle-check",
}


def _case(fact: Fact, reader: Any) -> str:
    if fact.by_id is None:
        return "none"
    if fact.by_id != reader.pk:
        return "them"
    name = fact.data.get("name")
    return "me_for" if name and name != reader.display_name else "me"


def _value(name: str, value: Any) -> Any:
    if name in LABELS:
        return LABELS[name].get(value, value)
    if isinstance(value, str) and name.endswith(("_at", "_on", "until", "slot")):
        return _moment(value) or value
    return value


def _moment(text: str) -> str:
    try:
        moment: dt.date | None = parse_datetime(text) if "T" in text else parse_date(text)
    except ValueError:
        return ""
    return words(moment) if moment else ""


class _Values(dict[str, Any]):
    # A fact written before a key existed must still be readable.
    def __missing__(self, key: str) -> str:
        return "…"


def say(fact: Fact, reader: Any) -> str:
    """Return one sentence for a fact, in the reader's language and zone (`fact.by` loaded beforehand)."""
    cases = SENTENCES.get(fact.name, {})
    sentence = next((cases[case] for case in FALLBACK[_case(fact, reader)] if case in cases), None)
    if sentence is None:
        sentence = next(iter(cases.values()), OTHER)
    values = _Values({name: _value(name, value) for name, value in fact.data.items()})
    values["who"] = fact.by.display_name if fact.by else ""
    said = str(sentence) % values
    typed_by = fact.data.get("entered_by")
    if not typed_by:
        return said
    return str(_("%(said)s Noté par %(name)s, de l’animation.")) % {"said": said, "name": typed_by}


def items(facts: Iterable[Fact], reader: Any, *, titled: bool = False) -> list[dict[str, Any]]:
    """Return facts as rows of the `history` part; `titled` says under each what it was about."""
    return [
        {
            "at": fact.at,
            "text": say(fact, reader),
            "icon": ICONS.get(fact.name, ""),
            "tone": TONES.get(fact.name.split(".")[0], "neutral"),
            "detail": fact.data.get("title", "") if titled else "",
        }
        for fact in facts
    ]

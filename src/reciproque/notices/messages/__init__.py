"""Every message of the product, in one list: which fact, told to whom, in which words, leading where.

The first message of a fact whose audience holds a person is the one that person gets. The doer of a fact is
never told of it. Texts are French; %(names)s are given by `Story.words`, as the reader would say them.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from reciproque.agenda.rules import Verb
from reciproque.notices.messages import audiences as who
from reciproque.notices.messages import moderated
from reciproque.notices.messages import pages as at
from reciproque.notices.messages.audiences import meeting_taps, slot_taps, taps
from reciproque.notices.messages.community import COMMUNITY
from reciproque.notices.messages.groups import GROUPS
from reciproque.notices.messages.learning import LEARNING
from reciproque.notices.messages.reports import REPORTS
from reciproque.notices.messages.rhythm import RHYTHM
from reciproque.notices.messages.shape import Message, message
from reciproque.notices.messages.skills import SKILLS
from reciproque.notices.messages.steering import STEERING
from reciproque.notices.messages.story import Story
from reciproque.notices.messages.surveys import SURVEYS
from reciproque.notices.messages.training import TRAINING
from reciproque.notices.rules import Category, TapKind

MEETINGS, WRITTEN, FINDS, NETWORK = Category.MEETINGS, Category.MESSAGES, Category.FINDS, Category.NETWORK

YES_OR_NO = taps((TapKind.ACCEPT, _("Oui, volontiers")), (TapKind.REFUSE, _("Non, pas cette fois")))
ANSWER = (_("Lire et répondre"), at.introduction)
SEE_INTRODUCTION = (_("Voir la mise en relation"), at.introduction)
SEE_EXCHANGE = (_("Voir l’échange"), at.exchange)
SEE_MEETING = (_("Voir le rendez-vous"), at.meeting)
REVIEW = (_("Faire mon bilan"), at.review)
CONFIRM = (_("Confirmer ou corriger"), at.confirm)
SEE_POST = (_("Voir l’annonce"), at.post)
SEE_NETWORK = (_("Aller au réseau"), at.network)
SEE_GATHERING = (_("Dire si je viens"), at.gathering)
SEE_ANNOUNCED = (_("En savoir plus, ou répondre autrement"), at.gathering)
RENEW = taps((TapKind.RENEW, _("Renouveler")))
TRY_OR_LATER = taps((TapKind.TRY, _("Oui, me mettre en relation")), (TapKind.LATER, _("Plus tard")))
ASK_NEXT_OR_NOT = taps((TapKind.NEXT, _("Oui, lui demander")), (TapKind.NEXT_NO, _("Non merci")))
WELCOME = taps((TapKind.ADMIT, _("Oui, bienvenue")))
I_COME = taps((TapKind.COMING, _("Je viens")))
IT_IS_SO = taps((TapKind.CONFIRM, _("Oui, c’est exact")))
HELD_OR_NOT = meeting_taps(
    (TapKind.HELD, _("Oui, elle a eu lieu")), (TapKind.NOT_HELD, _("Non, pas cette fois-là"))
)


def reason(story: Story) -> str:
    """The reason that the fact holds, written to be read by the others."""
    return str(story.data.get("reason", ""))


def broadcast_words(story: Story) -> str:
    """What the animation team wrote."""
    return story.broadcast.text if story.broadcast else ""


def own_words(story: Story) -> str:
    """What an animator added in their own words."""
    return str(story.data.get("words", ""))


def refusal_words(story: Story) -> str:
    """What the one who declined added in their own words."""
    return story.introduction.reason if story.introduction else ""


# fmt: off
MESSAGES: list[Message] = [
    # -- introductions: two people brought together --------------------------------------------------------
    message("introduction.asked", who.asked_offerer, ANSWER,
            _("%(requester)s voudrait apprendre avec vous : %(title)s"),
            _("%(requester)s vous demande une mise en relation dans le réseau « %(network)s », au sujet de « %(title)s »."),
            _("Vous pouvez dire oui, dire non en donnant une raison, ou poser d’abord une question."),
            taps=YES_OR_NO, awaits=Verb.ANSWER),
    message("introduction.asked", who.asked_requester, ANSWER,
            _("%(offerer)s peut vous aider : %(title)s"),
            _("%(offerer)s a lu votre demande « %(title)s » dans le réseau « %(network)s » et vous propose d’en parler."),
            _("Vous pouvez dire oui, dire non en donnant une raison, ou poser d’abord une question."),
            taps=YES_OR_NO, awaits=Verb.ANSWER),
    message("introduction.asked", who.initiator, SEE_INTRODUCTION,
            _("Une mise en relation demandée pour vous : %(title)s"),
            _("%(by)s, de l’animation, a demandé en votre nom une mise en relation avec %(others)s."),
            _("Si ce n’est pas ce que vous souhaitez, vous pouvez la retirer.")),
    message("introduction.questioned", who.initiator, (_("Lire la question et répondre"), at.introduction),
            _("%(others)s a une question avant de vous répondre : %(title)s"),
            _("Avant de vous répondre au sujet de « %(title)s », %(others)s vous pose une question."),
            awaits=Verb.REPLY),
    message("introduction.replied", who.replied_to, ANSWER,
            _("%(others)s a répondu à votre question : %(title)s"),
            _("%(others)s a répondu à votre question au sujet de « %(title)s », et attend maintenant votre réponse."),
            taps=YES_OR_NO, awaits=Verb.ANSWER),
    message("introduction.accepted", who.accepted_into_group, (_("Voir l’échange"), at.opened_exchange),
            _("%(others)s vous accueille dans un échange en petit groupe : %(title)s"),
            _("%(others)s a dit oui. Vous rejoignez un échange déjà commencé, à plusieurs, sur « %(title)s ».")),
    message("introduction.accepted", who.accepted_requester, (_("Proposer des dates"), at.opened_exchange),
            _("%(others)s a dit oui : %(title)s"),
            _("%(others)s accepte de vous transmettre « %(title)s »."),
            _("Proposez jusqu’à trois dates : dès que l’une convient, le rendez-vous est fixé.")),
    message("introduction.accepted", who.accepted_offerer, (_("Voir l’échange"), at.opened_exchange),
            _("%(others)s a dit oui : %(title)s"),
            _("%(others)s accepte votre aide sur « %(title)s », et va vous proposer des dates.")),
    message("introduction.accepted", who.accepted_mediated, SEE_INTRODUCTION,
            _("%(others)s a dit oui : %(title)s"),
            _("%(others)s est d’accord pour parler avec vous de « %(title)s »."),
            _("Dans ce réseau, une troisième personne vous réunit une première fois. Elle vous proposera des dates.")),
    message("introduction.mediated", who.mediator, (_("Proposer des dates"), at.introduction),
            _("Une mise en relation à accompagner : %(title)s"),
            _("%(requester)s et %(offerer)s ont dit oui, et c’est à vous de les réunir, au sujet de « %(title)s »."),
            _("Proposez-leur jusqu’à trois dates. Le déroulé de la rencontre est sur la page.")),
    message("introduction.mediated", who.two, SEE_INTRODUCTION,
            _("%(mediator)s va vous réunir : %(title)s"),
            _("%(mediator)s accompagne votre mise en relation sur « %(title)s », et va vous proposer des dates.")),
    message("introduction.unmediated", who.animators, (_("Trouver quelqu’un"), at.accompany),
            _("Une mise en relation attend une médiation : %(title)s"),
            _("%(requester)s et %(offerer)s ont dit oui. Il reste à trouver qui les réunira.")),
    message("introduction.refused", who.initiator, SEE_INTRODUCTION,
            _("%(others)s ne peut pas cette fois : %(title)s"),
            _("%(others)s vous remercie et ne peut pas répondre à votre demande sur « %(title)s »."),
            _("Sa raison : %(refusal)s."),
            _("Si quelqu’un d’autre convient, nous vous le proposerons. Personne ne sera sollicité sans votre accord."),
            quote=refusal_words),
    message("introduction.lapsed", who.initiator, SEE_INTRODUCTION,
            _("%(others)s n’a pas répondu : %(title)s"),
            _("%(others)s n’a pas pu vous répondre dans le délai au sujet de « %(title)s »."),
            _("Si quelqu’un d’autre convient, nous vous le proposerons. Personne ne sera sollicité sans votre accord.")),
    message("introduction.lapsed", who.answerer, SEE_INTRODUCTION,
            _("Plus rien à répondre à %(others)s : %(title)s"),
            _("Le délai est passé : une autre personne sera proposée à %(others)s. Vous n’avez rien à faire.")),
    message("introduction.withdrawn", who.two_and_mediator, SEE_INTRODUCTION,
            _("Mise en relation retirée : %(title)s"),
            _("%(by)s a retiré la mise en relation au sujet de « %(title)s ». Vous n’avez rien à faire."),
            quote=reason),
    message("introduction.cancelled", who.two_and_mediator, SEE_INTRODUCTION,
            _("Mise en relation interrompue : %(title)s"),
            _("La mise en relation avec %(others)s, au sujet de « %(title)s », s’arrête là."),
            quote=reason),
    message("introduction.not_matched", who.two, SEE_INTRODUCTION,
            _("Votre rencontre avec %(others)s ne mène pas à un échange : %(title)s"),
            _("Vous vous êtes parlé, et cela ne correspond pas : c’est une fin normale. Merci d’avoir pris ce temps."),
            _("Si vous cherchiez quelque chose, une autre personne pourra vous être proposée, avec votre accord."),
            quote=reason),
    message("introduction.agreed", who.named_requester, (_("Proposer des dates"), at.opened_exchange),
            _("Votre échange commence : %(title)s"),
            _("%(others)s et vous êtes convenus d’un échange sur « %(title)s »."),
            _("Proposez jusqu’à trois dates pour la première rencontre.")),
    message("introduction.agreed", who.named_offerer, (_("Voir l’échange"), at.opened_exchange),
            _("Votre échange commence : %(title)s"),
            _("%(others)s et vous êtes convenus d’un échange sur « %(title)s ». Des dates vont vous être proposées.")),
    message("introduction.next_proposed", who.asker, (_("Voir et décider"), at.next_person),
            _("Une autre personne pour vous : %(title)s"),
            _("Au sujet de « %(title)s », %(name)s pourrait convenir, avec son offre « %(offer)s »."),
            _("Rien ne lui a été envoyé : c’est vous qui dites oui ou non."),
            about=FINDS, taps=ASK_NEXT_OR_NOT, awaits=Verb.NEXT),
    # -- exchanges -----------------------------------------------------------------------------------------
    message("exchange.opened", who.opened_alone, SEE_EXCHANGE,
            _("Votre échange commence : %(title)s"),
            _("Un échange s’ouvre avec %(others)s sur « %(title)s ». Il reste à fixer une date.")),
    message("exchange.joined", who.companions, SEE_EXCHANGE,
            _("%(name)s rejoint votre échange : %(title)s"),
            _("%(name)s rejoint l’échange en petit groupe sur « %(title)s ».")),
    message("exchange.left", who.companions, SEE_EXCHANGE,
            _("%(name)s ne participe plus à l’échange : %(title)s"),
            _("%(name)s a quitté le réseau. L’échange sur « %(title)s » continue avec les autres personnes.")),
    message("exchange.finished", who.participants, REVIEW,
            _("Votre bilan en deux minutes : %(title)s"),
            _("L’échange sur « %(title)s » avec %(others)s a eu lieu. Que vous a-t-il apporté ?"),
            _("Chacun répond sans voir le bilan de l’autre. Les bilans deviennent lisibles quand tout le monde a répondu."),
            awaits=Verb.REVIEW),
    message("exchange.extended", who.participants, SEE_EXCHANGE,
            _("Une rencontre de plus : %(title)s"),
            _("%(by)s prévoit une rencontre de plus sur « %(title)s ». Le bilan viendra après.")),
    message("exchange.stopped", who.participants, SEE_EXCHANGE,
            _("L’échange s’arrête : %(title)s"),
            _("L’échange sur « %(title)s » avec %(others)s s’arrête avant son terme."),
            quote=reason),
    message("exchange.declared", who.declared_by_other, CONFIRM,
            _("Avez-vous échangé avec %(by)s ? %(title)s"),
            _("%(by)s a noté un échange avec vous sur « %(title)s », le %(day)s."),
            _("Est-ce exact ?"),
            taps=IT_IS_SO, awaits=Verb.CONFIRM),
    message("exchange.declared", who.declared_for_both, CONFIRM,
            _("Avez-vous échangé avec %(others)s ? %(title)s"),
            _("%(by)s, de l’animation, a noté un échange entre %(others)s et vous sur « %(title)s », le %(day)s."),
            _("Est-ce exact ?"),
            taps=IT_IS_SO, awaits=Verb.CONFIRM),
    message("exchange.confirmed", who.declarer, SEE_EXCHANGE,
            _("Échange confirmé : %(title)s"),
            _("%(by)s confirme l’échange que vous aviez noté sur « %(title)s ».")),
    message("exchange.denied", who.declarer, SEE_EXCHANGE,
            _("Échange non confirmé : %(title)s"),
            _("%(by)s ne reconnaît pas l’échange que vous aviez noté sur « %(title)s ». Il n’est pas compté."),
            quote=reason),
    message("exchange.closed", who.reviewed_participants, SEE_EXCHANGE,
            _("Les bilans sont lisibles : %(title)s"),
            _("L’échange sur « %(title)s » est clos. Vous pouvez lire ce que chacun en dit. Merci.")),
    message("review.submitted", who.reviewed_for, SEE_EXCHANGE,
            _("Un bilan noté en votre nom : %(title)s"),
            _("%(by)s, de l’animation, a noté votre bilan de l’échange sur « %(title)s ».")),
    message("review.submitted", who.awaited_reviewers, REVIEW,
            _("Un bilan est arrivé, le vôtre est attendu : %(title)s"),
            _("Un bilan de l’échange sur « %(title)s » est fait. Vous pourrez le lire après avoir écrit le vôtre."),
            awaits=Verb.REVIEW),
    message("thread.written", who.thread_readers, (_("Lire et répondre"), at.thread),
            _("%(by)s vous a écrit : %(title)s"),
            _("%(by)s vous a écrit au sujet de « %(title)s ». Son message vous attend."),
            _("Seules les personnes de cette conversation peuvent le lire."),
            about=WRITTEN),
    # -- meetings ------------------------------------------------------------------------------------------
    message("meeting.proposed", who.proposed_to, (_("En proposer d’autres"), at.meeting),
            _("Des dates pour vous voir : %(title)s"),
            _("%(by)s propose des dates pour vous rencontrer au sujet de « %(title)s »."),
            _("Laquelle vous convient ?"),
            about=MEETINGS, taps=slot_taps, awaits=Verb.CHOOSE),
    message("meeting.fixed", who.fixed_for, SEE_MEETING,
            _("Rendez-vous %(when)s : %(title)s"),
            _("Votre rendez-vous avec %(others)s au sujet de « %(title)s » est fixé : %(when)s (%(where)s)."),
            _("L’invitation jointe l’ajoute à votre agenda."),
            about=MEETINGS, urgent=who.soon, calendar="REQUEST"),
    message("meeting.fixed", who.fixed_by, SEE_MEETING,
            _("Rendez-vous %(when)s : %(title)s"),
            _("Vous avez fixé votre rendez-vous avec %(others)s au sujet de « %(title)s » : %(when)s (%(where)s)."),
            _("L’invitation jointe l’ajoute à votre agenda."),
            about=MEETINGS, urgent=who.soon, calendar="REQUEST", even_doer=True),
    message("meeting.reopened", who.proposed_to, (_("En proposer d’autres"), at.meeting),
            _("Le rendez-vous change de date : %(title)s"),
            _("%(by)s ne peut plus vous voir %(before)s (« %(title)s ») et propose d’autres dates."),
            _("Laquelle vous convient ?"),
            _("Le fichier joint retire l’ancienne date de votre agenda."),
            about=MEETINGS, urgent=who.soon, taps=slot_taps, awaits=Verb.CHOOSE, calendar="CANCEL"),
    message("meeting.reopened", who.doer_with_invitation, SEE_MEETING,
            _("Ancienne date à retirer de votre agenda : %(title)s"),
            _("Le fichier joint retire de votre agenda le rendez-vous prévu %(before)s. La nouvelle date suivra."),
            about=MEETINGS, urgent=who.soon, calendar="CANCEL", even_doer=True),
    message("meeting.cancelled", who.doer_with_invitation, SEE_MEETING,
            _("Rendez-vous à retirer de votre agenda : %(title)s"),
            _("Le fichier joint retire de votre agenda le rendez-vous que vous venez d’annuler (%(when)s)."),
            about=MEETINGS, urgent=who.soon, calendar="CANCEL", even_doer=True),
    message("meeting.cancelled", who.cancelled_dated, SEE_MEETING,
            _("Rendez-vous annulé : %(title)s"),
            _("Le rendez-vous prévu %(when)s au sujet de « %(title)s » n’aura pas lieu."),
            about=MEETINGS, urgent=who.soon, quote=reason, calendar="CANCEL"),
    message("meeting.cancelled", who.cancelled_undated, SEE_MEETING,
            _("Rencontre annulée : %(title)s"),
            _("%(by)s annule la rencontre qui restait à fixer au sujet de « %(title)s »."),
            about=MEETINGS, urgent=who.soon, quote=reason),
    message("meeting.left", who.person_concerned, (_("Voir mon agenda"), at.agenda),
            _("Rendez-vous à retirer de votre agenda : %(title)s"),
            _("Vous ne participez plus à la rencontre au sujet de « %(title)s », prévue %(when)s."),
            _("Le fichier joint la retire de votre agenda."),
            about=MEETINGS, urgent=who.soon, calendar="CANCEL"),
    message("meeting.past", who.past_for, (_("Répondre autrement"), at.held),
            _("Votre rencontre a-t-elle eu lieu ? %(title)s"),
            _("Vous deviez rencontrer %(others)s au sujet de « %(title)s » : %(when)s. La rencontre a-t-elle eu lieu ?"),
            about=MEETINGS, taps=HELD_OR_NOT, awaits=Verb.HELD),
    message("meeting.missed", who.invited, (_("Voir où l’on en est"), at.thread),
            _("La rencontre n’a pas eu lieu : %(title)s"),
            _("%(by)s indique que la rencontre au sujet de « %(title)s » n’a pas eu lieu. Une autre date sera proposée."),
            about=MEETINGS),
    # -- networks ------------------------------------------------------------------------------------------
    message("membership.applied", who.animators, (_("Voir les demandes"), at.applicants),
            _("%(name)s demande à rejoindre %(network)s"),
            _("%(name)s demande à rejoindre le réseau « %(network)s » et attend votre réponse."),
            about=NETWORK, taps=WELCOME),
    message("membership.joined", who.newcomer, SEE_NETWORK,
            _("Bienvenue dans le réseau « %(network)s »"),
            _("%(by)s vous ouvre le réseau « %(network)s » : vous en faites maintenant partie."),
            _("Pour commencer, dites ce que vous savez faire et ce que vous cherchez : une offre, une demande."),
            about=NETWORK),
    message("membership.refused", who.person_concerned, SEE_NETWORK,
            _("Votre demande d’adhésion à %(network)s"),
            _("%(by)s n’a pas donné suite à votre demande de rejoindre le réseau « %(network)s »."),
            about=NETWORK, quote=reason),
    message("membership.waived", who.person_concerned, SEE_NETWORK,
            _("Vous pouvez demander des mises en relation : %(network)s"),
            _("%(by)s vous permet de demander des mises en relation sans attendre d’avoir publié une offre et une demande."),
            about=NETWORK, quote=reason),
    message("membership.left", who.person_acted_for, SEE_NETWORK,
            _("Vous ne faites plus partie du réseau « %(network)s »"),
            _("%(by)s a mis fin à votre participation au réseau « %(network)s ». Ce qui vous attendait y est libéré."),
            about=NETWORK),
    message("charter.published", who.unsigned, (_("Lire et signer la charte"), at.charter),
            _("La charte du réseau « %(network)s » a changé"),
            _("Une nouvelle version de la charte est publiée. Elle se lit en dix lignes et se signe en un geste."),
            _("Sans signature, vous pouvez tout lire, mais pas demander de mise en relation."),
            about=NETWORK, personal=False),
    message("network.opened_to", who.interested, (_("Rejoindre le réseau"), at.network),
            _("Le réseau « %(network)s » s’ouvre à vous"),
            _("Votre intérêt pour le réseau « %(network)s » est noté : vous pouvez le rejoindre à partir du %(day)s."),
            about=NETWORK),
    message("role.granted", who.person_concerned, SEE_NETWORK,
            _("Un rôle vous est confié dans %(network)s : %(role)s"),
            _("%(by)s vous confie un rôle dans le réseau « %(network)s » : %(role)s."),
            about=NETWORK),
    message("role.withdrawn", who.person_concerned, SEE_NETWORK,
            _("Votre rôle dans %(network)s prend fin : %(role)s"),
            _("%(by)s met fin à votre rôle dans le réseau « %(network)s » : %(role)s. Merci pour ce que vous y avez fait."),
            about=NETWORK),
    # -- offers and requests -------------------------------------------------------------------------------
    message("post.published", who.person_acted_for, SEE_POST,
            _("Publiée en votre nom : %(title)s"),
            _("%(by)s, de l’animation, a publié une %(kind)s en votre nom : « %(title)s »."),
            _("Vous pouvez la modifier ou la retirer."),
            about=NETWORK),
    message("post.withdrawn", who.person_acted_for, (_("Voir mes annonces"), at.my_posts),
            _("Votre %(kind)s n’est plus publiée : %(title)s"),
            _("%(by)s, de l’animation, a retiré votre %(kind)s « %(title)s »."),
            about=NETWORK, quote=reason),
    message("post.expiring", who.author_of_open, SEE_POST,
            _("Votre %(kind)s s’arrête bientôt : %(title)s"),
            _("Votre %(kind)s « %(title)s » est visible jusqu’au %(day)s. Est-elle toujours d’actualité ?"),
            about=NETWORK, taps=RENEW, awaits=Verb.RENEW),
    message("post.expired", who.author_of_expired, SEE_POST,
            _("Votre %(kind)s n’est plus visible : %(title)s"),
            _("Votre %(kind)s « %(title)s » est arrivée à son terme. Vous pouvez la publier de nouveau en un geste."),
            about=NETWORK, taps=RENEW),
    # -- what was found ------------------------------------------------------------------------------------
    message("suggestion.found", who.once_a_day, (_("Voir ce qui est trouvé"), at.suggestions),
            _("Trouvé pour vous : %(title)s"),
            _("Vous cherchez « %(title)s », et %(name)s propose « %(offer)s » dans le réseau « %(network)s »."),
            _("Voyez pourquoi cela peut convenir, et décidez."),
            about=FINDS),
    message("suggestion.proposed", who.asker, (_("Voir cette personne"), at.suggestion),
            _("L’animation vous propose %(name)s : %(title)s"),
            _("Pour votre demande « %(title)s », l’animation vous propose %(name)s, qui offre « %(offer)s »."),
            _("Rien ne lui est envoyé tant que vous n’avez pas dit oui."),
            about=FINDS, taps=TRY_OR_LATER, awaits=Verb.TRY),
    message("loop.found", who.concerned, (_("Voir la boucle"), at.loop),
            _("Une boucle d’échanges est possible avec vous"),
            _("Quelques personnes pourraient chacune donner à la suivante et recevoir de la précédente. Vous en êtes."),
            _("Chaque mise en relation reste libre : en refuser une ne défait pas les autres."),
            about=FINDS),
    message("nudge.made", who.alerted, (_("Voir cette demande"), at.nudge),
            _("Vous pourriez partager cela : %(title)s"),
            _("Quelqu’un du réseau « %(network)s » cherche « %(title)s », et vous semblez vous y connaître."),
            _("Personne ne sait que nous vous posons la question, et rien ne vous y oblige."),
            about=FINDS),
    message("alert.matched", who.alerted, (_("Voir l’annonce"), at.found_post),
            _("Une annonce que vous attendiez : %(title)s"),
            _("Vous vouliez savoir quand quelqu’un publierait « %(sought)s » : %(name)s vient de publier « %(title)s »."),
            about=FINDS),
    # -- the rhythm -- -----------------------------------------------------------------------------------
    *RHYTHM,
    # -- the desk -- -------------------------------------------------------------------------------------
    message("behalf.done", who.acted_for, (_("Voir où l’on en est"), at.thread),
            _("Noté en votre nom : %(title)s"),
            _("%(by)s, de l’animation, a noté en votre nom, au sujet de « %(title)s » : %(done)s."),
            _("Si ce n’est pas ce que vous avez dit, dites-le à l’animation : cela se corrige.")),
    message("member.encouraged", who.lacking_offer, (_("Écrire mon offre"), at.new_offer),
            _("Et vous, que pourriez-vous transmettre ?"),
            _("%(by)s, de l’animation, pense à vous dans le réseau « %(network)s » : vous n’y avez pas encore d’offre."),
            _("Un geste du métier, un outil, une façon de faire : ce que vos collègues vous demandent est déjà une offre."),
            about=NETWORK, quote=own_words),
    message("member.encouraged", who.lacking_request, (_("Écrire ma demande"), at.new_request),
            _("Et vous, qu’aimeriez-vous apprendre ?"),
            _("%(by)s, de l’animation, pense à vous dans le réseau « %(network)s » : dites ce que vous aimeriez apprendre."),
            _("Demander est aussi un don : c’est ce qui permet à quelqu’un de transmettre."),
            about=NETWORK, quote=own_words),
    message("pool.joined", who.acted_for_or_named, (_("Changer, ou quitter l’équipe"), at.helping),
            _("Vous aidez à animer le réseau « %(network)s »"),
            _("%(by)s a noté que vous acceptez d’aider l’animation du réseau « %(network)s »."),
            _("Vous choisissez ce que vous faites, et combien de choses à la fois : changez-le, ou quittez "
              "l’équipe, quand vous voulez."),
            about=NETWORK),
    # -- fairs and spotting sessions -- ------------------------------------------------------------------
    message("gathering.planned", who.announced_fair, SEE_ANNOUNCED,
            _("Bourse aux savoirs, %(day)s : %(title)s"),
            _("Une bourse aux savoirs se prépare dans le réseau « %(network)s » : « %(title)s », %(day)s, "
              "%(hours)s, %(place)s."),
            _("On y dit ce que l’on propose et ce que l’on cherche. Dites en un geste si vous venez."),
            about=NETWORK, taps=I_COME, personal=False),
    message("gathering.planned", who.announced_session, SEE_ANNOUNCED,
            _("Séance de repérage, %(day)s : %(title)s"),
            _("Une séance pour repérer ses savoirs se prépare dans le réseau « %(network)s » : « %(title)s », "
              "%(day)s, %(hours)s, %(place)s."),
            _("On y trouve ensemble ce que l’on sait et ce que l’on cherche. Dites en un geste si vous venez."),
            about=NETWORK, taps=I_COME, personal=False),
    message("gathering.changed", who.coming, SEE_GATHERING,
            _("Nouvelle date ou nouveau lieu : %(title)s"),
            _("« %(title)s » aura lieu %(day)s, %(hours)s, %(place)s. Vous aviez dit que vous veniez : dites-le "
              "si cela ne va plus."),
            about=NETWORK),
    message("gathering.cancelled", who.coming, (_("Voir la page"), at.gathering),
            _("Annulée : %(title)s"),
            _("« %(title)s », prévue %(day)s, n’aura pas lieu."),
            about=NETWORK, quote=reason),
    message("gathering.consent_asked", who.asked_consent, (_("Relire et décider"), at.own_entries),
            _("À relire : ce qui a été noté pour vous à « %(title)s »"),
            _("Ce que vous avez dit à « %(title)s » a été noté. Rien n’en est publié sans votre accord."),
            _("Sans réponse avant le %(day)s, ces notes seront effacées."),
            about=NETWORK),
    message("gathering.guest_invited", who.person_acted_for, SEE_NETWORK,
            _("Le réseau « %(network)s » vous attend"),
            _("À l’occasion de « %(title)s », %(by)s vous invite à rejoindre le réseau « %(network)s »."),
            _("Ce qui y a été noté pour vous n’est publié nulle part sans votre accord, et sera effacé si "
              "vous ne répondez pas."),
            about=NETWORK),
    message("entry.consented", who.helped_to_publish, (_("Voir l’annonce"), at.published_entry),
            _("Publiée avec votre accord : %(title)s"),
            _("%(by)s a noté votre accord, donné de vive voix : votre %(kind)s « %(title)s » est publiée."),
            _("Vous pouvez la modifier ou la retirer."),
            about=NETWORK),
    # -- moderation -- -----------------------------------------------------------------------------------
    message("report.made", moderated.report_handler, (_("Lire et répondre"), moderated.case),
            _("Une réponse est attendue de vous : %(network)s"),
            _("Un signalement vous est confié dans le réseau « %(network)s »."),
            _("Il n’est lu que par vous et par l’administration de Réciproque. N’en parlez à personne d’autre."),
            awaits=Verb.MODERATE),
    message("report.given", moderated.report_handler, (_("Lire et répondre"), moderated.case),
            _("Une réponse est attendue de vous : %(network)s"),
            _("Un signalement vous est confié dans le réseau « %(network)s », car la personne qui "
              "l’avait ne peut plus s’en charger."),
            awaits=Verb.MODERATE),
    message("report.given", moderated.named, (_("Voir qui s’en charge"), moderated.case),
            _("Votre demande est confiée à une autre personne : %(network)s"),
            _("La personne qui devait vous répondre dans le réseau « %(network)s » ne peut plus le faire. Une "
              "autre a pris le relais.")),
    message("report.escalated", moderated.report_administrators, (_("Lire et répondre"), moderated.case),
            _("Une réponse est attendue de l’administration : %(network)s"),
            _("Dans le réseau « %(network)s », un signalement n’a pas reçu de réponse dans le délai."),
            _("Vous pouvez y répondre, ou en parler à la personne à qui il est confié.")),
    message("report.amended", moderated.report_handler, (_("Relire l’annonce"), moderated.case),
            _("Une annonce a été corrigée : %(network)s"),
            _("L’annonce dont vous aviez demandé la correction dans le réseau « %(network)s » a été "
              "modifiée. Cela convient-il ?"),
            awaits=Verb.MODERATE),
    message("report.answered", moderated.named, (_("Lire la réponse"), moderated.case),
            _("Une réponse vous attend : %(network)s"),
            _("Ce que vous aviez confié dans le réseau « %(network)s » a reçu une réponse. Elle n’est adressée qu’à vous.")),
    message("decision.told", moderated.named, (_("Lire la décision"), moderated.decision),
            _("Une décision vous concerne : %(network)s"),
            _("Une décision qui vous concerne a été prise dans le réseau « %(network)s »."),
            _("La page dit laquelle, pourquoi, et ce que vous pouvez faire.")),
    message("appeal.made", moderated.appeal_handler, (_("Lire et répondre"), moderated.appeal),
            _("Une réponse est attendue de vous : %(network)s"),
            _("Un recours vous est confié dans le réseau « %(network)s ». Votre réponse sera définitive."),
            awaits=Verb.APPEAL),
    message("appeal.given", moderated.appeal_handler, (_("Lire et répondre"), moderated.appeal),
            _("Une réponse est attendue de vous : %(network)s"),
            _("Un recours vous est confié dans le réseau « %(network)s », car la personne qui "
              "l’avait ne peut plus s’en charger."),
            awaits=Verb.APPEAL),
    message("appeal.given", moderated.named, (_("Voir qui s’en charge"), moderated.decision),
            _("Votre demande est confiée à une autre personne : %(network)s"),
            _("La personne qui examinait votre recours dans le réseau « %(network)s » ne peut plus "
              "s’en charger. Une autre a pris le relais.")),
    message("appeal.escalated", moderated.appeal_administrators, (_("Lire et répondre"), moderated.appeal),
            _("Une réponse est attendue de l’administration : %(network)s"),
            _("Dans le réseau « %(network)s », un recours n’a pas reçu de réponse dans le délai.")),
    message("appeal.answered", moderated.named, (_("Lire la réponse"), moderated.decision),
            _("Une réponse vous attend : %(network)s"),
            _("Votre recours dans le réseau « %(network)s » a été examiné par une autre personne. "
              "Sa réponse est définitive.")),
    message("appeal.outcome", moderated.named, (_("Lire la suite"), moderated.case),
            _("Du nouveau pour vous : %(network)s"),
            _("Dans le réseau « %(network)s », une décision dont vous aviez eu connaissance a été revue par "
              "une autre personne. La page en dit l’issue.")),
    message("exchange.stepped_out", who.companions, SEE_EXCHANGE,
            _("%(name)s ne participe plus à l’échange : %(title)s"),
            _("%(name)s ne participe plus à l’échange sur « %(title)s », qui continue avec les autres personnes.")),
    # -- the animation team writes -- --------------------------------------------------------------------
    message("broadcast.sent", who.segment, SEE_NETWORK,
            "%(title)s",
            _("%(by)s, pour l’animation du réseau « %(network)s »"),
            about=NETWORK, quote=broadcast_words, letter=True, even_doer=True, personal=False),
    # -- the library ---------------------------------------------------------------------------------------
    message("sheet.invited", who.alerted, (_("Lire et répondre"), at.sheet_authors),
            _("%(name)s vous propose de signer une fiche : %(title)s"),
            _("%(name)s souhaite écrire avec vous la fiche « %(title)s ». Votre nom n’y figure que si vous acceptez."),
            about=NETWORK),
    message("sheet.signed", who.alerted, (_("Voir la fiche"), at.sheet),
            _("%(name)s signe votre fiche : %(title)s"),
            _("%(name)s accepte de signer avec vous la fiche « %(title)s »."),
            about=NETWORK),
    message("sheet.given", who.alerted, (_("Voir la fiche"), at.sheet),
            _("Une fiche vous est confiée : %(title)s"),
            _("%(name)s vous confie le suivi de la fiche « %(title)s » : les mots des lecteurs vous parviennent."),
            about=NETWORK),
    message("sheet.stale", who.alerted, (_("Relire la fiche"), at.sheet),
            _("Votre fiche est-elle toujours juste ? %(title)s"),
            _("La date de relecture de la fiche « %(title)s » est passée."),
            _("Un geste suffit si rien n’a changé ; sinon, modifiez-la ou retirez-la."),
            about=NETWORK),
    message("talk.written", who.alerted, (_("Lire et répondre"), at.talk),
            _("%(name)s vous a écrit au sujet d’une fiche : %(title)s"),
            _("%(name)s vous a écrit au sujet de la fiche « %(title)s ». Son message vous attend."),
            _("Vous deux seulement pouvez le lire."),
            about=WRITTEN),
    message("case.routed", who.alerted, (_("Voir la question"), at.case),
            _("Une question pour vous : %(title)s"),
            _("%(name)s demande : « %(title)s » Vos offres ou vos fiches laissent penser que vous savez."),
            _("Quelques lignes suffisent. Vous pouvez aussi décliner en un geste : personne n’en est averti."),
            about=FINDS),
    message("case.answered", who.alerted, (_("Lire la réponse"), at.answer_sheet),
            _("Une réponse à votre question : %(title)s"),
            _("%(name)s a répondu à votre question « %(title)s »."),
            about=FINDS),
    # -- practice-exchange groups --------------------------------------------------------------------------
    *GROUPS,
    # -- learning networks ---------------------------------------------------------------------------------
    *LEARNING,
    # -- the learning community ----------------------------------------------------------------------------
    *COMMUNITY,
    *SKILLS,
    # -- questionnaires ------------------------------------------------------------------------------------
    *SURVEYS,
    *TRAINING,
    # -- steering ------------------------------------------------------------------------------------------
    *STEERING,
    # -- reports -------------------------------------------------------------------------------------------
    *REPORTS,
]
# fmt: on

TOLD: list[str] = sorted({message.fact for message in MESSAGES})


BROADCAST: Message = next(message for message in MESSAGES if message.fact == "broadcast.sent")


def messages_of(fact_name: str) -> list[Message]:
    """Return the messages of one fact, in the order in which their audiences are served."""
    return [message for message in MESSAGES if message.fact == fact_name]

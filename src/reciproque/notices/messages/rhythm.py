"""The reminders of the clock, one sentence per thing expected; what the teams are told is late; returns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _

from reciproque.agenda.rules import IN_A_GROUP, PRIVATE_VERBS, MeetingState, Verb
from reciproque.notices.messages import audiences as who
from reciproque.notices.messages import pages as at
from reciproque.notices.messages.audiences import slot_taps, taps
from reciproque.notices.messages.shape import Message, Tap, message, no_taps
from reciproque.notices.messages.story import Story
from reciproque.notices.rules import Category, TapKind
from reciproque.people.models import Person

MEETINGS, FINDS, NETWORK = Category.MEETINGS, Category.FINDS, Category.NETWORK

ACCEPT_OR_REFUSE = taps((TapKind.ACCEPT, _("Oui, volontiers")), (TapKind.REFUSE, _("Non, pas cette fois")))
ASK_OR_NOT = taps((TapKind.NEXT, _("Oui, lui demander")), (TapKind.NEXT_NO, _("Non merci")))
TRY_OR_LATER = taps((TapKind.TRY, _("Oui, me mettre en relation")), (TapKind.LATER, _("Plus tard")))
CONFIRM = taps((TapKind.CONFIRM, _("Oui, c’est exact")))
RENEW = taps((TapKind.RENEW, _("Renouveler")))


def reminded(*verbs: Verb) -> Callable[[Story], list[Person]]:
    """The one reminded of one of these verbs, while it is still expected of them."""

    def reminded_of(story: Story) -> list[Person]:
        verb = story.data.get("verb", "")
        people = story.named("to") if verb in verbs else []
        return [person for person in people if story.step_of(person, verb) is not None]

    return reminded_of


def held_taps(story: Story, reader: Person) -> list[Tap]:
    """Yes or no to "did it take place?", while the meeting waits for that word."""
    if story.meeting is None or story.meeting.state != MeetingState.FIXED:
        return []
    return [
        Tap(TapKind.HELD, _("Oui, elle a eu lieu"), story.meeting.public_id),
        Tap(TapKind.NOT_HELD, _("Non, pas cette fois-là"), story.meeting.public_id),
    ]


def open_slot_taps(story: Story, reader: Person) -> Any:
    """One answer for each date still proposed."""
    return slot_taps(story, reader) if story.meeting is not None else no_taps(story, reader)


def step_page(story: Story, reader: Person) -> str:
    """The introduction or the exchange of which something is expected (a reminder does not name its people)."""
    kind = "introduction" if story.fact.subject_kind == "introduction" else "exchange"
    return at.page(f"exchanges:{kind}", id=story.fact.subject_id)


def dated(story: Story, reader: Person) -> str:
    """Where dates are found: the meeting, or the page of what it is for."""
    return at.meeting(story, reader) if story.data.get("meeting") else step_page(story, reader)


def told_held(story: Story, reader: Person) -> str:
    return at.held(story, reader) if story.data.get("meeting") else step_page(story, reader)


def animator_words(story: Story) -> str:
    """What the animator who reminds by hand added."""
    return str(story.data.get("words", ""))


def back(story: Story) -> list[Person]:
    """Someone whose pause ended by itself."""
    return who.concerned(story) if story.data.get("automatic") else []


def _of(*verbs: Verb) -> dict[str, Any]:
    return {"awaits": verbs[0], "quote": animator_words}


def desk(story: Story, reader: Person) -> str:
    return at.page("animation:desk", slug=story.network.slug) if story.network else at.home(story, reader)


# fmt: off
RHYTHM: list[Message] = [
    message("step.reminded", reminded(Verb.ANSWER), (_("Lire et répondre"), step_page),
            _("Votre réponse est attendue : %(title)s"),
            _("%(others)s attend votre réponse au sujet de « %(title)s »."),
            _("Un non est aussi une réponse : il permet de chercher ailleurs."),
            taps=ACCEPT_OR_REFUSE, **_of(Verb.ANSWER)),
    message("step.reminded", reminded(Verb.REPLY), (_("Lire la question et répondre"), step_page),
            _("Une question attend votre réponse : %(title)s"),
            _("%(others)s vous a posé une question au sujet de « %(title)s », et attend de vous lire pour se décider."),
            **_of(Verb.REPLY)),
    message("step.reminded", reminded(Verb.NEXT), (_("Voir et décider"), at.next_person),
            _("Toujours à la recherche ? %(title)s"),
            _("Au sujet de « %(title)s », une autre personne pourrait convenir."),
            _("Rien ne lui a été envoyé : c’est vous qui décidez."),
            about=FINDS, taps=ASK_OR_NOT, **_of(Verb.NEXT)),
    message("step.reminded", reminded(Verb.TRY), (_("Voir cette personne"), at.suggestion),
            _("L’animation vous a proposé quelqu’un : %(title)s"),
            _("L’animation a pensé à cette personne pour vous : %(title)s."),
            _("Voulez-vous en parler ensemble ? Rien ne lui est envoyé sans votre accord."),
            about=FINDS, taps=TRY_OR_LATER, **_of(Verb.TRY)),
    message("step.reminded", reminded(Verb.PROPOSE), (_("Proposer des dates"), dated),
            _("Il manque une date : %(title)s"),
            _("Proposez jusqu’à trois dates pour « %(title)s » : dès que l’une convient, le rendez-vous est fixé."),
            about=MEETINGS, **_of(Verb.PROPOSE)),
    message("step.reminded", reminded(Verb.CHOOSE), (_("En proposer d’autres"), dated),
            _("Quelle date vous convient ? %(title)s"),
            _("Des dates vous sont proposées pour « %(title)s ». Laquelle vous convient ?"),
            about=MEETINGS, taps=open_slot_taps, **_of(Verb.CHOOSE)),
    message("step.reminded", reminded(Verb.HELD), (_("Répondre autrement"), told_held),
            _("Vous êtes-vous vus ? %(title)s"),
            _("Personne n’a encore dit si la rencontre au sujet de « %(title)s » a eu lieu. Un mot suffit."),
            about=MEETINGS, taps=held_taps, **_of(Verb.HELD)),
    message("step.reminded", reminded(Verb.TERMS), (_("Remplir la fiche"), step_page),
            _("La fiche de la rencontre est attendue : %(title)s"),
            _("Vous avez réuni deux personnes au sujet de « %(title)s »."),
            _("Notez ce dont elles sont convenues, ou que cela ne correspond pas."),
            **_of(Verb.TERMS)),
    message("step.reminded", reminded(Verb.GO_ON), (_("Voir l’échange"), at.exchange),
            _("Où en est votre échange ? %(title)s"),
            _("Vous avez eu une rencontre au sujet de « %(title)s ». Est-ce terminé, ou y en aura-t-il une autre ?"),
            **_of(Verb.GO_ON)),
    message("step.reminded", reminded(Verb.CONFIRM), (_("Confirmer ou corriger"), at.confirm),
            _("Cet échange a-t-il bien eu lieu ? %(title)s"),
            _("Un échange avec vous sur « %(title)s » a été noté, et n’attend que votre accord."),
            taps=CONFIRM, **_of(Verb.CONFIRM)),
    message("step.reminded", reminded(Verb.REVIEW), (_("Faire mon bilan"), at.review),
            _("Deux minutes pour votre bilan : %(title)s"),
            _("Que vous a apporté l’échange sur « %(title)s » ? Votre bilan est attendu."),
            **_of(Verb.REVIEW)),
    message("step.reminded", reminded(Verb.RENEW), (_("Voir l’annonce"), at.post),
            _("Toujours d’actualité ? %(title)s"),
            _("Votre annonce « %(title)s » est-elle toujours d’actualité ? Dites-le en un geste."),
            about=NETWORK, taps=RENEW, **_of(Verb.RENEW)),
    message("step.reminded", reminded(Verb.SIGN), (_("Lire et signer la charte"), at.charter),
            _("La charte du réseau « %(network)s » attend votre signature"),
            _("La charte du réseau « %(network)s » a changé. Elle se lit en dix lignes et se signe en un geste."),
            about=NETWORK, **_of(Verb.SIGN)),
    message("step.reminded", reminded(Verb.OFFER), (_("Écrire mon offre"), at.new_offer),
            _("Que pourriez-vous transmettre ? %(network)s"),
            _("Il manque votre première offre dans le réseau « %(network)s » : un outil, un geste, une façon de faire."),
            about=NETWORK, **_of(Verb.OFFER)),
    message("step.reminded", reminded(Verb.REQUEST), (_("Écrire ma demande"), at.new_request),
            _("Qu’aimeriez-vous apprendre ? %(network)s"),
            _("Il manque votre première demande dans le réseau « %(network)s »."),
            _("Demander, c’est permettre à quelqu’un de transmettre."),
            about=NETWORK, **_of(Verb.REQUEST)),
    *[message("step.reminded", reminded(verb), (_("Voir ce qui m’attend"), at.home),
              _("Une réponse est attendue de vous : %(network)s"),
              _("Quelque chose attend votre réponse dans le réseau « %(network)s ». Vous le trouverez sur votre accueil."),
              about=NETWORK, **_of(verb)) for verb in PRIVATE_VERBS if verb not in IN_A_GROUP and verb != Verb.FILL],
    message("post.silent", who.author_of_open, (_("Voir l’annonce"), at.post),
            _("Votre %(kind)s n’a pas été demandée depuis longtemps : %(title)s"),
            _("Depuis longtemps, personne n’a demandé de mise en relation au sujet de votre %(kind)s « %(title)s »."),
            _("Est-elle toujours d’actualité ? Un titre plus concret aide souvent."),
            about=NETWORK, taps=RENEW, awaits=Verb.RENEW),
    message("membership.resumed", back, (_("Voir ce qui m’attend"), at.home),
            _("Votre pause est finie : %(network)s"),
            _("Vous voici de retour dans le réseau « %(network)s » : des mises en relation peuvent de nouveau "
              "vous être proposées."),
            _("Ce qui vous attendait est sur votre accueil, avec ses nouveaux délais."),
            about=NETWORK),
    message("desk.late", who.concerned, (_("Ouvrir la liste"), desk),
            _("En attente de l’animation : %(count)s (%(network)s)"),
            _("Ce qui attend un geste de l’animation dans le réseau « %(network)s », délai passé : %(count)s."),
            _("La liste dit depuis quand, et ce qui a déjà été essayé."),
            about=NETWORK),
    message("desk.neglected", who.person_concerned, (_("Voir le réseau"), at.network),
            _("En attente depuis plus d’une semaine : %(count)s (%(network)s)"),
            _("Gestes attendus de l’animation du réseau « %(network)s », délai passé depuis plus de cinq "
              "jours ouvrés : %(count)s."),
            _("Un mot à l’équipe d’animation, ou un peu d’aide, peut suffire."),
            about=NETWORK),
]
# fmt: on

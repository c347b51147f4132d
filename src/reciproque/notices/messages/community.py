"""The messages of a learning community: calls to those who know, invitations to help, the yearly look at maturity."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _

from reciproque.agenda.rules import Verb
from reciproque.notices.messages.pages import page
from reciproque.notices.messages.shape import Message, message
from reciproque.notices.messages.story import Story
from reciproque.notices.rules import Category
from reciproque.people.models import Person
from reciproque.recognition.models import Call
from reciproque.recognition.rules import CallKind

NEWS: dict[str, Any] = {"about": Category.NETWORK}


# -- who -----------------------------------------------------------------------------------------------------


def told(story: Story) -> list[Person]:
    """The members whom the fact names: who is asked, who asked, who animates."""
    return story.members(story.named("to"))


def called(kind: str) -> Callable[[Story], list[Person]]:
    """The one called upon for this, while their answer is awaited."""

    def called_for(story: Story) -> list[Person]:
        people = told(story) if story.data.get("call") == kind else []
        return [person for person in people if story.step_of(person, Verb.PASS_ON) is not None]

    return called_for


def team(story: Story) -> list[Person]:
    """Those who animate the network, whether or not they are members of it."""
    return list(story.people.values())


def asker(story: Story) -> list[Person]:
    """Whoever asked, or the whole team when nobody was chosen."""
    return story.named("to")


# -- where it leads, and what was written ---------------------------------------------------------------------


def call(story: Story, reader: Person) -> str:
    return page("community:call", id=story.fact.subject_id)


def invitation(story: Story, reader: Person) -> str:
    return page("community:helping", id=story.fact.subject_id)


def pool(story: Story, reader: Person) -> str:
    return page("community:pool", slug=story.network.slug if story.network else "")


def maturity(story: Story, reader: Person) -> str:
    return page("community:maturity", slug=story.network.slug if story.network else "")


def call_words(story: Story) -> str:
    """What whoever asked wrote to the one asked."""
    rows = Call.objects.filter(public_id=story.fact.subject_id)
    return rows.values_list("words", flat=True).first() or ""


READ = (_("Lire et répondre"), call)
SEE = (_("Voir où cela en est"), call)
ASKED: dict[str, Any] = {"about": Category.FINDS, "awaits": Verb.PASS_ON, "quote": call_words}
YOU_MAY = _("Vous pouvez dire non, sans donner de raison. La page dit qui lira votre réponse.")

# fmt: off
COMMUNITY: list[Message] = [
    message("call.asked", called(CallKind.OFFER), READ,
            _("Proposeriez-vous ce savoir ? %(title)s"),
            _("Dans le réseau « %(network)s », vous semblez savoir : « %(title)s ». On vous demande si vous "
              "voudriez le proposer."),
            YOU_MAY, **ASKED),
    message("call.asked", called(CallKind.SHEET), READ,
            _("Écririez-vous une fiche ? %(title)s"),
            _("Dans le réseau « %(network)s », peu de personnes savent : « %(title)s ». On vous demande si vous voudriez "
              "en écrire une fiche."),
            YOU_MAY, **ASKED),
    message("call.asked", called(CallKind.ANSWER), READ,
            _("Quelqu’un cherche : %(title)s"),
            _("Dans le réseau « %(network)s », une demande attend depuis longtemps, et vous semblez savoir : "
              "« %(title)s »."),
            YOU_MAY, **ASKED),
    message("call.asked", called(CallKind.SUCCESSOR), READ,
            _("À qui transmettre avant de partir ? %(title)s"),
            _("Dans le réseau « %(network)s », ce que vous savez manquerait : « %(title)s ». On vous demande si vous "
              "voudriez le transmettre à quelqu’un."),
            YOU_MAY, **ASKED),
    message("call.asked", called(CallKind.GROUP), READ,
            _("Animeriez-vous un groupe ? %(title)s"),
            _("Dans le réseau « %(network)s », plusieurs personnes voudraient avancer ensemble sur « %(title)s ». On vous "
              "demande si vous voudriez animer ce groupe."),
            YOU_MAY, **ASKED),
    message("call.accepted", asker, SEE,
            _("%(name)s veut bien transmettre : %(title)s"),
            _("%(name)s répond oui à votre sollicitation sur « %(title)s », dans le réseau « %(network)s »."),
            **NEWS),
    message("call.declined", asker, SEE,
            _("Pas cette fois : %(title)s"),
            _("%(name)s ne peut pas répondre à votre sollicitation sur « %(title)s », dans le réseau « %(network)s »."),
            **NEWS),
    message("call.lapsed", asker, SEE,
            _("Sans réponse : %(title)s"),
            _("Votre sollicitation sur « %(title)s », dans le réseau « %(network)s », n’a pas eu de réponse. "
              "Personne n’en est fâché."),
            **NEWS),
    message("call.exhausted", asker, SEE,
            _("Personne n’a pu répondre : %(title)s"),
            _("Plus personne, dans le réseau « %(network)s », ne peut être sollicité maintenant sur « %(title)s »."),
            _("Un groupe, ou un mot au prochain temps collectif, peut aider."),
            **NEWS),
    message("call.withdrawn", told, SEE,
            _("On ne vous demande plus rien : %(title)s"),
            _("La sollicitation que vous aviez reçue sur « %(title)s », dans le réseau « %(network)s », est retirée."),
            **NEWS),
    message("call.done", asker, SEE,
            _("C’est fait : %(title)s"),
            _("Ce que %(name)s avait accepté de faire sur « %(title)s », dans le réseau « %(network)s », est fait."),
            **NEWS),
    message("helper.invited", told, (_("Lire et répondre"), invitation),
            _("Voudriez-vous accompagner des mises en relation ? %(network)s"),
            _("Vous avez vécu plusieurs échanges dans le réseau « %(network)s », des deux côtés. %(by)s vous invite à "
              "accompagner, à votre tour, des personnes qui se rencontrent."),
            _("Rien ne presse, et vous pouvez dire non : personne ne vous relancera."),
            **NEWS),
    message("helper.accepted", asker, (_("Voir l’équipe d’appui"), pool),
            _("%(name)s veut bien aider : %(network)s"),
            _("%(name)s rejoint l’équipe d’appui du réseau « %(network)s »."),
            **NEWS),
    message("helper.declined", asker, (_("Voir l’équipe d’appui"), pool),
            _("Pas cette fois : %(network)s"),
            _("%(name)s ne souhaite pas accompagner de mises en relation dans le réseau « %(network)s » pour l’instant."),
            **NEWS),
    message("maturity.due", team, (_("Faire le point"), maturity),
            _("Où en est le réseau ? %(network)s"),
            _("Une fois par an, ceux qui animent « %(network)s » regardent où il en est, et ce qu’ils visent ensuite."),
            _("Comptez un quart d’heure, si possible à plusieurs."),
            awaits=Verb.MATURITY, **NEWS),
]
# fmt: on

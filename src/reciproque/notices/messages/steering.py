"""The messages of steering a network: a risk entrusted, a study asked, agreed to or not."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from reciproque.agenda.rules import Verb
from reciproque.notices.messages.pages import page
from reciproque.notices.messages.rhythm import reminded
from reciproque.notices.messages.shape import Message, message
from reciproque.notices.messages.story import Story
from reciproque.notices.rules import Category
from reciproque.people.models import Person

NEWS: dict[str, Any] = {"about": Category.NETWORK}


def others(story: Story) -> list[Person]:
    """Those whom the fact names beside who did it, whether or not they are members."""
    by = story.fact.by_id
    return [person for person in story.people.values() if person.pk != by]


def risk(story: Story, reader: Person) -> str:
    return page("insights:followed", id=story.fact.subject_id)


def study(story: Story, reader: Person) -> str:
    return page("insights:study", id=story.fact.subject_id)


SEE: tuple[Any, Any] = (_("Voir l’étude"), study)

# fmt: off
STEERING: list[Message] = [
    message("hazard.followed", others, (_("Voir le risque"), risk),
            _("Un risque vous est confié : %(title)s"),
            _("%(by)s vous confie le suivi d’un risque du réseau « %(network)s » : « %(title)s »."),
            _("Un rappel vous sera envoyé quand il sera temps de le revoir."),
            **NEWS),
    message("study.asked", others, (_("Lire et répondre"), study),
            _("Une étude est demandée : %(title)s"),
            _("%(by)s demande que des données du réseau « %(network)s » soient confiées pour une étude : « %(title)s »."),
            _("Sans nom et sans texte, pour un temps. Elle ne se fait qu’avec votre accord ou celui d’une autre personne "
              "qui parraine ou administre."),
            awaits=Verb.STUDY, **NEWS),
    message("study.agreed", others, SEE,
            _("L’étude peut se faire : %(title)s"),
            _("%(by)s accepte l’étude « %(title)s ». Vous pouvez en préparer les fichiers."),
            **NEWS),
    message("study.declined", others, SEE,
            _("L’étude n’est pas acceptée : %(title)s"),
            _("%(by)s n’accepte pas l’étude « %(title)s ». Ses raisons sont sur la page de l’étude."),
            **NEWS),
    message("study.lapsed", others, SEE,
            _("Personne n’a répondu : %(title)s"),
            _("Personne n’a répondu à temps à la demande d’étude « %(title)s » : elle s’arrête, et rien n’est donné."),
            _("Vous pouvez la demander de nouveau."),
            **NEWS),
    message("step.reminded", reminded(Verb.RISK), (_("Revoir le risque"), risk),
            _("Un risque est à revoir : %(title)s"),
            _("Vous suivez ce risque du réseau « %(network)s » : « %(title)s ». Dites où il en est, en deux phrases."),
            awaits=Verb.RISK, **NEWS),
    message("step.reminded", reminded(Verb.STUDY), (_("Lire et répondre"), study),
            _("Une étude attend votre réponse : %(title)s"),
            _("Dites si l’étude « %(title)s » peut se faire dans le réseau « %(network)s »."),
            awaits=Verb.STUDY, **NEWS),
]
# fmt: on

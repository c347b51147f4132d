"""The messages of training: between the two people whose hours they are; the hours themselves are on the page alone."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from reciproque.agenda.rules import Verb
from reciproque.notices.messages.pages import page
from reciproque.notices.messages.shape import Message, message
from reciproque.notices.messages.skills import BETWEEN, awaited, named
from reciproque.notices.messages.story import Story
from reciproque.people.models import Person


def record(story: Story, reader: Person) -> str:
    return page("recognition:training", id=story.fact.subject_id)


def hours(story: Story, reader: Person) -> str:
    return page("recognition:training_hours", id=story.fact.subject_id)


SEE: tuple[Any, Any] = (_("Voir la formation"), record)

# fmt: off
TRAINING: list[Message] = [
    message("training.asked", awaited(Verb.HOURS), (_("Dire mes heures"), hours),
            _("Compter comme formation ? %(title)s"),
            _("%(by)s propose de compter « %(title)s » comme formation, et vous demande combien d’heures vous y avez "
              "passées."),
            _("Vous pouvez préférer que rien ne soit compté, sans dire pourquoi."),
            awaits=Verb.HOURS, **BETWEEN),
    message("training.differs", awaited(Verb.HOURS), (_("Voir les deux nombres"), hours),
            _("Vos heures diffèrent : %(title)s"),
            _("%(by)s n’a pas donné le même nombre d’heures que vous pour « %(title)s »."),
            _("Vous pouvez prendre le sien, ou laisser compter le plus petit des deux."),
            awaits=Verb.HOURS, **BETWEEN),
    message("training.agreed", named, SEE,
            _("Compté comme formation : %(title)s"),
            _("« %(title)s » compte comme formation : vous êtes d’accord, tous les deux, sur les heures."),
            _("Rien n’est transmis à personne sans votre accord à tous les deux."),
            **BETWEEN),
    message("training.declined", named, SEE,
            _("Rien n’est compté : %(title)s"),
            _("%(by)s préfère que « %(title)s » ne compte pas comme formation."),
            **BETWEEN),
    message("training.lapsed", named, SEE,
            _("Rien n’est compté : %(title)s"),
            _("Sans réponse dans le délai, « %(title)s » ne compte pas comme formation."),
            _("Vous pouvez le proposer de nouveau."),
            **BETWEEN),
    message("training.withdrawn", named, SEE,
            _("Une formation est retirée : %(title)s"),
            _("%(by)s a retiré « %(title)s » de ce qui compte comme formation. L’attestation qui en était faite, s’il y en "
              "a une, ne vaut plus."),
            **BETWEEN),
]
# fmt: on

"""The message of a report: it was sent, and can be read."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from reciproque.notices.messages.pages import page
from reciproque.notices.messages.shape import Message, message
from reciproque.notices.messages.story import Story
from reciproque.notices.rules import Category
from reciproque.people.models import Person


def readers(story: Story) -> list[Person]:
    """Those who sponsor the network and those of human resources, but not whoever sent it."""
    return [person for person in story.people.values() if person.pk != story.fact.by_id]


def report(story: Story, reader: Person) -> str:
    slug = story.network.slug if story.network else ""
    return page("insights:report", slug=slug, kind=str(story.data["report"]), start=str(story.data["start"]))


# fmt: off
REPORTS: list[Message] = [
    message("steering_report.sent", readers, (_("Lire le rapport"), report),
            _("Un rapport à lire : %(network)s"),
            _("L’animation du réseau « %(network)s » vous envoie un rapport : %(title)s."),
            _("Il peut sortir de la maison : aucun nom, aucun chiffre de moins de cinq personnes."),
            about=Category.NETWORK),
]
# fmt: on

"""The messages of questionnaires: asked, reminded, cancelled; and to those who read results, that they are there."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from reciproque.agenda.rules import Verb
from reciproque.networks.access import can_settle, has_role
from reciproque.networks.rules import Role
from reciproque.notices.messages.pages import page
from reciproque.notices.messages.rhythm import reminded
from reciproque.notices.messages.shape import Message, message
from reciproque.notices.messages.story import Story
from reciproque.notices.rules import Category
from reciproque.people.models import Person

NEWS: dict[str, Any] = {"about": Category.NETWORK}


def asked(story: Story) -> list[Person]:
    """Those whose answer is still awaited."""
    return [person for person in story.people.values() if story.step_of(person, Verb.FILL) is not None]


def called_off(story: Story) -> list[Person]:
    """Those of whom an answer was awaited."""
    return [person for person in story.people.values() if person.pk != story.fact.by_id]


def _reads_all(story: Story, person: Person) -> bool:
    network = story.network
    return network is not None and (
        can_settle(person, network) or has_role(person, network, Role.SPONSOR, Role.HR)
    )


def readers(story: Story) -> list[Person]:
    """Those who read the results of the whole network."""
    return [person for person in story.people.values() if _reads_all(story, person)]


def respondents(story: Story) -> list[Person]:
    """Those who were asked, when the results are theirs to read too."""
    return [person for person in story.people.values() if not _reads_all(story, person)]


def form(story: Story, reader: Person) -> str:
    return page("surveys:answer", id=story.fact.subject_id)


def mine(story: Story, reader: Person) -> str:
    return page("surveys:mine")


def figures(story: Story, reader: Person) -> str:
    return page("surveys:results", id=story.fact.subject_id)


ANSWER = (_("Lire et répondre"), form)
FREE = _(
    "Vous pouvez aussi dire en un geste que vous ne souhaitez pas répondre. La première page dit qui lira quoi, et ce "
    "qui est gardé."
)

# fmt: off
SURVEYS: list[Message] = [
    message("campaign.opened", asked, ANSWER,
            _("Votre avis compte : %(title)s"),
            _("Le réseau « %(network)s » vous propose de répondre à un questionnaire : « %(title)s »."),
            FREE,
            awaits=Verb.FILL, **NEWS),
    message("campaign.invited", asked, ANSWER,
            _("Quelques questions pour vous : %(title)s"),
            _("Après ce que vous venez de vivre dans le réseau « %(network)s », quelques questions : « %(title)s »."),
            FREE,
            awaits=Verb.FILL, **NEWS),
    message("step.reminded", reminded(Verb.FILL), ANSWER,
            _("Il est encore temps de répondre : %(title)s"),
            _("Le questionnaire « %(title)s » du réseau « %(network)s » est encore ouvert."),
            _("Si vous venez d’y répondre, ne faites rien : une réponse anonyme n’est notée qu’avec quatre autres au "
              "moins, et ce rappel part sans savoir qui a répondu."),
            awaits=Verb.FILL, **NEWS),
    message("campaign.cancelled", called_off, (_("Voir mes questionnaires"), mine),
            _("Questionnaire annulé : %(title)s"),
            _("Le questionnaire « %(title)s » du réseau « %(network)s » est annulé. Les réponses déjà données sont "
              "effacées, sans avoir été lues."),
            **NEWS),
    message("campaign.closed", readers, (_("Lire les résultats"), figures),
            _("Questionnaire clos : %(title)s"),
            _("Le questionnaire « %(title)s » du réseau « %(network)s » est clos. Ses résultats se lisent par groupes, "
              "jamais par personne."),
            even_doer=True, **NEWS),
    message("campaign.closed", respondents, (_("Lire les résultats"), figures),
            _("Ce qui ressort d’un questionnaire : %(title)s"),
            _("On vous avait proposé de répondre à « %(title)s », dans le réseau « %(network)s ». Voici ce qui en ressort "
              "pour tout le réseau."),
            **NEWS),
]
# fmt: on

"""The messages of skills seen, confirmed, certified, contested: between those whom they concern by name.

They name a savoir and nothing else: neither who contested, nor who took a word back, nor what anyone wrote.
"""

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
from reciproque.recognition.models import Skill
from reciproque.recognition.rules import EndReason

# Whoever looks at what left for someone (an animator, for an address that fails) does not read these.
BETWEEN: dict[str, Any] = {"about": Category.NETWORK, "inner": True}


# -- who -----------------------------------------------------------------------------------------------------


def named(story: Story) -> list[Person]:
    """Those whom the fact names, while they are of the network."""
    return story.members(story.named("to"))


def first_seen(story: Story) -> list[Person]:
    """The one of whom a first skill was seen, while it is still there: the next ones wait on their page."""
    here = Skill.objects.filter(public_id=story.fact.subject_id)
    return named(story) if story.data.get("first") and here.exists() else []


def awaited(verb: Verb) -> Callable[[Story], list[Person]]:
    """The one from whom an answer is still expected."""

    def awaited_of(story: Story) -> list[Person]:
        # An administrator answers for networks of which they are not.
        return [person for person in story.named("to") if story.step_of(person, verb) is not None]

    return awaited_of


def ended(*reasons: EndReason) -> Callable[[Story], list[Person]]:
    """The holder of a certification that ended for one of these reasons."""

    def ended_for(story: Story) -> list[Person]:
        return named(story) if story.data.get("end") in reasons else []

    return ended_for


def settled(*, upheld: bool) -> Callable[[Story], list[Person]]:
    """The one who contested, once there is an answer."""

    def settled_for(story: Story) -> list[Person]:
        return named(story) if bool(story.data.get("upheld")) == upheld else []

    return settled_for


def holders(story: Story) -> list[Person]:
    """Those who hold a badge signed by a key."""
    return list(story.people.values())


# -- where it leads ------------------------------------------------------------------------------------------


def mine(story: Story, reader: Person) -> str:
    return page("recognition:mine")


def skill(story: Story, reader: Person) -> str:
    return page("recognition:skill", id=story.fact.subject_id)


def confirm(story: Story, reader: Person) -> str:
    return page("recognition:confirm", id=story.fact.subject_id)


def certification(story: Story, reader: Person) -> str:
    return page("recognition:certification", id=story.fact.subject_id)


def contest(story: Story, reader: Person) -> str:
    return page("recognition:contest", id=story.fact.subject_id)


SEE_MINE = (_("Voir mes savoirs"), mine)
SEE_CERTIFICATION = (_("Voir la certification"), certification)

# fmt: off
SKILLS: list[Message] = [
    message("skill.seen", first_seen, SEE_MINE,
            _("Un premier savoir apparaît sur votre page : %(title)s"),
            _("Ce que vous avez fait dans le réseau « %(network)s » montre que vous pouvez transmettre « %(title)s »."),
            _("Personne d’autre ne le voit. Vous choisissez s’il est montré, et à qui ; vous pouvez aussi le ranger, "
              "ou demander que rien ne soit gardé."),
            **BETWEEN),
    message("confirmation.asked", awaited(Verb.WITNESS), (_("Répondre, ou décliner"), confirm),
            _("Avez-vous appris cela ? %(title)s"),
            _("%(by)s vous demande de dire, si vous le souhaitez, que vous avez appris « %(title)s » à son contact."),
            _("Vous pouvez décliner en un geste : personne n’en est averti et rien ne change."),
            awaits=Verb.WITNESS, **BETWEEN),
    message("skill.confirmed", named, (_("Lire ce qui est dit"), skill),
            _("%(by)s a appris de vous : %(title)s"),
            _("%(by)s confirme avoir appris de vous « %(title)s ». Personne d’autre ne le lit."),
            **BETWEEN),
    message("skill.certified", named, SEE_CERTIFICATION,
            _("Votre communauté certifie un de vos savoirs : %(title)s"),
            _("Assez de personnes qui ont appris de vous le confirment : « %(title)s » est certifié par la "
              "communauté « %(network)s »."),
            _("Vous pouvez en demander un badge, que vous seul remettez à qui vous voulez."),
            **BETWEEN),
    message("certification.ending", named, SEE_CERTIFICATION,
            _("Une certification prend bientôt fin : %(title)s"),
            _("La certification de « %(title)s » prendra fin %(closes)s : les confirmations seront alors trop anciennes."),
            _("Si vous avez transmis ce savoir depuis, vous pouvez demander de nouvelles confirmations."),
            **BETWEEN),
    message("certification.ended", ended(EndReason.EXPIRED), SEE_CERTIFICATION,
            _("Une certification a pris fin : %(title)s"),
            _("Les confirmations de « %(title)s » sont trop anciennes pour la règle du réseau « %(network)s »."),
            _("Elle reviendra avec de nouvelles confirmations. Le badge que vous en aviez ne vaut plus."),
            **BETWEEN),
    message("certification.ended", ended(EndReason.UNCONFIRMED), SEE_CERTIFICATION,
            _("Une certification a pris fin : %(title)s"),
            _("Trop peu de confirmations de « %(title)s » restent dans le réseau « %(network)s » : l’une a été retirée."),
            _("Elle reviendra avec de nouvelles confirmations. Le badge que vous en aviez ne vaut plus."),
            **BETWEEN),
    message("certification.ended", ended(EndReason.CONTESTED), SEE_CERTIFICATION,
            _("Une certification a pris fin : %(title)s"),
            _("Une contestation de « %(title)s » a été retenue dans le réseau « %(network)s ». "
              "La page en donne les raisons."),
            _("De nouvelles confirmations peuvent la faire revenir. Le badge que vous en aviez ne vaut plus."),
            **BETWEEN),
    message("certification.ended", ended(EndReason.RULE), SEE_CERTIFICATION,
            _("Une certification a pris fin : %(title)s"),
            _("La règle du réseau « %(network)s » a changé : « %(title)s » n’y est plus certifié. "
              "Le badge que vous en aviez ne vaut plus."),
            **BETWEEN),
    message("certification.contested", named, SEE_CERTIFICATION,
            _("Une de vos certifications est contestée : %(title)s"),
            _("Quelqu’un du réseau « %(network)s » conteste la certification de « %(title)s », et dit pourquoi."),
            _("Une personne de l’animation, qui n’est pas concernée, y répondra avec ses raisons. "
              "Rien ne change en attendant."),
            **BETWEEN),
    message("certification.cleared", named, SEE_CERTIFICATION,
            _("Votre certification reste : %(title)s"),
            _("La contestation de « %(title)s » n’a pas été retenue dans le réseau « %(network)s »."),
            **BETWEEN),
    message("contest.entrusted", awaited(Verb.CONTEST), (_("Lire et répondre"), contest),
            _("Une contestation attend votre réponse : %(title)s"),
            _("Dans le réseau « %(network)s », une certification de « %(title)s » est contestée. "
              "Votre réponse est attendue, avec ses raisons."),
            awaits=Verb.CONTEST, **BETWEEN),
    message("contest.settled", settled(upheld=True), (_("Lire la réponse"), contest),
            _("Votre contestation est retenue : %(title)s"),
            _("La certification de « %(title)s » que vous contestiez a pris fin. La page en donne les raisons."),
            **BETWEEN),
    message("contest.settled", settled(upheld=False), (_("Lire la réponse"), contest),
            _("Une réponse à votre contestation : %(title)s"),
            _("La certification de « %(title)s » que vous contestiez reste. La page en donne les raisons."),
            **BETWEEN),
    message("key.broken", holders, SEE_MINE,
            _("Un de vos badges ne vaut plus : demandez-en un autre"),
            _("Une clé qui signait les badges n’est plus sûre : ceux qu’elle a signés ne sont plus reconnus."),
            _("Votre certification n’est pas en cause : un nouveau badge se demande en un geste."),
            **BETWEEN),
]
# fmt: on

"""Act on knowledge at risk: call upon somebody from there; say that one will leave, and be asked to pass it on."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from reciproque.catalogue.models import Post, Topic
from reciproque.exchanges.queries import set_apart_from
from reciproque.insights.models import Leaving
from reciproque.insights.queries.risk import oldest_request, successions_due
from reciproque.insights.rules import LEAVING_SAID_WITHIN
from reciproque.journal.actions import record
from reciproque.kit import clock
from reciproque.library.models import UseCase
from reciproque.networks.access import is_animator
from reciproque.networks.models import Network
from reciproque.networks.rules import System
from reciproque.people.models import Person
from reciproque.recognition.actions import call_someone
from reciproque.recognition.models import Call
from reciproque.recognition.rules import CallKind


@transaction.atomic
def launch_call(
    network: Network,
    topic: Topic,
    *,
    kind: str,
    by: Person,
    person: Person | None = None,
    words: str = "",
    about: Post | UseCase | None = None,
) -> Call:
    """Call upon somebody about a savoir at risk; without a name, the program asks, and says whom only after a yes."""
    if not is_animator(by, network):
        raise PermissionDenied
    if kind == CallKind.SUCCESSOR:
        # Whether anybody could be asked would say who leaves: the clock alone asks (`ask_successors`).
        raise ValidationError({"kind": _("Le programme le demande de lui-même, sans dire à qui.")})
    if kind == CallKind.ANSWER and about is None:
        about = oldest_request(network, topic)
    if kind == CallKind.ANSWER and about is None:
        raise ValidationError({"kind": _("Aucune demande n’attend de réponse sur ce savoir.")})
    return call_someone(network, topic, kind=kind, person=person, by=by, words=words, about=about)


def ask_successors(limit: int = 50) -> int:
    """Ask those who leave to pass on what hardly anybody else carries, in learning communities (by the clock).

    Nobody learns that they were asked before they say yes.
    """
    asked = 0
    # A list of systems is looked at here: not every database finds a value within a list.
    for network in [row for row in Network.objects.all() if System.COMMUNITY in row.systems]:
        due = successions_due(network)
        topics = Topic.objects.in_bulk({topic for topic, _person in due})
        people = Person.objects.in_bulk({person for _topic, person in due})
        for topic, person in due:
            if asked >= limit:
                return asked
            asked += _ask_successor(network, topics[topic], people[person])
    return asked


def _ask_successor(network: Network, topic: Topic, person: Person) -> bool:
    about = oldest_request(network, topic)
    if about is not None and person.pk in {about.author_id, *set_apart_from(about.author)}:
        about = None
    try:
        with transaction.atomic():
            call_someone(network, topic, kind=CallKind.SUCCESSOR, person=person, by=None, about=about)
    except ValidationError:
        # Away, or called upon enough already: later.
        return False
    return True


@transaction.atomic
def say_leaving(person: Person, *, by: Person, on: dt.date | None) -> Leaving | None:
    """Say when one will leave or retire, so that one's savoirs are passed on in time; None takes it back."""
    if by.pk != person.pk:
        raise PermissionDenied
    if on is None:
        Leaving.objects.filter(person=person).delete()
        return None
    today = clock.now().date()
    if not today < on <= today + LEAVING_SAID_WITHIN:
        raise ValidationError({"on": _("Choisissez une date à venir.")})
    row, _new = Leaving.objects.update_or_create(person=person, defaults={"on": on, "said_at": clock.now()})
    # The date is nobody else's business, and is not written in the history either.
    record("leaving.said", person, by=by, people=[person])
    return row


def forget_person(person: Person) -> None:
    """Forget when somebody who has left said they would."""
    Leaving.objects.filter(person=person).delete()

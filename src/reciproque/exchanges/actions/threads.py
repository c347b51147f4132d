"""Private conversations."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from reciproque.exchanges.access import is_in_thread
from reciproque.exchanges.models import Thread, ThreadMessage, ThreadPerson
from reciproque.exchanges.rules import TALKING, TEXT_MAX, IntroductionState
from reciproque.journal.actions import record
from reciproque.kit import clock
from reciproque.kit.text import clean
from reciproque.networks.access import has_role, is_member
from reciproque.networks.models import Network
from reciproque.networks.rules import Role
from reciproque.people.models import Person


def open_thread(network: Network, people: Iterable[Person]) -> Thread:
    """Open a private conversation between these people."""
    thread = Thread.objects.create(network=network)
    now = clock.now()
    ThreadPerson.objects.bulk_create(
        [ThreadPerson(thread=thread, person=person, since=now) for person in people]
    )
    return thread


def let_in(thread: Thread, person: Person) -> None:
    """Let someone into a conversation (a mediator, a further participant): they read it from now on, not before."""
    now = clock.now()
    part, created = ThreadPerson.objects.get_or_create(thread=thread, person=person, defaults={"since": now})
    if not created and part.until is not None:
        ThreadPerson.objects.filter(pk=part.pk).update(since=now, until=None)


def let_out(thread: Thread, person: Person) -> None:
    """End someone's part in a conversation: from now on they read nothing of it."""
    ThreadPerson.objects.filter(thread=thread, person=person, until=None).update(until=clock.now())


def clean_message(text: str) -> str:
    """Return a message fit to store; ValidationError with the sentence to show."""
    text = clean(text).strip()
    if not text:
        raise ValidationError({"text": _("Écrivez quelques mots.")})
    if len(text) > TEXT_MAX:
        raise ValidationError({"text": _("Le message est trop long : 4 000 caractères au plus.")})
    return text


def _may_talk(person: Person, network: Network) -> bool:
    return is_member(person, network) or has_role(person, network, Role.MEDIATOR, Role.ANIMATOR)


def add_message(thread: Thread, text: str, *, by: Person, key: str = "") -> tuple[ThreadMessage, bool]:
    """Add a message; the same `key` (one per form shown) is written once. Return it and whether it is new.

    Someone who left the network still reads what was said to them, and writes no more.
    """
    if not is_in_thread(by, thread) or not _may_talk(by, thread.network):
        raise PermissionDenied
    key = clean(key)[:32]
    try:
        with transaction.atomic():
            message = ThreadMessage.objects.create(
                thread=thread, author=by, text=clean_message(text), written_at=clock.now(), key=key
            )
        return message, True
    except IntegrityError:
        return ThreadMessage.objects.get(thread=thread, key=key), False


@transaction.atomic
def write_message(subject: Any, text: str, *, by: Person, key: str = "") -> ThreadMessage:
    """Write to the others of an exchange's (or introduction's) thread; the fact holds no word of it.

    A conversation that ended takes no more words, and someone whose answer is awaited answers first.
    """
    if subject.state not in TALKING:
        raise ValidationError(_("Cette conversation est close."))
    if subject.state == IntroductionState.ASKED and by.pk == subject.answerer.pk:
        raise ValidationError(_("Répondez d’abord : oui, non, ou une question."))
    message, new = add_message(subject.thread, text, by=by, key=key)
    if new:
        others = [
            part.person
            for part in subject.thread.people.filter(until=None).exclude(person=by).select_related("person")
        ]
        record(
            "thread.written",
            subject,
            by=by,
            network=subject.network,
            people=others,
            to=[person.public_id for person in others],
            name=by.display_name,
            title=subject.title,
        )
    return message


@transaction.atomic
def remove_message(message: ThreadMessage, *, by: Person) -> ThreadMessage:
    """Take back one's own message; a neutral trace stays in its place."""
    if message.author_id != by.pk:
        raise PermissionDenied
    done = ThreadMessage.objects.filter(pk=message.pk, removed_at=None).update(
        removed_at=clock.now(), hidden_at=None, text=""
    )
    message.refresh_from_db()
    if done:
        record("message.removed", message, by=by, network=message.thread.network, people=[by])
    return message


@transaction.atomic
def mark_read(thread: Thread, *, by: Person) -> None:
    """Note that this person has read the conversation up to now."""
    ThreadPerson.objects.filter(thread=thread, person=by, until=None).update(read_at=clock.now())

"""Turn facts into messages, send what waits, keep each person's choices."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Collection, Sequence
from email.utils import format_datetime, formataddr
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from reciproque.journal.actions import record
from reciproque.journal.models import Fact
from reciproque.kit import clock
from reciproque.notices.access import can_choose
from reciproque.notices.messages import TOLD, messages_of
from reciproque.notices.messages.shape import Message
from reciproque.notices.messages.story import Story
from reciproque.notices.messages.writing import Written, write
from reciproque.notices.models import Outgoing, Preference
from reciproque.notices.queries import waiting_messages
from reciproque.notices.rules import (
    BATCH,
    LEASE,
    MAX_TRIES,
    SERVER_DOWN_WAIT,
    Category,
    OutgoingState,
    Rhythm,
    is_connection_lost,
    is_final,
    retry_after,
    wants_mail,
    words_of,
)
from reciproque.people.models import Person

__all__ = ["TOLD", "choose_notices", "send_waiting", "tell"]

logger = logging.getLogger(__name__)
State = OutgoingState


@transaction.atomic
def tell(fact: Fact) -> int:
    """Write what is to be told of a fact to each person of its audience; telling twice writes nothing more."""
    story = Story(fact)
    told: set[int] = set()
    written = 0
    for message in messages_of(fact.name):
        readers = _readers(message, story, told)
        shared: dict[str, Written] = {}
        for start in range(0, len(readers), BATCH):
            written += _write_all(message, story, readers[start : start + BATCH], shared)
    return written


def _readers(message: Message, story: Story, told: set[int]) -> list[Person]:
    """Return the present people of the audience who are neither the doer nor told already, and note them."""
    doer = story.doer.pk if story.doer and not message.even_doer else None
    readers: list[Person] = []
    for person in message.to(story):
        if person.pk not in told and person.pk != doer and person.is_active:
            told.add(person.pk)
            readers.append(person)
    return readers


def _write_all(message: Message, story: Story, readers: Sequence[Person], shared: dict[str, Written]) -> int:
    """Write one batch of rows; `shared` holds what is the same for all, by language."""
    choices = {row.person_id: row for row in Preference.objects.filter(person__in=readers)}
    now = clock.now()
    rows = []
    for reader in readers:
        choice = choices.get(reader.pk)
        if choice and not wants_mail(choice.rhythm, choice.muted, message.about):
            continue
        if message.personal or reader.language not in shared:
            shared[reader.language] = write(message, story, reader)
        body = shared[reader.language]
        rows.append(
            Outgoing(
                fact_id=story.fact.pk,
                fact_name=story.fact.name,
                person=reader,
                network=story.network,
                language=reader.language,
                subject=body.subject,
                text=body.text,
                html=body.html,
                url=body.url,
                ics=body.ics,
                ics_method=body.ics_method,
                state=State.WAITING if reader.email else State.UNADDRESSED,
                at=now,
                run_after=now,
            )
        )
    Outgoing.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def send_waiting(limit: int = 200) -> int:
    """Send up to `limit` waiting messages and return how many were tried; refusals are kept, and tried again.

    Each message is claimed by a conditional update before it leaves, so that two workers never send the same
    one. In the demo nothing leaves: messages are simply marked as sent, for the demo's mailbox.
    """
    now = clock.now()
    if settings.DEMO:
        return Outgoing.objects.due(now).order_by().update(state=State.SENT, sent_at=now)
    rows = waiting_messages(now, limit)
    if not rows:
        return 0
    connection = get_connection()
    try:
        connection.open()
    except OSError as error:
        _wait_for_server(error)
        return 0
    try:
        return _send_all(rows, connection)
    finally:
        with contextlib.suppress(OSError):
            connection.close()


def _send_all(rows: Sequence[Outgoing], connection: BaseEmailBackend) -> int:
    tried = 0
    for row in rows:
        if not _claim(row):
            continue
        tried += 1
        if not row.person.is_active or not row.person.email:
            _settle(row, State.UNADDRESSED)
            continue
        try:
            _mail(row, connection).send()
        except (OSError, ValueError) as error:
            _keep_failure(row, error)
            if is_connection_lost(error):
                break
        else:
            _settle(row, State.SENT, sent_at=clock.now(), error="")
    return tried


def _claim(row: Outgoing) -> bool:
    """Take one message for the time of a try; False when another worker has it."""
    claimed = Outgoing.objects.filter(pk=row.pk, state=State.WAITING, tries=row.tries).update(
        tries=row.tries + 1, run_after=clock.now() + LEASE
    )
    row.tries += 1
    return bool(claimed)


def _settle(row: Outgoing, state: str, **changes: Any) -> None:
    Outgoing.objects.filter(pk=row.pk, state=State.WAITING).update(state=state, **changes)


def _keep_failure(row: Outgoing, error: Exception) -> None:
    """Keep why a message was not taken; try again later unless that would be useless."""
    logger.warning("message %s was not taken: %r", row.public_id, error)
    over = is_final(error) or row.tries >= MAX_TRIES
    _settle(
        row,
        State.FAILED if over else State.WAITING,
        run_after=clock.now() + retry_after(row.tries),
        error=words_of(error),
    )


def _wait_for_server(error: OSError) -> None:
    """Make everything wait a little when the mail server does not answer: no message is to blame."""
    now = clock.now()
    logger.warning("the mail server does not answer: %r", error)
    Outgoing.objects.due(now).order_by().update(run_after=now + SERVER_DOWN_WAIT, error=words_of(error))


def _mail(row: Outgoing, connection: BaseEmailBackend) -> EmailMultiAlternatives:
    host = urlsplit(settings.BASE_URL).hostname or "localhost"
    mail = EmailMultiAlternatives(
        subject=row.subject,
        body=row.text,
        to=[formataddr((" ".join(row.person.display_name.split()), row.person.email or ""))],
        connection=connection,
        headers={
            # The same for every try: a mailbox that got it twice shows it once.
            "Message-ID": f"<{row.public_id}@{host}>",
            "Date": format_datetime(row.at),
            "Auto-Submitted": "auto-generated",
            "Content-Language": row.language,
        },
    )
    mail.attach_alternative(row.html, "text/html")
    if row.ics:
        # Twice on purpose: most programs read the alternative, some only a file.
        mail.attach_alternative(row.ics, f"text/calendar; method={row.ics_method}")
        mail.attach("invitation.ics", row.ics, "application/ics")
    return mail


@transaction.atomic
def choose_notices(
    person: Person, *, by: Person, rhythm: str = Rhythm.AT_ONCE, muted: Collection[str] = ()
) -> Preference:
    """Keep how a person wishes to be written to: at once or not at all, and about what not."""
    if not can_choose(by, person):
        raise PermissionDenied
    if rhythm not in Rhythm.values or not set(muted) <= set(Category.values):
        raise ValidationError(_("Ce choix n’existe pas."))
    preference, _created = Preference.objects.update_or_create(
        person=person, defaults={"rhythm": rhythm, "muted": sorted(muted)}
    )
    record("person.notices_chosen", person, by=by, people=[person], rhythm=rhythm, muted=sorted(muted))
    return preference

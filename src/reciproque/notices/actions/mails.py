"""E-mails leave one by one: taken by one worker, marked just before the server may keep them, settled by its answer."""

from __future__ import annotations

import contextlib
import functools
import logging
import smtplib
from collections.abc import Sequence
from email.utils import format_datetime, formataddr
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import F

from reciproque.kit import clock
from reciproque.kit.tokens import sign
from reciproque.notices.actions import digests, pacing
from reciproque.notices.actions.troubles import note_trouble
from reciproque.notices.engine.mailer import is_stepwise
from reciproque.notices.messages.pages import page
from reciproque.notices.messages.writing import address
from reciproque.notices.models import Lane, Outgoing, Preference
from reciproque.notices.queries.outbox import left_this_week
from reciproque.notices.rules import (
    LEASE,
    MAX_DOUBTS,
    MAX_TRIES,
    SERVER_DOWN_WAIT,
    UNSUBSCRIBE,
    UNSUBSCRIBE_FOR,
    UNSURE,
    Category,
    Channel,
    OutgoingState,
    is_connection_lost,
    is_dead_address,
    is_final,
    retry_after,
    words_of,
)
from reciproque.people.models import Person

logger = logging.getLogger(__name__)
State = OutgoingState


class TakenOver(Exception):
    """Another worker has this message now: ours took too long, and must not give it."""


def send_mails(rows: Sequence[Outgoing]) -> int:
    """Send e-mails through one connection, in order; return how many were tried."""
    connection = get_connection()
    try:
        connection.open()
    except OSError as error:
        _close_lane(error)
        return 0
    Lane.objects.filter(channel=Channel.EMAIL).delete()
    try:
        # After the line is open: as long as it is not, everything keeps its place.
        return _send_all(pacing.weigh(rows, clock.now()), connection)
    finally:
        with contextlib.suppress(OSError):
            connection.close()


def _close_lane(error: OSError) -> None:
    """Have everything wait a little, in its place, when the mail server does not answer: no message is to blame."""
    now = clock.now()
    logger.warning("the mail server does not answer: %r", error)
    waiting = Outgoing.objects.due(now).filter(channel=Channel.EMAIL).order_by()
    waiting.exclude(error=words_of(error)).update(error=words_of(error))
    lane, made = Lane.objects.get_or_create(
        channel=Channel.EMAIL,
        defaults={
            "down_since": now,
            "closed_until": now + SERVER_DOWN_WAIT,
            "words": words_of(error),
        },
    )
    if not made:
        Lane.objects.filter(pk=lane.pk).update(closed_until=now + SERVER_DOWN_WAIT, words=words_of(error))


def _send_all(rows: Sequence[Outgoing], connection: BaseEmailBackend) -> int:
    tried = 0
    choices = {
        row.person_id: row for row in Preference.objects.filter(person__in=[row.person for row in rows])
    }
    for row in rows:
        if not take(row, choices.get(row.person_id or 0)):
            continue
        tried += 1
        if not _send(row, connection):
            break
    return tried


def take(row: Outgoing, choice: Preference | None = None) -> bool:
    """Take one message for the time of a try; False when another worker has it, or when it must wait after all.

    One worker at a time for one person, so that two of them never pass the limit together.
    """
    with transaction.atomic():
        now, person = clock.now(), row.person
        assert person is not None
        list(Person.objects.select_for_update(no_key=True).filter(pk=person.pk).values_list("pk"))
        moments = left_this_week([person.pk], now).get(person.pk, [])
        state, when = pacing.verdict(row, person, choice, moments, now)
        if state != State.WAITING or when > now:
            pacing.put_off([row.pk], state, when)
            return False
        if row.urgent and len(moments) >= settings.MESSAGES_A_WEEK - 1 and digests.gather_with(row):
            return False  # the last place: what is kept for this person leaves with it
        unsure = row.handed_at is not None
        if unsure and row.doubts >= MAX_DOUBTS:
            _untaken(row).update(state=State.FAILED, error=UNSURE, handed_at=None)
            return False
        taken = _untaken(row).update(
            state=State.SENDING,
            tries=F("tries") + 1,
            doubts=F("doubts") + int(unsure),
            handed_at=None,
            run_after=now + LEASE,
        )
    row.tries += 1
    row.state = State.SENDING
    return bool(taken)


def _untaken(row: Outgoing) -> Any:
    """The row as it was read: each try changes the number of tries, so that only one worker finds it so."""
    return Outgoing.objects.filter(pk=row.pk, state=row.state, tries=row.tries)


def _mine(row: Outgoing) -> Any:
    """The row while this try of ours lasts."""
    return Outgoing.objects.filter(pk=row.pk, state=State.SENDING, tries=row.tries)


def _send(row: Outgoing, connection: BaseEmailBackend) -> bool:
    """Try one message taken; False when the connection is of no use for the next ones."""
    person = row.person
    assert person is not None
    if not person.is_active or not person.email:
        _settle(row, State.UNADDRESSED)
        return True
    mark = functools.partial(_mark, row)
    try:
        mail = _mail(row, person, connection)
        if is_stepwise(connection):
            mail.before_point = mark  # type: ignore[attr-defined]
        else:
            mark()
        mail.send()
    except TakenOver:
        logger.warning("message %s was taken over: it is not given", row.public_id)
    except (OSError, ValueError) as error:
        return _keep_failure(row, error)
    else:
        _settle(row, State.SENT, sent_at=clock.now(), error="")
    return True


def _mark(row: Outgoing) -> None:
    """Write, for whoever comes after us, that the server is about to be given the whole message."""
    now = clock.now()
    if not _mine(row).update(handed_at=now):
        raise TakenOver
    row.handed_at = now


def _settle(row: Outgoing, state: str, **changes: Any) -> None:
    _mine(row).update(state=state, **{"handed_at": None, **changes})


def _keep_failure(row: Outgoing, error: Exception) -> bool:
    """Keep why a message was not taken; try again later unless that would be useless. False: the server is gone."""
    words, lost = words_of(error), is_connection_lost(error)
    logger.warning("message %s was not taken: %r", row.public_id, error)
    if lost and row.handed_at is not None:
        # Given whole, never answered: only the end of the lease will let it be tried again, once.
        _mine(row).update(error=words)
        return False
    over = is_final(error) or row.tries >= MAX_TRIES
    _settle(
        row,
        State.FAILED if over else State.WAITING,
        run_after=clock.now() + retry_after(row.tries),
        error=words,
    )
    if isinstance(error, smtplib.SMTPRecipientsRefused) and over and is_dead_address(words):
        assert row.person is not None
        note_trouble(row.person, row.person.email or "", words)
    return not lost


def _mail(row: Outgoing, person: Person, connection: BaseEmailBackend) -> EmailMultiAlternatives:
    host = urlsplit(settings.BASE_URL).hostname or "localhost"
    headers = {
        # The same for every try: a mailbox that got it twice shows it once.
        "Message-ID": f"<{row.public_id}@{host}>",
        "Date": format_datetime(row.at),
        "Auto-Submitted": "auto-generated",
        "Content-Language": row.language,
    }
    if pacing.is_letter(row) or row.category == Category.NETWORK:
        until = clock.now() + UNSUBSCRIBE_FOR
        token = sign(UNSUBSCRIBE, person=person.public_id, subject="", until=until)
        headers["List-Unsubscribe"] = f"<{address(page('account:unsubscribe', token=token))}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail = EmailMultiAlternatives(
        subject=row.subject,
        body=row.text,
        to=[formataddr((" ".join(person.display_name.split()), person.email or ""))],
        connection=connection,
        headers=headers,
    )
    mail.attach_alternative(row.html, "text/html")
    if row.ics:
        # Twice on purpose: most programs read the alternative, some only a file.
        mail.attach_alternative(row.ics, f"text/calendar; method={row.ics_method}")
        mail.attach("invitation.ics", row.ics, "application/ics")
    if pacing.is_letter(row):
        for number, one in enumerate(digests.calendars_of(row), 1):
            mail.attach(f"invitation-{number}.ics", one.ics, f"text/calendar; method={one.ics_method}")
    return mail

"""The post office of a simulation: takes every e-mail that leaves, or is closed; nothing goes out into the world."""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from email.utils import parseaddr

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import EmailMessage

from reciproque.kit import clock

BACKEND = f"{__name__}.Backend"
WEEK = dt.timedelta(days=7)


class Office:
    """What was delivered to whom and when; closed, it refuses every connection."""

    def __init__(self) -> None:
        self.closed = False
        self.refused_connections = 0
        self.delivered: dict[str, list[dt.datetime]] = defaultdict(list)
        self.unread: Counter[str] = Counter()

    def take(self, mail: EmailMessage) -> None:
        """Deliver one e-mail."""
        for recipient in mail.recipients():
            address = parseaddr(recipient)[1].lower()
            self.delivered[address].append(clock.now())
            self.unread[address] += 1

    @property
    def total(self) -> int:
        """How many e-mails left."""
        return sum(map(len, self.delivered.values()))

    def most_in_a_week(self, since: dt.datetime) -> int:
        """Return the most that one address got within any seven days that end after `since`."""
        return max((_most_within_a_week(moments, since) for moments in self.delivered.values()), default=0)


def _most_within_a_week(moments: Sequence[dt.datetime], since: dt.datetime) -> int:
    """Count over every rolling seven days: it is enough to look at those that end with an e-mail."""
    most = first = 0
    for last, moment in enumerate(moments):
        while moments[first] <= moment - WEEK:
            first += 1
        if moment >= since:
            most = max(most, last - first + 1)
    return most


_office = Office()


class Backend(BaseEmailBackend):
    """What stands in for a mail server: Django opens it, writes to it and closes it as it would any other."""

    def open(self) -> bool:
        """Connect; refused while the office is closed."""
        if _office.closed:
            _office.refused_connections += 1
            raise ConnectionRefusedError(111, "the mail server is down")
        return True

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Take e-mails."""
        self.open()
        for mail in email_messages:
            # Written in full, as a server would get it: a mail that cannot be written must fail here too.
            mail.message()
            _office.take(mail)
        return len(email_messages)


@contextlib.contextmanager
def office_open() -> Iterator[Office]:
    """Have every e-mail of the block taken by an office of its own."""
    global _office
    before, backend = _office, settings.EMAIL_BACKEND
    log = logging.getLogger("reciproque.notices")
    level = log.level
    _office = Office()
    settings.EMAIL_BACKEND = BACKEND
    log.setLevel(logging.ERROR)  # that the server is down is part of the story
    try:
        yield _office
    finally:
        settings.EMAIL_BACKEND = backend
        log.setLevel(level)
        _office = before

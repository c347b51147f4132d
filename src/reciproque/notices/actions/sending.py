"""The outbox leaves: e-mails, notifications, rooms; each message is taken by one worker, and settled once.

What is promised, and why, is told in docs/decisions/0008: nothing is lost; nothing leaves twice but in the instant between
the last point of a message and the server's answer, which is marked.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import transaction

from reciproque.kit import clock
from reciproque.notices.actions import pacing
from reciproque.notices.actions.mails import send_mails
from reciproque.notices.actions.pushes import send_pushes
from reciproque.notices.actions.rooms import send_notes
from reciproque.notices.models import Outgoing
from reciproque.notices.queries.outbox import waiting_messages
from reciproque.notices.rules import Channel, OutgoingState

logger = logging.getLogger(__name__)
State = OutgoingState


def send_waiting(limit: int = 200) -> int:
    """Send up to `limit` waiting messages and return how many were tried; refusals are kept, and tried again.

    In the demo nothing leaves: messages are simply marked as sent, for the demo's mailbox.
    """
    now = clock.now()
    if settings.DEMO:
        return _pretend(now)
    rows = waiting_messages(now, limit)
    if not rows:
        return 0
    tried = 0
    for channel, send in (
        (Channel.EMAIL, send_mails),
        (Channel.PUSH, send_pushes),
        (Channel.CHAT, send_notes),
    ):
        mine = [row for row in rows if row.channel == channel]
        if mine:
            tried += send(mine)
    return tried


def _pretend(now: dt.datetime) -> int:
    """Mark as sent what would leave now, with everyone's choices and limits kept as for real mail."""
    done = 0
    while rows := waiting_messages(now, 500):
        with transaction.atomic():
            done += _pretended(rows, now)
    return done


def _pretended(rows: Sequence[Outgoing], now: dt.datetime) -> int:
    mails = [row for row in rows if row.channel == Channel.EMAIL]
    going = pacing.weigh(mails, now)
    others = [row for row in rows if row.channel != Channel.EMAIL]
    sent: dict[str, Any] = {"state": State.SENT, "sent_at": now}
    Outgoing.objects.filter(pk__in=[row.pk for row in (*going, *others)]).update(**sent)
    return len(going) + len(others)

"""The outbox: what was sent to somebody, what waits, whether the mail server answers."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections import defaultdict
from collections.abc import Collection

from django.db.models import Count, Min, Q

from reciproque.notices.models import Lane, Outgoing
from reciproque.notices.rules import TAKEN, TO_LEAVE, WEEK, Channel, OutgoingState
from reciproque.people.models import Person


def mailbox_of(person: Person, limit: int = 100) -> list[Outgoing]:
    """Return the messages sent to a person, latest first, without their bodies' HTML."""
    sent = Outgoing.objects.visible_to(person).filter(state__in=TAKEN)
    return list(sent.defer("html", "ics", "parts")[:limit])


def waiting_messages(now: dt.datetime, limit: int = 200) -> list[Outgoing]:
    """Return what is to be sent now, urgent then oldest first, with each person, room and network.

    Up to `limit` of each channel: a long queue of e-mails does not keep a notification waiting.
    """
    due = Outgoing.objects.due(now).select_related("person", "hook", "network")
    rows = list(due[:limit])
    if len(rows) < limit:
        return rows
    return [row for channel in Channel.values for row in due.filter(channel=channel)[:limit]]


def count_waiting() -> int:
    """Return how many messages are still to be sent, now or later."""
    return Outgoing.objects.filter(state__in=TO_LEAVE).count()


def left_this_week(people: Collection[int], now: dt.datetime) -> dict[int, list[dt.datetime]]:
    """Return when each of these people received e-mails in the last seven days, oldest first; those leaving count as now."""
    found: dict[int, list[dt.datetime]] = defaultdict(list)
    rows = Outgoing.objects.left_this_week(people, now)
    for person, moment, doubts in rows.values_list("person_id", "sent_at", "doubts"):
        # One that may have been taken twice counts twice.
        found[person] += [moment or now] * (1 + doubts)
    return {person: sorted(moments) for person, moments in found.items()}


def oldest_allowed(moments: list[dt.datetime], cap: int, now: dt.datetime) -> dt.datetime:
    """Return from when one more e-mail keeps within `cap` in any seven days, given those of the last seven."""
    if len(moments) < cap:
        return now
    return moments[len(moments) - cap] + WEEK


@dataclasses.dataclass(frozen=True)
class MailState:
    """Whether the mail server answers, and what waits for it."""

    down_since: dt.datetime | None
    words: str
    waiting: int
    held: int
    oldest_at: dt.datetime | None


def mail_state() -> MailState:
    """Return the state of e-mail for those who watch over the installation."""
    lane = Lane.objects.filter(channel=Channel.EMAIL).first()
    counts = Outgoing.objects.filter(
        channel=Channel.EMAIL, state__in=[*TO_LEAVE, OutgoingState.HELD]
    ).aggregate(
        waiting=Count("pk", filter=Q(state__in=TO_LEAVE)),
        held=Count("pk", filter=Q(state=OutgoingState.HELD)),
        oldest=Min("at", filter=Q(state__in=TO_LEAVE)),
    )
    return MailState(
        lane.down_since if lane else None,
        lane.words if lane else "",
        counts["waiting"],
        counts["held"],
        counts["oldest"],
    )

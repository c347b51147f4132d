"""Notifications leave for every device of a person; a device that is gone is forgotten."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Sequence

from django.conf import settings
from django.db.models import F
from django.utils import translation
from django.utils.translation import ngettext

from reciproque.kit import clock
from reciproque.kit.fetch import FetchError, Refused, fetch
from reciproque.notices.engine import push
from reciproque.notices.messages.pages import page
from reciproque.notices.models import Outgoing, Preference, PushSubscription
from reciproque.notices.rules import (
    LEASE,
    MAX_FAILURES,
    MAX_TRIES,
    PUSH_AGE,
    OutgoingState,
    quiet_end,
    retry_after,
)

logger = logging.getLogger(__name__)
State = OutgoingState
TIMEOUT = 8.0
# More than this at once (after a night, after a pause) is one notification that says how many.
APART = 3


def send_pushes(rows: Sequence[Outgoing]) -> int:
    """Send notifications; return how many were tried."""
    by_person: dict[int, list[Outgoing]] = defaultdict(list)
    for row in rows:
        by_person[row.person_id or 0].append(row)
    devices: dict[int, list[PushSubscription]] = defaultdict(list)
    here = push.is_here()
    for device in PushSubscription.objects.filter(person__in=list(by_person), failed_at=None):
        devices[device.person_id].append(device)
    choices = {row.person_id: row for row in Preference.objects.filter(person__in=list(by_person))}
    tried = 0
    for person, mine in by_person.items():
        waiting = [row for row in mine if not _later(row, choices.get(person))]
        taken = [row for row in waiting if _take(row)]
        if taken:
            tried += len(taken)
            _send(taken, devices[person] if here else [])
    return tried


def _later(row: Outgoing, choice: Preference | None) -> bool:
    """Put a notification off until the end of the quiet hours that hold now."""
    assert row.person is not None
    if choice is None or row.urgent:
        return False
    end = quiet_end(clock.now(), row.person.time_zone, choice.quiet_from, choice.quiet_until)
    if end is not None:
        Outgoing.objects.filter(pk=row.pk, state=row.state, tries=row.tries).update(run_after=end)
    return end is not None


def _take(row: Outgoing) -> bool:
    """Take one for the time of a try. A device that gets it twice shows it once: both bear the same tag."""
    taken = Outgoing.objects.filter(pk=row.pk, state=row.state, tries=row.tries).update(
        state=State.SENDING, tries=F("tries") + 1, run_after=clock.now() + LEASE
    )
    row.tries += 1
    return bool(taken)


def _send(rows: Sequence[Outgoing], devices: Sequence[PushSubscription]) -> None:
    now = clock.now()
    fresh = [row for row in rows if row.at > now - PUSH_AGE]
    _settle([row for row in rows if row not in fresh], State.DROPPED, error="trop tard")
    if not devices:
        _settle(fresh, State.UNADDRESSED)
        return
    for group in [fresh] if len(fresh) > APART else [[row] for row in fresh]:
        answers = [_post(device, _said(group), group[0]) for device in devices]
        if "taken" in answers:
            _settle(group, State.SENT, sent_at=clock.now(), error="")
        elif "later" in answers and group[0].tries < MAX_TRIES:
            _settle(group, State.WAITING, run_after=now + retry_after(group[0].tries))
        else:
            _settle(group, State.FAILED, error="aucun appareil n’a pris la notification")


def _settle(rows: Sequence[Outgoing], state: str, **changes: object) -> None:
    for row in rows:
        Outgoing.objects.filter(pk=row.pk, state=State.SENDING, tries=row.tries).update(
            state=state, **changes
        )


def _said(rows: Sequence[Outgoing]) -> dict[str, str]:
    first = rows[0]
    if len(rows) == 1:
        return {
            "title": first.subject,
            "body": first.text,
            "url": first.url,
            "tag": first.public_id,
            "lang": first.language,
        }
    with translation.override(first.language):
        title = ngettext("%(count)d message pour vous", "%(count)d messages pour vous", len(rows))
        return {
            "title": title % {"count": len(rows)},
            "body": " · ".join(row.subject for row in rows),
            "url": settings.BASE_URL + page("home:home"),
            "tag": first.public_id,
            "lang": first.language,
        }


def _post(device: PushSubscription, message: dict[str, str], row: Outgoing) -> str:
    """Give one notification to the service of one device: "taken", "later" or "never"."""
    devices = PushSubscription.objects.filter(pk=device.pk)
    now = clock.now()
    try:
        parcel = push.parcel(
            device.endpoint,
            device.p256dh,
            device.auth,
            message,
            topic=row.public_id,
            urgent=row.urgent,
            now=now.timestamp(),
        )
        answer = fetch(
            device.endpoint, method="POST", data=parcel.data, headers=parcel.headers, timeout=TIMEOUT
        )
    except Refused:
        devices.update(failed_at=now)
        return "never"
    except FetchError as error:
        logger.warning("device %s: %s", device.public_id, error.sentence)
        return _count(device)
    if 200 <= answer.status < 300:
        devices.exclude(failures=0).update(failures=0)
        return "taken"
    if answer.status in (404, 410):
        devices.update(failed_at=now)
        return "never"
    logger.warning("device %s: the service answered %s", device.public_id, answer.status)
    return _count(device) if answer.status in (408, 429) or answer.status >= 500 else "never"


def _count(device: PushSubscription) -> str:
    """Count a failure; after many of them the device is left alone."""
    rows = PushSubscription.objects.filter(pk=device.pk)
    rows.filter(failures__lt=MAX_FAILURES).update(failures=F("failures") + 1)
    if device.failures + 1 >= MAX_FAILURES:
        rows.update(failed_at=clock.now())
        return "never"
    return "later"

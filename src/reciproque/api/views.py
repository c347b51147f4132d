"""What programs read: the private calendars of a person."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
from collections.abc import Callable, Sequence
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from reciproque.agenda.access import get_feed
from reciproque.agenda.queries import calendar_entry, feed_meetings
from reciproque.circles.access import get_shared
from reciproque.exchanges.access import get_exchange, get_introduction
from reciproque.kit import clock, ics
from reciproque.kit.errors import NotThere

KEPT = dt.timedelta(days=90)
REMEMBERED = 24 * 3600  # seconds
# Of which groups one may read the calendar, and who says whether one is still in it.
GROUPS: dict[str, Callable[[Any, str], Any]] = {
    "circle": get_shared,
    "exchange": get_exchange,
    "introduction": get_introduction,
}


@require_safe
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """Give a person's meetings, or those of one group, to the calendar program that knows their private address.

    Programs ask every few minutes and nearly always for nothing new: the file is made when something changed only.
    """
    row = get_feed(secret)
    person, name = row.person, "Réciproque"
    if row.subject_kind:
        name = _group_name(person, row.subject_kind, row.subject_id)
    meetings = feed_meetings(person, clock.now() - KEPT, kind=row.subject_kind, subject_id=row.subject_id)
    with translation.override(person.language):
        entries = [
            calendar_entry(
                meeting,
                site=settings.BASE_URL,
                sender=settings.DEFAULT_FROM_EMAIL,
                path=reverse("agenda:meeting", args=[meeting.public_id]),
            )
            for meeting in meetings
        ]
    return _answer(request, secret, entries, name)


def _group_name(person: Any, kind: str, subject_id: str) -> str:
    if kind not in GROUPS:
        raise NotThere
    group = GROUPS[kind](person, subject_id)
    title = getattr(group, "title", "")
    return _("Réciproque : %(title)s") % {"title": title} if title else "Réciproque"


def _answer(request: HttpRequest, secret: str, entries: Sequence[ics.Entry], name: str) -> HttpResponse:
    """Answer with the calendar of these entries, or that nothing changed since the program last asked."""
    mark = hashlib.sha256(repr((name, entries)).encode()).hexdigest()[:32]
    # The address is a key: it is not written elsewhere, not even in the memory of the pages.
    place = "feed:" + hashlib.sha256(secret.encode()).hexdigest()
    known, since, body = cache.get(place) or ("", None, b"")
    if known != mark:
        since, body = clock.now().replace(microsecond=0), b""
    etag = f'"{mark}"'
    response = get_conditional_response(request, etag=etag, last_modified=int(since.timestamp()))
    if response is None:
        if not body:
            body = ics.build([dataclasses.replace(entry, changed_at=since) for entry in entries], name=name)
            cache.set(place, (mark, since, body), REMEMBERED)
        response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
        response["Content-Disposition"] = 'inline; filename="reciproque.ics"'
    response["Last-Modified"] = http_date(since.timestamp())
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    # The address is the key: no search engine may keep it.
    response["X-Robots-Tag"] = "noindex"
    return response

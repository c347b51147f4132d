"""What programs read: the private calendar of a person."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from reciproque.agenda.access import get_feed
from reciproque.agenda.queries import calendar_entry, feed_meetings
from reciproque.kit import clock, ics

KEPT = dt.timedelta(days=90)


@require_safe
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """Give a person's meetings to the calendar program that knows their private address."""
    person = get_feed(secret).person
    with translation.override(person.language):
        entries = [
            calendar_entry(
                row,
                site=settings.BASE_URL,
                sender=settings.DEFAULT_FROM_EMAIL,
                path=reverse("agenda:meeting", args=[row.public_id]),
            )
            for row in feed_meetings(person, clock.now() - KEPT)
        ]
        body = ics.build(entries, name=_("Réciproque"))
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="reciproque.ics"'
    response["Cache-Control"] = "private, no-cache"
    # The address is the key: no search engine may keep it.
    response["X-Robots-Tag"] = "noindex"
    return response

"""The demo: step in as someone, read their mail, move the clock. Nothing of it exists outside the demo."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from reciproque.kit import clock, hooks
from reciproque.kit.dates import moment_in_words
from reciproque.kit.errors import NotThere
from reciproque.notices.access import get_outgoing
from reciproque.notices.queries import mailbox_of
from reciproque.people.queries import person_by_public_id
from reciproque.web.demo.cast import demo_cast, happenings
from reciproque.web.demo.letter import read_letter
from reciproque.web.http import back, see, tell

View = Callable[..., HttpResponse]


def demo_only(view: View) -> View:
    """Answer 404 outside the demo."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.DEMO:
            raise NotThere
        return view(request, *args, **kwargs)

    return guarded


@demo_only
@require_safe
def door(request: HttpRequest) -> HttpResponse:
    """Show whom one can step in as."""
    cast = demo_cast()
    groups = [
        (_("Échanges de savoirs et groupes de pratiques"), [one for one in cast if not one.learns]),
        (_("Réseaux apprenants"), [one for one in cast if one.learns]),
    ]
    context = {"cast": cast, "groups": groups, "next": request.GET.get("next", "")}
    return render(request, "demo/door.html", context)


@demo_only
@require_POST
def enter(request: HttpRequest, public_id: str) -> HttpResponse:
    """Step in as someone."""
    person = person_by_public_id(public_id)
    if person is None:
        raise NotThere
    login(request, person, backend="django.contrib.auth.backends.ModelBackend")
    return back(request, settings.LOGIN_REDIRECT_URL)


@demo_only
@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    """Show the mail that the person one stands in has received."""
    zone = request.user.time_zone
    rows = [
        [
            {"text": mail.subject, "url": reverse("demo:mail", args=[mail.public_id])},
            moment_in_words(mail.at, zone, clock.now()),
        ]
        for mail in mailbox_of(request.user)
    ]
    return render(request, "demo/mailbox.html", {"rows": rows, "columns": [_("Message"), _("Reçu")]})


@demo_only
@require_safe
def mail(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show one mail: its text with its links; its HTML says nothing more and is never rendered here."""
    outgoing = get_outgoing(request.user, public_id)
    here = request.build_absolute_uri("/").rstrip("/")
    # The demo may be served on another port than the address that its mails are written for.
    letter = read_letter(outgoing.text.replace(settings.BASE_URL, here))
    crumbs = [{"label": _("Courriels"), "url": reverse("demo:mailbox")}, {"label": _("Un message")}]
    context = {"mail": outgoing, "letter": letter, "crumbs": crumbs}
    return render(request, "demo/mail.html", context)


@demo_only
@require_safe
def attachment(request: HttpRequest, public_id: str) -> HttpResponse:
    """Download the calendar file of a mail."""
    outgoing = get_outgoing(request.user, public_id)
    if not outgoing.ics:
        raise NotThere
    kind = f"text/calendar; charset=utf-8; method={outgoing.ics_method}"
    headers = {"Content-Disposition": 'attachment; filename="invitation.ics"'}
    return HttpResponse(outgoing.ics, content_type=kind, headers=headers)


@demo_only
@require_POST
def move_clock(request: HttpRequest) -> HttpResponse:
    """Move the demo's clock by a day or a week, do what is then due, and say it."""
    days = 7 if (request.POST.get("days") or request.GET.get("days")) == "7" else 1
    clock.move(dt.timedelta(days=days))
    said: list[str] = []
    for done in hooks.run("after_clock_moved"):
        said += happenings(done) if isinstance(done, dict) else []
    now = moment_in_words(clock.now(), request.user.time_zone)
    tell(request, _("Nous sommes maintenant %(now)s.") % {"now": now})
    tell(request, " · ".join(said) if said else _("Rien n’arrivait à échéance."))
    origin = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(origin, {request.get_host()}, request.is_secure()):
        return see(origin)
    return see(settings.LOGIN_REDIRECT_URL)

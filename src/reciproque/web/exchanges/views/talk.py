"""A message taken back by the one who wrote it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from reciproque.exchanges.access import get_own_message
from reciproque.exchanges.actions import remove_message as take_back
from reciproque.exchanges.queries import subject_of
from reciproque.web.http import attempt, see


@require_http_methods(["GET", "HEAD", "POST"])
def remove_message(request: HttpRequest, message_id: str) -> HttpResponse:
    """Take back one's own message, once asked whether one is sure."""
    message = get_own_message(request.user, message_id)
    request.network = message.thread.network
    here = _page_of(message.thread, request.user)
    if message.removed_at is not None:
        return redirect(here)
    if request.method == "POST":
        attempt(request, lambda: take_back(message, by=request.user), _("Votre message est retiré."))
        return see(here)
    context = {
        "words": message.text,
        "cancel": here,
        "crumbs": [{"label": _("Échanges"), "url": reverse("exchanges:mine")}, {"label": _("Un message")}],
    }
    return render(request, "exchanges/remove_message.html", context)


def _page_of(thread: Any, reader: Any) -> str:
    subject = subject_of(thread, reader)
    if subject is None:
        return reverse("exchanges:mine")
    return reverse(f"exchanges:{subject.subject_kind}", args=[subject.public_id]) + "#thread"

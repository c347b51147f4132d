"""The team writes to a part of the network: choose, read what will leave and how many it reaches, confirm."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from reciproque.insights.queries import places_of
from reciproque.kit.errors import NotThere
from reciproque.networks.access import require_animator
from reciproque.notices.access import get_broadcast
from reciproque.notices.actions import preview_broadcast, send_broadcast
from reciproque.notices.queries import broadcasts_of
from reciproque.notices.rules import Segment
from reciproque.web.animation.forms.members import BroadcastForm
from reciproque.web.animation.views import either
from reciproque.web.animation.views.telling import places, trail
from reciproque.web.http import put_errors, see, tell

if TYPE_CHECKING:
    from reciproque.networks.models import Network
    from reciproque.notices.models import Broadcast


def _form(request: HttpRequest, network: Network, data: Any = None) -> BroadcastForm:
    sites, units = places_of(network, request.user)
    wanted = request.GET.get("who", "")
    return BroadcastForm(
        data,
        segments=Segment.choices,
        sites=[(row.public_id, row.name) for row in sites],
        units=[(row.public_id, row.path) for row in units],
        initial={"who": wanted if wanted in Segment.values else Segment.ALL},
    )


@either
def write(request: HttpRequest, slug: str) -> HttpResponse:
    """Write to a part of the network; nothing leaves before the second page, where one reads what will."""
    network = request.network = require_animator(request.user, slug)
    if request.method != "POST":
        return _page(request, network, _form(request, network), 200)
    form = _form(request, network, request.POST)
    if not form.is_valid():
        return _page(request, network, form, 422)
    act = request.POST.get("act")
    if act == "edit":
        return _page(request, network, form, 200)
    try:
        if act == "send":
            return _send(request, network, form)
        return _preview(request, network, form)
    except ValidationError as error:
        if getattr(error, "code", "") == "count":
            return _preview(request, network, form, error.messages)
        put_errors(form, error)
        return _page(request, network, form, 422)


def _page(request: HttpRequest, network: Network, form: BroadcastForm, status: int) -> HttpResponse:
    context = {
        "network": network,
        "crumbs": trail(network, (_("Écrire à des membres"), "")),
        "tabs": places(network, "broadcast"),
        "form": form,
        "sent": [_row(row) for row in broadcasts_of(network, request.user, limit=10)],
    }
    return render(request, "animation/telling_write.html", context, status=status)


def _preview(
    request: HttpRequest, network: Network, form: BroadcastForm, problems: list[str] | None = None
) -> HttpResponse:
    shown = preview_broadcast(network, by=request.user, **form.letter())
    context = {
        "network": network,
        "crumbs": trail(network, (_("Écrire à des membres"), "")),
        "shown": shown,
        "text": form.cleaned_data["text"],
        "author": request.user.display_name,  # type: ignore[union-attr]
        "fields": [(name, form[name].value() or "") for name in form.fields],
        "problems": problems or [],
        "send": ngettext("Envoyer à %(n)s personne", "Envoyer à %(n)s personnes", shown.count)
        % {"n": shown.count},
    }
    return render(request, "animation/telling_preview.html", context, status=422 if problems else 200)


def _send(request: HttpRequest, network: Network, form: BroadcastForm) -> HttpResponse:
    text = request.POST.get("confirmed", "")
    confirmed = int(text) if text.isascii() and text.isdigit() and len(text) < 8 else -1
    sent = send_broadcast(network, by=request.user, confirmed=confirmed, **form.letter())
    tell(request, _("C’est parti : chacun le recevra selon ses choix."))
    return see("animation:broadcast_sent", network.slug, sent.public_id)


def _row(row: Broadcast) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "subject": row.subject,
        "by": row.by.display_name,
        "at": row.at,
        "count": row.count,
        "who": capfirst(str(Segment(row.segment["who"]).label))
        if row.segment.get("who") in Segment.values
        else "",
        "text": row.text,
        # Given by the list only.
        "left": getattr(row, "left", None),
        "waiting": getattr(row, "waiting", None),
        "undelivered": getattr(row, "undelivered", None),
    }


@require_safe
def sent(request: HttpRequest, slug: str, broadcast_id: str) -> HttpResponse:
    """Show what was written to a part of the network, and what became of it."""
    network = request.network = require_animator(request.user, slug)
    broadcast = get_broadcast(request.user, broadcast_id)
    if broadcast.network_id != network.pk:
        raise NotThere
    counted = next((row for row in broadcasts_of(network, request.user) if row.pk == broadcast.pk), broadcast)
    context = {
        "network": network,
        "crumbs": trail(network, (broadcast.subject, "")),
        "row": _row(counted),
    }
    return render(request, "animation/telling_sent.html", context)

"""How a learning network speaks of itself: its bulletins, its communication kit, what it shows to the organisation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from reciproque.initiatives.access import can_frame, get_bulletin, is_committee, require_committee
from reciproque.initiatives.actions.bulletins import (
    drop_bulletin,
    edit_bulletin,
    prepare_bulletin,
    seen_mark,
    send_bulletin,
)
from reciproque.initiatives.queries import frame_of
from reciproque.initiatives.queries.bulletins import bulletins_of, draft_of, html_of, since_last
from reciproque.initiatives.queries.showcase import showcase_of
from reciproque.initiatives.rules import BulletinState
from reciproque.insights.queries.learning import learning_figures
from reciproque.kit.errors import NotThere
from reciproque.networks.access import get_network
from reciproque.web.http import attempt, see
from reciproque.web.initiatives.forms.bulletins import BulletinForm
from reciproque.web.initiatives.views.sheets import Sheet, at, either, enter, fill, of, sent, trail
from reciproque.web.parts.networks import headcount, masked

if TYPE_CHECKING:
    from reciproque.initiatives.models import Bulletin, Frame


def _bulletin(request: HttpRequest, bulletin_id: str, *, draft: bool = False) -> tuple[Bulletin, Frame]:
    """Return a bulletin and its network; `draft`: to change it, which who frames the network alone may do."""
    bulletin = get_bulletin(request.user, bulletin_id)  # type: ignore[arg-type]
    frame = frame_of(bulletin.network)
    if frame is None or (draft and not can_frame(request.user, frame)):  # type: ignore[arg-type]
        raise NotThere
    request.network = bulletin.network  # type: ignore[attr-defined]
    return bulletin, frame


@require_safe
def bulletins(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the bulletins of the network, and to who animates it, how to prepare the next one."""
    frame = enter(request, slug)
    frames = can_frame(request.user, frame)  # type: ignore[arg-type]
    context = {
        "frame": frame,
        "rows": [row for row in bulletins_of(frame, request.user) if row.state == BulletinState.SENT],  # type: ignore[arg-type]
        "draft": draft_of(frame) if frames else None,
        "frames": frames,
        "speaks": frames or is_committee(request.user, frame),  # type: ignore[arg-type]
        "since": since_last(frame),
        "crumbs": trail(frame, (_("Bulletins"), "")),
    }
    return render(request, "initiatives/bulletins.html", context)


@require_POST
def prepare(request: HttpRequest, slug: str) -> HttpResponse:
    """Prepare the next bulletin from what happened."""
    frame = enter(request, slug)
    ok, bulletin = attempt(
        request,
        lambda: prepare_bulletin(frame, by=request.user),  # type: ignore[arg-type]
        _("Le bulletin est préparé à partir de ce qui s’est passé. Relisez-le, puis envoyez-le."),
    )
    return see(at(bulletin, "edit_bulletin") if ok else of(frame, "bulletins"))


@require_safe
def bulletin(request: HttpRequest, bulletin_id: str) -> HttpResponse:
    """Show a bulletin, to be read or printed."""
    row, frame = _bulletin(request, bulletin_id)
    context = {
        "frame": frame,
        "bulletin": row,
        "html": html_of(row),
        "is_draft": row.state == BulletinState.DRAFT,
        "crumbs": trail(frame, (_("Bulletins"), of(frame, "bulletins")), (row.title, "")),
    }
    return render(request, "initiatives/bulletin.html", context)


@either
def edit(request: HttpRequest, bulletin_id: str) -> HttpResponse:
    """Change the words of a bulletin in preparation."""
    row, frame = _bulletin(request, bulletin_id, draft=True)
    if row.state == BulletinState.SENT:
        return see(at(row, "bulletin"))
    initial = {"title": row.title, "text": row.text, "seen": seen_mark(row)}
    sheet = Sheet(
        title=_("Relire le bulletin"),
        verb=_("Enregistrer et relire"),
        back=at(row, "bulletin"),
        crumbs=trail(frame, (_("Bulletins"), of(frame, "bulletins")), (row.title, "")),
        lead=_("Il est préparé à partir de ce qui s’est passé. Retirez, ajoutez, dites-le avec vos mots."),
    )

    def act(values: dict[str, Any]) -> Bulletin:
        return edit_bulletin(row, by=request.user, **values)  # type: ignore[arg-type]

    form = BulletinForm(sent(request), initial=initial)
    return fill(request, form, sheet, act, _("Bulletin enregistré. Il n’est pas encore parti."))


@either
def send(request: HttpRequest, bulletin_id: str) -> HttpResponse:
    """Send a bulletin to every member, once it was read again."""
    row, frame = _bulletin(request, bulletin_id, draft=True)
    if request.method == "POST":
        attempt(
            request,
            lambda: send_bulletin(row, by=request.user, seen=request.POST.get("seen") or None),  # type: ignore[arg-type]
            _("Le bulletin est parti : chaque membre en est averti, à son rythme."),
        )
        return see(at(row, "bulletin"))
    return render(request, "initiatives/bulletin_send.html", _asked(row, frame, seen=seen_mark(row)))


def _asked(row: Bulletin, frame: Frame, **more: str) -> dict[str, Any]:
    return {
        "bulletin": row,
        "back": at(row, "bulletin"),
        "crumbs": trail(frame, (_("Bulletins"), of(frame, "bulletins")), (row.title, "")),
        **more,
    }


@either
def drop(request: HttpRequest, bulletin_id: str) -> HttpResponse:
    """Give up a bulletin in preparation."""
    row, frame = _bulletin(request, bulletin_id, draft=True)
    if request.method == "POST":
        done = _("Bulletin abandonné. Le prochain racontera la même période.")
        attempt(request, lambda: drop_bulletin(row, by=request.user), done)  # type: ignore[arg-type]
        return see(of(frame, "bulletins"))
    return render(request, "initiatives/bulletin_drop.html", _asked(row, frame))


@require_safe
def kit(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the communication kit: a poster, a slide and a mail, with the network's own figures."""
    frame = require_committee(request.user, slug)  # type: ignore[arg-type]
    request.network = frame.network  # type: ignore[attr-defined]
    figures = learning_figures(frame)
    context = {
        "frame": frame,
        "members": headcount(figures.members),
        "figures": {
            name: masked(getattr(figures, name))
            for name in ("searching", "tried", "lessons", "answered", "carried")
        },
        # Groups are known by their name to all: their number says nothing of anybody.
        "groups": figures.groups,
        "kept": figures.kept,
        "themes": figures.themes,
        "crumbs": trail(frame, (_("Kit de communication"), "")),
        "address": request.build_absolute_uri(of(frame, "showcase" if frame.shown else "learning")),
    }
    return render(request, "initiatives/kit.html", context)


@require_safe
def showcase(request: HttpRequest, slug: str) -> HttpResponse:
    """Show to the whole organisation what the committee chose to show."""
    network = get_network(request.user, slug)  # type: ignore[arg-type]
    shown = showcase_of(network)
    if shown is None:
        raise NotThere
    groups = [(group, headcount(group.people)) for group in shown.groups]  # type: ignore[attr-defined]
    context = {"network": network, "shown": shown, "frame": shown.frame, "groups": groups}
    return render(request, "initiatives/showcase.html", context)

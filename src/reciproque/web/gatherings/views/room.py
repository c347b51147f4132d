"""The screen of the room, and introductions made on the spot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from reciproque.catalogue.rules import Kind
from reciproque.exchanges.rules import IntroductionState
from reciproque.gatherings.access import can_agree_here, get_entry, get_open_post, get_run
from reciproque.gatherings.actions import introduce
from reciproque.gatherings.queries import board, introductions_made, version_of
from reciproque.kit.errors import NotThere
from reciproque.kit.tokens import is_id
from reciproque.web.gatherings.forms import AgreeingForm
from reciproque.web.gatherings.views import either, inside, url_of
from reciproque.web.http import nothing_new, see, submit, tagged, tell
from reciproque.web.parts.posts import person_line

if TYPE_CHECKING:
    from reciproque.gatherings.models import Gathering

# What a room reads at a glance, in each column.
LINES = 10


@require_safe
def screen(request: HttpRequest, gathering_id: str) -> HttpResponse:
    """Show the board to the whole room, in big letters."""
    gathering = get_run(request.user, gathering_id)
    request.network = gathering.network
    return render(request, "gatherings/screen.html", {"gathering": gathering, **_columns(gathering)})


@require_safe
def board_now(request: HttpRequest, gathering_id: str) -> HttpResponse:
    """Return the board, or 304 while nothing has changed: asked every two seconds, it holds no connection."""
    gathering = get_run(request.user, gathering_id)
    same = nothing_new(request, _tag(version_of(gathering)))
    if same is not None:
        return same
    context = {"gathering": gathering, **_columns(gathering)}
    return tagged(render(request, "gatherings/board.html", context), context["tag"])


def _tag(version: int) -> str:
    return f"{version}-{(get_language() or 'fr')[:2]}"


def _columns(gathering: Gathering) -> dict[str, Any]:
    shown = board(gathering)
    return {
        "columns": [
            {"kind": kind, "lines": lines[:LINES], "total": len(lines), "more": max(len(lines) - LINES, 0)}
            for kind, lines in ((Kind.OFFER, shown.offers), (Kind.REQUEST, shown.requests))
        ],
        "pairs": shown.pairs,
        "made": shown.introduced,
        "tag": _tag(shown.version),
    }


def _side(gathering: Gathering, public_id: str) -> Any:
    """Return one side of an introduction: a line of the board, else an open post of the network."""
    if not is_id(public_id):
        raise NotThere
    try:
        return get_entry(gathering, public_id)
    except NotThere:
        return get_open_post(gathering, public_id)


def _name(side: Any) -> str:
    return side.participant.display_name if hasattr(side, "participant") else side.author.display_name


def _person(side: Any) -> Any:
    return side.participant.person if hasattr(side, "participant") else side.author


def _line(side: Any) -> str:
    """What tells somebody from a namesake."""
    person = _person(side)
    return person_line(person) if person else ""


def _words(side: Any) -> str:
    return side.words if hasattr(side, "words") else side.title


@either
def made(request: HttpRequest, gathering_id: str) -> HttpResponse:
    """Introduce two people on the spot, each saying yes aloud; without both, show those already made."""
    gathering = get_run(request.user, gathering_id)
    request.network = gathering.network
    sides = request.POST if request.method == "POST" else request.GET
    if not sides.get("offer") or not sides.get("request"):
        context = {
            "gathering": gathering,
            "made": introductions_made(gathering),
            "crumbs": inside(gathering, _("Les mises en relation")),
        }
        return render(request, "gatherings/made.html", context)
    offer, wanted = _side(gathering, sides["offer"]), _side(gathering, sides["request"])
    guests = [_name(side) for side in (offer, wanted) if _person(side) is None]
    absent = [_name(side) for side in (offer, wanted) if not can_agree_here(gathering, side, request.user)]
    choices = [
        (
            "offer",
            _("%(name)s, qui propose « %(words)s »") % {"name": _name(offer), "words": _words(offer)},
        ),
        (
            "request",
            _("%(name)s, qui cherche « %(words)s »") % {"name": _name(wanted), "words": _words(wanted)},
        ),
    ]
    sides_of = {"offer": offer, "request": wanted}
    choices = [
        row for row in choices if not guests and can_agree_here(gathering, sides_of[row[0]], request.user)
    ]
    form = AgreeingForm(choices, request.POST if request.method == "POST" else None)
    if request.method == "POST":
        done, introduction = submit(
            form,
            lambda values: introduce(
                gathering, offer=offer, request=wanted, agreeing=values["agreeing"], by=request.user
            ),
        )
        if done:
            tell(request, _said(introduction))
            return see(url_of("made", gathering))
    context = {
        "gathering": gathering,
        "form": form,
        "absent": [] if guests else absent,
        "guests": guests,
        "nobody": not choices,
        "offer": {"id": sides["offer"], "name": _name(offer), "line": _line(offer), "words": _words(offer)},
        "request_side": {
            "id": sides["request"],
            "name": _name(wanted),
            "line": _line(wanted),
            "words": _words(wanted),
        },
        "back": url_of("typing", gathering),
        "crumbs": inside(gathering, _("Mettre en relation")),
    }
    return render(request, "gatherings/introduce.html", context, status=422 if form.is_bound else 200)


def _said(introduction: Any) -> str:
    words = {
        "requester": introduction.requester.display_name,
        "offerer": introduction.offerer.display_name,
    }
    if introduction.state == IntroductionState.AGREED:
        return _("%(requester)s et %(offerer)s sont en relation : il leur reste à fixer une date.") % words
    if introduction.state == IntroductionState.ACCEPTED:
        return _("%(requester)s et %(offerer)s ont dit oui : une médiation va les réunir.") % words
    return _("La mise en relation est demandée : l’autre personne reçoit un message et répond.")

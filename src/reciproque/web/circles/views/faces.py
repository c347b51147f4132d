"""The groups of a network as anyone of it may know them: all of them, the face of one; volunteer, change one's mind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from reciproque.circles.access import can_find_facilitator, can_open, can_prepare, get_shared
from reciproque.circles.actions import apply, edit_seat, withdraw_seat
from reciproque.circles.queries import circles_of, face, life_of, need_of, reports_for, seat_of, sheets_of
from reciproque.circles.rules import (
    ASKING_SEATS,
    FIGURES_TOLD,
    OVER,
    CircleState,
    SeatState,
    functions_in,
    same_function,
)
from reciproque.kit.errors import NotThere
from reciproque.library.rules import SheetState
from reciproque.web.circles.forms.life import LENGTHS, ApplyForm
from reciproque.web.circles.views import crumbs, either, face_of, here, inside, network_here, url_of
from reciproque.web.circles.views.home import home, life_rows
from reciproque.web.http import attempt, see, submit, tell

if TYPE_CHECKING:
    from reciproque.circles.models import Circle

TONES = {
    CircleState.NEED: "warn",
    CircleState.CALL: "exchange",
    CircleState.RULES: "good",
    CircleState.SESSIONS: "good",
    CircleState.WRITING: "good",
    CircleState.CLOSED: "",
    CircleState.STOPPED: "",
}


def state_words(state: str) -> str:
    """Return where a group is in its life, as its face says it."""
    return {
        CircleState.NEED: _("En préparation"),
        CircleState.CALL: _("Appel à volontaires"),
        CircleState.RULES: _("Le groupe pose ses règles"),
        CircleState.SESSIONS: _("Les séances ont commencé"),
        CircleState.WRITING: _("Le groupe écrit ce qu’il a appris"),
        CircleState.CLOSED: _("Terminé"),
        CircleState.STOPPED: _("Arrêté"),
    }[CircleState(state)]


def part_words(part: str) -> str:
    """Return what the reader is to a group."""
    return {
        "member": _("Vous en êtes membre"),
        "facilitator": _("Vous l’animez"),
        "candidate": _("Vous êtes volontaire"),
        "waiting": _("Vous êtes sur la liste d’attente"),
        "opener": _("Vous l’avez ouvert"),
        "left": _("Vous l’avez quitté"),
    }.get(part, "")


def row_of(found: Any) -> dict[str, Any]:
    """Return a face as a list and its page show it."""
    circle = found.circle
    return {
        "face": found,
        "circle": circle,
        "url": url_of("circle", circle),
        "apply_url": url_of("apply", circle),
        "trade_url": reverse("library:trade", args=[circle.network.slug, circle.trade.public_id])
        if circle.trade
        else "",
        "state": state_words(circle.state),
        "tone": TONES[CircleState(circle.state)],
        "part": part_words(found.part),
    }


def length_words(circle: Circle) -> str:
    """Return how long a session of a group lasts."""
    return str(dict(LENGTHS).get(circle.minutes, _("%(n)s minutes") % {"n": circle.minutes}))


@require_safe
def every(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the groups of a network: mine, those that call, those under way, those that are over."""
    network = network_here(request, slug)
    found = circles_of(network, request.user)
    context: dict[str, Any] = {
        name: [row_of(one) for one in getattr(found, name)]
        for name in ("mine", "preparing", "calling", "under_way", "over")
    }
    reports = [row for row in reports_for(request.user) if row.circle.network_id == network.pk]
    context |= {
        "reports": [
            {"title": row.circle.title, "at": row.sent_at, "url": url_of("received", row.circle)}
            for row in reports
        ],
        "network": network,
        "opens": can_open(request.user, network),
        "nothing": not any(context.values()),
    }
    return render(request, "circles/every.html", context)


@require_safe
def circle(request: HttpRequest, circle_id: str) -> HttpResponse:
    """Show a group: its home to those who share it, its face to the rest of the network."""
    try:
        row = here(request, get_shared(request.user, circle_id))
    except NotThere:
        return _face(request, circle_id)
    return _face(request, circle_id) if "face" in request.GET else home(request, row, need=need_words(row))


def _face(request: HttpRequest, circle_id: str) -> HttpResponse:
    row = face_of(request, circle_id)
    found = face(row, request.user)
    seat = seat_of(row, request.user)
    context = {
        **row_of(found),
        "life": life_rows(life_of(row, request.user)),
        "seat": seat,
        "my_words": [(_("Mon objectif"), seat.goal), (_("Comment j’aiderai"), seat.helping)] if seat else [],
        "prepares": can_prepare(request.user, row),
        "finds": row.constituted_at is not None and can_find_facilitator(request.user, row),
        "shares": found.part in ("member", "facilitator") and row.constituted_at is not None,
        "over": row.state in OVER,
        "length": length_words(row),
        "taken": row.seats_most - found.seats_left,
        "received_url": next(
            (url_of("received", one.circle) for one in reports_for(request.user) if one.circle_id == row.pk),
            "",
        ),
        "published": [
            {"title": str(one), "url": reverse("library:sheet", args=[one.public_id])}
            for one in sheets_of(row, request.user)
            if one.state == SheetState.PUBLISHED
        ],
        "crumbs": crumbs(row.network, (row.title, "")),
    }
    return render(request, "circles/face.html", context)


@either
def volunteer(request: HttpRequest, circle_id: str) -> HttpResponse:
    """Volunteer for a group, with one's own goal; change it later."""
    row = face_of(request, circle_id)
    found = face(row, request.user)
    seat = seat_of(row, request.user)
    live = seat if seat is not None and seat.state in (*ASKING_SEATS, SeatState.SEATED) else None
    if live is None and not found.can_apply:
        return redirect("circles:circle", circle_id)
    initial = {"goal": live.goal, "helping": live.helping} if live else {}
    form = ApplyForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST":
        done, kept = submit(
            form,
            lambda values: (
                edit_seat(live, by=request.user, **values) if live else apply(row, by=request.user, **values)
            ),
        )
        if done:
            tell(request, _applied(kept.state, fresh=live is None))
            return see("circles:circle", circle_id)
    context = {
        "circle": row,
        "form": form,
        "found": found,
        "known": live is not None,
        "length": length_words(row),
        "taken": row.seats_most - found.seats_left,
        "need_words": granted_words(row) if live is None else [],
        "other_function": live is None
        and not same_function(request.user.function, functions_in(row.functions)),
        "back": url_of("circle", row),
        "crumbs": inside(row, _("Mon objectif") if live else _("Se porter volontaire")),
    }
    return render(request, "circles/apply.html", context, status=422 if form.is_bound else 200)


def granted_words(circle: Circle) -> list[tuple[Any, str]]:
    """Return what was granted and what will be told, as a volunteer reads it before committing themselves."""
    said = [
        (_("Temps accordé"), circle.allowance),
        (_("Ce que les décideurs sauront"), circle.told),
        (_("Les chiffres joints au bilan"), FIGURES_TOLD if circle.told else ""),
        (_("Ce qu’ils ne sauront pas"), circle.untold),
    ]
    return [(term, words) for term, words in said if words]


def need_words(circle: Circle) -> list[tuple[Any, Any]]:
    """Return the need from which a group was born, as its members may read it again."""
    people = [f"{one} ({one.role})" if one.role else str(one) for one in need_of(circle).deciders]
    said = [
        (_("Métier"), circle.trade.name if circle.trade else ""),
        (_("Objectifs"), circle.aims),
        (_("Précisé avec"), ", ".join(people)),
        (_("Ce qui en ressort"), circle.specified_with),
        *granted_words(circle),
        (_("Fonctions concernées"), circle.functions),
        (_("Séances décidées d’avance"), circle.sessions_wanted),
        (_("Méthode"), circle.get_method_display()),
    ]
    return [(term, words) for term, words in said if words]


def _applied(state: str, *, fresh: bool) -> str:
    if not fresh:
        return _("C’est noté.")
    if state == SeatState.WAITING:
        return _(
            "C’est noté. Toutes les places sont prises : vous êtes sur la liste d’attente, dans l’ordre d’arrivée."
        )
    return _("Merci. Votre candidature est reçue ; vous saurez si le groupe se fait à la fin de l’appel.")


@either
def withdraw(request: HttpRequest, circle_id: str) -> HttpResponse:
    """Take one's candidature back."""
    row = face_of(request, circle_id)
    seat = seat_of(row, request.user)
    if seat is None or seat.state not in ASKING_SEATS:
        raise NotThere
    if request.method == "POST":
        attempt(
            request,
            lambda: withdraw_seat(seat, by=request.user),
            _("Votre candidature est retirée. Vous pouvez en déposer une autre tant que l’appel dure."),
        )
        return see("circles:circle", circle_id)
    context = {
        "circle": row,
        "back": url_of("circle", row),
        "crumbs": inside(row, _("Retirer ma candidature")),
    }
    return render(request, "circles/withdraw.html", context)

"""The charter a group gives itself, written and signed; and how one leaves, hands over or stops."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from reciproque.circles.access import can_stop, get_circle, is_facilitator
from reciproque.circles.actions import (
    leave_circle,
    sign_group_charter,
    step_down,
    stop_circle,
    write_charter,
)
from reciproque.circles.queries import current_group_charter, facilitators_for, seat_of, signatures
from reciproque.circles.rules import OVER, SeatState
from reciproque.kit.errors import NotThere
from reciproque.web.circles.forms.life import CharterForm, ReasonForm, StepDownForm
from reciproque.web.circles.views import either, facilitated, here, inside, shared, tabs, url_of
from reciproque.web.circles.views.making import able_words
from reciproque.web.http import attempt, see, submit, tell
from reciproque.web.parts.networks import articles

if TYPE_CHECKING:
    from reciproque.circles.models import Circle


def first_charter() -> str:
    """Return the rules that a group starts from, to be changed at will: one a line."""
    return "\n".join(
        [
            _("Confidentialité : ce qui se dit ici reste ici. On ne répète ni les situations, ni les noms."),
            _("Bienveillance : on s’aide, on ne se moque pas, on ne presse personne."),
            _("Sans jugement : on ne juge ni la personne, ni sa façon de faire ; on cherche à comprendre."),
            _("Parole respectée : chacun parle à son tour, personne n’est obligé de parler."),
            _("Régularité : on vient à toutes les séances ; si l’on ne peut pas, on prévient avant."),
            _("Chacun apporte une situation à son tour, sans nommer ni client ni collègue."),
        ]
    )


@either
def charter(request: HttpRequest, circle_id: str) -> HttpResponse:
    """Read the group's charter, and sign the version on screen."""
    circle = shared(request, circle_id)
    if request.method == "POST":
        version = request.POST.get("version", "")
        if not (version.isascii() and version.isdigit() and len(version) < 6):
            raise NotThere
        attempt(
            request,
            lambda: sign_group_charter(circle, by=request.user, version=int(version)),
            _("Merci : votre signature est notée."),
        )
        return see("circles:charter", circle_id)
    found = signatures(circle)
    missing = {one.pk for one in found.missing}
    context = {
        "circle": circle,
        "charter": found.charter,
        "articles": articles(found.charter.text) if found.charter else [],
        "signed": [{"name": one.display_name, "at": at} for one, at in found.signed],
        "missing": [one.display_name for one in found.missing],
        "mine": next((at for one, at in found.signed if one.pk == request.user.pk), None),
        "asked": request.user.pk in missing,
        "leads": is_facilitator(request.user, circle),
        "alive": circle.state not in OVER,
        "notions": not found.charter or request.user.pk in missing,
        "tabs": tabs(circle, "charter"),
        "crumbs": inside(circle, _("La charte")),
    }
    return render(request, "circles/charter.html", context)


@either
def edit_charter(request: HttpRequest, circle_id: str) -> HttpResponse:
    """Write the group's charter, or another version that everyone is asked to sign again."""
    circle = facilitated(request, circle_id)
    now = current_group_charter(circle)
    initial = {"text": now.text, "leaving": now.leaving} if now else {"text": first_charter()}
    form = CharterForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST":
        done, _charter = submit(form, lambda values: write_charter(circle, by=request.user, **values))
        if done:
            tell(
                request,
                _("La charte est écrite. Chaque membre est invité à la lire et à la signer ; vous aussi."),
            )
            return see("circles:charter", circle_id)
    context = {
        "circle": circle,
        "form": form,
        "known": now is not None,
        "back": url_of("charter", circle),
        "crumbs": inside(circle, (_("La charte"), url_of("charter", circle)), _("Écrire")),
    }
    return render(request, "circles/write_charter.html", context, status=422 if form.is_bound else 200)


@either
def leave(request: HttpRequest, circle_id: str) -> HttpResponse:
    """Leave a group, without having to say why."""
    circle = shared(request, circle_id)
    seat = seat_of(circle, request.user)
    if seat is None or seat.state != SeatState.SEATED:
        raise NotThere
    if request.method == "POST":
        done, _seat = attempt(
            request,
            lambda: leave_circle(seat, by=request.user),
            _("Vous avez quitté le groupe. Il en est prévenu, sans raison."),
        )
        return see("circles:all", circle.network.slug) if done else see("circles:circle", circle_id)
    context = {
        "circle": circle,
        "back": url_of("circle", circle),
        "crumbs": inside(circle, _("Quitter le groupe")),
    }
    return render(request, "circles/leave.html", context)


@either
def hand_over(request: HttpRequest, circle_id: str) -> HttpResponse:
    """Stop facilitating a group, at once: someone of the pool goes on, or the group is told."""
    circle = here(request, get_circle(request.user, circle_id))
    if not is_facilitator(request.user, circle) or circle.state in OVER:
        raise NotThere
    able = {one.person.public_id: one for one in facilitators_for(circle.network, circle) if not one.why_not}
    people = [(key, able_words(one)) for key, one in able.items()]
    reasoned = any(one.needs_reason for one in able.values())
    form = StepDownForm(request.POST if request.method == "POST" else None, people=people, reasoned=reasoned)
    if request.method == "POST":
        done, _circle = submit(form, lambda values: _handed(circle, request, values, able))
        if done:
            tell(request, _("C’est noté. Le groupe est prévenu ; prenez soin de vous."))
            return see("circles:all", circle.network.slug)
    context = {
        "circle": circle,
        "form": form,
        "back": url_of("circle", circle),
        "crumbs": inside(circle, _("Passer le relais")),
    }
    return render(request, "circles/hand_over.html", context, status=422 if form.is_bound else 200)


def _handed(circle: Circle, request: HttpRequest, values: dict[str, Any], able: dict[str, Any]) -> Any:
    instead = able[values["instead"]].person if values["instead"] else None
    return step_down(circle, by=request.user, instead=instead, reason=values.get("reason", ""))


@either
def stop(request: HttpRequest, circle_id: str) -> HttpResponse:
    """Stop a group before its end."""
    circle = here(request, get_circle(request.user, circle_id))
    if not can_stop(request.user, circle):
        raise NotThere
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        done, _circle = submit(form, lambda values: stop_circle(circle, by=request.user, **values))
        if done:
            tell(request, _("Le groupe est arrêté. Les personnes concernées sont prévenues."))
            return see("circles:all", circle.network.slug)
    context = {
        "circle": circle,
        "form": form,
        "made": circle.constituted_at is not None,
        "back": url_of("circle", circle),
        "crumbs": inside(circle, _("Arrêter le groupe")),
    }
    return render(request, "circles/stop.html", context, status=422 if form.is_bound else 200)

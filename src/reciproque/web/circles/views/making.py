"""Make a group: call for volunteers, read who applies, decide, find who facilitates it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from reciproque.circles.access import (
    can_choose,
    can_find_facilitator,
    can_prepare,
    get_circle,
    get_prepared,
    get_seat,
    shares,
)
from reciproque.circles.actions import (
    admit_seat,
    call_volunteers,
    constitute,
    decline_seat,
    extend_call,
    name_facilitator,
    take_over,
    waive,
)
from reciproque.circles.queries import constitution, face, facilitators_for, need_of
from reciproque.circles.rules import CircleState, WaiverKind
from reciproque.kit import clock
from reciproque.kit.errors import NotThere
from reciproque.web.circles.forms.life import (
    PersonForm,
    UntilForm,
    WaiverForm,
)
from reciproque.web.circles.views import either, here, inside, url_of
from reciproque.web.circles.views.need import page_of
from reciproque.web.http import attempt, see, submit, tell
from reciproque.web.parts.posts import person_line

if TYPE_CHECKING:
    from reciproque.circles.models import Circle

# How long a call lasts unless one says otherwise.
CALL_DAYS = 21


@either
def making(request: HttpRequest, circle_id: str) -> HttpResponse:
    """Show what is missing before the call, then who volunteers and what must be decided; decide it."""
    circle = here(request, get_prepared(request.user, circle_id))
    forms: dict[str, Any] = {}
    status = 200
    if request.method == "POST":
        answer = _decide(request, circle, forms)
        if answer is not None:
            return answer
        status = 422
    calls = circle.state == CircleState.NEED
    until = circle.call_until or timezone.localdate(clock.now()) + dt.timedelta(days=CALL_DAYS)
    found = constitution(circle, request.user)
    kept = need_of(circle)
    context = {
        "circle": circle,
        "face": face(circle, request.user),
        "need_facts": _need_facts(circle, kept),
        "missing": [
            {"sentence": sentence, "url": reverse("circles:need", args=[circle_id, page_of(name)])}
            for name, sentence in kept.missing.items()
        ],
        "calls": calls,
        "past": bool(circle.call_until and circle.call_until < timezone.localdate(clock.now())),
        "until_form": forms.get("until") or UntilForm(initial={"until": until}),
        "found": found,
        "candidates": [_candidate(one) for one in found.candidates],
        "waiting": [_candidate(one) for one in found.waiting],
        "problems": _problems(found.problems, forms.get("waiver")),
        "not_ready": not found.ready,
        "chooses": can_choose(request.user, circle),
        "takes_over": not can_choose(request.user, circle),
        "crumbs": inside(circle, _("Préparer le groupe")),
    }
    return render(request, "circles/making.html", context, status=status)


def _need_facts(circle: Circle, kept: Any) -> list[tuple[Any, Any]]:
    people = ", ".join(f"{one} ({one.role})" if one.role else str(one) for one in kept.deciders)
    said = [
        (_("Métier"), circle.trade.name if circle.trade else ""),
        (_("Objectifs"), circle.aims),
        (_("Précisé avec"), people),
        (_("Ce qui en ressort"), circle.specified_with),
        (_("Temps accordé"), circle.allowance),
        (_("Ce que les décideurs sauront"), circle.told),
        (_("Ce qu’ils ne sauront pas"), circle.untold),
        (_("Fonctions concernées"), circle.functions),
        (_("Places"), circle.seats_most),
        (_("Séances"), circle.sessions_wanted),
        (_("Méthode"), circle.get_method_display()),
    ]
    return [(term, words) for term, words in said if words]


def _candidate(one: Any) -> dict[str, Any]:
    seat = one.seat
    return {
        "id": seat.public_id,
        "name": seat.person.display_name,
        "line": person_line(seat.person),
        "goal": seat.goal,
        "helping": seat.helping,
        "at": seat.applied_at,
        "lines": one.lines,
    }


def _problems(problems: list[Any], bound: WaiverForm | None) -> list[dict[str, Any]]:
    """Return what stands in the way: people of other functions together, whom one reason takes in."""
    others = [one for one in problems if one.kind == WaiverKind.FUNCTION and not one.settled]
    found = [_problem([one], bound) for one in problems if one not in others]
    return [*found, _problem(others, bound)] if others else found


def _problem(same: list[Any], bound: WaiverForm | None) -> dict[str, Any]:
    one = same[0]
    person = " ".join(row.person.public_id for row in same if row.person)
    waivable = one.kind in WaiverKind.values and not one.settled
    form: Any = None
    if waivable:
        typed = bound is not None and (bound.data.get("kind"), bound.data.get("person", "")) == (
            one.kind,
            person,
        )
        form = bound if typed else WaiverForm(initial={"kind": one.kind, "person": person}, prefix=None)
        form.auto_id = f"id_{one.kind}_{person.replace(' ', '_')[:60]}_%s"
    return {
        "problem": one,
        "form": form,
        "settled": one.settled,
        "sentences": [row.sentence for row in same[1:]],
    }


def _decide(request: HttpRequest, circle: Circle, forms: dict[str, Any]) -> HttpResponse | None:
    """Do what was pressed; None when a form is to be mended."""
    act = request.POST.get("act", "")
    page = see(url_of("making", circle))
    if act in ("call", "extend"):
        form = forms["until"] = UntilForm(request.POST)
        action = call_volunteers if act == "call" else extend_call
        done, _row = submit(form, lambda values: action(circle, by=request.user, **values))
        if done:
            said = (
                _("L’appel est lancé : les membres du réseau le voient.")
                if act == "call"
                else _("L’appel est prolongé.")
            )
            tell(request, said)
        return page if done else None
    if act == "waive":
        form = forms["waiver"] = WaiverForm(request.POST)
        done, _waiver = submit(form, lambda values: _waive(circle, request, values))
        if done:
            tell(request, _("C’est noté : les membres du groupe liront votre raison."))
        return page if done else None
    acts: dict[str, tuple[Callable[[], Any], str]] = {
        "take_over": (
            lambda: take_over(circle, by=request.user),
            _("Vous préparez maintenant ce groupe. Les personnes volontaires en sont prévenues."),
        ),
        "decline": (
            lambda: decline_seat(_seat(request, circle), by=request.user),
            _("C’est noté. La personne est prévenue, avec courtoisie et sans raison."),
        ),
        "admit": (
            lambda: admit_seat(_seat(request, circle), by=request.user),
            _("La personne prend une place."),
        ),
        "constitute": (
            lambda: constitute(circle, by=request.user),
            _("Le groupe est constitué. Ce qui s’y dit n’appartient plus qu’à ses membres et à qui l’anime."),
        ),
    }
    if act not in acts:
        raise NotThere
    done, _result = attempt(request, *acts[act])
    return see("circles:circle", circle.public_id) if act == "constitute" and done else page


def _seat(request: HttpRequest, circle: Circle) -> Any:
    seat = get_seat(request.user, request.POST.get("seat", ""))
    if seat.circle_id != circle.pk:
        raise NotThere
    return seat


@transaction.atomic
def _waive(circle: Circle, request: HttpRequest, values: dict[str, Any]) -> Any:
    said = {"by": request.user, "kind": values["kind"], "reason": values["reason"]}
    if not values["person"]:
        return waive(circle, **said)
    about = {
        one.person.public_id: one.person for one in constitution(circle, request.user).problems if one.person
    }
    ids = values["person"].split()
    if any(one not in about for one in ids):
        raise ValidationError(_("Cette personne n’est plus parmi les volontaires."))
    return [waive(circle, person=about[one], **said) for one in ids]


@either
def facilitator(request: HttpRequest, circle_id: str) -> HttpResponse:
    """Entrust the group to someone of the pool, outside the line of its members."""
    circle = here(request, get_circle(request.user, circle_id))
    if not can_find_facilitator(request.user, circle):
        raise NotThere
    knows = can_choose(request.user, circle) or shares(request.user, circle)
    pool = facilitators_for(circle.network, circle, known=knows)
    able = {one.person.public_id: one for one in pool if not one.why_not}
    form = PersonForm(
        request.POST if request.method == "POST" else None,
        initial={"person": circle.facilitator.public_id if circle.facilitator else None},
        people=[(key, able_words(one)) for key, one in able.items()],
    )
    if request.method == "POST":
        done, _circle = submit(
            form,
            lambda values: name_facilitator(
                circle, by=request.user, person=able[values["person"]].person, reason=values["reason"]
            ),
        )
        if done:
            made = circle.constituted_at is not None
            tell(
                request,
                _("C’est noté. La personne est prévenue : elle ouvre le groupe dès maintenant.")
                if made
                else _(
                    "C’est noté. La personne est prévenue ; elle entrera dans le groupe une fois constitué."
                ),
            )
            prepares = can_prepare(request.user, circle)
            return see("circles:making" if prepares else "circles:circle", circle_id)
    back = "making" if can_prepare(request.user, circle) else "circle"
    context = {
        "circle": circle,
        "form": form,
        "able": able,
        "reasoned": any(one.needs_reason for one in able.values()),
        # Why someone cannot may say that they sit in the group: only to those who know it already.
        "unable": [one for one in pool if one.why_not] if knows else [],
        "back": url_of(back, circle),
        "crumbs": inside(circle, _("Qui anime")),
    }
    return render(request, "circles/facilitator.html", context, status=422 if form.is_bound else 200)


def able_words(one: Any) -> str:
    """Say who may facilitate, how many groups they hold already, and what it takes."""
    bits = [one.person.display_name]
    if one.load:
        bits.append(_("groupes en cours : %(n)s") % {"n": one.load})
    if one.finished:
        bits.append(_("groupes terminés : %(n)s") % {"n": one.finished})
    if one.needs_reason:
        bits.append(str(one.needs_reason))
    return " · ".join(bits)

"""One row of the queue: its own page, the gestures about it, and taking back what was just noted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from reciproque.agenda.access import get_attempt
from reciproque.agenda.actions import (
    encourage_member,
    hand_back,
    note_attempt,
    remind_by_hand,
    take_back_attempt,
)
from reciproque.agenda.rules import AttemptKind, Verb
from reciproque.catalogue.rules import Kind
from reciproque.exchanges.access import get_exchange_for_accompaniment
from reciproque.exchanges.actions import close_by_team, end_by_team, propose_another, reassign_mediator
from reciproque.exchanges.queries import mediators_for
from reciproque.exchanges.rules import is_full
from reciproque.insights.queries import stuck
from reciproque.kit import clock
from reciproque.kit.errors import NotThere
from reciproque.matching.actions import propose_by_hand
from reciproque.networks.access import require_animator, scope_of
from reciproque.networks.actions import answer_application
from reciproque.networks.queries import known_in
from reciproque.web.animation.forms.queue import CallForm, CloseForm, TapForm
from reciproque.web.animation.views import crumbs
from reciproque.web.animation.views.rows import act_url, done_for, label, others, row_of
from reciproque.web.http import back, submit, tell
from reciproque.web.parts.meetings import listed
from reciproque.web.parts.small import words as said_day
from reciproque.web.parts.steps import EXCHANGE

if TYPE_CHECKING:
    from reciproque.insights.queries import Stuck
    from reciproque.networks.models import Network
    from reciproque.people.models import Person

Values = dict[str, Any]


# -- the gestures: one action each -------------------------------------------------------------------------


def _remind(row: Stuck, by: Person, values: Values) -> Any:
    if row.step is not None:
        if row.step.owner_id is None:
            return hand_back(row.step, by=by)
        return remind_by_hand(row.step, by=by)
    membership: Any = row.membership
    if membership is None or row.source != "member":
        raise NotThere
    lacking = Kind.REQUEST if membership.offers else Kind.OFFER
    return encourage_member(membership, by=by, lacking=lacking)


def _assign(row: Stuck, by: Person, values: Values) -> Any:
    introduction = row.introduction
    if introduction is None:
        raise NotThere
    ranked = [one for one in mediators_for(introduction) if not is_full(one[1], one[2])]
    if not ranked:
        raise ValidationError(
            _("Personne n’a de place pour une médiation de plus. Choisissez quelqu’un depuis le dossier.")
        )
    return reassign_mediator(introduction, ranked[0][0], by=by)


def _admit(row: Stuck, by: Person, values: Values) -> Any:
    if row.membership is None or row.source != "application":
        raise NotThere
    answer_application(row.membership, by=by, accept=True)


def _propose(row: Stuck, by: Person, values: Values) -> Any:
    if row.suggestion is None:
        raise ValidationError(_("Il n’y a plus personne à proposer pour l’instant."))
    return propose_by_hand(row.suggestion, by=by)


def _another(row: Stuck, by: Person, values: Values) -> Any:
    if row.introduction is None or "another" not in others(row):
        raise NotThere
    return propose_another(row.introduction, by=by)


def _call(row: Stuck, by: Person, values: Values) -> Any:
    return note_attempt(
        row.subject,
        _network(row),
        AttemptKind.CALLED,
        by=by,
        person=row.person,
        words=values["words"],
        quiet_until=_end_of(values["until"]),
    )


def _close(row: Stuck, by: Person, values: Values) -> Any:
    if row.source == "application":
        raise NotThere
    if row.introduction is not None and row.introduction.is_live:
        return end_by_team(row.introduction, by=by, reason=values["reason"])
    if row.subject.subject_kind == EXCHANGE:
        exchange = get_exchange_for_accompaniment(by, row.subject.public_id)
        return close_by_team(exchange, by=by, reason=values["reason"], person=row.person)
    until = clock.now() + dt.timedelta(days=90)
    return note_attempt(
        row.subject,
        _network(row),
        AttemptKind.NOTED,
        by=by,
        person=row.person,
        words=values["reason"],
        quiet_until=until,
    )


def _network(row: Stuck) -> Any:
    holder: Any = row.step or row.membership or row.post
    return holder.network


def _end_of(day: dt.date | None) -> dt.datetime | None:
    """The morning of the day chosen: the row is back when the animator starts."""
    if day is None:
        return None
    return dt.datetime.combine(day, dt.time(6), tzinfo=dt.UTC)


ACTS: dict[str, tuple[Any, Callable[[Stuck, Any, Values], Any]]] = {
    "remind": (TapForm, _remind),
    "assign": (TapForm, _assign),
    "admit": (TapForm, _admit),
    "propose": (TapForm, _propose),
    "another": (TapForm, _another),
    "call": (CallForm, _call),
    "close": (CloseForm, _close),
}


def make(act: str, row: Stuck, by: Any, values: Values) -> Any:
    """Make one gesture about one row; return what was noted, if anything."""
    return ACTS[act][1](row, by, values)


def said_of(row: Stuck, act: str) -> str:
    """Return what was done, in a sentence."""
    names = listed([person.display_name for person in row.people])
    sentences = {
        "remind": _("Le rappel est parti à %(names)s."),
        "assign": _("La médiation est confiée à quelqu’un qui a de la place ; les personnes sont prévenues."),
        "admit": _("C’est oui : la réponse est partie à %(names)s."),
        "propose": _("C’est proposé à %(names)s : rien ne part à l’autre personne sans son accord."),
        "another": _("On n’attend plus : une autre personne sera proposée à qui demandait."),
        "call": _("L’appel est noté."),
        "close": _("C’est classé, avec votre raison."),
    }
    return sentences[act] % {"names": names}


# -- the pages ---------------------------------------------------------------------------------------------


def _page(
    request: HttpRequest, network: Network, row: Stuck, status: int = 200, **forms: Any
) -> HttpResponse:
    """Show one row with everything that can be done about it, alone or in its place in the list."""
    known = known_in(network, [person.pk for person in row.people])
    drawn = row_of(network, row, known)
    identity = {"auto_id": f"{drawn['id']}-%s"}
    context = {
        "network": network,
        "row": drawn,
        "panel": {
            "others": [
                {"label": label(row, act), "url": act_url(network, row.key, act)} for act in others(row)
            ],
            "links": done_for(row, network, known),
            "call_form": forms.get("call") or CallForm(initial={"until": None}, **identity),
            "call_url": act_url(network, row.key, "call"),
            "close_form": forms.get("close") or CloseForm(**identity),
            # Someone who asks to join gets an answer: that is not set aside.
            "close_url": "" if row.source == "application" else act_url(network, row.key, "close"),
            "told": row.step is not None and row.step.verb != Verb.SIGN,
            "error": forms.get("error", ""),
        },
        "crumbs": crumbs(network, (drawn["names"], "")),
        "next": request.POST.get("next", ""),
    }
    name = "animation/case_row.html" if request.headers.get("HX-Request") else "animation/case.html"
    return render(request, name, context, status=status)


@require_safe
def case(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Show one row of the queue on its own: all that was tried, all that can be done."""
    network = request.network = require_animator(request.user, slug)
    row = stuck(network, scope_of(request.user, network), key)
    if row is None:
        raise NotThere
    return _page(request, network, row)


@require_POST
def act(request: HttpRequest, slug: str, key: str, act: str) -> HttpResponse:
    """Make one gesture about one row: it leaves the queue, a line says what was noted."""
    network = request.network = require_animator(request.user, slug)
    if act not in ACTS:
        raise NotThere
    row = stuck(network, scope_of(request.user, network), key)
    if row is None:
        return _noted(request, network, key, _("C’est déjà réglé : cette ligne n’attend plus rien."), None)
    kind = ACTS[act][0]
    form = kind(request.POST, auto_id=f"case-{key}-%s")
    done, attempt = submit(form, lambda values: make(act, row, request.user, values))
    if not done:
        if kind is TapForm:
            return _page(request, network, row, 422, error=" ".join(form.non_field_errors()))
        return _page(request, network, row, 422, **{act: form})
    return _noted(request, network, key, said_of(row, act), attempt)


def _noted(request: HttpRequest, network: Network, key: str, said: str, attempt: Any) -> HttpResponse:
    """Answer in the place of the row, or on the desk."""
    if not request.headers.get("HX-Request"):
        tell(request, said)
        return back(request, "animation:desk", network.slug)
    context = {
        "network": network,
        "id": f"case-{key}",
        "said": said,
        "until": said_day(attempt.quiet_until, "day") if attempt and attempt.quiet_until else "",
        "undo_url": reverse("animation:undo", args=[network.slug, attempt.public_id]) if attempt else "",
    }
    return render(request, "animation/case_noted.html", context)


@require_POST
def undo(request: HttpRequest, slug: str, attempt_id: str) -> HttpResponse:
    """Put back in the queue what one has just noted."""
    network = request.network = require_animator(request.user, slug)
    attempt = get_attempt(request.user, attempt_id)
    if attempt.network_id != network.pk:
        raise NotThere
    take_back_attempt(attempt, by=request.user)
    key = request.POST.get("key", "")
    row = stuck(network, scope_of(request.user, network), key) if key else None
    said = _("C’est de nouveau dans la liste. Ce qui a été envoyé reste envoyé.")
    if not request.headers.get("HX-Request"):
        tell(request, said)
        return back(request, "animation:desk", slug)
    if row is None:
        return _noted(request, network, key, said, None)
    known = known_in(network, [person.pk for person in row.people])
    return render(
        request, "animation/case_row.html", {"network": network, "row": row_of(network, row, known)}
    )

"""Calls to those who know: the team's list, the page of one, one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from reciproque.agenda.queries import steps_about
from reciproque.catalogue.rules import Kind
from reciproque.insights.actions import say_leaving
from reciproque.insights.queries.risk import leaving_date
from reciproque.networks.access import is_animator, require_animator
from reciproque.recognition.access import get_call
from reciproque.recognition.actions import answer_call, call_done, choose_calls, withdraw_call
from reciproque.recognition.queries import call_view, calls_in, calls_left, calls_to, went_on
from reciproque.recognition.rules import CallKind, CallState
from reciproque.web.community.forms.calls import AnswerForm, LeavingForm, LimitForm
from reciproque.web.community.views import crumbs, either
from reciproque.web.http import attempt, see, submit, tell
from reciproque.web.parts.steps import expectations

if TYPE_CHECKING:
    from reciproque.recognition.models import Call
    from reciproque.recognition.queries import CallView

TONES = {CallState.ACCEPTED: "good", CallState.ASKED: "", CallState.LAPSED: "warn"}


def _line(view: CallView) -> dict[str, Any]:
    call = view.call
    return {
        "call": call,
        "title": call.topic.label,
        "kind": capfirst(call.get_kind_display()),
        "url": reverse("community:call", args=[call.public_id]),
        "name": view.name or _("une personne qui sait"),
        "state": _("fait") if call.done_at else call.get_state_display(),
        "tone": "good" if call.done_at else TONES.get(CallState(call.state), ""),
        "reason": view.reason,
    }


@require_safe
def calls(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the team whom it called upon for what, and what became of it."""
    network = request.network = require_animator(request.user, slug)  # type: ignore[attr-defined,arg-type]
    over = request.GET.get("state") == "over"
    rows = calls_in(network, request.user, waiting=not over)  # type: ignore[arg-type]
    context = {
        "network": network,
        "slug": slug,
        "rows": [_line(view) for view in rows],
        "over": over,
        "tabs": [
            {"label": _("En cours"), "url": request.path, "current": not over},
            {"label": _("Terminées"), "url": f"{request.path}?state=over", "current": over},
        ],
        "crumbs": crumbs(network, (_("Sollicitations"), "")),
    }
    return render(request, "community/calls.html", context)


@either
def call(request: HttpRequest, call_id: str) -> HttpResponse:
    """Show a call; whoever was asked answers it here."""
    row = get_call(request.user, call_id)  # type: ignore[arg-type]
    network = request.network = row.network  # type: ignore[attr-defined]
    own = row.person_id == request.user.pk
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        done, answered = submit(
            form,
            lambda values: answer_call(
                row,
                by=request.user,
                yes=values["answer"] == "yes",
                reason=values["reason"],
            ),
        )
        if done:
            yes = answered.state == CallState.ACCEPTED
            tell(request, _("Merci. Voici comment faire.") if yes else _declined(answered))
            return see("community:call", call_id) if yes else see("community:my_calls")
    view = call_view(row, request.user)  # type: ignore[arg-type]
    team = is_animator(request.user, network)  # type: ignore[arg-type]
    context = {
        "call": row,
        "line": _line(view),
        "view": view,
        "own": own,
        "team": team,
        "form": form,
        "ask": _ask(row),
        "about": _about(view),
        "do": _do(row, view) if own and row.state == CallState.ACCEPTED and not row.done_at else None,
        "tells_leaving": own and row.kind == CallKind.SUCCESSOR and row.state == CallState.ASKED,
        "asked_by": row.asked_by.display_name if row.asked_by else "",
        # Before a yes, a name would be read in what is expected.
        "expected": expectations(steps_about(row), request.user) if own else [],  # type: ignore[arg-type]
        "changes_mind": own and row.state == CallState.ACCEPTED and not row.done_at,
        "crumbs": crumbs(
            network, (_("Sollicitations"), reverse("community:calls", args=[network.slug])), ("…", "")
        )
        if team
        else [
            {"label": _("Ce que l’on me demande"), "url": reverse("community:my_calls")},
            {"label": row.topic.label},
        ],
    }
    return render(request, "community/call.html", context, status=422 if form.is_bound else 200)


def _declined(row: Call) -> str:
    """Say, after a no, who reads it and what becomes of the demand."""
    if row.asked_by is None:
        return (
            _("C’est noté. Réciproque le demande maintenant à quelqu’un d’autre.")
            if went_on(row)
            else _("C’est noté. Rien ne vous est plus demandé.")
        )
    said = (
        _("C’est noté : %(name)s lira votre réponse. Réciproque le demande maintenant à quelqu’un d’autre.")
        if went_on(row)
        else _("C’est noté : %(name)s lira votre réponse.")
    )
    return said % {"name": row.asked_by.display_name}


def _ask(row: Call) -> str:
    words = {"title": row.topic.label}
    return {
        CallKind.OFFER: _("Voudriez-vous proposer « %(title)s » aux membres du réseau ?"),
        CallKind.SHEET: _("Voudriez-vous écrire une fiche sur « %(title)s » ?"),
        CallKind.ANSWER: _("Voudriez-vous aider quelqu’un qui cherche « %(title)s » ?"),
        CallKind.SUCCESSOR: _("Voudriez-vous transmettre « %(title)s » à quelqu’un avant de partir ?"),
        CallKind.GROUP: _("Voudriez-vous animer un groupe sur « %(title)s » ?"),
    }[CallKind(row.kind)] % words


def _about(view: CallView) -> dict[str, str] | None:
    about = view.about
    if about is None:
        return None
    if view.call.about_kind == "post":
        url = reverse("posts:post", args=[about.public_id])
        return {"title": about.title, "who": about.author.display_name, "url": url}
    url = reverse("library:case", args=[about.public_id])
    return {"title": about.question, "who": about.asker.display_name, "url": url}


def _do(row: Call, view: CallView) -> dict[str, str]:
    """Return where what was promised is done."""
    slug = row.network.slug
    about = _about(view)
    match row.kind:
        case CallKind.OFFER:
            url = reverse("posts:new", args=[slug, Kind.OFFER], query={"topic": row.topic.name})
            return {"label": _("Écrire mon offre"), "url": url}
        case CallKind.SHEET:
            return {"label": _("Écrire la fiche"), "url": reverse("library:choose", args=[slug])}
        case CallKind.GROUP:
            return {"label": _("Voir les groupes"), "url": reverse("circles:all", args=[slug])}
    if about is not None:
        return {"label": _("Voir la demande et proposer mon aide"), "url": about["url"]}
    url = reverse("find:topic", args=[slug, row.topic.public_id])
    return {"label": _("Voir qui cherche ce savoir"), "url": url}


@require_POST
def withdraw(request: HttpRequest, call_id: str) -> HttpResponse:
    """Take a call back."""
    row = get_call(request.user, call_id)  # type: ignore[arg-type]
    attempt(request, lambda: withdraw_call(row, by=request.user), _("La sollicitation est retirée."))  # type: ignore[arg-type]
    return see("community:calls", row.network.slug)


@require_POST
def done(request: HttpRequest, call_id: str) -> HttpResponse:
    """Note that what was promised is done."""
    row = get_call(request.user, call_id)  # type: ignore[arg-type]
    attempt(request, lambda: call_done(row, by=request.user), _("C’est noté, merci."))  # type: ignore[arg-type]
    return see("community:call", call_id)


@either
def mine(request: HttpRequest) -> HttpResponse:
    """Show what one is called upon for; choose how much of it one accepts."""
    person = request.user
    most, held = calls_left(person)  # type: ignore[arg-type]
    form = LimitForm(request.POST if request.method == "POST" else None, initial={"most": most})
    if request.method == "POST":
        done_, _nothing = submit(form, lambda values: choose_calls(person, by=person, **values))  # type: ignore[arg-type]
        if done_:
            tell(request, _("C’est enregistré."))
            return see("community:my_calls")
    return _mine(request, form, LeavingForm(initial={"on": leaving_date(person)}), held)  # type: ignore[arg-type]


def _mine(request: HttpRequest, form: Any, leaving_form: Any, held: int) -> HttpResponse:
    rows = calls_to(request.user)  # type: ignore[arg-type]
    context = {
        "rows": [
            {
                "ask": _ask(row),
                "url": reverse("community:call", args=[row.public_id]),
                "network": row.network.name,
                "accepted": row.state == CallState.ACCEPTED,
                "at": row.asked_at,
            }
            for row in rows
        ],
        "held": held,
        "form": form,
        "leaving_form": leaving_form,
        "crumbs": [
            {"label": _("Mon espace"), "url": reverse("account:profile")},
            {"label": _("Ce que l’on me demande")},
        ],
    }
    bound = form.is_bound or leaving_form.is_bound
    return render(request, "community/my_calls.html", context, status=422 if bound else 200)


@require_POST
def leaving(request: HttpRequest) -> HttpResponse:
    """Say when one will leave, or take it back."""
    form = LeavingForm(request.POST)
    person = request.user
    done_, row = submit(form, lambda values: say_leaving(person, by=person, **values))  # type: ignore[arg-type]
    if done_:
        told = _("C’est noté. La date n’est montrée à personne.") if row else _("Aucune date n’est retenue.")
        tell(request, told)
        return see("community:my_calls")
    most, held = calls_left(person)  # type: ignore[arg-type]
    return _mine(request, LimitForm(initial={"most": most}), form, held)

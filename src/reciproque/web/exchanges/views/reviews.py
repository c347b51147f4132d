"""Review an exchange; declare or confirm one that happened elsewhere."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from reciproque.catalogue.rules import PostState
from reciproque.exchanges.access import can_correct, can_review, get_exchange, get_own_review, is_in
from reciproque.exchanges.actions import (
    confirm_exchange,
    correct_review,
    declare_exchange,
    deny_exchange,
    submit_review,
    withdraw_review,
)
from reciproque.exchanges.queries import people_in
from reciproque.exchanges.rules import CORRECTION, ExchangeState, Side
from reciproque.networks.access import get_colleague, require_member
from reciproque.networks.queries import colleagues_page
from reciproque.web.exchanges.forms import ConfirmForm, DeclareForm, ReviewForm
from reciproque.web.http import attempt, back, see, submit, tell
from reciproque.web.parts.life import stand_exchange
from reciproque.web.parts.meetings import listed
from reciproque.web.parts.posts import person_line
from reciproque.web.parts.reviews import initial_of

FOUND = 8


@require_http_methods(["GET", "POST"])
def review(request: HttpRequest, exchange_id: str) -> HttpResponse:
    """Write one's review in two minutes; the others' is read once everyone has answered."""
    row = get_exchange(request.user, exchange_id)
    request.network = row.network
    if not can_review(request.user, row):
        return redirect("exchanges:exchange", exchange_id)
    parts = people_in(row)
    side = next(part.side for part in parts if part.person_id == request.user.pk)
    asked = row.request
    may_meet = (
        asked is not None
        and asked.author_id == request.user.pk
        and asked.state in (PostState.PUBLISHED, PostState.PAUSED)
    )
    form = ReviewForm(request.POST if request.method == "POST" else None, side=side, may_meet=may_meet)
    if request.method == "POST":
        done, _review = submit(form, lambda values: submit_review(row, by=request.user, **values))
        if done:
            tell(request, _("Merci. Votre bilan est enregistré."))
            return see("exchanges:exchange", exchange_id)
    others = [
        part.person.display_name for part in parts if part.person_id != request.user.pk and not part.left_at
    ]
    context = {"exchange": row, "form": form, "others": listed(others)}
    return render(request, "exchanges/review.html", context, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, review_id: str) -> HttpResponse:
    """Correct one's own review within fourteen days; the others read the new answers in place of the former ones."""
    row = get_own_review(request.user, review_id)
    exchange = row.exchange
    request.network = exchange.network
    if not can_correct(request.user, row):
        tell(
            request,
            _(
                "Un bilan se corrige pendant quatorze jours. Vous pouvez encore effacer vos mots, ou tout retirer."
            ),
        )
        return redirect("exchanges:exchange", exchange.public_id)
    words = row.removed_at is None and row.hidden_at is None
    data = request.POST if request.method == "POST" else None
    form = ReviewForm(data, side=row.side, words=words, initial=initial_of(row))
    if request.method == "POST":
        done, _row = submit(form, lambda values: correct_review(row, by=request.user, **values))
        if done:
            tell(request, _("Votre bilan est corrigé."))
            return see(reverse("exchanges:exchange", args=[exchange.public_id]) + "#reviews")
    context = {
        "exchange": exchange,
        "form": form,
        "review": row,
        "until": row.written_at + CORRECTION,
        "read": exchange.state == ExchangeState.CLOSED,
    }
    return render(request, "exchanges/correct.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, review_id: str) -> HttpResponse:
    """Take one's whole review back, at any time, once told what goes with it."""
    row = get_own_review(request.user, review_id)
    exchange = row.exchange
    request.network = exchange.network
    if request.method == "POST":
        attempt(
            request,
            lambda: withdraw_review(row, by=request.user),
            _("Votre bilan est retiré : plus personne ne le lit, et il ne compte plus."),
        )
        return see("exchanges:exchange", exchange.public_id)
    context = {
        "exchange": exchange,
        "review": row,
        "again": exchange.state == ExchangeState.FINISHED,
        "back": reverse("exchanges:exchange", args=[exchange.public_id]),
    }
    return render(request, "exchanges/review_withdraw.html", context)


@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest, exchange_id: str) -> HttpResponse:
    """Confirm or deny an exchange that the other side declared."""
    row = get_exchange(request.user, exchange_id)
    request.network = row.network
    mine = row.declared_by_id != request.user.pk and is_in(request.user, row)
    if row.state != ExchangeState.DECLARED or not mine:
        return redirect("exchanges:exchange", exchange_id)
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":

        def settle(values: dict[str, Any]) -> Any:
            if values["answer"] == "yes":
                return confirm_exchange(row, by=request.user)
            return deny_exchange(row, by=request.user, reason=values["reason"])

        done, _row = submit(form, settle)
        if done:
            tell(request, _("C’est noté, merci."))
            return back(request, "exchanges:exchange", exchange_id)
    context = {
        "exchange": row,
        "standing": stand_exchange(row, request.user),
        "form": form,
        "facts": declared_facts(row, request.user),
    }
    return render(request, "exchanges/confirm.html", context, status=422 if request.method == "POST" else 200)


def declared_facts(row: Any, reader: Any) -> list[tuple[str, str]]:
    """Return what was declared, line by line."""
    parts = people_in(row)

    def names(side: str) -> str:
        return listed(
            [
                _("vous") if part.person_id == reader.pk else part.person.display_name
                for part in parts
                if part.side == side
            ]
        )

    rows = [
        (_("Sur quoi"), row.title),
        (_("Qui a transmis"), names(Side.OFFERER)),
        (_("Qui a appris"), names(Side.REQUESTER)),
        (_("Durée"), _("%(minutes)s minutes") % {"minutes": row.minutes} if row.minutes else ""),
        (_("Comment"), row.get_mode_display() if row.mode else ""),
    ]
    return [(term, str(value)) for term, value in rows if value]


def _colleagues(request: HttpRequest, slug: str) -> list[dict[str, str]]:
    words = request.GET.get("q", "").strip()[:100]
    if not words:
        return []
    members, _total = colleagues_page(request.network, words=words, size=FOUND + 1)
    address = reverse("exchanges:declare", args=[slug])
    return [
        {
            "name": row.person.display_name,
            "line": person_line(row.person),
            "initials": row.person.initials,
            "url": f"{address}?with={row.person.public_id}",
        }
        for row in members
        if row.person_id != request.user.pk
    ][:FOUND]


@require_http_methods(["GET", "POST"])
def declare(request: HttpRequest, slug: str) -> HttpResponse:
    """Declare in one minute an exchange that happened elsewhere: with whom, then what."""
    request.network, _membership = require_member(request.user, slug)
    chosen = request.GET.get("with", "")
    if not chosen:
        words = request.GET.get("q", "")
        context = {
            "words": words,
            "found": _colleagues(request, slug),
            "action": reverse("exchanges:declare", args=[slug]),
        }
        return render(request, "exchanges/declare_with.html", context)
    other = get_colleague(request.user, chosen, request.network).person
    if other.pk == request.user.pk:
        return redirect("exchanges:declare", slug)
    form = DeclareForm(request.POST if request.method == "POST" else None, name=other.display_name)
    if request.method == "POST":
        done, row = submit(form, lambda values: _declare(request, other, values))
        if done:
            tell(
                request,
                _("C’est déclaré. Il reste à %(name)s à le confirmer, en un geste.")
                % {"name": other.display_name},
            )
            return see("exchanges:exchange", row.public_id)
    context = {"other": other, "line": person_line(other), "form": form, "slug": slug}
    return render(request, "exchanges/declare.html", context, status=422 if request.method == "POST" else 200)


def _declare(request: HttpRequest, other: Any, values: dict[str, Any]) -> Any:
    learned = values.pop("side") == Side.REQUESTER
    two = (request.user, other) if learned else (other, request.user)
    return declare_exchange(request.network, requester=two[0], offerer=two[1], by=request.user, **values)

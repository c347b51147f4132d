"""Exchanges as animators accompany them: who takes part, what is expected of whom; never a word of the thread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from reciproque.agenda.queries import live_meeting, steps_about
from reciproque.agenda.rules import Verb
from reciproque.exchanges.access import get_exchange_for_accompaniment
from reciproque.exchanges.queries import awaiting_sheets, people_in, reviews_for_team, sheet_of
from reciproque.exchanges.rules import LEGAL, ExchangeState, Side
from reciproque.kit.errors import NotThere
from reciproque.networks.access import accompanies, require_animator
from reciproque.networks.queries import known_in
from reciproque.web.animation.forms.acting import CodeForm
from reciproque.web.animation.views import advice, contact, crumbs, dated_meeting
from reciproque.web.http import submit
from reciproque.web.parts.meetings import listed
from reciproque.web.parts.posts import person_line
from reciproque.web.parts.reviews import correction_note, paper_questions, review_rows
from reciproque.web.parts.small import words
from reciproque.web.parts.steps import expectations

if TYPE_CHECKING:
    from reciproque.exchanges.models import Exchange, ExchangePerson


@require_safe
def exchange(request: HttpRequest, slug: str, exchange_id: str) -> HttpResponse:
    """Show who takes part in an exchange, what is awaited of whom, and what an animator can do about it."""
    network = request.network = require_animator(request.user, slug)
    row = get_exchange_for_accompaniment(request.user, exchange_id)
    if row.network_id != network.pk:
        raise NotThere
    parts, steps = people_in(row), steps_about(row)
    known = known_in(network, [part.person_id for part in parts])
    awaited = {step.owner_id for step in steps if step.verb == Verb.REVIEW}
    context = {
        "told": [
            {
                "name": review.author.display_name,
                "rows": review_rows(review, mine=False),
                "note": correction_note(review),
            }
            for review in reviews_for_team(row, request.user)
        ],
        "sheets_url": reverse("animation:review_sheets", args=[slug, row.public_id])
        if awaiting_sheets(row)
        else "",
        "code_url": reverse("animation:review_code", args=[slug]),
        "row": row,
        "names": listed([part.person.display_name for part in parts]),
        "people": [_part(row, part, known, awaited) for part in parts],
        "advice": advice(steps),
        "expected": expectations(steps, request.user),
        "meeting": dated_meeting(live_meeting(row)),
        "facts": _facts(row),
        "crumbs": crumbs(network, (row.title, "")),
    }
    return render(request, "animation/exchange.html", context)


def _part(row: Exchange, part: ExchangePerson, known: set[int], awaited: set[int | None]) -> dict[str, Any]:
    """One person of the exchange: how to reach them, and their review when it can be written for them."""
    person, here = part.person, part.person_id in known
    review = ""
    if here and part.person_id in awaited:
        review = reverse("animation:review_for", args=[row.network.slug, row.public_id, person.public_id])
    return contact(row.network, person, known=here) | {
        "line": person_line(person),
        "side": _("transmet") if part.side == Side.OFFERER else _("apprend"),
        "review_url": review,
        "behalf_url": _behalf(row, part) if here else "",
        "left": part.left_at is not None,
    }


def _behalf(row: Exchange, part: ExchangePerson) -> str:
    """Where one answers for someone, while the exchange waits for a date, a meeting or a confirmation."""
    if part.left_at is not None or row.state not in (ExchangeState.OPEN, ExchangeState.DECLARED):
        return ""
    args = [row.network.slug, "exchange", row.public_id, part.person.public_id]
    return reverse("animation:on_behalf", args=args)


def _facts(row: Exchange) -> list[tuple[str, str]]:
    rows = [
        (_("État"), capfirst(row.get_state_display())),
        (_("Ouvert le"), words(row.opened_at, "full")),
        (_("Tenu le"), words(row.held_on, "full") if row.held_on else ""),
        (_("Bilans jusqu’au"), words(row.review_due_at, "full") if row.review_due_at else ""),
    ]
    return [(term, str(value)) for term, value in rows if value]


@require_safe
def review_sheets(request: HttpRequest, slug: str, exchange_id: str) -> HttpResponse:
    """Print a sheet of paper for each person whose review is awaited: the same questions, and a code to type it in."""
    network = request.network = require_animator(request.user, slug)
    row = get_exchange_for_accompaniment(request.user, exchange_id)
    if row.network_id != network.pk:
        raise NotThere
    sides = {part.person_id: part.side for part in people_in(row)}
    page = reverse("animation:exchange", args=[slug, exchange_id])
    context = {
        "row": row,
        "sheets": [
            {"person": person, "code": code.upper(), "questions": paper_questions(sides[person.pk])}
            for person, code in awaiting_sheets(row)
            if person.pk != request.user.pk and accompanies(request.user, network, person)
        ],
        "legal": LEGAL,
        "animator": request.user,
        "back": page,
        "crumbs": crumbs(network, (row.title, page), (_("Feuilles de bilan"), "")),
    }
    return render(request, "animation/review_sheets.html", context)


@require_http_methods(["GET", "HEAD"])
def review_code(request: HttpRequest, slug: str) -> HttpResponse:
    """Find by its code the exchange and the person of a paper sheet that came back, then type it in."""
    network = request.network = require_animator(request.user, slug)
    form = CodeForm(request.GET if "code" in request.GET else None)
    if form.is_bound:
        found, two = submit(form, lambda values: sheet_of(network, values["code"]))
        if found:
            args = [slug, two[0].public_id, two[1].public_id]
            return redirect(reverse("animation:review_for", args=args) + "?paper")
    context = {"form": form, "crumbs": crumbs(network, (_("Saisir une feuille de bilan"), ""))}
    return render(request, "animation/review_code.html", context, status=422 if form.is_bound else 200)

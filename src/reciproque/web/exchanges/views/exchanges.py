"""An exchange: its people, its meetings, its conversation, how it ends."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reciproque.agenda.queries import meetings_about, steps_about
from reciproque.agenda.rules import LIVE_MEETING, MeetingState
from reciproque.exchanges.access import can_correct, can_review, get_exchange, is_in, is_in_thread
from reciproque.exchanges.actions import (
    extend_exchange,
    finish_exchange,
    stop_exchange,
    write_message,
    write_terms,
)
from reciproque.exchanges.queries import people_in, reviews_shown, terms_of, thread_messages
from reciproque.exchanges.rules import TALKING, ExchangeState, Side
from reciproque.journal.queries import history_of
from reciproque.recognition.queries import may_confirm
from reciproque.web.exchanges.forms import MessageForm, NeededReasonForm, TermsForm
from reciproque.web.http import attempt, see, submit, tell
from reciproque.web.parts.facts import items
from reciproque.web.parts.life import about_exchange, stand_exchange
from reciproque.web.parts.meetings import busy_around, listed, view_meeting
from reciproque.web.parts.posts import person_line
from reciproque.web.parts.recognition import confirmable_views
from reciproque.web.parts.reviews import correction_note, review_rows
from reciproque.web.parts.steps import expectations
from reciproque.web.parts.talk import said, term_rows
from reciproque.web.parts.training import training_panel


def _part(request: HttpRequest, exchange: Any, part: Any) -> dict[str, Any]:
    person = part.person
    return {
        "name": _("Vous") if person.pk == request.user.pk else person.display_name,
        "initials": person.initials,
        "line": person_line(person),
        "url": reverse("people:person", args=[exchange.network.slug, person.public_id]),
        "left": part.left_at,
    }


def _review_rows(review: Any, reader: Any) -> dict[str, Any]:
    mine = review.author_id == reader.pk
    rows = review_rows(review, mine=mine)
    title = _("Votre bilan") if mine else _("Bilan : %(name)s") % {"name": review.author.display_name}
    note = ""
    if review.on_behalf_by:
        names = {"by": review.on_behalf_by.display_name, "name": review.author.display_name}
        note = _("Répondu par %(by)s, de l’animation, pour %(name)s.") % names
    written = bool(review.learned or review.comment)
    kind = "report" if not mine else "remove"
    address = reverse(f"moderation:{kind}", args=["review", review.public_id]) if written else ""
    return {
        "title": title,
        "rows": rows,
        "note": note,
        "trace": _trace(review, mine=mine),
        "report_url": "" if mine else address,
        "remove_url": address if mine else "",
        "correction": correction_note(review),
        "correct_url": reverse("exchanges:review_correct", args=[review.public_id])
        if can_correct(reader, review)
        else "",
        "withdraw_url": reverse("exchanges:review_withdraw", args=[review.public_id]) if mine else "",
    }


def _trace(review: Any, *, mine: bool) -> str:
    """What stands in the place of a review's words that are no longer read."""
    if review.removed_at is not None:
        return _("Texte retiré à la demande de son auteur.")
    if review.hidden_at is None:
        return ""
    if mine:
        return _("Texte masqué après un signalement : vous seul le lisez encore.")
    return _("Le texte a été masqué après un signalement.")


def _about(parts: list[Any], reader: Any) -> str:
    side = next((part.side for part in parts if part.person_id == reader.pk), Side.REQUESTER)
    return about_exchange(
        side,
        listed([part.person.display_name for part in parts if part.side != side and part.left_at is None]),
    )


def _page(request: HttpRequest, exchange: Any, status: int = 200, message: Any = None) -> HttpResponse:
    person = request.user
    request.network = exchange.network
    parts = people_in(exchange)
    meetings = meetings_about(exchange)
    taking_part, owes_review = is_in(person, exchange), can_review(person, exchange)
    talking = is_in_thread(person, exchange.thread)
    reviews = reviews_shown(exchange, person)
    is_open = exchange.state == ExchangeState.OPEN
    context = {
        "exchange": exchange,
        "crumbs": [{"label": _("Échanges"), "url": reverse("exchanges:mine")}, {"label": _("Échange")}],
        "message_url": reverse("exchanges:exchange_message", args=[exchange.public_id]),
        "message_label": _("Votre message"),
        "about": _about(parts, person),
        "standing": stand_exchange(exchange, person, reviewed=not owes_review),
        "requesters": [_part(request, exchange, part) for part in parts if part.side == Side.REQUESTER],
        "offerers": [_part(request, exchange, part) for part in parts if part.side == Side.OFFERER],
        "expected": expectations(steps_about(exchange), person),
        "meeting": next(
            (
                view_meeting(row, person, busy_around(row, person))
                for row in meetings
                if row.state in LIVE_MEETING
            ),
            None,
        ),
        "past_meetings": [view_meeting(row, person) for row in meetings if row.state not in LIVE_MEETING],
        "terms": term_rows(terms_of(exchange), TermsForm.base_fields),
        "can_write_terms": is_open and taking_part,
        "can_finish": is_open and taking_part and any(row.state == MeetingState.HELD for row in meetings),
        "can_stop": is_open and taking_part,
        "to_report": [
            {
                "name": part.person.display_name,
                "url": reverse("moderation:report", args=["person", part.person.public_id])
                + f"?from=exchange:{exchange.public_id}",
            }
            for part in parts
            if part.person_id != person.pk
        ],
        "can_extend": exchange.state == ExchangeState.FINISHED and taking_part and not reviews,
        "owes_review": owes_review,
        "learned": confirmable_views(may_confirm(person, exchange=exchange))
        if exchange.state == ExchangeState.CLOSED
        else [],
        "training": training_panel(person, "exchange", exchange.public_id)
        if exchange.state == ExchangeState.CLOSED
        else None,
        "to_confirm": exchange.state == ExchangeState.DECLARED
        and taking_part
        and exchange.declared_by_id != person.pk,
        "reviews": [_review_rows(review, person) for review in reviews],
        "messages_said": said(thread_messages(exchange.thread, person), person) if talking else [],
        "talking": talking,
        "message_form": (message or MessageForm(prefix="message"))
        if talking and exchange.state in TALKING
        else None,
        "history": items(history_of(exchange), person),
    }
    return render(request, "exchanges/exchange.html", context, status=status)


@require_safe
def exchange(request: HttpRequest, exchange_id: str) -> HttpResponse:
    """Show an exchange to one of its people."""
    return _page(request, get_exchange(request.user, exchange_id))


@require_POST
def exchange_message(request: HttpRequest, exchange_id: str) -> HttpResponse:
    """Write to the others of the exchange."""
    row = get_exchange(request.user, exchange_id)
    form = MessageForm(request.POST, prefix="message")
    done, _message = submit(
        form, lambda values: write_message(row, values["text"], by=request.user, key=values["key"])
    )
    if not done:
        return _page(request, row, 422, message=form)
    tell(request, _("Votre message est parti."))
    return see(reverse("exchanges:exchange", args=[exchange_id]) + "#thread")


@require_http_methods(["GET", "POST"])
def exchange_terms(request: HttpRequest, exchange_id: str) -> HttpResponse:
    """Note or adjust what the people of the exchange agree on."""
    row = get_exchange(request.user, exchange_id)
    request.network = row.network
    if row.state != ExchangeState.OPEN:
        return redirect("exchanges:exchange", exchange_id)
    written = terms_of(row)
    initial = (
        {name: getattr(written, name) for name in TermsForm.base_fields}
        if written
        else {"content": row.title}
    )
    form = TermsForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST":
        done, _terms = submit(form, lambda values: write_terms(row, by=request.user, **values))
        if done:
            tell(request, _("La fiche est enregistrée. Chacun la lit sur la page de l’échange."))
            return see("exchanges:exchange", exchange_id)
    context = {
        "title": row.title,
        "form": form,
        "back_url": reverse("exchanges:exchange", args=[exchange_id]),
        "script": [],
        "advice": [],
        "after": _("Chacun peut ajuster cette fiche tant que l’échange est en cours."),
    }
    return render(request, "exchanges/terms.html", context, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "POST"])
def finish(request: HttpRequest, exchange_id: str) -> HttpResponse:
    """End an exchange that took place, after asking whether one is sure."""
    row = get_exchange(request.user, exchange_id)
    request.network = row.network
    if request.method == "POST":
        done, _row = attempt(
            request,
            lambda: finish_exchange(row, by=request.user),
            _("L’échange est terminé. Deux minutes pour le bilan ?"),
        )
        return see("exchanges:review" if done else "exchanges:exchange", exchange_id)
    if row.state != ExchangeState.OPEN:
        return redirect("exchanges:exchange", exchange_id)
    back_url = reverse("exchanges:exchange", args=[exchange_id])
    return render(request, "exchanges/finish.html", {"exchange": row, "back_url": back_url})


@require_POST
def extend(request: HttpRequest, exchange_id: str) -> HttpResponse:
    """Plan one more meeting of an exchange just finished."""
    row = get_exchange(request.user, exchange_id)
    attempt(
        request,
        lambda: extend_exchange(row, by=request.user),
        _("Une rencontre de plus est prévue : proposez des dates."),
    )
    return see("exchanges:exchange", exchange_id)


@require_http_methods(["GET", "POST"])
def stop(request: HttpRequest, exchange_id: str) -> HttpResponse:
    """Stop an exchange before its end, with a reason that the others read."""
    row = get_exchange(request.user, exchange_id)
    request.network = row.network
    if row.state != ExchangeState.OPEN:
        return redirect("exchanges:exchange", exchange_id)
    form = NeededReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        done, _row = submit(form, lambda values: stop_exchange(row, by=request.user, reason=values["reason"]))
        if done:
            tell(request, _("L’échange est arrêté. Les autres lisent votre raison."))
            return see("exchanges:exchange", exchange_id)
    status = 422 if request.method == "POST" else 200
    context = {"exchange": row, "form": form, "back_url": reverse("exchanges:exchange", args=[exchange_id])}
    return render(request, "exchanges/stop.html", context, status=status)

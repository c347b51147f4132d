"""An introduction: who, why, the three answers, the conversation, the date, the terms, how it ends."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reciproque.agenda.queries import meetings_about, steps_about
from reciproque.agenda.rules import LIVE_MEETING, Verb
from reciproque.exchanges.access import (
    can_answer,
    can_mediate,
    can_withdraw,
    get_exchange,
    get_introduction,
    is_in_thread,
)
from reciproque.exchanges.actions import (
    accept_introduction,
    agree_introduction,
    ask_question,
    end_unmatched,
    refuse_introduction,
    reply_question,
    withdraw_introduction,
    write_message,
    write_terms,
)
from reciproque.exchanges.queries import exchange_from, joinable_exchanges, terms_of, thread_messages
from reciproque.exchanges.rules import SCRIPT, SCRIPT_ADVICE, IntroductionState
from reciproque.journal.queries import history_of
from reciproque.kit.errors import NotThere
from reciproque.web.exchanges.forms import (
    MessageForm,
    OutcomeForm,
    QuestionForm,
    ReasonForm,
    RefuseForm,
    TermsForm,
    YesForm,
)
from reciproque.web.http import back, see, submit, tell
from reciproque.web.parts.facts import items
from reciproque.web.parts.life import about, other_of, stand_introduction
from reciproque.web.parts.meetings import busy_around, view_meeting
from reciproque.web.parts.posts import person_line
from reciproque.web.parts.steps import expectations
from reciproque.web.parts.talk import said, term_rows
from reciproque.web.parts.waits import wait_words


def _groups(request: HttpRequest, introduction: Any) -> list[tuple[str, str]]:
    if request.user.pk != introduction.offerer_id or introduction.offer is None:
        return []
    rows = joinable_exchanges(introduction.offerer, introduction.network)
    label = _("Avec le petit groupe « %(title)s »")
    return [(row.public_id, label % {"title": row.title}) for row in rows]


def _person(request: HttpRequest, introduction: Any, person: Any, post: Any, kind: str) -> dict[str, Any]:
    slug = introduction.network.slug
    return {
        "kind": kind,
        "name": _("Vous") if person.pk == request.user.pk else person.display_name,
        "initials": person.initials,
        "line": person_line(person),
        "url": reverse("people:person", args=[slug, person.public_id]),
        "post": post,
        "title": post.title if post else "",
        "post_url": reverse("posts:post", args=[post.public_id]) if post and post.is_open else "",
    }


def _answers(
    request: HttpRequest, introduction: Any, said_so_far: list[dict[str, Any]], bound: dict[str, Any]
) -> dict[str, Any]:
    """The three answers, each a form of its own; `bound` holds the one that was refused, if any."""
    chosen = next(
        (name for name in ("yes", "question", "no") if name in bound), request.GET.get("answer", "")
    )
    return {
        "last": next((row for row in reversed(said_so_far) if not row["mine"] and not row["system"]), None),
        "open_question": chosen == "question",
        "open_no": chosen == "no",
        "yes": bound.get("yes") or YesForm(groups=_groups(request, introduction), prefix="yes"),
        "question": None
        if introduction.state == IntroductionState.QUESTIONED
        else bound.get("question") or QuestionForm(prefix="question"),
        "no": bound.get("no") or RefuseForm(prefix="no"),
    }


def _report_url(introduction: Any, person: Any) -> str:
    """Where one of the two reports how the other behaved; a mediator has their own ways."""
    if person.pk not in (introduction.requester_id, introduction.offerer_id):
        return ""
    other = other_of(introduction, person)
    address = reverse("moderation:report", args=["person", other.public_id])
    return f"{address}?from=introduction:{introduction.public_id}"


def _page(request: HttpRequest, introduction: Any, status: int = 200, **bound: Any) -> HttpResponse:
    person, network = request.user, introduction.network
    request.network = network
    steps = steps_about(introduction)
    meetings = meetings_about(introduction)
    talking = is_in_thread(person, introduction.thread)
    messages_said = said(thread_messages(introduction.thread, person), person) if talking else []
    answering = can_answer(person, introduction)
    context = {
        "introduction": introduction,
        "crumbs": [
            {"label": _("Échanges"), "url": reverse("exchanges:mine")},
            {"label": _("Mise en relation")},
        ],
        "about": about(introduction, person),
        "standing": stand_introduction(introduction, person),
        "two": [
            _person(request, introduction, introduction.requester, introduction.request, "request"),
            _person(request, introduction, introduction.offerer, introduction.offer, "offer"),
        ],
        "other": other_of(introduction, person),
        "report_url": _report_url(introduction, person),
        "reasons": introduction.reasons if person.pk == introduction.initiator_id else [],
        "expected": expectations(steps, person),
        "wait": wait_words(network) if _waiting(introduction, person) else "",
        "answers": _answers(request, introduction, messages_said, bound) if answering else None,
        "messages_said": messages_said,
        "talking": talking,
        "message_form": _message_form(introduction, person, bound) if talking else None,
        "replying": _replying(introduction, person),
        "message_url": reverse("exchanges:message", args=[introduction.public_id]),
        "message_label": _("Votre réponse") if _replying(introduction, person) else _("Votre message"),
        "meeting": next(
            (
                view_meeting(row, person, busy_around(row, person))
                for row in meetings
                if row.state in LIVE_MEETING
            ),
            None,
        ),
        "past_meetings": [view_meeting(row, person) for row in meetings if row.state not in LIVE_MEETING],
        "terms": term_rows(terms_of(introduction), TermsForm.base_fields),
        "can_write_terms": introduction.state == IntroductionState.ACCEPTED and introduction.mediated,
        "can_mediate": can_mediate(person, introduction),
        "can_withdraw": can_withdraw(person, introduction),
        "exchange": exchange_from(introduction),
        "next": any(step.verb == Verb.NEXT and step.owner_id == person.pk for step in steps),
        "history": items(history_of(introduction), person),
        "script": SCRIPT,
        "advice": SCRIPT_ADVICE,
    }
    return render(request, "exchanges/introduction.html", context, status=status)


def _waiting(introduction: Any, person: Any) -> bool:
    return introduction.state == IntroductionState.ASKED and person.pk == introduction.initiator_id


def _replying(introduction: Any, person: Any) -> bool:
    return introduction.state == IntroductionState.QUESTIONED and person.pk == introduction.initiator_id


def _message_form(introduction: Any, person: Any, bound: dict[str, Any]) -> Any:
    if not introduction.is_live:
        return None
    if introduction.state == IntroductionState.ASKED and person.pk == introduction.answerer.pk:
        return None  # their first words are an answer: yes, no, or a question
    return bound.get("message") or MessageForm(prefix="message")


@require_safe
def introduction(request: HttpRequest, introduction_id: str) -> HttpResponse:
    """Show an introduction to one of its people."""
    return _page(request, get_introduction(request.user, introduction_id))


@require_POST
def answer(request: HttpRequest, introduction_id: str) -> HttpResponse:
    """Give one of the three answers."""
    row = get_introduction(request.user, introduction_id)
    if not can_answer(request.user, row):
        tell(request, _("Cette mise en relation n’attend plus votre réponse. Voici où elle en est."))
        return see("exchanges:introduction", introduction_id)
    chosen = request.POST.get("answer", "")
    if chosen == "yes":
        return _yes(request, row)
    if chosen == "question":
        form: Any = QuestionForm(request.POST, prefix="question")
        done, _result = submit(
            form, lambda values: ask_question(row, by=request.user, text=values["text"], key=values["key"])
        )
        told = _("Votre question est partie. Vous direz oui ou non quand vous aurez la réponse.")
    else:
        chosen, form = "no", RefuseForm(request.POST, prefix="no")
        done, _result = submit(form, lambda values: refuse_introduction(row, by=request.user, **values))
        told = _("C’est noté. La réponse est transmise avec tact.")
    if not done:
        return _page(request, row, 422, **{chosen: form})
    tell(request, told)
    return see("exchanges:introduction", introduction_id)


def _yes(request: HttpRequest, row: Any) -> HttpResponse:
    form = YesForm(request.POST, prefix="yes", groups=_groups(request, row))

    def accept(values: dict[str, Any]) -> Any:
        into = get_exchange(request.user, values["into"]) if values.get("into") else None
        return accept_introduction(row, by=request.user, message=values["message"], into=into)

    done, accepted = submit(form, accept)
    if not done:
        return _page(request, row, 422, yes=form)
    tell(request, _("C’est oui : %(name)s l’apprend à l’instant.") % {"name": row.initiator.display_name})
    exchange = exchange_from(accepted)
    if exchange is not None:
        return back(request, "exchanges:exchange", exchange.public_id)
    return back(request, "exchanges:introduction", row.public_id)


@require_POST
def message(request: HttpRequest, introduction_id: str) -> HttpResponse:
    """Write in the conversation; the asker's reply to a question asks for the answer again."""
    row = get_introduction(request.user, introduction_id)
    form = MessageForm(request.POST, prefix="message")
    write = reply_question if _replying(row, request.user) else write_message
    done, _message = submit(
        form, lambda values: write(row, text=values["text"], by=request.user, key=values["key"])
    )
    if not done:
        return _page(request, row, 422, message=form)
    tell(request, _("Votre message est parti."))
    return see(reverse("exchanges:introduction", args=[introduction_id]) + "#thread")


@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, introduction_id: str) -> HttpResponse:
    """Take an introduction back, after asking whether one is sure."""
    row = get_introduction(request.user, introduction_id)
    request.network = row.network
    if not can_withdraw(request.user, row):
        return redirect("exchanges:introduction", introduction_id)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        done, _row = submit(
            form, lambda values: withdraw_introduction(row, by=request.user, reason=values["reason"])
        )
        if done:
            tell(request, _("La mise en relation est retirée."))
            return see("exchanges:mine")
    context = {
        "introduction": row,
        "form": form,
        "other": other_of(row, request.user),
        "back_url": reverse("exchanges:introduction", args=[introduction_id]),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "exchanges/withdraw.html", context, status=status)


@require_http_methods(["GET", "POST"])
def terms(request: HttpRequest, introduction_id: str) -> HttpResponse:
    """Fill in the terms sheet at the introduction meeting."""
    row = get_introduction(request.user, introduction_id)
    request.network = row.network
    if row.state != IntroductionState.ACCEPTED:
        return redirect("exchanges:introduction", introduction_id)
    form = TermsForm(
        request.POST if request.method == "POST" else None, initial=_first_terms(row, terms_of(row))
    )
    if request.method == "POST":
        done, _terms = submit(form, lambda values: write_terms(row, by=request.user, **values))
        if done:
            tell(request, _("La fiche est enregistrée. Les deux personnes la lisent."))
            if can_mediate(request.user, row):
                return see("exchanges:outcome", introduction_id)
            return see("exchanges:introduction", introduction_id)
    context = {
        "title": row.title,
        "form": form,
        "back_url": reverse("exchanges:introduction", args=[introduction_id]),
        "script": SCRIPT if can_mediate(request.user, row) else [],
        "advice": SCRIPT_ADVICE,
        "after": _("Ensuite, la personne qui mène la rencontre note si l’on s’accorde."),
    }
    return render(request, "exchanges/terms.html", context, status=422 if request.method == "POST" else 200)


def _first_terms(row: Any, written: Any) -> dict[str, Any]:
    """What the sheet holds when it is opened: what was written, else what the two posts already say."""
    if written is not None:
        return {name: getattr(written, name) for name in TermsForm.base_fields}
    request, offer = row.request, row.offer
    return {
        "content": row.title,
        "purpose": request.purpose if request else "",
        "level": str(request.get_level_display()) if request and request.level else "",
        "method": request.learns_best if request else "",
        "place": offer.place if offer else "",
    }


@require_http_methods(["GET", "POST"])
def outcome(request: HttpRequest, introduction_id: str) -> HttpResponse:
    """Note how the introduction meeting ended: the exchange opens, or it stops there."""
    row = get_introduction(request.user, introduction_id)
    request.network = row.network
    if not can_mediate(request.user, row):
        raise NotThere
    form = OutcomeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":

        def end(values: dict[str, Any]) -> Any:
            if values["outcome"] == "agreed":
                return agree_introduction(row, by=request.user)
            return end_unmatched(row, by=request.user, reason=values["reason"])

        done, _row = submit(form, end)
        if done:
            tell(
                request,
                _("C’est noté. Merci : votre médiation est terminée, la conversation redevient la leur."),
            )
            return see("exchanges:mine")
    context = {"introduction": row, "form": form, "terms": term_rows(terms_of(row), TermsForm.base_fields)}
    return render(request, "exchanges/outcome.html", context, status=422 if request.method == "POST" else 200)

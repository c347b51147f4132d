"""Answering a questionnaire: one page a section, nothing kept anywhere until it is sent.

Between two pages, what was typed travels in the page itself: neither the session nor any row holds an answer, nor who
is in the middle of one. A version published meanwhile changes nothing: the page says which one it is of.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from reciproque.kit.errors import NotThere
from reciproque.surveys.access import get_seat, get_seat_by_code, get_seat_for
from reciproque.surveys.actions import (
    begin_answer,
    correct_answer,
    decline,
    erase_answer,
    submit_answer,
    submit_by_code,
)
from reciproque.surveys.queries import Form, form_of, my_answers, my_questionnaires
from reciproque.surveys.rules import ALREADY_ANSWERED, Values, check_section, questions_of, say
from reciproque.web.http import attempt, hand_over_table, put_errors, see, tell, warn
from reciproque.web.surveys.forms.answering import (
    PREFIX,
    CodeForm,
    SectionForm,
    carried,
    initial_of,
    typed_values,
)

START, CHECK = "start", "check"


@dataclasses.dataclass(frozen=True)
class Way:
    """How one answers: for oneself, by a paper code, on behalf of somebody; what is sent, and where one goes then."""

    template: str
    send: Callable[[Values, str], Any]
    done: Callable[[], HttpResponse]
    extra: dict[str, Any]


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """List what one may answer, and what one answered."""
    told = {"mine": my_questionnaires(request.user), "answers": my_answers(request.user)}
    return render(request, "surveys/mine.html", told)


@require_safe
def mine_csv(request: HttpRequest) -> HttpResponse:
    """Give one's own confidential answers as a table, to be taken along."""
    columns = (_("Questionnaire"), _("Répondu le"), _("Question"), _("Réponse"))
    rows = [
        (given["questionnaire"], given["on"], line["question"], line["answer"])
        for given in my_answers(request.user)
        for line in given["answers"]
    ]
    return hand_over_table("questionnaires.csv", columns, rows)


@never_cache
@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, campaign_id: str) -> HttpResponse:
    """Answer a questionnaire, or correct one's answer while it is open and confidential."""
    seat = get_seat(request.user, campaign_id)
    request.network = seat.campaign.network
    form = form_of(seat)

    def send(values: Values, version: str) -> Any:
        if form.can_correct:
            return correct_answer(seat, by=request.user, values=values)
        return submit_answer(seat, by=request.user, values=values, version=version)

    def done() -> HttpResponse:
        tell(request, form.thanks or _("Merci. Votre réponse est enregistrée."))
        return see("surveys:mine")

    if form.is_answered and not form.can_correct:
        warn(request, ALREADY_ANSWERED)
        return redirect("surveys:mine")
    crumbs = [{"label": _("Questionnaires"), "url": reverse("surveys:mine")}, {"label": form.title}]
    way = Way("surveys/answer.html", send, done, {"crumbs": crumbs, "campaign_id": campaign_id})
    return _answer(request, way, seat)


@never_cache
@require_http_methods(["GET", "POST"])
def on_behalf(request: HttpRequest, campaign_id: str, person_id: str) -> HttpResponse:
    """Type what somebody without an address answers by telephone or on paper; confidential questionnaires only."""
    seat = get_seat_for(request.user, campaign_id, person_id)
    request.network = seat.campaign.network

    def send(values: Values, version: str) -> Any:
        return submit_answer(seat, by=request.user, values=values, version=version, on_behalf=True)

    def done() -> HttpResponse:
        tell(request, _("La réponse de %(name)s est enregistrée.") % {"name": seat.person.display_name})
        return see("surveys:campaign", campaign_id)

    extra = {"campaign_id": campaign_id, "behalf": seat.person.display_name}
    return _answer(request, Way("surveys/answer.html", send, done, extra), seat)


@never_cache
@require_http_methods(["GET", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """Answer with the code printed on a paper: no sign-in, nothing says whose it is."""
    typed = request.POST.get("code", "")
    if request.method != "POST" or not typed.strip():
        form = CodeForm(request.POST if request.method == "POST" else None)
        status = 422 if request.method == "POST" else 200
        return render(request, "surveys/code.html", {"form": form}, status=status)
    seat = _seat_of(typed)
    if seat is None or ("step" not in request.POST and form_of(seat).is_answered):
        form = CodeForm(request.POST)
        form.is_valid()
        form.add_error(
            "code",
            _(
                "Ce code n’est pas reconnu : vérifiez chaque signe. Il a peut-être déjà servi, ou c’est trop tard."
            ),
        )
        return render(request, "surveys/code.html", {"form": form}, status=422)

    def send(values: Values, version: str) -> Any:
        return submit_by_code(typed, values=values, version=version)

    def done() -> HttpResponse:
        return render(request, "surveys/code_done.html", {"thanks": form_of(seat).thanks})

    return _answer(
        request, Way("surveys/answer_plain.html", send, done, {"code": typed, "plain": True}), seat
    )


def _seat_of(typed: str) -> Any:
    try:
        return get_seat_by_code(typed)
    except NotThere:
        return None


def _answer(request: HttpRequest, way: Way, seat: Any) -> HttpResponse:
    """Show the first screen, a section, what will be sent; or send."""
    if request.method == "GET" or "step" not in request.POST:
        try:
            form = form_of(seat)
        except IndexError:
            raise NotThere from None
        return _page(request, way, form, START, form.values)
    values, version = typed_values(request.POST), request.POST.get("version", "")
    form = form_of(seat, version, values)
    step, go = request.POST["step"], request.POST.get("go", "next")
    if go == "send":
        return _send(request, way, form, values)
    if step == START:
        done, _version = attempt(request, lambda: begin_answer(seat) if not form.can_correct else None)
        if not done:
            return _page(request, way, form, START, values, status=422)
    keys = [section["key"] for section in form.sections]
    if go == "back":
        return _page(request, way, form, _before(keys, step), values)
    if step in keys:
        return _next(request, way, form, values, step, keys)
    return _page(request, way, form, keys[0] if keys else CHECK, values)


def _before(keys: list[str], step: str) -> str:
    if step == CHECK:
        return keys[-1] if keys else START
    place = keys.index(step) if step in keys else 0
    return keys[place - 1] if place else START


def _next(
    request: HttpRequest, way: Way, form: Form, values: Values, step: str, keys: list[str]
) -> HttpResponse:
    try:
        check_section(form.definition, step, values)
    except ValidationError as error:
        return _page(request, way, form, step, values, error=error, status=422)
    # An answer of this page may have opened another question of it: it is asked before going on.
    section = next(section for section in form.sections if section["key"] == step)
    seen = set(request.POST.getlist("seen"))
    if any(question["key"] not in seen for question in section["questions"]):
        return _page(request, way, form, step, values)
    place = keys.index(step) + 1
    return _page(request, way, form, keys[place] if place < len(keys) else CHECK, values)


def _send(request: HttpRequest, way: Way, form: Form, values: Values) -> HttpResponse:
    try:
        way.send(values, form.version)
    except ValidationError as error:
        if getattr(error, "code", "") == "answered":
            # Sent twice, it counts once.
            return way.done()
        if hasattr(error, "error_dict"):
            wrong = set(error.error_dict)
            where = next(
                section["key"]
                for section in form.sections
                if any(question["key"] in wrong for question in section["questions"])
            )
            return _page(request, way, form, where, values, error=error, status=422)
        return _page(request, way, form, CHECK, values, error=error, status=422)
    return way.done()


def _page(
    request: HttpRequest,
    way: Way,
    form: Form,
    step: str,
    values: Values,
    *,
    error: ValidationError | None = None,
    status: int = 200,
) -> HttpResponse:
    section = next((section for section in form.sections if section["key"] == step), None)
    questions = section["questions"] if section is not None else []
    fields = SectionForm(
        initial_of(values) if error is not None else None,
        questions=questions,
        initial=initial_of(values),
    )
    if error is not None:
        fields.is_valid()
        put_errors(fields, _on_fields(error, {question["key"] for question in questions}))
    titles = [say(one["title"]) or _("Questions") for one in form.sections]
    place = form.sections.index(section) + 1 if section is not None else len(titles) + (step == CHECK)
    context = {
        "form": form,
        "fields": fields,
        "step": step,
        "section": section and {"title": say(section["title"]), "text": say(section["text"])},
        "seen": [question["key"] for question in questions],
        "carried": carried(values, {question["key"] for question in questions}),
        "steps": [*titles, _("Relire")],
        "place": place,
        "read_again": _read_again(form, values) if step == CHECK else [],
        "refused": error.messages if error is not None and not hasattr(error, "error_dict") else [],
        **way.extra,
    }
    return render(request, way.template, context, status=status)


def _on_fields(error: ValidationError, here: set[str]) -> ValidationError:
    if not hasattr(error, "error_dict"):
        return error
    return ValidationError(
        {PREFIX + key: errors for key, errors in error.error_dict.items() if key in here} or ""
    )


def _read_again(form: Form, values: Values) -> list[tuple[str, str]]:
    """Return what will be sent, in words: the questions asked, and what is answered to each."""
    asked = {question["key"] for section in form.sections for question in section["questions"]}
    lines = []
    for question in questions_of(form.definition):
        if question["key"] not in asked:
            continue
        given = values.get(question["key"])
        chosen = given if isinstance(given, list) else [] if given is None else [given]
        words = {option["key"]: say(option["text"]) for option in question.get("options", [])}
        said = ", ".join(words.get(str(one), str(one)) for one in chosen)
        lines.append((say(question["text"]), said or _("sans réponse")))
    return lines


@require_http_methods(["GET", "POST"])
def decline_page(request: HttpRequest, campaign_id: str) -> HttpResponse:
    """Say once that one does not answer: no reminder comes any more, and nobody is told."""
    seat = get_seat(request.user, campaign_id)
    request.network = seat.campaign.network
    if request.method == "POST":
        attempt(
            request,
            lambda: decline(seat, by=request.user),
            _("C’est noté : on ne vous le demandera plus, et personne n’en est informé."),
        )
        return see("surveys:mine")
    return render(request, "surveys/decline.html", {"form": form_of(seat), "campaign_id": campaign_id})


@require_http_methods(["GET", "POST"])
def erase(request: HttpRequest, campaign_id: str) -> HttpResponse:
    """Erase one's own confidential answer."""
    seat = get_seat(request.user, campaign_id)
    request.network = seat.campaign.network
    if request.method == "POST":
        attempt(request, lambda: erase_answer(seat, by=request.user), _("Votre réponse est effacée."))
        return see("surveys:mine")
    return render(request, "surveys/erase.html", {"form": form_of(seat), "campaign_id": campaign_id})

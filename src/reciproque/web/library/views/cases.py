"""Questions of practice: ask one, see those that wait, answer or decline."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reciproque.kit.tokens import new_id
from reciproque.library.access import get_case, is_asked
from reciproque.library.actions import ask_case, close_case, decline_case
from reciproque.library.queries import answers_to, asked_of, cases_in
from reciproque.library.rules import CaseState
from reciproque.matching.queries import search_sheets
from reciproque.networks.access import is_animator, require_member
from reciproque.web.http import attempt, page_number, see, submit, tell
from reciproque.web.library.forms import QuestionForm
from reciproque.web.library.views.shelves import crumbs
from reciproque.web.parts.library import sheet_cards
from reciproque.web.parts.posts import person_line

SIZE = 30


@require_safe
def questions(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the questions of a network, those that wait first."""
    request.network, _membership = require_member(request.user, slug)
    state = CaseState.ANSWERED if request.GET.get("state") == "answered" else CaseState.OPEN
    page = page_number(request)
    found = cases_in(request.network, request.user, state=state, page=page, size=SIZE)
    here = reverse("library:questions", args=[slug])
    context = {
        "slug": slug,
        "cases": found.cases,
        "asked": asked_of(request.user, request.network),
        "tabs": [
            {"label": _("Sans réponse"), "url": here, "current": state == CaseState.OPEN},
            {
                "label": _("Avec une réponse"),
                "url": f"{here}?state=answered",
                "current": state == CaseState.ANSWERED,
            },
        ],
        "page": Paginator(range(found.total), SIZE).get_page(page),
        "crumbs": crumbs(slug, _("Questions")),
    }
    return render(request, "library/questions.html", context)


@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask "how do you …?"."""
    request.network, _membership = require_member(request.user, slug)
    initial = {"key": new_id(), "question": request.GET.get("question", "")[:200]}
    form = QuestionForm(request.POST or None, initial=initial)
    if request.method == "POST":
        done, case = submit(form, lambda values: ask_case(request.network, by=request.user, **values))
        if done:
            tell(request, _("Votre question est posée. Elle va à quelques personnes qui semblent savoir."))
            return see("library:case", case.public_id)
    context = {"slug": slug, "form": form, "crumbs": crumbs(slug, _("Poser une question"))}
    return render(request, "library/ask.html", context, status=422 if form.errors else 200)


@require_safe
def case(request: HttpRequest, case_id: str) -> HttpResponse:
    """Show a question, its answers, the sheets that may already answer it."""
    row = get_case(request.user, case_id)
    request.network = row.network
    slug = row.network.slug
    answers = answers_to(row, request.user)
    known = {sheet.pk for sheet in answers}
    near = [] if answers else search_sheets(row.network, request.user, row.question, limit=4)
    own = row.asker_id == request.user.pk
    context = {
        "case": row,
        "slug": slug,
        "own": own,
        "asker_line": person_line(row.asker),
        "asker_url": reverse("people:person", args=[slug, row.asker.public_id]),
        "topics": [
            {"label": topic.label, "url": reverse("find:topic", args=[slug, topic.public_id])}
            for topic in row.topics.all()
        ],
        "answers": sheet_cards(answers),
        "near": sheet_cards(sheet for sheet in near if sheet.pk not in known),
        "asked": is_asked(request.user, row),
        "closes": row.state != CaseState.CLOSED and (own or is_animator(request.user, row.network)),
        "answer_url": reverse("library:new", args=[slug, "answer"], query={"case": row.public_id}),
        "crumbs": crumbs(slug, (_("Questions"), reverse("library:questions", args=[slug])), row.question),
    }
    return render(request, "library/case.html", context)


@require_POST
def decline(request: HttpRequest, case_id: str) -> HttpResponse:
    """Decline a question, politely and without a word."""
    row = get_case(request.user, case_id)
    attempt(
        request,
        lambda: decline_case(row, by=request.user),
        _("C’est noté. Personne n’en est averti ; la question ira à quelqu’un d’autre."),
    )
    return see("library:questions", row.network.slug)


@require_POST
def close(request: HttpRequest, case_id: str) -> HttpResponse:
    """Close a question that has no object any more."""
    row = get_case(request.user, case_id)
    attempt(request, lambda: close_case(row, by=request.user), _("La question est fermée."))
    return see("library:case", case_id)

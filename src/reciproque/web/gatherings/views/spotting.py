"""The path one follows alone: one question a page, ten minutes, then drafts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from reciproque.catalogue.rules import Kind, PostState
from reciproque.gatherings.access import get_spotting
from reciproque.gatherings.actions import forget_spotting, make_drafts, save_answer
from reciproque.gatherings.queries import answers_of, savoirs_of
from reciproque.gatherings.rules import MINUTES, QUESTIONS, question
from reciproque.kit.errors import NotThere
from reciproque.networks.access import require_member
from reciproque.web.gatherings.forms import AnswerForm
from reciproque.web.gatherings.views import either
from reciproque.web.http import attempt, see, tell

if TYPE_CHECKING:
    from reciproque.gatherings.models import Savoir


def _page_url(slug: str, number: int) -> str:
    return reverse("gatherings:question", args=[slug, number])


@require_safe
def spotting(request: HttpRequest, slug: str) -> HttpResponse:
    """Show where one is on the path: begin, go on, or reread."""
    network, _membership = require_member(request.user, slug)
    request.network = network
    mine = get_spotting(request.user, network)
    answers = answers_of(mine)
    done = [one.key in answers for one in QUESTIONS]
    following = next((n for n, answered in enumerate(done, 1) if not answered), len(QUESTIONS))
    context = {
        "network": network,
        "begun": mine is not None,
        "answered": sum(done),
        "total": len(QUESTIONS),
        "finished": all(done),
        "minutes": MINUTES,
        "next_url": _page_url(slug, following if mine else 1),
        "found": len(savoirs_of(mine)),
        "steps": [
            {"label": one.title, "url": _page_url(slug, n), "done": answered}
            for n, (one, answered) in enumerate(zip(QUESTIONS, done, strict=True), 1)
        ],
    }
    return render(request, "gatherings/spotting.html", context)


@either
def question_page(request: HttpRequest, slug: str, page: int) -> HttpResponse:
    """Ask one question; what is typed is kept at once."""
    network, _membership = require_member(request.user, slug)
    request.network = network
    asked = question(page)
    if asked is None:
        raise NotThere
    answer = answers_of(get_spotting(request.user, network)).get(asked.key)
    initial = {"words": answer.words, "lines": answer.lines} if answer else {}
    form = AnswerForm(
        request.POST if request.method == "POST" else None,
        initial=initial,
        kind=asked.kind,
        example=str(asked.example),
    )
    if request.method == "POST" and form.is_valid():
        save_answer(network, request.user, asked.key, **form.cleaned_data)
        return see(_after(slug, page, request.POST.get("step", "")))
    context = {
        "network": network,
        "form": form,
        "question": asked,
        "page": page,
        "total": len(QUESTIONS),
        "previous": _page_url(slug, page - 1) if page > 1 else "",
        "last": page == len(QUESTIONS),
        "autosave_url": reverse("gatherings:draft", args=[slug, page]),
        "wanted": asked.kind == Kind.REQUEST,
    }
    return render(request, "gatherings/question.html", context, status=422 if form.is_bound else 200)


def _after(slug: str, page: int, step: str) -> str:
    if step == "later":
        return reverse("gatherings:spotting", args=[slug])
    return _page_url(slug, page + 1) if page < len(QUESTIONS) else reverse("gatherings:found", args=[slug])


@require_POST
def draft(request: HttpRequest, slug: str, page: int) -> HttpResponse:
    """Keep what is being typed; nothing to show."""
    network, _membership = require_member(request.user, slug)
    asked = question(page)
    if asked is None:
        raise NotThere
    words, lines = request.POST.get("words", ""), request.POST.get("lines", "")
    if words.strip() or lines.strip() or get_spotting(request.user, network) is not None:
        save_answer(network, request.user, asked.key, words=words, lines=lines)
    return HttpResponse(status=204)


@either
def found(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the savoirs found: make drafts of those chosen, then reread and publish each one."""
    network, _membership = require_member(request.user, slug)
    request.network = network
    mine = get_spotting(request.user, network)
    if request.method == "POST":
        if mine is None:
            raise NotThere
        chosen = request.POST.getlist("savoir")
        attempt(
            request,
            lambda: make_drafts(mine, chosen, by=request.user),
            _("Les brouillons sont prêts. Relisez-les et publiez-les un par un : vous seul les voyez."),
        )
        return see("gatherings:found", slug)
    rows = [_row(row) for row in savoirs_of(mine)]
    context = {
        "network": network,
        "fresh": [row for row in rows if not row["drafted"]],
        "drafts": [row for row in rows if row["drafted"]],
        "begun": mine is not None,
        "path_url": reverse("gatherings:spotting", args=[slug]),
    }
    return render(request, "gatherings/found.html", context)


def _row(savoir: Savoir) -> dict[str, Any]:
    post = savoir.post
    state = {
        PostState.DRAFT: _("brouillon"),
        PostState.PUBLISHED: _("publiée"),
    }
    is_draft = post is not None and post.state == PostState.DRAFT
    name = "posts:edit" if is_draft else "posts:post"
    return {
        "id": savoir.public_id,
        "words": post.title if post else savoir.words,
        "kind": savoir.kind,
        "drafted": savoir.drafted_at is not None,
        "is_draft": is_draft,
        "state": state.get(PostState(post.state), _("close ou en pause"))
        if post
        else _("brouillon supprimé"),
        "url": reverse(name, args=[post.public_id]) if post else "",
    }


@either
def forget(request: HttpRequest, slug: str) -> HttpResponse:
    """Erase one's answers."""
    network, _membership = require_member(request.user, slug)
    request.network = network
    mine = get_spotting(request.user, network)
    if request.method == "POST":
        if mine is not None:
            forget_spotting(mine, by=request.user)
            tell(request, _("Vos réponses sont effacées. Vos brouillons restent dans « Mes annonces »."))
        return see("gatherings:spotting", slug)
    return render(request, "gatherings/forget.html", {"back": reverse("gatherings:spotting", args=[slug])})

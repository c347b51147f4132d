"""Questions from the management and problems taken up: ask, take, answer, set aside, bring together those alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from reciproque.initiatives import actions
from reciproque.initiatives.access import (
    can_frame,
    get_problem,
    in_work_group,
    is_committee,
    may_search,
)
from reciproque.initiatives.queries import problems_alike, problems_of, themes_of
from reciproque.initiatives.queries.frames import groups_with
from reciproque.initiatives.queries.groups import groups_of
from reciproque.initiatives.rules import GroupState, ProblemKind, ProblemState
from reciproque.kit.errors import NotThere
from reciproque.kit.tokens import is_id
from reciproque.web.initiatives.forms.problems import AsideForm, AskForm, MergeForm, ReplyForm, TakeForm
from reciproque.web.initiatives.views.sheets import (
    PROBLEM_TONES,
    Sheet,
    at,
    chosen,
    count_by_state,
    either,
    enter,
    fill,
    of,
    sent,
    state_facets,
    trail,
    within,
)

if TYPE_CHECKING:
    from reciproque.initiatives.models import Frame, Problem

LIVE = (ProblemState.OPEN, ProblemState.TAKEN)


@require_safe
def problems(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the questions and problems of the network."""
    frame = enter(request, slug)
    every = problems_of(frame, request.user)
    now = chosen(request, "state", ProblemState.values)
    rows = [one for one in every if not now or one.state == now]
    context = {
        "frame": frame,
        "rows": [_line(one) for one in rows],
        "tabs": state_facets(request, ProblemState, count_by_state(every), now),
        "asks": may_search(request.user, frame),
        "crumbs": trail(frame, (_("Problèmes et questions"), "")),
    }
    return render(request, "initiatives/problems.html", context)


def _line(one: Problem) -> dict[str, Any]:
    return {
        "problem": one,
        "url": at(one, "problem"),
        "tone": PROBLEM_TONES.get(ProblemState(one.state), ""),
    }


def _to_problems(frame: Frame, *steps: tuple[Any, str]) -> list[dict[str, Any]]:
    return trail(frame, (_("Problèmes et questions"), of(frame, "problems")), *steps)


@either
def ask(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask a question, or name a problem; those that say nearly the same are shown first."""
    frame = enter(request, slug)
    if not may_search(request.user, frame):
        raise NotThere
    questions = can_frame(request.user, frame) or is_committee(request.user, frame)
    themes = [theme.result for theme in themes_of(frame)]
    mine = groups_with(request.user, frame)
    groups = [row for row in groups_of(frame) if row.state != GroupState.ENDED] if questions else mine
    asked = request.GET.get("group", "")
    initial = {
        "kind": ProblemKind.PROBLEM.value,
        "title": request.GET.get("title", "")[:160],
        "group": asked if is_id(asked) else "",
    }
    form = AskForm(themes, groups, sent(request), questions=questions, initial=initial)
    by_id = {row.public_id: row for row in [*themes, *groups]}
    title = _("Poser un problème")
    typed = request.POST.get("title", "") or initial["title"]

    def act(values: dict[str, Any]) -> Any:
        where = {name: by_id.get(values.get(name, "")) for name in ("theme", "group")}
        words = {name: values[name] for name in ("kind", "title", "words")}
        return actions.ask_problem(frame, by=request.user, **words, **where)

    sheet = Sheet(
        title,
        _("Poser"),
        of(frame, "problems"),
        _to_problems(frame, (title, "")),
        template="initiatives/problem_ask.html",
        more={
            "alike": problems_alike(frame, request.user, typed) if typed else [],
            "frame": frame,
            "questions": questions,
        },
    )
    return fill(
        request, form, sheet, act, _("C’est posé. Tout le réseau le lit."), lambda one: at(one, "problem")
    )


@require_safe
def alike(request: HttpRequest, slug: str) -> HttpResponse:
    """Return, while one types, those that say nearly the same."""
    frame = enter(request, slug)
    title = request.GET.get("title", "")[:160]
    context = {"alike": problems_alike(frame, request.user, title) if title else []}
    return render(request, "initiatives/problem_alike.html", context)


@require_safe
def problem(request: HttpRequest, problem_id: str) -> HttpResponse:
    """Show a question or a problem, what came of it, those that say nearly the same."""
    one = within(request, get_problem(request.user, problem_id))
    frame, live = one.frame, one.state in LIVE
    steers = can_frame(request.user, frame) or is_committee(request.user, frame)
    inside = in_work_group(request.user, one.group)
    context = {
        "problem": one,
        "tone": PROBLEM_TONES.get(ProblemState(one.state), ""),
        "into": at(one.merged_into, "problem") if one.merged_into else "",
        "alike": [
            (row, closeness)
            for row, closeness in problems_alike(frame, request.user, one.title, 6)
            if row.pk != one.pk
        ]
        if live
        else [],
        "takes": one.state == ProblemState.OPEN
        and may_search(request.user, frame)
        and (can_frame(request.user, frame) or bool(groups_with(request.user, frame))),
        "answers": one.state == ProblemState.TAKEN and (inside or can_frame(request.user, frame)),
        "sets_aside": live and (one.asked_by_id == request.user.pk or inside or steers),
        "merges": steers and one.state != ProblemState.MERGED,
        "searches": may_search(request.user, frame) and live,
        "crumbs": _to_problems(frame, (one.title, "")),
    }
    return render(request, "initiatives/problem.html", context)


def _sheet(one: Problem, title: Any, verb: Any, lead: Any = "") -> Sheet:
    here = at(one, "problem")
    return Sheet(
        title, verb, here, _to_problems(one.frame, (one.title, here), (title, "")), lead or one.title
    )


@either
def take(request: HttpRequest, problem_id: str) -> HttpResponse:
    """Take it up for one's group."""
    one = within(request, get_problem(request.user, problem_id))
    frames = can_frame(request.user, one.frame)
    rows = groups_of(one.frame) if frames else groups_with(request.user, one.frame)
    groups = {row.public_id: row for row in rows if row.state != GroupState.ENDED}
    if not groups:
        raise NotThere
    first = next(iter(groups)) if len(groups) == 1 else ""
    asked = one.group.public_id if one.group else first
    return fill(
        request,
        TakeForm(list(groups.values()), sent(request), initial={"group": asked}),
        _sheet(one, _("S’en saisir"), _("S’en saisir")),
        lambda values: actions.take_problem(one, by=request.user, group=groups[values["group"]]),
        _("Le groupe s’en saisit. La personne qui l’a posé le sait."),
    )


@either
def answer(request: HttpRequest, problem_id: str) -> HttpResponse:
    """Say what the group answers."""
    one = within(request, get_problem(request.user, problem_id))
    if not (in_work_group(request.user, one.group) or can_frame(request.user, one.frame)):
        raise NotThere
    return fill(
        request,
        ReplyForm(sent(request)),
        _sheet(one, _("Répondre"), _("Répondre")),
        lambda values: actions.answer_problem(one, by=request.user, **values),
        _("La réponse est donnée. Tout le réseau la lit."),
    )


@either
def aside(request: HttpRequest, problem_id: str) -> HttpResponse:
    """Set it aside, saying why."""
    one = within(request, get_problem(request.user, problem_id))
    return fill(
        request,
        AsideForm(sent(request)),
        _sheet(one, _("Laisser de côté"), _("Laisser de côté")),
        lambda values: actions.set_aside(one, by=request.user, **values),
        _("C’est laissé de côté, avec ses raisons."),
    )


@either
def merge(request: HttpRequest, problem_id: str) -> HttpResponse:
    """Bring another one that says the same into this one."""
    one = within(request, get_problem(request.user, problem_id))
    frame = one.frame
    if not (can_frame(request.user, frame) or is_committee(request.user, frame)):
        raise NotThere
    near = {row.pk for row, _closeness in problems_alike(frame, request.user, one.title, 8)}
    others = [row for row in problems_of(frame, request.user) if row.state in LIVE and row.pk != one.pk]
    # Those that say nearly the same come first.
    rows = sorted(others, key=lambda row: row.pk not in near)[:40]
    by_id = {row.public_id: row for row in rows}
    asked = request.GET.get("with", "")
    form = MergeForm(rows, sent(request), initial={"folded": asked if asked in by_id else ""})
    return fill(
        request,
        form,
        _sheet(one, _("Réunir"), _("Réunir")),
        lambda values: actions.merge_problems(one, by_id[values["folded"]], by=request.user),
        _("Les deux n’en font plus qu’une."),
    )

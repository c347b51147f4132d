"""Experiments: the list, the lessons, one with its whole story, and how it is written, page by page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from reciproque.initiatives import actions
from reciproque.initiatives.access import (
    can_frame,
    can_write_experiment,
    get_experiment,
    is_committee,
    may_answer,
    may_search,
    own_of,
)
from reciproque.initiatives.queries import (
    experiments_of,
    lessons_of,
    problems_of,
    running_experiments,
    story_of,
    themes_of,
)
from reciproque.initiatives.queries.frames import groups_with
from reciproque.initiatives.queries.proposals import changes_in
from reciproque.initiatives.rules import Decision, ExperimentState
from reciproque.kit.errors import NotThere
from reciproque.kit.tokens import is_id, new_id
from reciproque.web.http import attempt, see
from reciproque.web.initiatives.forms.experiments import IdeaForm, MeasureForm, PlaceForm
from reciproque.web.initiatives.views.problems import LIVE
from reciproque.web.initiatives.views.sheets import (
    EXPERIMENT_TONES,
    Sheet,
    at,
    chosen,
    count_by_state,
    either,
    enter,
    expected,
    fill,
    of,
    sent,
    state_facets,
    today,
    trail,
    within,
)

if TYPE_CHECKING:
    from reciproque.initiatives.models import Experiment, Frame
    from reciproque.initiatives.queries.experiments import Moment, Story

S = ExperimentState
BEFORE = (S.DRAFT, S.ASKED, S.READY)
PAGES = [
    gettext_lazy("L’idée"),
    gettext_lazy("Où, avec qui, quand"),
    gettext_lazy("La mesure et les critères"),
]
# The picture of its time, in its own units.
WIDTH, EDGE, STEP = 320, 16, 26


def to_experiments(frame: Frame, *steps: tuple[Any, str]) -> list[dict[str, Any]]:
    """Return the way back up to the experiments."""
    return trail(frame, (_("Expérimentations"), of(frame, "experiments")), *steps)


@require_safe
def experiments(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the experiments of the network."""
    frame = enter(request, slug)
    every = experiments_of(frame, request.user)
    now = chosen(request, "state", S.values)
    rows = [one for one in every if not now or one.state == now]
    context = {
        "frame": frame,
        "rows": [line(one) for one in rows],
        "running": running_experiments(frame) if not now else [],
        "tabs": state_facets(request, S, count_by_state(every), now),
        "writes": may_search(request.user, frame),
        "crumbs": trail(frame, (_("Expérimentations"), "")),
    }
    return render(request, "initiatives/experiments.html", context)


def line(one: Experiment) -> dict[str, Any]:
    """Return an experiment as lists show it."""
    return {
        "experiment": one,
        "url": at(one, "experiment"),
        "tone": EXPERIMENT_TONES[S(one.state)],
        "learned": one.decision == Decision.STOP,
    }


@require_safe
def lessons(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what was learned by trying: what was stopped with a lesson stands beside what was adopted."""
    frame = enter(request, slug)
    context = {
        "frame": frame,
        "rows": [line(one) for one in lessons_of(frame)],
        "crumbs": to_experiments(frame, (_("Ce que l’on a appris"), "")),
    }
    return render(request, "initiatives/lessons.html", context)


# -- write it, page by page


LINKED = ("theme", "problem", "group")


def _linkable(request: HttpRequest, frame: Frame, one: Experiment | None = None) -> dict[str, list[Any]]:
    """Return what an experiment may be linked to; what it is linked to already stays in the lists."""
    found: dict[str, list[Any]] = {
        "themes": [theme.result for theme in themes_of(frame)],
        "problems": [row for row in problems_of(frame, request.user) if row.state in LIVE],
        "groups": groups_with(request.user, frame),
    }
    if one is not None:
        for name in LINKED:
            row, rows = getattr(one, name), found[f"{name}s"]
            if row is not None and row not in rows:
                rows.append(row)
    return found


def _idea(values: dict[str, Any], rows: dict[str, list[Any]]) -> dict[str, Any]:
    """Return the first page's values with rows in the place of their identifiers."""
    by_id = {row.public_id: row for found in rows.values() for row in found}
    return {name: by_id.get(value) if name in LINKED else value for name, value in values.items()}


def _steps(one: Experiment | None) -> list[Any]:
    if one is None:
        return [str(label) for label in PAGES]
    return [
        {"label": str(label), "url": reverse("initiatives:edit_experiment", args=[one.public_id, n])}
        for n, label in enumerate(PAGES, start=1)
    ]


@either
def new(request: HttpRequest, slug: str) -> HttpResponse:
    """Begin to write an experiment."""
    frame = enter(request, slug)
    if not may_search(request.user, frame):
        raise NotThere
    rows = _linkable(request, frame)
    asked = {name: request.GET.get(name, "") for name in LINKED}
    initial = {name: value for name, value in asked.items() if is_id(value)} | {"key": new_id()}
    if "group" not in initial and len(rows["groups"]) == 1:
        initial["group"] = rows["groups"][0].public_id
    form = IdeaForm(sent(request), initial=initial, **rows)
    title = _("Préparer une expérimentation")
    sheet = Sheet(
        title,
        _("Continuer"),
        of(frame, "experiments"),
        to_experiments(frame, (title, "")),
        lead=_("Trois pages. Vous pourrez vous arrêter et reprendre."),
        template="initiatives/experiment_page.html",
        more={"steps": _steps(None), "current": 1},
    )
    return fill(
        request,
        form,
        sheet,
        lambda values: actions.draft_experiment(frame, by=request.user, **_idea(values, rows)),
        _("C’est gardé."),
        lambda one: reverse("initiatives:edit_experiment", args=[one.public_id, 2]),
    )


@either
def edit(request: HttpRequest, experiment_id: str, page: int) -> HttpResponse:
    """Write one of the pages of an experiment that has not started."""
    one = within(request, get_experiment(request.user, experiment_id))
    if not can_write_experiment(request.user, one) or one.state not in BEFORE or page not in (1, 2, 3):
        raise NotThere
    rows = _linkable(request, one.frame, one) if page == 1 else {}
    form = _page_form(one, page, rows, sent(request))
    here = at(one, "experiment")
    practical = one.state != S.DRAFT
    next_page = reverse("initiatives:edit_experiment", args=[experiment_id, page + 1])
    sheet = Sheet(
        PAGES[page - 1],
        _("Enregistrer") if page == len(PAGES) or practical else _("Continuer"),
        here,
        to_experiments(one.frame, (one.title, here), (PAGES[page - 1], "")),
        template="initiatives/experiment_page.html",
        more={"steps": _steps(one), "current": page, "practical": practical and page != 2},
    )

    def act(values: dict[str, Any]) -> Any:
        given = _idea(values, rows) if page == 1 else values
        return actions.edit_experiment(one, by=request.user, **given)

    to = here if page == len(PAGES) or practical else next_page
    return fill(request, form, sheet, act, _("C’est gardé."), to)


def _page_form(one: Experiment, page: int, rows: dict[str, list[Any]], data: Any) -> Any:
    if page == 1:
        initial = {name: row.public_id if (row := getattr(one, name)) else "" for name in LINKED}
        words = {"title": one.title, "hypothesis": one.hypothesis}
        return IdeaForm(data, known=True, initial=initial | words, **rows)
    form = PlaceForm if page == 2 else MeasureForm
    return form(data, initial={name: getattr(one, name) for name in form.base_fields})


# -- one of them


@require_safe
def experiment(request: HttpRequest, experiment_id: str) -> HttpResponse:
    """Show an experiment: what was thought, the criteria and their versions, its time, its journal, its lesson."""
    one = within(request, get_experiment(request.user, experiment_id))
    story = story_of(one, request.user)
    frame = one.frame
    writes = can_write_experiment(request.user, one)
    waits = one.state in (S.ASKED, S.MEASURED)
    context = {
        "experiment": one,
        "story": story,
        "tone": EXPERIMENT_TONES[S(one.state)],
        "learned": one.decision == Decision.STOP,
        "writes": writes,
        "draft": one.state == S.DRAFT,
        "before": one.state in BEFORE,
        "live": one.state in (S.READY, S.RUNNING, S.MEASURED),
        "answers": waits and may_answer(request.user, one),
        "recused": waits and is_committee(request.user, frame) and request.user.pk in own_of(one),
        "aside": [person.display_name for person in one.recused.all()],
        "hands": (writes or can_frame(request.user, frame)) and one.state not in (S.DECIDED, S.DROPPED),
        "searches": may_search(request.user, frame),
        "criteria": _criteria(story),
        "log": [{"entry": row, "picture": _picture(one, row)} for row in story.log],
        "timeline": timeline_of(story.timeline),
        "steps": [expected(step) for step in story.steps],
        "today": today(),
        "crumbs": to_experiments(frame, (one.title, "")),
    }
    return render(request, "initiatives/experiment.html", context)


def _picture(one: Experiment, row: Any) -> str:
    return at(one, "experiment_picture", row.public_id) if row.picture else ""


def _criteria(story: Story) -> list[dict[str, Any]]:
    """Return each change of the criteria, latest first: why, by whom, and what differs word by word."""
    if not story.versions:
        return []
    after = [*(row.criteria for row in story.versions[1:]), story.experiment.criteria]
    return [
        {"version": row, "changes": changes_in(row.criteria, new)}
        for row, new in reversed(list(zip(story.versions, after, strict=True)))
    ]


def timeline_of(moments: Sequence[Moment]) -> dict[str, Any]:
    """Return the picture of an experiment's time: numbered points along a line, and where today is."""
    days = [_day(one.at) for one in moments]
    first, last = min([*days, today()]), max([*days, today()])
    span = (last - first).days or 1

    def place(day: dt.date) -> float:
        return round(EDGE + (WIDTH - 2 * EDGE) * (day - first).days / span, 1)

    ends: list[float] = []
    points = []
    for number, (one, day) in enumerate(zip(moments, days, strict=True), start=1):
        x = place(day)
        level = next((n for n, end in enumerate(ends) if x - end >= STEP), len(ends))
        ends[level : level + 1] = [x]
        points.append(
            {
                "n": number,
                "x": x,
                "y": EDGE + STEP * level,
                "kind": one.kind,
                "moment": one,
                "done": one.done,
                "past": day < today(),
                "timed": isinstance(one.at, dt.datetime),
            }
        )
    return {
        "points": points,
        "height": 2 * EDGE + STEP * max(len(ends) - 1, 0),
        "width": WIDTH,
        "today": place(today()),
    }


def _day(moment: dt.datetime | dt.date) -> dt.date:
    return timezone.localdate(moment) if isinstance(moment, dt.datetime) else moment


@require_POST
def follow(request: HttpRequest, experiment_id: str) -> HttpResponse:
    """Ask to be told what becomes of it, or not to be told any more."""
    one = within(request, get_experiment(request.user, experiment_id))
    if request.POST.get("act") == "unfollow":
        attempt(request, lambda: actions.unfollow(one, by=request.user), _("Vous ne la suivez plus."))
    else:
        attempt(
            request,
            lambda: actions.follow(one, by=request.user),
            _("Vous la suivez : vous saurez ce qu’elle devient."),
        )
    return see("initiatives:experiment", experiment_id)

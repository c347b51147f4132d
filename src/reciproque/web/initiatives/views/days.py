"""Launch days: plan one, read its wall, run it; its grid, its screen, its reports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reciproque.initiatives.access import can_run_day, can_take_part, get_day, get_frame
from reciproque.initiatives.actions.days import cancel_day, close_day, edit_day, open_day, plan_day
from reciproque.initiatives.queries.days import (
    alike_pairs,
    days_of,
    grid,
    my_day,
    projector,
    reports_of,
    timetable,
    version_of_day,
    wall,
)
from reciproque.initiatives.rules import DAY_LIVE, DayState, Phase
from reciproque.kit.errors import NotThere
from reciproque.kit.tokens import new_id
from reciproque.web.http import attempt, nothing_new, see, submit, tagged, tell
from reciproque.web.initiatives.forms.days import CancelForm, DayForm, rooms_text, slots_text

if TYPE_CHECKING:
    from reciproque.initiatives.models import Frame, LaunchDay

either = require_http_methods(["GET", "HEAD", "POST"])
TONES = {
    DayState.PLANNED: "neutral",
    DayState.OPEN: "good",
    DayState.CLOSED: "neutral",
    DayState.CANCELLED: "warn",
}
TURNS = {"open": open_day, "close": close_day}


def days_crumbs(frame: Frame, *trail: tuple[str, str]) -> list[dict[str, str]]:
    """Return the way back up to the launch days; `trail` is (label, address), the last one without address."""
    every = {
        "label": _("Journées de lancement"),
        "url": reverse("initiatives:days", args=[frame.network.slug]),
    }
    home = {"label": _("Réseau apprenant"), "url": reverse("initiatives:learning", args=[frame.network.slug])}
    return [home, every, *({"label": label, "url": url} if url else {"label": label} for label, url in trail)]


def day_url(day: LaunchDay, name: str = "day") -> str:
    """Return the address of one of a day's pages."""
    return reverse(f"initiatives:{name}", args=[day.public_id])


def inside_day(day: LaunchDay, label: str, *between: tuple[str, str]) -> list[dict[str, str]]:
    """Return the way back up from one of a day's pages."""
    return days_crumbs(day.frame, (day.title, day_url(day)), *between, (label, ""))


def get_run_day(request: HttpRequest, day_id: str) -> LaunchDay:
    """Return a day as those who run it see it; anyone else meets `NotThere`."""
    day = get_day(request.user, day_id)  # type: ignore[arg-type]
    request.network = day.frame.network  # type: ignore[attr-defined]
    if not can_run_day(request.user, day.frame):  # type: ignore[arg-type]
        raise NotThere
    return day


@require_safe
def days(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the launch days of a learning network."""
    frame = get_frame(request.user, slug)
    request.network = frame.network
    rows = days_of(frame)
    context = {
        "frame": frame,
        "coming": [row for row in reversed(rows) if row.state in DAY_LIVE],
        "past": [row for row in rows if row.state not in DAY_LIVE],
        "tones": TONES,
        "runs": can_run_day(request.user, frame) and frame.phase != Phase.OVER,
    }
    return render(request, "initiatives/days.html", context)


def _form_page(request: HttpRequest, form: DayForm, title: str, back: str, crumbs: Any) -> HttpResponse:
    context = {"form": form, "title": title, "back": back, "crumbs": crumbs}
    return render(request, "initiatives/day_form.html", context, status=422 if form.is_bound else 200)


@either
def plan(request: HttpRequest, slug: str) -> HttpResponse:
    """Plan a launch day."""
    frame = get_frame(request.user, slug)
    request.network = frame.network
    if not can_run_day(request.user, frame):
        raise NotThere
    form = DayForm(request.POST if request.method == "POST" else None, initial={"key": new_id()})
    if request.method == "POST":
        done, day = submit(form, lambda _values: plan_day(frame, by=request.user, **form.values()))
        if done:
            tell(request, _("La journée est prévue : le mur est ouvert aux sujets."))
            return see("initiatives:day", day.public_id)
    label = _("Prévoir une journée de lancement")
    back = reverse("initiatives:days", args=[slug])
    return _form_page(request, form, label, back, days_crumbs(frame, (label, "")))


@either
def edit(request: HttpRequest, day_id: str) -> HttpResponse:
    """Change the words, the times or the rooms of a day that is not over."""
    day = get_run_day(request, day_id)
    slots, rooms = timetable(day)
    starts = timezone.localtime(day.starts_at)
    initial = {
        "title": day.title,
        "day": starts.date(),
        "welcome": starts.time(),
        "slots": slots_text(slots),
        "rooms": rooms_text(rooms),
        "place": day.place,
        "words": day.words,
    }
    form = DayForm(request.POST if request.method == "POST" else None, initial=initial, known=True)
    if request.method == "POST":
        done, _day = submit(form, lambda _values: edit_day(day, by=request.user, **form.values()))
        if done:
            tell(
                request,
                _(
                    "C’est modifié. Les personnes inscrites sont prévenues d’une date ou d’un lieu qui change."
                ),
            )
            return see("initiatives:day", day_id)
    label = _("Modifier la journée")
    return _form_page(request, form, label, day_url(day), inside_day(day, label))


@require_safe
def day(request: HttpRequest, day_id: str) -> HttpResponse:
    """Show the wall: themes, subjects, who comes; and, to those who run the day, what it takes."""
    row = get_day(request.user, day_id)
    request.network = row.frame.network
    runs = can_run_day(request.user, row.frame)
    columns = wall(row, request.user)
    context = {
        "day": row,
        "tone": TONES[DayState(row.state)],
        "live": row.state in DAY_LIVE,
        "columns": columns,
        "total": sum(len(column.cards) for column in columns),
        "mine": my_day(row, request.user),
        "takes_part": can_take_part(request.user, row.frame),
        "runs": runs,
        "pairs": alike_pairs(row) if runs and row.state in DAY_LIVE else [],
        "crumbs": days_crumbs(row.frame, (row.title, "")),
    }
    return render(request, "initiatives/day.html", context)


@require_POST
def turn(request: HttpRequest, day_id: str, verb: str) -> HttpResponse:
    """Open or close the day."""
    row = get_run_day(request, day_id)
    done = {
        "open": _("La journée est ouverte. Bonne journée à toutes et tous."),
        "close": _("La journée est close. Les comptes rendus restent à finir, les groupes à former."),
    }
    attempt(request, lambda: TURNS[verb](row, by=request.user), done[verb])
    return see("initiatives:day", day_id)


@either
def cancel(request: HttpRequest, day_id: str) -> HttpResponse:
    """Cancel a day, saying why."""
    row = get_run_day(request, day_id)
    form = CancelForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        done, _day = submit(form, lambda values: cancel_day(row, by=request.user, **values))
        if done:
            tell(request, _("La journée est annulée. Les personnes inscrites sont prévenues."))
            return see("initiatives:day", day_id)
    elif row.state not in DAY_LIVE:
        raise NotThere
    context = {"day": row, "form": form, "back": day_url(row), "crumbs": inside_day(row, _("Annuler"))}
    return render(request, "initiatives/day_cancel.html", context, status=422 if form.is_bound else 200)


def grid_context(request: HttpRequest, row: LaunchDay) -> dict[str, Any]:
    """Return what the table of times and rooms shows to this reader."""
    live = row.state in DAY_LIVE
    return {
        "day": row,
        "grid": grid(row, request.user),  # type: ignore[arg-type]
        "moves_all": live and can_run_day(request.user, row.frame),  # type: ignore[arg-type]
        "live": live,
    }


@require_safe
def grid_page(request: HttpRequest, day_id: str) -> HttpResponse:
    """Show the day as a table of times and rooms, in which subjects are moved."""
    row = get_day(request.user, day_id)
    request.network = row.frame.network
    context = {**grid_context(request, row), "crumbs": inside_day(row, _("Grille"))}
    return render(request, "initiatives/grid.html", context)


def _tag(version: int) -> str:
    return f"{version}-{(get_language() or 'fr')[:2]}"


def _screen(row: LaunchDay) -> dict[str, Any]:
    shown = projector(row)
    return {"day": row, "screen": shown, "grid": shown.grid, "tag": _tag(shown.version)}


@require_safe
def screen(request: HttpRequest, day_id: str) -> HttpResponse:
    """Show the day to the whole room, in big letters."""
    row = get_day(request.user, day_id)
    request.network = row.frame.network
    return render(request, "initiatives/projector.html", _screen(row))


@require_safe
def screen_now(request: HttpRequest, day_id: str) -> HttpResponse:
    """Return the screen, or 304 while nothing has changed: asked every two seconds, it holds no connection."""
    row = get_day(request.user, day_id)
    same = nothing_new(request, _tag(version_of_day(row)))
    if same is not None:
        return same
    context = _screen(row)
    return tagged(render(request, "initiatives/projector_board.html", context), context["tag"])


@require_safe
def reports(request: HttpRequest, day_id: str) -> HttpResponse:
    """Show every report of the day, in order, ready to be printed."""
    row = get_day(request.user, day_id)
    request.network = row.frame.network
    context = {"day": row, "cards": reports_of(row), "crumbs": inside_day(row, _("Comptes rendus"))}
    return render(request, "initiatives/day_reports.html", context)

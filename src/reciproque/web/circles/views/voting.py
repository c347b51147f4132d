"""Dates put to a group: proposed by its facilitator, answered by each in seconds, fixed."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from reciproque.agenda.access import get_poll
from reciproque.agenda.actions import answer_poll, cancel_poll
from reciproque.agenda.queries import poll_sheet
from reciproque.agenda.rules import PollState
from reciproque.circles.access import is_facilitator
from reciproque.circles.actions import fix_sessions, open_session_poll
from reciproque.circles.queries import poll_of
from reciproque.kit import clock
from reciproque.kit.errors import NotThere
from reciproque.web.circles.forms.sessions import FixForm, NewPollForm, VoicesForm
from reciproque.web.circles.views import either, facilitated, inside, shared, url_of
from reciproque.web.circles.views.dates import fixed_words, left_to_date
from reciproque.web.http import attempt, see, submit, tell
from reciproque.web.parts.meetings import listed
from reciproque.web.parts.small import words

if TYPE_CHECKING:
    from reciproque.circles.models import Circle

ANSWER_DAYS = 7


@either
def new_poll(request: HttpRequest, circle_id: str) -> HttpResponse:
    """Propose several half-days to the group, among which some will be kept."""
    circle = facilitated(request, circle_id)
    initial = {
        "wanted": left_to_date(circle),
        "closes_on": timezone.localdate(clock.now()) + dt.timedelta(days=ANSWER_DAYS),
    }
    form = NewPollForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST":
        done, made = submit(
            form,
            lambda values: open_session_poll(
                circle,
                by=request.user,
                starts=values["starts"],
                closes_at=values["closes_at"],
                wanted=values["wanted"],
            ),
        )
        if done:
            tell(request, _("Les dates sont proposées. Chaque membre reçoit un message pour y répondre."))
            return see("circles:poll", made.public_id)
    context = {
        "circle": circle,
        "form": form,
        "back": url_of("sessions", circle),
        "crumbs": inside(circle, (_("Les séances"), url_of("sessions", circle)), _("Proposer des dates")),
    }
    return render(request, "circles/new_poll.html", context, status=422 if form.is_bound else 200)


@require_safe
def circle_poll(request: HttpRequest, circle_id: str) -> HttpResponse:
    """Lead to the group's latest poll, or to its sessions when there is none."""
    circle = shared(request, circle_id)
    found = poll_of(circle)
    return redirect("circles:poll", found.public_id) if found else redirect("circles:sessions", circle_id)


@either
def poll(request: HttpRequest, poll_id: str) -> HttpResponse:
    """Answer a poll in seconds, in one's own time; its facilitator reads who said what, and fixes."""
    row = get_poll(request.user, poll_id)
    if row.subject_kind != "circle":
        raise NotThere
    circle = shared(request, row.subject_id)
    leads = is_facilitator(request.user, circle)
    sheet = poll_sheet(row, request.user)
    asked = any(voter.person_id == request.user.pk for voter in sheet.voters)
    dates = [(line.public_id, words(line.starts_at)) for line in sheet.lines]
    act = request.POST.get("act", "") if request.method == "POST" else ""
    voices = VoicesForm(
        request.POST if act == "answer" else None,
        dates=dates,
        said={line.public_id: line.mine for line in sheet.lines},
    )
    best = [date.public_id for date in sheet.best]
    fix = FixForm(request.POST if act == "fix" else None, dates=dates, initial={"date": best})
    if request.method == "POST":
        answer = _act(request, circle, row, voices=voices, fix=fix, leads=leads)
        if answer is not None:
            return answer
    lines = [_line(line, voices[line.public_id]) for line in sheet.lines]
    context = {
        "circle": circle,
        "poll": row,
        "sheet": sheet,
        "lines": lines,
        "voices": voices,
        "fix": fix,
        "asked": asked and sheet.is_open,
        "leads": leads and row.state != PollState.CANCELLED,
        "silent": listed([one.person.display_name for one in sheet.voters if one.answered_at is None]),
        "crumbs": inside(circle, (_("Les séances"), url_of("sessions", circle)), _("Choisir les dates")),
    }
    return render(request, "circles/poll.html", context, status=422 if request.method == "POST" else 200)


def _line(line: Any, bound: Any) -> dict[str, Any]:
    here = ", ".join(f"{there.place} : {there.words}" for there in line.zones)
    return {
        "at": line.starts_at,
        "field": bound,
        "hint": " ".join(bit for bit in (f"{here}." if here else "", *line.warnings) if bit),
        "yes": listed([one.display_name for one in line.yes]),
        "if_needed": listed([one.display_name for one in line.if_needed]),
        "no": listed([one.display_name for one in line.no]),
        "yes_count": len(line.yes),
        "if_count": len(line.if_needed),
        "no_count": len(line.no),
        "is_best": line.is_best,
        "is_kept": line.date.is_kept,
    }


def _act(
    request: HttpRequest, circle: Circle, row: Any, *, voices: VoicesForm, fix: FixForm, leads: bool
) -> HttpResponse | None:
    """Do what was pressed; None when a form is to be mended."""
    act = request.POST.get("act", "")
    if act == "answer":
        done, _row = submit(
            voices, lambda _values: answer_poll(row, by=request.user, answers=voices.answers())
        )
        if done:
            tell(request, _("Merci, c’est noté. Vous pouvez changer d’avis tant que le choix est ouvert."))
            return see("circles:poll", row.public_id)
        return None
    if not leads:
        raise NotThere
    if act == "fix":
        starts = {date.public_id: date.starts_at for date in row.dates.all()}
        done, made = submit(
            fix,
            lambda values: fix_sessions(
                circle, by=request.user, starts=[starts[one] for one in values["date"]]
            ),
        )
        if done:
            tell(request, fixed_words(len(made)))
            return see("circles:sessions", circle.public_id)
        return None
    if act == "give_up":
        attempt(request, lambda: cancel_poll(row, by=request.user), _("Ces dates sont abandonnées."))
        return see("circles:sessions", circle.public_id)
    raise NotThere

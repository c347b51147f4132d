"""The two reviews: of the group, by its members; to the deciders, only what every member agreed to tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from reciproque.circles.access import is_facilitator
from reciproque.circles.actions import propose_line, review_group, send_report
from reciproque.circles.queries import (
    counted,
    figures_in_words,
    outings_of,
    received_report,
    report_preview,
    review_of,
    seat_of,
)
from reciproque.circles.rules import CircleState, SeatState
from reciproque.kit.errors import NotThere
from reciproque.web.circles.forms.endings import REACHED, LineForm, ReviewForm
from reciproque.web.circles.views import either, here, inside, shared, tabs, url_of
from reciproque.web.circles.views.leavings import outing_row
from reciproque.web.http import attempt, see, submit, tell

if TYPE_CHECKING:
    from reciproque.circles.models import Circle

# When members say what the group brought; when lines for the deciders can be thought of already.
REVIEWED = (CircleState.WRITING, CircleState.CLOSED)
PROPOSED = (CircleState.SESSIONS, *REVIEWED)


@either
def review(request: HttpRequest, circle_id: str) -> HttpResponse:
    """Say what the group brought, against the goal one had written; read what the others said."""
    circle = shared(request, circle_id)
    seat = seat_of(circle, request.user)
    sits = seat is not None and seat.state == SeatState.SEATED
    open_ = sits and circle.state in REVIEWED
    initial = (
        {"reached": seat.reached, "brought": seat.brought, "wishes": seat.wishes}
        if seat and seat.reviewed_at
        else {}
    )
    form = ReviewForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST":
        if not open_:
            raise NotThere
        done, _seat = submit(form, lambda values: review_group(seat, by=request.user, **values))
        if done:
            tell(request, _("Merci. Votre bilan est gardé dans le groupe."))
            return see("circles:review", circle_id)
    found = review_of(circle)
    context = {
        "circle": circle,
        "seat": seat,
        "form": form if open_ else None,
        "review": found,
        "said": [_said(one) for one in found.seats if one.reviewed_at],
        "counted": counted(circle),
        "leads": is_facilitator(request.user, circle),
        "report_url": url_of("report", circle) if circle.state in PROPOSED else "",
        "tabs": tabs(circle, "review"),
        "crumbs": inside(circle, _("Le bilan")),
    }
    return render(request, "circles/review.html", context, status=422 if form.is_bound else 200)


def _said(seat: Any) -> dict[str, Any]:
    return {
        "name": seat.person.display_name,
        "goal": seat.goal,
        "reached": dict(REACHED).get(seat.reached, ""),
        "brought": seat.brought,
        "wishes": seat.wishes,
    }


@either
def report(request: HttpRequest, circle_id: str) -> HttpResponse:
    """Propose lines for the deciders; show exactly what would leave; its facilitator sends it, once."""
    circle = shared(request, circle_id)
    leads = is_facilitator(request.user, circle)
    act = request.POST.get("act", "") if request.method == "POST" else ""
    form = LineForm(request.POST if act == "line" else None)
    if act == "line":
        done, _outing = submit(form, lambda values: propose_line(circle, by=request.user, **values))
        if done:
            tell(request, _("Chaque membre est interrogé. La phrase ne part que si tous disent oui."))
            return see("circles:report", circle_id)
    elif act == "send":
        return _send(request, circle, leads=leads)
    elif request.method == "POST":
        raise NotThere
    found = report_preview(circle)
    rows = [outing_row(one) for one in outings_of(circle, request.user)]
    context = {
        "circle": circle,
        "leads": leads,
        "form": form if circle.state in PROPOSED and found.report is None else None,
        "preview": found,
        "lines": [row for row in rows if row["is_line"]],
        "sendable": leads and found.report is None and circle.state in REVIEWED,
        "tabs": tabs(circle, "review"),
        "crumbs": inside(circle, (_("Le bilan"), url_of("review", circle)), _("Aux décideurs")),
    }
    return render(request, "circles/report.html", context, status=422 if form.is_bound else 200)


def _send(request: HttpRequest, circle: Circle, *, leads: bool) -> HttpResponse:
    if not leads:
        raise NotThere
    attempt(
        request,
        lambda: send_report(circle, by=request.user),
        _("Le bilan est remis aux décideurs. C’est tout ce qu’ils liront."),
    )
    return see("circles:report", circle.public_id)


@require_safe
def received(request: HttpRequest, circle_id: str) -> HttpResponse:
    """Show a decider the review they were sent: these lines, these figures, nothing else."""
    row = received_report(request.user, circle_id)
    circle = here(request, row.circle)
    context = {
        "circle": circle,
        "report": row,
        "figures": figures_in_words(row.figures),
        "home_url": reverse("home:home"),
    }
    return render(request, "circles/received.html", context)

"""The two reviews: of the group, by its members; to the deciders, only what every member agreed to tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from reciproque.circles.access import can_correct_deciders, get_circle, is_facilitator
from reciproque.circles.actions import correct_decider, propose_line, review_group, send_report
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
from reciproque.people.queries import find_people
from reciproque.web.circles.forms.endings import REACHED, DeciderForm, LineForm, ReviewForm
from reciproque.web.circles.views import either, here, inside, shared, tabs, url_of
from reciproque.web.circles.views.leavings import outing_row
from reciproque.web.http import attempt, see, submit, tell
from reciproque.web.parts.meetings import listed
from reciproque.web.parts.posts import person_line

if TYPE_CHECKING:
    from reciproque.circles.models import Circle
    from reciproque.circles.queries import ReportView

# How many people a search shows.
FOUND = 8
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
        "crumbs": inside(circle, _("Le bilan du groupe")),
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
        "crumbs": inside(circle, (_("Le bilan du groupe"), url_of("review", circle)), _("Aux décideurs")),
    }
    return render(request, "circles/report.html", context, status=422 if form.is_bound else 200)


def _send(request: HttpRequest, circle: Circle, *, leads: bool) -> HttpResponse:
    if not leads:
        raise NotThere
    preview = report_preview(circle)
    attempt(request, lambda: send_report(circle, by=request.user), _sent(preview))
    return see("circles:report", circle.public_id)


def _sent(preview: ReportView) -> str:
    """Say whom the review reached, and to whom it is to be handed on paper."""
    names = {
        "here": listed([str(one) for one in preview.reached]),
        "paper": listed([str(one) for one in preview.to_print]),
    }
    if preview.reached and not preview.to_print:
        return _("Le bilan est remis aux décideurs. C’est tout ce qu’ils liront.")
    if preview.reached:
        return _("Le bilan est remis à %(here)s. Il reste à l’imprimer et à le remettre à %(paper)s.") % names
    if preview.to_print:
        return (
            _("Le bilan est arrêté. Personne ne l’a reçu ici : imprimez-le et remettez-le à %(paper)s.")
            % names
        )
    return _("Le bilan est arrêté. Aucun décideur n’est nommé : imprimez-le pour qui doit le lire.")


@either
def deciders(request: HttpRequest, circle_id: str) -> HttpResponse:
    """Find in the directory, by name, a decider whom the need only named: they receive the review here."""
    circle = here(request, get_circle(request.user, circle_id))
    if not can_correct_deciders(request.user, circle):
        raise NotThere
    rows = list(circle.deciders.select_related("person"))
    words = request.GET.get("q", "").strip()[:100]
    people = find_people(words, FOUND)
    form = DeciderForm(
        request.POST if request.method == "POST" else None,
        deciders=[(one.public_id, f"{one} ({one.role})" if one.role else str(one)) for one in rows],
        people=[(one.public_id, f"{one.display_name}, {person_line(one)}") for one in people],
    )
    if request.method == "POST":
        about = {one.public_id: one for one in rows}
        found = {one.public_id: one for one in people}
        done, _one = submit(
            form,
            lambda values: correct_decider(
                circle, by=request.user, decider=about[values["decider"]], person=found[values["person"]]
            ),
        )
        if done:
            tell(request, _("C’est noté : le bilan lui sera remis ici."))
            return see("circles:deciders", circle_id)
    shares_it = circle.constituted_at is None or is_facilitator(request.user, circle)
    context = {
        "circle": circle,
        "rows": [
            {"name": str(one), "role": one.role, "here": one.person is not None and one.person.is_active}
            for one in rows
        ],
        "words": words,
        "people": people,
        "form": form,
        "crumbs": inside(circle, _("Les décideurs")),
        "back": url_of("making" if circle.constituted_at is None else "report", circle) if shares_it else "",
    }
    return render(request, "circles/deciders.html", context, status=422 if form.is_bound else 200)


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

"""The queue of who handles reports, one report, one appeal."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from reciproque.kit.errors import NotThere
from reciproque.moderation.access import can_decide, get_appeal, get_report, get_report_to_decide, is_waiting
from reciproque.moderation.actions import answer_appeal, decide
from reciproque.moderation.queries import (
    context_of,
    decisions_of,
    decisions_possible,
    handles_reports,
    queue_of,
    shown,
    subject_of,
    told_to_reporter,
)
from reciproque.moderation.rules import DecisionKind, Kind
from reciproque.web.http import see as go
from reciproque.web.http import submit, tell
from reciproque.web.moderation.forms import AnswerForm, DecideForm
from reciproque.web.parts.posts import person_line

# What each decision means, said beside it.
MEANINGS: dict[str, Any] = {
    DecisionKind.KEEP: lambda: _("Le laisser en l’état"),
    DecisionKind.CHANGE: lambda: _(
        "Demander une correction à son auteur : sans elle, l’annonce sera masquée"
    ),
    DecisionKind.HIDE: lambda: _("Le masquer : son auteur saura pourquoi et pourra faire un recours"),
    DecisionKind.RESTORE: lambda: _("Le remettre en ligne : son auteur sera prévenu"),
    DecisionKind.NOTE: lambda: _("Noter pour le suivi : vous et l’administration le lirez, personne d’autre"),
    DecisionKind.SEPARATE: lambda: _(
        "Ne plus jamais proposer ces deux personnes l’une à l’autre : seule celle qui a signalé le sait"
    ),
    DecisionKind.PAUSE: lambda: _(
        "Suspendre les nouvelles mises en relation de la personne : elle saura pourquoi et pourra faire un recours"
    ),
    DecisionKind.CLOSE: lambda: _("Clore le signalement, avec une réponse à qui l’a fait"),
}


@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """Show the reports and appeals that wait for the reader, and those just settled."""
    if not handles_reports(request.user):
        raise NotThere
    waiting = queue_of(request.user)
    return render(request, "moderation/queue.html", {"queue": waiting})


def _end_of(day: dt.date | None, zone: str) -> dt.datetime | None:
    return dt.datetime.combine(day, dt.time(23, 59), ZoneInfo(zone)) if day is not None else None


@require_http_methods(["GET", "HEAD", "POST"])
def case(request: HttpRequest, report_id: str) -> HttpResponse:
    """Show a report: to who made it, their own words and its state; to who handles it, all that it takes to decide."""
    report = get_report(request.user, report_id)
    request.network = report.network
    if not can_decide(request.user, report):
        return _followed(request, report)
    report = get_report_to_decide(request.user, report_id)
    subject = subject_of(report)
    kinds = [(kind, MEANINGS[kind]()) for kind in decisions_possible(report, subject)]
    form = DecideForm(request.POST if request.method == "POST" else None, kinds=kinds)
    if request.method == "POST":
        done, _row = submit(
            form,
            lambda values: decide(
                report,
                by=request.user,
                kind=values["kind"],
                words=values["words"],
                until=_end_of(values.get("until"), request.user.time_zone),
            ),
        )
        if done:
            tell(request, _("Votre décision est enregistrée, et dite à qui elle concerne."))
            return go("moderation:case", report_id)
    page = {
        "report": report,
        "shown": shown(report, subject, around=True),
        "about_line": person_line(report.about),
        "reporter_line": person_line(report.reporter),
        "conduct": report.kind == Kind.PERSON,
        "context": context_of(report),
        "decisions": decisions_of(report),
        "form": form if kinds else None,
        "crumbs": [
            {"label": _("Signalements confiés"), "url": reverse("moderation:queue")},
            {"label": _("Signalement")},
        ],
    }
    return render(request, "moderation/case.html", page, status=422 if request.method == "POST" else 200)


def _followed(request: HttpRequest, report: Any) -> HttpResponse:
    """What its author sees of a report: their words, who has it, what was answered."""
    if report.reporter_id != request.user.pk or request.method == "POST":
        raise NotThere
    page = {
        "report": report,
        "decisions": told_to_reporter(decisions_of(report)),
        "crumbs": [
            {"label": _("Signalements"), "url": reverse("moderation:mine")},
            {"label": _("Mon signalement")},
        ],
    }
    return render(request, "moderation/followed.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
def appeal(request: HttpRequest, appeal_id: str) -> HttpResponse:
    """Show an appeal to the one who answers it."""
    row = get_appeal(request.user, appeal_id)
    report = row.decision.report
    request.network = report.network
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        done, _row = submit(
            form,
            lambda values: answer_appeal(
                row, by=request.user, overturn=values["outcome"] == "overturned", words=values["words"]
            ),
        )
        if done:
            tell(request, _("Votre réponse est enregistrée. Elle est définitive."))
            return go("moderation:appeal", appeal_id)
    page = {
        "appeal": row,
        "decision": row.decision,
        "report": report,
        "shown": shown(report, subject_of(report), around=True),
        "about_line": person_line(report.about),
        "conduct": report.kind == Kind.PERSON,
        "form": form if is_waiting(row) else None,
        "crumbs": [
            {"label": _("Signalements confiés"), "url": reverse("moderation:queue")},
            {"label": _("Recours")},
        ],
    }
    return render(request, "moderation/appeal.html", page, status=422 if request.method == "POST" else 200)

"""Reports that leave the house: read, written, sent, printed; and what one hands out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reciproque.insights.access import get_report_of, read_report, writes_reports
from reciproque.insights.actions import send_report, write_report
from reciproque.insights.queries.printed import report_pdf
from reciproque.insights.queries.reports import csv_of, poster_of, report_of, report_periods
from reciproque.insights.rules.reports import ReportKind
from reciproque.web.http import attempt, hand_over, hand_over_table, see, submit, tell
from reciproque.web.insights.forms.reports import ReportForm
from reciproque.web.insights.views.pictures import cells_of
from reciproque.web.insights.views.reading import reading
from reciproque.web.parts.pictures import alone, draw

if TYPE_CHECKING:
    from reciproque.insights.access import Reader
    from reciproque.insights.queries.report_parts import Report, Section
    from reciproque.insights.rules import Period
    from reciproque.networks.models import Network

either = require_http_methods(["GET", "HEAD", "POST"])


def _period(network: Network, kind: str, start: str) -> Period:
    """Return the period of a report that can be read, else say that there is none."""
    if kind in ReportKind.values:
        for period in report_periods(network, kind):
            if period.start.isoformat() == start:
                return period
    raise Http404


def _read(request: HttpRequest, slug: str, kind: str, start: str) -> tuple[Reader, Report]:
    reader = reading(request, slug)
    period = _period(reader.network, kind, start)
    note = read_report(request.user, reader.network, kind, period.start)  # type: ignore[arg-type]
    return reader, report_of(reader.network, kind, period, note)


def _crumbs(network: Network, *trail: tuple[str, str]) -> list[dict[str, str]]:
    up = [
        {"label": network.name, "url": reverse("join:network", args=[network.slug])},
        {"label": _("Rapports"), "url": reverse("insights:reports", args=[network.slug])},
    ]
    return [*up, *({"label": label, "url": url} for label, url in trail)]


@require_safe
def reports(request: HttpRequest, slug: str) -> HttpResponse:
    """List the reports that can be read."""
    reader = reading(request, slug)
    network = reader.network
    kinds = [
        {
            "label": capfirst(str(label)),
            "id": kind,
            "periods": [
                {
                    "name": capfirst(period.name),
                    "url": reverse("insights:report", args=[slug, kind, period.start.isoformat()]),
                }
                for period in report_periods(network, kind)
            ],
        }
        for kind, label in ReportKind.choices
    ]
    context = {"network": network, "slug": slug, "kinds": kinds, "crumbs": _crumbs(network)}
    return render(request, "insights/reports.html", context)


def _drawn(section: Section, period: str) -> dict[str, Any]:
    return {
        "section": section,
        "tables": section.tables,
        "pictures": [
            {
                "picture": one,
                "wide": draw(one),
                "narrow": draw(one, narrow=True),
                "rows": cells_of(one),
                "period": one.period or period,
            }
            for one in section.pictures
        ],
    }


@require_safe
def report(request: HttpRequest, slug: str, kind: str, start: str) -> HttpResponse:
    """Show one report as a page."""
    reader, found = _read(request, slug, kind, start)
    note = found.note
    address = [slug, kind, start]
    context = {
        "network": reader.network,
        "slug": slug,
        "report": found,
        "period": found.period.key,
        "sections": [_drawn(one, found.period.key) for one in found.sections],
        "writes": writes_reports(request.user, reader.network),
        "sent": note is not None and note.sent_at is not None,
        "pdf_url": reverse("insights:report_file", args=[*address, "pdf"]),
        "csv_url": reverse("insights:report_file", args=[*address, "csv"]),
        "write_url": reverse("insights:report_write", args=address),
        "send_url": reverse("insights:report_send", args=address),
        "crumbs": _crumbs(reader.network, (capfirst(found.period.name), "")),
    }
    return render(request, "insights/report.html", context)


@require_safe
def report_file(request: HttpRequest, slug: str, kind: str, start: str, ending: str) -> HttpResponse:
    """Give one report as a document to print or hand over, or as a table."""
    if ending not in ("pdf", "csv"):
        raise Http404
    reader, found = _read(request, slug, kind, start)
    language = (get_language() or "fr")[:2]
    name = f"{slug}-{kind}-{start}-{language}.{ending}"
    if ending == "csv":
        return hand_over_table(name, *csv_of(found))
    note, network, period = found.note, reader.network, found.period
    content = report_pdf(lambda: report_of(network, kind, period, note), language, alone)
    return hand_over(name, content, "application/pdf")


@either
def report_write(request: HttpRequest, slug: str, kind: str, start: str) -> HttpResponse:
    """Write the animator's words of one report."""
    reader = reading(request, slug)
    network = reader.network
    if not writes_reports(request.user, network):  # type: ignore[arg-type]
        raise PermissionDenied
    period = _period(network, kind, start)
    note = get_report_of(network, kind, period.start)
    draft = note if note is not None and note.sent_at is None else None
    first = {"words": note.words, "planned": note.planned} if note else {}
    first["revision"] = draft.revision if draft else None
    form = ReportForm(request.POST if request.method == "POST" else None, initial=first)
    if request.method == "POST":
        done, _note = submit(
            form, lambda values: write_report(network, kind, period.start, by=request.user, **values)
        )  # type: ignore[arg-type]
        if done:
            tell(request, _("Vos mots sont gardés. Le rapport part quand vous l’envoyez."))
            return see("insights:report", slug, kind, start)
    back = reverse("insights:report", args=[slug, kind, start])
    context = {
        "network": network,
        "form": form,
        "again": note is not None and draft is None,
        "back": back,
        "name": capfirst(period.name),
        "crumbs": _crumbs(network, (capfirst(period.name), back), (_("Vos mots"), "")),
    }
    return render(request, "insights/report_write.html", context, status=422 if form.is_bound else 200)


@require_POST
def report_send(request: HttpRequest, slug: str, kind: str, start: str) -> HttpResponse:
    """Send a report to those who read the figures."""
    reader = reading(request, slug)
    period = _period(reader.network, kind, start)
    if not writes_reports(request.user, reader.network):  # type: ignore[arg-type]
        raise PermissionDenied
    note = get_report_of(reader.network, kind, period.start)
    if note is None:
        raise Http404
    done = _(
        "Le rapport est envoyé : ceux qui lisent les chiffres du réseau le lisent maintenant avec vos mots."
    )
    attempt(request, lambda: send_report(note, by=request.user), done)  # type: ignore[arg-type]
    return see("insights:report", slug, kind, start)


@require_safe
def handout(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what one hands out to present a network: a poster, a slide and a mail, with what everybody was told."""
    reader = reading(request, slug)
    network = reader.network
    lines = poster_of(network)
    context = {
        "network": network,
        "lines": lines,
        "period": lines[0].figure.period.name if lines else "",
        "address": request.build_absolute_uri(reverse("join:network", args=[slug])),
        "crumbs": _crumbs(network, (_("Kit de présentation"), "")),
    }
    return render(request, "insights/handout.html", context)

"""What came out of a campaign: the same masked figures for all who may read them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from reciproque.surveys.access import can_write, get_results
from reciproque.surveys.queries import result_rows, results
from reciproque.surveys.rules import grouped
from reciproque.web.http import hand_over_table


@require_safe
def read(request: HttpRequest, campaign_id: str) -> HttpResponse:
    """Read the results of a closed campaign, by groups of enough people only."""
    row = get_results(request.user, campaign_id)
    request.network = row.network
    found = results(row, request.user)
    writes = can_write(request.user, row.network)
    desk = reverse("surveys:desk", args=[row.network.slug]) if writes else reverse("surveys:mine")
    context: dict[str, Any] = {
        "found": found,
        "answered": grouped(found.answered),
        "campaign": row,
        "tables": [{"question": one, "rows": _table(one)} for one in found.questions],
        "moves": [{"question": one, "rows": _table(one)} for one in found.moves],
        "crumbs": [{"label": _("Questionnaires"), "url": desk}, {"label": row.title}],
    }
    return render(request, "surveys/results.html", context)


def _table(question: Any) -> list[dict[str, Any]]:
    """Return the lines of a question, over all then by group; a bar's width is a class, by fives."""
    return [
        {
            "name": part.name,
            # Alone, the table would repeat the question that stands above it: that is for who hears the page.
            "is_alone": not question.parts,
            "caption": (part.name or _("Tout le monde")) if question.parts else question.text,
            "key": part.key,
            "counted": part.counted,
            "middle": part.middle,
            "bars": [
                {
                    "label": bar.label,
                    "count": bar.count,
                    "number": bar.number,
                    "percent": bar.percent,
                    "key": bar.key,
                }
                for bar in part.bars
            ],
        }
        for part in [question.whole, *question.parts]
    ]


@require_safe
def table(request: HttpRequest, campaign_id: str) -> HttpResponse:
    """Give what the page shows as a file that a spreadsheet opens."""
    row = get_results(request.user, campaign_id)
    columns, *rows = result_rows(results(row, request.user))
    return hand_over_table(f"questionnaire-{row.public_id}.csv", columns, rows)

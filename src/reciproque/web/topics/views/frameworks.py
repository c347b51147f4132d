"""The frameworks of skills imported: how much they hold, their hierarchy, one entry, and a table brought in."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from reciproque.catalogue.access import get_entry, get_framework
from reciproque.catalogue.actions import import_framework, preview_framework, read_framework
from reciproque.catalogue.queries import entries_under, parents_of, topics_linked
from reciproque.catalogue.queries import frameworks as all_frameworks
from reciproque.catalogue.rules import FrameworkKind
from reciproque.matching.queries import search_entries
from reciproque.people.access import can_administer
from reciproque.web.http import page_number, see, submit, tell
from reciproque.web.topics.forms import TableForm
from reciproque.web.topics.views import place_of


def _crumbs(*more: tuple[str, str]) -> list[dict[str, str]]:
    top = {"label": _("Référentiels"), "url": reverse("topics:frameworks") if more else ""}
    return [top, *({"label": label, "url": url} for label, url in more)]


@require_safe
def frameworks(request: HttpRequest) -> HttpResponse:
    """Show every framework imported, with what it holds."""
    context = {"rows": all_frameworks(), "administers": can_administer(request.user)}
    return render(request, "topics/frameworks.html", context)


def _row(entry: Any) -> dict[str, Any]:
    return {
        "label": entry.label,
        "url": reverse("topics:entry", args=[entry.public_id]),
        "group": entry.group,
        "job": entry.job,
        "below": getattr(entry, "below", 0),
        "place": place_of(entry) if not hasattr(entry, "below") else "",
    }


@require_safe
def framework(request: HttpRequest, framework_slug: str) -> HttpResponse:
    """Browse a framework from the top, or search it."""
    row = get_framework(request.user, framework_slug)
    words = request.GET.get("q", "").strip()[:120]
    page = None if words else entries_under(row, page=page_number(request))
    found = search_entries(words, framework=row, limit=40) if words else list(page or ())
    context = {
        "framework": row,
        "words": words,
        "page": page,
        "rows": [_row(entry) for entry in found],
        "here": reverse("topics:framework", args=[row.slug]),
        "crumbs": _crumbs((row.title, "")),
    }
    return render(request, "topics/framework.html", context)


@require_safe
def entry(request: HttpRequest, framework_entry_id: str) -> HttpResponse:
    """Show one skill of a framework: where it stands, its other names, the topics that are the same."""
    row = get_entry(request.user, framework_entry_id)
    above = parents_of(row)
    page = entries_under(row.framework, row, page=page_number(request))
    context = {
        "entry": row,
        "names": list(row.names.order_by("label")),
        "page": page,
        "rows": [_row(child) for child in page],
        "topics": [
            {
                "label": topic.label,
                "network": network.name,
                "url": reverse("find:topic", args=[network.slug, topic.public_id]),
            }
            for topic, network in topics_linked(row, request.user)
        ],
        "crumbs": _crumbs(
            (row.framework.title, reverse("topics:framework", args=[row.framework.slug])),
            *((one.label, reverse("topics:entry", args=[one.public_id])) for one in above),
            (row.label, ""),
        ),
    }
    return render(request, "topics/entry.html", context)


@require_http_methods(["GET", "POST"])
def bring_in(request: HttpRequest) -> HttpResponse:
    """Read a table, say what importing it would do, then import it when told to."""
    if not can_administer(request.user):
        raise PermissionDenied
    form = TableForm(request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {"form": form, "crumbs": _crumbs((_("Importer un tableau"), ""))}
    if request.method == "POST":
        done, reading = submit(form, _read)
        if done and "accept" in request.POST:
            values = form.cleaned_data
            done, _counts = submit(
                form,
                lambda _values: import_framework(
                    values["slug"], reading, by=request.user, version=values["version"]
                ),
            )
            if done:
                tell(request, _("Le référentiel est importé."))
                return see("topics:framework", values["slug"])
        elif done:
            context |= {
                "reading": reading,
                "refused": reading.refused[:50],
                "would": preview_framework(form.cleaned_data["slug"], reading),
            }
    return render(request, "topics/bring_in.html", context, status=422 if form.errors else 200)


def _read(values: dict[str, Any]) -> Any:
    files = {"table.csv": values["table"].encode()}
    return read_framework(FrameworkKind.CSV, files, title=values["title"], credit=values["credit"])

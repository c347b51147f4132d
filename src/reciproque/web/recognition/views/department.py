"""What a network settles of training, the store it sends to, and what its training department takes."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from reciproque.kit.tables import safe_cell, write_book
from reciproque.networks.access import require_settler
from reciproque.recognition.access import require_training_department
from reciproque.recognition.actions import send_again, set_store, set_training, take_training
from reciproque.recognition.queries import (
    export_columns,
    export_rows,
    exports_of,
    store_line,
    training_setting,
    training_years,
)
from reciproque.recognition.rules.training import ExportForm, StoreVersion
from reciproque.web.http import attempt, see, submit, tell
from reciproque.web.recognition.forms.training import ExportTrainingForm, StoreForm, TrainingSettingForm
from reciproque.web.recognition.views import either, status_of

if TYPE_CHECKING:
    from reciproque.networks.models import Network
    from reciproque.recognition.models import TrainingExport

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


# -- what the network settles --------------------------------------------------------------------------------


def _settings(
    request: HttpRequest, network: Network, form: Any = None, store_form: Any = None
) -> HttpResponse:
    row, line = training_setting(network), store_line(network)
    initial = {"on": row.on, "kinds": row.kinds, "afest": row.afest} if row else {"kinds": ["exchange"]}
    store = line.store if line else None
    held = (
        {"on": store.on, "url": store.url, "version": store.version}
        if store
        else {"version": StoreVersion.TWO}
    )
    context = {
        "network": network,
        "title": _("Formation locale"),
        "form": form or TrainingSettingForm(initial=initial),
        "store_form": store_form or StoreForm(initial=held, prefix="store"),
        "line": line,
        "crumbs": [
            {"label": _("Réglages du réseau"), "url": reverse("settings:index", args=[network.slug])},
            {"label": _("Formation locale")},
        ],
    }
    status = max(status_of(form), status_of(store_form))
    return render(request, "recognition/training_settings.html", context, status=status)


@either
def settle(request: HttpRequest, slug: str) -> HttpResponse:
    """Settle whether a network counts local training, and of which kinds."""
    network = request.network = require_settler(request.user, slug)
    if request.method != "POST":
        return _settings(request, network)
    form = TrainingSettingForm(request.POST)
    done, _row = submit(form, lambda data: set_training(network, by=request.user, **data))
    if not done:
        return _settings(request, network, form)
    tell(request, _("C’est enregistré."))
    return see("recognition:training_settings", slug)


@require_POST
def store(request: HttpRequest, slug: str) -> HttpResponse:
    """Settle to which Learning Record Store what is handed over is sent."""
    network = request.network = require_settler(request.user, slug)
    form = StoreForm(request.POST, prefix="store")
    done, _store = submit(form, lambda data: set_store(network, by=request.user, **data))
    if not done:
        return _settings(request, network, store_form=form)
    tell(request, _("C’est enregistré. Ce qui est transmis part dans les dix minutes."))
    return see("recognition:training_settings", slug)


@require_POST
def again(request: HttpRequest, slug: str) -> HttpResponse:
    """Send again what the store refused."""
    network = request.network = require_settler(request.user, slug)
    done, number = attempt(request, lambda: send_again(network, by=request.user))
    if done:
        said = ngettext("%(n)s déclaration repartira.", "%(n)s déclarations repartiront.", number)
        tell(request, said % {"n": number})
    return see("recognition:training_settings", slug)


# -- what the training department takes ----------------------------------------------------------------------


@either
def export(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Give the training department the records of a year that both people handed over; who took what is written."""
    network = request.network = require_training_department(request.user, slug)
    request.place = "join"  # type: ignore[attr-defined]
    years = training_years(network)
    choices = [
        (
            one.year,
            ngettext("%(year)s : %(n)s formation", "%(year)s : %(n)s formations", one.records)
            % {"year": one.year, "n": one.records},
        )
        for one in years
    ]
    form = ExportTrainingForm(request.POST if request.method == "POST" else None, years=choices)
    if request.method == "POST":
        done, taken = submit(form, lambda data: take_training(network, by=request.user, **data))
        if done:
            return _file(taken, network)
    context = {
        "network": network,
        "form": form,
        "taken": exports_of(network),
        "columns": export_columns(),
        "crumbs": [
            {"label": network.name, "url": reverse("join:network", args=[slug])},
            {"label": _("Formations transmises")},
        ],
    }
    return render(request, "recognition/training_export.html", context, status=status_of(form))


class _Line:
    """What a writer of CSV writes to: the line itself is given on."""

    def write(self, line: str) -> str:
        return line


def _lines(taken: TrainingExport) -> Iterator[str]:
    writer = csv.writer(_Line(), delimiter=";", lineterminator="\r\n")  # type: ignore[arg-type]
    # A mark that spreadsheets need to read accents.
    yield "\ufeff" + writer.writerow([safe_cell(one) for one in export_columns()])  # type: ignore[operator]
    for row in export_rows(taken):
        yield writer.writerow([safe_cell(one) for one in row])  # type: ignore[misc]


def _file(taken: TrainingExport, network: Network) -> HttpResponseBase:
    name = f"formations-{network.slug}-{taken.year}.{taken.form}"
    answer: HttpResponseBase
    if taken.form == ExportForm.CSV:
        answer = StreamingHttpResponse(_lines(taken), content_type="text/csv; charset=utf-8")
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    else:
        book = tempfile.TemporaryFile()  # noqa: SIM115 (closed by the answer that sends it)
        write_book(book, _("Formations"), export_columns(), export_rows(taken))
        book.seek(0)
        answer = FileResponse(book, as_attachment=True, filename=name, content_type=XLSX)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer

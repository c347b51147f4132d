"""What running a network costs beside a classic training day, with its own figures and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from reciproque.insights.actions import set_costs
from reciproque.insights.queries import in_words
from reciproque.insights.queries.costs import costs_of
from reciproque.insights.rules import INDICATORS
from reciproque.kit import clock
from reciproque.networks.access import can_settle
from reciproque.web.http import see, submit, tell
from reciproque.web.insights.forms.costs import CostsForm
from reciproque.web.insights.views.reading import crumbs, reading
from reciproque.web.insights.views.shown import Shown

if TYPE_CHECKING:
    from reciproque.insights.models import Costs
    from reciproque.insights.rules.costs import Range

_HOURS = "hours.said"
# What is given, and the figure whose unit it has.
_FIELDS = (
    ("animation_hours", _HOURS),
    ("hour_cost", "cost.exchange"),
    ("tools", "cost.exchange"),
    ("events", "cost.exchange"),
    ("training_day_price", "cost.exchange"),
    ("training_day_hours", _HOURS),
)


def _euros(value: float | None) -> str:
    return in_words(INDICATORS["cost.exchange"], value)


def _hours(value: float | None) -> str:
    return in_words(INDICATORS["hours.said"], value)


def _line(label: str, found: Range | None, say: Any) -> dict[str, Any]:
    if found is None:
        return {"label": label, "cells": []}
    return {"label": label, "cells": [say(found.low), say(found.central), say(found.high)]}


def _given(row: Costs) -> list[tuple[str, str]]:
    """Return what was given, in words: what was not is said to be missing."""
    form, pairs = CostsForm(), []
    for name, like in _FIELDS:
        value = getattr(row, name)
        said = in_words(INDICATORS[like], float(value)) if value is not None else _("non donné")
        pairs.append((str(form.fields[name].label), said))
    pairs.append((str(form.fields["spread"].label), _("%(number)s %%") % {"number": row.spread}))
    return pairs


@require_safe
def costs(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what the network costs, an exchange, an hour; and a training day beside it."""
    reader = reading(request, slug)
    account = costs_of(reader)
    settles = can_settle(request.user, reader.network)  # type: ignore[arg-type]
    lines = [
        _line(_("Une année du réseau"), account.year, _euros),
        _line(_("Un échange"), account.exchange, _euros),
        _line(_("Une heure d’échange"), account.hour, _euros),
        _line(_("Heures d’échange pour le prix d’une journée de formation"), account.hours_for_a_day, _hours),
    ]
    context = {
        "network": reader.network,
        "slug": slug,
        "team": reader.is_team,
        "settles": settles,
        "account": account,
        "figures": [Shown(reader.network, one) for one in account.figures],
        "lines": lines,
        "missing": [line["label"] for line in lines if not line["cells"]],
        "training_hour": _euros(account.training_hour) if account.training_hour is not None else "",
        "given": _given(account.said) if account.said else [],
        "change_url": reverse("insights:costs_change", args=[slug]),
        "crumbs": crumbs(reader.network, (_("Ce que cela coûte"), "")),
    }
    return render(request, "insights/costs.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def costs_change(request: HttpRequest, slug: str) -> HttpResponse:
    """Give the figures of the network itself."""
    reader = reading(request, slug)
    network = reader.network
    if not can_settle(request.user, network):  # type: ignore[arg-type]
        raise PermissionDenied
    said = costs_of(reader).said
    first: dict[str, Any] = {"since": clock.now().date(), "spread": said.spread if said else 0}
    first |= {name: getattr(said, name) for name, _like in _FIELDS} if said else {}
    first["words"] = said.words if said else ""
    form = CostsForm(request.POST if request.method == "POST" else None, initial=first)
    if request.method == "POST":
        done, _costs = submit(
            form,
            lambda values: set_costs(network, by=request.user, **values),  # type: ignore[arg-type]
        )
        if done:
            tell(request, _("Les montants sont gardés, et les coûts recomptés."))
            return see("insights:costs", slug)
    trail = (_("Ce que cela coûte"), reverse("insights:costs", args=[slug]))
    context = {"network": network, "form": form, "crumbs": crumbs(network, trail, (_("Vos montants"), ""))}
    return render(request, "insights/costs_change.html", context, status=422 if form.is_bound else 200)

"""Maturity: where the network stands, what it aims at; engagement, cohorts and what was used, with their formulas."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from reciproque.insights.access import reader_of as figures_reader
from reciproque.insights.actions import note_maturity, set_goals
from reciproque.insights.queries import (
    cohorts_of,
    engagement_of,
    fitting_goals,
    maturity_of,
    productivity_of,
)
from reciproque.insights.rules import HOURS_SAVED, WEEK, YEAR, Dimension
from reciproque.kit import clock
from reciproque.networks.access import can_settle, require_settler
from reciproque.web.community.forms.maturity import CheckForm, GoalsForm, HoursForm
from reciproque.web.community.views import crumbs, either, reader_of
from reciproque.web.http import see, submit, tell
from reciproque.web.parts.networks import masked, masked_parts

if TYPE_CHECKING:
    from reciproque.insights.queries import Productivity, Standpoint
    from reciproque.insights.queries.engagement import Cohort

LABELS = dict(Dimension.choices)


def _row(row: Standpoint) -> dict[str, Any]:
    return {
        "label": capfirst(str(LABELS[row.dimension])),
        "level": row.level,
        "dots": range(1, 6),
        "described": row.described,
        "words": row.words,
        "before": row.before,
        "goal": row.goal,
        "until": row.until,
        "aimed": row.aimed,
        "gap": row.gap,
        "levers": row.levers,
    }


@require_safe
def maturity(request: HttpRequest, slug: str) -> HttpResponse:
    """Show where a network says it stands, what it aims at, and what moves it."""
    network = reader_of(request, slug)
    found = maturity_of(network)
    context = {
        "network": network,
        "slug": slug,
        "maturity": found,
        "rows": [_row(row) for row in found.rows] if found else [],
        "settles": can_settle(request.user, network),  # type: ignore[arg-type]
        "crumbs": crumbs(network, (_("Maturité"), "")),
    }
    return render(request, "community/maturity.html", context)


@either
def check(request: HttpRequest, slug: str) -> HttpResponse:
    """Look at where the network stands, one sentence for each dimension."""
    network = request.network = require_settler(request.user, slug)  # type: ignore[attr-defined,arg-type]
    found = maturity_of(network)
    form = CheckForm(
        request.POST if request.method == "POST" else None, initial=found.check.levels if found else {}
    )
    if request.method == "POST":
        done, _check = submit(form, lambda _values: note_maturity(network, by=request.user, **form.split()))  # type: ignore[arg-type]
        if done:
            tell(request, _("Le point est fait. Choisissez maintenant ce que vous visez."))
            return see("community:goals", slug)
    trail = (_("Maturité"), reverse("community:maturity", args=[slug]))
    context = {"network": network, "form": form, "crumbs": crumbs(network, trail, (_("Faire le point"), ""))}
    return render(request, "community/check.html", context, status=422 if form.is_bound else 200)


@either
def goals(request: HttpRequest, slug: str) -> HttpResponse:
    """Choose what to aim at, fitted to where one stands."""
    network = request.network = require_settler(request.user, slug)  # type: ignore[attr-defined,arg-type]
    found = maturity_of(network)
    if found is None:
        return see("community:check", slug)
    proposed: dict[str, Any] = dict(fitting_goals(found.check))
    if found.has_goals:
        proposed = {row.dimension: row.goal or 0 for row in found.rows}
    until = next((row.until for row in found.rows if row.until), None)
    proposed["until"] = until or clock.now().date() + YEAR
    data = request.POST if request.method == "POST" else None
    form = GoalsForm(data, levels=found.check.levels, initial=proposed)
    if request.method == "POST":

        def aim(values: dict[str, Any]) -> Any:
            levels = {name: values[name] for name in Dimension.values}
            return set_goals(network, by=request.user, levels=levels, until=values["until"])  # type: ignore[arg-type]

        done, _goals = submit(form, aim)
        if done:
            tell(request, _("Les objectifs sont choisis."))
            return see("community:maturity", slug)
    trail = (_("Maturité"), reverse("community:maturity", args=[slug]))
    context = {
        "network": network,
        "form": form,
        "fresh": not found.has_goals,
        "crumbs": crumbs(network, trail, (_("Objectifs"), "")),
    }
    return render(request, "community/goals.html", context, status=422 if form.is_bound else 200)


# -- figures ---------------------------------------------------------------------------------------------------


@require_safe
def figures(request: HttpRequest, slug: str) -> HttpResponse:
    """Show engagement, cohorts and what was used, each with its formula and its lever."""
    network = reader_of(request, slug)
    if not figures_reader(request.user, network).is_team:  # type: ignore[arg-type]
        # Counted again at every visit, they would tell of each person who moves them: others read what was released.
        return see("insights:steering", slug)
    form = HoursForm(request.GET or None)
    hours = HOURS_SAVED
    if form.is_bound and form.is_valid():
        hours = (form.cleaned_data["low"], form.cleaned_data["central"], form.cleaned_data["high"])
    engagement = engagement_of(network)
    saved = productivity_of(network, hours)
    members, acting = masked_parts([engagement.members, engagement.acting])
    context = {
        "network": network,
        "slug": slug,
        "rate": _percent(engagement.rate),
        "reach": _percent(engagement.reach),
        "acting": acting,
        "members": members,
        "eligible": masked(engagement.eligible),
        **_cohorts(cohorts_of(network)),
        "saved": saved,
        "used": _told(saved.used),
        "planned": _told(saved.planned),
        "learners": _told(saved.learners),
        "bounds": _bounds(saved),
        "week": WEEK,
        "form": form
        if form.is_bound
        else HoursForm(initial=dict(zip(("low", "central", "high"), hours, strict=True))),
        "crumbs": crumbs(network, (_("Chiffres"), "")),
    }
    return render(request, "community/figures.html", context)


def _cohorts(rows: list[Cohort]) -> dict[str, Any]:
    """Return the table of cohorts: the columns in which something may be told, and the names of the others."""
    told = [
        (_("Ont publié"), [row.posted for row in rows]),
        (_("Premier échange en 90 jours"), [row.exchanged for row in rows]),
        (_("Ont agi ces 90 jours"), [row.acting for row in rows]),
    ]
    shown = [(label, values) for label, values in told if any(value is not None for value in values)]
    return {
        "cohorts": [
            [
                _month(row.month),
                "–" if row.joined is None else row.joined,
                *(_percent(values[place]) for _label, values in shown),
            ]
            for place, row in enumerate(rows)
        ],
        "columns": [
            _("Arrivée"),
            {"label": _("Membres"), "kind": "number"},
            *({"label": label, "kind": "number"} for label, _values in shown),
        ],
        "untold": [
            label for label, values in told if rows and not any(value is not None for value in values)
        ],
    }


def _percent(number: int | None) -> str:
    return "–" if number is None else _("%(n)s %%") % {"n": number}


def _told(number: int | None) -> str:
    return "–" if number is None else str(number)


def _month(month: dt.date) -> str:
    return date_format(month, "F Y")


def _bounds(saved: Productivity) -> list[tuple[str, Any]]:
    low, central, high = saved.hypotheses
    if saved.central is None:
        return []
    said = _("%(hours)s h, à raison de %(each)s h par savoir utilisé")
    more = _("%(hours)s h, à raison de %(each)s h par savoir utilisé ou dont l’usage est prévu")
    return [
        (_("Basse"), said % {"hours": saved.low, "each": low}),
        (_("Centrale"), said % {"hours": saved.central, "each": central}),
        (
            _("Haute"),
            _("trop peu de personnes prévoient un usage pour la dire")
            if saved.high is None
            else more % {"hours": saved.high, "each": high},
        ),
    ]

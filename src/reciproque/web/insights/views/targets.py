"""What a network aims at: read by all who read its figures, chosen by those who settle it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reciproque.insights.actions import drop_target, set_target
from reciproque.insights.queries import in_words, targets_of
from reciproque.insights.queries.steering import story_of
from reciproque.insights.rules import INDICATORS, YEAR, Shape
from reciproque.kit import clock
from reciproque.kit.errors import NotThere
from reciproque.networks.access import can_settle, require_settler
from reciproque.web.http import attempt, see, submit, tell
from reciproque.web.insights.forms.targets import TargetForm
from reciproque.web.insights.views.reading import crumbs, reading
from reciproque.web.insights.views.shown import Shown

if TYPE_CHECKING:
    from reciproque.insights.models import Target
    from reciproque.insights.rules import Indicator


@require_safe
def targets(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what a network aims at, by when, and why."""
    network = reading(request, slug).network
    aimed = targets_of(network)
    settles = can_settle(request.user, network)  # type: ignore[arg-type]
    context = {
        "network": network,
        "slug": slug,
        "settles": settles,
        "rows": [_row(slug, INDICATORS[name], aimed[name]) for name in INDICATORS if name in aimed],
        "others": [
            {"name": one.name, "url": reverse("insights:target", args=[slug, name])}
            for name, one in INDICATORS.items()
            if settles and one.better and name not in aimed
        ],
        "crumbs": crumbs(network, (_("Objectifs"), "")),
    }
    return render(request, "insights/targets.html", context)


def _row(slug: str, indicator: Indicator, row: Target) -> dict[str, Any]:
    return {
        "name": indicator.name,
        "url": reverse("insights:figure", args=[slug, indicator.id]),
        "value": in_words(indicator, row.value),
        "until": row.until,
        "past": row.until < clock.now().date(),
        "why": row.why,
        "change_url": reverse("insights:target", args=[slug, indicator.id]),
        "drop_url": reverse("insights:target_drop", args=[slug, indicator.id]),
    }


@require_http_methods(["GET", "HEAD", "POST"])
def target(request: HttpRequest, slug: str, indicator: str) -> HttpResponse:
    """Choose what to aim at on one figure."""
    network = request.network = require_settler(request.user, slug)  # type: ignore[attr-defined,arg-type]
    one = INDICATORS.get(indicator)
    if one is None or not one.better:
        raise NotThere
    row = targets_of(network).get(indicator)
    data = request.POST if request.method == "POST" else None
    form = TargetForm(data, indicator=one, initial=_initial(one, row))
    if request.method == "POST":
        done, _target = submit(
            form,
            lambda _values: set_target(network, indicator, by=request.user, **form.values()),  # type: ignore[arg-type]
        )
        if done:
            tell(request, _("L’objectif est choisi. Chacun le lit à côté du chiffre."))
            return see("insights:targets", slug)
    trail = (_("Objectifs"), reverse("insights:targets", args=[slug]))
    context = {
        "network": network,
        "slug": slug,
        "indicator": one,
        "one": Shown(network, story_of(reading(request, slug), one).figure),
        "form": form,
        "row": row,
        "crumbs": crumbs(network, trail, (str(one.name), "")),
    }
    return render(request, "insights/target.html", context, status=422 if form.is_bound else 200)


def _initial(indicator: Indicator, row: Target | None) -> dict[str, Any]:
    value = row.value if row else indicator.target
    if value is not None and indicator.shape == Shape.RATE:
        value = round(100 * value, 1)
    until = row.until if row else clock.now().date() + YEAR
    return {"value": value, "until": until, "why": row.why if row else ""}


@require_POST
def target_drop(request: HttpRequest, slug: str, indicator: str) -> HttpResponse:
    """Give up what was aimed at on one figure."""
    network = request.network = require_settler(request.user, slug)  # type: ignore[attr-defined,arg-type]
    if indicator not in INDICATORS:
        raise NotThere
    attempt(
        request,
        lambda: drop_target(network, indicator, by=request.user),  # type: ignore[arg-type]
        _("L’objectif est abandonné. Il reste dans l’historique du réseau."),
    )
    return see("insights:targets", slug)

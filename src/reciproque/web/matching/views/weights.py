"""What counts when two people are proposed to one another, and what changing it would do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from reciproque.matching.actions import checked_weights, tune, untune
from reciproque.matching.queries import preview_tuning, tuning_of
from reciproque.networks.access import require_animator
from reciproque.web.http import attempt, put_errors, see, submit, tell
from reciproque.web.matching.forms import WeightsForm
from reciproque.web.matching.views import crumbs, plan_tabs

if TYPE_CHECKING:
    from reciproque.catalogue.models import Post
    from reciproque.matching.queries import Preview, Tuned
    from reciproque.networks.models import Network


def _initial(tuned: Tuned) -> dict[str, int]:
    return {
        **{name: weight // 10 for name, weight in tuned.weights},
        "threshold": tuned.weights.threshold // 100,
        "reciprocity": tuned.reciprocity // 100,
    }


@require_http_methods(["GET", "POST"])
def weights(request: HttpRequest, slug: str) -> HttpResponse:
    """Show how much each reason counts; preview other weights on today's suggestions, then keep them."""
    network = request.network = require_animator(request.user, slug)
    tuned = tuning_of(network)
    form = WeightsForm(request.POST if request.method == "POST" else None, initial=_initial(tuned))
    preview, act = None, request.POST.get("act", "")
    if act == "reset":
        attempt(
            request, lambda: untune(network, by=request.user), _("Les réglages de départ sont de retour.")
        )
        return see("matching:weights", slug)
    if request.method == "POST":
        if act == "keep":
            done, _row = submit(form, lambda values: tune(network, **form.chosen(), by=request.user))
            if done:
                tell(request, _("C’est enregistré. Les propositions se recalculent."))
                return see("matching:weights", slug)
        elif form.is_valid():
            preview = _preview(form, network)
    context = {
        "form": form,
        "tuned": tuned,
        "preview": preview,
        "tabs": plan_tabs(network, "matching:weights"),
        "crumbs": crumbs(network, _("Ce qui compte")),
    }
    return render(request, "matching/weights.html", context, status=422 if form.errors else 200)


def _preview(form: WeightsForm, network: Network) -> dict[str, Any] | None:
    chosen = form.chosen()
    try:
        told = preview_tuning(network, checked_weights(chosen["weights"], chosen["threshold"]))
    except ValidationError as error:
        put_errors(form, error)
        return None
    return {
        "requests": told.requests,
        "lost": 100 - told.still_served,
        "first_changed": told.first_changed,
        "still_served": told.still_served,
        "rows": [[_("Propositions en tout"), *told.proposals], *_compared(told)],
        "columns": [_("Premières propositions"), _("Aujourd’hui"), _("Avec ces réglages")],
        "examples": [
            {
                "request": example.request.title,
                "before": [_named(post) for post in example.before],
                "after": [_named(post) for post in example.after],
            }
            for example in told.examples
        ],
    }


def _compared(told: Preview) -> list[list[Any]]:
    labels = {
        "closeness": _("Proximité des sujets, en moyenne"),
        "waiting": _("Attente prise en compte, en moyenne"),
        "other_department": _("Dans un autre service"),
        "same_site": _("Sur le même site"),
    }
    return [
        [label, *(_("%(n)s %%") % {"n": side.get(name, 0)} for side in (told.was, told.would_be))]
        for name, label in labels.items()
    ]


def _named(post: Post) -> dict[str, str]:
    return {
        "title": post.title,
        "name": post.author.display_name,
        "url": reverse("posts:post", args=[post.public_id]),
    }

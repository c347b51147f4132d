"""The risks of a scheme: what may make it fail, how serious it is, who watches it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from reciproque.insights.access import get_hazard_care, reader_of, require_hazards
from reciproque.insights.actions import follow_hazard, review_hazard
from reciproque.insights.queries.hazards import hazard_of, register_of, reviews_of
from reciproque.insights.rules.hazards import HAZARDS, REVIEW_USUALLY, Level
from reciproque.kit import clock
from reciproque.kit.errors import NotThere
from reciproque.networks.access import can_settle
from reciproque.networks.queries import animators_of
from reciproque.web.http import see, submit, tell
from reciproque.web.insights.forms.hazards import FollowForm, HazardReviewForm
from reciproque.web.insights.views.reading import crumbs

if TYPE_CHECKING:
    from reciproque.insights.access import Reader
    from reciproque.insights.queries.hazards import Watched

TONES = {Level.HIGH: "danger", Level.MEDIUM: "warn", Level.LOW: "good", "": ""}
either = require_http_methods(["GET", "HEAD", "POST"])


def _reader(request: HttpRequest, slug: str) -> Reader:
    network = request.network = require_hazards(request.user, slug)  # type: ignore[attr-defined,arg-type]
    return reader_of(request.user, network)  # type: ignore[arg-type]


def _row(slug: str, one: Watched) -> dict[str, Any]:
    care = one.care
    return {
        "one": one,
        "url": reverse("insights:hazard", args=[slug, one.id]),
        "tone": TONES[one.level],
        "owner": care.owner.display_name if care and care.owner and one.named else "",
        "review_on": care.review_on if care else None,
    }


@require_safe
def hazards(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the register: each risk, its level, its signal, its answer."""
    reader = _reader(request, slug)
    rows = [_row(slug, one) for one in register_of(reader)]
    counts = [
        {"label": label, "number": sum(row["one"].level == level for row in rows), "tone": TONES[level]}
        for level, label in [*reversed(Level.choices), ("", _("à juger"))]
    ]
    context = {
        "network": reader.network,
        "team": reader.is_team,
        "counts": counts,
        "rows": rows,
        "crumbs": crumbs(reader.network, (_("Risques du réseau"), "")),
    }
    return render(request, "insights/hazards.html", context)


def _find(reader: Reader, hazard: str) -> Watched:
    if hazard not in HAZARDS:
        raise NotThere
    return hazard_of(reader, hazard)


@either
def hazard(request: HttpRequest, slug: str, hazard: str) -> HttpResponse:
    """Show one risk and what was said of it; whoever watches it says where it stands."""
    reader = _reader(request, slug)
    network, one = reader.network, _find(reader, hazard)
    settles = can_settle(request.user, network)  # type: ignore[arg-type]
    mine = one.care is not None and one.care.owner_id == request.user.pk and reader.is_team
    form = None
    if settles or mine:
        first = {
            "next_on": clock.now().date() + REVIEW_USUALLY,
            "revision": one.care.revision if one.care else None,
            "level": "",
        }
        data = request.POST if request.method == "POST" else None
        form = HazardReviewForm(data, judged=one.hazard.is_judged, initial=first)
    if request.method == "POST":
        if form is None:
            raise PermissionDenied
        done, _review = submit(
            form,
            lambda values: review_hazard(network, hazard, by=request.user, **values),  # type: ignore[arg-type]
        )
        if done:
            tell(request, _("C’est noté. Un rappel viendra avant la prochaine date."))
            return see("insights:hazard", slug, hazard)
    context = {
        **_row(slug, one),
        "network": network,
        "team": reader.is_team,
        "settles": settles,
        "form": form,
        "follow_url": reverse("insights:hazard_follow", args=[slug, hazard]),
        "history": _history(one) if reader.is_team else [],
        "crumbs": _crumbs(reader, (one.title, "")),
    }
    return render(request, "insights/hazard.html", context, status=422 if form and form.is_bound else 200)


def _crumbs(reader: Reader, *trail: tuple[str, str]) -> list[dict[str, str]]:
    up = (_("Risques du réseau"), reverse("insights:hazards", args=[reader.network.slug]))
    return crumbs(reader.network, up, *trail)


def _history(one: Watched) -> list[dict[str, Any]]:
    rows = []
    for review in reviews_of(one.care):
        said = {"name": review.by.display_name, "level": review.get_level_display()}
        text = _("%(name)s : niveau %(level)s.") % said if review.level else _("%(name)s : revu.") % said
        rows.append({"at": review.at, "text": text, "detail": review.words, "icon": "eye"})
    return rows


@either
def hazard_follow(request: HttpRequest, slug: str, hazard: str) -> HttpResponse:
    """Choose who watches a risk, what is done about it, and when it is looked at again."""
    reader = _reader(request, slug)
    network, one = reader.network, _find(reader, hazard)
    if not can_settle(request.user, network):  # type: ignore[arg-type]
        raise PermissionDenied
    animators = {person.public_id: person for person in animators_of(network)}
    care = one.care
    first = {
        "owner": care.owner.public_id if care and care.owner else "",
        "review_on": (care.review_on if care else None) or clock.now().date() + REVIEW_USUALLY,
        "answer": care.answer if care else "",
        "revision": care.revision if care else None,
    }
    names = [(key, person.display_name) for key, person in animators.items()]
    form = FollowForm(request.POST if request.method == "POST" else None, animators=names, initial=first)
    if request.method == "POST":
        done, _care = submit(
            form,
            lambda values: follow_hazard(
                network,
                hazard,
                by=request.user,  # type: ignore[arg-type]
                **values | {"owner": animators.get(values["owner"])},
            ),
        )
        if done:
            tell(request, _("Le suivi de ce risque est réglé."))
            return see("insights:hazard", slug, hazard)
    back = reverse("insights:hazard", args=[slug, hazard])
    context = {
        "network": network,
        "one": one,
        "form": form,
        "back": back,
        "crumbs": _crumbs(reader, (one.title, back), (_("Suivi"), "")),
    }
    return render(request, "insights/hazard_follow.html", context, status=422 if form.is_bound else 200)


@require_safe
def followed(request: HttpRequest, care_id: str) -> HttpResponse:
    """Lead from what is expected of somebody to the page of the risk."""
    care = get_hazard_care(request.user, care_id)  # type: ignore[arg-type]
    return see("insights:hazard", care.network.slug, care.hazard)

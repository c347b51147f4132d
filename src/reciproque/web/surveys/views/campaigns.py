"""Sending a questionnaire: the plan, the campaign while it runs, paper codes."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from reciproque.circles.queries import circles_of
from reciproque.networks.access import require_settler
from reciproque.networks.queries import places_in
from reciproque.surveys.access import get_campaign, get_questionnaire
from reciproque.surveys.actions import (
    cancel_campaign,
    choose_least,
    close_campaign,
    floor_of,
    issue_codes,
    open_campaign,
    plan_campaign,
    remind_all,
)
from reciproque.surveys.queries import campaign_page, count_audience, edited
from reciproque.surveys.rules import Kind, grouped, questions_of, say
from reciproque.web.http import attempt, see, submit, tell
from reciproque.web.surveys.forms.campaigns import FloorForm, PlanForm


def _crumbs(network: Any, title: str) -> list[dict[str, str]]:
    return [
        {"label": _("Animation"), "url": reverse("animation:desk", args=[network.slug])},
        {"label": _("Questionnaires"), "url": reverse("surveys:desk", args=[network.slug])},
        {"label": title},
    ]


@require_http_methods(["GET", "POST"])
def plan(request: HttpRequest, slug: str, questionnaire_id: str) -> HttpResponse:
    """Plan to send a questionnaire; a first press says how many people it would reach."""
    network = require_settler(request.user, slug)
    request.network = network
    row = get_questionnaire(request.user, questionnaire_id)
    sites, units = places_in(network)
    versions = edited(row).published
    asked = list(questions_of(versions[0].definition)) if versions else []
    form = PlanForm(
        request.POST or None,
        floor=floor_of(network),
        sites=[(site.public_id, site.name) for site in sites],
        units=[(unit.public_id, unit.path) for unit in units],
        groups=_groups(network, request.user),
        questions=[
            (one["key"], say(one["text"]))
            for one in asked
            if one["kind"] == Kind.SINGLE and one["only_if"] is None
        ],
    )
    reached, floor = None, 0
    if request.method == "POST" and "count" in request.POST:
        if form.is_valid():
            reached = count_audience(network, form.planned()["audience"])
            floor = max(form.cleaned_data["least"] or 0, floor_of(network))
    elif request.method == "POST":
        done, made = submit(
            form, lambda _values: plan_campaign(row, by=request.user, network=network, **form.planned())
        )
        if done:
            tell(request, _("La campagne est prévue. Rien n’est envoyé avant son ouverture."))
            return see("surveys:campaign", made.public_id)
    context = {
        "row": row,
        "form": form,
        "published": bool(versions),
        "reached": reached,
        "reached_words": grouped(reached or 0),
        "too_few": floor if reached is not None and reached < floor else 0,
        "crumbs": _crumbs(network, row.title),
    }
    refused = request.method == "POST" and reached is None
    return render(request, "surveys/plan.html", context, status=422 if refused else 200)


def _groups(network: Any, viewer: Any) -> list[tuple[str, str]]:
    faces = circles_of(network, viewer)
    return [
        (face.circle.public_id, str(face.circle)) for face in [*faces.mine, *faces.under_way, *faces.over]
    ]


GESTURES = {
    "open": open_campaign,
    "close": close_campaign,
    "cancel": cancel_campaign,
    "remind": remind_all,
}


def _said(gesture: str) -> str:
    return {
        "open": _("La campagne est ouverte."),
        "close": _("La campagne est close."),
        "cancel": _("La campagne est annulée."),
        "remind": _("Un rappel part vers celles et ceux dont la réponse n’est pas connue."),
    }[gesture]


@require_http_methods(["GET", "POST"])
def campaign(request: HttpRequest, campaign_id: str) -> HttpResponse:
    """Follow a campaign: how many were asked, about how many answered; open, remind, close, cancel."""
    row = get_campaign(request.user, campaign_id)
    request.network = row.network
    if request.method == "POST":
        gesture = request.POST.get("do", "")
        if gesture in GESTURES:
            action = GESTURES[gesture]
            attempt(request, lambda: action(row, by=request.user), _said(gesture))
        return see("surveys:campaign", campaign_id)
    page = campaign_page(row, request.user)
    context = {
        "page": page,
        "campaign": row,
        "numbers": {
            name: grouped(value)
            for name, value in {
                "asked": page.asked,
                "answered": page.answered,
                "rate": page.rate,
                "paper": page.paper.count,
                "reached": page.planned and page.planned.reached,
            }.items()
            if value is not None
        },
        "code_url": request.build_absolute_uri(reverse("surveys:code")),
        "crumbs": _crumbs(row.network, page.title),
    }
    return render(request, "surveys/campaign.html", context)


@require_http_methods(["GET", "POST"])
def codes(request: HttpRequest, campaign_id: str) -> HttpResponse:
    """Make paper codes for people without an address; they are shown once, to be printed and handed out at random."""
    row = get_campaign(request.user, campaign_id)
    request.network = row.network
    page = campaign_page(row, request.user)
    here = {"label": page.title, "url": reverse("surveys:campaign", args=[campaign_id])}
    crumbs = [*_crumbs(row.network, "")[:-1], here, {"label": _("Des codes sur papier")}]
    if request.method == "POST":
        done, made = attempt(request, lambda: issue_codes(row, by=request.user))
        if not done:
            return see("surveys:campaign", campaign_id)
        context = {
            "codes": made,
            "page": page,
            "campaign": row,
            "crumbs": crumbs,
            "address": request.build_absolute_uri(reverse("surveys:code")),
        }
        answer = render(request, "surveys/codes_made.html", context)
        answer.headers["Cache-Control"] = "no-store"
        return answer
    context = {"page": page, "campaign": row, "crumbs": crumbs}
    return render(request, "surveys/codes.html", context)


@require_http_methods(["GET", "POST"])
def floor(request: HttpRequest, slug: str) -> HttpResponse:
    """Choose of how many people at least the network tells anything."""
    network = require_settler(request.user, slug)
    request.network = network
    form = FloorForm(request.POST or None, initial={"least": floor_of(network)})
    if request.method == "POST":
        done, _row = submit(form, lambda values: choose_least(network, values["least"], by=request.user))
        if done:
            tell(request, _("C’est enregistré : les campagnes prévues désormais suivent ce nombre."))
            return see("surveys:desk", slug)
    context = {"form": form, "crumbs": _crumbs(network, _("Combien de personnes au moins"))}
    return render(request, "surveys/floor.html", context, status=422 if request.method == "POST" else 200)

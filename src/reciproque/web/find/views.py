"""Look for a savoir, a person, a topic; see who was found; ask to be told."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reciproque.catalogue.access import get_topic
from reciproque.catalogue.queries import (
    labels_of,
    links_of,
    names_of,
    open_kinds,
    own_posts,
    topic_page,
)
from reciproque.catalogue.rules import Kind, PostState
from reciproque.circles.queries import circles_about
from reciproque.exchanges.queries import introductions_of
from reciproque.library.queries import sheets_about
from reciproque.matching.access import get_alert, get_suggestion
from reciproque.matching.actions import create_alert, dismiss_suggestion, withdraw_alert
from reciproque.matching.queries import alerts_of, loops_of, nudges_of, search_sheets, suggestions_for
from reciproque.matching.queries import search as search_network
from reciproque.networks.access import can_settle, require_member
from reciproque.recognition.queries import holders_of
from reciproque.web.find.forms import AlertForm
from reciproque.web.http import attempt, back, page_number, see, submit, tell
from reciproque.web.parts.library import sheet_cards
from reciproque.web.parts.posts import card_of, cards_of, find_tabs, found_by_post, obstacle, person_line

SIZE = 30
HOLDERS = 12
FILTERS = ("kind", "site", "unit", "mode", "language", "topic")


def _asked(request: HttpRequest) -> dict[str, str]:
    """The search as its address says it, without what is empty."""
    names = ("q", *FILTERS, "sort")
    asked = {name: request.GET.get(name, "").strip()[:200] for name in names}
    if asked["kind"] not in Kind.values:
        asked["kind"] = ""
    return {name: value for name, value in asked.items() if value}


def _address(slug: str, asked: dict[str, str], **changes: str) -> str:
    query = {name: value for name, value in (asked | changes).items() if value}
    return reverse("find:search", args=[slug], query=query)


def _facets(slug: str, asked: dict[str, str], facets: list[Any]) -> list[dict[str, Any]]:
    """Facets as links: one more click on a chosen value takes it off."""
    return [
        {
            "title": facet.label,
            "items": [
                {
                    "label": capfirst(value.label),
                    "count": value.count,
                    "selected": value.selected,
                    "url": _address(slug, asked, **{facet.name: "" if value.selected else value.value}),
                }
                for value in facet.values
            ],
        }
        for facet in facets
        if facet.values
    ]


def _person(person: Any, slug: str) -> dict[str, str]:
    return {
        "name": person.display_name,
        "line": person_line(person),
        "initials": person.initials,
        "url": reverse("people:person", args=[slug, person.public_id]),
    }


@require_safe
def search(request: HttpRequest, slug: str) -> HttpResponse:
    """Search offers, requests, people and topics of a network in one box."""
    request.network, _membership = require_member(request.user, slug)
    asked, page = _asked(request), page_number(request)
    words = asked.get("q", "")
    filters = {name: asked.get(name, "") for name in (*FILTERS, "sort")}
    found = search_network(request.network, request.user, words, page=page, **filters)
    sheets = (
        search_sheets(request.network, request.user, found.mended or words) if words and page == 1 else []
    )
    labels = labels_of(found.topics)
    context = {
        "slug": slug,
        "words": words,
        "asked": asked,
        "kept": {name: value for name, value in asked.items() if name != "q"},
        "found": found,
        "kind": filters["kind"],
        "cards": cards_of(found.posts),
        "sheets": sheet_cards(sheets),
        "people": [_person(row.person, slug) for row in found.people],
        "topics": [
            {"label": labels[row.pk], "url": reverse("find:topic", args=[slug, row.public_id])}
            for row in found.topics
        ],
        "facets": _facets(slug, asked, found.facets),
        "tabs": find_tabs(slug, "find:search"),
        "clear_url": _address(slug, {"q": words}),
        "page": Paginator(range(found.total), SIZE).get_page(found.page),
    }
    return render(request, "find/search.html", context)


@require_safe
def topic(request: HttpRequest, slug: str, topic_id: str) -> HttpResponse:
    """Show who offers and who seeks one topic in a network, what was written on it, who may be asked."""
    request.network, _membership = require_member(request.user, slug)
    subject, page = get_topic(topic_id), page_number(request)
    posts, counts = topic_page(subject, request.user, request.network, page=page, size=SIZE)
    names = names_of(subject)
    label = subject.label
    others = [subject.name, *(row.name for row in names)]
    holders = holders_of(subject, request.network, request.user)
    context = {
        "slug": slug,
        "topic": subject,
        "label": label,
        "names": [name for name in others if name != label],
        "links": links_of(subject),
        "groups": circles_about(others, request.network, request.user),
        "holders": [
            _person(row.person, slug)
            | {
                "certified": row.certified,
                "skill_url": reverse("recognition:skill", args=[row.skill.public_id]),
            }
            for row in holders[:HOLDERS]
        ],
        "more_holders": max(0, len(holders) - HOLDERS),
        "counts": counts,
        "cards": cards_of(posts),
        "sheets": sheet_cards(sheets_about([subject], request.user, request.network)),
        "page": Paginator(range(sum(counts.values())), SIZE).get_page(page),
        "curates": can_settle(request.user, request.network),
        "crumbs": [
            {"label": _("Savoirs"), "url": reverse("find:search", args=[slug])},
            {"label": label},
        ],
    }
    return render(request, "find/topic.html", context)


@require_safe
def suggestions(request: HttpRequest, slug: str) -> HttpResponse:
    """Show everyone found for the reader, request by request, with the reasons."""
    request.network, membership = require_member(request.user, slug)
    groups = found_by_post(suggestions_for(request.user, request.network, limit=200))
    served = {group["url"] for group in groups}
    posts, _total = own_posts(request.user, request.network, [PostState.PUBLISHED], size=60)
    live = introductions_of(request.user, live=True)
    asked = {post.public_id for row in live for post in (row.request, row.offer) if post is not None}
    cards = [card_of(post, own=True, named=False) for post in posts]
    context = {
        "slug": slug,
        "page": Paginator(groups, 10).get_page(page_number(request)),
        "waiting": [card for card in cards if card.url not in served and card.id not in asked],
        "loops": loops_of(request.user, request.network),
        "nudges": nudges_of(request.user, request.network),
        "wall": obstacle(membership, open_kinds(request.user).get(request.network.pk, ())),
        "tabs": find_tabs(slug, "find:suggestions"),
    }
    return render(request, "find/suggestions.html", context)


@require_POST
def dismiss(request: HttpRequest, suggestion_id: str) -> HttpResponse:
    """Take a suggestion away: it is not for the reader."""
    suggestion = get_suggestion(request.user, suggestion_id)
    attempt(
        request,
        lambda: dismiss_suggestion(suggestion, by=request.user),
        _("C’est noté : cette personne ne vous sera plus proposée pour cela."),
    )
    return back(request, "home:home")


@require_http_methods(["GET", "POST"])
def alerts(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the words one watches for; add some, withdraw some."""
    request.network, _membership = require_member(request.user, slug)
    here = reverse("find:alerts", args=[slug])
    if request.POST.get("withdraw"):
        alert = get_alert(request.user, request.POST["withdraw"])
        attempt(request, lambda: withdraw_alert(alert, by=request.user), _("Cette alerte est retirée."))
        return see(here)
    form = AlertForm(request.POST if request.method == "POST" else None, initial={"kind": Kind.OFFER})
    if request.method == "POST":
        done, _alert = submit(
            form,
            lambda values: create_alert(
                request.network, request.user, values["words"], kind=values["kind"], by=request.user
            ),
        )
        if done:
            tell(
                request,
                _("C’est noté : un message vous le dira dès que quelqu’un publie quelque chose de proche."),
            )
            return back(request, here)
    context = {
        "slug": slug,
        "form": form,
        "page": Paginator(alerts_of(request.user, request.network), SIZE).get_page(page_number(request)),
        "tabs": find_tabs(slug, "find:alerts"),
    }
    return render(request, "find/alerts.html", context, status=422 if form.errors else 200)

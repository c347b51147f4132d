"""The members of a network, and what each of them offers and seeks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from reciproque.catalogue.queries import open_kinds, open_posts_by, titles_by
from reciproque.catalogue.rules import Kind
from reciproque.kit import clock
from reciproque.networks.access import get_colleague, require_member
from reciproque.networks.queries import colleagues_page
from reciproque.recognition.queries import skills_of
from reciproque.recognition.rules import Audience
from reciproque.web.http import page_number
from reciproque.web.parts.posts import ask_url, card_of, find_tabs, language_words, obstacle, person_line
from reciproque.web.parts.recognition import skill_cards

if TYPE_CHECKING:
    from reciproque.networks.models import Membership
    from reciproque.people.models import Person

SIZE = 30
TITLES_SHOWN = 3


def _entry(membership: Membership, titles: dict[str, list[tuple[str, str]]]) -> dict[str, Any]:
    person = membership.person
    sides = [
        {
            "kind": kind,
            "titles": [
                {"text": title, "url": reverse("posts:post", args=[post_id])}
                for post_id, title in titles[kind][:TITLES_SHOWN]
            ],
            "more": max(len(titles[kind]) - TITLES_SHOWN, 0),
        }
        for kind in Kind.values
        if titles.get(kind)
    ]
    return {
        "name": person.display_name,
        "line": person_line(person),
        "initials": person.initials,
        "url": reverse("people:person", args=[membership.network.slug, person.public_id]),
        "sides": sides,
    }


def _facts(person: Person) -> list[tuple[str, str]]:
    known = [
        (_("Service"), person.unit.path if person.unit else ""),
        (_("Site"), person.site.name if person.site else ""),
        (_("Langues"), capfirst(language_words(person.languages))),
    ]
    return [(term, value) for term, value in known if value]


@require_safe
def members(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the members of a network, with what they offer and seek."""
    request.network, _mine = require_member(request.user, slug)
    words, page = request.GET.get("q", "").strip()[:100], page_number(request)
    rows, total = colleagues_page(request.network, words=words, page=page, size=SIZE)
    titles = titles_by([row.person_id for row in rows], request.network, request.user)
    context = {
        "words": words,
        "total": total,
        "members": [_entry(row, titles.get(row.person_id, {})) for row in rows],
        "page": Paginator(range(total), SIZE).get_page(page),
        "tabs": find_tabs(slug, "people:members"),
        "search_url": reverse("people:members", args=[slug]),
    }
    return render(request, "people/members.html", context)


@require_safe
def person(request: HttpRequest, slug: str, person_id: str) -> HttpResponse:
    """Show what a member offers and seeks: never what they did."""
    request.network, mine = require_member(request.user, slug)
    membership = get_colleague(request.user, person_id, request.network)
    colleague = membership.person
    own = colleague.pk == request.user.pk
    posts = open_posts_by(colleague, request.network, request.user)
    wall = None if own else obstacle(mine, open_kinds(request.user).get(request.network.pk, ()))
    paused = membership.is_paused(clock.now())
    # One's own page is as the other members read it.
    skills = [
        seen
        for seen in skills_of(colleague, request.user, request.network)
        if not own or seen.audience == Audience.NETWORK
    ]
    can_ask = not (own or wall or paused)
    cards: dict[str, list[dict[str, Any]]] = {kind: [] for kind in Kind.values}
    for post in posts:
        cards[post.kind].append(
            {"card": card_of(post, own=own, named=False), "ask_url": ask_url(post) if can_ask else ""}
        )
    context = {
        "membership": membership,
        "colleague": colleague,
        "first_name": colleague.first_name or colleague.display_name,
        "line": person_line(colleague),
        "facts": _facts(colleague),
        "paused": paused,
        "own": own,
        "wall": wall,
        "offers": cards[Kind.OFFER],
        "requests": cards[Kind.REQUEST],
        "skills": skill_cards(skills),
        "crumbs": [
            {"label": _("Savoirs"), "url": reverse("find:search", args=[slug])},
            {"label": _("Les membres"), "url": reverse("people:members", args=[slug])},
            {"label": colleague.display_name},
        ],
    }
    return render(request, "people/person.html", context)

"""Introductions as animators accompany them: who mediates, who is expected to do what; never a word of the thread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reciproque.agenda.queries import live_meeting, steps_about
from reciproque.catalogue.access import get_post
from reciproque.catalogue.queries import own_posts
from reciproque.catalogue.rules import Kind, PostState
from reciproque.exchanges.access import get_for_accompaniment
from reciproque.exchanges.actions import ask_introduction, reassign_mediator
from reciproque.exchanges.queries import mediators_for
from reciproque.exchanges.rules import IntroductionState
from reciproque.kit import clock
from reciproque.kit.errors import NotThere
from reciproque.matching.queries import search, suggestions_about
from reciproque.networks.access import get_accompanied_member, require_animator
from reciproque.networks.queries import known_in, needs_signature
from reciproque.web.animation.forms.members import AskForm, AssignForm
from reciproque.web.animation.views import (
    advice,
    contact,
    crumbs,
    dated_meeting,
    either,
    member_crumbs,
    member_url,
)
from reciproque.web.http import see, submit, tell
from reciproque.web.parts.posts import card_of, person_line
from reciproque.web.parts.small import words
from reciproque.web.parts.steps import expectations

if TYPE_CHECKING:
    from reciproque.catalogue.models import Post
    from reciproque.exchanges.models import Introduction
    from reciproque.networks.models import Membership
    from reciproque.people.models import Person

FOUND = 8
REQUESTS = 30


@either
def introduction(request: HttpRequest, slug: str, introduction_id: str) -> HttpResponse:
    """Show who is brought together and what is awaited of whom; name a mediator."""
    network = request.network = require_animator(request.user, slug)
    row = get_for_accompaniment(request.user, introduction_id)
    if row.network_id != network.pk:
        raise NotThere
    ranked = mediators_for(row)
    mediators = [person for person, _load, _most in ranked]
    form = AssignForm(
        request.POST if request.method == "POST" else None,
        mediators=[(person.public_id, _choice(person, load, most)) for person, load, most in ranked],
        initial={"mediator": row.mediator.public_id if row.mediator else ""},
    )
    if request.method == "POST":
        by_id = {person.public_id: person for person in mediators}
        done, _row = submit(
            form, lambda values: reassign_mediator(row, by_id[values["mediator"]], by=request.user)
        )
        if done:
            name = by_id[form.cleaned_data["mediator"]].display_name
            tell(request, _("La médiation est confiée à %(name)s.") % {"name": name})
            return see("animation:introduction", slug, introduction_id)
    people, steps = [row.requester, row.offerer], steps_about(row)
    known = known_in(network, [person.pk for person in people])
    context = {
        "row": row,
        "state": capfirst(row.get_state_display()),
        "requester": _reach(row, row.requester, known),
        "offerer": _reach(row, row.offerer, known),
        "facts": _facts(row),
        "advice": advice(steps),
        "expected": expectations(steps, request.user),
        "meeting": dated_meeting(live_meeting(row)),
        "mediators": mediators,
        "form": form if row.mediated and row.state == IntroductionState.ACCEPTED else None,
        "crumbs": crumbs(network, (row.title, "")),
    }
    return render(request, "animation/introduction.html", context, status=422 if form.is_bound else 200)


def _choice(person: Person, load: int, most: int | None) -> Any:
    """One who may mediate, with how much they hold already: choosing is sharing the work."""
    held = (
        ngettext("%(n)s médiation en cours", "%(n)s médiations en cours", load) % {"n": load}
        if load
        else _("aucune médiation en cours")
    )
    if most is not None:
        held = _("%(held)s, %(most)s au plus") % {"held": held, "most": most}
    return format_html('<span class="title">{}</span><span class="soft">{}</span>', person.display_name, held)


def _reach(row: Introduction, person: Person, known: set[int]) -> dict[str, Any]:
    here = person.pk in known
    args = [row.network.slug, "introduction", row.public_id, person.public_id]
    return contact(row.network, person, known=here) | {
        "line": person_line(person),
        "behalf_url": reverse("animation:on_behalf", args=args) if here and row.is_live else "",
    }


def _facts(row: Introduction) -> list[tuple[str, str]]:
    rows = [
        (_("État"), capfirst(row.get_state_display())),
        (_("Demandée le"), words(row.asked_at, "full")),
        (_("Demandée par"), _asker(row)),
        (_("Acceptée le"), words(row.answered_at, "full") if row.answered_at else ""),
        (_("Médiation"), row.mediator.display_name if row.mediator else ""),
    ]
    return [(term, str(value)) for term, value in rows if value]


def _asker(row: Introduction) -> str:
    if row.on_behalf_by is None:
        return row.initiator.display_name
    return _("%(by)s, pour %(name)s") % {
        "by": row.on_behalf_by.display_name,
        "name": row.initiator.display_name,
    }


@either
def ask_for(request: HttpRequest, slug: str, person_id: str) -> HttpResponse:
    """Ask for an introduction in a member's name: find an offer, then send."""
    network = request.network = require_animator(request.user, slug)
    membership = get_accompanied_member(request.user, person_id, network)
    person = membership.person
    wall = _wall(membership)
    context = {
        "person": person,
        "line": person_line(person),
        "wall": wall,
        "back": member_url(network, person),
        "crumbs": member_crumbs(network, person, _("Demander une mise en relation")),
    }
    offer_id = request.GET.get("offer", "")
    if wall or not offer_id:
        return render(
            request, "animation/ask_find.html", context | ({} if wall else _offers(request, person))
        )
    offer = _offer(request, offer_id, person)
    requests, _total = own_posts(person, network, [PostState.PUBLISHED], size=REQUESTS)
    by_id = {post.public_id: post for post in requests if post.kind == Kind.REQUEST}
    form = AskForm(
        request.POST if request.method == "POST" else None,
        posts=[(post.public_id, post.title) for post in by_id.values()],
        # The request one came from: what is not one of theirs chooses nothing.
        initial={"mine": about if (about := request.GET.get("request", "")) in by_id else ""},
    )
    if request.method == "POST":
        done, asked = submit(form, lambda values: _ask(request, person, offer, by_id, values))
        if done:
            tell(request, _("C’est envoyé à %(name)s.") % {"name": offer.author.display_name})
            return see("animation:introduction", slug, asked.public_id)
    context |= {
        "form": form,
        "card": card_of(offer, within=False),
        "other": offer.author.display_name,
        "has_own": bool(by_id),
    }
    return render(request, "animation/ask_for.html", context, status=422 if form.is_bound else 200)


def _ask(
    request: HttpRequest, person: Person, offer: Post, mine: dict[str, Post], values: dict[str, Any]
) -> Any:
    return ask_introduction(
        request.network,
        requester=person,
        offerer=offer.author,
        by=request.user,
        initiator=person,
        request=mine.get(values["mine"]),
        offer=offer,
        message=values["message"],
    )


def _offer(request: HttpRequest, public_id: str, person: Person) -> Post:
    offer = get_post(person, public_id)
    if not offer.is_offer or not offer.is_open or offer.network_id != request.network.pk:
        raise NotThere
    if offer.author_id == person.pk:
        raise NotThere
    return offer


def _wall(membership: Membership) -> str:
    """Return why this person cannot ask now, said to the animator; empty when they can."""
    now = clock.now()
    if membership.is_paused(now):
        return _("Cette personne est en pause : elle demandera quand elle aura repris.")
    if not membership.is_active(membership.network, now):
        return _(
            "Il lui manque une offre ou une demande publiée. Publiez-la avec elle, "
            "ou levez la condition depuis sa fiche."
        )
    if needs_signature(membership):
        return _("Elle n’a pas signé la charte en vigueur : elle seule peut le faire, en se connectant.")
    return ""


def _offers(request: HttpRequest, person: Person) -> dict[str, Any]:
    asked = request.GET.get("q", "").strip()[:100]
    here = reverse("animation:ask_for", args=[request.network.slug, person.public_id])
    about = _request(request, person)
    posts = search(request.network, person, asked, kind=Kind.OFFER).posts if asked else []
    if about is not None and not asked:
        posts = [found.post for found in suggestions_about(about, person)]
    rows = [post for post in posts if post.author_id != person.pk][:FOUND]
    carried = {"request": about.public_id} if about is not None else {}
    return {
        "words": asked,
        "action": here,
        "about": about,
        "hidden": carried,
        "found": [
            {
                "card": card_of(post, within=False),
                "url": f"{here}?{urlencode({'offer': post.public_id} | carried)}",
            }
            for post in rows
        ],
    }


def _request(request: HttpRequest, person: Person) -> Post | None:
    """Return the request one came from, when it is this person's and still open."""
    if not request.GET.get("request"):
        return None
    try:
        row = get_post(person, request.GET["request"])
    except NotThere:
        return None
    own = row.author_id == person.pk and row.network_id == request.network.pk
    return row if own and row.is_open and not row.is_offer else None

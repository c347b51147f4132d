"""Done for someone met in a corridor or reached by telephone: shown as such, and they are told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from reciproque.catalogue.actions import publish_post
from reciproque.catalogue.rules import Kind
from reciproque.exchanges.access import can_review, get_exchange_for_accompaniment, is_in
from reciproque.exchanges.actions import declare_exchange, submit_review
from reciproque.exchanges.queries import people_in
from reciproque.exchanges.rules import PHONE_AFTER, PHONE_BEFORE, Side
from reciproque.kit.errors import NotThere
from reciproque.kit.tokens import new_id
from reciproque.networks.access import get_accompanied, get_accompanied_member, require_animator, scope_of
from reciproque.networks.queries import members_named
from reciproque.web.animation.forms.acting import DeclareForm, PostForm, ReviewForm
from reciproque.web.animation.views import crumbs, either, member_crumbs, member_url
from reciproque.web.http import see, submit, tell
from reciproque.web.parts.meetings import listed
from reciproque.web.parts.posts import person_line

if TYPE_CHECKING:
    from reciproque.networks.models import Network
    from reciproque.people.models import Person

FOUND = 8
SIDES = (Side.OFFERER, Side.REQUESTER)


@either
def post_for(request: HttpRequest, slug: str, person_id: str, kind: str) -> HttpResponse:
    """Publish an offer or a request for a member who asked for it."""
    network = request.network = require_animator(request.user, slug)
    if kind not in Kind.values:
        raise NotThere
    membership = get_accompanied_member(request.user, person_id, network)
    person = membership.person
    initial = {
        "key": new_id(),
        "modes": ["face", "phone", "video"],
        "place": person.site.name if person.site else "",
        "languages": person.languages,
        "capacity": 2,
        "level": "",
    }
    form = PostForm(kind, request.POST if request.method == "POST" else None, initial=initial)
    form.say_room(membership.give_capacity if kind == Kind.OFFER else membership.receive_capacity)
    if request.method == "POST":
        done, post = submit(
            form, lambda values: publish_post(network, person, kind, by=request.user, **values)
        )
        if done:
            tell(request, _published(post.kind) % {"name": person.display_name, "title": post.title})
            return see(member_url(network, person))
    context = {
        "form": form,
        "kind": kind,
        "person": person,
        "line": person_line(person),
        "back": member_url(network, person),
        "crumbs": member_crumbs(network, person, _post_label(kind)),
    }
    return render(request, "animation/post_for.html", context, status=422 if form.is_bound else 200)


def _post_label(kind: str) -> str:
    return _("Publier une offre") if kind == Kind.OFFER else _("Publier une demande")


def _published(kind: str) -> str:
    return {
        Kind.OFFER: _("L’offre « %(title)s » est publiée pour %(name)s. Un message le lui dit."),
        Kind.REQUEST: _("La demande « %(title)s » est publiée pour %(name)s. Un message le lui dit."),
    }[Kind(kind)]


@either
def declare_for(request: HttpRequest, slug: str) -> HttpResponse:
    """Declare an exchange between two members: who passed on, who learned, then what and when."""
    network = request.network = require_animator(request.user, slug)
    chosen = _chosen(request, network)
    missing = next((side for side in SIDES if side not in chosen), "")
    context = {
        "sides": [_side(network, side, chosen) for side in SIDES if side in chosen],
        "crumbs": crumbs(network, (_("Déclarer un échange"), "")),
    }
    if missing:
        return render(
            request, "animation/declare_who.html", context | _search(request, network, missing, chosen)
        )
    form = DeclareForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        two = {str(side): chosen[side] for side in SIDES}
        done, _exchange = submit(
            form, lambda values: declare_exchange(network, by=request.user, **two, **values)
        )
        if done:
            others = [person for person in two.values() if person.pk != request.user.pk]
            names = listed([person.display_name for person in others])
            tell(
                request,
                _("C’est déclaré. Le message est parti à %(names)s : un oui suffit.") % {"names": names},
            )
            return see("animation:desk", slug)
    swapped = {Side.OFFERER: chosen[Side.REQUESTER], Side.REQUESTER: chosen[Side.OFFERER]}
    context |= {"form": form, "swap_url": _address(network, swapped)}
    return render(request, "animation/declare_for.html", context, status=422 if form.is_bound else 200)


def _chosen(request: HttpRequest, network: Network) -> dict[str, Person]:
    """Return the people named in the address, by side; the same one twice is named once."""
    people: dict[str, Person] = {}
    for side in SIDES:
        public_id = request.GET.get(side, "")
        if public_id:
            person = get_accompanied_member(request.user, public_id, network).person
            if person not in people.values():
                people[side] = person
    return people


def _address(network: Network, people: dict[str, Person]) -> str:
    page = reverse("animation:declare_for", args=[network.slug])
    named = {str(side): person.public_id for side, person in people.items()}
    return f"{page}?{urlencode(named)}" if named else page


def _side(network: Network, side: str, chosen: dict[str, Person]) -> dict[str, Any]:
    person = chosen[side]
    others = {name: other for name, other in chosen.items() if name != side}
    return {
        "label": _("A transmis") if side == Side.OFFERER else _("A appris"),
        "name": person.display_name,
        "initials": person.initials,
        "line": person_line(person),
        "change_url": _address(network, others),
    }


def _search(
    request: HttpRequest, network: Network, missing: str, chosen: dict[str, Person]
) -> dict[str, Any]:
    asked = request.GET.get("q", "").strip()[:100]
    taken = {person.pk for person in chosen.values()}
    scope = scope_of(request.user, network)
    named = members_named(network, asked, FOUND + 1, scope)
    rows = [row.person for row in named if row.person_id not in taken]
    return {
        "words": asked,
        "question": _("Qui a transmis ?") if missing == Side.OFFERER else _("Qui a appris ?"),
        "action": reverse("animation:declare_for", args=[network.slug]),
        "hidden": {str(side): person.public_id for side, person in chosen.items()},
        "found": [
            {
                "name": person.display_name,
                "initials": person.initials,
                "line": person_line(person),
                "url": _address(network, {**chosen, missing: person}),
            }
            for person in rows[:FOUND]
        ],
    }


@either
def review_for(request: HttpRequest, slug: str, exchange_id: str, person_id: str) -> HttpResponse:
    """Write the review of someone reached by telephone; what is written is not shown here again."""
    network = request.network = require_animator(request.user, slug)
    exchange = get_exchange_for_accompaniment(request.user, exchange_id)
    person = get_accompanied(request.user, person_id, network).person
    if exchange.network_id != network.pk or not is_in(person, exchange):
        raise NotThere
    if not can_review(person, exchange):
        tell(request, _("Ce bilan est déjà fait, ou n’est plus ouvert."))
        return see(member_url(network, person))
    parts = people_in(exchange)
    side = next(part.side for part in parts if part.person_id == person.pk)
    form = ReviewForm(request.POST if request.method == "POST" else None, side=side)
    if request.method == "POST":
        done, _review = submit(
            form, lambda values: submit_review(exchange, by=request.user, author=person, **values)
        )
        if done:
            tell(request, _("Le bilan est enregistré pour %(name)s.") % {"name": person.display_name})
            return see(member_url(network, person))
    context = {
        "form": form,
        "exchange": exchange,
        "person": person,
        "others": listed([part.person.display_name for part in parts if part.person_id != person.pk]),
        "paper": "paper" in request.GET,
        "script_before": PHONE_BEFORE,
        "script_after": PHONE_AFTER,
        "back": member_url(network, person),
        "crumbs": member_crumbs(network, person, _("Le bilan")),
    }
    return render(request, "animation/review_for.html", context, status=422 if form.is_bound else 200)

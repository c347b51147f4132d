"""Read an offer or a request, look after one’s own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from reciproque.catalogue.access import can_change, get_post
from reciproque.catalogue.actions import (
    fulfil_post,
    pause_post,
    renew_post,
    withdraw_post,
)
from reciproque.catalogue.queries import open_kinds, own_counts, own_posts
from reciproque.catalogue.rules import (
    PostState,
    expires_soon,
)
from reciproque.exchanges.queries import introductions_of
from reciproque.kit import clock
from reciproque.kit.errors import NotThere
from reciproque.matching.queries import alike_of, found_with, suggestions_about
from reciproque.moderation.queries import last_decision_about
from reciproque.networks.access import get_membership, require_member
from reciproque.networks.queries import membership_of
from reciproque.networks.rules import MembershipState
from reciproque.web.http import attempt, back, page_number, see, tell
from reciproque.web.parts.posts import (
    ask_url,
    card_of,
    found_card,
    language_words,
    level_words,
    mode_words,
    obstacle,
    other_obstacle,
    person_line,
)
from reciproque.web.posts.views.writing import published_words

if TYPE_CHECKING:
    from reciproque.catalogue.models import Post

SIZE = 30
TABS = {
    "published": [PostState.PUBLISHED],
    "hidden": [PostState.HIDDEN],
    "drafts": [PostState.DRAFT],
    "paused": [PostState.PAUSED],
    "expired": [PostState.EXPIRED],
    "closed": [PostState.FULFILLED, PostState.WITHDRAWN, PostState.REMOVED],
}


@require_safe
def mine(request: HttpRequest, slug: str) -> HttpResponse:
    """Show everything the reader wrote in a network, by state."""
    request.network, _membership = require_member(request.user, slug)
    counts = own_counts(request.user, request.network)
    totals = {name: sum(counts[state] for state in states) for name, states in TABS.items()}
    tab = request.GET.get("state", "published")
    tab = tab if tab in TABS else "published"
    page = page_number(request)
    posts, total = own_posts(request.user, request.network, TABS[tab], page=page, size=SIZE)
    context = {
        "tab": tab,
        "tabs": _tabs(slug, tab, totals),
        "totals": totals,
        "rows": [_row(post) for post in posts],
        "page": Paginator(range(total), SIZE).get_page(page),
        "nothing": not any(totals.values()),
        # Nothing to pass on yet: a few questions help to find it.
        "no_offer": tab == "published" and not any(post.is_offer for post in posts),
        "alike": alike_of(request.user, request.network) if tab == "published" else [],
        "slug": slug,
    }
    return render(request, "posts/mine.html", context)


def _tabs(slug: str, current: str, totals: dict[str, int]) -> list[dict[str, Any]]:
    labels = {
        "published": _("Publiées"),
        "hidden": _("Masquées"),
        "drafts": _("Brouillons"),
        "paused": _("En pause"),
        "expired": _("Expirées"),
        "closed": _("Closes"),
    }
    address = reverse("posts:mine", args=[slug])
    return [
        {
            "label": labels[name],
            "url": f"{address}?state={name}",
            "current": name == current,
            "count": totals[name],
        }
        for name in TABS
        if totals[name] or name == current
    ]


def _row(post: Post) -> dict[str, Any]:
    """A post and what its author can do with it in one tap from the list."""
    return {
        "card": card_of(post, own=True, named=False),
        "state": post.state,
        "soon": post.is_open and expires_soon(post.expires_at, clock.now()),
        "id": post.public_id,
    }


@require_safe
def post(request: HttpRequest, post_id: str) -> HttpResponse:
    """Show an offer or a request: to others with a way to ask, to its author with what can be done with it."""
    post = get_post(request.user, post_id)
    request.network = post.network
    own = post.author_id == request.user.pk
    request.place = "posts" if own else "find"
    if post.state == PostState.DRAFT:
        return redirect("posts:edit", post_id)
    membership = get_membership(request.user, post.network)
    within = membership is not None and membership.state == MembershipState.MEMBER
    live = [
        row for row in introductions_of(request.user, live=True) if post.pk in (row.offer_id, row.request_id)
    ]
    wall = obstacle(membership, open_kinds(request.user).get(post.network_id, ()))
    context = {
        "post": post,
        "card": card_of(post, own=own, within=within),
        "own": own,
        "soon": post.is_open and expires_soon(post.expires_at, clock.now()),
        "can_change": can_change(request.user, post),
        "facts": _facts(post, own=own),
        "line": person_line(post.author),
        "first_name": post.author.first_name or post.author.display_name,
        "wall": wall,
        "introductions": [_introduction(request, row) for row in live],
        "crumbs": _crumbs(post, own=own, within=within),
    }
    if own:
        context["decision"] = (
            last_decision_about("post", post.public_id, request.user)
            if post.state == PostState.HIDDEN
            else None
        )
        context["founds"] = (
            [found_card(row) for row in suggestions_about(post, request.user)] if post.is_open else []
        )
    else:
        context |= _seen_by_others(request, post, wall)
    return render(request, "posts/post.html", context)


def _seen_by_others(request: HttpRequest, post: Post, wall: Any) -> dict[str, Any]:
    """What a colleague needs before asking: reasons when it was found for them, or why they cannot ask."""
    wall = wall or other_obstacle(request.user, post, membership_of(post.author, post.network))
    found = found_with(post, request.user)
    return {
        "wall": wall,
        "found": found_card(found) if found else None,
        "ask_url": "" if wall else ask_url(post, found.mine if found else None),
    }


def _introduction(request: HttpRequest, introduction: Any) -> dict[str, str]:
    two = (introduction.requester, introduction.offerer)
    other = next(person for person in two if person.pk != request.user.pk)
    return {
        "name": other.display_name,
        "state": introduction.get_state_display(),
        "url": reverse("exchanges:introduction", args=[introduction.public_id]),
    }


def _crumbs(post: Post, *, own: bool, within: bool) -> list[dict[str, str]]:
    slug = post.network.slug
    if own and not within:  # they left the network: nothing of it is theirs to go back to
        return [{"label": _("Accueil"), "url": reverse("home:home")}, {"label": post.title}]
    if not within:  # whoever animates the network without being a member came from its people
        people = reverse("animation:member", args=[slug, post.author.public_id])
        return [{"label": post.author.display_name, "url": people}, {"label": post.title}]
    up = (
        {"label": _("Mes annonces"), "url": reverse("posts:mine", args=[slug])}
        if own
        else {"label": _("Savoirs"), "url": reverse("find:search", args=[slug])}
    )
    return [up, {"label": post.title}]


def _facts(post: Post, *, own: bool) -> list[tuple[str, str]]:
    offer = post.is_offer
    known = [
        (_("À quoi cela sert") if offer else _("Pour quoi faire"), post.purpose),
        (_("À qui cela convient") if offer else _("Où en est la personne"), level_words(post)),
        (_("Comment cela s’est appris"), post.how_learned),
        (_("Ce qui aide à apprendre"), post.learns_best),
        (_("Comment se rencontrer"), mode_words(post.modes)),
        (_("Lieu"), post.place),
        (_("Langues"), language_words(post.languages)),
        (_("Échanges à la fois"), str(post.capacity) if own else ""),
        (_("Petit groupe"), _("possible") if post.small_group else ""),
    ]
    return [(term, capfirst(value)) for term, value in known if value]


ACTIONS = {"pause": pause_post, "withdraw": withdraw_post, "fulfil": fulfil_post, "renew": renew_post}


@require_http_methods(["GET", "POST"])
def act(request: HttpRequest, post_id: str, verb: str) -> HttpResponse:
    """Pause, withdraw, close or renew a post; a GET asks first, except for a renewal, which takes nothing away."""
    post = get_post(request.user, post_id)
    request.network = post.network
    if not can_change(request.user, post):
        raise NotThere
    here = reverse("posts:post", args=[post_id])
    if request.method == "GET":
        if verb == "renew":
            return redirect(here)
        return render(request, "posts/confirm.html", {"post": post, "cancel": here, **_question(post, verb)})
    draft = post.state == PostState.DRAFT
    done, _post = attempt(request, lambda: ACTIONS[verb](post, by=request.user))
    if done:
        tell(request, published_words(post) if verb == "renew" else _done(post, verb, draft=draft))
    if verb == "withdraw":
        return see("posts:mine", post.network.slug)
    return back(request, here)


def _question(post: Post, verb: str) -> dict[str, str]:
    if verb == "withdraw" and post.state == PostState.DRAFT:
        return {
            "title": _("Supprimer ce brouillon ?"),
            "text": _("Personne d’autre que vous ne l’a vu."),
            "verb": _("Supprimer le brouillon"),
            "tone": "danger",
        }
    ended = _(
        "Les mises en relation sans réponse s’arrêtent et les personnes sont prévenues. Les échanges continuent."
    )
    titles = {
        "withdraw": (_("Retirer cette offre ?"), _("Retirer cette demande ?"), _("Retirer"), "danger"),
        "pause": (
            _("Mettre cette offre en pause ?"),
            _("Mettre cette demande en pause ?"),
            _("Mettre en pause"),
            "primary",
        ),
        "fulfil": (
            _("Avez-vous transmis ce que vous vouliez ?"),
            _("Avez-vous trouvé ce que vous cherchiez ?"),
            _("Oui, c’est fait"),
            "primary",
        ),
    }
    offer, wanted, label, tone = titles[verb]
    return {"title": offer if post.is_offer else wanted, "text": ended, "verb": label, "tone": tone}


def _done(post: Post, verb: str, *, draft: bool) -> str:
    if draft:
        return _("Le brouillon est supprimé.")
    return {
        "withdraw": _("C’est retiré. Plus personne ne la voit."),
        "pause": _("C’est en pause. Vous la publierez de nouveau quand vous voudrez."),
        "fulfil": _("C’est noté. Et maintenant, qu’aimeriez-vous proposer ou demander ?"),
    }[verb]

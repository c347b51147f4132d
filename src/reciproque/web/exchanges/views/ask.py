"""Ask for an introduction, or for the next one when the first did not work out."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from reciproque.agenda.rules import deadline
from reciproque.catalogue.access import get_post
from reciproque.catalogue.queries import open_kinds, posts_by
from reciproque.catalogue.rules import Kind, PostState
from reciproque.exchanges.access import get_introduction
from reciproque.exchanges.actions import ask_introduction
from reciproque.kit import clock
from reciproque.kit.errors import NotThere
from reciproque.matching.actions import decline_next
from reciproque.matching.queries import next_proposal, suggestions_about
from reciproque.networks.access import require_member
from reciproque.networks.queries import membership_of
from reciproque.web.exchanges.forms import AskForm
from reciproque.web.http import see, submit, tell
from reciproque.web.parts.posts import card_of, obstacle, other_obstacle, person_line
from reciproque.web.parts.waits import wait_words


def _posts(request: HttpRequest, network: Any) -> tuple[Any, Any]:
    """Return someone's post asked about and my own that goes with it, from the address."""
    named = [request.GET.get(kind) for kind in ("offer", "request")]
    posts = [get_post(request.user, public_id) for public_id in named if public_id]
    theirs = next((post for post in posts if post.author_id != request.user.pk), None)
    mine = next((post for post in posts if post.author_id == request.user.pk), None)
    if theirs is None or any(post.network_id != network.pk for post in posts):
        raise NotThere
    if mine is not None and mine.kind == theirs.kind:
        mine = None
    return theirs, mine


def _own(request: HttpRequest, theirs: Any) -> dict[str, Any]:
    """Return my published posts that could go with theirs, by public identifier."""
    wanted = Kind.REQUEST if theirs.is_offer else Kind.OFFER
    posts = posts_by(request.user, theirs.network)
    return {
        post.public_id: post for post in posts if post.kind == wanted and post.state == PostState.PUBLISHED
    }


def _choices(own: dict[str, Any], theirs: Any) -> list[tuple[str, str]]:
    none = (
        _("Aucune de mes demandes publiées : je l’explique dans mon message")
        if theirs.is_offer
        else _("Aucune de mes offres publiées : je l’explique dans mon message")
    )
    return [(public_id, post.title) for public_id, post in own.items()] + [("", none)]


def _reasons(request: HttpRequest, theirs: Any, mine: Any) -> list[str]:
    if mine is None:
        return []
    rows = suggestions_about(mine, request.user, limit=50)
    return next((row.reasons for row in rows if row.post.pk == theirs.pk), [])


def _send(request: HttpRequest, theirs: Any, mine: Any, message: str) -> Any:
    offering = not theirs.is_offer
    return ask_introduction(
        theirs.network,
        requester=theirs.author if offering else request.user,
        offerer=request.user if offering else theirs.author,
        by=request.user,
        request=theirs if offering else mine,
        offer=mine if offering else theirs,
        message=message,
        reasons=_reasons(request, theirs, mine),
    )


def _wall(request: HttpRequest, membership: Any, theirs: Any) -> Any:
    mine = obstacle(membership, open_kinds(request.user).get(theirs.network_id, ()))
    return mine or other_obstacle(request.user, theirs, membership_of(theirs.author, theirs.network))


@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what asking means and what happens next; send the demand."""
    request.network, membership = require_member(request.user, slug)
    theirs, mine = _posts(request, request.network)
    own, posted = _own(request, theirs), request.method == "POST"
    initial = {"mine": mine.public_id if mine else ""}
    form = AskForm(request.POST if posted else None, posts=_choices(own, theirs), initial=initial)
    if posted:
        done, row = submit(
            form, lambda values: _send(request, theirs, own.get(values["mine"]), values["message"])
        )
        if done:
            tell(request, _("C’est envoyé à %(name)s.") % {"name": theirs.author.display_name})
            return see("exchanges:introduction", row.public_id)
    context = {
        "form": form,
        "card": card_of(theirs),
        "person": theirs.author,
        "has_own": bool(own),
        "wall": _wall(request, membership, theirs),
        "reasons": _reasons(request, theirs, mine),
        "due_at": deadline(
            request.network, request.network.answer_days, clock.now(), theirs.author.time_zone
        ),
        "mediated": request.network.is_mediated,
        "wait": wait_words(request.network),
    }
    return render(request, "exchanges/ask.html", context, status=422 if posted else 200)


def _send_next(request: HttpRequest, introduction: Any, found: Any, message: str) -> Any:
    asked = introduction.request
    return ask_introduction(
        introduction.network,
        requester=request.user,
        offerer=found.person,
        by=request.user,
        request=asked if asked is not None and asked.is_open else None,
        offer=found.post,
        message=message,
        reasons=found.reasons,
    )


@require_http_methods(["GET", "POST"])
def next_person(request: HttpRequest, introduction_id: str) -> HttpResponse:
    """Show the next best person after a no or a silence: nobody is contacted before a yes."""
    introduction = get_introduction(request.user, introduction_id)
    request.network, posted = introduction.network, request.method == "POST"
    found = next_proposal(introduction, request.user)
    if posted and found is None:
        return redirect("exchanges:introduction", introduction_id)
    form = AskForm(request.POST if posted else None)
    if posted and request.POST.get("shown", "") != found.post.public_id:
        form.add_error(
            None,
            _("La personne proposée a changé entre-temps. Rien n’a été envoyé : relisez, puis répondez."),
        )
    elif posted and request.POST.get("answer") == "no":
        decline_next(introduction, by=request.user)
        tell(request, _("C’est noté : personne n’est contacté."))
        return see("exchanges:introduction", introduction_id)
    elif posted:
        done, row = submit(form, lambda values: _send_next(request, introduction, found, values["message"]))
        if done:
            tell(request, _("C’est envoyé à %(name)s.") % {"name": found.person.display_name})
            return see("exchanges:introduction", row.public_id)
    context = {
        "introduction": introduction,
        "found": found,
        "line": person_line(found.person) if found else "",
        "form": form,
        "search_url": reverse("find:search", args=[introduction.network.slug]),
        "back_url": reverse("exchanges:introduction", args=[introduction_id]),
        "due_at": deadline(introduction.network, introduction.network.answer_days, clock.now()),
        "wait": wait_words(introduction.network),
    }
    return render(request, "exchanges/next.html", context, status=422 if posted else 200)

"""Word an offer or a request, and publish it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reciproque.catalogue.access import can_change, get_post
from reciproque.catalogue.actions import (
    edit_post,
    publish_post,
    save_draft,
)
from reciproque.catalogue.rules import (
    OFFER_PROMPTS,
    REQUEST_PROMPTS,
    TITLE_MIN,
    Kind,
    PostState,
)
from reciproque.kit.errors import NotThere
from reciproque.kit.text import fold
from reciproque.kit.tokens import new_id
from reciproque.matching.queries import proposed_topics, similar_posts
from reciproque.networks.access import require_member
from reciproque.networks.queries import membership_of
from reciproque.web.http import put_errors, see, submit, tell, warn
from reciproque.web.parts.posts import (
    card_of,
)
from reciproque.web.parts.small import words
from reciproque.web.posts.forms import PostForm, initial_of, split_topics

if TYPE_CHECKING:
    from reciproque.catalogue.models import Post
    from reciproque.networks.models import Network


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """Word a new offer or request: publish it, read it again, or keep it for later."""
    request.network, membership = require_member(request.user, slug)
    if request.method == "POST":
        return _send(request, request.network, kind)
    person = membership.person
    initial = {
        "key": new_id(),
        "title": request.GET.get("title", "")[:140],
        "topics": request.GET.get("topic", "")[:80],
        "level": "",
        "modes": ["face", "phone", "video"],
        "place": person.site.name if person.site else "",
        "languages": person.languages,
        "capacity": 2,
    }
    form = PostForm(kind, initial=initial, hints_url=_hints_url(slug, kind, initial["key"]))
    return _page(request, form, request.network, kind, title=initial["title"])


def _send(request: HttpRequest, network: Network, kind: str, post: Post | None = None) -> HttpResponse:
    """Take a form: `step` says whether to publish (the default), to read again or to keep as a draft."""
    key = post.public_id if post else request.POST.get("key", "")
    form = PostForm(kind, request.POST, hints_url=_hints_url(network.slug, kind, key))
    step = request.POST.get("step", "publish")
    if step in ("keep", "review"):
        return _keep(request, form, network, kind, step)
    done, published = submit(
        form,
        lambda values: publish_post(
            network, request.user, kind, by=request.user, key=values["key"], **form.values()
        ),
    )
    if not done:
        return _page(request, form, network, kind, title=request.POST.get("title", ""), post=post, status=422)
    tell(request, published_words(published))
    return see("posts:post", published.public_id)


def _keep(request: HttpRequest, form: PostForm, network: Network, kind: str, step: str) -> HttpResponse:
    values = form.draft_values()
    try:
        kept = save_draft(
            network, request.user, kind, by=request.user, key=form.cleaned_data.get("key", ""), **values
        )
    except ValidationError as error:
        put_errors(form, error)
        return _page(request, form, network, kind, title=values["title"], status=422)
    if step == "review":
        return see(reverse("posts:edit", args=[kept.public_id]) + "?review=1#review")
    tell(request, _("Votre brouillon est gardé. Personne d’autre ne le voit."))
    return see(reverse("posts:mine", args=[network.slug]) + "?state=drafts")


def published_words(post: Post) -> str:
    """Return what is said once a post is published: until when it is visible."""
    said = {
        Kind.OFFER: _("Votre offre est publiée : elle est visible jusqu’au %(day)s."),
        Kind.REQUEST: _("Votre demande est publiée : elle est visible jusqu’au %(day)s."),
    }
    return said[post.kind] % {"day": words(post.expires_at, "full")}


def _hints_url(slug: str, kind: str, key: str) -> str:
    return reverse("posts:hints", args=[slug]) + "?" + urlencode({"kind": kind, "key": key})


def _hints(
    request: HttpRequest,
    network: Network,
    kind: str,
    title: str,
    key: str,
    picked: list[str],
    typed: list[str],
) -> dict[str, Any]:
    """What is said beside a title as it is typed: who proposes or seeks nearly the same, and its topics."""
    title = title.strip()[:140]
    if len(title) < TITLE_MIN:
        return {"similar": [], "topics": [], "kind": kind}
    near = [
        post for post, _score in similar_posts(network, request.user, title, kind) if post.public_id != key
    ]
    known = {fold(name) for name in typed}
    names = {fold(name): name for name in picked} | {
        fold(row.name): row.name for row in proposed_topics(title, network=network)
    }
    return {
        "kind": kind,
        "others": any(post.author_id != request.user.pk for post in near[:4]),
        "similar": [{"card": card_of(post), "own": post.author_id == request.user.pk} for post in near[:4]],
        "topics": [
            {"name": name, "picked": name in picked} for folded, name in names.items() if folded not in known
        ],
    }


@require_safe
def hints(request: HttpRequest, slug: str) -> HttpResponse:
    """Show, as a title is typed, nearly identical posts and the topics it suggests."""
    request.network, _membership = require_member(request.user, slug)
    kind = Kind.REQUEST if request.GET.get("kind") == Kind.REQUEST else Kind.OFFER
    picked = [name[:80] for name in request.GET.getlist("picked")][:10]
    found = _hints(
        request, request.network, kind, request.GET.get("title", ""), request.GET.get("key", ""), picked, []
    )
    return render(request, "posts/hints.html", {"hints": found})


def _page(
    request: HttpRequest,
    form: PostForm,
    network: Network,
    kind: str,
    *,
    title: str = "",
    post: Post | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render the form with what is said beside its title."""
    key = post.public_id if post else form.data.get("key", "")
    picked = form.data.getlist("picked") if form.is_bound else []
    typed = split_topics(form["topics"].value() or "")
    fresh = post is None or post.state == PostState.DRAFT
    member = membership_of(post.author if post else request.user, network)
    if member is not None:
        form.say_room(member.give_capacity if kind == Kind.OFFER else member.receive_capacity)
    context = {
        "form": form,
        "kind": kind,
        "post": post,
        "fresh": fresh,
        "own": post is None or post.author_id == request.user.pk,
        "network": network,
        "autosave_url": reverse("posts:draft", args=[network.slug, kind]) if fresh else "",
        "hints": _hints(request, network, kind, title, key, picked, typed) if title else {"kind": kind},
        "prompts": OFFER_PROMPTS if kind == Kind.OFFER else REQUEST_PROMPTS,
        "prompts_open": post is None and not title and not form.is_bound,
        "preview": card_of(post) if post and fresh and request.GET.get("review") else None,
        "back_url": reverse("posts:post", args=[post.public_id])
        if post and not fresh
        else reverse("posts:mine", args=[network.slug]),
    }
    return render(request, "posts/form.html", context, status=status)


@require_POST
def draft(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """Keep what has been typed so far; nothing to show."""
    request.network, _membership = require_member(request.user, slug)
    form = PostForm(kind, request.POST)
    values = form.draft_values()
    kept = form.cleaned_data.get("key", "")
    if kept and any(values.get(name) for name in ("title", "purpose", "description")):
        try:
            save_draft(request.network, request.user, kind, by=request.user, key=kept, **values)
        except ValidationError:
            return HttpResponse(status=409)
    return HttpResponse(status=204)


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, post_id: str) -> HttpResponse:
    """Change a draft, or the words of what is published."""
    post = get_post(request.user, post_id)
    request.network = post.network
    if not can_change(request.user, post):
        raise NotThere
    if post.state in (PostState.FULFILLED, PostState.WITHDRAWN):
        warn(request, _("Cette annonce est close : on ne la modifie plus."))
        return redirect("posts:post", post_id)
    if request.method == "POST" and post.state == PostState.DRAFT:
        return _send(request, post.network, post.kind, post)
    hints_url = _hints_url(post.network.slug, post.kind, post.public_id)
    if request.method == "GET":
        form = PostForm(post.kind, initial=initial_of(post), hints_url=hints_url)
        return _page(request, form, post.network, post.kind, title=post.title, post=post)
    form = PostForm(post.kind, request.POST, hints_url=hints_url)
    done, _post = submit(form, lambda _values: edit_post(post, by=request.user, **form.values()))
    if not done:
        title = request.POST.get("title", "")
        return _page(request, form, post.network, post.kind, title=title, post=post, status=422)
    tell(request, _("C’est modifié."))
    return see("posts:post", post_id)

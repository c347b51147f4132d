"""Posts that say nearly the same: one's own to be merged, several people's to be met together."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from reciproque.kit.errors import NotThere
from reciproque.matching.access import get_likeness
from reciproque.matching.actions import dismiss_likeness, meet_together, merge_posts
from reciproque.matching.queries import alike_in
from reciproque.matching.queries.likeness import own_alike
from reciproque.networks.access import require_animator, require_member
from reciproque.web.http import attempt, page_number, see, tell
from reciproque.web.matching.views import crumbs, plan_tabs, side
from reciproque.web.parts.posts import card_of

SIZE = 10


@require_http_methods(["GET", "POST"])
def alike(request: HttpRequest, likeness_id: str) -> HttpResponse:
    """Show the reader's own posts that say nearly the same; keep one, or keep them apart."""
    likeness = get_likeness(request.user, likeness_id)
    shown = own_alike(likeness, request.user)
    if shown is None:
        raise NotThere
    request.network, _membership = require_member(request.user, likeness.network.slug)
    if request.method == "POST":
        kept = next((post for post in shown.posts if post.public_id == request.POST.get("keep")), None)
        if kept is not None:
            _done, _post = attempt(
                request,
                lambda: merge_posts(likeness, kept, by=request.user),
                _("C’est fait : une seule annonce reste publiée."),
            )
        elif request.POST.get("keep") == "":
            attempt(
                request,
                lambda: dismiss_likeness(likeness, by=request.user),
                _("C’est noté : ces annonces restent séparées."),
            )
        else:
            return see("matching:alike", likeness_id)
        return see("posts:mine", likeness.network.slug)
    context = {
        "likeness": likeness,
        "open": likeness.state == "open" and len(shown.posts) > 1,
        "cards": [card_of(post, own=True, named=False) for post in shown.posts],
        "slug": likeness.network.slug,
    }
    return render(request, "matching/alike.html", context)


@require_http_methods(["GET", "POST"])
def groups(request: HttpRequest, slug: str) -> HttpResponse:
    """Show an animator the requests that could be met together; propose it, or leave them apart."""
    network = request.network = require_animator(request.user, slug)
    if request.method == "POST":
        likeness = get_likeness(request.user, request.POST.get("id", ""))
        if likeness.network_id != network.pk:
            raise NotThere
        if request.POST.get("act") == "meet":
            done, number = attempt(request, lambda: meet_together(likeness, by=request.user))
            if done:
                tell(
                    request,
                    ngettext(
                        "L’offre est proposée à %(n)s personne. Rien n’est envoyé à qui la donne avant un oui.",
                        "L’offre est proposée à %(n)s personnes. Rien n’est envoyé à qui la donne avant un oui.",
                        number,
                    )
                    % {"n": number},
                )
        else:
            attempt(
                request,
                lambda: dismiss_likeness(likeness, by=request.user),
                _("C’est noté : ces demandes restent séparées."),
            )
        return see("matching:groups", network.slug)
    number = page_number(request)
    rows, total = alike_in(network, page=number, size=SIZE)
    context = {
        "rows": [
            {
                "id": row.likeness.public_id,
                "requests": [side(post) for post in row.posts],
                "offer": row.offer and side(row.offer),
            }
            for row in rows
        ],
        "page": Paginator(range(total), SIZE).get_page(number),
        "tabs": plan_tabs(network, "matching:groups"),
        "crumbs": crumbs(network, _("Demandes semblables")),
    }
    return render(request, "matching/groups.html", context)

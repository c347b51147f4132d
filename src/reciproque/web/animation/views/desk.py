"""The animator's morning: one queue of what no longer moves, each row with what to do about it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, ngettext_lazy
from django.views.decorators.http import require_POST, require_safe

from reciproque.catalogue.queries import count_open
from reciproque.exchanges.queries import count_held, count_live
from reciproque.exchanges.rules import Origin
from reciproque.insights.queries import Narrowed, counts, just_noted, moved_since, queue, stuck_among
from reciproque.insights.rules import MOST_AT_ONCE, SIZE, Reason
from reciproque.kit import clock
from reciproque.networks.access import get_application, require_animator, scope_of
from reciproque.networks.queries import count_members, places_in
from reciproque.web.animation.views import member_url
from reciproque.web.animation.views.cases import make
from reciproque.web.animation.views.rows import LABELS, primary, rows_of, tried
from reciproque.web.http import back, page_number, see, tell, warn
from reciproque.web.parts.networks import masked

if TYPE_CHECKING:
    from reciproque.networks.access import Scope
    from reciproque.networks.models import Network
    from reciproque.people.models import Site, Unit

Places = tuple[list["Site"], list["Unit"]]


@require_safe
def desk(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what moved since yesterday, then what no longer does, most urgent first."""
    network = request.network = require_animator(request.user, slug)
    scope, places = scope_of(request.user, network), places_in(network)
    asked = _asked(request, places)
    narrowed = Narrowed(scope, asked["site_pk"], asked["unit_path"])
    number = counts(network, narrowed)
    total = number[asked["reason"]] if asked["reason"] else sum(number.values())
    page = Paginator(range(total), SIZE).get_page(page_number(request))
    rows = rows_of(network, queue(network, narrowed, reason=asked["reason"], page=page.number))
    since = _yesterday()
    context = {
        "network": network,
        "where": _where(scope, places),
        "rows": rows,
        "total": total,
        "page": page,
        "tabs": _tabs(request, asked, number),
        "places": _places(places, asked),
        "asked": asked,
        "here": request.get_full_path(),
        "since_weekend": (timezone.localtime(clock.now()) - since).days > 1,
        "moved": _moved(moved_since(network, since, scope)),
        "noted": [_noted(network, one) for one in just_noted(network, request.user)],
        "figures": _figures(network),
        "settles": scope.whole,
    }
    return render(request, "animation/desk.html", context)


def _asked(request: HttpRequest, places: Places) -> dict[str, Any]:
    """Return how the list is narrowed, by the address; what is not known narrows nothing."""
    reason = request.GET.get("reason", "")
    site = next((row for row in places[0] if row.public_id == request.GET.get("site", "")), None)
    unit = next((row for row in places[1] if row.public_id == request.GET.get("unit", "")), None)
    return {
        "reason": reason if reason in Reason.values else "",
        "site": site.public_id if site else "",
        "site_pk": site.pk if site else None,
        "unit": unit.public_id if unit else "",
        "unit_path": unit.path if unit else "",
    }


def _tabs(request: HttpRequest, asked: dict[str, Any], number: dict[str, int]) -> list[dict[str, Any]]:
    kept = {name: asked[name] for name in ("site", "unit") if asked[name]}
    shown = [name for name in Reason.values if number[name] or name == asked["reason"]]
    return [
        {
            "label": capfirst(LABELS[name]) if name else _("Tout"),
            "url": f"{request.path}?{urlencode(kept | ({'reason': name} if name else {}))}",
            "current": name == asked["reason"],
            "count": number[name] if name else sum(number.values()),
        }
        for name in ["", *shown]
    ]


def _places(places: Places, asked: dict[str, Any]) -> dict[str, Any]:
    """Return what the list may be narrowed to, when there is more than one of it."""
    sites = [(row.public_id, row.name) for row in places[0]]
    units = [(row.public_id, row.path) for row in places[1]]
    return {"sites": sites if len(sites) > 1 else [], "units": units if len(units) > 1 else []}


def _where(scope: Scope, places: Places) -> str:
    """Return whom this animator accompanies, when it is not the whole network."""
    if scope.whole:
        return ""
    if scope.unit:
        return scope.unit
    return next((site.name for site in places[0] if site.pk == scope.site), _("aucun membre pour l’instant"))


def _yesterday() -> dt.datetime:
    """Return the beginning of the last working day before today."""
    today = timezone.localtime(clock.now()).replace(hour=0, minute=0, second=0, microsecond=0)
    return today - dt.timedelta(days={0: 3, 6: 2}.get(today.weekday(), 1))


MOVED_WORDS = {
    "introduction.asked": ngettext_lazy(
        "%(n)s mise en relation demandée", "%(n)s mises en relation demandées", "n"
    ),
    "introduction.accepted": ngettext_lazy("%(n)s oui", "%(n)s oui", "n"),
    "meeting.fixed": ngettext_lazy("%(n)s rendez-vous fixé", "%(n)s rendez-vous fixés", "n"),
    "exchange.finished": ngettext_lazy("%(n)s échange tenu", "%(n)s échanges tenus", "n"),
    "review.submitted": ngettext_lazy("%(n)s bilan", "%(n)s bilans", "n"),
    "post.published": ngettext_lazy("%(n)s annonce publiée", "%(n)s annonces publiées", "n"),
    "membership.joined": ngettext_lazy("%(n)s arrivée", "%(n)s arrivées", "n"),
    "helped": ngettext_lazy("%(n)s chose faite après un rappel", "%(n)s choses faites après un rappel", "n"),
}


def _moved(number: dict[str, int]) -> list[str]:
    return [MOVED_WORDS[name] % {"n": count} for name, count in number.items() if count]


def _noted(network: Network, attempt: Any) -> dict[str, str]:
    name = attempt.person.display_name if attempt.person else ""
    return {
        "text": _("%(name)s : %(what)s") % {"name": name, "what": tried(attempt)} if name else tried(attempt),
        "undo_url": reverse("animation:undo", args=[network.slug, attempt.public_id]),
    }


def _figures(network: Network) -> list[tuple[str, str]]:
    posts, live, held = count_open(network), count_live(network), count_held(network)
    rows = [
        (_("Membres"), count_members(network)),
        (_("Offres publiées"), posts["offers"]),
        (_("Demandes publiées"), posts["requests"]),
        (_("Mises en relation en cours"), live["introductions"]),
        (_("Échanges en cours"), live["exchanges"]),
        (_("Échanges tenus et suivis ici"), held[Origin.FOLLOWED]),
        (_("Échanges déclarés et confirmés"), held[Origin.DECLARED]),
    ]
    return [(term, masked(number)) for term, number in rows]


@require_POST
def remind_many(request: HttpRequest, slug: str) -> HttpResponse:
    """Remind those who are ticked, fifty at most: each as one tap would, and say for whom it could not be done."""
    network = request.network = require_animator(request.user, slug)
    wanted = list(dict.fromkeys(request.POST.getlist("case")))
    if not wanted:
        warn(request, _("Cochez d’abord les personnes à relancer."))
        return back(request, "animation:desk", slug)
    if len(wanted) > MOST_AT_ONCE:
        warn(request, _("Cinquante à la fois, au plus : décochez-en quelques-unes."))
        return back(request, "animation:desk", slug)
    rows = stuck_among(network, scope_of(request.user, network), wanted)
    done, refused = 0, []
    for row in rows:
        try:
            if primary(row) != "remind":
                raise PermissionDenied
            make("remind", row, request.user, {})
            done += 1
        except ValidationError as error:
            refused.append(f"{row.people[0].display_name} : {' '.join(error.messages)}")
    if done:
        tell(request, ngettext("%(n)s rappel est parti.", "%(n)s rappels sont partis.", done) % {"n": done})
    for sentence in refused:
        warn(request, sentence)
    gone = len(wanted) - len(rows)
    if gone:
        tell(request, ngettext("%(n)s était déjà réglé.", "%(n)s étaient déjà réglés.", gone) % {"n": gone})
    return back(request, "animation:desk", slug)


@require_safe
def application(request: HttpRequest, slug: str, membership_id: str) -> HttpResponse:
    """Lead to the page of someone who asks to join, from what waits for the team (which names their membership)."""
    network = request.network = require_animator(request.user, slug)
    membership = get_application(request.user, membership_id, network)
    return see(member_url(network, membership.person) + "#admit")

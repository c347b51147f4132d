"""The home page: what is expected, who was found, what goes on; one page for all one's networks."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from reciproque.agenda.queries import coming_meetings, count_steps, steps_of
from reciproque.catalogue.queries import news_in, open_kinds
from reciproque.catalogue.rules import Kind
from reciproque.circles.queries import reports_for
from reciproque.exchanges.queries import balance_of
from reciproque.gatherings.queries import awaited_from
from reciproque.initiatives.queries.glance import late_answers
from reciproque.kit import clock
from reciproque.matching.queries import loops_of, nudges_of, suggestions_for
from reciproque.networks.queries import directory_for, memberships_of, networks_of, roles_held_by
from reciproque.networks.rules import MembershipState, System
from reciproque.surveys.queries import still_awaited
from reciproque.web.home.wording import (
    consent_view,
    first_steps,
    greeting,
    invitation,
    late_words,
    run_words,
    step_views,
)
from reciproque.web.parts.posts import card_of, found_card, join_words, obstacle
from reciproque.web.shell import current_network

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reciproque.networks.models import Membership, Network

STEPS_SHOWN = 8
FOUND_SHOWN = 4
NEWS_SHOWN = 3
# How long the report of a group stays on the home of the decider who received it.
REPORT_DAYS = 60


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show what is expected of the reader, who was found for them, and what goes on in their networks."""
    person = request.user
    networks, memberships = networks_of(person), memberships_of(person)
    if not networks:
        return _arrival(request, memberships)
    joined = [row for row in memberships if row.state == MembershipState.MEMBER]
    several = len(networks) > 1
    opened, kinds = steps_of(person, STEPS_SHOWN), open_kinds(person)
    steps, awaited = still_awaited(person, opened), awaited_from(person)
    total = count_steps(person) - (len(opened) - len(steps)) + len(awaited)
    network = current_network(request, networks)
    # Someone who only animates a network does not search in it: their links lead where they are a member.
    joined_here = [row for row in networks if row.joined and System.EXCHANGES in row.systems]
    only_run = [row for row in networks if not row.joined]
    place = network if network in joined_here else next(iter(joined_here), None)
    learning = [row for row in networks if row.joined and System.LEARNING in row.systems]
    found = _found(request, joined, kinds)
    context = {
        "greeting": greeting(person, total),
        # The menu of this page counts what its greeting counts.
        "steps_count": total,
        "steps": sorted(
            [
                *step_views(steps, person, name_networks=several),
                *(consent_view(row, name_network=several) for row in awaited),
            ],
            key=lambda view: view.due_at,
        ),
        "more_steps": total - len(steps) - len(awaited),
        "begin": first_steps(joined, kinds, steps, name_networks=several),
        "several": several,
        "spotting_slug": next(
            (
                row.network.slug
                for row in joined
                if System.EXCHANGES in row.network.systems and Kind.OFFER not in kinds.get(row.network_id, ())
            ),
            "",
        ),
        "late": [late_words(row, number) for row, number in late_answers(person, networks)],
        "learning": learning,
        "slug": place.slug if place else "",
        "found": found,
        "wall": next((row["wall"] for row in found if row["wall"]), None),
        "offers": _news(request, joined_here, Kind.OFFER, several=several),
        "requests": _news(request, joined_here, Kind.REQUEST, several=several),
        "meetings": _meetings(request),
        "loops": loops_of(person, limit=1),
        "nudges": nudges_of(person, limit=1),
        "run": [run_words(row, roles) for row, roles in _roles(request, only_run)],
        "reports": _reports(request),
        **(_reciprocity(request, joined, place) if place else {}),
    }
    return render(request, "home/home.html", context)


def _found(
    request: HttpRequest, joined: Sequence[Membership], kinds: dict[int, set[str]]
) -> list[dict[str, Any]]:
    """Who was found, and what keeps the reader from asking when something does."""
    cards = [found_card(row) for row in suggestions_for(request.user, limit=FOUND_SHOWN)]
    slugs = {card.slug for card in cards}
    walls = {
        row.network.slug: obstacle(row, kinds.get(row.network_id, ()))
        for row in joined
        if row.network.slug in slugs
    }
    return [{"card": card, "wall": walls.get(card.slug)} for card in cards]


def _news(request: HttpRequest, networks: list[Network], kind: str, *, several: bool) -> list[Any]:
    posts = news_in(networks, request.user, kind, NEWS_SHOWN)
    return [card_of(post, show_network=several) for post in posts]


def _reports(request: HttpRequest) -> list[dict[str, str]]:
    """The reports of groups that the reader received as a decider, the recent ones."""
    since = clock.now() - dt.timedelta(days=REPORT_DAYS)
    return [
        {"title": row.circle.title, "url": reverse("circles:received", args=[row.circle.public_id])}
        for row in reports_for(request.user)
        if row.sent_at >= since
    ]


def _roles(request: HttpRequest, networks: list[Network]) -> list[tuple[Network, list[str]]]:
    """The networks one serves without being one of their members, with the roles held there."""
    held = roles_held_by(request.user, networks) if networks else {}
    return [(row, [grant.role for grant in held.get(row.pk, [])]) for row in networks]


def _meetings(request: HttpRequest) -> list[dict[str, Any]]:
    return [
        {
            "at": row.starts_at,
            "title": row.title,
            "url": reverse("agenda:meeting", args=[row.public_id]),
            "place": row.place or row.get_mode_display(),
            "detail": join_words(
                part.person.display_name
                for part in row.attendances.all()
                if part.person_id != request.user.pk
            ),
        }
        for row in coming_meetings(request.user, clock.now(), limit=4)
    ]


def _reciprocity(request: HttpRequest, joined: Sequence[Membership], network: Network) -> dict[str, Any]:
    """Savoirs received and passed on in all one's networks: the reader alone sees it."""
    balances = [balance_of(request.user, row.network) for row in joined]
    received, given = sum(row.received for row in balances), sum(row.given for row in balances)
    return {
        "received": received,
        "given": given,
        "invitation": invitation(received, given, network),
        "with_reciprocity": True,
    }


def _arrival(request: HttpRequest, memberships: Sequence[Membership]) -> HttpResponse:
    """Show the networks one could join to somebody who belongs to none yet."""
    waiting = {row.network_id for row in memberships}
    entries = sorted(directory_for(request.user), key=lambda entry: not entry.eligible)
    rows = [
        {
            "name": entry.network.name,
            "summary": entry.network.summary,
            "members": entry.members,
            "eligible": entry.eligible,
            "waiting": entry.network.pk in waiting,
            "url": reverse("join:network", args=[entry.network.slug]),
            "desk_url": reverse("animation:desk", args=[entry.network.slug]),
            "settings_url": reverse("settings:index", args=[entry.network.slug]),
        }
        for entry in entries[:12]
    ]
    name = request.user.first_name or request.user.display_name
    context = {
        "rows": rows,
        "name": name,
        "more": len(entries) > 12,
        # An administrator of the installation comes to run it: joining is a choice like anyone's.
        "runs": request.user.is_superuser,
        "reports": _reports(request),
    }
    return render(request, "home/arrival.html", context)

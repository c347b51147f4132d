"""The animator's morning: what waits for the team, what is late, what ends soon, who cannot ask yet."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from reciproque.agenda.queries import (
    count_waiting,
    lapsing_steps,
    late_steps,
    steps_named,
    team_steps,
)
from reciproque.agenda.rules import Verb
from reciproque.catalogue.queries import count_open
from reciproque.exchanges.queries import accompanied, count_held, count_live
from reciproque.exchanges.rules import Origin
from reciproque.kit import clock
from reciproque.kit.errors import NotThere
from reciproque.kit.text import cut
from reciproque.networks.access import get_application, require_animator
from reciproque.networks.queries import known_in, member_counts, members_page
from reciproque.web.animation.views import contact, crumbs, member_url
from reciproque.web.http import page_number, see
from reciproque.web.parts.networks import masked
from reciproque.web.parts.steps import EXCHANGE, INTRODUCTION, describe

if TYPE_CHECKING:
    from reciproque.agenda.models import Step
    from reciproque.networks.models import Membership, Network
    from reciproque.people.models import Person

SHOWN = 10
SIZE = 50
EXCERPT = 240
SOON = dt.timedelta(days=3)
# What ends by itself when its owner does nothing.
LAPSING = (Verb.ANSWER, Verb.REPLY, Verb.NEXT, Verb.TRY, Verb.CONFIRM, Verb.REVIEW, Verb.RENEW)
# Applications are listed from the memberships themselves, so that none waits for a step to be opened.
ADMISSIONS = (Verb.ADMIT,)
# Under strict reciprocity, those without an offer or a request have a list of their own.
FIRST_POSTS = (Verb.OFFER, Verb.REQUEST)


@require_safe
def desk(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what waits for the animation team, most urgent first, then whom to help: the first of each list."""
    network = request.network = require_animator(request.user, slug)
    counts = member_counts(network)
    waiting = _count(network)
    steps = {reason: _steps(network, reason, SHOWN) for reason in REASONS}
    rows = _rows(network, [step for some in steps.values() for step in some])
    context = {
        "network": network,
        "applications": _applications(network) if counts["applied"] else [],
        "applied": counts["applied"],
        "inactive": _inactive(network) if counts["inactive"] else [],
        "inactive_total": counts["inactive"],
        "figures": _figures(network, counts["member"]),
        **{reason: [rows[step.pk] for step in some] for reason, some in steps.items()},
        **{f"{reason}_total": number for reason, number in waiting.items()},
    }
    return render(request, "animation/desk.html", context)


# The lists of steps, each with its name on a page of its own.
REASONS = ("team", "late", "soon")


@require_safe
def waiting(request: HttpRequest, slug: str, reason: str) -> HttpResponse:
    """Show one of the desk's lists, whole."""
    network = request.network = require_animator(request.user, slug)
    if reason not in REASONS:
        raise NotThere
    total = _count(network)[reason]
    page = Paginator(range(total), SIZE).get_page(page_number(request))
    steps = _steps(network, reason, SIZE, start=(page.number - 1) * SIZE)
    rows = _rows(network, steps)
    titles = {
        "team": _("Ce qui attend l’équipe"),
        "late": _("En retard"),
        "soon": _("Bientôt sans réponse"),
    }
    context = {
        "network": network,
        "reason": reason,
        "title": titles[reason],
        "rows": [rows[step.pk] for step in steps],
        "total": total,
        "page": page,
        "crumbs": crumbs(network, (titles[reason], "")),
    }
    return render(request, "animation/waiting.html", context)


@require_safe
def application(request: HttpRequest, slug: str, membership_id: str) -> HttpResponse:
    """Lead to the page of someone who asks to join, from what waits for the team (which names their membership)."""
    network = request.network = require_animator(request.user, slug)
    membership = get_application(request.user, membership_id, network)
    return see(member_url(network, membership.person) + "#admit")


def _apart(network: Network) -> tuple[str, ...]:
    return FIRST_POSTS if network.is_strict else ()


def _count(network: Network) -> dict[str, int]:
    now = clock.now()
    return count_waiting(network, now, now + SOON, LAPSING, team_apart=ADMISSIONS, late_apart=_apart(network))


def _steps(network: Network, reason: str, limit: int, start: int = 0) -> list[Step]:
    now = clock.now()
    if reason == "team":
        return team_steps(network, limit, start=start, apart=ADMISSIONS)
    if reason == "late":
        return late_steps(network, now, limit, start=start, apart=_apart(network))
    return lapsing_steps(network, now, now + SOON, LAPSING, limit, start=start)


def _rows(network: Network, steps: list[Step]) -> dict[int, dict[str, Any]]:
    """Return each step as a row of the desk, by key: whom to reach, what, until when, where to take care of it."""
    about = accompanied(network, [step.subject_id for step in steps if step.owner_id is None])
    people = {step.pk: [step.owner] if step.owner else about.get(step.subject_id, []) for step in steps}
    known = known_in(network, [one.pk for some in people.values() for one in some])
    return {step.pk: _row(step, people[step.pk], known) for step in steps}


def _row(step: Step, people: list[Person], known: set[int]) -> dict[str, Any]:
    reached = [contact(step.network, one, known=one.pk in known) for one in people]
    view = describe(step)
    act, url = _act(step, reached)
    return {
        "people": reached,
        "what": view.title if step.owner_id is None else capfirst(str(step.get_verb_display())),
        "words": step.words if step.owner_id is not None else "",
        "due": _due(step.due_at),
        "state": view.state,
        "act": act,
        "url": url,
    }


def _act(step: Step, reached: list[dict[str, Any]]) -> tuple[str, str]:
    """Return what the animator can do about a step, and where: always the case itself."""
    slug = step.network.slug
    owner = step.owner.public_id if step.owner is not None and reached[0]["url"] else ""
    if step.verb == Verb.ASSIGN:
        return _("Trouver quelqu’un"), describe(step).url
    if step.verb == Verb.REVIEW and owner:
        return _("Faire son bilan"), reverse("animation:review_for", args=[slug, step.subject_id, owner])
    if step.verb in FIRST_POSTS and owner:
        return _("Publier à sa place"), reverse("animation:post_for", args=[slug, owner, step.verb])
    if step.subject_kind in (INTRODUCTION, EXCHANGE):
        page = reverse(f"animation:{step.subject_kind}", args=[slug, step.subject_id])
        return _("S’en occuper"), page
    return _("Ouvrir la fiche"), reached[0]["url"] if reached else ""


def _due(moment: dt.datetime | None) -> dt.date | None:
    """Return what is worth saying of a deadline: the hour only while it can still be kept."""
    return timezone.localdate(moment) if moment is not None and moment < clock.now() else moment


def _applications(network: Network) -> list[dict[str, Any]]:
    """Return the first of those who ask to join."""
    rows, _total = members_page(network, state="applied", size=SHOWN)
    due = steps_named(network, Verb.ADMIT, [row.public_id for row in rows])
    return [_application(row, due.get(row.public_id)) for row in rows]


def _application(membership: Membership, step: Step | None) -> dict[str, Any]:
    person, network = membership.person, membership.network
    return {
        "people": [contact(network, person)],
        "what": _("Demande à rejoindre le réseau"),
        "words": cut(membership.application, EXCERPT),
        "due": _due(step.due_at if step else None),
        "state": describe(step).state if step else "",
        "act": _("Répondre"),
        "url": member_url(network, person) + "#admit",
    }


def _inactive(network: Network) -> list[dict[str, Any]]:
    """Return the first of those who still have an offer or a request to publish."""
    if not network.is_strict:
        return []
    rows, _total = members_page(network, state="inactive", size=SHOWN)
    return [
        {
            "people": [contact(network, row.person)],
            "what": "",
            "words": "",
            "due": _due(row.grace_until),
            "state": "",
            "act": _("L’aider"),
            "url": member_url(network, row.person) + "#act",
        }
        for row in rows
    ]


def _figures(network: Network, members: int) -> list[tuple[str, str]]:
    posts, live, held = count_open(network), count_live(network), count_held(network)
    rows = [
        (_("Membres"), members),
        (_("Offres publiées"), posts["offers"]),
        (_("Demandes publiées"), posts["requests"]),
        (_("Mises en relation en cours"), live["introductions"]),
        (_("Échanges en cours"), live["exchanges"]),
        (_("Échanges tenus et suivis ici"), held[Origin.FOLLOWED]),
        (_("Échanges déclarés et confirmés"), held[Origin.DECLARED]),
    ]
    return [(term, masked(number)) for term, number in rows]

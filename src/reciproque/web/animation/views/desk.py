"""The animator's morning: what waits for the team, what is late, what ends soon, who cannot ask yet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from reciproque.agenda.queries import lapsing_steps, late_steps, team_steps
from reciproque.agenda.rules import Verb
from reciproque.catalogue.queries import count_open
from reciproque.exchanges.queries import accompanied, count_held, count_live
from reciproque.exchanges.rules import Origin
from reciproque.kit import clock
from reciproque.kit.text import cut
from reciproque.networks.access import require_animator
from reciproque.networks.queries import known_in, member_counts, members_page
from reciproque.web.animation.views import contact, member_url
from reciproque.web.parts.networks import masked
from reciproque.web.parts.steps import INTRODUCTION, describe

if TYPE_CHECKING:
    from reciproque.agenda.models import Step
    from reciproque.networks.models import Membership, Network
    from reciproque.people.models import Person

SHOWN = 30
FEW = 10
EXCERPT = 240
SOON = dt.timedelta(days=3)
# What ends by itself when its owner does nothing.
LAPSING = (Verb.ANSWER, Verb.REPLY, Verb.NEXT, Verb.CONFIRM, Verb.REVIEW, Verb.RENEW)


@require_safe
def desk(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what waits for the animation team, most urgent first, then whom to help."""
    network = request.network = require_animator(request.user, slug)
    now = clock.now()
    team = team_steps(network)
    late, soon = (
        late_steps(network, now, SHOWN + 1),
        lapsing_steps(network, now, now + SOON, LAPSING, SHOWN + 1),
    )
    counts = member_counts(network)
    applicants, applied = members_page(network, state="applied", size=SHOWN)
    about = accompanied(network, [step.subject_id for step in team if step.verb != Verb.ADMIT])
    reached = [person for people in about.values() for person in people]
    owners = [step.owner for step in (*late, *soon) if step.owner is not None]
    known = known_in(network, [person.pk for person in (*reached, *owners)])
    due = {step.subject_id: step for step in team if step.verb == Verb.ADMIT}
    context = {
        "network": network,
        "applications": [_application(row, due.get(row.public_id)) for row in applicants],
        "more_applications": applied - len(applicants),
        "team": [_taken_over(step, about, known) for step in team if step.verb != Verb.ADMIT],
        "late": [_expected(step, known) for step in late[:SHOWN]],
        "more_late": len(late) > SHOWN,
        "soon": [_expected(step, known) for step in soon[:SHOWN]],
        "more_soon": len(soon) > SHOWN,
        "inactive": _inactive(network),
        "inactive_total": counts["inactive"],
        "figures": _figures(network, counts["member"]),
        "shown": SHOWN,
    }
    return render(request, "animation/desk.html", context)


def _application(membership: Membership, step: Step | None) -> dict[str, Any]:
    """Someone who asks to join: shown from their membership, so that none waits for a step to be opened."""
    person = membership.person
    title = _("%(name)s demande à rejoindre le réseau") % {"name": person.display_name}
    view = describe(step) if step else None
    return {
        "title": title,
        "words": cut(membership.application, EXCERPT),
        "at": membership.applied_at,
        "url": member_url(membership.network, person) + "#admit",
        "due": view.due if view else "",
        "due_at": view.due_at if view else None,
        "state": view.state if view else "",
    }


def _taken_over(step: Step, about: dict[str, list[Person]], known: set[int]) -> dict[str, Any]:
    """What the team does itself: assign a mediator, or call people whose date is stuck."""
    people = about.get(step.subject_id, [])
    page = ""
    if step.subject_kind == INTRODUCTION:
        page = reverse("animation:introduction", args=[step.network.slug, step.subject_id])
    return {
        "view": describe(step),
        "people": [contact(step.network, person, known=person.pk in known) for person in people],
        "url": page,
        "act": _("Trouver quelqu’un") if step.verb == Verb.ASSIGN else _("S’en occuper"),
    }


def _expected(step: Step, known: set[int]) -> dict[str, Any]:
    """One line of what a member has to do: who, what, by when, and what the animator can do about it."""
    assert step.owner is not None
    who = contact(step.network, step.owner, known=step.owner_id in known)
    slug, person_id = step.network.slug, step.owner.public_id
    act, url = _("Ouvrir la fiche"), who["url"]
    if step.verb == Verb.REVIEW and url:
        act = _("Faire son bilan")
        url = reverse("animation:review_for", args=[slug, step.subject_id, person_id])
    elif step.verb in (Verb.OFFER, Verb.REQUEST) and url:
        act = _("Publier à sa place")
        url = reverse("animation:post_for", args=[slug, person_id, step.verb])
    return who | {
        "what": capfirst(str(step.get_verb_display())),
        "words": step.words,
        "due_at": step.due_at,
        "act": act,
        "act_url": url,
    }


def _inactive(network: Network) -> Iterable[dict[str, Any]]:
    if not network.is_strict:
        return []
    rows, _total = members_page(network, state="inactive", size=FEW)
    return [contact(network, row.person) | {"until": row.grace_until} for row in rows]


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

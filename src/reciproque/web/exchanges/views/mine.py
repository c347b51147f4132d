"""My introductions and exchanges, in all my networks."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from reciproque.agenda.queries import live_meetings, steps_of
from reciproque.exchanges.queries import exchanges_of, introductions_of
from reciproque.exchanges.rules import ExchangeState, Side
from reciproque.kit import clock
from reciproque.networks.queries import networks_of
from reciproque.web.parts.life import about, about_exchange, other_of, stand_exchange, stand_introduction
from reciproque.web.parts.meetings import listed
from reciproque.web.parts.small import words

UNDER_WAY = (ExchangeState.OPEN, ExchangeState.FINISHED, ExchangeState.DECLARED)


def _introduction(row: Any, reader: Any, awaited: set[str]) -> dict[str, Any]:
    standing = stand_introduction(row, reader)
    return {
        "title": row.title,
        "url": reverse("exchanges:introduction", args=[row.public_id]),
        "about": about(row, reader),
        "with": other_of(row, reader).display_name,
        "standing": standing,
        "network": row.network.name,
        "mine": row.public_id in awaited,
        "at": row.ended_at or row.asked_at,
        "text": standing.sentence,
    }


def _exchange(row: Any, reader: Any, awaited: set[str], meetings: dict[str, Any]) -> dict[str, Any]:
    parts = list(row.people.all())
    mine = next((part for part in parts if part.person_id == reader.pk), None)
    others = [part for part in parts if part.person_id != reader.pk]
    side = mine.side if mine else Side.REQUESTER
    # In a small group each one learns from the offerer: the other learners are company, not teachers.
    facing = [part.person.display_name for part in others if part.side != side and part.left_at is None]
    standing = stand_exchange(row, reader, reviewed=row.public_id not in awaited)
    text = standing.sentence
    if row.state == ExchangeState.OPEN:
        text = _next_meeting(meetings.get(row.public_id))
    return {
        "title": row.title,
        "url": reverse("exchanges:exchange", args=[row.public_id]),
        "about": about_exchange(side, listed(facing)),
        "with": listed([part.person.display_name for part in others]),
        "standing": standing,
        "network": row.network.name,
        "mine": row.public_id in awaited,
        "at": row.held_on or row.closed_at or row.opened_at,
        "text": text,
        "side": "request" if side == Side.REQUESTER else "offer",
        "side_label": _("reçu") if side == Side.REQUESTER else _("transmis"),
    }


def _next_meeting(meeting: Any) -> str:
    if meeting is None or meeting.starts_at is None:
        return _("La date de la prochaine rencontre reste à fixer.")
    moment = {"moment": words(meeting.starts_at)}
    if meeting.ends_at < clock.now():
        return _("Rencontre prévue %(moment)s : a-t-elle eu lieu ?") % moment
    return _("Prochaine rencontre : %(moment)s.") % moment


def _latest_first(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return rows by the day they show, latest first: a day held and a moment closed are read the same."""

    def day(row: dict[str, Any]) -> dt.date:
        at: dt.date = row["at"]
        return timezone.localtime(at).date() if isinstance(at, dt.datetime) else at

    return sorted(rows, key=day, reverse=True)


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """Show what I take part in: introductions under way, exchanges under way, what is past."""
    person = request.user
    awaited = {step.subject_id for step in steps_of(person, limit=500) if step.owner_id == person.pk}
    meetings = {row.subject_id: row for row in live_meetings(person)}
    exchanges = exchanges_of(person)
    # Exchanges are for members: someone who only animates a network declares for others, from its desk.
    networks = [row for row in networks_of(person) if row.joined]
    context = {
        "introductions": [_introduction(row, person, awaited) for row in introductions_of(person, live=True)],
        "exchanges": [
            _exchange(row, person, awaited, meetings) for row in exchanges if row.state in UNDER_WAY
        ],
        "past": _latest_first(
            [_exchange(row, person, set(), {}) for row in exchanges if row.state not in UNDER_WAY]
        ),
        "ended": _latest_first(
            [_introduction(row, person, set()) for row in introductions_of(person, live=False)]
        ),
        "several": len(networks) > 1,
        "home_network": networks[0] if networks else None,
        "declare_links": [
            {"name": row.name, "url": reverse("exchanges:declare", args=[row.slug])} for row in networks
        ],
    }
    return render(request, "exchanges/mine.html", context)

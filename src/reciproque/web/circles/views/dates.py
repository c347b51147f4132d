"""The dates of sessions: by poll, as a series, one by one; moved, cancelled; who was there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from reciproque.agenda.rules import MeetingState
from reciproque.circles.access import is_facilitator
from reciproque.circles.actions import (
    cancel_session,
    fix_sessions,
    move_session,
    plan_session,
    record_roll,
    session_not_held,
)
from reciproque.circles.queries import count_sessions, poll_of, roll_of, series_starts, sessions_of
from reciproque.circles.rules import OVER, RoomState
from reciproque.kit import clock
from reciproque.web.circles.forms.life import ReasonForm
from reciproque.web.circles.forms.sessions import MoveForm, PlanForm, RollForm, SeriesForm
from reciproque.web.circles.views import either, facilitated, inside, led_session, shared, tabs, url_of
from reciproque.web.http import see, submit, tell

if TYPE_CHECKING:
    from reciproque.circles.models import Circle, Session

TONES = {
    MeetingState.UNDATED: "warn",
    MeetingState.FIXED: "exchange",
    MeetingState.HELD: "good",
    MeetingState.MISSED: "",
    MeetingState.CANCELLED: "",
}


def session_row(session: Session) -> dict[str, Any]:
    """Return what a list says of one session."""
    meeting = session.meeting
    now = clock.now()
    fixed = meeting is not None and meeting.state == MeetingState.FIXED
    off = meeting is not None and meeting.state == MeetingState.CANCELLED
    place = meeting.place if meeting else ""
    return {
        "id": session.public_id,
        "number": session.number,
        # One called off leaves its number to the next one.
        "title": session.label,
        "off": off,
        "reason": meeting.cancel_reason if off and meeting else "",
        "at": meeting.starts_at if meeting else None,
        "ends": meeting.ends_at if meeting else None,
        "state": meeting.get_state_display() if meeting else _("date à fixer"),
        "tone": TONES[MeetingState(meeting.state)] if meeting else "warn",
        "mode": meeting.get_mode_display() if meeting else "",
        "place": place,
        "place_url": place if place.startswith(("https://", "http://")) else "",
        "is_short": session.is_short,
        "method": session.get_method_display(),
        "room_url": reverse("circles:room", args=[session.public_id]),
        "live": session.state == RoomState.OPEN,
        "to_come": bool(fixed and meeting.ends_at and meeting.ends_at > now),
        "roll_due": bool(fixed and meeting.starts_at and meeting.starts_at <= now) or _untold(session),
        "held": meeting is not None and meeting.state == MeetingState.HELD,
    }


def _untold(session: Session) -> bool:
    """Tell whether a session was held in its room and nobody said yet who was there (attendances loaded)."""
    meeting = session.meeting
    if meeting is None or session.state != RoomState.CLOSED or meeting.state != MeetingState.HELD:
        return False
    return all(row.attended is None for row in meeting.attendances.all())


@require_safe
def sessions(request: HttpRequest, circle_id: str) -> HttpResponse:
    """Show a group's sessions, past and to come, and to its facilitator all that may be done about them."""
    circle = shared(request, circle_id)
    rows = [session_row(row) for row in sessions_of(circle)]
    leads = is_facilitator(request.user, circle)
    poll = poll_of(circle)
    context = {
        "circle": circle,
        "rows": rows,
        "leads": leads,
        "alive": circle.state not in OVER,
        "dated": sum(1 for row in rows if row["to_come"] or row["held"]),
        "poll": poll,
        "tabs": tabs(circle, "sessions"),
        "crumbs": inside(circle, _("Les séances")),
    }
    return render(request, "circles/sessions.html", context)


def fixed_words(number: int) -> str:
    """Say how many sessions have just been fixed."""
    return ngettext(
        "%(n)s séance est fixée. Chacun reçoit l’invitation pour son agenda.",
        "%(n)s séances sont fixées. Chacun reçoit les invitations pour son agenda.",
        number,
    ) % {"n": number}


def left_to_date(circle: Circle) -> int:
    """Return how many of the sessions decided have no date yet; one at least, since one may always be added."""
    counts = count_sessions(circle)
    return max(counts["wanted"] - counts["held"] - counts["coming"], 1)


@either
def series(request: HttpRequest, circle_id: str) -> HttpResponse:
    """Fix sessions at a regular interval: the dates are shown, with the holidays left out, before they are fixed."""
    circle = facilitated(request, circle_id)
    form = SeriesForm(
        request.POST if request.method == "POST" else None, initial={"count": left_to_date(circle)}
    )
    found: Any = None
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        found = series_starts(
            given["first"],
            given["every_weeks"],
            given["count"],
            circle.network.country,
            request.user.time_zone,
        )
        if "fix" in request.POST:
            done, made = submit(
                form, lambda _values: fix_sessions(circle, by=request.user, starts=found.starts)
            )
            if done:
                tell(request, fixed_words(len(made)))
                return see("circles:sessions", circle_id)
    context = {
        "circle": circle,
        "form": form,
        "found": found if form.is_bound and not form.errors else None,
        "back": url_of("sessions", circle),
        "crumbs": inside(circle, (_("Les séances"), url_of("sessions", circle)), _("Une série de dates")),
    }
    return render(request, "circles/series.html", context, status=422 if form.errors else 200)


@either
def plan(request: HttpRequest, circle_id: str) -> HttpResponse:
    """Add one session on a date already agreed."""
    circle = facilitated(request, circle_id)
    initial = {"method": circle.method, "place": circle.place}
    form = PlanForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST":
        done, _session = submit(form, lambda values: plan_session(circle, by=request.user, **values))
        if done:
            tell(request, fixed_words(1))
            return see("circles:sessions", circle_id)
    context = {
        "circle": circle,
        "form": form,
        "back": url_of("sessions", circle),
        "crumbs": inside(circle, (_("Les séances"), url_of("sessions", circle)), _("Une séance de plus")),
    }
    return render(request, "circles/plan.html", context, status=422 if form.is_bound else 200)


def _about(session: Session, label: str) -> list[dict[str, str]]:
    circle = session.circle
    return inside(circle, (_("Les séances"), url_of("sessions", circle)), label)


@either
def move(request: HttpRequest, session_id: str) -> HttpResponse:
    """Move a session to another date."""
    session = led_session(request, session_id)
    meeting = session.meeting
    initial = (
        {"starts_at": meeting.starts_at, "mode": meeting.mode, "place": meeting.place} if meeting else {}
    )
    form = MoveForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST":
        done, _session = submit(form, lambda values: move_session(session, by=request.user, **values))
        if done:
            tell(request, _("La séance est déplacée. Chacun reçoit la nouvelle date."))
            return see("circles:sessions", session.circle.public_id)
    context = {
        "row": session_row(session),
        "form": form,
        "back": url_of("sessions", session.circle),
        "crumbs": _about(session, _("Déplacer")),
    }
    return render(request, "circles/move.html", context, status=422 if form.is_bound else 200)


@either
def cancel(request: HttpRequest, session_id: str) -> HttpResponse:
    """Cancel a session to come."""
    session = led_session(request, session_id)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        done, _session = submit(
            form, lambda values: cancel_session(session, by=request.user, reason=values["reason"])
        )
        if done:
            tell(request, _("La séance est annulée. Les membres lisent votre raison."))
            return see("circles:sessions", session.circle.public_id)
    context = {
        "row": session_row(session),
        "form": form,
        "back": url_of("sessions", session.circle),
        "crumbs": _about(session, _("Annuler")),
    }
    return render(request, "circles/cancel.html", context, status=422 if form.is_bound else 200)


@either
def roll(request: HttpRequest, session_id: str) -> HttpResponse:
    """Say who was at a session: sitting there, or by telephone."""
    session = led_session(request, session_id)
    people = [row for row in roll_of(session) if not row.leads]
    keys = {row.person.public_id: row.person.pk for row in people}
    choices = [(row.person.public_id, row.person.display_name) for row in people]
    initial = {
        "here": [row.person.public_id for row in people if row.attended],
        "by_phone": [row.person.public_id for row in people if row.by_phone],
    }
    form = RollForm(request.POST if request.method == "POST" else None, initial=initial, people=choices)
    if request.method == "POST":
        done, _session = submit(form, lambda values: _called(request, session, values, keys))
        if done:
            tell(
                request,
                _(
                    "Les présences sont notées. Seuls les membres du groupe et la personne qui l’anime les lisent."
                ),
            )
            return see("circles:sessions", session.circle.public_id)
    context = {
        "row": session_row(session),
        "form": form,
        "people": choices,
        "back": url_of("sessions", session.circle),
        "crumbs": _about(session, _("Qui était là")),
    }
    return render(request, "circles/roll.html", context, status=422 if form.is_bound else 200)


def _called(request: HttpRequest, session: Session, values: dict[str, Any], keys: dict[str, int]) -> Any:
    if "missed" in request.POST:
        return session_not_held(session, by=request.user)
    phone = {keys[one] for one in values["by_phone"]}
    here = {keys[one] for one in values["here"]} | phone
    return record_roll(session, by=request.user, here=here, by_phone=phone)

"""The room of a session: its page, its clock as each screen asks for it, the choice of a subject."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from reciproque.circles.access import get_session
from reciproque.circles.actions import (
    add_minutes,
    choose_subject,
    close_room,
    go_to_part,
    hand_clock,
    pause_clock,
    propose_subject,
    reopen_room,
    set_interest,
    start_clock,
    withdraw_lead,
    withdraw_subject,
)
from reciproque.circles.queries import Room, beat, note_of, roll_is_due, room_of
from reciproque.circles.queries.room import CHOOSING
from reciproque.circles.rules import RoomState
from reciproque.kit import clock
from reciproque.kit.errors import NotThere
from reciproque.people.access import is_present
from reciproque.web.circles.forms.room import (
    ClockForm,
    HandForm,
    LeadForm,
    LearningForm,
    NoteForm,
    SubjectForm,
    ToldForm,
)
from reciproque.web.http import refuse, see, submit, tell
from reciproque.web.parts.meetings import listed

if TYPE_CHECKING:
    from reciproque.circles.models import Lead, Session, Subject
    from reciproque.people.models import Person

# The section of the page that serves each part of a session.
SERVES = {
    "return": "told",
    "choice": "subject",
    "agenda": "subject",
    "synthesis": "lead",
    "back": "lead",
    "learnings": "learning",
}


# -- the page ---------------------------------------------------------------------------------------------------


@require_safe
def room(request: HttpRequest, session_id: str) -> HttpResponse:
    """Show the room of a session."""
    session = get_session(request.user, session_id)
    return show_room(request, session)


def show_room(request: HttpRequest, session: Session, status: int = 200, **bound: Any) -> HttpResponse:
    """Show the room with its forms, those given in `bound` as they were filled."""
    request.network = session.circle.network
    shown = room_of(session, request.user)
    note = note_of(session, request.user)
    context = {
        **live_context(shown),
        "early": "early" in request.GET and session.state == RoomState.WAITING and shown.holds,
        **forms_of(shown),
        "note": note,
        "note_form": NoteForm(initial={"words": note.words or "", "since": note.mark}),
        "crumbs": crumbs(session),
        **bound,
    }
    return render(request, "circles/room.html", context, status=status)


def crumbs(session: Session, label: str = "") -> list[dict[str, str]]:
    """Return the way back up from a page of the room."""
    circle = session.circle
    here = session.label
    trail = [{"label": circle.title, "url": reverse("circles:circle", args=[circle.public_id])}]
    if not label:
        return [*trail, {"label": here}]
    return [*trail, {"label": here, "url": url_of("room", session)}, {"label": label}]


def url_of(name: str, session: Session) -> str:
    """Return the address of one of the room's pages."""
    return reverse(f"circles:{name}", args=[session.public_id])


def live_context(shown: Room) -> dict[str, Any]:
    """Return what the piece of the page that follows the room needs."""
    session = shown.session
    last = len(shown.stages) - 1
    place = session.meeting.place if session.meeting else ""
    return {
        "room": shown,
        "session": session,
        "circle": shown.circle,
        "serves": SERVES.get(shown.part.name, "") if shown.part else "",
        "choosing": shown.part is not None and shown.part.name in CHOOSING,
        "duty": duty(shown),
        "left": in_minutes(shown.left),
        "over": shown.left < 0,
        "spent": max(session.part_seconds - shown.left, 0),
        "server_now": round(shown.now.timestamp() * 1000),
        "since": round(session.part_started_at.timestamp() * 1000) if session.part_started_at else "",
        "next": shown.stages[session.part + 1] if shown.part and session.part < last else None,
        "previous": shown.stages[session.part - 1] if shown.part and session.part else None,
        "roll_url": url_of("roll", session) if shown.facilitates else "",
        "roll_due": shown.facilitates and roll_is_due(session),
        "place": place,
        "place_url": place if place.startswith(("https://", "http://")) else "",
        "silent": listed([person.display_name for person in shown.silent]),
        "never": listed([person.display_name for person in shown.never]),
        "unsaid": listed([person.display_name for person in shown.unsaid]),
        "keeper": session.keeper.display_name if session.keeper else "",
        "may_write": not shown.circle.is_over,
    }


def in_minutes(seconds: int) -> str:
    """Return a duration as the clock shows it: 12:05, +0:40 once past."""
    minutes, rest = divmod(abs(seconds), 60)
    return f"{'+' if seconds < 0 else ''}{minutes}:{rest:02}"


def duty(shown: Room) -> str:
    """Return in a sentence what the viewer is expected to do in the current part."""
    part = shown.part
    if part is None:
        return ""
    if shown.role == "facilitator":
        return _("Vous gardez le cadre et le temps. Vous ne donnez pas votre avis.")
    if part.questions_only:
        if shown.role == "client":
            return _("Répondez aux questions, simplement. Rien à justifier.")
        return _("Posez des questions, seulement des questions.")
    if part.voice == "client":
        if shown.role == "client":
            return _("C’est à vous de parler.")
        return _("Écoutez, sans interrompre.")
    if part.voice == "peers":
        if shown.role == "client":
            return _("Écoutez et prenez des notes. Vous répondrez ensuite.")
        return _("Aidez : dites ce que vous avez vécu, ce que cela vous évoque, ce que vous tenteriez.")
    return _("Chacun parle à son tour.")


def forms_of(shown: Room) -> dict[str, Any]:
    """Return the forms of the room as this viewer fills them: for oneself, or for anyone of the table."""
    session, person = shown.session, shown.viewer
    members = [(seat.person.public_id, seat.person.display_name) for seat in shown.members]
    told = {"members": members} if shown.facilitates else {}
    mine, learned = shown.my_subject, shown.my_learning
    subject = {"words": mine.words, "stake": mine.stake, "urgency": mine.urgency} if mine else {}
    learning = {"helping": learned.helping, "helped": learned.helped} if learned else {}
    if shown.facilitates:
        client = session.client.person.public_id if session.client else ""
        subject = {"person": shown.silent[0].public_id if shown.silent else ""}
        learning = {"person": shown.unsaid[0].public_id if shown.unsaid else ""}
    else:
        client = ""
    return {
        "subject_form": SubjectForm(initial=subject, auto_id="subject_%s", **told),
        "lead_form": LeadForm(initial={"person": client}, auto_id="lead_%s", **told),
        "learning_form": LearningForm(initial=learning, auto_id="learning_%s", **told),
        "hand_form": HandForm(
            members=members,
            initial={"to": session.keeper.public_id if session.keeper else ""},
            auto_id="hand_%s",
        ),
        "told_forms": [
            {"lead": lead, "form": told_form(lead)}
            for lead in shown.to_tell
            if shown.facilitates or lead.person_id == person.pk
        ],
        "mine": mine is not None and not shown.facilitates,
        "speaks": shown.facilitates or shown.is_seated,
    }


def told_form(lead: Lead, data: Any = None) -> ToldForm:
    """Return the form that asks what became of something someone meant to try."""
    return ToldForm(data, initial={"lead": lead.public_id}, auto_id=f"told_{lead.public_id}_%s")


# -- the clock --------------------------------------------------------------------------------------------------


@require_safe
def room_now(request: HttpRequest, session_id: str) -> HttpResponse:
    """Return where the clock is, or 304 while nothing has changed; either way, what time it is here."""
    began = time.perf_counter()
    now = beat(request.user, session_id) if is_present(request.user) else None
    if now is None:
        raise NotThere
    quoted = f'"{now.version}"'
    if quoted in request.headers.get("If-None-Match", ""):
        response = HttpResponse(status=304)
    else:
        response = JsonResponse(
            {
                "version": now.version,
                "state": now.state,
                "part": now.part,
                "seconds": now.seconds,
                "before": now.before,
                "since": now.since,
            }
        )
    response.headers["ETag"] = quoted
    response.headers["Server-Now"] = str(round(clock.now().timestamp() * 1000))
    response.headers["Server-Took"] = str(round((time.perf_counter() - began) * 1000))
    response.headers["Cache-Control"] = "no-cache, private"
    patch_vary_headers(response, ["Cookie"])
    return response


@require_safe
def room_live(request: HttpRequest, session_id: str) -> HttpResponse:
    """Return the piece of the page that follows the room (with `?only=clock`, the clock alone)."""
    return _live(request, get_session(request.user, session_id))


def _live(
    request: HttpRequest, session: Session, refusal: ValidationError | None = None, *, early: bool = False
) -> HttpResponse:
    context = live_context(room_of(session, request.user))
    context["early"] = early
    context["refusals"] = refusal.messages if refusal else []
    context["alone"] = "clock" in (request.GET.get("only"), request.POST.get("only"))
    return render(request, "circles/room_live.html", context)


def _press(request: HttpRequest, session: Session, gesture: Callable[[], Any]) -> HttpResponse:
    """Do what a button of the live piece says: the piece again when htmx asks, else the page."""
    refusal: ValidationError | None = None
    try:
        gesture()
    except ValidationError as error:
        refusal = error
    if getattr(refusal, "code", None) == "early":
        # Long before its date: one is asked whether it is not a mistake.
        early = f"{url_of('room', session)}?early#live"
        return _live(request, session, early=True) if getattr(request, "htmx", False) else see(early)
    if not getattr(request, "htmx", False):
        if refusal:
            refuse(request, refusal)
        return see("circles:room", session.public_id)
    return _live(request, get_session(request.user, session.public_id), refusal)


@require_POST
def room_act(request: HttpRequest, session_id: str) -> HttpResponse:
    """Start, pause, pass, go back, lengthen, hand over, end: what is pressed beside the clock."""
    session = get_session(request.user, session_id)
    form = ClockForm(request.POST)
    if not form.is_valid():
        raise NotThere
    return _press(request, session, lambda: _turn(session, request.user, form.cleaned_data))


def _turn(session: Session, by: Person, pressed: dict[str, Any]) -> Any:
    since, verb = pressed["since"] or 0, pressed["verb"]
    if verb == "more":
        return add_minutes(
            session, by=by, minutes=pressed["minutes"] or 5, since=since, seen=pressed["seen"] or 0
        )
    if verb in ("next", "back"):
        return go_to_part(session, by=by, since=since, to=since + (1 if verb == "next" else -1))
    if verb == "hand":
        to = _member(room_of(session, by), pressed["to"]) if pressed["to"] else None
        return hand_clock(session, by=by, to=to)
    if verb == "early":
        return start_clock(session, by=by, early=True)
    simple = {"start": start_clock, "pause": pause_clock, "close": close_room, "reopen": reopen_room}
    return simple[verb](session, by=by)


def _member(shown: Room, public_id: str) -> Person:
    for seat in shown.members:
        if seat.person.public_id == public_id:
            return seat.person
    raise NotThere


# -- the choice of a subject ------------------------------------------------------------------------------------


def spoken(
    request: HttpRequest,
    session: Session,
    name: str,
    kind: type[Any],
    action: Callable[[Person | None, dict[str, Any]], Any],
    done_sentence: str,
) -> HttpResponse:
    """Answer one of the forms of the room: the form again when htmx asks, else the page."""
    shown = room_of(session, request.user)
    told = {"members": [(seat.person.public_id, seat.person.display_name) for seat in shown.members]}
    form = kind(request.POST, auto_id=f"{name}_%s", **(told if shown.facilitates else {}))

    def run(values: dict[str, Any]) -> Any:
        person = _member(shown, values.pop("person")) if "person" in values else None
        return action(person, values)

    done, _result = submit(form, run)
    fresh = get_session(request.user, session.public_id)
    if getattr(request, "htmx", False):
        if done:
            form = forms_of(room_of(fresh, request.user))[f"{name}_form"]
        context = {
            "session": fresh,
            "name": name,
            "form": form,
            "done": done_sentence if done else "",
            "facilitates": shown.facilitates,
            "mine": name == "subject" and done and not shown.facilitates,
        }
        return render(request, "circles/room_form.html", context, status=200 if done else 422)
    if done:
        tell(request, done_sentence)
        return see(url_of("room", session) + f"#{name}")
    return show_room(request, fresh, 422, **{f"{name}_form": form})


@require_POST
def room_subject(request: HttpRequest, session_id: str) -> HttpResponse:
    """Propose a subject."""
    session = get_session(request.user, session_id)
    return spoken(
        request,
        session,
        "subject",
        SubjectForm,
        lambda person, values: propose_subject(session, by=request.user, person=person, **values),
        _("Le sujet est proposé."),
    )


def _subject(request: HttpRequest, session: Session) -> Subject:
    wanted = request.POST.get("subject", "")
    for row in room_of(session, request.user).proposals:
        if row.subject.public_id == wanted:
            row.subject.session = session
            return row.subject
    raise NotThere


@require_POST
def room_interest(request: HttpRequest, session_id: str) -> HttpResponse:
    """Say that a subject interests one, or no longer does."""
    session = get_session(request.user, session_id)
    subject = _subject(request, session)
    interested = request.POST.get("interested") == "yes"
    return _press(request, session, lambda: set_interest(subject, by=request.user, interested=interested))


@require_POST
def room_choose(request: HttpRequest, session_id: str) -> HttpResponse:
    """Keep the subject on which the group will work."""
    session = get_session(request.user, session_id)
    subject = _subject(request, session)
    return _press(request, session, lambda: choose_subject(subject, by=request.user))


@require_POST
def room_drop(request: HttpRequest, session_id: str) -> HttpResponse:
    """Take back a subject, or something that was to be tried."""
    session = get_session(request.user, session_id)
    if "subject" in request.POST:
        subject = _subject(request, session)
        return _press(request, session, lambda: withdraw_subject(subject, by=request.user))
    lead = lead_of(room_of(session, request.user).leads, request.POST.get("lead", ""))
    return _press(request, session, lambda: withdraw_lead(lead, by=request.user))


def lead_of(leads: list[Lead], public_id: str) -> Lead:
    """Return the lead of this identifier among those; NotThere when it is not one of them."""
    for lead in leads:
        if lead.public_id == public_id:
            return lead
    raise NotThere

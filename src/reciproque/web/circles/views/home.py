"""The home of a group, for its members and its facilitator: where it is, what is next, what is expected of whom."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from reciproque.agenda.queries import feeds_of
from reciproque.agenda.rules import PollState
from reciproque.circles.access import is_facilitator
from reciproque.circles.actions import (
    add_member,
    begin_sessions,
    close_circle,
    decline_seat,
    start_writing,
    waive,
)
from reciproque.circles.queries import (
    count_sessions,
    counted,
    flags,
    leads_to_tell,
    life_of,
    members_of,
    outings_of,
    poll_of,
    seat_of,
    sessions_of,
    signatures,
    waiting_of,
    waivers_of,
)
from reciproque.circles.queries.making import problems_with
from reciproque.circles.rules import OVER, CircleState, SeatState, WaiverKind
from reciproque.kit import clock
from reciproque.kit.errors import NotThere
from reciproque.web.circles.forms.life import WaiverForm
from reciproque.web.circles.views import crumbs, either, facilitated, inside, tabs, url_of
from reciproque.web.circles.views.dates import session_row
from reciproque.web.http import attempt, refuse, see, submit, tell
from reciproque.web.parts.meetings import elsewhere, listed
from reciproque.web.parts.posts import person_line
from reciproque.web.parts.steps import SOON
from reciproque.web.parts.training import training_panel

if TYPE_CHECKING:
    from reciproque.circles.models import Circle

# What its facilitator may do next, and how the page calls it.
NEXT = {
    CircleState.RULES: "begin",
    CircleState.SESSIONS: "write",
    CircleState.WRITING: "close",
}
MOVES = {"begin": begin_sessions, "write": start_writing, "close": close_circle}


def life_rows(steps: Iterable[Any]) -> list[dict[str, Any]]:
    """Return the five steps of a group as a page draws them: who must do what by when, and what happens otherwise."""
    now = clock.now()
    return [
        {
            "title": step.title,
            "standing": step.standing,
            "owner": step.owner,
            "due_at": step.due_at,
            "consequence": step.consequence,
            "late": bool(step.due_at and step.due_at < now),
            "expected": [
                {
                    "label": one.label,
                    "who": listed(one.names),
                    "count": one.count,
                    "due_at": one.due_at,
                    "state": "late" if one.due_at < now else "soon" if one.due_at < now + SOON else "",
                }
                for one in step.expected
            ],
        }
        for step in steps
    ]


def home(request: HttpRequest, circle: Circle, *, need: list[tuple[Any, Any]]) -> HttpResponse:
    """Show a group to someone who shares it."""
    person = request.user
    leads = is_facilitator(person, circle)
    members = members_of(circle)
    signed = signatures(circle)
    rows = [session_row(row) for row in sessions_of(circle)]
    coming = [row for row in rows if row["to_come"] or row["live"]]
    poll = poll_of(circle)
    outings = outings_of(circle, person)
    alive = circle.state not in OVER
    seat = seat_of(circle, person)
    feed = next(
        (
            row
            for row in feeds_of(person)
            if (row.subject_kind, row.subject_id) == ("circle", circle.public_id)
        ),
        None,
    )
    people = [seat.person for seat in members if seat.person_id != person.pk]
    if circle.facilitator and not leads:
        people.append(circle.facilitator)
    context = {
        "circle": circle,
        "leads": leads,
        "alive": alive,
        "life": life_rows(life_of(circle, person)),
        "mine": _mine(circle, person, seat=seat, signed=signed, poll=poll, outings=outings),
        "next": coming[0] if coming else None,
        "elsewhere": elsewhere(coming[0]["at"], people, person) if coming and coming[0]["at"] else [],
        "members": [_member(seat, person) for seat in members],
        "seat": seat,
        "signed": signed,
        "leads_told": [
            {"name": lead.person.display_name, "words": lead.words, "number": lead.session.number}
            for lead in leads_to_tell(circle)
            # With no next time, nothing is to be asked again.
            if coming or circle.state == CircleState.SESSIONS
        ],
        "counted": counted(circle),
        "poll": poll if poll and poll.state == PollState.OPEN else None,
        "waivers": _waivers(circle),
        "need_words": need,
        "move": NEXT.get(CircleState(circle.state), "") if leads else "",
        "flags": [_flag(one) for one in flags(circle)] if leads and alive else [],
        "waiting": _waiting(circle, members) if leads and alive else [],
        "group": {"kind": "circle", "id": circle.public_id, "title": circle.title},
        "feed_url": request.build_absolute_uri(reverse("api:feed", args=[feed.secret])) if feed else "",
        "feeds": bool(coming),
        "training": training_panel(person, "group", circle.public_id)
        if circle.state == CircleState.CLOSED
        else None,
        "tabs": tabs(circle, "circle"),
        "crumbs": crumbs(circle.network, (circle.title, "")),
    }
    return render(request, "circles/home.html", context)


def _waivers(circle: Circle) -> list[dict[str, Any]]:
    """Return the rules set aside, each once for one reason, with the names of those it is about."""
    found: dict[tuple[str, str, int], dict[str, Any]] = {}
    for one in waivers_of(circle):
        row = found.setdefault(
            (one.kind, one.reason, one.by_id),
            {
                "what": one.get_kind_display(),
                "reason": one.reason,
                "by": one.by.display_name,
                "people": [],
            },
        )
        if one.person is not None:
            row["people"].append(one.person.display_name)
    return [row | {"people": listed(row["people"])} for row in found.values()]


def _mine(
    circle: Circle, person: Any, *, seat: Any, signed: Any, poll: Any, outings: Iterable[Any]
) -> list[dict[str, str]]:
    """Return what the group expects of the reader, each with the page where it is done."""
    found: list[dict[str, str]] = []
    sits = seat is not None and seat.state == SeatState.SEATED
    if sits and seat.reviewed_at is None and circle.state == CircleState.WRITING:
        found.append({"label": _("Faire le bilan du groupe"), "url": url_of("review", circle)})
    if circle.state == CircleState.RULES and not signed.charter and is_facilitator(person, circle):
        found.append({"label": _("Écrire la charte du groupe"), "url": url_of("write_charter", circle)})
    if circle.state not in OVER and signed.charter and any(one.pk == person.pk for one in signed.missing):
        found.append({"label": _("Lire et signer la charte du groupe"), "url": url_of("charter", circle)})
    if poll is not None and poll.state == PollState.OPEN:
        voters = {voter.person_id: voter for voter in poll.voters.all()}
        if person.pk in voters and voters[person.pk].answered_at is None:
            found.append(
                {
                    "label": _("Dire quelles dates vous conviennent"),
                    "url": reverse("circles:poll", args=[poll.public_id]),
                }
            )
    found += [
        {
            "label": _("Dire si ceci peut sortir du groupe : « %(title)s »") % {"title": one.words},
            "url": reverse("circles:outing", args=[one.outing.public_id]),
        }
        for one in outings
        if one.can_answer and not one.has_answered
    ]
    return found


def _member(seat: Any, reader: Any) -> dict[str, Any]:
    return {
        "name": seat.person.display_name,
        "line": person_line(seat.person),
        "url": reverse("people:person", args=[seat.circle.network.slug, seat.person.public_id]),
        "goal": seat.goal,
        "helping": seat.helping,
        "me": seat.person_id == reader.pk,
    }


def _waiting(circle: Circle, members: list[Any]) -> list[dict[str, Any]]:
    """Return who waits for a place, the first with what stands in the way: the place is offered in order."""
    rows = waiting_of(circle)
    return [
        {
            "id": seat.public_id,
            "name": seat.person.display_name,
            "line": person_line(seat.person),
            "goal": seat.goal,
            "first": number == 0,
            "flags": [_flag(one) for one in in_the_way(circle, members, seat)] if number == 0 else [],
        }
        for number, seat in enumerate(rows)
    ]


def in_the_way(circle: Circle, members: list[Any], seat: Any) -> list[Any]:
    """Return the rules of the method that someone who waits would not keep by sitting with these members."""
    return [
        one
        for one in problems_with(circle, [*members, seat])
        if one.person is not None
        and not one.settled
        and (one.person.pk == seat.person_id or one.kind == WaiverKind.REPORTING)
    ]


def _flag(one: Any) -> dict[str, Any]:
    person = one.person.public_id if one.person else ""
    form = None
    # Whether the facilitator goes on though of a member's line is not theirs to say.
    if one.kind in WaiverKind.values and one.kind != WaiverKind.FACILITATOR:
        form = WaiverForm(initial={"kind": one.kind, "person": person}, auto_id=f"id_{one.kind}_{person}_%s")
    return {"sentence": one.sentence, "who": one.who, "form": form}


@require_POST
def act(request: HttpRequest, circle_id: str) -> HttpResponse:
    """Do what its facilitator decided: go on to the next step, set a rule aside, give a freed place."""
    circle = facilitated(request, circle_id)
    verb = request.POST.get("act", "")
    said = {
        "begin": _("Les séances peuvent commencer."),
        "write": _("Le groupe passe à l’écriture. Chaque membre est invité à faire le bilan."),
        "close": _("Le groupe est terminé. Ses membres peuvent toujours relire ce qu’il a fait."),
    }
    if verb in MOVES:
        attempt(request, lambda: MOVES[verb](circle, by=request.user), said[verb])
    elif verb == "waive":
        form = WaiverForm(request.POST)
        done, _waiver = submit(form, lambda values: _waive(circle, request, values))
        if done:
            tell(request, _("C’est noté : les membres du groupe liront votre raison."))
        else:
            refuse(request, ValidationError([text for errors in form.errors.values() for text in errors]))
    elif verb in ("add", "decline"):
        _settle(request, circle, verb)
    else:
        raise NotThere
    return see("circles:circle", circle_id)


@either
def writing(request: HttpRequest, circle_id: str) -> HttpResponse:
    """Ask before going on to the sheets and the reviews: what is left, and what becomes of it."""
    circle = facilitated(request, circle_id)
    if circle.state != CircleState.SESSIONS:
        return see("circles:circle", circle_id)
    if request.method == "POST":
        attempt(
            request,
            lambda: start_writing(circle, by=request.user),
            _("Le groupe passe à l’écriture. Chaque membre est invité à faire le bilan."),
        )
        return see("circles:circle", circle_id)
    context = {
        "circle": circle,
        "counts": count_sessions(circle),
        "coming": [row for row in map(session_row, sessions_of(circle)) if row["to_come"]],
        "back": url_of("circle", circle),
        "crumbs": inside(circle, _("Passer à l’écriture et au bilan")),
    }
    return render(request, "circles/writing.html", context)


def _settle(request: HttpRequest, circle: Circle, verb: str) -> None:
    seat = next((one for one in waiting_of(circle) if one.public_id == request.POST.get("seat", "")), None)
    if seat is None:
        raise NotThere
    if verb == "add":
        attempt(
            request,
            lambda: add_member(circle, by=request.user, seat=seat),
            _("La personne rejoint le groupe ; elle reçoit les dates et la charte à signer."),
        )
    else:
        attempt(
            request, lambda: decline_seat(seat, by=request.user), _("C’est noté. La personne est prévenue.")
        )


def _waive(circle: Circle, request: HttpRequest, values: dict[str, Any]) -> Any:
    person = None
    if values["person"]:
        first = waiting_of(circle)[:1]
        about = [
            *flags(circle),
            *(one for seat in first for one in in_the_way(circle, members_of(circle), seat)),
        ]
        people = (one.person for one in about)
        person = next((one for one in people if one and one.public_id == values["person"]), None)
        if person is None:
            raise NotThere
    return waive(circle, by=request.user, kind=values["kind"], person=person, reason=values["reason"])

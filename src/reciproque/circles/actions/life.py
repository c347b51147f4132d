"""The life of a group: its sessions begin, it writes, it closes or stops; what the clock watches over."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from reciproque.agenda.actions import close_steps
from reciproque.agenda.models import Step
from reciproque.agenda.rules import StepState, Verb
from reciproque.circles.access import can_stop, is_facilitator
from reciproque.circles.actions.noting import expect_lead, lock, note, people_of, words
from reciproque.circles.actions.outings import keep_outings
from reciproque.circles.actions.reviews import ask_reviews
from reciproque.circles.actions.sessions import drop_sessions
from reciproque.circles.models import Circle, Seat
from reciproque.circles.queries.life import current_group_charter
from reciproque.circles.queries.making import problems_with
from reciproque.circles.rules import (
    ALIVE,
    ASKING_SEATS,
    LINE_MAX,
    MOVES,
    SEATS_LEAST,
    SEATS_MOST,
    CircleState,
    SeatState,
    WaiverKind,
    call_is_over,
)
from reciproque.kit import clock
from reciproque.kit.rows import move
from reciproque.people.models import Person

STOPPED = _("Le groupe s’est arrêté.")


def _step(circle: Circle, verb: str, by: Person) -> bool:
    """Move a group one step on in its life, by its facilitator; False when it is there already (pressed twice)."""
    if not is_facilitator(by, circle):
        raise PermissionDenied
    lock(circle)
    since, to = MOVES[verb]
    if circle.state == to:
        return False
    if circle.state not in since:
        raise ValidationError(
            _("Le groupe n’en est pas là : il en est à « %(state)s ».")
            % {"state": circle.get_state_display()}
        )
    return True


@transaction.atomic
def begin_sessions(circle: Circle, *, by: Person) -> Circle:
    """Begin the sessions: the charter is written and its facilitator signed it; who has not will at the first one."""
    if not _step(circle, "begin", by):
        return circle
    charter = current_group_charter(circle)
    if charter is None:
        raise ValidationError(_("Écrivez d’abord la charte du groupe."))
    if not charter.signatures.filter(person=by).exists():
        raise ValidationError(_("Signez d’abord la charte du groupe : les membres la signent après vous."))
    _begin(circle, by)
    return circle


def _begin(circle: Circle, by: Person | None) -> None:
    since, to = MOVES["begin"]
    move(circle, to, since=since, began_at=clock.now())
    note("circle.began", circle, circle, by=by, people=people_of(circle))


@transaction.atomic
def begin_if_ready(circle: Circle) -> bool:
    """Begin the sessions, as the first one comes, of a group whose facilitator signed the charter in force."""
    lock(circle)
    charter = current_group_charter(circle)
    if circle.state != CircleState.RULES or charter is None or circle.facilitator is None:
        return False
    if not charter.signatures.filter(person=circle.facilitator).exists():
        return False
    _begin(circle, None)
    return True


@transaction.atomic
def start_writing(circle: Circle, *, by: Person) -> Circle:
    """Go on from the sessions to the sheets and the reviews; who still waited for a place is answered."""
    if _step(circle, "write", by):
        write(circle, by=by)
    return circle


def write(circle: Circle, *, by: Person | None) -> None:
    """Go on to the sheets and the reviews (by None: the clock); the group is locked, and in its sessions."""
    since, to = MOVES["write"]
    move(circle, to, since=since)
    _answer_waiting(circle)
    close_steps(circle, verb=[Verb.DATES, Verb.POLL], outcome=StepState.RELEASED)
    ask_reviews(circle)
    note("circle.writing", circle, circle, by=by, people=people_of(circle))


def _answer_waiting(circle: Circle) -> None:
    for seat in circle.seats.filter(state__in=ASKING_SEATS).select_related("person"):
        move(seat, SeatState.DECLINED, since=ASKING_SEATS, settled_at=clock.now())
        note("seat.declined", seat, circle, by=None, people=[seat.person])


@transaction.atomic
def close_circle(circle: Circle, *, by: Person) -> Circle:
    """Close a group that did what it was for; its members go on reading what it made."""
    if _step(circle, "close", by):
        close(circle, by=by)
    return circle


def close(circle: Circle, *, by: Person | None) -> None:
    """Close a group (by None: the clock); it is locked, and writing."""
    since, to = MOVES["close"]
    people = people_of(circle)
    move(circle, to, since=since, closed_at=clock.now())
    drop_sessions(circle, reason=str(_("Le groupe est terminé.")))
    # The deciders' review may still be sent: what was promised to them is not forgotten with the group.
    open_ = Step.objects.about(circle).open().exclude(verb=Verb.TELL)
    open_.update(state=StepState.RELEASED, closed_at=clock.now())
    note("circle.closed", circle, circle, by=by, people=people)


@transaction.atomic
def stop_circle(circle: Circle, *, by: Person, reason: str) -> Circle:
    """Stop a group before its end, with a reason that its members (or its candidates) read on its page."""
    if not can_stop(by, circle):
        raise PermissionDenied
    sentence = _("Dites pourquoi, en une phrase : les personnes concernées la liront.")
    reason = words(reason, "reason", sentence, most=LINE_MAX, least=3)
    lock(circle)
    asking = [seat.person for seat in circle.seats.filter(state__in=ASKING_SEATS).select_related("person")]
    people = {person.pk: person for person in [*people_of(circle), *asking]}
    since, to = MOVES["stop"]
    now = clock.now()
    move(circle, to, since=since, closed_at=now, closed_reason=reason)
    drop_sessions(circle, reason=str(STOPPED))
    # « Rien de ce qui s’y est dit n’en sort »: what everyone is told holds for what was being asked too.
    keep_outings(circle, told=False)
    close_steps(circle, outcome=StepState.RELEASED)
    # The same moment: it tells who was a candidate to the end.
    circle.seats.filter(state__in=ASKING_SEATS).update(state=SeatState.DECLINED, settled_at=now)
    note("circle.stopped", circle, circle, by=by, people=people.values())
    return circle


# -- by the clock


def end_calls(limit: int = 200) -> int:
    """Tell who prepares a group that its call is over, and what can be decided (by the clock); return how many."""
    now = clock.now()
    rows = Circle.objects.filter(state=CircleState.CALL, call_told_at=None, call_until__lt=now.date())
    rows = rows.select_related("network", "opened_by", "facilitator").order_by("call_until", "pk")
    return sum(_end_call(circle) for circle in rows[:limit] if call_is_over(circle.call_until, now))


@transaction.atomic
def _end_call(circle: Circle) -> bool:
    mine = Circle.objects.filter(pk=circle.pk, state=CircleState.CALL, call_told_at=None)
    if not mine.filter(call_until=circle.call_until).update(call_told_at=clock.now()):
        return False
    count = circle.seats.filter(state=SeatState.APPLIED).count()
    people = [person for person in (circle.opened_by, circle.facilitator) if person is not None]
    note(
        "circle.call_ended",
        circle,
        circle,
        by=None,
        people=people,
        count=count,
        least=SEATS_LEAST,
        most=SEATS_MOST,
    )
    return True


def note_lines(limit: int = 500) -> int:
    """Tell of members who became manager and report, or of the facilitator's line (by the clock); return of how many.

    All the groups are looked at, `limit` at a time.
    """
    alive = Circle.objects.filter(state__in=ALIVE).exclude(facilitator=None)
    rows = alive.select_related("network", "facilitator", "opened_by").prefetch_related("waivers")
    told, last = 0, 0
    while batch := list(rows.filter(pk__gt=last).order_by("pk")[:limit]):
        told += sum(_note_lines(circle) for circle in batch)
        last = batch[-1].pk
    return told


@transaction.atomic
def _note_lines(circle: Circle) -> int:
    seats = list(circle.seats.filter(state=SeatState.SEATED).select_related("person"))
    open_ = [one for one in problems_with(circle, seats) if one.person is not None and not one.settled]
    about = {
        kind: {one.person.pk for one in open_ if one.kind == kind and one.person is not None}
        for kind in (WaiverKind.REPORTING, WaiverKind.FACILITATOR)
    }
    either = about[WaiverKind.REPORTING] | about[WaiverKind.FACILITATOR]
    now = clock.now()
    fresh = [seat for seat in seats if seat.person_id in either and seat.lines_told_at is None]
    past = [seat.pk for seat in seats if seat.person_id not in either and seat.lines_told_at is not None]
    Seat.objects.filter(pk__in=past).update(lines_told_at=None)
    told = Seat.objects.filter(pk__in=[seat.pk for seat in fresh], lines_told_at=None).update(
        lines_told_at=now
    )
    if not told:
        return 0
    assert circle.facilitator is not None
    between = [seat for seat in fresh if seat.person_id in about[WaiverKind.REPORTING]]
    guided = [seat for seat in fresh if seat.person_id in about[WaiverKind.FACILITATOR]]
    if between:
        # Which members, its page says: a fact names nobody of a group.
        note("circle.lines", circle, circle, by=None, people=[circle.facilitator], count=len(between))
    if guided:
        # The facilitator does not judge of it: who opened the group names another one, or says why they go on.
        expect_lead(circle)
        people = [circle.facilitator, circle.opened_by, *(seat.person for seat in guided)]
        note("circle.guide_line", circle, circle, by=None, people=people)
    return told

"""Apply for a place, decide of candidatures, take a freed place, leave."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from reciproque.agenda.actions import close_steps
from reciproque.agenda.rules import StepState, Verb
from reciproque.circles.access import can_apply, can_choose, is_facilitator
from reciproque.circles.actions.attending import join_sessions, leave_sessions
from reciproque.circles.actions.noting import expect, lock, note, words
from reciproque.circles.models import Circle, GroupCharter, Seat
from reciproque.circles.queries.making import problems_with
from reciproque.circles.rules import (
    ALIVE,
    ASKING_SEATS,
    LIVE_SEATS,
    OVER,
    PLEDGE_DAYS,
    SEATS_LEAST,
    WORDS_MAX,
    CircleState,
    SeatState,
    WaiverKind,
    call_is_open,
)
from reciproque.kit import clock
from reciproque.kit.dates import day_in_words
from reciproque.kit.rows import move
from reciproque.library.models import Sheet, SheetAuthor
from reciproque.library.rules import AuthorState, OriginKind, SheetState
from reciproque.networks.access import get_membership, is_member
from reciproque.networks.models import Membership
from reciproque.people.models import Person

TOO_LONG = _("Dites-le en 4 000 caractères au plus.")


def _said(goal: str, helping: str) -> dict[str, str]:
    return {
        "goal": words(
            goal, "goal", _("Dites ce que vous venez y chercher, pour vous."), most=WORDS_MAX, least=3
        ),
        "helping": words(
            helping, "helping", _("Dites comment vous aiderez les autres."), most=WORDS_MAX, least=3
        ),
    }


def _check_call(circle: Circle, by: Person) -> None:
    """Refuse, with the sentence, whoever the call does not reach (any more)."""
    if circle.state in (CircleState.NEED, *OVER):
        raise ValidationError(_("Ce groupe n’appelle pas de volontaires."))
    if circle.state != CircleState.CALL or not call_is_open(circle.call_until, clock.now(), by.time_zone):
        until = day_in_words(circle.call_until) if circle.call_until else ""
        raise ValidationError(_("L’appel s’est terminé le %(day)s.") % {"day": until})
    if by.pk == circle.facilitator_id:
        raise ValidationError(_("Vous facilitez ce groupe : on le facilite du dehors, sans y siéger."))
    if not can_apply(by, circle):
        raise ValidationError(_("L’appel s’adresse à d’autres sites ou à d’autres services que les vôtres."))
    membership = get_membership(by, circle.network)
    if membership is not None and membership.is_suspended(clock.now()):
        raise ValidationError(
            _(
                "Vos mises en relation sont suspendues pour le moment : voyez la décision qui vous a été adressée."
            )
        )
    if membership is not None and membership.is_paused(clock.now()):
        raise ValidationError(
            _(
                "Vous êtes en pause dans ce réseau. Reprenez d’abord : un groupe compte sur chacun de ses membres."
            )
        )
    if circle.seats.filter(person=by, state=SeatState.DECLINED).exists():
        raise ValidationError(_("Votre candidature à ce groupe n’a pas été retenue cette fois."))


def check_here(circle: Circle, seats: Sequence[Seat]) -> None:
    """Refuse to seat who has been suspended or is on pause since they applied, without saying which of the two."""
    now = clock.now()
    rows = Membership.objects.current().filter(network=circle.network)
    rows = rows.filter(person__in=[seat.person_id for seat in seats]).select_related("person")
    away = [row.person for row in rows if row.is_suspended(now) or row.is_paused(now)]
    if away:
        raise ValidationError(
            [
                _(
                    "%(name)s ne participe pas au réseau en ce moment : attendez son retour, ou déclinez sa "
                    "candidature."
                )
                % {"name": person}
                for person in away
            ]
        )


@transaction.atomic
def apply(circle: Circle, *, by: Person, goal: str, helping: str) -> Seat:
    """Volunteer for a group, with one's own goal and how one means to help; on the waiting list once it is full.

    Applying again while one's candidature waits only changes its words.
    """
    if not is_member(by, circle.network):
        raise PermissionDenied
    said = _said(goal, helping)
    lock(circle)
    mine = circle.seats.filter(person=by, state__in=LIVE_SEATS).first()
    if mine is not None:
        return edit_seat(mine, by=by, **said)
    _check_call(circle, by)
    full = circle.seats.filter(state=SeatState.APPLIED).count() >= circle.seats_most
    try:
        with transaction.atomic():
            seat = Seat.objects.create(
                circle=circle,
                person=by,
                state=SeatState.WAITING if full else SeatState.APPLIED,
                applied_at=clock.now(),
                **said,
            )
    except IntegrityError:
        return circle.seats.get(person=by, state__in=LIVE_SEATS)
    note("seat.applied", seat, circle, by=by, people=[by], waiting=full)
    return seat


@transaction.atomic
def edit_seat(seat: Seat, *, by: Person, goal: str, helping: str) -> Seat:
    """Change one's own goal, or how one means to help."""
    if by.pk != seat.person_id:
        raise PermissionDenied
    said = _said(goal, helping)
    if seat.circle.is_over:
        raise ValidationError(_("Ce groupe est terminé."))
    if not Seat.objects.filter(pk=seat.pk, state__in=LIVE_SEATS).update(**said):
        raise ValidationError(_("Vous n’avez plus de place dans ce groupe."))
    seat.goal, seat.helping = said["goal"], said["helping"]
    return seat


@transaction.atomic
def withdraw_seat(seat: Seat, *, by: Person) -> Seat:
    """Take one's candidature back; the first of the waiting list takes the place."""
    if by.pk != seat.person_id:
        raise PermissionDenied
    return _end_asking(seat, SeatState.WITHDRAWN, "seat.withdrawn", by)


@transaction.atomic
def decline_seat(seat: Seat, *, by: Person) -> Seat:
    """Say no to a candidature; the first of the waiting list takes the place.

    Once the group is made, its facilitator says it to who still waits.
    """
    circle = seat.circle
    made = circle.constituted_at is not None and seat.state == SeatState.WAITING
    if not (is_facilitator(by, circle) if made else can_choose(by, circle)):
        raise PermissionDenied
    return _end_asking(seat, SeatState.DECLINED, "seat.declined", by)


def _end_asking(seat: Seat, state: str, fact: str, by: Person | None) -> Seat:
    circle = lock(seat.circle)
    move(seat, state, since=ASKING_SEATS, settled_at=clock.now())
    note(fact, seat, circle, by=by, people=[seat.person])
    move_up(circle)
    return seat


def move_up(circle: Circle) -> None:
    """Give the places that are free to those who waited longest (the group is locked, and not made yet)."""
    if circle.state != CircleState.CALL:
        return
    free = circle.seats_most - circle.seats.filter(state=SeatState.APPLIED).count()
    waiting = circle.seats.filter(state=SeatState.WAITING).select_related("person")
    for seat in list(waiting.order_by("applied_at", "pk")[: max(free, 0)]):
        move(seat, SeatState.APPLIED, since=[SeatState.WAITING])
        note("seat.moved_up", seat, circle, by=None, people=[seat.person])


@transaction.atomic
def admit_seat(seat: Seat, *, by: Person) -> Seat:
    """Take someone off the waiting list before the group is made, beyond its places when « plus de dix » is waived."""
    circle = seat.circle
    if not can_choose(by, circle):
        raise PermissionDenied
    lock(circle)
    if seat.state == SeatState.APPLIED:
        return seat
    taken = circle.seats.filter(state=SeatState.APPLIED).count()
    if taken >= circle.seats_most and not circle.waivers.filter(kind=WaiverKind.MANY).exists():
        raise ValidationError(
            _("Toutes les places sont prises. Dites d’abord pourquoi le groupe serait plus grand.")
        )
    move(seat, SeatState.APPLIED, since=[SeatState.WAITING])
    note("seat.moved_up", seat, circle, by=by, people=[seat.person])
    return seat


@transaction.atomic
def add_member(circle: Circle, *, by: Person, seat: Seat) -> Seat:
    """Give a place that was freed to the first who waits; the facilitator says by it that the group agrees."""
    if not is_facilitator(by, circle) or seat.circle_id != circle.pk:
        raise PermissionDenied
    lock(circle)
    if circle.state not in (CircleState.RULES, CircleState.SESSIONS):
        raise ValidationError(_("On rejoint un groupe avant la fin de ses séances."))
    seat.refresh_from_db(fields=["state"])
    if seat.state == SeatState.SEATED:
        return seat
    first = circle.seats.filter(state=SeatState.WAITING).order_by("applied_at", "pk").first()
    if first is not None and first.pk != seat.pk:
        raise ValidationError(
            _("%(name)s attend depuis plus longtemps : répondez-lui d’abord.") % {"name": first.person}
        )
    if not is_member(seat.person, circle.network):
        raise ValidationError(_("Cette personne ne fait plus partie du réseau."))
    members = list(circle.seats.filter(state=SeatState.SEATED).select_related("person"))
    if len(members) >= circle.seats_most and not circle.waivers.filter(kind=WaiverKind.MANY).exists():
        raise ValidationError(_("Toutes les places du groupe sont prises."))
    about = [
        problem.sentence
        for problem in problems_with(circle, [*members, seat])
        if problem.person is not None
        and not problem.settled
        and (problem.person.pk == seat.person_id or problem.kind == WaiverKind.REPORTING)
    ]
    if about:
        raise ValidationError(about)
    check_here(circle, [seat])
    move(seat, SeatState.SEATED, since=[SeatState.WAITING], settled_at=clock.now())
    join_sessions(circle, seat.person)
    if GroupCharter.objects.filter(circle=circle).exists():
        expect(Verb.PLEDGE, circle, seat.person, PLEDGE_DAYS)
    note("seat.admitted", seat, circle, by=by, people=[seat.person], later=True)
    return seat


@transaction.atomic
def leave_circle(seat: Seat, *, by: Person) -> Seat:
    """Leave a group: the place is free, the sessions to come are left, what one wrote stays; no reason is told."""
    if by.pk != seat.person_id:
        raise PermissionDenied
    if seat.circle.state not in ALIVE:
        raise ValidationError(_("Ce groupe est terminé : il n’y a plus de place à quitter."))
    return leave_seat(seat, by=by)


def leave_seat(seat: Seat, *, by: Person | None) -> Seat:
    """Take a member off a group: what was expected of them there is no more, the others are told without a reason."""
    circle, person = lock(seat.circle), seat.person
    move(seat, SeatState.LEFT, since=[SeatState.SEATED], left_at=clock.now())
    leave_sessions(circle, person)
    release(circle, person)
    left = circle.seats.filter(state=SeatState.SEATED).count()
    data: dict[str, Any] = {"members": left, "few": left < SEATS_LEAST}
    note("seat.left", seat, circle, by=by, people=[person], **data)
    return seat


def release(circle: Circle, person: Person) -> None:
    """Expect nothing more of someone in a group, and let them read no more of its drafts.

    What may leave the group is still asked of them: it was written while they were there.
    """
    close_steps(circle, owner=person, outcome=StepState.RELEASED)
    sheets = Sheet.objects.filter(
        origin_kind=OriginKind.CIRCLE, origin_id=circle.public_id, state=SheetState.DRAFT
    )
    # Locked before their authors, as by whoever writes them.
    locked = list(sheets.select_for_update().order_by("pk").values_list("pk", flat=True))
    drafts = SheetAuthor.objects.filter(sheet__in=locked, person=person)
    drafts.exclude(state=AuthorState.LEFT).update(state=AuthorState.LEFT, answered_at=clock.now())

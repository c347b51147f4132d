"""What becomes of groups when someone leaves the network or the organisation."""

from __future__ import annotations

from django.db import transaction

from reciproque.agenda.actions import close_steps
from reciproque.agenda.models import Step
from reciproque.agenda.rules import StepState, Verb
from reciproque.circles.access import report_is_due
from reciproque.circles.actions.facilitating import vacate
from reciproque.circles.actions.noting import expect, lock, note
from reciproque.circles.actions.seats import leave_seat, move_up
from reciproque.circles.actions.words import forget_notes
from reciproque.circles.models import Circle, CircleQuerySet, Seat
from reciproque.circles.rules import ALIVE, ASKING_SEATS, DECIDE_DAYS, SPECIFY_DAYS, CircleState, SeatState
from reciproque.kit import clock
from reciproque.kit.rows import move
from reciproque.networks.access import is_member
from reciproque.networks.models import Membership
from reciproque.people.models import Person


@transaction.atomic
def forget_member(membership: Membership) -> None:
    """Take someone who left the network off its groups: seats, facilitation, groups being prepared."""
    if is_member(membership.person, membership.network):
        return  # came back before this was done
    _forget(membership.person, Circle.objects.filter(network=membership.network))


@transaction.atomic
def forget_person(person: Person) -> None:
    """Take someone who left the organisation off all groups; what they wrote for themselves alone is erased."""
    _forget(person, Circle.objects.all())
    forget_notes(person)


def _forget(person: Person, circles: CircleQuerySet) -> None:
    seats = Seat.objects.filter(person=person, circle__in=circles).select_related("person", "circle")
    for seat in seats.filter(state__in=ASKING_SEATS):
        circle = lock(seat.circle)
        move(seat, SeatState.WITHDRAWN, since=ASKING_SEATS, settled_at=clock.now())
        note("seat.withdrawn", seat, circle, by=None, people=[person])
        move_up(circle)
    for seat in seats.filter(state=SeatState.SEATED, circle__state__in=ALIVE):
        leave_seat(seat, by=None)
    led = circles.exclude(state=CircleState.STOPPED).filter(facilitator=person)
    for circle in led.select_related("network", "opened_by"):
        if not circle.is_over or report_is_due(circle):
            vacate(circle, by=None)
    for circle in circles.alive().filter(opened_by=person).select_related("network", "facilitator"):
        _hand_over(circle, person)


def _hand_over(circle: Circle, person: Person) -> None:
    """Expect of the facilitator, or of the animation team, what was expected of who opened the group."""
    steps = Step.objects.about(circle).filter(owner=person, verb__in=[Verb.SPECIFY, Verb.SEATS, Verb.LEAD])
    # Released by the agenda already, or not yet: whichever of the two hears of the departure first.
    verbs = {step.verb for step in steps.filter(state=StepState.OPEN)}
    if circle.constituted_at is None:
        verbs.add(Verb.SPECIFY if circle.called_at is None else Verb.SEATS)
    elif circle.facilitator is None:
        verbs.add(Verb.LEAD)
    close_steps(circle, owner=person, outcome=StepState.RELEASED)
    others = Step.objects.about(circle).open().exclude(owner=person)
    for verb in sorted(verbs - set(others.values_list("verb", flat=True))):
        owner = None if verb == Verb.LEAD else circle.facilitator
        expect(verb, circle, owner, SPECIFY_DAYS if verb == Verb.SPECIFY else DECIDE_DAYS)

"""Who comes to the sessions and who no longer does: members, and whoever leads them."""

from __future__ import annotations

from django.db import transaction

from reciproque.agenda import actions as agenda
from reciproque.agenda.actions.steps import StepSubject
from reciproque.agenda.models import Step
from reciproque.agenda.queries import poll_about
from reciproque.agenda.rules import PollState, StepState, Verb
from reciproque.circles.access import report_is_due
from reciproque.circles.actions.noting import expect
from reciproque.circles.actions.outings import join_outings
from reciproque.circles.actions.sessions import expect_dates, tell_series
from reciproque.circles.actions.sheets import share_drafts
from reciproque.circles.models import Circle
from reciproque.circles.rules import SeatState
from reciproque.people.models import Person


@transaction.atomic
def join_sessions(circle: Circle, person: Person) -> None:
    """Invite someone who takes a seat to the sessions to come, and to the poll under way."""
    agenda.join_poll(circle, person)
    share_drafts(circle)
    join_outings(circle, person)
    meetings = agenda.invite_to_series(circle, person)
    if meetings:
        tell_series("sessions.joined", circle, None, [person], meetings)


@transaction.atomic
def leave_sessions(circle: Circle, person: Person) -> None:
    """Take someone who gave up their seat off the sessions to come and the poll under way."""
    agenda.leave_polls(circle, person)
    share_drafts(circle, but=person)
    agenda.close_feed(person, by=None, group=StepSubject(circle.subject_kind, circle.public_id))
    agenda.close_steps(circle, verb=Verb.SUM_UP, owner=person, outcome=StepState.RELEASED)
    meetings = agenda.leave_series(circle, person)
    if meetings:
        tell_series("sessions.left", circle, None, [person], meetings)


@transaction.atomic
def hand_sessions(circle: Circle, *, former: Person | None, person: Person | None) -> None:
    """Let another facilitator lead the sessions to come, or nobody until one is named.

    What was expected of the former one is expected of the next.
    """
    waited = Step.objects.about(circle).open().filter(verb__in=[Verb.DATES, Verb.TELL])
    agenda.hand_series(circle, person)
    if former is not None:
        agenda.close_steps(circle, verb=[Verb.DATES, Verb.TELL], owner=former, outcome=StepState.RELEASED)
        if not circle.seats.filter(person=former, state=SeatState.SEATED).exists():
            leave_sessions(circle, former)
    if person is None:
        poll = poll_about(circle)
        if poll is not None and poll.state == PollState.OPEN:
            # Its answers wait for whoever comes next: nobody is there to read them meanwhile.
            agenda.close_poll(poll, by=None, expect_dates=False)
        return
    agenda.hand_polls(circle, person)
    share_drafts(circle)
    join = agenda.invite_to_series(circle, person)
    if join:
        tell_series("sessions.joined", circle, None, [person], join)
    if not waited.exists():
        expect_dates(circle)
    if report_is_due(circle):
        expect(Verb.TELL, circle, person, circle.network.review_days)

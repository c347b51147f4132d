"""The two reviews: of the group, by each member; to the deciders, of what everyone agreed to tell."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from reciproque.agenda.actions import cancel_poll, close_steps
from reciproque.agenda.models import Step
from reciproque.agenda.queries import overdue_steps, poll_about
from reciproque.agenda.rules import PollState, StepState, Verb
from reciproque.circles.access import can_correct_deciders, is_facilitator
from reciproque.circles.actions.noting import expect, lock, note, people_of
from reciproque.circles.actions.outings import keep_outings
from reciproque.circles.models import Circle, Decider, DeciderReport, Outing, Seat
from reciproque.circles.queries.reviews import report_preview
from reciproque.circles.rules import WORDS_MAX, CircleState, OutingKind, OutingState, SeatState
from reciproque.kit import clock
from reciproque.kit.text import clean
from reciproque.people.models import Person

# What one says of a goal, from not at all to wholly.
MOST_REACHED = 4
# After the members' reviews, so many working days are left to tell the deciders.
TELL_DAYS = 10
REVIEWED_IN = (CircleState.WRITING, CircleState.CLOSED)


@transaction.atomic
def ask_reviews(circle: Circle) -> None:
    """Expect each member's review of the group; then the facilitator's to the deciders, if there are any.

    Dates are no longer asked: the sessions are over.
    """
    poll = poll_about(circle)
    if poll is not None and poll.state == PollState.OPEN:
        cancel_poll(poll, by=None, expect_dates=False)
    days = circle.network.review_days
    for seat in circle.seats.filter(state=SeatState.SEATED, reviewed_at=None).select_related("person"):
        expect(Verb.SUM_UP, circle, seat.person, days)
    if circle.facilitator is not None and circle.deciders.exists():
        expect(Verb.TELL, circle, circle.facilitator, days + TELL_DAYS)


@transaction.atomic
def review_group(seat: Seat, *, by: Person, reached: int, brought: str = "", wishes: str = "") -> Seat:
    """Say how far one's goal was reached, what the group brought and what one wishes; one may say it better later."""
    circle = seat.circle
    if by.pk != seat.person_id or seat.state != SeatState.SEATED or not by.is_active:
        raise PermissionDenied
    if circle.state not in REVIEWED_IN:
        raise ValidationError(_("Le bilan se fait une fois les séances terminées."))
    if reached not in range(MOST_REACHED + 1):
        raise ValidationError({"reached": _("Dites jusqu’où votre objectif est atteint.")})
    said = {"brought": clean(brought).strip(), "wishes": clean(wishes).strip()}
    for name, text in said.items():
        if len(text) > WORDS_MAX:
            raise ValidationError({name: _("Ce texte est trop long : 4 000 signes au plus.")})
    first = seat.reviewed_at is None
    changes = {"reached": reached, **said, "reviewed_at": seat.reviewed_at or clock.now()}
    Seat.objects.filter(pk=seat.pk).update(**changes)
    for name, value in changes.items():
        setattr(seat, name, value)
    close_steps(circle, verb=Verb.SUM_UP, owner=by)
    if first:
        facilitator = [circle.facilitator] if circle.facilitator else []
        # By nobody: whose review it is is read in the group, not in the journal.
        note("circle.reviewed", circle, circle, by=None, people=facilitator)
    return seat


@transaction.atomic
def send_report(circle: Circle, *, by: Person) -> DeciderReport:
    """Tell the deciders, once, what every member agreed to, with figures that single nobody out."""
    if not is_facilitator(by, circle):
        raise PermissionDenied
    sent = DeciderReport.objects.filter(circle=circle).first()
    if sent is not None:
        return sent
    if circle.state not in REVIEWED_IN:
        raise ValidationError(_("Le bilan aux décideurs se fait une fois les séances terminées."))
    lock(circle)
    # What is agreed to later would be said to be out, and be told to nobody.
    keep_outings(circle, kind=OutingKind.LINE)
    out = Outing.objects.filter(circle=circle, kind=OutingKind.LINE, state=OutingState.AGREED)
    list(out.select_for_update().order_by("pk").values_list("pk"))
    preview = report_preview(circle)
    try:
        with transaction.atomic():
            report = DeciderReport.objects.create(
                circle=circle, by=by, sent_at=clock.now(), lines=preview.lines, figures=preview.figures
            )
    except IntegrityError:
        return DeciderReport.objects.get(circle=circle)  # pressed twice at the same instant
    close_steps(circle, verb=Verb.TELL)
    deciders = [row.person for row in preview.deciders if row.person is not None and row.person.is_active]
    people = {person.pk: person for person in (*deciders, *people_of(circle))}
    to = [person.public_id for person in deciders]
    note("report.sent", circle, circle, by=by, people=people.values(), to=to)
    return report


@transaction.atomic
def correct_decider(circle: Circle, *, by: Person, decider: Decider, person: Person) -> Decider:
    """Say who of the directory a decider is: they receive the review here, at once when it was told already."""
    if not can_correct_deciders(by, circle):
        raise PermissionDenied
    lock(circle)
    if circle.deciders.filter(person=person).exclude(pk=decider.pk).exists():
        raise ValidationError(
            {"person": _("%(name)s figure déjà parmi les décideurs.") % {"name": person.display_name}}
        )
    changed = circle.deciders.filter(pk=decider.pk).exclude(person=person).update(person=person, name="")
    decider.person, decider.name = person, ""
    if changed and DeciderReport.objects.filter(circle=circle).exists():
        note("report.sent", circle, circle, by=by, people=[person], to=[person.public_id], late=True)
    return decider


def close_reviews(limit: int = 500) -> int:
    """Stop waiting for the reviews that did not come in time (by the clock); return how many."""
    late = [step.pk for step in overdue_steps(clock.now(), [Verb.SUM_UP], limit)]
    steps = Step.objects.filter(pk__in=late, state=StepState.OPEN)
    return steps.update(state=StepState.LAPSED, closed_at=clock.now())

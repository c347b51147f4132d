"""What a group does by itself when nobody said it in time: it begins, it writes, it closes; its charter is late."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Count, Exists, F, Max, OuterRef, Q

from reciproque.agenda.models import Step
from reciproque.agenda.queries import poll_about
from reciproque.agenda.rules import MeetingState, PollState, StepState, Verb
from reciproque.circles.actions.life import begin_if_ready, close, write
from reciproque.circles.actions.noting import expect_lead, lock, note
from reciproque.circles.models import Circle, CircleQuerySet
from reciproque.circles.rules import CircleState, OutingState
from reciproque.kit import clock

# The facilitator has a week after the last session to add one, before the group goes on to its reviews.
WRITE_AFTER = dt.timedelta(days=7)
# A charter so late is no longer the facilitator's business alone.
SILENT = dt.timedelta(days=3)


def go_on() -> int:
    """Begin, take to the reviews and close the groups whose moment has come (by the clock); return how many."""
    begun = sum(begin_if_ready(circle) for circle in _loaded(_to_begin()))
    written = sum(_write(circle) for circle in _loaded(_to_write()))
    return begun + written + sum(_close(circle) for circle in _loaded(_to_close()))


def _loaded(rows: CircleQuerySet) -> list[Circle]:
    return list(rows.select_related("network", "facilitator", "opened_by").order_by("pk"))


def _to_begin() -> CircleQuerySet:
    due = {
        "sessions__meeting__state__in": [MeetingState.FIXED, MeetingState.HELD],
        "sessions__meeting__starts_at__lte": clock.now(),
    }
    rows = Circle.objects.filter(state=CircleState.RULES, **due)
    return rows.filter(charters__signatures__person=F("facilitator")).distinct()


def _to_write() -> CircleQuerySet:
    held = Q(sessions__meeting__state=MeetingState.HELD)
    rows = Circle.objects.filter(state=CircleState.SESSIONS).annotate(
        n_held=Count("sessions", filter=held),
        n_left=Count("sessions", filter=Q(sessions__meeting__state=MeetingState.FIXED)),
        last=Max("sessions__meeting__ends_at", filter=held),
    )
    over = rows.filter(n_left=0, n_held__gte=F("sessions_wanted"), last__lt=clock.now() - WRITE_AFTER)
    return Circle.objects.filter(pk__in=[circle.pk for circle in over])


@transaction.atomic
def _write(circle: Circle) -> bool:
    lock(circle)
    poll = poll_about(circle)
    if (poll is not None and poll.state == PollState.OPEN) or not _to_write().filter(pk=circle.pk).exists():
        return False
    write(circle, by=None)
    return True


def _to_close() -> CircleQuerySet:
    steps = Step.objects.filter(subject_kind=Circle.subject_kind, subject_id=OuterRef("public_id"))
    waited = steps.filter(
        Q(state=StepState.OPEN) | Q(verb__in=[Verb.SUM_UP, Verb.TELL], due_at__gt=clock.now())
    )
    rows = Circle.objects.filter(state=CircleState.WRITING).exclude(Exists(waited))
    return rows.exclude(outings__state=OutingState.ASKED)


@transaction.atomic
def _close(circle: Circle) -> bool:
    lock(circle)
    if not _to_close().filter(pk=circle.pk).exists():
        return False
    close(circle, by=None)
    return True


def tend_charters() -> int:
    """Stop waiting for members' signatures past their date; tell of charters that stop a group (by the clock).

    Who did not sign reads the charter with the others at the first session. Without the facilitator's, there is none.
    """
    now = clock.now()
    late = Step.objects.overdue(now).filter(verb=Verb.PLEDGE)
    stops = Circle.objects.filter(
        public_id=OuterRef("subject_id"), facilitator=OuterRef("owner"), state=CircleState.RULES
    )
    done = late.exclude(Exists(stops)).update(state=StepState.LAPSED, closed_at=now)
    ids = late.filter(Exists(stops), due_at__lt=now - SILENT).values_list("subject_id", flat=True)
    asked = Step.objects.open().filter(verb=Verb.LEAD, subject_id=OuterRef("public_id"))
    rows = Circle.objects.filter(public_id__in=list(ids)).exclude(Exists(asked))
    return done + sum(_tell_late(circle) for circle in _loaded(rows))


@transaction.atomic
def _tell_late(circle: Circle) -> bool:
    lock(circle)
    if Step.objects.about(circle).open().filter(verb=Verb.LEAD).exists():
        return False
    expect_lead(circle)
    note("circle.charter_late", circle, circle, by=None, people=[circle.opened_by])
    return True

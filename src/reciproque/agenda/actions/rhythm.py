"""What the clock does so that nothing waits in silence: remind, hand over, escalate, tell the team, hold for a pause."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce

from reciproque.agenda.actions.steps import StepSubject, hand_over_overdue, record_reminder, release_steps_of
from reciproque.agenda.models import BusyCalendar, CalendarFeed, Step, StepQuerySet
from reciproque.agenda.rules import (
    ACT_AWAITED,
    BACK_DAYS,
    HANDED_OVER,
    MOST_REMINDERS,
    NEGLECTED_DAYS,
    NEGLECTED_EVERY,
    PRIVATE_VERBS,
    STAYING,
    StepState,
    deadline,
    escalation_is_on,
    next_reminder,
)
from reciproque.journal.actions import record
from reciproque.journal.models import Fact
from reciproque.kit import clock
from reciproque.kit.dates import in_office_hours, next_office_hour, working_days_before
from reciproque.networks.models import Membership, Network
from reciproque.networks.queries import animators_of, people_with_role
from reciproque.networks.rules import Role
from reciproque.people.models import Person

# -- one person


def remind_due(limit: int = 500) -> int:
    """Remind each one of what is expected of them when its morning has come (by the clock); return how many were.

    Once half way and once before the last day, in the working hours of where they are; never someone on pause.
    """
    if not escalation_is_on():
        return 0
    now = clock.now()
    away = Membership.objects.filter(
        network=OuterRef("network"), person=OuterRef("owner"), paused_until__gt=now
    )
    steps = Step.objects.open().filter(remind_at__lte=now, owner__is_active=True).exclude(Exists(away))
    rows = list(steps.select_related("network", "owner").order_by("remind_at", "pk")[:limit])
    return sum(_remind(step, now) for step in rows)


@transaction.atomic
def _remind(step: Step, now: dt.datetime) -> bool:
    """Remind of one step, or put it off: to the next working morning, or for good when there is nothing left to say."""
    owner, country = step.owner, step.network.country
    assert owner is not None
    mine = Step.objects.filter(pk=step.pk, state=StepState.OPEN, reminders=step.reminders)
    today = step.reminded_at is not None and now - step.reminded_at < dt.timedelta(hours=20)
    # Late already: the act that follows is near, and a word that arrives with it says nothing. But what stays
    # expected of its owner is told once, even after a night when nothing could be sent.
    staying = step.verb in STAYING or step.escalated_at is not None
    over = step.due_at <= now and (step.reminders > 0 or not staying)
    if step.reminders >= MOST_REMINDERS or over or today:
        coming = None if over else _next(step, now, step.reminders)
        mine.update(remind_at=coming)
        return False
    if not in_office_hours(now, owner.time_zone, country):
        mine.update(remind_at=next_office_hour(now, owner.time_zone, country))
        return False
    number = step.reminders + 1
    if not mine.update(reminders=number, reminded_at=now, remind_at=_next(step, now, number)):
        return False
    step.reminders = number
    record_reminder(step)
    return True


def _next(step: Step, now: dt.datetime, told: int) -> dt.datetime | None:
    assert step.owner is not None
    zone, country = step.owner.time_zone, step.network.country
    return next_reminder(step.opened_at, step.due_at, zone, country, now=now, told=told)


# -- past the deadline


def escalate_overdue(limit: int = 500) -> int:
    """Hand over or put on the team's list what its owner let pass (by the clock); return how many steps."""
    if not escalation_is_on():
        return 0
    return hand_over_overdue(limit) + _escalate_overdue(limit)


def _escalate_overdue(limit: int) -> int:
    """Put on the animation team's list what only its owner can do, and what its own act has not ended in a day."""
    now = clock.now()
    steps = Step.objects.overdue(now).filter(escalated_at=None).exclude(owner=None)
    steps = steps.exclude(verb__in=[*HANDED_OVER, *PRIVATE_VERBS])
    due = Q(verb__in=STAYING) | Q(due_at__lt=now - ACT_AWAITED)
    rows = list(steps.filter(due).select_related("network", "owner").order_by("due_at", "pk")[:limit])
    return sum(_escalate(step, now) for step in rows)


@transaction.atomic
def _escalate(step: Step, now: dt.datetime) -> bool:
    mine = Step.objects.filter(pk=step.pk, state=StepState.OPEN, escalated_at=None)
    # Never told, though its deadline is past (the worker was stopped): told at the next working hour.
    remind_at = now if step.reminders == 0 else None
    if not mine.update(escalated_at=now, remind_at=remind_at):
        return False
    record(
        "step.escalated",
        StepSubject(step.subject_kind, step.subject_id),
        network=step.network,
        people=[step.owner] if step.owner else [],
        verb=step.verb,
        title=step.words,
        due_at=step.due_at.isoformat(),
    )
    return True


# -- the animation team


def tell_late_desk() -> int:
    """Tell each network's animators once a working day what is late, and those above them what stays so (by the clock)."""
    if not escalation_is_on():
        return 0
    now = clock.now()
    late = _team_late(now) | _newly_escalated(now)
    networks = Network.objects.filter(pk__in=late.order_by().values("network")).order_by("pk")
    return sum(_tell_late(network, now) for network in networks)


def _team_late(now: dt.datetime) -> StepQuerySet:
    return Step.objects.overdue(now).filter(owner=None).exclude(verb__in=PRIVATE_VERBS)


def _newly_escalated(now: dt.datetime) -> StepQuerySet:
    """What members let pass since yesterday's message: told once, it then stays on the desk without a word."""
    steps = Step.objects.overdue(now).exclude(owner=None).exclude(verb__in=PRIVATE_VERBS)
    return steps.filter(escalated_at__gt=now - dt.timedelta(days=1))


def _tell_late(network: Network, now: dt.datetime) -> bool:
    zone = settings.TIME_ZONE
    if not in_office_hours(now, zone, network.country):
        return False
    with transaction.atomic():
        Network.objects.select_for_update().get(pk=network.pk)  # two workers: the second finds it told
        told = Fact.objects.filter(network=network.public_id)
        _tell_neglected(network, now, told)
        if told.filter(name="desk.late", at__gt=now - dt.timedelta(hours=20)).exists():
            return False
        team = _team_late(now).filter(network=network)
        last = told.filter(name="desk.late").order_by("-at").values_list("at", flat=True).first()
        since = max(last, now - dt.timedelta(days=7)) if last else now - dt.timedelta(days=7)
        members = Step.objects.overdue(now).filter(network=network, escalated_at__gt=since)
        members = members.exclude(owner=None).exclude(verb__in=PRIVATE_VERBS)
        counts = {"team": team.count(), "members": members.count()}
        if not sum(counts.values()):
            return False
        team.update(
            reminders=F("reminders") + 1, reminded_at=now, escalated_at=Coalesce(F("escalated_at"), now)
        )
        people = animators_of(network)
        record("desk.late", network, network=network, people=people, count=sum(counts.values()), **counts)
    return True


def _tell_neglected(network: Network, now: dt.datetime, told: Any) -> None:
    """Tell the sponsors and the administrators, once a week at most, how much the team has let lie for long."""
    if told.filter(name="desk.neglected", at__gt=now - NEGLECTED_EVERY).exists():
        return
    before = working_days_before(now, NEGLECTED_DAYS, settings.TIME_ZONE, network.country)
    count = _team_late(now).filter(network=network, due_at__lt=before).count()
    if not count:
        return
    above = people_with_role(network, Role.SPONSOR)
    above += list(Person.objects.present().filter(is_superuser=True).order_by("pk"))
    people = {person.pk: person for person in above}
    record(
        "desk.neglected",
        network,
        network=network,
        people=list(people.values()),
        count=count,
        days=NEGLECTED_DAYS,
    )


# -- pause and departure


@transaction.atomic
def hold_steps(person: Person, network: Network, shift: dt.timedelta) -> int:
    """Move the deadlines of what is expected of a member by the length of their pause (shorter: back again).

    Brought back, a deadline leaves them two working days at least. Return how many moved.
    """
    now = clock.now()
    least = deadline(network, BACK_DAYS, now, person.time_zone)
    moved = 0
    for step in Step.objects.open().filter(owner=person, network=network):
        due = step.due_at + shift
        if shift < dt.timedelta():
            due = min(max(due, least), step.due_at)
        if due == step.due_at or step.escalated_at is not None:
            continue
        remind_at = next_reminder(
            step.opened_at, due, person.time_zone, network.country, now=now, told=step.reminders
        )
        moved += Step.objects.filter(pk=step.pk, state=StepState.OPEN, due_at=step.due_at).update(
            due_at=due, remind_at=remind_at
        )
    return moved


@transaction.atomic
def forget_person(person: Person) -> None:
    """Release all that was expected of someone who left the organisation; their calendars stop being read or given."""
    release_steps_of(person)
    CalendarFeed.objects.filter(person=person, withdrawn_at=None).update(withdrawn_at=clock.now())
    BusyCalendar.objects.filter(person=person).delete()

"""Expect the same thing of many people at once: a few queries, however many they are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from reciproque.agenda.actions.steps import record_reminder
from reciproque.agenda.models import Step
from reciproque.agenda.rules import MOST_REMINDERS, StepState, next_reminder
from reciproque.kit import clock
from reciproque.networks.models import Network
from reciproque.people.models import Person

AT_ONCE = 500
# Who was reminded today by the clock or by hand is left in peace until tomorrow.
IN_PEACE = dt.timedelta(hours=20)


def open_steps(
    verb: str,
    subject: Any,
    *,
    network: Network,
    owners: Sequence[Person],
    due_at: dt.datetime,
    words: str = "",
) -> int:
    """Expect `verb` of each of these people about one subject, by the same moment for all, pause or not.

    Nobody of them may have the same step open already.
    """
    now = clock.now()
    zones = {owner.time_zone for owner in owners}
    reminders = {zone: next_reminder(now, due_at, zone, network.country, now=now) for zone in zones}
    steps = [
        Step(
            verb=verb,
            subject_kind=subject.subject_kind,
            subject_id=subject.public_id,
            network=network,
            owner=owner,
            due_at=due_at,
            words=words[:300],
            opened_at=now,
            remind_at=reminders[owner.time_zone],
        )
        for owner in owners
    ]
    Step.objects.bulk_create(steps, batch_size=AT_ONCE)
    return len(steps)


def remind_owners(subject: Any, verb: str) -> int:
    """Remind everyone of whom `verb` is still expected about a subject; return how many were.

    Twice at most in all, never twice the same day: the clock's own reminders are counted.
    """
    now = clock.now()
    steps = Step.objects.about(subject).open().filter(verb=verb, owner__is_active=True)
    steps = steps.filter(reminders__lt=MOST_REMINDERS).select_related("owner", "network")
    done = 0
    for step in steps.order_by("pk"):
        if step.reminded_at is not None and now - step.reminded_at < IN_PEACE:
            continue
        step.reminders += 1
        coming = next_reminder(
            step.opened_at,
            step.due_at,
            step.owner.time_zone,  # type: ignore[union-attr]
            step.network.country,
            now=now,
            told=step.reminders,
        )
        Step.objects.filter(pk=step.pk).update(reminders=step.reminders, reminded_at=now, remind_at=coming)
        record_reminder(step)
        done += 1
    return done


def close_steps_on(subject: Any, day: dt.date, *, verb: str, owners: Iterable[int]) -> int:
    """Close what was expected of these people (keys), noting the day only: no moment tells who did it when."""
    midnight = dt.datetime.combine(day, dt.time(), dt.UTC)
    steps = Step.objects.about(subject).open().filter(verb=verb, owner__in=list(owners))
    return steps.update(state=StepState.DONE, closed_at=midnight)

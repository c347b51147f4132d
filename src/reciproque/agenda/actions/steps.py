"""Open and close what is expected of people."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction

from reciproque.agenda.models import Step
from reciproque.agenda.queries import live_meeting, overdue_steps
from reciproque.agenda.rules import HANDED_OVER, StepState, Verb, deadline, escalation_is_on, next_reminder
from reciproque.journal.actions import record
from reciproque.kit import clock
from reciproque.networks.models import Network
from reciproque.networks.queries import time_away
from reciproque.people.models import Person


def open_step(
    verb: str, subject: Any, *, network: Network, owner: Person | None, due_at: dt.datetime, words: str = ""
) -> Step:
    """Expect `verb` of `owner` (None: the animation team) about a subject by `due_at`; the same step opens once.

    Expected of someone on pause, it waits for their return. Expected again with another deadline, it starts anew.
    """
    now = clock.now()
    fields = {
        "verb": verb,
        "owner": owner,
        "subject_kind": subject.subject_kind,
        "subject_id": subject.public_id,
    }
    changes: dict[str, Any] = {"due_at": due_at, "words": words[:300]}
    if owner is not None:
        changes["due_at"] = due_at = due_at + time_away(owner, network, now)
        changes["remind_at"] = next_reminder(now, due_at, owner.time_zone, network.country, now=now)
    steps = Step.objects.open().filter(**fields)
    anew = {"reminders": 0, "reminded_at": None, "escalated_at": None}
    same = steps.filter(due_at=due_at).update(words=changes["words"])
    if not same and not steps.update(**changes, **anew):
        try:
            with transaction.atomic():
                return Step.objects.create(**fields, **changes, network=network, opened_at=now)
        except IntegrityError:
            steps.update(**changes)
    return steps.get()


def close_steps(
    subject: Any,
    *,
    verb: str | Sequence[str] | None = None,
    owner: Person | None = None,
    outcome: str = StepState.DONE,
) -> int:
    """Close what is expected about a subject (some verbs or all, one owner or all); return how many closed."""
    wanted: dict[str, Any] = {}
    if verb is not None:
        wanted |= {"verb": verb} if isinstance(verb, str) else {"verb__in": verb}
    if owner is not None:
        wanted["owner"] = owner
    steps = Step.objects.about(subject).filter(state=StepState.OPEN, **wanted)
    return steps.update(state=outcome, closed_at=clock.now())


def hand_over_overdue(limit: int = 500) -> int:
    """Give the animation team the dates nobody found and the meetings nobody confirmed (by the clock)."""
    if not escalation_is_on():
        return 0
    steps = overdue_steps(clock.now(), HANDED_OVER, limit)
    for step in steps:
        _hand_over(step)
    return len(steps)


@transaction.atomic
def _hand_over(step: Step) -> None:
    now = clock.now()
    closed = Step.objects.filter(pk=step.pk, state=StepState.OPEN).update(
        state=StepState.LAPSED, closed_at=now
    )
    if not closed:
        return
    subject = StepSubject(step.subject_kind, step.subject_id)
    due = deadline(step.network, step.network.answer_days, now)
    team = open_step(step.verb, subject, network=step.network, owner=None, due_at=due, words=step.words)
    # From now on the team has it, though its own deadline is not past.
    Step.objects.filter(pk=team.pk, escalated_at=None).update(escalated_at=now)
    record(
        "step.handed_over",
        subject,
        network=step.network,
        people=[step.owner] if step.owner else [],
        verb=step.verb,
        title=step.words,
    )


# What a reminder is about when it is about a meeting: its message leads there, and offers the dates proposed.
DATED = (Verb.PROPOSE, Verb.CHOOSE, Verb.HELD)


def record_reminder(step: Step, *, by: Person | None = None, words: str = "") -> None:
    """Record that the owner of a step was reminded of it, by the clock or (`by`) by an animator in their own words."""
    assert step.owner is not None
    subject = StepSubject(step.subject_kind, step.subject_id)
    meeting = live_meeting(subject) if step.verb in DATED else None
    record(
        "step.reminded",
        subject,
        by=by,
        network=step.network,
        people=[step.owner],
        to=step.owner.public_id,
        verb=step.verb,
        title=step.words,
        due_at=step.due_at.isoformat(),
        number=step.reminders,
        **({"by_hand": True, "words": words} if by is not None else {}),
        **({"meeting": meeting.public_id} if meeting is not None else {}),
    )


@dataclasses.dataclass(frozen=True)
class StepSubject:
    """What a step or a meeting is about, by kind and public identifier: never a key upwards."""

    subject_kind: str
    public_id: str


def release_steps_of(person: Person, *, network: Network | None = None) -> int:
    """Release everything expected of a person (in one network or everywhere): they left or stepped out."""
    steps = Step.objects.open().filter(owner=person)
    if network is not None:
        steps = steps.filter(network=network)
    return steps.update(state=StepState.RELEASED, closed_at=clock.now())

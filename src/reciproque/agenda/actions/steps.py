"""Open and close what is expected of people."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction

from reciproque.agenda.models import Step
from reciproque.agenda.queries import overdue_steps
from reciproque.agenda.rules import StepState, Verb
from reciproque.journal.actions import record
from reciproque.kit import clock
from reciproque.kit.dates import after_working_days
from reciproque.networks.models import Network
from reciproque.people.models import Person


def open_step(
    verb: str, subject: Any, *, network: Network, owner: Person | None, due_at: dt.datetime, words: str = ""
) -> Step:
    """Expect `verb` of `owner` (None: the animation team) about a subject by `due_at`; the same step opens once."""
    fields = {
        "verb": verb,
        "owner": owner,
        "subject_kind": subject.subject_kind,
        "subject_id": subject.public_id,
    }
    steps = Step.objects.open().filter(**fields)
    changes = {"due_at": due_at, "words": words[:300]}
    if not steps.update(**changes):
        try:
            with transaction.atomic():
                return Step.objects.create(**fields, **changes, network=network, opened_at=clock.now())
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


# What the animation team takes over when the person expected did nothing.
HANDED_OVER = (Verb.PROPOSE, Verb.CHOOSE, Verb.HELD, Verb.TERMS, Verb.GO_ON)


@transaction.atomic
def hand_over_overdue(limit: int = 500) -> int:
    """Give the animation team the dates nobody found and the meetings nobody confirmed (by the clock)."""
    now = clock.now()
    steps = overdue_steps(now, HANDED_OVER, limit)
    for step in steps:
        closed = Step.objects.filter(pk=step.pk, state=StepState.OPEN).update(
            state=StepState.LAPSED, closed_at=now
        )
        if closed:
            subject = StepSubject(step.subject_kind, step.subject_id)
            due = after_working_days(now, step.network.answer_days)
            open_step(step.verb, subject, network=step.network, owner=None, due_at=due, words=step.words)
            record(
                "step.handed_over",
                subject,
                network=step.network,
                people=[step.owner] if step.owner else [],
                verb=step.verb,
                title=step.words,
            )
    return len(steps)


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

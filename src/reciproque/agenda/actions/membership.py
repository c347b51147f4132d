"""What is expected of newcomers and applicants, and of members when the charter changes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from reciproque.agenda.actions.steps import close_steps, open_step
from reciproque.agenda.models import Step, StepQuerySet
from reciproque.agenda.rules import StepState, Verb, deadline, next_reminder
from reciproque.kit import clock
from reciproque.networks.models import Membership, Network
from reciproque.networks.queries import current_charter
from reciproque.networks.rules import PAUSE_MOST, MembershipState, System

SIGN_DAYS = 30


@transaction.atomic
def welcome_member(
    membership: Membership, *, missing: Sequence[str] = (Verb.OFFER.value, Verb.REQUEST.value)
) -> None:
    """Expect a first offer and a first request of a newcomer (or what is `missing`), before their grace period ends."""
    close_steps(membership, verb=Verb.ADMIT)
    waived = membership.waived_at is not None
    if membership.state != MembershipState.MEMBER or membership.reciprocal or waived:
        return
    if System.EXCHANGES not in membership.network.systems:
        return  # nothing is offered nor asked there: a learning network searches together
    now = clock.now()
    due = max(membership.grace_until or now + dt.timedelta(days=SIGN_DAYS), now + dt.timedelta(days=1))
    for verb in missing:
        open_step(verb, membership, network=membership.network, owner=membership.person, due_at=due)


@transaction.atomic
def await_admission(membership: Membership) -> None:
    """Expect the animation team to answer someone who asks to join."""
    if membership.state == MembershipState.APPLIED:
        due = deadline(membership.network, membership.network.answer_days, clock.now())
        open_step(
            Verb.ADMIT,
            membership,
            network=membership.network,
            owner=None,
            due_at=due,
            words=membership.person.display_name,
        )


def note_posted(membership: Membership, kind: str) -> None:
    """Close the newcomer's step for the kind of post just published (`offer` or `request`)."""
    close_steps(membership, verb=Verb.OFFER if kind == "offer" else Verb.REQUEST)


def release_first_posts(membership: Membership) -> None:
    """Release the first offer and request of a member of whom neither is required any more."""
    close_steps(membership, verb=(Verb.OFFER, Verb.REQUEST), outcome=StepState.RELEASED)


def forget_member(membership: Membership) -> None:
    """Release what was expected about a membership that ended or was refused."""
    close_steps(membership, outcome=StepState.RELEASED)


@transaction.atomic
def ask_signatures(network: Network) -> int:
    """Ask the members who have not signed the charter in force to sign it; return how many."""
    charter = current_charter(network)
    if charter is None:
        return 0
    now = clock.now()
    due = deadline(network, SIGN_DAYS, now)
    members = Membership.objects.current().filter(network=network).exclude(signatures__charter=charter)
    # Asked before for a version that is no longer in force: asked anew.
    open_ = Step.objects.open().filter(network=network, verb=Verb.SIGN)
    asked = set(open_.values_list("subject_id", flat=True))
    rows = members.order_by("pk").values_list("public_id", "person_id", "paused_until", "person__time_zone")
    mornings: dict[tuple[str, dt.datetime], dt.datetime | None] = {}
    steps: list[Step] = []
    again: list[Step] = []
    for public_id, person, until, zone in rows:
        away = min(until - now, PAUSE_MOST) if until and until > now else dt.timedelta()
        key = (zone, due + away)
        if key not in mornings:
            mornings[key] = next_reminder(now, due + away, zone, network.country, now=now)
        step = Step(
            network=network,
            owner_id=person,
            verb=Verb.SIGN,
            subject_kind=Membership.subject_kind,
            subject_id=public_id,
            opened_at=now,
            due_at=due + away,
            remind_at=mornings[key],
        )
        (again if public_id in asked else steps).append(step)
    Step.objects.bulk_create(steps, batch_size=500)
    _ask_again(open_, again)
    return len(steps)


def _ask_again(open_: StepQuerySet, steps: Sequence[Step]) -> None:
    fresh = {"opened_at": clock.now(), "reminders": 0, "reminded_at": None, "escalated_at": None}
    moments: dict[tuple[dt.datetime, dt.datetime | None], list[str]] = {}
    for step in steps:
        moments.setdefault((step.due_at, step.remind_at), []).append(step.subject_id)
    for (due, morning), ids in moments.items():
        for start in range(0, len(ids), 500):
            late = open_.filter(subject_id__in=ids[start : start + 500]).exclude(due_at=due)
            late.update(due_at=due, remind_at=morning, **fresh)


def note_signed(membership: Membership) -> None:
    """Close the step that asked for a signature."""
    close_steps(membership, verb=Verb.SIGN)

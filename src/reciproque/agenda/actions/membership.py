"""What is expected of newcomers and applicants, and of members when the charter changes."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from reciproque.agenda.actions.steps import close_steps, open_step
from reciproque.agenda.models import Step
from reciproque.agenda.rules import StepState, Verb
from reciproque.kit import clock
from reciproque.kit.dates import after_working_days
from reciproque.networks.models import Membership, Network
from reciproque.networks.queries import current_charter
from reciproque.networks.rules import MembershipState

SIGN_DAYS = 30


@transaction.atomic
def welcome_member(membership: Membership) -> None:
    """Expect a first offer and a first request of a newcomer, before their grace period ends."""
    close_steps(membership, verb=Verb.ADMIT)
    if membership.state != MembershipState.MEMBER or membership.reciprocal:
        return
    due = membership.grace_until or clock.now() + dt.timedelta(days=SIGN_DAYS)
    for verb in (Verb.OFFER, Verb.REQUEST):
        open_step(verb, membership, network=membership.network, owner=membership.person, due_at=due)


@transaction.atomic
def await_admission(membership: Membership) -> None:
    """Expect the animation team to answer someone who asks to join."""
    if membership.state == MembershipState.APPLIED:
        due = after_working_days(clock.now(), membership.network.answer_days)
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


def forget_member(membership: Membership) -> None:
    """Release what was expected about a membership that ended or was refused."""
    close_steps(membership, outcome=StepState.RELEASED)


@transaction.atomic
def ask_signatures(network: Network) -> int:
    """Ask the members who have not signed the charter in force to sign it; return how many."""
    charter = current_charter(network)
    if charter is None:
        return 0
    due = after_working_days(clock.now(), SIGN_DAYS)
    members = Membership.objects.current().filter(network=network).exclude(signatures__charter=charter)
    asked = set(
        Step.objects.open().filter(network=network, verb=Verb.SIGN).values_list("subject_id", flat=True)
    )
    steps = [
        Step(
            network=network,
            owner_id=person,
            verb=Verb.SIGN,
            subject_kind=Membership.subject_kind,
            subject_id=public_id,
            opened_at=clock.now(),
            due_at=due,
        )
        for public_id, person in members.values_list("public_id", "person_id")
        if public_id not in asked
    ]
    Step.objects.bulk_create(steps, batch_size=500)
    return len(steps)


def note_signed(membership: Membership) -> None:
    """Close the step that asked for a signature."""
    close_steps(membership, verb=Verb.SIGN)

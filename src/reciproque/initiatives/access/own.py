"""What belongs to somebody: who writes an experiment or a proposal, and who never judges it."""

from __future__ import annotations

import datetime as dt

from reciproque.initiatives.access.parts import can_steer, in_work_group, is_committee, on_committee
from reciproque.initiatives.models import CommitteeMember, Experiment, Obstacle, Proposal, WorkGroup
from reciproque.initiatives.rules import RIGHTS, AuthorState, Phase
from reciproque.networks.access import is_animator
from reciproque.people.access import is_present
from reciproque.people.models import Person

# Whose a proposal is: those who signed, those asked to, and those who took their name off since.
SIGNED = [AuthorState.INVITED, AuthorState.ACCEPTED, AuthorState.LEFT]


def can_write_experiment(person: Person, experiment: Experiment) -> bool:
    """Tell whether this person prepares and keeps an experiment: its owner, its group, those who animate."""
    return is_present(person) and (
        person.pk == experiment.owner_id
        or in_work_group(person, experiment.group)
        or is_animator(person, experiment.frame.network)
    )


def can_sign(person: Person, proposal: Proposal) -> bool:
    """Tell whether this person is an author of a proposal, having accepted to be."""
    mine = proposal.authors.filter(person=person, state=AuthorState.ACCEPTED)
    return is_present(person) and mine.exists()


def can_write_proposal(person: Person, proposal: Proposal) -> bool:
    """Tell whether this person writes a proposal: its authors only, or an animator when none is left."""
    if can_sign(person, proposal):
        return True
    left = proposal.authors.filter(state=AuthorState.ACCEPTED, person__is_active=True)
    return not left.exists() and is_animator(person, proposal.frame.network)


def can_carry(person: Person, proposal: Proposal) -> bool:
    """Tell whether this person says how the carrying out goes: who carries it, the committee, those who frame."""
    return is_present(person) and (person.pk == proposal.owner_id or can_steer(person, proposal.frame))


def is_own_proposal(person: Person, proposal: Proposal) -> bool:
    """Tell whether a proposal is this person's own: theirs to sign, also if they left it since, or their group's."""
    return person.pk in own_of(proposal)


def own_of(thing: Proposal | Experiment | Obstacle) -> set[int]:
    """Return who takes no part in a decision because it is about their own.

    Its authors and those asked to sign; its owner and those who handed it over; who raised it; and in each case
    the group in whose name it is, with whoever was of it since it was written, and its facilitator.
    """
    if isinstance(thing, Proposal):
        own = {row.person_id for row in thing.authors.all() if row.state in SIGNED}
        return own | _of_group(thing.group, thing.written_at)
    if isinstance(thing, Experiment):
        own = {thing.owner_id, *(person.pk for person in thing.owned_before.all())}
        return own | _of_group(thing.group, thing.written_at)
    own = {thing.raised_by_id} | _of_group(thing.group, thing.raised_at)
    return own | (own_of(thing.experiment) if thing.experiment is not None else set())


def _of_group(group: WorkGroup | None, since: dt.datetime) -> set[int]:
    if group is None:
        return set()
    own = {row.person_id for row in group.members.all() if row.left_at is None or row.left_at >= since}
    return own | ({group.facilitator_id} if group.facilitator_id is not None else set())


def recused_of(thing: Proposal | Experiment | Obstacle) -> list[Person]:
    """Return who of the committee of today takes no part in what it answers to this, because it is their own."""
    rows = CommitteeMember.objects.filter(on_committee(thing.frame), person__in=own_of(thing))
    return [row.person for row in rows.select_related("person")]


def may_answer(person: Person, thing: Proposal | Experiment | Obstacle) -> bool:
    """Tell whether this person may answer, support, lift or decide for the committee: never about their own.

    One of the committee; the sponsor when it is everyone's own, or when there is nobody.
    """
    frame, own = thing.frame, own_of(thing)
    if person.pk in own or not is_present(person):
        return False
    if "committee" not in RIGHTS[Phase(frame.phase)]["decide"]:
        return False
    if is_committee(person, frame):
        return True
    others = CommitteeMember.objects.filter(on_committee(frame)).exclude(person__in=own)
    return person.pk == frame.sponsor_id and not others.exists()

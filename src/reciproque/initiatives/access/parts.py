"""What one is in a learning network, and what the phase of today lets each part do (`rules.RIGHTS`)."""

from __future__ import annotations

from django.db.models import Q

from reciproque.initiatives.models import CommitteeMember, Frame, Panelist, WorkGroup, WorkGroupMember
from reciproque.initiatives.rules import CARRIED_PAST_END, RIGHTS, Phase
from reciproque.kit import clock
from reciproque.networks.access import can_settle, has_role, is_animator, is_member
from reciproque.networks.models import Network
from reciproque.networks.rules import Role
from reciproque.people.access import is_present
from reciproque.people.models import Person


def can_frame(person: Person, frame: Frame) -> bool:
    """Tell whether this person sets the frame: those who animate the network, and its sponsor."""
    return is_present(person) and (
        person.pk == frame.sponsor_id
        or is_animator(person, frame.network)
        or has_role(person, frame.network, Role.SPONSOR)
    )


def can_open_frame(person: Person, network: Network) -> bool:
    """Tell whether this person may make a learning network of a network, and name its sponsor."""
    return is_present(person) and (can_settle(person, network) or has_role(person, network, Role.SPONSOR))


def on_committee(frame: Frame) -> Q:
    """Return what keeps the members of the committee whose mandate runs today."""
    today = clock.now().date()
    running = Q(until=None) | Q(until__gte=today)
    return Q(frame=frame, left_at=None, person__is_active=True) & running


def is_committee(person: Person, frame: Frame) -> bool:
    """Tell whether this person is of the steering committee today."""
    return is_present(person) and CommitteeMember.objects.filter(on_committee(frame), person=person).exists()


def can_steer(person: Person, frame: Frame) -> bool:
    """Tell whether this person is of those who frame, or of the committee: what only they propose, note and tell."""
    return is_committee(person, frame) or can_frame(person, frame)


def is_panelist(person: Person, frame: Frame) -> bool:
    """Tell whether this person is of the panel that ranks the expected results."""
    mine = Panelist.objects.filter(frame=frame, person=person, left_at=None)
    return is_present(person) and mine.exists()


def in_work_group(person: Person, group: WorkGroup | None) -> bool:
    """Tell whether this person belongs to a working group, or facilitates it."""
    if group is None or not is_present(person):
        return False
    mine = WorkGroupMember.objects.filter(group=group, person=person, left_at=None)
    return group.facilitator_id == person.pk or mine.exists()


def parts_of(person: Person, frame: Frame) -> set[str]:
    """Return what this person is in a learning network: frame, committee, panel, member (words of `RIGHTS`)."""
    if not is_present(person):
        return set()
    parts = {
        "frame": can_frame(person, frame),
        "committee": is_committee(person, frame),
        "panel": is_panelist(person, frame),
        "member": is_member(person, frame.network),
    }
    return {name for name, held in parts.items() if held}


def _may(person: Person, frame: Frame, verb: str) -> bool:
    return bool(RIGHTS[Phase(frame.phase)][verb] & parts_of(person, frame))


def may_comment(person: Person, frame: Frame) -> bool:
    """Tell whether this person may debate, in the phase of today: results first, then proposals."""
    return _may(person, frame, "comment")


def may_score(person: Person, frame: Frame) -> bool:
    """Tell whether this person may rank (the panel) or score (the committee), in the phase of today."""
    return _may(person, frame, "score")


def may_decide(person: Person, frame: Frame) -> bool:
    """Tell whether this person may decide, in the phase of today: the frame first, then answers."""
    return _may(person, frame, "decide")


def may_search(person: Person, frame: Frame) -> bool:
    """Tell whether this person may raise a problem, try something, propose: members, once the themes are known."""
    return _may(person, frame, "search")


def may_carry_on(frame: Frame) -> bool:
    """Tell whether what was validated may still be carried out in the phase of today: also after the end."""
    return frame.phase in CARRIED_PAST_END

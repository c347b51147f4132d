"""Who comes to a launch day, runs it, hosts a subject; who leads a working group."""

from __future__ import annotations

from reciproque.initiatives.access.parts import can_frame
from reciproque.initiatives.models import Frame, WallSubject, WorkGroup
from reciproque.initiatives.rules import SignState
from reciproque.networks.models import PoolMember
from reciproque.networks.rules import Ability
from reciproque.people.access import is_present
from reciproque.people.models import Person


def can_take_part(person: Person, frame: Frame) -> bool:
    """Tell whether this person may come to the day, host a subject, join a group: all those who read the network."""
    return is_present(person) and Frame.objects.visible_to(person).filter(pk=frame.pk).exists()


def can_run_day(person: Person, frame: Frame) -> bool:
    """Tell whether this person plans and runs launch days: who sets the frame, and those of the pool trained for it."""
    if can_frame(person, frame):
        return True
    pool = PoolMember.objects.filter(network=frame.network_id, person=person, left_at=None)
    return can_take_part(person, frame) and any(Ability.LAUNCH in row.abilities for row in pool)


def hosts(person: Person, subject: WallSubject) -> bool:
    """Tell whether this person hosts a subject of the wall, alone or with others."""
    return person.pk == subject.host_id or person.pk in {one.pk for one in subject.hosts_too.all()}


def can_shape(person: Person, subject: WallSubject) -> bool:
    """Tell whether this person may reword, place or withdraw a subject: who hosts it, and who runs the day."""
    return is_present(person) and (hosts(person, subject) or can_run_day(person, subject.day.frame))


def can_report(person: Person, subject: WallSubject) -> bool:
    """Tell whether this person may write what was said: who hosted it, who sat there, who runs the day."""
    if not is_present(person):
        return False
    seated = subject.sign_ups.filter(person=person, state=SignState.SEATED)
    return can_shape(person, subject) or seated.exists()


def can_lead_group(person: Person, group: WorkGroup) -> bool:
    """Tell whether this person says where a working group is: its facilitator, who made it, who sets the frame."""
    if can_frame(person, group.frame):
        return True
    return is_present(person) and person.pk in (group.facilitator_id, group.made_by_id)

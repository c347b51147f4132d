"""Who may see, prepare, facilitate and share a group.

The face of a group is for the whole network. What it holds is for its members and its facilitator: neither the
network's animators nor the installation's administrators are among them unless they sit in it.
"""

from __future__ import annotations

from reciproque.agenda.models import Step
from reciproque.agenda.rules import Verb
from reciproque.circles.models import Agreement, Circle, DeciderReport, Outing, Seat, Session
from reciproque.circles.rules import OVER, REPORTED_IN, CircleState, OutingState
from reciproque.kit.errors import NotThere
from reciproque.networks.access import can_settle, has_role, is_member
from reciproque.networks.models import Network, PoolMember
from reciproque.networks.rules import Ability, Role
from reciproque.people.access import is_present
from reciproque.people.models import Person

_SHOWN = ("network", "trade", "opened_by", "facilitator")
_READ_OUTSIDE = (OutingState.ASKED, OutingState.AGREED)


def can_facilitate(person: Person, network: Network) -> bool:
    """Tell whether this person is of the pool of those who agreed to facilitate groups."""
    rows = PoolMember.objects.filter(network=network, person=person, left_at=None, person__is_active=True)
    return any(Ability.FACILITATE in row.abilities for row in rows)


def can_open(person: Person, network: Network) -> bool:
    """Tell whether this person may open a group: an animator, or someone of the pool who facilitates groups."""
    return has_role(person, network, Role.ANIMATOR) or (
        is_present(person) and can_facilitate(person, network)
    )


def can_prepare(person: Person, circle: Circle) -> bool:
    """Tell whether this person may prepare a group that is not made yet.

    Who opened it, its facilitator, and whoever animates the whole network: what is prepared is the group's face.
    """
    if circle.constituted_at is not None or circle.state in OVER or not is_present(person):
        return False
    return can_choose(person, circle) or can_settle(person, circle.network)


def can_choose(person: Person, circle: Circle) -> bool:
    """Tell whether this person may read the candidatures and decide of them: the opener and the facilitator only.

    An animator who has to go on in the opener's place takes the group over first, which its candidates are told.
    """
    if circle.constituted_at is not None or circle.state in OVER or not is_present(person):
        return False
    return person.pk in (circle.opened_by_id, circle.facilitator_id) and _is_here(person, circle.network)


def _is_here(person: Person, network: Network) -> bool:
    """Tell whether this person is still of the network, as a member or as the one who animates it."""
    return is_member(person, network) or has_role(person, network, Role.ANIMATOR)


def can_find_facilitator(person: Person, circle: Circle) -> bool:
    """Tell whether this person may say who facilitates: who prepares the group; once it is made, the facilitator.

    A group left without one gets the next from who opened it, or from whoever animates the whole network; so does one
    whose facilitator is silent, or now of a member's line. One that is closed too, as long as its deciders wait.
    """
    if circle.state in OVER and not report_is_due(circle):
        return False
    if circle.constituted_at is None:
        return can_prepare(person, circle)
    if is_facilitator(person, circle):
        return True
    opener = person.pk == circle.opened_by_id and _is_here(person, circle.network)
    if not is_present(person) or not (opener or can_settle(person, circle.network)):
        return False
    awaited = Step.objects.about(circle).open().filter(verb=Verb.LEAD)
    return circle.facilitator_id is None or awaited.exists()


def report_is_due(circle: Circle) -> bool:
    """Tell whether deciders still wait for the review that was promised to them."""
    if circle.state not in REPORTED_IN or DeciderReport.objects.filter(circle=circle).exists():
        return False
    return circle.deciders.exists()


def can_stop(person: Person, circle: Circle) -> bool:
    """Tell whether this person may stop the group: who prepares it, its facilitator, who should find one."""
    if circle.is_over:
        return False
    if circle.constituted_at is None:
        return can_prepare(person, circle)
    return can_find_facilitator(person, circle)


def can_correct_deciders(person: Person, circle: Circle) -> bool:
    """Tell whether this person may say who of the directory a decider is: who prepares the group, then its facilitator.

    Who opened it named them: they may still, once it is made.
    """
    if circle.state == CircleState.STOPPED or not is_present(person):
        return False
    if circle.constituted_at is None:
        return can_prepare(person, circle)
    return is_facilitator(person, circle) or (
        person.pk == circle.opened_by_id and _is_here(person, circle.network)
    )


def is_facilitator(person: Person, circle: Circle) -> bool:
    """Tell whether this person facilitates the group."""
    return is_present(person) and circle.facilitator_id == person.pk


def shares(person: Person, circle: Circle) -> bool:
    """Tell whether this person reads what belongs to the group: a member who sits in it, or its facilitator."""
    return is_present(person) and Circle.objects.shared_by(person).filter(pk=circle.pk).exists()


def get_circle(person: Person, public_id: str) -> Circle:
    """Return a group as anyone of its network may know it (its face); a stranger meets `NotThere`."""
    circle = Circle.objects.visible_to(person).select_related(*_SHOWN).filter(public_id=public_id).first()
    if circle is None or not is_present(person):
        raise NotThere
    return circle


def get_prepared(person: Person, public_id: str) -> Circle:
    """Return a group that is not made yet, as those who prepare it; anyone else meets `NotThere`."""
    circle = get_circle(person, public_id)
    if not can_prepare(person, circle):
        raise NotThere
    return circle


def get_shared(person: Person, public_id: str) -> Circle:
    """Return a group to someone who shares it; anyone else, animator or administrator, meets `NotThere`."""
    circle = Circle.objects.shared_by(person).select_related(*_SHOWN).filter(public_id=public_id).first()
    if circle is None or not is_present(person):
        raise NotThere
    return circle


def get_facilitated(person: Person, public_id: str) -> Circle:
    """Return a group to its facilitator; anyone else meets `NotThere`."""
    circle = get_circle(person, public_id)
    if not is_facilitator(person, circle):
        raise NotThere
    return circle


def get_seat(person: Person, public_id: str) -> Seat:
    """Return a place in a group: one's own, a fellow member's, a candidate's for those who make the group."""
    seats = Seat.objects.visible_to(person).select_related(
        "person", "circle__network", "circle__opened_by", "circle__facilitator", "circle__trade"
    )
    seat = seats.filter(public_id=public_id).first()
    if seat is None or not is_present(person):
        raise NotThere
    return seat


def get_session(person: Person, public_id: str) -> Session:
    """Return a session of a group that this person shares; anyone else meets `NotThere`."""
    sessions = Session.objects.visible_to(person).select_related(
        "circle__network", "circle__facilitator", "circle__trade", "meeting__network", "client__person"
    )
    session = sessions.filter(public_id=public_id).first()
    if session is None or not is_present(person):
        raise NotThere
    return session


def get_outing(person: Person, public_id: str) -> Outing:
    """Return something that may leave a group, to those who share it and to those whose agreement is asked.

    Who left the group, or the network, is still asked about what was written while they were there; once it is no
    more asked nor out, what the group goes on writing is no longer theirs to read.
    """
    rows = Outing.objects.filter(public_id=public_id)
    outing = rows.select_related("circle__network", "circle__facilitator", "sheet", "asked_by").first()
    if outing is None or not is_present(person):
        raise NotThere
    asked = Agreement.objects.filter(outing=outing, person=person)
    if not shares(person, outing.circle) and not (outing.state in _READ_OUTSIDE and asked.exists()):
        raise NotThere
    return outing


def can_apply(person: Person, circle: Circle) -> bool:
    """Tell whether this person is of those whom the call addresses: a member, of the places it names if any."""
    if not is_present(person) or not is_member(person, circle.network) or person.pk == circle.facilitator_id:
        return False
    sites = {site.pk for site in circle.sites.all()}
    if sites and person.site_id not in sites:
        return False
    paths = [unit.path for unit in circle.units.all()]
    path = person.unit.path if person.unit else ""
    return not paths or any(path == one or path.startswith(f"{one} > ") for one in paths)

"""Who may see and do what in a network."""

import dataclasses

from django.db.models import Q

from reciproque.kit import clock
from reciproque.kit.errors import NotThere
from reciproque.networks.models import (
    Invitation,
    Membership,
    Network,
    Note,
    PoolMember,
    RoleGrant,
    values_for_ring,
)
from reciproque.networks.rules import Ability, MembershipState, Role, ring_admits
from reciproque.people.access import can_administer, is_present
from reciproque.people.models import Person


@dataclasses.dataclass(frozen=True)
class Scope:
    """Whom an animator accompanies in a network: everyone, or the people of one site, or of one unit and those below it."""

    site: int | None = None
    unit: str = ""

    @property
    def whole(self) -> bool:
        """Whether it is the whole network."""
        return self.site is None and not self.unit

    def people(self, field: str = "") -> Q:
        """Return what keeps, in a list, the rows whose person (at the end of `field`) is within."""
        at, within = f"{field}__" if field else "", Q()
        if self.site is not None:
            within &= Q(**{f"{at}site": self.site})
        if self.unit:
            within &= Q(**{f"{at}unit__path": self.unit}) | Q(
                **{f"{at}unit__path__startswith": f"{self.unit} > "}
            )
        return within

    def covers(self, person: Person) -> bool:
        """Tell whether one person is within: the same reading as `people`."""
        path = person.unit.path if self.unit and person.unit else ""
        in_unit = not self.unit or path == self.unit or path.startswith(f"{self.unit} > ")
        return in_unit and (self.site is None or person.site_id == self.site)


def scope_of(person: Person, network: Network) -> Scope | None:
    """Return whom this person accompanies in the network; None when they do not animate it."""
    if can_administer(person):
        return Scope()
    if not is_present(person):
        return None
    grants = RoleGrant.objects.held().filter(person=person, network=network, role=Role.ANIMATOR)
    grant = grants.select_related("unit").first()
    return None if grant is None else scope_held(grant)


def scope_held(grant: RoleGrant) -> Scope:
    """Return the scope that a role was given with (its unit loaded beforehand)."""
    return Scope(site=grant.site_id, unit=grant.unit.path if grant.unit else "")


def accompanies(person: Person, network: Network, *people: Person) -> bool:
    """Tell whether this person animates the network for at least one of these people (all it takes to act)."""
    scope = scope_of(person, network)
    return scope is not None and (scope.whole or any(scope.covers(one) for one in people))


def get_network(person: Person, slug: str) -> Network:
    """Return a network by its address; a signed-in person may see any network's front page."""
    network = Network.objects.visible_to(person).filter(slug=slug).first()
    if network is None:
        raise NotThere
    return network


def get_public_network(slug: str) -> Network:
    """Return a network that chose to have a page for people who are not signed in."""
    network = Network.objects.filter(slug=slug, public_page=True).first()
    if network is None:
        raise NotThere
    return network


def get_membership(person: Person, network: Network) -> Membership | None:
    """Return this person's membership of the network, whatever its state, or None."""
    return (
        Membership.objects.filter(person=person, network=network).select_related("network", "person").first()
    )


def require_member(person: Person, slug: str) -> tuple[Network, Membership]:
    """Return the network and this person's membership; a non-member meets `NotThere`."""
    membership = (
        Membership.objects.filter(person=person, network__slug=slug, state=MembershipState.MEMBER)
        .select_related("network", "person", "person__unit", "person__site")
        .first()
    )
    if membership is None or not is_present(person):
        raise NotThere
    return membership.network, membership


def require_animator(person: Person, slug: str) -> Network:
    """Return the network if this person animates it (or administers the installation); else `NotThere`."""
    network = Network.objects.filter(slug=slug).first()
    if network is None or not is_animator(person, network):
        raise NotThere
    return network


def require_settler(person: Person, slug: str) -> Network:
    """Return the network if this person may change its choices; an animator of one part of it meets `NotThere`."""
    network = Network.objects.filter(slug=slug).first()
    if network is None or not can_settle(person, network):
        raise NotThere
    return network


def get_colleague(person: Person, public_id: str, network: Network) -> Membership:
    """Return a current member of the network as another member (or its animator) may see them."""
    scope = scope_of(person, network)
    members = (
        Membership.objects.current().filter(scope.people("person"))
        if scope is not None and (scope.whole or not is_member(person, network))
        else Membership.objects.visible_to(person)
    )
    membership = (
        members.filter(network=network, person__public_id=public_id)
        .select_related("person", "person__unit", "person__site", "network")
        .first()
    )
    if membership is None:
        raise NotThere
    return membership


def is_member(person: Person, network: Network) -> bool:
    """Tell whether this person is a member of the network today."""
    return Membership.objects.current().filter(person=person, network=network).exists()


def has_role(person: Person, network: Network, *roles: str) -> bool:
    """Tell whether this person holds one of these roles in the network."""
    return (
        is_present(person)
        and RoleGrant.objects.held().filter(person=person, network=network, role__in=roles).exists()
    )


def is_animator(person: Person, network: Network) -> bool:
    """Tell whether this person animates the network; the installation's administrators may step in."""
    return can_administer(person) or has_role(person, network, Role.ANIMATOR)


def can_settle(person: Person, network: Network) -> bool:
    """Tell whether this person may change the network's choices: an animator of the whole of it."""
    scope = scope_of(person, network)
    return scope is not None and scope.whole


def is_eligible(person: Person, network: Network) -> bool:
    """Tell whether one of the network's openings, already in force, admits this person."""
    today = clock.now().date()
    values = values_for_ring(person)
    return any(
        opening.opens_on <= today and ring_admits(opening.criteria, values)
        for opening in network.openings.all()
    )


def get_accompanied(person: Person, public_id: str, network: Network) -> Membership:
    """Return someone's membership, whatever its state, as the network's animators accompany them."""
    return _accompanied(person, network, person__public_id=public_id)


def get_application(person: Person, public_id: str, network: Network) -> Membership:
    """Return someone's membership by its own identifier, as what waits for the animators names it."""
    return _accompanied(person, network, public_id=public_id)


def get_application_by_link(person: Person, public_id: str) -> Membership:
    """Return the membership that a link in an animator's letter is about, whatever its network."""
    membership = Membership.objects.filter(public_id=public_id).select_related("network").first()
    if membership is None:
        raise NotThere
    return _accompanied(person, membership.network, public_id=public_id)


def _accompanied(animator: Person, network: Network, **which: str) -> Membership:
    related = ("person", "person__unit", "person__site", "network", "waived_by")
    membership = Membership.objects.filter(network=network, **which).select_related(*related).first()
    if membership is None or not accompanies(animator, network, membership.person):
        raise NotThere
    return membership


def get_note(person: Person, public_id: str, network: Network) -> Note:
    """Return a note about someone this person accompanies; anyone else meets `NotThere`."""
    notes = Note.objects.filter(membership__network=network, public_id=public_id, removed_at=None)
    note = notes.select_related("membership__network", "membership__person__unit", "by").first()
    if note is None or not accompanies(person, network, note.membership.person):
        raise NotThere
    return note


def get_pool_member(person: Person, public_id: str, network: Network) -> PoolMember:
    """Return someone of the pool as the network's animators (or themselves) see them."""
    rows = PoolMember.objects.filter(network=network, public_id=public_id)
    row = rows.select_related("network", "person__unit", "person__site").first()
    if row is None or not (row.person_id == person.pk or is_animator(person, network)):
        raise NotThere
    return row


def may_mediate(person: Person, network: Network) -> bool:
    """Tell whether a mediation may be entrusted to this person: by their role, or as one of the pool."""
    if has_role(person, network, Role.MEDIATOR, Role.ANIMATOR):
        return True
    pool = PoolMember.objects.filter(network=network, person=person, left_at=None, person__is_active=True)
    return any(Ability.MEDIATE in row.abilities for row in pool)


def get_invitation(person: Person, secret: str) -> Invitation:
    """Return the invitation of that link, still open or not: its page says which."""
    invitation = Invitation.objects.filter(secret=secret).select_related("network").first()
    if invitation is None or not is_present(person):
        raise NotThere
    return invitation


def get_invitation_of(person: Person, public_id: str, network: Network) -> Invitation:
    """Return an invitation link of a network as those who settle it may close it."""
    invitation = network.invitations.filter(public_id=public_id).select_related("network").first()
    if invitation is None or not can_settle(person, network):
        raise NotThere
    return invitation


def get_role(person: Person, public_id: str, network: Network) -> RoleGrant:
    """Return a role held in the network as those who settle it may withdraw it."""
    grants = RoleGrant.objects.held().filter(network=network, public_id=public_id)
    grant = grants.select_related("network", "person").first()
    if grant is None or not can_settle(person, network):
        raise NotThere
    return grant


def can_suspend(person: Person, membership: Membership) -> bool:
    """Tell whether this person may keep a member from new introductions: whoever animates, never for themselves."""
    return person.pk != membership.person_id and (
        can_administer(person) or has_role(person, membership.network, Role.ANIMATOR)
    )

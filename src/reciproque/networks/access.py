"""Who may see and do what in a network."""

from reciproque.kit import clock
from reciproque.kit.errors import NotThere
from reciproque.networks.models import Invitation, Membership, Network, RoleGrant, values_for_ring
from reciproque.networks.rules import MembershipState, Role, ring_admits
from reciproque.people.access import can_administer, is_present
from reciproque.people.models import Person


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


def get_colleague(person: Person, public_id: str, network: Network) -> Membership:
    """Return a current member of the network as another member (or its animator) may see them."""
    members = (
        Membership.objects.current()
        if is_animator(person, network)
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
    """Tell whether this person may change the network's choices."""
    return is_animator(person, network)


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
    membership = (
        Membership.objects.filter(network=network, person__public_id=public_id)
        .select_related("person", "person__unit", "person__site", "network", "waived_by")
        .first()
    )
    if membership is None or not is_animator(person, network):
        raise NotThere
    return membership


def get_application(person: Person, public_id: str, network: Network) -> Membership:
    """Return someone's membership by its own identifier, as what waits for the animators names it."""
    membership = (
        Membership.objects.filter(network=network, public_id=public_id)
        .select_related("person", "network")
        .first()
    )
    if membership is None or not is_animator(person, network):
        raise NotThere
    return membership


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

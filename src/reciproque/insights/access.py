"""Who may read the figures of a network, or an invitation to help."""

from __future__ import annotations

from reciproque.insights.models import HelperInvitation
from reciproque.kit.errors import NotThere
from reciproque.networks.access import get_network, has_role, is_animator, is_member
from reciproque.networks.models import Network
from reciproque.networks.rules import Role
from reciproque.people.models import Person


def get_read_network(person: Person, slug: str) -> Network:
    """Return a network to whoever reads its figures: a member, or somebody with a role in it; else `NotThere`."""
    network = get_network(person, slug)
    if is_member(person, network) or is_animator(person, network) or has_role(person, network, *Role.values):
        return network
    raise NotThere


def get_helper_invitation(person: Person, public_id: str) -> HelperInvitation:
    """Return an invitation to help, as the one invited reads it, and nobody else."""
    rows = HelperInvitation.objects.select_related("network", "person", "by")
    invitation = rows.filter(public_id=public_id, person=person).first()
    if invitation is None or not person.is_active:
        raise NotThere
    return invitation

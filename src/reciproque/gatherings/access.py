"""Who may see, run and read what of a gathering."""

from __future__ import annotations

from reciproque.catalogue.models import Post
from reciproque.gatherings.models import Entry, Gathering, Participant, Spotting
from reciproque.gatherings.rules import GatheringKind
from reciproque.kit.errors import NotThere
from reciproque.networks.access import is_animator, is_member
from reciproque.networks.models import Network, PoolMember
from reciproque.networks.rules import Ability
from reciproque.people.access import is_present
from reciproque.people.models import Person

# What someone of the pool must be able to do for each kind of gathering.
NEEDED = {
    GatheringKind.FAIR: {Ability.FAIR.value},
    GatheringKind.SPOTTING: {Ability.FAIR.value, Ability.FACILITATE.value},
}


def can_run(person: Person, network: Network, kind: str) -> bool:
    """Tell whether this person may plan and run such a gathering: an animator, or someone of the pool for it."""
    if not is_present(person) or kind not in GatheringKind.values:
        return False
    if is_animator(person, network):
        return True
    helper = PoolMember.objects.filter(network=network, person=person, left_at=None).first()
    return helper is not None and bool(NEEDED[GatheringKind(kind)] & set(helper.abilities))


def kinds_run_by(person: Person, network: Network) -> list[str]:
    """Return the kinds of gathering that this person may plan in the network."""
    if not is_present(person):
        return []
    if is_animator(person, network):
        return list(GatheringKind.values)
    helper = PoolMember.objects.filter(network=network, person=person, left_at=None).first()
    able = set(helper.abilities) if helper else set()
    return [kind.value for kind in GatheringKind if NEEDED[kind] & able]


def get_planning(person: Person, slug: str, kind: str) -> Network:
    """Return the network in which this person may plan such a gathering; anyone else meets `NotThere`."""
    network = Network.objects.filter(slug=slug).first()
    if network is None or not can_run(person, network, kind):
        raise NotThere
    return network


def get_network_here(person: Person, slug: str) -> Network:
    """Return a network as its members, and those who run something in it, read its gatherings."""
    network = Network.objects.filter(slug=slug).first()
    if network is None or not (is_member(person, network) or kinds_run_by(person, network)):
        raise NotThere
    return network


def get_gathering(person: Person, public_id: str) -> Gathering:
    """Return a gathering of this person's networks; a stranger meets `NotThere`."""
    rows = Gathering.objects.visible_to(person).select_related("network", "planned_by")
    gathering = rows.filter(public_id=public_id).first()
    if gathering is None:
        raise NotThere
    return gathering


def get_run(person: Person, public_id: str) -> Gathering:
    """Return a gathering as those who run it see it; anyone else meets `NotThere`."""
    gathering = get_gathering(person, public_id)
    if not can_run(person, gathering.network, gathering.kind):
        raise NotThere
    return gathering


def get_entry(gathering: Gathering, public_id: str) -> Entry:
    """Return what was typed in a gathering already fetched for those who run it."""
    rows = gathering.entries.select_related(
        "gathering__network", "participant__person", "typed_by", "changed_by", "post", "consent_noted_by"
    )
    entry = rows.filter(public_id=public_id).first()
    if entry is None:
        raise NotThere
    return entry


def get_participant(gathering: Gathering, public_id: str) -> Participant:
    """Return someone of a gathering already fetched for those who run it."""
    rows = gathering.participants.select_related("gathering__network", "person__unit", "person__site")
    participant = rows.filter(public_id=public_id).first()
    if participant is None:
        raise NotThere
    return participant


def get_open_post(gathering: Gathering, public_id: str) -> Post:
    """Return an open post of the gathering's network, to be introduced to someone present."""
    post = (
        Post.objects.open()
        .select_related("author", "network")
        .filter(network=gathering.network, public_id=public_id)
        .first()
    )
    if post is None:
        raise NotThere
    return post


def get_spotting(person: Person, network: Network) -> Spotting | None:
    """Return one's own path in a network, or None while it is not begun."""
    return Spotting.objects.visible_to(person).filter(network=network).first()

"""What pages show of networks, members and roles."""

import dataclasses
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from django.db.models import Count, Exists, OuterRef, Q

from reciproque.kit import clock
from reciproque.kit.text import clean
from reciproque.networks.access import Scope, scope_held
from reciproque.networks.models import (
    Charter,
    Interest,
    Invitation,
    Membership,
    MembershipQuerySet,
    Network,
    Note,
    Opening,
    PoolMember,
    RoleGrant,
    Signature,
    values_for_ring,
)
from reciproque.networks.rules import PAUSE_MOST, Ability, MembershipState, Role, ring_admits
from reciproque.people.models import Person, PersonQuerySet, Site, Unit
from reciproque.people.queries import named


@dataclasses.dataclass(frozen=True)
class Standing:
    """Where a person stands before a network: what the join page shows."""

    membership: Membership | None
    eligible: bool
    openings: list[Opening]
    next_opening: Opening | None
    charter: Charter | None
    signed: bool
    interested: bool


def networks_of(person: Person) -> list[Network]:
    """Return the networks a person belongs to (`joined` is true), then those they only animate, by name."""
    # By what is of this person: a large network is not read through to find them in it.
    joined = Membership.objects.filter(person=person, state=MembershipState.MEMBER)
    held = RoleGrant.objects.filter(person=person, withdrawn_at=None)
    mine = Network.objects.filter(Q(pk__in=joined.values("network")) | Q(pk__in=held.values("network")))
    current = joined.filter(network=OuterRef("pk"))
    return list(mine.annotate(joined=Exists(current)).order_by("-joined", "name_fr"))


def network_directory(person: Person) -> list[Network]:
    """Return every network of the organisation with the count of its members."""
    members = Count("memberships", filter=Q(memberships__state=MembershipState.MEMBER), distinct=True)
    networks = Network.objects.visible_to(person).annotate(member_count=members)
    return list(networks.order_by("name_fr", "pk"))  # counting forgets the usual order


def current_charter(network: Network) -> Charter | None:
    """Return the charter in force, the latest version."""
    return network.charters.order_by("-version").first()


def needs_signature(membership: Membership) -> bool:
    """Tell whether the charter changed since this member signed it."""
    charter = current_charter(membership.network)
    return charter is not None and not membership.signatures.filter(charter=charter).exists()


def standing(person: Person, network: Network) -> Standing:
    """Return all that the join page says to this person."""
    today = clock.now().date()
    values = values_for_ring(person)
    openings = list(network.openings.all())
    admitting = [opening for opening in openings if ring_admits(opening.criteria, values)]
    membership = Membership.objects.filter(person=person, network=network).first()
    charter = current_charter(network)
    return Standing(
        membership=membership,
        eligible=any(opening.opens_on <= today for opening in admitting),
        openings=[opening for opening in openings if opening.opens_on <= today],
        next_opening=next((opening for opening in admitting if opening.opens_on > today), None),
        charter=charter,
        signed=bool(membership and charter and membership.signatures.filter(charter=charter).exists()),
        interested=Interest.objects.filter(person=person, network=network).exists(),
    )


def animators_of(network: Network, about: Iterable[Person] | None = None) -> list[Person]:
    """Return those who animate the network (`about`: those who accompany at least one of these people)."""
    grants = RoleGrant.objects.held().filter(network=network, role=Role.ANIMATOR)
    grants = grants.select_related("unit", "person", "person__unit", "person__site")
    people = None if about is None else list(about)
    return [
        grant.person
        for grant in grants.order_by("person__last_name", "person__first_name")
        if not people or _within(scope_held(grant), people)
    ]


def _within(scope: Scope, people: Iterable[Person]) -> bool:
    return scope.whole or any(scope.covers(person) for person in people)


def mediators_of(network: Network) -> list[Person]:
    """Return those to whom a mediation may be entrusted, by name: the role's holders and those of the pool."""
    able = [row.person for row in pool_of(network) if Ability.MEDIATE in row.abilities]
    found = {person.pk: person for person in [*people_with_role(network, Role.MEDIATOR), *able]}
    return sorted(found.values(), key=lambda person: (person.last_name, person.first_name, person.pk))


def pool_of(network: Network) -> list[PoolMember]:
    """Return the animators' pool, by name, with what each was trained on."""
    rows = PoolMember.objects.filter(network=network, left_at=None, person__is_active=True)
    rows = rows.select_related("person", "person__unit", "person__site").prefetch_related("trainings")
    return list(rows.order_by("person__last_name", "person__first_name", "pk"))


def place_in_pool(person: Person, network: Network) -> PoolMember | None:
    """Return what this person does in the animators' pool today, or None."""
    rows = PoolMember.objects.filter(network=network, person=person, left_at=None)
    return rows.select_related("network", "person").first()


def most_at_once(network: Network) -> dict[int, int]:
    """Return how many things at once each one of the pool agreed to hold: {person: n}."""
    rows = PoolMember.objects.filter(network=network, left_at=None)
    return dict(rows.values_list("person_id", "at_most"))


def notes_about(membership: Membership) -> list[Note]:
    """Return the notes of the animation team about a member, latest first (the caller may read them)."""
    return list(membership.notes.filter(removed_at=None).select_related("by"))


def notes_on(person: Person) -> list[Note]:
    """Return every note kept about a person, in all their networks: what the copy of their data holds."""
    notes = Note.objects.filter(membership__person=person, removed_at=None)
    return list(notes.select_related("by", "membership__network"))


def places_in(network: Network) -> tuple[list[Site], list[Unit]]:
    """Return the sites and the units of the members of a network: what its animators' lists are narrowed by."""
    people = Membership.objects.current().filter(network=network)
    sites = Site.objects.filter(pk__in=people.values("person__site"))
    units = Unit.objects.filter(pk__in=people.values("person__unit"))
    return list(sites.order_by("name")), list(units.order_by("path"))


def people_with_role(network: Network, role: str) -> list[Person]:
    """Return the present holders of a role, by name."""
    grants = RoleGrant.objects.held().filter(network=network, role=role)
    grants = grants.select_related("person", "person__unit", "person__site")
    return [grant.person for grant in grants.order_by("person__last_name", "person__first_name")]


def roles_table(network: Network) -> list[RoleGrant]:
    """Return every role held in the network, for the settings page."""
    return list(
        RoleGrant.objects.held()
        .filter(network=network)
        .select_related("person", "site", "unit")
        .order_by("role", "pk")
    )


def invitations_of(network: Network, now: dt.datetime) -> list[Invitation]:
    """Return the invitation links that still open the network."""
    return list(network.invitations.filter(withdrawn_at=None, expires_at__gt=now))


def interests_in(network: Network) -> list[Interest]:
    """Return who asked to be told when the network opens to them."""
    return list(
        network.interests.select_related("person", "person__unit", "person__site").order_by("left_at")
    )


def members_page(
    network: Network,
    *,
    words: str = "",
    state: str = "",
    page: int = 1,
    size: int = 50,
    scope: Scope | None = None,
) -> tuple[list[Membership], int]:
    """Return one page of the animator's list of members (of those in their scope), and how many there are."""
    members = Membership.objects.filter(network=network).exclude(state=MembershipState.LEFT)
    if scope is not None:
        members = members.filter(scope.people("person"))
    now = clock.now()
    if state == "applied":
        members = members.filter(state=MembershipState.APPLIED)
    elif state == "inactive":
        members = members.current().filter(
            Q(reciprocal=False), Q(waived_at=None), Q(grace_until=None) | Q(grace_until__lte=now)
        )
    elif state == "paused":
        members = members.current().filter(paused_until__gt=now)
    return _page(members, words, page=page, size=size, beside=("person__unit__path",))


def colleagues_page(
    network: Network, *, words: str = "", page: int = 1, size: int = 30
) -> tuple[list[Membership], int]:
    """Return one page of the members as any member may browse them, by name, and how many there are."""
    members = Membership.objects.current().filter(network=network)
    beside = ("person__function", "person__unit__path", "person__site__name")
    return _page(members, words, page=page, size=size, beside=beside)


def _page(
    members: MembershipQuerySet, words: str, *, page: int, size: int, beside: Sequence[str]
) -> tuple[list[Membership], int]:
    """Return one page of members by name, those who answer to the words, and how many they are; always two queries."""
    members = members.order_by("person__last_name", "person__first_name", "pk")
    loaded = members.select_related("person", "person__unit", "person__site", "network")
    part = slice((page - 1) * size, page * size)
    if not clean(words).split():
        return list(loaded[part]), members.count()
    rows = members.values_list("pk", "person__first_name", "person__last_name", *beside)
    found = named(words, rows.iterator())
    return list(loaded.filter(pk__in=found[part])), len(found)


def memberships_of(person: Person) -> list[Membership]:
    """Return where a person is a member or has asked to be, with each network, by name."""
    rows = Membership.objects.filter(
        person=person, state__in=[MembershipState.MEMBER, MembershipState.APPLIED]
    )
    return list(rows.select_related("network", "person").order_by("network__name_fr", "pk"))


def membership_of(person: Person, network: Network) -> Membership | None:
    """Return a current membership, or None: what other floors ask before acting for someone."""
    return (
        Membership.objects.current().filter(person=person, network=network).select_related("person").first()
    )


def find_members(network: Network, viewer: Person, words: str, limit: int = 6) -> list[Membership]:
    """Return the members whose name holds all these words, as another member may see them."""
    members = Membership.objects.visible_to(viewer).filter(network=network)
    for word in clean(words).split()[:4]:
        members = members.filter(Q(person__first_name__icontains=word) | Q(person__last_name__icontains=word))
    rows = members.select_related("person", "person__unit", "person__site").order_by(
        "person__last_name", "pk"
    )
    return list(rows[:limit])


@dataclasses.dataclass(frozen=True)
class DirectoryEntry:
    """One network of the directory, and where the reader stands before it."""

    network: Network
    members: int
    membership: Membership | None
    eligible: bool


def directory_for(person: Person) -> list[DirectoryEntry]:
    """Return every network with its number of members and where this person stands, in a fixed number of queries."""
    today = clock.now().date()
    values = values_for_ring(person)
    mine = {row.network_id: row for row in Membership.objects.filter(person=person)}
    count = Count(
        "memberships",
        filter=Q(memberships__state=MembershipState.MEMBER, memberships__person__is_active=True),
        distinct=True,
    )
    networks = Network.objects.visible_to(person).annotate(member_count=count).order_by("name_fr", "pk")
    return [
        DirectoryEntry(
            network=network,
            members=network.member_count,
            membership=mine.get(network.pk),
            eligible=any(
                opening.opens_on <= today and ring_admits(opening.criteria, values)
                for opening in network.openings.all()
            ),
        )
        for network in networks.prefetch_related("openings")
    ]


def count_members(network: Network) -> int:
    """Return how many people are members today."""
    return Membership.objects.current().filter(network=network).count()


def member_counts(network: Network, scope: Scope | None = None) -> dict[str, int]:
    """Return how many members each filter of the animator's list would keep, in one query."""
    now = clock.now()
    current = Q(state=MembershipState.MEMBER, person__is_active=True)
    inactive = current & Q(reciprocal=False, waived_at=None) & (Q(grace_until=None) | Q(grace_until__lte=now))
    rows = Membership.objects.filter(network=network)
    if scope is not None:
        rows = rows.filter(scope.people("person"))
    return rows.aggregate(
        member=Count("pk", filter=current),
        applied=Count("pk", filter=Q(state=MembershipState.APPLIED)),
        inactive=Count("pk", filter=inactive),
        paused=Count("pk", filter=current & Q(paused_until__gt=now)),
    )


def members_named(
    network: Network, words: str, limit: int = 10, scope: Scope | None = None, *, by_address: bool = True
) -> list[Membership]:
    """Return the current members whose name, e-mail address (if wanted) or unit holds each of these words, by name."""
    if not clean(words).split():
        return []
    members = Membership.objects.current().filter(network=network)
    if scope is not None:
        members = members.filter(scope.people("person"))
    beside = ["person__unit__path"] + (["person__email"] if by_address else [])
    return _page(members, words, page=1, size=limit, beside=beside)[0]


def roles_of(person: Person, network: Network) -> list[RoleGrant]:
    """Return the roles this person holds in the network today."""
    return list(RoleGrant.objects.held().filter(person=person, network=network).order_by("role"))


def roles_held_by(person: Person, networks: Iterable[Network]) -> dict[int, list[RoleGrant]]:
    """Return the roles this person holds today in these networks: {network: roles}."""
    held: dict[int, list[RoleGrant]] = {}
    for grant in RoleGrant.objects.held().filter(person=person, network__in=list(networks)).order_by("role"):
        held.setdefault(grant.network_id, []).append(grant)
    return held


def admitted(criteria: Mapping[str, Sequence[str]]) -> Q:
    """Say in the database what `ring_admits` says of one person."""
    within = Q()
    for path in criteria.get("units") or []:
        within |= Q(unit__path=path) | Q(unit__path__startswith=f"{path} > ")
    named = Q()
    for name in criteria.get("functions") or []:
        named |= Q(function__iexact=name)
    exact = {"level__in": criteria.get("levels"), "site__name__in": criteria.get("sites")}
    return Q(**{key: value for key, value in exact.items() if value}) & within & named


def count_admitted(criteria: Mapping[str, Sequence[str]]) -> int:
    """Return how many present people one ring of eligibility admits (the same reading as `ring_admits`)."""
    return Person.objects.present().filter(admitted(criteria)).count()


def eligible_people(network: Network, on: dt.date) -> PersonQuerySet:
    """Keep, of all the people known, those whom the rings in force on that day admit, present or not."""
    rings = list(network.openings.filter(opens_on__lte=on))
    if not rings:
        return Person.objects.none()
    if any(not any(ring.criteria.values()) for ring in rings):
        return Person.objects.all()
    within = Q()
    for ring in rings:
        within |= admitted(ring.criteria)
    return Person.objects.filter(within)


def count_eligible(network: Network) -> int:
    """Return how many present people the rings already in force admit, each counted once."""
    return eligible_people(network, clock.now().date()).present().count()


def counts_admitted(rings: Sequence[Mapping[str, Sequence[str]]]) -> list[int]:
    """Return how many present people each ring of eligibility admits, in one query."""
    counts = {
        f"ring{number}": Count("pk", filter=admitted(ring)) if any(ring.values()) else Count("pk")
        for number, ring in enumerate(rings)
    }
    return list(Person.objects.present().aggregate(**counts).values()) if counts else []


def openings_of(network: Network) -> list[Opening]:
    """Return the rings to which the network opened or will open, in order."""
    return list(network.openings.all())


def charter_versions(network: Network) -> list[Charter]:
    """Return every version of the charter with how many current members signed it, latest first."""
    signed = Count("signatures", filter=Q(signatures__membership__state=MembershipState.MEMBER))
    return list(network.charters.annotate(signed=signed).order_by("-version"))


def signature_of(membership: Membership, charter: Charter) -> Signature | None:
    """Return when (and by whom) a member signed a version of the charter, or None."""
    return membership.signatures.filter(charter=charter).select_related("on_behalf_by").first()


def role_holders(limit: int = 12) -> list[RoleGrant]:
    """Return the first roles held in any network: whom the demo's door offers when nobody was chosen."""
    return list(RoleGrant.objects.held().select_related("person", "network").order_by("pk")[:limit])


def known_in(network: Network, people: Iterable[int]) -> set[int]:
    """Return those of these people who have a membership of the network, whatever its state."""
    rows = Membership.objects.filter(network=network, person__in=set(people))
    return set(rows.values_list("person_id", flat=True))


def time_away(person: Person, network: Network, now: dt.datetime) -> dt.timedelta:
    """Return how long what is asked now of a member waits for them: the rest of their pause, up to a limit."""
    rows = Membership.objects.filter(network=network, person=person, paused_until__gt=now)
    until = rows.values_list("paused_until", flat=True).first()
    return min(until - now, PAUSE_MOST) if until else dt.timedelta()

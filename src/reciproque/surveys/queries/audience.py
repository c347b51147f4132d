"""To whom a questionnaire goes, and in which group each one is compared."""

from __future__ import annotations

import functools
import operator
from collections.abc import Mapping
from typing import Any

from django.db.models import Q

from reciproque.circles.models import Circle
from reciproque.circles.models import Seat as GroupSeat
from reciproque.circles.rules import SeatState as GroupSeatState
from reciproque.exchanges.models import ExchangePerson
from reciproque.exchanges.rules import ExchangeState, Side
from reciproque.kit import clock
from reciproque.networks.models import Membership, Network, RoleGrant
from reciproque.networks.queries import admitted
from reciproque.networks.rules import Role
from reciproque.people.models import Person, PersonQuerySet, Site, Unit
from reciproque.surveys.models import Campaign
from reciproque.surveys.rules import Split, Who

# What counts as an exchange that took place.
LIVED = (ExchangeState.FINISHED, ExchangeState.CLOSED)


def people_of(network: Network, audience: Mapping[str, Any]) -> PersonQuerySet:
    """Return the people present today to whom a questionnaire of this network would go."""
    people = Person.objects.present()
    who = audience.get("who", Who.MEMBERS)
    members = Membership.objects.current().filter(network=network).values("person")
    if who == Who.ELIGIBLE:
        people = people.filter(Q(pk__in=members) | _eligible(network))
    elif who == Who.ROLE:
        held = RoleGrant.objects.held().filter(network=network, role=audience.get("role") or Role.ANIMATOR)
        people = people.filter(pk__in=held.values("person"))
    elif who == Who.GROUP:
        seats = GroupSeat.objects.filter(
            circle__network=network, circle__public_id=audience.get("group", ""), state=GroupSeatState.SEATED
        )
        people = people.filter(pk__in=seats.values("person"))
    elif who == Who.EXCHANGED:
        people = people.filter(pk__in=members).filter(pk__in=_exchanged(network))
    else:
        people = people.filter(pk__in=members)
    return people.filter(_within(audience))


def _eligible(network: Network) -> Q:
    rings = list(network.openings.filter(opens_on__lte=clock.now().date()))
    if any(not any(ring.criteria.values()) for ring in rings):
        return Q(pk__isnull=False)
    return functools.reduce(operator.or_, (admitted(ring.criteria) for ring in rings), Q(pk=None))


def _exchanged(network: Network) -> Any:
    rows = ExchangePerson.objects.filter(exchange__network=network, exchange__state__in=LIVED, left_at=None)
    return rows.values("person")


def _within(audience: Mapping[str, Any]) -> Q:
    """Keep one site, or one unit with those below it, when one was chosen."""
    within = Q()
    if audience.get("site"):
        within &= Q(site__public_id=audience["site"])
    if audience.get("unit"):
        path = Unit.objects.filter(public_id=audience["unit"]).values_list("path", flat=True).first()
        within &= Q(unit__path=path) | Q(unit__path__startswith=f"{path} > ") if path else Q(pk=None)
    return within


def count_audience(network: Network, audience: Mapping[str, Any]) -> int:
    """Return how many people a questionnaire would reach today."""
    return people_of(network, audience).count()


def lived_as_requester(people: list[int], network: Network, least: int) -> list[int]:
    """Return those of these people who learned in so many exchanges of the network, followed here or declared."""
    rows = ExchangePerson.objects.filter(
        person__in=people,
        side=Side.REQUESTER,
        left_at=None,
        exchange__network=network,
        exchange__state=ExchangeState.CLOSED,
    )
    counts: dict[int, int] = {}
    for pk in rows.values_list("person_id", flat=True):
        counts[pk] = counts.get(pk, 0) + 1
    return [pk for pk in people if counts.get(pk, 0) >= least]


def awaits_event(network_id: str, trigger: str) -> bool:
    """Tell whether an event of this network (its public identifier) sets off a questionnaire today."""
    return Campaign.objects.open().filter(network__public_id=network_id, trigger=trigger).exists()


def group_of(person: Person, campaign: Campaign) -> str:
    """Return in which group of a campaign's comparison this person is today; "" when nothing is compared by person."""
    if campaign.split == Split.UNIT:
        return _branch(person, campaign)
    if campaign.split == Split.SITE:
        return person.site.public_id if person.site else NONE
    if campaign.split == Split.LEVEL:
        return person.level or NONE
    if campaign.split == Split.TOOK_PART:
        took = ExchangePerson.objects.filter(
            person=person, exchange__network=campaign.network, exchange__state__in=LIVED, left_at=None
        )
        return YES if took.exists() else NO
    return ""


# Where the directory says nothing; who took part, who did not.
NONE, YES, NO = "none", "yes", "no"


def _branch(person: Person, campaign: Campaign) -> str:
    """Return the unit just under the top of the organisation in which somebody works."""
    if person.unit is None:
        return NONE
    top = " > ".join(person.unit.path.split(" > ")[:2])
    return Unit.objects.filter(path=top).values_list("public_id", flat=True).first() or person.unit.public_id


def group_names(split: str, keys: list[str]) -> dict[str, str]:
    """Return the names of units or places of work, by their public identifiers."""
    if split == Split.UNIT:
        return dict(Unit.objects.filter(public_id__in=keys).values_list("public_id", "name"))
    if split == Split.SITE:
        return dict(Site.objects.filter(public_id__in=keys).values_list("public_id", "name"))
    return {}


def members_of_group(public_id: str) -> tuple[Network, list[Person]]:
    """Return the network of a practice-exchange group, and who sat in it at its end."""
    circle = Circle.objects.select_related("network").get(public_id=public_id)
    seats = GroupSeat.objects.filter(circle=circle, state=GroupSeatState.SEATED, person__is_active=True)
    return circle.network, [seat.person for seat in seats.select_related("person")]

"""A network of some sixty people with a year of everything, counted and told: to read its pages as anybody may."""

from __future__ import annotations

import datetime as dt
from random import Random
from typing import Any

import pytest

from reciproque.exchanges.models import ThreadMessage
from reciproque.insights.actions import measure_network, release
from reciproque.insights.rules import Span
from reciproque.kit import clock
from reciproque.networks.actions import grant_role
from reciproque.networks.models import Membership, Network, Opening, PoolMember
from reciproque.people.models import Person, Site
from tests.insights.pictures_made import at, people_of_units
from tests.insights.random_networks import LEVELS, Builder

NOW = dt.datetime(2026, 2, 17, 9, 0, tzinfo=dt.UTC)
UNITS = {"Courrier": 18, "Colis": 15, "Finance": 12, "Trio": 3, "=1+1|cmd": 9}


def write(network: Network, seed: int = 7) -> list[Person]:
    """Write a year of a network straight into the tables; return its people."""
    builder = Builder(Random(seed))
    builder.now = NOW
    random = builder.random
    Network.objects.filter(pk=network.pk).update(created_at=at(2025, 1, 2))
    network.refresh_from_db()
    people = builder.people = people_of_units(network, UNITS, joined=2025)
    sites = [Site.objects.create(name=name) for name in ("Lille", "Nice", "Brest")]
    for rank, person in enumerate(people):
        person.site, person.level = sites[rank % 5 % 3], random.choice(LEVELS)
        person.joined_at = at(2024, 1, 1)
        if rank % 17 == 5:
            person.is_active, person.left_at = False, at(2025, 6, 1 + rank % 20)
    Person.objects.bulk_update(people, ["site", "level", "joined_at", "is_active", "left_at"])
    Membership.objects.filter(network=network, person__in=people[::23]).update(
        state="left", left_at=at(2025, 9, 3)
    )
    Opening.objects.create(network=network, name="Tous", opens_on=dt.date(2024, 1, 1))
    topics = builder.topics()
    posts = [builder.post(network, topics) for _ in range(90)]
    introductions = [builder.introduction(network, posts) for _ in range(70)]
    for _ in range(110):
        exchange, parts = builder.exchange(network, introductions, posts)
        builder.reviews(exchange, parts)
        if random.randrange(2):
            ThreadMessage.objects.create(
                thread=exchange.thread, author=random.choice(people), text="…", written_at=builder.moment()
            )
    builder.library(network)
    for person in random.sample(people, 8):
        PoolMember.objects.create(network=network, person=person, added_by=person, added_at=builder.moment())
    return people


def count_and_tell(network: Network, *, months: int = 2) -> None:
    """Count all of a network’s past, and tell the last year, its last quarter and some months."""
    with clock.at(NOW):
        measure_network(network, whole=True)
        with pytest.MonkeyPatch.context() as patch:
            # Telling all of a past takes minutes: what was told of one period is what its pages show.
            patch.setattr(release, "TOLD_BACK", {Span.MONTH: months, Span.QUARTER: 1, Span.YEAR: 1})
            release.release_network(network)


def cast(network: Network, people: list[Person], admin: Any) -> dict[str, Person]:
    """Return one reader of each kind."""
    unit = people[0].unit
    readers = {
        "animator": people[1],
        "scoped": people[2],
        "sponsor": people[20],
        "hr": people[21],
        "manager": people[34],
        "member": people[35],
    }
    for person in readers.values():
        Person.objects.filter(pk=person.pk).update(is_active=True, left_at=None)
        person.refresh_from_db()
    grant_role(network, readers["animator"], "animator", by=admin)
    grant_role(network, readers["scoped"], "animator", by=admin, unit=unit)
    grant_role(network, readers["sponsor"], "sponsor", by=admin)
    grant_role(network, readers["hr"], "hr", by=admin)
    Person.objects.filter(pk__in=[one.pk for one in people[36:40]]).update(manager=readers["manager"])
    return readers

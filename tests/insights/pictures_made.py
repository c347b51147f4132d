"""A network with years of exchanges between units, written straight into the tables."""

from __future__ import annotations

import datetime as dt
from random import Random
from typing import Any

from reciproque.exchanges.models import Exchange, ExchangePerson, Introduction, Thread
from reciproque.exchanges.rules import ExchangeState, IntroductionState, Origin, Side
from reciproque.insights.models import Release, ReleasedFigure
from reciproque.insights.rules import Period, Span
from reciproque.networks.models import Membership, Network
from reciproque.people.models import Person, Unit

UNITS = {"Courrier": 14, "Colis": 12, "Finance": 9, "Trio": 3, "=1+1|cmd": 8, "Banque & <b>Lille</b>": 7}


def at(year: int, month: int, day: int, hour: int = 10) -> dt.datetime:
    return dt.datetime(year, month, day, hour, tzinfo=dt.UTC)


def people_of_units(network: Network, units: dict[str, int] = UNITS, joined: int = 2022) -> list[Person]:
    """Make the people of each unit, all members since the beginning of a year."""
    people = []
    for name, size in units.items():
        unit = Unit.objects.create(name=name, path=name)
        for number in range(size):
            email = f"p{unit.pk}x{number}@example.org"
            people.append(Person.objects.create_user(email, last_name=f"Nom{unit.pk}x{number}", unit=unit))
    Membership.objects.bulk_create(
        Membership(
            network=network, person=one, joined_at=at(joined, 1 + rank % 12, 3), applied_at=at(joined, 1, 1)
        )
        for rank, one in enumerate(people)
    )
    return people


def exchange(network: Network, giver: Person, taker: Person, on: dt.date) -> Exchange:
    """Write one exchange that took place on a day."""
    row = Exchange.objects.create(
        network=network,
        title="Tableaux",
        state=ExchangeState.CLOSED,
        origin=Origin.DECLARED,
        thread=Thread.objects.create(network=network),
        held_on=on,
        opened_at=at(on.year, on.month, on.day),
        finished_at=at(on.year, on.month, on.day),
        closed_at=at(on.year, on.month, on.day, 12),
        declared_at=at(on.year, on.month, on.day),
    )
    ExchangePerson.objects.create(exchange=row, person=giver, side=Side.OFFERER)
    ExchangePerson.objects.create(exchange=row, person=taker, side=Side.REQUESTER)
    return row


def asked(
    network: Network, one: Person, other: Person, when: dt.datetime, days: float | None
) -> Introduction:
    """Write one introduction, answered after so many days, or never."""
    return Introduction.objects.create(
        network=network,
        requester=one,
        offerer=other,
        initiator=one,
        title="Tableaux",
        thread=Thread.objects.create(network=network),
        state=IntroductionState.LAPSED if days is None else IntroductionState.REFUSED,
        pair_key=f"{one.pk}-{other.pk}-{when.isoformat()}",
        asked_at=when,
        due_at=when + dt.timedelta(days=7),
        answered_at=None if days is None else when + dt.timedelta(days=days),
        ended_at=when + dt.timedelta(days=10 if days is None else days),
    )


def years(
    network: Network, people: list[Person], seed: int, *, among: tuple[int, ...] = (2023, 2024)
) -> None:
    """Write some exchanges and introductions of these years between these people."""
    made = Random(seed)
    for year in among:
        for _time in range(90):
            giver, taker = made.sample(people, 2)
            exchange(network, giver, taker, dt.date(year, made.randint(1, 12), made.randint(1, 28)))
        for _time in range(60):
            one, other = made.sample(people, 2)
            wait = None if made.random() < 0.2 else made.random() * made.choice([1, 3, 20])
            asked(network, one, other, at(year, made.randint(1, 12), made.randint(1, 28)), wait)


def told(
    network: Network, span: str, start: dt.date, figures: dict[Any, Any], made: dt.datetime | None = None
) -> Release:
    """Tell figures: {indicator or (indicator, cut, group): value, None when masked}."""
    period = Period(span, start)
    release = Release.objects.create(
        network=network,
        span=span,
        start=start,
        end=period.end,
        made_at=made or period.ends_at + dt.timedelta(days=5),
    )
    for key, value in figures.items():
        name, cut, group = key if isinstance(key, tuple) else (key, "", "")
        number, denominator, rate = value if isinstance(value, tuple) else (value, None, value)
        ReleasedFigure.objects.create(
            release=release,
            indicator=name,
            cut=cut,
            group=group,
            numerator=number,
            denominator=denominator,
            value=rate,
            masked=value is None,
        )
    return release


def told_year(network: Network, year: int, figures: dict[Any, Any] | None = None) -> Release:
    return told(network, Span.YEAR, dt.date(year, 1, 1), figures or {"exchanges.held": 90})

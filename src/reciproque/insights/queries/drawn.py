"""The numbers behind the pictures, read from the rows of one year: who counts where, before anything is hidden or said."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections import defaultdict
from zoneinfo import ZoneInfo

from django.db.models.functions import Coalesce

from reciproque.catalogue.models import Post
from reciproque.exchanges.models import Exchange, ExchangePerson, Introduction
from reciproque.exchanges.rules import IntroductionState, Side
from reciproque.insights.queries.acts import took_place
from reciproque.insights.queries.groups import Groups
from reciproque.insights.rules import FIRST_EXCHANGE_WITHIN, Cut, zone_of
from reciproque.insights.rules.periods import Period
from reciproque.insights.rules.pictures import TURN
from reciproque.kit import clock
from reciproque.networks.models import Membership, Network

DAY = dt.timedelta(days=1)
# The anniversary of those who arrived, and until when something done around it is looked at.
A_YEAR = dt.timedelta(days=365)
AROUND = A_YEAR + FIRST_EXCHANGE_WITHIN
# How long after a year what became of its arrivals is told: a year and a quarter after the last of them.
COHORTS_AFTER = dt.timedelta(days=470)


@dataclasses.dataclass
class Tally:
    """How much there is in a cell, and who is behind it on either side."""

    value: int = 0
    givers: set[int] = dataclasses.field(default_factory=set)
    takers: set[int] = dataclasses.field(default_factory=set)
    # The exchanges themselves: what figures told of them is weighed with them.
    rows: set[int] = dataclasses.field(default_factory=set)

    def __or__(self, other: Tally) -> Tally:
        people = (self.givers | other.givers, self.takers | other.takers)
        return Tally(self.value + other.value, *people, self.rows | other.rows)

    def __len__(self) -> int:
        return self.value

    @property
    def people(self) -> int:
        """How many people are behind: of the side where they are fewer, since each side knows itself."""
        return min(len(self.givers), len(self.takers))


def flows_in(network: Network, period: Period, groups: Groups) -> dict[tuple[str, str], Tally]:
    """Return how many exchanges went from one branch to another: each counts once for a pair of branches."""
    held = took_place(network, period.begins_at, period.ends_at, at="exchange")
    rows = ExchangePerson.objects.filter(held, exchange__network=network, left_at=None).order_by()
    sides: dict[int, dict[str, list[tuple[int, str]]]] = defaultdict(
        lambda: {Side.OFFERER: [], Side.REQUESTER: []}
    )
    fields = ("exchange_id", "person_id", "side", "person__unit_id")
    for exchange, person, side, unit in rows.values_list(*fields).iterator(5000):
        sides[exchange][side].append((person, groups.key(Cut.UNIT, (unit, None, ""))))
    cells: dict[tuple[str, str], Tally] = defaultdict(Tally)
    for exchange, people in sides.items():
        seen = set()
        for giver, here in people[Side.OFFERER]:
            for taker, there in people[Side.REQUESTER]:
                tally = cells[here, there]
                tally.value += (here, there) not in seen
                seen.add((here, there))
                tally.rows.add(exchange)
                tally.givers.add(giver)
                tally.takers.add(taker)
    return dict(cells)


def days_in(network: Network, period: Period) -> dict[dt.date, int]:
    """Return how many exchanges took place on each day of a period."""
    days: dict[dt.date, int] = defaultdict(int)
    zone = ZoneInfo(period.zone)
    held = took_place(network, period.begins_at, period.ends_at)
    rows = Exchange.objects.filter(held, network=network).order_by()
    for held_on, finished, closed in rows.values_list("held_on", "finished_at", "closed_at").iterator(5000):
        moment = finished or closed
        day = held_on or (moment.astimezone(zone).date() if moment else None)
        if day is not None:
            days[day] += 1
    return dict(days)


@dataclasses.dataclass
class Waits:
    """Answers by the day on which they came, with who answered; and what had none."""

    days: list[tuple[int, set[int]]]
    later: tuple[int, set[int]]
    never: tuple[int, set[int]]
    waits: list[float]
    # The introductions of each day, then those answered later, then never: weighed with what figures told of them.
    rows: list[set[int]] = dataclasses.field(default_factory=lambda: [set() for _day in range(TURN + 2)])


def waits_in(network: Network, period: Period) -> Waits:
    """Return how long those asked took to answer, among the introductions asked for in a period.

    What was withdrawn before an answer is nobody's silence, and what is still within its time is not one yet.
    """
    begins, ends = period.begins_at, period.ends_at
    rows = Introduction.objects.filter(network=network, asked_at__gte=begins, asked_at__lt=ends)
    found = Waits([(0, set()) for _day in range(TURN)], (0, set()), (0, set()), [])
    fields = ("pk", "asked_at", "answered_at", "state", "initiator_id", "requester_id", "offerer_id")
    for row, asked, answered, state, initiator, requester, offerer in rows.values_list(*fields).iterator(
        5000
    ):
        person = offerer if initiator == requester else requester
        place = TURN + 1
        if answered is not None:
            wait = max((answered - asked) / DAY, 0.0)
            found.waits.append(wait)
            place = min(int(wait), TURN)
            if place < TURN:
                count, people = found.days[int(wait)]
                found.days[int(wait)] = (count + 1, people | {person})
            else:
                found.later = (found.later[0] + 1, found.later[1] | {person})
        elif state == IntroductionState.LAPSED:
            found.never = (found.never[0] + 1, found.never[1] | {person})
        if answered is not None or state == IntroductionState.LAPSED:
            found.rows[place].add(row)
    return found


@dataclasses.dataclass
class Arrived:
    """Those who joined in one quarter, and who of them did what within a time that is the same for all."""

    start: dt.date
    joined: set[int]
    posted: set[int]
    exchanged: set[int]
    stayed: set[int]


def cohorts_in(network: Network, begins: dt.datetime, ends: dt.datetime) -> list[Arrived]:
    """Return those who joined between two moments, by quarter: posted, exchanged in 90 days, did something after a year.

    Horizons are the same for all, so that what is told of a quarter never moves afterwards.
    """
    zone = ZoneInfo(zone_of(network.country))
    members = Membership.objects.filter(network=network, joined_at__gte=begins, joined_at__lt=ends).order_by()
    joined = {person: at for person, at in members.values_list("person_id", "joined_at") if at is not None}
    quarters: dict[dt.date, Arrived] = {}
    home: dict[int, Arrived] = {}
    for person, at in joined.items():
        day = at.astimezone(zone).date()
        start = day.replace(month=3 * ((day.month - 1) // 3) + 1, day=1)
        home[person] = quarters.setdefault(start, Arrived(start, set(), set(), set(), set()))
        home[person].joined.add(person)
    late = ends + AROUND
    posts = Post.objects.filter(network=network, published_at__gte=begins, published_at__lt=late)
    parts = ExchangePerson.objects.filter(
        took_place(network, begins, late, at="exchange"), exchange__network=network, left_at=None
    ).annotate(over=Coalesce("exchange__finished_at", "exchange__closed_at"))
    asked = Introduction.objects.filter(network=network, asked_at__gte=begins, asked_at__lt=late)
    for person, when in posts.order_by().values_list("author_id", "published_at").iterator(5000):
        _note(home, joined, person, when, "posted")
    for person, when in parts.order_by().values_list("person_id", "over").iterator(5000):
        _note(home, joined, person, when, "exchanged")
    for person, when in asked.order_by().values_list("initiator_id", "asked_at").iterator(5000):
        _note(home, joined, person, when, "")
    return [quarters[start] for start in sorted(quarters)]


def _note(
    home: dict[int, Arrived], joined: dict[int, dt.datetime], person: int, at: dt.datetime | None, what: str
) -> None:
    if person not in home or at is None:
        return
    after = at - joined[person]
    if what and dt.timedelta() <= after <= FIRST_EXCHANGE_WITHIN:
        getattr(home[person], what).add(person)
    if A_YEAR <= after <= AROUND:
        home[person].stayed.add(person)


def first_year(network: Network) -> int:
    """Return the year in which the network began: that of its first exchange when it is older than its record."""
    first = Exchange.objects.filter(network=network).order_by("held_on").values_list("held_on", flat=True)
    held = first.exclude(held_on=None).first()
    began = network.created_at.year
    return max(min(began, held.year if held else began), clock.now().year - 60)

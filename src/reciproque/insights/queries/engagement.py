"""Who takes part, month after month; what was learned and used. Figures of a network, never of a person."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections import defaultdict

from reciproque.catalogue.models import Post
from reciproque.exchanges.models import ExchangePerson, Review
from reciproque.exchanges.rules import ExchangeState, Side, Used
from reciproque.insights.queries.acts import acts
from reciproque.insights.rules import FEWEST, FIRST_EXCHANGE_WITHIN, HOURS_SAVED, LATELY, WEEK, YEAR
from reciproque.kit import clock
from reciproque.networks.models import Membership, Network
from reciproque.networks.queries import count_eligible

MONTHS_SHOWN = 12


@dataclasses.dataclass(frozen=True)
class Engagement:
    """How many members did something in the year, among members and among all those whom the network is open to."""

    members: int
    acting: int
    eligible: int

    @property
    def rate(self) -> int | None:
        """In a hundred volunteers; None when those who act, or those who do not, are fewer than five."""
        return _percent(self.acting, self.members)

    @property
    def reach(self) -> int | None:
        """In a hundred of those the network is open to; None too where it would give back a rate that is not told."""
        return _percent(self.acting, self.eligible) if self.rate is not None else None


@dataclasses.dataclass(frozen=True)
class Cohort:
    """Those who joined in one month: how many, and in a hundred; None for what counts too few people."""

    month: dt.date
    joined: int | None
    posted: int | None
    exchanged: int | None
    acting: int | None


@dataclasses.dataclass(frozen=True)
class Productivity:
    """An estimate of hours saved in the year, by hypotheses said beside it; None for what would count fewer than five.

    Whoever reads chooses the hypotheses: with one hour each, a bound is a count, and the space between two bounds another.
    """

    learners: int | None
    used: int | None
    planned: int | None
    hypotheses: tuple[int, int, int]
    low: int | None
    central: int | None
    high: int | None


def _percent(part: int, whole: int) -> int | None:
    """Return a share in a hundred; None when the part, or what is left, counts fewer than five people."""
    return round(100 * part / whole) if FEWEST <= part <= whole - FEWEST else None


def _acts(network: Network, since: dt.datetime) -> dict[int, dt.datetime]:
    """Return who did something since then, and when last: posted, asked, exchanged, wrote, questioned, judged."""
    last: dict[int, dt.datetime] = {}
    for source in acts(network, since, clock.now() + dt.timedelta(microseconds=1)):
        for person, at in source.rows.values_list(source.person, source.at):
            last[person] = max(last.get(person, since), at or since)
    return last


def engagement_of(network: Network) -> Engagement:
    """Return the engagement of a network: members with at least one act in twelve months, out of all its members."""
    members = set(Membership.objects.current().filter(network=network).values_list("person_id", flat=True))
    acting = set(_acts(network, clock.now() - YEAR)) & members
    return Engagement(len(members), len(acting), count_eligible(network))


def cohorts_of(network: Network) -> list[Cohort]:
    """Return those who joined in each of the last twelve months, latest first: a cohort of fewer than five is not told."""
    now = clock.now()
    first = (now.date().replace(day=1) - dt.timedelta(days=31 * (MONTHS_SHOWN - 1))).replace(day=1)
    rows = Membership.objects.current().filter(network=network, joined_at__date__gte=first)
    months: dict[dt.date, dict[int, dt.datetime]] = defaultdict(dict)
    for person, joined in rows.values_list("person_id", "joined_at"):
        if joined is not None:
            months[joined.date().replace(day=1)][person] = joined
    people = [person for group in months.values() for person in group]
    posts = Post.objects.filter(network=network, author__in=people, published_at__isnull=False)
    posted = set(posts.values_list("author_id", flat=True))
    exchanged: dict[int, dt.datetime] = {}
    parts = ExchangePerson.objects.filter(
        exchange__network=network, person__in=people, left_at=None, exchange__finished_at__isnull=False
    )
    for person, finished in parts.values_list("person_id", "exchange__finished_at"):
        if finished is not None:
            exchanged[person] = min(exchanged.get(person, finished), finished)
    acting = {person for person, at in _acts(network, now - LATELY).items() if at >= now - LATELY}
    return [
        _cohort(month, group, posted, exchanged, acting)
        for month, group in sorted(months.items(), reverse=True)
    ]


def _cohort(
    month: dt.date,
    group: dict[int, dt.datetime],
    posted: set[int],
    exchanged: dict[int, dt.datetime],
    acting: set[int],
) -> Cohort:
    number = len(group)
    if number < FEWEST:
        return Cohort(month, None, None, None, None)
    early = sum(
        person in exchanged and exchanged[person] <= at + FIRST_EXCHANGE_WITHIN
        for person, at in group.items()
    )
    return Cohort(
        month,
        number,
        _percent(len(posted & set(group)), number),
        _percent(early, number),
        _percent(len(acting & set(group)), number),
    )


def productivity_of(network: Network, hours: tuple[int, int, int] = HOURS_SAVED) -> Productivity:
    """Estimate the hours saved in a year from what learners say they use already, or will; never more than a week each.

    Low and central: only what is used already. High: what is planned too. Nothing of what fewer than five people said,
    nor what a subtraction would give of it.
    """
    since = clock.now() - YEAR
    rows = Review.objects.filter(
        exchange__network=network,
        exchange__state=ExchangeState.CLOSED,
        side=Side.REQUESTER,
        written_at__gte=since,
    ).exclude(used="")
    used: dict[int, int] = defaultdict(int)
    planned: dict[int, int] = defaultdict(int)
    learners = set()
    for person, answer in rows.values_list("author_id", "used"):
        learners.add(person)
        used[person] += answer == Used.ALREADY
        planned[person] += answer == Used.PLANNED
    low, central, high = sorted(hours)
    users = {person for person in learners if used[person]}
    only_planning = {person for person in learners if planned[person]} - users
    used_told = len(users) >= FEWEST
    planned_told = len(only_planning) >= FEWEST
    # Those who said neither are what a subtraction would leave.
    counted = (users if used_told else set()) | (only_planning if planned_told else set())
    learners_told = len(learners - counted) >= FEWEST

    def saved(each: int, *, with_planned: bool) -> int:
        number = {person: used[person] + (planned[person] if with_planned else 0) for person in learners}
        return sum(min(WEEK, count * each) for count in number.values())

    return Productivity(
        learners=len(learners) if learners_told else None,
        used=sum(used.values()) if used_told else None,
        planned=sum(planned.values()) if planned_told else None,
        hypotheses=(low, central, high),
        low=saved(low, with_planned=False) if used_told else None,
        central=saved(central, with_planned=False) if used_told else None,
        high=saved(high, with_planned=True) if used_told and planned_told else None,
    )

"""The animators' pool: who may do what, what each holds and lately did, where they are on the way, and what is missing."""

from __future__ import annotations

import dataclasses
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from reciproque.circles.models import Circle
from reciproque.circles.rules import OVER
from reciproque.exchanges.models import ExchangePerson, Introduction
from reciproque.exchanges.rules import ExchangeState, IntroductionState, Side
from reciproque.gatherings.models import Gathering
from reciproque.gatherings.rules import GatheringState
from reciproque.initiatives.models import LaunchDay
from reciproque.initiatives.rules import DayState
from reciproque.insights.models import HelperInvitation
from reciproque.insights.rules import (
    HANDS_AT_ONCE,
    INVITED_AGAIN,
    LATELY,
    PLANNED_WITHIN,
    READY_EXCHANGES,
    trained_for,
)
from reciproque.kit import clock
from reciproque.networks.models import Membership, Network, PoolMember, RoleGrant
from reciproque.networks.queries import pool_of
from reciproque.networks.rules import Ability, Role
from reciproque.people.models import Person


@dataclasses.dataclass(frozen=True)
class PathStep:
    """One step of a training path, and whether it is behind them."""

    words: Any
    done: bool


@dataclasses.dataclass(frozen=True)
class Helper:
    """Someone of the pool."""

    row: PoolMember
    # what they hold now, whatever it is
    load: int
    # ability → how many they did lately
    lately: dict[str, int]
    trained: tuple[str, ...]
    away: bool
    # ability → the steps of its path
    paths: dict[str, list[PathStep]]

    @property
    def room(self) -> int:
        """How much more they may hold."""
        return 0 if self.away else max(0, self.row.at_most - self.load)


@dataclasses.dataclass(frozen=True)
class Need:
    """What is planned for one ability, and how much of it the pool can hold."""

    ability: str
    planned: int
    wanted: int
    held: int

    @property
    def missing(self) -> int:
        return max(0, self.wanted - self.held)


@dataclasses.dataclass(frozen=True)
class PoolState:
    """The pool today, and what it will not suffice for."""

    helpers: list[Helper]
    needs: list[Need]

    @property
    def short(self) -> list[Need]:
        """What is planned and cannot be held."""
        return [need for need in self.needs if need.missing]


def pool_state(network: Network) -> PoolState:
    """Return the pool of a network: each one's load and path, and what is planned that it cannot hold."""
    rows = pool_of(network)
    people = [row.person_id for row in rows]
    done, lately = _done_by(network, people)
    holding = _held_by(network, people)
    lived = lived_both_sides(network, people)
    away = Membership.objects.filter(network=network, person__in=people)
    away = away.exclude(pk__in=Membership.objects.available(clock.now()).values("pk"))
    gone = set(away.values_list("person_id", flat=True))
    helpers = [
        _helper(
            row,
            load=holding[row.person_id],
            done=done[row.person_id],
            lately=lately[row.person_id],
            lived=row.person_id in lived,
            away=row.person_id in gone,
        )
        for row in rows
    ]
    return PoolState(helpers, _needs(network, helpers))


def _helper(
    row: PoolMember, *, load: int, done: Counter[str], lately: Counter[str], lived: bool, away: bool
) -> Helper:
    trained = {ability for one in row.trainings.all() for ability in trained_for(one.subject)}
    paths = {
        ability: [
            PathStep(_("avoir vécu un échange de chaque côté"), lived),
            PathStep(_("suivre une formation"), ability in trained),
            PathStep(_("le faire une première fois, à deux"), done[ability] >= 1),
            PathStep(_("le faire à son tour, et montrer à quelqu’un"), done[ability] >= 3),
        ]
        for ability in row.abilities
        if ability in Ability.values
    }
    in_order = tuple(value for value in Ability.values if value in trained)
    return Helper(row, load, dict(lately), in_order, away, paths)


def _done_by(network: Network, people: list[int]) -> tuple[defaultdict[int, Any], defaultdict[int, Any]]:
    """Return what each did, ever and lately, by ability."""
    since = clock.now() - LATELY
    ever: defaultdict[int, Any] = defaultdict(Counter)
    late: defaultdict[int, Any] = defaultdict(Counter)
    accompanied = Introduction.objects.filter(network=network, mediator__in=people)
    sources: list[tuple[str, Any]] = [
        (Ability.MEDIATE, accompanied.values_list("mediator_id", "answered_at")),
        (
            Ability.FACILITATE,
            Circle.objects.filter(network=network, facilitator__in=people).values_list(
                "facilitator_id", "began_at"
            ),
        ),
        (
            Ability.FAIR,
            Gathering.objects.filter(network=network, planned_by__in=people).values_list(
                "planned_by_id", "opened_at"
            ),
        ),
        (
            Ability.LAUNCH,
            LaunchDay.objects.filter(frame__network=network, planned_by__in=people).values_list(
                "planned_by_id", "opened_at"
            ),
        ),
    ]
    for ability, rows in sources:
        for person, at in rows:
            if at is not None:
                ever[person][ability] += 1
                late[person][ability] += at >= since
    return ever, late


def _held_by(network: Network, people: list[int]) -> Counter[int]:
    """Return how many mediations and groups each holds now."""
    held: Counter[int] = Counter()
    open_ = Introduction.objects.filter(mediator__in=people, state=IntroductionState.ACCEPTED)
    held.update(dict(open_.order_by().values_list("mediator_id").annotate(n=Count("pk"))))
    groups = Circle.objects.exclude(state__in=OVER).filter(facilitator__in=people)
    held.update(dict(groups.order_by().values_list("facilitator_id").annotate(n=Count("pk"))))
    return held


def _needs(network: Network, helpers: list[Helper]) -> list[Need]:
    now = clock.now()
    until = now + PLANNED_WITHIN
    groups = Circle.objects.exclude(state__in=OVER).filter(network=network, facilitator=None).count()
    fairs = Gathering.objects.filter(
        network=network,
        state__in=[GatheringState.PLANNED, GatheringState.OPEN],
        starts_at__lte=until,
        ends_at__gte=now,
    ).count()
    days = LaunchDay.objects.filter(
        frame__network=network,
        state__in=[DayState.PLANNED, DayState.OPEN],
        starts_at__lte=until,
        ends_at__gte=now,
    ).count()
    waiting = 0
    if network.is_mediated:
        waiting = Introduction.objects.filter(
            network=network, mediated=True, mediator=None, state=IntroductionState.ACCEPTED
        ).count()
    able = {
        value: [one for one in helpers if value in one.row.abilities and not one.away]
        for value in Ability.values
    }
    return [
        Need(Ability.MEDIATE, waiting, waiting, sum(one.room for one in able[Ability.MEDIATE])),
        Need(Ability.FACILITATE, groups, groups, sum(one.room for one in able[Ability.FACILITATE])),
        Need(Ability.FAIR, fairs, HANDS_AT_ONCE if fairs else 0, len(able[Ability.FAIR])),
        Need(Ability.LAUNCH, days, HANDS_AT_ONCE if days else 0, len(able[Ability.LAUNCH])),
    ]


def lived_both_sides(network: Network, people: Iterable[int] | None = None, *, least: int = 2) -> set[int]:
    """Return who passed on and received, in so many closed exchanges at least."""
    rows = ExchangePerson.objects.filter(
        exchange__network=network, exchange__state=ExchangeState.CLOSED, left_at=None
    )
    if people is not None:
        rows = rows.filter(person__in=list(people))
    counted = (
        rows.order_by()
        .values("person_id")
        .annotate(
            given=Count("pk", filter=Q(side=Side.OFFERER)),
            received=Count("pk", filter=Q(side=Side.REQUESTER)),
        )
    )
    return {
        row["person_id"]
        for row in counted
        if row["given"] and row["received"] and row["given"] + row["received"] >= least
    }


def ready_to_help(network: Network, limit: int = 12) -> list[Person]:
    """Return members who lived enough exchanges on both sides to accompany others, by name; nobody asked this year."""
    since = clock.now() - INVITED_AGAIN
    lived = lived_both_sides(network, least=READY_EXCHANGES)
    inside = PoolMember.objects.filter(network=network, left_at=None).values("person")
    roles = RoleGrant.objects.held().filter(network=network, role__in=[Role.MEDIATOR, Role.ANIMATOR])
    invited = HelperInvitation.objects.filter(network=network, at__gt=since).values("person")
    rows = Membership.objects.available(clock.now()).filter(network=network, person__in=lived)
    rows = rows.exclude(person__in=inside).exclude(person__in=roles.values("person"))
    rows = rows.exclude(person__in=invited).select_related("person", "person__unit", "person__site")
    return [row.person for row in rows.order_by("person__last_name", "person__first_name", "pk")[:limit]]


def invited_to_help(network: Network, limit: int = 20) -> list[HelperInvitation]:
    """Return the invitations to help that nobody answered yet."""
    rows = HelperInvitation.objects.filter(network=network, answered_at=None)
    return list(rows.select_related("person", "person__unit", "person__site").order_by("-at")[:limit])

"""What the pages of working groups show: who is there, what mix they make, who may facilitate, what sessions taught."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections import Counter
from collections.abc import Mapping

from django.db.models import Count, Q

from reciproque.initiatives.models import CheckIn, Frame, WallSubject, WorkGroup, WorkGroupMember
from reciproque.initiatives.rules import (
    BRING_NAMES,
    MEAN_LEAST,
    MIX_LEAST,
    Bring,
    GroupState,
    kinds_brought,
    missing_words,
)
from reciproque.networks.queries import pool_of
from reciproque.networks.rules import Ability
from reciproque.people.models import Person


@dataclasses.dataclass(frozen=True)
class Mix:
    """How mixed a group is: how many of each kind, from which levels, sites and units; what is missing, in words."""

    members: int
    # (kind, its name, how many)
    kinds: list[tuple[str, str, int]]
    levels: dict[str, int]
    sites: dict[str, int]
    units: dict[str, int]
    missing: list[str]
    # Whether somebody sits beside their own manager: said without naming anyone.
    with_manager: bool

    @property
    def present(self) -> int:
        """How many of the kinds are there."""
        return kinds_brought({kind: n for kind, _name, n in self.kinds})

    @property
    def mixed(self) -> bool:
        return self.present >= MIX_LEAST


@dataclasses.dataclass(frozen=True)
class Helper:
    """Someone of the pool who facilitates groups: trained or not, how many groups they hold and may hold."""

    person: Person
    trainings: list[str]
    availability: str
    load: int
    at_most: int

    @property
    def full(self) -> bool:
        return self.load >= self.at_most

    @property
    def trained(self) -> bool:
        return bool(self.trainings)


@dataclasses.dataclass(frozen=True)
class Session:
    """What was said after one session: two counts nobody is named in, and what was learned together."""

    on: dt.date
    voices: int
    # None under five answers.
    listened: float | None
    all_spoke: float | None
    collective: list[str]
    organisational: list[str]
    # Of the reader only.
    individual: str


def groups_of(frame: Frame) -> list[WorkGroup]:
    """Return the working groups of a learning network with their number of members, those at work first."""
    rows = WorkGroup.objects.filter(frame=frame).select_related("theme", "facilitator")
    rows = rows.annotate(people=Count("members", filter=Q(members__left_at=None)))
    order = [GroupState.WORKING, GroupState.FORMING, GroupState.RESTING, GroupState.ENDED]
    return sorted(rows, key=lambda group: order.index(GroupState(group.state)))


def members_of(group: WorkGroup) -> list[WorkGroupMember]:
    """Return who is of a group today."""
    rows = group.members.filter(left_at=None, person__is_active=True)
    return list(rows.select_related("person__unit", "person__site").order_by("joined_at", "pk"))


def membership_in(group: WorkGroup, person: Person) -> WorkGroupMember | None:
    """Return this person's place in a group, if they have one today."""
    return group.members.filter(person=person, left_at=None).first()


def my_groups(frame: Frame, person: Person) -> list[WorkGroup]:
    """Return the groups that this person belongs to or facilitates."""
    mine = WorkGroupMember.objects.filter(person=person, left_at=None).values("group")
    rows = WorkGroup.objects.filter(frame=frame).filter(Q(pk__in=mine) | Q(facilitator=person))
    return list(rows.exclude(state=GroupState.ENDED).order_by("made_at", "pk"))


def mix_of(group: WorkGroup) -> Mix:
    """Return the mix of a group, from what its members say that they bring and from the directory."""
    return mixes_of([group])[group.pk]


def mixes_of(groups: list[WorkGroup]) -> dict[int, Mix]:
    """Return the mix of several groups in two queries."""
    rows = WorkGroupMember.objects.filter(group__in=groups, left_at=None, person__is_active=True)
    members = list(rows.select_related("person__unit", "person__site"))
    people = {row.person_id for row in members}
    teams = Person.objects.present().filter(manager__in=people).order_by()
    managers = {pk for pk in teams.values_list("manager", flat=True) if pk is not None}
    return {
        group.pk: _mix([row for row in members if row.group_id == group.pk], managers) for group in groups
    }


def _mix(members: list[WorkGroupMember], managers: set[int]) -> Mix:
    brought: Counter[str] = Counter()
    levels: Counter[str] = Counter()
    sites: Counter[str] = Counter()
    units: Counter[str] = Counter()
    here = {row.person_id for row in members}
    for row in members:
        person = row.person
        kinds = set(row.brings)
        if row.person_id in managers:
            kinds.add(Bring.MANAGER)
        brought.update(kinds)
        if person.level:
            levels[person.get_level_display()] += 1
        if person.site:
            sites[person.site.name] += 1
        if person.unit:
            # The department, not the team: what people mean by "another unit".
            units[person.unit.path.split(" > ")[0]] += 1
    places: Mapping[str, Mapping[str, int]] = {"levels": levels, "sites": sites, "units": units}
    return Mix(
        members=len(members),
        kinds=[(kind.value, str(BRING_NAMES[kind]), brought[kind.value]) for kind in Bring],
        levels=dict(levels.most_common()),
        sites=dict(sites.most_common()),
        units=dict(units.most_common()),
        missing=missing_words(brought, places, len(members)),
        with_manager=any(row.person.manager_id in here for row in members),
    )


def facilitators_for(frame: Frame) -> list[Helper]:
    """Return those of the pool who facilitate groups: trained ones first, then those who hold the fewest."""
    led = WorkGroup.objects.filter(frame__network=frame.network_id, facilitator__isnull=False)
    led = led.exclude(state=GroupState.ENDED).order_by()
    load = dict(led.values_list("facilitator").annotate(n=Count("pk")))
    helpers = [
        Helper(
            person=row.person,
            trainings=[training.subject for training in row.trainings.all()],
            availability=row.availability,
            load=load.get(row.person_id, 0),
            at_most=row.at_most,
        )
        for row in pool_of(frame.network)
        if Ability.FACILITATE in row.abilities
    ]
    return sorted(helpers, key=lambda row: (row.full, not row.trained, row.load))


def _mean(values: list[int]) -> float | None:
    return round(sum(values) / len(values), 1) if len(values) >= MEAN_LEAST else None


def sessions_of(group: WorkGroup, viewer: Person, *, words: bool) -> list[Session]:
    """Return what was said after each session, the latest first; `words` only for those of the group.

    What somebody learned for themselves is shown to nobody else.
    """
    by_day: dict[dt.date, list[CheckIn]] = {}
    for row in CheckIn.objects.filter(group=group).order_by("-on", "pk"):
        by_day.setdefault(row.on, []).append(row)
    return [
        Session(
            on=on,
            voices=len(rows),
            listened=_mean([row.listened for row in rows]),
            all_spoke=_mean([row.all_spoke for row in rows]),
            collective=[row.collective for row in rows if words and row.collective],
            organisational=[row.organisational for row in rows if words and row.organisational],
            individual=next((row.individual for row in rows if row.person_id == viewer.pk), ""),
        )
        for on, rows in by_day.items()
    ]


def check_in_of(group: WorkGroup, person: Person, on: dt.date) -> CheckIn | None:
    """Return what this person said after the session of that day."""
    return CheckIn.objects.filter(group=group, person=person, on=on).first()


def subjects_behind(group: WorkGroup) -> list[WallSubject]:
    """Return the subjects of a launch day from which a group was born."""
    return list(group.subjects.select_related("day").order_by("pk"))

"""The committee: who it is, of whom what it owes is expected, its desk, and what is overdue, which all the network reads."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Collection, Iterable

from django.db.models import Avg, Count, Prefetch, Q

from reciproque.agenda.models import Step
from reciproque.agenda.rules import Verb
from reciproque.initiatives.access import on_committee, own_of
from reciproque.initiatives.models import (
    CommitteeMember,
    Experiment,
    Frame,
    HierarchyNote,
    Obstacle,
    PostureCheck,
    Proposal,
    Score,
    WorkGroup,
)
from reciproque.initiatives.rules import (
    MEAN_LEAST,
    ExperimentState,
    ObstacleState,
    ProposalState,
)
from reciproque.kit import clock
from reciproque.networks.models import Membership
from reciproque.people.models import Person

# What is owed to the network: late, all of it sees so.
PUBLIC_VERBS = (Verb.RESOLVE, Verb.SUPPORT, Verb.LIFT, Verb.DECIDE, Verb.CARRY)


def committee_of(frame: Frame) -> list[CommitteeMember]:
    """Return the committee of today, its chair first."""
    rows = CommitteeMember.objects.filter(on_committee(frame)).select_related("person__unit", "person__site")
    return sorted(rows, key=lambda row: (not row.chairs, row.pk))


def former_committee(frame: Frame) -> list[CommitteeMember]:
    """Return those who left the committee or whose mandate is over, latest first."""
    now = CommitteeMember.objects.filter(on_committee(frame)).values("pk")
    return list(frame.committee.exclude(pk__in=now).select_related("person").order_by("-since", "-pk"))


def away_from(frame: Frame, people: Collection[int]) -> set[int]:
    """Return which of these people are on pause in the network today."""
    paused = Membership.objects.filter(network=frame.network_id, person__in=people)
    return set(paused.filter(paused_until__gt=clock.now()).values_list("person_id", flat=True))


def expected_of(frame: Frame, own: Collection[int] = ()) -> Person | None:
    """Return of whom what the committee owes is expected; `own` are those who take no part.

    Its chair, else the first one present; the sponsor when nobody of it may answer; None: the animation team.
    """
    able = [row.person for row in committee_of(frame) if row.person_id not in own]
    away = away_from(frame, [person.pk for person in able]) if able else set()
    here = [person for person in able if person.pk not in away]
    if here:
        return here[0]
    if able:
        # They will be back: the animation team knows meanwhile that nobody answers.
        return None
    sponsor = frame.sponsor
    return sponsor if sponsor is not None and sponsor.is_active and sponsor.pk not in own else None


@dataclasses.dataclass(frozen=True)
class Owed:
    """One thing that somebody owes the network: what, of whom it is expected, since when and by when."""

    verb: str
    label: str
    kind: str
    public_id: str
    title: str
    owner: Person | None
    asked_at: dt.datetime
    due_at: dt.datetime
    late: bool
    recused: tuple[str, ...] = ()


def owed_by(frame: Frame) -> list[Owed]:
    """Return all that the committee and those who carry out owe, soonest due first, exactly as the calendar says."""
    return _owed(frame, Step.objects.open())


def overdue(frame: Frame) -> list[Owed]:
    """Return what is past its due date, longest late first: every member of the network reads it."""
    return _owed(frame, Step.objects.overdue(clock.now()))


def _owed(frame: Frame, steps: Iterable[Step]) -> list[Owed]:
    now = clock.now()
    rows = (
        steps.filter(network=frame.network_id, verb__in=PUBLIC_VERBS)  # type: ignore[attr-defined]
        .select_related("owner")
        .order_by("due_at", "pk")
    )
    found = list(rows)
    recused = _recused(frame, {(row.subject_kind, row.subject_id) for row in found})
    return [
        Owed(
            verb=row.verb,
            label=str(Verb(row.verb).label),
            kind=row.subject_kind,
            public_id=row.subject_id,
            title=row.words,
            owner=row.owner,
            asked_at=row.opened_at,
            due_at=row.due_at,
            late=row.due_at < now,
            recused=recused.get(row.subject_id, ()),
        )
        for row in found
    ]


def _recused(frame: Frame, wanted: set[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """Who of the committee takes no part in what, because it is their own or their group's."""
    rows = CommitteeMember.objects.filter(on_committee(frame)).select_related("person").order_by("pk")
    names = {row.person_id: row.person.display_name for row in rows}
    found: dict[str, tuple[str, ...]] = {}
    for thing in _things(frame, wanted):
        own = own_of(thing)
        if told := tuple(name for pk, name in names.items() if pk in own):
            found[thing.public_id] = told
    return found


def _things(frame: Frame, wanted: Collection[tuple[str, str]]) -> Iterable[Proposal | Experiment | Obstacle]:
    """Return these things with all that says whose they are, so that asking costs no more queries."""
    keys: dict[str, list[str]] = {}
    for kind, key in wanted:
        keys.setdefault(kind, []).append(key)
    group = Prefetch("group", WorkGroup.objects.prefetch_related("members"))
    trials = Experiment.objects.prefetch_related("owned_before", group)
    yield from frame.proposals.filter(public_id__in=keys.get("proposal", [])).prefetch_related(
        "authors", group
    )
    yield from trials.filter(frame=frame, public_id__in=keys.get("experiment", []))
    yield from frame.obstacles.filter(public_id__in=keys.get("obstacle", [])).prefetch_related(
        group, Prefetch("experiment", trials)
    )


@dataclasses.dataclass(frozen=True)
class Desk:
    """What waits for the committee, each with its due date, soonest first."""

    proposals: list[Proposal]
    to_carry: list[Proposal]
    obstacles: list[Obstacle]
    to_support: list[Experiment]
    to_decide: list[Experiment]
    late: list[Owed]
    notes: list[HierarchyNote]
    # What is the viewer's own, by public identifier: they take no part in what is answered to it.
    own: set[str]


def committee_desk(frame: Frame, viewer: Person) -> Desk:
    """Return the committee's desk as one of it reads it; `own` is that of which they are recused."""
    states = [ProposalState.SUBMITTED, ProposalState.DEFERRED, ProposalState.VALIDATED]
    rows = frame.proposals.filter(state__in=states).select_related("written_by", "theme", "group")
    scored = Count("scores", filter=Q(scores__person=viewer))
    proposals = list(rows.annotate(scored=scored).order_by("due_at", "pk"))
    waiting = frame.experiments.filter(state__in=[ExperimentState.ASKED, ExperimentState.MEASURED])
    experiments = list(waiting.select_related("owner", "theme", "group").order_by("due_at", "pk"))
    obstacles = list(
        frame.obstacles.filter(state=ObstacleState.OPEN)
        .select_related("raised_by", "group", "experiment")
        .order_by("due_at", "pk")
    )
    wanted = {(one.subject_kind, one.public_id) for one in (*proposals, *experiments, *obstacles)}
    own = {one.public_id for one in _things(frame, wanted) if viewer.pk in own_of(one)}
    return Desk(
        proposals=[one for one in proposals if one.state != ProposalState.VALIDATED],
        to_carry=[one for one in proposals if one.state == ProposalState.VALIDATED],
        obstacles=obstacles,
        to_support=[one for one in experiments if one.state == ExperimentState.ASKED],
        to_decide=[one for one in experiments if one.state == ExperimentState.MEASURED],
        late=overdue(frame),
        own=own,
        notes=list(
            frame.notes.filter(acknowledged_at=None, cancelled_at=None)
            .select_related("person", "written_by")
            .order_by("due_on", "pk")
        ),
    )


def notes_of(frame: Frame) -> list[HierarchyNote]:
    """Return the notes to the hierarchy: who is told what, when, and whether they acknowledged it."""
    return list(frame.notes.select_related("person", "written_by").order_by("-due_on", "-pk"))


def obstacles_of(frame: Frame, *, settled: bool | None = None) -> list[Obstacle]:
    """Return the obstacles (all, those open, or those settled), soonest due first."""
    rows = frame.obstacles.select_related("raised_by", "group", "experiment", "settled_by")
    if settled is not None:
        rows = rows.exclude(state=ObstacleState.OPEN) if settled else rows.filter(state=ObstacleState.OPEN)
    return list(rows.order_by("due_at", "pk"))


def scores_of(proposal: Proposal, viewer: Person) -> list[Score]:
    """Return what the committee thinks of a proposal: one's own only, until an answer is given to that version.

    Nothing to who is recused: what their colleagues think of their own is between those who answered.
    """
    if viewer.pk in own_of(proposal):
        return []
    rows = proposal.scores.select_related("person").order_by("pk")
    answered = proposal.answers.filter(version=proposal.version).exclude(kind="deferred").exists()
    return list(rows if answered else rows.filter(person=viewer))


@dataclasses.dataclass(frozen=True)
class Posture:
    """How the committee saw its own posture in one half-year: means out of four, and words without names."""

    season: str
    answers: int
    # None under five answers.
    listens: float | None
    lifts: float | None
    answered: float | None
    words: list[str]


def postures_of(frame: Frame, limit: int = 6) -> list[Posture]:
    """Return the committee's check-ins on its own posture, latest first; only how many, while too few answered."""
    rows = (
        PostureCheck.objects.filter(frame=frame)
        .values("season")
        .annotate(n=Count("pk"), a=Avg("listens"), b=Avg("lifts"), c=Avg("answers"))
        .order_by("-season")[:limit]
    )
    words: dict[str, list[str]] = {}
    said = PostureCheck.objects.filter(frame=frame).exclude(words="").order_by("words")
    for season, text in said.values_list("season", "words"):
        words.setdefault(season, []).append(text)
    return [
        Posture(row["season"], row["n"], row["a"], row["b"], row["c"], words.get(row["season"], []))
        if row["n"] >= MEAN_LEAST
        else Posture(row["season"], row["n"], None, None, None, [])
        for row in rows
    ]

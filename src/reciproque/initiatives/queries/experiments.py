"""Experiments as pages show them: lists, one with its whole story, the lessons learned."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections import Counter
from pathlib import Path

from django.conf import settings
from django.db.models import Count, Prefetch, Q
from django.utils.translation import gettext as _

from reciproque.agenda.models import Step
from reciproque.initiatives.models import (
    Checkpoint,
    CriteriaVersion,
    Experiment,
    Follower,
    Frame,
    LogEntry,
    Obstacle,
    Proposal,
)
from reciproque.initiatives.rules import Decision, ExperimentState
from reciproque.people.models import Person


def picture_folder() -> Path:
    """Return the folder of the pictures of journals: outside what the web server shows."""
    return Path(settings.DATA) / "initiatives"


def picture_path(entry: LogEntry) -> Path | None:
    """Return where the picture of a page of a journal is kept, if there is one."""
    return picture_folder() / entry.picture if entry.picture else None


def experiments_of(
    frame: Frame, viewer: Person, *, state: str = "", theme: str = "", group: str = ""
) -> list[Experiment]:
    """Return the experiments of a learning network, latest first, narrowed by state, theme or group."""
    rows = Experiment.objects.visible_to(viewer).filter(frame=frame)
    if state:
        rows = rows.filter(state=state)
    if theme:
        rows = rows.filter(theme__public_id=theme)
    if group:
        rows = rows.filter(group__public_id=group)
    points = Count("checkpoints", distinct=True)
    done = Count("checkpoints", filter=Q(checkpoints__done_at__isnull=False), distinct=True)
    rows = rows.select_related("owner", "theme", "group").annotate(points=points, points_done=done)
    return list(rows.order_by("-written_at", "-pk"))


@dataclasses.dataclass(frozen=True)
class Moment:
    """One event of the picture of an experiment's time: when, what, and what kind of thing it is."""

    at: dt.datetime | dt.date
    kind: str
    label: str
    words: str = ""
    done: bool = True


@dataclasses.dataclass(frozen=True)
class Story:
    """All that the page of an experiment shows."""

    experiment: Experiment
    checkpoints: list[Checkpoint]
    log: list[LogEntry]
    versions: list[CriteriaVersion]
    obstacles: list[Obstacle]
    proposals: list[Proposal]
    steps: list[Step]
    follows: bool
    followers: int
    timeline: list[Moment]


def story_of(experiment: Experiment, viewer: Person) -> Story:
    """Return an experiment with its checkpoints, journal, former criteria, obstacles, proposals and what is expected."""
    checkpoints = list(experiment.checkpoints.all())
    log = list(experiment.log.select_related("author"))
    versions = list(experiment.criteria_versions.select_related("by"))
    followers = set(Follower.objects.filter(experiment=experiment).values_list("person_id", flat=True))
    return Story(
        experiment=experiment,
        checkpoints=checkpoints,
        log=log,
        versions=versions,
        obstacles=list(experiment.obstacles.select_related("raised_by", "settled_by")),
        proposals=list(Proposal.objects.visible_to(viewer).filter(experiments=experiment)),
        steps=list(Step.objects.about(experiment).open().select_related("owner", "network")),
        follows=viewer.pk in followers,
        followers=len(followers),
        timeline=_timeline(experiment, checkpoints, versions),
    )


def _timeline(
    experiment: Experiment, checkpoints: list[Checkpoint], versions: list[CriteriaVersion]
) -> list[Moment]:
    moments = [Moment(experiment.written_at, "written", _("écrite"))]
    if experiment.started_at is not None:
        moments.append(Moment(experiment.started_at, "started", _("commence, critères arrêtés")))
    elif experiment.starts_on is not None:
        moments.append(Moment(experiment.starts_on, "started", _("commence"), done=False))
    moments += [
        Moment(
            one.done_at or one.due_on, "checkpoint", _("point d’étape"), one.words, one.done_at is not None
        )
        for one in checkpoints
    ]
    moments += [Moment(one.at, "criteria", _("critères changés"), one.reason) for one in versions]
    if experiment.measured_at is not None:
        moments.append(Moment(experiment.measured_at, "measured", _("mesurée"), experiment.result_value))
    elif experiment.ends_on is not None and experiment.state != ExperimentState.DROPPED:
        moments.append(Moment(experiment.ends_on, "measured", _("fin prévue"), done=False))
    if experiment.decided_at is not None:
        label = str(Decision(experiment.decision).label)
        moments.append(Moment(experiment.decided_at, "decided", label, experiment.lesson))
    return sorted(moments, key=lambda one: (_day(one.at), not one.done))


def _day(at: dt.datetime | dt.date) -> dt.date:
    return at.date() if isinstance(at, dt.datetime) else at


def lessons_of(frame: Frame, limit: int = 50) -> list[Experiment]:
    """Return the experiments decided, latest first, each with its lesson: stopping with one is a success of learning."""
    rows = frame.experiments.filter(state=ExperimentState.DECIDED).select_related("owner", "theme", "group")
    return list(rows.order_by("-decided_at", "-pk")[:limit])


@dataclasses.dataclass(frozen=True)
class Balance:
    """How many results and experiments serve a direct gain or the longer term, customers or employees."""

    horizons: dict[str, int]
    served: dict[str, int]


def balance_of(frame: Frame) -> Balance:
    """Return the balance of what is expected: horizon by horizon, and whom it serves."""
    rows = list(frame.results.filter(withdrawn_at=None).values_list("horizon", "tied_to"))
    return Balance(
        dict(Counter(horizon for horizon, _tied in rows)), dict(Counter(tied for _horizon, tied in rows))
    )


def running_experiments(frame: Frame) -> list[Experiment]:
    """Return the experiments being run, with their checkpoints to come, those that end soonest first."""
    coming = Prefetch("checkpoints", Checkpoint.objects.filter(done_at=None), to_attr="coming")
    rows = frame.experiments.filter(state=ExperimentState.RUNNING).select_related("owner", "theme", "group")
    return list(rows.prefetch_related(coming).order_by("ends_on", "pk"))

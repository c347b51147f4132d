"""What stops a group or an experiment: the committee lifts it, or says why it stays."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from reciproque.initiatives.access import (
    can_write_experiment,
    in_work_group,
    recused_of,
)
from reciproque.initiatives.actions.owing import (
    check_answers,
    check_of_frame,
    expect_of_committee,
    hold_to_search,
    members_of,
    note,
    settle,
    text,
    title_of,
    within,
)
from reciproque.initiatives.models import (
    Experiment,
    Frame,
    Obstacle,
    WorkGroup,
)
from reciproque.initiatives.rules import (
    OBSTACLE_DAYS,
    WORDS_MAX,
    ObstacleState,
)
from reciproque.kit import clock
from reciproque.kit.rows import move
from reciproque.people.models import Person


@transaction.atomic
def raise_obstacle(
    frame: Frame,
    *,
    by: Person,
    words: str,
    group: WorkGroup | None = None,
    experiment: Experiment | None = None,
) -> Obstacle:
    """Ask the committee to lift what stops a group or an experiment: it answers by a date, with reasons."""
    hold_to_search(frame, by)
    check_of_frame(frame, group=group, experiment=experiment)
    theirs = (group is not None and in_work_group(by, group)) or (
        experiment is not None and can_write_experiment(by, experiment)
    )
    if not (theirs or (group is None and experiment is None)):
        raise PermissionDenied
    words = text(words, WORDS_MAX, "words", missing=_("Dites ce qui empêche d’avancer."))
    obstacle = Obstacle.objects.create(
        frame=frame,
        group=group,
        experiment=experiment,
        words=words,
        raised_by=by,
        raised_at=clock.now(),
        due_at=within(frame, OBSTACLE_DAYS),
    )
    step = expect_of_committee(obstacle)
    note("obstacle.raised", obstacle, by, [step.owner] if step and step.owner else [])
    return obstacle


@transaction.atomic
def settle_obstacle(obstacle: Obstacle, *, by: Person, lifted: bool, reasons: str) -> Obstacle:
    """Say that an obstacle is lifted, or why it stays: in both cases with reasons."""
    check_answers(obstacle, by)
    reasons = text(reasons, WORDS_MAX, "reasons", missing=_("Dites ce qui a été décidé, et pourquoi."))
    move(
        obstacle,
        ObstacleState.LIFTED if lifted else ObstacleState.STAYS,
        since=[ObstacleState.OPEN],
        reasons=reasons,
        settled_by=by,
        settled_at=clock.now(),
    )
    obstacle.recused.set(recused_of(obstacle))
    settle(obstacle)
    people = [obstacle.raised_by, *members_of(obstacle.group)]
    note("obstacle.settled", obstacle, by, people, title=title_of(obstacle), lifted=lifted)
    return obstacle

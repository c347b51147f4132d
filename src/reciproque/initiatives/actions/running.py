"""Field experiments once they start: criteria frozen, checkpoints, a journal, a result, a decision, always a lesson."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from reciproque.agenda.rules import Verb
from reciproque.initiatives.access import can_write_experiment, recused_of
from reciproque.initiatives.actions.experiments import (
    OVER,
    S,
    check_complete,
    expect_next,
    people_of,
)
from reciproque.initiatives.actions.owing import (
    check_answers,
    choice,
    expect_of_committee,
    line,
    note,
    settle,
    text,
    today,
    within,
)
from reciproque.initiatives.actions.pictures import keep_picture
from reciproque.initiatives.models import Checkpoint, CriteriaVersion, Experiment, LogEntry
from reciproque.initiatives.rules import (
    CHECKPOINTS_MOST,
    DECIDE_DAYS,
    LINE_MAX,
    WORDS_MAX,
    Decision,
    Met,
)
from reciproque.kit import clock
from reciproque.kit.rows import move
from reciproque.people.models import Person


@transaction.atomic
def start_experiment(experiment: Experiment, *, by: Person) -> Experiment:
    """Start a supported experiment: from now on its criteria are frozen."""
    if not can_write_experiment(by, experiment):
        raise PermissionDenied
    check_complete(Experiment.objects.select_for_update().get(pk=experiment.pk))
    now = clock.now()
    move(
        experiment,
        S.RUNNING,
        since=[S.READY],
        sentence=_("L’expérimentation commence quand le comité l’a soutenue."),
        started_at=now,
        frozen_at=now,
    )
    expect_next(experiment)
    note("experiment.started", experiment, by, people_of(experiment))
    return experiment


@transaction.atomic
def change_criteria(experiment: Experiment, *, by: Person, criteria: str, reason: str) -> Experiment:
    """Change the criteria of success, saying why: the old ones stay in sight. Never once the result is known."""
    if not can_write_experiment(by, experiment):
        raise PermissionDenied
    criteria = text(criteria, WORDS_MAX, "criteria", missing=_("Écrivez les critères de réussite."))
    reason = line(reason, LINE_MAX, "reason", missing=_("Dites pourquoi les critères changent."))
    fresh = Experiment.objects.select_for_update().get(pk=experiment.pk)
    if fresh.state in (S.MEASURED, S.DECIDED):
        raise ValidationError(_("Le résultat est connu : les critères ne changent plus."))
    if fresh.state not in (S.ASKED, S.READY, S.RUNNING):
        raise ValidationError(_("Tant que c’est un brouillon, changez directement le texte."))
    if criteria == fresh.criteria:
        return experiment
    CriteriaVersion.objects.create(
        experiment=experiment, criteria=fresh.criteria, reason=reason, by=by, at=clock.now()
    )
    Experiment.objects.filter(pk=experiment.pk).update(criteria=criteria)
    experiment.criteria = criteria
    note("experiment.criteria_changed", experiment, by, people_of(experiment), reason=reason)
    return experiment


@transaction.atomic
def add_checkpoint(experiment: Experiment, *, by: Person, due_on: dt.date, words: str = "") -> Checkpoint:
    """Plan a day on which to look at an experiment."""
    if not can_write_experiment(by, experiment):
        raise PermissionDenied
    if experiment.state in (S.MEASURED, *OVER):
        raise ValidationError(_("L’expérimentation est mesurée : il n’y a plus de point à prévoir."))
    if due_on < today():
        raise ValidationError({"due_on": _("Cette date est passée. Choisissez un jour à venir.")})
    if experiment.ends_on and due_on > experiment.ends_on:
        raise ValidationError({"due_on": _("C’est après la fin de l’expérimentation.")})
    if experiment.checkpoints.count() >= CHECKPOINTS_MOST:
        raise ValidationError(_("%(n)s points d’étape au plus.") % {"n": CHECKPOINTS_MOST})
    point = Checkpoint.objects.create(
        experiment=experiment, due_on=due_on, words=text(words, WORDS_MAX, "words")
    )
    if experiment.state == S.RUNNING:
        expect_next(experiment)
    return point


@transaction.atomic
def do_checkpoint(checkpoint: Checkpoint, *, by: Person, words: str) -> Checkpoint:
    """Say what was seen at a checkpoint."""
    experiment = checkpoint.experiment
    if not can_write_experiment(by, experiment):
        raise PermissionDenied
    if experiment.state != S.RUNNING:
        raise ValidationError(_("L’expérimentation n’est pas en cours."))
    words = text(words, WORDS_MAX, "words", missing=_("Dites ce que vous avez vu."))
    now = clock.now()
    if not Checkpoint.objects.filter(pk=checkpoint.pk, done_at=None).update(done_at=now, words=words):
        raise ValidationError(_("Ce point d’étape est déjà fait."))
    checkpoint.done_at, checkpoint.words = now, words
    expect_next(experiment)
    note("experiment.checked", experiment, by)
    return checkpoint


@transaction.atomic
def write_log(
    experiment: Experiment, *, by: Person, words: str, picture: Any = None, picture_words: str = ""
) -> LogEntry:
    """Add a page to an experiment's journal, with a picture (a readable file) and what it shows in words."""
    if not can_write_experiment(by, experiment):
        raise PermissionDenied
    if experiment.state not in (S.READY, S.RUNNING, S.MEASURED):
        raise ValidationError(_("Le journal s’écrit pendant l’expérimentation."))
    words = text(words, WORDS_MAX, "words", missing=_("Écrivez ce qui s’est passé."))
    said = line(picture_words, LINE_MAX, "picture_words")
    if picture is not None and not said:
        raise ValidationError({"picture_words": _("Dites en quelques mots ce que montre l’image.")})
    stored = keep_picture(picture) if picture is not None else ""
    return LogEntry.objects.create(
        experiment=experiment,
        author=by,
        words=words,
        picture=stored,
        picture_words=said if stored else "",
        at=clock.now(),
    )


@transaction.atomic
def measure_experiment(
    experiment: Experiment, *, by: Person, result_value: str, result: str, met: str
) -> Experiment:
    """Write the result, and whether the criteria written beforehand are met; the decision is then the committee's."""
    if not can_write_experiment(by, experiment):
        raise PermissionDenied
    choice(met, Met, "met")
    value = line(result_value, 60, "result_value", missing=_("Écrivez la valeur mesurée."))
    words = text(result, WORDS_MAX, "result", missing=_("Dites ce qui a été constaté."))
    move(
        experiment,
        S.MEASURED,
        since=[S.RUNNING],
        sentence=_("On mesure une expérimentation en cours."),
        result_value=value,
        result=words,
        met=met,
        measured_at=clock.now(),
        due_at=within(experiment.frame, DECIDE_DAYS),
    )
    settle(experiment, Verb.RUN)
    step = expect_of_committee(experiment)
    people = [*people_of(experiment), *([step.owner] if step and step.owner else [])]
    note("experiment.measured", experiment, by, people, met=met)
    return experiment


@transaction.atomic
def decide_experiment(experiment: Experiment, *, by: Person, decision: str, lesson: str) -> Experiment:
    """Decide what follows an experiment (adopt, adapt, widen, stop) and write its lesson, whatever the result."""
    check_answers(experiment, by)
    choice(decision, Decision, "decision")
    lesson = text(lesson, WORDS_MAX, "lesson", missing=_("Écrivez ce qu’on en retient."))
    move(
        experiment,
        S.DECIDED,
        since=[S.MEASURED],
        decision=decision,
        lesson=lesson,
        decided_at=clock.now(),
        decided_by=by,
        due_at=None,
    )
    experiment.recused.add(*recused_of(experiment))
    settle(experiment)
    note("experiment.decided", experiment, by, people_of(experiment), decision=decision)
    return experiment

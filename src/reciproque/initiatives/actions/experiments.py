"""Field experiments before they start: written, supported, handed over or dropped."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from reciproque.agenda.rules import StepState, Verb
from reciproque.initiatives.access import (
    can_frame,
    can_write_experiment,
    recused_of,
)
from reciproque.initiatives.actions.owing import (
    check_answers,
    check_known,
    check_member,
    check_of_frame,
    check_own_group,
    choice,
    evening_of,
    expect,
    expect_of_committee,
    hold_to_search,
    line,
    members_of,
    note,
    once,
    settle,
    text,
    today,
    within,
)
from reciproque.initiatives.models import (
    ExpectedResult,
    Experiment,
    Frame,
    Problem,
    WorkGroup,
)
from reciproque.initiatives.rules import (
    DRAFT_DAYS,
    LINE_MAX,
    READY_DAYS,
    SUPPORT_DAYS,
    TITLE_MAX,
    WORDS_MAX,
    ExperimentState,
    TiedTo,
)
from reciproque.kit import clock
from reciproque.kit.rows import move
from reciproque.people.models import Person

S = ExperimentState
NOT_STARTED = [S.DRAFT, S.ASKED, S.READY]
OVER = [S.DECIDED, S.DROPPED]
LIMITS = {
    "hypothesis": WORDS_MAX,
    "where": LINE_MAX,
    "with_whom": LINE_MAX,
    "consent": WORDS_MAX,
    "measure": LINE_MAX,
    "start_value": 60,
    "criteria": WORDS_MAX,
    "budget": LINE_MAX,
}
# What may still change while the committee reads, and until the start: where, with whom, when.
PRACTICAL = {"where", "with_whom", "consent", "starts_on", "ends_on"}


@transaction.atomic
def draft_experiment(
    frame: Frame,
    *,
    by: Person,
    title: str,
    group: WorkGroup | None = None,
    theme: ExpectedResult | None = None,
    problem: Problem | None = None,
    key: str = "",
    **fields: Any,
) -> Experiment:
    """Begin to write an experiment; the same key twice gives the same one."""
    hold_to_search(frame, by)
    changes = _fields(frame, title=title, group=group, theme=theme, problem=problem, **fields)
    check_own_group(group, by)
    experiment, new = Experiment.objects.get_or_create(
        frame=frame, owner=by, key=once(key), defaults={**changes, "written_at": clock.now()}
    )
    if not new:
        return experiment
    _check_dates(experiment)
    expect(Verb.DRAFT, experiment, by, within(frame, DRAFT_DAYS))
    note("experiment.drafted", experiment, by)
    return experiment


def _fields(frame: Frame, **fields: Any) -> dict[str, Any]:
    changes: dict[str, Any] = {
        name: text(fields[name], most, name) for name, most in LIMITS.items() if name in fields
    }
    if "title" in fields:
        changes["title"] = line(
            fields["title"], TITLE_MAX, "title", missing=_("Donnez un titre à l’expérimentation.")
        )
    if "tied_to" in fields:
        changes["tied_to"] = choice(fields["tied_to"], TiedTo, "tied_to", blank=True)
    for name in ("starts_on", "ends_on"):
        if name in fields:
            changes[name] = fields[name]
    for name in ("group", "theme", "problem"):
        if name in fields:
            check_of_frame(frame, **{name: fields[name]})
            changes[name] = fields[name]
    check_known(fields, changes)
    return changes


def _check_dates(experiment: Experiment) -> None:
    starts, ends = experiment.starts_on, experiment.ends_on
    if starts and ends and ends < starts:
        raise ValidationError({"ends_on": _("La fin vient après le début.")})
    if ends and ends > today() + dt.timedelta(days=732):
        raise ValidationError({"ends_on": _("Choisissez une date dans les deux ans.")})


@transaction.atomic
def edit_experiment(experiment: Experiment, *, by: Person, **fields: Any) -> Experiment:
    """Change an experiment before it starts; once its support is asked, only where, with whom and when."""
    if not can_write_experiment(by, experiment):
        raise PermissionDenied
    fresh = Experiment.objects.select_for_update().get(pk=experiment.pk)
    if fresh.state not in NOT_STARTED:
        raise ValidationError(
            _(
                "L’expérimentation a commencé : seuls ses critères, en disant pourquoi, et sa date de fin changent "
                "encore."
            )
        )
    experiment.state = fresh.state
    changes = _fields(experiment.frame, **fields)
    changes = {name: value for name, value in changes.items() if getattr(experiment, name) != value}
    check_own_group(changes.get("group"), by)
    if experiment.state != S.DRAFT and set(changes) - PRACTICAL:
        raise ValidationError(
            _("Le comité lit cette version : seuls le lieu, les personnes et les dates changent encore.")
        )
    for name, value in changes.items():
        setattr(experiment, name, value)
    _check_dates(experiment)
    if experiment.state != S.DRAFT:
        # What the committee read was whole: it stays so.
        check_complete(experiment)
    if changes:
        rows = Experiment.objects.filter(pk=experiment.pk, state=experiment.state)
        if not rows.update(**changes):
            raise ValidationError(_("L’expérimentation a changé entre-temps. Rechargez la page."))
        if experiment.state == S.READY:
            _expect_start(experiment)
        note("experiment.edited", experiment, by)
    return experiment


@transaction.atomic
def ask_support(experiment: Experiment, *, by: Person) -> Experiment:
    """Ask the committee to support an experiment: all that makes it honest is written by then."""
    if not can_write_experiment(by, experiment):
        raise PermissionDenied
    frame = experiment.frame
    hold_to_search(frame, by)
    experiment.refresh_from_db()
    experiment.frame = frame
    check_complete(experiment)
    due_at = within(frame, SUPPORT_DAYS)
    move(experiment, S.ASKED, since=[S.DRAFT], due_at=due_at)
    settle(experiment, Verb.DRAFT)
    step = expect_of_committee(experiment)
    note("experiment.asked", experiment, by, [step.owner] if step and step.owner else [])
    return experiment


def check_complete(experiment: Experiment) -> None:
    asked: dict[str, Any] = {
        "hypothesis": _("Dites ce que vous pensez qu’il arrivera."),
        "where": _("Dites où cela se passera."),
        "with_whom": _("Dites avec qui."),
        "consent": _("Dites comment les personnes concernées ont donné leur accord."),
        "tied_to": _("Dites à quelle satisfaction cela tient."),
        "measure": _("Dites ce que vous mesurerez."),
        "start_value": _("Écrivez la valeur de départ."),
        "criteria": _("Écrivez les critères de réussite avant de commencer."),
        "starts_on": _("Choisissez quand cela commence."),
        "ends_on": _("Choisissez quand cela finit."),
    }
    missing = {name: sentence for name, sentence in asked.items() if not getattr(experiment, name)}
    if missing:
        raise ValidationError(missing)


@transaction.atomic
def answer_support(experiment: Experiment, *, by: Person, supported: bool, words: str = "") -> Experiment:
    """Say for the committee whether an experiment is supported; a no says why and gives it back to be written again."""
    check_answers(experiment, by)
    missing = None if supported else _("Dites pourquoi, et ce qui permettrait de la soutenir.")
    words = text(words, WORDS_MAX, "words", missing=missing)
    move(
        experiment,
        S.READY if supported else S.DRAFT,
        since=[S.ASKED],
        support_words=words,
        supported_by=by if supported else None,
        due_at=None,
    )
    experiment.recused.set(recused_of(experiment))
    settle(experiment, Verb.SUPPORT)
    if supported:
        _expect_start(experiment)
        note("experiment.supported", experiment, by, people_of(experiment))
    else:
        expect(Verb.DRAFT, experiment, experiment.owner, within(experiment.frame, DRAFT_DAYS))
        note("experiment.sent_back", experiment, by, people_of(experiment))
    return experiment


def people_of(experiment: Experiment) -> list[Person]:
    """Return who is told what becomes of an experiment: its owner, its group, those who follow it."""
    followers = [row.person for row in experiment.followers.select_related("person")]
    return [experiment.owner, *members_of(experiment.group), *followers]


def _expect_start(experiment: Experiment) -> None:
    soon = within(experiment.frame, READY_DAYS)
    due_at = max(soon, evening_of(experiment.starts_on)) if experiment.starts_on else soon
    expect(Verb.RUN, experiment, experiment.owner, due_at)


def expect_next(experiment: Experiment) -> None:
    """Expect of the owner of a running experiment its next checkpoint, or its end."""
    coming = experiment.checkpoints.filter(done_at=None).order_by("due_on").first()
    day = coming.due_on if coming is not None else experiment.ends_on or today()
    expect(Verb.RUN, experiment, experiment.owner, evening_of(day))


@transaction.atomic
def prolong_experiment(experiment: Experiment, *, by: Person, ends_on: dt.date) -> Experiment:
    """Give a running experiment until a later day: its checkpoints, and what is expected of its owner, follow."""
    if not can_write_experiment(by, experiment):
        raise PermissionDenied
    fresh = Experiment.objects.select_for_update().get(pk=experiment.pk)
    if fresh.state != S.RUNNING:
        raise ValidationError(_("On prolonge une expérimentation en cours."))
    if ends_on < today() or (fresh.ends_on is not None and ends_on <= fresh.ends_on):
        raise ValidationError({"ends_on": _("Choisissez un jour après la fin prévue.")})
    experiment.state, experiment.ends_on, experiment.starts_on = fresh.state, ends_on, fresh.starts_on
    _check_dates(experiment)
    Experiment.objects.filter(pk=experiment.pk).update(ends_on=ends_on)
    expect_next(experiment)
    note("experiment.edited", experiment, by)
    return experiment


@transaction.atomic
def drop_experiment(experiment: Experiment, *, by: Person) -> Experiment:
    """Give up an experiment that has not started; one that has is measured, and stopped with its lesson."""
    if not can_write_experiment(by, experiment):
        raise PermissionDenied
    if experiment.state in (S.RUNNING, S.MEASURED):
        raise ValidationError(
            _("Elle a commencé : écrivez ce qui a été constaté, puis arrêtez-la avec une leçon.")
        )
    move(experiment, S.DROPPED, since=NOT_STARTED, due_at=None)
    settle(experiment, outcome=StepState.RELEASED)
    note("experiment.dropped", experiment, by, people_of(experiment))
    return experiment


@transaction.atomic
def hand_experiment(experiment: Experiment, person: Person, *, by: Person) -> Experiment:
    """Give an experiment to another member, who answers for it from now on."""
    if not (can_write_experiment(by, experiment) or can_frame(by, experiment.frame)):
        raise PermissionDenied
    if experiment.state in OVER:
        raise ValidationError(_("Cette expérimentation est terminée."))
    check_member(person, experiment.frame)
    if experiment.owner_id == person.pk:
        return experiment
    # The key told two clicks of the same owner apart: it is theirs, not the next one's.
    former = experiment.owner
    Experiment.objects.filter(pk=experiment.pk).update(owner=person, key="")
    # It stays their own: handing it over does not let them judge it.
    experiment.owned_before.add(former)
    experiment.owner, experiment.key = person, ""
    expect_again(experiment)
    note("experiment.handed", experiment, by, [person], who=person.display_name)
    return experiment


def expect_again(experiment: Experiment) -> None:
    """Expect of the right person what an experiment waits for, as its state says."""
    if experiment.state == S.DRAFT:
        expect(Verb.DRAFT, experiment, experiment.owner, within(experiment.frame, DRAFT_DAYS))
    elif experiment.state == S.READY:
        _expect_start(experiment)
    elif experiment.state == S.RUNNING:
        expect_next(experiment)
    else:
        expect_of_committee(experiment)

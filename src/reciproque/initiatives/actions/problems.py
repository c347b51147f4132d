"""Questions from the management, and problems that groups take up by themselves."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from reciproque.agenda.actions import open_step
from reciproque.agenda.models import Step
from reciproque.agenda.rules import StepState, Verb
from reciproque.initiatives.access import can_frame, in_work_group, is_committee, may_search
from reciproque.initiatives.actions.owing import (
    check_of_frame,
    choice,
    hold_to_search,
    line,
    members_of,
    note,
    settle,
    text,
    unhurried,
    within,
)
from reciproque.initiatives.models import ExpectedResult, Frame, Problem, WorkGroup
from reciproque.initiatives.rules import (
    TAKE_DAYS,
    TITLE_MAX,
    WORDS_MAX,
    GroupState,
    ProblemKind,
    ProblemState,
)
from reciproque.kit import clock
from reciproque.kit.rows import move
from reciproque.people.models import Person

LIVE = [ProblemState.OPEN, ProblemState.TAKEN]


@transaction.atomic
def ask_problem(
    frame: Frame,
    *,
    by: Person,
    kind: str,
    title: str,
    words: str = "",
    theme: ExpectedResult | None = None,
    group: WorkGroup | None = None,
) -> Problem:
    """Ask a question (the committee, the sponsor, those who animate), or name a problem that one takes up.

    A question may be asked of a group, which takes it or not; a problem named with one's own group is taken at once.
    """
    choice(kind, ProblemKind, "kind")
    hold_to_search(frame, by)
    if kind == ProblemKind.QUESTION and not (can_frame(by, frame) or is_committee(by, frame)):
        raise PermissionDenied
    check_of_frame(frame, theme=theme, group=group)
    if group is not None and group.state == GroupState.ENDED:
        raise ValidationError({"group": _("Ce groupe a terminé son travail.")})
    if kind == ProblemKind.PROBLEM and group is not None and not in_work_group(by, group):
        raise ValidationError({"group": _("On ne prend un problème que pour un groupe dont on est.")})
    taken = kind == ProblemKind.PROBLEM and group is not None
    problem = Problem.objects.create(
        frame=frame,
        kind=kind,
        title=line(title, TITLE_MAX, "title", missing=_("Dites le problème en une phrase.")),
        words=text(words, WORDS_MAX, "words"),
        theme=theme,
        group=group,
        asked_by=by,
        asked_at=clock.now(),
        state=ProblemState.TAKEN if taken else ProblemState.OPEN,
    )
    if group is not None and not taken:
        _expect(problem, _speaker(group), unhurried(frame, within(frame, TAKE_DAYS)))
    note("problem.asked", problem, by, members_of(group), kind=kind)
    return problem


def _expect(problem: Problem, owner: Person | None, due_at: dt.datetime) -> None:
    open_step(
        Verb.TAKE,
        problem,
        network=problem.frame.network,
        owner=owner,
        due_at=due_at,
        words=problem.title,
    )


def _speaker(group: WorkGroup, but: Person | None = None) -> Person | None:
    """Return who says for a group whether it takes a question: who facilitates it, else the first of it."""
    if group.facilitator is not None and group.facilitator.is_active and group.facilitator != but:
        return group.facilitator
    members = group.members.filter(left_at=None, person__is_active=True).exclude(person=but)
    first = members.select_related("person").first()
    return first.person if first is not None else None


def hand_questions(frame: Frame, person: Person) -> None:
    """Expect of another of the group what someone who left was to say of a question asked of it."""
    steps = Step.objects.open().filter(network=frame.network_id, verb=Verb.TAKE, owner=person)
    due = dict(steps.values_list("subject_id", "due_at"))
    rows = frame.problems.filter(public_id__in=due, group__isnull=False)
    for problem in rows.select_related("frame__network", "group__facilitator"):
        settle(problem, Verb.TAKE, outcome=StepState.RELEASED)
        assert problem.group is not None
        _expect(problem, _speaker(problem.group, person), due[problem.public_id])


def ask_everybody(limit: int = 200) -> int:
    """Offer to all the groups the questions that the one asked said nothing of in time (by the clock)."""
    late = Step.objects.overdue(clock.now()).filter(verb=Verb.TAKE).order_by("due_at", "pk")
    keys = list(late.values_list("subject_id", flat=True)[:limit])
    rows = Problem.objects.filter(public_id__in=keys, state=ProblemState.OPEN)
    done = 0
    for problem in rows.select_related("frame__network", "asked_by", "group"):
        with transaction.atomic():
            if _free(problem):
                done += 1
    return done


def _free(problem: Problem) -> bool:
    group = problem.group
    rows = Problem.objects.filter(pk=problem.pk, state__in=LIVE, group=group)
    if group is None or not rows.update(state=ProblemState.OPEN, group=None):
        return False
    problem.state, problem.group = ProblemState.OPEN, None
    settle(problem, outcome=StepState.LAPSED)
    note("problem.freed", problem, None, [problem.asked_by], group=group.name)
    return True


@transaction.atomic
def take_problem(problem: Problem, *, by: Person, group: WorkGroup) -> Problem:
    """Take a question or a problem up for one's group."""
    check_of_frame(problem.frame, group=group)
    if not may_search(by, problem.frame) or not (in_work_group(by, group) or can_frame(by, problem.frame)):
        raise PermissionDenied
    if group.state == GroupState.ENDED:
        raise ValidationError({"group": _("Ce groupe a terminé son travail.")})
    taken = _("Un autre groupe s’en est déjà saisi.")
    move(problem, ProblemState.TAKEN, since=[ProblemState.OPEN], sentence=taken, group=group)
    settle(problem)
    note("problem.taken", problem, by, [problem.asked_by, *members_of(group)], group=group.name)
    return problem


@transaction.atomic
def answer_problem(problem: Problem, *, by: Person, answer: str) -> Problem:
    """Say what a group answers to the question, or what became of the problem."""
    if not (in_work_group(by, problem.group) or can_frame(by, problem.frame)):
        raise PermissionDenied
    answer = text(answer, WORDS_MAX, "answer", missing=_("Écrivez la réponse."))
    move(problem, ProblemState.ANSWERED, since=[ProblemState.TAKEN], answer=answer, settled_at=clock.now())
    note("problem.answered", problem, by, [problem.asked_by])
    return problem


@transaction.atomic
def set_aside(problem: Problem, *, by: Person, reasons: str) -> Problem:
    """Set a question or a problem aside, saying why: who asked it, its group or those who frame."""
    frame = problem.frame
    theirs = by.pk == problem.asked_by_id or in_work_group(by, problem.group)
    if not (theirs or can_frame(by, frame) or is_committee(by, frame)):
        raise PermissionDenied
    reasons = text(reasons, WORDS_MAX, "reasons", missing=_("Dites pourquoi on la laisse de côté."))
    move(problem, ProblemState.SET_ASIDE, since=LIVE, answer=reasons, settled_at=clock.now())
    settle(problem)
    note("problem.set_aside", problem, by, [problem.asked_by, *members_of(problem.group)])
    return problem


def close_problems(frame: Frame, reasons: str) -> None:
    """Set aside what is still open when the network ends."""
    now = clock.now()
    rows = frame.problems.filter(state__in=LIVE)
    for problem in rows:
        settle(problem, outcome=StepState.RELEASED)
    rows.update(state=ProblemState.SET_ASIDE, answer=reasons, settled_at=now)


def free_problems(group: WorkGroup) -> None:
    """Give back what a group that ends had taken, or been asked: any other may take it; who asked is told."""
    for problem in group.problems.filter(state__in=LIVE).select_related(
        "frame__network", "asked_by", "group"
    ):
        _free(problem)


@transaction.atomic
def merge_problems(kept: Problem, folded: Problem, *, by: Person) -> Problem:
    """Make one of two that say the same: the second leads to the first from then on."""
    check_of_frame(kept.frame, folded=folded)
    if not (can_frame(by, kept.frame) or is_committee(by, kept.frame)):
        raise PermissionDenied
    if kept.pk == folded.pk:
        raise ValidationError({"folded": _("Choisissez deux problèmes différents.")})
    if kept.state == ProblemState.MERGED:
        raise ValidationError(_("Ce problème est lui-même réuni à un autre."))
    if folded.group_id is not None and kept.group_id is not None and folded.group_id != kept.group_id:
        raise ValidationError(_("Deux groupes s’en sont saisis : qu’ils se parlent d’abord."))
    move(folded, ProblemState.MERGED, since=LIVE, merged_into=kept, settled_at=clock.now())
    settle(folded)
    # What was already folded into the second follows it.
    Problem.objects.filter(merged_into=folded).update(merged_into=kept)
    if kept.state == ProblemState.OPEN and folded.group is not None:
        move(kept, ProblemState.TAKEN, since=[ProblemState.OPEN], group=folded.group)
        settle(kept)
    people = [kept.asked_by, folded.asked_by, *members_of(folded.group)]
    note("problem.merged", folded, by, people, into=kept.public_id)
    return kept

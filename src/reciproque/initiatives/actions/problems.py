"""Questions from the management, and problems that groups take up by themselves."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from reciproque.initiatives.access import can_frame, in_work_group, is_committee, may_search
from reciproque.initiatives.actions.owing import check_of_frame, choice, line, note, text
from reciproque.initiatives.models import ExpectedResult, Frame, Problem, WorkGroup
from reciproque.initiatives.rules import TITLE_MAX, WORDS_MAX, ProblemKind, ProblemState
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
    if not may_search(by, frame):
        raise PermissionDenied
    if kind == ProblemKind.QUESTION and not (can_frame(by, frame) or is_committee(by, frame)):
        raise PermissionDenied
    check_of_frame(theme, frame, "theme")
    check_of_frame(group, frame, "group")
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
    note("problem.asked", problem, by, _people(group), kind=kind)
    return problem


def _people(group: WorkGroup | None) -> list[Person]:
    if group is None:
        return []
    return [row.person for row in group.members.filter(left_at=None).select_related("person")]


@transaction.atomic
def take_problem(problem: Problem, *, by: Person, group: WorkGroup) -> Problem:
    """Take a question or a problem up for one's group."""
    check_of_frame(group, problem.frame, "group")
    if not may_search(by, problem.frame) or not (in_work_group(by, group) or can_frame(by, problem.frame)):
        raise PermissionDenied
    taken = _("Un autre groupe s’en est déjà saisi.")
    move(problem, ProblemState.TAKEN, since=[ProblemState.OPEN], sentence=taken, group=group)
    note("problem.taken", problem, by, [problem.asked_by, *_people(group)], group=group.name)
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
    note("problem.set_aside", problem, by, [problem.asked_by, *_people(problem.group)])
    return problem


@transaction.atomic
def merge_problems(kept: Problem, folded: Problem, *, by: Person) -> Problem:
    """Make one of two that say the same: the second leads to the first from then on."""
    check_of_frame(folded, kept.frame, "folded")
    if not (can_frame(by, kept.frame) or is_committee(by, kept.frame)):
        raise PermissionDenied
    if kept.pk == folded.pk:
        raise ValidationError({"folded": _("Choisissez deux problèmes différents.")})
    if kept.state == ProblemState.MERGED:
        raise ValidationError(_("Ce problème est lui-même réuni à un autre."))
    if folded.group_id is not None and kept.group_id is not None and folded.group_id != kept.group_id:
        raise ValidationError(_("Deux groupes s’en sont saisis : qu’ils se parlent d’abord."))
    move(folded, ProblemState.MERGED, since=LIVE, merged_into=kept, settled_at=clock.now())
    # What was already folded into the second follows it.
    Problem.objects.filter(merged_into=folded).update(merged_into=kept)
    if kept.state == ProblemState.OPEN and folded.group is not None:
        move(kept, ProblemState.TAKEN, since=[ProblemState.OPEN], group=folded.group)
    people = [kept.asked_by, folded.asked_by, *_people(folded.group)]
    note("problem.merged", folded, by, people, into=kept.public_id)
    return kept

"""Questions of the management and problems that groups take up; those alike are found and folded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from reciproque.initiatives import actions
from reciproque.initiatives.models import Frame, Problem, WorkGroup
from reciproque.initiatives.queries import problems_alike, problems_of
from reciproque.initiatives.rules import Phase, ProblemState
from reciproque.people.models import Person


def ask(frame: Frame, by: Person, title: str = "L’attente au guichet le matin", **fields: Any) -> Problem:
    return actions.ask_problem(frame, by=by, **{"kind": "question", "title": title, **fields})


def test_questions_are_the_management_s_and_problems_everyone_s(
    working: Frame, everyone: dict[str, Person], verdict: Callable[[Callable[[], Any]], str]
) -> None:
    def said(kind: str) -> set[str]:
        return {
            name
            for name, by in everyone.items()
            if verdict(lambda by=by: ask(working, by, kind=kind)) == "yes"
        }

    assert said("question") == {"admin", "alice", "dora", "chloe", "emile"}
    assert said("problem") == {"admin", "alice", "dora", "chloe", "emile", "bob"}


def test_a_group_takes_a_question_up_and_answers_it(
    working: Frame, group: WorkGroup, dora: Person, bob: Person, chloe: Person
) -> None:
    problem = ask(working, dora)
    with pytest.raises(PermissionDenied):
        actions.take_problem(problem, by=chloe, group=group)
    actions.take_problem(problem, by=bob, group=group)
    with pytest.raises(ValidationError, match="déjà saisi"):
        actions.take_problem(problem, by=bob, group=group)
    with pytest.raises(ValidationError):
        actions.answer_problem(problem, by=bob, answer="")
    actions.answer_problem(problem, by=bob, answer="Deux guichets de plus de 8 h à 10 h")
    assert problem.state == ProblemState.ANSWERED


def test_a_group_s_own_problem_is_taken_at_once(
    working: Frame, group: WorkGroup, bob: Person, chloe: Person
) -> None:
    assert ask(working, bob, kind="problem", group=group).state == ProblemState.TAKEN
    with pytest.raises(ValidationError, match="un groupe dont on est"):
        ask(working, chloe, kind="problem", group=group)


def test_it_is_set_aside_with_a_reason(working: Frame, dora: Person, bob: Person) -> None:
    problem = ask(working, dora)
    with pytest.raises(PermissionDenied):
        actions.set_aside(problem, by=bob, reasons="Pas envie")
    with pytest.raises(ValidationError, match="pourquoi"):
        actions.set_aside(problem, by=dora, reasons="")
    actions.set_aside(problem, by=dora, reasons="Réglé par la nouvelle loi")
    assert problem.answer == "Réglé par la nouvelle loi"


def test_two_that_say_the_same_are_made_one(
    working: Frame, group: WorkGroup, dora: Person, bob: Person, alice: Person
) -> None:
    kept, folded = ask(working, dora), ask(working, bob, kind="problem", group=group)
    third = ask(working, dora, title="Encore l’attente")
    with pytest.raises(PermissionDenied):
        actions.merge_problems(kept, folded, by=bob)
    with pytest.raises(ValidationError, match="différents"):
        actions.merge_problems(kept, kept, by=alice)
    actions.merge_problems(folded, third, by=alice)
    actions.merge_problems(kept, folded, by=alice)
    third.refresh_from_db()

    # The group that had taken the second has the first; what was folded earlier follows.
    assert (kept.state, kept.group) == (ProblemState.TAKEN, group)
    assert third.merged_into == kept
    assert [(one, one.folded) for one in problems_of(working, bob)] == [(kept, 2)]
    with pytest.raises(ValidationError):
        actions.merge_problems(folded, ask(working, dora, title="Autre"), by=alice)


def test_those_alike_are_found(working: Frame, dora: Person, bob: Person) -> None:
    first = ask(working, dora, title="Réduire l’attente au guichet")
    ask(working, dora, title="Former les nouveaux facteurs à vélo")

    found = problems_alike(working, bob, "Réduire le temps d’attente au guichet")

    assert [problem for problem, _closeness in found] == [first]
    assert problems_alike(working, bob, "le") == []


@pytest.mark.parametrize("phase", [Phase.FRAME, Phase.PANEL, Phase.OVER])
def test_nobody_searches_before_the_themes_nor_after_the_end(
    phase: Phase, working: Frame, bob: Person, dora: Person
) -> None:
    Frame.objects.filter(pk=working.pk).update(
        phase=phase, vote_closes_at=working.opened_at, closed_at=working.opened_at
    )
    working.refresh_from_db()
    for by in (bob, dora):
        with pytest.raises(PermissionDenied):
            ask(working, by, kind="problem")

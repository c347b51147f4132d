"""Nothing waits for nobody: each state has an owner and a due date until its end, and what is late is on the calendar."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from reciproque.agenda.models import Step
from reciproque.agenda.rules import Verb
from reciproque.initiatives import actions
from reciproque.initiatives.models import Experiment, Frame, Proposal
from reciproque.initiatives.queries import overdue, owed_by
from reciproque.initiatives.rules import PROPOSAL_OVER, ExperimentState, ProposalState
from reciproque.kit import clock
from reciproque.networks.actions import leave_network, pause_membership
from reciproque.people.models import Person

MONDAY = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
EXPERIMENT_OVER = [ExperimentState.DECIDED, ExperimentState.DROPPED]
P, E = ProposalState, ExperimentState
# Who is expected to do what in each state: of Dora, who chairs the committee, or of Bob, who searches.
EXPECTED: dict[Any, tuple[Verb, str]] = {
    P.DRAFT: (Verb.DRAFT, "bob"),
    P.SUBMITTED: (Verb.RESOLVE, "dora"),
    P.REFRAMED: (Verb.REFRAME, "bob"),
    P.DEFERRED: (Verb.RESOLVE, "dora"),
    P.VALIDATED: (Verb.CARRY, "dora"),
    P.CARRYING: (Verb.CARRY, "bob"),
    E.DRAFT: (Verb.DRAFT, "bob"),
    E.ASKED: (Verb.SUPPORT, "dora"),
    E.READY: (Verb.RUN, "bob"),
    E.RUNNING: (Verb.RUN, "bob"),
    E.MEASURED: (Verb.DECIDE, "dora"),
}


def expected_now(thing: Any) -> list[Step]:
    return [step for step in Step.objects.about(thing).open() if step.verb != Verb.COSIGN]


@pytest.mark.parametrize("state", list(P))
def test_no_state_of_a_proposal_is_without_owner_and_due_date_until_its_end(
    state: P, make_proposal: Callable[..., Proposal], everyone: dict[str, Person]
) -> None:
    proposal = make_proposal(state.value)
    proposal.refresh_from_db()
    steps = expected_now(proposal)

    assert proposal.state == state
    if state in PROPOSAL_OVER:
        assert steps == []
        assert proposal.closed_at is not None
        return
    verb, who = EXPECTED[state]
    assert [(step.verb, step.owner) for step in steps] == [(verb, everyone[who])]
    assert steps[0].due_at > clock.now()
    if state in (P.SUBMITTED, P.DEFERRED, P.VALIDATED):
        assert steps[0].due_at == proposal.due_at


@pytest.mark.parametrize("state", [one for one in E if one != E.DROPPED])
def test_no_state_of_an_experiment_is_without_owner_and_due_date_until_its_end(
    state: E, make_trial: Callable[..., Experiment], everyone: dict[str, Person]
) -> None:
    trial = make_trial(state.value)
    trial.refresh_from_db()
    steps = expected_now(trial)

    assert trial.state == state
    if state in EXPERIMENT_OVER:
        assert steps == []
        return
    verb, who = EXPECTED[state]
    assert [(step.verb, step.owner) for step in steps] == [(verb, everyone[who])]
    assert steps[0].due_at > clock.now()
    if state in (E.ASKED, E.MEASURED):
        assert steps[0].due_at == trial.due_at


@pytest.mark.parametrize("state", ["draft", "asked", "ready"])
def test_an_experiment_dropped_before_it_starts_is_expected_of_nobody(
    state: str, make_trial: Callable[..., Experiment], bob: Person
) -> None:
    trial = make_trial(state)

    actions.drop_experiment(trial, by=bob)

    assert trial.state == E.DROPPED
    assert expected_now(trial) == []


def test_sent_back_an_experiment_is_its_owner_s_to_write_again(
    make_trial: Callable[..., Experiment], dora: Person, bob: Person
) -> None:
    trial = make_trial("asked")

    actions.answer_support(trial, by=dora, supported=False, words="Il manque une mesure de départ")

    assert [(step.verb, step.owner) for step in expected_now(trial)] == [(Verb.DRAFT, bob)]


def test_the_tables_refuse_what_waits_for_an_answer_without_a_date(
    make_proposal: Callable[..., Proposal], make_trial: Callable[..., Experiment]
) -> None:
    proposal, trial = make_proposal("submitted"), make_trial("asked")

    for rows, changes in (
        (Proposal.objects.filter(pk=proposal.pk), {"due_at": None}),
        (Experiment.objects.filter(pk=trial.pk), {"due_at": None}),
        (Proposal.objects.filter(pk=proposal.pk), {"state": P.CARRYING, "owner": None}),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**changes)


def test_what_is_overdue_is_exactly_what_the_calendar_says(
    working: Frame,
    make_proposal: Callable[..., Proposal],
    make_trial: Callable[..., Experiment],
    bob: Person,
    dora: Person,
) -> None:
    answer = make_proposal("submitted", title="Première")
    late_carry = make_proposal("validated", title="Deuxième")
    make_proposal("declined", title="Troisième")
    make_proposal("draft", title="Quatrième")
    support, decide = make_trial("asked"), make_trial("measured")
    obstacle = actions.raise_obstacle(working, by=bob, words="Pas de clé du local")
    owed = {one.public_id: one.due_at for one in (answer, late_carry, support, decide, obstacle)}

    assert {one.public_id: one.due_at for one in owed_by(working)} == owed
    assert overdue(working) == []
    # 18 h, the tenth working day: all that was due then is late, one second later, and not before.
    tenth = support.due_at
    assert tenth is not None
    with clock.at(tenth):
        assert overdue(working) == []
    with clock.at(tenth + dt.timedelta(seconds=1)):
        late = overdue(working)
        assert {one.public_id for one in late} == {key for key, due in owed.items() if due <= tenth}
        assert all(one.late and one.owner == dora for one in late)
    with clock.at(answer.due_at + dt.timedelta(days=1)):
        assert {one.public_id for one in overdue(working)} == set(owed)
        actions.answer_proposal(answer, by=dora, kind="declined", reasons="Trop cher pour ce que cela donne")
        assert {one.public_id for one in overdue(working)} == set(owed) - {answer.public_id}


def test_working_days_only_are_counted(make_proposal: Callable[..., Proposal]) -> None:
    # Twenty working days from Monday 2 March 2026, 18 h in Paris.
    assert make_proposal("submitted").due_at == dt.datetime(2026, 3, 30, 16, tzinfo=dt.UTC)


def test_a_deferred_proposal_comes_back_on_its_day(
    make_proposal: Callable[..., Proposal], working: Frame, dora: Person
) -> None:
    proposal = make_proposal("deferred")
    [step] = expected_now(proposal)

    assert step.due_at == dt.datetime(2026, 4, 11, 16, tzinfo=dt.UTC)
    with clock.at(step.due_at + dt.timedelta(hours=1)):
        assert [one.public_id for one in overdue(working)] == [proposal.public_id]
        actions.answer_proposal(proposal, by=dora, kind="validated", reasons="Le budget est là")
        assert overdue(working) == []


# -- the protected period


def test_nothing_is_due_from_those_who_search_before_the_end_of_the_protected_period(
    working: Frame,
    alice: Person,
    bob: Person,
    make_proposal: Callable[..., Proposal],
    make_trial: Callable[..., Experiment],
) -> None:
    until = dt.date(2026, 9, 1)
    before = make_proposal("draft", title="Écrite avant")
    actions.edit_frame(working, by=alice, protected_until=until)
    things = [
        before,
        make_proposal("draft"),
        make_proposal("reframed"),
        make_trial("ready"),
        make_trial("running"),
    ]
    end = dt.datetime(2026, 9, 1, 16, tzinfo=dt.UTC)

    for thing in things:
        [step] = expected_now(thing)
        assert step.due_at >= end, thing
    # Those who must answer are bound all the same.
    [step] = expected_now(make_proposal("submitted"))
    assert step.due_at < end


# -- of whom it is expected


def test_what_is_the_chair_s_own_is_expected_of_the_next_one(
    make_proposal: Callable[..., Proposal], dora: Person, chloe: Person, working: Frame
) -> None:
    proposal = make_proposal("submitted", by=dora)

    assert [step.owner for step in expected_now(proposal)] == [chloe]
    assert [one.recused for one in owed_by(working)] == [(dora.display_name,)]


def test_what_is_everyone_s_own_is_expected_of_the_sponsor(
    make_proposal: Callable[..., Proposal], dora: Person, chloe: Person, emile: Person
) -> None:
    proposal = make_proposal("draft", by=dora)
    actions.invite_author(proposal, chloe, by=dora)
    actions.answer_invitation(proposal, by=chloe, accept=True)
    actions.submit_proposal(proposal, by=dora)

    assert [step.owner for step in expected_now(proposal)] == [emile]
    actions.answer_proposal(proposal, by=emile, kind="declined", reasons="Le siège ne suivra pas")
    assert proposal.state == P.DECLINED


def test_a_committee_member_who_signs_after_it_was_submitted_hands_it_on(
    make_proposal: Callable[..., Proposal], bob: Person, dora: Person, chloe: Person
) -> None:
    proposal = make_proposal("submitted")
    due = proposal.due_at
    actions.invite_author(proposal, dora, by=bob)

    actions.answer_invitation(proposal, by=dora, accept=True)

    assert [(step.owner, step.due_at) for step in expected_now(proposal)] == [(chloe, due)]


def test_the_promise_does_not_move_when_the_chair_leaves_or_changes(
    make_proposal: Callable[..., Proposal],
    working: Frame,
    committee: list[Any],
    alice: Person,
    dora: Person,
    chloe: Person,
    emile: Person,
) -> None:
    proposal = make_proposal("submitted")
    due = proposal.due_at

    actions.name_chair(committee[1], by=dora)
    assert [(step.owner, step.due_at) for step in expected_now(proposal)] == [(chloe, due)]
    actions.leave_committee(committee[1], by=chloe)
    assert [(step.owner, step.due_at) for step in expected_now(proposal)] == [(dora, due)]
    actions.leave_committee(committee[0], by=alice)
    assert [(step.owner, step.due_at) for step in expected_now(proposal)] == [(emile, due)]


def test_the_promise_does_not_move_when_the_chair_is_away(
    make_proposal: Callable[..., Proposal],
    working: Frame,
    dora: Person,
    chloe: Person,
    member: Any,
    run_reactions: Callable[[], int],
) -> None:
    proposal = make_proposal("submitted")
    due = proposal.due_at

    pause_membership(member(dora), by=dora, until=clock.now() + dt.timedelta(days=30))
    run_reactions()
    assert [(step.owner, step.due_at) for step in expected_now(proposal)] == [(chloe, due)]
    # Both away: the animation team sees it, at the same date.
    pause_membership(member(chloe), by=chloe, until=clock.now() + dt.timedelta(days=30))
    run_reactions()
    assert [(step.owner, step.due_at) for step in expected_now(proposal)] == [(None, due)]
    with clock.at(MONDAY + dt.timedelta(days=31)):
        actions.seat_all_again()
    assert [(step.owner, step.due_at) for step in expected_now(proposal)] == [(dora, due)]


def test_a_mandate_that_ends_hands_on_what_was_expected(
    working: Frame, alice: Person, bob: Person, dora: Person, make_proposal: Callable[..., Proposal]
) -> None:
    member = actions.join_committee(working, by=alice, person=bob, until=dt.date(2026, 3, 10), chairs=True)
    proposal = make_proposal("submitted", by=alice)
    assert member.chairs
    assert [step.owner for step in expected_now(proposal)] == [bob]

    with clock.at(MONDAY + dt.timedelta(days=9)):
        actions.seat_all_again()

    assert [step.owner for step in expected_now(proposal)] == [dora]


@pytest.mark.parametrize("state", ["draft", "reframed", "carrying"])
def test_what_somebody_who_left_owed_is_expected_of_the_team(
    state: str,
    make_proposal: Callable[..., Proposal],
    bob: Person,
    member: Any,
    run_reactions: Callable[[], int],
) -> None:
    proposal = make_proposal(state)

    leave_network(member(bob), by=bob)
    run_reactions()

    assert [step.owner for step in expected_now(proposal)] == [None]


def test_what_a_co_author_who_left_owed_is_expected_of_the_other(
    make_proposal: Callable[..., Proposal],
    bob: Person,
    chloe: Person,
    member: Any,
    run_reactions: Callable[[], int],
) -> None:
    proposal = make_proposal("draft")
    actions.invite_author(proposal, chloe, by=bob)
    actions.answer_invitation(proposal, by=chloe, accept=True)

    leave_network(member(bob), by=bob)
    run_reactions()
    proposal.refresh_from_db()

    assert proposal.written_by == chloe
    assert [step.owner for step in expected_now(proposal)] == [chloe]


@pytest.mark.parametrize("state", ["draft", "ready", "running"])
def test_an_experiment_left_behind_goes_to_its_group_or_the_team(
    state: str,
    group: Any,
    make_trial: Callable[..., Experiment],
    bob: Person,
    member: Any,
    run_reactions: Callable[[], int],
) -> None:
    shared, alone = make_trial(state, group=group), make_trial(state)

    leave_network(member(bob), by=bob)
    run_reactions()
    shared.refresh_from_db()

    assert shared.owner.first_name == "Gaël"
    assert [step.owner for step in expected_now(shared)] == [shared.owner]
    assert [step.owner for step in expected_now(alone)] == [None]


def test_a_running_experiment_is_expected_at_its_next_checkpoint(
    make_trial: Callable[..., Experiment], bob: Person
) -> None:
    trial = make_trial("running")
    [step] = expected_now(trial)
    assert step.due_at.date() == trial.ends_on

    point = actions.add_checkpoint(trial, by=bob, due_on=dt.date(2026, 3, 20), words="À mi-chemin")
    [step] = expected_now(trial)
    assert step.due_at == dt.datetime(2026, 3, 20, 17, tzinfo=dt.UTC)

    actions.do_checkpoint(point, by=bob, words="Douze minutes")
    [step] = expected_now(trial)
    assert step.due_at.date() == trial.ends_on


def test_at_its_review_a_proposal_carried_out_is_given_another_date(
    make_proposal: Callable[..., Proposal], bob: Person, working: Frame
) -> None:
    proposal = make_proposal("carrying")
    assert proposal.review_on is not None
    with clock.at(MONDAY + dt.timedelta(days=61)):
        assert [one.public_id for one in overdue(working)] == [proposal.public_id]
        actions.report_progress(
            proposal, by=bob, percent=60, review_on=clock.now().date() + dt.timedelta(days=30)
        )
        assert overdue(working) == []
        [step] = expected_now(proposal)
        assert step.due_at.date() == proposal.review_on

"""Proposals: authors who accept, versions, amendments; drafts read by those who write them only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from reciproque.agenda.models import Step
from reciproque.agenda.rules import Verb
from reciproque.initiatives import actions
from reciproque.initiatives.access import get_proposal
from reciproque.initiatives.models import Frame, Proposal, WorkGroup
from reciproque.initiatives.queries import changes_between, dossier_of, proposals_of, to_sign
from reciproque.initiatives.rules import AuthorState, ProposalState
from reciproque.kit import clock
from reciproque.networks.actions import leave_network
from reciproque.people.models import Person


def test_a_draft_is_read_by_its_authors_its_group_and_the_animators_only(
    make_proposal: Callable[..., Proposal],
    group: WorkGroup,
    everyone: dict[str, Person],
    verdict: Callable[[Callable[[], Any]], str],
) -> None:
    alone, shared = make_proposal("draft"), make_proposal("draft", group=group)
    actions.invite_author(alone, everyone["chloe"], by=everyone["bob"])

    def readers(one: Proposal) -> set[str]:
        return {
            name
            for name, by in everyone.items()
            if verdict(lambda by=by: get_proposal(by, one.public_id)) == "yes"
        }

    assert readers(alone) == {"bob", "chloe", "alice", "admin"}
    assert readers(shared) == {"bob", "alice", "admin"}
    assert get_proposal(group.members.last().person, shared.public_id) == shared
    actions.submit_proposal(alone, by=everyone["bob"])
    assert readers(alone) == {"bob", "chloe", "alice", "admin", "dora", "emile"}


def test_what_is_submitted_says_what_it_is_for(working: Frame, bob: Person) -> None:
    proposal = actions.draft_proposal(working, by=bob, title="Une idée")

    with pytest.raises(ValidationError) as refused:
        actions.submit_proposal(proposal, by=bob)

    assert set(refused.value.message_dict) == {"problem", "words", "gains", "tied_to"}


def test_the_same_form_sent_twice_makes_one_draft(working: Frame, bob: Person) -> None:
    first = actions.draft_proposal(working, by=bob, title="Une idée", key="k1")
    assert actions.draft_proposal(working, by=bob, title="Une idée", key="k1") == first
    assert Proposal.objects.count() == 1


def test_who_signs_is_asked_first(
    make_proposal: Callable[..., Proposal],
    working: Frame,
    bob: Person,
    chloe: Person,
    dora: Person,
    fatou: Person,
) -> None:
    proposal = make_proposal("draft")
    with pytest.raises(ValidationError, match="ne fait pas partie"):
        actions.invite_author(proposal, fatou, by=bob)
    with pytest.raises(PermissionDenied):
        actions.invite_author(proposal, dora, by=chloe)
    for person in (chloe, dora):
        actions.invite_author(proposal, person, by=bob)
        actions.invite_author(proposal, person, by=bob)
    assert [row.proposal for row in to_sign(chloe, working)] == [proposal]
    with pytest.raises(PermissionDenied):
        actions.edit_proposal(proposal, by=chloe, cost="Rien")
    actions.answer_invitation(proposal, by=chloe, accept=True)
    actions.answer_invitation(proposal, by=dora, accept=False)

    actions.edit_proposal(proposal, by=chloe, cost="Rien")
    assert {row.person: row.state for row in proposal.authors.all()} == {
        bob: AuthorState.ACCEPTED,
        chloe: AuthorState.ACCEPTED,
        dora: AuthorState.DECLINED,
    }
    with pytest.raises(ValidationError, match="n’a pas souhaité"):
        actions.invite_author(proposal, dora, by=bob)
    assert not Step.objects.about(proposal).open().filter(verb=Verb.COSIGN).exists()


def test_it_leaves_without_the_name_of_who_did_not_answer(
    make_proposal: Callable[..., Proposal], bob: Person, chloe: Person
) -> None:
    in_time, sent = make_proposal("draft"), make_proposal("draft")
    for proposal in (in_time, sent):
        actions.invite_author(proposal, chloe, by=bob)
    actions.submit_proposal(sent, by=bob)
    assert Step.objects.open().filter(verb=Verb.COSIGN).count() == 1
    with clock.at(clock.now() + dt.timedelta(days=8)):
        assert actions.lapse_invitations() == 1
    assert not Step.objects.open().filter(verb=Verb.COSIGN).exists()
    assert sent.authors.get(person=chloe).state == AuthorState.INVITED


def test_a_co_author_leaves_and_the_last_one_withdraws_instead(
    make_proposal: Callable[..., Proposal], bob: Person, chloe: Person
) -> None:
    proposal = make_proposal("reframed")
    with pytest.raises(ValidationError, match="retirez plutôt"):
        actions.leave_authors(proposal, by=bob)
    actions.invite_author(proposal, chloe, by=bob)
    actions.answer_invitation(proposal, by=chloe, accept=True)

    actions.leave_authors(proposal, by=bob)
    actions.leave_authors(proposal, by=bob)

    proposal.refresh_from_db()
    assert proposal.written_by == chloe
    [step] = Step.objects.about(proposal).open()
    assert (step.verb, step.owner) == (Verb.REFRAME, chloe)
    with pytest.raises(PermissionDenied):
        actions.edit_proposal(proposal, by=bob, cost="Rien")


def test_a_proposal_whose_author_left_is_answered_all_the_same(
    make_proposal: Callable[..., Proposal],
    bob: Person,
    dora: Person,
    alice: Person,
    member: Any,
    run_reactions: Callable[[], int],
) -> None:
    proposal = make_proposal("submitted")
    leave_network(member(bob), by=bob)
    run_reactions()
    proposal = Proposal.objects.select_related("frame__network").get(pk=proposal.pk)

    actions.answer_proposal(proposal, by=dora, kind="reframed", reasons="Bonne idée", change="Chiffrer")

    [step] = Step.objects.about(proposal).open()
    assert (step.verb, step.owner) == (Verb.REFRAME, None)
    # Nobody signs it any more: an animator may finish it with those who wish.
    actions.edit_proposal(proposal, by=alice, cost="900 € par bureau")
    actions.submit_proposal(proposal, by=alice)
    assert proposal.state == ProposalState.SUBMITTED


def test_reframed_it_comes_back_changed_and_what_changed_is_read(
    make_proposal: Callable[..., Proposal], bob: Person
) -> None:
    proposal = make_proposal("reframed")
    with pytest.raises(ValidationError, match="Rien n’a changé"):
        actions.submit_proposal(proposal, by=bob)
    actions.edit_proposal(proposal, by=bob, cost="Un écran par bureau, 900 €")
    actions.submit_proposal(proposal, by=bob)

    first, second = proposal.versions.all()
    assert (first.number, second.number, proposal.version) == (1, 2, 2)
    changes = changes_between(first, second)
    assert list(changes) == ["cost"]
    assert [one.text for one in changes["cost"] if one.kind == "in"] == ["bureau, 900 €"]


def test_answered_its_text_no_longer_changes(
    make_proposal: Callable[..., Proposal], bob: Person, chloe: Person
) -> None:
    proposal = make_proposal("validated")
    for gesture in (
        lambda: actions.edit_proposal(proposal, by=bob, cost="Rien"),
        lambda: actions.amend(proposal, by=chloe, words="Ajouter le téléphone"),
        lambda: actions.invite_author(proposal, chloe, by=bob),
    ):
        with pytest.raises(ValidationError, match="a reçu sa réponse"):
            gesture()


def test_amendments_are_taken_or_refused_with_a_word(
    make_proposal: Callable[..., Proposal], bob: Person, chloe: Person, fatou: Person
) -> None:
    proposal = make_proposal("submitted")
    one = actions.amend(proposal, by=chloe, words="Ajouter le téléphone")
    two = actions.amend(proposal, by=chloe, words="Retirer l’écran")
    with pytest.raises(PermissionDenied):
        actions.amend(proposal, by=fatou, words="De loin")
    with pytest.raises(PermissionDenied):
        actions.answer_amendment(one, by=chloe, taken=True)
    actions.answer_amendment(one, by=bob, taken=True)
    with pytest.raises(ValidationError, match="pourquoi"):
        actions.answer_amendment(two, by=bob, taken=False)
    actions.answer_amendment(two, by=bob, taken=False, answer="C’est toute l’idée")
    with pytest.raises(ValidationError):
        actions.answer_amendment(two, by=bob, taken=True)


def test_evidence_is_of_the_same_network(
    make_proposal: Callable[..., Proposal], make_trial: Callable[..., Any], bob: Person
) -> None:
    trial = make_trial("decided")
    proposal = make_proposal("submitted", experiments=[trial])

    assert dossier_of(proposal, bob).experiments == [trial]


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_is_read_in_the_same_number_of_queries(
    count: int, make_proposal: Callable[..., Proposal], working: Frame, chloe: Person, queries: Any
) -> None:
    for n in range(count):
        make_proposal("validated", title=f"Proposition {n}")
    with queries() as seen:
        rows = proposals_of(working, chloe)
        for row in rows:
            assert [one.person.first_name for one in row.signed_by] == ["Bob"]
            assert row.answered[0].by.first_name == "Dora"
    assert len(rows) == count
    assert len(seen) == 3


@pytest.mark.parametrize("state", ["draft", "carrying"])
def test_a_page_is_read_in_a_fixed_number_of_queries(
    state: str, make_proposal: Callable[..., Proposal], bob: Person, queries: Any
) -> None:
    proposal = make_proposal(state)
    with queries() as seen:
        found = dossier_of(proposal, bob)
    assert found.mine is not None
    assert len(seen) <= 13

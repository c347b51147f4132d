"""Who is told of a learning network's life: those who steer it without being members, never those who left."""

from __future__ import annotations

from typing import Any

import pytest

from reciproque.agenda.models import Step
from reciproque.agenda.rules import Verb
from reciproque.initiatives import actions
from reciproque.initiatives.actions.bulletins import edit_bulletin, prepare_bulletin, send_bulletin
from reciproque.initiatives.models import Frame, Proposal
from reciproque.networks.actions import create_network, join_network, leave_network
from reciproque.networks.models import Membership
from reciproque.networks.rules import System
from reciproque.notices.models import Outgoing
from tests.initiatives.launch import frame_at_launch

REASONS = "La ligne est coupée à midi."


@pytest.fixture
def frame(network: Any, alice: Any, fatou: Any) -> Frame:
    """Steered by Fatou, who is no member."""
    frame = frame_at_launch(network, alice)
    actions.join_committee(frame, by=alice, person=fatou)
    return frame


@pytest.fixture
def proposal(frame: Frame, bob: Any, chloe: Any) -> Proposal:
    texts: dict[str, Any] = {"problem": "P", "words": "W", "gains": "G", "tied_to": "both"}
    proposal = actions.draft_proposal(frame, by=bob, title="Rappeler avant midi", **texts)
    actions.submit_proposal(proposal, by=bob)
    actions.follow(proposal, by=chloe)
    return proposal


def told(name: str) -> set[str]:
    return set(Outgoing.objects.filter(fact_name=name).values_list("person__first_name", flat=True))


def test_the_committee_is_told_what_it_owes_with_its_date(
    frame: Frame, proposal: Proposal, run_reactions: Any
) -> None:
    run_reactions()
    letter = Outgoing.objects.get(fact_name="proposal.submitted")
    assert letter.person is not None
    assert letter.person.first_name == "Fatou"
    assert "Délai" in letter.text
    assert letter.url.endswith(f"/proposals/{proposal.public_id}/")


def test_an_answer_is_told_to_authors_and_followers_its_reasons_stay_on_the_page(
    frame: Frame, proposal: Proposal, fatou: Any, run_reactions: Any
) -> None:
    actions.answer_proposal(proposal, by=fatou, kind="declined", reasons=REASONS)
    run_reactions()
    assert told("proposal.answered") == {"Bob", "Chloé"}
    assert not Outgoing.objects.filter(text__contains=REASONS).exists()


def test_whoever_left_the_network_is_told_no_more(
    frame: Frame, proposal: Proposal, chloe: Any, fatou: Any, run_reactions: Any
) -> None:
    actions.answer_proposal(proposal, by=fatou, kind="declined", reasons=REASONS)
    leave_network(Membership.objects.get(person=chloe, network=frame.network), by=chloe)
    run_reactions()
    assert told("proposal.answered") == {"Bob"}


def test_a_bulletin_is_told_once_to_every_member(frame: Frame, alice: Any, run_reactions: Any) -> None:
    bulletin = prepare_bulletin(frame, by=alice)
    edit_bulletin(bulletin, by=alice, title="Le premier", text="Bonjour")
    send_bulletin(bulletin, by=alice)
    run_reactions()
    members = Membership.objects.current().filter(network=frame.network).exclude(person=alice)
    assert Outgoing.objects.filter(fact_name="bulletin.sent").count() == members.count()
    assert told("bulletin.sent") == set(members.values_list("person__first_name", flat=True))


@pytest.mark.parametrize(("systems", "expected"), [([System.LEARNING], 0), ([System.EXCHANGES], 2)])
def test_no_first_offer_is_expected_where_nothing_is_exchanged(
    bob: Any, run_reactions: Any, systems: list[str], expected: int
) -> None:
    network = create_network("Ensemble", by=None, slug="ensemble", systems=systems)
    join_network(network, bob, by=bob)
    run_reactions()
    steps = Step.objects.open().filter(network=network, verb__in=[Verb.OFFER, Verb.REQUEST])
    assert steps.count() == expected

"""The next best person, proposed to the asker before anyone is contacted."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from reciproque.agenda.models import Step
from reciproque.agenda.queries import steps_of
from reciproque.catalogue.actions import withdraw_post
from reciproque.exchanges.actions import (
    accept_introduction,
    ask_introduction,
    assign_mediator,
    declare_exchange,
    end_unmatched,
    lapse_overdue,
    refuse_introduction,
)
from reciproque.exchanges.models import Introduction
from reciproque.journal.models import Fact
from reciproque.kit import clock
from reciproque.matching import actions
from reciproque.matching.models import Proposal
from reciproque.matching.queries import next_proposal, suggestions_for
from reciproque.networks.actions import change_capacity, change_settings, pause_membership
from tests.matching.conftest import EXCEL, TALK

DAY = dt.timedelta(days=1)


def offered(person: Any) -> list[str]:
    return [found.person.first_name for found in suggestions_for(person)]


# -- the next best person


@pytest.fixture
def asked(
    network: Any, offer: Any, request_: Any, published: Any, bob: Any, chloe: Any, dora: Any, emile: Any
) -> Introduction:
    """Bob asked Chloé; Dora has nearly the same to offer, Émile something else."""
    published(dora, "offer", "Des tableaux croisés dynamiques pas à pas")
    published(emile, "offer", TALK)
    return ask_introduction(network, requester=bob, offerer=chloe, by=bob, request=request_, offer=offer)


def refused(introduction: Introduction, by: Any, run: Any) -> None:
    refuse_introduction(introduction, by=by, refusal="time")
    run()


def test_after_a_no_the_next_is_proposed_and_nobody_contacted(
    asked: Introduction, bob: Any, chloe: Any, dora: Any, request_: Any, run_reactions: Any, said: Any
) -> None:
    assert next_proposal(asked, bob) is None
    refused(asked, chloe, run_reactions)
    found = next_proposal(asked, bob)
    assert found is not None
    assert (found.person, found.mine) == (dora, request_)
    assert found.reasons
    assert next_proposal(asked, dora) is None
    assert [step.verb for step in steps_of(bob) if step.subject_id == asked.public_id] == ["next"]
    assert Introduction.objects.count() == 1
    assert not Fact.objects.filter(concerns__person=dora, name__startswith="introduction").exists()
    [fact] = said("introduction.next_proposed")
    assert {concern.person for concern in fact.concerns.all()} == {bob}
    assert actions.propose_next(asked) == Proposal.objects.get()
    assert len(said("introduction.next_proposed")) == 1


def test_the_asker_s_yes_contacts_the_next(
    asked: Introduction,
    network: Any,
    bob: Any,
    chloe: Any,
    dora: Any,
    request_: Any,
    run_reactions: Any,
    said: Any,
) -> None:
    refused(asked, chloe, run_reactions)
    found = next_proposal(asked, bob)
    assert found is not None
    second = ask_introduction(
        network,
        requester=bob,
        offerer=dora,
        by=bob,
        request=request_,
        offer=found.post,
        reasons=found.reasons,
    )
    run_reactions()
    assert second.reasons == found.reasons
    assert Proposal.objects.get().state == "asked"
    assert next_proposal(asked, bob) is None
    assert not Step.objects.open().filter(verb="next").exists()
    refused(second, dora, run_reactions)
    assert next_proposal(second, bob) is None  # there is nobody else
    assert [fact.subject_id for fact in said("introduction.no_next")] == [second.public_id]


def test_after_a_silence_too(asked: Introduction, bob: Any, dora: Any, run_reactions: Any) -> None:
    with clock.at(asked.due_at + DAY):
        lapse_overdue()
        run_reactions()
        found = next_proposal(asked, bob)
        assert found is not None
        assert found.person == dora


def test_after_they_did_not_match_too(
    network: Any,
    admin: Any,
    offer: Any,
    request_: Any,
    published: Any,
    bob: Any,
    chloe: Any,
    dora: Any,
    alice: Any,
    run_reactions: Any,
) -> None:
    change_settings(network, by=admin, mediation="mediated")
    published(dora, "offer", EXCEL)
    introduction = ask_introduction(
        network, requester=bob, offerer=chloe, by=bob, request=request_, offer=offer
    )
    accept_introduction(introduction, by=chloe)
    assign_mediator(introduction, alice, by=alice)
    end_unmatched(introduction, by=alice)
    run_reactions()
    found = next_proposal(introduction, bob)
    assert found is not None
    assert found.person == dora


def test_a_no_to_the_next_and_a_silence_end_it(
    asked: Introduction, bob: Any, chloe: Any, run_reactions: Any
) -> None:
    refused(asked, chloe, run_reactions)
    due = Step.objects.get(verb="next").due_at
    with clock.at(due):
        assert actions.lapse_proposals() == 0
    with clock.at(due + DAY):
        assert actions.lapse_proposals() == 1
        assert actions.lapse_proposals() == 0
    assert (Proposal.objects.get().state, Step.objects.get(verb="next").state) == ("declined", "lapsed")
    assert next_proposal(asked, bob) is None
    Proposal.objects.all().delete()
    actions.propose_next(asked)
    actions.decline_next(asked, by=bob)
    actions.decline_next(asked, by=bob)
    assert next_proposal(asked, bob) is None
    assert not Step.objects.open().filter(verb="next").exists()


def test_a_proposal_whose_offer_goes_is_replaced(
    asked: Introduction, published: Any, bob: Any, chloe: Any, dora: Any, emile: Any, run_reactions: Any
) -> None:
    refused(asked, chloe, run_reactions)
    published(emile, "offer", EXCEL)
    withdraw_post(Proposal.objects.get().offer, by=dora)
    run_reactions()
    found = next_proposal(asked, bob)
    assert found is not None
    assert found.person == emile
    withdraw_post(found.post, by=emile)
    run_reactions()
    assert next_proposal(asked, bob) is None
    assert not Step.objects.open().filter(verb="next").exists()


def test_what_is_sought_no_more_proposes_nobody(
    asked: Introduction, request_: Any, bob: Any, chloe: Any, run_reactions: Any
) -> None:
    refused(asked, chloe, run_reactions)
    withdraw_post(request_, by=bob)
    run_reactions()
    assert next_proposal(asked, bob) is None
    assert not Step.objects.open().filter(verb="next").exists()
    assert (
        actions.propose_next(Introduction.objects.select_related("request", "offer", "network").get()) is None
    )


def test_an_offerer_who_asked_is_proposed_nobody(
    network: Any, bob: Any, chloe: Any, offer: Any, request_: Any, run_reactions: Any, said: Any
) -> None:
    introduction = ask_introduction(
        network, requester=bob, offerer=chloe, by=chloe, request=request_, offer=offer
    )
    refused(introduction, bob, run_reactions)
    assert not Proposal.objects.exists()
    assert said("introduction.no_next") == []


@pytest.mark.parametrize("why", [None, "full", "paused", "manager", "met", "language"])
def test_without_a_request_the_next_is_found_by_the_title(
    network: Any,
    published: Any,
    bob: Any,
    chloe: Any,
    dora: Any,
    run_reactions: Any,
    why: str | None,
    member: Any,
) -> None:
    first = published(chloe, "offer", EXCEL)
    second = published(
        dora, "offer", "Des tableaux croisés dynamiques", languages=["de"] if why == "language" else ["fr"]
    )
    if why == "full":
        change_capacity(member(dora), by=dora, give=0, receive=1)
    elif why == "paused":
        pause_membership(member(dora), by=dora, until=clock.now() + DAY)
    elif why == "manager":
        bob.manager = dora
        bob.save()
    elif why == "met":
        declare_exchange(
            network, requester=bob, offerer=dora, by=None, title="Autre", held_on=clock.now().date()
        )
    introduction = ask_introduction(network, requester=bob, offerer=chloe, by=bob, offer=first)
    refused(introduction, chloe, run_reactions)
    found = next_proposal(introduction, bob)
    assert (found and found.post) == (second if why is None else None)

"""What keeps people apart, whatever the likeness."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from reciproque.catalogue.actions import edit_post, hide_post, remove_post, restore_post, withdraw_post
from reciproque.exchanges.actions import (
    accept_introduction,
    ask_introduction,
    declare_exchange,
    end_set_apart,
    refuse_introduction,
    set_apart,
)
from reciproque.kit import clock
from reciproque.matching import actions
from reciproque.matching.models import PlannedPair, Proposal, Suggestion
from reciproque.matching.queries import suggestions_for, why_not
from reciproque.matching.queries.possible import possible_now
from reciproque.networks.actions import (
    change_capacity,
    change_settings,
    end_suspension,
    leave_network,
    pause_membership,
    suspend_membership,
)
from tests.matching.conftest import EXCEL, EXCEL_TOO, TALK, TALK_TOO

DAY = dt.timedelta(days=1)


def offered(person: Any) -> list[str]:
    return [found.person.first_name for found in suggestions_for(person)]


# -- what keeps apart, whatever the likeness


def _self(its: Any) -> None:
    its.offer.author = its.bob
    its.offer.save()


def _manager(its: Any) -> None:
    its.bob.manager = its.chloe
    its.bob.save()


def _declined(its: Any) -> None:
    refuse_introduction(its.ask(), by=its.chloe, refusal="time")


def _dismissed(its: Any) -> None:
    Suggestion.objects.create(
        network=its.network, request=its.request, offer=its.offer, score=1, state="dismissed",
        answered_at=clock.now(), answered_by=its.bob,
    )  # fmt: skip


def _met(its: Any) -> None:
    declare_exchange(
        its.network, requester=its.bob, offerer=its.chloe, by=None, title="Autre", held_on=clock.now().date()
    )


def _busy(its: Any) -> None:
    change_capacity(its.member(its.chloe), by=its.chloe, give=1, receive=1)
    other = its.publish(its.chloe, "offer", "Trier le courrier")
    accept_introduction(
        ask_introduction(its.network, requester=its.dora, offerer=its.chloe, by=its.dora, offer=other),
        by=its.chloe,
    )


def _post_full(its: Any) -> None:
    its.offer.capacity = 1
    its.offer.save()
    accept_introduction(
        ask_introduction(its.network, requester=its.dora, offerer=its.chloe, by=its.dora, offer=its.offer),
        by=its.chloe,
    )


APART: dict[str, Any] = {
    "oneself": _self,
    "own manager": _manager,
    "declined": _declined,
    "dismissed": _dismissed,
    "asked already": lambda its: its.ask(),
    "met before": _met,
    "the offerer gives no more": lambda its: change_capacity(
        its.member(its.chloe), by=its.chloe, give=0, receive=1
    ),
    "the requester receives no more": lambda its: change_capacity(
        its.member(its.bob), by=its.bob, give=1, receive=0
    ),
    "full capacity": _busy,
    "the offer holds no more": _post_full,
    "no common language": lambda its: edit_post(its.offer, by=its.chloe, languages=["de"]),
    "no possible mode": lambda its: edit_post(its.offer, by=its.chloe, modes=["face"]),
    "the offerer is on pause": lambda its: pause_membership(
        its.member(its.chloe), by=its.chloe, until=clock.now() + DAY
    ),
    "the requester is on pause": lambda its: pause_membership(
        its.member(its.bob), by=its.bob, until=clock.now() + DAY
    ),
    "withdrawn": lambda its: withdraw_post(its.offer, by=its.chloe),
    "left the network": lambda its: leave_network(its.member(its.chloe), by=its.chloe),
    "hidden after a report": lambda its: hide_post(its.offer, by=its.admin),
    "removed at its author's request": lambda its: remove_post(its.offer, by=its.chloe),
    "the requester keeps away": lambda its: set_apart(its.bob, its.chloe, by=its.bob),
    "the offerer keeps away": lambda its: set_apart(its.chloe, its.bob, by=its.chloe),
    "the offerer is suspended": lambda its: suspend_membership(
        its.member(its.chloe), by=its.admin, until=clock.now() + DAY
    ),
    "the requester is suspended": lambda its: suspend_membership(
        its.member(its.bob), by=its.admin, until=clock.now() + DAY
    ),
}


@pytest.mark.parametrize("why", APART)
def test_what_no_likeness_redeems(its: Any, admin: Any, why: str) -> None:
    its.admin = admin
    with clock.at(clock.now() + dt.timedelta(seconds=1)):
        APART[why](its)
        for post in (its.request, its.offer):
            actions.take_in(post)
        assert not Suggestion.objects.filter(request=its.request, offer=its.offer, state="open").exists()
        if why in ("own manager", "declined", "met before", "full capacity"):
            actions.compute_suggestions(its.network)
        assert not Suggestion.objects.filter(request=its.request, offer=its.offer, state="open").exists()


@pytest.mark.parametrize(
    "fine",
    [
        lambda its: None,
        lambda its: edit_post(its.offer, by=its.chloe, modes=[]),
        lambda its: edit_post(its.offer, by=its.chloe, languages=["fr", "de"]),
        lambda its: change_settings(its.network, by=its.admin, exclude_own_manager=False) and _manager(its),
        lambda its: declare_exchange(
            its.network,
            requester=its.chloe,
            offerer=its.bob,
            by=None,
            title="Retour",
            held_on=clock.now().date(),
        ),
    ],
)
def test_what_does_not_keep_apart(its: Any, admin: Any, fine: Any) -> None:
    its.admin = admin
    with clock.at(clock.now() + dt.timedelta(seconds=1)):
        fine(its)
        actions.take_in(its.request)
        assert Suggestion.objects.get().state == "open"


def test_people_who_meet_are_not_proposed_for_something_else(
    network: Any, published: Any, bob: Any, chloe: Any
) -> None:
    offers = [published(chloe, "offer", title) for title in (EXCEL, TALK)]
    requests = [published(bob, "request", title) for title in (EXCEL_TOO, TALK_TOO)]
    assert Suggestion.objects.open().count() == 2
    introduction = ask_introduction(
        network, requester=bob, offerer=chloe, by=bob, request=requests[0], offer=offers[0]
    )
    actions.note_asked(introduction)
    actions.note_asked(introduction)
    assert {(row.offer, row.state) for row in Suggestion.objects.all()} == {
        (offers[0], "asked"),
        (offers[1], "gone"),
    }
    assert offered(bob) == []


# -- two people set apart


def test_what_brings_them_together_goes_at_once_and_says_nothing_of_why(
    its: Any, run_reactions: Any, said: Any
) -> None:
    run_reactions()
    assert offered(its.bob) == ["Chloé"]
    row = set_apart(its.chloe, its.bob, by=its.chloe)
    run_reactions()
    assert offered(its.bob) == []
    assert suggestions_for(its.chloe) == []
    told = why_not(its.request, its.offer, its.bob).refusals
    assert told == ["elle ne vous est pas proposée pour cette demande en ce moment"]
    possible = possible_now(its.network)
    assert not possible.take(its.request, its.offer)
    end_set_apart(row, by=its.chloe)
    actions.take_in(its.request)
    assert offered(its.bob) == ["Chloé"]


def test_no_plan_pairs_them(its: Any, admin: Any, run_reactions: Any) -> None:
    run_reactions()
    assert len(make_plan_of(its, admin)) == 1
    set_apart(its.bob, its.chloe, by=its.bob)
    assert make_plan_of(its, admin) == []  # even before the reaction
    run_reactions()
    assert not PlannedPair.objects.filter(state="pending").exists()
    assert make_plan_of(its, admin) == []


def make_plan_of(its: Any, admin: Any) -> list[Any]:
    plan = actions.make_plan(actions.ask_plan(its.network, by=admin))
    return list(plan.pairs.values_list("request", "offer"))


def test_a_person_proposed_next_is_taken_back(its: Any, run_reactions: Any, make_post: Any) -> None:
    refused = ask_introduction(
        its.network,
        requester=its.bob,
        offerer=its.dora,
        by=its.bob,
        request=its.request,
        offer=its.publish(its.dora, "offer", "Couture"),
    )
    refuse_introduction(refused, by=its.dora, refusal="time")
    run_reactions()
    assert Proposal.objects.get(introduction=refused).offer == its.offer
    set_apart(its.chloe, its.bob, by=its.chloe)
    run_reactions()
    assert not Proposal.objects.filter(introduction=refused).exists()


def test_a_post_restored_is_proposed_again(its: Any, admin: Any, run_reactions: Any) -> None:
    run_reactions()
    hide_post(its.offer, by=admin)
    assert offered(its.bob) == []  # even before the reaction
    run_reactions()
    restore_post(its.offer, by=admin)
    run_reactions()
    assert offered(its.bob) == ["Chloé"]


def test_a_suspension_ended_lets_them_meet_again(its: Any, admin: Any, run_reactions: Any) -> None:
    run_reactions()
    suspend_membership(its.member(its.chloe), by=admin, until=clock.now() + DAY)
    assert offered(its.bob) == []
    end_suspension(its.member(its.chloe), by=admin)
    assert offered(its.bob) == ["Chloé"]

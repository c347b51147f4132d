"""Loops of exchanges: found, shown to their people, and undone one link at a time."""

from __future__ import annotations

from typing import Any

import pytest

from reciproque.catalogue.actions import withdraw_post
from reciproque.kit.errors import NotThere
from reciproque.matching.access import get_loop
from reciproque.matching.actions import dismiss_suggestion, refresh_all_loops, refresh_loops
from reciproque.matching.models import Loop, Suggestion
from reciproque.matching.queries import loops_in, loops_of
from tests.matching.conftest import EXCEL, EXCEL_TOO, TALK, TALK_TOO

BIKE, BIKE_TOO = "Entretenir un vélo de tournée", "Réparer le vélo de sa tournée"


@pytest.fixture
def ring(published: Any, bob: Any, chloe: Any, dora: Any) -> None:
    """Chloé gives to Bob, Bob to Dora, Dora to Chloé."""
    for giver, receiver, offer, request in (
        (chloe, bob, EXCEL, EXCEL_TOO),
        (bob, dora, TALK, TALK_TOO),
        (dora, chloe, BIKE, BIKE_TOO),
    ):
        published(giver, "offer", offer)
        published(receiver, "request", request)


def test_a_loop_is_found_once_and_told_to_its_people(
    network: Any, ring: None, bob: Any, alice: Any, said: Any
) -> None:
    assert refresh_loops(network) == 1
    assert refresh_loops(network) == 1
    loop = Loop.objects.get()
    assert loop.size == 3
    [fact] = said("loop.found")
    assert fact.concerns.count() == 3
    [shown] = loops_of(bob, network)
    assert [link.giver.first_name for link in shown.links] in (
        [["Bob", "Dora", "Chloé"], ["Chloé", "Bob", "Dora"], ["Dora", "Chloé", "Bob"]]
    )
    assert [link.receiver == bob for link in shown.mine] == [True, False]
    assert not loops_of(alice, network)


def test_each_gives_to_the_next(network: Any, ring: None) -> None:
    refresh_loops(network)
    [[shown], total] = loops_in(network)
    assert total == 1
    for link, following in zip(shown.links, [*shown.links[1:], shown.links[0]], strict=True):
        assert link.receiver == following.giver


def test_a_refusal_removes_only_its_link(network: Any, ring: None, bob: Any, chloe: Any) -> None:
    refresh_loops(network)
    dismiss_suggestion(Suggestion.objects.get(request__author=bob), by=bob)
    assert loops_of(chloe, network) == []
    others = Suggestion.objects.exclude(request__author=bob)
    assert {row.state for row in others} == {"open"}
    assert refresh_loops(network) == 0
    assert loops_in(network)[1] == 0


def test_a_loop_that_no_longer_closes_goes_and_may_come_back(
    network: Any, ring: None, bob: Any, chloe: Any, published: Any, run_reactions: Any
) -> None:
    refresh_loops(network)
    withdraw_post(Suggestion.objects.get(request__author=bob).offer, by=chloe)
    run_reactions()
    assert refresh_all_loops() == 0
    published(chloe, "offer", EXCEL)
    assert refresh_all_loops() == 1


def test_a_loop_is_seen_by_its_people_only(
    network: Any, ring: None, bob: Any, emile: Any, fatou: Any
) -> None:
    refresh_loops(network)
    loop = Loop.objects.get()
    assert get_loop(bob, loop.public_id) == loop
    for stranger in (emile, fatou):
        with pytest.raises(NotThere):
            get_loop(stranger, loop.public_id)

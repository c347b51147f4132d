"""Those who only receive are shown, at most monthly, a request they may know how to answer."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from reciproque.exchanges.actions import confirm_exchange, declare_exchange
from reciproque.kit import clock
from reciproque.kit.errors import NotThere
from reciproque.matching.access import get_nudge
from reciproque.matching.actions import dismiss_nudge, note_offered, nudge_all, nudge_network
from reciproque.matching.models import Nudge
from reciproque.matching.queries import nudges_of
from tests.matching.conftest import EXCEL, EXCEL_TOO


@pytest.fixture
def learned(network: Any, bob: Any, chloe: Any, dora: Any, published: Any) -> Any:
    """Bob learned from Chloé what Dora now seeks, and offers nothing."""
    day = clock.now().date() - dt.timedelta(days=20)
    exchange = declare_exchange(network, requester=bob, offerer=chloe, by=bob, title=EXCEL, held_on=day)
    confirm_exchange(exchange, by=chloe)
    return published(dora, "request", EXCEL_TOO)


def test_someone_who_only_receives_is_shown_what_they_learned(
    network: Any, bob: Any, learned: Any, said: Any
) -> None:
    assert nudge_network(network) == 1
    nudge = Nudge.objects.get()
    assert (nudge.person, nudge.request, nudge.because) == (bob, learned, EXCEL)
    [fact] = said("nudge.made")
    assert list(fact.concerns.values_list("person", flat=True)) == [bob.pk]
    assert nudges_of(bob, network) == [nudge]


def test_at_most_monthly_and_never_twice_the_same(
    network: Any, bob: Any, dora: Any, learned: Any, published: Any
) -> None:
    nudge_network(network)
    published(dora, "request", "Apprendre les tableaux croisés dynamiques")
    assert nudge_network(network) == 0
    with clock.at(clock.now() + dt.timedelta(days=29)):
        assert nudge_all() == 1
    assert Nudge.objects.filter(person=bob).values("request").distinct().count() == 2
    with clock.at(clock.now() + dt.timedelta(days=60)):
        assert nudge_all() == 0


def test_who_offers_already_is_left_alone(network: Any, bob: Any, learned: Any, published: Any) -> None:
    published(bob, "offer", "Entretenir un vélo")
    assert nudge_network(network) == 0


def test_nobody_is_nudged_towards_themselves_or_their_manager(
    network: Any, bob: Any, dora: Any, learned: Any
) -> None:
    network.exclude_own_manager = True
    network.save()
    bob.manager = dora
    bob.save()
    assert nudge_network(network) == 0


def test_who_gives_no_more_is_left_alone(network: Any, bob: Any, learned: Any, member: Any) -> None:
    from reciproque.networks.actions import change_capacity, pause_membership

    change_capacity(member(bob), give=0, receive=1, by=bob)
    assert nudge_network(network) == 0
    change_capacity(member(bob), give=1, receive=1, by=bob)
    pause_membership(member(bob), until=clock.now() + dt.timedelta(days=9), by=bob)
    assert nudge_network(network) == 0


def test_what_one_knows_nothing_of_is_not_shown(network: Any, bob: Any, dora: Any, published: Any) -> None:
    bob.function = "Factrice"
    bob.save()
    published(dora, "request", "Programmer un automate industriel en langage ladder")
    assert nudge_network(network) == 0


def test_it_is_put_away_or_followed_by_an_offer(
    network: Any, bob: Any, chloe: Any, learned: Any, published: Any
) -> None:
    nudge_network(network)
    nudge = Nudge.objects.get()
    with pytest.raises(PermissionDenied):
        dismiss_nudge(nudge, by=chloe)
    offer = published(bob, "offer", EXCEL)
    note_offered(offer)
    nudge.refresh_from_db()
    assert nudge.state == "done"
    Nudge.objects.update(state="open")
    dismiss_nudge(nudge, by=bob)
    assert not nudges_of(bob, network)


def test_only_the_one_nudged_sees_it(network: Any, alice: Any, bob: Any, dora: Any, learned: Any) -> None:
    nudge_network(network)
    nudge = Nudge.objects.get()
    assert get_nudge(bob, nudge.public_id) == nudge
    for other in (alice, dora):
        with pytest.raises(NotThere):
            get_nudge(other, nudge.public_id)

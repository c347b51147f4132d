"""Small groups: one more person joins an exchange."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from reciproque.agenda.queries import live_meeting
from reciproque.exchanges import actions
from reciproque.exchanges.models import Exchange
from reciproque.kit import clock
from reciproque.networks.actions import (
    change_capacity,
)

DAY = dt.timedelta(days=1)
FULL_OTHER, FULL_ONESELF = "Cette personne a déjà autant", "Vous avez déjà autant"


# -- small groups


@pytest.fixture
def group(ask: Any, make_post: Any, bob: Any, chloe: Any) -> Exchange:
    """Bob learns from Chloé, whose offer takes small groups."""
    actions.accept_introduction(
        ask(bob, chloe, offer=make_post(chloe, small_group=True, capacity=1)), by=chloe
    )
    return Exchange.objects.get()


def test_one_more_joins_a_group(
    group: Exchange, ask: Any, chloe: Any, dora: Any, said: Any, member: Any
) -> None:
    change_capacity(member(chloe), by=chloe, give=2, receive=1)
    introduction = ask(dora, chloe, offer=None)
    actions.accept_introduction(introduction, by=chloe, into=group)
    assert {(part.person.first_name, part.side) for part in group.people.all()} == {
        ("Bob", "requester"),
        ("Chloé", "offerer"),
        ("Dora", "requester"),
    }
    assert live_meeting(group).attendances.filter(person=dora).exists()
    assert group.thread.people.filter(person=dora, until=None).exists()
    assert said("exchange.joined")[0].data["who"] == dora.public_id
    assert Exchange.objects.count() == 1


def test_who_chooses_the_group_is_the_one_who_leads_it(
    group: Exchange, ask: Any, chloe: Any, dora: Any
) -> None:
    introduction = ask(dora, chloe, by=chloe, offer=None)
    with pytest.raises(PermissionDenied):
        actions.accept_introduction(introduction, by=dora, into=group)


def test_a_group_is_of_one_network(
    group: Exchange, other_network: Any, ask: Any, join: Any, chloe: Any, dora: Any
) -> None:
    Exchange.objects.filter(pk=group.pk).update(network=other_network)
    with pytest.raises(ValidationError, match="plus ouvert à d’autres"):
        actions.accept_introduction(ask(dora, chloe), by=chloe, into=Exchange.objects.get())


def test_who_has_no_room_joins_no_group(
    group: Exchange, ask: Any, chloe: Any, dora: Any, member: Any
) -> None:
    introduction = ask(dora, chloe, offer=None)
    change_capacity(member(dora), by=dora, give=1, receive=0)
    with pytest.raises(ValidationError, match=FULL_OTHER):
        actions.accept_introduction(introduction, by=chloe, into=group)


def test_nobody_joins_twice_but_one_may_come_back(group: Exchange, ask: Any, bob: Any, chloe: Any) -> None:
    introduction = ask(bob, chloe, "Autre savoir")
    with pytest.raises(ValidationError, match="fait déjà partie"):
        actions.accept_introduction(introduction, by=chloe, into=group)
    introduction.refresh_from_db()
    assert introduction.state == "asked"
    group.people.filter(person=bob).update(left_at=clock.now())
    actions.accept_introduction(introduction, by=chloe, into=group)
    assert group.people.get(person=bob).left_at is None


@pytest.mark.parametrize("why", ["alone", "ended"])
def test_what_is_not_a_group_is_not_joined(
    exchange: Exchange, ask: Any, bob: Any, chloe: Any, dora: Any, why: str
) -> None:
    sentence = "petit groupe"
    if why == "ended":
        actions.stop_exchange(exchange, by=bob, reason="Mutation")
        sentence = "plus ouvert à d’autres"
    with pytest.raises(ValidationError, match=sentence):
        actions.accept_introduction(ask(dora, chloe), by=chloe, into=exchange)

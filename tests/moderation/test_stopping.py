"""Stop at once what is uncomfortable, and keep away from someone who never learns of it."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from reciproque.agenda.models import Step
from reciproque.catalogue.actions import edit_post
from reciproque.exchanges.actions import accept_introduction, ask_introduction, end_set_apart, set_apart
from reciproque.exchanges.models import Exchange, Introduction, SetApart
from reciproque.exchanges.queries import own_set_aparts, set_apart_from
from reciproque.moderation.actions import stop_here


def test_either_side_stops_an_introduction_without_a_word(
    introduction: Any, bob: Any, chloe: Any, dora: Any, verdict: Any, said: Any
) -> None:
    assert {p.first_name: verdict(lambda p=p: stop_here(Introduction.objects.get(pk=introduction.pk), by=p)) for p in (bob, chloe, dora)} == {
        "Bob": "yes", "Chloé": "yes", "Dora": "no",
    }  # fmt: skip
    assert stop_here(introduction, by=chloe) == bob
    introduction.refresh_from_db()
    assert (introduction.state, introduction.reason) == ("cancelled", "")
    assert not Step.objects.open().filter(subject_id=introduction.public_id).exists()
    (fact,) = said("introduction.cancelled")
    assert fact.data["reason"] == ""
    with pytest.raises(ValidationError, match="déjà terminé"):
        stop_here(introduction, by=chloe)


def test_either_side_stops_an_exchange_without_a_word(exchange: Any, bob: Any, chloe: Any, dora: Any) -> None:
    with pytest.raises(PermissionDenied):
        stop_here(exchange, by=dora)
    assert stop_here(exchange, by=bob, apart=True) == chloe
    exchange.refresh_from_db()
    assert (exchange.state, exchange.reason) == ("stopped", "")
    assert not Step.objects.open().filter(subject_id=exchange.public_id).exists()
    assert set_apart_from(chloe) == {bob.pk}


def test_one_of_a_group_leaves_and_the_others_go_on(
    network: Any, exchange: Any, post: Any, bob: Any, chloe: Any, dora: Any, said: Any
) -> None:
    edit_post(post, by=chloe, small_group=True)
    asked = ask_introduction(network, requester=dora, offerer=chloe, by=dora, offer=post)
    accept_introduction(asked, by=chloe, into=exchange)
    with pytest.raises(ValidationError, match="groupe"):
        stop_here(exchange, by=dora, apart=True)
    assert stop_here(exchange, by=dora) is None
    exchange.refresh_from_db()
    assert exchange.state == "open"
    assert set(Exchange.objects.visible_to(dora)) == set()
    assert len(said("exchange.stepped_out")) == 1


def test_who_asks_is_the_only_one_to_know(
    introduction: Any, bob: Any, chloe: Any, alice: Any, said: Any
) -> None:
    stop_here(introduction, by=bob, apart=True)
    (row,) = own_set_aparts(bob)
    assert own_set_aparts(chloe) == []
    (fact,) = said("people.set_apart")
    assert [concern.person for concern in fact.concerns.all()] == [bob]
    with pytest.raises(PermissionDenied):
        end_set_apart(row, by=chloe)
    end_set_apart(row, by=bob)
    assert set_apart_from(bob) == set()


def test_nobody_sets_others_apart_without_animating(bob: Any, chloe: Any, dora: Any, alice: Any) -> None:
    with pytest.raises(PermissionDenied):
        set_apart(bob, chloe, by=dora)
    with pytest.raises(PermissionDenied):
        set_apart(bob, chloe, by=chloe)
    row = set_apart(bob, chloe, by=alice)
    assert row == set_apart(bob, chloe, by=alice)
    assert own_set_aparts(bob) == []  # decided for them: not theirs to undo
    assert SetApart.objects.in_force().count() == 1


def test_a_group_does_not_bring_together_those_set_apart(
    network: Any, exchange: Any, post: Any, bob: Any, chloe: Any, dora: Any
) -> None:
    edit_post(post, by=chloe, small_group=True)
    set_apart(bob, dora, by=bob)
    asked = ask_introduction(network, requester=dora, offerer=chloe, by=dora, offer=post)
    with pytest.raises(ValidationError, match="ne peut pas accueillir"):
        accept_introduction(asked, by=chloe, into=exchange)


def test_the_mediator_is_never_someone_kept_apart(
    network: Any, admin: Any, bob: Any, chloe: Any, dora: Any, make_post: Any, join: Any
) -> None:
    from reciproque.networks.actions import change_settings

    change_settings(network, by=admin, mediation="mediated")
    set_apart(bob, chloe, by=bob)
    asked = ask_introduction(
        network, requester=bob, offerer=dora, by=bob, offer=make_post(dora, "offer", "Excel")
    )
    accept_introduction(asked, by=dora)
    asked.refresh_from_db()
    assert asked.mediator is None  # Chloé is the only mediator: the team is asked to find another

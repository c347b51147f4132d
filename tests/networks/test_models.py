"""What the rows of networks refuse, and who sees them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError
from django.utils import translation

from reciproque.kit import clock
from reciproque.networks.models import Charter, Interest, Membership, Network, RoleGrant, Signature

BREAKS: dict[str, Callable[[Any, Any, Any], Any]] = {
    "charter_version_once": lambda net, bob, ms: Charter.objects.create(network=net, version=1, text_fr="x"),
    "interest_once": lambda net, bob, ms: [
        Interest.objects.create(network=net, person=bob) for _ in range(2)
    ],
    "membership_once": lambda net, bob, ms: Membership.objects.create(
        network=net, person=bob, joined_at=clock.now()
    ),
    "membership_joined_dated": lambda net, bob, ms: Membership.objects.filter(pk=ms.pk).update(
        joined_at=None
    ),
    "membership_left_dated": lambda net, bob, ms: Membership.objects.filter(pk=ms.pk).update(state="left"),
    "membership_waiver_signed": lambda net, bob, ms: Membership.objects.filter(pk=ms.pk).update(
        waived_at=clock.now()
    ),
    "signature_once": lambda net, bob, ms: Signature.objects.create(
        membership=ms, charter=net.charters.get()
    ),
    "role_held_once": lambda net, bob, ms: [
        RoleGrant.objects.create(network=net, person=bob, role="sponsor") for _ in range(2)
    ],
    "slug": lambda net, bob, ms: Network.objects.create(slug=net.slug, name_fr="Autre"),
}


@pytest.mark.parametrize("name", BREAKS)
def test_each_constraint_refuses(network: Any, bob: Any, name: str) -> None:
    membership = Membership.objects.get(person=bob)
    with pytest.raises(IntegrityError):
        BREAKS[name](network, bob, membership)


def test_a_role_withdrawn_can_be_given_again(network: Any, bob: Any) -> None:
    for _ in range(2):
        RoleGrant.objects.create(network=network, person=bob, role="sponsor", withdrawn_at=clock.now())
    grant = RoleGrant.objects.create(network=network, person=bob, role="sponsor")
    assert list(RoleGrant.objects.held().filter(person=bob)) == [grant]


def test_members_see_the_members_of_their_networks(
    network: Any, other_network: Any, bob: Any, chloe: Any, fatou: Any
) -> None:
    assert {row.person for row in Membership.objects.visible_to(bob)} == {bob, chloe}
    assert {row.person for row in Membership.objects.visible_to(fatou)} == {fatou}
    Membership.objects.filter(person=bob).update(state="left", left_at=clock.now())
    assert {row.person for row in Membership.objects.visible_to(bob)} == set()
    assert {row.person for row in Membership.objects.visible_to(chloe)} == {chloe}


def test_what_is_written_in_english_is_read_in_english(network: Any) -> None:
    network.name_en, network.summary_fr = "Mail know-how", "Entre nous"
    assert (network.name, network.summary) == ("Savoirs du courrier", "Entre nous")
    with translation.override("en"):
        assert (network.name, network.summary) == ("Mail know-how", "Entre nous")
        assert network.charters.get().text.startswith("Everyone")

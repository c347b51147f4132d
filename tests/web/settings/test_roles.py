"""The animation of one site or of one unit, entrusted from the roles page."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from reciproque.networks.access import scope_of
from reciproque.networks.actions import change_settings
from reciproque.people.actions import get_site, get_unit


def grant(client: Any, network: Any, person: Any, role: str, place: str) -> Any:
    page = reverse("settings:roles", args=[network.slug])
    return client.post(
        f"{page}?q={person.last_name}", {"person": person.public_id, "role": role, "place": place}
    )


def test_animation_is_entrusted_for_a_part_of_the_network(
    network: Any, alice: Any, bob: Any, chloe: Any, dora: Any, client_of: Any
) -> None:
    client = client_of(alice)
    site, unit = get_site("Nantes"), get_unit("RH")
    assert grant(client, network, dora, "animator", f"site-{site.public_id}").status_code == 303
    assert scope_of(dora, network).site == site.pk
    assert grant(client, network, chloe, "animator", f"unit-{unit.public_id}").status_code == 303
    assert scope_of(chloe, network).unit == "RH"
    page = client.get(reverse("settings:roles", args=[network.slug])).content.decode()
    assert "Nantes" in page


def test_where_nobody_is_accompanied_mediation_is_said_to_serve_nothing_yet(
    network: Any, alice: Any, client_of: Any
) -> None:
    client, told = client_of(alice), "la médiation n’y sert que si"
    pages = [reverse(name, args=[network.slug]) for name in ("settings:roles", "animation:pool")]
    for mediation, said in (("direct", True), ("mediated", False)):
        change_settings(network, by=alice, mediation=mediation)
        assert [told in client.get(page).content.decode() for page in pages] == [said, said]


def test_other_roles_are_for_the_whole_network(network: Any, alice: Any, bob: Any, client_of: Any) -> None:
    client, site = client_of(alice), get_site("Nantes")
    refused = grant(client, network, bob, "hr", f"site-{site.public_id}")
    assert refused.status_code == 422
    assert "Seule l’animation se confie" in refused.content.decode()
    assert grant(client, network, bob, "hr", "site-inconnu").status_code == 422
    assert grant(client, network, bob, "hr", "").status_code == 303


def test_who_animates_a_part_does_not_settle_the_whole(
    network: Any, alice: Any, bob: Any, client_of: Any
) -> None:
    grant(client_of(alice), network, bob, "animator", f"site-{get_site('Nantes').public_id}")
    client = client_of(bob)
    assert client.get(reverse("settings:roles", args=[network.slug])).status_code == 404
    assert client.get(reverse("animation:desk", args=[network.slug])).status_code == 200
    assert reverse("settings:index", args=[network.slug]) not in client.get("/").content.decode()

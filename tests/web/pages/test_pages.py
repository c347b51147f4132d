"""Pages to read: public page, guides, statements, gallery."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse

from reciproque.networks.actions import change_settings

ROLES = ["member", "mediator", "animator", "administrator", "sponsor"]


def test_the_public_page_is_off_by_default_and_names_nobody(
    client_of: Any, network: Any, alice: Any, bob: Any, make_post: Any
) -> None:
    nobody = client_of(None)
    address = reverse("pages:public", args=[network.slug])
    assert nobody.get(address).status_code == 404
    make_post(bob, "offer", "Un savoir de Bob")
    change_settings(network, by=alice, public_page=True, summary_fr="Pour apprendre.")
    text = nobody.get(address).content.decode()
    assert "Pour apprendre." in text
    assert "On apprend à faire" in text
    assert "moins de cinq membres" in text.lower()
    for secret in ("Bob", "Riou", "Alice", "Un savoir"):
        assert secret not in text


@pytest.mark.parametrize("role", ROLES)
def test_each_role_has_its_guide(client_of: Any, bob: Any, role: str) -> None:
    client = client_of(bob)
    assert reverse("pages:guide_role", args=[role]) in client.get(reverse("pages:guide")).content.decode()
    response = client.get(reverse("pages:guide_role", args=[role]))
    assert response.status_code == 200
    assert response.content.decode().count("<h1") == 1


def test_an_unknown_guide_is_not_there(client_of: Any, bob: Any) -> None:
    assert client_of(bob).get(reverse("pages:guide_role", args=["king"])).status_code == 404


@pytest.mark.parametrize("name", ["accessibility", "privacy"])
def test_statements_are_read_with_or_without_signing_in(client_of: Any, bob: Any, name: str) -> None:
    for person in (None, bob):
        assert client_of(person).get(reverse(f"pages:{name}")).status_code == 200


def test_the_gallery_is_the_staff_s(client_of: Any, bob: Any, admin: Any) -> None:
    assert client_of(bob).get(reverse("pages:gallery")).status_code == 404
    assert client_of(admin).get(reverse("pages:gallery")).status_code == 200


def test_only_an_administrator_is_led_to_create_a_network(client_of: Any, bob: Any, admin: Any) -> None:
    address, guide = reverse("settings:new", args=[1]), reverse("pages:guide_role", args=["administrator"])
    assert address not in client_of(bob).get(guide).content.decode()
    assert address in client_of(admin).get(guide).content.decode()


@pytest.mark.parametrize("role", ROLES)
def test_a_guide_leads_only_where_its_reader_may_go(client_of: Any, bob: Any, role: str) -> None:
    client = client_of(bob)
    page = client.get(reverse("pages:guide_role", args=[role])).content.decode()
    links = {link for link in re.findall(r'href="(/[^"#]*)"', page) if not link.startswith("/static/")}
    assert {link: client.get(link).status_code for link in links} == dict.fromkeys(links, 200)

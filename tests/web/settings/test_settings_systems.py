"""The assistant and the settings ask only about what the network does."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from reciproque.networks.actions import create_network
from reciproque.networks.models import Network
from reciproque.networks.rules import DEFAULT_CHARTER_EN, DEFAULT_CHARTER_FR, LEARNING_CHARTER_FR


def new(page: int) -> str:
    return reverse("settings:new", args=[page])


def text_of(response: Any) -> str:
    return response.content.decode().replace("\u00a0", " ")


IDENTITY = {"name_fr": "Répondre mieux", "systems": ["learning"], "language": "fr"}


def test_a_learning_network_is_created_without_a_word_of_exchanges(client_of: Any, admin: Any) -> None:
    client = client_of(admin)
    client.post(new(1), IDENTITY)
    charter = text_of(client.get(new(2)))
    assert "le comité répond à la date dite" in charter
    client.post(new(2), {"charter_fr": LEARNING_CHARTER_FR, "charter_en": "One rule."})
    client.post(new(3), {"whom": "everyone", "admission": "open"})
    ways = text_of(client.get(new(4)))
    for word in ("réciprocité ?", "Faire le bilan", "première rencontre", "Durée de vie d’une annonce"):
        assert word not in ways
    client.post(new(4), {"country": "FR"})
    roles = text_of(client.get(new(5)))
    assert "Mise en relation" not in roles
    assert 'name="mediators"' not in roles
    client.post(new(5), {"animators": "ada@example.org"})
    network = Network.objects.get()
    assert network.systems == ["learning"]
    assert not network.is_strict


def test_the_first_page_says_nothing_false(client_of: Any, admin: Any) -> None:
    page = text_of(client_of(admin).get(new(1)))
    assert "leurs outils viendront" not in page
    assert "la charte proposée, les règles et le menu du réseau en dépendent" in page


def test_a_charter_left_as_it_was_follows_the_systems(client_of: Any, admin: Any) -> None:
    client = client_of(admin)
    client.post(new(1), IDENTITY | {"systems": ["exchanges"]})
    client.post(new(2), {"charter_fr": DEFAULT_CHARTER_FR, "charter_en": DEFAULT_CHARTER_EN})
    client.post(new(1), IDENTITY)
    client.post(new(3), {"whom": "everyone", "admission": "open"})
    client.post(new(4), {"country": "FR"})
    client.post(new(5), {"animators": "ada@example.org"})
    assert Network.objects.get().charters.get().text_fr == LEARNING_CHARTER_FR


@pytest.fixture
def learning(admin: Any) -> Any:
    return create_network("Répondre mieux", by=admin, slug="mieux", systems=["learning"])


def test_the_settings_are_those_of_the_systems(client_of: Any, admin: Any, learning: Any) -> None:
    client = client_of(admin)
    index = text_of(client.get(reverse("settings:index", args=["mieux"])))
    assert "Réciprocité" not in index
    assert "Mise en relation" not in index
    assert "bilan" not in index
    for name in ("reciprocity", "mediation"):
        assert client.get(reverse("settings:page", args=["mieux", name])).status_code == 404
    rhythm = reverse("settings:page", args=["mieux", "rhythm"])
    assert "Faire le bilan" not in text_of(client.get(rhythm))
    assert client.post(rhythm, {"country": "BE"}).status_code == 303
    learning.refresh_from_db()
    assert (learning.country, learning.review_days) == ("BE", 10)


def test_groups_still_choose_how_long_a_date_takes(client_of: Any, admin: Any) -> None:
    create_network("Groupes", by=admin, slug="groupes", systems=["circles"])
    page = text_of(client_of(admin).get(reverse("settings:page", args=["groupes", "rhythm"])))
    assert "Trouver une date" in page
    assert "Faire le bilan" not in page

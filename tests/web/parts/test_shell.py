"""What surrounds every page: the menu says where one is, the hours say whose they are."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse

from reciproque.people.models import Person


def current(response: Any) -> list[str]:
    return [entry["label"] for entry in response.context["nav"] if entry["current"]]


def test_someone_else_s_post_is_met_among_the_savoirs(
    bob: Any, chloe: Any, make_post: Any, client_of: Any
) -> None:
    theirs, mine = make_post(chloe, "offer", "Lire un bilan"), make_post(bob, "request", "Lire un plan")
    client = client_of(bob)
    assert current(client.get(reverse("posts:post", args=[theirs.public_id]))) == ["Savoirs"]
    assert current(client.get(reverse("posts:post", args=[mine.public_id]))) == ["Mes annonces"]


@pytest.mark.parametrize(
    ("name", "entry"),
    [
        ("home:home", ["Accueil"]),
        ("find:search", ["Savoirs"]),
        ("people:members", ["Savoirs"]),
        ("posts:mine", ["Mes annonces"]),
        ("exchanges:mine", ["Échanges"]),
        ("agenda:agenda", ["Agenda"]),
        ("join:network", ["Le réseau"]),
        ("join:membership", ["Le réseau"]),
        ("join:directory", []),
        ("animation:desk", ["Animation"]),
        ("settings:index", ["Animation"]),
        ("account:profile", []),
    ],
)
def test_the_menu_says_where_one_is(
    network: Any, alice: Any, client_of: Any, name: str, entry: list[str]
) -> None:
    everywhere = ("home:", "exchanges:", "agenda:", "account:", "join:directory")
    args = [] if name.startswith(everywhere) else [network.slug]
    client = client_of(alice)
    client.get(reverse("join:network", args=[network.slug]))
    assert current(client.get(reverse(name, args=args))) == entry


def test_a_person_s_page_is_among_the_savoirs(network: Any, bob: Any, chloe: Any, client_of: Any) -> None:
    address = reverse("people:person", args=[network.slug, chloe.public_id])
    assert current(client_of(bob).get(address)) == ["Savoirs"]


def test_hours_name_the_zone_of_the_profile(bob: Any, client_of: Any) -> None:
    Person.objects.filter(pk=bob.pk).update(time_zone="Indian/Reunion")
    page = client_of(bob).get("/").content.decode().replace("\u00a0", " ")
    assert re.search(r'data-zone="Indian/Reunion" data-here="à La Réunion ; %s sur cet appareil"', page)

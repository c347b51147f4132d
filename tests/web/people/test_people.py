"""Members of a network, and what each of them offers and seeks: never what they did."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from reciproque.exchanges.actions import confirm_exchange, declare_exchange
from reciproque.kit import clock
from reciproque.networks.actions import leave_network, pause_membership


def text_of(response: Any) -> str:
    return response.content.decode().replace("\u00a0", " ")


def person_url(network: Any, person: Any) -> str:
    return reverse("people:person", args=[network.slug, person.public_id])


def test_members_are_listed_with_what_they_offer_and_seek(
    bob: Any, chloe: Any, network: Any, make_post: Callable[..., Any], client_of: Callable[..., Any]
) -> None:
    offer = make_post(chloe, "offer", "Animer une formation")
    make_post(chloe, "request", "Lire un bilan")
    page = text_of(client_of(bob).get(reverse("people:members", args=[network.slug])))
    assert "2 membres" in page
    assert "Animer une formation" in page
    assert "Lire un bilan" in page
    assert reverse("posts:post", args=[offer.public_id]) in page
    assert "Rien de publié pour l’instant." in page


@pytest.mark.parametrize("words", ["goff", "Formation", "rennes", "chloé form"])
def test_members_are_found_by_name_unit_or_site(
    bob: Any, chloe: Any, network: Any, client_of: Callable[..., Any], words: str
) -> None:
    page = text_of(client_of(bob).get(reverse("people:members", args=[network.slug]), {"q": words}))
    assert "Chloé Le Goff" in page
    assert person_url(network, bob) not in page


def test_no_member_found_teaches(bob: Any, network: Any, client_of: Callable[..., Any]) -> None:
    page = text_of(client_of(bob).get(reverse("people:members", args=[network.slug]), {"q": "xyzzy"}))
    assert "Personne ne correspond" in page
    assert "Voir tous les membres" in page


def test_members_come_by_thirty(
    bob: Any,
    network: Any,
    make_person: Callable[..., Any],
    join: Callable[..., Any],
    client_of: Callable[..., Any],
) -> None:
    for number in range(34):
        join(make_person("Paul", f"Membre{number:02d}"), network)
    client, url = client_of(bob), reverse("people:members", args=[network.slug])
    assert len(client.get(url).context["members"]) == 30
    assert len(client.get(url, {"page": 2}).context["members"]) == 5


def test_those_who_left_are_not_listed(
    bob: Any, chloe: Any, network: Any, client_of: Callable[..., Any]
) -> None:
    leave_network(chloe.memberships.get(network=network), by=chloe)
    page = text_of(client_of(bob).get(reverse("people:members", args=[network.slug])))
    assert "Chloé" not in page
    assert client_of(bob).get(person_url(network, chloe)).status_code == 404


@pytest.mark.parametrize("number", [3, 40])
def test_list_queries(
    bob: Any,
    network: Any,
    make_person: Callable[..., Any],
    join: Callable[..., Any],
    make_post: Callable[..., Any],
    client_of: Callable[..., Any],
    queries: Any,
    number: int,
) -> None:
    for place in range(number):
        person = make_person(
            "Paul", f"Membre{place:02d}", unit=f"Siège > Service {place}", site=f"Site {place}"
        )
        join(person, network)
        make_post(person, "offer", f"Savoir {place}")
    client, url = client_of(bob), reverse("people:members", args=[network.slug])
    client.get(url)
    with queries() as seen:
        assert client.get(url).status_code == 200
    assert len(seen) == 10


def test_a_person_shows_what_they_offer_and_seek_with_a_way_to_ask(
    bob: Any, chloe: Any, network: Any, make_post: Callable[..., Any], client_of: Callable[..., Any]
) -> None:
    offer = make_post(chloe, "offer", "Animer une formation")
    request = make_post(chloe, "request", "Lire un bilan")
    page = text_of(client_of(bob).get(person_url(network, chloe)))
    for words in ("Chloé propose", "Chloé cherche", "RH &gt; Formation", "Rennes", "Français"):
        assert words in page
    ask = reverse("exchanges:ask", args=[network.slug])
    assert f"{ask}?offer={offer.public_id}" in page
    assert f"{ask}?request={request.public_id}" in page
    assert chloe.email not in page


def test_a_person_never_shows_what_they_did(
    bob: Any, chloe: Any, alice: Any, network: Any, client_of: Callable[..., Any]
) -> None:
    exchange = declare_exchange(
        network,
        requester=bob,
        offerer=chloe,
        by=bob,
        title="Un échange entre nous",
        held_on=clock.now().date() - dt.timedelta(days=3),
    )
    confirm_exchange(exchange, by=chloe)
    for reader in (bob, alice):
        assert "Un échange entre nous" not in text_of(client_of(reader).get(person_url(network, chloe)))


def test_on_one_s_own_page_one_sees_what_others_see(
    bob: Any, network: Any, client_of: Callable[..., Any]
) -> None:
    page = text_of(client_of(bob).get(person_url(network, bob)))
    assert "Voici ce que voient les autres membres" in page
    assert reverse("account:profile") in page
    assert "Écrire une offre" in page


def test_someone_on_pause_is_not_asked(
    bob: Any, chloe: Any, network: Any, make_post: Callable[..., Any], client_of: Callable[..., Any]
) -> None:
    make_post(chloe, "offer", "Animer une formation")
    pause_membership(
        chloe.memberships.get(network=network), by=chloe, until=clock.now() + dt.timedelta(days=20)
    )
    page = text_of(client_of(bob).get(person_url(network, chloe)))
    assert "En pause en ce moment" in page
    assert reverse("exchanges:ask", args=[network.slug]) not in page


def test_strangers_see_nobody(fatou: Any, bob: Any, network: Any, client_of: Callable[..., Any]) -> None:
    assert client_of(fatou).get(person_url(network, bob)).status_code == 404
    assert client_of(fatou).get(reverse("people:members", args=[network.slug])).status_code == 404
    assert client_of(None).get(person_url(network, bob)).status_code == 302
    assert (
        client_of(bob).get(reverse("people:person", args=[network.slug, "zzzzzzzzzzzz"])).status_code == 404
    )

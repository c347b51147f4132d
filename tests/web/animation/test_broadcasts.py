"""The team writes to a part of the network: read first, counted, confirmed; and what did not arrive."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse

from reciproque.networks.actions import leave_network
from reciproque.notices.models import AddressTrouble, Broadcast, Outgoing
from reciproque.notices.rules import Segment

SAID = {
    "who": "all",
    "days": "30",
    "site": "",
    "unit": "",
    "subject": "La bourse",
    "text": "Venez jeudi.\n\nÀ bientôt",
}


def text_of(response: Any) -> str:
    return response.content.decode()


def page(network: Any, name: str = "broadcast", *args: Any) -> str:
    return reverse(f"animation:{name}", args=[network.slug, *args])


def confirmed(text: str) -> str:
    found = re.search(r'name="confirmed" value="(\d+)"', text)
    assert found
    return found.group(1)


def test_read_counted_confirmed_sent(
    network: Any, alice: Any, bob: Any, chloe: Any, client_of: Any, run_reactions: Any
) -> None:
    client = client_of(alice)
    preview = client.post(page(network), SAID | {"act": "preview"})
    text = text_of(preview)
    assert preview.status_code == 200
    assert "Envoyer à 3 personnes" in text
    assert "Venez jeudi." in text
    assert "Bob Riou" in text
    assert Broadcast.objects.count() == 0, "nothing leaves before it is confirmed"
    answer = client.post(page(network), SAID | {"act": "send", "confirmed": confirmed(text)})
    sent = Broadcast.objects.get()
    assert answer.headers["Location"] == page(network, "broadcast_sent", sent.public_id)
    assert (sent.count, sent.by) == (3, alice)
    run_reactions()
    told = Outgoing.objects.filter(fact_name="broadcast.sent", channel="email")
    assert {row.person for row in told} >= {bob, chloe}
    shown = text_of(client.get(answer.headers["Location"]))
    assert "Venez jeudi." in shown
    assert "La bourse" in text_of(client.get(page(network)))


def test_a_count_that_changed_is_said_and_asked_again(
    network: Any, alice: Any, bob: Any, chloe: Any, client_of: Any, member: Any
) -> None:
    client = client_of(alice)
    first = confirmed(text_of(client.post(page(network), SAID | {"act": "preview"})))
    leave_network(member(bob), by=bob)
    answer = client.post(page(network), SAID | {"act": "send", "confirmed": first})
    assert answer.status_code == 422
    assert "Le nombre a changé" in text_of(answer)
    assert "Envoyer à 2 personnes" in text_of(answer)
    assert Broadcast.objects.count() == 0
    for forged in ("", "abc", "-1", "9" * 30):
        assert client.post(page(network), SAID | {"act": "send", "confirmed": forged}).status_code == 422
    assert Broadcast.objects.count() == 0


def test_nothing_typed_is_lost(network: Any, alice: Any, client_of: Any) -> None:
    client = client_of(alice)
    empty = client.post(page(network), SAID | {"act": "preview", "subject": ""})
    assert empty.status_code == 422
    assert "Venez jeudi." in text_of(empty)
    back = client.post(page(network), SAID | {"act": "edit"})
    assert back.status_code == 200
    assert "Venez jeudi." in text_of(back)
    assert 'value="La bourse"' in text_of(back)


@pytest.mark.parametrize("who", Segment.values)
def test_every_segment_has_its_page(
    network: Any, alice: Any, bob: Any, make_post: Any, client_of: Any, who: str
) -> None:
    make_post(bob, "offer")
    client = client_of(alice)
    preselected = text_of(client.get(page(network), {"who": who}))
    assert re.search(rf'value="{who}"[^>]*checked', preselected)
    answer = client.post(page(network), SAID | {"act": "preview", "who": who})
    assert answer.status_code == 200
    expected = {"all": 2, "no_offer": 1, "no_request": 2, "newcomers": 2}.get(who, 0)
    assert confirmed(text_of(answer)) == str(expected)
    if not expected:
        assert "Personne ne correspond" in text_of(answer)
        refused = client.post(page(network), SAID | {"act": "send", "who": who, "confirmed": "0"})
        assert refused.status_code == 422


def test_one_site_one_unit(network: Any, alice: Any, bob: Any, chloe: Any, client_of: Any) -> None:
    client = client_of(alice)
    form = text_of(client.get(page(network)))
    sites = dict(re.findall(r'<option value="(\w{12})">([^<]+)</option>', form))
    by_name = {name.replace("&gt;", ">"): public_id for public_id, name in sites.items()}
    assert set(by_name) >= {"Nantes", "Rennes", "Opérations", "Opérations > Ouest", "RH", "RH > Formation"}
    nantes = client.post(page(network), SAID | {"act": "preview", "site": by_name["Nantes"]})
    assert confirmed(text_of(nantes)) == "1"
    rh = client.post(page(network), SAID | {"act": "preview", "unit": by_name["RH"]})
    assert confirmed(text_of(rh)) == "1"
    other = client.post(page(network), SAID | {"act": "preview", "site": "abcdefghijkl"})
    assert other.status_code == 422


def test_members_and_strangers_meet_nothing(
    network: Any,
    other_network: Any,
    alice: Any,
    bob: Any,
    fatou: Any,
    client_of: Any,
    join: Any,
    make_person: Any,
) -> None:
    alice_says = client_of(alice).post(page(network), SAID | {"act": "preview"})
    number = confirmed(text_of(alice_says))
    client_of(alice).post(page(network), SAID | {"act": "send", "confirmed": number})
    sent = Broadcast.objects.get()
    for person in (bob, fatou):
        client = client_of(person)
        for name, args in (("broadcast", ()), ("undelivered", ()), ("broadcast_sent", (sent.public_id,))):
            assert client.get(page(network, name, *args)).status_code == 404
        assert client.post(page(network), SAID | {"act": "send", "confirmed": number}).status_code == 404
    elsewhere = make_person("Zoé")
    join(elsewhere, other_network, "animator")
    assert client_of(elsewhere).get(page(other_network, "broadcast_sent", sent.public_id)).status_code == 404
    assert Broadcast.objects.count() == 1


def test_what_did_not_arrive_says_why_and_what_to_do(
    network: Any, alice: Any, bob: Any, chloe: Any, client_of: Any
) -> None:
    fields = {"network": network, "text": "Bonjour,\n\nMot.", "html": "", "category": "finds"}
    Outgoing.objects.create(
        fact_id=1,
        fact_name="nudge.made",
        person=bob,
        subject="sujet privé",
        state="failed",
        error="550 no such user",
        **fields,
    )
    trouble = AddressTrouble.objects.create(person=chloe, address=chloe.email, words="550 5.1.1 unknown")
    Outgoing.objects.create(
        fact_id=2, fact_name="nudge.made", person=chloe, subject="sujet privé", state="unaddressed", **fields
    )
    client = client_of(alice)
    text = text_of(client.get(page(network, "undelivered")))
    assert "Bob Riou" in text
    assert "550 no such user" in text
    assert "Vérifiez l’adresse avec la personne" in text
    assert "550 5.1.1 unknown" in text
    assert "Demandez-lui si l’adresse est encore la sienne" in text
    assert "sujet privé" not in text, "what was found for one person is told to nobody"
    again = page(network, "try_again", trouble.public_id)
    assert client_of(bob).post(again).status_code == 404
    assert client.get(again).status_code == 405
    assert client.post(again).status_code == 303
    trouble.refresh_from_db()
    assert trouble.cleared_at is not None


def test_when_all_arrived(network: Any, alice: Any, client_of: Any) -> None:
    assert "Tout est arrivé" in text_of(client_of(alice).get(page(network, "undelivered")))

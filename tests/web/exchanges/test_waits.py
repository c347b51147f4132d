"""How long an answer takes here, said to whoever asks and to whoever waits; hidden below five cases."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.urls import reverse

from reciproque.exchanges.actions import ask_introduction, refuse_introduction
from reciproque.exchanges.models import Introduction
from reciproque.kit import clock
from reciproque.web.parts.waits import wait_words

DAY = dt.timedelta(days=1)


def answered(network: Any, asker: Any, offer: Any, days: int) -> Introduction:
    row = ask_introduction(network, requester=asker, offerer=offer.author, by=asker, offer=offer)
    with clock.at(clock.now() + days * DAY):
        refuse_introduction(row, by=offer.author, refusal="time")
    return row


def test_the_usual_wait_is_said_where_one_asks_and_where_one_waits(
    network: Any, alice: Any, bob: Any, chloe: Any, make_post: Any, client_of: Any
) -> None:
    for number in range(4):
        answered(network, bob, make_post(chloe, "offer", f"Sujet {number}"), number)
    offer = make_post(alice, "offer", "Publipostage")
    ask_page = reverse("exchanges:ask", args=[network.slug]) + f"?offer={offer.public_id}"
    with clock.at(clock.now() + 10 * DAY):
        assert wait_words(network) == ""
        assert "Ici, la moitié" not in client_of(bob).get(ask_page).content.decode()
        answered(network, bob, make_post(chloe, "offer", "Sujet 5"), 2)
    with clock.at(clock.now() + 15 * DAY):
        words = wait_words(network)
        assert "en 2 jours ou moins" in words
        assert "5 dernières demandes" in words
        assert words in client_of(bob).get(ask_page).content.decode()
        row = ask_introduction(network, requester=bob, offerer=alice, by=bob, offer=offer)
        page = reverse("exchanges:introduction", args=[row.public_id])
        assert words in client_of(bob).get(page).content.decode()
        assert words not in client_of(alice).get(page).content.decode()

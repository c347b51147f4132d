"""Whoever answers knows that nothing is kept before it is sent, and that one answers once."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from tests.web.surveys.test_questionnaire_pages import Walk, text_of


def test_every_page_says_that_nothing_is_kept_before_it_is_sent(
    send: Any, bob: Any, join: Any, network: Any, client_of: Any
) -> None:
    join(bob, network)
    walk = Walk(client_of(bob), reverse("surveys:answer", args=[send("anonymous").public_id]))
    first = text_of(walk.page)
    assert "Rien n’est gardé avant l’envoi : prévoyez 2 minutes" in first
    assert "il faudra recommencer" in first
    walk.go()
    assert "Rien n’est gardé avant l’envoi" in text_of(walk.page)
    walk.go(**{"q-took_part": "no"})
    assert "Rien n’est gardé avant l’envoi" in text_of(walk.page)
    walk.go()
    assert "Rien n’est encore envoyé" in text_of(walk.page)


def test_who_comes_back_reads_that_they_answered(
    send: Any, bob: Any, join: Any, network: Any, client_of: Any, answer: Any
) -> None:
    join(bob, network)
    campaign = send("anonymous")
    client, url = client_of(bob), reverse("surveys:answer", args=[campaign.public_id])
    first = text_of(client.get(url))
    assert "Vous répondez une seule fois." in first
    assert "ne le suivez pas" not in first
    answer(campaign, bob)
    again = client.get(url, follow=True)
    assert "Vous avez déjà répondu à ce questionnaire" in text_of(again)

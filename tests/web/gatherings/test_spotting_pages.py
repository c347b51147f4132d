"""The path one follows alone, page by page."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from reciproque.catalogue.models import Post
from reciproque.gatherings.models import Savoir, Spotting
from reciproque.gatherings.rules import QUESTIONS


def text_of(response: Any) -> str:
    return response.content.decode().replace("\u00a0", " ")


def url(name: str, network: Any, *more: Any) -> str:
    return reverse(f"gatherings:{name}", args=[network.slug, *more])


def test_from_the_invitation_to_a_published_offer(network: Any, bob: Any, client_of: Any) -> None:
    client = client_of(bob)
    assert url("spotting", network) in text_of(client.get(reverse("home:home")))
    assert url("spotting", network) in text_of(client.get(reverse("posts:mine", args=[network.slug])))
    assert "Commencer" in text_of(client.get(url("spotting", network)))
    for page in range(1, len(QUESTIONS) + 1):
        assert client.get(url("question", network, page)).status_code == 200
        lines = "Trier\nPeser un colis" if page == 1 else ""
        answer = client.post(url("question", network, page), {"words": "…", "lines": lines, "step": "next"})
    assert answer.headers["Location"] == url("found", network)
    chosen = Savoir.objects.get(words="Trier").public_id
    page = text_of(client.post(url("found", network), {"savoir": chosen}, follow=True))
    draft = Post.objects.get()
    assert (draft.title, draft.state, draft.author) == ("Trier", "draft", bob)
    assert reverse("posts:edit", args=[draft.public_id]) in page
    client.post(reverse("posts:edit", args=[draft.public_id]), {"title": "Trier vite", "capacity": 2})
    assert "publiée" in text_of(client.get(url("found", network)))
    assert url("spotting", network) not in text_of(client.get(reverse("home:home")))


def test_what_is_typed_is_kept_at_once_and_resumed(network: Any, bob: Any, client_of: Any) -> None:
    client = client_of(bob)
    assert client.post(url("draft", network, 1), {"words": "", "lines": ""}).status_code == 204
    assert not Spotting.objects.exists()
    assert client.post(url("draft", network, 1), {"words": "Je trie", "lines": "Trier"}).status_code == 204
    assert "Je trie" in text_of(client.get(url("question", network, 1)))
    page = text_of(client.get(url("spotting", network)))
    assert "Reprendre" in page
    assert url("question", network, 2) in page
    answer = client.post(url("question", network, 1), {"words": "", "lines": "Trier", "step": "later"})
    assert answer.headers["Location"] == url("spotting", network)


def test_nobody_else_reads_it(network: Any, bob: Any, alice: Any, fatou: Any, client_of: Any) -> None:
    client_of(bob).post(url("draft", network, 1), {"words": "Mon secret", "lines": "Trier"})
    for person in (alice, fatou):
        client = client_of(person)
        for address in (url("question", network, 1), url("found", network), url("spotting", network)):
            assert "Mon secret" not in text_of(client.get(address))
            assert "Trier" not in text_of(client.get(address))
    assert client_of(fatou).get(url("spotting", network)).status_code == 404
    assert client_of(bob).get(url("question", network, 99)).status_code == 404


def test_one_erases_one_s_answers(network: Any, bob: Any, client_of: Any) -> None:
    client = client_of(bob)
    client.post(url("draft", network, 1), {"words": "Mon secret", "lines": "Trier"})
    assert client.get(url("forget", network)).status_code == 200
    client.post(url("forget", network))
    assert not Spotting.objects.exists()
    client.post(url("found", network), {"savoir": "x"})
    assert not Post.objects.exists()

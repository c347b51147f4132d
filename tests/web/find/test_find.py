"""One box over offers, requests, people and topics; who was found; what one watches for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from reciproque.catalogue.actions import pause_post
from reciproque.catalogue.models import Topic
from reciproque.matching.models import Alert, Suggestion


def text_of(response: Any) -> str:
    return response.content.decode().replace("\u00a0", " ")


def address(name: str, network: Any, *args: str) -> str:
    return reverse(f"find:{name}", args=[network.slug, *args])


@pytest.fixture
def shelf(bob: Any, chloe: Any, alice: Any, make_post: Callable[..., Any]) -> dict[str, Any]:
    """A few posts of a few people."""
    return {
        "meeting": make_post(chloe, "offer", "Animer une réunion à distance", topics=["Réunion"]),
        "balance": make_post(
            alice, "offer", "Lire un compte de résultat", modes=["face"], topics=["Finance"]
        ),
        "asked": make_post(chloe, "request", "Préparer une réunion", topics=["Réunion"]),
        "bike": make_post(bob, "offer", "Réparer un vélo"),
    }


@pytest.mark.parametrize("words", ["réunion", "REUNION", "reunions"])
def test_one_box_finds_offers_requests_and_topics(
    bob: Any, network: Any, shelf: dict[str, Any], client_of: Callable[..., Any], words: str
) -> None:
    page = text_of(client_of(bob).get(address("search", network), {"q": words}))
    assert "Animer une réunion à distance" in page
    assert "Préparer une réunion" in page
    assert "Réparer un vélo" not in page


def test_people_and_topics_are_found_too(
    bob: Any, network: Any, shelf: dict[str, Any], client_of: Callable[..., Any], chloe: Any
) -> None:
    page = text_of(client_of(bob).get(address("search", network), {"q": "goff"}))
    assert reverse("people:person", args=[network.slug, chloe.public_id]) in page
    page = text_of(client_of(bob).get(address("search", network), {"q": "finance"}))
    assert address("topic", network, Topic.objects.get(name="Finance").public_id) in page


def test_facets_narrow_and_one_more_click_takes_them_off(
    bob: Any, network: Any, shelf: dict[str, Any], client_of: Callable[..., Any]
) -> None:
    client = client_of(bob)
    response = client.get(address("search", network))
    kinds = next(group for group in response.context["facets"] if group["title"] == "Offres ou demandes")
    assert [(item["label"], item["count"]) for item in kinds["items"]] == [("Offres", 3), ("Demandes", 1)]
    narrowed = client.get(kinds["items"][1]["url"])
    assert "Préparer une réunion" in text_of(narrowed)
    assert "Réparer un vélo" not in text_of(narrowed)
    kinds = next(group for group in narrowed.context["facets"] if group["title"] == "Offres ou demandes")
    assert kinds["items"][1]["selected"]
    assert kinds["items"][1]["url"] == address("search", network)
    assert "Tout effacer" in text_of(narrowed)


def test_strange_filters_break_nothing(
    bob: Any, network: Any, shelf: dict[str, Any], client_of: Callable[..., Any]
) -> None:
    asked = {
        "q": "<b>é",
        "kind": "gift",
        "site": "x",
        "unit": "-1",
        "mode": "?",
        "page": "zz",
        "topic": "no",
    }
    assert client_of(bob).get(address("search", network), asked).status_code == 200
    # PostgreSQL refuses this character: nothing of ours is named with it.
    assert client_of(bob).get(address("search", network), {"q": "é\x00"}).status_code == 404
    assert client_of(bob).get("/posts/%00/").status_code == 404
    assert client_of(bob).get(address("search", network), {"page": "9" * 5000}).status_code == 200


def test_nothing_found_teaches_what_to_do(
    bob: Any, network: Any, shelf: dict[str, Any], client_of: Callable[..., Any]
) -> None:
    client = client_of(bob)
    page = text_of(client.get(address("search", network), {"q": "xylophone"}))
    assert "Rien encore avec ces mots" in page
    assert reverse("posts:new", args=[network.slug, "request"]) + "?title=xylophone" in page
    assert "Prévenez-moi quand quelqu’un propose ceci" in page


def test_an_empty_network_invites_to_begin(bob: Any, network: Any, client_of: Callable[..., Any]) -> None:
    page = text_of(client_of(bob).get(address("search", network)))
    assert "Rien n’est encore publié" in page
    assert reverse("posts:new", args=[network.slug, "offer"]) in page


def test_results_come_by_thirty(
    bob: Any, chloe: Any, network: Any, make_post: Callable[..., Any], client_of: Callable[..., Any]
) -> None:
    for number in range(34):
        make_post(chloe, "offer", f"Réunion numéro {number}")
    client = client_of(bob)
    first, second = (client.get(address("search", network), {"page": page}) for page in (1, 2))
    assert (len(first.context["found"].posts), len(second.context["found"].posts)) == (30, 4)
    assert "page=2" in text_of(first)


def test_what_is_not_published_is_not_found(
    bob: Any, chloe: Any, network: Any, shelf: dict[str, Any], client_of: Callable[..., Any]
) -> None:
    pause_post(shelf["meeting"], by=chloe)
    assert "Animer une réunion" not in text_of(
        client_of(bob).get(address("search", network), {"q": "réunion"})
    )


@pytest.mark.parametrize("number", [3, 40])
def test_search_queries(
    bob: Any,
    chloe: Any,
    network: Any,
    make_post: Callable[..., Any],
    client_of: Callable[..., Any],
    queries: Any,
    number: int,
) -> None:
    for place in range(number):
        make_post(chloe, ("offer", "request")[place % 2], f"Réunion {place}", topics=[f"Réunion {place}"])
    client = client_of(bob)
    client.get(address("search", network), {"q": "réunion"})
    with queries() as seen:
        client.get(address("search", network), {"q": "réunion"})
    assert len(seen) == 17


def test_a_topic_shows_both_sides(
    bob: Any, network: Any, shelf: dict[str, Any], client_of: Callable[..., Any]
) -> None:
    meeting, finance = Topic.objects.get(name="Réunion"), Topic.objects.get(name="Finance")
    page = text_of(client_of(bob).get(address("topic", network, meeting.public_id)))
    assert "Animer une réunion à distance" in page
    assert "Préparer une réunion" in page
    page = text_of(client_of(bob).get(address("topic", network, finance.public_id)))
    assert "Personne ne le cherche encore" in page
    assert reverse("posts:new", args=[network.slug, "request"]) + "?topic=Finance" in page
    finance.merged_into = meeting
    finance.save()
    page = text_of(client_of(bob).get(address("topic", network, finance.public_id)))
    assert "Lire un compte de résultat" in page
    assert "Animer une réunion à distance" in page
    assert client_of(bob).get(address("topic", network, "zzzzzzzzzzzz")).status_code == 404


@pytest.mark.parametrize("number", [3, 40])
def test_topic_queries(
    bob: Any,
    chloe: Any,
    network: Any,
    make_post: Callable[..., Any],
    client_of: Callable[..., Any],
    queries: Any,
    number: int,
) -> None:
    for place in range(number):
        make_post(chloe, ("offer", "request")[place % 2], f"Réunion {place}", topics=["Réunion", f"S{place}"])
    client, page = client_of(bob), address("topic", network, Topic.objects.get(name="Réunion").public_id)
    client.get(page)
    with queries() as seen:
        response = client.get(page)
    assert sum(len(cards) for cards in response.context["cards"].values()) == min(number, 30)
    assert len(seen) == 18


def test_suggestions_by_request_with_reasons_and_not_for_me(
    bob: Any,
    network: Any,
    shelf: dict[str, Any],
    make_post: Callable[..., Any],
    client_of: Callable[..., Any],
    run_reactions: Callable[[], int],
) -> None:
    request = make_post(bob, "request", "Animer une réunion à distance", topics=["Réunion"])
    run_reactions()
    client, page = client_of(bob), address("suggestions", network)
    text = text_of(client.get(page))
    assert "Pour votre demande" in text
    assert "Pourquoi cette personne ?" in text
    assert f"offer={shelf['meeting'].public_id}&amp;request={request.public_id}" in text
    assert "Nous cherchons encore" in text
    suggestion = Suggestion.objects.get(request=request, offer=shelf["meeting"])
    response = client.post(reverse("find:dismiss", args=[suggestion.public_id]), {"next": page}, follow=True)
    assert response.redirect_chain == [(page, 303)]
    assert "ne vous sera plus proposée" in text_of(response)
    assert f"offer={shelf['meeting'].public_id}" not in text_of(response)


def test_suggestions_of_who_has_published_nothing(
    bob: Any, network: Any, client_of: Callable[..., Any]
) -> None:
    assert "Dites d’abord ce que vous cherchez" in text_of(
        client_of(bob).get(address("suggestions", network))
    )


def test_only_the_two_people_dismiss(
    bob: Any,
    chloe: Any,
    alice: Any,
    fatou: Any,
    make_post: Callable[..., Any],
    client_of: Callable[..., Any],
    run_reactions: Callable[[], int],
) -> None:
    make_post(bob, "request", "Animer une réunion", topics=["Réunion"])
    make_post(chloe, "offer", "Animer une réunion", topics=["Réunion"])
    run_reactions()
    suggestion = Suggestion.objects.get()
    page = reverse("find:dismiss", args=[suggestion.public_id])
    for person in (alice, fatou):
        assert client_of(person).post(page).status_code == 404
    assert client_of(bob).get(page).status_code == 405
    outside = client_of(bob).post(page, {"next": "https://example.org/"})
    assert outside["Location"] == "/"


def test_alerts_are_made_listed_and_withdrawn(
    bob: Any, chloe: Any, network: Any, client_of: Callable[..., Any]
) -> None:
    client, page = client_of(bob), address("alerts", network)
    assert "Aucune alerte pour l’instant" in text_of(client.get(page))
    response = client.post(page, {"words": "langue des signes", "kind": "offer"}, follow=True)
    assert "un message vous le dira" in text_of(response)
    assert "Quand quelqu’un propose <strong>langue des signes</strong>" in text_of(response)
    alert = Alert.objects.get()
    assert client_of(chloe).post(page, {"withdraw": alert.public_id}).status_code == 404
    assert "Cette alerte est retirée." in text_of(
        client.post(page, {"withdraw": alert.public_id}, follow=True)
    )
    assert "langue des signes</strong>" not in text_of(client.get(page))


def test_a_wrong_alert_is_refused_with_a_sentence(
    bob: Any, network: Any, client_of: Callable[..., Any]
) -> None:
    response = client_of(bob).post(address("alerts", network), {"words": "", "kind": "offer"})
    assert response.status_code == 422
    assert "Écrivez les mots à guetter." in text_of(response)


@pytest.mark.parametrize("name", ["search", "suggestions", "alerts"])
def test_strangers_find_nothing(fatou: Any, network: Any, client_of: Callable[..., Any], name: str) -> None:
    assert client_of(fatou).get(address(name, network)).status_code == 404
    assert client_of(None).get(address(name, network)).status_code == 302


def test_a_mended_word_is_said_in_one_sentence(
    bob: Any, chloe: Any, network: Any, make_post: Any, client_of: Callable[..., Any]
) -> None:
    make_post(chloe, "offer", "Mener un entretien difficile")
    page = text_of(client_of(bob).get(reverse("find:search", args=[network.slug]), {"q": "entretein"}))
    assert "1 annonce pour « entretien » (vous avez écrit « entretein »)" in page

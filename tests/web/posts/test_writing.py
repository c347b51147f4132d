"""Word an offer or a request: drawn out, kept as one types, published at once, nothing lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from reciproque.catalogue.models import Post
from reciproque.catalogue.rules import OFFER_PROMPTS, REQUEST_PROMPTS, PostState
from reciproque.kit.tokens import new_id
from reciproque.networks.actions import change_capacity

NAUGHTY = [
    "<script>alert('é')</script>",
    "'; DROP TABLE posts; --",
    "{{ 7 * 7 }} {% now 'Y' %}",
    "الكل ‮right to left",
    "👩🏽‍🏫 é́ ﷽ ﬁ",
    "%s %(name)s {0} %",
]


def text_of(response: Any) -> str:
    return response.content.decode().replace("\u00a0", " ")


def new_url(network: Any, kind: str = "offer") -> str:
    return reverse("posts:new", args=[network.slug, kind])


def words(**fields: Any) -> dict[str, Any]:
    return {
        "key": new_id(),
        "title": "Tableaux croisés dynamiques",
        "modes": ["phone"],
        "languages": ["fr"],
        "capacity": "2",
        **fields,
    }


def only_post() -> Post:
    return Post.objects.get()


@pytest.mark.parametrize(("kind", "prompts"), [("offer", OFFER_PROMPTS), ("request", REQUEST_PROMPTS)])
def test_prompts_draw_out_savoirs_and_looking_writes_nothing(
    bob: Any, network: Any, client_of: Callable[..., Any], kind: str, prompts: list[Any]
) -> None:
    page = text_of(client_of(bob).get(new_url(network, kind)))
    assert all(str(prompt) in page for prompt in prompts)
    assert ("Comment l’avez-vous appris ?" in page) == (kind == "offer")
    assert ("Comment apprenez-vous le mieux ?" in page) == (kind == "request")
    assert 'value="Nantes"' in page
    assert not Post.objects.exists()


def test_a_title_is_enough_to_publish(bob: Any, network: Any, client_of: Callable[..., Any]) -> None:
    response = client_of(bob).post(new_url(network), {"title": "Réparer un vélo"}, follow=True)
    post = only_post()
    assert response.redirect_chain == [(reverse("posts:post", args=[post.public_id]), 303)]
    assert "Votre offre est publiée : elle est visible jusqu’au mardi 2 mars 2027." in text_of(response)
    assert (post.state, post.kind, post.author) == (PostState.PUBLISHED, "offer", bob)


def test_every_field_is_kept(bob: Any, network: Any, client_of: Callable[..., Any]) -> None:
    fields = words(
        purpose="Suivre mon équipe",
        description="Une heure,\nsur votre fichier",
        level="beginner",
        learns_best="En pratiquant",
        place="Nantes",
        small_group="on",
        capacity="3",
        topics="Excel, Bureautique",
        picked=["excel", "Tableur"],
    )
    client_of(bob).post(new_url(network, "request"), fields)
    post = only_post()
    assert (post.purpose, post.level, post.learns_best) == ("Suivre mon équipe", "beginner", "En pratiquant")
    assert (post.modes, post.languages, post.place) == (["phone"], ["fr"], "Nantes")
    assert (post.small_group, post.capacity) == (True, 3)
    assert sorted(topic.folded for topic in post.topics.all()) == ["bureautique", "excel", "tableur"]


def test_a_refused_form_loses_nothing_and_still_helps(
    bob: Any, chloe: Any, network: Any, make_post: Callable[..., Any], client_of: Callable[..., Any]
) -> None:
    make_post(chloe, title="Tableaux croisés dynamiques", topics=["Excel"])
    fields = words(title="Tableaux croisés", topics="a, b, c, d, e, f", description="Ce que j’ai écrit")
    response = client_of(bob).post(new_url(network), fields)
    page = text_of(response)
    assert response.status_code == 422
    assert "Choisissez cinq sujets au plus." in page
    assert "Ce que j’ai écrit" in page
    assert "a, b, c, d, e, f" in page
    assert "Quelqu’un propose déjà quelque chose de proche" in page
    assert Post.objects.filter(author=bob).count() == 0


@pytest.mark.parametrize("title", ["", "  ", "ab", "x" * 141])
def test_an_impossible_title_is_refused_with_a_sentence(
    bob: Any, network: Any, client_of: Callable[..., Any], title: str
) -> None:
    response = client_of(bob).post(new_url(network), words(title=title))
    assert response.status_code == 422
    assert response.context["form"].errors["title"]
    assert not Post.objects.exists()


def test_the_same_form_sent_twice_makes_one_post(
    bob: Any, network: Any, client_of: Callable[..., Any]
) -> None:
    client, fields = client_of(bob), words()
    first, second = (client.post(new_url(network), fields) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert Post.objects.count() == 1


@pytest.mark.parametrize("text", NAUGHTY)
def test_naughty_strings_are_kept_and_shown_as_written(
    bob: Any, chloe: Any, network: Any, client_of: Callable[..., Any], text: str
) -> None:
    fields = words(title=text, purpose=text, description=text, how_learned=text, place=text, topics=text)
    client_of(bob).post(new_url(network), fields)
    post = only_post()
    page = client_of(chloe).get(reverse("posts:post", args=[post.public_id])).content.decode()
    assert "<script>alert" not in page
    assert "49 2026" not in page


def test_drafts_are_kept_as_one_types_and_stay_one(
    bob: Any, chloe: Any, network: Any, client_of: Callable[..., Any]
) -> None:
    client, url = client_of(bob), reverse("posts:draft", args=[network.slug, "offer"])
    fields = words(title="Tabl", topics="a,b,c,d,e,f,g")
    assert client.post(url, fields).status_code == 204
    assert client.post(url, fields | {"title": "Tableaux", "capacity": "-3"}).status_code == 204
    post = only_post()
    assert (post.title, post.state, post.public_id) == ("Tableaux", PostState.DRAFT, fields["key"])
    assert post.topics.count() == 5
    assert client_of(chloe).get(reverse("posts:post", args=[post.public_id])).status_code == 404
    client.post(new_url(network), fields | {"title": "Tableaux croisés", "topics": "Excel"})
    assert only_post().state == PostState.PUBLISHED


def test_nothing_typed_makes_no_draft(bob: Any, network: Any, client_of: Callable[..., Any]) -> None:
    url = reverse("posts:draft", args=[network.slug, "offer"])
    assert client_of(bob).post(url, words(title="")).status_code == 204
    assert client_of(bob).post(url, words(key="not a key")).status_code == 204
    assert not Post.objects.exists()


def test_nobody_writes_over_another_s_draft(
    bob: Any, chloe: Any, network: Any, client_of: Callable[..., Any]
) -> None:
    url, fields = reverse("posts:draft", args=[network.slug, "offer"]), words()
    client_of(bob).post(url, fields)
    assert client_of(chloe).post(url, fields | {"title": "À moi"}).status_code == 409
    assert client_of(chloe).post(new_url(network), fields | {"title": "À moi"}).status_code == 422
    assert (only_post().title, only_post().author) == (fields["title"], bob)


def test_a_late_draft_never_changes_what_is_published(
    bob: Any, network: Any, client_of: Callable[..., Any]
) -> None:
    client, fields = client_of(bob), words()
    client.post(new_url(network), fields)
    url = reverse("posts:draft", args=[network.slug, "offer"])
    assert client.post(url, fields | {"title": "En retard"}).status_code == 409
    assert only_post().title == fields["title"]


def test_without_javascript_a_button_keeps_the_draft(
    bob: Any, network: Any, client_of: Callable[..., Any]
) -> None:
    response = client_of(bob).post(
        new_url(network), words(title="", step="keep", purpose="Un jour"), follow=True
    )
    assert "Votre brouillon est gardé. Personne d’autre ne le voit." in text_of(response)
    assert "Sans titre" in text_of(response)
    assert only_post().purpose == "Un jour"


def test_without_javascript_one_reads_again_before_publishing(
    bob: Any, chloe: Any, network: Any, make_post: Callable[..., Any], client_of: Callable[..., Any]
) -> None:
    make_post(chloe, title="Tableaux croisés dynamiques", topics=["Excel"])
    client = client_of(bob)
    response = client.post(new_url(network), words(step="review"))
    draft = Post.objects.get(author=bob)
    assert response["Location"] == reverse("posts:edit", args=[draft.public_id]) + "?review=1#review"
    page = text_of(client.get(response["Location"]))
    assert "Voici ce que liront les autres membres" in page
    assert "Quelqu’un propose déjà quelque chose de proche" in page
    assert "Est-ce l’un de ces sujets ?" in page
    client.post(reverse("posts:edit", args=[draft.public_id]), words(step="publish", key=draft.public_id))
    draft.refresh_from_db()
    assert draft.state == PostState.PUBLISHED


def test_hints_while_typing(
    bob: Any, chloe: Any, network: Any, make_post: Callable[..., Any], client_of: Callable[..., Any]
) -> None:
    near = make_post(chloe, title="Tableaux croisés dynamiques", topics=["Excel", "Bureautique"])
    make_post(chloe, "request", title="Tableaux croisés pour mes suivis")
    url = reverse("posts:hints", args=[network.slug])
    asked = {"title": "Tableau croisé dynamique", "kind": "offer", "picked": ["Excel"]}
    page = text_of(client_of(bob).get(url, asked))
    assert reverse("posts:post", args=[near.public_id]) in page
    assert "pour mes suivis" not in page
    assert 'value="Excel" checked' in page
    assert 'value="Bureautique">' in page
    assert "<h1" not in page
    assert text_of(client_of(bob).get(url, {"title": "xy", "kind": "offer"})).strip() == ""


def test_one_s_own_near_duplicate_is_said_so_and_the_post_itself_left_out(
    bob: Any, network: Any, make_post: Callable[..., Any], client_of: Callable[..., Any]
) -> None:
    mine = make_post(bob, title="Tableaux croisés dynamiques")
    url, asked = reverse("posts:hints", args=[network.slug]), {"title": mine.title, "kind": "offer"}
    assert "mieux vaut peut-être la modifier" in text_of(client_of(bob).get(url, asked))
    assert "mieux vaut" not in text_of(client_of(bob).get(url, asked | {"key": mine.public_id}))


def test_editing_what_is_published(
    bob: Any, network: Any, make_post: Callable[..., Any], client_of: Callable[..., Any]
) -> None:
    post = make_post(bob, title="Tableaux croisés", topics=["Excel"])
    client, url = client_of(bob), reverse("posts:edit", args=[post.public_id])
    page = text_of(client.get(url))
    assert 'value="Tableaux croisés"' in page
    assert 'value="Excel"' in page
    assert "data-autosave=" not in page
    response = client.post(
        url, words(title="Tableaux croisés, pas à pas", topics="Excel, Suivi"), follow=True
    )
    assert "C’est modifié." in text_of(response)
    post.refresh_from_db()
    assert (post.title, post.topics.count(), post.state) == ("Tableaux croisés, pas à pas", 2, "published")
    assert client.post(url, words(title="x")).status_code == 422


def test_who_may_edit(
    bob: Any,
    chloe: Any,
    alice: Any,
    fatou: Any,
    make_post: Callable[..., Any],
    client_of: Callable[..., Any],
) -> None:
    post = make_post(bob)
    url = reverse("posts:edit", args=[post.public_id])
    seen = {person: client_of(person).get(url).status_code for person in (bob, chloe, alice, fatou)}
    assert seen == {bob: 200, chloe: 404, alice: 200, fatou: 404}
    assert client_of(chloe).post(url, words()).status_code == 404


def test_strangers_write_nowhere(fatou: Any, network: Any, client_of: Callable[..., Any]) -> None:
    client = client_of(fatou)
    assert client.get(new_url(network)).status_code == 404
    assert client.post(new_url(network), words()).status_code == 404
    assert client.post(reverse("posts:draft", args=[network.slug, "offer"]), words()).status_code == 404
    assert client.get(reverse("posts:hints", args=[network.slug]), {"title": "Tableaux"}).status_code == 404
    assert client.get(f"/networks/{network.slug}/posts/new/gift/").status_code == 404


def test_a_form_comes_filled_from_a_search_or_a_topic(
    bob: Any, network: Any, client_of: Callable[..., Any]
) -> None:
    page = text_of(client_of(bob).get(new_url(network, "request"), {"title": "Souder", "topic": "Métal"}))
    assert 'value="Souder"' in page
    assert 'value="Métal"' in page


@pytest.mark.parametrize(("kind", "room"), [("offer", 3), ("request", 5)])
def test_the_number_of_exchanges_is_told_apart_from_that_of_the_membership(
    bob: Any, network: Any, client_of: Callable[..., Any], kind: str, room: int
) -> None:
    membership = bob.memberships.get(network=network)
    change_capacity(membership, by=bob, give=3, receive=5)
    assert f"vous avez choisi {room} au plus" in text_of(client_of(bob).get(new_url(network, kind)))
    change_capacity(membership, by=bob, give=0, receive=0)
    assert "elle ne sera proposée à personne" in text_of(client_of(bob).get(new_url(network, kind)))

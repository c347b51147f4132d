"""One's own posts by state; a post as others and as its author see it; what can be done with it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from reciproque.catalogue.actions import expire_overdue, pause_post, publish_post, save_draft
from reciproque.catalogue.rules import PostState
from reciproque.exchanges.actions import ask_introduction
from reciproque.kit import clock
from reciproque.networks.actions import pause_membership, publish_charter, resume_membership, sign_charter

LATER = dt.timedelta(days=90)


def text_of(response: Any) -> str:
    return response.content.decode().replace("\u00a0", " ")


def url(name: str, post: Any) -> str:
    return reverse(f"posts:{name}", args=[post.public_id])


def mine(network: Any) -> str:
    return reverse("posts:mine", args=[network.slug])


def test_my_posts_by_state(
    bob: Any, chloe: Any, network: Any, make_post: Callable[..., Any], client_of: Callable[..., Any]
) -> None:
    make_post(bob, title="Publiée à moi")
    pause_post(make_post(bob, title="En pause à moi"), by=bob)
    save_draft(network, bob, "offer", by=bob, title="Brouillon à moi")
    make_post(chloe, title="À Chloé")
    client = client_of(bob)
    page = text_of(client.get(mine(network)))
    assert "Publiée à moi" in page
    assert not any(title in page for title in ("En pause à moi", "Brouillon à moi", "À Chloé"))
    assert "Reprendre" in text_of(client.get(mine(network), {"state": "drafts"}))
    assert "Publier de nouveau" in text_of(client.get(mine(network), {"state": "paused"}))
    assert "Publiée à moi" in text_of(client.get(mine(network), {"state": "whatever"}))


def test_without_any_post_one_learns_how_to_begin(
    bob: Any, network: Any, client_of: Callable[..., Any]
) -> None:
    page = text_of(client_of(bob).get(mine(network)))
    assert "Par quoi commencer ?" in page
    assert reverse("posts:new", args=[network.slug, "request"]) in page


def test_an_expired_post_is_renewed_in_one_tap(
    bob: Any, network: Any, make_post: Callable[..., Any], client_of: Callable[..., Any]
) -> None:
    post = make_post(bob, title="Vieille offre")
    client = client_of(bob)
    with clock.at(clock.now() + dt.timedelta(days=400)):
        expire_overdue()
        assert "Renouveler" in text_of(client.get(mine(network), {"state": "expired"}))
        response = client.post(url("renew", post), follow=True)
    assert "elle est visible jusqu’au" in text_of(response)
    post.refresh_from_db()
    assert post.state == PostState.PUBLISHED


def test_a_post_about_to_expire_says_so_and_renews(
    bob: Any, network: Any, make_post: Callable[..., Any], client_of: Callable[..., Any]
) -> None:
    post = make_post(bob)
    with clock.at(clock.now() + dt.timedelta(days=356)):
        page = text_of(client_of(bob).get(url("post", post)))
        assert "Expire le mardi 2 mars 2027" in page
        assert url("renew", post) in page


@pytest.mark.parametrize("number", [3, 40])
def test_list_queries(
    bob: Any,
    network: Any,
    make_post: Callable[..., Any],
    client_of: Callable[..., Any],
    queries: Any,
    number: int,
) -> None:
    for place in range(number):
        make_post(bob, ("offer", "request")[place % 2], f"Savoir {place}", topics=[f"Sujet {place}"])
    client = client_of(bob)
    client.get(mine(network))
    with queries() as seen:
        response = client.get(mine(network))
    assert len(response.context["rows"]) == min(number, 30)
    assert len(seen) == 12


def test_a_colleague_sees_the_post_and_how_to_ask(
    bob: Any, chloe: Any, network: Any, make_post: Callable[..., Any], client_of: Callable[..., Any]
) -> None:
    offer = make_post(
        chloe,
        title="Animer une formation",
        purpose="Former les nouveaux",
        description="Ma trame en deux pages",
        how_learned="En me trompant",
        level="beginner",
        place="Rennes",
        small_group=True,
        topics=["Formation"],
    )
    request = make_post(chloe, "request", "Lire un bilan", learns_best="En pratiquant")
    client = client_of(bob)
    page = text_of(client.get(url("post", offer)))
    shown = ["Chloé Le Goff", "Former les nouveaux", "Ma trame en deux pages", "En me trompant"]
    for words in [*shown, "Pour qui débute", "Rennes", "Petit groupe", "Formation"]:
        assert words in page
    ask = reverse("exchanges:ask", args=[network.slug])
    assert f"{ask}?offer={offer.public_id}" in page
    assert not any(url(verb, offer) in page for verb in ("edit", "pause", "withdraw", "fulfil", "renew"))
    assert "Visible jusqu’au" not in page
    page = text_of(client.get(url("post", request)))
    assert "Proposer mon aide" in page
    assert "En pratiquant" in page
    assert f"{ask}?request={request.public_id}" in page


def test_when_it_was_found_for_them_the_reasons_are_said(
    bob: Any,
    chloe: Any,
    make_post: Callable[..., Any],
    client_of: Callable[..., Any],
    run_reactions: Callable[[], int],
) -> None:
    request = make_post(bob, "request", "Tableaux croisés dynamiques", topics=["Excel"])
    offer = make_post(chloe, "offer", "Tableaux croisés dynamiques", topics=["Excel"])
    run_reactions()
    page = text_of(client_of(bob).get(url("post", offer)))
    assert "Pourquoi cette personne ?" in page
    assert "Le sujet est le même" in page
    assert f"offer={offer.public_id}&amp;request={request.public_id}" in page
    page = text_of(client_of(chloe).get(url("post", offer)))
    assert "Qui cherche cela ?" in page
    assert "Bob Riou" in page


def test_right_after_publishing_who_was_found_is_shown_at_once(
    bob: Any, chloe: Any, network: Any, make_post: Callable[..., Any], client_of: Callable[..., Any]
) -> None:
    make_post(chloe, "offer", "Tableaux croisés dynamiques", topics=["Excel"])
    new = reverse("posts:new", args=[network.slug, "request"])
    fields = {"title": "Tableaux croisés dynamiques", "topics": "Excel", "modes": "phone", "languages": "fr"}
    page = text_of(client_of(bob).post(new, fields, follow=True))
    assert "Qui propose cela ?" in page
    assert "Chloé Le Goff" in page
    assert "Demander une mise en relation" in page


def test_an_introduction_under_way_is_shown_instead_of_asking_again(
    bob: Any, chloe: Any, network: Any, make_post: Callable[..., Any], client_of: Callable[..., Any]
) -> None:
    offer = make_post(chloe, title="Animer une formation")
    asked = ask_introduction(network, requester=bob, offerer=chloe, by=bob, offer=offer)
    page = text_of(client_of(bob).get(url("post", offer)))
    assert reverse("exchanges:introduction", args=[asked.public_id]) in page
    assert "Demander une mise en relation" not in page
    page = text_of(client_of(chloe).get(url("post", offer)))
    assert "Mises en relation en cours" in page
    assert "Bob Riou" in page


def test_why_one_cannot_ask(
    make_person: Callable[..., Any],
    strict_network: Any,
    admin: Any,
    join: Callable[..., Any],
    client_of: Callable[..., Any],
) -> None:
    network, asker, giver = strict_network, make_person("Bob"), make_person("Chloé")
    membership = join(asker, network)
    author = join(giver, network)
    words = {"modes": ["phone"], "languages": ["fr"]}
    offer = publish_post(network, giver, "offer", by=giver, title="Animer une formation", **words)
    client, address = client_of(asker), url("post", offer)
    ask = reverse("exchanges:ask", args=[network.slug])

    def page() -> str:
        text = text_of(client.get(address))
        assert (f"{ask}?offer=" in text) == ("Demander une mise en relation</span>" in text)
        return text

    assert ask in page(), "the grace period lets one ask"
    with clock.at(clock.now() + LATER):
        assert "Publiez une offre et une demande" in page()
        publish_post(network, asker, "offer", by=asker, title="Réparer un vélo", **words)
        assert "Il vous reste à publier une demande" in page()
        publish_post(network, asker, "request", by=asker, title="Lire un bilan", **words)
        assert ask in page()
        publish_charter(
            network, by=admin, text_fr="Chacun sait quelque chose.\nChacun cherche quelque chose."
        )
        assert reverse("join:charter", args=[network.slug]) in page()
        assert ask not in page()
        pause_membership(membership, by=asker, until=clock.now() + dt.timedelta(days=5))
        assert "Votre participation est en pause" in page()
        resume_membership(membership, by=asker)
        sign_charter(membership, by=asker, version=2)
        pause_membership(author, by=giver, until=clock.now() + dt.timedelta(days=5))
        assert "Cette personne est en pause en ce moment" in page()


def test_one_does_not_ask_one_s_own_manager(
    bob: Any, chloe: Any, make_post: Callable[..., Any], client_of: Callable[..., Any]
) -> None:
    offer = make_post(chloe)
    bob.manager = chloe
    bob.save()
    page = text_of(client_of(bob).get(url("post", offer)))
    assert "une personne et son responsable direct" in page


@pytest.mark.parametrize(
    ("verb", "state"),
    [("pause", PostState.PAUSED), ("withdraw", PostState.WITHDRAWN), ("fulfil", PostState.FULFILLED)],
)
def test_one_is_asked_before_anything_stops(
    bob: Any, make_post: Callable[..., Any], client_of: Callable[..., Any], verb: str, state: str
) -> None:
    post, client = make_post(bob), client_of(bob)
    page = text_of(client.get(url(verb, post)))
    assert "Les mises en relation sans réponse s’arrêtent" in page
    post.refresh_from_db()
    assert post.state == PostState.PUBLISHED
    for _twice in range(2):
        assert client.post(url(verb, post)).status_code == 303
        post.refresh_from_db()
        assert post.state == state


def test_a_refusal_is_said_on_the_next_page(
    bob: Any, make_post: Callable[..., Any], client_of: Callable[..., Any]
) -> None:
    post, client = make_post(bob), client_of(bob)
    client.post(url("fulfil", post))
    assert "Cela a changé entre-temps" in text_of(client.post(url("pause", post), follow=True))


def test_a_draft_is_resumed_or_removed(
    bob: Any, chloe: Any, network: Any, client_of: Callable[..., Any]
) -> None:
    draft = save_draft(network, bob, "offer", by=bob, title="Réparer")
    client = client_of(bob)
    assert client.get(url("post", draft))["Location"] == url("edit", draft)
    assert "Supprimer ce brouillon ?" in text_of(client.get(url("withdraw", draft)))
    assert client_of(chloe).post(url("withdraw", draft)).status_code == 404
    assert "Le brouillon est supprimé." in text_of(client.post(url("withdraw", draft), follow=True))


def test_looking_at_a_renewal_changes_nothing(
    bob: Any, make_post: Callable[..., Any], client_of: Callable[..., Any]
) -> None:
    post = make_post(bob)
    pause_post(post, by=bob)
    assert client_of(bob).get(url("renew", post))["Location"] == url("post", post)
    post.refresh_from_db()
    assert post.state == PostState.PAUSED


@pytest.mark.parametrize("verb", ["pause", "withdraw", "fulfil", "renew"])
def test_nobody_acts_on_another_s_post(
    bob: Any,
    chloe: Any,
    fatou: Any,
    make_post: Callable[..., Any],
    client_of: Callable[..., Any],
    verb: str,
) -> None:
    post = make_post(bob)
    for person in (chloe, fatou):
        assert client_of(person).get(url(verb, post)).status_code == 404
        assert client_of(person).post(url(verb, post)).status_code == 404
    post.refresh_from_db()
    assert post.state == PostState.PUBLISHED


def test_an_animator_may_act_for_someone(
    bob: Any, alice: Any, make_post: Callable[..., Any], client_of: Callable[..., Any]
) -> None:
    post = make_post(bob)
    assert "Pour l’animation" in text_of(client_of(alice).get(url("post", post)))
    client_of(alice).post(url("pause", post))
    post.refresh_from_db()
    assert post.state == PostState.PAUSED
    assert client_of(alice).get(url("post", post)).status_code == 200


def test_strangers_do_not_know_that_a_post_exists(
    bob: Any, chloe: Any, fatou: Any, make_post: Callable[..., Any], client_of: Callable[..., Any]
) -> None:
    post = make_post(bob)
    assert client_of(fatou).get(url("post", post)).status_code == 404
    assert client_of(None).get(url("post", post)).status_code == 302
    pause_post(post, by=bob)
    assert client_of(chloe).get(url("post", post)).status_code == 404


def test_who_only_runs_the_network_is_not_led_where_only_members_go(
    bob: Any, admin: Any, network: Any, make_post: Callable[..., Any], client_of: Callable[..., Any]
) -> None:
    post = make_post(bob, "offer", "Lire un plan", topics=["Plans"])
    client = client_of(admin)
    pages = [
        reverse("posts:post", args=[post.public_id]),
        reverse("animation:member", args=[network.slug, bob.public_id]),
    ]
    for page in pages:
        links = set(re.findall(r'href="(/[^"#]*)"', client.get(page).content.decode()))
        links = {link for link in links if not link.startswith("/static/")}
        assert {link: client.get(link).status_code for link in links} == dict.fromkeys(links, 200), page

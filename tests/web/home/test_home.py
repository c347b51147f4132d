"""The home page: one for all one's networks, steps first, then who was found, then what goes on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from reciproque.catalogue.actions import publish_post
from reciproque.exchanges.actions import ask_introduction, confirm_exchange, declare_exchange
from reciproque.gatherings import actions as gatherings
from reciproque.gatherings.queries import awaited_from
from reciproque.kit import clock
from reciproque.kit.tokens import new_id
from reciproque.networks.actions import grant_role, join_network
from reciproque.web.home.wording import greeting, invitation

HOME = "/"


def text_of(response: Any) -> str:
    return response.content.decode().replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (0, "Bonjour Bob, rien ne vous attend"),
        (1, "Bonjour Bob, une chose vous attend"),
        (2, "Bonjour Bob, deux choses vous attendent"),
        (10, "Bonjour Bob, dix choses vous attendent"),
        (14, "Bonjour Bob, 14 choses vous attendent"),
    ],
)
def test_greeting_is_worded(bob: Any, number: int, sentence: str) -> None:
    assert greeting(bob, number) == sentence


def test_greeting_without_a_first_name(make_person: Callable[..., Any]) -> None:
    assert greeting(make_person("", "Membre 8718"), 0) == "Bonjour Membre 8718, rien ne vous attend"


def test_nobody_is_asked_to_sign_in(client_of: Callable[..., Any], db: None) -> None:
    response = client_of(None).get(HOME)
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account:sign_in"))


def test_who_belongs_nowhere_chooses_a_network(
    make_person: Callable[..., Any], network: Any, client_of: Callable[..., Any]
) -> None:
    page = text_of(client_of(make_person("Inès")).get(HOME))
    assert "Bienvenue, Inès" in page
    assert reverse("join:network", args=[network.slug]) in page
    assert "Ouvert pour vous" in page


def test_an_applicant_is_told_to_wait(
    make_person: Callable[..., Any], network: Any, client_of: Callable[..., Any]
) -> None:
    network.admission = "approval"
    network.save()
    person = make_person("Inès")
    join_network(network, person, by=person)
    assert "Votre demande attend une réponse" in text_of(client_of(person).get(HOME))


def test_no_network_at_all(
    make_person: Callable[..., Any], admin: Any, client_of: Callable[..., Any]
) -> None:
    assert "Revenez bientôt" in text_of(client_of(make_person("Inès")).get(HOME))
    assert reverse("settings:new", args=[1]) in text_of(client_of(admin).get(HOME))


def test_a_newcomer_is_led_to_a_first_offer_and_a_first_request(
    bob: Any, network: Any, client_of: Callable[..., Any], run_reactions: Callable[[], int]
) -> None:
    offer, request = (reverse("posts:new", args=[network.slug, kind]) for kind in ("offer", "request"))
    before = text_of(client_of(bob).get(HOME))
    assert "Proposez ce que vous savez faire" in before
    run_reactions()
    after = text_of(client_of(bob).get(HOME))
    assert "deux choses vous attendent" in after
    assert "Publiez votre première offre" in after
    assert "Proposez ce que vous savez faire" not in after
    for page in (before, after):
        assert offer in page
        assert request in page
        assert "Que viennent vous demander vos collègues ?" in page


def test_an_introduction_is_said_with_names_and_answered_from_here(
    bob: Any, chloe: Any, network: Any, make_post: Callable[..., Any], client_of: Callable[..., Any]
) -> None:
    offer = make_post(bob, title="Préparer un entretien difficile")
    request = make_post(
        chloe, "request", "Mener un entretien difficile", purpose="Préparer les entretiens de janvier"
    )
    asked = ask_introduction(network, requester=chloe, offerer=bob, by=chloe, request=request, offer=offer)
    page = text_of(client_of(bob).get(HOME))
    assert "Bonjour Bob, une chose vous attend" in page
    assert "Chloé Le Goff aimerait apprendre : « Mener un entretien difficile »" in page
    assert "Préparer les entretiens de janvier (par téléphone, en visioconférence)" in page
    assert reverse("exchanges:answer", args=[asked.public_id]) in page
    assert "Chloé Le Goff aimerait apprendre" not in text_of(client_of(chloe).get(HOME))


def test_who_was_found_is_shown_with_reasons_and_both_posts(
    bob: Any,
    chloe: Any,
    network: Any,
    make_post: Callable[..., Any],
    client_of: Callable[..., Any],
    run_reactions: Callable[[], int],
) -> None:
    make_post(bob, "offer", "Réparer un vélo")
    request = make_post(bob, "request", "Tableaux croisés dynamiques", topics=["Excel"])
    offer = make_post(chloe, "offer", "Tableaux croisés dynamiques", topics=["Excel"])
    run_reactions()
    client = client_of(bob)
    response = client.get(HOME)
    page = text_of(response)
    assert "Trouvé pour vous" in page
    assert "Pourquoi cette personne ?" in page
    assert "Le sujet est le même" in page
    assert f"offer={offer.public_id}&amp;request={request.public_id}" in page
    card = response.context["found"][0]["card"]
    client.post(card.dismiss_url, {"next": HOME})
    assert "Pourquoi cette personne ?" not in text_of(client.get(HOME))


def test_who_may_not_ask_is_told_why(
    make_person: Callable[..., Any],
    strict_network: Any,
    join: Callable[..., Any],
    client_of: Callable[..., Any],
    run_reactions: Callable[[], int],
) -> None:
    asker, giver = make_person("Bob"), make_person("Chloé")
    for person in (asker, giver):
        join(person, strict_network)
    words = {
        "modes": ["phone"],
        "languages": ["fr"],
        "title": "Tableaux croisés dynamiques",
        "topics": ["Excel"],
    }
    publish_post(strict_network, asker, "request", by=asker, **words)
    publish_post(strict_network, giver, "offer", by=giver, **words)
    run_reactions()
    with clock.at(clock.now() + dt.timedelta(days=90)):
        page = text_of(client_of(asker).get(HOME))
    assert "Il vous reste à publier une offre pour demander une mise en relation." in page
    assert reverse("exchanges:ask", args=[strict_network.slug]) not in page


def test_with_several_networks_each_thing_names_its_own(
    bob: Any,
    chloe: Any,
    network: Any,
    other_network: Any,
    join: Callable[..., Any],
    make_post: Callable[..., Any],
    client_of: Callable[..., Any],
) -> None:
    make_post(chloe, "offer", "Lire un bilan")
    alone = text_of(client_of(bob).get(HOME))
    assert "Ces jours-ci dans le réseau" in alone
    join(bob, other_network)
    page = text_of(client_of(bob).get(HOME))
    assert "Ces jours-ci dans vos réseaux" in page
    assert "<span>Savoirs du courrier</span>" in page
    assert "Pour commencer, réseau « Ailleurs »" in page


def test_posts_of_networks_one_does_not_belong_to_stay_out(
    bob: Any, fatou: Any, other_network: Any, make_post: Callable[..., Any], client_of: Callable[..., Any]
) -> None:
    make_post(fatou, "offer", "Secret de banque", network=other_network)
    assert "Secret de banque" not in text_of(client_of(bob).get(HOME))


def test_reciprocity_is_an_invitation_for_the_reader_alone(
    bob: Any, chloe: Any, network: Any, client_of: Callable[..., Any]
) -> None:
    exchange = declare_exchange(
        network,
        requester=bob,
        offerer=chloe,
        by=bob,
        title="Lire un bilan",
        held_on=clock.now().date() - dt.timedelta(days=3),
    )
    confirm_exchange(exchange, by=chloe)
    page = text_of(client_of(bob).get(HOME))
    assert "<b>1</b> savoir reçu" in page
    assert "Et si vous proposiez ce que vos collègues viennent déjà vous demander ?" in page
    assert "Personne d’autre ne voit ceci." in page
    assert "Et vous, qu’aimeriez-vous apprendre" in text_of(client_of(chloe).get(HOME))


def test_the_invitation_never_speaks_of_a_debt(network: Any) -> None:
    said = {invitation(*pair, network)["text"] for pair in ((0, 0), (1, 0), (0, 1), (2, 2))}
    assert len(said) == 4
    assert not any(word in text for text in said for word in ("dette", "doit", "devez", "points"))


def test_the_team_sees_what_awaits_it(
    alice: Any,
    make_person: Callable[..., Any],
    network: Any,
    client_of: Callable[..., Any],
    run_reactions: Callable[[], int],
) -> None:
    network.admission = "approval"
    network.save()
    for number in range(12):
        person = make_person("Paul", f"Candidat{number}")
        join_network(network, person, by=person)
    run_reactions()
    page = text_of(client_of(alice).get(HOME))
    assert "demande à rejoindre le réseau" in page
    assert "autres choses à faire" in page


@pytest.mark.parametrize("number", [3, 28])
def test_the_number_of_queries_does_not_depend_on_what_is_shown(
    bob: Any,
    chloe: Any,
    make_post: Callable[..., Any],
    client_of: Callable[..., Any],
    queries: Any,
    number: int,
    run_reactions: Callable[[], int],
) -> None:
    make_post(bob, "offer", "Réparer un vélo")
    make_post(bob, "request", "Tableaux croisés dynamiques", topics=["Excel"])
    for place in range(number):
        make_post(chloe, "offer", f"Tableaux croisés dynamiques {place}", topics=["Excel", f"Sujet {place}"])
        make_post(chloe, "request", f"Jardiner {place}", topics=["Jardin"])
    run_reactions()
    client = client_of(bob)
    client.get(HOME)
    with queries() as seen:
        assert client.get(HOME).status_code == 200
    assert len(seen) == HOME_QUERIES


HOME_QUERIES = 25


def test_who_only_runs_a_network_is_told_so_and_not_invited_to_publish(
    network: Any, admin: Any, make_person: Callable[..., Any], client_of: Callable[..., Any]
) -> None:
    animator = make_person("Rose", "Marie")
    grant_role(network, animator, "animator", by=admin)
    page = text_of(client_of(animator).get(HOME))
    assert "Votre rôle : animation. Vous n’en êtes pas membre." in page
    assert reverse("animation:desk", args=[network.slug]) in page
    assert "Votre réciprocité" not in page
    assert reverse("posts:new", args=[network.slug, "offer"]) not in page


def test_an_administrator_is_told_what_they_do_here(
    network: Any, make_person: Callable[..., Any], client_of: Callable[..., Any]
) -> None:
    person = make_person("Ada", is_superuser=True, is_staff=True)
    page = text_of(client_of(person).get(HOME))
    assert "Vous administrez l’installation" in page
    assert reverse("settings:index", args=[network.slug]) in page
    assert "Ouvert pour vous" not in page


def test_an_agreement_awaited_after_a_fair_is_expected_here(
    network: Any, alice: Any, bob: Any, chloe: Any, client_of: Callable[..., Any]
) -> None:
    now = clock.now()
    fair = gatherings.plan_gathering(
        network,
        "fair",
        by=alice,
        title="La bourse de printemps",
        starts_at=now + dt.timedelta(hours=1),
        ends_at=now + dt.timedelta(hours=3),
        place="Salle Jaurès",
        announced=False,
    )
    gatherings.open_gathering(fair, by=alice)
    for words in ("Faire un levain", "Cuire au feu de bois"):
        gatherings.type_entry(fair, by=alice, key=new_id(), kind="offer", words=words, who="Bob Riou")
    before = text_of(client_of(bob).get(HOME))
    assert "noté pour vous" not in before  # the fair goes on: its own page asks
    gatherings.close_gathering(fair, by=alice)
    page = text_of(client_of(bob).get(HOME))
    assert "Relisez ce qui a été noté pour vous : « La bourse de printemps »" in page
    assert "2 savoirs notés ne sont publiés qu’avec votre accord." in page
    assert reverse("gatherings:mine", args=[fair.public_id]) in page
    assert "une chose vous attend" in page or "choses vous attendent" in page
    assert "noté pour vous" not in text_of(client_of(chloe).get(HOME))
    [awaited] = awaited_from(bob)
    assert (awaited.gathering, awaited.count) == (fair, 2)
    with clock.at(awaited.until + dt.timedelta(hours=1)):
        assert awaited_from(bob) == []
    row = fair.participants.get()
    gatherings.drop_entries(row, [one.public_id for one in row.entries.all()], by=bob)
    assert "noté pour vous" not in text_of(client_of(bob).get(HOME))

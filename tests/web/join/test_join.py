"""Finding a network, joining it, taking part, leaving."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse

from reciproque.kit import clock
from reciproque.networks.actions import (
    add_opening,
    change_settings,
    create_invitation,
    create_network,
    grant_role,
    publish_charter,
    withdraw_invitation,
)
from reciproque.networks.models import Interest, Membership, Signature
from reciproque.networks.queries import current_charter

DAY = dt.timedelta(days=1)


def url(name: str, network: Any) -> str:
    return reverse(f"join:{name}", args=[network.slug])


@pytest.fixture
def newcomer(make_person: Any) -> Any:
    return make_person("Nadia", "Benali", unit="Siège > Achats", site="Paris", level="cadre")


@pytest.fixture
def west_only(admin: Any) -> Any:
    network = create_network("Ouest", by=admin, slug="ouest", open_to_all=False, reciprocity="open")
    today = clock.now().date()
    add_opening(network, "Les gens de l’Ouest", by=admin, opens_on=today, units=["Opérations > Ouest"])
    return network


def test_the_directory_says_where_one_stands(
    client_of: Any, newcomer: Any, bob: Any, network: Any, west_only: Any, admin: Any, queries: Any
) -> None:
    page = client_of(newcomer).get(reverse("join:directory")).content.decode()
    assert "Ouvert à vous" in page
    assert "Pas encore ouvert à vous" in page
    assert "moins de cinq membres" in page
    assert "Les vôtres" in client_of(bob).get(reverse("join:directory")).content.decode()
    client = client_of(newcomer)
    client.get(reverse("join:directory"))
    with queries() as few:
        client.get(reverse("join:directory"))
    for number in range(6):
        create_network(f"Réseau {number}", by=admin)
    with queries() as many:
        client.get(reverse("join:directory"))
    assert len(many) == len(few)


def test_one_joins_by_signing_the_charter(client_of: Any, newcomer: Any, network: Any) -> None:
    client = client_of(newcomer)
    assert "Rejoindre le réseau" in client.get(url("network", network)).content.decode()
    page = client.get(url("join", network)).content.decode()
    assert "On apprend à faire" in page
    response = client.post(url("join", network), {"version": 1})
    assert response.status_code == 422
    response = client.post(url("join", network), {"version": 1, "agree": "on"}, follow=True)
    page = response.content.decode()
    assert response.redirect_chain[-1][0] == url("welcome", network)
    assert "Écrire mon offre" in page
    assert "Écrire ma demande" in page
    membership = Membership.objects.get(person=newcomer, network=network)
    assert Signature.objects.get(membership=membership).charter.version == 1
    assert client.get(url("join", network))["Location"] == url("network", network)


def test_the_welcome_follows_what_is_published(
    client_of: Any, bob: Any, network: Any, make_post: Any
) -> None:
    client = client_of(bob)
    make_post(bob, "offer")
    page = client.get(url("welcome", network)).content.decode()
    assert "C’est publié" in page
    assert "Écrire ma demande" in page
    make_post(bob, "request", "Animer une réunion")
    assert "Voir qui l’on me propose" in client.get(url("welcome", network)).content.decode()


def test_a_charter_that_changed_meanwhile_is_read_again(
    client_of: Any, newcomer: Any, network: Any, admin: Any
) -> None:
    publish_charter(network, by=admin, text_fr="Une seule règle.")
    response = client_of(newcomer).post(url("join", network), {"version": 1, "agree": "on"})
    page = response.content.decode()
    assert response.status_code == 422
    assert "La charte vient de changer" in page
    assert "Une seule règle." in page


def test_whoever_is_not_eligible_reads_why_and_leaves_an_interest(
    client_of: Any, newcomer: Any, west_only: Any, admin: Any
) -> None:
    client = client_of(newcomer)
    page = client.get(url("network", west_only)).content.decode()
    assert "pas encore ouvert" in page
    assert "Les gens de l’Ouest" in page
    assert "Aucune date" in page
    later = clock.now().date() + 30 * DAY
    add_opening(west_only, "Le siège", by=admin, opens_on=later, units=["Siège"])
    assert "1er avril" in client.get(url("network", west_only)).content.decode()
    assert "pas encore ouvert" in client.get(url("join", west_only)).content.decode()
    assert client.post(url("join", west_only), {"version": 1, "agree": "on"}).status_code == 422
    response = client.post(url("interest", west_only), {"words": "Les achats m’intéressent"}, follow=True)
    assert "Votre intérêt est noté" in response.content.decode()
    assert Interest.objects.get(network=west_only).words == "Les achats m’intéressent"


def test_an_invitation_opens_until_it_is_closed(
    client_of: Any, newcomer: Any, network: Any, admin: Any
) -> None:
    change_settings(network, by=admin, admission="invitation")
    client = client_of(newcomer)
    assert "sur invitation" in client.get(url("network", network)).content.decode()
    assert client.post(url("join", network), {"version": 1, "agree": "on"}).status_code == 422
    closed, opened = create_invitation(network, by=admin), create_invitation(network, by=admin)
    withdraw_invitation(closed, by=admin)
    response = client.get(reverse("join:invitation", args=[closed.secret]))
    assert response.status_code == 410
    assert client.get(reverse("join:invitation", args=["nimporte"])).status_code == 404
    link = reverse("join:invitation", args=[opened.secret])
    assert "Signer et rejoindre" in client.get(link).content.decode()
    client.post(link, {"version": 1, "agree": "on"})
    assert Membership.objects.filter(person=newcomer, network=network, state="member").exists()


def test_where_an_agreement_is_needed_one_asks_with_a_few_words(
    client_of: Any, newcomer: Any, network: Any, admin: Any
) -> None:
    change_settings(network, by=admin, admission="approval")
    client = client_of(newcomer)
    data = {"version": 1, "agree": "on", "application": "Pour apprendre Excel"}
    response = client.post(url("join", network), data, follow=True)
    assert "Votre demande attend une réponse" in response.content.decode()
    page = client.get(url("membership", network)).content.decode()
    assert "Pour apprendre Excel" in page
    client.post(url("leave", network))
    assert Membership.objects.get(person=newcomer, network=network).state == "left"


def test_a_new_charter_is_signed_again(client_of: Any, bob: Any, network: Any, admin: Any) -> None:
    publish_charter(network, by=admin, text_fr="Nouvelle règle.")
    client = client_of(bob)
    assert "attend votre signature" in client.get(url("network", network)).content.decode()
    assert "La charte a changé" in client.get(url("charter", network)).content.decode()
    response = client.post(url("charter", network), {"version": 1, "agree": "on"})
    assert response.status_code == 422
    assert 'value="2"' in response.content.decode()
    client.post(url("charter", network), {"version": 2, "agree": "on"})
    assert "Vous l’avez signée" in client.get(url("charter", network)).content.decode()


def test_a_stranger_reads_the_charter_but_signs_nothing(client_of: Any, fatou: Any, network: Any) -> None:
    client = client_of(fatou)
    page = client.get(url("charter", network)).content.decode()
    assert "On apprend à faire" in page
    assert "Signer la charte" not in page
    client.post(url("charter", network), {"version": 1, "agree": "on"})
    assert not Signature.objects.filter(membership__person=fatou, charter__network=network).exists()
    assert client.get(url("membership", network)).status_code == 404


def test_first_steps_opened_out_of_order_lead_to_what_comes_first(
    client_of: Any, bob: Any, fatou: Any, alice: Any, network: Any
) -> None:
    stranger = client_of(fatou)
    response = stranger.get(url("welcome", network), follow=True)
    assert response.redirect_chain[-1][0] == url("network", network)
    assert "il faut d’abord être membre" in response.content.decode()
    publish_charter(network, by=alice, text_fr="Une nouvelle règle.")
    response = client_of(bob).get(url("welcome", network), follow=True)
    assert response.redirect_chain[-1][0] == url("charter", network)
    assert "relisez et signez la charte" in response.content.decode()


def test_the_welcome_stays_on_the_first_missing_step(
    client_of: Any, bob: Any, network: Any, make_post: Any
) -> None:
    make_post(bob, "request", "Lire un bilan")
    assert client_of(bob).get(url("welcome", network)).context["current"] == 2  # the offer


def test_one_takes_part_as_much_as_one_wishes(client_of: Any, bob: Any, network: Any) -> None:
    client = client_of(bob)
    client.post(url("capacity", network), {"give": 1, "receive": 0})
    membership = Membership.objects.get(person=bob, network=network)
    assert (membership.give_capacity, membership.receive_capacity) == (1, 0)
    response = client.post(url("capacity", network), {"give": 99, "receive": 0})
    assert response.status_code == 422
    response = client.post(url("pause", network), {"until": "2026-02-01"})
    assert "date à venir" in response.content.decode()
    response = client.post(url("pause", network), {"until": "2026-04-01"}, follow=True)
    assert "Vous reprenez le" in response.content.decode()
    client.post(url("resume", network))
    membership.refresh_from_db()
    assert membership.paused_until is None


def test_grace_and_waiver_are_explained(
    client_of: Any, make_person: Any, join: Any, strict_network: Any, admin: Any
) -> None:
    from reciproque.networks.actions import waive_reciprocity

    person = make_person("Nadia")
    membership = join(person, strict_network)
    client = client_of(person)
    assert "Délai de démarrage" in client.get(url("membership", strict_network)).content.decode()
    with clock.at(clock.now() + 90 * DAY):
        assert (
            "il faut une offre et une demande"
            in client.get(url("membership", strict_network)).content.decode()
        )
        waive_reciprocity(membership, by=admin, reason="Retour de congé")
        page = client.get(url("membership", strict_network)).content.decode()
    assert "a levé la condition" in page
    assert "Retour de congé" in page


def test_one_leaves_after_reading_what_stops(client_of: Any, bob: Any, network: Any) -> None:
    client = client_of(bob)
    assert "Quitter ce réseau" in client.get(url("leave", network)).content.decode()
    assert Membership.objects.get(person=bob, network=network).state == "member"
    client.post(url("leave", network))
    assert Membership.objects.get(person=bob, network=network).state == "left"
    assert client.post(url("leave", network)).status_code == 404
    page = client.get(url("network", network)).content.decode()
    assert "Rejoindre le réseau" in page


def test_naughty_words_stay_words(client_of: Any, newcomer: Any, network: Any, admin: Any) -> None:
    change_settings(network, by=admin, admission="approval", name_fr="<script>alert(1)</script>")
    data = {"version": 1, "agree": "on", "application": "<img src=x onerror=alert(1)> ﷽ \u202e"}
    page = client_of(newcomer).post(url("join", network), data, follow=True).content.decode()
    assert "<script>alert" not in page
    page = client_of(newcomer).get(url("membership", network)).content.decode()
    assert "<img src=x" not in page


def test_current_charter_is_the_one_shown(network: Any) -> None:
    charter = current_charter(network)
    assert charter is not None
    assert len(charter.text.splitlines()) == 10


def test_the_front_page_asks_as_many_queries_for_one_animator_or_five(
    client_of: Any, bob: Any, network: Any, make_person: Any, join: Any, queries: Any
) -> None:
    join(make_person("Léa", unit="Siège"), network, "animator")
    client = client_of(bob)
    client.get(url("network", network))
    with queries() as few:
        client.get(url("network", network))
    for _ in range(4):
        join(make_person("Léa", site="Lyon"), network, "animator")
    with queries() as many:
        client.get(url("network", network))
    assert len(many) == len(few)


def test_who_runs_the_network_is_not_pressed_to_join(
    client_of: Any, network: Any, admin: Any, make_person: Any
) -> None:
    ada = make_person("Ada", is_superuser=True, is_staff=True)
    page = client_of(ada).get(url("network", network)).content.decode()
    assert "Vous administrez l’installation" in page
    assert "Ce réseau vous est ouvert" not in page
    assert reverse("animation:desk", args=[network.slug]) in page
    for role, led in (("animator", True), ("mediator", False)):
        person = make_person("Rose")
        grant_role(network, person, role, by=admin)
        page = client_of(person).get(url("network", network)).content.decode()
        assert "Votre rôle ici" in page
        assert "Ce réseau vous est ouvert" not in page
        assert (reverse("animation:desk", args=[network.slug]) in page) == led


def test_a_capacity_of_zero_says_what_it_means(client_of: Any, bob: Any, network: Any) -> None:
    client = client_of(bob)
    assert (
        "Avec 0, vous ne serez proposé à personne" in client.get(url("membership", network)).content.decode()
    )
    client.post(url("capacity", network), {"give": 0, "receive": 2})
    page = client.get(url("membership", network)).content.decode()
    assert "Rien à transmettre pour l’instant" in page
    client.post(url("capacity", network), {"give": 0, "receive": 0})
    assert "Aucun nouvel échange pour l’instant" in client.get(url("membership", network)).content.decode()

"""The assistant that creates a network, and the settings, one page per choice."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from reciproque.networks.models import Invitation, Network, Opening, RoleGrant
from reciproque.networks.rules import DEFAULT_CHARTER_FR

PAGES: dict[int, dict[str, Any]] = {
    1: {"name_fr": "Réseau du siège", "systems": ["exchanges"], "language": "fr"},
    2: {"charter_fr": "Une règle.\nUne autre.", "charter_en": "One rule."},
    3: {"whom": "everyone", "admission": "open"},
    4: {
        "reciprocity": "strict",
        "mediation": "mediated",
        "grace_days": 30,
        "answer_days": 4,
        "date_days": 7,
        "confirm_days": 5,
        "review_days": 10,
        "validity_days": 365,
        "silent_days": 400,
        "country": "FR",
    },
    5: {"animators": "ada@example.org"},
}


def new(page: int) -> str:
    return reverse("settings:new", args=[page])


def fill(client: Any, upto: int, **changes: Any) -> Any:
    response = None
    for page in range(1, upto + 1):
        response = client.post(new(page), PAGES[page] | changes.get(f"p{page}", {}))
    return response


def test_five_pages_create_a_network(client_of: Any, admin: Any, make_person: Any) -> None:
    make_person("Chloé", email="chloe@example.org")
    client = client_of(admin)
    fill(client, 1)
    assert DEFAULT_CHARTER_FR[:40] in client.get(new(2)).content.decode()
    fill(client, 4)
    assert not Network.objects.exists()
    summary = client.get(new(5)).content.decode()
    assert "Réseau du siège" in summary
    assert "2 règles" in summary
    response = client.post(new(5), PAGES[5] | {"mediators": "chloe@example.org"})
    network = Network.objects.get()
    assert response["Location"] == reverse("settings:index", args=[network.slug])
    assert (network.reciprocity, network.mediation, network.answer_days) == ("strict", "mediated", 4)
    assert network.exclude_own_manager is False
    assert network.charters.get().text_en == "One rule."
    held = set(RoleGrant.objects.values_list("person__email", "role"))
    assert held == {("ada@example.org", "animator"), ("chloe@example.org", "mediator")}
    assert client.get(new(1)).content.decode().count("Réseau du siège") == 0 or Network.objects.count() == 1


def test_what_was_typed_is_kept_from_page_to_page(client_of: Any, admin: Any) -> None:
    client = client_of(admin)
    fill(client, 2, p1={"name_fr": "Gardé"})
    assert 'value="Gardé"' in client.get(new(1)).content.decode()
    assert "Une règle." in client.get(new(2)).content.decode()
    response = client.post(new(3), {"whom": "some", "name": "À moitié", "back": "1"})
    assert response["Location"] == new(2)
    page = client.get(new(3)).content.decode()
    assert "À moitié" in page


def test_the_last_page_sends_back_to_what_is_missing(client_of: Any, admin: Any) -> None:
    client = client_of(admin)
    assert client.get(new(5))["Location"] == new(1)
    fill(client, 2)
    assert client.post(new(5), PAGES[5])["Location"] == new(3)
    assert not Network.objects.exists()


def said(response: Any) -> str:
    return str(next(iter(response.context["messages"]))).replace("\u00a0", " ")


def test_a_page_opened_out_of_order_says_which_comes_first(client_of: Any, admin: Any) -> None:
    client = client_of(admin)
    response = client.get(new(4), follow=True)
    assert response.redirect_chain[-1][0] == new(1)
    assert "Rien n’est gardé de ce réseau" in said(response)
    fill(client, 2)
    response = client.get(new(5), follow=True)
    assert response.redirect_chain[-1][0] == new(3)
    assert said(response) == "Il manque la page 3, « Pour qui » : complétez-la d’abord."


def test_a_draft_lost_on_the_way_keeps_what_was_just_typed(client_of: Any, admin: Any) -> None:
    client = client_of(admin)
    response = client.post(new(2), PAGES[2], follow=True)
    assert response.redirect_chain[-1][0] == new(1)
    assert said(response).startswith("Ce que vous venez d’écrire est gardé. Il manque la page 1")
    fill(client, 1)
    assert "Une règle." in client.get(new(2)).content.decode()


def test_a_wrong_page_is_shown_again_with_its_words(client_of: Any, admin: Any) -> None:
    client = client_of(admin)
    response = client.post(
        new(1), {"name_fr": "", "summary_fr": "Pour apprendre", "systems": [], "language": "fr"}
    )
    page = response.content.decode()
    assert response.status_code == 422
    assert "Pour apprendre" in page
    fill(client, 4)
    response = client.post(new(5), {"animators": "personne@nulle.part"})
    assert "Personne n’a l’adresse" in response.content.decode()
    assert not Network.objects.exists()


def test_a_network_may_start_with_some(client_of: Any, admin: Any, make_person: Any) -> None:
    make_person("Bob", unit="Opérations > Ouest", site="Nantes")
    client = client_of(admin)
    ring = {"whom": "some", "name": "L’Ouest", "opens_on": "2026-03-10", "units": ["Opérations > Ouest"]}
    response = client.post(new(3), PAGES[3] | ring | {"name": ""})
    assert "Donnez un nom" in response.content.decode()
    fill(client, 5, p3=ring)
    opening = Opening.objects.get()
    assert (opening.name, opening.units) == ("L’Ouest", ["Opérations > Ouest"])


def test_only_an_administrator_creates(client_of: Any, alice: Any) -> None:
    assert client_of(alice).get(new(1)).status_code == 403
    assert client_of(alice).post(new(1), PAGES[1]).status_code == 403


def page(network: Any, name: str) -> str:
    return reverse("settings:page", args=[network.slug, name])


NAMES = ["identity", "charter", "openings", "admission", "reciprocity", "mediation", "rhythm", "public"]


@pytest.mark.parametrize("name", [*NAMES, "roles"])
def test_each_page_says_what_it_changes(client_of: Any, alice: Any, network: Any, name: str) -> None:
    response = client_of(alice).get(page(network, name))
    assert response.status_code == 200
    assert "Ce que cela change" in response.content.decode()


@pytest.mark.parametrize("name", [*NAMES, "roles", "nothing"])
def test_members_and_strangers_meet_nothing(
    client_of: Any, bob: Any, fatou: Any, network: Any, name: str
) -> None:
    for person in (bob, fatou):
        assert client_of(person).get(page(network, name)).status_code == 404
        assert client_of(person).post(page(network, name), {}).status_code == 404


def test_the_index_leads_to_each_page(client_of: Any, alice: Any, network: Any) -> None:
    text = client_of(alice).get(reverse("settings:index", args=[network.slug])).content.decode()
    for name in [*NAMES, "roles"]:
        assert page(network, name) in text


def test_choices_are_kept(client_of: Any, alice: Any, network: Any) -> None:
    client = client_of(alice)
    identity = {"name_fr": "Autre nom", "systems": ["exchanges", "circles"], "language": "en"}
    client.post(page(network, "identity"), identity)
    client.post(page(network, "reciprocity"), {"reciprocity": "strict", "grace_days": 10})
    client.post(page(network, "mediation"), {"mediation": "mediated"})
    client.post(page(network, "admission"), {"admission": "approval"})
    client.post(page(network, "public"), {"public_page": "on"})
    client.post(
        page(network, "rhythm"),
        {key: PAGES[4][key] for key in PAGES[4] if key.endswith("days") and key != "grace_days"}
        | {"country": "BE"},
    )
    network.refresh_from_db()
    assert network.name_fr == "Autre nom"
    assert network.systems == ["exchanges", "circles"]
    assert (network.reciprocity, network.grace_days, network.answer_days) == ("strict", 10, 4)
    assert (network.mediation, network.exclude_own_manager) == ("mediated", False)
    assert network.public_page
    assert (network.country, network.silent_days) == ("BE", 400)
    response = client.post(page(network, "rhythm"), {"answer_days": 0})
    assert response.status_code == 422


def test_an_unknown_country_is_refused(client_of: Any, alice: Any, network: Any) -> None:
    days = {key: PAGES[4][key] for key in PAGES[4] if key.endswith("days") and key != "grace_days"}
    response = client_of(alice).post(page(network, "rhythm"), days | {"country": "XX"})
    assert response.status_code == 422
    assert "Choisissez un pays de la liste" in response.content.decode()
    network.refresh_from_db()
    assert network.country == "FR"
    assert "Belgique" in client_of(alice).get(page(network, "rhythm")).content.decode()


def test_a_new_charter_is_a_new_version(client_of: Any, alice: Any, network: Any) -> None:
    client = client_of(alice)
    client.post(page(network, "charter"), {"charter_fr": "Règle neuve.", "charter_en": ""})
    client.post(page(network, "charter"), {"charter_fr": "Règle neuve.", "charter_en": ""})
    assert network.charters.count() == 2


def test_a_ring_is_added_and_its_people_counted_vaguely(
    client_of: Any, alice: Any, bob: Any, network: Any
) -> None:
    client = client_of(alice)
    data = {"name": "Nantes", "opens_on": "2026-06-01", "sites": ["Nantes"]}
    text = client.post(page(network, "openings"), data, follow=True).content.decode()
    assert "Nantes" in text
    assert "À venir" in text
    assert "moins de 5 personnes" in text
    response = client.post(page(network, "openings"), {"name": "", "opens_on": ""})
    assert response.status_code == 422


def test_an_unknown_name_is_refused_with_the_nearest(make_person: Any) -> None:
    from django.core.exceptions import ValidationError

    from reciproque.web.settings.forms.fields import MAX_BOXES, TypedNames, names_field

    choices = [(f"Service {n}", f"Service {n}") for n in range(MAX_BOXES + 1)]
    field = names_field("Services", choices)
    assert isinstance(field, TypedNames)
    assert field.clean("service 3\n\nService 4") == ["Service 3", "Service 4"]
    with pytest.raises(ValidationError, match=r"Est-ce .*Service 5"):
        field.clean("Servise 5")


def test_invitation_links_are_made_and_closed(client_of: Any, alice: Any, bob: Any, network: Any) -> None:
    client = client_of(alice)
    client.post(reverse("settings:invite", args=[network.slug]), {"days": 7})
    invitation = Invitation.objects.get()
    assert (
        reverse("join:invitation", args=[invitation.secret])
        in client.get(page(network, "admission")).content.decode()
    )
    close = reverse("settings:close_invitation", args=[network.slug, invitation.public_id])
    assert client_of(bob).post(close).status_code == 404
    client.post(close)
    invitation.refresh_from_db()
    assert invitation.withdrawn_at is not None


def test_roles_are_given_by_name_or_address_and_withdrawn(
    client_of: Any, alice: Any, bob: Any, network: Any
) -> None:
    client = client_of(alice)
    address = page(network, "roles")
    for words in ("riou", "bob@example.org"):
        assert "Bob Riou" in client.get(f"{address}?q={words}").content.decode()
    client.post(f"{address}?q=riou", {"person": bob.public_id, "role": "mediator"})
    grant = RoleGrant.objects.get(person=bob, role="mediator")
    response = client.post(f"{address}?q=riou", {"person": bob.public_id, "role": "mediator"})
    assert "tient déjà ce rôle" in response.content.decode()
    withdraw = reverse("settings:withdraw", args=[network.slug, grant.public_id])
    assert "Retirer le rôle" in client.get(withdraw).content.decode()
    client.post(withdraw)
    grant.refresh_from_db()
    assert grant.withdrawn_at is not None
    mine = RoleGrant.objects.get(person=alice, role="animator")
    response = client.post(reverse("settings:withdraw", args=[network.slug, mine.public_id]), follow=True)
    assert "garde au moins une personne" in response.content.decode()


def test_the_rings_ask_as_many_queries_for_one_or_ten(
    client_of: Any, alice: Any, admin: Any, network: Any, make_person: Any, queries: Any
) -> None:
    import datetime as dt

    from reciproque.networks.actions import add_opening, leave_interest

    client = client_of(alice)
    client.get(page(network, "openings"))
    leave_interest(network, make_person("Léa", site="Lyon"))
    with queries() as few:
        client.get(page(network, "openings"))
    for number in range(9):
        add_opening(
            network,
            f"Étape {number}",
            by=admin,
            opens_on=dt.date(2026, 4, 1),
            functions=["Facteur", "Factrice"],
        )
        leave_interest(network, make_person("Léa", site="Lyon"))
    with queries() as many:
        client.get(page(network, "openings"))
    assert len(many) == len(few)


def test_the_count_reads_a_ring_as_eligibility_does(make_person: Any) -> None:
    from reciproque.networks.models import values_for_ring
    from reciproque.networks.queries import counts_admitted
    from reciproque.networks.rules import ring_admits

    people = [
        make_person("A", unit="Opérations > Ouest", site="Nantes", level="cadre", function="Chef d’équipe"),
        make_person("B", unit="Opérations", site="Nantes", function="FACTEUR"),
        make_person("C", unit="Opérations Bis", level="agent"),
        make_person("D"),
    ]
    rings: list[dict[str, list[str]]] = [
        {},
        {"units": ["Opérations"]},
        {"units": ["Opérations > Ouest"], "levels": ["cadre"]},
        {"functions": ["facteur"], "sites": ["Nantes", "Paris"]},
        {"levels": ["dirigeant"]},
    ]
    expected = [sum(ring_admits(ring, values_for_ring(person)) for person in people) for ring in rings]
    assert counts_admitted(rings) == expected

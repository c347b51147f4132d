"""The animator's morning, the members, and whom none of it is for."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse

from reciproque.agenda.actions import hand_over_overdue, open_step
from reciproque.agenda.actions.steps import StepSubject
from reciproque.agenda.models import Meeting
from reciproque.exchanges import actions as exchanges
from reciproque.exchanges.models import Exchange, Introduction
from reciproque.kit import clock
from reciproque.kit.tokens import new_id
from reciproque.networks.actions import answer_application, change_settings, join_network, leave_network
from reciproque.networks.models import Membership
from reciproque.people.models import Person

DAY = dt.timedelta(days=1)


def url(name: str, network: Any, *args: Any) -> str:
    return reverse(f"animation:{name}", args=[network.slug, *args])


def text_of(response: Any) -> str:
    return response.content.decode().replace("\u00a0", " ")


def names_in(rows: Any) -> list[str]:
    return [one["name"] for row in rows for one in row["people"]]


@pytest.fixture
def asked(network: Any, bob: Any, chloe: Any, make_post: Any) -> Introduction:
    """Bob asked Chloé, who has not answered."""
    offer = make_post(chloe, "offer", "Mener un entretien difficile")
    return exchanges.ask_introduction(
        network, requester=bob, offerer=chloe, by=bob, offer=offer, message="Un mot entre nous."
    )


@pytest.fixture
def unmediated(network: Any, alice: Any, bob: Any, dora: Any, make_post: Any) -> Introduction:
    """Bob and Dora said yes; no mediator could be found."""
    change_settings(network, by=alice, mediation="mediated")
    offer = make_post(dora, "offer", "Lire une fiche de paie")
    row = exchanges.ask_introduction(
        network, requester=bob, offerer=dora, by=bob, offer=offer, message="Un mot entre nous."
    )
    return exchanges.accept_introduction(row, by=dora)


@pytest.fixture
def applicant(network: Any, alice: Any, make_person: Any, run_reactions: Any) -> Membership:
    """Nadia asked to join."""
    change_settings(network, by=alice, admission="approval")
    person = make_person("Nadia", "Benali")
    membership = join_network(network, person, by=person, application="On m’en a parlé.")
    run_reactions()
    return membership


def addresses(network: Any, person: Any, introduction: Any) -> list[str]:
    one = person.public_id
    return [
        url("desk", network),
        url("members", network),
        url("member", network, one),
        url("declare_for", network),
        url("introduction", network, introduction.public_id),
        url("pool", network),
        url("post_for", network, one, "offer"),
        url("ask_for", network, one),
    ]


def test_nobody_else_enters(
    network: Any, asked: Any, bob: Any, chloe: Any, dora: Any, emile: Any, fatou: Any, client_of: Any
) -> None:
    pages = addresses(network, bob, asked)
    posts = [url(name, network, bob.public_id) for name in ("admit", "waive", "capacity")]
    for stranger in (bob, chloe, dora, emile, fatou):  # member, mediator, hr, sponsor, other network
        client = client_of(stranger)
        assert {client.get(page).status_code for page in pages} == {404}
        assert {client.post(page, {}).status_code for page in [*posts, pages[3], pages[4], *pages[6:]]} == {
            404
        }
    assert {client_of(None).get(page).status_code for page in pages} == {302}


def test_animators_and_administrators_enter(
    network: Any, asked: Any, alice: Any, admin: Any, bob: Any, client_of: Any
) -> None:
    for animator in (alice, admin):
        client = client_of(animator)
        assert {client.get(page).status_code for page in addresses(network, bob, asked)} == {200}
    for name in ("admit", "waive", "capacity"):
        assert client.get(url(name, network, bob.public_id)).status_code == 405


def test_what_belongs_to_another_network_is_not_there(
    network: Any, other_network: Any, alice: Any, fatou: Any, asked: Any, admin: Any, client_of: Any
) -> None:
    client = client_of(alice)
    assert client.get(url("member", network, fatou.public_id)).status_code == 404
    assert client.get(url("declare_for", network), {"offerer": fatou.public_id}).status_code == 404
    assert client.get(url("member", network, "zzzzzzzzzzzz")).status_code == 404
    # An administrator animates both, yet each page keeps to its network.
    address = url("introduction", other_network, asked.public_id)
    assert client_of(admin).get(address).status_code == 404


def test_a_calm_desk(network: Any, alice: Any, client_of: Any) -> None:
    page = text_of(client_of(alice).get(url("desk", network)))
    assert "Rien ne vous attend" in page
    assert "moins de 5" in page


def test_figures_are_exact_from_five_on(
    network: Any, alice: Any, make_person: Any, join: Any, client_of: Any
) -> None:
    for _number in range(3):
        join(make_person(), network)
    client = client_of(alice)
    figures = dict(client.get(url("desk", network)).context["figures"])
    assert figures["Membres"] == "moins de 5"
    join(make_person(), network)
    figures = dict(client.get(url("desk", network)).context["figures"])
    assert figures["Membres"] == "5"
    assert figures["Échanges déclarés et confirmés"] == "moins de 5"


def test_applications_come_first_even_before_a_step_is_opened(
    network: Any, alice: Any, make_person: Any, client_of: Any
) -> None:
    change_settings(network, by=alice, admission="approval")
    person = make_person("Nadia", "Benali")
    join_network(network, person, by=person, application="On m’en a parlé.")
    page = text_of(client_of(alice).get(url("desk", network)))
    assert "Nadia Benali" in page
    assert "Demande à rejoindre le réseau" in page
    assert "On m’en a parlé." in page
    assert url("member", network, person.public_id) in page


def test_what_is_late_names_whom_to_call(
    network: Any, alice: Any, chloe: Any, asked: Any, client_of: Any
) -> None:
    Person.objects.filter(pk=chloe.pk).update(phone="02 40 11 22 33")
    client = client_of(alice)
    with clock.at(asked.due_at - DAY):
        (row,) = rows(client, network, "lapsing")
        assert (row["names"], row["before"]) == ("Chloé Le Goff", True)
        assert rows(client, network, "silent") == []
    with clock.at(asked.due_at + DAY):
        response = client.get(url("desk", network))
        (row,) = rows(client, network, "silent")
    page = text_of(response)
    assert row["names"] == "Chloé Le Goff"
    assert "tel:0240112233" in page
    assert "Mener un entretien difficile" in page
    assert "Un mot entre nous" not in page
    assert url("member", network, chloe.public_id) in page
    # The row leads to the case itself.
    assert row["dossier"] == url("introduction", network, asked.public_id)


def rows(client: Any, network: Any, reason: str) -> Any:
    """The rows of one reason on the desk."""
    return client.get(url("desk", network), {"reason": reason}).context["rows"]


def test_dates_handed_over_name_both_people(
    network: Any, alice: Any, bob: Any, chloe: Any, asked: Any, client_of: Any
) -> None:
    exchanges.accept_introduction(asked, by=chloe)
    with clock.at(clock.now() + 30 * DAY):
        hand_over_overdue()
        page = text_of(client_of(alice).get(url("desk", network)))
    assert "Personne n’a proposé de date" in page
    assert url("member", network, bob.public_id) in page
    assert url("member", network, chloe.public_id) in page


def test_what_the_team_takes_over_leads_to_the_case(
    network: Any, alice: Any, bob: Any, chloe: Any, asked: Any, client_of: Any
) -> None:
    exchanges.accept_introduction(asked, by=chloe)
    exchange = Exchange.objects.get()
    client, case = client_of(alice), url("exchange", network, exchange.public_id)
    with clock.at(clock.now() + 30 * DAY):
        hand_over_overdue()
        assert [row["dossier"] for row in rows(client, network, "undated")] == [case]
        assert case in text_of(client.get(reverse("home:home")))
        page = text_of(client.get(case))
    assert "Un échange entre Bob Riou et Chloé Le Goff." in page
    assert "propose des dates depuis son accueil" in page
    assert "L’animation du réseau" in page
    assert "Un mot entre nous" not in page


def test_an_exchange_to_review_offers_to_write_it_at_the_telephone(
    network: Any, alice: Any, bob: Any, chloe: Any, asked: Any, client_of: Any
) -> None:
    exchanges.accept_introduction(asked, by=chloe)
    exchange = Exchange.objects.get()
    meeting = Meeting.objects.get()
    exchanges.say_held(meeting, by=bob, held=True, starts_at=clock.now() - DAY)
    page = text_of(client_of(alice).get(url("exchange", network, exchange.public_id)))
    for person in (bob, chloe):
        assert url("review_for", network, exchange.public_id, person.public_id) in page


def test_an_application_is_opened_from_what_waits(
    network: Any, alice: Any, applicant: Membership, client_of: Any
) -> None:
    client, address = client_of(alice), url("application", network, applicant.public_id)
    assert address in text_of(client.get(reverse("home:home")))
    assert client.get(address)["Location"] == url("member", network, applicant.person.public_id) + "#admit"
    assert client.get(url("application", network, "zzzzzzzzzzzz")).status_code == 404


def test_the_desk_shows_twenty_five_a_page(
    network: Any, alice: Any, make_person: Any, join: Any, client_of: Any
) -> None:
    people = [make_person("Léa", f"Nom {place:02}") for place in range(27)]
    for person in people:
        join(person, network)
        subject = StepSubject("post", new_id())
        open_step("renew", subject, network=network, owner=person, due_at=clock.now() + DAY)
    client = client_of(alice)
    first = client.get(url("desk", network), {"reason": "lapsing"}).context
    assert (len(first["rows"]), first["total"]) == (25, 27)
    second = client.get(url("desk", network), {"reason": "lapsing", "page": 2}).context["rows"]
    assert sorted(row["names"] for row in [*first["rows"], *second]) == [one.display_name for one in people]
    assert rows(client, network, "late") == []
    assert client.get(url("desk", network), {"reason": "n’importe", "page": "99"}).status_code == 200


def test_someone_without_any_post_is_in_one_list_only(
    strict_network: Any, admin: Any, make_person: Any, join: Any, client_of: Any, run_reactions: Any
) -> None:
    person = make_person("Paul", "Sansrien")
    join(person, strict_network)
    run_reactions()
    client = client_of(admin)
    with clock.at(clock.now() + 89 * DAY):
        assert [row["names"] for row in rows(client, strict_network, "newcomer")] == ["Paul Sansrien"]
        assert len(client.get(url("desk", strict_network)).context["rows"]) == 1


def test_a_mediator_who_is_no_member_is_named_without_a_dead_link(
    network: Any, alice: Any, unmediated: Any, make_person: Any, client_of: Any
) -> None:
    from reciproque.networks.actions import grant_role

    outsider = make_person("Irène", "Sand")
    grant_role(network, outsider, "mediator", by=alice)
    exchanges.assign_mediator(unmediated, outsider, by=alice)
    with clock.at(clock.now() + 30 * DAY):
        page = text_of(client_of(alice).get(url("desk", network)))
    assert "Irène Sand" in page
    assert url("member", network, outsider.public_id) not in page


def test_members_inactive_under_strict_reciprocity(
    strict_network: Any, admin: Any, make_person: Any, join: Any, client_of: Any
) -> None:
    person = make_person("Paul", "Sansrien")
    join(person, strict_network)
    client = client_of(admin)
    assert "Paul Sansrien" not in text_of(client.get(url("desk", strict_network)))
    with clock.at(clock.now() + 90 * DAY):
        assert "Paul Sansrien" in text_of(client.get(url("desk", strict_network)))
        page = text_of(client.get(url("members", strict_network), {"state": "inactive"}))
    assert "Paul Sansrien" in page


def test_a_yes_to_someone_who_asks_to_join_and_the_button_pressed_twice(
    network: Any, alice: Any, applicant: Any, client_of: Any
) -> None:
    client, here = client_of(alice), url("member", network, applicant.person.public_id)
    assert "On m’en a parlé." in text_of(client.get(here))
    for _time in range(2):
        response = client.post(url("admit", network, applicant.person.public_id), {"answer": "yes"})
        assert (response.status_code, response["Location"]) == (303, here)
    applicant.refresh_from_db()
    assert applicant.state == "member"


def test_a_no_needs_its_reason(network: Any, alice: Any, applicant: Any, client_of: Any) -> None:
    client, address = client_of(alice), url("admit", network, applicant.person.public_id)
    response = client.post(address, {"answer": "no", "reason": " "})
    assert response.status_code == 422
    assert "Dites pourquoi, en une phrase" in text_of(response)
    applicant.refresh_from_db()
    assert applicant.state == "applied"
    assert client.post(address, {"answer": "peut-être"}).status_code == 422
    assert client.post(address, {"answer": "no", "reason": "Le réseau est complet."}).status_code == 303
    applicant.refresh_from_db()
    assert applicant.state == "refused"


def test_two_animators_answer_at_once(network: Any, alice: Any, applicant: Any, client_of: Any) -> None:
    answer_application(Membership.objects.get(pk=applicant.pk), by=alice, accept=True)
    response = client_of(alice).post(
        url("admit", network, applicant.person.public_id),
        {"answer": "no", "reason": "Trop tard."},
        follow=True,
    )
    assert "Cette demande a déjà sa réponse." in text_of(response)
    applicant.refresh_from_db()
    assert applicant.state == "member"


def test_the_members_list_filters_and_searches(
    network: Any, alice: Any, bob: Any, chloe: Any, applicant: Any, client_of: Any
) -> None:
    client, address = client_of(alice), url("members", network)
    names = [row["name"] for row in client.get(address).context["members"]]
    assert names == ["Nadia Benali", "Chloé Le Goff", "Alice Martin", "Bob Riou"]
    assert [row["name"] for row in client.get(address, {"state": "applied"}).context["members"]] == [
        "Nadia Benali"
    ]
    assert [row["name"] for row in client.get(address, {"q": "ouest"}).context["members"]] == ["Bob Riou"]
    assert "Personne ne correspond" in text_of(client.get(address, {"q": "xyzzy"}))
    assert client.get(address, {"state": "n’importe", "page": "99"}).status_code == 200
    assert "inactive" not in text_of(client.get(address))  # open reciprocity: nobody is


def test_a_mediation_is_entrusted(
    network: Any, alice: Any, bob: Any, unmediated: Any, make_person: Any, join: Any, client_of: Any
) -> None:
    client, address = client_of(alice), url("introduction", network, unmediated.public_id)
    assert address in text_of(client.get(url("desk", network)))
    assert "Personne d’autre ne fait de médiation ici" in text_of(client.get(address))
    mediator = make_person("Rose", "Marie")
    join(mediator, network, "mediator")
    page = text_of(client.get(address))
    assert "aucune médiation en cours" in page
    assert "Un mot entre nous" not in page
    assert client.post(address, {}).status_code == 422
    assert client.post(address, {"mediator": bob.public_id}).status_code == 422
    for _time in range(2):
        assert client.post(address, {"mediator": mediator.public_id}).status_code == 303
    unmediated.refresh_from_db()
    assert unmediated.mediator == mediator
    assert address not in text_of(client.get(url("desk", network)))


def test_a_direct_introduction_waits_for_no_mediator(
    network: Any, alice: Any, asked: Any, client_of: Any
) -> None:
    page = text_of(client_of(alice).get(url("introduction", network, asked.public_id)))
    assert "n’attend pas de médiation" in page
    assert "Chloé Le Goff" in page
    assert "Un mot entre nous" not in page


def test_those_who_left_keep_a_page_without_acts(network: Any, alice: Any, bob: Any, client_of: Any) -> None:
    leave_network(bob.memberships.get(network=network), by=bob)
    client = client_of(alice)
    page = text_of(client.get(url("member", network, bob.public_id)))
    assert "A quitté le réseau" in page
    assert url("capacity", network, bob.public_id) not in page
    assert client.get(url("post_for", network, bob.public_id, "offer")).status_code == 404
    assert not Exchange.objects.exists()


@pytest.mark.parametrize("number", [3, 30])
def test_queries_of_the_lists(
    strict_network: Any,
    make_person: Any,
    join: Any,
    make_post: Any,
    admin: Any,
    client_of: Any,
    run_reactions: Any,
    queries: Any,
    number: int,
) -> None:
    animator = make_person("Anne")
    join(animator, strict_network, "animator")
    change_settings(strict_network, by=admin, admission="approval")
    for place in range(number):
        person = make_person("Paul", unit=f"Siège > Service {place}", site=f"Site {place}", phone="01")
        join_network(strict_network, person, by=person, application="Bonjour")
        late = make_person("Léa", unit=f"Réseau > Service {place}")
        membership = join_network(strict_network, late, by=late)
        answer_application(membership, by=animator, accept=True)
        make_post(late, "offer", f"Savoir {place}", network=strict_network)
        make_post(late, "request", f"Question {place}", network=strict_network)
    askers = list(Person.objects.filter(first_name="Léa").order_by("pk"))
    for place in range(0, number - 1, 2):
        two = askers[place : place + 2]
        offer = two[1].posts.get(kind="offer")
        row = exchanges.ask_introduction(
            strict_network, requester=two[0], offerer=two[1], by=two[0], offer=offer
        )
        exchanges.accept_introduction(row, by=two[1])
    run_reactions()
    client = client_of(animator)
    with clock.at(clock.now() + 90 * DAY):
        hand_over_overdue()
        counts = {}
        for name in ("desk", "members"):
            client.get(url(name, strict_network))
            with queries() as seen:
                assert client.get(url(name, strict_network)).status_code == 200
            counts[name] = len(seen)
    assert counts == {"desk": 30, "members": 12}

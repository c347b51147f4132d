"""Exchanges in a browser: meetings, the end, both reviews, what is declared afterwards."""

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse

from reciproque.agenda.actions import fix_date
from reciproque.agenda.queries import live_meeting
from reciproque.catalogue.rules import PostState
from reciproque.exchanges import actions
from reciproque.exchanges.models import Exchange, Review, ThreadMessage
from reciproque.exchanges.rules import ExchangeState
from reciproque.kit import clock
from reciproque.networks.actions import grant_role, leave_network
from reciproque.networks.models import Membership

DAY = dt.timedelta(days=1)


def text_of(response: Any) -> str:
    return response.content.decode()


@pytest.fixture
def exchange(network: Any, bob: Any, chloe: Any, make_post: Any) -> Exchange:
    """Bob learns from Chloé; no date yet."""
    offer = make_post(chloe, "offer", "Mener un entretien difficile")
    request = make_post(bob, "request", "Préparer un entretien délicat")
    introduction = actions.ask_introduction(
        network, requester=bob, offerer=chloe, by=bob, request=request, offer=offer
    )
    actions.accept_introduction(introduction, by=chloe)
    return Exchange.objects.get()


@pytest.fixture
def finished(exchange: Exchange, bob: Any) -> Exchange:
    """The exchange, held and finished."""
    meeting = live_meeting(exchange)
    assert meeting is not None
    fix_date(meeting, clock.now() + DAY, by=bob)
    with clock.at(clock.now() + 2 * DAY):
        actions.say_held(meeting, by=bob, held=True)
    exchange.refresh_from_db()
    return exchange


def url_of(exchange: Exchange, name: str = "exchange") -> str:
    return reverse(f"exchanges:{name}", args=[exchange.public_id])


def test_only_its_people_read_an_exchange(
    exchange: Exchange, alice: Any, bob: Any, chloe: Any, dora: Any, fatou: Any, client_of: Any
) -> None:
    names = ("exchange", "exchange_terms", "finish", "stop", "review", "confirm")
    for person in (alice, dora, fatou):
        for name in names:
            assert client_of(person).get(url_of(exchange, name)).status_code == 404
    for person in (bob, chloe):
        page = text_of(client_of(person).get(url_of(exchange)))
        assert "L’échange est en cours." in page
        assert "Aucune date n’est encore proposée" in page


def test_writing_to_each_other_once_per_form(
    exchange: Exchange, bob: Any, chloe: Any, client_of: Any
) -> None:
    url, data = url_of(exchange, "exchange_message"), {"message-text": "Bonjour", "message-key": "abc"}
    assert client_of(bob).post(url, data).status_code == 303
    assert client_of(bob).post(url, data).status_code == 303
    assert ThreadMessage.objects.count() == 1
    assert "Bonjour" in text_of(client_of(chloe).get(url_of(exchange)))
    assert client_of(bob).post(url, {"message-text": ""}).status_code == 422


def test_noting_the_terms(exchange: Exchange, bob: Any, chloe: Any, client_of: Any) -> None:
    url = url_of(exchange, "exchange_terms")
    data = {"content": "Trois mises en situation", "review_on": "2026-04-01"}
    assert client_of(chloe).post(url, data).status_code == 303
    page = text_of(client_of(bob).get(url_of(exchange)))
    assert "Trois mises en situation" in page
    assert "mercredi 1er avril" in page


def test_an_exchange_ends_only_after_a_meeting(exchange: Exchange, bob: Any, client_of: Any) -> None:
    response = client_of(bob).post(url_of(exchange, "finish"), follow=True)
    assert "Dites d’abord quand vous vous êtes rencontrés" in text_of(response)
    exchange.refresh_from_db()
    assert exchange.state == ExchangeState.OPEN


def test_stopping_early_takes_a_reason(exchange: Exchange, bob: Any, chloe: Any, client_of: Any) -> None:
    url = url_of(exchange, "stop")
    assert client_of(bob).get(url).status_code == 200
    assert client_of(bob).post(url, {"reason": "  "}).status_code == 422
    assert client_of(bob).post(url, {"reason": "Je change de poste"}).status_code == 303
    assert client_of(bob).post(url, {"reason": "Je change de poste"}).status_code == 302
    assert "Je change de poste" in text_of(client_of(chloe).get(url_of(exchange)))


def test_reviews_are_blind_until_both_have_answered(
    finished: Exchange, bob: Any, chloe: Any, client_of: Any
) -> None:
    url = url_of(finished, "review")
    page = text_of(client_of(bob).get(url))
    assert "ne saviez pas faire" in page
    assert "reste professionnel, utile" in page
    assert "appris le fait de l’expliquer" in text_of(client_of(chloe).get(url))
    data = {"satisfaction": "4", "used": "already", "again": "yes", "comment": "Limpide", "hours": "2.5"}
    assert client_of(bob).post(url, {**data, "request_met": "on"}).status_code == 303
    assert client_of(bob).post(url, data).status_code == 302
    assert Review.objects.count() == 1
    finished.request.refresh_from_db()  # type: ignore[union-attr]
    assert finished.request.state == PostState.FULFILLED  # type: ignore[union-attr]
    assert "Limpide" in text_of(client_of(bob).get(url_of(finished)))
    assert "Limpide" not in text_of(client_of(chloe).get(url_of(finished)))
    assert client_of(chloe).post(url, {"satisfaction": "3", "learned": "À ralentir"}).status_code == 303
    page = text_of(client_of(bob).get(url_of(finished)))
    assert "À ralentir" in page
    page = text_of(client_of(chloe).get(url_of(finished)))
    assert "Limpide" in page
    assert "2,5" not in page
    assert "2.5" not in page  # hours are their author's only


def test_a_review_needs_one_answer_and_keeps_the_rest(finished: Exchange, bob: Any, client_of: Any) -> None:
    response = client_of(bob).post(url_of(finished, "review"), {"comment": "Écrit avec soin", "hours": "900"})
    assert response.status_code == 422
    assert "Écrit avec soin" in text_of(response)
    assert not Review.objects.exists()


def test_extending_a_finished_exchange(finished: Exchange, bob: Any, chloe: Any, client_of: Any) -> None:
    assert "Nous nous reverrons" in text_of(client_of(chloe).get(url_of(finished)))
    assert client_of(chloe).post(url_of(finished, "extend")).status_code == 303
    assert client_of(chloe).post(url_of(finished, "extend")).status_code == 303
    finished.refresh_from_db()
    assert finished.state == ExchangeState.OPEN
    assert live_meeting(finished) is not None


def test_a_review_after_the_deadline_leads_to_the_closed_exchange(
    finished: Exchange, bob: Any, client_of: Any
) -> None:
    assert finished.review_due_at is not None
    with clock.at(finished.review_due_at + DAY):
        actions.close_overdue_reviews()
        response = client_of(bob).post(url_of(finished, "review"), {"satisfaction": "4"}, follow=True)
    assert "il est clos" in text_of(response)
    assert not Review.objects.exists()


def test_mine_shows_where_each_thing_stands(
    network: Any, exchange: Exchange, bob: Any, chloe: Any, dora: Any, make_post: Any, client_of: Any
) -> None:
    page = text_of(client_of(dora).get(reverse("exchanges:mine")))
    assert "Pas encore d’échange" in page
    asked = make_post(dora, "request", "Lire un bilan comptable")
    actions.ask_introduction(network, requester=dora, offerer=bob, by=bob, request=asked)
    page = text_of(client_of(bob).get(reverse("exchanges:mine")))
    assert "Vous proposez votre aide à Dora Haddad." in page
    assert "Vous apprenez avec Chloé Le Goff." in page
    assert "reste à fixer" in page
    assert "Vous transmettez à Bob Riou." in text_of(client_of(chloe).get(reverse("exchanges:mine")))


def test_mine_costs_the_same_with_more_rows(
    network: Any,
    exchange: Exchange,
    bob: Any,
    chloe: Any,
    make_person: Any,
    join: Any,
    make_post: Any,
    client_of: Any,
    queries: Any,
) -> None:
    client, url = client_of(bob), reverse("exchanges:mine")
    client.get(url)
    with queries() as one:
        client.get(url)
    for number in range(4):
        person = make_person(f"Prénom{number}")
        join(person, network)
        asked = make_post(person, "request", f"Sujet {number}")
        introduction = actions.ask_introduction(network, requester=person, offerer=bob, by=bob, request=asked)
        if number % 2:
            actions.accept_introduction(introduction, by=person)
    with queries() as more:
        client.get(url)
    assert len(more) == len(one)


# -- declared afterwards ------------------------------------------------------------------------------------


def test_declaring_in_one_minute_then_confirming(
    network: Any, bob: Any, chloe: Any, dora: Any, client_of: Any
) -> None:
    url = reverse("exchanges:declare", args=[network.slug])
    page = text_of(client_of(bob).get(url, {"q": "le goff"}))
    assert f"with={chloe.public_id}" in page
    assert "Personne de ce nom" in text_of(client_of(bob).get(url, {"q": "zzz"}))
    url += f"?with={chloe.public_id}"
    assert "J’ai appris avec Chloé Le Goff" in text_of(client_of(bob).get(url))
    data = {
        "side": "requester",
        "title": "Préparer une soutenance",
        "minutes": "120",
        "mode": "face",
        "key": "k",
    }
    response = client_of(bob).post(url, {**data, "held_on": "2026-04-01"})
    assert response.status_code == 422  # not past yet
    assert "Préparer une soutenance" in text_of(response)
    data["held_on"] = "2026-02-20"
    assert client_of(bob).post(url, data).status_code == 303
    assert client_of(bob).post(url, data).status_code == 303
    exchange = Exchange.objects.get()
    assert exchange.minutes == 120
    confirm = url_of(exchange, "confirm")
    assert client_of(bob).get(confirm).status_code == 302  # the declarer does not confirm
    assert client_of(dora).get(confirm).status_code == 404
    assert "Préparer une soutenance" in text_of(client_of(chloe).get(confirm))
    assert client_of(chloe).post(confirm, {}).status_code == 422
    assert client_of(chloe).post(confirm, {"answer": "yes"}).status_code == 303
    assert client_of(chloe).post(confirm, {"answer": "yes"}).status_code == 302
    exchange.refresh_from_db()
    assert exchange.state == ExchangeState.CLOSED


def test_denying_what_was_declared(network: Any, bob: Any, chloe: Any, client_of: Any) -> None:
    exchange = actions.declare_exchange(
        network, requester=bob, offerer=chloe, by=bob, title="Un café", held_on=dt.date(2026, 2, 20)
    )
    url = url_of(exchange, "confirm")
    assert client_of(chloe).post(url, {"answer": "no", "reason": "C’était avec Dora"}).status_code == 303
    assert "contesté" in text_of(client_of(bob).get(url_of(exchange)))


def test_declaring_is_between_two_members(network: Any, bob: Any, fatou: Any, client_of: Any) -> None:
    url = reverse("exchanges:declare", args=[network.slug])
    assert client_of(bob).get(url + f"?with={fatou.public_id}").status_code == 404
    assert client_of(bob).get(url + f"?with={bob.public_id}").status_code == 302
    assert client_of(fatou).get(url).status_code == 404


def test_one_who_left_no_longer_writes(
    exchange: Exchange, network: Any, bob: Any, chloe: Any, client_of: Any, run_reactions: Any
) -> None:
    leave_network(Membership.objects.get(person=bob, network=network), by=bob)
    run_reactions()
    page = text_of(client_of(chloe).get(url_of(exchange)))
    assert "Cette personne a quitté le réseau" in page
    assert "message-text" not in page


def test_one_takes_back_one_s_own_message_and_nobody_else_s(
    exchange: Exchange, bob: Any, chloe: Any, alice: Any, client_of: Any
) -> None:
    client = client_of(bob)
    client.post(url_of(exchange, "exchange_message"), {"message-text": "Un mot de trop", "message-key": ""})
    message = ThreadMessage.objects.get(text="Un mot de trop")
    address = reverse("exchanges:remove_message", args=[message.public_id])
    assert address in text_of(client.get(url_of(exchange)))
    assert address not in text_of(client_of(chloe).get(url_of(exchange)))
    for other in (chloe, alice):
        assert client_of(other).get(address).status_code == 404
        assert client_of(other).post(address).status_code == 404
    page = text_of(client.get(address))
    assert "Retirer ce message" in page
    assert "Un mot de trop" in page
    for _time in range(2):  # the same button pressed twice
        assert client.post(address)["Location"] == url_of(exchange) + "#thread"
    page = text_of(client_of(chloe).get(url_of(exchange)))
    assert "Message retiré à la demande de son auteur." in page
    assert "Un mot de trop" not in page
    assert address not in text_of(client.get(url_of(exchange)))


def test_a_review_written_for_someone_says_so(
    finished: Exchange, alice: Any, bob: Any, chloe: Any, client_of: Any
) -> None:
    answers = {"satisfaction": "4", "covered": "yes", "again": True}
    actions.submit_review(finished, by=alice, author=bob, **answers)
    actions.submit_review(finished, by=chloe, **answers)
    for person in (bob, chloe):
        page = text_of(client_of(person).get(url_of(finished)))
        assert page.count("Répondu par Alice Martin, de l’animation, pour Bob Riou.") == 1


def test_who_only_animates_a_network_declares_from_its_desk(
    network: Any, admin: Any, make_person: Any, client_of: Any
) -> None:
    animator = make_person("Rose")
    grant_role(network, animator, "animator", by=admin)
    page = text_of(client_of(animator).get(reverse("exchanges:mine")))
    assert reverse("exchanges:declare", args=[network.slug]) not in page
    assert reverse("find:search", args=[network.slug]) not in page

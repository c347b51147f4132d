"""What an animator does for someone: shown as such, told to them, and never a look inside."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse

from reciproque.agenda.actions import fix_date
from reciproque.agenda.queries import live_meeting
from reciproque.catalogue.models import Post
from reciproque.exchanges import actions as exchanges
from reciproque.exchanges.models import Exchange, Introduction, Review
from reciproque.journal.models import Fact
from reciproque.kit import clock
from reciproque.kit.tokens import new_id

DAY = dt.timedelta(days=1)


def url(name: str, network: Any, *args: Any) -> str:
    return reverse(f"animation:{name}", args=[network.slug, *args])


def text_of(response: Any) -> str:
    return response.content.decode().replace("\u00a0", " ")


@pytest.fixture
def finished(network: Any, bob: Any, chloe: Any, make_post: Any) -> Exchange:
    """Bob learned from Chloé; neither has reviewed."""
    offer = make_post(chloe, "offer", "Mener un entretien")
    row = exchanges.ask_introduction(network, requester=bob, offerer=chloe, by=bob, offer=offer)
    exchanges.accept_introduction(row, by=chloe)
    exchange = Exchange.objects.get()
    meeting = live_meeting(exchange)
    fix_date(meeting, clock.now() + DAY, by=bob)
    with clock.at(clock.now() + 2 * DAY):
        meeting.refresh_from_db()
        exchanges.say_held(meeting, by=bob, held=True)
    exchange.refresh_from_db()
    return exchange


@pytest.mark.parametrize("kind", ["offer", "request"])
def test_a_post_is_published_for_someone_once(
    network: Any, alice: Any, bob: Any, client_of: Any, kind: str
) -> None:
    client, address = client_of(alice), url("post_for", network, bob.public_id, kind)
    assert "Bob Riou" in text_of(client.get(address))
    data = {"key": new_id(), "title": "Lire un bilan", "topics": "bilan, comptes", "modes": ["phone"]}
    for _time in range(2):
        assert client.post(address, data)["Location"] == url("member", network, bob.public_id)
    post = Post.objects.get()
    assert (post.author, post.written_by, post.kind, post.state) == (bob, alice, kind, "published")
    assert sorted(topic.name for topic in post.topics.all()) == ["bilan", "comptes"]
    fact = Fact.objects.get(name="post.published")
    assert fact.by == alice
    assert "Lire un bilan" in text_of(client.get(url("member", network, bob.public_id)))


def test_a_post_refused_keeps_what_was_typed(network: Any, alice: Any, bob: Any, client_of: Any) -> None:
    address = url("post_for", network, bob.public_id, "offer")
    response = client_of(alice).post(address, {"key": new_id(), "title": "", "purpose": "Gagner du temps"})
    assert response.status_code == 422
    assert "Donnez un titre." in text_of(response)
    assert "Gagner du temps" in text_of(response)
    many = {"key": new_id(), "title": "Lire un bilan", "topics": "a1,b2,c3,d4,e5,f6"}
    assert "cinq sujets au plus" in text_of(client_of(alice).post(address, many))
    assert client_of(alice).get(url("post_for", network, bob.public_id, "gift")).status_code == 404
    assert not Post.objects.exists()


def test_an_exchange_is_declared_between_two_members_once(
    network: Any, alice: Any, bob: Any, chloe: Any, client_of: Any
) -> None:
    client, address = client_of(alice), url("declare_for", network)
    assert "Qui a transmis ?" in text_of(client.get(address))
    page = text_of(client.get(address, {"q": "goff"}))
    assert f"?offerer={chloe.public_id}" in page
    page = text_of(client.get(address, {"offerer": chloe.public_id, "q": "riou"}))
    assert "Qui a appris ?" in page
    both = f"{address}?offerer={chloe.public_id}&requester={bob.public_id}"
    assert both.replace("&", "&amp;") in page
    assert "Échanger" not in text_of(client.get(address, {"offerer": chloe.public_id}))
    data = {
        "key": new_id(),
        "title": "Lire un bilan",
        "held_on": "2026-02-20",
        "minutes": "60",
        "mode": "face",
    }
    for _time in range(2):
        assert client.post(both, data)["Location"] == url("desk", network)
    exchange = Exchange.objects.get()
    assert (exchange.state, exchange.declared_by, exchange.minutes) == ("declared", alice, 60)
    assert {(part.person, part.side) for part in exchange.people.all()} == {
        (bob, "requester"),
        (chloe, "offerer"),
    }
    assert Fact.objects.get(name="exchange.declared").data["on_behalf"] is True


def test_a_declaration_refused(network: Any, alice: Any, bob: Any, chloe: Any, client_of: Any) -> None:
    address, client = url("declare_for", network), client_of(alice)
    both = f"{address}?offerer={chloe.public_id}&requester={bob.public_id}"
    data = {"key": new_id(), "title": "Lire un bilan", "held_on": "2026-03-20", "minutes": "60", "mode": ""}
    response = client.post(both, data)
    assert response.status_code == 422
    assert "pas encore passée" in text_of(response)
    assert client.post(both, data | {"held_on": "hier"}).status_code == 422
    # The same person on both sides is one person: the other is asked for again.
    same = client.post(f"{address}?offerer={bob.public_id}&requester={bob.public_id}", data)
    assert "Qui a appris ?" in text_of(same)
    assert not Exchange.objects.exists()


def test_a_review_is_written_for_someone_and_never_shown(
    network: Any, alice: Any, bob: Any, finished: Any, client_of: Any
) -> None:
    client, here = client_of(alice), url("member", network, bob.public_id)
    address = url("review_for", network, finished.public_id, bob.public_id)
    assert address in text_of(client.get(here))
    assert client.post(address, {"comment": "Très clair"}).status_code == 422
    data = {"satisfaction": "4", "comment": "Un mot pour vous seuls", "again": "yes", "used": "already"}
    for _time in range(2):
        assert client.post(address, data)["Location"] == here
    review = Review.objects.get()
    assert (review.author, review.on_behalf_by, review.again, review.used) == (bob, alice, True, "already")
    assert Fact.objects.get(name="review.submitted").data["on_behalf"] is True
    for page in (here, url("desk", network), url("members", network)):
        assert "Un mot pour vous seuls" not in text_of(client.get(page))
    assert address not in text_of(client.get(here))
    assert client.get(address).status_code == 303  # written once, read no more


def test_a_review_is_only_for_those_who_took_part(
    network: Any,
    other_network: Any,
    alice: Any,
    admin: Any,
    bob: Any,
    chloe: Any,
    finished: Any,
    client_of: Any,
) -> None:
    address = url("review_for", network, finished.public_id, alice.public_id)
    assert client_of(alice).get(address).status_code == 404
    assert client_of(alice).get(url("review_for", network, "zzzzzzzzzzzz", bob.public_id)).status_code == 404
    elsewhere = url("review_for", other_network, finished.public_id, bob.public_id)
    assert client_of(admin).get(elsewhere).status_code == 404
    for stranger in (bob, chloe):
        own = url("review_for", network, finished.public_id, bob.public_id)
        assert client_of(stranger).post(own, {"satisfaction": "1"}).status_code == 404
    assert not Review.objects.exists()


def test_reciprocity_is_waived_with_a_reason_once(
    strict_network: Any, make_person: Any, join: Any, client_of: Any
) -> None:
    animator, person = make_person("Anne", "Roux"), make_person("Marc")
    join(animator, strict_network, "animator")
    membership = join(person, strict_network)
    client, address = client_of(animator), url("waive", strict_network, person.public_id)
    response = client.post(address, {"reason": ""})
    assert response.status_code == 422
    assert "Dites pourquoi" in text_of(response)
    for words in ("Retour de congé", "Une autre raison"):
        assert client.post(address, {"reason": words}).status_code == 303
    membership.refresh_from_db()
    assert (membership.waived_by, membership.waiver_reason) == (animator, "Retour de congé")
    assert Fact.objects.filter(name="membership.waived").count() == 1
    page = text_of(client.get(url("member", strict_network, person.public_id)))
    assert "par Anne Roux : Retour de congé" in page
    assert address not in page


def test_open_reciprocity_has_nothing_to_waive(network: Any, alice: Any, bob: Any, client_of: Any) -> None:
    address = url("waive", network, bob.public_id)
    assert address not in text_of(client_of(alice).get(url("member", network, bob.public_id)))
    client_of(alice).post(address, {"reason": "Pour rien"})
    assert bob.memberships.get(network=network).waived_at is None


def test_capacity_is_set_and_bounded(network: Any, alice: Any, bob: Any, client_of: Any) -> None:
    client, address = client_of(alice), url("capacity", network, bob.public_id)
    for _time in range(2):
        assert client.post(address, {"give": 0, "receive": 4}).status_code == 303
    membership = bob.memberships.get(network=network)
    assert (membership.give_capacity, membership.receive_capacity) == (0, 4)
    assert Fact.objects.filter(name="membership.capacity_changed").count() == 1
    for give in ("21", "-1", "beaucoup", ""):
        assert client.post(address, {"give": give, "receive": 4}).status_code == 422


def test_an_introduction_is_asked_in_someone_s_name(
    network: Any, alice: Any, bob: Any, chloe: Any, make_post: Any, client_of: Any, run_reactions: Any
) -> None:
    offer = make_post(chloe, "offer", "Mener un entretien")
    wanted = make_post(bob, "request", "Préparer un entretien")
    run_reactions()
    client, address = client_of(alice), url("ask_for", network, bob.public_id)
    assert f"{address}?offer={offer.public_id}" in text_of(client.get(address, {"q": "entretien"}))
    data = {"mine": wanted.public_id, "message": "Bonjour Chloé"}
    for _time in range(2):
        response = client.post(f"{address}?offer={offer.public_id}", data)
        row = Introduction.objects.get()
        assert response["Location"] == url("introduction", network, row.public_id)
    assert (row.requester, row.initiator, row.on_behalf_by, row.request) == (bob, bob, alice, wanted)
    assert "Bonjour Chloé" not in text_of(client.get(response["Location"]))
    assert client.get(f"{address}?offer={wanted.public_id}").status_code == 404


def test_one_cannot_ask_for_someone_who_may_not(
    strict_network: Any, admin: Any, make_person: Any, join: Any, client_of: Any
) -> None:
    person = make_person("Marc")
    join(person, strict_network)
    with clock.at(clock.now() + 90 * DAY):
        page = text_of(client_of(admin).get(url("ask_for", strict_network, person.public_id)))
    assert "levez la condition" in page


def test_a_balance_is_never_shown(network: Any, alice: Any, bob: Any, chloe: Any, client_of: Any) -> None:
    exchange = exchanges.declare_exchange(
        network,
        requester=bob,
        offerer=chloe,
        by=bob,
        title="Un échange entre nous",
        held_on=clock.now().date() - 3 * DAY,
    )
    exchanges.confirm_exchange(exchange, by=chloe)
    page = text_of(client_of(alice).get(url("member", network, bob.public_id)))
    assert "Un échange entre nous" not in page

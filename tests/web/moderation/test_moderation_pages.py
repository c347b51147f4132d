"""Reporting, deciding, appealing, stopping and removing, in a browser; and every door of what is hidden."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from reciproque.catalogue.actions import hide_post
from reciproque.exchanges.actions import accept_introduction, ask_introduction, set_apart, write_message
from reciproque.exchanges.models import Exchange, SetApart
from reciproque.matching.actions import compute_suggestions
from reciproque.moderation.actions import decide, make_report
from reciproque.moderation.models import Appeal, Decision, Report

SECRET = "des mots que personne d’autre ne lit"


def text_of(answer: Any) -> str:
    return answer.content.decode().replace("\u00a0", " ")


@pytest.fixture
def post(make_post: Any, chloe: Any) -> Any:
    return make_post(chloe, "offer", "Mener un entretien zébré", description="Sans ménagement.")


@pytest.fixture
def exchange(network: Any, bob: Any, chloe: Any, post: Any) -> Exchange:
    asked = ask_introduction(network, requester=bob, offerer=chloe, by=bob, offer=post)
    accept_introduction(asked, by=chloe)
    return Exchange.objects.get()


@pytest.fixture
def report(network: Any, bob: Any, post: Any, alice: Any) -> Report:
    return make_report(network, by=bob, about=post, reason="hurtful", words=SECRET)


def test_one_is_told_who_will_read_before_reporting(client_of: Any, bob: Any, alice: Any, post: Any) -> None:
    page = text_of(client_of(bob).get(reverse("moderation:report", args=["post", post.public_id])))
    assert "Qui lira votre signalement" in page
    assert "Alice Martin" in page
    assert "ni vos responsables" in page


def test_a_report_is_made_then_followed(client_of: Any, bob: Any, alice: Any, post: Any) -> None:
    browser = client_of(bob)
    address = reverse("moderation:report", args=["post", post.public_id])
    refused = browser.post(address, {"reason": "other", "words": ""})
    assert refused.status_code == 422
    assert "ce qui s’est passé" in text_of(refused)
    done = browser.post(address, {"reason": "hurtful", "words": SECRET}, follow=True)
    assert SECRET in text_of(done)
    assert "Alice Martin l’examine" in text_of(done)
    assert "Suivre ce signalement" in text_of(browser.get(reverse("moderation:mine")))


def test_a_conduct_is_reported_from_the_exchange_or_the_persons_page(
    client_of: Any, bob: Any, chloe: Any, alice: Any, network: Any, exchange: Exchange
) -> None:
    browser = client_of(bob)
    here = text_of(browser.get(reverse("exchanges:exchange", args=[exchange.public_id])))
    address = (
        f"{reverse('moderation:report', args=['person', chloe.public_id])}?from=exchange:{exchange.public_id}"
    )
    assert address in here
    browser.post(address, {"reason": "harassment", "words": SECRET})
    assert Report.objects.get().context_id == exchange.public_id
    other = f"{reverse('moderation:report', args=['person', chloe.public_id])}?network={network.slug}"
    assert browser.get(other).status_code == 200
    for strange in ("?network=nowhere", "?from=exchange:nothing", "?from=nonsense", ""):
        address = reverse("moderation:report", args=["person", chloe.public_id]) + strange
        assert browser.get(address).status_code == 404


def test_nobody_else_meets_a_report(
    client_of: Any,
    report: Report,
    everyone: dict[str, Any],
    chloe: Any,
    make_person: Any,
    join: Any,
    network: Any,
) -> None:
    gil = make_person("Gil", unit="Finances")
    join(gil, network, "animator")
    for name, person in (everyone | {"gil": gil}).items():
        answer = client_of(person).get(reverse("moderation:case", args=[report.public_id]))
        seen = name in ("alice", "bob", "admin")
        assert answer.status_code == (200 if seen else 404), name
        assert (SECRET in text_of(answer)) == seen, name
        for page in ("moderation:mine", "moderation:queue"):
            assert SECRET not in text_of(client_of(person).get(reverse(page)))


def test_its_handler_decides_and_the_author_reads_why_and_appeals(
    client_of: Any, report: Report, alice: Any, chloe: Any, bob: Any, admin: Any, post: Any
) -> None:
    handler = client_of(alice)
    assert reverse("moderation:case", args=[report.public_id]) in text_of(
        handler.get(reverse("moderation:queue"))
    )
    address = reverse("moderation:case", args=[report.public_id])
    assert handler.post(address, {"kind": "hide", "words": ""}).status_code == 422
    assert handler.post(address, {"kind": "hide", "words": "Le ton blesse."}).status_code == 303
    decision = Decision.objects.get()
    author = client_of(chloe)
    own = text_of(author.get(reverse("posts:post", args=[post.public_id])))
    read = reverse("moderation:decision", args=[decision.public_id])
    assert read in own
    page = text_of(author.get(read))
    assert "Le ton blesse." in page
    assert SECRET not in page
    assert "Bob" not in page
    assert author.post(read, {"words": "De l’humour."}).status_code == 303
    appeal = Appeal.objects.get()
    answering = reverse("moderation:appeal", args=[appeal.public_id])
    for person in (alice, bob, chloe):
        assert client_of(person).get(answering).status_code == 404
    judge = client_of(admin)
    assert judge.get(answering).status_code == 200
    assert judge.post(answering, {"outcome": "overturned", "words": "Relu."}).status_code == 303
    post.refresh_from_db()
    assert post.state == "published"
    assert "décision annulée" in text_of(author.get(read)).lower()
    assert client_of(bob).post(address, {"kind": "keep", "words": "x"}).status_code == 404


def test_every_door_of_what_is_hidden_is_closed(
    client_of: Any, network: Any, make_post: Any, post: Any, everyone: dict[str, Any], run_reactions: Any
) -> None:
    bob, chloe = everyone["bob"], everyone["chloe"]
    make_post(bob, "request", "Mener un entretien zébré")
    run_reactions()
    compute_suggestions(network)
    doors = [
        reverse("find:search", args=[network.slug]) + "?q=zébré",
        reverse("find:suggestions", args=[network.slug]),
        reverse("people:person", args=[network.slug, chloe.public_id]),
        reverse("people:members", args=[network.slug]),
        reverse("join:network", args=[network.slug]),
        reverse("home:home"),
    ]
    link = reverse("posts:post", args=[post.public_id])
    browser = client_of(bob)
    assert sum(link in text_of(browser.get(door)) for door in doors) >= 4
    hide_post(post, by=everyone["admin"])
    for ran in (False, True):
        if ran:
            run_reactions()
            compute_suggestions(network)
        for name, person in everyone.items():
            if name == "chloe":
                continue
            browser = client_of(person)
            for door in doors:
                assert link not in text_of(browser.get(door)), (name, door, ran)
            assert browser.get(link).status_code == 404, name
            ask = reverse("exchanges:ask", args=[network.slug]) + f"?offer={post.public_id}"
            assert browser.get(ask).status_code == 404, name
    assert client_of(chloe).get(link).status_code == 200
    assert "Masquées" in text_of(client_of(chloe).get(reverse("posts:mine", args=[network.slug])))


def test_a_hidden_message_is_read_by_its_author_only(
    client_of: Any, network: Any, bob: Any, chloe: Any, alice: Any, exchange: Exchange
) -> None:
    message = write_message(exchange, "Vous êtes bien lent.", by=chloe)
    page = reverse("exchanges:exchange", args=[exchange.public_id])
    report_it = reverse("moderation:report", args=["message", message.public_id])
    assert report_it in text_of(client_of(bob).get(page))
    assert report_it not in text_of(client_of(chloe).get(page))
    made = make_report(network, by=bob, about=message, reason="hurtful")
    assert "bien lent" in text_of(client_of(alice).get(reverse("moderation:case", args=[made.public_id])))
    decide(made, by=alice, kind="hide", words="Le ton blesse.")
    seen = text_of(client_of(bob).get(page))
    assert "bien lent" not in seen
    assert "masqué après un signalement" in seen
    assert "bien lent" in text_of(client_of(chloe).get(page))


def test_stopping_asks_for_no_reason_and_tells_neutrally(
    client_of: Any, network: Any, bob: Any, chloe: Any, alice: Any, exchange: Exchange, run_reactions: Any
) -> None:
    browser = client_of(bob)
    address = reverse("moderation:stop", args=["exchange", exchange.public_id])
    assert address in text_of(browser.get(reverse("exchanges:exchange", args=[exchange.public_id])))
    page = text_of(browser.get(address))
    assert "sans que vous ayez à dire pourquoi" in page
    # One way in, and from there the way with a word.
    with_words = reverse("exchanges:stop", args=[exchange.public_id])
    assert with_words in page
    assert with_words not in text_of(browser.get(reverse("exchanges:exchange", args=[exchange.public_id])))
    assert client_of(alice).post(address).status_code == 404
    done = browser.post(address, {"apart": "on", "report": "on"})
    assert done.headers["Location"].startswith(reverse("moderation:report", args=["person", chloe.public_id]))
    assert browser.get(done.headers["Location"]).status_code == 200
    run_reactions()
    theirs = text_of(client_of(chloe).get(reverse("exchanges:exchange", args=[exchange.public_id])))
    assert "L’échange s’est arrêté." in theirs
    history = text_of(client_of(chloe).get(reverse("account:history")))
    assert "proposée" not in history
    from reciproque.notices.models import Outgoing

    mail = Outgoing.objects.get(person=chloe, fact_name="exchange.stopped", channel="email")
    assert "proposer" not in mail.text


def test_whom_one_keeps_away_from_is_ones_own_business(client_of: Any, bob: Any, chloe: Any) -> None:
    row = set_apart(bob, chloe, by=bob)
    assert "Chloé Le Goff" in text_of(client_of(bob).get(reverse("moderation:apart")))
    assert "Bob" not in text_of(client_of(chloe).get(reverse("moderation:apart"))).split("<main")[1]
    end = reverse("moderation:end_apart", args=[row.public_id])
    assert client_of(chloe).post(end).status_code == 404
    assert client_of(bob).post(end).status_code == 303
    assert not SetApart.objects.in_force().exists()


def test_ones_own_words_are_erased_once_confirmed(
    client_of: Any, network: Any, bob: Any, chloe: Any, alice: Any, post: Any, exchange: Exchange
) -> None:
    message = write_message(exchange, "Trop vite dit.", by=chloe)
    for kind, row in (("post", post), ("message", message)):
        address = reverse("moderation:remove", args=[kind, row.public_id])
        for person in (bob, alice):
            assert client_of(person).post(address).status_code == 404
        browser = client_of(chloe)
        assert "Effacer ces mots" in text_of(browser.get(address))
        assert browser.post(address).status_code == 303
        assert browser.get(address).status_code == 302
    assert client_of(bob).get(reverse("posts:post", args=[post.public_id])).status_code == 404
    own = text_of(client_of(chloe).get(reverse("posts:post", args=[post.public_id])))
    assert "Retirée à la demande de son auteur" in own
    assert "ménagement" not in own
    assert client_of(chloe).get(reverse("moderation:remove", args=["nonsense", "x"])).status_code == 404


def test_the_messages_hold_neither_words_nor_names(
    network: Any, bob: Any, chloe: Any, alice: Any, run_reactions: Any
) -> None:
    from reciproque.notices.models import Outgoing

    made = make_report(network, by=bob, about=chloe, reason="harassment", words=SECRET)
    run_reactions()
    decide(made, by=alice, kind="close", words="Nous nous sommes parlé, en privé.")
    run_reactions()
    mails = {
        mail.person.first_name: mail for mail in Outgoing.objects.filter(fact_name__startswith="report.")
    }
    assert set(mails) == {"Alice", "Bob"}
    for mail in mails.values():
        for words in (SECRET, "Chloé", "harcèlement", "en privé", "signalement de"):
            assert words not in mail.subject + mail.text + mail.html
        assert "signal" not in mail.subject.lower()

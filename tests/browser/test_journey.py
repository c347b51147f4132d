"""The journeys that must never break: from signing in to both reviews, in French, then in English on a phone."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest

from reciproque.exchanges.models import Exchange, Introduction
from reciproque.exchanges.rules import ExchangeState
from reciproque.kit import clock
from reciproque.networks.actions import create_network, grant_role, join_network
from reciproque.notices.models import Outgoing
from reciproque.people.models import Person
from tests.browser.conftest import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def cadres(make_person: Any) -> dict[str, Any]:
    """A mediated network with strict reciprocity: its animator, its mediator, Chloé who is in, Bob who is not yet."""
    ada = make_person("Ada", "Admin", email="ada@example.org", is_superuser=True)
    network = create_network(
        "Cadres du courrier",
        by=ada,
        slug="cadres",
        name_en="Mail managers",
        reciprocity="strict",
        mediation="mediated",
        admission="approval",
    )
    people = {
        "alice": make_person("Alice", "Martin", email="alice@example.org"),
        "chloe": make_person(
            "Chloé", "Le Goff", email="chloe@example.org", unit="RH > Formation", site="Rennes"
        ),
        "marc": make_person("Marc", "Petit", email="marc@example.org"),
        "bob": make_person("Bob", "Riou", email="bob@example.org", unit="Opérations > Ouest", site="Nantes"),
    }
    for name in ("alice", "chloe", "marc"):
        join_network(network, people[name], by=ada)
    grant_role(network, people["alice"], "animator", by=ada)
    grant_role(network, people["marc"], "mediator", by=ada)
    people["bob"].set_password(PASSWORD)
    people["bob"].save()
    return {"network": network, **people}


def day_and_hour(days: float) -> tuple[str, str]:
    """A date to type, some days from now as the product sees it."""
    moment = (clock.now() + dt.timedelta(days=days)).astimezone()
    return moment.strftime("%Y-%m-%d"), "10:00"


def publish(tab: Any, kind: str, title: str, description: str, healthy: Any = None) -> None:
    tab.goto(f"/networks/cadres/posts/new/{kind}/")
    if healthy is not None:
        healthy(tab)
    tab.locator("[name=title]").fill(title)
    tab.locator("[name=description]").fill(description)
    tab.get_by_role("button", name=re.compile("^(Publier|Publish)$")).click()
    tab.wait_for_url(re.compile(r"/posts/[a-z0-9]{12}/"))


def propose_dates(tab: Any, days: float) -> None:
    day, hour = day_and_hour(days)
    tab.locator("[name$=day], [type=date]").first.fill(day)
    tab.locator("[name$=hour], [type=time]").first.fill(hour)
    tab.get_by_role("button", name=re.compile("Proposer ces dates|Propose these dates")).click()


def choose_date(tab: Any) -> None:
    choices = tab.locator("[name=slot]:visible")
    if choices.count():
        choices.first.check()
    tab.get_by_role("button", name=re.compile("me convient|suits me", re.IGNORECASE)).first.click()
    tab.wait_for_load_state()


def letters_to(person: Person) -> list[Outgoing]:
    return list(Outgoing.objects.filter(person=person).order_by("pk"))


def test_the_journey_in_french(cadres: Any, enter: Any, healthy: Any, later: Any, run_reactions: Any) -> None:
    network = cadres["network"]

    # 1. Bob signs in, reads the charter, asks to join; the animator says yes.
    bob = enter(None)
    bob.goto("/")
    healthy(bob)
    bob.locator("[name=email]").fill("bob@example.org")
    bob.locator("[name=password]").fill(PASSWORD)
    bob.get_by_role("button", name="Se connecter").click()
    bob.get_by_role("heading", level=1).wait_for()
    bob.goto("/networks/")
    healthy(bob)
    bob.goto("/networks/cadres/")
    healthy(bob)
    bob.goto("/networks/cadres/join/")
    healthy(bob)
    bob.get_by_role("checkbox").first.check()
    bob.get_by_role("button", name=re.compile("rejoindre|demande|signe", re.IGNORECASE)).first.click()
    run_reactions()
    alice = enter(cadres["alice"])
    alice.goto("/networks/cadres/animation/")
    healthy(alice)
    alice.get_by_role("link", name=re.compile("Bob Riou")).first.click()
    healthy(alice)
    alice.get_by_role("button", name=re.compile("Accueillir|Oui|Accepter")).first.click()
    run_reactions()

    # 2. Both word an offer and a request.
    chloe = enter(cadres["chloe"])
    publish(chloe, "offer", "Mener un entretien difficile", "On prépare, puis on joue la scène.")
    publish(chloe, "request", "Comprendre l’organisation des tournées", "")
    publish(bob, "offer", "Organiser une tournée à vélo", "Douze ans de tournées.", healthy)
    publish(bob, "request", "Préparer un entretien délicat", "J’en ai trois en janvier.", healthy)
    healthy(bob)
    run_reactions()

    # 3. Bob looks for it, with a typing error.
    bob.goto("/networks/cadres/find/?q=entretein")
    healthy(bob)
    bob.get_by_role("link", name="Mener un entretien difficile").first.click()
    healthy(bob)

    # 4. He asks for an introduction; Chloé has a question first, then says yes.
    bob.get_by_role("link", name=re.compile("Demander une mise en relation")).first.click()
    healthy(bob)
    bob.locator("textarea").first.fill("Bonjour Chloé, j’aimerais m’y préparer.")
    bob.get_by_role("button", name=re.compile("Demander|Envoyer")).first.click()
    bob.wait_for_url(re.compile("/introductions/"))
    healthy(bob)
    introduction = Introduction.objects.get()
    page = f"/introductions/{introduction.public_id}/"
    run_reactions()
    chloe.goto("/")
    healthy(chloe)
    chloe.goto(page)
    healthy(chloe)
    chloe.locator("summary", has_text="Une question d’abord").click()
    healthy(chloe)
    chloe.locator("form:has(button[value=question]) textarea").fill("Pour quand ?")
    chloe.locator("button[value=question]").click()
    chloe.get_by_text("Pour quand ?").wait_for()
    bob.goto(page)
    healthy(bob)
    bob.locator("textarea:visible").last.fill("Avant la mi-janvier.")
    bob.get_by_role("button", name=re.compile("Répondre|Envoyer")).last.click()
    bob.get_by_text("Avant la mi-janvier.").wait_for()
    chloe.goto(page)
    chloe.get_by_role("button", name="Oui, volontiers").click()
    run_reactions()

    # 5 and 6. The mediator finds a date, leads the meeting, notes the terms; the exchange opens.
    introduction.refresh_from_db()
    assert introduction.mediator == cadres["marc"]
    marc = enter(cadres["marc"])
    marc.goto(page)
    healthy(marc)
    marc.get_by_role("link", name="Proposer des dates").first.click()
    healthy(marc)
    propose_dates(marc, 2)
    for tab in (bob, chloe):
        tab.goto(page)
        choose_date(tab)
    run_reactions()
    fixed = [letter for letter in letters_to(cadres["bob"]) if letter.fact_name == "meeting.fixed"]
    assert fixed, "Bob is told of the date"
    assert "BEGIN:VCALENDAR" in fixed[0].ics
    later(3)
    marc.goto(page)
    healthy(marc)
    marc.locator("button[name=held][value=yes]").first.click()
    marc.goto(page + "terms/")
    healthy(marc)
    marc.locator("[name=content]").fill("Préparer et jouer un entretien")
    marc.locator("[name=success]").fill("Bob mène son premier entretien sereinement")
    marc.get_by_role("button", name=re.compile("Enregistrer|Garder|Noter")).first.click()
    marc.goto(page + "outcome/")
    healthy(marc)
    marc.get_by_text("Les deux personnes sont d’accord").click()
    marc.get_by_role("button", name="Enregistrer").click()
    marc.get_by_role("heading", level=1).wait_for()
    exchange = Exchange.objects.get()
    assert exchange.terms.content == "Préparer et jouer un entretien"
    page = f"/exchanges/{exchange.public_id}/"

    # 5 again: the two fix their own date.
    bob.goto(page)
    healthy(bob)
    bob.get_by_role("link", name="Proposer des dates").first.click()
    propose_dates(bob, 2)
    chloe.goto(page)
    healthy(chloe)
    choose_date(chloe)
    bob.goto("/agenda/")
    healthy(bob)
    later(3)

    # 7. "Did it take place?": one tap from Chloé's e-mail, without signing in.
    asked = [letter for letter in letters_to(cadres["chloe"]) if letter.fact_name == "meeting.past"][-1]
    tap = re.search(r"https?://\S+?(/tap/\S+)", asked.text)
    assert tap, asked.text
    nobody = enter(None)
    nobody.goto(tap.group(1).rstrip(".)"))
    healthy(nobody)
    exchange.refresh_from_db()
    assert exchange.state == ExchangeState.OPEN, "opening the link changes nothing"
    nobody.locator("main button").click()
    nobody.get_by_role("heading", level=1).wait_for()
    exchange.refresh_from_db()
    assert exchange.state == ExchangeState.FINISHED

    # 8. Both review, blind until both have answered.
    for tab, words in ((bob, "Écouter avant de répondre"), (chloe, "Rien ne vaut le jeu de rôle")):
        tab.goto(page + "review/")
        healthy(tab)
        tab.get_by_label("très utile").check()
        tab.locator("[name=learned]").fill(words)
        if tab is chloe:
            assert "Écouter avant de répondre" not in tab.content()
        tab.get_by_role("button", name=re.compile("Envoyer|Terminer|Enregistrer")).first.click()
        tab.get_by_role("heading", level=1).wait_for()
    exchange.refresh_from_db()
    assert exchange.state == ExchangeState.CLOSED
    bob.goto(page)
    healthy(bob)
    assert "Rien ne vaut le jeu de rôle" in bob.content()

    # The animator sees that it lives, never what was said.
    alice.goto("/networks/cadres/animation/")
    assert "Écouter avant de répondre" not in alice.content()
    response = alice.goto(page)
    assert response.status == 404
    assert network.slug == "cadres"


def test_the_journey_in_english_on_a_phone_without_javascript(
    cadres: Any, enter: Any, later: Any, run_reactions: Any
) -> None:
    """The same life at 360 px, in English, with JavaScript switched off: every step is a link or a button."""
    for name in ("bob", "chloe", "marc", "alice"):
        cadres[name].language = "en"
        cadres[name].save()
    network = cadres["network"]
    join_network(network, cadres["bob"], by=cadres["alice"])
    phone = {"locale": "en-GB", "viewport": {"width": 360, "height": 740}, "java_script_enabled": False}
    bob, chloe, marc = (enter(cadres[name], **phone) for name in ("bob", "chloe", "marc"))

    def fits(tab: Any) -> None:
        box = tab.locator("main").bounding_box()
        assert box, tab.url
        assert box["x"] >= 0, tab.url
        assert box["x"] + box["width"] <= 361, f"{tab.url} overflows: {box}"
        assert tab.locator("html").get_attribute("lang") == "en"

    def see(tab: Any, path: str) -> None:
        response = tab.goto(path)
        assert response.status == 200, path
        fits(tab)

    see(bob, "/")
    publish(chloe, "offer", "Leading a difficult conversation", "We prepare it, then act it out.")
    publish(chloe, "request", "How delivery rounds are organised", "")
    publish(bob, "offer", "Planning a round by cargo bike", "Twelve years of rounds.")
    publish(bob, "request", "Preparing a delicate conversation", "Three of them in January.")
    fits(bob)
    run_reactions()
    see(bob, "/networks/cadres/find/?q=conversation")
    bob.get_by_role("link", name="Leading a difficult conversation").first.click()
    fits(bob)
    bob.get_by_role("link", name=re.compile("introduction", re.IGNORECASE)).first.click()
    fits(bob)
    bob.locator("textarea").first.fill("Hello Chloé, I would like to get ready.")
    bob.get_by_role("button", name=re.compile("^Send")).first.click()
    introduction = Introduction.objects.get()
    page = f"/introductions/{introduction.public_id}/"
    run_reactions()
    see(chloe, "/")
    see(chloe, page)
    chloe.locator("button[value=yes]").click()
    run_reactions()
    see(marc, page)
    marc.get_by_role("link", name=re.compile("dates")).first.click()
    fits(marc)
    propose_dates_in_english(marc, 2)
    for tab in (bob, chloe):
        see(tab, page)
        choose_date(tab)
    later(3)
    see(marc, page)
    marc.locator("button[name=held][value=yes]").first.click()
    see(marc, page + "outcome/")
    marc.locator("[name=outcome]").first.check()
    marc.locator("main form button").first.click()
    exchange = Exchange.objects.get()
    page = f"/exchanges/{exchange.public_id}/"
    see(bob, page)
    bob.get_by_role("link", name=re.compile("dates")).first.click()
    propose_dates_in_english(bob, 2)
    see(chloe, page)
    choose_date(chloe)
    later(3)
    see(chloe, page)
    chloe.locator("button[name=held][value=yes]").first.click()
    for tab in (bob, chloe):
        see(tab, page + "review/")
        tab.locator("[name=satisfaction]").first.check()
        tab.locator("main form button").last.click()
        fits(tab)
    exchange.refresh_from_db()
    assert exchange.state == ExchangeState.CLOSED
    see(bob, page)
    for path in (
        "/agenda/",
        "/exchanges/",
        "/me/",
        "/networks/cadres/posts/",
        "/networks/cadres/membership/",
        "/guide/",
    ):
        see(bob, path)


def propose_dates_in_english(tab: Any, days: float) -> None:
    day, hour = day_and_hour(days)
    tab.locator("[type=date]").first.fill(day)
    tab.locator("[type=time]").first.fill(hour)
    tab.locator("form:has([type=date]) button").first.click()

"""From the letter to the answer, on a phone, signed out; and what a device is told while the site is closed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reciproque.exchanges.actions import ask_introduction, refuse_introduction
from reciproque.exchanges.models import Exchange, Introduction
from reciproque.exchanges.rules import IntroductionState
from reciproque.networks.actions import create_network, grant_role, join_network
from reciproque.notices.models import Outgoing, Preference

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHONE = {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True}


@pytest.fixture
def people(make_person: Any, make_post_in: Any) -> dict[str, Any]:
    """A direct network: its animator, Bob who seeks, Chloé who knows, Dora who knows too."""
    ada = make_person("Ada", "Admin", email="ada@example.org", is_superuser=True)
    network = create_network(
        "Savoirs du courrier", by=ada, slug="savoirs", reciprocity="open", mediation="direct"
    )
    names = {"alice": "Martin", "bob": "Riou", "chloe": "Le Goff", "dora": "Haddad"}
    found = {
        name: make_person(name.capitalize(), last, email=f"{name}@example.org")
        for name, last in names.items()
    }
    for person in found.values():
        join_network(network, person, by=ada)
    grant_role(network, found["alice"], "animator", by=ada)
    return {"network": network, **found}


@pytest.fixture
def make_post_in() -> Any:
    from reciproque.catalogue.actions import publish_post

    def make(network: Any, person: Any, kind: str, title: str) -> Any:
        return publish_post(
            network, person, kind, by=person, title=title, modes=["phone", "video"], languages=["fr"]
        )

    return make


@pytest.fixture
def asked(people: dict[str, Any], make_post_in: Any, run_reactions: Any) -> Introduction:
    """Bob asked Chloé; the letter is written."""
    offer = make_post_in(people["network"], people["chloe"], "offer", "Mener un entretien difficile")
    row = ask_introduction(
        people["network"], requester=people["bob"], offerer=people["chloe"], by=people["bob"], offer=offer
    )
    run_reactions()
    return row


def letter_to(person: Any, fact: str) -> Outgoing:
    return Outgoing.objects.get(person=person, fact_name=fact, channel="email")


def open_letter(tab: Any, letter: Outgoing) -> None:
    """Show the letter as a mail program on this phone would."""
    tab.goto("about:blank")
    tab.set_content(letter.html)
    assert not tab.evaluate("document.documentElement.scrollWidth > window.innerWidth"), (
        "the letter overflows"
    )


def test_yes_from_the_letter(people: dict[str, Any], asked: Introduction, enter: Any, healthy: Any) -> None:
    letter = letter_to(people["chloe"], "introduction.asked")
    phone = enter(None, **PHONE)
    open_letter(phone, letter)
    phone.get_by_role("link", name="Oui, volontiers").click()
    phone.wait_for_url("**/tap/**")
    link = phone.url
    healthy(phone)
    phone.get_by_text("Bob Riou aimerait apprendre de vous").wait_for()
    asked.refresh_from_db()
    assert asked.state == IntroductionState.ASKED, "opening the link answers nothing"
    phone.get_by_role("button", name="J’accepte la mise en relation").tap()
    phone.get_by_role("heading", name="C’est noté").wait_for()
    healthy(phone)
    asked.refresh_from_db()
    assert asked.state == IntroductionState.AGREED
    assert Exchange.objects.count() == 1
    assert not [cookie for cookie in phone.context.cookies() if cookie["name"] == "sessionid"]
    phone.goto(link)
    phone.get_by_text("Vous avez déjà répondu avec ce lien").wait_for()
    healthy(phone)


def test_no_from_the_letter_without_javascript(
    people: dict[str, Any], asked: Introduction, enter: Any
) -> None:
    lines = letter_to(people["chloe"], "introduction.asked").text.splitlines()
    link = lines[lines.index("Non, pas cette fois") + 1]
    phone = enter(None, java_script_enabled=False, **PHONE)
    phone.goto(link)
    phone.get_by_role("button", name="Je décline").click()
    phone.get_by_role("radio").first.wait_for()
    asked.refresh_from_db()
    assert asked.state == IntroductionState.ASKED, "a reason is asked first"
    phone.get_by_role("radio", name="je n’ai pas le temps en ce moment").check()
    phone.get_by_role("button", name="Je décline").click()
    phone.get_by_role("heading", name="C’est noté").wait_for()
    asked.refresh_from_db()
    assert (asked.state, asked.refusal) == (IntroductionState.REFUSED, "time")


def test_the_next_person_from_the_letter(
    people: dict[str, Any],
    asked: Introduction,
    make_post_in: Any,
    enter: Any,
    healthy: Any,
    run_reactions: Any,
) -> None:
    make_post_in(people["network"], people["dora"], "offer", "Mener un entretien difficile à deux")
    run_reactions()
    refuse_introduction(asked, by=people["chloe"], refusal="time")
    run_reactions()
    letter = letter_to(people["bob"], "introduction.next_proposed")
    phone = enter(None, **PHONE)
    open_letter(phone, letter)
    phone.get_by_role("link", name="Oui, lui demander").click()
    phone.wait_for_url("**/tap/**")
    healthy(phone)
    assert Introduction.objects.count() == 1
    phone.get_by_role("button", name="Je demande la mise en relation").tap()
    phone.get_by_text("C’est envoyé à Dora Haddad.").wait_for()
    assert Introduction.objects.filter(offerer=people["dora"], requester=people["bob"]).exists()


def test_choices_on_a_phone_and_a_device_that_is_told(
    people: dict[str, Any], enter: Any, healthy: Any, settings: Any, live_server: Any
) -> None:
    settings.VAPID_PUBLIC_KEY = (
        "BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQtUbVlUls0VJXg7A8u-Ts1XbjhazAkj7I99e8QcYP7DkM"
    )
    settings.VAPID_PRIVATE_KEY = settings.VAPID_PRIVATE_KEY or "QRbKrYf6vXq0zN6t3eYx1u8m3w7yq0kR3d1Jc5mW2bA"
    phone = enter(people["bob"], **PHONE)
    phone.context.grant_permissions(["notifications"], origin=live_server.url)
    phone.goto("/me/preferences/")
    healthy(phone)
    phone.get_by_role("radio", name="Un seul courriel par jour").check()
    phone.get_by_role("button", name="Enregistrer ces choix").tap()
    phone.get_by_text("au plus un courriel par jour").wait_for()
    assert Preference.objects.get(person=people["bob"]).rhythm == "daily"
    phone.get_by_role("button", name="Me prévenir sur cet appareil").wait_for()
    # What the page does when the button is pressed, up to the push service of the browser's maker.
    scope = phone.evaluate(
        """async () => {
            const form = document.querySelector("form[data-push]");
            const registration = await navigator.serviceWorker.register(form.dataset.push);
            await navigator.serviceWorker.ready;
            return registration.scope;
        }"""
    )
    assert scope == f"{live_server.url}/"
    # Then what that service would deliver, straight to the service worker.
    said = {
        "title": "Rendez-vous jeudi",
        "body": "Avec Chloé",
        "url": f"{live_server.url}/agenda/",
        "tag": "x",
        "lang": "fr",
    }
    shown = deliver(phone, live_server.url, said)
    assert shown == [
        {"title": "Rendez-vous jeudi", "body": "Avec Chloé", "url": f"{live_server.url}/agenda/"}
    ]


def test_calling_those_without_email_and_writing_to_members(
    people: dict[str, Any], make_person: Any, make_post_in: Any, enter: Any, healthy: Any, run_reactions: Any
) -> None:
    network, alice = people["network"], people["alice"]
    gus = make_person("Gus", "Le Bihan", email=None, phone="02 40 00 00 00", site="Nantes")
    join_network(network, gus, by=gus)
    offer = make_post_in(network, gus, "offer", "Réparer un vélo")
    ask_introduction(network, requester=people["bob"], offerer=gus, by=people["bob"], offer=offer)
    run_reactions()
    here = "/networks/savoirs"
    pages = [
        f"{here}/animation/telling/",
        f"{here}/animation/telling/people/{gus.public_id}/sheet/",
        f"{here}/animation/telling/undelivered/",
        f"{here}/animation/telling/write/",
        f"{here}/settings/channels/",
    ]
    phone, desk = enter(alice, **PHONE), enter(alice)
    for tab in (phone, desk):
        for page in pages:
            tab.goto(page)
            healthy(tab)
    # The sheet is alone on its paper.
    desk.goto(pages[1])
    desk.emulate_media(media="print")
    assert desk.locator(".sheet").is_visible()
    assert not desk.locator("header.mast, .mast").first.is_visible()
    desk.emulate_media(media="screen")
    phone.goto(pages[0])
    phone.get_by_label("Ce que la personne a répondu").fill("Elle accepte.")
    phone.get_by_role("button", name="C’est dit").tap()
    phone.get_by_text("Personne à prévenir").wait_for()
    desk.goto(pages[3])
    desk.get_by_label("Objet").fill("La bourse")
    desk.get_by_label("Votre message").fill("Venez jeudi.")
    desk.get_by_role("button", name="Relire avant d’envoyer").click()
    healthy(desk)
    desk.get_by_role("button", name="Envoyer à 5 personnes").click()
    desk.get_by_text("C’est parti").wait_for()
    healthy(desk)


def deliver(tab: Any, origin: str, said: dict[str, str]) -> Any:
    """Have Chromium hand a push message to the service worker; return the notifications that it then shows."""
    tools = tab.context.new_cdp_session(tab)
    registrations: list[dict[str, Any]] = []
    tools.on(
        "ServiceWorker.workerRegistrationUpdated", lambda event: registrations.extend(event["registrations"])
    )
    tools.send("ServiceWorker.enable")
    for _ in range(50):
        if registrations:
            break
        tab.wait_for_timeout(100)
    tools.send(
        "ServiceWorker.deliverPushMessage",
        {"origin": origin, "registrationId": registrations[0]["registrationId"], "data": json.dumps(said)},
    )
    return tab.evaluate(
        """async () => {
            const registration = await navigator.serviceWorker.ready;
            for (let turn = 0; turn < 300; turn += 1) {
                const rows = await registration.getNotifications();
                if (rows.length) return rows.map(({ title, body, data }) => ({ title, body, url: data.url }));
                await new Promise((done) => setTimeout(done, 100));
            }
            return [];
        }"""
    )

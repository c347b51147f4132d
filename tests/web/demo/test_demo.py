"""The demo door, mailbox and clock; and that nothing of them exists elsewhere."""

import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from reciproque.kit import clock, hooks
from reciproque.notices.models import Outgoing
from reciproque.web.demo.cast import happenings
from reciproque.web.demo.letter import read_letter

PAGES = [
    "/demo/",
    "/demo/mailbox/",
    "/demo/mailbox/abc23456789b/",
    "/demo/mailbox/abc23456789b/invitation.ics",
]


@pytest.fixture
def demo(settings: Any, tmp_path: Any) -> Iterator[None]:
    """The demo, with a clock of its own."""
    settings.DEMO = True
    clock.use_shift_file(tmp_path / "clock")
    yield
    clock.use_shift_file(None)


@pytest.fixture
def mail(bob: Any, network: Any) -> Outgoing:
    return Outgoing.objects.create(
        fact_id=1,
        fact_name="x.y",
        person=bob,
        network=network,
        subject="Chloé vous a écrit <b>",
        text="Bonjour <script>alert(1)</script>\n\nLire\nhttp://localhost:8000/exchanges/abc/\n",
        html="<p>jamais rendu</p>",
        url="http://localhost:8000/exchanges/abc/",
        ics="BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n",
        ics_method="REQUEST",
        state="sent",
        sent_at=clock.now(),
    )


@pytest.mark.parametrize("path", PAGES)
def test_nothing_of_it_exists_outside_the_demo(client_of: Any, bob: Any, path: str) -> None:
    assert client_of(bob).get(path).status_code == 404


@pytest.mark.parametrize("path", ["/demo/enter/{}/", "/demo/clock/"])
def test_no_door_and_no_clock_outside_the_demo(client_of: Any, alice: Any, bob: Any, path: str) -> None:
    client = client_of(bob)
    assert client.post(path.format(alice.public_id)).status_code == 404
    assert client.session["_auth_user_id"] == str(bob.pk)
    assert Client().post("/demo/enter/" + alice.public_id + "/").status_code == 404


@pytest.mark.usefixtures("demo")
def test_the_door_shows_the_cast_of_the_builder(settings: Any, bob: Any, alice: Any) -> None:
    cast = [
        {"public_id": bob.public_id, "line_fr": "Facteur à Nantes", "line_en": "Postman in Nantes"},
        {"public_id": "parti", "line_fr": "?", "line_en": "?"},
    ]
    (settings.DATA / "demo-cast.json").write_text(json.dumps(cast), encoding="utf-8")
    page = Client().get("/demo/").content.decode()
    assert "Facteur à Nantes" in page
    assert bob.display_name in page
    assert alice.display_name not in page
    assert "Postman in Nantes" in Client(headers={"accept-language": "en"}).get("/demo/").content.decode()


@pytest.mark.usefixtures("demo")
def test_a_door_leads_to_what_awaits_there(settings: Any, bob: Any, alice: Any) -> None:
    cast = [
        {"public_id": bob.public_id, "line_fr": "Facteur", "line_en": "Postman"},
        {
            "public_id": alice.public_id,
            "line_fr": "Préside un comité",
            "line_en": "Chairs",
            "about": "learning",
            "url": "/agenda/",
        },
    ]
    (settings.DATA / "demo-cast.json").write_text(json.dumps(cast), encoding="utf-8")
    client = Client()
    page = client.get("/demo/").content.decode()
    assert page.index("Facteur") < page.index("Réseaux apprenants") < page.index("Préside un comité")
    assert page.count('value="/agenda/"') == 1
    # Where one was going matters more than what awaits.
    assert 'value="/guide/"' in client.get("/demo/?next=/guide/").content.decode()


@pytest.mark.usefixtures("demo", "bob")
def test_without_a_cast_the_door_shows_those_who_hold_a_role(alice: Any, chloe: Any) -> None:
    page = Client().get("/demo/").content.decode()
    assert alice.display_name in page
    assert chloe.display_name in page
    assert "Animation, réseau « Savoirs du courrier »" in page


@pytest.mark.django_db
@pytest.mark.usefixtures("demo")
def test_an_empty_demo_says_so() -> None:
    assert "se prépare" in Client().get("/demo/").content.decode()


@pytest.mark.usefixtures("demo")
def test_stepping_in_then_in_as_someone_else(alice: Any, bob: Any) -> None:
    client = Client()
    assert client.get(f"/demo/enter/{bob.public_id}/").status_code == 405
    response = client.post(f"/demo/enter/{bob.public_id}/")
    assert (response.status_code, response.url) == (303, "/")
    assert client.session["_auth_user_id"] == str(bob.pk)
    response = client.post(f"/demo/enter/{alice.public_id}/", {"next": "/demo/mailbox/"})
    assert response.url == "/demo/mailbox/"
    assert client.session["_auth_user_id"] == str(alice.pk)
    elsewhere = client.post(f"/demo/enter/{bob.public_id}/", {"next": "https://example.org/"})
    assert elsewhere.url == "/"
    assert client.post("/demo/enter/personne/").status_code == 404


@pytest.mark.usefixtures("demo")
def test_one_reads_the_mail_of_the_person_one_stands_in(
    client_of: Any, chloe: Any, bob: Any, mail: Outgoing
) -> None:
    client = client_of(bob)
    listed = client.get("/demo/mailbox/").content.decode()
    assert "Chloé vous a écrit &lt;b&gt;" in listed
    page = client.get(f"/demo/mailbox/{mail.public_id}/").content.decode()
    assert "<script>alert" not in page
    assert "jamais rendu" not in page
    assert "<iframe" not in page
    assert "Lire" in page
    # The link leads to the address at which the demo is served, whatever its port.
    assert 'href="http://testserver/exchanges/abc/"' in page
    calendar = client.get(f"/demo/mailbox/{mail.public_id}/invitation.ics")
    assert calendar["Content-Type"].startswith("text/calendar")
    assert "attachment" in calendar["Content-Disposition"]
    for path in ("", "invitation.ics"):
        assert client_of(chloe).get(f"/demo/mailbox/{mail.public_id}/{path}").status_code == 404
    assert "Pas encore de courriel" in client_of(chloe).get("/demo/mailbox/").content.decode()


@pytest.mark.usefixtures("demo")
def test_the_mailbox_costs_the_same_for_many_mails(client_of: Any, bob: Any, queries: Any) -> None:
    client = client_of(bob)
    client.get("/demo/mailbox/")
    counts = []
    for numbers in (range(1), range(1, 31)):
        for number in numbers:
            Outgoing.objects.create(
                fact_id=number, fact_name="x.y", person=bob, subject="a", state="sent", sent_at=clock.now()
            )
        with queries() as seen:
            client.get("/demo/mailbox/")
        counts.append(len(seen))
    assert counts[0] == counts[1]


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize(("asked", "days"), [("?days=1", 1), ("?days=7", 7), ("?days=400", 1), ("", 1)])
def test_the_clock_moves_and_says_what_happened(
    client_of: Any, bob: Any, monkeypatch: pytest.MonkeyPatch, asked: str, days: int
) -> None:
    monkeypatch.setattr(hooks, "_registered", {})
    hooks.register("after_clock_moved", lambda: {"meetings past": 2, "suggestions": 5})
    client = client_of(bob)
    response = client.post(f"/demo/clock/{asked}", headers={"referer": "http://testserver/demo/mailbox/"})
    assert response.status_code == 303
    assert response.url.endswith("/demo/mailbox/")
    assert clock.shift() == dt.timedelta(days=days)
    assert "2 rencontres sont passées" in client.get(response.url).content.decode()
    assert client.get("/demo/clock/").status_code == 405


@pytest.mark.usefixtures("demo")
def test_the_clock_sends_nobody_elsewhere(client_of: Any, bob: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hooks, "_registered", {})
    response = client_of(bob).post("/demo/clock/?days=1", headers={"referer": "https://example.org/"})
    assert response.url == "/"


def test_the_program_does_its_daily_work_when_the_clock_moves() -> None:
    assert hooks._registered["after_clock_moved"]


def test_a_letter_is_read_back_as_it_was_written() -> None:
    letter = read_letter(
        "Bonjour,\n\nDeux mots\nhttp:// rien\n\n> sa raison\n> en deux lignes\n\nOui\nhttp://a/tap/x/\n\n-- \nRéciproque\n"
    )
    assert letter.paragraphs == ["Bonjour,", "Deux mots\nhttp:// rien"]
    assert letter.quote == "sa raison\nen deux lignes"
    assert letter.links == [("Oui", "http://a/tap/x/")]
    assert letter.signature == "Réciproque"


def test_happenings_in_words() -> None:
    assert happenings({"posts expired": 1, "reviews to close": 0, "unknown": 3}) == [
        "1 annonce n’est plus visible"
    ]

"""The pages of the room: they work by forms alone, and say nothing to whoever does not share the group."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.urls import reverse

from reciproque.circles import actions, queries
from reciproque.circles.models import Lead, PrivateNote, Session, Subject
from reciproque.kit import clock
from tests.circles.stage import make_circle, make_session

SECRET = "ce que je n’ose pas dire"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def people(make_person: Any, network: Any, join: Any) -> dict[str, Any]:
    """A facilitator and five members."""
    names = ["Flore", "Ali", "Bea", "Carl", "Dina", "Elie"]
    found = {name: make_person(name, name.upper()) for name in names}
    for person in found.values():
        join(person, network)
    return found


@pytest.fixture
def session(network: Any, people: dict[str, Any]) -> Session:
    flore, *members = people.values()
    return make_session(make_circle(network, flore, members))


def url(name: str, session: Session) -> str:
    return reverse(f"circles:{name}", args=[session.public_id])


def fresh(session: Session) -> Session:
    return Session.objects.select_related("circle__network", "client__person", "meeting").get(pk=session.pk)


ROOM = ["room", "room_now", "room_live", "room_page", "room_sheet", "room_interests"]
SENT = [
    *("room_act", "room_subject", "room_interest", "room_interests", "room_choose", "room_drop"),
    *("room_lead", "room_tell", "room_learning", "room_page", "room_note", "room_note_kept"),
]


@pytest.mark.parametrize("name", ROOM)
def test_nobody_else_finds_the_room(
    session: Session, client_of: Any, alice: Any, admin: Any, emile: Any, bob: Any, fatou: Any, name: str
) -> None:
    for outsider in (alice, admin, emile, bob, fatou):
        assert client_of(outsider).get(url(name, session)).status_code == 404, outsider
    assert client_of(None).get(url(name, session)).status_code == 302


@pytest.mark.parametrize("name", SENT)
def test_nobody_else_sends_anything_to_it(
    session: Session, client_of: Any, alice: Any, admin: Any, bob: Any, name: str
) -> None:
    filled = {"verb": "start", "words": "x", "version": "0", "helping": "x", "stake": 1, "urgency": 1}
    for outsider in (alice, admin, bob):
        assert client_of(outsider).post(url(name, session), filled).status_code == 404, outsider
    assert fresh(session).version == 0


def test_a_session_by_forms_alone(session: Session, people: Any, client_of: Any) -> None:
    flore, ali = client_of(people["Flore"]), client_of(people["Ali"])
    page = ali.get(url("room", session)).content.decode()
    assert "https://visio.example.org/salle" in page  # who is far joins from there, or by telephone
    assert "Proposer mon sujet" in page
    assert "Commencer la séance" not in page
    answer = ali.post(
        url("room_subject", session), {"words": "Annoncer un refus", "stake": 3, "urgency": 2}, follow=True
    )
    assert "Le sujet est proposé." in answer.content.decode()
    assert "N’ont pas encore proposé de sujet\u00a0: Bea BEA, Carl CARL, Dina DINA et Elie ELIE." in (
        answer.content.decode()
    )
    # The facilitator, alone with a laptop, types for Béa and notes who raises a hand.
    bea = people["Bea"].public_id
    filled = {"person": bea, "words": "Une équipe qui se tait", "stake": 2, "urgency": 2}
    assert flore.post(url("room_subject", session), filled).status_code == 303
    subject = Subject.objects.get(person=people["Ali"])
    sheet = flore.get(url("room_interests", session)).content.decode()
    assert "Qui est intéressé par quel sujet" in sheet
    filled = {subject.public_id: [bea, people["Carl"].public_id], f"was_{subject.public_id}": ""}
    assert flore.post(url("room_interests", session), filled).status_code == 303
    assert subject.interests.count() == 2
    other = Subject.objects.get(person=people["Bea"])
    assert (
        ali.post(url("room_interest", session), {"subject": other.public_id, "interested": "yes"}).status_code
        == 303
    )
    # The clock.
    assert ali.post(url("room_act", session), {"verb": "start"}).status_code == 403
    flore.post(url("room_act", session), {"verb": "start"})
    flore.post(url("room_act", session), {"verb": "next", "since": 0})
    flore.post(url("room_choose", session), {"subject": subject.public_id})
    for since in (1, 2):
        flore.post(url("room_act", session), {"verb": "next", "since": since})
    page = client_of(people["Bea"]).get(url("room", session)).content.decode()
    for words in ("Questions seulement", "Posez des questions, seulement des questions.", "25:00"):
        assert words in page
    page = ali.get(url("room", session)).content.decode()
    assert "Répondez aux questions, simplement." in page
    assert "C’est votre sujet" in page
    # The end.
    ali.post(url("room_lead", session), {"words": "Un point chaque lundi"})
    answer = ali.post(url("room_learning", session), {"helping": "", "helped": ""})
    assert answer.status_code == 422
    assert "Dites au moins une chose apprise" in answer.content.decode()
    ali.post(url("room_learning", session), {"helped": "Demander"})
    flore.post(url("room_act", session), {"verb": "close"})
    assert fresh(session).state == "closed"
    sheet = ali.get(url("room_sheet", session)).content.decode()
    assert all(words in sheet for words in ("Annoncer un refus", "Un point chaque lundi", "Demander"))
    # The next time, it is asked again.
    second = make_session(session.circle, 2, days=28)
    page = ali.get(url("room", second)).content.decode()
    assert "qu’est-ce que cela a donné" in page
    assert "Un point chaque lundi" in page
    lead = Lead.objects.get()
    answer = ali.post(url("room_tell", second), {"lead": lead.public_id, "state": "", "gave": "x"})
    assert answer.status_code == 422
    ali.post(url("room_tell", second), {"lead": lead.public_id, "state": "tried", "gave": "On se parle."})
    assert "On se parle." in client_of(people["Bea"]).get(url("room", second)).content.decode()


def test_long_before_its_date_one_is_asked_before_it_starts(
    network: Any, people: Any, client_of: Any
) -> None:
    flore, *members = people.values()
    session = make_session(make_circle(network, flore, members), days=6)
    web = client_of(flore)
    page = web.post(url("room_act", session), {"verb": "start"}, follow=True).content.decode()
    assert "n’est pas pour tout de suite" in page
    piece = web.post(url("room_act", session), {"verb": "start"}, headers=HTMX).content.decode()
    assert "Commencer quand même" in piece
    assert fresh(session).state == "waiting"
    web.post(url("room_act", session), {"verb": "early"})
    web.post(url("room_act", session), {"verb": "close"})
    assert "Faire l’appel" in web.get(url("room", session)).content.decode()
    filled = {"here": [members[0].public_id]}
    assert web.post(url("roll", session), filled).status_code == 303
    assert "Faire l’appel" not in web.get(url("room", session)).content.decode()
    rows = web.get(reverse("circles:sessions", args=[session.circle.public_id])).content.decode()
    assert "Corriger les présences" in rows


def test_the_clock_is_handed_over(session: Session, people: Any, client_of: Any) -> None:
    flore, ali = client_of(people["Flore"]), client_of(people["Ali"])
    flore.post(url("room_act", session), {"verb": "hand", "to": people["Ali"].public_id})
    assert "Ali ALI tient aussi l’horloge." in flore.get(url("room", session)).content.decode()
    assert ali.post(url("room_act", session), {"verb": "start"}).status_code == 303
    assert fresh(session).state == "open"
    flore.post(url("room_act", session), {"verb": "hand", "to": ""})
    assert ali.post(url("room_act", session), {"verb": "pause"}).status_code == 403


def test_a_screen_asks_and_is_told_nothing_new(
    session: Session, people: Any, client_of: Any, queries: Any
) -> None:
    flore, ali = client_of(people["Flore"]), client_of(people["Ali"])
    actions.start_clock(session, by=people["Flore"])
    ali.get(url("room_now", session))
    with queries() as seen:
        first = ali.get(url("room_now", session))
    # Who one is, that one did not sign out, and the clock.
    assert len(seen) == 3
    milliseconds = round(clock.now().timestamp() * 1000)
    assert first.json() == {
        "version": 1, "state": "open", "part": 0, "seconds": 2100, "before": 0, "since": milliseconds
    }  # fmt: skip
    with clock.at(clock.now() + dt.timedelta(seconds=90)):
        again = ali.get(url("room_now", session), headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        # A screen that is told nothing new still sets its clock by the server's.
        assert int(again.headers["Server-Now"]) == milliseconds + 90_000
        flore.post(url("room_act", session), {"verb": "pause"})
        third = ali.get(url("room_now", session), headers={"If-None-Match": first.headers["ETag"]})
    assert (third.json()["before"], third.json()["since"]) == (90, None)


def test_htmx_gets_the_piece_again(session: Session, people: Any, client_of: Any) -> None:
    flore, ali = client_of(people["Flore"]), client_of(people["Ali"])
    piece = flore.post(url("room_act", session), {"verb": "start"}, headers=HTMX).content.decode()
    assert piece.lstrip().startswith('<div class="live')
    assert "Tour de nouvelles" in piece
    assert "<html" not in piece
    alone = flore.post(url("room_act", session), {"verb": "pause", "only": "clock"}, headers=HTMX)
    assert "Les sujets proposés" not in alone.content.decode()
    # A stale button is refused in the piece, in words.
    refused = flore.post(url("room_act", session), {"verb": "next", "since": 5}, headers=HTMX)
    assert "changé entre-temps" in refused.content.decode()
    form = ali.post(url("room_lead", session), {"words": ""}, headers=HTMX)
    assert form.status_code == 422
    form = ali.post(url("room_lead", session), {"words": "Essayer"}, headers=HTMX).content.decode()
    assert "C’est noté" in form
    assert "Essayer" not in form, "the field is empty again"


def test_two_texts_are_shown_and_none_is_lost(session: Session, people: Any, client_of: Any) -> None:
    ali, bea = client_of(people["Ali"]), client_of(people["Bea"])
    first = {"words": "Le texte d’Ali", "version": "0"}
    assert ali.post(url("room_page", session), first).status_code == 303
    answer = bea.post(url("room_page", session), {"words": "Le texte de Béa", "version": "0"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Le texte d’Ali" in page
    assert "Le texte de Béa" in page
    assert 'name="version" value="1"' in page
    merged = {"words": "Les deux", "version": "1"}
    assert bea.post(url("room_page", session), merged).status_code == 303
    assert "Les deux" in ali.get(url("room", session)).content.decode()


def test_names_are_flagged_beside_the_page(session: Session, people: Any, client_of: Any) -> None:
    actions.write_page(session, by=people["Ali"], words="Avec Bea Bea, on a revu le planning.", version=0)
    page = client_of(people["Ali"]).get(url("room_page", session)).content.decode()
    assert re.search(r"«\sBea Bea\s»\s*<span[^>]*>une personne", page)


def test_private_notes_by_form_and_by_themselves(session: Session, people: Any, client_of: Any) -> None:
    ali, bea, flore = (client_of(people[name]) for name in ("Ali", "Bea", "Flore"))
    assert ali.post(url("room_note_kept", session), {"words": "début"}).status_code == 204
    assert ali.post(url("room_note", session), {"words": SECRET}).status_code == 303
    assert SECRET in ali.get(url("room", session)).content.decode()
    mine = reverse("circles:room_notes", args=[session.circle.public_id])
    assert SECRET in ali.get(mine).content.decode()
    file = ali.get(mine + "?file")
    assert SECRET in file.content.decode()
    assert "attachment" in file.headers["Content-Disposition"]
    for other in (bea, flore):
        for name in ("room", "room_live", "room_page", "room_sheet"):
            assert SECRET not in other.get(url(name, session)).content.decode()
        assert SECRET not in other.get(mine).content.decode()
    # Not on the sheet that is printed and passed round, even one's own.
    assert SECRET not in ali.get(url("room_sheet", session)).content.decode()
    assert ali.post(url("room_note_kept", session), {"words": "x" * 20_001}).status_code == 409
    assert PrivateNote.objects.count() == 1


def test_it_says_honestly_who_could_read_them(session: Session, people: Any, client_of: Any) -> None:
    page = client_of(people["Ali"]).get(url("room", session)).content.decode()
    assert "qui tient à la fois le serveur et sa clé pourrait les ouvrir" in page


def test_a_lost_key_is_said(session: Session, people: Any, client_of: Any, settings: Any) -> None:
    from reciproque.kit.seal import new_key

    actions.write_note(session, by=people["Ali"], words=SECRET)
    settings.NOTES_KEYS = [new_key()]
    ali = client_of(people["Ali"])
    assert "Ces notes ne s’ouvrent plus" in ali.get(url("room", session)).content.decode()
    assert ali.post(url("room_note", session), {"words": "x"}).status_code == 422
    assert queries.note_of(session, people["Ali"]).words is None


def test_what_is_typed_shows_as_typed(
    session: Session, people: Any, client_of: Any, naughty: list[str]
) -> None:
    words = "<script>alert(1)</script>\n" + naughty[0]
    actions.propose_subject(session, by=people["Ali"], words=words)
    actions.add_lead(session, by=people["Ali"], words=words)
    actions.say_learning(session, by=people["Ali"], helping=words)
    actions.write_page(session, by=people["Ali"], words=words, version=0)
    for name in ("room", "room_live", "room_page", "room_sheet"):
        assert "<script>alert" not in client_of(people["Bea"]).get(url(name, session)).content.decode()


def test_the_pages_take_a_fixed_number_of_queries(
    session: Session, people: Any, client_of: Any, queries: Any
) -> None:
    ali = client_of(people["Ali"])

    def cost(name: str) -> int:
        ali.get(url(name, session))
        with queries() as seen:
            ali.get(url(name, session))
        return len(seen)

    actions.propose_subject(session, by=people["Ali"], words="x")
    few = {name: cost(name) for name in ("room", "room_live", "room_sheet")}
    for name in ("Ali", "Bea", "Carl", "Dina"):
        actions.propose_subject(session, by=people[name], words="x")
        actions.add_lead(session, by=people[name], words="x")
        actions.say_learning(session, by=people[name], helping="x")
    assert {name: cost(name) for name in few} == few
    assert few == {"room": 14, "room_live": 10, "room_sheet": 13}

"""Those whom no e-mail reaches: who is listed, what is read aloud, what stays private, the call that is noted."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from reciproque.agenda.actions import note_told, open_step
from reciproque.agenda.models import Attempt, Step
from reciproque.agenda.rules import AttemptKind, Verb
from reciproque.exchanges.actions import ask_introduction, write_message
from reciproque.exchanges.models import Introduction
from reciproque.insights.queries import count_to_tell, people_to_tell, read_aloud
from reciproque.kit import clock
from reciproque.networks.actions import leave_network
from reciproque.notices.actions import preview_broadcast, send_broadcast
from reciproque.notices.models import Outgoing

HOUR = dt.timedelta(hours=1)


def text_of(response: Any) -> str:
    return response.content.decode()


@pytest.fixture
def gus(make_person: Any, network: Any, join: Any) -> Any:
    """A member without an e-mail address."""
    person = make_person("Gus", "Le Bihan", email=None, phone="02 40 00 00 00", site="Nantes")
    join(person, network)
    return person


@pytest.fixture
def asked(network: Any, bob: Any, gus: Any, make_post: Any, run_reactions: Any) -> Introduction:
    """Bob asked Gus, with a word of his own."""
    offer = make_post(gus, "offer", "Réparer un vélo")
    row = ask_introduction(
        network, requester=bob, offerer=gus, by=bob, offer=offer, message="mot privé de Bob"
    )
    run_reactions()
    return row


def page(network: Any, name: str = "telling", *args: Any) -> str:
    return reverse(f"animation:{name}", args=[network.slug, *args])


def test_the_animator_sees_whom_to_call_what_to_say_and_by_when(
    asked: Introduction, network: Any, alice: Any, client_of: Any
) -> None:
    text = text_of(client_of(alice).get(page(network)))
    assert "Gus Le Bihan" in text
    assert "tel:0240000000" in text
    assert "Une mise en relation vous est demandée : « Réparer un vélo »" in text
    assert "À faire avant" in text
    assert "sans réponse, une autre personne sera proposée" in text
    assert "Oui, volontiers · Non, pas cette fois" in text
    assert "mot privé" not in text, "what Bob wrote is for Gus"
    assert "/tap/" not in text, "a link that answers for Gus is nobody else's"
    assert "Bob Riou</" not in text, "those whom e-mails reach are not called"


def test_a_call_noted_leaves_the_list_until_something_new(
    asked: Introduction, network: Any, alice: Any, bob: Any, gus: Any, client_of: Any, run_reactions: Any
) -> None:
    client = client_of(alice)
    answer = client.post(page(network, "telling_told", gus.public_id), {"words": "Il rappelle jeudi."})
    assert answer.status_code == 303
    assert count_to_tell(network, alice) == 0
    about = {(row.subject_kind, row.words) for row in Attempt.objects.filter(kind=AttemptKind.CALLED)}
    assert about == {("membership", "Il rappelle jeudi."), ("introduction", "Il rappelle jeudi.")}
    assert Attempt.objects.filter(person=gus, by=alice).count() == 2
    client.post(page(network, "telling_told", gus.public_id), {"words": "Il rappelle jeudi."})
    assert Attempt.objects.count() == 2, "pressed twice, noted once"
    with clock.at(clock.now() + HOUR):
        write_message(asked, "encore un mot privé", by=bob)
        run_reactions()
        [row] = people_to_tell(network, alice)
        assert row.person == gus
        assert [said.subject for said in row.messages] == ["Bob Riou vous a écrit : Réparer un vélo"]
        assert row.steps == [], "what was told is not said again"


def test_a_reminder_brings_a_step_back(
    asked: Introduction, network: Any, alice: Any, member: Any, gus: Any
) -> None:
    note_told(member(gus), by=alice)
    assert count_to_tell(network, alice) == 0
    with clock.at(clock.now() + HOUR):
        Step.objects.filter(owner=gus, verb=Verb.ANSWER).update(reminders=1, reminded_at=clock.now())
        [row] = people_to_tell(network, alice)
        assert [step.verb for step in row.steps] == [Verb.ANSWER]


def test_what_the_team_wrote_is_read_to_those_without_email(
    network: Any, alice: Any, gus: Any, client_of: Any, run_reactions: Any
) -> None:
    letter = {"subject": "La bourse", "text": "Venez jeudi à 14 h.", "segment": {"who": "all"}}
    count = preview_broadcast(network, by=alice, **letter).count
    send_broadcast(network, by=alice, confirmed=count, **letter)
    run_reactions()
    text = text_of(client_of(alice).get(page(network)))
    assert "Gus Le Bihan" in text
    assert "Venez jeudi à 14 h." in text


def test_what_is_expected_and_what_was_written_of_it_are_said_once(
    asked: Introduction, network: Any, alice: Any, client_of: Any
) -> None:
    text = text_of(client_of(alice).get(page(network)))
    assert text.count("Réparer un vélo »</strong>") == 1
    assert "Bob Riou vous demande une mise en relation" in text
    assert text.count("une autre personne sera proposée") == 1


def test_what_was_found_for_one_person_is_told_to_nobody(
    network: Any, alice: Any, gus: Any, said: Any
) -> None:
    Outgoing.objects.create(
        fact_id=1,
        fact_name="nudge.made",
        category="finds",
        person=gus,
        network=network,
        subject="Vous pourriez partager cela",
        text="Bonjour,\n\nQuelqu’un cherche.",
        html="",
        state="unaddressed",
    )
    assert count_to_tell(network, alice) == 0


def test_one_whose_later_messages_arrived_is_not_called(network: Any, alice: Any, bob: Any) -> None:
    Step.objects.filter(owner=bob).delete()
    fields = {"person": bob, "network": network, "subject": "Sujet", "text": "Bonjour,\n\nMot.", "html": ""}
    Outgoing.objects.create(fact_id=1, fact_name="exchange.opened", state="failed", **fields)
    assert [row.person for row in people_to_tell(network, alice)] == [bob]
    with clock.at(clock.now() + HOUR):
        Outgoing.objects.create(
            fact_id=2, fact_name="exchange.opened", state="sent", sent_at=clock.now(), **fields
        )
        assert count_to_tell(network, alice) == 0


def test_only_animators_and_only_for_members(
    asked: Introduction, network: Any, alice: Any, bob: Any, fatou: Any, gus: Any, client_of: Any, member: Any
) -> None:
    for person in (bob, fatou, gus):
        client = client_of(person)
        assert client.get(page(network)).status_code == 404
        assert client.get(page(network, "telling_sheet", gus.public_id)).status_code == 404
        assert client.post(page(network, "telling_told", gus.public_id)).status_code == 404
    with pytest.raises(PermissionDenied):
        note_told(member(gus), by=bob)
    left = member(gus)
    leave_network(left, by=gus)
    left.refresh_from_db()
    with pytest.raises(ValidationError, match="n’est plus membre"):
        note_told(left, by=alice)
    client = client_of(alice)
    assert client.get(page(network, "telling_sheet", gus.public_id)).status_code == 404
    assert client.get(page(network, "telling_sheet", fatou.public_id)).status_code == 404
    assert Attempt.objects.count() == 0


def test_the_sheet_is_in_the_persons_language_and_keeps_private_words_out(
    asked: Introduction, network: Any, alice: Any, gus: Any, client_of: Any
) -> None:
    text = text_of(client_of(alice).get(page(network, "telling_sheet", gus.public_id)))
    assert 'class="sheet"' in text
    assert "Ma réponse" in text
    assert "☐ Oui, volontiers" in text
    assert "rendez-la à Alice Martin" in text
    assert "mot privé" not in text
    all_of_them = text_of(client_of(alice).get(page(network, "telling_sheets")))
    assert all_of_them.count('class="sheet"') == 1
    gus.language = "en"
    gus.save()
    english = text_of(client_of(alice).get(page(network, "telling_sheet", gus.public_id)))
    assert "3 March" in english or "March" in english, "the deadline is said in English"


def test_too_long_an_answer_is_said_and_kept(
    asked: Introduction, network: Any, alice: Any, gus: Any, client_of: Any
) -> None:
    answer = client_of(alice).post(page(network, "telling_told", gus.public_id), {"words": "a" * 1001})
    assert answer.status_code == 422
    assert "a" * 1001 in text_of(answer)
    assert Attempt.objects.count() == 0


def test_the_list_costs_the_same_for_one_and_for_many(
    asked: Introduction,
    network: Any,
    alice: Any,
    make_person: Any,
    join: Any,
    make_post: Any,
    bob: Any,
    queries: Any,
) -> None:
    with queries() as few:
        assert len(people_to_tell(network, alice)) == 1
    for number in range(5):
        person = make_person(f"Sans{number}", email=None)
        join(person, network)
        offer = make_post(person, "offer", f"Savoir {number}")
        ask_introduction(network, requester=bob, offerer=person, by=bob, offer=offer)
    with queries() as many:
        assert len(people_to_tell(network, alice)) == 6
    assert len(few) == len(many)


def test_the_page_costs_the_same_for_three_and_for_thirty(
    network: Any, alice: Any, make_person: Any, join: Any, client_of: Any, queries: Any
) -> None:
    """Each with something expected of them and a message that could not arrive."""
    client, counted, address = client_of(alice), [], page(network)

    def add(number: int) -> None:
        for place in range(number):
            person = make_person(f"Sans{place}", email=None, phone="1", site="Nantes", unit="RH")
            join(person, network)
            membership = person.memberships.get()
            due = clock.now() + HOUR
            open_step(Verb.SIGN, membership, network=network, owner=person, due_at=due)
            fields = {"network": network, "state": "unaddressed", "text": "Bonjour,\n\nMot.", "html": ""}
            Outgoing.objects.create(
                fact_id=person.pk, fact_name="exchange.opened", person=person, subject="Sujet", **fields
            )

    for number in (3, 27):
        add(number)
        client.get(address)
        with queries() as seen:
            answer = client.get(address)
        assert text_of(answer).count("C’est dit") == min(25, 3 if number == 3 else 25)
        counted.append(len(seen))
    assert counted == [14, 14]


def test_reading_aloud() -> None:
    text = (
        "Bonjour Gus,\n\nBob vous demande.\n\n> mot privé\n\nDélai : jeudi.\n\nOui\nhttps://x/tap/abc/\n\n"
        "Voir\nhttps://x/introductions/1/\n\n-- \nRéciproque\nhttps://x/me/preferences/\n"
    )
    assert read_aloud(text) == (["Bob vous demande.", "Délai : jeudi."], ["Oui"])
    assert read_aloud("") == ([], [])

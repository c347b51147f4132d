"""Answered by telephone in someone's name, shown as such and told; the support team's pages; notes."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse

from reciproque.agenda.actions import fix_date, propose_slots
from reciproque.agenda.models import Meeting
from reciproque.exchanges import actions as exchanges
from reciproque.exchanges.models import Exchange, Introduction
from reciproque.journal.queries import history_of
from reciproque.kit import clock
from reciproque.networks.access import get_membership, is_member
from reciproque.networks.actions import add_to_pool, change_settings, grant_role, leave_network, write_note
from reciproque.networks.models import Note, PoolMember
from reciproque.notices.models import Outgoing
from reciproque.people.actions import get_site
from reciproque.web.parts.facts import say

DAY = dt.timedelta(days=1)


def url(name: str, network: Any, *args: Any) -> str:
    return reverse(f"animation:{name}", args=[network.slug, *args])


def text_of(response: Any) -> str:
    return response.content.decode().replace("\u00a0", " ")


@pytest.fixture
def asked(network: Any, bob: Any, chloe: Any, make_post: Any) -> Introduction:
    """Bob asked Chloé, who has not answered."""
    offer = make_post(chloe, "offer", "Mener un entretien difficile")
    return exchanges.ask_introduction(
        network, requester=bob, offerer=chloe, by=bob, offer=offer, message="Entre nous."
    )


def for_(network: Any, subject: Any, person: Any) -> str:
    return url("on_behalf", network, subject.subject_kind, subject.public_id, person.public_id)


def told(person: Any) -> list[str]:
    return list(
        Outgoing.objects.filter(person=person, fact_name="behalf.done").values_list("text", flat=True)
    )


def test_an_answer_given_by_telephone(
    network: Any, alice: Any, bob: Any, chloe: Any, asked: Any, client_of: Any, run_reactions: Any
) -> None:
    client, address = client_of(alice), for_(network, asked, chloe)
    page = text_of(client.get(address))
    assert "Répondre pour Chloé Le Goff" in page
    assert "Entre nous" not in page
    assert client.post(address, {"act": "refuse"}).status_code == 422
    assert "Rien n’est attendu" in text_of(client.get(for_(network, asked, bob)))
    assert client.post(address, {"act": "accept"}).status_code == 303
    asked.refresh_from_db()
    assert asked.state == "agreed"
    run_reactions()
    (text,) = told(chloe)
    assert "Alice Martin" in text
    assert "vous acceptez la mise en relation" in text
    # Bob hears that Chloé said yes; the history says who typed it.
    assert Outgoing.objects.filter(person=bob, fact_name="introduction.accepted").exists()
    fact = next(one for one in history_of(asked) if one.name == "introduction.accepted")
    assert fact.by == chloe
    assert "Noté par Alice Martin, de l’animation." in say(fact, bob)


def test_a_no_given_by_telephone(
    network: Any, alice: Any, chloe: Any, asked: Any, client_of: Any, run_reactions: Any
) -> None:
    done = client_of(alice).post(for_(network, asked, chloe), {"act": "refuse", "refusal": "time"})
    assert done.status_code == 303
    asked.refresh_from_db()
    assert (asked.state, asked.refusal) == ("refused", "time")
    run_reactions()
    assert len(told(chloe)) == 1


def test_dates_and_meetings(
    network: Any, alice: Any, bob: Any, chloe: Any, asked: Any, client_of: Any, run_reactions: Any
) -> None:
    exchanges.accept_introduction(asked, by=chloe)
    exchange, meeting = Exchange.objects.get(), Meeting.objects.get()
    client, address = client_of(alice), for_(network, exchange, chloe)
    (slot,) = propose_slots(meeting, [clock.now() + 2 * DAY], by=bob, place="Derrière la gare")
    assert "Derrière la gare" not in text_of(client.get(address))
    assert client.post(address, {"act": "slot", "slot": slot.public_id}).status_code == 303
    meeting.refresh_from_db()
    assert meeting.starts_at == slot.starts_at
    past = client.post(address, {"act": "fix", "day": "2026-03-01", "hour": "10:00"})
    assert past.status_code == 422
    assert "déjà passée" in text_of(past)
    assert client.post(address, {"act": "fix", "day": "2026-03-05", "hour": "10:00"}).status_code == 303
    meeting.refresh_from_db()
    assert meeting.starts_at.date().isoformat() == "2026-03-05"
    dossier = text_of(client.get(url("exchange", network, exchange.public_id)))
    assert "La prochaine rencontre" in dossier
    assert "jeudi 5 mars 2026" in dossier
    assert "Derrière la gare" not in dossier  # where they meet is between them
    with clock.at(clock.now() + 5 * DAY):
        assert client.post(address, {"act": "held"}).status_code == 422
        assert client.post(address, {"act": "held", "held": "yes"}).status_code == 303
        exchange.refresh_from_db()
        assert exchange.state == "finished"
        run_reactions()
    assert len(told(chloe)) == 3


def test_the_date_of_a_mediation_is_on_its_case(
    network: Any, alice: Any, bob: Any, chloe: Any, dora: Any, make_post: Any, client_of: Any
) -> None:
    change_settings(network, by=alice, mediation="mediated")
    grant_role(network, dora, "mediator", by=alice)
    offer = make_post(chloe, "offer", "Lire un bilan")
    row = exchanges.ask_introduction(network, requester=bob, offerer=chloe, by=bob, offer=offer)
    exchanges.accept_introduction(row, by=chloe)
    exchanges.reassign_mediator(row, dora, by=alice)
    address = url("introduction", network, row.public_id)
    assert "La prochaine rencontre" not in text_of(client_of(alice).get(address))
    fix_date(Meeting.objects.get(), clock.now() + 2 * DAY, by=dora)
    page = text_of(client_of(alice).get(address))
    assert "La prochaine rencontre" in page
    assert "4 mars 2026" in page
    with clock.at(clock.now() + 3 * DAY):
        assert "dont on attend des nouvelles" in text_of(client_of(alice).get(address))


def test_a_declared_exchange_is_confirmed_by_another_hand(
    network: Any, admin: Any, alice: Any, bob: Any, chloe: Any, client_of: Any
) -> None:
    day = clock.now().date()
    row = exchanges.declare_exchange(
        network, requester=bob, offerer=chloe, by=alice, title="Tri", held_on=day
    )
    own = client_of(alice).post(for_(network, row, chloe), {"act": "confirm"})
    assert own.status_code == 422
    assert "une autre personne que vous" in text_of(own)
    assert client_of(admin).post(for_(network, row, chloe), {"act": "confirm"}).status_code == 303
    row.refresh_from_db()
    assert (row.state, row.confirmed_by) == ("closed", chloe)


def test_nobody_answers_for_the_other_side(
    network: Any, alice: Any, bob: Any, dora: Any, asked: Any, make_post: Any, client_of: Any
) -> None:
    offer = make_post(dora, "offer", "Excel")
    mine = exchanges.ask_introduction(network, requester=alice, offerer=dora, by=alice, offer=offer)
    client = client_of(alice)
    # An animator who is one of the two does not answer for the other one.
    assert client.post(for_(network, mine, dora), {"act": "accept"}).status_code == 403
    for stranger in (bob, dora):
        assert client_of(stranger).get(for_(network, asked, bob)).status_code == 404
    assert client.get(for_(network, asked, dora)).status_code == 404
    assert client.get(url("on_behalf", network, "post", asked.public_id, bob.public_id)).status_code == 404


def test_the_support_team(network: Any, alice: Any, bob: Any, client_of: Any, run_reactions: Any) -> None:
    client, page = client_of(alice), url("pool", network)
    assert "Personne pour l’instant" in text_of(client.get(page))
    assert "Bob Riou" in text_of(client.get(page, {"q": "riou"}))
    adding = url("pool_add", network) + f"?person={bob.public_id}"
    assert client.get(adding).status_code == 200
    refused = client.post(adding, {"at_most": 2})
    assert refused.status_code == 422
    assert "Cochez au moins une chose" in text_of(refused)
    values = {"abilities": ["mediate", "fair"], "availability": "le jeudi", "at_most": 2}
    assert client.post(adding, values).status_code == 303
    assert "déjà dans l’équipe" in text_of(client.get(page, {"q": "riou"}))
    run_reactions()
    assert Outgoing.objects.filter(person=bob, fact_name="pool.joined").exists()
    shown = text_of(client.get(page))
    assert "Tenir une bourse aux savoirs" in shown
    assert "aucune médiation en cours, 2 au plus" in shown
    assert "Bob Riou" not in text_of(client.get(page, {"ability": "launch"}))
    row = PoolMember.objects.get()
    training = url("pool_training", network, row.public_id)
    assert client.post(training, {"subject": "", "done_on": "2026-01-05"}).status_code == 422
    assert client.post(training, {"subject": "Médiation", "done_on": "2026-01-05"}).status_code == 303
    member = url("pool_member", network, row.public_id)
    assert "Médiation" in text_of(client.get(member))
    assert client.post(member, {"abilities": ["launch"], "at_most": 1}).status_code == 303
    leaving = url("pool_leave", network, row.public_id)
    assert client.get(leaving).status_code == 200
    assert client.post(leaving).status_code == 303
    assert "Personne pour l’instant" in text_of(client.get(page))


def test_only_the_animation_team_sees_the_support_team(
    network: Any, alice: Any, bob: Any, chloe: Any, client_of: Any
) -> None:
    row = add_to_pool(network, bob, by=alice, abilities=["fair"])
    for name, args in (("pool", ()), ("pool_member", (row.public_id,)), ("pool_leave", (row.public_id,))):
        assert client_of(chloe).get(url(name, network, *args)).status_code == 404


def test_notes_say_who_reads_them(network: Any, alice: Any, bob: Any, chloe: Any, client_of: Any) -> None:
    client, page = client_of(alice), url("member", network, bob.public_id)
    assert "Lues par l’équipe d’animation" in text_of(client.get(page))
    address = url("note", network, bob.public_id)
    assert client.post(address, {"words": " "}).status_code == 422
    assert client.post(address, {"words": "Préfère le matin."}).status_code == 303
    assert "Préfère le matin." in text_of(client.get(page))
    note = Note.objects.get()
    removing = url("note_remove", network, note.public_id)
    assert client_of(chloe).get(removing).status_code == 404
    assert client_of(bob).post(removing).status_code == 404
    assert client.get(removing).status_code == 200
    assert client.post(removing).status_code == 303
    assert "Préfère le matin." not in text_of(client.get(page))


def test_notes_are_not_shown_to_other_members(
    network: Any, alice: Any, bob: Any, chloe: Any, member: Any, client_of: Any
) -> None:
    write_note(member(bob), by=alice, words="Préfère le matin.")
    person = reverse("people:person", args=[network.slug, bob.public_id])
    for reader in (chloe, bob):
        assert "Préfère le matin." not in text_of(client_of(reader).get(person))


def test_one_changes_or_leaves_the_support_team_by_oneself(
    network: Any, alice: Any, bob: Any, chloe: Any, client_of: Any
) -> None:
    row = add_to_pool(network, bob, by=alice, abilities=["mediate"])
    client, page = client_of(bob), url("helping", network)
    assert client_of(chloe).get(page).status_code == 404
    assert page in text_of(client.get(reverse("join:membership", args=[network.slug])))
    assert client.post(page, {"at_most": 1}).status_code == 422
    assert client.post(page, {"abilities": ["fair"], "at_most": 1}).status_code == 303
    row.refresh_from_db()
    assert (row.abilities, row.at_most) == (["fair"], 1)
    leaving = url("helping_leave", network)
    assert client.get(leaving).status_code == 200
    assert client.post(leaving).status_code == 303
    row.refresh_from_db()
    assert row.left_at is not None
    assert client.get(page).status_code == 404


def test_who_mediates_by_role_is_shown_with_the_support_team(
    network: Any, alice: Any, bob: Any, admin: Any, client_of: Any
) -> None:
    grant_role(network, bob, "mediator", by=admin)
    client, page = client_of(alice), url("pool", network)
    assert "Médiation, par son rôle" in text_of(client.get(page))
    assert "Bob Riou" in text_of(client.get(page, {"ability": "mediate"}))
    assert "Bob Riou" not in text_of(client.get(page, {"ability": "fair"}))


def test_nothing_is_done_for_somebody_of_another_site(
    network: Any, alice: Any, bob: Any, chloe: Any, emile: Any, join: Any, client_of: Any
) -> None:
    nantes = get_site("Nantes")
    type(bob).objects.filter(pk=bob.pk).update(site=nantes)
    if not is_member(emile, network):
        join(emile, network)
    grant_role(network, emile, "animator", by=alice, site=nantes)
    client = client_of(emile)
    for person, status in ((bob, 200), (chloe, 404)):
        assert client.get(url("post_for", network, person.public_id, "offer")).status_code == status
        assert client.get(url("ask_for", network, person.public_id)).status_code == status
        named = url("declare_for", network) + f"?offerer={person.public_id}"
        assert client.get(named).status_code == status
    assert client.post(url("post_for", network, chloe.public_id, "offer"), {}).status_code == 404
    # Nor for somebody who has left, though they are of the site.
    leave_network(get_membership(bob, network), by=bob)
    assert client.get(url("post_for", network, bob.public_id, "offer")).status_code == 404

"""The gestures of the morning, one tap each, with or without JavaScript."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse

from reciproque.agenda.actions import hand_over_overdue
from reciproque.agenda.models import Attempt, Meeting, Step
from reciproque.exchanges import actions as exchanges
from reciproque.exchanges.models import Exchange, Introduction
from reciproque.kit import clock
from reciproque.matching.models import Suggestion
from reciproque.networks.actions import add_to_pool, change_settings, grant_role, join_network
from reciproque.notices.models import Outgoing
from reciproque.people.actions import get_site

DAY = dt.timedelta(days=1)
HTMX = {"HX-Request": "true"}


def url(name: str, network: Any, *args: Any) -> str:
    return reverse(f"animation:{name}", args=[network.slug, *args])


def text_of(response: Any) -> str:
    return response.content.decode().replace("\u00a0", " ")


def rows(client: Any, network: Any, reason: str) -> Any:
    return client.get(url("desk", network), {"reason": reason}).context["rows"]


@pytest.fixture
def asked(network: Any, bob: Any, chloe: Any, make_post: Any) -> Introduction:
    """Bob asked Chloé, who has not answered."""
    offer = make_post(chloe, "offer", "Mener un entretien difficile")
    return exchanges.ask_introduction(network, requester=bob, offerer=chloe, by=bob, offer=offer)


def test_a_reminder_in_one_tap_then_put_back(
    network: Any, alice: Any, chloe: Any, asked: Any, client_of: Any, run_reactions: Any
) -> None:
    client = client_of(alice)
    with clock.at(asked.due_at + DAY):
        (row,) = rows(client, network, "silent")
        response = client.post(row["act_url"], headers=HTMX)
        page = text_of(response)
        assert response.status_code == 200
        assert f'id="{row["id"]}"' in page
        assert "Le rappel est parti à Chloé Le Goff." in page
        assert "si rien ne bouge" in page
        assert rows(client, network, "silent") == []
        client.post(row["act_url"], headers=HTMX)  # pressed twice: once
        attempt = Attempt.objects.get()
        run_reactions()
        assert Outgoing.objects.filter(person=chloe, fact_name="step.reminded").count() <= 1
        back = client.post(url("undo", network, attempt.public_id), {"key": row["key"]}, headers=HTMX)
        assert f'id="{row["id"]}"' in text_of(back)
        assert "Rappel envoyé (Alice Martin" in text_of(back)
        assert len(rows(client, network, "silent")) == 1


def test_the_same_without_javascript(network: Any, alice: Any, asked: Any, client_of: Any) -> None:
    client = client_of(alice)
    with clock.at(asked.due_at + DAY):
        (row,) = rows(client, network, "silent")
        here = url("desk", network) + "?reason=silent"
        response = client.post(row["act_url"], {"next": here})
        assert (response.status_code, response["Location"]) == (303, here)
        page = text_of(client.get(here))
        assert "Le rappel est parti à Chloé Le Goff." in page
        assert "Noté à l’instant" in page
        attempt = Attempt.objects.get()
        client.post(url("undo", network, attempt.public_id), {"next": here})
        assert len(rows(client, network, "silent")) == 1


def test_a_call_is_noted_with_words_until_a_day(
    network: Any, alice: Any, chloe: Any, asked: Any, client_of: Any
) -> None:
    client = client_of(alice)
    with clock.at(asked.due_at + DAY):
        (row,) = rows(client, network, "silent")
        panel = client.get(row["url"], headers=HTMX)
        assert "chloe@example.org" in text_of(panel)
        address = url("act", network, row["key"], "call")
        past = client.post(address, {"words": "Elle rappelle", "until": "2026-03-01"}, headers=HTMX)
        assert past.status_code == 422
        assert "Cette date est passée" in text_of(past)
        assert "Elle rappelle" in text_of(past)
        day = (clock.now() + 10 * DAY).date().isoformat()
        done = client.post(address, {"words": "Elle rappelle", "until": day}, headers=HTMX)
        assert "L’appel est noté." in text_of(done)
        assert rows(client, network, "silent") == []
        case = text_of(client.get(row["url"]))
        assert "Appel ou passage (Alice Martin" in case
        assert "Elle rappelle" in case
    with clock.at(asked.due_at + 12 * DAY):
        assert len(rows(client, network, "silent")) == 1


def test_what_the_team_took_over_is_asked_again_of_the_same_person(
    network: Any, alice: Any, bob: Any, chloe: Any, asked: Any, client_of: Any
) -> None:
    exchanges.accept_introduction(asked, by=chloe)
    client = client_of(alice)
    with clock.at(clock.now() + 20 * DAY):
        hand_over_overdue()
        (row,) = rows(client, network, "undated")
        assert client.post(row["act_url"], headers=HTMX).status_code == 200
        step = Step.objects.open().get(subject_kind="exchange", verb="propose")
        assert (step.owner, step.reminders) == (bob, 1)
        assert step.due_at > clock.now()
        assert rows(client, network, "undated") == []


def test_a_mediation_goes_to_whoever_has_room(
    network: Any, alice: Any, bob: Any, dora: Any, make_person: Any, join: Any, make_post: Any, client_of: Any
) -> None:
    change_settings(network, by=alice, mediation="mediated")
    offer = make_post(dora, "offer", "Lire une fiche de paie")
    asked = exchanges.ask_introduction(network, requester=bob, offerer=dora, by=bob, offer=offer)
    exchanges.accept_introduction(asked, by=dora)
    client = client_of(alice)
    (row,) = rows(client, network, "team")
    refused = client.post(row["act_url"], headers=HTMX)
    assert refused.status_code == 422
    assert "Personne n’a de place" in text_of(refused)
    helper = make_person("Rose")
    join(helper, network)
    add_to_pool(network, helper, by=alice, abilities=["mediate"], at_most=1)
    assert client.post(row["act_url"], headers=HTMX).status_code == 200
    asked.refresh_from_db()
    assert asked.mediator == helper
    assert rows(client, network, "team") == []


def test_an_application_is_answered_in_one_tap(
    network: Any, alice: Any, make_person: Any, client_of: Any
) -> None:
    change_settings(network, by=alice, admission="approval")
    person = make_person("Nadia", "Benali")
    membership = join_network(network, person, by=person, application="On m’en a parlé.")
    client = client_of(alice)
    (row,) = rows(client, network, "team")
    assert "On m’en a parlé." in row["what"]
    assert client.post(row["act_url"], headers=HTMX).status_code == 200
    membership.refresh_from_db()
    assert membership.state == "member"


def test_the_best_person_found_is_proposed_to_who_asks(
    network: Any, alice: Any, bob: Any, chloe: Any, make_post: Any, client_of: Any
) -> None:
    request, offer = make_post(bob, "request", "Apprendre Excel"), make_post(chloe, "offer", "Excel")
    found = Suggestion.objects.create(network=network, request=request, offer=offer, score=5)
    client = client_of(alice)
    with clock.at(clock.now() + 25 * DAY):
        (row,) = rows(client, network, "unanswered")
        assert row["label"] == "Lui proposer Chloé Le Goff"
        client.post(row["act_url"], headers=HTMX)
        found.refresh_from_db()
        assert found.published_by == alice
        assert rows(client, network, "unanswered") == []


def test_one_waits_no_longer_and_the_asker_is_proposed_someone_else(
    network: Any, alice: Any, asked: Any, client_of: Any
) -> None:
    client = client_of(alice)
    with clock.at(asked.due_at + DAY):
        (row,) = rows(client, network, "silent")
        assert client.post(url("act", network, row["key"], "another"), headers=HTMX).status_code == 200
        asked.refresh_from_db()
        assert asked.state == "lapsed"
        gone = client.post(url("act", network, row["key"], "another"), headers=HTMX)
        assert "C’est déjà réglé" in text_of(gone)


def test_closing_says_why_to_both(
    network: Any, alice: Any, chloe: Any, asked: Any, client_of: Any, run_reactions: Any
) -> None:
    client = client_of(alice)
    with clock.at(asked.due_at + DAY):
        (row,) = rows(client, network, "silent")
        address = url("act", network, row["key"], "close")
        assert client.post(address, {"reason": ""}, headers=HTMX).status_code == 422
        assert client.post(address, {"reason": "Chloé change de métier."}, headers=HTMX).status_code == 200
        asked.refresh_from_db()
        assert (asked.state, asked.reason) == ("cancelled", "Chloé change de métier.")
        run_reactions()
        assert Outgoing.objects.filter(fact_name="introduction.cancelled").count() == 2


def test_a_review_nobody_will_write_is_no_longer_asked_for(
    network: Any, alice: Any, bob: Any, chloe: Any, asked: Any, client_of: Any
) -> None:
    exchanges.accept_introduction(asked, by=chloe)
    exchanges.say_held(Meeting.objects.get(), by=bob, held=True, starts_at=clock.now() - DAY)
    client = client_of(alice)
    with clock.at(Exchange.objects.get().review_due_at + DAY):
        for left in (1, 0):
            row = rows(client, network, "unreviewed")[0]
            client.post(url("act", network, row["key"], "close"), {"reason": "En congé."}, headers=HTMX)
            assert len(rows(client, network, "unreviewed")) == left
    assert Exchange.objects.get().state == "closed"


def test_a_newcomer_is_written_to(
    network: Any, alice: Any, bob: Any, client_of: Any, run_reactions: Any
) -> None:
    client = client_of(alice)
    with clock.at(clock.now() + 10 * DAY):
        row = next(row for row in rows(client, network, "newcomer") if row["names"] == "Bob Riou")
        client.post(row["act_url"], headers=HTMX)
        run_reactions()
        mail = Outgoing.objects.get(person=bob, fact_name="member.encouraged")
        assert mail.subject.replace("\u00a0", " ") == "Et vous, que pourriez-vous transmettre ?"
        assert "/posts/new/offer/" in mail.text


def test_reminding_all_that_is_ticked(
    network: Any, alice: Any, bob: Any, chloe: Any, asked: Any, client_of: Any
) -> None:
    exchanges.accept_introduction(asked, by=chloe)
    exchanges.say_held(Meeting.objects.get(), by=bob, held=True, starts_at=clock.now() - DAY)
    client, address = client_of(alice), url("remind_many", network)
    with clock.at(Exchange.objects.get().review_due_at + DAY):
        keys = [row["key"] for row in rows(client, network, "unreviewed")]
        assert len(keys) == 2
        empty = client.post(address, {}, follow=True)
        assert "Cochez d’abord" in text_of(empty)
        many = client.post(address, {"case": [f"step-{n}" for n in range(51)]}, follow=True)
        assert "Cinquante à la fois" in text_of(many)
        done = client.post(address, {"case": [*keys, "step-inconnu"]}, follow=True)
        assert "2 rappels sont partis." in text_of(done)
        assert "1 était déjà réglé." in text_of(done)
        assert rows(client, network, "unreviewed") == []
    assert Attempt.objects.count() == 2


def test_someone_paused_is_not_reminded(
    network: Any, alice: Any, chloe: Any, asked: Any, member: Any, client_of: Any
) -> None:
    client = client_of(alice)
    membership = member(chloe)
    membership.paused_until = asked.due_at + 30 * DAY
    membership.save()
    with clock.at(asked.due_at + DAY):
        for row in rows(client, network, "silent"):
            refused = client.post(row["act_url"], headers=HTMX)
            assert refused.status_code == 422
            assert "en pause" in text_of(refused)


def test_the_list_is_narrowed_and_says_what_is_in_it(
    network: Any, alice: Any, chloe: Any, asked: Any, client_of: Any
) -> None:
    client = client_of(alice)
    with clock.at(asked.due_at + DAY):
        response = client.get(url("desk", network))
        counts = {tab["label"]: tab["count"] for tab in response.context["tabs"]}
        assert counts["Sans réponse"] == 1
        rennes, nantes = get_site("Rennes").public_id, get_site("Nantes").public_id
        there = client.get(url("desk", network), {"reason": "silent", "site": rennes}).context
        assert [row["names"] for row in there["rows"]] == ["Chloé Le Goff"]
        elsewhere = client.get(url("desk", network), {"reason": "silent", "site": nantes})
        assert elsewhere.context["rows"] == []
        assert "Voir toute la liste" in text_of(elsewhere)


def test_what_moved_since_the_last_working_day(network: Any, alice: Any, asked: Any, client_of: Any) -> None:
    page = text_of(client_of(alice).get(url("desk", network)))
    assert "Depuis vendredi" in page  # the tests' day is a Monday
    assert "1 mise en relation demandée" in page
    with clock.at(clock.now() + DAY):
        assert "Depuis hier" in text_of(client_of(alice).get(url("desk", network)))


def test_an_animator_of_a_site_keeps_to_it(
    network: Any, alice: Any, bob: Any, chloe: Any, emile: Any, asked: Any, client_of: Any
) -> None:
    grant_role(network, emile, "animator", by=alice, site=get_site("Nantes"))
    client = client_of(emile)
    with clock.at(asked.due_at + DAY):
        (row,) = rows(client_of(alice), network, "silent")
        page = client.get(url("desk", network))
        assert "Ce qui attend pour « Nantes »" in text_of(page)
        assert page.context["tabs"][0]["count"] == sum("Bob" in one["names"] for one in page.context["rows"])
        assert client.get(row["url"]).status_code == 404  # Chloé is of Rennes
        gone = client.post(row["act_url"], headers=HTMX)
        assert "C’est déjà réglé" in text_of(gone)
        assert not Attempt.objects.exists()
    names = [one["name"] for one in client.get(url("members", network)).context["members"]]
    assert names == ["Bob Riou"]
    assert client.get(url("member", network, bob.public_id)).status_code == 200
    assert client.get(url("member", network, chloe.public_id)).status_code == 404
    assert client.post(url("capacity", network, chloe.public_id), {}).status_code == 404
    assert client.get(reverse("settings:index", args=[network.slug])).status_code == 404
    # Bob and Chloé's introduction is about Bob too.
    assert client.get(url("introduction", network, asked.public_id)).status_code == 200


def test_nobody_else_acts(network: Any, alice: Any, bob: Any, fatou: Any, asked: Any, client_of: Any) -> None:
    with clock.at(asked.due_at + DAY):
        (row,) = rows(client_of(alice), network, "silent")
        for stranger in (bob, fatou):
            client = client_of(stranger)
            assert client.get(row["url"]).status_code == 404
            assert client.post(row["act_url"]).status_code == 404
            assert client.post(url("remind_many", network), {"case": row["key"]}).status_code == 404
        client = client_of(alice)
        assert client.get(url("case", network, "step-zzz")).status_code == 404
        assert client.get(url("case", network, "zzz-zzz")).status_code == 404
        assert client.post(url("act", network, row["key"], "dance")).status_code == 404
        client.post(row["act_url"])
        attempt = Attempt.objects.get()
        assert client_of(bob).post(url("undo", network, attempt.public_id)).status_code == 404

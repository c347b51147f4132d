"""Counterparts found both ways, what keeps people apart, answers remembered, the next person, alerts."""

from __future__ import annotations

import datetime as dt
from typing import Any

from reciproque.catalogue.actions import edit_post, pause_post, renew_post
from reciproque.journal.models import Fact
from reciproque.kit import clock
from reciproque.matching import actions
from reciproque.matching.models import Suggestion, Vector
from reciproque.matching.queries import suggestions_for
from reciproque.matching.queries.index import folder_of
from reciproque.matching.rules import FRESH, KEPT
from reciproque.networks.actions import change_capacity
from tests.matching.conftest import EXCEL, EXCEL_TOO, TALK, TALK_TOO

DAY = dt.timedelta(days=1)


def offered(person: Any) -> list[str]:
    return [found.person.first_name for found in suggestions_for(person)]


# -- finding


def test_a_request_finds_its_offer_and_an_offer_its_request(
    published: Any, bob: Any, chloe: Any, dora: Any, emile: Any
) -> None:
    published(chloe, "offer", EXCEL)
    published(dora, "offer", TALK)
    published(bob, "request", EXCEL_TOO)
    published(emile, "request", TALK_TOO)
    assert (offered(bob), offered(emile)) == (["Chloé"], ["Dora"])
    assert (offered(chloe), offered(dora)) == (["Bob"], ["Émile"])


def test_the_asker_is_told_of_a_new_offer_and_nobody_of_a_new_request(
    request_: Any, published: Any, dora: Any, bob: Any, said: Any
) -> None:
    assert said("suggestion.found") == []
    new = published(dora, "offer", "Des tableaux croisés dynamiques pas à pas")
    [fact] = said("suggestion.found")
    assert (fact.subject_id, fact.data["offer"], fact.data["name"]) == (
        request_.public_id,
        new.public_id,
        "Dora Haddad",
    )
    assert {concern.person for concern in fact.concerns.all()} == {bob}


def test_taking_in_twice_changes_nothing(network: Any, bob: Any, request_: Any, offer: Any) -> None:
    actions.create_alert(network, bob, EXCEL, by=bob)

    def state() -> Any:
        rows = Suggestion.objects.order_by("pk").values_list(
            "pk", "public_id", "score", "state", "terms", "made_at"
        )
        return list(rows), Vector.objects.count(), Fact.objects.count()

    actions.take_in(offer)
    once = state()
    for post in (offer, request_, offer):
        actions.take_in(post)
    assert state() == once


def test_the_same_words_share_their_vector(published: Any, bob: Any, chloe: Any) -> None:
    for person in (bob, chloe):
        published(person, "offer", EXCEL)
    assert Vector.objects.count() == 1


def test_a_post_that_is_gone_takes_its_suggestions_with_it(
    request_: Any, offer: Any, bob: Any, chloe: Any, said: Any
) -> None:
    pause_post(offer, by=chloe)
    actions.take_in(offer)  # a late reaction to its publication
    assert Suggestion.objects.get().state == "gone"
    renew_post(offer, by=chloe)
    actions.take_in(offer)
    assert Suggestion.objects.get().state == "open"
    assert len(said("suggestion.found")) == 0  # the pair is not new


def test_an_edited_post_finds_others(
    request_: Any, offer: Any, published: Any, chloe: Any, emile: Any
) -> None:
    other = published(emile, "request", TALK_TOO)
    with clock.at(clock.now() + DAY):
        edit_post(offer, by=chloe, title=TALK)
        actions.take_in(offer)
    states = {(row.request, row.state) for row in Suggestion.objects.all()}
    assert states == {(request_, "gone"), (other, "open")}


def test_the_best_of_one_post_do_not_undo_those_of_another(
    published: Any, make_person: Any, join: Any, network: Any, chloe: Any
) -> None:
    for n in range(KEPT + 2):
        zoe = make_person(f"Zoé{n}")
        join(zoe, network)
        published(zoe, "request", EXCEL_TOO)
    offer = published(chloe, "offer", EXCEL)
    assert Suggestion.objects.filter(offer=offer, state="open").count() == KEPT
    for request in {row.request for row in Suggestion.objects.all()}:
        actions.take_in(request)
    actions.compute_suggestions(network)
    assert Suggestion.objects.filter(offer=offer, state="open").count() == KEPT + 2
    edit_post(offer, by=chloe, place="Rennes")
    actions.take_in(offer)
    assert Suggestion.objects.filter(offer=offer, state="open").count() == KEPT + 2


# -- answers remembered


def test_dismissed_is_for_good(network: Any, bob: Any, request_: Any, offer: Any, chloe: Any) -> None:
    row = Suggestion.objects.get()
    actions.dismiss_suggestion(row, by=bob, reason=" Pas\x00 pour moi " + "x" * 400)
    actions.dismiss_suggestion(row, by=chloe, reason="Moi non plus")
    assert (row.state, row.answered_by, row.reason[:14], len(row.reason)) == (
        "dismissed",
        bob,
        "Pas pour moi x",
        300,
    )
    for post in (request_, offer):
        actions.take_in(post)
    actions.compute_suggestions(network)
    assert Suggestion.objects.get().state == "dismissed"
    assert not Fact.objects.filter(name__startswith="suggestion.", concerns__person=chloe).exists()


# -- a whole network, by the clock


def test_computing_a_network_says_what_it_gave(network: Any, published: Any, its: Any, dora: Any) -> None:
    its.publish(dora, "request", "Apprendre la soudure")
    stages: list[str] = []
    done = actions.compute_suggestions(network, progress=lambda stage, _done, _total: stages.append(stage))
    assert (done.requests, done.served, done.pairs) == (2, 1, 1)
    assert set(stages) == {"vectors", "candidates"}
    assert Suggestion.objects.get().offer == its.offer
    again = actions.compute_suggestions(network)
    assert (again.pairs, Suggestion.objects.count()) == (1, 1)


def test_rooms_that_free_up_are_found_within_a_day(
    network: Any, other_network: Any, its: Any, member: Any
) -> None:
    with clock.at(clock.now() + dt.timedelta(seconds=1)):
        change_capacity(member(its.chloe), by=its.chloe, give=0, receive=1)
        assert actions.refresh_stale() == 1  # the other network is empty
        assert actions.refresh_stale() == 0
        assert not Suggestion.objects.exists()
        change_capacity(member(its.chloe), by=its.chloe, give=1, receive=1)
    with clock.at(clock.now() + FRESH + dt.timedelta(seconds=2)):
        assert actions.refresh_stale() == 1
        assert Suggestion.objects.get().state == "open"
    assert (folder_of(network) / "built-at").exists()
    assert not folder_of(other_network).exists()

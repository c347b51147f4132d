"""What pages show of introductions and exchanges, in as many queries for few as for many."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from reciproque.exchanges import actions
from reciproque.exchanges import queries as shown
from reciproque.exchanges.models import Exchange, Introduction
from reciproque.kit import clock

DAY = dt.timedelta(days=1)


def two(rows: Any) -> list[Any]:
    return [
        (row.network.name, row.requester.display_name, row.offerer.display_name, str(row.mediator))
        for row in rows
    ]


def parts(rows: Any) -> list[Any]:
    return [
        (row.network.name, row.thread.public_id, [part.person.display_name for part in row.people.all()])
        for row in rows
    ]


LISTS: dict[str, tuple[Any, int]] = {
    "introductions_of, live": (lambda net, bob, row: two(shown.introductions_of(bob, live=True)), 1),
    "introductions_of, ended": (lambda net, bob, row: two(shown.introductions_of(bob, live=False)), 1),
    "exchanges_of": (lambda net, bob, row: parts(shown.exchanges_of(bob)), 2),
    "thread_messages": (
        lambda net, bob, row: [m.author.display_name for m in shown.thread_messages(row.thread, bob)],
        2,
    ),
    "people_in": (lambda net, bob, row: [(p.person.unit, p.person.site) for p in shown.people_in(row)], 1),
    "balance_of": (lambda net, bob, row: shown.balance_of(bob, net), 1),
    "pairs_apart": (lambda net, bob, row: shown.pairs_apart(net), 4),
    "loads": (lambda net, bob, row: shown.loads(net), 2),
    "post_loads": (lambda net, bob, row: shown.post_loads(net), 2),
    "exposures": (lambda net, bob, row: shown.exposures(net), 1),
    "totals": (lambda net, bob, row: shown.totals(net), 1),
    "accompanied": (
        lambda net, bob, row: shown.accompanied(
            net, Introduction.objects.values_list("public_id", flat=True)
        ),
        3,
    ),
    "count_live": (lambda net, bob, row: shown.count_live(net), 2),
    "live_of": (lambda net, bob, row: shown.live_of(bob, net), 2),
}


def test_lists_cost_the_same_for_3_and_for_30(
    network: Any, bob: Any, make_person: Any, join: Any, ask: Any, make_post: Any, queries: Any
) -> None:
    done, today = 0, clock.now().date()
    request, row = make_post(bob, "request"), None
    for total in (3, 30):
        for n in range(done, total):
            zoe = make_person("Zoé", unit=f"U{n}", site=f"S{n}")
            join(zoe, network)
            ask(bob, zoe, f"Savoir {n}", request=request)
            actions.refuse_introduction(ask(bob, zoe, f"Refus {n}", request=request), by=zoe, refusal="time")
            accepted = ask(zoe, bob, f"Retour {n}") if n < 3 else None
            if accepted is not None:
                actions.accept_introduction(accepted, by=bob)
            row = actions.declare_exchange(
                network, requester=bob, offerer=zoe, by=None, title=f"Passé {n}", held_on=today
            )
        for n in range(done, total):
            actions.write_message(row, f"Message {n}", by=bob)
        done = total
        for name, (query, literal) in LISTS.items():
            with queries() as seen:
                assert query(network, bob, row), name
            assert len(seen) == literal, f"{name} for {total}: {len(seen)}"


def test_live_and_ended_are_told_apart(ask: Any, bob: Any, chloe: Any, dora: Any) -> None:
    live, ended = ask(bob, chloe), ask(bob, dora)
    actions.refuse_introduction(ended, by=dora, refusal="time")
    assert shown.introductions_of(bob, live=True) == [live]
    assert shown.introductions_of(bob, live=False) == [ended]
    assert shown.introductions_of(dora, live=True) == []


def test_a_long_conversation_shows_its_end(introduction: Introduction, bob: Any, chloe: Any) -> None:
    for n in range(5):
        actions.write_message(introduction, f"Message {n}", by=bob)
    texts = [message.text for message in shown.thread_messages(introduction.thread, chloe, limit=3)]
    assert texts == ["Message 2", "Message 3", "Message 4"]


def test_one_reads_from_the_moment_one_takes_part(
    mediated: Introduction, bob: Any, chloe: Any, alice: Any
) -> None:
    start = clock.now()
    actions.write_message(mediated, "Avant", by=bob)
    with clock.at(start + DAY):
        actions.assign_mediator(mediated, alice, by=alice)
        actions.write_message(mediated, "Après", by=bob)
    read = {
        person: [message.text for message in shown.thread_messages(mediated.thread, person)]
        for person in (bob, alice, chloe)
    }
    assert read == {bob: ["Avant", "Après"], alice: ["Après"], chloe: []}


def test_reviews_are_blind_until_the_end(finished: Exchange, bob: Any, chloe: Any, alice: Any) -> None:
    with clock.at(clock.now() + 2 * DAY):
        mine = actions.submit_review(finished, by=bob, satisfaction="4")
        assert (shown.reviews_shown(finished, bob), shown.reviews_shown(finished, chloe)) == ([mine], [])
        assert shown.reviews_awaited(chloe, finished.network) == [finished]
        assert shown.reviews_awaited(bob, finished.network) == []
        hers = actions.submit_review(finished, by=chloe, satisfaction="3")
        assert shown.reviews_shown(finished, bob) == shown.reviews_shown(finished, chloe) == [mine, hers]
        assert shown.reviews_shown(finished, alice) == []


def test_what_keeps_posts_and_people_apart(
    ask: Any, network: Any, bob: Any, chloe: Any, dora: Any, emile: Any
) -> None:
    refused, live = ask(bob, dora), ask(bob, chloe)
    actions.refuse_introduction(refused, by=dora, refusal="time")
    yesterday = clock.now().date() - DAY
    actions.declare_exchange(network, requester=emile, offerer=bob, by=None, title="Passé", held_on=yesterday)
    posts, people = shown.pairs_apart(network)
    assert posts == {(refused.request_id, refused.offer_id), (live.request_id, live.offer_id)}
    assert people == {(bob.pk, chloe.pk), (emile.pk, bob.pk)}


def test_what_each_person_and_each_post_holds(
    mediated: Introduction, network: Any, bob: Any, dora: Any, chloe: Any
) -> None:
    held = {"offerer": {dora.pk: 1}, "requester": {bob.pk: 1}}
    assert shown.loads(network) == held
    assert shown.post_loads(network) == {mediated.offer_id: 1, mediated.request_id: 1}
    assert shown.mediation_loads([chloe, dora]) == {chloe.pk: 1}
    assert shown.exposures(network) == {}
    actions.agree_introduction(mediated, by=chloe)
    assert shown.loads(network) == held
    assert shown.mediation_loads([chloe]) == {}
    exchange = shown.exchange_from(mediated)
    assert exchange is not None
    assert (shown.count_live(network), shown.live_of(bob, network)) == (
        {"introductions": 0, "exchanges": 1},
        {"introductions": 0, "exchanges": 1},
    )
    actions.stop_exchange(exchange, by=bob, reason="Mutation")
    assert shown.loads(network) == {"offerer": {}, "requester": {}}
    assert shown.post_loads(network) == {}


def test_an_offer_that_waits_for_an_answer_is_exposed(introduction: Introduction, network: Any) -> None:
    assert shown.exposures(network) == {introduction.offer_id: 1}


def test_the_balance_is_what_took_place(
    finished: Exchange, network: Any, bob: Any, chloe: Any, ask: Any
) -> None:
    ask(chloe, bob, "Autre savoir")
    assert shown.balance_of(bob, network) == shown.Balance(received=1, given=0)
    assert shown.balance_of(chloe, network) == shown.Balance(received=0, given=1)
    assert shown.totals(network) == {"offerer": {chloe.pk: 1}, "requester": {bob.pk: 1}}


@pytest.mark.parametrize("small_group", [True, False])
def test_which_exchanges_one_more_may_join(
    network: Any, ask: Any, bob: Any, chloe: Any, make_post: Any, small_group: bool
) -> None:
    actions.accept_introduction(ask(bob, chloe, offer=make_post(chloe, small_group=small_group)), by=chloe)
    assert len(shown.joinable_exchanges(chloe, network)) == small_group
    assert shown.joinable_exchanges(bob, network) == []


def test_terms_follow_from_the_introduction_to_the_exchange(mediated: Introduction, chloe: Any) -> None:
    assert shown.terms_of(mediated) is None
    terms = actions.write_terms(mediated, by=chloe, content="Les bases")
    exchange = actions.agree_introduction(mediated, by=chloe)
    assert shown.terms_of(mediated) == shown.terms_of(exchange) == terms

"""Facts are written with the change, and each reader's reaction is done once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from reciproque.journal import rules
from reciproque.journal.actions import gathered, react, record, run_in_parts, run_reaction
from reciproque.journal.models import Fact, Reaction
from reciproque.journal.queries import history_for, history_of
from reciproque.kit import clock

NAME = "test.told"


@pytest.fixture(autouse=True)
def _two_readers() -> Iterator[None]:
    rules.subscribe("first", [NAME])
    rules.subscribe("second", [NAME])
    yield
    del rules._readers[NAME]


def fails(fact: Fact) -> None:
    fact.concerns.all().delete()
    raise RuntimeError("the printer is on fire")


def test_a_fact_keeps_who_where_and_whom(network: Any, bob: Any, chloe: Any, dora: Any) -> None:
    fact = record(NAME, bob, by=dora, network=network, people=[chloe, chloe, dora, None], title="Excel")
    fact.refresh_from_db()
    assert (fact.at, fact.by, fact.network) == (clock.now(), dora, network.public_id)
    assert (fact.subject_kind, fact.subject_id, fact.data) == ("person", bob.public_id, {"title": "Excel"})
    assert {concern.person for concern in fact.concerns.all()} == {chloe, dora}
    assert {row.reader for row in fact.reactions.all()} == {"first", "second"}


def test_a_fact_goes_with_the_change_it_tells(bob: Any) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        record(NAME, bob)
        raise RuntimeError
    assert not Fact.objects.filter(name=NAME).exists()
    assert not Reaction.objects.filter(reader="first").exists()


def test_each_reader_hears_of_it_once(bob: Any) -> None:
    fact = record(NAME, bob)
    heard: list[tuple[str, Fact]] = []
    handlers = {
        reader: lambda fact, reader=reader: heard.append((reader, fact)) for reader in ("first", "second")
    }
    assert react(handlers) >= 2
    assert react(handlers) == 0
    assert [row for row in heard if row[1] == fact] == [("first", fact), ("second", fact)]


def test_a_reaction_already_taken_is_left_alone(bob: Any) -> None:
    reaction = record(NAME, bob).reactions.get(reader="first")
    heard: list[Fact] = []
    assert run_reaction(reaction, heard.append) is True
    assert run_reaction(reaction, heard.append) is False
    assert len(heard) == 1


def test_a_failure_undoes_its_half_work_and_waits_longer_each_time(bob: Any) -> None:
    fact = record(NAME, bob, people=[bob])
    handlers = {"first": fails, "second": lambda fact: None}
    start = clock.now()
    react(handlers)
    failed = fact.reactions.get(reader="first")
    assert fact.reactions.get(reader="second").state == Reaction.State.DONE
    assert fact.concerns.count() == 1
    assert (failed.state, failed.tries, failed.run_after) == ("waiting", 1, start + dt.timedelta(seconds=10))
    assert "the printer is on fire" in failed.error
    with clock.at(start + dt.timedelta(seconds=9)):
        assert not Reaction.objects.due(clock.now()).filter(pk=failed.pk).exists()
    with clock.at(start + dt.timedelta(seconds=11)):
        react(handlers)
        failed.refresh_from_db()
        assert (failed.tries, failed.run_after) == (2, clock.now() + dt.timedelta(seconds=50))


def test_after_six_tries_it_is_given_up_and_kept(bob: Any) -> None:
    fact = record(NAME, bob)
    for day in range(1, 8):
        with clock.at(clock.now() + dt.timedelta(days=day)):
            react({"first": fails, "second": lambda fact: None})
    failed = fact.reactions.get(reader="first")
    assert (failed.state, failed.tries) == ("failed", rules.MAX_TRIES)


def test_a_reader_that_is_gone_does_not_stop_the_others(bob: Any) -> None:
    fact = record(NAME, bob)
    react({"second": lambda fact: None})
    assert fact.reactions.get(reader="second").state == Reaction.State.DONE
    assert "nobody reads this" in fact.reactions.get(reader="first").error


def test_facts_gathered_are_written_together_at_the_end(bob: Any, chloe: Any, queries: Any) -> None:
    before = Fact.objects.count()
    with queries() as seen, gathered() as facts:
        record(NAME, bob, by=chloe, people=[bob], n=1)
        mark = facts.mark()
        record(NAME, bob, n=2)
        facts.forget(mark)  # what it told was rolled back
        record(NAME, bob, n=3)
        assert Fact.objects.count() == before
    assert len(seen) == 4  # the count above, then facts, concerns, reactions
    rows = Fact.objects.filter(name=NAME).order_by("pk")
    assert [(row.data["n"], row.concerns.count(), row.reactions.count()) for row in rows] == [
        (1, 2, 2),
        (3, 0, 2),
    ]


def test_facts_gathered_in_a_block_that_fails_are_lost_with_it(bob: Any) -> None:
    with pytest.raises(RuntimeError), gathered():
        record(NAME, bob)
        raise RuntimeError
    assert not Fact.objects.filter(name=NAME).exists()
    assert record(NAME, bob).pk


def test_a_history_may_promise_nothing_to_some(bob: Any) -> None:
    with rules.unpromised("first"):
        quiet = record(NAME, bob)
    assert [row.reader for row in quiet.reactions.all()] == ["second"]
    assert record(NAME, bob).reactions.count() == 2


class Killed(BaseException):
    """The worker's process ends here."""


def test_a_worker_killed_half_way_leaves_it_waiting(bob: Any) -> None:
    reaction = record(NAME, bob, people=[bob]).reactions.get(reader="first")

    def killed(fact: Fact) -> None:
        fact.concerns.all().delete()
        raise Killed

    with pytest.raises(Killed):
        run_reaction(reaction, killed)
    reaction.refresh_from_db()
    assert (reaction.state, reaction.tries) == ("waiting", 0)
    assert reaction.fact.concerns.count() == 1
    heard: list[Fact] = []
    assert run_reaction(reaction, heard.append)


def test_what_is_done_in_parts_keeps_its_parts_and_is_done_when_all_are(bob: Any) -> None:
    reaction = record(NAME, bob, people=[bob]).reactions.get(reader="first")
    heard: list[str] = []

    def killed(fact: Fact) -> None:
        heard.append("one part")
        raise Killed

    with pytest.raises(Killed):
        run_in_parts(reaction, killed)
    reaction.refresh_from_db()
    assert (reaction.state, reaction.tries) == ("waiting", 0)
    assert run_in_parts(reaction, fails) is False
    reaction.refresh_from_db()
    assert (reaction.state, reaction.tries) == ("waiting", 1)
    assert run_in_parts(reaction, lambda fact: heard.append("all")) is True
    assert run_in_parts(reaction, lambda fact: heard.append("again")) is False
    assert heard == ["one part", "all"]


@pytest.mark.django_db(transaction=True)
def test_two_workers_keep_the_work_of_one(bob: Any, at_once: Any) -> None:
    reaction = record(NAME, bob).reactions.get(reader="first")

    def work(fact: Fact) -> None:
        record("test.done", fact.by or bob)

    results = at_once(*[lambda: run_reaction(Reaction.objects.get(pk=reaction.pk), work) for _ in range(2)])
    assert sorted(results) == [False, True]
    assert Fact.objects.filter(name="test.done").count() == 1


def test_a_history_is_of_one_s_own(network: Any, bob: Any, chloe: Any) -> None:
    mine = record(NAME, bob, by=chloe, people=[bob])
    record(NAME, chloe, by=chloe)
    assert mine in history_for(bob)
    assert all(fact.concerns.filter(person=bob).exists() for fact in history_for(bob))
    assert history_of(bob)[0] == mine
    assert history_for(chloe, before=mine.pk)[0].pk < mine.pk


def test_a_history_costs_one_query_however_long(bob: Any, chloe: Any, queries: Any) -> None:
    for number in (3, 27):
        for _ in range(number):
            record(NAME, bob, by=chloe, people=[bob])
        with queries() as seen:
            assert all(fact.by for fact in history_for(bob) if fact.name == NAME)
            assert len(history_of(bob)) >= number
        assert len(seen) == 2

"""What the rows of introductions, exchanges, threads and reviews refuse."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError

from reciproque.exchanges.models import (
    Exchange,
    ExchangePerson,
    Introduction,
    Review,
    Terms,
    Thread,
    ThreadMessage,
    ThreadPerson,
    live_load,
    post_load,
)
from reciproque.kit import clock


def twin(row: Introduction, **fields: Any) -> Introduction:
    kept = {
        name: getattr(row, name)
        for name in ("network", "requester", "offerer", "initiator", "title", "pair_key", "due_at")
    }
    return Introduction.objects.create(**kept | fields, thread=Thread.objects.create(network=row.network))


INTRODUCTION_BREAKS: dict[str, Callable[[Introduction], Any]] = {
    "introduction_live_once": twin,
    "introduction_two_people": lambda row: twin(row, offerer=row.requester, pair_key="x"),
    "introduction_by_one_of_them": lambda row: twin(row, initiator=row.network.roles.get(role="hr").person, pair_key="x"),
    "introduction_answer_dated": lambda row: Introduction.objects.filter(pk=row.pk).update(state="refused"),
    "one thread": lambda row: Introduction.objects.create(
        network=row.network, requester=row.requester, offerer=row.offerer, initiator=row.requester, title="x",
        pair_key="x", due_at=clock.now(), thread=row.thread,
    ),
    "thread_person_once": lambda row: ThreadPerson.objects.create(thread=row.thread, person=row.requester),
    "thread_message_key_once": lambda row: [
        ThreadMessage.objects.create(thread=row.thread, author=row.requester, text="x", key="k") for _ in range(2)
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", INTRODUCTION_BREAKS)
def test_each_constraint_of_an_introduction_refuses(name: str, introduction: Introduction, dora: Any) -> None:
    with pytest.raises(IntegrityError):
        INTRODUCTION_BREAKS[name](introduction)


def change(row: Exchange, **fields: Any) -> None:
    Exchange.objects.filter(pk=row.pk).update(**fields)


def review(row: Exchange, **fields: Any) -> Review:
    return Review.objects.create(
        exchange=row, author=row.people.all()[0].person, side="requester", satisfaction="4", **fields
    )


EXCHANGE_BREAKS: dict[str, Callable[[Exchange], Any]] = {
    "exchange_finished_is_dated": lambda row: change(row, state="finished", finished_at=clock.now()),
    "exchange_closed_is_dated": lambda row: change(row, state="closed"),
    "exchange_stopped_is_dated": lambda row: change(row, state="stopped"),
    "exchange_declared_is_dated": lambda row: change(row, origin="declared", declared_at=clock.now()),
    "exchange_key_once": lambda row: [
        Exchange.objects.create(
            network=row.network, title="x", key="k", thread=Thread.objects.create(network=row.network)
        )
        for _ in range(2)
    ],
    "exchange_person_once": lambda row: ExchangePerson.objects.create(
        exchange=row, person=row.people.all()[0].person, side="offerer"
    ),
    "terms_of_something": lambda row: Terms.objects.create(content="x"),
    "one sheet of terms": lambda row: [Terms.objects.create(exchange=row) for _ in range(2)],
    "review_once": lambda row: [review(row) for _ in range(2)],
    "review_hours_believable": lambda row: review(row, hours=Decimal("500.5")),
}


@pytest.mark.parametrize("name", EXCHANGE_BREAKS)
def test_each_constraint_of_an_exchange_refuses(name: str, exchange: Exchange) -> None:
    with pytest.raises(IntegrityError):
        EXCHANGE_BREAKS[name](exchange)


def test_what_is_over_leaves_room(introduction: Introduction) -> None:
    Introduction.objects.update(state="refused", answered_at=clock.now())
    assert twin(introduction)
    for _ in range(2):
        ThreadMessage.objects.create(thread=introduction.thread, author=introduction.requester, text="x")


def test_what_each_one_holds(introduction: Introduction, network: Any, bob: Any, chloe: Any) -> None:
    offer = introduction.offer
    assert offer is not None
    assert (live_load(bob, "requester", network), post_load(offer)) == (0, 0)
    Introduction.objects.update(state="accepted", answered_at=clock.now())
    assert (live_load(bob, "requester", network), live_load(chloe, "offerer", network), post_load(offer)) == (
        1,
        1,
        1,
    )
    assert live_load(bob, "offerer", network) == 0


def test_an_open_exchange_is_held_until_it_ends(
    exchange: Exchange, network: Any, bob: Any, chloe: Any
) -> None:
    assert (live_load(bob, "requester", network), live_load(chloe, "offerer", network)) == (1, 1)
    assert (post_load(exchange.offer), post_load(exchange.request)) == (1, 1)
    change(exchange, state="stopped", closed_at=clock.now())
    assert (live_load(bob, "requester", network), post_load(exchange.offer)) == (0, 0)

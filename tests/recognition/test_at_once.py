"""Several people, and the worker, at the same instant: nothing is lost, nobody waits for ever."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from reciproque.catalogue.actions import get_or_create_topic
from reciproque.catalogue.models import Topic
from reciproque.exchanges.actions import confirm_exchange, declare_exchange
from reciproque.exchanges.models import Exchange, ExchangePerson
from reciproque.kit import clock
from reciproque.people.models import Person
from reciproque.recognition import actions
from reciproque.recognition.models import Certification, CertificationRule, Confirmation, Evidence, Skill

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def topic(network: Any, admin: Any) -> Topic:
    actions.set_rule(network, by=admin, confirmations=2, units=1, months=12)
    return get_or_create_topic("Excel")


def learn(network: Any, learner: Any, teacher: Any) -> Exchange:
    held_on = clock.now().date() - dt.timedelta(days=3)
    exchange = declare_exchange(
        network, requester=learner, offerer=teacher, by=learner, title="Excel", held_on=held_on
    )
    confirm_exchange(exchange, by=teacher)
    exchange.refresh_from_db()
    return exchange


def saying(teacher: Any, topic: Topic, learner: Any, exchange: Exchange) -> Callable[[], Confirmation]:
    source = ("exchange", exchange.public_id)
    return lambda: actions.confirm_skill(teacher, topic, by=learner, source=source)


def until_someone_waits(or_else: threading.Event | None = None) -> None:
    """Wait until another connection waits for a row, or this happened (PostgreSQL; elsewhere one writes at a time)."""
    if connection.vendor != "postgresql":
        return
    for _time in range(1000):
        if or_else is not None and or_else.is_set():
            return
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
        time.sleep(0.01)
    raise AssertionError("nobody waits")


def fine(*results: Any) -> None:
    for result in results:
        if isinstance(result, Exception):
            raise result


def test_two_words_at_the_same_instant_certify(
    network: Any, topic: Topic, bob: Any, chloe: Any, dora: Any, at_once: Any, said: Any
) -> None:
    both = [saying(bob, topic, learner, learn(network, learner, bob)) for learner in (chloe, dora)]
    fine(*at_once(*both))
    assert Skill.objects.count() == 1
    assert Confirmation.objects.standing().count() == 2
    assert Certification.objects.current().count() == 1
    assert len(said("skill.certified")) == 1


def test_the_same_word_twice_is_said_once(
    network: Any, topic: Topic, bob: Any, chloe: Any, at_once: Any
) -> None:
    say = saying(bob, topic, chloe, learn(network, chloe, bob))
    results = at_once(say, say)
    assert {type(one) for one in results} == {Confirmation, ValidationError}
    assert Confirmation.objects.count() == 1


def test_a_word_taken_back_while_another_is_given(
    network: Any, topic: Topic, bob: Any, chloe: Any, dora: Any, emile: Any, at_once: Any
) -> None:
    for learner in (chloe, dora):
        saying(bob, topic, learner, learn(network, learner, bob))()
    row, say = Confirmation.objects.get(by=chloe), saying(bob, topic, emile, learn(network, emile, bob))
    fine(*at_once(lambda: actions.withdraw_confirmation(row, by=chloe), say))
    assert Confirmation.objects.standing().count() == 2
    assert Certification.objects.current().count() == 1


def test_a_rule_made_easier_while_a_word_is_given(
    network: Any, topic: Topic, admin: Any, bob: Any, chloe: Any, dora: Any, at_once: Any
) -> None:
    actions.set_rule(network, by=admin, confirmations=3, units=1, months=12)
    saying(bob, topic, chloe, learn(network, chloe, bob))()
    say = saying(bob, topic, dora, learn(network, dora, bob))

    def ease() -> Any:
        return actions.set_rule(network, by=admin, confirmations=2, units=1, months=12)

    said, eased = threading.Event(), threading.Event()

    def give() -> None:
        with transaction.atomic():
            say()
            said.set()
            until_someone_waits(or_else=eased)

    def ease_meanwhile() -> None:
        if connection.vendor == "postgresql":
            said.wait(10)
        ease()
        eased.set()

    fine(*at_once(ease_meanwhile, give))
    assert CertificationRule.objects.get().confirmations == 2
    assert Certification.objects.current().count() == 1


def test_two_learners_of_a_group_each_confirm_another_teacher(
    network: Any, topic: Topic, alice: Any, bob: Any, chloe: Any, dora: Any, at_once: Any
) -> None:
    exchange = learn(network, chloe, bob)
    for person, side in ((alice, "offerer"), (dora, "requester")):
        ExchangePerson.objects.create(exchange=exchange, person=person, side=side)
    results = at_once(saying(bob, topic, chloe, exchange), saying(alice, topic, dora, exchange))
    fine(*results)
    assert Confirmation.objects.standing().count() == 2
    assert Evidence.objects.standing().filter(kind="given").count() == 2


def test_the_past_is_noted_once_by_two_workers_while_people_confirm(
    network: Any, topic: Topic, make_person: Any, join: Any, bob: Any, chloe: Any, dora: Any, at_once: Any
) -> None:
    people = [bob, chloe, dora, *(make_person(f"Zoé {n}") for n in range(5))]
    for person in people[3:]:
        join(person, network)
    pairs = [(one, other) for one in people for other in people if one != other]
    rows = [(teacher, learner, learn(network, learner, teacher)) for teacher, learner in pairs]
    words = [saying(teacher, topic, learner, exchange) for teacher, learner, exchange in rows[::3]]

    def some(part: list[Any]) -> list[Any]:
        return [say() for say in part]

    fine(
        *at_once(
            lambda: actions.catch_up(network),
            lambda: actions.catch_up(network),
            lambda: some(words[::2]),
            lambda: some(words[:0:-2] if len(words) % 2 == 0 else words[-2::-2]),
        )
    )
    assert Skill.objects.count() == len(people)
    assert Evidence.objects.standing().count() == len(rows)
    assert Confirmation.objects.standing().count() == len(words)
    counted = {skill.pk: skill.confirmations.standing().count() for skill in Skill.objects.all()}
    certified = set(Certification.objects.current().values_list("skill_id", flat=True))
    assert certified == {pk for pk, number in counted.items() if number >= 2}


def test_the_past_takes_people_in_the_order_of_everyone_else(
    network: Any, topic: Topic, bob: Any, chloe: Any, make_post: Any, at_once: Any
) -> None:
    if connection.vendor != "postgresql":
        return  # one writes at a time there
    low, high = sorted((bob, chloe), key=lambda person: person.pk)
    first = make_post(high, "offer", "Tableur", topics=["Excel"])
    make_post(low, "offer", "Tableaux croisés", topics=["Excel"])

    def another() -> None:
        with transaction.atomic():
            Person.objects.select_for_update(no_key=True).get(pk=low.pk)
            until_someone_waits()
            actions.note_offer(first)

    fine(*at_once(another, lambda: actions.catch_up(network)))
    assert Evidence.objects.standing().filter(kind="offered").count() == 2

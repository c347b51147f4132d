"""What a table says shows a skill, and is said to be imported; only whoever learned makes it a word that counts."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from reciproque.catalogue.actions import get_or_create_topic
from reciproque.catalogue.models import Topic
from reciproque.exchanges.actions import confirm_exchange, declare_exchange
from reciproque.exchanges.models import Exchange, Review
from reciproque.kit import clock
from reciproque.recognition import actions, queries
from reciproque.recognition.models import Certification, Confirmation, Skill
from reciproque.recognition.queries.badges import evidence_words

pytestmark = pytest.mark.django_db


@pytest.fixture
def topic(network: Any, admin: Any) -> Topic:
    actions.set_rule(network, by=admin, confirmations=2, units=1, months=12)
    return get_or_create_topic("Excel")


def brought(network: Any, learner: Any, teacher: Any) -> Exchange:
    held_on = clock.now().date() - dt.timedelta(days=3)
    exchange = declare_exchange(
        network, requester=learner, offerer=teacher, by=None, title="Excel", held_on=held_on
    )
    actions.note_exchange(exchange)
    return exchange


def confirm(teacher: Any, topic: Topic, learner: Any, exchange: Exchange) -> Confirmation:
    return actions.confirm_skill(teacher, topic, by=learner, source=("exchange", exchange.public_id))


def test_it_shows_the_skill_and_says_that_it_was_imported(
    network: Any, topic: Topic, bob: Any, chloe: Any, client_of: Any
) -> None:
    brought(network, chloe, bob)
    declared = declare_exchange(
        network, requester=chloe, offerer=bob, by=chloe, title="Excel", held_on=clock.now().date()
    )
    confirm_exchange(declared, by=bob)
    declared.refresh_from_db()
    actions.note_exchange(declared)
    (seen,) = queries.my_skills(bob)
    assert [one.imported for one in seen.evidence] == [False, True]
    page = client_of(bob).get(reverse("recognition:skill", args=[seen.skill.public_id])).content.decode()
    assert page.count("Un échange importé où ce savoir a été transmis") == 1
    assert page.count("Un échange où ce savoir a été transmis") == 1
    (line,) = queries.record_of(bob).seen
    assert sorted(trace.label for trace in line.traces) == [
        "Échange importé où ce savoir a été transmis",
        "Échange où ce savoir a été transmis",
    ]


def test_nobody_may_confirm_it_before_they_say_that_it_took_place(
    network: Any, topic: Topic, bob: Any, chloe: Any, dora: Any
) -> None:
    first, second = brought(network, chloe, bob), brought(network, dora, bob)
    skill = Skill.objects.get(person=bob)
    assert not queries.who_may_confirm(skill)
    with pytest.raises(PermissionDenied):
        actions.ask_confirmation(skill, by=bob, people=[chloe])
    for learner, exchange in ((chloe, first), (dora, second)):
        assert not queries.may_confirm(learner)
        assert [row.exchange for row in queries.to_say(learner)[1]] == [exchange.public_id]
        with pytest.raises(PermissionDenied):
            confirm(bob, topic, learner, exchange)
    confirm_exchange(first, by=bob)  # not in her place
    first.refresh_from_db()
    assert first.confirmed_by is None
    confirm_exchange(first, by=chloe)
    confirm_exchange(first, by=chloe)
    assert not queries.to_say(chloe)[1]
    confirm(bob, topic, chloe, first)
    assert not Certification.objects.exists()
    with pytest.raises(PermissionDenied):
        confirm(bob, topic, dora, second)
    Review.objects.create(exchange=second, author=dora, side="requester", satisfaction="3", covered="yes")
    confirm(bob, topic, dora, second)
    (what, _savoir) = evidence_words(Certification.objects.get())[0]
    assert what == "Échange importé où ce savoir a été transmis"


def test_a_review_that_says_that_nothing_was_covered_gives_no_right(
    network: Any, topic: Topic, bob: Any, chloe: Any
) -> None:
    exchange = brought(network, chloe, bob)
    Review.objects.create(exchange=exchange, author=chloe, side="requester", satisfaction="1", covered="no")
    Review.objects.create(exchange=exchange, author=bob, side="offerer", satisfaction="3", covered="yes")
    assert not queries.may_confirm(chloe)


def test_what_was_confirmed_before_stands(network: Any, topic: Topic, bob: Any, chloe: Any) -> None:
    exchange = brought(network, chloe, bob)
    confirm_exchange(exchange, by=chloe)
    row = confirm(bob, topic, chloe, exchange)
    Exchange.objects.update(confirmed_by=None)
    assert actions.drop_unfounded() == 0
    row.refresh_from_db()
    assert row.withdrawn_at is None


def test_one_says_it_from_ones_own_page(
    network: Any, topic: Topic, bob: Any, chloe: Any, dora: Any, client_of: Any
) -> None:
    exchange = brought(network, chloe, bob)
    page, act = reverse("recognition:to_confirm"), reverse("recognition:recognise", args=[exchange.public_id])
    for other in (bob, dora):
        assert act not in client_of(other).get(page).content.decode()
    assert client_of(dora).post(act).status_code == 404
    client_of(bob).post(act)
    assert not queries.may_confirm(chloe)
    client = client_of(chloe)
    assert act in client.get(page).content.decode()
    answer = client.post(act, follow=True)
    assert "Vous pouvez maintenant confirmer" in answer.content.decode()
    assert act not in answer.content.decode()
    assert [row.source_id for row in queries.may_confirm(chloe)] == [exchange.public_id]


def test_one_that_is_followed_here_is_not_said_again_this_way(
    network: Any, topic: Topic, bob: Any, chloe: Any, client_of: Any
) -> None:
    exchange = declare_exchange(
        network, requester=chloe, offerer=bob, by=bob, title="Excel", held_on=clock.now().date()
    )
    act = reverse("recognition:recognise", args=[exchange.public_id])
    assert client_of(chloe).post(act).status_code == 404

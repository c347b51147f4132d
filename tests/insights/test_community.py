"""Savoirs at risk, the pool, engagement and maturity: what is counted, and what is never told."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from reciproque.agenda.models import Step
from reciproque.agenda.rules import Verb
from reciproque.exchanges.models import Exchange, ExchangePerson, Review, Thread
from reciproque.gatherings.actions import plan_gathering
from reciproque.insights.actions import ask_maturity, note_maturity, say_leaving, set_goals
from reciproque.insights.queries import (
    cohorts_of,
    engagement_of,
    fitting_goals,
    list_risks,
    maturity_of,
    pool_state,
    productivity_of,
    risk_of,
    risks_in,
)
from reciproque.insights.rules import Dimension, Risk, trained_for
from reciproque.kit import clock
from reciproque.networks.actions import add_to_pool, change_settings, note_training
from reciproque.recognition.actions import call_someone

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def closed(network: Any, giver: Any, taker: Any, offer: Any = None, used: str = "") -> Exchange:
    now = clock.now()
    exchange = Exchange.objects.create(
        network=network,
        title="Rosiers",
        state="closed",
        offer=offer,
        thread=Thread.objects.create(network=network),
        finished_at=now,
        review_due_at=now,
        closed_at=now,
    )
    ExchangePerson.objects.create(exchange=exchange, person=giver, side="offerer")
    ExchangePerson.objects.create(exchange=exchange, person=taker, side="requester")
    if used:
        Review.objects.create(
            exchange=exchange, author=taker, side="requester", satisfaction="4", used=used, written_at=now
        )
    return exchange


def test_each_reason_and_the_act_that_goes_with_it(
    network: Any, alice: Any, bob: Any, chloe: Any, dora: Any, make_post: Any, queries: Any
) -> None:
    offer = make_post(chloe, "offer", "Tailler les rosiers", topics=["Rosiers"])
    rosiers = offer.topics.get()
    found = risk_of(network, rosiers)
    assert found is not None
    assert found.risks == (Risk.FRAGILE,)
    assert found.acts[0] == "sheet"
    # A second person offers it, then a third: nothing is at risk any more.
    make_post(bob, "offer", "Planter des rosiers", topics=["Rosiers"])
    assert risk_of(network, rosiers).risks == (Risk.FRAGILE,)  # type: ignore[union-attr]
    make_post(alice, "offer", "Choisir des rosiers", topics=["Rosiers"])
    assert risk_of(network, rosiers) is None
    # Sought for three weeks, and nobody was asked.
    request = make_post(dora, "request", "Apprendre le gazon", topics=["Gazon"])
    gazon = request.topics.get()
    assert risk_of(network, gazon) is None
    with clock.at(clock.now() + 30 * DAY):
        found = risk_of(network, gazon)
        assert found is not None
        assert (found.risks, found.waiting, found.acts[0]) == ((Risk.SOUGHT,), 1, "answer")
    # Exchanged, then not for a year.
    closed(network, chloe, dora, offer)
    with clock.at(clock.now() + 300 * DAY):
        assert risk_of(network, rosiers) is None
    with clock.at(clock.now() + 370 * DAY):
        found = risk_of(network, rosiers)
        assert found is not None
        assert Risk.FADING in found.risks
        assert found.last is not None
    # A call that waits is counted, and the number of queries does not follow the number of savoirs.
    call_someone(network, gazon, kind="group", person=chloe, by=alice)
    with clock.at(clock.now() + 30 * DAY):
        with queries() as few:
            rows = risks_in(network, list_risks(network).topics[""])
        assert rows[0].called == 1
        for number in range(12):
            make_post(bob, "offer", f"Savoir {number}", topics=[f"Sujet {number}"])
        with queries() as many:
            listed = list_risks(network)
            rows = risks_in(network, listed.topics[""])
        assert len(few) == len(many)
        assert listed.counts[Risk.FRAGILE] == len(listed.topics[Risk.FRAGILE]) == 12
        # The most pressing first, whatever its number of requests.
        assert [row.risks[0] for row in rows] == [Risk.SOUGHT] + [Risk.FRAGILE] * 12
        # Of those listed some minutes ago, what is at risk no more is not shown.
        topic = rows[1].topic
        make_post(chloe, "offer", "Aussi", topics=[topic.name])
        make_post(alice, "offer", "Encore", topics=[topic.name])
        left = risks_in(network, listed.topics["fragile"], risk="fragile")
        assert len(left) == 11
        assert topic not in [row.topic for row in left]
    with pytest.raises(PermissionDenied):
        say_leaving(bob, by=alice, on=None)
    with pytest.raises(ValidationError):
        say_leaving(bob, by=bob, on=clock.now().date())


def test_the_pool_is_warned_before_it_does_not_suffice(
    network: Any, alice: Any, bob: Any, chloe: Any
) -> None:
    assert trained_for("Médiation, deux jours") == ["mediate"]
    assert trained_for("Tenir une bourse") == ["fair"]
    assert trained_for("Secourisme") == []
    row = add_to_pool(network, bob, by=alice, abilities=["mediate", "fair"])
    note_training(row, by=alice, subject="Tenir une bourse", done_on=clock.now().date())
    assert pool_state(network).short == []
    starts = clock.now() + 20 * DAY
    fair = {
        "title": "Bourse",
        "starts_at": starts,
        "ends_at": starts + dt.timedelta(hours=2),
        "place": "Hall",
    }
    plan_gathering(network, "fair", by=alice, **fair)
    (need,) = pool_state(network).short
    assert (need.ability, need.wanted, need.held, need.missing) == ("fair", 3, 1, 2)
    (helper,) = pool_state(network).helpers
    assert helper.trained == ("fair",)
    assert [step.done for step in helper.paths["fair"]] == [False, True, False, False]
    # Too far away to be worried about.
    with clock.at(clock.now() - 60 * DAY):
        assert pool_state(network).short == []


def test_engagement_counts_each_member_once_and_tells_nothing_under_five(
    network: Any, alice: Any, bob: Any, chloe: Any, make_post: Any
) -> None:
    make_post(bob)
    closed(network, bob, chloe)
    found = engagement_of(network)
    assert (found.members, found.acting, found.rate) == (3, 2, None)
    (cohort,) = cohorts_of(network)
    assert cohort.joined is None
    with clock.at(clock.now() + 366 * DAY):
        assert engagement_of(network).acting == 0


def test_engagement_cohorts_and_estimates_of_a_larger_network(
    network: Any, alice: Any, make_person: Any, join: Any, make_post: Any
) -> None:
    people = [make_person(f"Membre{number}", "Essai") for number in range(20)]
    for person in people:
        join(person, network)
    for person in [*people[:5], people[19]]:
        make_post(person, "offer", f"Savoir de {person.first_name}")
    for person in people[1:6]:
        closed(network, people[0], person, used="already")
    for person in people[6:11]:
        closed(network, people[0], person, used="planned")
    found = engagement_of(network)
    assert (found.members, found.acting, found.rate) == (21, 12, 57)
    (cohort,) = cohorts_of(network)
    assert (cohort.joined, cohort.posted, cohort.exchanged, cohort.acting) == (21, 29, 52, 57)
    saved = productivity_of(network, (1, 4, 8))
    assert (saved.used, saved.planned) == (5, 5)
    assert (saved.low, saved.central, saved.high) == (5, 20, 80)
    # A week each at most, and the bounds in order whatever is typed.
    assert productivity_of(network, (100, 4, 1)).high == 10 * 35


def test_maturity_is_asked_at_the_start_and_every_year(
    network: Any, alice: Any, bob: Any, admin: Any
) -> None:
    assert ask_maturity() == 0
    change_settings(network, by=admin, systems=["community"])
    assert ask_maturity() == 1
    assert ask_maturity() == 0
    step = Step.objects.open().get(verb=Verb.MATURITY)
    assert step.owner is None
    levels = dict.fromkeys(Dimension.values, 3) | {"team": 1, "use": 5}
    with pytest.raises(PermissionDenied):
        note_maturity(network, by=bob, levels=levels)
    with pytest.raises(ValidationError):
        note_maturity(network, by=alice, levels={"team": 1})
    with pytest.raises(ValidationError, match="d’abord"):
        set_goals(network, by=alice, levels={"team": 2}, until=clock.now().date() + 100 * DAY)
    check = note_maturity(network, by=alice, levels=levels, words={"team": "Nous sommes deux."})
    assert not Step.objects.open().filter(verb=Verb.MATURITY).exists()
    assert ask_maturity() == 0
    proposed = fitting_goals(check)
    assert proposed["team"] == 2
    assert sum(level > 0 for level in proposed.values()) == 2
    set_goals(network, by=alice, levels={"team": 3}, until=clock.now().date() + 300 * DAY)
    with pytest.raises(ValidationError):
        set_goals(network, by=alice, levels={"use": 4}, until=clock.now().date() + 300 * DAY)
    found = maturity_of(network)
    assert found is not None
    assert {row.dimension: row.gap for row in found.rows if row.goal} == {"team": 2}
    with clock.at(clock.now() + 370 * DAY):
        assert ask_maturity() == 1
        note_maturity(network, by=alice, levels=levels | {"team": 3})
        found = maturity_of(network)
        assert found is not None
        (team,) = [row for row in found.rows if row.dimension == "team"]
        assert (team.level, team.before, team.gap) == (3, 1, 0)

"""The parts that judge a simulated year: what they see, and what they count."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.mail import EmailMessage, get_connection

from reciproque.agenda.actions import open_step
from reciproque.agenda.models import Step
from reciproque.agenda.rules import Verb
from reciproque.config.demo.company import colleagues
from reciproque.config.simulation.office import office_open
from reciproque.config.simulation.people import chance, characters
from reciproque.config.simulation.watch import Watch
from reciproque.config.simulation.year import months_later
from reciproque.kit import clock
from reciproque.people.models import Person

DAY = dt.timedelta(days=1)


def test_the_watch_sees_what_was_forgotten(network: Any, bob: Any, alice: Any, member: Any) -> None:
    """A step two working days late is wrong until it is reminded, escalated and in the animators' queue."""
    subject = member(bob)
    step = open_step(Verb.SIGN, subject, network=network, owner=bob, due_at=clock.now() + DAY)
    soon, later = clock.now() + DAY + dt.timedelta(hours=2), clock.now() + 4 * DAY
    for reminders, escalated, wrong in (
        (0, None, "sign: not reminded, not escalated"),
        (1, None, "sign: not escalated"),
        (0, later, "sign: not reminded"),
        (1, later, ""),
    ):
        Step.objects.filter(pk=step.pk).update(reminders=reminders, escalated_at=escalated)
        watch = Watch()
        with clock.at(soon):
            watch.look([network])
        assert watch.found == {}
        with clock.at(later):
            watch.look([network])
        assert watch.found == ({step.pk: wrong} if wrong else {})


def test_the_team_must_have_been_told(network: Any, bob: Any, alice: Any, member: Any) -> None:
    open_step(Verb.ASSIGN, member(bob), network=network, owner=None, due_at=clock.now() + DAY)
    watch = Watch()
    with clock.at(clock.now() + 4 * DAY):
        watch.look([network])
    assert list(watch.found.values()) == ["team assign: the team was not told"]


def test_a_week_is_any_seven_days() -> None:
    start = clock.now()
    with office_open() as office:
        for days in (0, 5, 6, 6.9, 7.5, 30):
            with clock.at(start + days * DAY):
                mail = EmailMessage(
                    "Sujet", "Corps", to=["Bob <bob@example.org>"], connection=get_connection()
                )
                mail.send()
        assert office.most_in_a_week(start) == 4
        # What left before the beginning counts in the weeks that end after it.
        assert office.most_in_a_week(start + 7.2 * DAY) == 4
        assert office.most_in_a_week(start + 20 * DAY) == 1
        assert office.unread["bob@example.org"] == 6
        office.closed = True
        with pytest.raises(ConnectionRefusedError):
            EmailMessage("Sujet", "Corps", to=["bob@example.org"], connection=get_connection()).send()
        assert (office.total, office.refused_connections) == (6, 1)


def test_habits_are_dealt_in_exact_shares() -> None:
    everyone = colleagues(60, chance(1, "colleagues"))
    persons = {one.clean.external_id: Person(pk=n) for n, one in enumerate(everyone)}
    people = characters(everyone, persons, set(), seed=1, days=365)
    number = len(people)
    assert sum(one.silent for one in people) == round(0.3 * number)
    assert sum(one.forgetful for one in people) == round(0.1 * number)
    assert sum(one.leaves_on is not None for one in people) == 2
    assert not any(one.silent and (one.forgetful or one.leads) for one in people)


def test_months_end_on_the_same_day_or_the_last_one() -> None:
    assert months_later(dt.date(2026, 1, 5), 12) == dt.date(2027, 1, 5)
    assert months_later(dt.date(2026, 1, 31), 1) == dt.date(2026, 2, 28)
    assert months_later(dt.date(2026, 12, 1), 1) == dt.date(2027, 1, 1)

"""The worker: reactions, duties at their hour, a clean stop, and errors that end nothing."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from reciproque.catalogue.models import Post
from reciproque.config import worker as working
from reciproque.journal.models import Fact, Reaction
from reciproque.kit import clock
from reciproque.networks.models import Membership
from reciproque.people.models import Person

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def duties(monkeypatch: Any) -> list[str]:
    """A timetable of two duties, the first of which fails; what was called, in order."""
    called: list[str] = []

    def fails() -> int:
        called.append("fails")
        raise RuntimeError("out of paper")

    def works() -> int:
        called.append("works")
        return 3

    monkeypatch.setattr(working, "TIMETABLE", [("fails", HOUR, fails), ("works", 2 * HOUR, works)])
    return called


def test_each_duty_at_its_hour_though_another_fails(db: None, duties: list[str]) -> None:
    worker, start = working.Worker(), clock.now()
    for hours, expected in ((0, ["fails", "works"]), (0.5, []), (1, ["fails"]), (2, ["fails", "works"])):
        duties.clear()
        with clock.at(start + hours * HOUR):
            assert worker.clock_duties() == ("works" in expected)
        assert duties == expected


def test_a_worker_asked_to_stop_starts_nothing_more(db: None, duties: list[str]) -> None:
    worker = working.Worker()
    worker.stop()
    assert worker.clock_duties() == 0
    assert duties == []


def test_it_ends_when_told(db: None, monkeypatch: Any) -> None:
    worker = working.Worker()
    turns: list[int] = []

    def turn() -> int:
        turns.append(1)
        if len(turns) == 3:
            worker.stop()
        return 1

    monkeypatch.setattr(worker, "turn", turn)
    monkeypatch.setattr(working.signal, "signal", lambda *_: None)
    monkeypatch.setattr(working, "close_old_connections", lambda: None)
    monkeypatch.setattr(working.connection, "close", lambda: None)
    worker.run(pause=0)
    assert len(turns) == 3


def test_one_turn_reacts_and_writes_messages(
    network: Any, bob: Any, chloe: Any, make_post: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(working, "TIMETABLE", [])
    make_post(bob)
    assert Reaction.objects.filter(state="waiting").exists()
    worker = working.Worker()
    while worker.turn():
        pass
    assert not Reaction.objects.filter(state="waiting").exists()


def test_every_duty_once_by_hand(network: Any, bob: Any, chloe: Any, make_post: Any) -> None:
    bob.leaves_on = clock.now().date()
    bob.save()
    make_post(bob)
    expiring = make_post(chloe)
    with clock.at(clock.now() + dt.timedelta(days=360)):
        done = working.do_daily()
        assert list(done) == [name for name, _every, _duty in working.TIMETABLE]
        assert (done["people who left"], done["posts about to expire"], done["suggestions"]) == (1, 1, 1)
    assert not Person.objects.get(pk=bob.pk).is_active
    assert Membership.objects.get(person=bob).state == "left"  # in the same pass
    assert Post.objects.get(author=bob).state == "withdrawn"
    assert Fact.objects.filter(name="post.expiring", subject_id=expiring.public_id).count() == 1
    with clock.at(clock.now() + dt.timedelta(days=360, minutes=1)):
        # A year of figures is told some at a time; everything else was done, and is not done twice.
        again = [{name for name, number in working.do_daily().items() if number} for _time in range(8)]
        assert again[0] <= {"figures to tell everybody"}
        assert not again[-1]

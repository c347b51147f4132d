"""Never more e-mails in seven days than promised, nor at hours when somebody asked for quiet."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core import mail

from reciproque.kit import clock
from reciproque.notices.actions import choose_notices, send_digests, send_waiting
from reciproque.notices.models import Outgoing
from reciproque.people.models import Person

HOUR, DAY, WEEK = dt.timedelta(hours=1), dt.timedelta(days=1), dt.timedelta(days=7)


@pytest.fixture
def write(bob: Person) -> Any:
    """Write messages that wait, at this moment."""
    number = iter(range(1, 10_000))

    def write_(count: int = 1, person: Person | None = None, **fields: Any) -> list[Outgoing]:
        return [
            Outgoing.objects.create(
                fact_id=(one := next(number)),
                fact_name="x.y",
                person=person or bob,
                subject=f"Sujet {one}",
                text="Bonjour",
                html="<p>Bonjour</p>",
                **fields,
            )
            for _ in range(count)
        ]

    return write_


def live(
    start: dt.datetime, hours: int, each_hour: Any = None, step: int = 1
) -> dict[dt.datetime, list[str]]:
    """Let the worker work for so long; return which e-mails left when."""
    left: dict[dt.datetime, list[str]] = {}
    for hour in range(0, hours, step):
        with clock.at(start + hour * HOUR):
            if each_hour:
                each_hour(hour)
            before = len(mail.outbox)
            send_waiting()
            if send_digests():
                send_waiting()
            if len(mail.outbox) > before:
                left[clock.now()] = [sent.subject for sent in mail.outbox[before:]]
    return left


def busiest_week(left: dict[dt.datetime, list[str]]) -> int:
    moments = [moment for moment, subjects in left.items() for _ in subjects]
    return max(sum(start <= moment < start + WEEK for moment in moments) for start in moments)


@pytest.mark.parametrize("limit", [1, 2, 14])
def test_nobody_receives_more_than_the_limit_in_any_seven_days(write: Any, settings: Any, limit: int) -> None:
    settings.MESSAGES_A_WEEK = limit
    messages = 120
    left = live(
        clock.now(),
        24 * 32,
        lambda hour: write(urgent=hour % 12 == 0) if hour < messages * 4 else None,
        step=4,
    )
    assert busiest_week(left) <= limit
    # Nothing is lost: all left, alone or with others.
    assert not Outgoing.objects.filter(state__in=["waiting", "held", "sending"]).exists()
    assert Outgoing.objects.filter(state__in=["sent", "grouped"], fact_id__isnull=False).count() == messages


def test_beyond_the_limit_less_one_they_leave_together(write: Any, settings: Any) -> None:
    settings.MESSAGES_A_WEEK = 4
    write(10)
    left = live(clock.now(), 30)
    first, second = left.values()
    assert first == ["Sujet 1", "Sujet 2", "Sujet 3"]
    assert second == ["7 messages pour vous"]
    # At eight in the morning, where Bob is.
    assert list(left)[1].hour == 7
    letter = mail.outbox[-1]
    assert all(f"* Sujet {number}\n" in letter.body for number in range(4, 11))


def test_what_cannot_wait_takes_the_last_place_with_what_was_kept(write: Any, settings: Any) -> None:
    settings.MESSAGES_A_WEEK = 3
    write(4)
    send_waiting()
    assert [sent.subject for sent in mail.outbox] == ["Sujet 1", "Sujet 2"]
    [urgent] = write(1, urgent=True, ics="BEGIN:VCALENDAR", ics_method="CANCEL")
    send_waiting()
    send_waiting()
    letter = mail.outbox[-1]
    assert len(mail.outbox) == 3
    assert letter.subject == urgent.subject
    assert letter.body.index("Sujet 5") < letter.body.index("Sujet 3") < letter.body.index("Sujet 4")
    assert [part[0] for part in letter.attachments] == ["invitation-1.ics"]
    # One more cannot leave before the first of the week is seven days old, urgent or not.
    write(1, urgent=True)
    left = live(clock.now() + HOUR, 8 * 24)
    assert next(iter(left)) >= clock.now() + WEEK


def test_urgent_ones_leave_first(write: Any) -> None:
    write(2)
    write(1, urgent=True)
    send_waiting()
    assert [sent.subject for sent in mail.outbox] == ["Sujet 3", "Sujet 1", "Sujet 2"]


def test_two_people_do_not_share_a_limit(write: Any, settings: Any, chloe: Person) -> None:
    settings.MESSAGES_A_WEEK = 2
    write(2)
    write(2, person=chloe)
    send_waiting()
    assert len(mail.outbox) == 2


def test_quiet_hours_are_those_of_the_readers_zone(write: Any, bob: Person) -> None:
    Person.objects.filter(pk=bob.pk).update(time_zone="America/Martinique")
    bob.refresh_from_db()
    choose_notices(bob, by=bob, quiet_from=dt.time(20), quiet_until=dt.time(8))
    # 9:00 UTC is 5:00 there.
    write()
    write(1, urgent=True)
    left = live(clock.now(), 6)
    assert list(left.values()) == [["Sujet 2"], ["Sujet 1"]]
    assert list(left)[1].hour == 12


def test_during_a_pause_only_what_changes_soon_is_told(write: Any, bob: Person) -> None:
    choose_notices(bob, by=bob, paused_until=clock.now() + 2 * DAY)
    write(3)
    write(1, urgent=True)
    left = live(clock.now(), 60)
    assert list(left.values()) == [["Sujet 4"], ["3 messages pour vous"]]
    assert list(left)[1] == clock.now() + 2 * DAY


def test_a_message_kept_then_unwanted_is_dropped(write: Any, bob: Person) -> None:
    choose_notices(bob, by=bob, rhythm="daily")
    write(2, state="held", category="finds")
    write(1, state="held", category="meetings")
    choose_notices(bob, by=bob, rhythm="daily", muted=["finds"])
    left = live(clock.now(), 30)
    assert list(left.values()) == [["Sujet 3"]]
    write(1, state="held")
    choose_notices(bob, by=bob, rhythm="none")
    assert live(clock.now() + 30 * HOUR, 30) == {}


def test_two_workers_never_pass_the_limit_together(
    at_once: Any, write: Any, settings: Any, bob: Person
) -> None:
    settings.MESSAGES_A_WEEK = 3
    write(12)
    at_once(send_waiting, send_waiting, send_waiting)
    assert Outgoing.objects.filter(state="sent").count() == 2
    at_once(send_waiting, send_waiting)
    assert Outgoing.objects.filter(state="sent").count() == 2

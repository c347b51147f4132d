"""Retries, refusals and choices, without any database."""

import datetime as dt
import smtplib

import pytest

from reciproque.notices.rules import (
    LEASE,
    MAX_TRIES,
    WAITS,
    Category,
    Rhythm,
    hour_passed,
    is_connection_lost,
    is_dead_address,
    is_final,
    next_digest,
    quiet_end,
    retry_after,
    wants_mail,
    words_of,
)


def test_waits_grow_and_last_more_than_a_day() -> None:
    waits = [retry_after(tries) for tries in range(1, MAX_TRIES)]
    assert waits == sorted(waits) == WAITS
    assert sum(waits, dt.timedelta()) > dt.timedelta(days=1)
    assert retry_after(100) == WAITS[-1]


@pytest.mark.parametrize(
    ("rhythm", "muted", "wanted"),
    [
        (Rhythm.AT_ONCE, [], True),
        (Rhythm.AT_ONCE, [Category.FINDS], True),
        (Rhythm.AT_ONCE, [Category.MEETINGS], False),
        (Rhythm.NONE, [], False),
    ],
)
def test_choices(rhythm: str, muted: list[str], wanted: bool) -> None:
    assert wants_mail(rhythm, muted, Category.MEETINGS) is wanted


@pytest.mark.parametrize(
    ("error", "final", "lost"),
    [
        (smtplib.SMTPRecipientsRefused({"a@b.c": (550, b"no such user")}), True, False),
        (smtplib.SMTPRecipientsRefused({"a@b.c": (450, b"greylisted")}), False, False),
        (smtplib.SMTPDataError(554, b"refused"), True, False),
        (smtplib.SMTPDataError(451, b"later"), False, False),
        (smtplib.SMTPServerDisconnected("gone"), False, True),
        (ConnectionRefusedError(111, "refused"), False, True),
        (TimeoutError("timed out"), False, True),
        (ValueError("a header with two lines"), True, False),
    ],
)
def test_what_a_refusal_means(error: Exception, final: bool, lost: bool) -> None:
    assert is_final(error) is final
    assert is_connection_lost(error) is lost
    assert words_of(error)


def test_words_of_the_server_are_kept() -> None:
    error = smtplib.SMTPRecipientsRefused({"a@b.c": (550, b"no such user")})
    assert words_of(error) == "550 no such user"


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("now", "zone", "rhythm", "expected"),
    [
        ("2026-03-02T06:59", "Europe/Paris", Rhythm.DAILY, "2026-03-02T07:00"),
        ("2026-03-02T07:00", "Europe/Paris", Rhythm.DAILY, "2026-03-03T07:00"),
        # The night in which clocks go forward: eight o’clock comes an hour sooner.
        ("2026-03-28T12:00", "Europe/Paris", Rhythm.DAILY, "2026-03-29T06:00"),
        ("2026-03-02T06:59", "Europe/Paris", Rhythm.WEEKLY, "2026-03-02T07:00"),
        ("2026-03-02T07:00", "Europe/Paris", Rhythm.WEEKLY, "2026-03-09T07:00"),
        ("2026-03-02T06:00", "Pacific/Auckland", Rhythm.WEEKLY, "2026-03-08T19:00"),
    ],
)
def test_letters_leave_at_eight_where_the_reader_is(now: str, zone: str, rhythm: str, expected: str) -> None:
    assert next_digest(at(now), zone, rhythm) == at(expected)


@pytest.mark.parametrize(
    ("now", "hours", "expected"),
    [
        ("2026-03-02T18:59", (20, 8), None),
        ("2026-03-02T19:00", (20, 8), "2026-03-03T07:00"),
        ("2026-03-03T06:59", (20, 8), "2026-03-03T07:00"),
        ("2026-03-03T07:00", (20, 8), None),
        ("2026-03-02T11:30", (12, 14), "2026-03-02T13:00"),
        ("2026-03-02T13:00", (12, 14), None),
        # The night in which clocks go forward.
        ("2026-03-28T22:00", (20, 8), "2026-03-29T06:00"),
    ],
)
def test_quiet_hours(now: str, hours: tuple[int, int], expected: str | None) -> None:
    start, end = (dt.time(hour) for hour in hours)
    assert quiet_end(at(now), "Europe/Paris", start, end) == (at(expected) if expected else None)


def test_no_quiet_hours() -> None:
    assert quiet_end(at("2026-03-02T23:00"), "Europe/Paris", None, None) is None


def test_an_hour_of_the_day_comes_once() -> None:
    now = at("2026-03-02T08:30")
    assert hour_passed(now, None, "Europe/Paris", 9, None)
    assert hour_passed(now, at("2026-03-01T08:30"), "Europe/Paris", 9, 0)
    assert not hour_passed(now, at("2026-03-02T08:10"), "Europe/Paris", 9, None)
    assert not hour_passed(at("2026-03-02T07:59"), None, "Europe/Paris", 9, None)
    assert not hour_passed(now, None, "Europe/Paris", 9, 1)


@pytest.mark.parametrize(
    ("words", "dead"),
    [
        ("550 5.1.1 <bob@example.org>: Recipient address rejected", True),
        ("5.1.1 smtp; 550 User unknown", True),
        ("550 no such user", True),
        ("550 Unknown user", True),
        ("554 5.2.2 mailbox full", False),
        ("550 5.7.1 Message rejected as spam; user unknown to you", False),
        ("552 message too long", False),
        ("450 4.2.1 no such user for now", False),
        ("554 Message refused", False),
    ],
)
def test_what_says_that_an_address_is_dead(words: str, dead: bool) -> None:
    assert is_dead_address(words) is dead


def test_the_lease_is_longer_than_any_wait_for_the_server() -> None:
    from reciproque.notices.engine.mailer import POINT_TIMEOUT

    assert LEASE.total_seconds() > POINT_TIMEOUT + 120

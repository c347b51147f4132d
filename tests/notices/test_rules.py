"""Retries, refusals and choices, without any database."""

import datetime as dt
import smtplib

import pytest

from reciproque.notices.rules import (
    MAX_TRIES,
    WAITS,
    Category,
    Rhythm,
    is_connection_lost,
    is_final,
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

"""Working days, and dates as people say them."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import translation

from reciproque.kit.dates import (
    after_working_days,
    day_in_words,
    hour_in_words,
    is_working_day,
    moment_in_words,
)

PARIS = "Europe/Paris"


def utc(*parts: int) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (dt.date(2026, 3, 2), True),  # a Monday
        (dt.date(2026, 3, 7), False),  # a Saturday
        (dt.date(2026, 5, 1), False),  # a holiday, on a Friday
        (dt.date(2026, 4, 6), False),  # Easter Monday, which moves
    ],
)
def test_working_days(day: dt.date, works: bool) -> None:
    assert is_working_day(day) is works


def test_a_holiday_of_one_country_is_a_working_day_of_another() -> None:
    assert not is_working_day(dt.date(2026, 7, 14), "FR")
    assert is_working_day(dt.date(2026, 7, 14), "GB")


@pytest.mark.parametrize(
    ("moment", "days", "expected"),
    [
        (utc(2026, 3, 2, 9), 5, utc(2026, 3, 9, 17)),  # the weekend is not counted
        (utc(2026, 3, 2, 9), 0, utc(2026, 3, 2, 17)),
        (utc(2026, 3, 7, 9), 0, utc(2026, 3, 9, 17)),  # from a Saturday: the next working day
        (utc(2026, 3, 27, 9), 1, utc(2026, 3, 30, 16)),  # summer time began in between
        (utc(2026, 4, 30, 9), 1, utc(2026, 5, 4, 16)),  # 1 May, then the weekend
        (utc(2026, 3, 2, 23, 30), 1, utc(2026, 3, 4, 17)),  # already Tuesday in Paris
        (utc(2026, 3, 2, 9), -3, utc(2026, 3, 2, 17)),
    ],
)
def test_a_deadline_is_the_evening_of_a_working_day(
    moment: dt.datetime, days: int, expected: dt.datetime
) -> None:
    assert after_working_days(moment, days) == expected


def test_a_deadline_is_in_the_zone_of_who_must_act() -> None:
    assert after_working_days(utc(2026, 3, 2, 9), 1, "Indian/Reunion") == utc(2026, 3, 3, 14)


def test_days_in_words() -> None:
    today = dt.date(2026, 3, 2)
    assert day_in_words(dt.date(2026, 3, 3), today) == "mardi 3 mars"
    assert day_in_words(dt.date(2026, 4, 1), today) == "mercredi 1er avril"
    assert day_in_words(dt.date(2027, 1, 1), today) == "vendredi 1er janvier 2027"
    assert day_in_words(dt.date(2026, 3, 11)) == "mercredi 11 mars 2026"
    with translation.override("en"):
        assert day_in_words(dt.date(2026, 3, 3), today) == "Tuesday 3 March"


def test_hours_in_words() -> None:
    assert hour_in_words(utc(2026, 3, 2, 13), PARIS) == "14\u00a0h"
    assert hour_in_words(utc(2026, 3, 2, 13, 5), PARIS) == "14\u00a0h\u00a005"
    with translation.override("en"):
        assert hour_in_words(utc(2026, 3, 2, 13, 30), PARIS).replace("\u00a0", " ") == "2:30 pm"


def test_a_moment_is_said_where_the_reader_is() -> None:
    late = utc(2026, 12, 31, 23, 30)
    assert moment_in_words(late, PARIS, late) == "vendredi 1er janvier, 0\u00a0h\u00a030"
    assert moment_in_words(late, "America/Cayenne", late) == "jeudi 31 décembre, 20\u00a0h\u00a030"

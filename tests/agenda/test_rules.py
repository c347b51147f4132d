"""Dates that can be proposed, and what happens when nothing is done."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from reciproque.agenda.rules import CONSEQUENCES, Mode, Verb, check_mode, check_slots

NOW = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


@pytest.mark.parametrize(
    ("starts", "minutes", "sentence"),
    [
        ([], 60, "au moins une date"),
        ([NOW + n * DAY for n in range(1, 5)], 60, "trois dates au plus"),
        ([NOW + DAY, NOW + DAY], 60, "sont les mêmes"),
        ([NOW + DAY, NOW], 60, "déjà passée"),
        ([NOW + 366 * DAY], 60, "plus d’un an"),
        ([NOW + DAY], 14, "15 minutes à 8 heures"),
        ([NOW + DAY], 481, "15 minutes à 8 heures"),
    ],
)
def test_impossible_dates_are_refused_in_words(
    starts: list[dt.datetime], minutes: int, sentence: str
) -> None:
    with pytest.raises(ValidationError, match=sentence):
        check_slots(starts, minutes, NOW)


@pytest.mark.parametrize("minutes", [15, 480])
def test_possible_dates(minutes: int) -> None:
    check_slots([NOW + dt.timedelta(minutes=1), NOW + DAY, NOW + 365 * DAY], minutes, NOW)


def test_ways_of_meeting() -> None:
    assert [check_mode(mode) for mode in Mode.values] == ["face", "phone", "video"]
    with pytest.raises(ValidationError, match="comment vous rencontrer"):
        check_mode("telepathy")


def test_every_step_says_what_happens_without_it() -> None:
    assert set(CONSEQUENCES) == set(Verb)

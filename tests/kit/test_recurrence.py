"""Rules that repeat, against another program's reading of the same rules; and those written to harm."""

from __future__ import annotations

import datetime as dt
import random
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr

from reciproque.kit.recurrence import WEEKDAYS, Budget, Spent, Unreadable, occurrences, read_rule

FIRST = dt.datetime(2026, 1, 5, 9, 30)
LOW, HIGH = dt.datetime(2026, 3, 1), dt.datetime(2026, 5, 1)


def times(text: str, first: dt.datetime = FIRST, low: dt.datetime = LOW, budget: int = 10_000) -> list[str]:
    rule = read_rule(text, ZoneInfo("Europe/Paris"))
    return [f"{time:%m-%d %H:%M}" for time in occurrences(rule, first, low, HIGH, Budget(budget))]


def some(numbers: random.Random, values: list[int], most: int) -> str:
    return ",".join(map(str, numbers.sample(values, numbers.randint(1, most))))


def invent(numbers: random.Random) -> str:  # noqa: C901 (a list of what a rule may hold)
    """Return a rule as calendars write them, and stranger."""
    every = numbers.choice(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"])
    parts = [f"FREQ={every}"]
    if numbers.random() < 0.5:
        parts.append(f"INTERVAL={numbers.randint(1, 5)}")
    if numbers.random() < 0.3:
        parts.append(f"COUNT={numbers.randint(1, 40)}")
    elif numbers.random() < 0.3:
        parts.append(f"UNTIL=2026{numbers.randint(1, 12):02}{numbers.randint(1, 28):02}T120000")
    if numbers.random() < 0.3:
        parts.append("BYMONTH=" + some(numbers, list(range(1, 13)), 4))
    if numbers.random() < 0.3 and every != "WEEKLY":
        parts.append("BYMONTHDAY=" + some(numbers, [*range(1, 32), -1, -2, -15], 4))
    if numbers.random() < 0.5:
        days = numbers.sample(WEEKDAYS, numbers.randint(1, 4))
        if every in ("MONTHLY", "YEARLY") and numbers.random() < 0.7:
            days = [f"{numbers.choice([1, 2, 3, 4, 5, -1, -2])}{day}" for day in days]
        parts.append("BYDAY=" + ",".join(days))
        if every == "YEARLY" and numbers.random() < 0.3:
            parts.append("BYWEEKNO=" + some(numbers, [1, 2, 20, 52, 53, -1], 2))
    if numbers.random() < 0.1 and every == "YEARLY":
        parts.append("BYYEARDAY=" + some(numbers, [1, 50, 100, 200, 366, -1, -100], 2))
    if numbers.random() < 0.2:
        parts.append("BYHOUR=" + some(numbers, list(range(24)), 2))
    # The other program begins its first week in the middle.
    if numbers.random() < 0.2 and every != "WEEKLY" and any(part.startswith("BY") for part in parts):
        parts.append("BYSETPOS=" + some(numbers, [1, 2, 3, -1], 2))
    if numbers.random() < 0.3 and "BYWEEKNO" not in ";".join(parts):
        parts.append("WKST=" + numbers.choice(["MO", "SU"]))
    return ";".join(parts)


@pytest.mark.parametrize("seed", range(5))
def test_the_same_times_as_another_program(seed: int) -> None:
    numbers, compared = random.Random(seed), 0
    for _ in range(60):
        text = invent(numbers)
        first = dt.datetime(2025, numbers.randint(1, 12), numbers.randint(1, 28), numbers.randint(0, 23), 30)
        ours = list(occurrences(read_rule(text, dt.UTC), first, LOW, HIGH, Budget(10**6)))
        theirs = []
        for moment in rrulestr(f"RRULE:{text}", dtstart=first):
            if moment >= HIGH:
                break
            if moment >= LOW:
                theirs.append(moment)
        assert ours == theirs, text
        compared += len(ours)
    assert compared > 100


def test_a_limit_in_universal_time_is_on_the_clock_of_the_place() -> None:
    # 07:30 in Paris is 05:30 UTC in summer.
    assert times("FREQ=DAILY;UNTIL=20260402T073000Z", low=dt.datetime(2026, 4, 1)) == [
        "04-01 09:30",
        "04-02 09:30",
    ]
    assert times("FREQ=DAILY;UNTIL=20260402T072959Z", low=dt.datetime(2026, 4, 1)) == ["04-01 09:30"]
    assert times("FREQ=DAILY;UNTIL=20260402", low=dt.datetime(2026, 4, 1))[-1] == "04-02 09:30"


def test_what_is_long_past_is_skipped_in_step() -> None:
    old = dt.datetime(1970, 1, 1, 8)
    assert times("FREQ=DAILY;INTERVAL=30", old, budget=400) == times("FREQ=DAILY;INTERVAL=30", old)
    assert len(times("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE", old, budget=400)) > 5


@pytest.mark.parametrize(
    "text",
    [
        "",
        "FREQ=SECONDLY",
        "FREQ=MINUTELY;INTERVAL=5",
        "FREQ=HOURLY",
        "FREQ=FORTNIGHTLY",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;INTERVAL=-1",
        "FREQ=DAILY;COUNT=0",
        "FREQ=DAILY;COUNT=x",
        "FREQ=DAILY;UNTIL=tomorrow",
        "FREQ=DAILY;UNTIL=20261301",
        "FREQ=DAILY;BYMONTH=13",
        "FREQ=DAILY;BYDAY=XX",
        "FREQ=DAILY;BYDAY=,",
        "FREQ=DAILY;BYHOUR=24",
        "FREQ=DAILY;WKST=",
    ],
)
def test_rules_that_are_not_followed(text: str) -> None:
    if text == "FREQ=DAILY;BYDAY=,":
        assert len(times(text)) == 61
        return
    with pytest.raises(Unreadable):
        times(text)


def test_many_times_a_day_are_refused() -> None:
    every_minute = ",".join(map(str, range(60)))
    with pytest.raises(Unreadable):
        times(f"FREQ=DAILY;BYHOUR=1,2;BYMINUTE={every_minute}")


@pytest.mark.parametrize(
    "text", ["FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;INTERVAL=7"]
)
def test_a_day_that_never_comes_costs_no_more_than_the_period(text: str) -> None:
    assert times(text, budget=1000) == []


def test_an_old_count_is_paid_from_the_budget() -> None:
    with pytest.raises(Spent):
        times("FREQ=DAILY;COUNT=999999", dt.datetime(1, 1, 1), budget=10_000)


def test_the_last_year_there_is() -> None:
    rule = read_rule("FREQ=YEARLY;INTERVAL=9000", dt.UTC)
    end = dt.datetime(9999, 12, 31)
    assert list(occurrences(rule, FIRST, FIRST, end, Budget(10**6))) == [FIRST]

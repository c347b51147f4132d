"""Who reads which fact, and when a failure is tried again."""

from __future__ import annotations

import datetime as dt

from reciproque.journal import rules


def test_readers_are_told_once_each_in_order() -> None:
    name = "test.read_in_order"
    for reader in ("one", "two", "one"):
        rules.subscribe(reader, [name])
    assert rules.readers_of(name) == ["one", "two"]
    assert rules.readers_of("test.nobody_reads_this") == []


def test_a_failure_waits_five_times_longer_each_time_but_not_for_ever() -> None:
    waits = [rules.retry_after(tries).total_seconds() for tries in range(1, 8)]
    assert waits == [10, 50, 250, 1250, 6250, 31250, 31250]
    assert rules.retry_after(0) == dt.timedelta(seconds=10)

"""The only clock: simulated for tests and history, shifted in the demo."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from reciproque.kit import clock

NOON = dt.datetime(2026, 7, 1, 12, 0, tzinfo=dt.UTC)


@pytest.fixture
def shifted(tmp_path: Path) -> Iterator[Path]:
    file = tmp_path / "deep" / "clock"
    clock.use_shift_file(file)
    yield file
    clock.use_shift_file(None)


def test_a_simulated_moment_is_in_utc_and_ends_with_its_block() -> None:
    before = clock.now()
    with clock.at(NOON.astimezone(dt.timezone(dt.timedelta(hours=2)))):
        assert clock.now() == NOON
        assert clock.now().utcoffset() == dt.timedelta()
        with clock.at(NOON + dt.timedelta(days=1)):
            assert clock.now().day == 2
        assert clock.now() == NOON
    assert clock.now() == before


def test_a_simulated_moment_stays_in_its_thread() -> None:
    seen: list[dt.datetime] = []
    with clock.at(NOON):
        thread = threading.Thread(target=lambda: seen.append(clock.now()))
        thread.start()
        thread.join()
    assert seen[0] != NOON


def test_outside_the_demo_the_clock_cannot_be_moved() -> None:
    assert clock.shift() == dt.timedelta()
    with pytest.raises(ValueError, match="demo only"):
        clock.move(dt.timedelta(days=1))


def test_the_demo_moves_forward_for_every_process(shifted: Path) -> None:
    assert clock.shift() == dt.timedelta()
    clock.move(dt.timedelta(days=1))
    assert clock.move(dt.timedelta(days=7)) == dt.timedelta(days=8)
    clock.use_shift_file(shifted)  # another process opens the same file
    assert clock.shift() == dt.timedelta(days=8)


def test_a_damaged_shift_file_is_no_shift(shifted: Path) -> None:
    clock.move(dt.timedelta(days=1))
    shifted.write_text("tomorrow")
    assert clock.shift() == dt.timedelta()

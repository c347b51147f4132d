"""The only clock of the house: real time, a simulated moment, or the demo's shifted time."""

import contextlib
import datetime as dt
from collections.abc import Iterator
from contextvars import ContextVar
from pathlib import Path

_simulated: ContextVar[dt.datetime | None] = ContextVar("simulated", default=None)
_shift_file: Path | None = None
_shift: tuple[int, dt.timedelta] = (-1, dt.timedelta())


def now() -> dt.datetime:
    """Return the present moment (aware, UTC) as the product sees it."""
    moment = _simulated.get()
    return moment if moment is not None else dt.datetime.now(dt.UTC) + shift()


@contextlib.contextmanager
def at(moment: dt.datetime) -> Iterator[None]:
    """Run the block as if it were `moment` (aware): simulations, demo history, tests."""
    token = _simulated.set(moment.astimezone(dt.UTC))
    try:
        yield
    finally:
        _simulated.reset(token)


def use_shift_file(path: Path | None) -> None:
    """Share one shift between the demo's processes through a small file; None switches it off."""
    global _shift_file, _shift
    _shift_file, _shift = path, (-1, dt.timedelta())


def shift() -> dt.timedelta:
    """Return how far the demo's clock runs ahead of real time (zero outside the demo)."""
    global _shift
    if _shift_file is None:
        return dt.timedelta()
    try:
        stamp = _shift_file.stat().st_mtime_ns
        if stamp != _shift[0]:
            _shift = (stamp, dt.timedelta(seconds=float(_shift_file.read_text() or 0)))
    except (OSError, ValueError):
        _shift = (-1, dt.timedelta())
    return _shift[1]


def move(by: dt.timedelta) -> dt.timedelta:
    """Move the demo's clock forward and return the new shift; ValueError outside the demo."""
    if _shift_file is None:
        raise ValueError("the clock can be moved in the demo only")
    total = shift() + by
    _shift_file.parent.mkdir(parents=True, exist_ok=True)
    _shift_file.write_text(str(total.total_seconds()))
    return total

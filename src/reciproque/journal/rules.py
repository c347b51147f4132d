"""Who reads which fact. Filled once at start by `config.reactions`; the journal itself knows nobody above."""

import datetime as dt
from collections.abc import Iterable

MAX_TRIES = 6

_readers: dict[str, list[str]] = {}


def subscribe(reader: str, names: Iterable[str]) -> None:
    """Note that `reader` must be given each fact of these names."""
    for name in names:
        readers = _readers.setdefault(name, [])
        if reader not in readers:
            readers.append(reader)


def readers_of(name: str) -> list[str]:
    """Return the readers to whom a fact of this name is promised."""
    return _readers.get(name, [])


def retry_after(tries: int) -> dt.timedelta:
    """Return the wait before the next try of a failed reaction: 10 s, then five times longer each time."""
    return dt.timedelta(seconds=10 * 5 ** min(max(tries - 1, 0), 5))

"""Who reads which fact. Filled once at start by `config.reactions`; the journal itself knows nobody above."""

import contextlib
import datetime as dt
from collections.abc import Iterable, Iterator
from contextvars import ContextVar

MAX_TRIES = 6

_readers: dict[str, list[str]] = {}
_unpromised: ContextVar[frozenset[str]] = ContextVar("unpromised", default=frozenset())


def subscribe(reader: str, names: Iterable[str]) -> None:
    """Note that `reader` must be given each fact of these names."""
    for name in names:
        readers = _readers.setdefault(name, [])
        if reader not in readers:
            readers.append(reader)


def readers_of(name: str) -> list[str]:
    """Return the readers to whom a fact of this name is promised."""
    readers, unpromised = _readers.get(name, []), _unpromised.get()
    return [reader for reader in readers if reader not in unpromised] if unpromised else readers


@contextlib.contextmanager
def unpromised(*readers: str) -> Iterator[None]:
    """Promise nothing to these readers during the block: whoever writes a history brings them up to date at its end."""
    token = _unpromised.set(frozenset(readers))
    try:
        yield
    finally:
        _unpromised.reset(token)


def retry_after(tries: int) -> dt.timedelta:
    """Return the wait before the next try of a failed reaction: 10 s, then five times longer each time."""
    return dt.timedelta(seconds=10 * 5 ** min(max(tries - 1, 0), 5))

"""The list that tells which badges are revoked: one bit each, so that asking about one names nobody."""

from __future__ import annotations

import base64
import gzip
import zlib
from collections.abc import Iterable

# The least that the standard allows: one badge hides among 131 072.
SIZE = 131_072
MOST = 5 * 1024 * 1024


def encode(places: Iterable[int]) -> str:
    """Return the list whose bits at these places are set, as the standard writes it."""
    bits = bytearray(SIZE // 8)
    for place in places:
        if not 0 <= place < SIZE:
            raise ValueError(place)
        bits[place // 8] |= 0x80 >> (place % 8)
    # mtime=0: the same list is always the same text.
    return "u" + base64.urlsafe_b64encode(gzip.compress(bytes(bits), mtime=0)).decode().rstrip("=")


def decode(text: str) -> set[int]:
    """Return the places whose bit is set; ValueError when this is no such list."""
    if not text.startswith("u"):
        raise ValueError("not a list")
    body = text[1:]
    try:
        inflator = zlib.decompressobj(wbits=31)
        bits = inflator.decompress(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)), MOST)
    except zlib.error:
        raise ValueError("not a list") from None
    if inflator.unconsumed_tail:
        raise ValueError("too long")
    return {
        8 * number + bit
        for number, byte in enumerate(bits)
        if byte
        for bit in range(8)
        if byte & (0x80 >> bit)
    }

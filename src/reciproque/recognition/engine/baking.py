"""Put a badge into its picture and take it out again: both generations of the standard in one file."""

from __future__ import annotations

import html
import json
import re
import struct
import zlib
from typing import Any

PNG = b"\x89PNG\r\n\x1a\n"
# A text compressed in a picture may not swell beyond this.
TEXT_MOST = 256 * 1024
_NEW = b"openbadgecredential"
_OLD = b"openbadges"
_IN_SVG = re.compile(rb"<openbadges:credential\b[^>]{0,400}?\bverify=\"([A-Za-z0-9_.\-]{1,262144})\"")
_ENVELOPE = re.compile(r"^data:application/(?:vc\+jwt|vc-ld\+jwt|jwt),(.+)$", re.DOTALL)


class NoBadge(Exception):
    """There is no badge in this file."""


class SeveralBadges(NoBadge):
    """There are several badges in this file: each is checked on its own."""


def _chunks(picture: bytes) -> list[tuple[bytes, bytes]]:
    if not picture.startswith(PNG):
        raise NoBadge
    found, at = [], len(PNG)
    while at + 12 <= len(picture):
        (length,) = struct.unpack_from(">I", picture, at)
        if at + 12 + length > len(picture):
            raise NoBadge
        found.append((picture[at + 4 : at + 8], picture[at + 8 : at + 8 + length]))
        at += 12 + length
    return found


def _written(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _text(keyword: bytes, words: str) -> bytes:
    return _written(b"iTXt", keyword + b"\x00" * 5 + words.encode())


def bake_png(picture: bytes, token: str, old: dict[str, Any] | None) -> bytes:
    """Return the picture with the signed credential in it, and the assertion for old readers if there is one."""
    extra = _text(_NEW, token)
    if old is not None:
        extra += _text(_OLD, json.dumps(old, ensure_ascii=False, separators=(",", ":")))
    parts = [PNG]
    for kind, body in _chunks(picture):
        if kind == b"IEND":
            parts.append(extra)
        parts.append(_written(kind, body))
    return b"".join(parts)


def bake_svg(picture: str, token: str, old: dict[str, Any] | None) -> bytes:
    """Return the drawing with the signed credential in it, and the assertion for old readers if there is one."""
    extra = (
        '<openbadges:credential xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0"'
        f' verify="{html.escape(token)}"/>'
    )
    if old is not None:
        words = json.dumps(old, ensure_ascii=False, separators=(",", ":"))
        extra += (
            f'<openbadges:assertion xmlns:openbadges="http://openbadges.org" verify="{html.escape(old["id"])}">'
            f"{html.escape(words, quote=False)}</openbadges:assertion>"
        )
    return picture.replace("</svg>", extra + "</svg>").encode()


def _from_png(picture: bytes) -> str:
    for kind, body in _chunks(picture):
        if kind != b"iTXt" or not body.startswith(_NEW + b"\x00"):
            continue
        packed, rest = body[len(_NEW) + 1 : len(_NEW) + 2], body[len(_NEW) + 3 :]
        text = rest.partition(b"\x00")[2].partition(b"\x00")[2]
        if packed == b"\x01":
            inflator = zlib.decompressobj()
            try:
                text = inflator.decompress(text, TEXT_MOST)
            except zlib.error:
                raise NoBadge from None
            if inflator.unconsumed_tail:
                raise NoBadge
        return text.decode("ascii", "replace")
    raise NoBadge


def _from_json(text: str) -> str:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise NoBadge from None
    tokens = _enveloped(found)
    # A record may hold several: whoever checks wants to know of which.
    if len(tokens) > 1:
        raise SeveralBadges
    if not tokens:
        raise NoBadge
    return tokens[0]


def _enveloped(found: object) -> list[str]:
    """Return the signed credentials of a document: itself one, or a record (CLR) that holds some."""
    if not isinstance(found, dict):
        return []
    subject = found.get("credentialSubject")
    held = subject.get("verifiableCredential") if isinstance(subject, dict) else None
    documents = [found, *(held if isinstance(held, list) else [])]
    matches = [_ENVELOPE.match(str(one.get("id", ""))) for one in documents if isinstance(one, dict)]
    return [match[1] for match in matches if match]


def extract(file: bytes) -> str:
    """Return the signed credential that a file or a pasted text holds; NoBadge when there is none."""
    if file.startswith(PNG):
        return _from_png(file)
    match = _IN_SVG.search(file)
    if match is not None:
        return match[1].decode()
    text = file.decode("utf-8", "replace").strip()
    if text.startswith("{"):
        return _from_json(text)
    token = "".join(text.split())
    if token.count(".") != 2:
        raise NoBadge
    return token

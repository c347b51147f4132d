"""Seal words under keys kept outside the database: whoever reads the database alone reads nothing of them.

AES-256-GCM, bound to what the words are about: a sealed text moved to another row does not open there. The first of
the keys seals, all of them open: a new one is put first, the old one withdrawn once nothing is sealed under it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

KEY_BYTES = 32
NONCE_BYTES = 12
FORM = "1"


class Unopenable(Exception):
    """No key we hold opens this: the key was lost, or the sealed text was changed or moved."""


class WrongKey(ValueError):
    """A text that is not one of our keys."""


def new_key() -> str:
    """Return a fresh key, as written in a file or a setting."""
    return base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def read_key(text: str) -> bytes:
    """Return the bytes of a key as written; WrongKey when it is none."""
    try:
        key = base64.b64decode(text.strip(), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise WrongKey from None
    if len(key) != KEY_BYTES:
        raise WrongKey
    return key


def _mark(key: bytes) -> str:
    # Which key sealed, said without saying anything of the key.
    return hashlib.sha256(b"reciproque.seal" + key).hexdigest()[:8]


def _keys() -> list[bytes]:
    return [read_key(text) for text in settings.NOTES_KEYS]


def seal(words: str, *, about: str) -> str:
    """Return the words sealed under the first key, for this subject alone."""
    key, nonce = _keys()[0], secrets.token_bytes(NONCE_BYTES)
    body = AESGCM(key).encrypt(nonce, words.encode(), about.encode())
    return f"{FORM}.{_mark(key)}.{base64.urlsafe_b64encode(nonce + body).decode()}"


def unseal(sealed: str, *, about: str) -> str:
    """Return the words sealed for this subject; Unopenable when no key opens them."""
    try:
        form, mark, text = sealed.split(".")
        body = base64.b64decode(text, altchars=b"-_", validate=True)
        key = next(key for key in _keys() if _mark(key) == mark)
        if form != FORM:
            raise Unopenable
        return AESGCM(key).decrypt(body[:NONCE_BYTES], body[NONCE_BYTES:], about.encode()).decode()
    except (ValueError, StopIteration, InvalidTag):
        raise Unopenable from None


def seal_mark() -> str:
    """Return how what the first key sealed begins: all the rest is to be sealed again."""
    return f"{FORM}.{_mark(_keys()[0])}."

"""Sign with one curve and one algorithm, and read back: the header of what comes from outside decides nothing."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

ALGORITHM = "ES256"
CURVE = "P-256"
# A credential with ten endorsements weighs about 20 kB.
TOKEN_MOST = 256 * 1024


class Unreadable(Exception):
    """This text is no signed credential."""


class Forged(Exception):
    """The signature is not the one of this key over these words."""


@dataclasses.dataclass(frozen=True)
class Pair:
    """A fresh pair of keys, as JSON Web Keys."""

    private: dict[str, Any]
    public: dict[str, Any]


def new_pair() -> Pair:
    """Make a pair of keys."""
    key = ECKey.generate_key(CURVE, auto_kid=False)
    return Pair(dict(key.as_dict(private=True)), dict(key.as_dict(private=False)))


def sign(payload: dict[str, Any], private: dict[str, Any], kid: str) -> str:
    """Return the payload signed, as a compact token that names its key."""
    words = json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
    header = {"alg": ALGORITHM, "typ": "JWT", "kid": kid}
    return jws.serialize_compact(header, words, ECKey.import_key(private), algorithms=[ALGORITHM])


def peek(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the header and the payload of a token before anything of it is believed; Unreadable when it is none."""
    if len(token) > TOKEN_MOST or token.count(".") != 2:
        raise Unreadable
    try:
        found = jws.extract_compact(token.encode("ascii"))
        payload = json.loads(found.payload)
    except (JoseError, ValueError, TypeError, RecursionError):
        raise Unreadable from None
    header = found.protected
    if not isinstance(payload, dict) or not isinstance(header, dict):
        raise Unreadable
    return header, payload


def check(token: str, public: dict[str, Any]) -> dict[str, Any]:
    """Return the payload of a token that this key signed; Forged when it did not."""
    try:
        found = jws.deserialize_compact(token, ECKey.import_key(public), algorithms=[ALGORITHM])
        payload = json.loads(found.payload)
    except (JoseError, ValueError, TypeError, RecursionError):
        raise Forged from None
    if not isinstance(payload, dict):
        raise Forged
    return payload


def short_kid(kid: Any) -> str:
    """Return the name of the key that a header names: the end of a DID address, or of a plain one."""
    text = kid if isinstance(kid, str) else ""
    return text.rsplit("#", 1)[-1].rsplit("/", 1)[-1].removesuffix(".json")

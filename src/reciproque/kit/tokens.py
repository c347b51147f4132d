"""Random identifiers that people may see in an address, secrets that open a door, signed one-tap links."""

import dataclasses
import datetime as dt
import hashlib
import secrets

from django.core.signing import BadSignature, Signer

from reciproque.kit import clock

# No vowels and no look-alikes: an identifier read over the telephone stays unambiguous and never spells a word.
ALPHABET = "23456789bcdfghjkmnpqrstvwxz"
ID_LENGTH = 12
LINK_DAYS = 30
SALT = "reciproque.tap"


def new_id() -> str:
    """Return a random public identifier of 12 characters (57 bits)."""
    return "".join(secrets.choice(ALPHABET) for _ in range(ID_LENGTH))


def is_id(text: str) -> bool:
    """Tell whether this text, which came from a form or an address, could be one of our public identifiers."""
    return len(text) == ID_LENGTH and set(text) <= set(ALPHABET)


def new_secret() -> str:
    """Return an unguessable secret for a private address (256 bits)."""
    return secrets.token_urlsafe(32)


@dataclasses.dataclass(frozen=True)
class Token:
    """What a one-tap link says: which answer, whose, about what."""

    kind: str
    person: str
    subject: str


class Expired(Exception):
    """The link was right but its time is past."""


class Forged(Exception):
    """The link was never made here, or was cut by the message program."""


def sign(kind: str, *, person: str, subject: str, until: dt.datetime | None = None) -> str:
    """Return the token of a one-tap link: `person` gives the answer `kind` about `subject` (public identifiers).

    It holds until `until`, by default for 30 days.
    """
    until = until or clock.now() + dt.timedelta(days=LINK_DAYS)
    return Signer(salt=SALT).sign_object([kind, person, subject, int(until.timestamp())], compress=True)


def read(token: str) -> Token:
    """Return what a one-tap link says; `Expired` or `Forged` when it says nothing any more."""
    try:
        kind, person, subject, until = Signer(salt=SALT).unsign_object(token)
    except (BadSignature, ValueError, TypeError) as error:
        raise Forged from error
    if clock.now().timestamp() > until:
        raise Expired
    return Token(kind, person, subject)


def mark_of(token: str) -> str:
    """Return the print of a token: enough to know it again, useless to whoever reads it."""
    return hashlib.sha256(token.encode()).hexdigest()

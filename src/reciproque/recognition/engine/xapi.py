"""Say in xAPI that someone followed a training, sign it, and wrap it as a Learning Record Store reads it.

A signed statement carries its own signature as an attachment: a JSON Web Signature over the statement as it was before
the attachment was added, by one of the three algorithms that xAPI allows.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import hmac
import json
import uuid
from decimal import Decimal
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

ALGORITHM = "RS256"
KEY_BITS = 2048
COMPLETED = "http://adlnet.gov/expapi/verbs/completed"
VOIDED = "http://adlnet.gov/expapi/verbs/voided"
SIGNATURE = "http://adlnet.gov/expapi/attachments/signature"
COURSE = "http://adlnet.gov/expapi/activities/course"
OCTETS = "application/octet-stream"


class Unsigned(Exception):
    """This statement is not the one that was signed with this key."""


@dataclasses.dataclass(frozen=True)
class Followed:
    """A training as a statement tells it: opaque people, no words that anyone wrote but its title."""

    record: str
    learner: str
    trainer: str
    network: str
    network_name: str
    title: str
    language: str
    mode: str
    hours: Decimal
    ended_on: dt.date
    afest: bool


@dataclasses.dataclass(frozen=True)
class Parcel:
    """What is posted to a store: its bytes, and how they are announced."""

    kind: str
    body: bytes


def new_pair() -> tuple[dict[str, Any], dict[str, Any]]:
    """Make a pair of keys (private, public), as JSON Web Keys."""
    key = RSAKey.generate_key(KEY_BITS, auto_kid=True)
    return dict(key.as_dict(private=True)), dict(key.as_dict(private=False))


def opaque(salt: str, public_id: str) -> str:
    """Return the name under which one store alone knows a person."""
    return hmac.new(salt.encode(), public_id.encode(), hashlib.sha256).hexdigest()[:32]


def statement_id(salt: str, record: str, kind: str, round_: int) -> uuid.UUID:
    """Return the identifier of a statement: the same one however many times it is made."""
    return uuid.uuid5(uuid.UUID(hex=salt[:32]), f"{record}:{kind}:{round_}")


def duration(hours: Decimal) -> str:
    """Return hours as ISO 8601 writes them."""
    minutes = int(hours * 60)
    whole, rest = divmod(minutes, 60)
    return "PT" + (f"{whole}H" if whole else "") + (f"{rest}M" if rest or not whole else "")


def _agent(base: str, name: str) -> dict[str, Any]:
    return {"objectType": "Agent", "account": {"homePage": base, "name": name}}


def followed(base: str, what: Followed, identifier: uuid.UUID) -> dict[str, Any]:
    """Return the statement that someone followed a training to its end."""
    network = {"id": f"{base}/xapi/networks/{what.network}", "objectType": "Activity"}
    return {
        "id": str(identifier),
        "actor": _agent(base, what.learner),
        "verb": {"id": COMPLETED, "display": {"fr": "a suivi jusqu’au bout", "en": "completed"}},
        "object": {
            "objectType": "Activity",
            "id": f"{base}/xapi/trainings/{what.record}",
            "definition": {"type": COURSE, "name": {what.language: what.title}},
        },
        "result": {"completion": True, "duration": duration(what.hours)},
        "context": {
            "instructor": _agent(base, what.trainer),
            "platform": "Réciproque",
            "language": what.language,
            "contextActivities": {
                "grouping": [{**network, "definition": {"name": {what.language: what.network_name}}}]
            },
            "extensions": {f"{base}/xapi/modality": what.mode, f"{base}/xapi/afest": what.afest},
        },
        "timestamp": f"{what.ended_on.isoformat()}T12:00:00Z",
    }


def voided(
    base: str, account: str, target: uuid.UUID, identifier: uuid.UUID, at: dt.datetime
) -> dict[str, Any]:
    """Return the statement that annuls another one."""
    return {
        "id": str(identifier),
        "actor": _agent(base, account),
        "verb": {"id": VOIDED, "display": {"en": "voided", "fr": "a annulé"}},
        "object": {"objectType": "StatementRef", "id": str(target)},
        "timestamp": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def _words(statement: dict[str, Any]) -> bytes:
    return json.dumps(statement, ensure_ascii=False, separators=(",", ":")).encode()


def sign(statement: dict[str, Any], private: dict[str, Any]) -> tuple[str, str]:
    """Return the statement with its signature announced in it, as it is sent, and that signature."""
    header = {"alg": ALGORITHM, "kid": private["kid"]}
    key = RSAKey.import_key(private)
    signature = jws.serialize_compact(header, _words(statement), key, algorithms=[ALGORITHM])
    attachment = {
        "usageType": SIGNATURE,
        "display": {"fr": "Signature", "en": "Signature"},
        "contentType": OCTETS,
        "length": len(signature),
        "sha2": hashlib.sha256(signature.encode()).hexdigest(),
    }
    return _words({**statement, "attachments": [attachment]}).decode(), signature


def check(body: str, signature: str, public: dict[str, Any]) -> dict[str, Any]:
    """Return the statement that was signed, if this body says the same and this key signed it; Unsigned otherwise."""
    try:
        signed = json.loads(
            jws.deserialize_compact(signature, RSAKey.import_key(public), algorithms=[ALGORITHM]).payload
        )
        said = json.loads(body)
    except (JoseError, ValueError, TypeError):
        raise Unsigned from None
    attachments = said.pop("attachments", [{}])
    announced = attachments[0].get("sha2", "")
    if said != signed or announced != hashlib.sha256(signature.encode()).hexdigest():
        raise Unsigned
    return dict(signed)


def with_signature(body: str, signature: str) -> Parcel:
    """Return a statement and its signature as one parcel, in parts."""
    boundary = f"reciproque-{hashlib.sha256((body + signature).encode()).hexdigest()[:32]}"
    sha2 = hashlib.sha256(signature.encode()).hexdigest()
    parts = (
        f"--{boundary}\r\nContent-Type: application/json\r\n\r\n{body}\r\n"
        f"--{boundary}\r\nContent-Type: {OCTETS}\r\nContent-Transfer-Encoding: binary\r\n"
        f"X-Experience-API-Hash: {sha2}\r\n\r\n{signature}\r\n--{boundary}--\r\n"
    )
    return Parcel(f'multipart/mixed; boundary="{boundary}"', parts.encode())


def alone(body: str) -> Parcel:
    """Return a statement without its signature, for a store that takes no attachment: the signature stays with us."""
    statement = json.loads(body)
    statement.pop("attachments", None)
    return Parcel("application/json", _words(statement))


def read(answer: bytes) -> Any:
    """Return the statement that a store gives back; some give it alone, some in a list of one. None when there is none."""
    try:
        found = json.loads(answer)
    except ValueError:
        return None
    listed = found.get("statements") if isinstance(found, dict) else None
    return (listed[0] if listed else None) if isinstance(listed, list) else found


def same(one: Any, other: Any) -> bool:
    """Tell whether two statements say the same thing, whatever a store added to one of them."""
    names = ("actor", "verb", "object", "result")

    def core(statement: Any) -> Any:
        return {name: statement.get(name) for name in names} if isinstance(statement, dict) else None

    return core(one) is not None and core(one) == core(other)

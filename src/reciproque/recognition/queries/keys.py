"""The keys that sign badges: which are good, where they are published, what they are for."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from typing import Any

from django.conf import settings
from django.db.models import Count, Q

from reciproque.journal.models import Fact
from reciproque.kit import clock
from reciproque.kit.errors import NotThere
from reciproque.kit.seal import Unopenable, unseal
from reciproque.kit.text import fold
from reciproque.kit.tokens import is_id
from reciproque.networks.models import Network
from reciproque.people.models import Person
from reciproque.recognition.engine import credentials, signing, status
from reciproque.recognition.models import Badge, Confirmation, Key


class KeyMissing(Exception):
    """No key signs today: the one there was cannot be opened. The worker makes another within the day."""


@dataclasses.dataclass(frozen=True)
class KeyLine:
    """One key as the page of the administrators shows it."""

    key: Key
    badges: int
    opens: bool

    @property
    def state(self) -> str:
        """Tell what it is good for: signs, verifies, or nothing."""
        if self.key.broken_at is not None:
            return "broken"
        return "verifies" if self.key.retired_at is not None else "signs"


def site() -> credentials.Site:
    """Return where the documents of badges are found."""
    return credentials.Site(settings.BASE_URL)


def key_subject(kid: str) -> str:
    """Return what a private key is sealed for: moved to another row, it does not open."""
    return f"key:{kid}"


def open_key(key: Key) -> dict[str, Any] | None:
    """Return the private half of a key; None when nothing we hold opens it any more."""
    try:
        found = json.loads(unseal(key.sealed, about=key_subject(key.kid)))
    except (Unopenable, ValueError):
        return None
    return found if isinstance(found, dict) else None


def signing_key() -> tuple[Key, dict[str, Any]]:
    """Return the key that signs today and its private half; KeyMissing when there is none that opens."""
    key = Key.objects.filter(retired_at=None).first()
    private = open_key(key) if key is not None else None
    if key is None or private is None:
        raise KeyMissing
    return key, private


def find_key(kid: str) -> Key | None:
    """Return the key of this name, good or not."""
    if not is_id(kid):
        # It comes from outside: half a character, or a null one, is not for a database to meet.
        return None
    return Key.objects.filter(kid=kid).first()


def good_keys() -> list[tuple[str, dict[str, Any]]]:
    """Return the public halves of every key whose signatures hold, the one that signs today first."""
    rows = Key.objects.filter(broken_at=None).order_by("-made_at", "-pk")
    return [(key.kid, dict(key.public)) for key in sorted(rows, key=lambda key: key.retired_at is not None)]


def public_key(kid: str) -> dict[str, Any]:
    """Return one public key as others read it; NotThere once it is broken."""
    for name, public in good_keys():
        if name == kid:
            return _published(name, public)
    raise NotThere


def _published(kid: str, public: dict[str, Any]) -> dict[str, Any]:
    return {**public, "kid": kid, "alg": signing.ALGORITHM, "use": "sig"}


def jwks() -> dict[str, Any]:
    """Return every public key whose signatures hold, as a JSON Web Key Set."""
    return {"keys": [_published(kid, public) for kid, public in good_keys()]}


def _issuing(network_id: str) -> Network:
    # A network that never issued a badge is nobody's business outside.
    network = Network.objects.filter(public_id=network_id).first()
    if network is None or not Badge.objects.filter(network=network).exists():
        raise NotThere
    return network


def issuer_profile(network_id: str) -> dict[str, Any]:
    """Return who issues a network's badges, as readers of badges fetch it."""
    network = _issuing(network_id)
    return credentials.profile_2(site(), network.public_id, network.name_fr)


def issuer_keys(network_id: str) -> dict[str, Any]:
    """Return the DID document of a network's community."""
    network = _issuing(network_id)
    return credentials.did_document(site().issuer(network.public_id), good_keys())


def endorser_keys(confirmation_id: str) -> dict[str, Any]:
    """Return the DID document of someone who confirms under their name; NotThere once they took it back."""
    signed = Confirmation.objects.filter(public_id=confirmation_id, signs=True, withdrawn_at=None)
    if not signed.exists():
        raise NotThere
    return credentials.did_document(site().endorser(confirmation_id), good_keys())


def status_list(network_id: str, number: int) -> str:
    """Return one list of the revoked badges, signed: by order or because the key that signed them is broken."""
    network = _issuing(network_id)
    first = number * status.SIZE
    rows = Badge.objects.filter(index__gte=first, index__lt=first + status.SIZE)
    revoked = rows.filter(Q(revoked_at__isnull=False) | Q(key__broken_at__isnull=False))
    places = [index - first for index in revoked.order_by("index").values_list("index", flat=True)]
    key, private = signing_key()
    where = site()
    payload = credentials.status_list(where, network.public_id, number, places, clock.now())
    return signing.sign(payload, private, where.method(where.issuer(network.public_id), key.kid))


def signers_gone(words: str, limit: int = 30) -> list[Person]:
    """Return those of this name who left and may still be read in badges: nothing of whom they confirmed."""
    asked = fold(words).split()
    if not asked:
        return []
    signs = Confirmation.objects.standing().filter(signs=True).values("by")
    rows = Person.objects.filter(is_active=False, pk__in=signs).select_related("unit", "site")
    found = [row for row in rows if all(word in fold(row.display_name) for word in asked)]
    return sorted(found, key=lambda row: (fold(row.display_name), row.pk))[:limit]


@dataclasses.dataclass(frozen=True)
class NameOff:
    """A name taken off badges: whose, when, by whom and why."""

    person: Person
    at: dt.datetime
    by: Person | None
    reason: str


def names_taken_off(limit: int = 100) -> list[NameOff]:
    """Return the names that were taken off badges for people who left, latest first."""
    facts = list(
        Fact.objects.filter(name="endorsements.withdrawn").select_related("by").order_by("-at", "-pk")[:limit]
    )
    people = Person.objects.in_bulk({fact.subject_id for fact in facts}, field_name="public_id")
    return [
        NameOff(people[fact.subject_id], fact.at, fact.by, fact.data.get("reason", ""))
        for fact in facts
        if fact.subject_id in people
    ]


def keys_page() -> list[KeyLine]:
    """Return every key there was, the newest first, with how many badges each signed."""
    rows = Key.objects.annotate(signed=Count("badges")).order_by("-made_at", "-pk")
    return [
        KeyLine(key, key.signed, key.retired_at is not None or open_key(key) is not None)  # type: ignore[attr-defined]
        for key in rows
    ]

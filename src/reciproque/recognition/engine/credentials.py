"""The documents themselves: Open Badges 3.0, its endorsements, its status list, and Open Badges 2.0 for old readers."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
from typing import Any
from urllib.parse import quote, urlsplit

from reciproque.recognition.engine import status

VC = "https://www.w3.org/ns/credentials/v2"
OB3 = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
EXTENSIONS = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"
CLR = "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json"
OB2 = "https://w3id.org/openbadges/v2"
SCHEMA = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"
# A copy of the list kept longer than this says nothing any more: nobody can play an old one.
LIST_DAYS = 2

Document = dict[str, Any]


@dataclasses.dataclass(frozen=True)
class Site:
    """Where all of it is found: the address of the installation, from which every other one is made."""

    base: str

    def url(self, path: str) -> str:
        return f"{self.base}/badges/{path}"

    def _did(self, path: str, otherwise: str) -> str:
        parts = urlsplit(self.base)
        if parts.scheme != "https":
            # did:web trusts the certificate of the site; an installation without one names its issuers by address.
            return self.url(otherwise)
        before = [quote(piece, safe="") for piece in parts.path.split("/") if piece]
        return ":".join(["did:web", quote(parts.netloc, safe=""), *before, "badges", *path.split("/")])

    def issuer(self, network: str) -> str:
        """Return the identity under which a network's community signs."""
        return self._did(f"issuer/{network}", f"issuer/{network}/")

    def endorser(self, confirmation: str) -> str:
        """Return the identity under which someone who confirms signs: one for each confirmation, so that it ends with it."""
        return self._did(f"endorser/{confirmation}", f"endorser/{confirmation}/did.json")

    def method(self, identity: str, kid: str) -> str:
        """Return how what this identity signs names the key."""
        return f"{identity}#{kid}" if identity.startswith("did:") else self.url(f"keys/{kid}.json")

    def badge(self, public_id: str) -> str:
        return self.url(f"{public_id}/")

    def list(self, network: str, number: int) -> str:
        return self.url(f"status/{network}/{number}/")

    def achievement(self, public_id: str) -> str:
        """Return where what a badge certifies is read: known from the badge only, so that nobody can ask who has one."""
        return self.url(f"{public_id}/class.json")


@dataclasses.dataclass(frozen=True)
class Holder:
    """Whom the badge is about: their name if they wish it written, the print of their address if they have one."""

    name: str
    email: str
    salt: str


@dataclasses.dataclass(frozen=True)
class Aligned:
    """The same savoir in a list of skills made by others."""

    name: str
    url: str
    framework: str
    code: str


@dataclasses.dataclass(frozen=True)
class Draft:
    """Everything a badge says, before it is signed."""

    public_id: str
    network: str
    network_name: str
    savoir: str
    description: str
    criteria: str
    holder: Holder
    since: dt.datetime
    issued_at: dt.datetime
    until: dt.datetime
    evidence: tuple[tuple[str, str], ...]
    aligned: tuple[Aligned, ...]
    index: int
    language: str


def iso(moment: dt.datetime) -> str:
    """Return a moment as these standards write it."""
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def hashed(email: str, salt: str) -> str:
    """Return the print of an address: who already knows the address can check it, nobody can read it."""
    return "sha256$" + hashlib.sha256((email.strip().lower() + salt).encode()).hexdigest()


def _identifiers(holder: Holder) -> list[Document]:
    found: list[Document] = []
    if holder.name:
        found.append(
            {
                "type": "IdentityObject",
                "hashed": False,
                "identityHash": holder.name,
                "identityType": "name",
            }
        )
    if holder.email:
        found.append(
            {
                "type": "IdentityObject",
                "hashed": True,
                "identityHash": hashed(holder.email, holder.salt),
                "identityType": "emailAddress",
                "salt": holder.salt,
            }
        )
    return found


def _alignment(entry: Aligned) -> Document:
    return {
        "type": ["Alignment"],
        "targetName": entry.name,
        "targetUrl": entry.url,
        "targetFramework": entry.framework,
        "targetCode": entry.code,
    }


def _profile(identity: str, name: str, url: str = "") -> Document:
    return {"id": identity, "type": ["Profile"], "name": name} | ({"url": url} if url else {})


def _claims(payload: Document, start: dt.datetime, until: dt.datetime | None) -> Document:
    """Add the claims that a signed token repeats from the credential it carries."""
    issuer = payload["issuer"]
    payload["iss"] = issuer["id"] if isinstance(issuer, dict) else issuer
    payload["jti"] = payload["id"]
    payload["nbf"] = int(start.timestamp())
    if "id" in payload["credentialSubject"]:
        payload["sub"] = payload["credentialSubject"]["id"]
    if until is not None:
        payload["exp"] = int(until.timestamp())
    return payload


def badge(site: Site, draft: Draft, endorsements: list[str]) -> Document:
    """Return the credential of a badge, ready to be signed."""
    number, place = divmod(draft.index, status.SIZE)
    issuer = site.issuer(draft.network)
    achievement: Document = {
        "id": site.achievement(draft.public_id),
        "type": ["Achievement"],
        "achievementType": "Competency",
        "name": draft.savoir,
        "description": draft.description,
        "criteria": {"narrative": draft.criteria},
        "inLanguage": draft.language,
        "creator": _profile(issuer, draft.network_name),
    }
    if draft.aligned:
        achievement["alignment"] = [_alignment(entry) for entry in draft.aligned]
    where = site.list(draft.network, number)
    payload: Document = {
        "@context": [VC, OB3, EXTENSIONS],
        "id": site.badge(draft.public_id),
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": draft.savoir,
        "description": draft.description,
        "image": {"id": site.url(f"{draft.public_id}.png"), "type": "Image"},
        "issuer": _profile(issuer, draft.network_name, site.url(f"issuer/{draft.network}/")),
        "awardedDate": iso(draft.since),
        "validFrom": iso(draft.issued_at),
        "validUntil": iso(draft.until),
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "identifier": _identifiers(draft.holder),
            "achievement": achievement,
        },
        "credentialSchema": [{"id": SCHEMA, "type": "1EdTechJsonSchemaValidator2019"}],
        "credentialStatus": {
            "id": f"{where}#{place}",
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": str(place),
            "statusListCredential": where,
        },
    }
    if draft.evidence:
        payload["evidence"] = [
            {"type": ["Evidence"], "name": name, "narrative": words} for name, words in draft.evidence
        ]
    if endorsements:
        payload["endorsementJwt"] = list(endorsements)
    return _claims(payload, draft.issued_at, draft.until)


def endorsement(
    site: Site,
    *,
    confirmation: str,
    name: str,
    words: str,
    badge_id: str,
    at: dt.datetime,
    until: dt.datetime,
) -> Document:
    """Return what someone who learned says of the badge, under their own name, ready to be signed."""
    who = site.endorser(confirmation)
    payload: Document = {
        "@context": [VC, OB3],
        "id": site.url(f"endorser/{confirmation}/{badge_id}"),
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "name": name,
        "issuer": _profile(who, name),
        "validFrom": iso(at),
        "validUntil": iso(until),
        "credentialSubject": {
            "id": site.badge(badge_id),
            "type": ["EndorsementSubject"],
            "endorsementComment": words,
        },
    }
    return _claims(payload, at, until)


def status_list(site: Site, network: str, number: int, places: list[int], now: dt.datetime) -> Document:
    """Return the list of what is revoked, ready to be signed by the network's community."""
    where = site.list(network, number)
    until = now + dt.timedelta(days=LIST_DAYS)
    payload: Document = {
        "@context": [VC],
        "id": where,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": site.issuer(network),
        "validFrom": iso(now),
        "validUntil": iso(until),
        "credentialSubject": {
            "id": f"{where}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": status.encode(places),
        },
    }
    return _claims(payload, now, until)


def did_document(identity: str, keys: list[tuple[str, Document]]) -> Document:
    """Return where an identity's keys are read, the one that signs today first."""
    methods = [
        {"id": f"{identity}#{kid}", "type": "JsonWebKey", "controller": identity, "publicKeyJwk": public}
        for kid, public in keys
    ]
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/jwk/v1"],
        "id": identity,
        "verificationMethod": methods,
        "assertionMethod": [method["id"] for method in methods],
    }


def profile_2(site: Site, network: str, name: str) -> Document:
    """Return who issues, as old readers expect it; newer ones find the same fields in it."""
    url = site.url(f"issuer/{network}/")
    return {
        "@context": OB2,
        "type": "Issuer",
        "id": url,
        "name": name,
        "url": url,
        "verification": {"type": "HostedBadge", "startsWith": site.url("")},
    }


def class_2(site: Site, public_id: str, network: str, payload: Document, image: str) -> Document:
    """Return what a badge certifies, as old readers expect it: nothing of whom it was given to."""
    achievement = payload["credentialSubject"]["achievement"]
    return {
        "@context": OB2,
        "type": "BadgeClass",
        "id": site.achievement(public_id),
        "name": achievement["name"],
        "description": achievement["description"],
        "image": image,
        "criteria": {"narrative": achievement["criteria"]["narrative"]},
        "issuer": site.url(f"issuer/{network}/"),
        "alignment": [
            {key: value for key, value in entry.items() if key != "type"}
            for entry in achievement.get("alignment", [])
        ],
    }


def assertion_2(site: Site, public_id: str, payload: Document) -> Document | None:
    """Return a badge as old readers expect it, kept at its address; None for somebody without an e-mail address."""
    found = next(
        (one for one in payload["credentialSubject"]["identifier"] if one["identityType"] == "emailAddress"),
        None,
    )
    if found is None:
        return None
    return {
        "@context": OB2,
        "type": "Assertion",
        "id": site.url(f"{public_id}.json"),
        "recipient": {
            "type": "email",
            "hashed": True,
            "salt": found["salt"],
            "identity": found["identityHash"],
        },
        "badge": site.achievement(public_id),
        "verification": {"type": "HostedBadge"},
        "issuedOn": payload["validFrom"],
        "expires": payload["validUntil"],
        "image": site.url(f"{public_id}.png"),
        "narrative": payload["description"],
    }


def revoked_2(site: Site, public_id: str, why: str) -> Document:
    """Return what stands at the address of a badge that holds no more; `why` may be read by anybody."""
    return {"@context": OB2, "id": site.url(f"{public_id}.json"), "revoked": True, "revocationReason": why}


def enveloped(token: str) -> Document:
    """Return a signed credential as a JSON document that wallets and Europass read."""
    return {
        "@context": VC,
        "id": f"data:application/vc+jwt,{token}",
        "type": "EnvelopedVerifiableCredential",
    }

"""A notification, encrypted for one device and signed by this site (RFC 8030, 8291, 8292); absent without pywebpush."""

from __future__ import annotations

import base64
import dataclasses
import json
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

MAX_BODY = 3000
KEPT_FOR = 24 * 3600


@dataclasses.dataclass(frozen=True)
class Parcel:
    """What is posted to the service of a device."""

    data: bytes
    headers: dict[str, str]


def is_here() -> bool:
    """Tell whether this installation can push: its keys are set and the library is there."""
    return bool(settings.VAPID_PRIVATE_KEY and settings.VAPID_PUBLIC_KEY) and _library() is not None


def _library() -> Any:
    try:
        import pywebpush  # type: ignore[import-untyped]
    except ImportError:
        return None
    return pywebpush


def make_keys() -> tuple[str, str]:
    """Return a new pair of keys, private and public, as the settings hold them."""
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    key = ec.generate_private_key(ec.SECP256R1())
    private = key.private_numbers().private_value.to_bytes(32, "big")
    public = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return _told(private), _told(public)


def _told(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def read_key(text: str) -> bytes:
    """Return the bytes of a key in base64url; ValueError when it is not one."""
    if not text.isascii() or not set(text) <= set(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_="
    ):
        raise ValueError("not base64url")
    text = text.rstrip("=")
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def check_keys(p256dh: str, auth: str) -> None:
    """Refuse (ValueError) keys with which nothing could be encrypted."""
    point = read_key(p256dh)
    if len(point) != 65 or point[0] != 4 or len(read_key(auth)) != 16:
        raise ValueError("not the keys of a device")
    from cryptography.hazmat.primitives.asymmetric import ec

    ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)


def parcel(
    endpoint: str, p256dh: str, auth: str, message: dict[str, str], *, topic: str, urgent: bool, now: float
) -> Parcel:
    """Return a message for one device, encrypted so that the service in between reads nothing of it."""
    library = _library()
    body = json.dumps(message, ensure_ascii=False).encode()
    while len(body) > MAX_BODY:
        message = {**message, "body": message["body"][: len(message["body"]) // 2]}
        body = json.dumps(message, ensure_ascii=False).encode()
    info = {"endpoint": endpoint, "keys": {"p256dh": p256dh, "auth": auth}}
    sealed = library.WebPusher(info).encode(body, "aes128gcm")["body"]
    parts = urlsplit(endpoint)
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int(now) + 12 * 3600,
        "sub": settings.VAPID_CONTACT,
    }
    headers = library.Vapid.from_string(settings.VAPID_PRIVATE_KEY).sign(claims)
    return Parcel(
        bytes(sealed),
        {
            **{str(name): str(value) for name, value in headers.items()},
            "Content-Type": "application/octet-stream",
            "Content-Encoding": "aes128gcm",
            "TTL": str(KEPT_FOR),
            "Urgency": "high" if urgent else "normal",
            # Twice the same topic: the service keeps the second only.
            "Topic": topic,
        },
    )

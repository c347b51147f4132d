"""Notifications: encrypted for one device, signed, told once, forgotten when the device is gone."""

from __future__ import annotations

import base64
import datetime as dt
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.core.exceptions import PermissionDenied, ValidationError

from reciproque.exchanges import actions as exchanges
from reciproque.journal.models import Fact
from reciproque.kit import clock
from reciproque.kit.errors import NotThere
from reciproque.notices.access import get_device
from reciproque.notices.actions import add_device, choose_notices, remove_device, send_waiting, tell
from reciproque.notices.engine import push
from reciproque.notices.models import Outgoing, PushSubscription
from reciproque.notices.queries import devices_of, push_key
from reciproque.notices.rules import MAX_FAILURES

HOUR = dt.timedelta(hours=1)


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@pytest.fixture(autouse=True)
def keys(settings: Any) -> None:
    settings.VAPID_PRIVATE_KEY, settings.VAPID_PUBLIC_KEY = push.make_keys()
    settings.VAPID_CONTACT = "mailto:admin@example.org"


class Phone:
    """A device with its own keys."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.auth = b"0123456789abcdef"
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.keys = {"p256dh": b64(point), "auth": b64(self.auth)}

    def read(self, body: bytes) -> dict[str, str]:
        import http_ece

        said = http_ece.decrypt(body, private_key=self.key, auth_secret=self.auth, version="aes128gcm")
        return dict(json.loads(said))


@pytest.fixture
def phone(site: Any, chloe: Any) -> Phone:
    phone = Phone()
    PushSubscription.objects.create(
        person=chloe, endpoint=site.url + "/push/1", agent="Téléphone", **phone.keys
    )
    return phone


@pytest.fixture
def asked(network: Any, bob: Any, chloe: Any, make_post: Any) -> Any:
    offer = make_post(chloe, "offer", "Mener un entretien difficile")
    return exchanges.ask_introduction(network, requester=bob, offerer=chloe, by=bob, offer=offer)


def pushed() -> list[Outgoing]:
    return list(Outgoing.objects.filter(channel="push").order_by("pk"))


def test_a_device_receives_what_only_it_can_read(asked: Any, phone: Phone, site: Any) -> None:
    tell(Fact.objects.get(name="introduction.asked"))
    send_waiting()
    send_waiting()
    [(path, headers, body)] = site.received
    [row] = pushed()
    assert path == "/push/1"
    assert (headers["content-encoding"], headers["topic"]) == ("aes128gcm", row.public_id)
    assert headers["authorization"].startswith("vapid t=")
    said = phone.read(body)
    assert said["title"] == row.subject
    assert said["url"].endswith(f"/introductions/{asked.public_id}/")
    assert said["tag"] == row.public_id
    assert b"Mener" not in body
    assert row.state == "sent"


def test_choices_of_devices_are_their_own(asked: Any, phone: Phone, chloe: Any) -> None:
    choose_notices(chloe, by=chloe, rhythm="weekly", push_muted=["exchanges"])
    tell(Fact.objects.get(name="introduction.asked"))
    assert pushed() == []
    Outgoing.objects.all().delete()
    choose_notices(chloe, by=chloe, rhythm="none")
    tell(Fact.objects.get(name="introduction.asked"))
    assert [row.channel for row in Outgoing.objects.all()] == ["push"]


def test_nothing_rings_at_night_and_the_morning_rings_once(
    asked: Any, phone: Phone, site: Any, chloe: Any
) -> None:
    choose_notices(chloe, by=chloe, quiet_from=dt.time(20), quiet_until=dt.time(8))
    night = clock.now() + 14 * HOUR
    with clock.at(night):
        for number in range(5):
            Outgoing.objects.create(
                fact_id=9000 + number,
                fact_name="x.y",
                person=chloe,
                channel="push",
                subject=f"Sujet {number}",
            )
        send_waiting()
        assert site.received == []
    with clock.at(night + 9 * HOUR):
        send_waiting()
    [(_path, _headers, body)] = site.received
    assert phone.read(body)["title"] == "5 messages pour vous"
    assert {row.state for row in pushed()} == {"sent"}


@pytest.mark.parametrize(
    ("status", "state", "gone"),
    [
        (201, "sent", False),
        (410, "failed", True),
        (404, "failed", True),
        (503, "waiting", False),
        (413, "failed", False),
    ],
)
def test_what_the_service_answers(
    asked: Any, phone: Phone, site: Any, status: int, state: str, gone: bool
) -> None:
    tell(Fact.objects.get(name="introduction.asked"))
    site.status = status
    send_waiting()
    assert [row.state for row in pushed()] == [state]
    device = PushSubscription.objects.get()
    assert (device.failed_at is not None) == gone


def test_a_device_that_fails_for_long_is_left_alone(asked: Any, phone: Phone, site: Any) -> None:
    PushSubscription.objects.update(failures=MAX_FAILURES - 1)
    tell(Fact.objects.get(name="introduction.asked"))
    site.status = 500
    send_waiting()
    assert PushSubscription.objects.get().failed_at == clock.now()


def test_yesterdays_notification_is_not_told(asked: Any, phone: Phone, site: Any) -> None:
    tell(Fact.objects.get(name="introduction.asked"))
    with clock.at(clock.now() + 48 * HOUR):
        send_waiting()
    assert [row.state for row in pushed()] == ["dropped"]
    assert site.received == []


def test_a_device_is_its_owners(bob: Any, chloe: Any, settings: Any) -> None:
    keys = Phone().keys
    device = add_device(bob, by=bob, endpoint="https://push.example.org/a", agent=" Firefox\n", **keys)
    assert (device.agent, push_key()) == ("Firefox", settings.VAPID_PUBLIC_KEY)
    assert add_device(bob, by=bob, endpoint="https://push.example.org/a", **keys).pk == device.pk
    # The same browser, and somebody else signed in.
    add_device(chloe, by=chloe, endpoint="https://push.example.org/a", **keys)
    assert devices_of(bob) == []
    [device] = devices_of(chloe)
    with pytest.raises(NotThere):
        get_device(bob, device.public_id)
    with pytest.raises(PermissionDenied):
        remove_device(device, by=bob)
    with pytest.raises(PermissionDenied):
        add_device(chloe, by=bob, endpoint="https://push.example.org/b", **keys)
    remove_device(get_device(chloe, device.public_id), by=chloe)
    assert devices_of(chloe) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"endpoint": "http://push.example.org/a"},
        {"endpoint": "https://127.0.0.1/a"},
        {"p256dh": "AAAA"},
        {"auth": "é"},
        {"p256dh": b64(b"\x04" + b"\x01" * 64)},
    ],
)
def test_what_could_not_be_told_is_refused(bob: Any, wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        add_device(bob, by=bob, **{"endpoint": "https://push.example.org/a", **Phone().keys, **wrong})


def test_without_keys_there_is_no_such_channel(asked: Any, phone: Phone, bob: Any, settings: Any) -> None:
    settings.VAPID_PRIVATE_KEY = ""
    assert push_key() == ""
    tell(Fact.objects.get(name="introduction.asked"))
    assert pushed() == []
    with pytest.raises(ValidationError):
        add_device(bob, by=bob, endpoint="https://push.example.org/a", **Phone().keys)

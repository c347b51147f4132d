"""What one is told: the choices, the sentence that says them back, devices, fewer letters from a letter."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from reciproque.kit import clock, tokens
from reciproque.notices.models import Preference, PushSubscription
from reciproque.notices.queries import preference_of
from reciproque.notices.rules import UNSUBSCRIBE, Category, Rhythm

PREFERENCES, NOTICES = "account:preferences", "account:notices"
# As browsers give them: a public key of 65 bytes and a secret of 16.
KEYS = {
    "p256dh": "BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQtUbVlUls0VJXg7A8u-Ts1XbjhazAkj7I99e8QcYP7DkM",
    "auth": "tBHItJI5svbpez7KI4CCXg",
}


@pytest.fixture
def pushing(settings: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    """An installation with its keys for notifications."""
    from reciproque.notices.engine import push

    settings.VAPID_PUBLIC_KEY = KEYS["p256dh"]
    monkeypatch.setattr(push, "is_here", lambda: True)
    return KEYS["p256dh"]


def text_of(response: Any) -> str:
    return response.content.decode()


def everything(**changes: Any) -> dict[str, Any]:
    """The form as it is sent by somebody who changes nothing, but for the changes."""
    return {"rhythm": Rhythm.AT_ONCE, "wanted": Category.values, "news": "on"} | changes


def test_choices_are_kept_and_said_back(bob: Any, client_of: Any) -> None:
    client = client_of(bob)
    before = text_of(client.get(reverse(PREFERENCES)))
    assert "Un courriel part aussitôt" in before
    answer = client.post(
        reverse(NOTICES),
        everything(
            rhythm=Rhythm.WEEKLY,
            wanted=["exchanges", "meetings"],
            quiet_from="20:00",
            quiet_until="07:30",
            paused_until="2026-03-16",
        ),
        follow=True,
    )
    kept = Preference.objects.get(person=bob)
    assert kept.rhythm == Rhythm.WEEKLY
    assert set(kept.muted) == {"finds", "messages", "network"}
    assert (kept.quiet_from, kept.quiet_until) == (dt.time(20), dt.time(7, 30))
    assert kept.paused_until == dt.datetime(2026, 3, 15, 23, tzinfo=dt.UTC), (
        "the first moment of that day, in Paris"
    )
    assert kept.news is True
    text = text_of(answer)
    assert "Vos réglages sont enregistrés." in text
    assert "En pause jusqu’à lundi 16 mars" in text
    assert 'value="2026-03-16"' in text
    assert 'value="07:30"' in text


def test_a_pause_that_is_over_is_not_shown_any_more(bob: Any, client_of: Any) -> None:
    client = client_of(bob)
    client.post(reverse(NOTICES), everything(paused_until="2026-03-16"))
    with clock.at(clock.now() + dt.timedelta(days=20)):
        assert "2026-03-16" not in text_of(client.get(reverse(PREFERENCES)))
        assert client.post(reverse(NOTICES), everything()).status_code == 303


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"rhythm": "hourly"}, "rhythm"),
        ({"wanted": ["gossip"]}, "wanted"),
        ({"quiet_from": "20:00"}, "quiet"),
        ({"quiet_from": "25:00", "quiet_until": "07:00"}, "quiet"),
        ({"paused_until": "2020-01-01"}, "paused"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_kept(
    bob: Any, client_of: Any, changes: dict[str, Any], name: str
) -> None:
    answer = client_of(bob).post(reverse(NOTICES), everything(**changes))
    assert answer.status_code == 422
    assert f"id_{name}" in text_of(answer)
    assert not Preference.objects.exists()


def test_without_keys_nothing_is_said_of_devices(
    bob: Any, client_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from reciproque.notices.engine import push

    monkeypatch.setattr(push, "is_here", lambda: False)
    text = text_of(client_of(bob).get(reverse(PREFERENCES)))
    assert "data-push" not in text
    assert "push_wanted" not in text


def test_choosing_without_the_devices_part_keeps_it(bob: Any, client_of: Any, pushing: str) -> None:
    client = client_of(bob)
    client.post(reverse(NOTICES), everything(push_wanted=["meetings"]))
    assert set(preference_of(bob).push_muted) == {"exchanges", "finds", "messages", "network"}


def test_without_keys_what_was_chosen_for_devices_stays(
    bob: Any, client_of: Any, pushing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from reciproque.notices.engine import push

    client = client_of(bob)
    client.post(reverse(NOTICES), everything(push_wanted=["meetings"]))
    monkeypatch.setattr(push, "is_here", lambda: False)
    client.post(reverse(NOTICES), everything(rhythm=Rhythm.DAILY))
    assert set(preference_of(bob).push_muted) == {"exchanges", "finds", "messages", "network"}


def test_a_device_is_added_listed_and_removed_by_its_owner_alone(
    bob: Any, chloe: Any, client_of: Any, pushing: str
) -> None:
    client = client_of(bob)
    page = text_of(client.get(reverse(PREFERENCES)))
    assert f'data-key="{pushing}"' in page
    assert 'data-push="/sw.js"' in page
    sent = {"endpoint": "https://push.example.org/abc", **KEYS}
    agent = "Mozilla/5.0 (Android 14; Mobile; rv:121.0) Gecko/121.0 Firefox/121.0"
    answer = client.post(reverse("account:device_add"), sent, headers={"user-agent": agent}, follow=True)
    device = PushSubscription.objects.get()
    assert (device.person, device.agent) == (bob, "Firefox, Android")
    assert "Firefox, Android" in text_of(answer)
    remove = reverse("account:device_remove", args=[device.public_id])
    assert client_of(chloe).post(remove).status_code == 404
    assert client.get(remove).status_code == 405
    assert client.post(remove).status_code == 303
    assert not PushSubscription.objects.filter(person=bob).exists()


@pytest.mark.parametrize("endpoint", ["", "http://push.example.org/abc", "javascript:alert(1)"])
def test_what_is_no_device_is_refused_with_a_sentence(
    bob: Any, client_of: Any, pushing: str, endpoint: str
) -> None:
    answer = client_of(bob).post(reverse("account:device_add"), {"endpoint": endpoint, **KEYS}, follow=True)
    assert "n’a pas pu être ajouté" in text_of(answer)
    assert not PushSubscription.objects.exists()


def test_the_service_worker_is_served_at_the_root_to_anyone(db: None) -> None:
    answer = Client().get("/sw.js")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert answer.headers["Service-Worker-Allowed"] == "/"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    text = text_of(answer)
    assert "showNotification" in text
    assert "fetch" not in text, "it never stands between the site and the network"
    assert "&" + "#x27;" not in text


def unsubscribe_link(person: Any, **more: Any) -> str:
    token = tokens.sign(UNSUBSCRIBE, person=person.public_id, subject="digest", **more)
    return reverse("account:unsubscribe", args=[token])


def test_opening_the_link_changes_nothing_pressing_the_button_does(bob: Any, client_of: Any) -> None:
    client, url = client_of(None), unsubscribe_link(bob)
    page = client.get(url)
    assert page.status_code == 200
    assert "Ce que vos collègues attendent de vous continue d’arriver" in text_of(page)
    assert client.head(url).status_code == 200
    assert not Preference.objects.exists()
    assert "C’est noté" in text_of(client.post(url))
    kept = preference_of(bob)
    assert {"finds", "network"} <= set(kept.muted)
    assert "exchanges" not in kept.muted
    assert kept.news is False
    assert client.post(url).status_code == 200, "twice is once"


def test_one_click_as_mail_programs_do_it(bob: Any) -> None:
    """RFC 8058: a bare POST with one field, without cookies and without any token of ours."""
    client = Client(enforce_csrf_checks=True)
    answer = client.post(unsubscribe_link(bob), {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert preference_of(bob).news is False
    assert not client.cookies.get("sessionid")


def test_a_link_that_says_nothing_does_nothing(bob: Any, db: None) -> None:
    late = unsubscribe_link(bob, until=clock.now() - dt.timedelta(days=1))
    other = reverse("account:unsubscribe", args=[tokens.sign("accept", person=bob.public_id, subject="x")])
    for url in (late, other, reverse("account:unsubscribe", args=["x"])):
        assert Client().get(url).status_code == 404
        assert Client().post(url).status_code == 404
    assert not Preference.objects.exists()

"""The chat rooms a network speaks to: added, tried, changed, removed; their address is a secret."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest
from django.urls import reverse

from reciproque.notices.models import Hook

SECRET = "T000-B000-XXXX"
ROOM = {"kind": "slack", "name": "Salon des savoirs", "topics": ["posts", "fairs"], "language": "fr"}


def text_of(response: Any) -> str:
    return response.content.decode()


def page(network: Any, name: str = "channels", *args: Any) -> str:
    return reverse(f"settings:{name}", args=[network.slug, *args])


@pytest.fixture
def chat(settings: Any) -> Iterator[Callable[[int], str]]:
    """A chat program on this machine that answers as told: returns the address of its room."""
    received: list[bytes] = []
    status = [200]

    class Room(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(status[0])
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *_: Any) -> None:
            """Say nothing on the console."""

    server = HTTPServer(("127.0.0.1", 0), Room)
    Thread(target=server.serve_forever, daemon=True).start()
    settings.FETCH_HOSTS = [f"127.0.0.1:{server.server_port}"]

    def answer(code: int = 200) -> str:
        status[0] = code
        return f"http://127.0.0.1:{server.server_port}/hooks/{SECRET}"

    answer.received = received  # type: ignore[attr-defined]
    yield answer
    server.shutdown()
    server.server_close()


def test_a_room_is_added_tried_changed_and_removed(
    network: Any, alice: Any, client_of: Any, chat: Any
) -> None:
    client = client_of(alice)
    assert "Aucun salon" in text_of(client.get(page(network)))
    answer = client.post(page(network), ROOM | {"url": chat()})
    hook = Hook.objects.get()
    one = page(network, "channel", hook.public_id)
    assert answer.headers["Location"] == one
    for address in (page(network), one):
        shown = text_of(client.get(address))
        assert "Salon des savoirs" in shown
        assert SECRET not in shown, "whoever reads the address can write in the room"
    tried = text_of(client.post(page(network, "try_channel", hook.public_id), follow=True))
    assert "Le message d’essai est arrivé" in tried
    assert len(chat.received) == 1
    chat(500)
    assert "est arrivé dans le salon" not in text_of(
        client.post(page(network, "try_channel", hook.public_id), follow=True)
    )
    assert client.post(one, {"name": "Autre nom", "topics": ["life"]}).status_code == 303
    hook.refresh_from_db()
    assert (hook.name, hook.topics, hook.is_active) == ("Autre nom", ["life"], False)
    assert SECRET in hook.url, "an empty address keeps the present one"
    remove = page(network, "remove_channel", hook.public_id)
    assert "Ne plus rien envoyer" in text_of(client.get(remove))
    assert client.post(remove).status_code == 303
    assert client.get(one).status_code == 404
    assert "Autre nom" not in text_of(client.get(page(network)))


@pytest.mark.parametrize(
    "changes",
    [
        {"url": "ftp://example.org/x"},
        {"url": "http://127.0.0.1:9/x"},
        {"url": "http://169.254.169.254/latest"},
        {"url": ""},
        {"url": "https://example.org/x", "topics": []},
        {"url": "https://example.org/x", "topics": ["gossip"]},
        {"url": "https://example.org/x", "kind": "irc"},
    ],
)
def test_what_cannot_be_a_room_is_said_and_nothing_is_lost(
    network: Any, alice: Any, client_of: Any, changes: dict[str, Any]
) -> None:
    answer = client_of(alice).post(page(network), ROOM | changes)
    assert answer.status_code == 422
    assert 'value="Salon des savoirs"' in text_of(answer)
    assert not Hook.objects.exists()


def test_members_strangers_and_animators_of_elsewhere_meet_nothing(
    network: Any,
    other_network: Any,
    alice: Any,
    bob: Any,
    fatou: Any,
    make_person: Any,
    join: Any,
    client_of: Any,
) -> None:
    client_of(alice).post(page(network), ROOM | {"url": "https://example.org/" + SECRET})
    hook = Hook.objects.get()
    elsewhere = make_person("Zoé")
    join(elsewhere, other_network, "animator")
    for person in (bob, fatou, elsewhere):
        client = client_of(person)
        assert client.get(page(network)).status_code == 404
        for name in ("channel", "remove_channel"):
            assert client.get(page(network, name, hook.public_id)).status_code == 404
            assert client.post(page(network, name, hook.public_id)).status_code == 404
        assert client.post(page(network, "try_channel", hook.public_id)).status_code == 404
    # Through one's own network, somebody else's room is not there either.
    assert client_of(elsewhere).get(page(other_network, "channel", hook.public_id)).status_code == 404
    assert Hook.objects.filter(removed_at=None).count() == 1


def test_the_settings_name_the_channels(network: Any, alice: Any, client_of: Any) -> None:
    text = text_of(client_of(alice).get(reverse("settings:index", args=[network.slug])))
    assert page(network) in text
    assert "aucun salon de discussion" in text

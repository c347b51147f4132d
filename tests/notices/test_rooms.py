"""Rooms of chat programs: told the life of a network, in each program's own format, never about one person."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from reciproque.journal.actions import record
from reciproque.journal.models import Fact
from reciproque.kit import clock
from reciproque.kit.errors import NotThere
from reciproque.networks.actions import publish_charter
from reciproque.notices.access import get_hook
from reciproque.notices.actions import (
    add_hook,
    change_hook,
    remove_hook,
    send_waiting,
    tell,
    tell_rooms,
    try_hook,
)
from reciproque.notices.engine.chats import Note, payload
from reciproque.notices.models import Hook, Outgoing
from reciproque.notices.queries import hook_examples, hooks_of
from reciproque.notices.rules import MAX_FAILURES, HookKind, HookTopic

DAY = dt.timedelta(days=1)
HOSTILE = Note(
    "Offre <!channel> @all *gras* [lien](http://x)",
    ["<script> & `code`", "une | deux"],
    "Voir",
    "https://savoirs.example.org/networks/savoirs/",
)


@pytest.fixture
def hook(network: Any, alice: Any, site: Any) -> Hook:
    return add_hook(
        network, by=alice, kind="slack", url=site.url + "/secret", topics=list(HookTopic), name="Salon"
    )


def posted(site: Any) -> list[str]:
    return [json.loads(body)["text"] for _path, _headers, body in site.received]


def test_the_days_posts_are_told_together_by_title_only(
    network: Any, hook: Hook, site: Any, bob: Any, make_post: Any
) -> None:
    for number in range(10):
        make_post(bob, "offer" if number % 2 else "request", f"Savoir {number}")
    assert tell_rooms() == 0  # nine o'clock is the hour at which it was added
    with clock.at(clock.now() + DAY):
        assert tell_rooms() == 1
        assert tell_rooms() == 0
        assert send_waiting() == 1
        assert send_waiting() == 0
    [(path, headers, body)] = site.received
    assert (path, headers["content-type"]) == ("/secret", "application/json; charset=utf-8")
    said = body.decode()
    assert "10 nouvelles annonces" in said
    assert "Savoir 0" in said
    assert "et 2 autres" in said
    assert "Bob" not in said
    assert "Riou" not in said
    with clock.at(clock.now() + 2 * DAY):
        assert tell_rooms() == 0


def test_figures_are_told_on_mondays_and_small_ones_hidden(
    network: Any, alice: Any, site: Any, bob: Any, make_post: Any
) -> None:
    add_hook(network, by=alice, kind="generic", url=site.url, topics=["figures"])
    for number in range(6):
        make_post(bob, "offer", f"Savoir {number}")
    make_post(bob, "request", "Question")
    for days in range(8):
        with clock.at(clock.now() + days * DAY):
            tell_rooms()
            send_waiting()
    [(_path, _headers, body)] = site.received
    lines = json.loads(body)["lines"]
    assert lines[1:] == ["Nouvelles offres\u00a0: 6", "Nouvelles demandes\u00a0: moins de 5"]


def test_a_fact_of_the_network_is_told_once(network: Any, alice: Any, hook: Hook, site: Any) -> None:
    publish_charter(network, by=alice, text_fr="Une autre charte.")
    fact = Fact.objects.get(name="charter.published", data__version=2)
    tell(fact)
    tell(fact)
    rows = Outgoing.objects.filter(hook=hook)
    assert [row.state for row in rows] == ["waiting"]
    send_waiting()
    assert len(site.received) == 1


@pytest.mark.parametrize(
    ("kind", "announced", "told"), [("fair", True, 1), ("fair", False, 0), ("spotting", True, 0)]
)
def test_only_announced_fairs_are_everybodys_business(
    network: Any, alice: Any, hook: Hook, kind: str, announced: bool, told: int
) -> None:
    fact = record(
        "gathering.planned",
        network,
        by=alice,
        network=network,
        title="Bourse",
        place="Hall",
        gathering_kind=kind,
        starts_at=(clock.now() + DAY).isoformat(),
        opens_on=(clock.now() + DAY).date().isoformat(),
        announced=announced,
    )
    tell(fact)
    assert Outgoing.objects.filter(hook=hook).count() == told


def test_other_topics_other_networks_and_closed_rooms_are_not_told(
    network: Any, other_network: Any, alice: Any, admin: Any, site: Any
) -> None:
    add_hook(network, by=alice, kind="slack", url=site.url, topics=["figures"])
    add_hook(other_network, by=admin, kind="slack", url=site.url, topics=["life"])
    closed = add_hook(network, by=alice, kind="slack", url=site.url, topics=["life"])
    change_hook(closed, by=alice, topics=["life"], is_active=False)
    publish_charter(network, by=alice, text_fr="Une autre charte.")
    tell(Fact.objects.filter(name="charter.published", network=network.public_id).latest("pk"))
    assert not Outgoing.objects.filter(channel="chat").exists()


@pytest.mark.parametrize(
    ("status", "state"), [(404, "failed"), (400, "failed"), (429, "waiting"), (503, "waiting")]
)
def test_a_room_that_refuses(
    hook: Hook, network: Any, alice: Any, site: Any, status: int, state: str
) -> None:
    publish_charter(network, by=alice, text_fr="Une autre charte.")
    tell(Fact.objects.filter(name="charter.published").latest("pk"))
    site.status = status
    send_waiting()
    hook.refresh_from_db()
    row = Outgoing.objects.get(hook=hook)
    assert row.state == state
    assert str(status) in hook.last_error
    assert hook.failures == 1


def test_a_room_that_never_answers_is_left_alone(hook: Hook, network: Any, alice: Any, site: Any) -> None:
    Hook.objects.update(failures=MAX_FAILURES - 1)
    publish_charter(network, by=alice, text_fr="Une autre charte.")
    tell(Fact.objects.filter(name="charter.published").latest("pk"))
    site.status = 500
    send_waiting()
    hook.refresh_from_db()
    assert not hook.is_active


def test_trying_a_room(hook: Hook, alice: Any, bob: Any, site: Any) -> None:
    assert try_hook(hook, by=alice) == ""
    assert len(site.received) == 1
    site.status = 403
    assert "403" in try_hook(hook, by=alice)
    with pytest.raises(PermissionDenied):
        try_hook(hook, by=bob)


def test_only_animators_and_only_public_addresses(network: Any, alice: Any, bob: Any, fatou: Any) -> None:
    with pytest.raises(PermissionDenied):
        add_hook(network, by=bob, kind="slack", url="https://chat.example.org/x", topics=["posts"])
    for url in ("http://127.0.0.1/x", "file:///etc/passwd", "https://localhost/x", "http://10.0.0.1/"):
        with pytest.raises(ValidationError) as refused:
            add_hook(network, by=alice, kind="slack", url=url, topics=["posts"])
        assert "url" in refused.value.message_dict
    with pytest.raises(ValidationError):
        add_hook(network, by=alice, kind="slack", url="https://chat.example.org/x", topics=[])
    with pytest.raises(ValidationError):
        add_hook(network, by=alice, kind="carrier pigeon", url="https://chat.example.org/x", topics=["posts"])
    made = add_hook(network, by=alice, kind="slack", url="https://chat.example.org/secret", topics=["posts"])
    assert get_hook(alice, made.public_id) == made
    for stranger in (bob, fatou):
        with pytest.raises(NotThere):
            get_hook(stranger, made.public_id)
    assert "secret" not in json.dumps(list(Fact.objects.filter(name="hook.added").values("data")))
    remove_hook(made, by=alice)
    assert hooks_of(network) == []
    assert Hook.objects.get(pk=made.pk).url == ""


@pytest.mark.parametrize("kind", HookKind.values)
def test_what_people_write_calls_nobody_and_formats_nothing(kind: str) -> None:
    said = json.loads(payload(kind, HOSTILE))
    if kind == "slack":
        text = said["blocks"][0]["text"]["text"]
        assert "<!channel>" not in text
        assert "&lt;!channel&gt;" in text
        assert "*gras*" not in text
    elif kind == "mattermost":
        assert "@all" not in said["text"]
        assert "\\*gras\\*" in said["text"]
        assert "](http://x)" not in said["text"].replace("\\]\\(", "")
    elif kind == "teams":
        card = said["attachments"][0]["content"]
        assert (card["type"], card["actions"][0]["url"]) == ("AdaptiveCard", HOSTILE.url)
        assert "\\[lien\\]" in card["body"][0]["text"]
    else:
        assert said["title"] == HOSTILE.title
        assert said["lines"] == HOSTILE.lines


def test_an_example_can_be_read(network: Any) -> None:
    assert json.loads(hook_examples(network, "generic"))["network"] == "savoirs"

"""A fair: three people type at once, one loses the network; the screen of the room follows; two people are introduced."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from pytest_django.live_server_helper import LiveServer

from reciproque.exchanges.models import Introduction
from reciproque.gatherings.actions import close_gathering, open_gathering, plan_gathering, reopen_gathering
from reciproque.gatherings.models import Entry
from reciproque.kit import clock
from reciproque.networks.actions import create_network, grant_role, join_network
from reciproque.networks.models import PoolMember

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LONG = 30_000


@pytest.fixture
def live_server(at_once: Any) -> Iterator[LiveServer]:
    """A server whose every request has its own connection: in memory, SQLite would share one between three laptops."""
    server = LiveServer("localhost")
    yield server
    server.stop()


@pytest.fixture
def fair(make_person: Any) -> dict[str, Any]:
    """A fair that is open, two animators and a helper to type in it, and members in the room."""
    ada = make_person("Ada", "Admin", email="ada@example.org", is_superuser=True)
    network = create_network(
        "Savoirs du courrier", by=ada, slug="savoirs", reciprocity="open", mediation="direct"
    )
    people = {
        "alice": make_person("Alice", "Martin", email="alice@example.org"),
        "marc": make_person("Marc", "Petit", email="marc@example.org"),
        "zoe": make_person("Zoé", "Blanc", email="zoe@example.org"),
        "bob": make_person("Bob", "Riou", email="bob@example.org", unit="Opérations > Ouest"),
        "chloe": make_person("Chloé", "Le Goff", email="chloe@example.org", unit="RH > Formation"),
        "dora": make_person("Dora", "Haddad", email="dora@example.org", unit="RH"),
    }
    for person in people.values():
        join_network(network, person, by=person)
    for name in ("alice", "marc"):
        grant_role(network, people[name], "animator", by=ada)
    PoolMember.objects.create(network=network, person=people["zoe"], abilities=["fair"], added_by=ada)
    now = clock.now()
    row = plan_gathering(
        network,
        "fair",
        by=people["alice"],
        title="La bourse de printemps",
        starts_at=now,
        ends_at=now + dt.timedelta(hours=2),
        place="Salle Jaurès",
    )
    return {"row": open_gathering(row, by=people["alice"]), "network": network, **people}


def start(tab: Any, fair: Any) -> Any:
    tab.goto(f"/gatherings/{fair.public_id}/typing/")
    tab.locator("#quick").wait_for()
    return tab


def type_line(tab: Any, who: str, kind: str, words: str) -> None:
    """Type one line with the keyboard: a person, a side, a savoir, Enter."""
    tab.locator("[name=who]").fill(who)
    tab.locator(f"#quick [name=kind][value={kind}]").check(force=True)
    tab.locator("[name=words]").fill(words)
    tab.locator("[name=words]").press("Enter")


def shown(tab: Any, words: str) -> Any:
    return tab.locator("#board .words", has_text=words)


def test_three_type_at_once_one_loses_the_network_and_the_screen_follows(
    fair: Any, enter: Any, healthy: Any
) -> None:
    row = fair["row"]
    alice, marc, zoe = (start(enter(fair[name]), row) for name in ("alice", "marc", "zoe"))
    screen = enter(fair["alice"], viewport={"width": 1920, "height": 1080})
    screen.goto(f"/gatherings/{row.public_id}/screen/")

    # A name is completed among the members.
    zoe.locator("[name=who]").press_sequentially("chlo")
    zoe.locator("#names option[value='Chloé Le Goff']").wait_for(state="attached")

    # Three at once: nobody waits for the others' answers.
    type_line(alice, "Chloé Le Goff", "offer", "Mener un entretien difficile")
    type_line(marc, "Bob Riou", "request", "Conduire un entretien difficile")
    type_line(zoe, "Dora Haddad", "offer", "Lire une fiche de paie")
    for words in (
        "Mener un entretien difficile",
        "Conduire un entretien difficile",
        "Lire une fiche de paie",
    ):
        shown(screen, words).wait_for(timeout=LONG)
        alice.locator("#typed .words", has_text=words).wait_for(timeout=LONG)
    assert alice.evaluate("document.activeElement.name") == "words"
    assert alice.locator("[name=words]").input_value() == ""
    assert alice.locator("[name=who]").input_value() == "Chloé Le Goff"

    # What answers lights up on both sides, and nobody is named before having agreed.
    screen.locator("#board .offer li.lit", has_text="Mener un entretien difficile").wait_for(timeout=LONG)
    screen.locator("#board .request li.lit", has_text="Conduire un entretien difficile").wait_for(
        timeout=LONG
    )
    assert "Chloé" not in screen.locator("#board").inner_text()

    # Marc's laptop loses the network: two lines are kept in it, and the others go on.
    marc.context.set_offline(True)
    type_line(marc, "Bob Riou", "offer", "Organiser une tournée à vélo")
    type_line(marc, "Dora Haddad", "request", "Réussir un levain")
    marc.locator("#unsent li", has_text="Réussir un levain").wait_for(timeout=LONG)
    assert marc.locator("#unsent li").count() == 2
    assert "Pas de réseau" in marc.locator("#unsent-state").inner_text(timeout=LONG)
    type_line(zoe, "Chloé Le Goff", "request", "Organiser une tournée à vélo")
    shown(screen, "Organiser une tournée à vélo").wait_for(timeout=LONG)
    assert Entry.objects.count() == 4

    # It comes back: everything leaves by itself, once, and lights up.
    marc.context.set_offline(False)
    marc.locator("#unsent").wait_for(state="hidden", timeout=LONG)
    shown(screen, "Réussir un levain").wait_for(timeout=LONG)
    screen.locator("#board .offer li.lit", has_text="Organiser une tournée à vélo").wait_for(timeout=LONG)
    assert sorted(Entry.objects.values_list("words", flat=True)) == [
        "Conduire un entretien difficile",
        "Lire une fiche de paie",
        "Mener un entretien difficile",
        "Organiser une tournée à vélo",
        "Organiser une tournée à vélo",
        "Réussir un levain",
    ]
    assert set(Entry.objects.values_list("typed_by__first_name", flat=True)) == {"Alice", "Marc", "Zoé"}
    healthy(screen)
    healthy(marc)

    # Both are there and say yes: an introduction is made on the spot, and the screen says so.
    line = alice.locator("#typed li", has_text="Mener un entretien difficile").filter(
        has=alice.locator("a", has_text="Chloé Le Goff")
    )
    line.get_by_role("link", name="Mettre en relation").first.click()
    healthy(alice)
    for box in alice.get_by_role("checkbox").all():
        box.check(force=True)
    alice.get_by_role("button", name="Mettre en relation").click()
    alice.get_by_text("sont en relation").wait_for(timeout=LONG)
    made = Introduction.objects.get()
    assert (made.state, made.offerer, made.requester) == ("agreed", fair["chloe"], fair["bob"])
    assert "La bourse de printemps" in made.reasons[0]
    screen.locator("#board li.met").first.wait_for(timeout=LONG)


def test_what_a_closed_fair_refuses_is_kept_until_it_opens_again(fair: Any, enter: Any, healthy: Any) -> None:
    row = fair["row"]
    alice = start(enter(fair["alice"], viewport={"width": 360, "height": 740}), row)
    close_gathering(row, by=fair["marc"])
    type_line(alice, "Bob Riou", "offer", "Faire du cidre")
    kept = alice.locator("#unsent li", has_text="Faire du cidre")
    kept.locator(".why", has_text="Rouvrez-la").wait_for(timeout=LONG)
    healthy(alice)
    alice.reload()
    kept.wait_for(timeout=LONG)  # the page was closed and opened: it is still there
    row.refresh_from_db()
    reopen_gathering(row, by=fair["marc"])
    kept.get_by_role("button", name="Renvoyer").click()
    alice.locator("#unsent").wait_for(state="hidden", timeout=LONG)
    assert [entry.words for entry in Entry.objects.all()] == ["Faire du cidre"]

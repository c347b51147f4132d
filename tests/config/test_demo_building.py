"""How the demonstration is built and served: the same story each time, at each stage of life, by one command."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from reciproque.catalogue.actions import publish_post
from reciproque.catalogue.models import Post
from reciproque.config.cli import main
from reciproque.config.demo.build import build, figures
from reciproque.config.demo.history import History
from reciproque.config.demo.scale import Scale
from reciproque.config.demo.texts import texts
from reciproque.config.demo.vectors import encoded_beside
from reciproque.exchanges.models import Exchange, ExchangePerson
from reciproque.journal.models import Fact, Reaction
from reciproque.kit import clock
from reciproque.matching.actions.finding import store_vectors
from reciproque.matching.models import Vector
from reciproque.networks.actions import join_network
from reciproque.networks.models import Membership, Network
from reciproque.people.actions import get_site
from reciproque.people.models import Person, Site

TINY = Scale.reduced(20, 45)


# A slow machine is no failure.
PATIENCE = 90


def silent(_words: str) -> None:
    """Say nothing while building."""


class Undone(Exception):
    """Rolls a demonstration back."""


# -- how it is built ------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_two_builds_tell_the_same_story(tmp_path: Path) -> None:
    def story() -> list[object]:
        posts, parts = Post.objects.order_by("pk"), ExchangePerson.objects.order_by("pk")
        found: list[object] = [figures()]
        found += posts.values_list("title", "author__external_id", "state", "published_at")
        found += parts.values_list("person__external_id", "side", "exchange__title", "exchange__state")
        found += Fact.objects.order_by("pk").values_list("name", "at", "by__external_id")
        return found

    told = []
    now = clock.now()
    for _time in range(2):
        # The same present for both: what happens today follows the hour.
        with clock.at(now), pytest.raises(Undone), transaction.atomic():
            build("year-end", tmp_path, scale=TINY, tell=silent, matching=False)
            told.append(story())
            raise Undone
    assert len(told[0]) > 400
    assert told[0] == told[1]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("stage", "joined", "exchanged"),
    [("empty", False, False), ("launch", True, False), ("running", True, True)],
)
def test_each_stage_of_life(tmp_path: Path, stage: str, joined: bool, exchanged: bool) -> None:
    scale = Scale.reduced(40, 100)
    build(stage, tmp_path, scale=scale, tell=silent, matching=False)
    members = Membership.objects.filter(state="member").count()
    assert (members > 0) == joined
    assert members < scale.members
    assert (Post.objects.exists(), Exchange.objects.exists()) == (joined, exchanged)
    assert Person.objects.count() > scale.members
    assert Fact.objects.filter(name="network.created").exists()
    assert not Reaction.objects.exclude(state=Reaction.State.DONE).exists()
    assert Network.objects.filter(slug="savoirs").exists()
    cast = json.loads((tmp_path / "demo-cast.json").read_text(encoding="utf-8"))
    assert len(cast) >= 4
    assert Person.objects.filter(public_id__in=[entry["public_id"] for entry in cast]).count() == len(cast)


@pytest.mark.django_db
def test_vectors_made_beside_are_those_that_matching_looks_for(
    tmp_path: Path, network: Network, bob: Person
) -> None:
    text = texts()[1]
    post = publish_post(
        network,
        bob,
        text.kind,
        by=bob,
        title=text.title,
        description=text.description,
        topics=[text.subject.topic],
    )
    with encoded_beside(tmp_path, 3) as keep:
        keep()
    assert Vector.objects.count() == 3
    assert store_vectors([post]) == 0
    assert not list(tmp_path.glob("*.npy"))


@pytest.fixture
def history(db: None) -> History:
    """A history of which nothing is lived yet."""
    return History(TINY, "launch", clock.now().date(), tell=silent)


def test_an_act_that_is_refused_leaves_nothing(
    history: History, network: Network, make_person: Callable[..., Person]
) -> None:
    zoe = make_person("Zoé")

    def refused() -> None:
        join_network(network, zoe, by=zoe)
        raise ValidationError("after all, no")

    before = Fact.objects.count()
    with history.together(told=False):
        assert history.refused(refused)
        assert not Membership.objects.filter(person=zoe).exists()
        assert not history.refused(lambda: join_network(network, zoe, by=zoe))
    assert Membership.objects.filter(person=zoe, state="member").exists()
    assert list(Fact.objects.order_by("pk").values_list("name", flat=True)[before:]) == ["membership.joined"]


def test_one_place_is_marked_an_act_however_many_transactions_it_opens(
    history: History, queries: Any
) -> None:
    def nested() -> None:
        with transaction.atomic(), transaction.atomic():
            get_site("Lyon")

    with history.together(told=False), queries() as seen:
        assert not history.refused(nested)
    marks = [query["sql"] for query in seen if query["sql"].startswith("SAVEPOINT")]
    assert len(marks) == 1


def test_an_act_that_goes_on_after_a_failed_write_is_done(history: History) -> None:
    get_site("Paris")

    def act() -> None:
        with contextlib.suppress(IntegrityError), transaction.atomic():
            Site.objects.create(name="Paris")
        get_site("Lyon")

    with history.together(told=False):
        assert not history.refused(act)
    assert sorted(Site.objects.values_list("name", flat=True)) == ["Lyon", "Paris"]


# -- the command ----------------------------------------------------------------------------------------------


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, and an environment that is put back."""
    for name in ("RECIPROQUE_DATA", "RECIPROQUE_DEMO", "BASE_URL", "DATABASE_URL", "OPENBLAS_NUM_THREADS"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def code_of(*words: str) -> int:
    # Each call is a program of its own, which keeps nothing of the former one's environment.
    os.environ.pop("RECIPROQUE_DATA", None)
    with pytest.raises(SystemExit) as ended:
        main(list(words))
    return int(ended.value.code or 0)


def test_a_used_port_is_one_sentence(elsewhere: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert code_of("demo", "--port", str(port)) == 2
    said = capsys.readouterr().err.splitlines()
    assert said[0].startswith(f"Le port {port} est déjà pris")
    assert said[1].startswith(f"Port {port} is already in use")
    assert len(said) == 2
    assert not list(elsewhere.iterdir())


def test_a_folder_that_cannot_be_written_is_one_sentence(
    elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (elsewhere / "var").write_text("in the way")
    assert code_of("demo", "--no-serve") == 2
    said = capsys.readouterr().err.splitlines()
    assert said[0].startswith("Impossible d’écrire dans")
    assert "cannot be written to" in said[1]


def test_another_stage_is_not_served_by_surprise(
    elsewhere: Path, capsys: pytest.CaptureFixture[str], db: None
) -> None:
    folder = elsewhere / "var/demo"
    folder.mkdir(parents=True)
    (folder / "reciproque.sqlite3").touch()
    (folder / "demo.json").write_text('{"stage": "launch", "format": 1}')
    assert code_of("demo", "--stage", "running", "--no-serve") == 2
    assert "stade « launch »" in capsys.readouterr().err
    assert code_of("demo", "--stage", "launch", "--no-serve") == 0
    assert code_of("demo", "--no-serve") == 0
    assert (folder / "reciproque.sqlite3").exists()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def served(elsewhere: Path) -> Iterator[Callable[[], tuple[subprocess.Popen[str], int, list[str]]]]:
    """Start the demonstration as its user does, and wait until it says that it is ready."""
    running: list[subprocess.Popen[str]] = []
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DJANGO")}

    def start() -> tuple[subprocess.Popen[str], int, list[str]]:
        port = free_port()
        command = [sys.executable, "-m", "reciproque", "demo", "--stage", "empty", "--port", str(port)]
        child = subprocess.Popen(
            command,
            cwd=elsewhere,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        running.append(child)
        said: list[str] = []
        assert child.stdout is not None
        for line in child.stdout:
            said.append(line.rstrip("\n"))
            if "Ctrl-C" in line:
                return child, port, said
        raise AssertionError("\n".join(said))

    yield start
    for child in running:
        if child.poll() is None:
            # Asked first: killed at once, it would leave its site and its worker behind.
            child.terminate()
            try:
                child.wait(timeout=PATIENCE)
            except subprocess.TimeoutExpired:
                child.kill()
        child.communicate()


def test_it_serves_stops_cleanly_and_starts_again_with_its_data(
    served: Callable[[], tuple[subprocess.Popen[str], int, list[str]]], elsewhere: Path
) -> None:
    child, port, said = served()
    assert any(f"http://localhost:{port}/" in line for line in said)
    assert any("Alice Ferrand" in line for line in said)
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/demo/", timeout=30) as page:
        assert "Alice Ferrand" in page.read().decode()
    child.send_signal(signal.SIGTERM)
    assert child.wait(timeout=PATIENCE) == 0
    database = elsewhere / "var/demo/reciproque.sqlite3"
    first = database.stat().st_ino
    with pytest.raises(OSError):
        urllib.request.urlopen(f"http://127.0.0.1:{port}/demo/", timeout=5)
    child, port, said = served()
    assert not any("Construction" in line for line in said)
    assert database.stat().st_ino == first
    child.send_signal(signal.SIGINT)
    assert child.wait(timeout=PATIENCE) == 0

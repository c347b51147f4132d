"""Statements to a Learning Record Store: an independent one takes them, also after an outage; never twice, never an e-mail."""

from __future__ import annotations

import base64
import contextlib
import datetime as dt
import hashlib
import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from joserfc import jws
from joserfc.jwk import RSAKey

from reciproque.journal.models import Fact
from reciproque.kit import clock
from reciproque.kit.seal import new_key
from reciproque.recognition import actions, queries
from reciproque.recognition.engine import xapi
from reciproque.recognition.models import LearningStore, Statement
from reciproque.recognition.queries.statements import open_store, signed_words
from reciproque.recognition.rules.training import StatementState, retry_after
from tests.recognition import trainings_made as made

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
USER, PASSWORD = "reciproque", "un-secret-d-entrepot"


@pytest.fixture(autouse=True)
def _counted(network: Any, admin: Any) -> None:
    made.switch_on(network, admin)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def connect(settings: Any, network: Any, by: Any, port: int, **more: Any) -> LearningStore:
    """Have the network send to a store of this machine, which its administrators listed."""
    settings.FETCH_HOSTS = [f"127.0.0.1:{port}"]
    values = {"on": True, "version": "2.0.0", "user": USER, "password": PASSWORD}
    return actions.set_store(network, by=by, url=f"http://127.0.0.1:{port}/xAPI", **(values | more))


def later(minutes: float) -> Any:
    return clock.at(clock.now() + dt.timedelta(minutes=minutes))


# -- a store that answers as it is told, and keeps what it was sent -------------------------------------------


class Fake:
    """A store of this machine: `answers` are given in order, the last one again and again."""

    def __init__(self) -> None:
        self.answers: list[int] = [200]
        self.posts: list[tuple[dict[str, str], bytes]] = []
        self.held: dict[str, Any] = {}
        self.port = 0

    def answer(self) -> int:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@pytest.fixture
def fake() -> Iterator[Fake]:
    state = Fake()

    class Handler(BaseHTTPRequestHandler):
        def _say(self, status: int, body: bytes = b"") -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            state.posts.append((dict(self.headers), body))
            self._say(state.answer())

        def do_GET(self) -> None:
            found = state.held.get(self.path.rsplit("=", 1)[-1])
            self._say(200 if found else 404, json.dumps(found).encode())

        def log_message(self, *_args: Any) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Handler)
    state.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield state
    server.shutdown()
    server.server_close()
    thread.join()


def statement_in(post: tuple[dict[str, str], bytes]) -> tuple[dict[str, Any], str]:
    """Read a parcel as a store does: the statement, and the signature that comes with it."""
    headers, body = post
    found = re.fullmatch(r'multipart/mixed; boundary="([^"]+)"', headers["Content-Type"])
    if found is None:
        assert headers["Content-Type"] == "application/json"
        return json.loads(body), ""
    parts = body.decode().split(f"--{found[1]}")
    assert parts[0] == ""
    assert parts[-1] == "--\r\n"
    read = []
    for part in parts[1:-1]:
        head, _gap, words = part.removeprefix("\r\n").removesuffix("\r\n").partition("\r\n\r\n")
        read.append((dict(line.split(": ", 1) for line in head.split("\r\n")), words))
    (first, statement), (second, signature) = read
    assert first == {"Content-Type": "application/json"}
    assert second["Content-Transfer-Encoding"] == "binary"
    assert second["X-Experience-API-Hash"] == hashlib.sha256(signature.encode()).hexdigest()
    return json.loads(statement), signature


# -- off by default, only what was handed over ----------------------------------------------------------------


def test_nothing_leaves_unless_asked(
    network: Any, admin: Any, bob: Any, chloe: Any, fake: Fake, settings: Any
) -> None:
    made.handed(network, chloe, bob)
    assert actions.send_statements() == 0
    connect(settings, network, admin, fake.port, on=False)
    assert actions.send_statements() == 0
    assert not fake.posts
    assert not Statement.objects.exists()


def test_only_what_both_handed_over_leaves_and_once(
    network: Any, admin: Any, bob: Any, chloe: Any, fake: Fake, settings: Any
) -> None:
    connect(settings, network, admin, fake.port)
    made.agreed(network, chloe, bob, title="Gardée pour soi")
    made.asked(made.closed(network, chloe, bob, "En attente"), chloe, bob)
    row = made.handed(network, chloe, bob, hours="2.75", title="Tenir un guichet")
    assert actions.send_statements() == 1
    assert actions.send_statements() == 0
    assert len(fake.posts) == 1
    headers, body = fake.posts[0]
    assert headers["X-Experience-API-Version"] == "2.0.0"
    assert headers["Authorization"] == "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    said, _signature = statement_in(fake.posts[0])
    assert said["verb"]["id"] == "http://adlnet.gov/expapi/verbs/completed"
    assert said["result"] == {"completion": True, "duration": "PT2H45M"}
    assert said["object"]["definition"]["name"] == {"fr": "Tenir un guichet"}
    assert said["timestamp"] == "2026-03-02T12:00:00Z"
    for words in (
        b"@",
        b"Bob",
        b"Riou",
        b"Chlo",
        bob.public_id.encode(),
        row.public_id.encode(),
        row.aims.encode(),
    ):
        assert words not in body
    names = said["actor"]["account"]["name"], said["context"]["instructor"]["account"]["name"]
    assert all(re.fullmatch("[0-9a-f]{32}", name) for name in names)
    assert names[0] != names[1]
    assert uuid.UUID(said["id"]).version == 5


def test_what_leaves_is_signed(
    network: Any, admin: Any, bob: Any, chloe: Any, fake: Fake, settings: Any
) -> None:
    """As xAPI asks: a JWS over the statement without its attachment, RS256, announced by its size and its print."""
    store = connect(settings, network, admin, fake.port)
    made.handed(network, chloe, bob)
    actions.send_statements()
    said, signature = statement_in(fake.posts[0])
    (attachment,) = said.pop("attachments")
    assert attachment["usageType"] == "http://adlnet.gov/expapi/attachments/signature"
    assert attachment["contentType"] == "application/octet-stream"
    assert attachment["length"] == len(signature.encode())
    assert attachment["sha2"] == hashlib.sha256(signature.encode()).hexdigest()
    read = jws.deserialize_compact(signature, RSAKey.import_key(store.public), algorithms=["RS256"])
    assert read.headers()["alg"] == "RS256"
    assert json.loads(read.payload) == said
    statement = Statement.objects.select_related("store").get()
    assert signed_words(statement) == said
    statement.body = statement.body.replace("PT3H", "PT9H")
    with pytest.raises(xapi.Unsigned):
        signed_words(statement)
    private, public = xapi.new_pair()
    with pytest.raises(xapi.Unsigned):
        xapi.check(Statement.objects.get().body, signature, public)
    assert "d" in private
    assert "d" not in store.public


def test_a_store_without_attachments_takes_it_alone(
    network: Any, admin: Any, bob: Any, chloe: Any, fake: Fake, settings: Any
) -> None:
    store = connect(settings, network, admin, fake.port)
    fake.answers = [415, 200]
    for n in range(2):
        made.handed(network, chloe, bob, title=f"Savoir {n}")
    assert actions.send_statements() == 2
    kinds = [headers["Content-Type"].split(";")[0] for headers, _body in fake.posts]
    assert kinds == ["multipart/mixed", "application/json", "application/json"]
    assert "attachments" not in statement_in(fake.posts[1])[0]
    store.refresh_from_db()
    assert not store.attaches
    for statement in Statement.objects.select_related("store"):
        assert signed_words(statement)["result"]["completion"]


# -- what goes wrong -----------------------------------------------------------------------------------------


def test_down_it_is_kept_and_sent_later(
    network: Any, admin: Any, bob: Any, chloe: Any, fake: Fake, settings: Any
) -> None:
    store = connect(settings, network, admin, free_port())
    for n in range(3):
        made.handed(network, chloe, bob, title=f"Savoir {n}")
    assert actions.send_statements() == 0
    store.refresh_from_db()
    assert store.failures == 1
    assert store.last_error
    assert set(Statement.objects.values_list("state", flat=True)) == {StatementState.WAITING}
    ids = set(Statement.objects.values_list("statement_id", flat=True))
    # Down: it is not even called before its time.
    LearningStore.objects.filter(pk=store.pk).update(url=f"http://127.0.0.1:{fake.port}/xAPI")
    settings.FETCH_HOSTS = [f"127.0.0.1:{fake.port}"]
    assert actions.send_statements() == 0
    assert not fake.posts
    with later(10):
        assert actions.send_statements() == 3
    store.refresh_from_db()
    assert (store.failures, store.wait_until, store.last_error) == (0, None, "")
    assert {uuid.UUID(statement_in(post)[0]["id"]) for post in fake.posts} == ids


def test_the_wait_grows_and_is_bounded() -> None:
    waits = [retry_after(tries) for tries in range(40)]
    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (dt.timedelta(minutes=5), dt.timedelta(hours=12))


def test_a_refused_key_holds_everything_and_is_said(
    network: Any, admin: Any, bob: Any, chloe: Any, fake: Fake, settings: Any
) -> None:
    connect(settings, network, admin, fake.port)
    fake.answers = [401, 200]
    for n in range(2):
        made.handed(network, chloe, bob, title=f"Savoir {n}")
    assert actions.send_statements() == 0
    assert len(fake.posts) == 1
    line = queries.store_line(network)
    assert line is not None
    assert (line.waiting, line.sent, line.refused) == (2, 0, [])
    assert "401" in line.store.last_error
    connect(settings, network, admin, fake.port, password="le-bon")
    with later(10):
        assert actions.send_statements() == 2


def test_what_is_wrong_is_refused_alone(
    network: Any, admin: Any, bob: Any, chloe: Any, fake: Fake, settings: Any
) -> None:
    store = connect(settings, network, admin, fake.port)
    LearningStore.objects.filter(pk=store.pk).update(attaches=False)
    fake.answers = [400, 200]
    for n in range(2):
        made.handed(network, chloe, bob, title=f"Savoir {n}")
    assert actions.send_statements() == 1
    line = queries.store_line(network)
    assert line is not None
    assert (line.waiting, line.sent, len(line.refused)) == (0, 1, 1)
    assert "400" in line.refused[0].last_error
    with later(60 * 24):
        assert actions.send_statements() == 0
    with pytest.raises(PermissionDenied):
        actions.send_again(network, by=bob)
    assert actions.send_again(network, by=admin) == 1
    assert actions.send_statements() == 1


@pytest.mark.parametrize(("changed", "state"), [(False, "sent"), (True, "refused")])
def test_already_there(
    network: Any, admin: Any, bob: Any, chloe: Any, fake: Fake, settings: Any, changed: bool, state: str
) -> None:
    """The answer was lost: the store has it already, or has something else under that identifier."""
    connect(settings, network, admin, fake.port)
    made.handed(network, chloe, bob)
    actions.queue_statements()
    statement = Statement.objects.get()
    held = json.loads(statement.body) | {"stored": "2026-03-02T13:00:00Z", "version": "2.0.0"}
    if changed:
        held["result"] = {"completion": False}
    fake.held[str(statement.statement_id)] = held
    fake.answers = [409]
    assert actions.send_statements() == (0 if changed else 1)
    statement.refresh_from_db()
    assert statement.state == state


def test_five_hundred_holds_up_that_one_only(
    network: Any, admin: Any, bob: Any, chloe: Any, fake: Fake, settings: Any
) -> None:
    store = connect(settings, network, admin, fake.port)
    LearningStore.objects.filter(pk=store.pk).update(attaches=False)
    fake.answers = [500, 200, 200]
    for n in range(2):
        made.handed(network, chloe, bob, title=f"Savoir {n}")
    assert actions.send_statements() == 1
    assert actions.send_statements() == 0
    with later(10):
        assert actions.send_statements() == 1
    said = [statement_in(post)[0] for post in fake.posts]
    assert said[0] == said[2]


def test_taken_back_it_never_leaves_or_is_annulled(
    network: Any, admin: Any, bob: Any, chloe: Any, fake: Fake, settings: Any
) -> None:
    connect(settings, network, admin, fake.port)
    waiting = made.handed(network, chloe, bob, title="Jamais partie")
    actions.queue_statements()
    actions.hand_over(waiting, by=bob, yes=False)
    sent = made.handed(network, chloe, bob, title="Partie")
    assert actions.send_statements() == 1
    first, _signature = statement_in(fake.posts[0])
    actions.withdraw_training(sent, by=chloe)
    assert actions.send_statements() == 1
    void, _signature = statement_in(fake.posts[1])
    assert void["verb"]["id"] == "http://adlnet.gov/expapi/verbs/voided"
    assert void["object"] == {"objectType": "StatementRef", "id": first["id"]}
    assert actions.send_statements() == 0
    # Handed over again: another statement, under another identifier.
    actions.hand_over(waiting, by=bob, yes=True)
    assert actions.send_statements() == 1
    assert statement_in(fake.posts[2])[0]["object"]["definition"]["name"] == {"fr": "Jamais partie"}
    assert len({statement_in(post)[0]["id"] for post in fake.posts}) == 3


def test_two_workers_send_it_once(
    network: Any, admin: Any, bob: Any, chloe: Any, fake: Fake, settings: Any
) -> None:
    from reciproque.recognition.actions.statements import _lease

    connect(settings, network, admin, fake.port)
    made.handed(network, chloe, bob)
    actions.queue_statements()
    assert actions.queue_statements() == 0
    one, other = Statement.objects.get(), Statement.objects.get()
    assert (_lease(one), _lease(other)) == (True, False)
    assert actions.send_statements() == 0
    # It died on the way: somebody takes it over.
    with later(6):
        assert actions.send_statements() == 1


# -- where it may go, and its secrets ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "http://lrs.example.org/xAPI",
        "http://127.0.0.1/xAPI",
        "https://127.0.0.1/xAPI",
        "https://10.0.0.8/xAPI",
        "https://169.254.169.254/xAPI",
        "https://[::1]/xAPI",
        "https://localhost/xAPI",
        "https://lrs.example.org:8100/xAPI",
        "https://user:secret@lrs.example.org/xAPI",
        "https://lrs.example.org/xAPI?since=1",
        "ftp://lrs.example.org/xAPI",
        "",
    ],
)
def test_addresses_that_are_refused(network: Any, admin: Any, url: str) -> None:
    with pytest.raises(ValidationError) as refused:
        actions.set_store(network, by=admin, on=True, url=url, version="2.0.0", user=USER, password=PASSWORD)
    assert set(refused.value.error_dict) == {"url"}
    assert not LearningStore.objects.exists()


def test_http_stays_refused_for_a_listed_neighbour(network: Any, admin: Any, settings: Any) -> None:
    settings.FETCH_HOSTS = ["10.0.0.8", "lrs.interne"]
    for url in ("http://10.0.0.8/xAPI", "http://lrs.interne/xAPI"):
        with pytest.raises(ValidationError):
            actions.set_store(network, by=admin, on=True, url=url, version="2.0.0", user=USER, password="x")
    store = actions.set_store(
        network, by=admin, on=True, url="https://10.0.0.8/xAPI/", version="1.0.3", user=USER, password="x"
    )
    assert store.url == "https://10.0.0.8/xAPI"


def test_secrets_are_sealed_and_told_to_nobody(network: Any, admin: Any, bob: Any, settings: Any) -> None:
    with pytest.raises(PermissionDenied):
        connect(settings, network, bob, 8999)
    store = connect(settings, network, admin, 8999)
    row = LearningStore.objects.filter(pk=store.pk).values().get()
    assert PASSWORD not in str(row)
    assert PASSWORD not in json.dumps(
        [fact.data for fact in Fact.objects.filter(name="learning_store.changed")]
    )
    held = open_store(store)
    assert held is not None
    assert (held.user, held.password) == (USER, PASSWORD)
    # Changed without its password, it keeps it; moved to another row, it does not open.
    again = connect(settings, network, admin, 8999, password="", version="1.0.3")
    assert (again.pk, open_store(again)) == (store.pk, held)
    again.public_id = "bcd234fgh567"
    assert open_store(again) is None


def test_another_address_is_another_store(
    network: Any, admin: Any, bob: Any, chloe: Any, fake: Fake, settings: Any
) -> None:
    first = connect(settings, network, admin, free_port())
    made.handed(network, chloe, bob)
    actions.send_statements()
    with pytest.raises(ValidationError) as refused:
        connect(settings, network, admin, fake.port, password="")
    assert set(refused.value.error_dict) == {"password"}
    second = connect(settings, network, admin, fake.port)
    first.refresh_from_db()
    assert first.removed_at is not None
    assert first.sealed == ""
    assert first.salt != second.salt
    assert actions.send_statements() == 1
    assert set(first.statements.values_list("state", flat=True)) == {StatementState.CANCELLED}


def test_sealed_again_under_a_new_key(network: Any, admin: Any, settings: Any) -> None:
    store = connect(settings, network, admin, 8999)
    held, before = open_store(store), list(settings.NOTES_KEYS)
    settings.NOTES_KEYS = [new_key(), *before]
    assert actions.tend_stores() == 1
    assert actions.tend_stores() == 0
    settings.NOTES_KEYS = settings.NOTES_KEYS[:1]
    store.refresh_from_db()
    assert open_store(store) == held
    settings.NOTES_KEYS = [new_key()]
    assert open_store(store) is None
    assert actions.send_statements() == 0
    line = queries.store_line(network)
    assert line is not None
    assert not line.opens


@pytest.mark.parametrize(
    ("hours", "said"), [("0.25", "PT15M"), ("1", "PT1H"), ("2.5", "PT2H30M"), ("200", "PT200H")]
)
def test_hours_as_the_standard_writes_them(hours: str, said: str) -> None:
    assert xapi.duration(Decimal(hours)) == said


# -- an independent store ------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def lrs_programs() -> Path:
    """The folder of the store's programs, apart from ours."""
    made_ = subprocess.run(
        [sys.executable, str(ROOT / "tools/aside.py"), "lrs"], capture_output=True, text=True, check=False
    )
    if made_.returncode:
        if os.environ.get("CI") == "true":
            pytest.fail(made_.stderr)
        pytest.skip(f"the store cannot be made: {made_.stderr.strip()}")
    return Path(made_.stdout.strip().splitlines()[-1])


# Its store of files makes the file anew at each writing, and then refuses the second one: we have it add to its file.
RALPH = """
import sys
import uvicorn
from ralph.backends.data.base import BaseOperationType
from ralph.backends.data.fs import FSDataBackend
FSDataBackend.default_operation_type = BaseOperationType.APPEND
uvicorn.run("ralph.api:app", host="127.0.0.1", port=int(sys.argv[1]))
"""


class Ralph:
    """An LRS written by others (ralph), on this machine, with files of its own."""

    def __init__(self, programs: Path, home: Path) -> None:
        self.programs, self.home, self.port = programs, home, free_port()
        self.process: subprocess.Popen[bytes] | None = None
        (home / "statements").mkdir()
        hashed = subprocess.run(
            [
                str(programs / "python"),
                "-c",
                "import bcrypt,sys;print(bcrypt.hashpw(sys.argv[1].encode(),bcrypt.gensalt(4)).decode())",
                PASSWORD,
            ],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        agent = {"objectType": "Agent", "account": {"homePage": "https://lrs.test", "name": USER}}
        users = [{"agent": agent, "scopes": ["all"], "hash": hashed, "username": USER, "target": None}]
        (home / "auth.json").write_text(json.dumps(users))

    def start(self) -> None:
        env = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "RALPH_APP_DIR": str(self.home),
            "RALPH_RUNSERVER_BACKEND": "fs",
            "RALPH_AUTH_FILE": str(self.home / "auth.json"),
            "RALPH_BACKENDS__LRS__FS__DEFAULT_DIRECTORY_PATH": str(self.home / "statements"),
        }
        command = [str(self.programs / "python"), "-c", RALPH, str(self.port)]
        with (self.home / "log").open("ab") as log:
            self.process = subprocess.Popen(command, env=env, cwd=self.home, stdout=log, stderr=log)
        end = time.monotonic() + 60
        while time.monotonic() < end:
            if self.process.poll() is not None:
                break
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            time.sleep(0.2)
        raise RuntimeError((self.home / "log").read_text())

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(20)
            self.process = None

    def get(self, query: str, password: str = PASSWORD) -> tuple[int, Any]:
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/xAPI/statements?{query}")
        key = base64.b64encode(f"{USER}:{password}".encode()).decode()
        request.add_header("Authorization", f"Basic {key}")
        request.add_header("X-Experience-API-Version", "1.0.3")
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, json.loads(answer.read())["statements"]
        except urllib.error.HTTPError as error:
            return error.code, None


@pytest.fixture
def ralph(lrs_programs: Path, tmp_path: Path) -> Iterator[Ralph]:
    home = tmp_path / "lrs"
    home.mkdir()
    store = Ralph(lrs_programs, home)
    yield store
    store.stop()


def test_an_independent_store_takes_them_also_after_an_outage(
    network: Any,
    admin: Any,
    bob: Any,
    chloe: Any,
    dora: Any,
    ralph: Ralph,
    settings: Any,
) -> None:
    """ralph takes no parcel in parts: it is sent each statement alone, and the signature is checked on our side."""
    store = connect(settings, network, admin, ralph.port)
    first = made.handed(network, chloe, bob, hours="2.5")
    # Down from the start.
    assert actions.send_statements() == 0
    ralph.start()
    with later(10):
        assert actions.send_statements() == 1
        store.refresh_from_db()
        assert not store.attaches
        statement = Statement.objects.select_related("store").get()
        status, (found,) = ralph.get(f"statementId={statement.statement_id}")
        assert status == 200
        assert xapi.same(found, json.loads(statement.body))
        assert found["result"]["duration"] == "PT2H30M"
        assert xapi.same(found, signed_words(statement))
        # Sent again, as after an answer that was lost: it is there once.
        Statement.objects.update(state=StatementState.WAITING, sent_at=None, next_at=clock.now())
        assert actions.send_statements() == 1
        assert len(ralph.get("")[1]) == 1
        # Another thing under the same identifier: refused, and said.
        Statement.objects.update(
            state=StatementState.WAITING,
            sent_at=None,
            next_at=clock.now(),
            body=statement.body.replace("PT2H30M", "PT9H"),
        )
        assert actions.send_statements() == 0
        assert Statement.objects.get().state == StatementState.REFUSED
        assert Statement.objects.get().last_status == 409
        Statement.objects.update(state=StatementState.SENT, sent_at=clock.now(), body=statement.body)
    # It falls while others wait.
    ralph.stop()
    with later(20):
        second = made.handed(network, dora, bob, title="Compter une caisse")
        assert actions.send_statements() == 0
        assert Statement.objects.filter(state=StatementState.WAITING).count() == 1
    ralph.start()
    with later(60):
        assert actions.send_statements() == 1
        assert len(ralph.get("")[1]) == 2
        # A wrong password holds the queue; the right one frees it.
        connect(settings, network, admin, ralph.port, password="faux")
        actions.withdraw_training(first, by=chloe)
        assert actions.send_statements() == 0
        store.refresh_from_db()
        assert "401" in store.last_error
        connect(settings, network, admin, ralph.port, version="1.0.3")
    with later(120):
        assert actions.send_statements() == 1
        read = ralph.get("")[1]
        assert len(read) == 3
        assert sum(one["verb"]["id"].endswith("voided") for one in read) == 1
        names = [one["actor"]["account"]["name"] for one in read]
        assert not [name for name in names if "@" in name or chloe.public_id in name]
    assert second.is_handed
    assert ralph.get("", password="faux")[0] == 401

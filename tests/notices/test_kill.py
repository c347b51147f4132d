"""A real worker, a real mail server, and kill -9 in the middle: nothing is lost, and what may leave twice is known.

The server takes a message when it has read its last point; the worker writes down that it is about to give that point, then
gives it. Killed before, the message was not taken, and leaves once. Killed after, while no answer was read, nobody can know:
it leaves again, once, under the same Message-ID, and its row says so (`doubts`). See docs/decisions/0008.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from email import message_from_bytes
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP
from django.db import connection, connections

from reciproque.kit import clock
from reciproque.networks.actions import publish_charter
from reciproque.networks.models import Membership
from reciproque.notices.models import Outgoing
from reciproque.notices.rules import LEASE

PATIENCE = 240.0


class Post(SMTP):
    """The server's side of one connection, which may stop before it lets the message in."""

    async def push(self, status: Any) -> None:
        if str(status).startswith("354"):
            await self.event_handler.reach("data")
        await super().push(status)
        if str(status).startswith("354") and self.event_handler.stage == "body":
            # The message comes and nobody reads it: the sender is in the middle of it for as long as we wish.
            self.transport.pause_reading()
            self._reader._paused = True
            await self.event_handler.reach("body")


class PostOffice:
    """A mail server on the loopback that keeps what it takes, and may stand still at one stage of a message."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.stage = ""
        self.reached = threading.Event()
        self.slow = 0.0

    async def reach(self, stage: str) -> None:
        if self.stage == stage:
            self.reached.set()
            await asyncio.sleep(3600)

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        await self.reach("recipient")
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        # When the sender goes away, aiosmtpd cancels this: before the next line nothing is taken.
        await self.reach("point, not taken")
        await asyncio.sleep(self.slow)
        self.taken.append(message_from_bytes(envelope.content)["Message-ID"].strip())
        await self.reach("point, taken")
        await asyncio.sleep(self.slow)
        return "250 OK"


class _Controller(Controller):
    def factory(self) -> SMTP:
        return Post(self.handler, **self.SMTP_kwargs)


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    office = PostOffice()
    controller = _Controller(office, hostname="127.0.0.1", port=port)
    controller.start()
    office.port = port  # type: ignore[attr-defined]
    yield office
    controller.stop()


@pytest.fixture
def database(transactional_db: None, tmp_path: Path) -> Iterator[str]:
    """The address of the test's database as another process reaches it; SQLite moves from memory to a file."""
    former = connections["default"]
    kept = former.settings_dict
    if former.vendor == "postgresql":
        user, secret = quote(kept["USER"] or ""), quote(kept["PASSWORD"] or "")
        who = f"{user}:{secret}@" if secret else (f"{user}@" if user else "")
        host, port = kept["HOST"] or "", kept["PORT"] or ""
        if host.startswith("/"):
            yield f"postgresql://{who}/{quote(kept['NAME'])}?host={quote(host, safe='')}" + (
                f"&port={port}" if port else ""
            )
        else:
            yield f"postgresql://{who}{host}{f':{port}' if port else ''}/{quote(kept['NAME'])}"
        return
    name = kept["NAME"]
    former.ensure_connection()
    file = tmp_path / "kill.sqlite3"
    with contextlib.closing(sqlite3.connect(file)) as copy:
        former.connection.backup(copy)
    kept["NAME"] = str(file)
    connections["default"] = connections.create_connection("default")
    connection.ensure_connection()
    yield f"sqlite:////{str(file).lstrip('/')}"
    connections["default"].close()
    kept["NAME"] = name
    connections["default"] = former


@pytest.fixture
def start_worker(database: str, office: PostOffice, tmp_path: Path) -> Iterator[Callable[[], Any]]:
    """Start `reciproque worker`, as an administrator does; whatever still runs is killed at the end."""
    started: list[subprocess.Popen[bytes]] = []
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "DJANGO_"))},
        "DATABASE_URL": database,
        "RECIPROQUE_DATA": str(tmp_path / "data"),
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": str(office.port),  # type: ignore[attr-defined]
        "BASE_URL": "https://savoirs.example.org",
        "OPENBLAS_NUM_THREADS": "1",
    }
    log = (tmp_path / "worker.log").open("wb")

    def start() -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-m", "reciproque", "worker"], env=environment, stdout=log, stderr=log
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            kill(process)
    log.close()


def kill(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait(20)


def wait_until(true: Callable[[], bool], process: subprocess.Popen[bytes] | None = None) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, "nothing happened in time"
        assert process is None or process.poll() is None, "the worker ended by itself"
        time.sleep(0.05)


def lease_passes() -> None:
    """Ten minutes later: what a dead worker held is free again."""
    rows = Outgoing.objects.filter(state="sending")
    rows.update(run_after=clock.now() - LEASE)


def all_sent() -> bool:
    return not Outgoing.objects.exclude(state="sent").exists() and Outgoing.objects.exists()


def letters(people: int, make_person: Any, **fields: Any) -> list[Outgoing]:
    return [
        Outgoing.objects.create(
            fact_id=number,
            fact_name="x.y",
            person=make_person(f"m{number}"),
            subject=f"Lettre {number}",
            html="<p>Bonjour</p>",
            **{"text": "Bonjour\n.\n..fin\n", **fields},
        )
        for number in range(people)
    ]


def message_id(row: Outgoing) -> str:
    return f"<{row.public_id}@savoirs.example.org>"


@pytest.mark.parametrize("stage", ["recipient", "data", "body"])
def test_killed_before_the_last_point_a_message_leaves_once(
    stage: str, office: PostOffice, start_worker: Any, make_person: Any
) -> None:
    # Longer than what the two ends of a connection keep for each other.
    [row] = letters(1, make_person, text="Bonjour " * 9 + "\n" + ("x" * 900 + "\n") * 24_000)
    office.stage = stage
    worker = start_worker()
    wait_until(office.reached.is_set, worker)
    time.sleep(0.5)
    kill(worker)
    assert office.taken == []
    row.refresh_from_db()
    assert (row.state, row.handed_at, row.tries) == ("sending", None, 1)

    office.stage = ""
    lease_passes()
    wait_until(all_sent, start_worker())
    assert office.taken == [message_id(row)]
    row.refresh_from_db()
    assert (row.doubts, row.tries) == (0, 2)


@pytest.mark.parametrize(("stage", "copies"), [("point, not taken", 1), ("point, taken", 2)])
def test_killed_before_the_answer_a_message_is_never_lost_and_the_doubt_is_kept(
    stage: str, copies: int, office: PostOffice, start_worker: Any, make_person: Any
) -> None:
    [row] = letters(1, make_person)
    office.stage = stage
    worker = start_worker()
    wait_until(office.reached.is_set, worker)
    kill(worker)
    row.refresh_from_db()
    assert row.state == "sending"
    assert row.handed_at is not None

    # While the lease lasts nobody touches it: the server may still be at work.
    office.stage = ""
    other = start_worker()
    time.sleep(3)
    assert len(office.taken) == copies - 1
    lease_passes()
    wait_until(all_sent, other)
    assert office.taken == [message_id(row)] * copies
    row.refresh_from_db()
    assert (row.doubts, row.tries) == (1, 2)


def test_killed_again_and_again_while_it_tells_and_sends(
    office: PostOffice, start_worker: Any, make_person: Any, network: Any, alice: Any
) -> None:
    """From the fact itself: the outbox is written once and whole, then everything arrives."""
    members = 80
    people = [make_person(f"m{number}") for number in range(members)]
    now = clock.now()
    Membership.objects.bulk_create(
        [Membership(network=network, person=person, joined_at=now) for person in people]
    )
    publish_charter(network, by=alice, text_fr="Une autre charte.")
    office.slow = 0.01
    chance = random.Random(4)
    kills = 4
    for turn in range(kills):
        worker = start_worker()
        if turn:
            seen = len(office.taken)
            wait_until(lambda seen=seen: len(office.taken) > seen + 4 or all_sent(), worker)
        else:
            # Some time around the moment at which the fact becomes eighty rows.
            wait_until(lambda: Outgoing.objects.exists(), worker)
        time.sleep(chance.uniform(0, 0.05))
        kill(worker)
        # So few people are one batch, in one transaction: all of its rows or none.
        assert Outgoing.objects.filter(fact_name="charter.published").count() in (0, members)
        lease_passes()
    office.slow = 0.0
    wait_until(all_sent, start_worker())

    rows = list(Outgoing.objects.all())
    copies = Counter(office.taken)
    assert sum(row.fact_name == "charter.published" for row in rows) == members
    assert set(copies) == {message_id(row) for row in rows}
    doubted = {message_id(row) for row in rows if row.doubts}
    twice = {name for name, times in copies.items() if times > 1}
    assert twice <= doubted
    assert len(doubted) <= kills
    assert max(copies.values()) <= 2


def test_two_workers_at_once_send_each_message_once(
    office: PostOffice, start_worker: Any, make_person: Any
) -> None:
    rows = letters(60, make_person)
    office.slow = 0.02
    workers = [start_worker(), start_worker()]
    wait_until(all_sent, workers[0])
    assert workers[1].poll() is None
    assert sorted(office.taken) == sorted(message_id(row) for row in rows)


def test_told_to_stop_a_worker_finishes_what_it_holds(
    office: PostOffice, start_worker: Any, make_person: Any
) -> None:
    letters(3, make_person)
    office.slow = 0.3
    worker = start_worker()
    wait_until(lambda: bool(office.taken), worker)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(60) == 0
    assert all_sent()
    assert len(office.taken) == len(set(office.taken)) == 3


def test_a_message_taken_over_meanwhile_is_not_given(
    office: PostOffice, start_worker: Any, make_person: Any
) -> None:
    """A worker that stood still longer than its lease finds that another one has its message: its point is never given."""
    [row] = letters(1, make_person)
    office.stage = "data"
    slow = start_worker()
    wait_until(office.reached.is_set, slow)
    slow.send_signal(signal.SIGSTOP)
    office.stage = ""
    lease_passes()
    wait_until(all_sent, start_worker())
    slow.send_signal(signal.SIGCONT)
    time.sleep(2)
    assert office.taken == [message_id(row)]

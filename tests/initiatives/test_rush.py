"""Three hundred people sign up in the same minute for twenty seats, through the real server: nobody is lost, order is kept."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.urls import reverse

from reciproque.config.commands.serve import server_command
from reciproque.initiatives.actions.subjects import add_subject
from reciproque.initiatives.models import SignUp, WallSubject
from reciproque.journal.models import Concern, Fact
from reciproque.kit import clock
from reciproque.networks.models import Membership
from reciproque.people.models import Person
from tests.initiatives.launch import day_of, frame_at_launch
from tests.notices.test_kill import database as database

PEOPLE, SEATS, TWICE = 300, 20, 10
TOKEN = "a" * 32
PATIENCE = 120.0


@pytest.fixture
def server(database: str, tmp_path: Path) -> Iterator[int]:
    """The web server as an installation runs it (two processes), on the loopback and on the database of the test."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "DJANGO_"))},
        "DJANGO_SETTINGS_MODULE": "reciproque.config.settings",
        "DATABASE_URL": database,
        "RECIPROQUE_DATA": str(tmp_path / "data"),
        "BASE_URL": f"http://127.0.0.1:{port}",
        "SECRET_KEY": settings.SECRET_KEY,
        "OPENBLAS_NUM_THREADS": "1",
    }
    with (tmp_path / "server.log").open("wb") as log:
        process = subprocess.Popen(
            server_command("127.0.0.1", port, 2), env=environment, stdout=log, stderr=log
        )
        try:
            wait_for(port, process)
            yield port
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(20)


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + PATIENCE
    while True:
        assert process.poll() is None, "the server ended by itself"
        assert time.monotonic() < end, "the server did not answer in time"
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        try:
            connection.request("GET", "/")
            assert connection.getresponse().status == 302  # to the sign-in page
            return
        except ConnectionError:
            time.sleep(0.1)
        finally:
            connection.close()


def members(network: Any) -> list[Person]:
    people = Person.objects.bulk_create(
        [
            Person(first_name=f"M{n}", last_name="Membre", email=f"m{n}@example.org", password="!")
            for n in range(PEOPLE)
        ]
    )
    now = clock.now()
    Membership.objects.bulk_create(
        [Membership(network=network, person=person, joined_at=now) for person in people]
    )
    return people


def signed_in(people: list[Person]) -> list[str]:
    """A session for each, as the sign-in page would have made it."""
    store = Session.get_session_store_class()
    keys = []
    for person in people:
        session = store()
        session[SESSION_KEY] = str(person.pk)
        session["_auth_user_backend"] = "django.contrib.auth.backends.ModelBackend"
        session["_auth_user_hash"] = person.get_session_auth_hash()
        session.save()
        keys.append(session.session_key)
    return keys


def post(port: int, path: str, key: str, ready: threading.Barrier | None = None) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    connection.connect()
    if ready is not None:
        ready.wait(60)
    headers = {"Cookie": f"sessionid={key}; csrftoken={TOKEN}", "X-CSRFToken": TOKEN, "Content-Length": "0"}
    connection.request("POST", path, headers=headers)
    status = connection.getresponse().status
    connection.close()
    return status


def test_three_hundred_at_once_for_twenty_seats(network: Any, alice: Any, server: int) -> None:
    day = day_of(frame_at_launch(network, alice), alice)
    subject = add_subject(day, by=alice, title="Répondre le jour même", seats=SEATS)
    people = members(network)
    keys = signed_in(people)
    address = reverse("initiatives:sign_up", args=[subject.public_id])

    # Some press the button twice.
    pressed = [*keys, *keys[:TWICE]]
    ready = threading.Barrier(len(pressed))
    with ThreadPoolExecutor(len(pressed)) as pool:
        statuses = list(pool.map(lambda key: post(server, address, key, ready), pressed))
    assert statuses == [303] * len(pressed)

    rows = list(SignUp.objects.filter(subject=subject).order_by("place"))
    assert {row.person_id for row in rows} == {person.pk for person in people}
    assert [row.place for row in rows] == list(range(1, PEOPLE + 1))
    assert [row.state for row in rows] == ["seated"] * SEATS + ["waiting"] * (PEOPLE - SEATS)
    # The order of the list is the order of arrival.
    moments = [row.at for row in rows]
    assert moments == sorted(moments)
    facts = Fact.objects.filter(name="sign_up.made")
    assert facts.count() == PEOPLE
    assert set(Concern.objects.filter(fact__in=facts).values_list("person", flat=True)) == {
        person.pk for person in people
    }
    assert WallSubject.objects.get(pk=subject.pk).day.version == PEOPLE + 1

    # Then five leave at once: the first five who wait have their seats, no more, no fewer.
    by_person = dict(zip((person.pk for person in people), keys, strict=True))
    leaving = [by_person[row.person_id] for row in rows[:5]]
    away = reverse("initiatives:leave_subject", args=[subject.public_id])
    with ThreadPoolExecutor(5) as pool:
        assert list(pool.map(lambda key: post(server, away, key), leaving)) == [303] * 5
    states = dict(SignUp.objects.filter(subject=subject).values_list("place", "state"))
    assert [place for place, state in sorted(states.items()) if state == "seated"] == list(
        range(6, SEATS + 6)
    )
    assert Fact.objects.filter(name="sign_up.seated").count() == 5

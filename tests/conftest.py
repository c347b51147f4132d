"""The fixed cast, and the guards that watch every test."""

from __future__ import annotations

import contextlib
import contextvars
import datetime as dt
import json
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, connections, transaction
from django.test import Client
from django.utils import translation

from reciproque.catalogue.actions import publish_post
from reciproque.journal.models import Fact
from reciproque.kit import clock
from reciproque.kit.errors import NotThere
from reciproque.matching.queries.index import forget_all
from reciproque.networks.actions import create_network, grant_role, join_network
from reciproque.networks.models import Membership
from reciproque.people.actions import get_site, get_unit
from reciproque.people.models import Person

# Hooks and a fixture, found here by pytest.
from tests.migrated import django_db_modify_db_settings as django_db_modify_db_settings
from tests.migrated import pytest_configure_node as pytest_configure_node
from tests.migrated import pytest_unconfigure as pytest_unconfigure

SHARED = Path(__file__).resolve().parents[2] / "shared"
MONDAY = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)


# Modules that build a whole world once for all their tests: shared out between workers, each would build it.
BUILT_ONCE = {
    Path(__file__).parent / name
    for name in (
        "config/test_bench_year.py",
        "config/test_demo.py",
        "config/test_demo_learning.py",
        "exchanges/test_simulated_year.py",
        "house/test_disclosure.py",
        "house/test_group_secrecy.py",
        "insights/test_figures_open_their_list.py",
    )
}

# Who is in (almost) every test: their names and what is known of them, then their roles.
ADMIN = (("Ada", "Admin"), {"email": "ada@example.org", "is_superuser": True, "is_staff": True})
NETWORK = (("Savoirs du courrier",), {"slug": "savoirs", "reciprocity": "open", "mediation": "direct"})
CAST: dict[str, tuple[tuple[str, str], dict[str, str], tuple[str, ...]]] = {
    "alice": (
        ("Alice", "Martin"),
        {"email": "alice@example.org", "unit": "Siège > Animation", "site": "Paris"},
        ("animator",),
    ),
    "bob": (
        ("Bob", "Riou"),
        {"email": "bob@example.org", "unit": "Opérations > Ouest", "site": "Nantes"},
        (),
    ),
    "chloe": (
        ("Chloé", "Le Goff"),
        {"email": "chloe@example.org", "unit": "RH > Formation", "site": "Rennes"},
        ("mediator",),
    ),
    "dora": (("Dora", "Haddad"), {"email": "dora@example.org", "unit": "RH", "site": "Paris"}, ("hr",)),
}

# What a test asks for when it reads or writes the database of the run.
THE_DATABASE = {"db", "transactional_db", "live_server", "django_db_reset_sequences", "django_db_setup"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database-only", action="store_true", help="only the tests that use the database of the run"
    )


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Give all the tests of a module that builds a world to one worker (marks of groups are lost with pytest 9)."""
    from xdist.scheduler import LoadGroupScheduling

    class ByWorld(LoadGroupScheduling):  # type: ignore[misc]
        def _split_scope(self, nodeid: str) -> str:
            module = nodeid.partition("::")[0]
            return module if config.rootpath / module in BUILT_ONCE else nodeid

    return ByWorld(config, log) if config.getvalue("dist") == "loadgroup" else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Under CI nothing may be skipped; on a bare machine a test that needs Chromium or ../shared says so."""
    if config.getoption("--database-only"):
        kept = [
            item
            for item in items
            if item.get_closest_marker("django_db") or THE_DATABASE & set(getattr(item, "fixturenames", ()))
        ]
        config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
        items[:] = kept
    for item in items:
        if item.get_closest_marker("needs_shared") and not SHARED.is_dir():
            item.add_marker(
                pytest.mark.skip(reason="needs ../shared (real data, not shipped with the project)")
            )


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[Any]) -> Iterator[None]:
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    if report.skipped and os.environ.get("CI") == "true" and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped under CI, where everything is required: {report.longrepr}"


@pytest.fixture
def shared() -> Path:
    """The folder of real data beside the project (mark the test `needs_shared`)."""
    if not SHARED.is_dir():
        pytest.skip("needs ../shared (real data, not shipped with the project)")
    return SHARED


@pytest.fixture
def naughty(shared: Path) -> list[str]:
    """Texts that break programs, a few in each: markup, controls, right-to-left, emoji, injections, blanks."""
    strings = json.loads((shared / "data/robust/naughty_strings/blns.json").read_text(encoding="utf-8"))
    return ["\n".join(strings[start : start + 6]) for start in range(0, len(strings), 6)] + [
        "",
        " ",
        "\u200b",
        "\x00",
    ]


@pytest.fixture(autouse=True)
def _french() -> Iterator[None]:
    with translation.override("fr"):
        yield


@pytest.fixture(autouse=True)
def _steady_clock() -> Iterator[None]:
    """Every test starts on a Monday morning; move on with `clock.at`."""
    with clock.at(MONDAY):
        yield


@pytest.fixture(autouse=True)
def _data_folder(settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path
    settings.MATCHING_INDEX = tmp_path / "index"
    settings.LIBRARY_FILES = tmp_path / "files"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    # Keys of networks come back from one test to the next, what a process holds in memory must not.
    forget_all()


def person_maker(first: int = 1) -> Callable[..., Person]:
    """Return what makes persons; each without a name or an address of its own has the next number."""
    number = iter(range(first, 100_000))

    def make(first_name: str = "Paul", last_name: str = "", **fields: Any) -> Person:
        n = next(number)
        fields.setdefault("email", f"{first_name.lower()}{n}@example.org")
        unit, site = fields.pop("unit", ""), fields.pop("site", "")
        return Person.objects.create_user(
            first_name=first_name,
            last_name=last_name or f"Personne{n}",
            unit=get_unit(unit) if unit else None,
            site=get_site(site) if site else None,
            spoken=fields.pop("spoken", ["fr"]),
            **fields,
        )

    return make


@pytest.fixture
def make_person(db: None) -> Callable[..., Person]:
    """Make a person; `email=None` for someone without an address."""
    return person_maker()


@pytest.fixture
def admin(make_person: Callable[..., Person]) -> Person:
    """The installation's administrator."""
    return make_person(*ADMIN[0], **ADMIN[1])


@pytest.fixture
def network(admin: Person) -> Any:
    """A direct network with open reciprocity."""
    return create_network(*NETWORK[0], by=admin, **NETWORK[1])


@pytest.fixture
def strict_network(admin: Person) -> Any:
    """A mediated network with strict reciprocity."""
    return create_network("Cadres", by=admin, slug="cadres", reciprocity="strict", mediation="mediated")


@pytest.fixture
def other_network(admin: Person) -> Any:
    return create_network("Ailleurs", by=admin, slug="ailleurs", reciprocity="open")


def join_as(person: Person, network: Any, *roles: str) -> Any:
    """Make a person a member of a network, charter signed."""
    membership = join_network(network, person, by=person)
    for role in roles:
        grant_role(network, person, role, by=None)
    return membership


@pytest.fixture
def join() -> Callable[..., Any]:
    """Make a person a member of a network, charter signed."""
    return join_as


def play(name: str, network: Any, make_person: Callable[..., Person]) -> Person:
    """Have someone of the cast join a network."""
    names, known, roles = CAST[name]
    person = make_person(*names, **known)
    join_as(person, network, *roles)
    return person


@pytest.fixture
def alice(make_person: Callable[..., Person], network: Any, join: Callable[..., Any]) -> Person:
    """Animator of the network."""
    return play("alice", network, make_person)


@pytest.fixture
def bob(make_person: Callable[..., Person], network: Any, join: Callable[..., Any]) -> Person:
    """A member."""
    return play("bob", network, make_person)


@pytest.fixture
def chloe(make_person: Callable[..., Person], network: Any, join: Callable[..., Any]) -> Person:
    """A member and mediator."""
    return play("chloe", network, make_person)


@pytest.fixture
def dora(make_person: Callable[..., Person], network: Any, join: Callable[..., Any]) -> Person:
    """Human resources."""
    return play("dora", network, make_person)


@pytest.fixture
def emile(make_person: Callable[..., Person], network: Any, join: Callable[..., Any]) -> Person:
    """Sponsor."""
    person = make_person("Émile", "Nguyen", email="emile@example.org", unit="Siège", site="Paris")
    join(person, network, "sponsor")
    return person


@pytest.fixture
def fatou(make_person: Callable[..., Person], other_network: Any, join: Callable[..., Any]) -> Person:
    """A stranger: member of another network only."""
    person = make_person("Fatou", "Diop", email="fatou@example.org", unit="Banque", site="Lyon")
    join(person, other_network)
    return person


def post_maker(network: Any) -> Callable[..., Any]:
    """Return what publishes offers and requests in a network."""

    def make(
        author: Person, kind: str = "offer", title: str = "Tableaux croisés dynamiques", **fields: Any
    ) -> Any:
        fields.setdefault("modes", ["phone", "video"])
        fields.setdefault("languages", ["fr"])
        return publish_post(fields.pop("network", network), author, kind, by=author, title=title, **fields)

    return make


@pytest.fixture
def make_post(network: Any) -> Callable[..., Any]:
    """Publish an offer or a request through the real action."""
    return post_maker(network)


@pytest.fixture
def client_of() -> Callable[[Person | None], Client]:
    """A browser in which this person (None: nobody) is signed in."""

    def client_(person: Person | None) -> Client:
        client = Client()
        if person is not None:
            client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return client_


@pytest.fixture
def run_reactions(db: None) -> Callable[[], int]:
    """Do what the worker would do with the facts written so far."""
    from reciproque.config.worker import run_reactions as run

    return run


@pytest.fixture
def queries(db: None) -> Any:
    """Count the queries of a block: `with queries() as seen: …; len(seen)`."""
    from django.test.utils import CaptureQueriesContext

    return lambda: CaptureQueriesContext(connection)


@pytest.fixture
def said(db: None) -> Callable[[str], list[Fact]]:
    """The facts of a name written so far, in order."""
    return lambda name: list(Fact.objects.filter(name=name).order_by("pk"))


@pytest.fixture
def member(db: None) -> Callable[..., Membership]:
    """Someone's membership as it is now (of their only network, or of the one given)."""

    def member_(person: Person, **where: Any) -> Membership:
        return Membership.objects.select_related("network", "person").get(person=person, **where)

    return member_


@pytest.fixture
def everyone(
    admin: Person, alice: Person, bob: Person, chloe: Person, dora: Person, emile: Person, fatou: Person
) -> dict[str, Person]:
    """The whole cast, by first name in small letters."""
    return {
        "admin": admin,
        "alice": alice,
        "bob": bob,
        "chloe": chloe,
        "dora": dora,
        "emile": emile,
        "fatou": fatou,
    }


@pytest.fixture
def verdict(db: None) -> Callable[[Callable[[], Any]], str]:
    """Try a gesture, undo it, and say how it was received: "yes", "refused" (a sentence), "no", "not there"."""

    def tried(gesture: Callable[[], Any]) -> str:
        with transaction.atomic():
            try:
                with transaction.atomic():
                    gesture()
                answer = "yes"
            except ValidationError:
                answer = "refused"
            except PermissionDenied:
                answer = "no"
            except NotThere:
                answer = "not there"
            transaction.set_rollback(True)
        return answer

    return tried


@pytest.fixture
def at_once(transactional_db: None, tmp_path: Path) -> Iterator[Callable[..., list[Any]]]:
    """Make gestures at the same instant, each in a thread with its own connection and real transactions.

    Return what each gave back or raised, in order. SQLite moves to a file: its memory has no locks to speak of.
    """
    former, name = connections["default"], connections["default"].settings_dict["NAME"]
    on_file = former.vendor == "sqlite"
    if on_file:
        former.ensure_connection()
        file = tmp_path / "at_once.sqlite3"
        with contextlib.closing(sqlite3.connect(file)) as copy:
            former.connection.backup(copy)
        former.settings_dict["NAME"] = str(file)
        connections["default"] = connections.create_connection("default")
        connection.ensure_connection()  # alone: the first one turns the file to its write-ahead log

    def run(*gestures: Callable[[], Any]) -> list[Any]:
        barrier = threading.Barrier(len(gestures))

        def one(gesture: Callable[[], Any]) -> Any:
            try:
                connection.ensure_connection()
                barrier.wait(10)
                return gesture()
            except Exception as error:  # noqa: BLE001 - what was raised is what the test looks at
                return error
            finally:
                connections.close_all()

        with ThreadPoolExecutor(len(gestures)) as pool:
            jobs = [pool.submit(contextvars.copy_context().run, one, gesture) for gesture in gestures]
        return [job.result() for job in jobs]

    yield run
    if on_file:
        connections["default"].close()
        former.settings_dict["NAME"] = name
        connections["default"] = former

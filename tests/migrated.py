"""The migrations, run once for all the workers of a run: each takes a copy of the database that they make.

The process that shares the tests out starts this module as a program while its workers still collect, and tells them
in which folder to look. Without workers, or with `--nomigrations` or `--reuse-db`, nothing of this happens.
"""

from __future__ import annotations

import contextlib
import gc
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_django.plugin import blocking_manager_key

PATIENCE = 600.0
# In the folder that all share: the database itself on SQLite, the sign that it is made, or why it could not be.
FILE, MADE, FAILED = "migrated.sqlite3", "made", "failed"

_building: list[tuple[subprocess.Popen[bytes], Path]] = []


def _template(database: dict[str, Any]) -> str:
    return f"test_{database['NAME']}_migrated"


# -- the process that shares the tests out -----------------------------------------------------------------------


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Start to migrate with the first worker, and tell each where."""
    if node.config.getvalue("nomigrations") or node.config.getvalue("reuse_db"):
        return
    if not _building:
        folder = Path(tempfile.mkdtemp(prefix="migrated-"))
        command = [sys.executable, "-W", "error", "-m", "tests.migrated", str(folder)]
        child = subprocess.Popen(command, cwd=node.config.rootpath, stdout=subprocess.DEVNULL)
        _building.append((child, folder))
    node.workerinput["migrated"] = str(_building[0][1])


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave nothing behind."""
    while _building:
        child, folder = _building.pop()
        child.terminate()
        child.wait()
        shutil.rmtree(folder, ignore_errors=True)
        from django.db import connection

        if connection.vendor == "postgresql":
            with config.stash[blocking_manager_key].unblock(), connection._nodb_cursor() as cursor:
                name = connection.ops.quote_name(_template(connection.settings_dict))
                cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


# -- the program --------------------------------------------------------------------------------------------------


def main(folder: Path) -> None:
    """Run every migration on an empty database, as the first worker of a run would."""
    import django

    django.setup()
    from django.db import connection

    # Each migration makes thousands of classes that nobody keeps: looking for them after each few costs more than they do.
    gc.freeze()
    gc.set_threshold(200_000, 20, 100)
    if connection.vendor == "postgresql":
        connection.settings_dict["TEST"]["NAME"] = _template(connection.settings_dict)
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    if connection.vendor == "sqlite":
        with contextlib.closing(sqlite3.connect(folder / FILE)) as copy:
            connection.connection.backup(copy)
    else:
        # A database is copied only while nobody is connected to it.
        connection.close()
        connection.close_pool()
    (folder / MADE).touch()


# -- a worker -----------------------------------------------------------------------------------------------------


def _wait(folder: Path) -> None:
    end = time.monotonic() + PATIENCE
    while not (folder / MADE).exists():
        if (folder / FAILED).exists() or not folder.exists() or time.monotonic() > end:
            pytest.exit("The migrations failed: what they said is above.", returncode=3)
        time.sleep(0.1)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    request: pytest.FixtureRequest, django_db_modify_db_settings_parallel_suffix: None
) -> Iterator[None]:
    """Have pytest-django find the database of this worker migrated already; it still runs what would be lacking."""
    given = getattr(request.config, "workerinput", {}).get("migrated")
    if given is None:
        yield
        return
    from django.db import connection

    folder = Path(given)
    _wait(folder)
    if connection.vendor == "postgresql":
        connection.settings_dict["TEST"]["TEMPLATE"] = _template(connection.settings_dict)
        yield
        return
    # The memory that all connections of this process share lives as long as one of them is open.
    memory = connection.creation._get_test_db_name()
    with contextlib.closing(sqlite3.connect(memory, uri=True)) as held:
        with contextlib.closing(sqlite3.connect(folder / FILE)) as made:
            made.backup(held)
        yield


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]))
    except BaseException:
        (Path(sys.argv[1]) / FAILED).touch()
        raise

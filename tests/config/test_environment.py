"""Settings read from the environment, each wrong one a clear sentence."""

from __future__ import annotations

import stat
import threading
from pathlib import Path
from typing import Any

import pytest

from reciproque.config import environment as env


@pytest.mark.parametrize(
    ("value", "flag"),
    [
        ("1", True),
        ("yes", True),
        ("OUI", True),
        (" on ", True),
        ("0", False),
        ("false", False),
        ("non", False),
    ],
)
def test_yes_and_no(monkeypatch: Any, value: str, flag: bool) -> None:
    monkeypatch.setenv("A_FLAG", value)
    assert env.flag("A_FLAG", default=not flag) is flag


def test_what_is_not_given_is_the_default(monkeypatch: Any) -> None:
    monkeypatch.setenv("A_BLANK", "  ")
    assert (env.flag("A_BLANK", True), env.number("A_BLANK", 25), env.words("A_BLANK", "a, b,")) == (
        True,
        25,
        [],
    )
    assert (env.text("NOT_GIVEN", "x"), env.words("NOT_GIVEN", "a, b,")) == ("x", ["a", "b"])


@pytest.mark.parametrize(
    ("read", "value"), [(env.flag, "maybe"), (lambda name: env.number(name, 1), "25 or so")]
)
def test_a_wrong_value_names_its_setting(monkeypatch: Any, read: Any, value: str) -> None:
    monkeypatch.setenv("A_SETTING", value)
    with pytest.raises(env.WrongSetting, match=f"A_SETTING='{value}'"):
        read("A_SETTING")


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("", "var/reciproque.sqlite3"),
        ("sqlite://", "var/reciproque.sqlite3"),
        ("sqlite:///data/r.sqlite3", "data/r.sqlite3"),
        ("sqlite:////srv/my%20data/r.sqlite3", "/srv/my data/r.sqlite3"),
        ("sqlite:///:memory:", ":memory:"),
    ],
)
def test_an_sqlite_file(url: str, name: str) -> None:
    found = env.database(url, Path("var/reciproque.sqlite3"))
    assert (found["ENGINE"], found["NAME"]) == ("django.db.backends.sqlite3", name)
    assert found["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


def test_a_postgresql_server() -> None:
    found = env.database("postgresql://r%40x:p%2Fw@db.example.org:5433/savoirs?sslmode=require", Path())
    assert [found[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")] == [
        "savoirs", "r@x", "p/w", "db.example.org", "5433",
    ]  # fmt: skip
    assert found["OPTIONS"]["sslmode"] == "require"
    socket = env.database("postgres://postgres@/?host=/run/pg", Path())
    assert [socket[name] for name in ("NAME", "HOST", "PORT")] == ["reciproque", "/run/pg", ""]
    assert "host" not in socket["OPTIONS"]


@pytest.mark.parametrize("url", ["mysql://localhost/r", "reciproque.sqlite3", "sqlitefile"])
def test_another_database_is_refused(url: str) -> None:
    with pytest.raises(env.WrongSetting, match="use sqlite:///file or postgresql://"):
        env.database(url, Path())


def test_the_secret_key_is_made_once_for_its_owner_only(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)
    key = env.secret_key(tmp_path / "new")
    assert len(key) > 40
    assert env.secret_key(tmp_path / "new") == key
    [file] = (tmp_path / "new").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    monkeypatch.setenv("SECRET_KEY", "given")
    assert env.secret_key(tmp_path / "other") == "given"


def test_the_site_and_the_worker_that_start_together_share_it(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)
    pids = iter(range(100, 200))
    monkeypatch.setattr("os.getpid", lambda: next(pids))
    keys: list[str] = []
    threads = [threading.Thread(target=lambda: keys.append(env.secret_key(tmp_path))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 8
    assert len(set(keys)) == 1
    assert [file.name for file in tmp_path.iterdir()] == ["secret-key"]


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)
    (tmp_path / "file").write_text("")
    with pytest.raises(env.WrongSetting, match="Set RECIPROQUE_DATA to a folder of yours"):
        env.secret_key(tmp_path / "file" / "under")

"""Private words are sealed under a key kept elsewhere, bound to what they are about."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

import pytest

from reciproque.config import environment as env
from reciproque.kit.seal import Unopenable, WrongKey, new_key, read_key, seal, seal_mark, unseal

WORDS = "Ce que je n’ai dit à personne \U0001f9f5"


def test_what_is_sealed_opens_again_and_shows_nothing(naughty: list[str]) -> None:
    for words in [WORDS, "", *naughty]:
        words = words.encode(errors="ignore").decode()
        sealed = seal(words, about="note a b")
        assert unseal(sealed, about="note a b") == words
        assert len(words) < 4 or words not in sealed
        assert sealed.isascii()
    assert seal(WORDS, about="x") != seal(WORDS, about="x"), "the same words are never sealed alike"


def test_it_opens_nowhere_else() -> None:
    sealed = seal(WORDS, about="note a b")
    # Whoever writes in the database could copy it to a row of their own.
    with pytest.raises(Unopenable):
        unseal(sealed, about="note a c")


@pytest.mark.parametrize("harm", ["", ".", "1..", "x", "1.00000000.AAAA", "é.é.é", "1.2.3.4"])
def test_what_is_not_sealed_does_not_open(harm: str) -> None:
    with pytest.raises(Unopenable):
        unseal(harm, about="x")


def test_changed_by_one_letter_it_does_not_open() -> None:
    sealed = seal(WORDS, about="x")
    for place in (0, 3, 20, len(sealed) - 6):
        other = "A" if sealed[place] != "A" else "B"
        with pytest.raises(Unopenable):
            unseal(sealed[:place] + other + sealed[place + 1 :], about="x")


def test_the_first_key_seals_and_all_open(settings: Any) -> None:
    old, new = new_key(), new_key()
    settings.NOTES_KEYS = [old]
    sealed = seal(WORDS, about="x")
    settings.NOTES_KEYS = [new, old]
    assert unseal(sealed, about="x") == WORDS
    assert not sealed.startswith(seal_mark())
    assert seal(WORDS, about="x").startswith(seal_mark())
    settings.NOTES_KEYS = [new]
    with pytest.raises(Unopenable):
        unseal(sealed, about="x")


@pytest.mark.parametrize(
    "text",
    ["", "x", "a" * 43, "é" * 44, new_key() + "A", new_key()[:-4]],
    # New keys at each run: the workers that share the suite need names that stay.
    ids=["empty", "short", "almost", "accented", "longer", "shorter"],
)
def test_a_key_that_is_none(text: str) -> None:
    with pytest.raises(WrongKey):
        read_key(text)


# -- where the keys are ---------------------------------------------------------------------------------------


def test_the_key_is_made_once_for_its_owner_only(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.delenv("RECIPROQUE_NOTES_KEY", raising=False)
    keys = env.notes_keys(tmp_path / "new")
    file = tmp_path / "new" / "notes-key"
    assert keys == env.notes_keys(tmp_path / "new") == [file.read_text()]
    assert len(read_key(keys[0])) == 32
    if os.name == "posix":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_the_keys_given_come_first_and_leave_no_file(tmp_path: Path, monkeypatch: Any) -> None:
    new, old = new_key(), new_key()
    monkeypatch.setenv("RECIPROQUE_NOTES_KEY", f"{new}, {old}")
    assert env.notes_keys(tmp_path / "none") == [new, old]
    assert not (tmp_path / "none").exists()


def test_an_older_key_is_kept_under_the_new_one(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.delenv("RECIPROQUE_NOTES_KEY", raising=False)
    [old] = env.notes_keys(tmp_path)
    new = new_key()
    (tmp_path / "notes-key").write_text(f"{new}\n{old}\n")
    assert env.notes_keys(tmp_path) == [new, old]


def test_a_wrong_key_is_said_and_not_repeated(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("RECIPROQUE_NOTES_KEY", f"{new_key()},almost-a-key")
    with pytest.raises(env.WrongSetting, match="key 2 is not one") as wrong:
        env.notes_keys(tmp_path)
    assert "almost" not in str(wrong.value)


def test_an_emptied_file_is_refused_rather_than_replaced(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.delenv("RECIPROQUE_NOTES_KEY", raising=False)
    (tmp_path / "notes-key").write_text("\n")
    with pytest.raises(env.WrongSetting, match="is empty"):
        env.notes_keys(tmp_path)

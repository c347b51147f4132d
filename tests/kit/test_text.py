"""Texts made safe to store, to compare and to show."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest

from reciproque.kit.text import clean, cut, fold


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("e\u0301te\u0301", "été"),
        ("a\x00b\x07c\x7f\x85", "abc"),
        ("one\r\ntwo\rthree\tfour", "one\ntwo\nthree\tfour"),
        ("lone \ud83d surrogate", "lone  surrogate"),
        ("👩‍🚀 ça", "👩‍🚀 ça"),
    ],
)
def test_clean_keeps_what_people_wrote(text: str, expected: str) -> None:
    assert clean(text) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("L’Été", "l'ete"),
        ("Cœur de métier", "COEUR DE METIER"),
        ("Straße", "strasse"),
        ("ｆｕｌｌ－width", "full-width"),
        ("𝐁old", "bold"),
        ("week–end", "week-end"),
        ("Łódź", "lodz"),
    ],
)
def test_fold_brings_spellings_together(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_cut_stops_between_words() -> None:
    assert cut("une phrase assez longue", 12) == "une phrase…"
    assert cut("une phrase", 10) == "une phrase"
    assert cut("une phrase ", 10) == "une phrase"[:9] + "…"
    assert cut("anticonstitutionnellement", 10) == "anticonst…"
    assert cut("abc", 0) == ""


@pytest.mark.needs_shared
def test_any_text_is_made_safe(shared: Path) -> None:
    for text in json.loads((shared / "data/robust/naughty_strings/blns.json").read_text(encoding="utf-8")):
        cleaned = clean(text)
        assert "\x00" not in cleaned
        assert cleaned == clean(cleaned) == unicodedata.normalize("NFC", cleaned)
        cleaned.encode()
        assert fold(text) == fold(fold(text))
        assert len(cut(text, 20)) <= 20

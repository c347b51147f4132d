"""Titles, ends, the moves of a post."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from reciproque.catalogue.rules import TRANSITIONS, PostState, clean_title, expires_soon, expiry

NOW = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("  Tableaux\n croisés\x00 ", "Tableaux croisés"),
        ("C++", "C++"),
        ("x" * 140, "x" * 140),
        ("E\u0301te\u0301", "Été"),
    ],
)
def test_a_title_is_one_clean_line(text: str, title: str) -> None:
    assert clean_title(text) == title


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("", "en quelques mots"), (" a\x00b ", "en quelques mots"), ("x" * 141, "140 caractères")],
)
def test_a_title_that_cannot_be(text: str, sentence: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        clean_title(text)
    assert sentence in refusal.value.message_dict["title"][0]


def test_the_end_and_its_warning() -> None:
    end = expiry(NOW, 365)
    assert end == NOW + 365 * DAY
    assert [expires_soon(end, end - days * DAY) for days in (15, 14, 0, -1)] == [False, True, True, False]
    assert not expires_soon(None, NOW)


def test_what_is_fulfilled_is_final_and_a_draft_is_only_published() -> None:
    left = {state for verb, (since, _to) in TRANSITIONS.items() if verb not in ("hide", "remove") for state in since}
    assert PostState.FULFILLED not in left, "but it may be hidden, and its author may have its words erased"
    assert [verb for verb, (since, _to) in TRANSITIONS.items() if PostState.DRAFT in since] == ["publish"]

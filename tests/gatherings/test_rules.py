"""What is true of gatherings without a database."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from reciproque.catalogue.rules import Kind
from reciproque.gatherings.rules import (
    LINES_MAX,
    QUESTIONS,
    check_hours,
    check_open,
    clean_name,
    clean_words,
    question,
    shown_name,
    split_savoirs,
)

NOW = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


@pytest.mark.parametrize("state", ["planned", "closed", "cancelled"])
def test_nothing_is_typed_unless_it_is_open(state: str) -> None:
    with pytest.raises(ValidationError) as refused:
        check_open(state)
    assert refused.value.code == "closed"
    check_open("open")


@pytest.mark.parametrize(
    ("starts", "ends", "field"),
    [(2, 1, "ends_at"), (1, 30, "ends_at"), (-3, -1, "starts_at")],
)
def test_hours_that_cannot_be_are_refused(starts: int, ends: int, field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        check_hours(NOW + starts * HOUR, NOW + ends * HOUR, NOW)
    assert field in refused.value.message_dict


def test_a_gathering_already_begun_may_still_be_noted() -> None:
    check_hours(NOW - HOUR, NOW + HOUR, NOW)


def test_words_and_names_are_cleaned_and_bounded() -> None:
    assert clean_words("  Faire \x00 un  levain ") == "Faire un levain"
    assert clean_name("  Bob   Riou ") == "Bob Riou"
    for refused in ("", "ab", "x" * 141):
        with pytest.raises(ValidationError):
            clean_words(refused)
    for refused in ("", "b", "x" * 121):
        with pytest.raises(ValidationError):
            clean_name(refused)


def test_a_name_is_shown_only_as_agreed() -> None:
    assert shown_name("none", "Bob", "Bob Riou") == ""
    assert shown_name("first", "Bob", "Bob Riou") == "Bob"
    assert shown_name("full", "Bob", "Bob Riou") == "Bob Riou"


def test_savoirs_are_one_a_line_each_once() -> None:
    assert split_savoirs("- Trier\n\n  • Peser un colis \nTRIER\nab") == ["Trier", "Peser un colis"]
    assert len(split_savoirs("\n".join(f"Savoir {n}" for n in range(40)))) == LINES_MAX


def test_the_path_draws_out_both_kinds_and_ends() -> None:
    assert {one.kind for one in QUESTIONS} == set(Kind.values)
    assert len({one.key for one in QUESTIONS}) == len(QUESTIONS)
    assert question(1) is QUESTIONS[0]
    assert question(0) is None
    assert question(len(QUESTIONS) + 1) is None

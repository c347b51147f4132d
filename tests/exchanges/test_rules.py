"""The moves of an introduction and of an exchange, and what can be declared."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from reciproque.exchanges.rules import (
    EXCHANGE_MOVES,
    INTRODUCTION_MOVES,
    LIVE_INTRODUCTION,
    SCRIPT,
    ExchangeState,
    IntroductionState,
    check_past_meeting,
)

TODAY = dt.date(2026, 3, 2)


def test_what_is_ended_does_not_move() -> None:
    assert {state for since, _to in INTRODUCTION_MOVES.values() for state in since} == set(LIVE_INTRODUCTION)
    assert set(IntroductionState) - set(LIVE_INTRODUCTION) == {
        "agreed",
        "refused",
        "lapsed",
        "withdrawn",
        "not_matched",
        "cancelled",
    }
    assert {state for since, _to in EXCHANGE_MOVES.values() for state in since} == {
        "open",
        "finished",
        "declared",
    }


def test_every_state_but_the_first_is_reached() -> None:
    assert {to for _since, to in INTRODUCTION_MOVES.values()} == set(IntroductionState)
    assert {to for _since, to in EXCHANGE_MOVES.values()} == set(ExchangeState) - {"declared"}


@pytest.mark.parametrize(
    ("held_on", "minutes", "field"),
    [
        (TODAY + dt.timedelta(days=1), 60, "held_on"),
        (dt.date(26, 3, 2), 60, "held_on"),
        (TODAY, 4, "minutes"),
        (TODAY, 6001, "minutes"),
    ],
)
def test_what_cannot_have_happened(held_on: dt.date, minutes: int, field: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        check_past_meeting(held_on, minutes, TODAY)
    assert list(refusal.value.message_dict) == [field]


def test_what_can_have_happened() -> None:
    check_past_meeting(TODAY, 5, TODAY)
    check_past_meeting(dt.date(1990, 1, 1), 6000, TODAY)


def test_the_mediator_s_script_has_its_six_moments() -> None:
    assert len(SCRIPT) == 6

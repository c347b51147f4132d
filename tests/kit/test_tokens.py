"""Identifiers, secrets, one-tap links."""

from __future__ import annotations

import datetime as dt

import pytest

from reciproque.kit import clock, tokens

DAY = dt.timedelta(days=1)


def test_identifiers_are_random_and_can_be_read_aloud() -> None:
    ids = {tokens.new_id() for _ in range(500)}
    assert len(ids) == 500
    assert all(tokens.is_id(text) for text in ids)
    assert not set("aeiouyl01") & set("".join(ids))


@pytest.mark.parametrize("text", ["", "short", "b" * 13, "b" * 11 + "a", "b" * 11 + "\x00", "BBBBBBBBBBBB"])
def test_what_cannot_be_an_identifier(text: str) -> None:
    assert not tokens.is_id(text)


def test_secrets_are_long_and_fit_an_address() -> None:
    first, second = tokens.new_secret(), tokens.new_secret()
    assert first != second
    assert len(first) >= 43
    assert set(first) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")


def test_a_link_says_who_answers_what() -> None:
    token = tokens.sign("accept", person="bcdfghjkmnpq", subject="23456789bcdf")
    assert tokens.read(token) == tokens.Token("accept", "bcdfghjkmnpq", "23456789bcdf")


def test_a_link_ends_with_its_time() -> None:
    start = clock.now()
    month, week = (
        tokens.sign("a", person="p", subject="s"),
        tokens.sign("a", person="p", subject="s", until=start + 7 * DAY),
    )
    with clock.at(start + 6 * DAY):
        assert tokens.read(week).kind == "a"
    with clock.at(start + 8 * DAY):
        assert tokens.read(month).kind == "a"
        with pytest.raises(tokens.Expired):
            tokens.read(week)
    with clock.at(start + 31 * DAY), pytest.raises(tokens.Expired):
        tokens.read(month)


def test_a_link_cannot_be_forged() -> None:
    token = tokens.sign("accept", person="p", subject="s")
    other = tokens.sign("refuse", person="p", subject="s")
    for wrong in (
        "",
        "x",
        token[:-1],
        token + "x",
        other.split(":")[0] + ":" + token.split(":")[1],
        "\x00",
        "é" * 40,
    ):
        with pytest.raises(tokens.Forged):
            tokens.read(wrong)

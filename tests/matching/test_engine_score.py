"""Refusals, terms and weights of pairs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from reciproque.matching.engine.posts import Language, Mode, Posts
from reciproque.matching.engine.score import (
    TERMS,
    Refusal,
    Terms,
    Weights,
    calibrate,
    least_likeness,
    managed,
    refusals,
    terms,
)


def post(number: int, **columns: Any) -> Posts:
    return Posts(ids=[number], kind=[0], author=[columns.pop("author", number)], **columns)


def refused(request: dict[str, Any], offer: dict[str, Any]) -> set[Refusal]:
    return {name for name, pairs in refusals(post(1, **request), post(2, **offer)).items() if pairs[0]}


FACE, PHONE, VIDEO = Mode.FACE_TO_FACE, Mode.PHONE, Mode.VIDEO
FR, EN = Language.FRENCH, Language.ENGLISH


@pytest.mark.parametrize(
    ("request_", "offer", "expected"),
    [
        ({}, {}, set()),
        ({"author": 7}, {"author": 7}, {Refusal.SELF}),
        ({"room": 0}, {}, {Refusal.FULL}),
        ({}, {"room": 0}, {Refusal.FULL}),
        ({"languages": FR}, {"languages": EN}, {Refusal.LANGUAGE}),
        ({"languages": FR | EN}, {"languages": EN}, set()),
        ({"languages": FR}, {}, set()),
        ({"modes": PHONE}, {"modes": VIDEO}, {Refusal.MODE}),
        ({"modes": PHONE | VIDEO}, {"modes": VIDEO}, set()),
        ({"modes": PHONE}, {}, set()),
        ({"modes": FACE}, {"modes": FACE}, {Refusal.MODE}),
        ({"modes": FACE, "site": 3}, {"modes": FACE | VIDEO, "site": 4}, {Refusal.MODE}),
        ({"modes": FACE, "site": 3}, {"modes": FACE | VIDEO, "site": 3}, set()),
        ({"modes": FACE, "site": 3}, {"site": 3}, set()),
        ({"author": 7, "room": 0}, {"author": 7}, {Refusal.SELF, Refusal.FULL}),
    ],
)
def test_what_posts_refuse(request_: dict[str, Any], offer: dict[str, Any], expected: set[Refusal]) -> None:
    assert refused(request_, offer) == expected
    assert refused(offer, request_) == expected


def test_a_manager_is_known_from_either_side() -> None:
    assert managed(post(1, manager=2), post(2))[0]
    assert managed(post(1), post(2, manager=1))[0]
    assert not managed(post(1, manager=3), post(2, manager=3))[0]
    assert not managed(post(1), post(2))[0], "having no manager is not sharing one"


def told(request: dict[str, Any], offer: dict[str, Any], today: int = 1_000) -> dict[str, int]:
    return terms(
        post(1, **request),
        post(2, **offer),
        closeness=np.array([8_000], np.int16),
        same_topic=np.array([True]),
        kept=np.array([False]),
        today=today,
    ).of(0)


@pytest.mark.parametrize(
    ("term", "request_", "offer", "value"),
    [
        ("closeness", {}, {}, 8_000),
        ("same_topic", {}, {}, 10_000),
        ("stability", {}, {}, 0),
        ("waiting", {"since": 1_000}, {}, 0),
        ("waiting", {"since": 955}, {}, 5_000),
        ("waiting", {"since": 0}, {}, 10_000),
        ("waiting", {"since": 2_000}, {}, 0),
        ("other_department", {"department": 1}, {"department": 2}, 10_000),
        ("other_department", {"department": 1}, {"department": 1}, 0),
        ("other_department", {"department": 1}, {}, 0),
        ("same_site", {"site": 1}, {"site": 1}, 10_000),
        ("same_site", {"site": 1, "modes": VIDEO}, {"site": 1}, 0),
        ("same_site", {"site": 1}, {"site": 2}, 0),
        ("same_site", {}, {}, 0),
        ("common_language", {"languages": FR | EN}, {"languages": FR}, 10_000),
        ("common_language", {"languages": FR | EN}, {"languages": FR | 4}, 5_000),
        ("common_language", {}, {"languages": FR}, 5_000),
        ("level_fit", {"level": 1}, {"level": 1}, 10_000),
        ("level_fit", {"level": 1}, {"level": 2}, 5_000),
        ("level_fit", {"level": 3}, {"level": 1}, 0),
        ("level_fit", {"level": 3}, {}, 5_000),
        ("fairness", {}, {}, 10_000),
        ("fairness", {}, {"room": 2, "exposure": 1}, 7_500),
        ("fairness", {"exposure": 9}, {"exposure": 9}, 0),
        ("balance", {}, {}, 0),
        ("balance", {"given": 2, "received": 1}, {}, 5_000),
        ("balance", {"given": 1}, {"received": 1}, 10_000),
        ("balance", {"received": 1}, {"given": 1}, 0),
    ],
)
def test_each_term_means_one_thing(
    term: str, request_: dict[str, Any], offer: dict[str, Any], value: int
) -> None:
    assert told(request_, offer)[term] == value


def test_a_likeness_becomes_a_closeness() -> None:
    likeness = np.array([-1, 0.3, 0.6, 0.9, 1.2], np.float32)
    assert calibrate(likeness).tolist() == [0, 0, 5_000, 10_000, 10_000]
    every = np.linspace(0, 1.2, 200_001, dtype=np.float32)
    for threshold in (1, 3_500, 10_000):
        assert not np.any(calibrate(every[every < least_likeness(threshold)]) >= threshold)


def test_weights_add_up() -> None:
    about = told({"since": 0, "department": 1}, {"department": 2})
    weights = Weights(closeness=500, waiting=10, other_department=0)
    contributions = weights.contributions(about)
    assert contributions["closeness"] == 4_000
    assert contributions["waiting"] == 100
    assert contributions["other_department"] == 0
    assert tuple(contributions) == TERMS
    table = Terms(**{name: np.array([value, 0], np.int16) for name, value in about.items()})
    assert weights.total(table).tolist() == [sum(contributions.values()), 0]

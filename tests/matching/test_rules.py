"""Why two posts go together, and why not, in words."""

from __future__ import annotations

import pytest
from django.utils import translation

from reciproque.matching.engine.score import Refusal
from reciproque.matching.rules import reasons, refusal_words


@pytest.mark.parametrize(
    ("terms", "first"),
    [
        ({"same_topic": 10_000}, "un sujet choisi en commun"),
        ({"same_topic": 10_000, "closeness": 9000}, "le sujet est le même"),
        ({"closeness": 8500}, "le sujet est le même"),
        ({"closeness": 6000}, "le sujet est très proche"),
        ({"closeness": 5999}, "le sujet est voisin"),
        ({"closeness": 3499}, "le sujet a peut-être à voir"),
        ({}, "le sujet a peut-être à voir"),
    ],
)
def test_the_subject_comes_first(terms: dict[str, int], first: str) -> None:
    assert reasons(terms, mine=True)[0] == first


def test_each_reason_is_said_to_the_right_person() -> None:
    terms = {"closeness": 9000, "waiting": 5000}
    assert reasons(terms, mine=True)[1] == "votre demande attend depuis longtemps"
    assert reasons(terms, mine=False)[1] == "cette demande attend depuis longtemps"


def test_four_reasons_are_enough() -> None:
    terms = dict.fromkeys(
        ["closeness", "same_site", "level_fit", "other_department", "waiting", "balance"], 9999
    )
    said = reasons(terms, mine=True)
    assert said == [
        "le sujet est le même",
        "vous travaillez sur le même site",
        "le niveau convient",
        "son service n’est pas le vôtre",
    ]
    assert reasons({"common_language": 5000}, mine=True)[1:] == ["vous avez une langue en commun"]
    assert reasons({"common_language": 10_000}, mine=True)[1:] == []


def test_every_refusal_of_the_engine_has_its_words() -> None:
    names = [refusal.name for refusal in Refusal if refusal.name]
    with translation.override("fr"):
        assert len(set(refusal_words(names))) == len(names) == 8
        assert refusal_words(["SELF", "UNKNOWN"]) == ["c’est la même personne"]

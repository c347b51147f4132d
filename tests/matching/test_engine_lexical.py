"""Words and letters: accents, endings, typing mistakes, half-typed words, names made of one letter."""

from __future__ import annotations

import numpy as np
import pytest

from reciproque.matching.engine.lexical import LexicalMatrix, stem, words

TITLES = [
    "Tableaux croisés dynamiques dans Excel",
    "Comptabilité générale",
    "Pâtisserie : réussir les macarons",
    "Développement en C++",
    "Développement en C",
    "Développement en C#",
    "Prise de parole en public",
    "Running effective meetings",
    "Conduire une réunion d'équipe",
    "Négociation commerciale",
]


@pytest.fixture(scope="module")
def matrix() -> LexicalMatrix:
    return LexicalMatrix.build((1.0, TITLES))


def best(matrix: LexicalMatrix, query: str) -> str:
    return TITLES[int(np.argmax(matrix.score(query, containment=0.75)))]


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("tableau croise dynamique", TITLES[0]),
        ("EXCEL", TITLES[0]),
        ("exel", TITLES[0]),
        ("tablaeux croisés", TITLES[0]),
        ("comptab", TITLES[1]),
        ("comptabilte", TITLES[1]),
        ("patisserie", TITLES[2]),
        ("pâtissier", TITLES[2]),
        ("maca", TITLES[2]),
        ("c++", TITLES[3]),
        ("en c", TITLES[4]),
        ("C#", TITLES[5]),
        ("parole en pub", TITLES[6]),
        ("meeting", TITLES[7]),
        ("efective metings", TITLES[7]),
        ("reunions d’equipes", TITLES[8]),
        ("negocier", TITLES[9]),
    ],
)
def test_a_query_finds_its_title(matrix: LexicalMatrix, query: str, title: str) -> None:
    assert best(matrix, query) == title


def test_scores_are_between_nothing_and_all(matrix: LexicalMatrix) -> None:
    scores = matrix.score(TITLES[1])
    assert scores[1] == pytest.approx(1)
    assert scores.min() >= 0
    assert matrix.score("zzqx").max() == 0
    assert matrix.score("").max() == 0
    assert matrix.score("\x00 \ud800").max() == 0


def test_appended_texts_are_found_like_the_others(matrix: LexicalMatrix) -> None:
    longer = matrix.append((1.0, ["Apiculture urbaine"])).append(
        (1.0, ["Broderie", "Comptabilité analytique"])
    )
    assert len(longer) == len(TITLES) + 3
    assert int(np.argmax(longer.score("apicultur"))) == len(TITLES)
    assert np.array_equal(longer.score("compta")[: len(TITLES)], matrix.score("compta"))


def test_compacting_keeps_the_scores_of_what_is_kept(matrix: LexicalMatrix) -> None:
    longer = matrix.append((1.0, ["Apiculture urbaine"]))
    kept = np.array([1, 4, len(TITLES)])
    assert np.array_equal(
        longer.compact(kept).score("compta apiculture"), longer.score("compta apiculture")[kept]
    )


def test_a_matrix_survives_as_plain_arrays(matrix: LexicalMatrix) -> None:
    again = LexicalMatrix.restore(matrix.arrays())
    assert np.array_equal(again.score("exel"), matrix.score("exel"))


def test_lesser_fields_weigh_less() -> None:
    matrix = LexicalMatrix.build((1.0, ["Jardinage", "Cuisine"]), (0.2, ["avec de la cuisine", "au jardin"]))
    cuisine = matrix.score("cuisine", containment=0.75)
    assert cuisine[1] > cuisine[0] > 0


def test_texts_resemble_each_other_the_same_from_both_sides(matrix: LexicalMatrix) -> None:
    every = np.arange(len(TITLES))
    table = matrix.alike(matrix.rows(every)).toarray()
    assert np.allclose(np.diag(table), 1, atol=1e-6)
    assert np.allclose(table, table.T, atol=1e-6)
    assert np.array_equal(table[3:5], matrix.alike(matrix.rows(every[3:5])).toarray())


def test_an_empty_matrix_answers_nothing() -> None:
    matrix = LexicalMatrix.build((1.0, []))
    assert len(matrix.score("excel")) == 0
    assert matrix.append((1.0, ["Excel"])).score("excel")[0] > 0.9


def test_words_are_folded_and_small_ones_go_unless_alone() -> None:
    assert words("L'Été, c’est la Fête !") == ["ete", "fete"]
    assert words("de la") == ["de", "la"]
    assert words("C, C++ et c#") == ["c", "c++", "c#"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("formation", "formations"),
        ("formateur", "formation"),
        ("meeting", "meetings"),
        ("négociations", "négocier"),
    ],
)
def test_endings_go(one: str, other: str) -> None:
    [one], [other] = words(one), words(other)
    assert stem(one) == stem(other)
    assert len(stem(one)) >= 3

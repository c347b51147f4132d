"""Misspelt words find what they meant; words that find something are left alone."""

from typing import Any

import pytest

from reciproque.matching.queries import search


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("entretein", "Mener un entretien difficile"),
        ("orgnaiser", "Organiser une tournée à vélo"),
        ("exel", "Tableaux croisés dynamiques"),
        ("velo", "Organiser une tournée à vélo"),
        ("TOURNEE", "Organiser une tournée à vélo"),
        ("tabl", "Tableaux croisés dynamiques"),
        ("difficult interview", "Mener un entretien difficile"),
    ],
)
def test_what_was_meant_is_found(
    network: Any, bob: Any, chloe: Any, make_post: Any, typed: str, title: str
) -> None:
    make_post(chloe, "offer", "Mener un entretien difficile")
    make_post(chloe, "offer", "Organiser une tournée à vélo")
    make_post(chloe, "offer", "Tableaux croisés dynamiques", topics=["Excel"])
    found = search(network, bob, typed)
    assert found.posts[0].title == title


def test_known_words_are_left_alone(network: Any, bob: Any, chloe: Any, make_post: Any) -> None:
    make_post(chloe, "offer", "Mener un entretien difficile")
    assert search(network, bob, "entretien").mended == ""
    assert search(network, bob, "entretein").mended == "entretien"
    assert search(network, bob, "").total == 1

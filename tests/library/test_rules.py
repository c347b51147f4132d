"""What the library compares, refuses and reads, without a database."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from reciproque.library.rules import check_complete, clean_link, clean_title, compare, is_stale
from reciproque.library.rules.markdown import to_html, to_words


def said(before: str, after: str) -> list[tuple[str, str]]:
    return [(piece.kind, piece.text) for piece in compare(before, after)]


def test_differences_are_words_or_whole_passages() -> None:
    assert said("Trois mots ici", "Trois mots là") == [
        ("same", "Trois mots "),
        ("removed", "ici"),
        ("added", "là"),
    ]
    assert said("a b c d", "w x y z") == [("removed", "a b c d"), ("added", "w x y z")]
    assert said("", "Neuf") == [("added", "Neuf")]
    assert said("Vieux", "") == [("removed", "Vieux")]
    assert said("un\ndeux\n", "un\ndeux\n") == [("same", "un\ndeux\n")]


def test_what_is_compared_can_be_put_together_again() -> None:
    before, after = "un deux\ntrois\nquatre cinq six", "un deux trois\nquatre cinq sept\nhuit"
    pieces = compare(before, after)
    assert "".join(piece.text for piece in pieces if piece.kind != "added") == before
    assert "".join(piece.text for piece in pieces if piece.kind != "removed") == after


def test_headings_of_a_text_come_under_those_of_the_page() -> None:
    html = to_html("# Un\n## Deux\n### Trois\n\nAutre\n=====")
    assert "<h1" not in html
    assert "<h2" not in html
    assert html.count("<h3>") == 3


def test_formatting_that_is_offered_works() -> None:
    html = to_html("**gras** *penché*\n\n- un\n- deux\n\n[lien](https://exemple.fr)\n\n| a |\n|---|\n| b |")
    for tag in ("<strong>gras</strong>", "<em>", "<li>un</li>", 'href="https://exemple.fr"', "<td>b</td>"):
        assert tag in html
    assert 'rel="noopener noreferrer nofollow"' in html


def test_words_without_their_markup() -> None:
    assert to_words("# Titre\n\n**gras** et [lien](https://exemple.fr)") == "Titre gras et lien"


def test_titles_links_and_dates() -> None:
    assert clean_title("  Deux   mots ") == "Deux mots"
    for wrong in ("", "ab", "x" * 141):
        with pytest.raises(ValidationError):
            clean_title(wrong)
    assert clean_link(" https://exemple.fr/a?b=c ") == "https://exemple.fr/a?b=c"
    assert clean_link("") == ""
    for wrong in (
        "exemple.fr",
        "ftp://exemple.fr",
        "https://a b",
        "https://moi@exemple.fr/",
        "https://" + "x" * 500,
    ):
        with pytest.raises(ValidationError):
            clean_link(wrong)
    today = dt.date(2026, 3, 2)
    assert not is_stale(None, today)
    assert not is_stale(today, today)
    assert is_stale(today - dt.timedelta(days=1), today)


def test_a_recording_needs_its_file() -> None:
    with pytest.raises(ValidationError):
        check_complete("media", {}, files=0)
    check_complete("media", {}, files=1)

"""Every fact that the program writes can be said in a sentence."""

import ast
import string
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import translation

from reciproque.web.parts.facts import OTHER, SENTENCES, items, say

PACKAGE = Path(__file__).resolve().parents[3] / "src/reciproque"
WRITERS = {"record", "_record", "note", "_note", "_tell", "tell_subject"}


def names_written() -> set[str]:
    """The names of facts written in the code, as first arguments or in a `fact=` argument."""
    names = set()
    for path in PACKAGE.rglob("*.py"):
        if "/actions" not in str(path):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            called = node.func.id if isinstance(node.func, ast.Name) else ""
            values = [node.args[0]] if called in WRITERS and node.args else []
            values += [word.value for word in node.keywords if word.arg == "fact"]
            for value in values:
                names |= {
                    leaf.value
                    for leaf in ast.walk(value)
                    if isinstance(leaf, ast.Constant)
                    and isinstance(leaf.value, str)
                    and "." in leaf.value[1:-1]
                }
    return names


def fact(name: str, by: Any = None, /, **data: Any) -> Any:
    return SimpleNamespace(name=name, by=by, by_id=by.pk if by else None, data=data, at=None)


READER = SimpleNamespace(pk=1, display_name="Bob Riou")
OTHER_PERSON = SimpleNamespace(pk=2, display_name="Chloé Le Goff")


def test_every_fact_has_its_sentence() -> None:
    missing = {name for name in names_written() if name.split(".")[1]} - set(SENTENCES)
    assert not missing


@pytest.mark.parametrize("name", sorted(SENTENCES))
@pytest.mark.parametrize("by", [None, READER, OTHER_PERSON])
def test_a_sentence_is_whole_whoever_did_it_and_whatever_is_missing(name: str, by: Any) -> None:
    sentence = say(fact(name, by), READER)
    assert sentence[0] in string.ascii_uppercase + "ÀÉÊ…"
    assert "%(" not in sentence


def test_the_doer_reads_you_and_the_others_a_name() -> None:
    assert say(fact("introduction.accepted", READER), READER) == "Vous avez accepté la mise en relation."
    assert say(fact("introduction.accepted", OTHER_PERSON), READER) == (
        "Chloé Le Goff a accepté la mise en relation."
    )
    published = fact("post.published", READER, name="Chloé Le Goff")
    assert say(published, READER) == "Vous avez publié une annonce pour Chloé Le Goff."
    assert say(published, OTHER_PERSON) == "Bob Riou a publié une annonce pour vous."


def test_moments_roles_and_reasons_are_in_words() -> None:
    fixed = fact("meeting.fixed", OTHER_PERSON, starts_at="2026-03-05T13:00:00+00:00")
    assert "jeudi 5 mars, 14" in say(fixed, READER)
    assert "médiation" in say(fact("role.granted", OTHER_PERSON, role="mediator", name="Bob Riou"), READER)
    assert "pas le temps" in say(fact("introduction.refused", OTHER_PERSON, refusal="time"), READER)
    assert "100 % sûr" in say(fact("meeting.cancelled", OTHER_PERSON, reason="100 % sûr %(who)s"), READER)


def test_an_unknown_fact_is_still_a_sentence() -> None:
    assert say(fact("future.thing", READER), READER) == str(OTHER)
    with translation.override("en"):
        assert say(fact("future.thing", READER), READER)


def test_rows_say_what_they_are_about_when_asked() -> None:
    written = fact("thread.written", READER, title="Lire un bilan")
    assert items([written], READER)[0]["detail"] == ""
    assert items([written], READER, titled=True)[0]["detail"] == "Lire un bilan"

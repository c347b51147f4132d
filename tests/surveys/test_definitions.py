"""A questionnaire as data: what may be published, what is asked of whom, and one sentence a question."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from reciproque.surveys.rules import (
    MAX_QUESTIONS,
    Kind,
    check_answers,
    check_definition,
    check_section,
    clean_definition,
    empty_definition,
    moved,
    new_question,
    new_section,
    question_named,
    questions_of,
    rekeyed,
    say,
    shown,
    without,
)
from reciproque.surveys.rules.supplied import SUPPLIED
from tests.surveys.conftest import short


def wrong(definition: dict[str, Any]) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as refused:
        check_definition(definition)
    return (
        refused.value.message_dict if hasattr(refused.value, "error_dict") else {"": refused.value.messages}
    )


def faults(values: dict[str, Any], section: str = "") -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as refused:
        if section:
            check_section(short(), section, values)
        else:
            check_answers(short(), values)
    return refused.value.message_dict


@pytest.mark.parametrize("key", sorted(SUPPLIED))
def test_the_supplied_ones_may_be_published_as_they_are_in_both_languages(key: str) -> None:
    one = SUPPLIED[key]
    check_definition(one.definition)
    assert clean_definition(one.definition) == one.definition
    texts = [one.title, one.about, *(question["text"] for question in questions_of(one.definition))]
    for text in texts:
        assert text["fr"] != text["en"]
        assert " ?" not in text["fr"]
        assert " :" not in text["fr"]
    with translation.override("en"):
        assert say(one.title) == one.title["en"]


def test_the_four_supplied_ones_ask_what_they_are_for() -> None:
    keys = {
        key: [question["key"] for question in questions_of(one.definition)] for key, one in SUPPLIED.items()
    }
    assert set(keys) == {"impact", "needs", "effects", "maturity"}
    assert {"objectives", "management", "relations", "oneself"} <= set(keys["impact"])
    assert len(keys["needs"]) == 9
    effects = {"recognition", "autonomy", "solidarity", "cooperation", "transversality", "wellbeing"}
    assert effects <= set(keys["effects"])
    assert SUPPLIED["impact"].trigger == "third"


def test_a_draft_may_be_unfinished_but_not_published() -> None:
    draft = new_question(empty_definition(), "s1", Kind.SINGLE)
    assert clean_definition(draft) == draft
    assert wrong(draft)["q1"] == [
        "Écrivez cette question en français et en anglais.",
        "Écrivez chaque réponse possible en français et en anglais.",
    ]
    assert "question" in wrong(empty_definition())[""][0]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda q: q["text"].update(en=""), "Écrivez cette question"),
        (lambda q: q["help"].update(fr="Pensez-y"), "Écrivez l’aide"),
        (lambda q: q.update(options=q["options"][:1]), "au moins deux"),
        (lambda q: q["options"][0].update(key="no"), "même nom"),
        (lambda q: q.update(only_if={"question": "useful", "among": ["much"]}), "posée avant elle"),
    ],
)
def test_each_fault_has_its_sentence(change: Callable[[Any], None], sentence: str) -> None:
    definition = copy.deepcopy(short())
    change(question_named(definition, "took_part"))
    assert any(sentence in words for words in wrong(definition)["took_part"])


def test_a_condition_names_answers_that_exist_and_numbers_have_an_order() -> None:
    definition = copy.deepcopy(short())
    question_named(definition, "useful")["only_if"]["among"] = ["perhaps"]  # type: ignore[index]
    question_named(definition, "hours").update(least=5, most=5)  # type: ignore[union-attr]
    found = wrong(definition)
    assert "Choisissez les réponses" in found["useful"][0]
    assert "plus petit" in found["hours"][0]


@pytest.mark.parametrize("sent", [None, [], "x", {}, {"sections": "x"}, {"sections": 3}])
def test_what_is_no_questionnaire_is_refused(sent: Any) -> None:
    with pytest.raises(ValidationError):
        clean_definition(sent)


def test_what_is_sent_is_made_safe(naughty: list[str]) -> None:
    for text in naughty:
        sent = {
            "sections": [
                None,
                {
                    "key": text,
                    "title": {"fr": text},
                    "questions": [
                        {"kind": "single", "key": text, "options": [text, {"key": text}]},
                        {"kind": text},
                        3,
                    ],
                },
            ],
            "minutes": text,
            "intro": text,
        }
        cleaned = clean_definition(sent)
        assert len(cleaned["sections"]) == 1
        assert len(cleaned["sections"][0]["questions"]) == 1
        assert clean_definition(cleaned) == cleaned


def test_sections_and_questions_are_added_moved_and_removed_without_changing_what_was_there() -> None:
    first = short()
    before = copy.deepcopy(first)
    more = new_question(new_section(first), "s1", Kind.TEXT)
    assert [section["key"] for section in more["sections"]] == ["first", "then", "s1"]
    assert moved(more, "s1", up=True)["sections"][1]["key"] == "s1"
    assert [q["key"] for q in moved(first, "useful", up=True)["sections"][0]["questions"]] == [
        "useful",
        "took_part",
    ]
    # From the head of a section, a question passes to the end of the one before.
    passed = moved(first, "hours", up=True)
    assert [q["key"] for q in passed["sections"][0]["questions"]] == ["took_part", "useful", "hours"]
    assert [q["key"] for q in moved(passed, "hours", up=False)["sections"][1]["questions"]][0] == "hours"
    assert moved(first, "first", up=True) == first
    gone = without(first, "took_part")
    assert question_named(gone, "useful")["only_if"] is None  # type: ignore[index]
    assert len(without(first, "first")["sections"]) == 1
    assert first == before
    full = first
    while sum(1 for _q in questions_of(full)) < MAX_QUESTIONS:
        full = new_question(full, "then", Kind.NUMBER)
    with pytest.raises(ValidationError):
        new_question(full, "then", Kind.NUMBER)


def test_a_conditional_question_is_asked_of_those_concerned_only() -> None:
    def asked(values: dict[str, Any]) -> list[str]:
        return [q["key"] for section in shown(short(), values) for q in section["questions"]]

    assert asked({}) == ["took_part", "hours", "where", "words"]
    assert "useful" in asked({"took_part": "yes"})
    assert "useful" in asked({"took_part": ["yes"]})
    # What was answered before changing one's mind is dropped with the question.
    assert check_answers(short(), {"took_part": "no", "useful": "much"}) == {"took_part": "no"}
    assert faults({"took_part": "yes"}) == {"useful": ["Choisissez une réponse."]}


def test_what_depends_on_a_question_that_is_not_asked_is_not_asked_either() -> None:
    definition = copy.deepcopy(short())
    question_named(definition, "hours")["only_if"] = {"question": "useful", "among": ["much"]}  # type: ignore[index]
    values = {"took_part": "no", "useful": "much", "hours": "3"}
    assert check_answers(definition, values) == {"took_part": "no"}


def test_one_sentence_for_each_question_and_nothing_else_is_taken() -> None:
    found = faults(
        {"took_part": "perhaps", "hours": "beaucoup", "where": ["yes", "moon"], "words": "x" * 3001}
    )
    assert found == {
        "took_part": ["Choisissez une des réponses proposées."],
        "hours": ["Donnez un nombre entier, en chiffres."],
        "where": ["Choisissez parmi les réponses proposées."],
        "words": ["C’est trop long\u00a0: 3 000 caractères au plus."],
    }
    assert faults({"took_part": "no", "hours": "-1"})["hours"][0].startswith("Donnez un nombre entre 0")
    assert list(faults({}, "first")) == ["took_part"]
    values = {"took_part": "no", "hours": "1\u202f200", "where": "yes", "words": " bien ", "stray": "x"}
    assert check_answers(short(), values) == {
        "took_part": "no",
        "hours": 1200,
        "where": ["yes"],
        "words": "bien",
    }
    assert check_section(short(), "then", {"hours": ["7"]}) == {"hours": 7}


def test_the_order_of_the_clicks_is_not_kept() -> None:
    values = {"took_part": "no", "where": ["no", "yes", "no"]}
    assert check_answers(short(), values)["where"] == ["yes", "no"]


def test_other_words_are_another_question_and_its_condition_follows() -> None:
    def changed(change: Callable[[Any], None], *more: Any) -> dict[str, str]:
        definition = copy.deepcopy(short())
        change(definition)
        return rekeyed(definition, [short(), *more])[1]

    def on(key: str, **fields: Any) -> Callable[[Any], None]:
        return lambda definition: question_named(definition, key).update(**fields)  # type: ignore[union-attr]

    def swap(definition: Any) -> None:
        first, second = copy.deepcopy(question_named(definition, "took_part")["options"])  # type: ignore[index]
        first["text"], second["text"] = second["text"], first["text"]
        question_named(definition, "took_part")["options"] = [first, second]  # type: ignore[index]

    assert changed(lambda definition: definition.update(minutes=9)) == {}
    assert changed(on("where", required=True, audience="team")) == {}
    assert changed(on("where", options=[])) == {}
    assert changed(on("hours", text={"fr": "Combien de jours ?", "en": "How many hours?"})) == {
        "hours": "hours_2"
    }
    assert changed(on("hours", most=9)) == {"hours": "hours_2"}
    assert changed(on("useful", only_if=None)) == {"useful": "useful_2"}
    assert changed(lambda d: question_named(d, "useful")["options"].pop()) == {"useful": "useful_2"}  # type: ignore[index]
    # What is asked of those who said yes is no longer asked of the same people.
    assert changed(swap) == {"took_part": "took_part_2", "useful": "useful_2"}
    second = copy.deepcopy(short())
    swap(second)
    made, renamed = rekeyed(second, [short()])
    assert question_named(made, "useful_2")["only_if"]["question"] == "took_part_2"  # type: ignore[index]
    check_definition(made)
    # Published once, it is itself again; and a key that an older version used is not taken up by other words.
    assert rekeyed(made, [short(), made])[1] == {}
    assert changed(swap, made) == {"took_part": "took_part_3", "useful": "useful_3"}

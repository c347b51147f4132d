"""A questionnaire as data: sections, questions, options and conditions, checked before it may be published.

Every function is pure: what edits a definition returns a new one.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from reciproque.kit.text import clean
from reciproque.surveys.rules.words import (
    CHOSEN,
    LANGUAGES_OF_TEXTS,
    MAX_OPTIONS,
    MAX_QUESTIONS,
    MAX_SECTIONS,
    MIN_OPTIONS,
    MINUTES_MOST,
    NUMBER_MOST,
    OPTION_MAX,
    TEXT_MAX,
    TITLE_MAX,
    Kind,
    ReadBy,
    Texts,
)

Definition = dict[str, Any]
KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
OPTION_KEY = re.compile(r"[a-z0-9][a-z0-9_]{0,39}")
NO_TEXT: Texts = {"fr": "", "en": ""}


def empty_definition() -> Definition:
    """Return a questionnaire with one section and nothing asked yet."""
    section = {"key": "s1", "title": dict(NO_TEXT), "text": dict(NO_TEXT), "questions": []}
    return {"intro": dict(NO_TEXT), "thanks": dict(NO_TEXT), "minutes": 3, "sections": [section]}


def questions_of(definition: Definition) -> Iterator[dict[str, Any]]:
    """Go through the questions in the order in which they are asked."""
    for section in definition["sections"]:
        yield from section["questions"]


def question_named(definition: Definition, key: str) -> dict[str, Any] | None:
    """Return the question of that key, or None."""
    return next((question for question in questions_of(definition) if question["key"] == key), None)


# -- what is sent by an editor, made safe ----------------------------------------------------------------------


def clean_definition(sent: Any) -> Definition:
    """Return a definition with its known parts only, each of its own type; ValidationError when it is none.

    What is missing is left empty: a draft may be unfinished. `check_definition` says what must be finished.
    """
    if not isinstance(sent, dict) or not isinstance(sent.get("sections"), list):
        raise ValidationError(_("Ce questionnaire n’a pas pu être lu."))
    sections = [_clean_section(section) for section in sent["sections"] if isinstance(section, dict)]
    return {
        "intro": _texts(sent.get("intro"), TEXT_MAX * 2),
        "thanks": _texts(sent.get("thanks"), TEXT_MAX),
        "minutes": _number(sent.get("minutes"), 1, MINUTES_MOST) or 3,
        "sections": sections[:MAX_SECTIONS],
    }


def _clean_section(sent: dict[str, Any]) -> dict[str, Any]:
    questions = [
        q for q in sent.get("questions") or [] if isinstance(q, dict) and q.get("kind") in Kind.values
    ]
    return {
        "key": str(sent.get("key", ""))[:40],
        "title": _texts(sent.get("title"), TITLE_MAX),
        "text": _texts(sent.get("text"), TEXT_MAX),
        "questions": [_clean_question(question) for question in questions],
    }


def _clean_question(sent: dict[str, Any]) -> dict[str, Any]:
    kind = sent["kind"]
    question: dict[str, Any] = {
        "key": str(sent.get("key", ""))[:40],
        "kind": kind,
        "text": _texts(sent.get("text"), TEXT_MAX),
        "help": _texts(sent.get("help"), TEXT_MAX),
        "required": bool(sent.get("required")),
        "audience": sent["audience"] if sent.get("audience") in ReadBy.values else ReadBy.RESULTS.value,
        "only_if": _condition(sent.get("only_if")),
    }
    if kind in CHOSEN:
        options = [option for option in sent.get("options") or [] if isinstance(option, dict)]
        question["options"] = [
            {"key": str(option.get("key", ""))[:40], "text": _texts(option.get("text"), OPTION_MAX)}
            for option in options[:MAX_OPTIONS]
        ]
    if kind == Kind.NUMBER:
        question["least"] = _number(sent.get("least"), 0, NUMBER_MOST)
        question["most"] = _number(sent.get("most"), 0, NUMBER_MOST)
        question["unit"] = _texts(sent.get("unit"), 60)
    return question


def _condition(sent: Any) -> dict[str, Any] | None:
    if not isinstance(sent, dict) or not sent.get("question"):
        return None
    among = [str(key)[:40] for key in sent.get("among") or []]
    return {"question": str(sent["question"])[:40], "among": among[:MAX_OPTIONS]}


def _texts(sent: Any, most: int) -> Texts:
    sent = sent if isinstance(sent, dict) else {}
    return {code: clean(str(sent.get(code) or "")).strip()[:most] for code in LANGUAGES_OF_TEXTS}


def _number(sent: Any, least: int, most: int) -> int | None:
    try:
        number = int(sent)
    except (TypeError, ValueError):
        return None
    return min(max(number, least), most)


# -- what must be finished before it is sent to anybody --------------------------------------------------------


def check_definition(definition: Definition) -> None:
    """Refuse to publish what is unfinished, with one sentence for each place: {key of a question or section: sentence}."""
    wrong: dict[str, list[str]] = {}
    questions = list(questions_of(definition))
    if not questions:
        raise ValidationError(_("Posez au moins une question."))
    if len(questions) > MAX_QUESTIONS:
        raise ValidationError(_("Ce questionnaire est trop long : 60 questions au plus."))
    keys = [section["key"] for section in definition["sections"]] + [q["key"] for q in questions]
    before: dict[str, dict[str, Any]] = {}
    for section in definition["sections"]:
        _check_section(section, len(definition["sections"]), wrong)
        for question in section["questions"]:
            for sentence in _faults(question, before):
                wrong.setdefault(question["key"], []).append(sentence)
            before[question["key"]] = question
    for key in keys:
        if not KEY.fullmatch(key) or keys.count(key) > 1:
            wrong.setdefault(key, []).append(_("Deux parties portent le même nom. Ajoutez-la de nouveau."))
    if wrong:
        raise ValidationError({key: list(dict.fromkeys(sentences)) for key, sentences in wrong.items()})


def unfinished(definition: Definition, title_en: str) -> dict[str, list[str]]:
    """Return what must be finished before publishing: {key of a question or section, "title_en" or "": sentences}."""
    wrong: dict[str, list[str]] = {}
    if not title_en:
        wrong["title_en"] = [_("Donnez aussi le titre en anglais.")]
    try:
        check_definition(definition)
    except ValidationError as error:
        wrong |= error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
    return wrong


def _check_section(section: dict[str, Any], count: int, wrong: dict[str, list[str]]) -> None:
    if not section["questions"]:
        wrong.setdefault(section["key"], []).append(_("Cette partie ne pose aucune question."))
    if count > 1 and not _said(section["title"]):
        wrong.setdefault(section["key"], []).append(
            _("Donnez un titre à cette partie, dans les deux langues.")
        )
    if any(section["text"].values()) and not _said(section["text"]):
        wrong.setdefault(section["key"], []).append(_("Écrivez ce texte dans les deux langues."))


def _said(texts: Texts) -> bool:
    return all(texts[code] for code in LANGUAGES_OF_TEXTS)


def _faults(question: dict[str, Any], before: dict[str, dict[str, Any]]) -> Iterator[str]:
    """Say what is wrong with one question, given those asked before it."""
    if not _said(question["text"]):
        yield _("Écrivez cette question en français et en anglais.")
    if any(question["help"].values()) and not _said(question["help"]):
        yield _("Écrivez l’aide dans les deux langues, ou laissez-la vide.")
    if question["kind"] in CHOSEN:
        options = question["options"]
        keys = [option["key"] for option in options]
        if len(options) < MIN_OPTIONS:
            yield _("Donnez au moins deux réponses possibles.")
        if not all(_said(option["text"]) for option in options):
            yield _("Écrivez chaque réponse possible en français et en anglais.")
        if len(set(keys)) < len(keys) or not all(OPTION_KEY.fullmatch(key) for key in keys):
            yield _("Deux réponses possibles portent le même nom. Ajoutez-les de nouveau.")
    if question["kind"] == Kind.NUMBER:
        least, most = question["least"], question["most"]
        if least is not None and most is not None and least >= most:
            yield _("Le plus petit nombre doit être inférieur au plus grand.")
    condition = question["only_if"]
    if condition is not None:
        other = before.get(condition["question"])
        if other is None or other["kind"] not in CHOSEN:
            yield _("La question dont celle-ci dépend doit être posée avant elle, et être à choix.")
        elif not condition["among"] or not set(condition["among"]) <= {o["key"] for o in other["options"]}:
            yield _("Choisissez les réponses qui font poser cette question.")


# -- editing ---------------------------------------------------------------------------------------------------


def _fresh_key(definition: Definition, prefix: str) -> str:
    taken = {section["key"] for section in definition["sections"]}
    taken |= {question["key"] for question in questions_of(definition)}
    return next(f"{prefix}{n}" for n in range(1, 1000) if f"{prefix}{n}" not in taken)


def new_section(definition: Definition) -> Definition:
    """Return the definition with one more section at its end."""
    made = copy.deepcopy(definition)
    if len(made["sections"]) >= MAX_SECTIONS:
        raise ValidationError(_("Ce questionnaire a assez de parties : 12 au plus."))
    section = {"title": dict(NO_TEXT), "text": dict(NO_TEXT), "questions": []}
    made["sections"].append({"key": _fresh_key(definition, "s"), **section})
    return made


def new_question(definition: Definition, section_key: str, kind: str) -> Definition:
    """Return the definition with one more question at the end of a section."""
    made = copy.deepcopy(definition)
    if sum(1 for _question in questions_of(made)) >= MAX_QUESTIONS:
        raise ValidationError(_("Ce questionnaire est trop long : 60 questions au plus."))
    section = next((row for row in made["sections"] if row["key"] == section_key), None)
    if section is None or kind not in Kind.values:
        raise ValidationError(_("Choisissez où poser la question, et ce qu’elle demande."))
    options = [{"key": f"o{n}", "text": dict(NO_TEXT)} for n in range(1, 6 if kind == Kind.SCALE else 3)]
    blank = {
        "key": _fresh_key(definition, "q"),
        "kind": kind,
        "required": kind not in (Kind.TEXT, Kind.MULTIPLE),
    }
    section["questions"].append(_clean_question({**blank, "options": options}))
    return made


def moved(definition: Definition, key: str, *, up: bool) -> Definition:
    """Return the definition with a section or a question one place up or down; a question may pass to the next section."""
    made = copy.deepcopy(definition)
    sections = made["sections"]
    step = -1 if up else 1
    for number, section in enumerate(sections):
        if section["key"] == key:
            if 0 <= number + step < len(sections):
                sections[number], sections[number + step] = sections[number + step], sections[number]
            return made
        places = [question["key"] for question in section["questions"]]
        if key not in places:
            continue
        at = places.index(key)
        rows = section["questions"]
        if 0 <= at + step < len(rows):
            rows[at], rows[at + step] = rows[at + step], rows[at]
        elif 0 <= number + step < len(sections):
            other = sections[number + step]["questions"]
            other.insert(len(other) if up else 0, rows.pop(at))
        return made
    return made


def without(definition: Definition, key: str) -> Definition:
    """Return the definition without a question, or a section and all it asks; nothing depends on it any more."""
    made = copy.deepcopy(definition)
    made["sections"] = [section for section in made["sections"] if section["key"] != key]
    for section in made["sections"]:
        section["questions"] = [question for question in section["questions"] if question["key"] != key]
    left = {question["key"] for question in questions_of(made)}
    return _each(made, lambda question: _freed(question, left))


def _freed(question: dict[str, Any], left: set[str]) -> None:
    condition = question["only_if"]
    if condition is not None and condition["question"] not in left:
        question["only_if"] = None


def _each(definition: Definition, change: Callable[[dict[str, Any]], None]) -> Definition:
    for question in questions_of(definition):
        change(question)
    return definition

"""What somebody answered, checked against the version that they began: one sentence a question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from reciproque.kit.text import clean
from reciproque.surveys.rules.definitions import Definition, questions_of
from reciproque.surveys.rules.folding import bounds_of
from reciproque.surveys.rules.words import ANSWER_MAX, Kind, grouped

# {key of the question: key of an option, keys of options, a number, or words}
Values = dict[str, Any]


def is_asked(question: Mapping[str, Any], values: Mapping[str, Any]) -> bool:
    """Tell whether a question is asked, given what was answered before it."""
    condition = question["only_if"]
    if condition is None:
        return True
    given = values.get(condition["question"])
    chosen = given if isinstance(given, (list, tuple)) else [given]
    return bool(set(condition["among"]) & {str(value) for value in chosen if value is not None})


def shown(definition: Definition, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the sections with the questions to ask somebody who gave these answers; a section without any is left out."""
    asked = _asked(definition, values)
    sections = [
        {**section, "questions": [q for q in section["questions"] if q["key"] in asked]}
        for section in definition["sections"]
    ]
    return [section for section in sections if section["questions"]]


def _asked(definition: Definition, values: Mapping[str, Any]) -> set[str]:
    # A question that depends on one that is not asked is not asked either.
    heard: dict[str, Any] = {}
    asked = set()
    for question in questions_of(definition):
        if is_asked(question, heard):
            asked.add(question["key"])
            if question["key"] in values:
                heard[question["key"]] = values[question["key"]]
    return asked


def check_section(definition: Definition, section_key: str, values: Mapping[str, Any]) -> Values:
    """Return the clean answers to one section; ValidationError {question: sentence} otherwise."""
    asked = _asked(definition, values)
    section = next((row for row in definition["sections"] if row["key"] == section_key), None)
    questions = section["questions"] if section is not None else []
    return _check([question for question in questions if question["key"] in asked], values)


def check_answers(definition: Definition, values: Mapping[str, Any]) -> Values:
    """Return the clean answers to all that is asked; what is not asked of them is dropped. ValidationError otherwise."""
    asked = _asked(definition, values)
    cleaned = _check([question for question in questions_of(definition) if question["key"] in asked], values)
    if not cleaned:
        raise ValidationError(_("Répondez au moins à une question."))
    return cleaned


def _check(questions: Sequence[Mapping[str, Any]], values: Mapping[str, Any]) -> Values:
    cleaned, wrong = {}, {}
    for question in questions:
        try:
            value = _value(question, values.get(question["key"]))
        except ValidationError as error:
            wrong[question["key"]] = error.messages
            continue
        if value is not None:
            cleaned[question["key"]] = value
        elif question["required"]:
            wrong[question["key"]] = [_missing(question["kind"])]
    if wrong:
        raise ValidationError(wrong)
    return cleaned


def _missing(kind: str) -> str:
    if kind == Kind.TEXT:
        return _("Écrivez quelques mots.")
    if kind == Kind.NUMBER:
        return _("Donnez un nombre.")
    if kind == Kind.MULTIPLE:
        return _("Choisissez au moins une réponse.")
    return _("Choisissez une réponse.")


def _value(question: Mapping[str, Any], given: Any) -> Any:
    """Return one clean answer, None when there is none."""
    kind = question["kind"]
    if kind == Kind.MULTIPLE:
        return _several(question, given)
    one = given[0] if isinstance(given, (list, tuple)) and given else given
    text = clean("" if one is None or isinstance(one, (list, tuple)) else str(one)).strip()
    if not text:
        return None
    if kind == Kind.TEXT:
        if len(text) > ANSWER_MAX:
            raise ValidationError(_("C’est trop long : 3 000 caractères au plus."))
        return text
    if kind == Kind.NUMBER:
        return _count(question, text)
    if text not in {option["key"] for option in question["options"]}:
        raise ValidationError(_("Choisissez une des réponses proposées."))
    return text


def _several(question: Mapping[str, Any], given: Any) -> list[str] | None:
    sent = {
        str(key) for key in (given if isinstance(given, (list, tuple)) else [given]) if key not in (None, "")
    }
    keys = [option["key"] for option in question["options"]]
    if not sent <= set(keys):
        raise ValidationError(_("Choisissez parmi les réponses proposées."))
    # In the order of the questionnaire: the order of the clicks is nobody's business.
    return [key for key in keys if key in sent] or None


def _count(question: Mapping[str, Any], text: str) -> int:
    try:
        number = int("".join(text.split()))
    except ValueError:
        raise ValidationError(_("Donnez un nombre entier, en chiffres.")) from None
    least, most = bounds_of(question)
    if not least <= number <= most:
        raise ValidationError(
            _("Donnez un nombre entre %(least)s et %(most)s.")
            % {"least": grouped(least), "most": grouped(most)}
        )
    return number

"""Which questions of two versions are the same: what is asked in other words, or of other people, is another question."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable
from typing import Any

from reciproque.surveys.rules.definitions import Definition, question_named, questions_of
from reciproque.surveys.rules.words import Kind

_NUMBER = re.compile(r"_\d+$")
# What makes a question what it is, with its options and its condition; its place and who reads it do not.
_ASKED = ("kind", "text", "help", "least", "most", "unit")


def same_question(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Tell whether answers to these two questions may be counted together.

    An option more or less leaves a choice what it was; on a scale it moves all the others.
    """
    if any(one.get(name) != other.get(name) for name in _ASKED):
        return False
    if _condition(one) != _condition(other):
        return False
    ours, theirs = _options(one), _options(other)
    if one["kind"] == Kind.SCALE:
        return ours == theirs
    known = dict(theirs)
    return all(known.get(key, text) == text for key, text in ours)


def _condition(question: dict[str, Any]) -> tuple[str, frozenset[str]] | None:
    condition = question.get("only_if")
    return (condition["question"], frozenset(condition["among"])) if condition else None


def _options(question: dict[str, Any]) -> list[tuple[str, Any]]:
    return [(option["key"], option["text"]) for option in question.get("options", [])]


def rekeyed(definition: Definition, earlier: Iterable[Definition]) -> tuple[Definition, dict[str, str]]:
    """Return the definition with another key for each question that is no longer that of an earlier version, and {old: new}.

    Results join versions by key: what was answered to other words must never be counted with what these words say.
    """
    made, former = copy.deepcopy(definition), list(earlier)
    taken = {question["key"] for one in [made, *former] for question in questions_of(one)}
    taken |= {section["key"] for section in made["sections"]}
    renamed: dict[str, str] = {}
    # In the order in which they are asked: a condition names a question that comes before.
    for question in questions_of(made):
        condition, key = question["only_if"], question["key"]
        if condition is not None:
            condition["question"] = renamed.get(condition["question"], condition["question"])
        known = [found for one in former if (found := question_named(one, key)) is not None]
        if all(same_question(question, found) for found in known):
            continue
        stem = _NUMBER.sub("", key)[:35]
        question["key"] = next(name for n in range(2, 10000) if (name := f"{stem}_{n}") not in taken)
        renamed[key] = question["key"]
        taken.add(question["key"])
    return made, renamed

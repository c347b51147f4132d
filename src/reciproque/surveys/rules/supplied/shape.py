"""How a supplied questionnaire is written: each text twice, French then English."""

from __future__ import annotations

import dataclasses
from typing import Any

from reciproque.surveys.rules.definitions import Definition
from reciproque.surveys.rules.words import Kind, Mode, ReadBy, Texts, Trigger


@dataclasses.dataclass(frozen=True)
class Supplied:
    """A questionnaire ready to be copied, with how it is best sent."""

    key: str
    title: Texts
    about: Texts
    definition: Definition
    trigger: str = Trigger.DATE
    mode: str = Mode.ANONYMOUS


def two(fr: str, en: str) -> Texts:
    """Return a text in both languages."""
    return {"fr": fr, "en": en}


def question(key: str, kind: str, text: Texts, **more: Any) -> dict[str, Any]:
    """Return a question with what is usual: required but for free texts and lists, read by all who read results."""
    made: dict[str, Any] = {
        "key": key,
        "kind": kind,
        "text": text,
        "help": more.pop("help", two("", "")),
        "required": more.pop("required", kind not in (Kind.TEXT, Kind.MULTIPLE)),
        "audience": more.pop("audience", ReadBy.RESULTS.value),
        "only_if": more.pop("only_if", None),
    }
    if kind == Kind.NUMBER:
        made |= {"least": 0, "most": None, "unit": two("", "")}
    return made | more


def options(*rows: tuple[str, str, str]) -> list[dict[str, Any]]:
    """Return the answers proposed, from (key, French, English)."""
    return [{"key": key, "text": two(fr, en)} for key, fr, en in rows]


def section(key: str, title: Texts, *questions: dict[str, Any], text: Texts | None = None) -> dict[str, Any]:
    """Return a part of a questionnaire."""
    return {"key": key, "title": title, "text": text or two("", ""), "questions": list(questions)}


# The same five steps wherever an effect is felt or not: they are counted together.
FELT = options(
    ("none", "Pas du tout", "Not at all"),
    ("little", "Un peu", "A little"),
    ("some", "Assez", "Somewhat"),
    ("much", "Beaucoup", "A lot"),
    ("greatly", "Énormément", "Enormously"),
)
# From which step on an effect counts as felt.
FAVOURABLE = ("some", "much", "greatly")
YES_NO = options(("yes", "Oui", "Yes"), ("no", "Non", "No"))

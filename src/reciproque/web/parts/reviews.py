"""The questions of a review, as forms, pages and paper sheets say them, each with who reads the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reciproque.exchanges.rules import (
    CHOSEN,
    FOR_WHOM,
    LEGAL,
    QUESTIONS,
    Audience,
    Covered,
    Satisfaction,
    Side,
    Used,
)
from reciproque.recognition.queries import hours_words
from reciproque.web.parts.small import words

if TYPE_CHECKING:
    from reciproque.exchanges.models import Review

YES_NO = [("yes", gettext_lazy("oui")), ("no", gettext_lazy("non"))]


def for_whom() -> forms.ChoiceField:
    """Return the field in which the author of a free text chooses who reads it."""
    return forms.ChoiceField(
        label=gettext_lazy("Qui lit ce texte ?"),
        choices=FOR_WHOM,
        required=False,
        initial=Audience.OTHER,
        widget=forms.RadioSelect,
    )


def say_audiences(form: forms.Form) -> None:
    """Write beside each question who reads its answer; the free texts say it themselves, and bear the legal reminder."""
    for name, audience in QUESTIONS.items():
        field: Any = form.fields.get(name)
        if field is None:
            continue
        if name in CHOSEN:
            field.help_text = LEGAL
        else:
            field.seen = f"{audience.label}."


def yes_or_no(answer: str) -> bool | None:
    """Return what a yes or no question was answered, None when it was passed."""
    return None if not answer else answer == "yes"


def initial_of(review: Review) -> dict[str, Any]:
    """Return the answers of a review as its form holds them."""
    held = {name: getattr(review, name) for name in (*QUESTIONS, *CHOSEN.values())}
    for name in ("again", "third"):
        held[name] = {True: "yes", False: "no", None: ""}[held[name]]
    return held


def review_rows(review: Review, *, mine: bool) -> list[tuple[str, str]]:
    """Return the answers of a review that its reader was given, line by line; to its author, with who else reads them."""
    yes = {True: _("oui"), False: _("non"), None: ""}
    rows = [
        ("satisfaction", _("Utilité"), review.get_satisfaction_display()),
        ("covered", _("Ce qui était convenu a été abordé"), review.get_covered_display()),
        ("used", _("Déjà mis en pratique"), review.get_used_display()),
        ("again", _("À refaire"), yes[review.again]),
        ("third", _("À proposer à quelqu’un d’autre"), yes[review.third]),
        ("learned", _("Ce qui a été appris"), review.learned),
        ("comment", _("Commentaire"), review.comment),
        ("hours", _("Heures passées"), hours_words(review.hours)),
    ]
    return [
        (f"{term} ({_read_by(review, name)})" if mine else term, str(value))
        for name, term, value in rows
        if value
    ]


def _read_by(review: Review, name: str) -> str:
    audience = getattr(review, CHOSEN[name]) if name in CHOSEN else QUESTIONS[name]
    return {
        Audience.OTHER: _("lu par les personnes de l’échange"),
        Audience.TEAM: _("lu par l’animation"),
        Audience.FIGURES: _("compté, jamais lu sous votre nom"),
        Audience.NOBODY: _("lu par vous seulement"),
    }[Audience(audience)]


def correction_note(review: Review) -> str:
    """Say that a review was corrected, and that something else may have been read before."""
    if review.corrected_at is None:
        return ""
    at = {"day": words(review.corrected_at, "full")}
    if review.read_before:
        return _("Corrigé le %(day)s. Le texte d’avant a pu être lu ; il n’est plus gardé nulle part.") % at
    return _("Corrigé le %(day)s, avant que quiconque ne l’ait lu.") % at


def paper_questions(side: str) -> list[dict[str, Any]]:
    """Return the questions as a paper sheet asks them: boxes to tick or lines to write on, and who reads the answer."""
    learner = side == Side.REQUESTER
    texts = [label for _value, label in FOR_WHOM]
    asked = [
        ("satisfaction", _("Cet échange vous a-t-il été utile ?"), Satisfaction.labels),
        ("covered", _("Ce qui était convenu a-t-il été abordé ?"), Covered.labels),
        ("used", _("Vous en êtes-vous déjà servi ?") if learner else "", Used.labels),
        ("again", _("Le referiez-vous ?"), Covered.labels[::2]),
        ("third", _("Le proposeriez-vous à quelqu’un d’autre ?"), Covered.labels[::2]),
        ("learned", learned_question(side), texts),
        ("comment", _("Un commentaire"), texts),
        ("hours", _("Heures passées, préparation comprise"), []),
    ]
    return [
        {
            "name": name,
            "label": label,
            "options": [capfirst(option) for option in options],
            "text": name in CHOSEN,
            "seen": "" if name in CHOSEN else QUESTIONS[name].label,
        }
        for name, label, options in asked
        if label
    ]


def learned_question(side: str) -> str:
    """Return what is asked of the one who learned, or of the one who passed on, about what they take away."""
    if side == Side.REQUESTER:
        return _("Que savez-vous faire maintenant que vous ne saviez pas faire ?")
    return _("Que vous a appris le fait de l’expliquer ?")

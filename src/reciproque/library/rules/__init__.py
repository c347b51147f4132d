"""The words and limits of the library: kinds of sheets, their parts, their states, ratings, questions."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from reciproque.kit.differences import turns
from reciproque.kit.text import clean

TITLE_MIN, TITLE_MAX = 3, 140
PART_MAX = 8_000
TRADE_MAX = 80
NAME_MAX = 80
LINK_MAX = 500
MAX_TOPICS = 5
MAX_AUTHORS = 12
MAX_FILES = 10
MAX_DRAFTS = 60
REASON_MAX = 300
QUESTION_MAX, DETAILS_MAX = 200, 2_000
# A sheet that nobody read again for a year says so.
REVIEW_DAYS, REVIEW_MIN_DAYS, REVIEW_MAX_DAYS = 365, 30, 3 * 365
# How long before that day whoever keeps it is asked.
REREAD_AHEAD = dt.timedelta(days=14)
# How many people are asked one question at once, and how many questions one person may have waiting.
ASKED_AT_ONCE, ASKED_IN_ALL, WAITING_MAX, ASKED_A_MONTH = 3, 9, 2, 4
MONTH = dt.timedelta(days=30)
# After so long without an answer, somebody else is asked.
ANSWER_WITHIN = dt.timedelta(days=10)
MAX_OPEN_CASES = 5
# Under so many opinions, an average would say who thinks what.
FEWEST_RATINGS = 3
# Two passages that share less are shown one after the other (white space is about half of what is compared).
ALIKE = 0.7
VERSIONS_SHOWN = 50


class SheetKind(TextChoices):
    """What one writes: a whole practice sheet, or something short."""

    PRACTICE = "practice", _("fiche de pratique")
    TIP = "tip", _("astuce")
    ANSWER = "answer", _("réponse à une question")
    MEDIA = "media", _("enregistrement")
    LINK = "link", _("lien")


class SheetState(TextChoices):
    DRAFT = "draft", _("brouillon")
    PUBLISHED = "published", _("publiée")
    WITHDRAWN = "withdrawn", _("retirée")


class Serves(TextChoices):
    """Whom a sheet serves."""

    CUSTOMER = "customer", _("le client")
    COLLEAGUE = "colleague", _("le collègue")
    BOTH = "both", _("le client et le collègue")


class AuthorState(TextChoices):
    INVITED = "invited", _("invité à signer")
    ACCEPTED = "accepted", _("auteur")
    REFUSED = "refused", _("a décliné")
    LEFT = "left", _("a retiré son nom")


class OriginKind(TextChoices):
    """Where a sheet comes from; a plain kind and identifier, since groups live on a floor above."""

    CIRCLE = "circle", _("un groupe d’échange de pratiques")
    EXCHANGE = "exchange", _("un échange")


# Nothing leaves these, and nothing of it is changed afterwards, without each member's agreement.
GUARDED = {OriginKind.CIRCLE.value}


class CaseState(TextChoices):
    OPEN = "open", _("attend une réponse")
    ANSWERED = "answered", _("a une réponse")
    CLOSED = "closed", _("close")


class AskState(TextChoices):
    WAITING = "waiting", _("attend")
    ANSWERED = "answered", _("a répondu")
    DECLINED = "declined", _("a décliné")
    LAPSED = "lapsed", _("n’a pas répondu")


PARTS: dict[str, Any] = {
    "situation": _("La situation"),
    "tried": _("Ce qui a été essayé"),
    "given": _("Ce que cela a donné"),
    "conditions": _("À quelles conditions"),
    "again": _("Si c’était à refaire"),
    "traps": _("Les pièges"),
    "whom": _("À qui demander"),
    "text": _("Le contenu"),
}
# Which parts each kind is made of, and the one without which it says nothing.
PARTS_OF: dict[str, list[str]] = {
    SheetKind.PRACTICE: ["situation", "tried", "given", "conditions", "again", "traps", "whom"],
    SheetKind.TIP: ["text"],
    SheetKind.ANSWER: ["text", "traps", "whom"],
    SheetKind.MEDIA: ["text"],
    SheetKind.LINK: ["text"],
}
NEEDED: dict[str, list[str]] = {
    SheetKind.PRACTICE: ["situation", "tried", "given"],
    SheetKind.TIP: ["text"],
    SheetKind.ANSWER: ["text"],
    SheetKind.MEDIA: [],
    SheetKind.LINK: [],
}
_LINK = re.compile(r"https?://[^\s/@:]+(?::\d{1,5})?(?:[/?#]\S*)?", re.IGNORECASE)


def clean_title(text: str) -> str:
    """Return a title fit to store; ValidationError with the sentence to show."""
    text = " ".join(clean(text).split())
    if len(text) < TITLE_MIN:
        raise ValidationError({"title": _("Donnez un titre (trois lettres au moins).")})
    if len(text) > TITLE_MAX:
        raise ValidationError({"title": _("Le titre est trop long : 140 caractères au plus.")})
    return text


def clean_link(text: str) -> str:
    """Return a web address fit to be followed, "" for none; ValidationError for what is not one."""
    text = clean(text).strip()
    if text and (len(text) > LINK_MAX or not _LINK.fullmatch(text)):
        raise ValidationError({"link": _("Donnez une adresse qui commence par https:// ou http://.")})
    return text


def check_relevance(relevance: int | None) -> None:
    """Refuse an opinion that is not a whole number from 1 to 5 (or none)."""
    if relevance is not None and relevance not in range(1, 6):
        raise ValidationError({"relevance": _("Choisissez un nombre de 1 à 5.")})


def check_complete(kind: str, values: Mapping[str, str], *, files: int) -> None:
    """Refuse to publish what would say nothing, with a sentence for each part that lacks."""
    missing = {name: _("Dites-en quelques mots.") for name in NEEDED[kind] if not values.get(name)}
    if kind == SheetKind.LINK and not values.get("link"):
        missing["link"] = _("Donnez l’adresse du lien.")
    if kind == SheetKind.MEDIA and not files:
        missing["text"] = _("Joignez d’abord le fichier audio ou vidéo.")
    if missing:
        raise ValidationError(missing)


def is_stale(review_on: dt.date | None, today: dt.date) -> bool:
    """Tell whether a sheet is past the day on which it should have been read again."""
    return review_on is not None and review_on < today


@dataclasses.dataclass(frozen=True)
class Piece:
    """A piece of text as two versions compare: kept, added or removed."""

    kind: str  # "same", "added", "removed"
    text: str


def compare(before: str, after: str) -> list[Piece]:
    """Return what changed between two texts, word by word inside the lines that differ."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    pieces: list[Piece] = []
    for verb, i, j, k, m in turns(old, new):
        if verb == "equal":
            pieces.append(Piece("same", "".join(old[i:j])))
        else:
            pieces += _words_compared("".join(old[i:j]), "".join(new[k:m]))
    return pieces


def _words_compared(before: str, after: str) -> list[Piece]:
    old, new = re.findall(r"\s+|\S+", before), re.findall(r"\s+|\S+", after)
    pieces: list[Piece] = []
    found = turns(old, new)
    same = sum(j - i for verb, i, j, _k, _m in found if verb == "equal")
    if 2 * same < ALIKE * (len(old) + len(new)):
        # Other words altogether: a mosaic of both would say nothing.
        return [Piece(kind, text) for kind, text in (("removed", before), ("added", after)) if text]
    for verb, i, j, k, m in found:
        if verb == "equal":
            pieces.append(Piece("same", "".join(old[i:j])))
            continue
        if j > i:
            pieces.append(Piece("removed", "".join(old[i:j])))
        if m > k:
            pieces.append(Piece("added", "".join(new[k:m])))
    return pieces

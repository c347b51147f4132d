"""The words and limits of gatherings: fairs, group sessions of spotting, and the path one follows alone."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from reciproque.catalogue.rules import TITLE_MAX, TITLE_MIN, Kind
from reciproque.kit.text import clean, fold

NAME_MAX = 120
PLACE_MAX = 200
WORDS_MAX = 2000
LONGEST = dt.timedelta(hours=24)
# How long what nobody confirmed is kept after a gathering: then it is erased, names and addresses with it.
KEPT_DAYS = 30
# A gathering that nobody closed is closed by the clock, this long after its end.
CLOSED_AFTER = dt.timedelta(hours=12)
# A closed gathering may be opened again this long: somebody's list was still in a pocket.
REOPENED_WITHIN = dt.timedelta(days=7)
MATCH_FLOOR = 0.35  # closeness, 0 to 1, from which two savoirs light up together: as for any suggestion
MATCHES_KEPT = 5  # for one entry, on each side of the board
MAX_ENTRIES = 2000
MAX_ANNOUNCED = 2  # still to come, by someone who animates one part of the network only


class GatheringKind(TextChoices):
    FAIR = "fair", _("bourse aux savoirs")
    SPOTTING = "spotting", _("séance de repérage")


class GatheringState(TextChoices):
    PLANNED = "planned", _("prévue")
    OPEN = "open", _("en cours")
    CLOSED = "closed", _("close")
    CANCELLED = "cancelled", _("annulée")


S = GatheringState
# verb → (from which states, to which state)
MOVES: dict[str, tuple[list[GatheringState], GatheringState]] = {
    "open": ([S.PLANNED], S.OPEN),
    "close": ([S.OPEN], S.CLOSED),
    "reopen": ([S.CLOSED], S.OPEN),
    "cancel": ([S.PLANNED], S.CANCELLED),
}


class Answer(TextChoices):
    UNSAID = "", _("sans réponse")
    YES = "yes", _("vient")
    NO = "no", _("ne vient pas")


class NameShown(TextChoices):
    """How somebody agreed to be named on the screen of the room."""

    NONE = "none", _("sans mon nom")
    FIRST = "first", _("mon prénom seulement")
    FULL = "full", _("mon prénom et mon nom")


# From the most discreet to the least.
SHOWN_MORE = [NameShown.NONE.value, NameShown.FIRST.value, NameShown.FULL.value]


def shown_up_to(choice: str) -> list[str]:
    """Return this way of being named, and those that say less."""
    return SHOWN_MORE[: SHOWN_MORE.index(choice) + 1]


class EntryState(TextChoices):
    NOTED = "noted", _("à confirmer")
    PUBLISHED = "published", _("publiée")
    WITHDRAWN = "withdrawn", _("retirée")


class Consent(TextChoices):
    """How somebody agreed to what was typed for them."""

    SPOKEN = "spoken", _("de vive voix")
    OWN = "own", _("sur son propre écran")


CLOSED = _(
    "Cette rencontre est close : rien n’a été ajouté, et ce que vous avez saisi est gardé ici. "
    "Rouvrez-la pour l’ajouter."
)
NOT_OPEN = _(
    "Cette rencontre n’est pas encore ouverte : ce que vous avez saisi est gardé ici. Ouvrez-la, puis renvoyez."
)
CANCELLED = _("Cette rencontre est annulée : rien n’y est plus ajouté.")


def check_open(state: str) -> None:
    """Refuse what is typed while the gathering is not open, with the sentence to show."""
    refusals = {S.CLOSED: CLOSED, S.PLANNED: NOT_OPEN, S.CANCELLED: CANCELLED}
    if state in refusals:
        raise ValidationError(refusals[S(state)], code="closed")


def check_hours(starts_at: dt.datetime, ends_at: dt.datetime, now: dt.datetime) -> None:
    """Refuse a date already past, or hours that cannot be."""
    if ends_at <= starts_at:
        raise ValidationError({"ends_at": _("La fin vient après le début.")})
    if ends_at - starts_at > LONGEST:
        raise ValidationError({"ends_at": _("Une rencontre tient en une journée : vérifiez les heures.")})
    if ends_at <= now:
        raise ValidationError({"starts_at": _("Cette date est déjà passée.")})


def clean_words(text: str) -> str:
    """Return a savoir as typed, fit to store; ValidationError with the sentence to show."""
    text = " ".join(clean(text).split())
    if len(text) < TITLE_MIN:
        raise ValidationError(
            {"words": _("Dites en quelques mots de quoi il s’agit (trois lettres au moins).")}
        )
    if len(text) > TITLE_MAX:
        raise ValidationError({"words": _("C’est trop long : 140 caractères au plus.")})
    return text


# Said of a name that members bear: none of them, a guest.
SOMEONE_ELSE = "other"


def clean_name(text: str) -> str:
    """Return a name as typed, fit to store; ValidationError with the sentence to show."""
    text = " ".join(clean(text).split())
    if len(fold(text).strip()) < 2:
        raise ValidationError({"who": _("Dites de qui il s’agit.")})
    if len(text) > NAME_MAX:
        raise ValidationError({"who": _("Ce nom est trop long : 120 caractères au plus.")})
    return text


def shown_name(choice: str, first_name: str, full_name: str) -> str:
    """Return how somebody is named on the screen of the room, as they agreed; nothing before they did."""
    if choice == NameShown.FULL:
        return full_name
    return first_name if choice == NameShown.FIRST else ""


@dataclasses.dataclass(frozen=True)
class Question:
    """One question of the path: what is asked, what helps to answer, what kind of savoir it draws out."""

    key: str
    kind: str
    title: Any
    hints: tuple[Any, ...]
    example: Any


# Ten minutes, one question a page: what one does, difficulties solved, what colleagues come and ask, what was
# learned elsewhere, what one would like to learn.
QUESTIONS: tuple[Question, ...] = (
    Question(
        "work",
        Kind.OFFER,
        _("Que faites-vous, une semaine ordinaire ?"),
        (
            _("Pensez à hier, heure par heure : chaque geste est peut-être un savoir."),
            _("Qu’avez-vous dû apprendre, en arrivant à ce poste, que personne n’avait écrit ?"),
        ),
        _("Préparer une tournée en vingt minutes"),
    ),
    Question(
        "solved",
        Kind.OFFER,
        _("Quelle difficulté avez-vous résolue cette année ?"),
        (
            _("Un outil qui résistait, un client mécontent, un conflit, un délai intenable."),
            _("Comment vous y êtes-vous pris ? C’est cela, le savoir."),
        ),
        _("Calmer un client en colère au téléphone"),
    ),
    Question(
        "asked",
        Kind.OFFER,
        _("Que viennent vous demander vos collègues ?"),
        (
            _("« Tu peux regarder mon tableau ? » « Comment tu fais, toi ? »"),
            _("Pour quoi vous appelle-t-on quand quelqu’un est absent ?"),
        ),
        _("Débloquer une formule dans un tableur"),
    ),
    Question(
        "easy",
        Kind.OFFER,
        _("Que faites-vous sans y penser, et que d’autres trouvent difficile ?"),
        (
            _("Parler devant un groupe, écrire court, ranger, négocier, réparer, écouter."),
            _("Ce qui vous semble évident ne l’est pas pour tout le monde."),
        ),
        _("Écrire un compte rendu en une page"),
    ),
    Question(
        "elsewhere",
        Kind.OFFER,
        _("Qu’avez-vous appris ailleurs ?"),
        (
            _("Un poste précédent, un autre métier, une association, une langue, un sport d’équipe."),
            _("Ce que l’on apprend hors du travail y sert souvent."),
        ),
        _("Animer une réunion de bénévoles"),
    ),
    Question(
        "slow",
        Kind.REQUEST,
        _("Qu’est-ce qui vous prend trop de temps aujourd’hui ?"),
        (
            _("Ce que vous remettez toujours au lendemain, ce que vous refaites à la main."),
            _("Quelle question n’osez-vous plus poser ?"),
        ),
        _("Faire un publipostage sans tout recommencer"),
    ),
    Question(
        "wish",
        Kind.REQUEST,
        _("Qu’aimeriez-vous savoir faire ?"),
        (
            _("Qui vous a donné envie de savoir faire comme lui ou elle ?"),
            _("De quoi aurez-vous besoin dans les six prochains mois ?"),
        ),
        _("Mener un entretien difficile"),
    ),
)
MINUTES = 10
ANSWER_MAX = 2000
LINES_MAX = 12


def question(number: int) -> Question | None:
    """Return the question of a page, counted from 1."""
    return QUESTIONS[number - 1] if 1 <= number <= len(QUESTIONS) else None


def split_savoirs(text: str) -> list[str]:
    """Return the savoirs of an answer, one a line, each once, cut to what a title holds; at most twelve."""
    lines: dict[str, str] = {}
    for line in clean(text).split("\n"):
        words = " ".join(line.strip(" \t-–•*").split())[:TITLE_MAX]
        if len(words) >= TITLE_MIN:
            lines.setdefault(fold(words), words)
    return list(lines.values())[:LINES_MAX]

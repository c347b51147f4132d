"""The one life of the floor: introduction → terms → meetings → exchange → review. Words, states, limits."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from reciproque.kit.tokens import ALPHABET

TEXT_MAX = 4000
SHORT_MAX = 500
MAX_SIDE = 12
OLDEST = 60  # years: an older date of an exchange declared afterwards is a slip of the keyboard


class Side(TextChoices):
    """Roles in one exchange, never statuses of a person."""

    REQUESTER = "requester", _("demandeur ou demandeuse")
    OFFERER = "offerer", _("offreur ou offreuse")


class IntroductionState(TextChoices):
    ASKED = "asked", _("réponse attendue")
    QUESTIONED = "questioned", _("question posée")
    ACCEPTED = "accepted", _("acceptée")
    AGREED = "agreed", _("échange convenu")
    REFUSED = "refused", _("déclinée")
    LAPSED = "lapsed", _("sans réponse")
    WITHDRAWN = "withdrawn", _("retirée")
    NOT_MATCHED = "not_matched", _("ne correspond pas")
    CANCELLED = "cancelled", _("interrompue")


S = IntroductionState
LIVE_INTRODUCTION = [S.ASKED, S.QUESTIONED, S.ACCEPTED]
AWAITING_ANSWER = [S.ASKED, S.QUESTIONED]

# verb → (from which states, to which state)
INTRODUCTION_MOVES: dict[str, tuple[list[IntroductionState], IntroductionState]] = {
    "question": (AWAITING_ANSWER, S.QUESTIONED),
    "reply": ([S.QUESTIONED], S.ASKED),
    "accept": (AWAITING_ANSWER, S.ACCEPTED),
    "refuse": (AWAITING_ANSWER, S.REFUSED),
    "lapse": (AWAITING_ANSWER, S.LAPSED),
    "withdraw": (LIVE_INTRODUCTION, S.WITHDRAWN),
    "agree": ([S.ACCEPTED], S.AGREED),
    "not_match": ([S.ACCEPTED], S.NOT_MATCHED),
    "cancel": (LIVE_INTRODUCTION, S.CANCELLED),
}


class Refusal(TextChoices):
    """Reasons to say no; each is an honest answer and none is a judgement."""

    TIME = "time", _("je n’ai pas le temps en ce moment")
    SUBJECT = "subject", _("ce n’est pas tout à fait mon sujet")
    SOMEONE = "someone", _("je connais quelqu’un de mieux placé")
    FULL = "full", _("j’ai déjà assez d’échanges en cours")
    OTHER = "other", _("une autre raison")


class ExchangeState(TextChoices):
    OPEN = "open", _("en cours")
    FINISHED = "finished", _("terminé, bilan attendu")
    CLOSED = "closed", _("clos")
    STOPPED = "stopped", _("arrêté")
    DECLARED = "declared", _("déclaré, à confirmer")
    DENIED = "denied", _("déclaration contestée")


E = ExchangeState
EXCHANGE_MOVES: dict[str, tuple[list[ExchangeState], ExchangeState]] = {
    "finish": ([E.OPEN], E.FINISHED),
    "extend": ([E.FINISHED], E.OPEN),
    "stop": ([E.OPEN], E.STOPPED),
    "close": ([E.FINISHED], E.CLOSED),
    "confirm": ([E.DECLARED], E.CLOSED),
    "deny": ([E.DECLARED], E.DENIED),
}


# While a conversation takes words: an introduction under way, an exchange under way or just over.
TALKING = [*LIVE_INTRODUCTION, E.OPEN, E.FINISHED, E.CLOSED]


class Origin(TextChoices):
    FOLLOWED = "followed", _("suivi ici")
    DECLARED = "declared", _("déclaré après coup")


class Covered(TextChoices):
    """Was what had been agreed covered?"""

    YES = "yes", _("oui")
    PARTLY = "partly", _("en partie")
    NO = "no", _("non")


class Used(TextChoices):
    """Has it been used already? (asked of the one who learned)"""

    ALREADY = "already", _("oui, déjà")
    PLANNED = "planned", _("c’est prévu")
    NO = "no", _("pas pour l’instant")


class Satisfaction(TextChoices):
    """About the exchange, never about the person."""

    GREAT = "4", _("très utile")
    GOOD = "3", _("utile")
    SO_SO = "2", _("peu utile")
    POOR = "1", _("pas utile")


class Audience(TextChoices):
    """Who reads one answer of a review, besides its author; nobody before everyone has answered or the deadline."""

    OTHER = "other", _("les personnes de l’échange, quand chacun a répondu")
    TEAM = "team", _("l’animation de votre réseau, quand chacun a répondu")
    FIGURES = "figures", _("personne sous votre nom : des chiffres d’ensemble seulement")
    NOBODY = "nobody", _("personne d’autre que vous")


# Who reads the answer to each question of a review: the one place where it is decided.
QUESTIONS: dict[str, Audience] = {
    "satisfaction": Audience.OTHER,
    "covered": Audience.OTHER,
    "used": Audience.OTHER,
    "learned": Audience.OTHER,  # unless the author chose fewer
    "comment": Audience.OTHER,  # unless the author chose fewer
    "third": Audience.TEAM,
    "again": Audience.FIGURES,
    "hours": Audience.FIGURES,
}
# The free texts, and the field that keeps for whom their author wrote them.
CHOSEN: dict[str, str] = {"learned": "learned_for", "comment": "comment_for"}
FOR_WHOM: list[tuple[str, Any]] = [
    (Audience.OTHER, _("Les personnes de l’échange")),
    (Audience.TEAM, _("L’animation seulement")),
    (Audience.NOBODY, _("Personne d’autre que moi, sur ce site")),
]
CORRECTION = dt.timedelta(days=14)
LEGAL = _(
    "Ce que vous écrivez reste professionnel, utile et mesuré : parlez de l’échange, jamais de la personne, de sa "
    "santé, de sa vie privée ou de ses opinions. La loi permet à chaque personne de demander ce qui est "
    "gardé sur elle, même ce que vous gardez pour vous ; vous pouvez effacer vos mots à tout moment."
)

# Read aloud to someone reached by telephone, before the questions and after them.
PHONE_BEFORE = [
    _(
        "« Bonjour, je vous appelle pour le bilan de votre échange. Deux minutes suffisent. Est-ce un bon moment ? »"
    ),
    _("« Je note vos réponses en votre nom ; il restera écrit que c’est moi qui les ai saisies. »"),
    _(
        "« Après chaque question, je vous dis qui lira la réponse. Seule la première est nécessaire : pour les autres, "
        "vous pouvez dire que vous passez. »"
    ),
    _("« Parlons de l’échange, pas de la personne : ce que je note doit rester professionnel et utile. »"),
]
PHONE_AFTER = [
    _(
        "Relisez à voix haute les textes que vous avez notés, et demandez : « Est-ce bien ce que vous voulez dire ? »"
    ),
    _("« Vous pourrez le corriger pendant quatorze jours et le retirer quand vous voudrez. Merci. »"),
]

# A paper sheet finds its exchange and its person by these eight signs: the beginning of the exchange's identifier,
# the person's place in it, and one that betrays a slip of the pen.
CODE_OF_EXCHANGE = 6


# No factor in common with the length of the alphabet (27): one wrong sign, or two neighbours swapped, always shows.
_WEIGHTS = (1, 2, 4, 5, 7, 8, 10)


def _check_sign(signs: str) -> str:
    weighed = sum(weight * ALPHABET.index(sign) for weight, sign in zip(_WEIGHTS, signs, strict=True))
    return ALPHABET[weighed % len(ALPHABET)]


def paper_code(exchange_id: str, place: int) -> str:
    """Return what is printed on someone's paper sheet, in two groups of four signs."""
    signs = exchange_id[:CODE_OF_EXCHANGE] + ALPHABET[place]
    signs += _check_sign(signs)
    return f"{signs[:4]} {signs[4:]}"


def read_paper_code(typed: str) -> tuple[str, int]:
    """Return the beginning of the exchange's identifier and the person's place; a sentence when it cannot be one."""
    signs = "".join(sign for sign in typed.lower() if sign.isalnum())
    if (
        len(signs) != CODE_OF_EXCHANGE + 2
        or not set(signs) <= set(ALPHABET)
        or _check_sign(signs[:-1]) != signs[-1]
    ):
        raise ValidationError(
            {"code": _("Ce code n’en est pas un : huit signes, en haut de la feuille. Relisez-les un à un.")}
        )
    return signs[:CODE_OF_EXCHANGE], ALPHABET.index(signs[CODE_OF_EXCHANGE])


def is_full(held: int, most: int | None) -> bool:
    """Tell whether someone holds as much as they agreed to at once (None: nothing was agreed)."""
    return most is not None and held >= most


def check_past_meeting(held_on: dt.date, minutes: int, today: dt.date) -> None:
    """Refuse the day or the length of an exchange declared afterwards when they cannot be, with a sentence."""
    if held_on > today:
        raise ValidationError({"held_on": _("Cette date n’est pas encore passée.")})
    if held_on.year < today.year - OLDEST:
        raise ValidationError({"held_on": _("Cette date est trop ancienne. Vérifiez l’année.")})
    if not 5 <= minutes <= 6000:
        raise ValidationError({"minutes": _("La durée va de 5 minutes à 100 heures.")})


# What the usual wait is read from, and from how many cases on it is said.
WAIT_OVER = dt.timedelta(days=90)
WAIT_CASES = 2000
WAIT_FEW = 5


def median_wait(answers: Sequence[float], waits: Sequence[float], never: int) -> float | None:
    """Return the time after which half of those asked have answered; None when half of them never do.

    `answers` are the times of the answers, `waits` those of the people who have not answered so far or were let
    off (they count as long as they waited), `never` how many let their deadline pass.
    """
    left = 1.0  # of those asked, who have not answered yet
    at_risk = len(answers) + len(waits) + never
    # At the same moment an answer comes before whoever stops waiting.
    for time, answered in sorted(
        [(t, True) for t in answers] + [(t, False) for t in waits], key=_answer_first
    ):
        if answered:
            left *= 1 - 1 / at_risk
            if left <= 0.5 + 1e-9:
                return time
        at_risk -= 1
    return None


def _answer_first(case: tuple[float, bool]) -> tuple[float, bool]:
    return case[0], not case[1]


# The mediator's script for the introduction meeting (practice.md 1.4): said on the page, in order.
SCRIPT: list[tuple[Any, Any]] = [
    (_("Se présenter"), _("Chacun dit qui il est. La personne la moins à l’aise parle en premier.")),
    (
        _("Dire ce que l’on cherche"),
        _("La personne qui demande explique : quoi, pour quoi faire, où elle en est aujourd’hui."),
    ),
    (
        _("Dire ce que l’on peut transmettre"),
        _("La personne qui offre dit ce qu’elle sait faire, comment elle l’a appris, puis chacun ajuste."),
    ),
    (
        _("Choisir la méthode"),
        _("Par l’exemple, en pratiquant, par la théorie d’abord : comment apprend-on le mieux ?"),
    ),
    (_("Régler le pratique"), _("Lieu, date, durée, rythme, matériel.")),
    (
        _("Fixer le premier bilan"),
        _("À quoi saura-t-on que c’est réussi, et quand en parle-t-on ?"),
    ),
]
SCRIPT_ADVICE = [
    _("Parlez peu : les deux personnes se parlent entre elles."),
    _("Rééquilibrez la parole, revenez au sujet."),
    _("Attention au piège connu : l’échange ne commence pas pendant la mise en relation."),
    _("« Ça ne correspond pas » est une fin normale. Dites-le simplement."),
]

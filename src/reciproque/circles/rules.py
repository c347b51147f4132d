"""The words and limits of practice-exchange groups: their five steps, who may sit in one, how a session unfolds."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from reciproque.kit.text import fold

TITLE_MAX = 120
LINE_MAX = 300
WORDS_MAX = 4000
PAGE_MAX = 40_000
NOTE_MAX = 20_000
# A group of this size works: everyone speaks, and everyone brings a case.
SEATS_LEAST, SEATS_MOST = 5, 10
SESSIONS_LEAST, SESSIONS_MOST = 2, 24
HALF_DAY_MINUTES = 210
SHORT_MINUTES = 90
MINUTES_LEAST, MINUTES_MOST = 30, 8 * 60
MAX_DECIDERS = 10
# How many working days each thing is given.
SPECIFY_DAYS, DECIDE_DAYS, PLEDGE_DAYS, DATES_DAYS, LEAD_DAYS = 10, 3, 5, 10, 2
CALL_MOST = dt.timedelta(days=120)
# Before its date by more than this, a session is started only once one said so.
EARLY = dt.timedelta(hours=3)
# What goes with the review told to the deciders, whatever the lines: said before anyone commits themselves.
FIGURES_TOLD = _(
    "Le nombre de séances tenues, combien de personnes y venaient en moyenne, combien disent leur objectif atteint "
    "(masqué quand il permettrait de reconnaître quelqu’un), le nombre de fiches publiées."
)
# A facilitator who stops so near to a session leaves those who come to it hours to know of another one.
SUDDEN = dt.timedelta(days=3)


class CircleState(TextChoices):
    """Where a group is in its life; each of the five steps of the method is one state."""

    NEED = "need", _("préciser le besoin")
    CALL = "call", _("constituer le groupe")
    RULES = "rules", _("poser les règles")
    SESSIONS = "sessions", _("tenir les séances")
    WRITING = "writing", _("mettre en fiches")
    CLOSED = "closed", _("terminé")
    STOPPED = "stopped", _("arrêté")


STEPS = [CircleState.NEED, CircleState.CALL, CircleState.RULES, CircleState.SESSIONS, CircleState.WRITING]
# Where the group is made: its content belongs to its members and its facilitator alone.
ALIVE = [CircleState.RULES, CircleState.SESSIONS, CircleState.WRITING]
OVER = [CircleState.CLOSED, CircleState.STOPPED]
# When the reviews are made: a group that closes does not close what was promised to its deciders.
REPORTED_IN = (CircleState.WRITING, CircleState.CLOSED)

C = CircleState
# verb → (from which states, to which state)
MOVES: dict[str, tuple[list[CircleState], CircleState]] = {
    "call": ([C.NEED], C.CALL),
    "constitute": ([C.CALL], C.RULES),
    "begin": ([C.RULES], C.SESSIONS),
    "write": ([C.SESSIONS], C.WRITING),
    "close": ([C.WRITING], C.CLOSED),
    "stop": ([C.NEED, C.CALL, C.RULES, C.SESSIONS, C.WRITING], C.STOPPED),
}


class Method(TextChoices):
    """How a session is run."""

    CODEV = "codev", _("codéveloppement")
    ANALYSIS = "analysis", _("analyse de pratiques")
    FREE = "free", _("ordre du jour libre")


class SeatState(TextChoices):
    """Where someone is with a group."""

    APPLIED = "applied", _("candidature reçue")
    WAITING = "waiting", _("en liste d’attente")
    SEATED = "seated", _("membre du groupe")
    DECLINED = "declined", _("candidature non retenue")
    WITHDRAWN = "withdrawn", _("candidature retirée")
    LEFT = "left", _("a quitté le groupe")


LIVE_SEATS = [SeatState.APPLIED, SeatState.WAITING, SeatState.SEATED]
ASKING_SEATS = [SeatState.APPLIED, SeatState.WAITING]


class WaiverKind(TextChoices):
    """What a rule of the method was set aside for, with a reason and a name."""

    FEW = "few", _("moins de cinq membres")
    MANY = "many", _("plus de dix membres")
    REPORTING = "reporting", _("un responsable et une personne de son équipe")
    FUNCTION = "function", _("des fonctions différentes")
    FACILITATOR = "facilitator", _("facilitation dans la ligne hiérarchique d’un membre")
    DECIDER = "decider", _("une personne qui décide et siège")


# Said of each by name: a reason given for all would hold for those whom nobody has looked at.
ABOUT_SOMEONE = (WaiverKind.REPORTING, WaiverKind.FACILITATOR, WaiverKind.DECIDER)


class RoomState(TextChoices):
    """Where a session is in its room."""

    WAITING = "waiting", _("pas commencée")
    OPEN = "open", _("en cours")
    CLOSED = "closed", _("terminée")


class OutingKind(TextChoices):
    """What may leave a group."""

    SHEET = "sheet", _("une fiche de pratique")
    LINE = "line", _("une ligne du bilan aux décideurs")


class OutingState(TextChoices):
    """Whether something may leave the group; that it stays is all anyone reads of a refusal."""

    ASKED = "asked", _("accord demandé à chacun")
    AGREED = "agreed", _("sortie du groupe avec l’accord de chacun")
    KEPT = "kept", _("reste dans le groupe")
    TAKEN_BACK = "taken", _("reprise par le groupe")


class LeadState(TextChoices):
    """What became of something someone meant to try."""

    OPEN = "open", _("à essayer")
    TRIED = "tried", _("essayé")
    LEFT = "left", _("laissé de côté")


@dataclasses.dataclass(frozen=True)
class Part:
    """One timed part of a session: `minutes` on a half-day, `short` in a short remote session."""

    name: str
    title: Any
    minutes: int
    short: int
    hint: Any
    # During this part only questions are asked: no advice, no story of one's own.
    questions_only: bool = False
    # Who speaks first: the client, the consultants, or all.
    voice: str = "all"


PARTS: dict[str, list[Part]] = {
    Method.CODEV: [
        Part(
            "news",
            _("Tour de nouvelles"),
            20,
            5,
            _("Chacun dit comment il arrive. À la première séance, on se présente et on relit la charte."),
        ),
        Part(
            "return",
            _("Retour sur la dernière fois"),
            15,
            10,
            _("La personne qui avait apporté son sujet dit ce qu’elle a essayé, et ce que cela a donné."),
        ),
        Part(
            "choice",
            _("Choix du sujet"),
            20,
            10,
            _("Chacun propose un sujet. Le groupe choisit selon l’enjeu, l’intérêt et l’urgence."),
        ),
        Part(
            "account",
            _("1. Exposé"),
            15,
            5,
            _("La personne expose son sujet. Les autres écoutent, sans interrompre."),
            voice="client",
        ),
        Part(
            "questions",
            _("2. Clarification"),
            25,
            10,
            _("Seulement des questions, pour comprendre : ni conseil, ni récit de soi."),
            questions_only=True,
            voice="peers",
        ),
        Part(
            "contract",
            _("3. Demande précise"),
            10,
            5,
            _("La personne dit ce qu’elle attend du groupe, et sous quelle forme."),
            voice="client",
        ),
        Part("pause", _("La pause"), 15, 0, _("On se lève, on ouvre la fenêtre. L’horloge vous rappelle.")),
        Part(
            "consultation",
            _("4. Consultation"),
            45,
            20,
            _("Chacun apporte son expérience, ses impressions, ses idées. On ne cherche pas l’accord."),
            voice="peers",
        ),
        Part(
            "synthesis",
            _("5. Synthèse et plan d’action"),
            20,
            10,
            _("La personne dit ce qu’elle retient et ce qu’elle va essayer."),
            voice="client",
        ),
        Part(
            "learnings",
            _("6. Apprentissages"),
            25,
            15,
            _("Chacun dit ce qu’il a appris en aidant ou en étant aidé, et comment la séance s’est passée."),
        ),
    ],
    Method.ANALYSIS: [
        Part(
            "news",
            _("Tour de nouvelles"),
            20,
            5,
            _("Chacun dit comment il arrive. À la première séance, on se présente et on relit la charte."),
        ),
        Part(
            "return", _("Retour sur la dernière fois"), 15, 10, _("Ce qui a été essayé, ce que cela a donné.")
        ),
        Part(
            "choice",
            _("Choix de la situation"),
            20,
            10,
            _("Chacun propose une situation vécue. Le groupe en choisit une."),
        ),
        Part(
            "account",
            _("Récit"),
            25,
            10,
            _("La personne raconte la situation, sans nom. Les autres écoutent."),
            voice="client",
        ),
        Part(
            "questions",
            _("Questions"),
            30,
            15,
            _("Seulement des questions, pour se représenter la situation."),
            questions_only=True,
            voice="peers",
        ),
        Part("pause", _("La pause"), 15, 0, _("On se lève, on ouvre la fenêtre. L’horloge vous rappelle.")),
        Part(
            "analysis",
            _("Hypothèses"),
            45,
            20,
            _("Le groupe cherche à comprendre ce qui se joue. La personne écoute sans répondre."),
            voice="peers",
        ),
        Part(
            "back",
            _("Retour de la personne"),
            15,
            10,
            _("La personne dit ce qui l’éclaire et ce qu’elle pourrait essayer."),
            voice="client",
        ),
        Part(
            "learnings",
            _("Apprentissages"),
            25,
            10,
            _("Chacun dit ce qu’il retient pour sa propre pratique."),
        ),
    ],
    Method.FREE: [
        Part(
            "news",
            _("Tour de nouvelles"),
            20,
            5,
            _("Chacun dit comment il arrive. À la première séance, on se présente et on relit la charte."),
        ),
        Part(
            "return", _("Retour sur la dernière fois"), 15, 10, _("Ce qui a été essayé, ce que cela a donné.")
        ),
        Part(
            "agenda", _("Ordre du jour"), 15, 10, _("Le groupe décide de quoi il parle, et dans quel ordre.")
        ),
        Part("work", _("Échanges"), 60, 50, _("Chacun parle à son tour ; personne ne juge.")),
        Part("pause", _("La pause"), 15, 0, _("On se lève, on ouvre la fenêtre. L’horloge vous rappelle.")),
        Part("more", _("Échanges, suite"), 60, 0, _("Chacun parle à son tour ; personne ne juge.")),
        Part(
            "learnings", _("Apprentissages"), 25, 15, _("Chacun dit ce qu’il retient et ce qu’il va essayer.")
        ),
    ],
}


def parts_for(method: str, *, is_first: bool, is_short: bool) -> list[Part]:
    """Return the parts of a session: no pause in a short one; at the first one nothing is to be told of the last."""
    parts = [part for part in PARTS[method] if part.short or not is_short]
    back = next((part for part in parts if part.name == "return"), None)
    if not is_first or back is None:
        return parts
    # What it would have taken goes to getting to know one another.
    return [
        dataclasses.replace(part, minutes=part.minutes + back.minutes, short=part.short + back.short)
        if part.name == "news"
        else part
        for part in parts
        if part is not back
    ]


# What a group starts from when it writes its own rules: one rule a line, as it is read.
# ruff: noqa: E501
DEFAULT_RULES = _(
    """Confidentialité : ce qui se dit ici reste ici. On parle des situations sans nommer les personnes.
Bienveillance : on est là pour comprendre et pour aider, pas pour évaluer.
Sans jugement : il n’y a pas de mauvaise question, ni de bonne façon de faire pour tous.
Parole respectée : chacun parle à son tour, en son nom, et peut garder le silence.
Régularité : on vient à toutes les séances ; quand on ne le peut pas, on prévient.
Chacun apporte un sujet à son tour, et essaie quelque chose de ce qu’il a entendu."""
)
DEFAULT_LEAVING = _(
    """Peuvent sortir du groupe : ce qu’il a produit (une fiche de pratique, une ligne de bilan), avec l’accord de chacun et sous les noms que chacun choisit.
Restent dans le groupe : les situations, les personnes, les ressentis, les critiques."""
)


# The ends of words by which a function says whether a woman or a man holds it, and what they are compared as.
_ENDS = (
    ("trices", "teur"),
    ("trice", "teur"),
    ("euses", "eur"),
    ("euse", "eur"),
    ("ives", "if"),
    ("ive", "if"),
)


def _stem(word: str) -> str:
    """Return a word as feminine, masculine and plural are compared: « cheffe », « chefs » and « chef·fe » are « chef »."""
    word = re.sub(r"(?:·\w+(?:·s)?|\(\w+\)s?|[.-](?:e|fe|ne|re|trice|rice)(?:[.-]?s)?)$", "", word)
    for end, other in _ENDS:
        if word.endswith(end):
            return word.removesuffix(end) + other
    if len(word) > 3:
        word = word.removesuffix("s").rstrip("e")
    # « cheff » and « technicienn » are left of « cheffe » and « technicienne ».
    return word[:-1] if len(word) > 3 and word[-1] == word[-2] else word


def _compared(text: str) -> str:
    return " ".join(_stem(word) for word in fold(text).split())


def functions_in(text: str) -> list[str]:
    """Return the functions that a line names, separated by commas or slashes, as they are compared."""
    return [_compared(part) for part in re.split(r"[,;/\n]", text) if part.strip()]


def same_function(function: str, wanted: list[str]) -> bool:
    """Tell whether a function of the directory is one of those a group is for, accents, case and gender aside.

    « Cheffe d’équipe courrier » is one for « chef d’équipe »; nobody's function is no answer.
    """
    held = _compared(function)
    return not wanted or any(f" {one} " in f" {held} " for one in wanted)


def call_is_open(until: dt.date | None, now: dt.datetime, zone: str) -> bool:
    """Tell whether somebody of that zone may still answer a call: until the end of its last day, where they are."""
    return until is not None and now.astimezone(ZoneInfo(zone)).date() <= until


def call_is_over(until: dt.date | None, now: dt.datetime) -> bool:
    """Tell whether a call is over for everyone, wherever they are."""
    return until is not None and (now - dt.timedelta(hours=12)).date() > until

"""The words and limits of questionnaires: kinds of questions, modes, what sends them, to whom, who reads what."""

from __future__ import annotations

import datetime as dt

from django.db.models import TextChoices
from django.utils.formats import number_format
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

# Nothing is told of fewer people than this; a network may ask for more, never for less.
LEAST = 5
LEAST_MOST = 50
# Anonymous answers leave the place where they wait by so many at once.
BATCH = 5

TITLE_MAX = 150
TEXT_MAX = 600
OPTION_MAX = 200
ANSWER_MAX = 3000
NUMBER_MOST = 1_000_000
MAX_SECTIONS = 12
MAX_QUESTIONS = 60
MIN_OPTIONS, MAX_OPTIONS = 2, 20
MINUTES_MOST = 60
LANGUAGES_OF_TEXTS = ("fr", "en")

# A campaign lasts at most so long; one that an event sets off may follow itself.
LONGEST = dt.timedelta(days=366)
# Whom an event has just invited has so many working days.
INVITED_DAYS = 15
THIRD = 3

# {"fr": …, "en": …}
Texts = dict[str, str]


class Kind(TextChoices):
    """What a question asks for."""

    SINGLE = "single", _("un seul choix")
    MULTIPLE = "multiple", _("plusieurs choix")
    SCALE = "scale", _("une échelle")
    NUMBER = "number", _("un nombre")
    TEXT = "text", _("un texte libre")


CHOSEN = (Kind.SINGLE, Kind.MULTIPLE, Kind.SCALE)


class ReadBy(TextChoices):
    """Who reads what comes out of one question, always in groups."""

    RESULTS = "results", _("toutes les personnes qui lisent les résultats")
    TEAM = "team", _("l’animation du réseau seulement")


class Mode(TextChoices):
    """What is kept of who answers."""

    ANONYMOUS = "anonymous", _("anonyme")
    CONFIDENTIAL = "confidential", _("confidentiel")


class Trigger(TextChoices):
    """What sends a questionnaire."""

    DATE = "date", _("à une date")
    BEFORE_AFTER = "pair", _("avant et après")
    THIRD_EXCHANGE = "third", _("après le troisième échange comme demandeur ou demandeuse")
    GROUP_END = "group", _("à la fin d’un groupe")
    JOINING = "joining", _("en rejoignant le réseau")
    LEAVING = "leaving", _("en quittant le réseau")


BY_EVENT = (Trigger.THIRD_EXCHANGE, Trigger.GROUP_END, Trigger.JOINING, Trigger.LEAVING)


class Who(TextChoices):
    """To whom a questionnaire goes."""

    MEMBERS = "members", _("les membres du réseau")
    ELIGIBLE = "eligible", _("toutes les personnes qui peuvent rejoindre le réseau, membres ou non")
    ROLE = "role", _("les personnes qui tiennent un rôle")
    GROUP = "group", _("les membres d’un groupe d’échange de pratiques")
    EXCHANGED = "exchanged", _("les membres qui ont eu un échange")


class Split(TextChoices):
    """How results are compared: one way a campaign, chosen beforehand, for two ways would give away their difference."""

    NONE = "", _("résultats d’ensemble seulement")
    UNIT = "unit", _("par entité")
    SITE = "site", _("par site")
    LEVEL = "level", _("par niveau")
    TOOK_PART = "took_part", _("participants et non-participants")
    QUESTION = "question", _("selon la réponse à une question")


# What needs to know who answered: never in the anonymous mode.
NEEDS_PERSON = (Split.UNIT, Split.SITE, Split.LEVEL, Split.TOOK_PART)


class CampaignState(TextChoices):
    PLANNED = "planned", _("prévue")
    OPEN = "open", _("en cours")
    CLOSED = "closed", _("close")
    CANCELLED = "cancelled", _("annulée")


class SeatState(TextChoices):
    """Where someone is with a questionnaire: that they answered, never what."""

    EXPECTED = "expected", _("réponse attendue")
    ON_PAPER = "on_paper", _("sur papier")
    ANSWERED = "answered", _("a répondu")
    DECLINED = "declined", _("ne souhaite pas répondre")
    LAPSED = "lapsed", _("sans réponse")
    WITHDRAWN = "withdrawn", _("sans objet")


ALREADY_ANSWERED = _("Vous avez déjà répondu à ce questionnaire : votre réponse est comptée une fois.")
TOO_LATE = _("Ce questionnaire est clos : il ne reçoit plus de réponses.")
NOT_YET = _("Ce questionnaire n’est pas encore ouvert.")
NO_CORRECTION = _("Une réponse anonyme ne peut pas être corrigée : rien ne dit laquelle est la vôtre.")


def grouped(number: int) -> str:
    """Write a whole number as people read it, « 1 050 »."""
    return str(number_format(number, force_grouping=True))


def say(texts: Texts | None) -> str:
    """Return a text of a questionnaire in the reader's language, or in French where it was not translated."""
    if not texts:
        return ""
    language = "en" if (get_language() or "fr").startswith("en") else "fr"
    return texts.get(language) or texts.get("fr") or texts.get("en") or ""

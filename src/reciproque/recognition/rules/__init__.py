"""What makes a skill seen, and when a community certifies it: words, limits and the rule itself, without any row."""

from __future__ import annotations

import calendar
import dataclasses
import datetime as dt
from collections.abc import Collection, Iterable

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class EvidenceKind(TextChoices):
    """What shows a skill, from what anyone may see to what others lived."""

    OFFERED = "offered", _("offre publiée")
    GIVEN = "given", _("échange où vous avez transmis")
    WROTE = "wrote", _("fiche publiée")
    RATED = "rated", _("fiche jugée utile par des collègues")
    ANSWERED = "answered", _("réponse à une question de pratique")
    FACILITATED = "facilitated", _("groupe facilité")


class Audience(TextChoices):
    """Who sees a skill; never a manager of the person, whatever is chosen."""

    ME = "me", _("moi seulement")
    MET = "met", _("les personnes avec qui j’ai eu un échange")
    NETWORK = "network", _("les membres du réseau")


class EndReason(TextChoices):
    """Why a certification holds no more."""

    EXPIRED = "expired", _("les confirmations sont trop anciennes")
    UNCONFIRMED = "unconfirmed", _("une confirmation a été retirée")
    CONTESTED = "contested", _("une contestation a été retenue")
    GIVEN_UP = "given_up", _("la personne y a renoncé")
    RULE = "rule", _("la règle du réseau a changé")


class CallKind(TextChoices):
    """What someone who knows is asked for."""

    OFFER = "offer", _("proposer ce savoir")
    SHEET = "sheet", _("écrire une fiche")
    ANSWER = "answer", _("répondre à une demande")
    SUCCESSOR = "successor", _("transmettre avant un départ")
    GROUP = "group", _("animer un groupe sur ce sujet")


class CallState(TextChoices):
    ASKED = "asked", _("réponse attendue")
    ACCEPTED = "accepted", _("acceptée")
    DECLINED = "declined", _("déclinée")
    LAPSED = "lapsed", _("sans réponse")
    WITHDRAWN = "withdrawn", _("retirée")


# (default, least, most)
CONFIRMATIONS = (3, 2, 10)
UNITS = (2, 1, 5)
MONTHS = (24, 6, 60)
WORDS_MAX = 1000
REASON_MAX = 500
# Someone who knows is not asked for more than this at once, whoever asks; each may lower it, or stop it.
CALLS_AT_ONCE = 2
# The savoir of those who led a group without offering what it was about.
FACILITATING = "Animer un groupe d’échange de pratiques"
# Whom one asks for a confirmation is not asked again about the same skill before so long, nor more than so many at once.
ASK_AGAIN = dt.timedelta(days=365)
ASKED_AT_ONCE = 10
# The holder is told so long before a certification ends by age.
WARNED = dt.timedelta(days=45)
# Fewer than this are not counted on screen; fewer members than this, and a pattern would name its people.
MASKED = 5
CLIQUE_AMONG = 12
# A sheet judged useful: so many colleagues used it.
USED_BY = 3
# How far above someone their line of management is looked for: deeper than any organisation.
LEVELS_UP = 25
# A clique: this many people at least, each of whom confirmed all the others.
CLIQUE = 3


@dataclasses.dataclass(frozen=True)
class Rule:
    """How many different people must have confirmed, from how many units, how long ago at most (months)."""

    confirmations: int
    units: int
    months: int


@dataclasses.dataclass(frozen=True)
class Voice:
    """One confirmation: whose, from which unit (None: no unit known), when."""

    person: int
    unit: int | None
    at: dt.datetime


def add_months(moment: dt.datetime, months: int) -> dt.datetime:
    """Return the same day so many months later, or the last day of that month when it is shorter."""
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    day = min(moment.day, calendar.monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)


def fresh(voices: Iterable[Voice], rule: Rule, now: dt.datetime) -> list[Voice]:
    """Keep the latest confirmation of each person, if it is recent enough."""
    latest: dict[int, Voice] = {}
    for voice in voices:
        known = latest.get(voice.person)
        if known is None or known.at < voice.at:
            latest[voice.person] = voice
    return [voice for voice in latest.values() if now < add_months(voice.at, rule.months)]


def _enough(voices: Collection[Voice], rule: Rule) -> bool:
    # Those whose unit is not known count together as one.
    return len(voices) >= rule.confirmations and len({voice.unit for voice in voices}) >= rule.units


def holds(voices: Iterable[Voice], rule: Rule, now: dt.datetime) -> bool:
    """Tell whether these confirmations certify a skill now."""
    return _enough(fresh(voices, rule, now), rule)


def holds_until(voices: Iterable[Voice], rule: Rule, now: dt.datetime) -> dt.datetime | None:
    """Return when these confirmations will no longer be enough by age alone; None when they are not enough now."""
    left = sorted(fresh(voices, rule, now), key=lambda voice: (voice.at, voice.person))
    if not _enough(left, rule):
        return None
    while True:
        first = left.pop(0)
        if not _enough(left, rule):
            return add_months(first.at, rule.months)


def cliques(confirmed: Collection[tuple[int, int]]) -> list[frozenset[int]]:
    """Return the groups of three people or more who all confirmed one another, the largest ones only.

    `confirmed` holds pairs (who confirmed, whom). Bron and Kerbosch's method with a pivot, on mutual pairs.
    """
    mutual: dict[int, set[int]] = {}
    pairs = set(confirmed)
    for one, other in pairs:
        if one != other and (other, one) in pairs:
            mutual.setdefault(one, set()).add(other)
    found: list[frozenset[int]] = []

    def extend(chosen: set[int], waiting: set[int], done: set[int]) -> None:
        if not waiting and not done:
            if len(chosen) >= CLIQUE:
                found.append(frozenset(chosen))
            return
        pivot = max(waiting | done, key=lambda person: len(mutual[person] & waiting))
        for person in sorted(waiting - mutual[pivot]):
            extend(chosen | {person}, waiting & mutual[person], done & mutual[person])
            waiting.discard(person)
            done.add(person)

    extend(set(), set(mutual), set())
    return sorted(found, key=lambda group: sorted(group))

"""How matching is worded and bounded; the numbers themselves are the engine's."""

import dataclasses
import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

KEPT = 20  # suggestions kept for one request
SHOWN = 6
PAGE = 30
CLOSE_ENOUGH = 0.62  # likeness of an alert's words to a post's
FOUND_ENOUGH = 0.5  # score of a post when an alert's words are searched
TAIL = 200  # posts changed since the index was saved beyond which it is saved again
FRESH = dt.timedelta(hours=20)  # age at which a network's suggestions are computed again
TELL_AT_MOST = 10  # people told of one new offer
PUT_OFF = dt.timedelta(days=30)  # "not now"
NUDGE_EVERY = dt.timedelta(days=28)  # somebody is nudged at most that often in one network
NUDGE_CLOSE = 4500  # closeness, 0 to 10,000, of what somebody seems to know to what is asked
NUDGES_AT_ONCE = 200  # in one network, in one night
LOOP_CLOSE = 3500  # closeness of each link of a loop, 0 to 10,000: as for any suggestion
LOOPS_KEPT = 60  # in one network
LONGEST_LOOP = 4
SAME_NEED = 0.8  # likeness of requests that count as one subject
FEWEST_TOGETHER, GROUP_AT_MOST = 2, 8  # people who ask, in a small group
RECIPROCITY = 1000  # what a plan gains by each person who both gives and receives: a tenth of a perfect pair
IN_PROGRESS = dt.timedelta(minutes=30)  # a plan asked longer ago and never made was lost
SOUGHT_SHOWN = 30
MOST_WEIGHT = 5000  # of a term, in thousandths
MOST_RECIPROCITY = 10_000


class SuggestionState(TextChoices):
    OPEN = "open", gettext_lazy("proposée")
    ASKED = "asked", gettext_lazy("mise en relation demandée")
    DISMISSED = "dismissed", gettext_lazy("écartée")
    GONE = "gone", gettext_lazy("plus d’actualité")


class ProposalState(TextChoices):
    WAITING = "waiting", gettext_lazy("en attente de votre accord")
    ASKED = "asked", gettext_lazy("demandée")
    DECLINED = "declined", gettext_lazy("déclinée")


class Objective(TextChoices):
    """What a plan seeks first; each is said with what it costs."""

    BALANCED = "balanced", gettext_lazy("équilibré")
    SERVED = "served", gettext_lazy("le plus de demandes servies")
    FIT = "fit", gettext_lazy("les sujets les plus proches")
    RECIPROCAL = "reciprocal", gettext_lazy("le plus de réciprocité")


class PlanState(TextChoices):
    ASKED = "asked", gettext_lazy("en cours de calcul")
    READY = "ready", gettext_lazy("prêt à relire")
    FAILED = "failed", gettext_lazy("impossible")
    REPLACED = "replaced", gettext_lazy("remplacé par un plus récent")


class PairState(TextChoices):
    PENDING = "pending", gettext_lazy("à relire")
    PUBLISHED = "published", gettext_lazy("proposée aux personnes")
    SET_ASIDE = "set_aside", gettext_lazy("écartée")
    GONE = "gone", gettext_lazy("plus d’actualité")


class RulingKind(TextChoices):
    PIN = "pin", gettext_lazy("toujours ensemble")
    FORBID = "forbid", gettext_lazy("jamais ensemble")


class LoopState(TextChoices):
    OPEN = "open", gettext_lazy("ouverte")
    GONE = "gone", gettext_lazy("défaite")


class NudgeState(TextChoices):
    OPEN = "open", gettext_lazy("proposé")
    DONE = "done", gettext_lazy("suivi d’une offre")
    DISMISSED = "dismissed", gettext_lazy("écarté")


class LikenessKind(TextChoices):
    MERGE = "merge", gettext_lazy("une même annonce écrite deux fois")
    GROUP = "group", gettext_lazy("plusieurs personnes cherchent la même chose")


class LikenessState(TextChoices):
    OPEN = "open", gettext_lazy("proposé")
    DONE = "done", gettext_lazy("fait")
    DISMISSED = "dismissed", gettext_lazy("écarté")


@dataclasses.dataclass(frozen=True)
class Reason:
    """One term of a score in words: what it is about, what is said of this pair, and what it brings (0 to 10,000)."""

    name: str
    label: str
    words: str
    points: int


# term → what it is about
LABELS: dict[str, Any] = {
    "closeness": gettext_lazy("la proximité"),
    "same_topic": gettext_lazy("le sujet choisi"),
    "waiting": gettext_lazy("l’attente"),
    "other_department": gettext_lazy("les services"),
    "same_site": gettext_lazy("le lieu"),
    "common_language": gettext_lazy("la langue"),
    "level_fit": gettext_lazy("le niveau"),
    "fairness": gettext_lazy("la place de chacun"),
    "balance": gettext_lazy("la réciprocité"),
    "stability": gettext_lazy("la constance"),
}


# term → what is said of a pair, from each value on, highest first
WORDS: dict[str, tuple[tuple[int, Any], ...]] = {
    "closeness": (
        (8500, gettext_lazy("le sujet est le même")),
        (6000, gettext_lazy("le sujet est très proche")),
        (3500, gettext_lazy("le sujet est voisin")),
        (0, gettext_lazy("le sujet a peut-être à voir")),
    ),
    "same_topic": (
        (1, gettext_lazy("un sujet choisi en commun")),
        (0, gettext_lazy("pas de sujet choisi en commun")),
    ),
    "waiting": (
        (5000, gettext_lazy("cette demande attend depuis longtemps")),
        (0, gettext_lazy("la demande est récente")),
    ),
    "other_department": (
        (1, gettext_lazy("deux services différents")),
        (0, gettext_lazy("le même service, ou un service non précisé")),
    ),
    "same_site": (
        (1, gettext_lazy("le même site, et une rencontre possible")),
        (0, gettext_lazy("pas de rencontre possible sur un même site")),
    ),
    "common_language": (
        (1, gettext_lazy("une langue en commun")),
        (0, gettext_lazy("langue non précisée")),
    ),
    "level_fit": (
        (8000, gettext_lazy("le niveau convient")),
        (1, gettext_lazy("le niveau peut convenir")),
        (0, gettext_lazy("le niveau semble éloigné")),
    ),
    "fairness": (
        (8000, gettext_lazy("chacun a de la place")),
        (0, gettext_lazy("l’un des deux est déjà souvent proposé")),
    ),
    "balance": (
        (8000, gettext_lazy("cet échange équilibrerait ce que chacun donne et reçoit")),
        (0, gettext_lazy("sans effet particulier sur l’équilibre")),
    ),
    "stability": (
        (1, gettext_lazy("déjà proposé la dernière fois")),
        (0, gettext_lazy("proposé pour la première fois")),
    ),
}


def term_words(name: str, value: int, *, mine: bool) -> str:
    """Say in words what one term of a pair means; `mine` when the reader wrote the request."""
    if name == "waiting" and mine and value >= 5000:
        return _("votre demande attend depuis longtemps")
    return str(next(words for least, words in WORDS[name] if value >= least))


def explained(terms: Mapping[str, int], contributions: Mapping[str, int], *, mine: bool) -> list[Reason]:
    """Say every term that counts in a network, the one that brings most first."""
    told = [
        Reason(name, str(LABELS[name]), term_words(name, terms.get(name, 0), mine=mine), points)
        for name, points in contributions.items()
        if name in LABELS
    ]
    return sorted(told, key=lambda reason: -reason.points)


def reasons(terms: Mapping[str, int], *, mine: bool) -> list[str]:
    """Say in words why two posts go together, strongest first; `mine` when the reader wrote the request."""
    said: list[str] = []
    close = terms.get("closeness", 0)
    if terms.get("same_topic", 0) and close < 6000:
        said.append(term_words("same_topic", terms["same_topic"], mine=mine))
    else:
        said.append(term_words("closeness", close, mine=mine))
    if terms.get("same_site", 0):
        said.append(_("vous travaillez sur le même site"))
    if terms.get("level_fit", 0) >= 8000:
        said.append(term_words("level_fit", terms["level_fit"], mine=mine))
    if terms.get("other_department", 0):
        said.append(_("son service n’est pas le vôtre"))
    if terms.get("waiting", 0) >= 5000:
        said.append(term_words("waiting", terms["waiting"], mine=mine))
    if terms.get("balance", 0) >= 8000:
        said.append(
            _("vos transmissions et vos apprentissages s’équilibrent")
            if mine
            else _("c’est l’occasion de transmettre à votre tour")
        )
    if 0 < terms.get("common_language", 0) < 10_000:
        said.append(_("vous avez une langue en commun"))
    return said[:4]


def refusal_words(names: list[str]) -> list[str]:
    """Say in words what keeps two posts apart, from the names of the engine's refusals."""
    words: dict[str, Any] = {
        "SELF": _("c’est la même personne"),
        "DECLINED": _("cette mise en relation a déjà été tentée ou écartée"),
        "PAST": _("ces deux personnes sont déjà en relation ou ont déjà échangé"),
        "MANAGER": _("l’une est responsable de l’autre, et le réseau ne le permet pas"),
        "FULL": _("cette personne n’a pas de place pour un échange de plus en ce moment"),
        "SELF_FULL": _("vous avez déjà autant d’échanges que vous l’avez souhaité"),
        "PRIVATE": _("elle ne vous est pas proposée pour cette demande en ce moment"),
        "LANGUAGE": _("aucune langue en commun"),
        "MODE": _("aucune façon de se rencontrer en commun"),
        "WITHDRAWN": _("l’annonce n’est plus publiée"),
    }
    return [str(words[name]) for name in names if name in words]

"""The words and limits of learning networks: frame, vote, launch day, groups, experiments, proposals and answers."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from reciproque.kit.text import fold

TITLE_MAX = 160
LINE_MAX = 300
WORDS_MAX = 4000
POINTS_EACH = 100
# In working days: what a committee has to answer, support, lift an obstacle.
ANSWER_DAYS, SUPPORT_DAYS, OBSTACLE_DAYS, NOTE_DAYS = 20, 10, 10, 10
# In working days too: what it then owes (who carries out, what follows a measure), and what others are left.
CARRY_DAYS, DECIDE_DAYS, POSTURE_DAYS, COSIGN_DAYS = 10, 10, 15, 5
DRAFT_DAYS, REFRAME_DAYS, READY_DAYS, TAKE_DAYS = 20, 20, 10, 10
DEFER_MOST, VOTE_MOST = 366, 92
CHECKPOINTS_MOST, MILESTONES_MOST = 30, 50
RESULTS_LEAST, PANEL_LEAST, PANEL_MOST, COMMITTEE_MOST, AUTHORS_MOST = 2, 3, 200, 30, 12
# In characters: a no, or a later, says why in more than a word.
REASONS_LEAST = 15
SEATS_MOST = 500
SLOTS_MOST, ROOMS_MOST = 12, 40
# A working group in which fewer kinds of people than this sit says what is missing.
MIX_LEAST = 3


class Phase(TextChoices):
    """Where a learning network is: each phase says who may read, comment, rank and decide."""

    FRAME = "frame", _("cadrage")
    PANEL = "panel", _("débat et vote du panel")
    LAUNCH = "launch", _("journée de lancement")
    WORK = "work", _("groupes au travail")
    OVER = "over", _("terminé")


P = Phase
# verb → (from which phases, to which phase)
PHASES: dict[str, tuple[list[Phase], Phase]] = {
    "open_vote": ([P.FRAME], P.PANEL),
    "close_vote": ([P.PANEL], P.LAUNCH),
    "start_work": ([P.LAUNCH], P.WORK),
    "end": ([P.FRAME, P.PANEL, P.LAUNCH, P.WORK], P.OVER),
}


# Who may comment, rank or score, decide, and search (problems, experiments, proposals) in each phase; everyone of the
# network reads in all of them, but for the votes, hidden from everybody until the close.
_FRAMERS, _STEERS, _ALL = {"frame"}, {"committee"}, {"frame", "committee", "panel", "member"}
RIGHTS: dict[Phase, dict[str, set[str]]] = {
    P.FRAME: {
        "comment": {"frame", "committee", "panel"},
        "score": set(),
        "decide": _FRAMERS,
        "search": set(),
    },
    P.PANEL: {
        "comment": {"frame", "committee", "panel"},
        "score": {"panel"},
        "decide": set(),
        "search": set(),
    },
    P.LAUNCH: {
        "comment": _ALL,
        "score": _STEERS,
        "decide": _FRAMERS | _STEERS,
        "search": {"member", "frame", "committee"},
    },
    P.WORK: {
        "comment": _ALL,
        "score": _STEERS,
        "decide": _STEERS,
        "search": {"member", "frame", "committee"},
    },
    P.OVER: {"comment": set(), "score": set(), "decide": set(), "search": set()},
}
# What was validated is carried out to its end, also once the network has ended.
CARRIED_PAST_END = [P.LAUNCH, P.WORK, P.OVER]


# In these two months each committee is asked to look at its own posture.
POSTURE_MONTHS = (5, 11)


def season_of(day: dt.date) -> str:
    """Return the half-year of a day ("2026-S1"): a committee looks at its posture once in each."""
    return f"{day.year}-S{1 if day.month <= 6 else 2}"


# What a committee may choose to show to the rest of the organisation.
SHOWN_BLOCKS = ("vision", "results", "committee", "days", "groups", "experiments", "proposals", "bulletins")


class VoteMethod(TextChoices):
    """How the panel ranks the expected results."""

    JUDGEMENT = "judgement", _("jugement majoritaire")
    POINTS = "points", _("répartition de points")


class Mention(TextChoices):
    """What a panel member says of a result under majority judgement, from best to worst."""

    EXCELLENT = "5", _("excellent")
    VERY_GOOD = "4", _("très bien")
    GOOD = "3", _("bien")
    FAIR = "2", _("assez bien")
    POOR = "1", _("passable")
    REJECT = "0", _("à écarter")


class TiedTo(TextChoices):
    """Whose satisfaction a result, an experiment or a proposal serves."""

    CUSTOMER = "customer", _("la satisfaction des clients")
    EMPLOYEE = "employee", _("la satisfaction des salariés")
    BOTH = "both", _("les deux")


class Horizon(TextChoices):
    DIRECT = "direct", _("gain direct")
    LONG = "long", _("plus long terme")


class ProblemKind(TextChoices):
    """Who asks: the management a question, a group a problem that it takes up."""

    QUESTION = "question", _("question de la direction")
    PROBLEM = "problem", _("problème dont un groupe se saisit")


class ProblemState(TextChoices):
    OPEN = "open", _("à prendre")
    TAKEN = "taken", _("prise en main")
    ANSWERED = "answered", _("répondue")
    SET_ASIDE = "aside", _("laissée de côté")
    MERGED = "merged", _("réunie à une autre")


class DayState(TextChoices):
    PLANNED = "planned", _("prévue")
    OPEN = "open", _("en cours")
    CLOSED = "closed", _("close")
    CANCELLED = "cancelled", _("annulée")


class SignState(TextChoices):
    SEATED = "seated", _("inscrit")
    WAITING = "waiting", _("en liste d’attente")
    LEFT = "left", _("désinscrit")


class MergeState(TextChoices):
    ASKED = "asked", _("demandé")
    AGREED = "agreed", _("d’accord")
    REFUSED = "refused", _("chacun garde son sujet")


class GroupState(TextChoices):
    FORMING = "forming", _("se constitue")
    WORKING = "working", _("au travail")
    RESTING = "resting", _("en pause")
    ENDED = "ended", _("terminé")


class ExperimentState(TextChoices):
    """The life of an experiment; every state before the end has an owner and a date."""

    DRAFT = "draft", _("en préparation")
    ASKED = "asked", _("soutien demandé")
    READY = "ready", _("soutenue, prête à commencer")
    RUNNING = "running", _("en cours")
    MEASURED = "measured", _("mesurée, décision attendue")
    DECIDED = "decided", _("décidée")
    DROPPED = "dropped", _("abandonnée avant d’avoir commencé")


class Met(TextChoices):
    """Whether the criteria written beforehand were met."""

    YES = "yes", _("oui")
    PARTLY = "partly", _("en partie")
    NO = "no", _("non")


class Decision(TextChoices):
    """What is done after an experiment; stopping with a lesson is a success of learning."""

    ADOPT = "adopt", _("adopter")
    ADAPT = "adapt", _("adapter et réessayer")
    WIDEN = "widen", _("étendre")
    STOP = "stop", _("arrêter, avec une leçon")


class ProposalState(TextChoices):
    DRAFT = "draft", _("en cours d’écriture")
    SUBMITTED = "submitted", _("attend la réponse du comité")
    REFRAMED = "reframed", _("à recadrer")
    DEFERRED = "deferred", _("reportée")
    VALIDATED = "validated", _("validée")
    DECLINED = "declined", _("non retenue")
    CARRYING = "carrying", _("en cours de réalisation")
    DONE = "done", _("réalisée")
    WITHDRAWN = "withdrawn", _("retirée")


AWAITING_ANSWER = [ProposalState.SUBMITTED, ProposalState.DEFERRED]
PROPOSAL_OVER = [ProposalState.DECLINED, ProposalState.DONE, ProposalState.WITHDRAWN]
# The states that only an answer of the committee leads to.
PROPOSAL_ANSWERED = [
    ProposalState.REFRAMED,
    ProposalState.DEFERRED,
    ProposalState.VALIDATED,
    ProposalState.DECLINED,
    ProposalState.CARRYING,
    ProposalState.DONE,
]


class AnswerKind(TextChoices):
    """What the committee may answer; each has reasons and a date."""

    VALIDATED = "validated", _("validée")
    REFRAMED = "reframed", _("à recadrer")
    DEFERRED = "deferred", _("reportée")
    DECLINED = "declined", _("non retenue")


class AuthorState(TextChoices):
    INVITED = "invited", _("invité")
    ACCEPTED = "accepted", _("a accepté")
    DECLINED = "declined", _("a décliné")
    LEFT = "left", _("s’est retiré")


class ObstacleState(TextChoices):
    OPEN = "open", _("attend une décision")
    LIFTED = "lifted", _("levé")
    STAYS = "stays", _("reste, avec ses raisons")


class BulletinState(TextChoices):
    DRAFT = "draft", _("en préparation")
    SENT = "sent", _("envoyé")


# launch day and working groups ------------------------------------------------------------------------------

TITLE_MIN = 3
SUBJECTS_MOST = 300
GROUP_MOST = 40
# Two titles so close are shown as perhaps the same subject; only their hosts decide.
ALIKE_FLOOR = 0.6
# A day that nobody closed is closed by the clock.
DAY_CLOSED_AFTER = dt.timedelta(hours=12)
MERGE_DAYS = 2

DS = DayState
# verb → (from which states, to which state)
DAY_MOVES: dict[str, tuple[list[DayState], DayState]] = {
    "open": ([DS.PLANNED], DS.OPEN),
    "close": ([DS.OPEN], DS.CLOSED),
    "cancel": ([DS.PLANNED, DS.OPEN], DS.CANCELLED),
}
DAY_LIVE = [DS.PLANNED, DS.OPEN]

GS = GroupState
GROUP_MOVES: dict[str, tuple[list[GroupState], GroupState]] = {
    "start": ([GS.FORMING, GS.RESTING], GS.WORKING),
    "rest": ([GS.FORMING, GS.WORKING], GS.RESTING),
    "end": ([GS.FORMING, GS.WORKING, GS.RESTING], GS.ENDED),
}


class Bring(TextChoices):
    """What a member of a working group says that they bring; the directory adds who manages a team."""

    TRADE = "trade", _("le métier : je connais le sujet de l’intérieur")
    FIELD = "field", _("le terrain : je suis au contact des clients ou de la production")
    MANAGER = "manager", _("l’encadrement : j’anime une équipe")
    CROSS = "cross", _("le transverse : je travaille avec plusieurs métiers")


BRING_NAMES: dict[str, Any] = {
    Bring.TRADE: _("spécialistes du métier"),
    Bring.FIELD: _("personnes du terrain"),
    Bring.MANAGER: _("personnes qui encadrent"),
    Bring.CROSS: _("fonctions transverses"),
}
BRING_MISSING: dict[str, Any] = {
    Bring.TRADE: _("Personne ne dit connaître le métier dont parle le thème."),
    Bring.FIELD: _("Personne du terrain n’en est encore."),
    Bring.MANAGER: _("Personne qui encadre une équipe n’en est encore."),
    Bring.CROSS: _("Personne d’une fonction transverse n’en est encore."),
}
# What the directory says of where people stand: told when everyone is from the same one.
ALL_ALIKE: dict[str, Any] = {
    "levels": _("Tout le monde est du même niveau : %(name)s."),
    "sites": _("Tout le monde vient du même site : %(name)s."),
    "units": _("Tout le monde vient de la même direction : %(name)s."),
}


def missing_words(
    brought: Mapping[str, int], places: Mapping[str, Mapping[str, int]], members: int
) -> list[str]:
    """Return in sentences what a group's mix lacks: kinds of people that nobody is, places that everyone shares."""
    if members == 0:
        return []
    sentences = [str(BRING_MISSING[kind]) for kind in Bring if not brought.get(kind)]
    for name, sentence in ALL_ALIKE.items():
        known = places.get(name, {})
        if members > 1 and len(known) == 1 and sum(known.values()) == members:
            sentences.append(str(sentence % {"name": next(iter(known))}))
    return sentences


def kinds_brought(brought: Mapping[str, int]) -> int:
    """Return how many kinds of people sit in a group, out of those a mixed group holds."""
    return sum(bool(brought.get(kind)) for kind in Bring)


def cell_mark(slot: str, room: str) -> str:
    """Return the mark of where a subject was seen in the grid: whoever moves it says what they saw."""
    return f"{slot}/{room}" if slot and room else ""


def check_timetable(
    slots: Sequence[tuple[dt.datetime, dt.datetime]], rooms: Sequence[tuple[str, int]]
) -> None:
    """Refuse with a sentence times that cross or rooms that cannot be told apart."""
    if not slots:
        raise ValidationError({"slots": _("Prévoyez au moins un créneau.")})
    if len(slots) > SLOTS_MOST:
        raise ValidationError({"slots": _("Une journée compte %(n)s créneaux au plus.") % {"n": SLOTS_MOST}})
    ordered = sorted(slots)
    if any(end <= start for start, end in ordered):
        raise ValidationError({"slots": _("La fin d’un créneau vient après son début.")})
    if any(after[0] < before[1] for before, after in itertools.pairwise(ordered)):
        raise ValidationError({"slots": _("Deux créneaux se chevauchent.")})
    if ordered[-1][1] - ordered[0][0] > dt.timedelta(days=2):
        raise ValidationError({"slots": _("Une journée de lancement dure deux jours au plus.")})
    if not rooms:
        raise ValidationError({"rooms": _("Prévoyez au moins une salle, réelle ou virtuelle.")})
    if len(rooms) > ROOMS_MOST:
        raise ValidationError({"rooms": _("Une journée compte %(n)s salles au plus.") % {"n": ROOMS_MOST}})
    if len({fold(name) for name, _seats in rooms}) != len(rooms):
        raise ValidationError({"rooms": _("Deux salles portent le même nom.")})
    if any(not name or len(name) > TITLE_MAX for name, _seats in rooms):
        raise ValidationError({"rooms": _("Donnez un nom à chaque salle.")})
    if any(not 1 <= seats <= SEATS_MOST for _name, seats in rooms):
        raise ValidationError({"rooms": _("Une salle a de 1 à %(n)s places.") % {"n": SEATS_MOST}})


# Under so many answers, a mean would say who said what.
MEAN_LEAST = 5


def check_open_day(state: str) -> None:
    """Refuse what is done on the wall of a day that is over."""
    if state == DayState.CANCELLED:
        raise ValidationError(_("Cette journée est annulée : le mur ne change plus."))
    if state not in DAY_LIVE:
        raise ValidationError(
            _("Cette journée est close : le mur ne change plus, les comptes rendus restent.")
        )


# the bulletin ----------------------------------------------------------------------------------------------

BULLETIN_MAX = 20_000

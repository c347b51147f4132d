"""The words and limits of learning networks: frame, vote, launch day, groups, experiments, proposals and answers."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

TITLE_MAX = 160
LINE_MAX = 300
WORDS_MAX = 4000
POINTS_EACH = 100
# In working days: what a committee has to answer, support, lift an obstacle.
ANSWER_DAYS, SUPPORT_DAYS, OBSTACLE_DAYS, NOTE_DAYS = 20, 10, 10, 10
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

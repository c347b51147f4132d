"""What may be expected of someone, what happens without it, and the life of a meeting."""

import contextlib
import datetime as dt
from collections.abc import Iterator, Sequence
from contextvars import ContextVar
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from reciproque.kit.dates import after_working_days, morning_of, working_days_between

MAX_SLOTS = 3
DEFAULT_MINUTES = 60
MIN_MINUTES, MAX_MINUTES = 15, 8 * 60


class Verb(TextChoices):
    """What a step asks of its owner."""

    SIGN = "sign", _("signer la charte")
    OFFER = "offer", _("publier une première offre")
    REQUEST = "request", _("publier une première demande")
    ADMIT = "admit", _("répondre à une demande d’adhésion")
    ANSWER = "answer", _("répondre à une demande de mise en relation")
    REPLY = "reply", _("répondre à la question posée")
    NEXT = "next", _("dire si l’on propose à une autre personne")
    TRY = "try", _("dire si l’on veut rencontrer la personne proposée")
    ASSIGN = "assign", _("trouver un médiateur ou une médiatrice")
    PROPOSE = "propose", _("proposer des dates")
    CHOOSE = "choose", _("choisir une date")
    HELD = "held", _("dire si la rencontre a eu lieu")
    TERMS = "terms", _("noter ce dont on est convenu")
    GO_ON = "go_on", _("terminer l’échange ou prévoir une suite")
    CONFIRM = "confirm", _("confirmer un échange déclaré")
    REVIEW = "review", _("faire le bilan")
    RENEW = "renew", _("renouveler ou retirer")
    MODERATE = "moderate", _("répondre à un signalement")
    AMEND = "amend", _("corriger une annonce")
    APPEAL = "appeal", _("répondre à un recours")
    # practice-exchange groups and their sheets
    SPECIFY = "specify", _("préciser le besoin du groupe avec les décideurs")
    SEATS = "seats", _("constituer le groupe")
    LEAD = "lead", _("trouver une personne pour faciliter le groupe")
    PLEDGE = "pledge", _("signer la charte du groupe")
    DATES = "dates", _("fixer les dates des séances")
    POLL = "poll", _("dire quelles dates vous conviennent")
    ROLL = "roll", _("noter qui était là")
    AGREE = "agree", _("dire si cela peut sortir du groupe")
    SUM_UP = "sum_up", _("faire le bilan du groupe")
    TELL = "tell", _("faire le bilan aux décideurs")
    ADVISE = "advise", _("répondre à une question de pratique")
    REREAD = "reread", _("relire la fiche")
    # learning networks
    VOTE = "vote", _("classer les résultats attendus")
    RESOLVE = "resolve", _("répondre à une proposition")
    SUPPORT = "support", _("dire si l’expérimentation est soutenue")
    LIFT = "lift", _("décider d’un obstacle")
    DECIDE = "decide", _("décider de la suite d’une expérimentation")
    DRAFT = "draft", _("terminer ce qui est commencé")
    RUN = "run", _("mener l’expérimentation")
    REFRAME = "reframe", _("recadrer la proposition")
    CARRY = "carry", _("réaliser la proposition")
    COSIGN = "cosign", _("dire si vous cosignez")
    INFORM = "inform", _("informer la hiérarchie")
    ACK = "ack", _("accuser réception")
    POSTURE = "posture", _("faire le point sur la posture du comité")
    MERGE = "merge", _("dire si les deux sujets se réunissent")
    TAKE = "take", _("dire si le groupe s’en saisit")
    # the learning community
    WITNESS = "witness", _("dire si vous avez appris cela")
    CONTEST = "contest", _("répondre à une contestation")
    PASS_ON = "pass_on", _("dire si vous voulez bien transmettre")
    MATURITY = "maturity", _("faire le point sur la maturité du réseau")
    # what it brings
    FILL = "fill", _("répondre à un questionnaire")
    HOURS = "hours", _("dire combien d’heures comptent comme formation")
    RISK = "risk", _("revoir un risque du réseau")
    STUDY = "study", _("dire si une étude peut se faire")


# What happens when nobody does it, said beside every deadline.
CONSEQUENCES: dict[str, Any] = {
    Verb.SIGN: _("sans signature, vous pouvez lire mais pas demander de mise en relation"),
    Verb.OFFER: _("ensuite, vous ne pourrez plus demander de mise en relation sans une offre publiée"),
    Verb.REQUEST: _("ensuite, vous ne pourrez plus demander de mise en relation sans une demande publiée"),
    Verb.ADMIT: _("sans réponse, la demande reste en tête de votre liste"),
    Verb.ANSWER: _("sans réponse, une autre personne sera proposée"),
    Verb.REPLY: _("sans réponse, la mise en relation s’arrête là"),
    Verb.NEXT: _("sans réponse, rien n’est envoyé à personne"),
    Verb.TRY: _("sans réponse, rien n’est envoyé à personne"),
    Verb.ASSIGN: _("sans médiation, la mise en relation reste en attente"),
    Verb.PROPOSE: _("sans date, l’animation vous contactera"),
    Verb.CHOOSE: _("sans choix, l’animation vous contactera"),
    Verb.HELD: _("sans réponse, l’animation vous posera la question"),
    Verb.TERMS: _("sans nouvelles, l’animation vous contactera"),
    Verb.GO_ON: _("sans nouvelles, l’animation vous contactera"),
    Verb.CONFIRM: _("sans réponse, l’échange reste déclaré par une seule personne"),
    Verb.REVIEW: _("ensuite, l’échange est clos sans votre bilan"),
    Verb.RENEW: _("ensuite, elle ne sera plus visible ; vous pourrez la publier de nouveau"),
    Verb.MODERATE: _("sans réponse, l’administration de Réciproque s’en charge"),
    Verb.AMEND: _("sans correction, l’annonce sera masquée"),
    Verb.APPEAL: _("sans réponse, l’administration de Réciproque s’en charge"),
    Verb.SPECIFY: _("sans besoin précisé, l’appel à volontaires ne part pas"),
    Verb.SEATS: _("sans décision, les candidatures restent sans réponse et l’animation est prévenue"),
    Verb.LEAD: _("sans personne pour le faciliter, les séances attendent et l’animation est prévenue"),
    Verb.PLEDGE: _("sans votre signature, la première séance vous attendra pour la lire ensemble"),
    Verb.DATES: _("sans dates, l’animation vous contactera"),
    Verb.POLL: _("ensuite, les dates sont fixées avec les réponses reçues"),
    Verb.ROLL: _("sans réponse, la séance est comptée comme tenue, sans présences"),
    Verb.AGREE: _("sans réponse, cela reste dans le groupe"),
    Verb.SUM_UP: _("ensuite, le bilan du groupe se fait avec les réponses reçues"),
    Verb.TELL: _("sans bilan, l’animation vous contactera"),
    Verb.ADVISE: _("sans réponse, la question est posée à une autre personne"),
    Verb.REREAD: _("sans relecture, la fiche est marquée « à relire »"),
    Verb.VOTE: _("ensuite, le vote se clôt sans votre voix"),
    Verb.RESOLVE: _("sans réponse, le retard est visible de tout le réseau"),
    Verb.SUPPORT: _("sans réponse, le retard est visible de tout le réseau"),
    Verb.LIFT: _("sans décision, le retard est visible de tout le réseau"),
    Verb.DECIDE: _("sans décision, le retard est visible de tout le réseau"),
    Verb.DRAFT: _("sans suite, le brouillon est gardé et l’animation propose son aide"),
    Verb.RUN: _("sans nouvelles, l’animation vous contactera"),
    Verb.REFRAME: _("sans nouvelle version, la proposition reste à recadrer et l’animation vous contactera"),
    Verb.CARRY: _("sans nouvelles, le retard est visible de tout le réseau"),
    Verb.COSIGN: _("sans réponse, la proposition part sans votre nom"),
    Verb.INFORM: _("sans envoi, l’animation vous contactera"),
    Verb.ACK: _("sans réponse, le comité en est informé"),
    Verb.POSTURE: _("ensuite, le point se fait avec les réponses reçues"),
    Verb.MERGE: _("sans réponse, chacun garde son sujet"),
    Verb.TAKE: _("sans réponse, la question est proposée à tous les groupes"),
    Verb.WITNESS: _("sans réponse, rien n’est dit et rien ne change"),
    Verb.CONTEST: _("sans réponse, l’administration de Réciproque s’en charge"),
    Verb.PASS_ON: _("sans réponse, on ne vous le demande plus, et l’on peut le demander à quelqu’un d’autre"),
    Verb.MATURITY: _("sans réponse, le point précédent reste affiché avec sa date"),
    Verb.FILL: _("ensuite, le questionnaire se clôt sans votre réponse"),
    Verb.HOURS: _("sans réponse, rien n’est compté comme formation"),
    Verb.RISK: _("sans revue, le risque reste affiché avec la date de la dernière"),
    Verb.STUDY: _("sans réponse, la demande s’arrête et rien n’est donné"),
}
# Between named people only: never handed over to the animation team, never in its queue or its figures.
# What happens inside a group is among them: only its members and its facilitator are told.
IN_A_GROUP = (Verb.PLEDGE, Verb.POLL, Verb.ROLL, Verb.AGREE, Verb.SUM_UP)
# Who learned what from whom, whether it is doubted, and who is called upon, is for those whom it concerns by name.
OF_SKILLS = (Verb.WITNESS, Verb.CONTEST, Verb.PASS_ON, Verb.HOURS)
# Whether someone has answered a questionnaire is nobody else's to know.
PRIVATE_VERBS = (Verb.MODERATE, Verb.AMEND, Verb.APPEAL, Verb.FILL, *IN_A_GROUP, *OF_SKILLS)
# What the animation team takes over when the person expected did nothing.
HANDED_OVER = (Verb.PROPOSE, Verb.CHOOSE, Verb.HELD, Verb.TERMS, Verb.GO_ON)
# What nobody else can do: it stays expected of them, and from its deadline on it is on the team's list too.
STAYING = (Verb.SIGN, Verb.OFFER, Verb.REQUEST)
# All the rest ends by an act of the clock at its deadline; late by more than this, the team sees it all the same.
ACT_AWAITED = dt.timedelta(days=1)
# Where no offer is required, a newcomer's deadline closes no door.
OPEN_CONSEQUENCE = _("ensuite, l’animation vous proposera de l’aide pour l’écrire")

# By the clock, nobody is reminded of the same thing more often than this.
MOST_REMINDERS = 2
# What someone who comes back before the day they had said has at least, in working days.
BACK_DAYS = 2
# After so many working days a team's late step is told to the sponsors and the administrators.
NEGLECTED_DAYS = 5
NEGLECTED_EVERY = dt.timedelta(days=7)


class HasCountry(Protocol):
    """A network, as far as its calendar goes."""

    country: str


def deadline(network: HasCountry, days: int, since: dt.datetime, zone: str = "Europe/Paris") -> dt.datetime:
    """Return when so many working days of the network's country are over, at 18 h where the person is."""
    return after_working_days(since, days, zone, network.country)


def consequence(verb: str, *, strict: bool = True) -> Any:
    """Return what happens when nobody does it; `strict` is the reciprocity of the network."""
    return CONSEQUENCES[verb] if strict or verb not in (Verb.OFFER, Verb.REQUEST) else OPEN_CONSEQUENCE


def reminders_between(
    opened_at: dt.datetime, due_at: dt.datetime, zone: str, country: str
) -> list[dt.datetime]:
    """Return the mornings on which someone is reminded: about half way, and on the last working day before the day.

    A run of two working days holds one reminder only; one of a single day, a reminder on the morning itself.
    """
    first, last = (moment.astimezone(ZoneInfo(zone)).date() for moment in (opened_at, due_at))
    between = working_days_between(first, last, country)
    if not between:
        morning = morning_of(last, zone)
        return [morning] if last > first and morning < due_at else []
    half = between[(len(between) + 1) // 2 - 1]
    return [morning_of(day, zone) for day in dict.fromkeys((half, between[-1]))]


def next_reminder(
    opened_at: dt.datetime,
    due_at: dt.datetime,
    zone: str,
    country: str,
    *,
    now: dt.datetime,
    told: int = 0,
) -> dt.datetime | None:
    """Return when the clock reminds next of what was already reminded `told` times; None when it no longer does."""
    if told >= MOST_REMINDERS:
        return None
    moments = reminders_between(opened_at, due_at, zone, country)
    today = now.astimezone(ZoneInfo(zone)).date()
    coming = [moment for moment in moments if moment.astimezone(ZoneInfo(zone)).date() > today]
    # Told once already (half way, or by hand), only the last one is left.
    return (coming[-1] if told else coming[0]) if coming else None


_off: ContextVar[bool] = ContextVar("escalation_off", default=False)


@contextlib.contextmanager
def escalation_off() -> Iterator[None]:
    """Run the block without reminders, handing over or escalation: what would stall is then seen (simulation)."""
    token = _off.set(True)
    try:
        yield
    finally:
        _off.reset(token)


def escalation_is_on() -> bool:
    """Tell whether the clock reminds, hands over and escalates."""
    return settings.ESCALATION and not _off.get()


class StepState(TextChoices):
    OPEN = "open", _("en attente")
    DONE = "done", _("fait")
    LAPSED = "lapsed", _("délai passé")
    RELEASED = "released", _("sans objet")


class AttemptKind(TextChoices):
    """What an animator can note of what was tried."""

    REMINDED = "reminded", _("rappel envoyé")
    CALLED = "called", _("appel ou passage")
    REASSIGNED = "reassigned", _("confié à quelqu’un d’autre")
    PROPOSED = "proposed", _("autre personne proposée")
    NOTED = "noted", _("mot laissé à l’équipe")


ATTEMPT_MAX = 1000
# For how many working days a subject leaves the animators' queue after each: the answer is given its time.
QUIET_DAYS: dict[str, int] = {
    AttemptKind.REMINDED: 3,
    AttemptKind.CALLED: 3,
    AttemptKind.REASSIGNED: 5,
    AttemptKind.PROPOSED: 5,
    AttemptKind.NOTED: 5,
}
QUIET_MOST = dt.timedelta(days=190)
# Writing a first offer takes longer than an answer: a member encouraged is left this many working days.
ENCOURAGED_DAYS = 15


class MeetingState(TextChoices):
    UNDATED = "undated", _("date à fixer")
    FIXED = "fixed", _("date fixée")
    HELD = "held", _("a eu lieu")
    MISSED = "missed", _("n’a pas eu lieu")
    CANCELLED = "cancelled", _("annulée")


class MeetingKind(TextChoices):
    INTRODUCTION = "introduction", _("rencontre de mise en relation")
    EXCHANGE = "exchange", _("rencontre d’échange")
    GROUP = "group", _("séance de groupe")


class PollState(TextChoices):
    OPEN = "open", _("en cours")
    CLOSED = "closed", _("clos")
    CANCELLED = "cancelled", _("abandonné")


class Voice(TextChoices):
    """What a date is for someone."""

    YES = "yes", _("oui")
    IF = "if", _("s’il le faut")
    NO = "no", _("non")


class Mode(TextChoices):
    """How people meet."""

    FACE = "face", _("en face à face")
    PHONE = "phone", _("par téléphone")
    VIDEO = "video", _("en visioconférence")


class SlotState(TextChoices):
    OPEN = "open", _("proposé")
    CHOSEN = "chosen", _("choisi")
    DROPPED = "dropped", _("écarté")


LIVE_MEETING = [MeetingState.UNDATED, MeetingState.FIXED]


def check_mode(mode: str) -> str:
    """Return a way of meeting that exists; ValidationError otherwise."""
    if mode not in Mode.values:
        raise ValidationError({"mode": _("Choisissez comment vous rencontrer.")})
    return mode


def check_slots(starts: Sequence[dt.datetime], minutes: int, now: dt.datetime) -> None:
    """Refuse an impossible proposal of dates with a sentence; `starts` are aware moments."""
    if not starts:
        raise ValidationError({"slots": _("Proposez au moins une date.")})
    if len(starts) > MAX_SLOTS:
        raise ValidationError({"slots": _("Proposez trois dates au plus.")})
    if len(set(starts)) != len(starts):
        raise ValidationError({"slots": _("Deux des dates proposées sont les mêmes.")})
    if any(start <= now for start in starts):
        raise ValidationError({"slots": _("Une des dates est déjà passée. Choisissez des dates à venir.")})
    if any(start > now + dt.timedelta(days=365) for start in starts):
        raise ValidationError({"slots": _("Une des dates est à plus d’un an. Vérifiez l’année.")})
    if not MIN_MINUTES <= minutes <= MAX_MINUTES:
        raise ValidationError({"minutes": _("La durée va de 15 minutes à 8 heures.")})

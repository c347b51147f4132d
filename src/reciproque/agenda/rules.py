"""What may be expected of someone, what happens without it, and the life of a meeting."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

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
    Verb.HELD: _("sans réponse, la rencontre est comptée comme non confirmée"),
    Verb.TERMS: _("sans nouvelles, l’animation vous contactera"),
    Verb.GO_ON: _("sans réponse, l’échange est considéré comme terminé"),
    Verb.CONFIRM: _("sans réponse, l’échange reste déclaré par une seule personne"),
    Verb.REVIEW: _("ensuite, l’échange est clos sans votre bilan"),
    Verb.RENEW: _("ensuite, elle ne sera plus visible ; vous pourrez la publier de nouveau"),
}


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


class MeetingState(TextChoices):
    UNDATED = "undated", _("date à fixer")
    FIXED = "fixed", _("date fixée")
    HELD = "held", _("a eu lieu")
    MISSED = "missed", _("n’a pas eu lieu")
    CANCELLED = "cancelled", _("annulée")


class MeetingKind(TextChoices):
    INTRODUCTION = "introduction", _("rencontre de mise en relation")
    EXCHANGE = "exchange", _("rencontre d’échange")


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

"""Why something is in the animators' queue, in the order in which it is looked at, and after how long it is."""

from __future__ import annotations

import datetime as dt

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from reciproque.agenda.rules import Verb

SIZE = 25
MOST_AT_ONCE = 50


class Reason(TextChoices):
    """Why a row is in the queue, most urgent first."""

    TEAM = "team", _("pour l’équipe")
    SILENT = "silent", _("sans réponse")
    UNDATED = "undated", _("sans date")
    UNCONFIRMED = "unconfirmed", _("non confirmé")
    UNREVIEWED = "unreviewed", _("sans bilan")
    LAPSING = "lapsing", _("bientôt fini")
    LATE = "late", _("autre retard")
    UNANSWERED = "unanswered", _("demande sans personne")
    OVERLOADED = "overloaded", _("agenda plein")
    UNDELIVERED = "undelivered", _("courriel non remis")
    NEWCOMER = "newcomer", _("arrivée sans offre")
    IMBALANCED = "imbalanced", _("offre ou demande seule")


# The place of each reason in the queue.
RANK: dict[str, int] = {reason: place for place, reason in enumerate(Reason.values)}

# What is expected → why it is in the queue, once it is late or was handed over to the team. What is not here
# (a report, an appeal) is between named people, and never shows.
OF_VERB: dict[str, str] = {
    Verb.ANSWER: Reason.SILENT,
    Verb.REPLY: Reason.SILENT,
    Verb.NEXT: Reason.SILENT,
    Verb.TRY: Reason.SILENT,
    Verb.PROPOSE: Reason.UNDATED,
    Verb.CHOOSE: Reason.UNDATED,
    Verb.HELD: Reason.UNCONFIRMED,
    Verb.TERMS: Reason.UNCONFIRMED,
    Verb.GO_ON: Reason.UNCONFIRMED,
    Verb.CONFIRM: Reason.UNCONFIRMED,
    Verb.REVIEW: Reason.UNREVIEWED,
    Verb.SIGN: Reason.LATE,
    Verb.RENEW: Reason.LATE,
    Verb.ASSIGN: Reason.TEAM,
}
# What ends by itself when its owner does nothing: shown before it does.
LAPSING = (Verb.ANSWER, Verb.REPLY, Verb.NEXT, Verb.TRY, Verb.CONFIRM, Verb.REVIEW, Verb.RENEW)
SOON = dt.timedelta(days=3)

# A request for which nobody was asked in this time is looked at.
REQUEST_AFTER = dt.timedelta(days=21)
# A newcomer is left a week to look around, and stays a newcomer for three months.
NEWCOMER_AFTER, NEWCOMER_UNTIL = dt.timedelta(days=7), dt.timedelta(days=90)
# One-sided for this long since joining.
IMBALANCED_AFTER = dt.timedelta(days=30)
# A message that could not be delivered longer ago is no news any more.
UNDELIVERED_FOR = dt.timedelta(days=30)

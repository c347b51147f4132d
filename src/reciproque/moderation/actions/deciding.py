"""Answer a report: every answer is dated, reasoned and told."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from reciproque.agenda.actions import close_steps, open_step
from reciproque.agenda.rules import StepState, Verb, deadline
from reciproque.catalogue.actions import hide_post, restore_post
from reciproque.catalogue.models import Post
from reciproque.exchanges.actions import hide_words, restore_words, set_apart
from reciproque.journal.actions import record
from reciproque.kit import clock
from reciproque.kit.rows import ALREADY_CHANGED, move
from reciproque.kit.text import clean
from reciproque.moderation.access import can_decide
from reciproque.moderation.actions.reporting import expect_again
from reciproque.moderation.models import Decision, Report
from reciproque.moderation.queries import decisions_possible, subject_of
from reciproque.moderation.rules import (
    APPEAL_DAYS,
    CONTENT,
    EFFECTS,
    MAX_PAUSE_DAYS,
    WORDS_MAX,
    DecisionKind,
    Kind,
    ReportState,
)
from reciproque.networks.actions import suspend_membership
from reciproque.networks.models import Membership
from reciproque.people.models import Person


@transaction.atomic
def decide(
    report: Report, *, by: Person, kind: str, words: str, until: dt.datetime | None = None
) -> Decision:
    """Give one answer to a report, with its explanation; what it entails is done, and told to whom it concerns.

    A decision about words settles the other reports about the same words too. Raises ValidationError with the
    reason when it is no longer possible.
    """
    if not can_decide(by, report):
        raise PermissionDenied
    report.refresh_from_db(fields=["state", "handler"])
    words = clean(words).strip()
    subject = subject_of(report)
    if kind not in decisions_possible(report, subject):
        raise ValidationError(ALREADY_CHANGED, code="changed")
    if len(words) < 3:
        raise ValidationError({"words": _("Expliquez votre décision en une phrase au moins.")})
    if len(words) > WORDS_MAX:
        raise ValidationError({"words": _("C’est trop long : 2 000 caractères au plus.")})
    _carry_out(report, subject, kind, by=by, until=until)
    return write_decision(report, kind, words, by=by, until=until)


def _carry_out(report: Report, subject: Any, kind: str, *, by: Person, until: dt.datetime | None) -> None:
    """Do what a decision entails, by the actions of the floors that own the rows."""
    if kind == DecisionKind.HIDE:
        hide_subject(subject, by=by)
    elif kind == DecisionKind.RESTORE:
        restore_subject(subject, by=by)
    elif kind == DecisionKind.SEPARATE:
        set_apart(report.reporter, report.about, by=by)
    elif kind == DecisionKind.PAUSE:
        _suspend(report, by=by, until=until)
    elif kind == DecisionKind.CHANGE:
        due = deadline(report.network, report.network.answer_days, clock.now(), report.about.time_zone)
        open_step(
            Verb.AMEND, subject, network=report.network, owner=report.about, due_at=due, words=subject.title
        )


def hide_subject(subject: Any, *, by: Person | None) -> None:
    """Take reported words out of the others' sight."""
    if isinstance(subject, Post):
        hide_post(subject, by=by)
    elif by is not None:
        hide_words(subject, by=by)


def restore_subject(subject: Any, *, by: Person) -> None:
    """Let hidden words be read again."""
    if isinstance(subject, Post):
        restore_post(subject, by=by)
    else:
        restore_words(subject, by=by)


def _suspend(report: Report, *, by: Person, until: dt.datetime | None) -> None:
    now = clock.now()
    if until is None or until <= now:
        raise ValidationError({"until": _("Choisissez une date à venir.")})
    if until > now + dt.timedelta(days=MAX_PAUSE_DAYS):
        raise ValidationError({"until": _("Six mois au plus ; la mesure pourra être revue à cette date.")})
    membership = (
        Membership.objects.current()
        .filter(network=report.network, person=report.about)
        .select_related("network", "person")
        .first()
    )
    if membership is None:
        raise ValidationError(_("Cette personne ne fait plus partie du réseau : il n’y a rien à suspendre."))
    suspend_membership(membership, by=by, until=until)


def write_decision(
    report: Report, kind: str, words: str, *, by: Person | None, until: dt.datetime | None = None
) -> Decision:
    """Keep one answer, settle the report (and the others about the same words), tell those whom it concerns."""
    effect, now = EFFECTS[kind], clock.now()
    decision = Decision.objects.create(
        report=report,
        kind=kind,
        words=words,
        by=by,
        at=now,
        told=effect.told,
        until=until if kind == DecisionKind.PAUSE else None,
        appeal_until=deadline(report.network, APPEAL_DAYS, now, report.about.time_zone)
        if effect.appealable
        else None,
    )
    if effect.to and effect.to != report.state:
        settle(report, effect.to)
    if effect.told:
        record("decision.told", decision, network=report.network, people=[report.about], kind=kind)
    if kind != DecisionKind.NOTE:
        record("report.answered", report, network=report.network, people=[report.reporter], kind=kind)
    if report.kind in CONTENT and effect.to == ReportState.SETTLED:
        _settle_the_same(report, decision)
    return decision


def settle(report: Report, to: str) -> None:
    """Move a report on; what was expected about it is no more."""
    settled = to == ReportState.SETTLED
    since = [state for state in ReportState.values if state != to]
    move(report, to, since=since, settled_at=clock.now() if settled else None)
    close_steps(report, verb=Verb.MODERATE)
    if settled and report.kind == Kind.POST:
        close_steps(_post_step(report), verb=Verb.AMEND, outcome=StepState.RELEASED)


def _post_step(report: Report) -> Any:
    return Post.objects.only("public_id").get(public_id=report.subject_id)


def _settle_the_same(report: Report, decision: Decision) -> None:
    """Give the same answer to the others who reported the same words; their author is told once."""
    others = Report.objects.waiting().filter(kind=report.kind, subject_id=report.subject_id)
    for other in others.exclude(pk=report.pk).select_related("network", "reporter"):
        Decision.objects.create(
            report=other, kind=decision.kind, words=decision.words, by=decision.by, at=decision.at
        )
        settle(other, ReportState.SETTLED)
        record("report.answered", other, network=other.network, people=[other.reporter], kind=decision.kind)


@transaction.atomic
def note_amended(post: Post) -> int:
    """Have those who asked for a correction look again at a post just edited by its author; return how many."""
    reports = Report.objects.filter(kind=Kind.POST, subject_id=post.public_id, state=ReportState.ASKED)
    done = 0
    for report in reports.select_related("network", "handler", "reporter", "about"):
        close_steps(post, verb=Verb.AMEND)
        expect_again(report, now=clock.now())
        record("report.amended", report, network=report.network)
        done += 1
    return done


@transaction.atomic
def note_left_out(post: Post) -> int:
    """Have those who asked for a correction decide again when the post is no longer published; return how many."""
    reports = Report.objects.filter(kind=Kind.POST, subject_id=post.public_id, state=ReportState.ASKED)
    rows = list(reports.select_related("network", "handler", "reporter", "about"))
    if rows:
        close_steps(post, verb=Verb.AMEND, outcome=StepState.RELEASED)
    for report in rows:
        expect_again(report, now=clock.now())
    return len(rows)


@transaction.atomic
def note_gone(kind: str, subject_id: str) -> int:
    """Settle the reports about words that their author has just removed for good; return how many."""
    rows = Report.objects.waiting().filter(kind=kind, subject_id=subject_id)
    reports = list(rows.select_related("network", "reporter", "about"))
    for report in reports:
        if Report.objects.waiting().filter(pk=report.pk).exists():  # else settled with the one before
            words = _("Ce texte a été retiré à la demande de son auteur. Plus personne ne peut le lire.")
            write_decision(report, DecisionKind.CLOSE, words, by=None)
    return len(reports)

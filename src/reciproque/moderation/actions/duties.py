"""What the clock does so that no report stalls: another handler, the administrators, the end of a correction."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import translation
from django.utils.translation import gettext as _

from reciproque.agenda.actions import close_steps
from reciproque.agenda.models import Step
from reciproque.agenda.rules import StepState, Verb
from reciproque.journal.actions import record
from reciproque.kit import clock
from reciproque.moderation.actions.appealing import fit_for, not_for
from reciproque.moderation.actions.deciding import hide_subject, write_decision
from reciproque.moderation.actions.reporting import due_for, expect, mark_late
from reciproque.moderation.models import Appeal, Report
from reciproque.moderation.queries import (
    administrators_of,
    handlers_for,
    overdue_amendments,
    reporters_of,
    sight_of,
    subject_of,
)
from reciproque.moderation.rules import AppealState, DecisionKind, Kind, ReportState
from reciproque.people.models import Person

_OF_APPEAL = ("by", "decision__report__network", "decision__report__about", "decision__report__reporter")
# What is expected of who answers, and the state of what waits.
_OPEN = {
    Report.subject_kind: (Verb.MODERATE, ReportState.OPEN.value),
    Appeal.subject_kind: (Verb.APPEAL, AppealState.OPEN.value),
}


def tend_reports(limit: int = 500) -> int:
    """Keep every report and appeal moving (by the clock); return how many were moved on."""
    return _give_again(limit) + _call_in(limit) + _end_corrections(limit)


def _give_again(limit: int) -> int:
    """Give to another what is in the hands of someone who left, or animates no more."""
    done = 0
    reports = Report.objects.waiting().adrift().select_related("network", "about", "reporter")
    for report in reports.order_by("due_at", "pk")[:limit]:
        with transaction.atomic():
            _give_report(report)
        done += 1
    appeals = Appeal.objects.filter(state=AppealState.OPEN).adrift().select_related(*_OF_APPEAL)
    for appeal in appeals.order_by("due_at", "pk")[:limit]:
        with transaction.atomic():
            _give_appeal(appeal)
        done += 1
    return done


def _give_report(report: Report) -> None:
    people = [report.reporter, report.about]
    parties = reporters_of(report.kind, report.subject_id)
    fit = handlers_for(report.network, people, conduct=report.kind == Kind.PERSON, but=parties)
    handler, now = (fit[0] if fit else None), clock.now()
    due = due_for(report.network, handler, now)
    Report.objects.filter(pk=report.pk).update(handler=handler, due_at=due, escalated_at=None)
    report.handler, report.due_at = handler, due
    close_steps(report, verb=Verb.MODERATE, outcome=StepState.RELEASED)
    if report.state == ReportState.OPEN:
        steps = expect(report, Verb.MODERATE, report.network, handler, due, but=[one.pk for one in people])
        if not steps:  # nobody at all for now: `_find_administrators` calls the first one there is
            return
    record("report.given", report, network=report.network, people=[report.reporter])


def _give_appeal(appeal: Appeal) -> None:
    report, but = appeal.decision.report, not_for(appeal.decision)
    fit = fit_for(appeal.decision)
    handler, now = (fit[0] if fit else None), clock.now()
    due = due_for(report.network, handler, now)
    Appeal.objects.filter(pk=appeal.pk).update(handler=handler, due_at=due, escalated_at=None)
    close_steps(appeal, verb=Verb.APPEAL, outcome=StepState.RELEASED)
    if expect(appeal, Verb.APPEAL, report.network, handler, due, but=but):
        record("appeal.given", appeal, network=report.network, people=[appeal.by])


def _call_in(limit: int) -> int:
    """Call the administrators in for what nobody answered in time; once, and the first in charge may still answer.

    What is in their hands while none of them is expected to answer (there was none, all left) is given again as
    soon as there is one.
    """
    now = clock.now()
    reports = Report.objects.filter(state=ReportState.OPEN).order_by("due_at", "pk")
    reports = reports.select_related("network", "handler", "about", "reporter")
    appeals = Appeal.objects.filter(state=AppealState.OPEN).order_by("due_at", "pk")
    appeals = appeals.select_related(*_OF_APPEAL)
    late = Q(due_at__lt=now, escalated_at=None)
    theirs = Q(handler=None) | Q(escalated_at__isnull=False)
    reports = reports.filter(late | theirs & ~_expected(Report.subject_kind, Verb.MODERATE))
    appeals = appeals.filter(late | theirs & ~_expected(Appeal.subject_kind, Verb.APPEAL))
    rows: list[Report | Appeal] = [*reports[:limit], *appeals[:limit]]
    done = 0
    for row in rows:
        with transaction.atomic():
            done += _hand_to_administrators(row, now)
    return done


def _expected(kind: str, verb: str) -> Exists:
    """Tell of a row whether an administrator who is still there is expected to answer it."""
    steps = Step.objects.open().filter(subject_kind=kind, subject_id=OuterRef("public_id"), verb=verb)
    return Exists(steps.filter(owner__is_superuser=True, owner__is_active=True))


def _hand_to_administrators(row: Report | Appeal, now: dt.datetime) -> int:
    """Expect an answer of each administrator who may give it and is not expected to yet; 0 when there is none."""
    report = row if isinstance(row, Report) else row.decision.report
    verb, state = _OPEN[row.subject_kind]
    but = [] if isinstance(row, Report) else not_for(row.decision)
    called = administrators_of(report, but=but)
    if not called:
        return 0
    late = row.due_at < now and row.escalated_at is None
    waiting = type(row)._default_manager.filter(pk=row.pk, state=state)
    if late:
        if not waiting.filter(escalated_at=None).update(escalated_at=now):
            return 0
        mark_late(row, verb, now)
    elif not waiting.exists():  # answered in the meantime
        return 0
    held = set(Step.objects.open().about(row).filter(verb=verb).values_list("owner_id", flat=True))
    missing: list[Person] = [person for person in called if person.pk not in held]
    for person in missing:
        expect(row, verb, report.network, person, due_for(report.network, person, now), but=but)
    if not late and not missing:
        return 0
    escalated = late or row.escalated_at is not None
    if isinstance(row, Report) and escalated:
        record("report.escalated", row, network=report.network)
    elif isinstance(row, Report):
        record("report.given", row, network=report.network, people=[row.reporter])
    elif escalated:
        record("appeal.escalated", row, network=report.network)
    else:
        record("appeal.given", row, network=report.network, people=[row.by])
    return 1


def _end_corrections(limit: int) -> int:
    """Hide the posts whose author was asked for a correction and made none in time; they are told, and may appeal."""
    done = 0
    for step in overdue_amendments(clock.now(), limit):
        with transaction.atomic():
            closed = Step.objects.filter(pk=step.pk, state=StepState.OPEN).update(
                state=StepState.LAPSED, closed_at=clock.now()
            )
            reports = Report.objects.filter(
                kind=Kind.POST, subject_id=step.subject_id, state=ReportState.ASKED
            )
            report = reports.select_related("network", "about", "reporter").first()
            if not closed or report is None:
                continue
            subject = subject_of(report)
            if sight_of(subject).visible:
                hide_subject(subject, by=None)
            with translation.override(report.about.language):
                words = _("La correction demandée n’est pas venue dans le délai.")
            write_decision(report, DecisionKind.HIDE, words, by=None)
            done += 1
    return done

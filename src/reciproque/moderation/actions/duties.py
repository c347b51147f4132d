"""What the clock does so that no report stalls: another handler, the administrators, the end of a correction."""

from __future__ import annotations

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from reciproque.agenda.actions import close_steps
from reciproque.agenda.models import Step
from reciproque.agenda.rules import StepState, Verb
from reciproque.journal.actions import record
from reciproque.kit import clock
from reciproque.moderation.access import can_answer_appeal, can_decide
from reciproque.moderation.actions.appealing import not_for
from reciproque.moderation.actions.deciding import hide_subject, write_decision
from reciproque.moderation.actions.reporting import due_for, expect, mark_late
from reciproque.moderation.models import Appeal, Report
from reciproque.moderation.queries import (
    administrators,
    handlers_for,
    overdue_amendments,
    sight_of,
    subject_of,
)
from reciproque.moderation.rules import AppealState, DecisionKind, Kind, ReportState


def tend_reports(limit: int = 500) -> int:
    """Keep every report and appeal moving (by the clock); return how many were moved on."""
    return _give_again(limit) + _call_in(limit) + _end_corrections(limit)


def _give_again(limit: int) -> int:
    """Give to another what is in the hands of someone who left, or animates no more."""
    done = 0
    reports = Report.objects.waiting().filter(handler__isnull=False)
    for report in reports.select_related("network", "handler", "about", "reporter")[:limit]:
        if report.handler is not None and not can_decide(report.handler, report):
            with transaction.atomic():
                _give_report(report)
            done += 1
    appeals = Appeal.objects.filter(state=AppealState.OPEN, handler__isnull=False)
    related = ("handler", "by", "decision__report__network", "decision__report__reporter")
    for appeal in appeals.select_related(*related)[:limit]:
        if appeal.handler is not None and not can_answer_appeal(appeal.handler, appeal):
            with transaction.atomic():
                _give_appeal(appeal)
            done += 1
    return done


def _give_report(report: Report) -> None:
    people = [report.reporter, report.about]
    fit = handlers_for(report.network, people, conduct=report.kind == Kind.PERSON)
    handler, now = (fit[0] if fit else None), clock.now()
    due = due_for(report.network, handler, now)
    Report.objects.filter(pk=report.pk).update(handler=handler, due_at=due, escalated_at=None)
    report.handler, report.due_at = handler, due
    close_steps(report, verb=Verb.MODERATE, outcome=StepState.RELEASED)
    if report.state == ReportState.OPEN:
        expect(report, Verb.MODERATE, report.network, handler, due, but=[one.pk for one in people])
    record("report.given", report, network=report.network, people=[report.reporter])


def _give_appeal(appeal: Appeal) -> None:
    report, but = appeal.decision.report, not_for(appeal.decision)
    fit = handlers_for(
        report.network, [appeal.by, report.reporter], conduct=report.kind == Kind.PERSON, but=but
    )
    handler, now = (fit[0] if fit else None), clock.now()
    due = due_for(report.network, handler, now)
    Appeal.objects.filter(pk=appeal.pk).update(handler=handler, due_at=due, escalated_at=None)
    close_steps(appeal, verb=Verb.APPEAL, outcome=StepState.RELEASED)
    expect(appeal, Verb.APPEAL, report.network, handler, due, but=but)
    record("appeal.given", appeal, network=report.network, people=[appeal.by])


def _call_in(limit: int) -> int:
    """Call the administrators in for what nobody answered in time; once, and the first in charge may still answer."""
    now = clock.now()
    late = Report.objects.filter(state=ReportState.OPEN, due_at__lt=now, escalated_at=None)
    done = 0
    for report in late.select_related("network", "handler").order_by("due_at", "pk")[:limit]:
        with transaction.atomic():
            if Report.objects.filter(pk=report.pk, state=ReportState.OPEN, escalated_at=None).update(
                escalated_at=now
            ):
                _expect_of_administrators(report, Verb.MODERATE, [report.about_id, report.reporter_id])
                record("report.escalated", report, network=report.network)
                done += 1
    appeals = Appeal.objects.filter(state=AppealState.OPEN, due_at__lt=now, escalated_at=None)
    for appeal in appeals.select_related("decision__report__network").order_by("due_at", "pk")[:limit]:
        with transaction.atomic():
            if Appeal.objects.filter(pk=appeal.pk, state=AppealState.OPEN, escalated_at=None).update(
                escalated_at=now
            ):
                _expect_of_administrators(appeal, Verb.APPEAL, not_for(appeal.decision))
                record("appeal.escalated", appeal, network=appeal.decision.report.network)
                done += 1
    return done


def _expect_of_administrators(subject: Report | Appeal, verb: str, but: list[int]) -> None:
    now = clock.now()
    network = subject.network if isinstance(subject, Report) else subject.decision.report.network
    mark_late(subject, verb, now)
    held = Step.objects.open().about(subject).filter(verb=verb).values_list("owner_id", flat=True)
    called = [person for person in administrators(but=but) if person.pk not in set(held)]
    for person in called:
        expect(subject, verb, network, person, due_for(network, person, now), but=but)


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

"""Who may report, who may see a report, decide of it, appeal."""

from __future__ import annotations

from reciproque.kit import clock
from reciproque.kit.errors import NotThere
from reciproque.moderation.models import Appeal, Decision, Report
from reciproque.moderation.rules import EFFECTS, AppealState
from reciproque.networks.access import has_role
from reciproque.networks.rules import Role
from reciproque.people.access import can_administer, is_present
from reciproque.people.models import Person

_REPORT = ("network", "about__unit", "reporter__unit", "handler")


def get_report(person: Person, public_id: str) -> Report:
    """Return one's own report, or one that one may decide of; anyone else, animators included, meets `NotThere`."""
    report = (
        Report.objects.visible_to(person).select_related(*_REPORT).filter(public_id=public_id).first()
        if is_present(person)
        else None
    )
    if report is None:
        raise NotThere
    return report


def get_report_to_decide(person: Person, public_id: str) -> Report:
    """Return a report that this person handles; anyone else, its own reporter included, meets `NotThere`."""
    report = get_report(person, public_id)
    if not can_decide(person, report):
        raise NotThere
    return report


def get_told_decision(person: Person, public_id: str) -> Decision:
    """Return what was decided about one's own words or conduct; anyone else meets `NotThere`."""
    decision = (
        Decision.objects.told_to(person)
        .select_related("report__network", "report__about", "by")
        .filter(public_id=public_id)
        .first()
        if is_present(person)
        else None
    )
    if decision is None:
        raise NotThere
    return decision


def get_appeal(person: Person, public_id: str) -> Appeal:
    """Return an appeal that this person may answer; anyone else, the first judge included, meets `NotThere`."""
    appeal = (
        Appeal.objects.handled_by(person)
        .select_related(
            "decision__by", "decision__report__network", "decision__report__about", "handler", "answered_by"
        )
        .filter(public_id=public_id)
        .first()
    )
    if appeal is None or not can_answer_appeal(person, appeal):
        raise NotThere
    return appeal


def can_decide(person: Person, report: Report) -> bool:
    """Tell whether this person handles the report: named for it and still animating, or an administrator."""
    if not is_present(person) or person.pk in (report.about_id, report.reporter_id):
        return False
    if can_administer(person):
        return True
    return report.handler_id == person.pk and has_role(person, report.network, Role.ANIMATOR)


def can_appeal(person: Person, decision: Decision) -> bool:
    """Tell whether this person may still appeal against the decision: once, within the days said."""
    return (
        is_present(person)
        and person.pk == decision.report.about_id
        and decision.told
        and EFFECTS[decision.kind].appealable
        and decision.appeal_until is not None
        and clock.now() <= decision.appeal_until
        and not Appeal.objects.filter(decision=decision).exists()
    )


def can_answer_appeal(person: Person, appeal: Appeal) -> bool:
    """Tell whether this person answers the appeal: never who decided first, nor one of those concerned."""
    decision = appeal.decision
    report = decision.report
    if not is_present(person) or person.pk in (decision.by_id, report.about_id, report.reporter_id):
        return False
    named = appeal.handler_id == person.pk and has_role(person, report.network, Role.ANIMATOR)
    return can_administer(person) or named


def is_waiting(appeal: Appeal) -> bool:
    """Tell whether the appeal was not answered yet."""
    return appeal.state == AppealState.OPEN

"""Who is told of reports, decisions and appeals: those whom they concern by name, and nobody else."""

from __future__ import annotations

from reciproque.moderation.models import Appeal, Decision, Report
from reciproque.moderation.queries import administrators
from reciproque.notices.messages.pages import page
from reciproque.notices.messages.story import Story
from reciproque.people.models import Person

People = list[Person]


def _report(story: Story) -> Report | None:
    return Report.objects.select_related("handler").filter(public_id=story.fact.subject_id).first()


def _appeal(story: Story) -> Appeal | None:
    rows = Appeal.objects.select_related("handler", "decision__report")
    return rows.filter(public_id=story.fact.subject_id).first()


def _concerned(report: Report) -> list[int]:
    return [report.about_id, report.reporter_id]


def report_handler(story: Story) -> People:
    """The one who handles the report now, while it waits; without one, each administrator whom it does not concern."""
    report = _report(story)
    if report is None or report.is_settled:
        return []
    return [report.handler] if report.handler is not None else administrators(but=_concerned(report))


def report_administrators(story: Story) -> People:
    """The administrators called in for a report that nobody answered, while it still waits."""
    report = _report(story)
    return [] if report is None or report.is_settled else administrators(but=_concerned(report))


def _appeal_administrators(appeal: Appeal) -> People:
    decision = appeal.decision
    but = (decision.by_id, decision.report.about_id, decision.report.reporter_id)
    return administrators(but=[pk for pk in but if pk is not None])


def appeal_handler(story: Story) -> People:
    """The one who answers the appeal now, while it waits; without one, each administrator who did not decide."""
    appeal = _appeal(story)
    if appeal is None or appeal.answered_at is not None:
        return []
    return [appeal.handler] if appeal.handler is not None else _appeal_administrators(appeal)


def appeal_administrators(story: Story) -> People:
    """The administrators called in for an appeal that nobody answered, while it still waits."""
    appeal = _appeal(story)
    return [] if appeal is None or appeal.answered_at is not None else _appeal_administrators(appeal)


def named(story: Story) -> People:
    """The one person whom the fact names: who reported, or whom the decision concerns."""
    return list(story.people.values())


def case(story: Story, reader: Person) -> str:
    """The report, as who made it follows it or who handles it decides of it."""
    return page("moderation:case", id=story.fact.subject_id)


def decision(story: Story, reader: Person) -> str:
    """The decision, as the one whom it concerns reads it."""
    if story.fact.subject_kind == Decision.subject_kind:
        return page("moderation:decision", id=story.fact.subject_id)
    rows = Decision.objects.filter(appeal__public_id=story.fact.subject_id)
    return page("moderation:decision", id=rows.values_list("public_id", flat=True).get())


def appeal(story: Story, reader: Person) -> str:
    """The appeal, as who answers it reads it."""
    return page("moderation:appeal", id=story.fact.subject_id)

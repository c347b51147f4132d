"""Reports, what was decided of them, appeals."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from reciproque.kit import clock
from reciproque.kit.rows import Row
from reciproque.moderation.rules import AppealState, DecisionKind, Kind, Reason, ReportState
from reciproque.networks.models import Network
from reciproque.people.access import can_administer
from reciproque.people.models import Person


class ReportQuerySet(models.QuerySet["Report"]):
    def waiting(self) -> ReportQuerySet:
        """Keep those that still wait for somebody: an answer, a correction."""
        return self.exclude(state=ReportState.SETTLED)

    def handled_by(self, person: Person) -> ReportQuerySet:
        """Keep those that this person may decide of: its handler, or an administrator whom it does not concern."""
        if can_administer(person):
            return self.exclude(about=person).exclude(reporter=person)
        return self.filter(handler=person).exclude(about=person).exclude(reporter=person)

    def visible_to(self, person: Person) -> ReportQuerySet:
        """Keep one's own reports, and those one may decide of; nobody else sees that they exist."""
        if can_administer(person):
            return self.exclude(Q(about=person) & ~Q(reporter=person))
        return self.filter(Q(reporter=person) | Q(handler=person))


class Report(Row):
    """What one member tells of words or of somebody's conduct, to one named person."""

    subject_kind = "report"

    network = models.ForeignKey(Network, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    # What was reported, by its public identifier; for a conduct, the person.
    subject_id = models.CharField(max_length=12)
    # The author of the words, or the person whose conduct it is.
    about = models.ForeignKey(Person, models.PROTECT, related_name="+")
    reporter = models.ForeignKey(Person, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=10, choices=Reason.choices)
    words = models.TextField(blank=True)
    # For a conduct, the introduction or exchange in which it happened, when said.
    context_kind = models.CharField(max_length=12, blank=True)
    context_id = models.CharField(max_length=12, blank=True)
    # Without one, the administrators of the installation.
    handler = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=8, choices=ReportState.choices, default=ReportState.OPEN)
    reported_at = models.DateTimeField(default=clock.now)
    due_at = models.DateTimeField()
    escalated_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        ordering = ["-reported_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["reporter", "kind", "subject_id", "network"],
                condition=~Q(state=ReportState.SETTLED),
                name="report_open_once",
                violation_error_message=_("Vous l’avez déjà signalé : votre signalement est en cours."),
            ),
            models.CheckConstraint(
                condition=~Q(reporter=models.F("about")),
                name="report_of_another",
                violation_error_message=_("On ne se signale pas soi-même."),
            ),
            models.CheckConstraint(
                condition=Q(handler=None) | ~Q(handler=models.F("about")) & ~Q(handler=models.F("reporter")),
                name="report_handled_by_a_third",
            ),
            models.CheckConstraint(
                condition=Q(state=ReportState.SETTLED, settled_at__isnull=False)
                | (~Q(state=ReportState.SETTLED) & Q(settled_at__isnull=True)),
                name="report_settled_dated",
            ),
        ]
        indexes = [
            models.Index(fields=["handler", "state"], name="report_handler"),
            models.Index(fields=["kind", "subject_id"], name="report_subject"),
            models.Index(fields=["about"], name="report_about"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_id} ({self.state})"

    @property
    def is_settled(self) -> bool:
        return self.state == ReportState.SETTLED


class DecisionQuerySet(models.QuerySet["Decision"]):
    def told_to(self, person: Person) -> DecisionQuerySet:
        """Keep what was decided about this person's words or conduct and told to them."""
        return self.filter(report__about=person, told=True)


class Decision(Row):
    """One answer given to a report: dated, reasoned, and told."""

    subject_kind = "decision"

    report = models.ForeignKey(Report, models.PROTECT, related_name="decisions")
    kind = models.CharField(max_length=8, choices=DecisionKind.choices)
    # The explanation that the person concerned reads (when told) and the reporter too, except for a note.
    words = models.TextField()
    # Nobody when a deadline decided.
    by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(default=clock.now)
    told = models.BooleanField(default=False)
    until = models.DateTimeField(null=True, blank=True)
    appeal_until = models.DateTimeField(null=True, blank=True)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(words=""), name="decision_reasoned"),
            models.CheckConstraint(
                condition=~Q(kind=DecisionKind.PAUSE) | Q(until__isnull=False), name="decision_pause_dated"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.report_id}"


class AppealQuerySet(models.QuerySet["Appeal"]):
    def handled_by(self, person: Person) -> AppealQuerySet:
        """Keep the appeals that this person may answer: never one of those whom they concern, nor the first judge."""
        rows = self.exclude(decision__by=person).exclude(by=person).exclude(decision__report__reporter=person)
        return rows if can_administer(person) else rows.filter(handler=person)


class Appeal(Row):
    """The one appeal against a decision, answered by another person; its outcome is final."""

    subject_kind = "appeal"

    decision = models.OneToOneField(Decision, models.PROTECT, related_name="appeal")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    words = models.TextField()
    # Without one, the administrators of the installation.
    handler = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=10, choices=AppealState.choices, default=AppealState.OPEN)
    made_at = models.DateTimeField(default=clock.now)
    due_at = models.DateTimeField()
    escalated_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = AppealQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(words=""), name="appeal_reasoned"),
            models.CheckConstraint(
                condition=Q(state=AppealState.OPEN, answered_at__isnull=True)
                | (
                    ~Q(state=AppealState.OPEN)
                    & Q(answered_at__isnull=False, answered_by__isnull=False)
                    & ~Q(answer="")
                ),
                name="appeal_answered_dated",
            ),
        ]

    def __str__(self) -> str:
        return f"appeal of {self.decision_id} ({self.state})"

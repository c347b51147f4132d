"""Field experiments: what they try, their former criteria, their checkpoints, their journal."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from reciproque.initiatives.models.frames import ExpectedResult, Frame, InFrame
from reciproque.initiatives.models.groups import Problem, WorkGroup
from reciproque.initiatives.rules import LINE_MAX, TITLE_MAX, Decision, ExperimentState, Met, TiedTo
from reciproque.kit import clock
from reciproque.kit.rows import Row
from reciproque.people.models import Person


class Experiment(Row):
    """A field experiment: a hypothesis, criteria written before it starts, a result, a decision and a lesson."""

    subject_kind = "experiment"

    frame = models.ForeignKey(Frame, models.PROTECT, related_name="experiments")
    group = models.ForeignKey(WorkGroup, models.PROTECT, null=True, blank=True, related_name="experiments")
    theme = models.ForeignKey(ExpectedResult, models.PROTECT, null=True, blank=True, related_name="+")
    problem = models.ForeignKey(Problem, models.PROTECT, null=True, blank=True, related_name="+")
    title = models.CharField(max_length=TITLE_MAX)
    state = models.CharField(max_length=8, choices=ExperimentState.choices, default=ExperimentState.DRAFT)
    owner = models.ForeignKey(Person, models.PROTECT, related_name="+")
    hypothesis = models.TextField(blank=True)
    where = models.CharField(max_length=LINE_MAX, blank=True)
    with_whom = models.CharField(max_length=LINE_MAX, blank=True)
    consent = models.TextField(_("accord des personnes concernées"), blank=True)
    tied_to = models.CharField(max_length=8, choices=TiedTo.choices, blank=True)
    measure = models.CharField(max_length=LINE_MAX, blank=True)
    start_value = models.CharField(max_length=60, blank=True)
    criteria = models.TextField(_("critères de réussite"), blank=True)
    # From the start on, the criteria no longer change but by a dated, reasoned version.
    frozen_at = models.DateTimeField(null=True, blank=True)
    budget = models.CharField(max_length=LINE_MAX, blank=True)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    # When what the committee owes (its support, its decision) is due.
    due_at = models.DateTimeField(null=True, blank=True)
    support_words = models.TextField(blank=True)
    supported_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    result_value = models.CharField(max_length=60, blank=True)
    result = models.TextField(blank=True)
    met = models.CharField(max_length=6, choices=Met.choices, blank=True)
    decision = models.CharField(max_length=6, choices=Decision.choices, blank=True)
    lesson = models.TextField(blank=True)
    written_at = models.DateTimeField(default=clock.now)
    started_at = models.DateTimeField(null=True, blank=True)
    measured_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    # Whose it was before it was handed over: it stays their own. Who of the committee took no part in what it
    # answered (support, decision), because it was theirs or their group's.
    owned_before = models.ManyToManyField(Person, related_name="+", blank=True)
    recused = models.ManyToManyField(Person, related_name="+", blank=True)
    key = models.CharField(max_length=32, blank=True)

    objects = InFrame.as_manager()

    class Meta:
        ordering = ["-written_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(
                    state__in=[ExperimentState.RUNNING, ExperimentState.MEASURED, ExperimentState.DECIDED]
                )
                | Q(frozen_at__isnull=False) & ~Q(criteria=""),
                name="experiment_criteria_before_start",
            ),
            models.CheckConstraint(
                condition=~Q(state=ExperimentState.DECIDED)
                | ~Q(decision="") & ~Q(lesson="") & Q(decided_at__isnull=False),
                name="experiment_decided_with_lesson",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[ExperimentState.ASKED, ExperimentState.MEASURED])
                | Q(due_at__isnull=False),
                name="experiment_awaiting_is_due",
            ),
            models.UniqueConstraint(
                fields=["frame", "owner", "key"], condition=~Q(key=""), name="experiment_key_once"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class CriteriaVersion(models.Model):
    """Success criteria as they were before they changed: a change after the start is seen by all, with its reason."""

    experiment = models.ForeignKey(Experiment, models.PROTECT, related_name="criteria_versions")
    criteria = models.TextField()
    reason = models.CharField(max_length=LINE_MAX)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.experiment_id} before {self.at:%Y-%m-%d}"


class Checkpoint(Row):
    """A date at which an experiment is looked at."""

    subject_kind = "checkpoint"

    experiment = models.ForeignKey(Experiment, models.PROTECT, related_name="checkpoints")
    due_on = models.DateField()
    words = models.TextField(blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["due_on", "pk"]

    def __str__(self) -> str:
        return f"{self.experiment_id} {self.due_on}"


class LogEntry(Row):
    """A page of an experiment's journal, with a picture if there is one."""

    experiment = models.ForeignKey(Experiment, models.PROTECT, related_name="log")
    author = models.ForeignKey(Person, models.PROTECT, related_name="+")
    words = models.TextField()
    # The name under which the picture is stored, outside the web root; its alternative in words.
    picture = models.CharField(max_length=80, blank=True)
    picture_words = models.CharField(max_length=LINE_MAX, blank=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.experiment_id} {self.at:%Y-%m-%d}"

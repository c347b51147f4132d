"""What the committee tells the hierarchy, how it sees its own posture, the obstacles it lifts."""

from __future__ import annotations

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q

from reciproque.initiatives.models.experiments import Experiment
from reciproque.initiatives.models.frames import Frame, InFrame
from reciproque.initiatives.models.groups import WorkGroup
from reciproque.initiatives.rules import LINE_MAX, ObstacleState
from reciproque.kit import clock
from reciproque.kit.rows import Row
from reciproque.people.models import Person


class HierarchyNote(Row):
    """What someone of the hierarchy is to be told, by when, and whether they acknowledged it."""

    subject_kind = "note_up"

    frame = models.ForeignKey(Frame, models.PROTECT, related_name="notes")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    what = models.TextField()
    due_on = models.DateField()
    written_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(null=True, blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    # Given up before it left, and why.
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancel_reason = models.CharField(max_length=LINE_MAX, blank=True)

    objects = InFrame.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(cancelled_at=None) | Q(sent_at=None) & ~Q(cancel_reason=""),
                name="note_up_cancelled_unsent",
            )
        ]

    def __str__(self) -> str:
        return f"note to {self.person_id}"


class PostureCheck(models.Model):
    """What one committee member says of the committee's own posture, twice a year."""

    frame = models.ForeignKey(Frame, models.PROTECT, related_name="postures")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    season = models.CharField(max_length=7)  # e.g. 2026-S1
    listens = models.PositiveSmallIntegerField(validators=[MaxValueValidator(4)])
    lifts = models.PositiveSmallIntegerField(validators=[MaxValueValidator(4)])
    answers = models.PositiveSmallIntegerField(validators=[MaxValueValidator(4)])
    words = models.TextField(blank=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["frame", "person", "season"], name="posture_once")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.season}"


class Obstacle(Row):
    """Something that only the committee can lift, for a group or an experiment; answered with reasons."""

    subject_kind = "obstacle"

    frame = models.ForeignKey(Frame, models.PROTECT, related_name="obstacles")
    group = models.ForeignKey(WorkGroup, models.PROTECT, null=True, blank=True, related_name="obstacles")
    experiment = models.ForeignKey(
        Experiment, models.PROTECT, null=True, blank=True, related_name="obstacles"
    )
    words = models.TextField()
    raised_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    raised_at = models.DateTimeField(default=clock.now)
    due_at = models.DateTimeField()
    state = models.CharField(max_length=6, choices=ObstacleState.choices, default=ObstacleState.OPEN)
    reasons = models.TextField(blank=True)
    settled_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)
    # Who of the committee took no part in it, because they raised it or because it is their group's.
    recused = models.ManyToManyField(Person, related_name="+", blank=True)

    objects = InFrame.as_manager()

    class Meta:
        ordering = ["due_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=ObstacleState.OPEN) | ~Q(reasons="") & Q(settled_at__isnull=False),
                name="obstacle_settled_with_reasons",
            )
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.frame_id}"

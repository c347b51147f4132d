"""Working groups, and the questions and problems that they take up."""

from __future__ import annotations

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q

from reciproque.initiatives.models.frames import ExpectedResult, Frame, InFrame
from reciproque.initiatives.rules import TITLE_MAX, GroupState, ProblemKind, ProblemState
from reciproque.kit import clock
from reciproque.kit.rows import Row
from reciproque.people.models import Person


class WorkGroup(Row):
    """A working group: volunteers of every level around a theme, with a facilitator from the pool."""

    subject_kind = "work_group"

    frame = models.ForeignKey(Frame, models.PROTECT, related_name="groups")
    name = models.CharField(max_length=TITLE_MAX)
    theme = models.ForeignKey(ExpectedResult, models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=7, choices=GroupState.choices, default=GroupState.FORMING)
    facilitator = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField(default=clock.now)
    made_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = InFrame.as_manager()

    class Meta:
        ordering = ["made_at", "pk"]

    def __str__(self) -> str:
        return self.name


class WorkGroupMember(models.Model):
    """Someone of a working group."""

    group = models.ForeignKey(WorkGroup, models.PROTECT, related_name="members")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    # Said by themselves: they know the trade that the theme is about, they work in the field…
    brings = models.JSONField(default=list, blank=True)
    joined_at = models.DateTimeField(default=clock.now)
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["joined_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["group", "person"], condition=Q(left_at=None), name="work_group_member_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.group_id}"


class CheckIn(models.Model):
    """A word after a session of a group: how we listened, who spoke, what we learned."""

    group = models.ForeignKey(WorkGroup, models.PROTECT, related_name="check_ins")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    on = models.DateField()
    listened = models.PositiveSmallIntegerField(validators=[MaxValueValidator(4)])
    all_spoke = models.PositiveSmallIntegerField(validators=[MaxValueValidator(4)])
    individual = models.TextField(blank=True)
    collective = models.TextField(blank=True)
    organisational = models.TextField(blank=True)

    class Meta:
        ordering = ["on", "pk"]
        constraints = [models.UniqueConstraint(fields=["group", "person", "on"], name="check_in_once")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.on}"


class Problem(Row):
    """A question from the management, or a problem that a group takes up by itself."""

    subject_kind = "problem"

    frame = models.ForeignKey(Frame, models.PROTECT, related_name="problems")
    kind = models.CharField(max_length=8, choices=ProblemKind.choices)
    title = models.CharField(max_length=TITLE_MAX)
    words = models.TextField(blank=True)
    theme = models.ForeignKey(ExpectedResult, models.PROTECT, null=True, blank=True, related_name="+")
    group = models.ForeignKey(WorkGroup, models.PROTECT, null=True, blank=True, related_name="problems")
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)
    state = models.CharField(max_length=8, choices=ProblemState.choices, default=ProblemState.OPEN)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged")
    answer = models.TextField(blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    objects = InFrame.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]

    def __str__(self) -> str:
        return self.title

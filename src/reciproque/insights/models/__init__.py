"""What a learning community says of itself: its maturity and goals; who is invited to help; who says they will leave."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from reciproque.insights.models.hazards import HazardCare, HazardReading, HazardReview
from reciproque.insights.models.measures import Costs, Measure, Target
from reciproque.insights.models.release import Release, ReleasedFigure
from reciproque.insights.models.reports import PictureRelease, ReportNote
from reciproque.insights.models.studies import Study, StudyObjection, StudyPart, StudySource, StudyTaking
from reciproque.insights.rules import Dimension
from reciproque.kit import clock
from reciproque.kit.rows import Row
from reciproque.networks.models import Network
from reciproque.people.models import Person

__all__ = [
    "Costs",
    "HazardCare",
    "HazardReading",
    "HazardReview",
    "HelperInvitation",
    "Leaving",
    "MaturityCheck",
    "MaturityGoal",
    "Measure",
    "PictureRelease",
    "Release",
    "ReleasedFigure",
    "ReportNote",
    "Study",
    "StudyObjection",
    "StudyPart",
    "StudySource",
    "StudyTaking",
    "Target",
]


class MaturityCheck(Row):
    """Where a network thinks it stands, one day: a level for each dimension, and a word on some."""

    subject_kind = "maturity_check"

    network = models.ForeignKey(Network, models.PROTECT, related_name="+")
    # {dimension: level, from 1 to 5}, every one of them
    levels = models.JSONField(default=dict)
    words = models.JSONField(default=dict)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.network_id} {self.at:%Y-%m-%d}"


class MaturityGoal(models.Model):
    """The level a network aims at on one dimension, and by when."""

    network = models.ForeignKey(Network, models.PROTECT, related_name="+")
    dimension = models.CharField(max_length=8, choices=Dimension.choices)
    level = models.PositiveSmallIntegerField()
    until = models.DateField()
    set_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    set_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["network", "dimension"], name="maturity_goal_once"),
            models.CheckConstraint(condition=Q(level__gte=1, level__lte=5), name="maturity_goal_level"),
        ]

    def __str__(self) -> str:
        return f"{self.dimension} {self.level}"


class HelperInvitation(Row):
    """A member who is ready is invited to accompany others; nothing waits for their answer."""

    subject_kind = "helper_invitation"

    network = models.ForeignKey(Network, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    answered_at = models.DateTimeField(null=True, blank=True)
    accepted = models.BooleanField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["network", "person"],
                condition=Q(answered_at=None),
                name="helper_invited_once",
                violation_error_message=_("Cette personne est déjà invitée."),
            ),
            models.CheckConstraint(
                condition=Q(answered_at=None, accepted=None)
                | Q(answered_at__isnull=False, accepted__isnull=False),
                name="helper_answer_is_dated",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.network_id}"


class Leaving(models.Model):
    """Someone says when they will leave or retire, so that what they know is passed on: read by nobody by name."""

    person = models.OneToOneField(Person, models.CASCADE, related_name="+")
    on = models.DateField()
    said_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"{self.person_id} {self.on}"

"""Studies made by researchers: who asked and agreed, what is given for how long, who took it; and who objects."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from reciproque.insights.rules.studies import PURPOSE_MAX, TITLE_MAX, Basis, StudyState
from reciproque.kit import clock
from reciproque.kit.rows import Row
from reciproque.networks.models import Network
from reciproque.people.models import Person


class StudyQuerySet(models.QuerySet["Study"]):
    def running(self) -> StudyQuerySet:
        """Keep those whose files may be made or taken."""
        return self.filter(state=StudyState.AGREED, until__gte=clock.now().date())


class Study(Row):
    """One study: asked by who animates the network, agreed by somebody else; its files are gone when it ends."""

    subject_kind = "study"

    network = models.ForeignKey(Network, models.PROTECT, related_name="+")
    title = models.CharField(max_length=TITLE_MAX)
    researcher = models.CharField(max_length=TITLE_MAX)
    institution = models.CharField(max_length=TITLE_MAX)
    purpose = models.TextField(max_length=PURPOSE_MAX)
    basis = models.CharField(max_length=10, choices=Basis.choices)
    # Values of rules.studies.TableName, and {what: how coarse}.
    tables = models.JSONField(default=list)
    grains = models.JSONField(default=dict)
    # Whether somebody bears the same number in every file.
    linked = models.BooleanField(default=False)
    until = models.DateField()
    state = models.CharField(max_length=9, choices=StudyState.choices, default=StudyState.ASKED)
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)
    due_at = models.DateTimeField()
    answered_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True, max_length=PURPOSE_MAX)
    # Sealed; what people are numbered by in this study alone. Destroyed at the end: then nobody can link again.
    salt = models.TextField(blank=True)
    # The files, made once so that two takings never differ by what happened between them.
    made_at = models.DateTimeField(null=True, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    # How many lines each of the files has: told of what was made, never of what would be.
    lines = models.JSONField(default=dict)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = StudyQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_by=None) | ~Q(answered_by=F("asked_by")), name="study_agreed_by_another"
            ),
            models.CheckConstraint(
                condition=~Q(state=StudyState.AGREED) | Q(answered_by__isnull=False) & ~Q(salt=""),
                name="study_agreed_has_a_salt",
            ),
            models.CheckConstraint(
                condition=Q(state=StudyState.AGREED) | Q(salt="", size=0), name="study_over_holds_nothing"
            ),
        ]
        indexes = [models.Index(fields=["state", "until"], name="study_over")]

    def __str__(self) -> str:
        return self.title

    @property
    def is_made(self) -> bool:
        """Whether its files are there to be taken."""
        return self.made_at is not None and self.size > 0

    @property
    def is_closed(self) -> bool:
        """Whether its files were made, are gone, and are not made again: nothing is left to make them from."""
        return self.made_at is not None and not self.size and not hasattr(self, "source")


class StudyPart(models.Model):
    """A piece of the files of a study, in order."""

    study = models.ForeignKey(Study, models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    data = models.BinaryField()

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["study", "number"], name="study_part_once")]

    def __str__(self) -> str:
        return f"{self.study_id} {self.number}"


class StudySource(models.Model):
    """What the files of a study are made from, sealed: no page reads it, and it goes with the study."""

    study = models.OneToOneField(Study, models.CASCADE, related_name="source")
    sealed = models.TextField()
    # Who objected until then is no more in it, nor some others with them.
    looked_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return str(self.study_id)


class StudyTaking(models.Model):
    """Somebody took the files of a study, on that day."""

    study = models.ForeignKey(Study, models.PROTECT, related_name="takings")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    # What was taken: the tables, and the mark by which the file is known again.
    tables = models.JSONField(default=list)
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.by_id} {self.study_id}"


class StudyObjection(models.Model):
    """Someone whose data serve no study; nobody else reads it."""

    person = models.OneToOneField(Person, models.CASCADE, related_name="+")
    at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return str(self.person_id)

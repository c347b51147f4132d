"""The committee's answers to proposals, and the carrying out of those it validated."""

from __future__ import annotations

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length, Trim
from django.db.models.lookups import GreaterThan

from reciproque.initiatives.models.frames import Frame, InFrame
from reciproque.initiatives.models.proposals import Proposal
from reciproque.initiatives.rules import LINE_MAX, TITLE_MAX, AnswerKind
from reciproque.kit import clock
from reciproque.kit.rows import Row
from reciproque.people.models import Person


class Score(models.Model):
    """What a committee member thinks of a proposal before the answer: hidden from the others until it is given."""

    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="scores")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    value = models.PositiveSmallIntegerField(validators=[MaxValueValidator(5)])
    words = models.CharField(max_length=LINE_MAX, blank=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["proposal", "person"], name="score_once")]

    def __str__(self) -> str:
        return f"{self.person_id} → {self.proposal_id}"


class Answer(models.Model):
    """The committee's answer to a proposal: what, why, and until when if it is deferred."""

    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="answers")
    kind = models.CharField(max_length=9, choices=AnswerKind.choices)
    reasons = models.TextField()
    # What to change (reframed), until when (deferred).
    change = models.TextField(blank=True)
    until = models.DateField(null=True, blank=True)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    due_at = models.DateTimeField()
    # The version answered, and who of the committee did not take part because it was theirs.
    version = models.PositiveSmallIntegerField()
    recused = models.ManyToManyField(Person, related_name="+", blank=True)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=GreaterThan(Length(Trim("reasons")), 0), name="answer_has_reasons"
            ),
            models.CheckConstraint(
                condition=~Q(kind=AnswerKind.DEFERRED) | Q(until__isnull=False), name="answer_deferred_until"
            ),
            models.CheckConstraint(
                condition=~Q(kind=AnswerKind.REFRAMED) | ~Q(change=""), name="answer_reframed_says_what"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.proposal_id}"


class AnswerTemplate(Row):
    """Words that a committee uses again; the reasons are still written for each."""

    frame = models.ForeignKey(Frame, models.PROTECT, related_name="templates")
    name = models.CharField(max_length=TITLE_MAX)
    words = models.TextField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")

    objects = InFrame.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Progress(models.Model):
    """How far the carrying out of a proposal had come on a day, and a word about it."""

    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="progress")
    percent = models.PositiveSmallIntegerField(validators=[MaxValueValidator(100)])
    words = models.TextField(blank=True)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.proposal_id} {self.percent} %"


class Milestone(Row):
    """A stage of carrying out a validated proposal."""

    subject_kind = "milestone"

    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="milestones")
    words = models.CharField(max_length=LINE_MAX)
    due_on = models.DateField()
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["due_on", "pk"]

    def __str__(self) -> str:
        return self.words

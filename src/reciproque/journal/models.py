"""Facts: what happened, append-only, and the promise that each reader will hear of it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import models

from reciproque.kit import clock


class FactQuerySet(models.QuerySet["Fact"]):
    def about(self, subject: Any) -> FactQuerySet:
        """Keep the facts of one subject (a row with `subject_kind` and `public_id`)."""
        return self.filter(subject_kind=subject.subject_kind, subject_id=subject.public_id)

    def visible_to(self, person: Any) -> FactQuerySet:
        """Keep the facts in which this person took part or that concern them."""
        return self.filter(concerns__person=person)


class Fact(models.Model):
    """Something that happened. Never deleted, and changed only when an author has their words erased (`erase_words`).

    Identifiers and names only, no key but to the user.
    """

    name = models.CharField(max_length=60)
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    network = models.CharField(max_length=12, blank=True)
    subject_kind = models.CharField(max_length=30)
    subject_id = models.CharField(max_length=12)
    data = models.JSONField(default=dict)

    objects = FactQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["subject_kind", "subject_id", "at"], name="fact_subject"),
            models.Index(fields=["network", "name", "at"], name="fact_network"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.subject_kind}:{self.subject_id}"


class Concern(models.Model):
    """A person whom a fact concerns: their history is made of these."""

    fact = models.ForeignKey(Fact, models.CASCADE, related_name="concerns")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "fact"], name="concern_once")]

    def __str__(self) -> str:
        return f"{self.fact_id} → {self.person_id}"


class ReactionQuerySet(models.QuerySet["Reaction"]):
    def due(self, now: dt.datetime) -> ReactionQuerySet:
        """Keep what a worker should run now, oldest first."""
        return self.filter(state=Reaction.State.WAITING, run_after__lte=now).order_by("run_after", "pk")


class Reaction(models.Model):
    """One fact promised to one reader: written with the fact, so that it can be late but never lost."""

    class State(models.TextChoices):
        WAITING = "waiting"
        DONE = "done"
        FAILED = "failed"

    fact = models.ForeignKey(Fact, models.CASCADE, related_name="reactions")
    reader = models.CharField(max_length=30)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    run_after = models.DateTimeField(default=clock.now)
    tries = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)

    objects = ReactionQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["fact", "reader"], name="reaction_once")]
        indexes = [
            models.Index(
                fields=["run_after", "id"], condition=models.Q(state="waiting"), name="reaction_waiting"
            )
        ]

    def __str__(self) -> str:
        return f"{self.reader} ← {self.fact_id} ({self.state})"

"""Answers. Of an anonymous one the tables hold what was answered, and nothing that leads to who did."""

from __future__ import annotations

import secrets
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Q

from reciproque.people.models import Person
from reciproque.surveys.models.questionnaires import Version

KEY_BITS = 62


def random_key() -> int:
    """Return a key that says nothing of when it was drawn."""
    return secrets.randbits(KEY_BITS) + 1


class RandomKey(models.BigIntegerField):  # type: ignore[type-arg]
    """A random primary key. On SQLite it is the very place of the row in its file: nothing keeps the order of arrival.

    There, only the exact type "integer" makes a primary key the rowid; any other type would leave a rowid that counts
    up, hidden but readable.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", random_key)
        super().__init__(*args, **kwargs)

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        """Return the type of the column: 64 bits on both databases."""
        return "integer" if connection.vendor == "sqlite" else "bigint"

    def rel_db_type(self, connection: BaseDatabaseWrapper) -> str:
        """Return the type of a column that refers to one."""
        return self.db_type(connection)


class LooseAnswer(models.Model):
    """One anonymous answer: no person, no time, no order, no fact. Always written by five at least, in random order."""

    id = RandomKey(primary_key=True)
    campaign = models.ForeignKey("surveys.Campaign", models.PROTECT, related_name="loose_answers")
    version = models.ForeignKey(Version, models.PROTECT, related_name="+")
    values = models.JSONField()

    def __str__(self) -> str:
        return f"an answer to {self.campaign_id}"


class Aside(models.Model):
    """An anonymous answer that waits for others: sealed under keys kept outside the database, with the seat it comes from.

    `mark` is the print of the seat under a secret outside the database: the same seat is known again, and not found.
    """

    id = RandomKey(primary_key=True)
    campaign = models.ForeignKey("surveys.Campaign", models.PROTECT, related_name="asides")
    mark = models.CharField(max_length=64, unique=True)
    sealed = models.TextField()

    def __str__(self) -> str:
        return f"a sealed answer to {self.campaign_id}"


class NamedAnswerQuerySet(models.QuerySet["NamedAnswer"]):
    def of(self, person: Person) -> NamedAnswerQuerySet:
        """Keep one's own."""
        return self.filter(person=person)


class NamedAnswer(models.Model):
    """One confidential answer: the program knows whose it is, and shows it to them alone."""

    id = RandomKey(primary_key=True)
    campaign = models.ForeignKey("surveys.Campaign", models.PROTECT, related_name="named_answers")
    version = models.ForeignKey(Version, models.PROTECT, related_name="+")
    # None once they left the organisation.
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    # In which group of the campaign's comparison they were when they answered.
    group = models.CharField(max_length=40, blank=True)
    values = models.JSONField()
    answered_on = models.DateField()
    # Who typed it for them, by telephone or from paper.
    entered_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")

    objects = NamedAnswerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "person"], condition=Q(person__isnull=False), name="named_answer_once"
            )
        ]

    def __str__(self) -> str:
        return f"an answer to {self.campaign_id}"

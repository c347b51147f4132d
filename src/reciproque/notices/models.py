"""What is to be told to whom (the outbox), and how each person wishes to be told."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import Q

from reciproque.kit import clock
from reciproque.kit.rows import Row
from reciproque.networks.models import Network
from reciproque.notices.rules import SUBJECT_MAX, Channel, OutgoingState, Rhythm
from reciproque.people.models import Person
from reciproque.people.rules import LANGUAGES


class OutgoingQuerySet(models.QuerySet["Outgoing"]):
    def visible_to(self, person: Person) -> OutgoingQuerySet:
        """Keep what was written to this person."""
        return self.filter(person=person)

    def due(self, now: dt.datetime) -> OutgoingQuerySet:
        """Keep what is to be sent now, oldest first."""
        return self.filter(state=OutgoingState.WAITING, run_after__lte=now).order_by("run_after", "pk")


class Outgoing(Row):
    """One message to one person about one fact, by one channel: written once, sent until it is taken."""

    # The fact by its number, without a key: the journal keeps no trace of who reads it.
    fact_id = models.BigIntegerField()
    fact_name = models.CharField(max_length=60)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    network = models.ForeignKey(Network, models.PROTECT, null=True, blank=True, related_name="+")
    channel = models.CharField(max_length=8, choices=Channel.choices, default=Channel.EMAIL)
    language = models.CharField(max_length=2, choices=LANGUAGES, default="fr")
    subject = models.CharField(max_length=SUBJECT_MAX)
    text = models.TextField()
    html = models.TextField()
    url = models.CharField(max_length=400, blank=True)
    ics = models.TextField(blank=True)
    ics_method = models.CharField(max_length=10, blank=True)
    state = models.CharField(max_length=11, choices=OutgoingState.choices, default=OutgoingState.WAITING)
    at = models.DateTimeField(default=clock.now)
    run_after = models.DateTimeField(default=clock.now)
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)

    objects = OutgoingQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["fact_id", "person", "channel"], name="outgoing_once"),
            models.CheckConstraint(
                condition=Q(state=OutgoingState.SENT, sent_at__isnull=False)
                | (~Q(state=OutgoingState.SENT) & Q(sent_at__isnull=True)),
                name="outgoing_sent_is_dated",
            ),
        ]
        indexes = [
            models.Index(
                fields=["run_after", "id"], condition=Q(state=OutgoingState.WAITING), name="outgoing_waiting"
            ),
            models.Index(fields=["person", "-at"], name="outgoing_person"),
            models.Index(
                fields=["network", "-at"],
                condition=Q(state__in=[OutgoingState.FAILED, OutgoingState.UNADDRESSED]),
                name="outgoing_undelivered",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.fact_name} → {self.person_id} ({self.state})"


class Preference(models.Model):
    """How one person wishes to be told; without a row, by e-mail, at once, about everything."""

    person = models.OneToOneField(Person, models.PROTECT, related_name="+")
    rhythm = models.CharField(max_length=8, choices=Rhythm.choices, default=Rhythm.AT_ONCE)
    muted = models.JSONField(default=list, blank=True)

    def __str__(self) -> str:
        return f"{self.person_id}: {self.rhythm}"

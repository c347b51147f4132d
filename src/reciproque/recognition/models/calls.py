"""Calls to those who know."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from reciproque.catalogue.models import Topic
from reciproque.kit import clock
from reciproque.kit.rows import Row
from reciproque.networks.models import Network
from reciproque.people.models import Person
from reciproque.recognition.rules import REASON_MAX, WORDS_MAX, CallKind, CallState


class CallQuerySet(models.QuerySet["Call"]):
    def waiting(self) -> CallQuerySet:
        """Keep those whose answer is awaited, or that were accepted and are not done."""
        return self.filter(Q(state=CallState.ASKED) | Q(state=CallState.ACCEPTED, done_at=None))

    def telling_no_departure(self) -> CallQuerySet:
        """Leave out those that would say who leaves: made by the clock to someone who has not said yes."""
        asked = Q(kind=CallKind.SUCCESSOR, asked_by=None)
        return self.exclude(asked & ~Q(state=CallState.ACCEPTED))


class Call(Row):
    """Someone who knows is asked, politely and within their limit, to pass a savoir on."""

    subject_kind = "call"

    network = models.ForeignKey(Network, models.PROTECT, related_name="+")
    topic = models.ForeignKey(Topic, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=9, choices=CallKind.choices)
    # What it is about besides the savoir: a request, a question of practice.
    about_kind = models.CharField(max_length=8, blank=True)
    about_id = models.CharField(max_length=12, blank=True)
    words = models.CharField(max_length=WORDS_MAX, blank=True)
    asked_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)
    state = models.CharField(max_length=9, choices=CallState.choices, default=CallState.ASKED)
    answered_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=REASON_MAX, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    objects = CallQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["network", "topic", "person", "kind"],
                condition=Q(state=CallState.ASKED),
                name="call_once",
                violation_error_message=_("Cette personne a déjà reçu cette demande."),
            ),
            models.CheckConstraint(
                condition=Q(state=CallState.ASKED, answered_at=None)
                | (~Q(state=CallState.ASKED) & Q(answered_at__isnull=False)),
                name="call_answered_is_dated",
            ),
        ]
        indexes = [models.Index(fields=["person", "state"], name="call_person_state")]

    def __str__(self) -> str:
        return f"{self.kind} {self.topic_id} {self.person_id}"

    @property
    def is_waiting(self) -> bool:
        """Whether something is still expected of whoever was asked: what `waiting` says of rows."""
        return self.state == CallState.ASKED or (self.state == CallState.ACCEPTED and self.done_at is None)

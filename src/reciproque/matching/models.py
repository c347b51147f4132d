"""What matching remembers: vectors, suggestions and their answers, alerts, next proposals."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from reciproque.catalogue.models import Post
from reciproque.catalogue.rules import Kind, PostState
from reciproque.exchanges.models import Introduction
from reciproque.kit import clock
from reciproque.kit.rows import Row
from reciproque.matching.rules import ProposalState, SuggestionState
from reciproque.networks.models import Network
from reciproque.people.models import Person


class Vector(models.Model):
    """The meaning of some words as one encoder sees them: float16, little-endian.

    Kept by the words, not by the post: many posts say the same, and a text that changes simply has another vector.
    """

    digest = models.CharField(max_length=32)
    encoder = models.CharField(max_length=80)
    data = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["digest", "encoder"], name="vector_once")]

    def __str__(self) -> str:
        return f"{self.digest} ({self.encoder})"


class SuggestionQuerySet(models.QuerySet["Suggestion"]):
    def visible_to(self, person: Person) -> SuggestionQuerySet:
        """Keep the suggestions about this person's own posts."""
        return self.filter(Q(request__author=person) | Q(offer__author=person))

    def open(self) -> SuggestionQuerySet:
        """Keep those that can still be acted on: neither answered, nor about a post that is gone."""
        return self.filter(
            state=SuggestionState.OPEN,
            request__state=PostState.PUBLISHED,
            offer__state=PostState.PUBLISHED,
            request__author__is_active=True,
            offer__author__is_active=True,
        )


class Suggestion(Row):
    """One offer found for one request, with each term of its score; the answers are remembered."""

    subject_kind = "suggestion"

    network = models.ForeignKey(Network, models.PROTECT, related_name="+")
    request = models.ForeignKey(Post, models.CASCADE, related_name="suggestions")
    offer = models.ForeignKey(Post, models.CASCADE, related_name="suggested_for")
    score = models.IntegerField()
    terms = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=SuggestionState.choices, default=SuggestionState.OPEN)
    made_at = models.DateTimeField(default=clock.now)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=300, blank=True)

    objects = SuggestionQuerySet.as_manager()

    class Meta:
        ordering = ["-score", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["request", "offer"], name="suggestion_once"),
            models.CheckConstraint(
                condition=~Q(state=SuggestionState.DISMISSED)
                | Q(answered_at__isnull=False, answered_by__isnull=False),
                name="suggestion_dismissal_signed",
            ),
        ]
        indexes = [
            models.Index(fields=["request", "state", "-score"], name="suggestion_request"),
            models.Index(fields=["offer", "state", "-score"], name="suggestion_offer"),
        ]

    def __str__(self) -> str:
        return f"{self.request_id} ← {self.offer_id} ({self.score})"


class Alert(Row):
    """ "Tell me when someone offers this." """

    subject_kind = "alert"

    network = models.ForeignKey(Network, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="alerts")
    words = models.CharField(max_length=140)
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.OFFER)
    created_at = models.DateTimeField(default=clock.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["network", "person", "kind", "words"],
                condition=Q(withdrawn_at=None),
                name="alert_once",
            )
        ]

    def __str__(self) -> str:
        return self.words


class Proposal(Row):
    """The next best person for an asker whom the first one did not answer or refused; nobody is contacted before a yes."""

    introduction = models.OneToOneField(Introduction, models.CASCADE, related_name="next_proposal")
    offer = models.ForeignKey(Post, models.CASCADE, related_name="+")
    terms = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=ProposalState.choices, default=ProposalState.WAITING)
    made_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"{self.introduction_id} → {self.offer_id}"

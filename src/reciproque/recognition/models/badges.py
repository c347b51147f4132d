"""Badges that a holder carries, and the keys that sign them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from reciproque.catalogue.models import Topic
from reciproque.kit import clock
from reciproque.kit.rows import Row
from reciproque.networks.models import Network
from reciproque.people.models import Person
from reciproque.recognition.models.skills import Certification
from reciproque.recognition.rules import EndReason


class Key(models.Model):
    """A pair of keys that signs badges; the private half is sealed under a key kept outside the database."""

    subject_kind = "key"

    kid = models.CharField(max_length=40, unique=True)
    public = models.JSONField()
    sealed = models.TextField()
    made_at = models.DateTimeField(default=clock.now)
    # Signs no more; what it signed still verifies.
    retired_at = models.DateTimeField(null=True, blank=True)
    # Known to others: nothing it signed verifies any more.
    broken_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(models.Value(1), condition=Q(retired_at=None), name="key_one_signs"),
            models.CheckConstraint(
                condition=Q(broken_at=None) | Q(retired_at__isnull=False), name="key_broken_is_retired"
            ),
        ]

    def __str__(self) -> str:
        return self.kid

    @property
    def public_id(self) -> str:
        """How facts name it: its public name, as written in what it signs."""
        return self.kid


class Badge(Row):
    """A certification as a file its holder asked for and carries: an Open Badges 3.0 credential, signed."""

    subject_kind = "badge"

    # None: its holder had everything erased; its place in the list of revoked badges stays.
    certification = models.ForeignKey(
        Certification, models.SET_NULL, null=True, blank=True, related_name="badges"
    )
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    network = models.ForeignKey(Network, models.PROTECT, related_name="+")
    # As it was named in the credential, wherever it was merged since; None as above.
    topic = models.ForeignKey(Topic, models.PROTECT, null=True, blank=True, related_name="+")
    key = models.ForeignKey(Key, models.PROTECT, related_name="badges")
    # As signed; verified as long as the key is good, whoever left since. Empty once its holder had it erased.
    credential = models.TextField(blank=True)
    # The endorsement credentials of the peers who sign, as they left.
    endorsements = models.JSONField(default=list, blank=True)
    # Its place in the status list.
    index = models.PositiveIntegerField(unique=True)
    issued_at = models.DateTimeField(default=clock.now)
    until = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_for = models.CharField(max_length=12, choices=EndReason.choices, blank=True)

    class Meta:
        ordering = ["-issued_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(revoked_at=None, revoked_for="")
                | (Q(revoked_at__isnull=False) & ~Q(revoked_for="")),
                name="badge_revoked_has_a_reason",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.issued_at:%Y-%m-%d}"

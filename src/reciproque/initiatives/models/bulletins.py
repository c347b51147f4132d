"""The bulletin of a learning network."""

from __future__ import annotations

from django.db import models

from reciproque.initiatives.rules import TITLE_MAX, BulletinState
from reciproque.kit import clock
from reciproque.kit.rows import Row
from reciproque.networks.models import Network
from reciproque.people.models import Person


class Bulletin(Row):
    """A regular letter of the network: prepared from its facts, edited by an animator, sent, and read on the web."""

    subject_kind = "bulletin"

    network = models.ForeignKey(Network, models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=TITLE_MAX)
    text = models.TextField(blank=True)
    since = models.DateTimeField()
    until = models.DateTimeField()
    state = models.CharField(max_length=5, choices=BulletinState.choices, default=BulletinState.DRAFT)
    written_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=clock.now)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["network", "-number"]
        constraints = [models.UniqueConstraint(fields=["network", "number"], name="bulletin_number_once")]

    def __str__(self) -> str:
        return self.title

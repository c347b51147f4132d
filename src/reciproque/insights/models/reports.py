"""Pictures as they were told once and for all, and the words with which a report leaves the house."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from reciproque.insights.rules.reports import WORDS_MAX, ReportKind
from reciproque.kit import clock
from reciproque.kit.rows import Row
from reciproque.networks.models import Network
from reciproque.people.models import Person


class PictureRelease(models.Model):
    """What everybody may see of a picture of one year: masked before it is written, never counted again.

    A picture read again every day would give away whoever moves it.
    """

    network = models.ForeignKey(Network, models.PROTECT, related_name="+")
    # A picture, or what the yearly report says of recognition.
    kind = models.CharField(max_length=12)
    year = models.PositiveSmallIntegerField()
    # Numbers only, null where it may not be told: the sentences are made in the language of whoever reads.
    data = models.JSONField()
    made_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-year", "kind"]
        constraints = [
            models.UniqueConstraint(fields=["network", "kind", "year"], name="picture_released_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.year}"


class ReportNote(Row):
    """The animator’s words in one report: changed at will until it is sent, then only by a new version."""

    subject_kind = "report"

    network = models.ForeignKey(Network, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=14, choices=ReportKind.choices)
    # The first day of the quarter or of the year told.
    start = models.DateField()
    version = models.PositiveSmallIntegerField(default=1)
    words = models.TextField(blank=True, max_length=WORDS_MAX)
    planned = models.TextField(blank=True, max_length=WORDS_MAX)
    written_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=clock.now)
    # So that two people who write at once do not erase one another.
    revision = models.PositiveIntegerField(default=1)
    sent_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    sent_at = models.DateTimeField(null=True, blank=True)
    # What it said of risks, proposals and calls on the day it was sent.
    said = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["-start", "kind", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["network", "kind", "start", "version"], name="report_version_once"
            ),
            models.UniqueConstraint(
                fields=["network", "kind", "start"], condition=Q(sent_at=None), name="report_draft_once"
            ),
            models.CheckConstraint(
                condition=Q(sent_at=None, sent_by=None) | Q(sent_at__isnull=False, sent_by__isnull=False),
                name="report_sent_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.start} v{self.version}"

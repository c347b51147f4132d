"""Figures as they were told to everybody, once and for all, with what is too small to be told left out."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from reciproque.insights.rules import Cut, Span
from reciproque.kit import clock
from reciproque.networks.models import Network


class Release(models.Model):
    """The figures of one period that whoever does not animate the network reads: made after it ended, never changed.

    A figure counted again every day would give away each person who moves it.
    """

    network = models.ForeignKey(Network, models.PROTECT, related_name="+")
    span = models.CharField(max_length=7, choices=Span.choices)
    # The first day told; of what is told since the beginning, the first day that is not told any more.
    start = models.DateField()
    # The first day after it, by which releases follow one another.
    end = models.DateField()
    made_at = models.DateTimeField(default=clock.now)
    # Which rows each figure told counted, packed: what comes next must not differ from it by one. Nobody is shown this.
    rows = models.BinaryField(default=b"")

    class Meta:
        ordering = ["-end", "-start", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["network", "span", "start"], name="release_once"),
        ]

    def __str__(self) -> str:
        return f"{self.network_id} {self.span}:{self.start}"


class ReleasedFigure(models.Model):
    """One figure of a release: its number, or that it may not be told."""

    release = models.ForeignKey(Release, models.CASCADE, related_name="figures")
    indicator = models.CharField(max_length=40)
    cut = models.CharField(max_length=5, choices=[("", ""), *Cut.choices], blank=True)
    group = models.CharField(max_length=20, blank=True)
    numerator = models.FloatField(null=True)
    denominator = models.FloatField(null=True)
    value = models.FloatField(null=True)
    masked = models.BooleanField(default=False)
    # Of what date the number is, where it has moved too little since to be told again.
    as_of = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["release", "cut", "indicator", "group"], name="released_figure_once"
            ),
            models.CheckConstraint(
                condition=Q(masked=False) | Q(numerator=None, denominator=None, value=None),
                name="masked_figure_is_empty",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.cut}:{self.group}"

"""Figures as they were counted, what a network aims at, and what running it costs by its own account."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from reciproque.insights.rules import Cut, Span
from reciproque.kit import clock
from reciproque.kit.rows import Row
from reciproque.networks.models import Network
from reciproque.people.models import Person


class Measure(models.Model):
    """One indicator over one period, for a whole network or one of its groups, as it was last counted."""

    network = models.ForeignKey(Network, models.PROTECT, related_name="+")
    indicator = models.CharField(max_length=40)
    span = models.CharField(max_length=7, choices=Span.choices)
    start = models.DateField()
    cut = models.CharField(max_length=5, choices=[("", ""), *Cut.choices], blank=True)
    group = models.CharField(max_length=20, blank=True)
    numerator = models.FloatField()
    denominator = models.FloatField(null=True)
    value = models.FloatField(null=True)
    # How many distinct people stand behind what is counted, and how many of the others are left.
    people = models.PositiveIntegerField(default=0)
    others = models.PositiveIntegerField(default=0)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["network", "span", "start", "cut", "group", "indicator"], name="measure_once"
            ),
            models.CheckConstraint(
                condition=~Q(cut="", group__gt="") & ~(~Q(cut="") & Q(group="")), name="measure_of_a_group"
            ),
        ]
        indexes = [
            models.Index(fields=["network", "indicator", "span", "cut", "start"], name="measure_history")
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.span}:{self.start} {self.group}"


class TargetQuerySet(models.QuerySet["Target"]):
    def aimed(self) -> TargetQuerySet:
        """Keep what is aimed at today: not what was given up or replaced."""
        return self.filter(ended_at=None)


class Target(Row):
    """What a network aims at on one indicator, by when, and why; replaced or given up, never erased."""

    subject_kind = "target"

    network = models.ForeignKey(Network, models.PROTECT, related_name="+")
    indicator = models.CharField(max_length=40)
    value = models.FloatField()
    until = models.DateField()
    why = models.CharField(max_length=300, blank=True)
    set_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    set_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = TargetQuerySet.as_manager()

    class Meta:
        ordering = ["-set_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["network", "indicator"],
                condition=Q(ended_at=None),
                name="target_once",
                violation_error_message=_("Cet objectif vient d’être changé. Rechargez la page."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.value}"


def _money() -> models.DecimalField:  # type: ignore[type-arg]
    return models.DecimalField(
        max_digits=12, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )


class Costs(Row):
    """What running a network costs in a year, and a classic training day, by its own account; nothing is filled in for it.

    Each account replaces the one before, which stays: a figure of last year is read with last year’s prices.
    """

    subject_kind = "costs"

    network = models.ForeignKey(Network, models.PROTECT, related_name="+")
    # From which day it holds.
    since = models.DateField()
    animation_hours = models.DecimalField(
        max_digits=9, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    hour_cost = _money()
    tools = _money()
    events = _money()
    training_day_price = _money()
    training_day_hours = models.DecimalField(
        max_digits=4, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(1)]
    )
    # In a hundred, how far below and above these the truth may be.
    spread = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(90)])
    words = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-since", "-at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["network", "since"], name="costs_once_a_day")]

    def __str__(self) -> str:
        return f"{self.network_id} {self.since}"

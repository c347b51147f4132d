"""The register of what may make a network fail: who watches what, what was seen month after month, what was said of it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from reciproque.insights.rules.hazards import HAZARD_WORDS_MAX, Level
from reciproque.kit import clock
from reciproque.kit.rows import Row
from reciproque.networks.models import Network
from reciproque.people.models import Person


class HazardCare(Row):
    """One hazard as a network follows it: who, the answer chosen, when it is looked at next."""

    subject_kind = "hazard"

    network = models.ForeignKey(Network, models.PROTECT, related_name="+")
    hazard = models.CharField(max_length=12)
    # None: the whole team of animation.
    owner = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    review_on = models.DateField(null=True, blank=True)
    # The network’s own answer; the usual one when it is empty.
    answer = models.TextField(blank=True, max_length=HAZARD_WORDS_MAX)
    # So that two people who write at once do not erase one another.
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["network", "hazard"],
                name="hazard_followed_once",
                violation_error_message=_("Ce risque vient d’être changé. Rechargez la page."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.network_id} {self.hazard}"


class HazardReview(models.Model):
    """What was said of a hazard, one day: its level then, a word, and what was counted; never changed."""

    care = models.ForeignKey(HazardCare, models.PROTECT, related_name="reviews")
    # Judged by hand; "" when the number was left to say it.
    level = models.CharField(max_length=6, choices=Level.choices, blank=True)
    value = models.FloatField(null=True)
    words = models.TextField(blank=True, max_length=HAZARD_WORDS_MAX)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.care_id} {self.level}"


class HazardReading(models.Model):
    """The level of a hazard that the register counts itself, one month: what others than the animators read.

    Read again every day, a level would give away whoever moves it.
    """

    network = models.ForeignKey(Network, models.PROTECT, related_name="+")
    hazard = models.CharField(max_length=12)
    month = models.DateField()
    # "" where too few people stand behind it.
    level = models.CharField(max_length=6, choices=Level.choices, blank=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-month", "hazard"]
        constraints = [
            models.UniqueConstraint(fields=["network", "hazard", "month"], name="hazard_read_once")
        ]

    def __str__(self) -> str:
        return f"{self.hazard} {self.month} {self.level}"

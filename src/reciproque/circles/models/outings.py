"""What may leave a group: what each one is asked about, what each one answered, what its deciders were told."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from reciproque.circles.models.group import Circle
from reciproque.circles.rules import TITLE_MAX, OutingKind, OutingState
from reciproque.kit import clock
from reciproque.kit.rows import Row
from reciproque.library.models import Sheet
from reciproque.people.models import Person


class OutingQuerySet(models.QuerySet["Outing"]):
    def visible_to(self, person: Person) -> OutingQuerySet:
        """Keep those of the groups this person shares."""
        return self.filter(circle__in=Circle.objects.shared_by(person))


class Outing(Row):
    """Something a group may let out: a sheet, or a line of its review to the deciders; each member is asked."""

    subject_kind = "outing"

    circle = models.ForeignKey(Circle, models.PROTECT, related_name="outings")
    kind = models.CharField(max_length=5, choices=OutingKind.choices)
    sheet = models.ForeignKey(Sheet, models.PROTECT, null=True, blank=True, related_name="+")
    words = models.TextField(blank=True)
    # Which text was agreed to: one changed afterwards is asked again.
    digest = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=6, choices=OutingState.choices, default=OutingState.ASKED)
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)
    closes_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    objects = OutingQuerySet.as_manager()

    class Meta:
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["sheet"],
                condition=Q(sheet__isnull=False, state__in=[OutingState.ASKED, OutingState.AGREED]),
                name="outing_sheet_once",
            ),
            models.CheckConstraint(
                condition=Q(kind=OutingKind.SHEET, sheet__isnull=False)
                | Q(kind=OutingKind.LINE, sheet=None) & ~Q(words=""),
                name="outing_is_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"


class ConsentQuerySet(models.QuerySet["Agreement"]):
    def visible_to(self, person: Person) -> ConsentQuerySet:
        """Keep one's own: nobody reads who did not agree."""
        return self.filter(person=person, outing__circle__in=Circle.objects.shared_by(person))


class Agreement(models.Model):
    """One member's answer to something leaving the group, and the name under which they sign; refused in silence."""

    outing = models.ForeignKey(Outing, models.PROTECT, related_name="agreements")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    agrees = models.BooleanField(null=True, blank=True)
    # Under which name they sign; empty: their own. Only when they sign at all.
    signs = models.BooleanField(default=False)
    name = models.CharField(max_length=TITLE_MAX, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["outing", "person"], name="agreement_once")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.outing_id}"


class DeciderReport(models.Model):
    """The review told to the deciders, once: made of the lines to which every member agreed."""

    circle = models.OneToOneField(Circle, models.PROTECT, related_name="report")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(default=clock.now)
    lines = models.JSONField(default=list)
    figures = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"report of {self.circle_id}"

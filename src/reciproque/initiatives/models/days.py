"""The launch day: times, rooms, the subjects of its wall, and who signs up to them."""

from __future__ import annotations

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from reciproque.initiatives.models.frames import ExpectedResult, Frame, InFrame
from reciproque.initiatives.models.groups import WorkGroup
from reciproque.initiatives.rules import LINE_MAX, SEATS_MOST, TITLE_MAX, DayState, MergeState, SignState
from reciproque.kit import clock
from reciproque.kit.rows import Row
from reciproque.people.models import Person


class LaunchDay(Row):
    """The day on which volunteers choose subjects and add their own."""

    subject_kind = "launch_day"

    frame = models.ForeignKey(Frame, models.PROTECT, related_name="days")
    title = models.CharField(max_length=TITLE_MAX)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    time_zone = models.CharField(max_length=40, default="Europe/Paris")
    place = models.CharField(max_length=LINE_MAX, blank=True)
    # What to know before coming; why it was cancelled.
    words = models.TextField(blank=True)
    cancel_reason = models.TextField(blank=True)
    state = models.CharField(max_length=9, choices=DayState.choices, default=DayState.PLANNED)
    planned_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    # Counts every change of what the screens show.
    version = models.PositiveIntegerField(default=0)

    objects = InFrame.as_manager()

    class Meta:
        ordering = ["starts_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="launch_ends_after_start")
        ]

    def __str__(self) -> str:
        return self.title


class DaySlot(Row):
    """One time of the day at which subjects are worked on side by side."""

    day = models.ForeignKey(LaunchDay, models.CASCADE, related_name="slots")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        ordering = ["starts_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["day", "starts_at"], name="day_slot_once")]

    def __str__(self) -> str:
        return f"{self.starts_at:%H:%M}"


class DayRoom(Row):
    """One room (or virtual room) of the day."""

    day = models.ForeignKey(LaunchDay, models.CASCADE, related_name="rooms")
    name = models.CharField(max_length=TITLE_MAX)
    seats = models.PositiveSmallIntegerField(default=20, validators=[MaxValueValidator(SEATS_MOST)])

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["day", "name"], name="day_room_once")]

    def __str__(self) -> str:
        return self.name


class WallSubject(Row):
    """A subject on the wall of the launch day: who hosts it, when and where, who comes, what was said."""

    subject_kind = "wall_subject"

    day = models.ForeignKey(LaunchDay, models.PROTECT, related_name="subjects")
    theme = models.ForeignKey(ExpectedResult, models.PROTECT, null=True, blank=True, related_name="+")
    title = models.CharField(max_length=TITLE_MAX)
    words = models.TextField(blank=True)
    host = models.ForeignKey(Person, models.PROTECT, related_name="+")
    hosts_too = models.ManyToManyField(Person, related_name="+", blank=True)
    added_at = models.DateTimeField(default=clock.now)
    slot = models.ForeignKey(DaySlot, models.SET_NULL, null=True, blank=True, related_name="subjects")
    room = models.ForeignKey(DayRoom, models.SET_NULL, null=True, blank=True, related_name="subjects")
    # How many people may sign up; None: the room's seats.
    seats = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MaxValueValidator(SEATS_MOST)]
    )
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    report = models.TextField(blank=True)
    report_version = models.PositiveIntegerField(default=0)
    reported_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    reported_at = models.DateTimeField(null=True, blank=True)
    group = models.ForeignKey(WorkGroup, models.PROTECT, null=True, blank=True, related_name="subjects")
    key = models.CharField(max_length=32, blank=True)

    class Meta:
        ordering = ["added_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["slot", "room"],
                condition=Q(slot__isnull=False, room__isnull=False),
                name="wall_cell_once",
                violation_error_message=_("Cette salle est déjà prise à cette heure."),
            ),
            models.UniqueConstraint(fields=["host", "key"], condition=~Q(key=""), name="wall_key_once"),
        ]

    def __str__(self) -> str:
        return self.title


class MergeRequest(Row):
    """Two subjects alike, put together only if both hosts agree."""

    subject_kind = "merge"

    kept = models.ForeignKey(WallSubject, models.CASCADE, related_name="+")
    folded = models.ForeignKey(WallSubject, models.CASCADE, related_name="+")
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)
    state = models.CharField(max_length=7, choices=MergeState.choices, default=MergeState.ASKED)
    agreed = models.ManyToManyField(Person, related_name="+", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kept", "folded"], condition=Q(state=MergeState.ASKED), name="merge_asked_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.folded_id} → {self.kept_id}"


class SignUp(models.Model):
    """Someone's place at a subject: seated as long as there is room, then waiting in the order of arrival."""

    subject = models.ForeignKey(WallSubject, models.PROTECT, related_name="sign_ups")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    state = models.CharField(max_length=7, choices=SignState.choices)
    # The order of arrival at this subject, from 1; never given twice.
    place = models.PositiveIntegerField()
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["subject", "place"]
        constraints = [
            models.UniqueConstraint(fields=["subject", "person"], name="sign_up_once"),
            models.UniqueConstraint(fields=["subject", "place"], name="sign_up_place_once"),
        ]
        indexes = [models.Index(fields=["person", "state"], name="sign_up_person")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.state} {self.subject_id}"

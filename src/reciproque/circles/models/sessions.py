"""The sessions of a group: their room, and what is proposed, tried, learned and noted in it."""

from __future__ import annotations

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext

from reciproque.agenda.models import Meeting
from reciproque.agenda.rules import MeetingState
from reciproque.circles.models.group import Circle, Seat
from reciproque.circles.rules import LeadState, Method, RoomState
from reciproque.kit import clock
from reciproque.kit.rows import Row
from reciproque.people.models import Person


class SessionQuerySet(models.QuerySet["Session"]):
    def visible_to(self, person: Person) -> SessionQuerySet:
        """Keep those of the groups this person shares."""
        return self.filter(circle__in=Circle.objects.shared_by(person))


class Session(Row):
    """One session of a group: its date is its meeting's; the rest is its room, where the time is the server's."""

    subject_kind = "session"

    circle = models.ForeignKey(Circle, models.PROTECT, related_name="sessions")
    number = models.PositiveSmallIntegerField()
    meeting = models.OneToOneField(Meeting, models.PROTECT, null=True, blank=True, related_name="+")
    method = models.CharField(max_length=8, choices=Method.choices, default=Method.CODEV)
    # A short remote session: the same parts, in less time.
    is_short = models.BooleanField(default=False)
    state = models.CharField(max_length=7, choices=RoomState.choices, default=RoomState.WAITING)
    client = models.ForeignKey(Seat, models.PROTECT, null=True, blank=True, related_name="+")
    # The member to whom the facilitator handed the clock.
    keeper = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    # The shared clock: which part, since when by the server's time, how long it had run before the last pause.
    part = models.PositiveSmallIntegerField(default=0)
    part_started_at = models.DateTimeField(null=True, blank=True)
    part_seconds = models.PositiveIntegerField(default=0)
    run_before = models.PositiveIntegerField(default=0)
    paused_at = models.DateTimeField(null=True, blank=True)
    # Counts every change of what the screens show: they are answered "nothing new" while it stays the same.
    version = models.PositiveIntegerField(default=0)
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    # The page the group shares, and how many times it was saved: two who write at once lose nothing.
    page = models.TextField(blank=True)
    page_version = models.PositiveIntegerField(default=0)
    page_saved_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")

    objects = SessionQuerySet.as_manager()

    class Meta:
        ordering = ["circle", "number"]
        constraints = [
            models.UniqueConstraint(fields=["circle", "number"], name="session_number_once"),
            models.CheckConstraint(
                condition=~Q(state=RoomState.CLOSED) | Q(closed_at__isnull=False),
                name="session_closed_is_dated",
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(opened_at=None) | Q(closed_at__gte=F("opened_at")),
                name="session_closed_after_open",
            ),
        ]

    @property
    def label(self) -> str:
        """Its number, as pages say it; one called off left its number to the next one."""
        if self.meeting is not None and self.meeting.state == MeetingState.CANCELLED:
            return gettext("Séance annulée")
        return gettext("Séance %(n)s") % {"n": self.number}

    def __str__(self) -> str:
        return f"{self.circle_id} n° {self.number}"


class InSession(models.QuerySet[Any]):
    """Rows of a session: read by those who share its group, and by nobody else."""

    def visible_to(self, person: Person) -> InSession:
        """Keep those of the groups this person shares."""
        return self.filter(session__circle__in=Circle.objects.shared_by(person))


class Subject(Row):
    """What a member proposes to work on: every member proposes one, one is chosen."""

    session = models.ForeignKey(Session, models.PROTECT, related_name="subjects")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    words = models.TextField()
    stake = models.PositiveSmallIntegerField(
        default=2, validators=[MinValueValidator(1), MaxValueValidator(3)]
    )
    urgency = models.PositiveSmallIntegerField(
        default=2, validators=[MinValueValidator(1), MaxValueValidator(3)]
    )
    is_chosen = models.BooleanField(default=False)
    proposed_at = models.DateTimeField(default=clock.now)

    objects = InSession.as_manager()

    class Meta:
        ordering = ["proposed_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["session", "person"], name="subject_person_once"),
            models.UniqueConstraint(
                fields=["session"], condition=Q(is_chosen=True), name="subject_chosen_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} → {self.session_id}"


class Interest(models.Model):
    """A member whom a proposed subject interests."""

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="interests")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subject", "person"], name="subject_interest_once")]

    def __str__(self) -> str:
        return f"{self.person_id} ♥ {self.subject_id}"


class PrivateNoteQuerySet(models.QuerySet["PrivateNote"]):
    def visible_to(self, person: Person) -> PrivateNoteQuerySet:
        """Keep one's own, as long as one shares the group."""
        return self.filter(person=person, session__circle__in=Circle.objects.shared_by(person))


class PrivateNote(models.Model):
    """What one person wrote for themselves during a session, sealed under a key kept outside the database."""

    session = models.ForeignKey(Session, models.PROTECT, related_name="notes")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    sealed = models.TextField()
    saved_at = models.DateTimeField(default=clock.now)

    objects = PrivateNoteQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["session", "person"], name="note_session_once")]

    def __str__(self) -> str:
        return f"{self.person_id} @ {self.session_id}"


class Lead(Row):
    """Something to try that came out of a session; asked again at the next one."""

    session = models.ForeignKey(Session, models.PROTECT, related_name="leads")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    words = models.TextField()
    # Said by the person whose subject it was, at the synthesis.
    is_clients = models.BooleanField(default=False)
    state = models.CharField(max_length=5, choices=LeadState.choices, default=LeadState.OPEN)
    # What it gave, told when it is asked again.
    gave = models.TextField(blank=True)
    told_in = models.ForeignKey(Session, models.PROTECT, null=True, blank=True, related_name="+")
    written_at = models.DateTimeField(default=clock.now)

    objects = InSession.as_manager()

    class Meta:
        ordering = ["written_at", "pk"]

    def __str__(self) -> str:
        return f"{self.person_id} {self.state}"


class Learning(models.Model):
    """What someone says they learned in a session, of helping and of being helped."""

    session = models.ForeignKey(Session, models.PROTECT, related_name="learnings")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    helping = models.TextField(blank=True)
    helped = models.TextField(blank=True)
    said_at = models.DateTimeField(default=clock.now)

    objects = InSession.as_manager()

    class Meta:
        ordering = ["said_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["session", "person"], name="learning_once")]

    def __str__(self) -> str:
        return f"{self.person_id} @ {self.session_id}"

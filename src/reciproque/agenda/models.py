"""Steps (who is expected to do what, by when) and meetings (slots, attendance, calendars)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import models
from django.db.models import F, Q

from reciproque.agenda.rules import (
    DEFAULT_MINUTES,
    LIVE_MEETING,
    AttemptKind,
    MeetingKind,
    MeetingState,
    Mode,
    PollState,
    SlotState,
    StepState,
    Verb,
    Voice,
    consequence,
)
from reciproque.kit import clock
from reciproque.kit.rows import Row
from reciproque.kit.tokens import new_secret
from reciproque.networks.models import Network
from reciproque.networks.rules import Role
from reciproque.people.models import Person


class StepQuerySet(models.QuerySet["Step"]):
    def open(self) -> StepQuerySet:
        """Keep what is still expected."""
        return self.filter(state=StepState.OPEN)

    def about(self, subject: Any) -> StepQuerySet:
        """Keep the steps of one subject."""
        return self.filter(subject_kind=subject.subject_kind, subject_id=subject.public_id)

    def overdue(self, now: dt.datetime) -> StepQuerySet:
        """Keep what is still expected though its deadline is past."""
        return self.open().filter(due_at__lt=now)

    def visible_to(self, person: Person) -> StepQuerySet:
        """Keep what is expected of this person, by name or because they animate the network."""
        team = Q(owner=None, network__roles__person=person, network__roles__withdrawn_at=None)
        # A step names no people: who animates one site or one unit reads on the desk those that are theirs.
        team &= Q(network__roles__site=None, network__roles__unit=None)
        return self.filter(Q(owner=person) | team & Q(network__roles__role=Role.ANIMATOR)).distinct()


class Step(Row):
    """Something expected of one person (or of the animation team), with its deadline."""

    network = models.ForeignKey(Network, models.PROTECT, related_name="+")
    owner = models.ForeignKey(Person, models.PROTECT, null=True, related_name="steps")
    verb = models.CharField(max_length=10, choices=Verb.choices)
    subject_kind = models.CharField(max_length=30)
    subject_id = models.CharField(max_length=12)
    words = models.CharField(max_length=300, blank=True)
    opened_at = models.DateTimeField(default=clock.now)
    due_at = models.DateTimeField()
    # What the clock already did about it: how often its owner was reminded, since when the animation team sees it.
    reminders = models.PositiveSmallIntegerField(default=0)
    reminded_at = models.DateTimeField(null=True, blank=True)
    # When the clock reminds next; None once it has said what it had to say, and for the animation team.
    remind_at = models.DateTimeField(null=True, blank=True)
    escalated_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=8, choices=StepState.choices, default=StepState.OPEN)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = StepQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "verb", "subject_kind", "subject_id"],
                condition=Q(state=StepState.OPEN),
                name="step_open_once",
            ),
            models.UniqueConstraint(
                fields=["verb", "subject_kind", "subject_id"],
                condition=Q(state=StepState.OPEN, owner=None),
                name="step_team_open_once",
            ),
            models.CheckConstraint(
                condition=Q(state=StepState.OPEN, closed_at__isnull=True)
                | (~Q(state=StepState.OPEN) & Q(closed_at__isnull=False)),
                name="step_closed_dated",
            ),
        ]
        indexes = [
            models.Index(fields=["owner", "state", "due_at"], name="step_owner"),
            models.Index(fields=["subject_kind", "subject_id"], name="step_subject"),
            models.Index(fields=["due_at"], condition=Q(state=StepState.OPEN), name="step_due"),
            models.Index(fields=["remind_at"], condition=Q(state=StepState.OPEN), name="step_remind"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject_kind}:{self.subject_id}"

    @property
    def consequence(self) -> Any:
        """What happens when nobody does it (its network loaded beforehand)."""
        return consequence(self.verb, strict=self.network.is_strict)


class AttemptQuerySet(models.QuerySet["Attempt"]):
    def about(self, subject: Any) -> AttemptQuerySet:
        """Keep what was tried about one subject."""
        return self.filter(subject_kind=subject.subject_kind, subject_id=subject.public_id)

    def quiet(self, now: dt.datetime) -> AttemptQuerySet:
        """Keep those whose subject is still left the time to move."""
        return self.filter(quiet_until__gt=now)


class Attempt(Row):
    """What an animator did to get something moving: a call, a reminder, a word left; so that no one does it twice."""

    network = models.ForeignKey(Network, models.PROTECT, related_name="+")
    subject_kind = models.CharField(max_length=30)
    subject_id = models.CharField(max_length=12)
    # Who was called or reminded, when it was one person.
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=10, choices=AttemptKind.choices)
    words = models.TextField(blank=True)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    # Until when the subject leaves the animators' queue: the answer is given its time.
    quiet_until = models.DateTimeField(null=True, blank=True)

    objects = AttemptQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["subject_kind", "subject_id"], name="attempt_subject")]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_kind}:{self.subject_id}"


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def about(self, subject: Any) -> MeetingQuerySet:
        """Keep the meetings of one subject."""
        return self.filter(subject_kind=subject.subject_kind, subject_id=subject.public_id)

    def in_series(self, group: Any) -> MeetingQuerySet:
        """Keep the sessions of one group."""
        return self.filter(series_kind=group.subject_kind, series_id=group.public_id)

    def visible_to(self, person: Person) -> MeetingQuerySet:
        """Keep the meetings to which this person is invited."""
        return self.filter(attendances__person=person, attendances__left_at=None)

    def fixed_before(self, now: dt.datetime) -> MeetingQuerySet:
        """Keep dated meetings whose end is past and of which nobody said whether they took place."""
        return self.filter(state=MeetingState.FIXED, ends_at__lt=now)


class Meeting(Row):
    """One meeting of some people, with or without a date yet."""

    subject_kind = models.CharField(max_length=30)
    subject_id = models.CharField(max_length=12)
    network = models.ForeignKey(Network, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=14, choices=MeetingKind.choices)
    title = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=MeetingState.choices, default=MeetingState.UNDATED)
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    time_zone = models.CharField(max_length=40, default="Europe/Paris")
    mode = models.CharField(max_length=6, choices=Mode.choices, default=Mode.PHONE)
    place = models.CharField(max_length=300, blank=True)
    minutes = models.PositiveSmallIntegerField(default=DEFAULT_MINUTES)
    sequence = models.PositiveSmallIntegerField(default=0)
    # Who alone dates it and says who was there, for the session of a group; elsewhere everyone invited does.
    host = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    # The group whose sessions these are, when each session has a subject of its own: one calendar holds them all.
    series_kind = models.CharField(max_length=30, blank=True)
    series_id = models.CharField(max_length=12, blank=True)
    cancel_reason = models.TextField(blank=True)
    created_at = models.DateTimeField(default=clock.now)
    settled_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=[MeetingState.FIXED, MeetingState.HELD])
                | Q(starts_at__isnull=False, ends_at__isnull=False),
                name="meeting_fixed_is_dated",
            ),
            models.CheckConstraint(
                condition=Q(starts_at=None) | Q(ends_at__gt=F("starts_at")), name="meeting_ends_after_start"
            ),
            models.UniqueConstraint(
                fields=["subject_kind", "subject_id"],
                condition=Q(state__in=LIVE_MEETING),
                name="meeting_one_live_per_subject",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "ends_at"], name="meeting_state_end"),
            models.Index(fields=["series_kind", "series_id"], name="meeting_series"),
        ]

    def __str__(self) -> str:
        return self.title


class Attendance(models.Model):
    """A person invited to a meeting, and whether they were there."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="attendances")
    person = models.ForeignKey(Person, models.PROTECT, related_name="attendances")
    attended = models.BooleanField(null=True, blank=True)
    # They were there by telephone, the others around a table.
    by_phone = models.BooleanField(default=False)
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["meeting", "person"], name="attendance_once")]

    def __str__(self) -> str:
        return f"{self.person_id} @ {self.meeting_id}"


class Slot(Row):
    """One date proposed for a meeting."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="slots")
    starts_at = models.DateTimeField()
    proposed_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(default=clock.now)
    state = models.CharField(max_length=8, choices=SlotState.choices, default=SlotState.OPEN)

    class Meta:
        ordering = ["starts_at"]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M}"


class SlotYes(models.Model):
    """Someone for whom a proposed date suits; the date is fixed once it suits everyone."""

    slot = models.ForeignKey(Slot, models.PROTECT, related_name="yeses")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["slot", "person"], name="slot_yes_once")]

    def __str__(self) -> str:
        return f"{self.person_id} ✓ {self.slot_id}"


class PollQuerySet(models.QuerySet["Poll"]):
    def about(self, subject: Any) -> PollQuerySet:
        """Keep the polls of one subject."""
        return self.filter(subject_kind=subject.subject_kind, subject_id=subject.public_id)

    def visible_to(self, person: Person) -> PollQuerySet:
        """Keep the polls that ask this person, or that they opened."""
        asked = PollVoter.objects.filter(person=person)
        return self.filter(Q(pk__in=asked.values("poll")) | Q(opened_by=person))


class Poll(Row):
    """Dates put to several people at once, of which some will be kept; whoever is silent is not waited for."""

    subject_kind = models.CharField(max_length=30)
    subject_id = models.CharField(max_length=12)
    network = models.ForeignKey(Network, models.PROTECT, related_name="+")
    title = models.CharField(max_length=200)
    wanted = models.PositiveSmallIntegerField(default=1)
    minutes = models.PositiveSmallIntegerField(default=DEFAULT_MINUTES)
    time_zone = models.CharField(max_length=40, default="Europe/Paris")
    opened_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(default=clock.now)
    closes_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=PollState.choices, default=PollState.OPEN)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = PollQuerySet.as_manager()

    class Meta:
        ordering = ["opened_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["subject_kind", "subject_id"],
                condition=Q(state=PollState.OPEN),
                name="poll_one_open_per_subject",
            ),
            models.CheckConstraint(
                condition=Q(state=PollState.OPEN) | Q(closed_at__isnull=False), name="poll_closed_is_dated"
            ),
        ]
        indexes = [models.Index(fields=["subject_kind", "subject_id"], name="poll_subject")]

    def __str__(self) -> str:
        return self.title


class PollVoter(models.Model):
    """Someone whom a poll asks."""

    poll = models.ForeignKey(Poll, models.CASCADE, related_name="voters")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["poll", "person"], name="poll_voter_once")]

    def __str__(self) -> str:
        return f"{self.person_id} ? {self.poll_id}"


class PollDate(Row):
    """One date put to the vote."""

    poll = models.ForeignKey(Poll, models.CASCADE, related_name="dates")
    starts_at = models.DateTimeField()
    is_kept = models.BooleanField(default=False)

    class Meta:
        ordering = ["starts_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["poll", "starts_at"], name="poll_date_once")]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M}"


class PollVoice(models.Model):
    """What one person says of one date."""

    date = models.ForeignKey(PollDate, models.CASCADE, related_name="voices")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    answer = models.CharField(max_length=4, choices=Voice.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["date", "person"], name="poll_voice_once")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.answer} {self.date_id}"


class CalendarFeed(models.Model):
    """A private address at which one person reads their calendar, or that of one group; withdrawn at will."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="feeds")
    # The group whose meetings it holds; without one, all the meetings of the person.
    subject_kind = models.CharField(max_length=30, blank=True)
    subject_id = models.CharField(max_length=12, blank=True)
    secret = models.CharField(max_length=64, unique=True, default=new_secret)
    created_at = models.DateTimeField(default=clock.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "subject_kind", "subject_id"],
                condition=Q(withdrawn_at=None),
                name="feed_one_open",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.created_at:%Y-%m-%d}"


class BusyCalendar(models.Model):
    """The address of a calendar that a person gave, of which only the busy hours are kept."""

    person = models.OneToOneField(Person, models.PROTECT, related_name="+")
    url = models.CharField(max_length=1000)
    # [[start, end], …], ISO moments in UTC, in order; nothing else of the calendar is read or kept.
    busy = models.JSONField(default=list, blank=True)
    given_at = models.DateTimeField(default=clock.now)
    read_at = models.DateTimeField(null=True, blank=True)
    next_at = models.DateTimeField(default=clock.now)
    # Why the last reading failed, in words; empty when it went well.
    problem = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return f"{self.person_id} busy"

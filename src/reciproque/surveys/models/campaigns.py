"""Campaigns: a questionnaire sent to some people for a time; and each one's seat, that says only whether they answered."""

from __future__ import annotations

import datetime as dt

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from reciproque.kit import clock
from reciproque.kit.rows import Row
from reciproque.networks.models import Network
from reciproque.people.models import Person
from reciproque.surveys.models.answers import RandomKey
from reciproque.surveys.models.questionnaires import Questionnaire, Version
from reciproque.surveys.rules import LEAST, LEAST_MOST, CampaignState, Mode, SeatState, Split, Trigger


def _least() -> models.PositiveSmallIntegerField[int, int]:
    return models.PositiveSmallIntegerField(
        default=LEAST, validators=[MinValueValidator(LEAST), MaxValueValidator(LEAST_MOST)]
    )


class Floor(models.Model):
    """Of how many people at least a network tells anything; five, or more."""

    network = models.OneToOneField(Network, models.PROTECT, related_name="+")
    least = _least()
    chosen_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    chosen_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(least__gte=LEAST), name="floor_of_five")]

    def __str__(self) -> str:
        return f"{self.network_id}: {self.least}"


class CampaignQuerySet(models.QuerySet["Campaign"]):
    def open(self) -> CampaignQuerySet:
        """Keep those that receive answers."""
        return self.filter(state=CampaignState.OPEN)

    def to_open(self, now: dt.datetime) -> CampaignQuerySet:
        """Keep those whose day has come."""
        return self.filter(state=CampaignState.PLANNED, opens_at__lte=now)

    def to_close(self, now: dt.datetime) -> CampaignQuerySet:
        """Keep those whose time is over."""
        return self.open().filter(closes_at__lte=now)


class Campaign(Row):
    """A questionnaire sent: to whom, from when to when, in which mode, and what came out of it once it is closed."""

    subject_kind = "campaign"

    questionnaire = models.ForeignKey(Questionnaire, models.PROTECT, related_name="campaigns")
    network = models.ForeignKey(Network, models.PROTECT, related_name="+")
    # The version in force when it opened: nobody answers an older one.
    first_version = models.ForeignKey(Version, models.PROTECT, null=True, blank=True, related_name="+")
    trigger = models.CharField(max_length=8, choices=Trigger.choices)
    mode = models.CharField(max_length=12, choices=Mode.choices)
    # {"who": …, "role": …, "site": …, "unit": …, "group": …}: public identifiers
    audience = models.JSONField(default=dict)
    split = models.CharField(max_length=9, choices=Split.choices, blank=True)
    # The key of the question by whose answers the results are compared.
    split_question = models.CharField(max_length=40, blank=True)
    # Copied when it is planned: what was said to those who answered is never lowered afterwards.
    least = _least()
    # Whether those who were asked may read the results of all.
    shared = models.BooleanField(default=False)
    # Of one set off by an event: whether another one follows it when it closes.
    again = models.BooleanField(default=False)
    # The campaign asked of the same people before: pairs are made with it.
    before = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="after")
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    # How often it went on for as long again, because too few had answered.
    renewed = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=9, choices=CampaignState.choices, default=CampaignState.PLANNED)
    planned_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    planned_at = models.DateTimeField(default=clock.now)
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    # What may be told, worked out once when it closes: read again later it would tell who was added or erased.
    told = models.JSONField(null=True, blank=True)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        ordering = ["-opens_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(opens_at__lt=F("closes_at")), name="campaign_opens_first"),
            models.CheckConstraint(condition=Q(least__gte=LEAST), name="campaign_floor_of_five"),
            models.CheckConstraint(
                condition=Q(before=None) | Q(mode=Mode.CONFIDENTIAL), name="campaign_pairs_need_people"
            ),
            models.CheckConstraint(
                condition=Q(mode=Mode.CONFIDENTIAL) | Q(split__in=[Split.NONE, Split.QUESTION]),
                name="campaign_split_needs_people",
            ),
            models.CheckConstraint(
                condition=~Q(state=CampaignState.OPEN) | Q(opened_at__isnull=False),
                name="campaign_open_is_dated",
            ),
            models.CheckConstraint(
                condition=~Q(state=CampaignState.CLOSED) | Q(closed_at__isnull=False),
                name="campaign_closed_is_dated",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "closes_at"], name="campaign_state"),
            models.Index(fields=["network", "trigger", "state"], name="campaign_trigger"),
        ]

    def __str__(self) -> str:
        return f"{self.questionnaire_id} {self.opens_at:%Y-%m-%d}"

    @property
    def is_anonymous(self) -> bool:
        return self.mode == Mode.ANONYMOUS

    @property
    def titled(self) -> Questionnaire | Version:
        """What gives it its title: the version in force when it opened, whatever was published since."""
        return self.first_version or self.questionnaire

    @property
    def title(self) -> str:
        """Its title in the reader's language."""
        return self.titled.title

    @property
    def lasts(self) -> dt.timedelta:
        """How long it was planned to last, however often it went on."""
        return (self.closes_at - self.opens_at) / (self.renewed + 1)


class SeatQuerySet(models.QuerySet["Seat"]):
    def counted(self) -> SeatQuerySet:
        """Keep what counts as asked: who stepped out, or was given a paper code in their place, does not."""
        return self.exclude(state__in=[SeatState.WITHDRAWN, SeatState.ON_PAPER])

    def awaited(self) -> SeatQuerySet:
        """Keep those of whom an answer is still awaited."""
        return self.filter(state=SeatState.EXPECTED)

    def answered(self) -> SeatQuerySet:
        """Keep those who answered, as far as it is known."""
        return self.filter(state=SeatState.ANSWERED)


class Seat(models.Model):
    """Someone's place in a campaign. It says whether they answered, and on which day it became known; never what.

    Its key is random: rows are kept in the order of their keys, and say nothing of who answered when.
    """

    id = RandomKey(primary_key=True)
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="seats")
    # None: the place of a paper code, given to somebody without an address; or of someone who left the organisation.
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    # The print of a paper code, not the code.
    code_mark = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=9, choices=SeatState.choices, default=SeatState.EXPECTED)
    due_at = models.DateTimeField()
    # A day, never a moment; in the anonymous mode, the day on which five of them became known together.
    answered_on = models.DateField(null=True, blank=True)
    # Confidential only: the version begun. In the anonymous mode the page carries it, and no row does.
    version = models.ForeignKey(Version, models.PROTECT, null=True, blank=True, related_name="+")

    objects = SeatQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "person"], condition=Q(person__isnull=False), name="survey_seat_once"
            ),
            models.UniqueConstraint(
                fields=["code_mark"], condition=~Q(code_mark=""), name="survey_seat_code_once"
            ),
            models.CheckConstraint(
                condition=Q(state=SeatState.ANSWERED, answered_on__isnull=False)
                | (~Q(state=SeatState.ANSWERED) & Q(answered_on=None)),
                name="survey_seat_answered_is_dated",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "state"], name="survey_seat_person"),
            models.Index(fields=["state", "due_at"], name="survey_seat_due"),
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id} ({self.state})"

"""What is to be told to whom (the outbox), how each person wishes to be told, and the rooms of networks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from urllib.parse import urlsplit

from django.db import models
from django.db.models import F, Q

from reciproque.catalogue.models import Post
from reciproque.kit import clock
from reciproque.kit.rows import Row
from reciproque.networks.models import Network
from reciproque.notices.rules import (
    BROADCAST_SUBJECT_MAX,
    MAX_FAILURES,
    SUBJECT_MAX,
    TAKEN,
    TO_LEAVE,
    UNDELIVERED,
    WEEK,
    Category,
    Channel,
    HookKind,
    OutgoingState,
    Rhythm,
)
from reciproque.people.models import Person
from reciproque.people.rules import LANGUAGES


class Hook(Row):
    """A room of a chat program that is told the life of a network; its address is a secret."""

    subject_kind = "hook"

    network = models.ForeignKey(Network, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=HookKind.choices)
    name = models.CharField(max_length=80, blank=True)
    url = models.CharField(max_length=2000)
    # Values of rules.HookTopic.
    topics = models.JSONField(default=list)
    language = models.CharField(max_length=2, choices=LANGUAGES, default="fr")
    is_active = models.BooleanField(default=True)
    added_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=clock.now)
    removed_at = models.DateTimeField(null=True, blank=True)
    last_at = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(blank=True)
    failures = models.PositiveSmallIntegerField(default=0)
    # Until when posts and figures were told, so that nothing is told twice or forgotten.
    posts_until = models.DateTimeField(null=True, blank=True)
    figures_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["added_at", "pk"]

    def __str__(self) -> str:
        return f"{self.kind}: {self.name or self.host}"

    @property
    def host(self) -> str:
        """The site where the room is: all that may be shown of the address."""
        return urlsplit(self.url).hostname or ""


class OutgoingQuerySet(models.QuerySet["Outgoing"]):
    def visible_to(self, person: Person) -> OutgoingQuerySet:
        """Keep what was written to this person."""
        return self.filter(person=person, channel=Channel.EMAIL)

    def due(self, now: dt.datetime) -> OutgoingQuerySet:
        """Keep what is to leave now, urgent then oldest first; what a worker took and never settled too.

        Nothing of a channel whose server does not answer.
        """
        closed = Lane.objects.filter(closed_until__gt=now).values("channel")
        rows = self.filter(state__in=TO_LEAVE, run_after__lte=now).exclude(channel__in=closed)
        return rows.order_by("-urgent", "run_after", "pk")

    def held(self) -> OutgoingQuerySet:
        """Keep the e-mails kept for a letter that holds several."""
        return self.filter(state=OutgoingState.HELD, channel=Channel.EMAIL)

    def left_this_week(self, people: Iterable[int], now: dt.datetime) -> OutgoingQuerySet:
        """Keep the e-mails that these people received in the last seven days, with those leaving right now."""
        return self.filter(
            Q(state__in=TAKEN, sent_at__gt=now - WEEK) | Q(state=OutgoingState.SENDING, run_after__gt=now),
            person__in=people,
            channel=Channel.EMAIL,
        )


class Outgoing(Row):
    """One message by one channel to one person or one room: written once, sent until it is taken."""

    # The fact by its number, without a key: the journal keeps no trace of who reads it. None: a letter made of several.
    fact_id = models.BigIntegerField(null=True, blank=True)
    fact_name = models.CharField(max_length=60)
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    hook = models.ForeignKey(Hook, models.PROTECT, null=True, blank=True, related_name="+")
    network = models.ForeignKey(Network, models.PROTECT, null=True, blank=True, related_name="+")
    channel = models.CharField(max_length=8, choices=Channel.choices, default=Channel.EMAIL)
    category = models.CharField(max_length=10, choices=Category.choices, default=Category.EXCHANGES)
    urgent = models.BooleanField(default=False)
    language = models.CharField(max_length=2, choices=LANGUAGES, default="fr")
    subject = models.CharField(max_length=SUBJECT_MAX)
    text = models.TextField()
    html = models.TextField()
    # What the letter is made of, to write it again among others: sentences, quote, deadline, answers, act.
    parts = models.JSONField(default=dict, blank=True)
    url = models.CharField(max_length=400, blank=True)
    ics = models.TextField(blank=True)
    ics_method = models.CharField(max_length=10, blank=True)
    state = models.CharField(max_length=11, choices=OutgoingState.choices, default=OutgoingState.WAITING)
    at = models.DateTimeField(default=clock.now)
    run_after = models.DateTimeField(default=clock.now)
    tries = models.PositiveSmallIntegerField(default=0)
    # Written just before the last point of the message is given to the server: from here to its answer, nobody knows.
    handed_at = models.DateTimeField(null=True, blank=True)
    doubts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    # When it was put in a letter with others: that letter bears the same moment.
    grouped_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)

    objects = OutgoingQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["fact_id", "person", "channel"], name="outgoing_once"),
            models.UniqueConstraint(fields=["fact_id", "hook"], name="outgoing_room_once"),
            models.CheckConstraint(
                condition=Q(person__isnull=False, hook__isnull=True)
                | Q(person__isnull=True, hook__isnull=False, channel=Channel.CHAT),
                name="outgoing_to_one",
            ),
            models.CheckConstraint(
                condition=Q(state__in=TAKEN, sent_at__isnull=False)
                | (~Q(state__in=TAKEN) & Q(sent_at__isnull=True)),
                name="outgoing_sent_is_dated",
            ),
        ]
        indexes = [
            models.Index(
                fields=["run_after", "id"], condition=Q(state__in=TO_LEAVE), name="outgoing_leaving"
            ),
            models.Index(
                fields=["run_after", "person"], condition=Q(state=OutgoingState.HELD), name="outgoing_held"
            ),
            models.Index(fields=["person", "-at"], name="outgoing_person"),
            models.Index(fields=["person", "sent_at"], condition=Q(state__in=TAKEN), name="outgoing_taken"),
            models.Index(
                fields=["network", "-at"], condition=Q(state__in=UNDELIVERED), name="outgoing_unreached"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.fact_name} → {self.person_id or self.hook_id} ({self.state})"


class Preference(models.Model):
    """How one person wishes to be told; without a row, by e-mail, at once, about everything."""

    person = models.OneToOneField(Person, models.PROTECT, related_name="+")
    rhythm = models.CharField(max_length=8, choices=Rhythm.choices, default=Rhythm.AT_ONCE)
    # Categories not wanted by e-mail, and on devices.
    muted = models.JSONField(default=list, blank=True)
    push_muted = models.JSONField(default=list, blank=True)
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)
    paused_until = models.DateTimeField(null=True, blank=True)
    # New offers and requests at the end of the weekly letter, and when that letter is due.
    news = models.BooleanField(default=True)
    digest_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="preference_quiet_hours_whole",
            )
        ]
        indexes = [
            models.Index(fields=["digest_at"], condition=Q(rhythm=Rhythm.WEEKLY), name="preference_digest")
        ]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.rhythm}"


class PushSubscription(Row):
    """A browser or a telephone on which somebody asked to be told."""

    subject_kind = "push_subscription"

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    endpoint = models.CharField(max_length=1000, unique=True)
    p256dh = models.CharField(max_length=120)
    auth = models.CharField(max_length=60)
    agent = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    # When the service said that the device receives nothing any more, or refused too many times.
    failed_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(failures__lte=MAX_FAILURES) | Q(failed_at__isnull=False),
                name="push_given_up_is_dated",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.agent}"


class AddressTroubleQuerySet(models.QuerySet["AddressTrouble"]):
    def current(self) -> AddressTroubleQuerySet:
        """Keep the troubles of addresses that are still their person's: a new address starts afresh."""
        return self.filter(cleared_at=None, person__email__iexact=F("address"))


class AddressTrouble(Row):
    """An address that receives nothing any more, as a mail server said."""

    subject_kind = "address_trouble"

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    address = models.CharField(max_length=254)
    since = models.DateTimeField(default=clock.now)
    words = models.TextField(blank=True)
    cleared_at = models.DateTimeField(null=True, blank=True)
    cleared_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")

    objects = AddressTroubleQuerySet.as_manager()

    class Meta:
        ordering = ["-since", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "address"], condition=Q(cleared_at=None), name="address_trouble_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.words[:60]}"


class Broadcast(Row):
    """What the animation team wrote to a part of a network."""

    subject_kind = "broadcast"

    network = models.ForeignKey(Network, models.PROTECT, related_name="+")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    subject = models.CharField(max_length=BROADCAST_SUBJECT_MAX)
    text = models.TextField()
    # {"who": Segment, "site": public id, "unit": public id, "days": number}
    segment = models.JSONField(default=dict)
    count = models.PositiveIntegerField()
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.subject} ({self.count})"


class Shown(models.Model):
    """How often a post stood in the news of letters: the least shown come first."""

    post = models.OneToOneField(Post, models.PROTECT, related_name="+")
    times = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"{self.post_id}: {self.times}"


class Lane(models.Model):
    """Whether the mail server answers: while it does not, nothing is tried and nothing loses its place."""

    channel = models.CharField(max_length=8, choices=Channel.choices, unique=True)
    down_since = models.DateTimeField()
    closed_until = models.DateTimeField()
    words = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"{self.channel} down since {self.down_since}"

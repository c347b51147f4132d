"""Fairs and spotting sessions, who comes, what is typed in them; and the path one follows alone."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from reciproque.catalogue.models import Post
from reciproque.catalogue.rules import TITLE_MAX, Kind
from reciproque.exchanges.models import Introduction
from reciproque.gatherings.rules import (
    NAME_MAX,
    PLACE_MAX,
    Answer,
    Consent,
    EntryState,
    GatheringKind,
    GatheringState,
    NameShown,
)
from reciproque.kit import clock
from reciproque.kit.rows import Row
from reciproque.networks.models import Membership, Network, PoolMember, RoleGrant
from reciproque.networks.rules import Role
from reciproque.people.models import Person


class GatheringQuerySet(models.QuerySet["Gathering"]):
    def visible_to(self, person: Person) -> GatheringQuerySet:
        """Keep those of the networks this person belongs to, animates or helps."""
        if not person.is_active:
            return self.none()
        if person.is_superuser:
            return self.all()
        mine = Membership.objects.current().filter(person=person).values("network")
        roles = RoleGrant.objects.held().filter(person=person, role=Role.ANIMATOR).values("network")
        helped = PoolMember.objects.filter(person=person, left_at=None).values("network")
        return self.filter(Q(network__in=mine) | Q(network__in=roles) | Q(network__in=helped))

    def coming(self) -> GatheringQuerySet:
        """Keep what is still to come or under way."""
        return self.filter(state__in=[GatheringState.PLANNED, GatheringState.OPEN])


class Gathering(Row):
    """A fair, or a group session of spotting: a date, a place, and what is said there."""

    subject_kind = "gathering"

    network = models.ForeignKey(Network, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=GatheringKind.choices)
    state = models.CharField(max_length=9, choices=GatheringState.choices, default=GatheringState.PLANNED)
    title = models.CharField(_("titre"), max_length=TITLE_MAX)
    words = models.TextField(_("présentation"), blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    time_zone = models.CharField(max_length=40, default="Europe/Paris")
    place = models.CharField(_("lieu"), max_length=PLACE_MAX)
    announced = models.BooleanField(default=False)
    planned_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    planned_at = models.DateTimeField(default=clock.now)
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    # What nobody confirmed has been erased.
    cleared_at = models.DateTimeField(null=True, blank=True)
    # Counts every change of what the screens show: they are answered "nothing new" while it stays the same.
    version = models.PositiveIntegerField(default=0)

    objects = GatheringQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="gathering_ends_after_start",
                violation_error_message=_("La fin vient après le début."),
            ),
            models.CheckConstraint(
                condition=~Q(state=GatheringState.OPEN) | Q(opened_at__isnull=False),
                name="gathering_open_is_dated",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[GatheringState.CLOSED, GatheringState.CANCELLED])
                | Q(closed_at__isnull=False),
                name="gathering_closed_is_dated",
            ),
        ]
        indexes = [models.Index(fields=["network", "state", "starts_at"], name="gathering_network")]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        return self.state == GatheringState.OPEN

    def as_told(self) -> dict[str, str]:
        """What the messages say of it."""
        return {
            "title": self.title,
            "place": self.place,
            "gathering_kind": self.kind,
            "starts_at": self.starts_at.isoformat(),
            "ends_at": self.ends_at.isoformat(),
            "zone": self.time_zone,
            "opens_on": self.starts_at.astimezone(ZoneInfo(self.time_zone)).date().isoformat(),
        }


class Participant(Row):
    """Someone of a gathering: a member, or a guest known by a name (and an address, only to invite them)."""

    gathering = models.ForeignKey(Gathering, models.PROTECT, related_name="participants")
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=NAME_MAX, blank=True)
    folded = models.CharField(max_length=NAME_MAX * 2, blank=True)
    email = models.EmailField(blank=True)
    answer = models.CharField(max_length=3, choices=Answer.choices, blank=True, default=Answer.UNSAID)
    answered_at = models.DateTimeField(null=True, blank=True)
    here_at = models.DateTimeField(null=True, blank=True)
    shown = models.CharField(max_length=5, choices=NameShown.choices, default=NameShown.NONE)
    consent_asked_at = models.DateTimeField(null=True, blank=True)
    invited_at = models.DateTimeField(null=True, blank=True)
    noted_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["gathering", "person"],
                condition=Q(person__isnull=False),
                name="participant_person_once",
            ),
            models.UniqueConstraint(
                fields=["gathering", "folded"], condition=Q(person=None), name="participant_guest_once"
            ),
            models.CheckConstraint(
                condition=Q(person__isnull=False, name="", folded="", email="")
                | Q(person=None) & ~Q(name="") & ~Q(folded=""),
                name="participant_is_someone",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id or self.name} @ {self.gathering_id}"

    @property
    def display_name(self) -> str:
        return self.person.display_name if self.person else self.name


class Entry(Row):
    """One savoir typed in a gathering; an offer or a request once its person has agreed."""

    subject_kind = "entry"

    gathering = models.ForeignKey(Gathering, models.PROTECT, related_name="entries")
    # Made by the browser, so that what is sent twice is kept once.
    key = models.CharField(max_length=12)
    participant = models.ForeignKey(Participant, models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    words = models.CharField(max_length=TITLE_MAX)
    state = models.CharField(max_length=9, choices=EntryState.choices, default=EntryState.NOTED)
    version = models.PositiveSmallIntegerField(default=1)
    typed_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    typed_at = models.DateTimeField(default=clock.now)
    changed_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    changed_at = models.DateTimeField(default=clock.now)
    consent = models.CharField(max_length=6, choices=Consent.choices, blank=True)
    consented_at = models.DateTimeField(null=True, blank=True)
    consent_noted_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    post = models.ForeignKey(Post, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["gathering", "key"], name="entry_key_once"),
            models.CheckConstraint(
                condition=~Q(state=EntryState.PUBLISHED)
                | Q(post__isnull=False, consented_at__isnull=False, consent_noted_by__isnull=False)
                & ~Q(consent=""),
                name="entry_published_with_consent",
            ),
        ]
        indexes = [models.Index(fields=["gathering", "state", "kind"], name="entry_gathering")]

    def __str__(self) -> str:
        return self.words

    @property
    def is_offer(self) -> bool:
        return self.kind == Kind.OFFER


class Match(models.Model):
    """What lights up: an entry, and what answers it, another entry of the gathering or a post of the network."""

    gathering = models.ForeignKey(Gathering, models.PROTECT, related_name="matches")
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="matches")
    other = models.ForeignKey(Entry, models.PROTECT, null=True, blank=True, related_name="+")
    post = models.ForeignKey(Post, models.PROTECT, null=True, blank=True, related_name="+")
    score = models.PositiveSmallIntegerField()  # closeness, 0 to 10,000
    found_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-score", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "other"], condition=Q(post=None), name="match_entries_once"
            ),
            models.UniqueConstraint(
                fields=["entry", "post"], condition=Q(other=None), name="match_post_once"
            ),
            models.CheckConstraint(
                condition=Q(other__isnull=False, post=None) | Q(other=None, post__isnull=False),
                name="match_has_one_other_side",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} ~ {self.other_id or self.post_id}"


class Made(models.Model):
    """An introduction made on the spot, in a gathering."""

    gathering = models.ForeignKey(Gathering, models.PROTECT, related_name="made")
    introduction = models.OneToOneField(Introduction, models.PROTECT, related_name="+")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.introduction_id} @ {self.gathering_id}"


class SpottingQuerySet(models.QuerySet["Spotting"]):
    def visible_to(self, person: Person) -> SpottingQuerySet:
        """Keep one's own: nobody else ever reads it."""
        return self.filter(person=person)


class Spotting(Row):
    """One person's path through the questions, in one network; private."""

    subject_kind = "spotting"

    network = models.ForeignKey(Network, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    started_at = models.DateTimeField(default=clock.now)
    changed_at = models.DateTimeField(default=clock.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = SpottingQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["network", "person"], name="spotting_once")]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.network_id}"


class SpottingAnswer(models.Model):
    """What someone wrote to one question, saved as they type."""

    spotting = models.ForeignKey(Spotting, models.PROTECT, related_name="answers")
    question = models.CharField(max_length=12)
    words = models.TextField(blank=True)
    lines = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["spotting", "question"], name="answer_once")]

    def __str__(self) -> str:
        return f"{self.question} of {self.spotting_id}"


class Savoir(Row):
    """One savoir drawn out by an answer; its identifier becomes that of the draft."""

    spotting = models.ForeignKey(Spotting, models.PROTECT, related_name="savoirs")
    question = models.CharField(max_length=12)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    words = models.CharField(max_length=TITLE_MAX)
    folded = models.CharField(max_length=TITLE_MAX * 2)
    post = models.ForeignKey(Post, models.SET_NULL, null=True, blank=True, related_name="+")
    # A draft was made of it once: withdrawn since, it does not come back.
    drafted_at: Any = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["spotting", "question", "folded"], name="savoir_once")]

    def __str__(self) -> str:
        return self.words

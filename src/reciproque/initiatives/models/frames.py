"""A learning network: its frame, the results expected of it, the panel that ranks them, its committee."""

from __future__ import annotations

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from reciproque.initiatives.rules import (
    ANSWER_DAYS,
    LINE_MAX,
    POINTS_EACH,
    TITLE_MAX,
    Horizon,
    Phase,
    TiedTo,
    VoteMethod,
)
from reciproque.kit import clock
from reciproque.kit.rows import Row
from reciproque.kit.tokens import new_secret
from reciproque.networks.models import Membership, Network, RoleGrant
from reciproque.people.models import Person


def readable_networks(person: Person) -> Q:
    """Return which networks' learning life this person reads: those of which they are a member or hold a role."""
    mine = Membership.objects.current().filter(person=person).values("network")
    roles = RoleGrant.objects.held().filter(person=person).values("network")
    return Q(network__in=mine) | Q(network__in=roles)


class FrameQuerySet(models.QuerySet["Frame"]):
    def visible_to(self, person: Person) -> FrameQuerySet:
        """Keep the learning networks that this person belongs to or helps to run."""
        if not person.is_active:
            return self.none()
        if person.is_superuser:
            return self.all()
        panel = Panelist.objects.filter(person=person, left_at=None).values("frame")
        committee = CommitteeMember.objects.filter(person=person, left_at=None).values("frame")
        return self.filter(readable_networks(person) | Q(pk__in=panel) | Q(pk__in=committee))


class InFrame(models.QuerySet[Any]):
    """Rows of a learning network, read by those who read it."""

    def visible_to(self, person: Person) -> InFrame:
        """Keep those of the learning networks this person belongs to or helps to run."""
        return self.filter(frame__in=Frame.objects.visible_to(person))


class Frame(Row):
    """What a network is for when it is a learning network: sponsor's vision, phase, vote, delays, protected period."""

    subject_kind = "frame"

    network = models.OneToOneField(Network, models.PROTECT, related_name="+")
    phase = models.CharField(max_length=6, choices=Phase.choices, default=Phase.FRAME)
    sponsor = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    vision = models.TextField(_("vision"), blank=True)
    # The hierarchy's part: who is informed, of what, when.
    hierarchy = models.TextField(_("part de la hiérarchie"), blank=True)
    mandate = models.TextField(_("mandat du comité"), blank=True)
    method = models.CharField(max_length=9, choices=VoteMethod.choices, default=VoteMethod.JUDGEMENT)
    points_each = models.PositiveSmallIntegerField(default=POINTS_EACH)
    vote_closes_at = models.DateTimeField(null=True, blank=True)
    vote_closed_at = models.DateTimeField(null=True, blank=True)
    # Until then nothing is due from a group; due dates bind those who must answer.
    protected_until = models.DateField(null=True, blank=True)
    answer_days = models.PositiveSmallIntegerField(
        default=ANSWER_DAYS, validators=[MinValueValidator(1), MaxValueValidator(120)]
    )
    opened_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(default=clock.now)
    closed_at = models.DateTimeField(null=True, blank=True)
    # What the committee chose to show to the whole organisation: names of blocks.
    shown = models.JSONField(default=list, blank=True)

    objects = FrameQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(phase=Phase.PANEL) | Q(vote_closes_at__isnull=False), name="frame_vote_is_dated"
            ),
            models.CheckConstraint(
                condition=~Q(phase=Phase.OVER) | Q(closed_at__isnull=False), name="frame_over_is_dated"
            ),
        ]

    def __str__(self) -> str:
        return f"frame of {self.network_id}"


class ExpectedResult(Row):
    """One result expected of the network, with its measure; ranked by the panel, it becomes a theme."""

    subject_kind = "result"

    frame = models.ForeignKey(Frame, models.PROTECT, related_name="results")
    title = models.CharField(max_length=TITLE_MAX)
    words = models.TextField(blank=True)
    tied_to = models.CharField(max_length=8, choices=TiedTo.choices)
    horizon = models.CharField(max_length=6, choices=Horizon.choices)
    measure = models.CharField(max_length=LINE_MAX, blank=True)
    start_value = models.CharField(max_length=60, blank=True)
    target = models.CharField(max_length=60, blank=True)
    value_now = models.CharField(max_length=60, blank=True)
    value_on = models.DateField(null=True, blank=True)
    proposed_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    rank = models.PositiveSmallIntegerField(null=True, blank=True)
    is_theme = models.BooleanField(default=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = InFrame.as_manager()

    class Meta:
        ordering = ["rank", "pk"]

    def __str__(self) -> str:
        return self.title


class Panelist(models.Model):
    """Someone of the panel that debates and ranks the expected results."""

    frame = models.ForeignKey(Frame, models.PROTECT, related_name="panel")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    # Makes the order in which they read the results: their own, and the same each time.
    seed = models.CharField(max_length=64, default=new_secret)
    invited_at = models.DateTimeField(default=clock.now)
    voted_at = models.DateTimeField(null=True, blank=True)
    # Left the network: what they voted counts, and they read no more.
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["frame", "person"], name="panelist_once")]

    def __str__(self) -> str:
        return f"{self.person_id} votes in {self.frame_id}"


class Ballot(models.Model):
    """What one panel member says of one result, and why."""

    panelist = models.ForeignKey(Panelist, models.PROTECT, related_name="ballots")
    result = models.ForeignKey(ExpectedResult, models.PROTECT, related_name="ballots")
    # A mention, 0 (worst) to 5 (best), or a number of points: as the frame's method says.
    value = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=LINE_MAX, blank=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["panelist", "result"], name="ballot_once")]

    def __str__(self) -> str:
        return f"{self.panelist_id} → {self.result_id}"


class Remark(Row):
    """A word of the panel's debate about a result."""

    result = models.ForeignKey(ExpectedResult, models.PROTECT, related_name="remarks")
    author = models.ForeignKey(Person, models.PROTECT, related_name="+")
    words = models.TextField()
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.author_id} @ {self.result_id}"


class CommitteeMember(models.Model):
    """Someone of the influence and steering committee: orients, supports, lifts obstacles, answers."""

    frame = models.ForeignKey(Frame, models.PROTECT, related_name="committee")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    role = models.CharField(max_length=TITLE_MAX, blank=True)
    # What waits for the committee is expected of its chair, or of the next one when it is the chair's own.
    chairs = models.BooleanField(default=False)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["frame", "person"], condition=Q(left_at=None), name="committee_member_once"
            ),
            models.UniqueConstraint(
                fields=["frame"], condition=Q(left_at=None, chairs=True), name="committee_one_chair"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} steers {self.frame_id}"

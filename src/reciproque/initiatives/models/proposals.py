"""Proposals: their versions, their authors, the changes proposed to them, and who follows what."""

from __future__ import annotations

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from reciproque.initiatives.models.experiments import Experiment
from reciproque.initiatives.models.frames import ExpectedResult, Frame, InFrame
from reciproque.initiatives.models.groups import Problem, WorkGroup, WorkGroupMember
from reciproque.initiatives.rules import (
    LINE_MAX,
    PROPOSAL_ANSWERED,
    TITLE_MAX,
    AuthorState,
    ProposalState,
    TiedTo,
)
from reciproque.kit import clock
from reciproque.kit.rows import Row
from reciproque.library.models import Sheet
from reciproque.networks.models import RoleGrant
from reciproque.networks.rules import Role
from reciproque.people.models import Person


class ProposalQuerySet(InFrame):
    def visible_to(self, person: Person) -> ProposalQuerySet:
        """Keep those of one's learning networks; one never submitted, for its authors, its group, the animators only.

        Also once it is withdrawn, or put away with the end of its network.
        """
        rows = self.filter(frame__in=Frame.objects.visible_to(person))
        if person.is_superuser:
            return rows
        signed = ProposalAuthor.objects.filter(
            person=person, state__in=[AuthorState.INVITED, AuthorState.ACCEPTED]
        )
        groups = WorkGroupMember.objects.filter(person=person, left_at=None).values("group")
        animated = RoleGrant.objects.held().filter(person=person, role=Role.ANIMATOR).values("network")
        mine = Q(pk__in=signed.values("proposal")) | Q(group__in=groups) | Q(frame__network__in=animated)
        return rows.filter(Q(submitted_at__isnull=False) | mine)


class Proposal(Row):
    """A proposal: it never stays without a dated, reasoned answer."""

    subject_kind = "proposal"

    frame = models.ForeignKey(Frame, models.PROTECT, related_name="proposals")
    group = models.ForeignKey(WorkGroup, models.PROTECT, null=True, blank=True, related_name="proposals")
    theme = models.ForeignKey(ExpectedResult, models.PROTECT, null=True, blank=True, related_name="+")
    origin = models.ForeignKey(Problem, models.PROTECT, null=True, blank=True, related_name="proposals")
    title = models.CharField(max_length=TITLE_MAX)
    state = models.CharField(max_length=9, choices=ProposalState.choices, default=ProposalState.DRAFT)
    problem = models.TextField(_("problème"), blank=True)
    words = models.TextField(_("proposition"), blank=True)
    gains = models.TextField(_("qui y gagne"), blank=True)
    cost = models.TextField(_("coût"), blank=True)
    tied_to = models.CharField(max_length=8, choices=TiedTo.choices, blank=True)
    experiments = models.ManyToManyField(Experiment, related_name="proposals", blank=True)
    sheets = models.ManyToManyField(Sheet, related_name="+", blank=True)
    version = models.PositiveSmallIntegerField(default=1)
    written_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=clock.now)
    submitted_at = models.DateTimeField(null=True, blank=True)
    # The committee's last answer: no state that follows one is reached without it.
    answered_at = models.DateTimeField(null=True, blank=True)
    # When the committee's answer is due; for what is deferred, when it is taken up again; once validated, when
    # someone is to be named to carry it out.
    due_at = models.DateTimeField(null=True, blank=True)
    # Carrying out: who, how far, when it is looked at again.
    owner = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    percent = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(100)])
    review_on = models.DateField(null=True, blank=True)
    outcome = models.TextField(blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    key = models.CharField(max_length=32, blank=True)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        ordering = ["-written_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=[ProposalState.SUBMITTED, ProposalState.DEFERRED])
                | Q(submitted_at__isnull=False, due_at__isnull=False),
                name="proposal_awaiting_is_due",
            ),
            models.CheckConstraint(
                condition=~Q(state=ProposalState.CARRYING) | Q(owner__isnull=False, review_on__isnull=False),
                name="proposal_carried_by_someone",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=PROPOSAL_ANSWERED) | Q(answered_at__isnull=False),
                name="proposal_answered_is_dated",
            ),
            models.UniqueConstraint(
                fields=["frame", "written_by", "key"], condition=~Q(key=""), name="proposal_key_once"
            ),
        ]
        indexes = [models.Index(fields=["frame", "state"], name="proposal_frame_state")]

    def __str__(self) -> str:
        return self.title


class ProposalVersion(models.Model):
    """A proposal as it was submitted, kept so that differences can be read."""

    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    # title, problem, words, gains, cost
    parts = models.JSONField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["proposal", "number"]
        constraints = [models.UniqueConstraint(fields=["proposal", "number"], name="proposal_version_once")]

    def __str__(self) -> str:
        return f"{self.proposal_id} v{self.number}"


class ProposalAuthor(models.Model):
    """Someone who signs a proposal, once they accepted to."""

    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="authors")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=AuthorState.choices, default=AuthorState.INVITED)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["proposal", "person"], name="proposal_author_once")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.state}"


class Amendment(Row):
    """A change that a member proposes to a proposal; its authors take it or not, with a word."""

    subject_kind = "amendment"

    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="amendments")
    author = models.ForeignKey(Person, models.PROTECT, related_name="+")
    words = models.TextField()
    at = models.DateTimeField(default=clock.now)
    taken = models.BooleanField(null=True, blank=True)
    answer = models.CharField(max_length=LINE_MAX, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.author_id} on {self.proposal_id}"


class Follower(models.Model):
    """Someone who asked to be told what becomes of a proposal or an experiment."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    proposal = models.ForeignKey(Proposal, models.CASCADE, null=True, blank=True, related_name="followers")
    experiment = models.ForeignKey(
        Experiment, models.CASCADE, null=True, blank=True, related_name="followers"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "proposal"], condition=Q(proposal__isnull=False), name="follower_proposal"
            ),
            models.UniqueConstraint(
                fields=["person", "experiment"],
                condition=Q(experiment__isnull=False),
                name="follower_experiment",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} follows"

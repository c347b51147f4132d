"""Learning networks: frame and vote, committee, launch day, groups, experiments, proposals and their answers, bulletin."""

from __future__ import annotations

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length, Trim
from django.db.models.lookups import GreaterThan
from django.utils.translation import gettext_lazy as _

from reciproque.initiatives.rules import (
    ANSWER_DAYS,
    LINE_MAX,
    POINTS_EACH,
    PROPOSAL_ANSWERED,
    SEATS_MOST,
    TITLE_MAX,
    AnswerKind,
    AuthorState,
    BulletinState,
    DayState,
    Decision,
    ExperimentState,
    GroupState,
    Horizon,
    MergeState,
    Met,
    ObstacleState,
    Phase,
    ProblemKind,
    ProblemState,
    ProposalState,
    SignState,
    TiedTo,
    VoteMethod,
)
from reciproque.kit import clock
from reciproque.kit.rows import Row
from reciproque.kit.tokens import new_secret
from reciproque.library.models import Sheet
from reciproque.networks.models import Membership, Network, RoleGrant
from reciproque.networks.rules import Role
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


class HierarchyNote(Row):
    """What someone of the hierarchy is to be told, by when, and whether they acknowledged it."""

    subject_kind = "note_up"

    frame = models.ForeignKey(Frame, models.PROTECT, related_name="notes")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    what = models.TextField()
    due_on = models.DateField()
    written_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(null=True, blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    # Given up before it left, and why.
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancel_reason = models.CharField(max_length=LINE_MAX, blank=True)

    objects = InFrame.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(cancelled_at=None) | Q(sent_at=None) & ~Q(cancel_reason=""),
                name="note_up_cancelled_unsent",
            )
        ]

    def __str__(self) -> str:
        return f"note to {self.person_id}"


class PostureCheck(models.Model):
    """What one committee member says of the committee's own posture, twice a year."""

    frame = models.ForeignKey(Frame, models.PROTECT, related_name="postures")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    season = models.CharField(max_length=7)  # e.g. 2026-S1
    listens = models.PositiveSmallIntegerField(validators=[MaxValueValidator(4)])
    lifts = models.PositiveSmallIntegerField(validators=[MaxValueValidator(4)])
    answers = models.PositiveSmallIntegerField(validators=[MaxValueValidator(4)])
    words = models.TextField(blank=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["frame", "person", "season"], name="posture_once")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.season}"


class WorkGroup(Row):
    """A working group: volunteers of every level around a theme, with a facilitator from the pool."""

    subject_kind = "work_group"

    frame = models.ForeignKey(Frame, models.PROTECT, related_name="groups")
    name = models.CharField(max_length=TITLE_MAX)
    theme = models.ForeignKey(ExpectedResult, models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=7, choices=GroupState.choices, default=GroupState.FORMING)
    facilitator = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField(default=clock.now)
    made_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = InFrame.as_manager()

    class Meta:
        ordering = ["made_at", "pk"]

    def __str__(self) -> str:
        return self.name


class WorkGroupMember(models.Model):
    """Someone of a working group."""

    group = models.ForeignKey(WorkGroup, models.PROTECT, related_name="members")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    # Said by themselves: they know the trade that the theme is about, they work in the field…
    brings = models.JSONField(default=list, blank=True)
    joined_at = models.DateTimeField(default=clock.now)
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["joined_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["group", "person"], condition=Q(left_at=None), name="work_group_member_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.group_id}"


class CheckIn(models.Model):
    """A word after a session of a group: how we listened, who spoke, what we learned."""

    group = models.ForeignKey(WorkGroup, models.PROTECT, related_name="check_ins")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    on = models.DateField()
    listened = models.PositiveSmallIntegerField(validators=[MaxValueValidator(4)])
    all_spoke = models.PositiveSmallIntegerField(validators=[MaxValueValidator(4)])
    individual = models.TextField(blank=True)
    collective = models.TextField(blank=True)
    organisational = models.TextField(blank=True)

    class Meta:
        ordering = ["on", "pk"]
        constraints = [models.UniqueConstraint(fields=["group", "person", "on"], name="check_in_once")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.on}"


class Problem(Row):
    """A question from the management, or a problem that a group takes up by itself."""

    subject_kind = "problem"

    frame = models.ForeignKey(Frame, models.PROTECT, related_name="problems")
    kind = models.CharField(max_length=8, choices=ProblemKind.choices)
    title = models.CharField(max_length=TITLE_MAX)
    words = models.TextField(blank=True)
    theme = models.ForeignKey(ExpectedResult, models.PROTECT, null=True, blank=True, related_name="+")
    group = models.ForeignKey(WorkGroup, models.PROTECT, null=True, blank=True, related_name="problems")
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)
    state = models.CharField(max_length=8, choices=ProblemState.choices, default=ProblemState.OPEN)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged")
    answer = models.TextField(blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    objects = InFrame.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]

    def __str__(self) -> str:
        return self.title


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


class Experiment(Row):
    """A field experiment: a hypothesis, criteria written before it starts, a result, a decision and a lesson."""

    subject_kind = "experiment"

    frame = models.ForeignKey(Frame, models.PROTECT, related_name="experiments")
    group = models.ForeignKey(WorkGroup, models.PROTECT, null=True, blank=True, related_name="experiments")
    theme = models.ForeignKey(ExpectedResult, models.PROTECT, null=True, blank=True, related_name="+")
    problem = models.ForeignKey(Problem, models.PROTECT, null=True, blank=True, related_name="+")
    title = models.CharField(max_length=TITLE_MAX)
    state = models.CharField(max_length=8, choices=ExperimentState.choices, default=ExperimentState.DRAFT)
    owner = models.ForeignKey(Person, models.PROTECT, related_name="+")
    hypothesis = models.TextField(blank=True)
    where = models.CharField(max_length=LINE_MAX, blank=True)
    with_whom = models.CharField(max_length=LINE_MAX, blank=True)
    consent = models.TextField(_("accord des personnes concernées"), blank=True)
    tied_to = models.CharField(max_length=8, choices=TiedTo.choices, blank=True)
    measure = models.CharField(max_length=LINE_MAX, blank=True)
    start_value = models.CharField(max_length=60, blank=True)
    criteria = models.TextField(_("critères de réussite"), blank=True)
    # From the start on, the criteria no longer change but by a dated, reasoned version.
    frozen_at = models.DateTimeField(null=True, blank=True)
    budget = models.CharField(max_length=LINE_MAX, blank=True)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    # When what the committee owes (its support, its decision) is due.
    due_at = models.DateTimeField(null=True, blank=True)
    support_words = models.TextField(blank=True)
    supported_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    result_value = models.CharField(max_length=60, blank=True)
    result = models.TextField(blank=True)
    met = models.CharField(max_length=6, choices=Met.choices, blank=True)
    decision = models.CharField(max_length=6, choices=Decision.choices, blank=True)
    lesson = models.TextField(blank=True)
    written_at = models.DateTimeField(default=clock.now)
    started_at = models.DateTimeField(null=True, blank=True)
    measured_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    # Whose it was before it was handed over: it stays their own. Who of the committee took no part in what it
    # answered (support, decision), because it was theirs or their group's.
    owned_before = models.ManyToManyField(Person, related_name="+", blank=True)
    recused = models.ManyToManyField(Person, related_name="+", blank=True)
    key = models.CharField(max_length=32, blank=True)

    objects = InFrame.as_manager()

    class Meta:
        ordering = ["-written_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(
                    state__in=[ExperimentState.RUNNING, ExperimentState.MEASURED, ExperimentState.DECIDED]
                )
                | Q(frozen_at__isnull=False) & ~Q(criteria=""),
                name="experiment_criteria_before_start",
            ),
            models.CheckConstraint(
                condition=~Q(state=ExperimentState.DECIDED)
                | ~Q(decision="") & ~Q(lesson="") & Q(decided_at__isnull=False),
                name="experiment_decided_with_lesson",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[ExperimentState.ASKED, ExperimentState.MEASURED])
                | Q(due_at__isnull=False),
                name="experiment_awaiting_is_due",
            ),
            models.UniqueConstraint(
                fields=["frame", "owner", "key"], condition=~Q(key=""), name="experiment_key_once"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class CriteriaVersion(models.Model):
    """Success criteria as they were before they changed: a change after the start is seen by all, with its reason."""

    experiment = models.ForeignKey(Experiment, models.PROTECT, related_name="criteria_versions")
    criteria = models.TextField()
    reason = models.CharField(max_length=LINE_MAX)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.experiment_id} before {self.at:%Y-%m-%d}"


class Checkpoint(Row):
    """A date at which an experiment is looked at."""

    subject_kind = "checkpoint"

    experiment = models.ForeignKey(Experiment, models.PROTECT, related_name="checkpoints")
    due_on = models.DateField()
    words = models.TextField(blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["due_on", "pk"]

    def __str__(self) -> str:
        return f"{self.experiment_id} {self.due_on}"


class LogEntry(Row):
    """A page of an experiment's journal, with a picture if there is one."""

    experiment = models.ForeignKey(Experiment, models.PROTECT, related_name="log")
    author = models.ForeignKey(Person, models.PROTECT, related_name="+")
    words = models.TextField()
    # The name under which the picture is stored, outside the web root; its alternative in words.
    picture = models.CharField(max_length=80, blank=True)
    picture_words = models.CharField(max_length=LINE_MAX, blank=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.experiment_id} {self.at:%Y-%m-%d}"


class Obstacle(Row):
    """Something that only the committee can lift, for a group or an experiment; answered with reasons."""

    subject_kind = "obstacle"

    frame = models.ForeignKey(Frame, models.PROTECT, related_name="obstacles")
    group = models.ForeignKey(WorkGroup, models.PROTECT, null=True, blank=True, related_name="obstacles")
    experiment = models.ForeignKey(
        Experiment, models.PROTECT, null=True, blank=True, related_name="obstacles"
    )
    words = models.TextField()
    raised_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    raised_at = models.DateTimeField(default=clock.now)
    due_at = models.DateTimeField()
    state = models.CharField(max_length=6, choices=ObstacleState.choices, default=ObstacleState.OPEN)
    reasons = models.TextField(blank=True)
    settled_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)
    # Who of the committee took no part in it, because they raised it or because it is their group's.
    recused = models.ManyToManyField(Person, related_name="+", blank=True)

    objects = InFrame.as_manager()

    class Meta:
        ordering = ["due_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=ObstacleState.OPEN) | ~Q(reasons="") & Q(settled_at__isnull=False),
                name="obstacle_settled_with_reasons",
            )
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.frame_id}"


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


class Score(models.Model):
    """What a committee member thinks of a proposal before the answer: hidden from the others until it is given."""

    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="scores")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    value = models.PositiveSmallIntegerField(validators=[MaxValueValidator(5)])
    words = models.CharField(max_length=LINE_MAX, blank=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["proposal", "person"], name="score_once")]

    def __str__(self) -> str:
        return f"{self.person_id} → {self.proposal_id}"


class Answer(models.Model):
    """The committee's answer to a proposal: what, why, and until when if it is deferred."""

    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="answers")
    kind = models.CharField(max_length=9, choices=AnswerKind.choices)
    reasons = models.TextField()
    # What to change (reframed), until when (deferred).
    change = models.TextField(blank=True)
    until = models.DateField(null=True, blank=True)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    due_at = models.DateTimeField()
    # The version answered, and who of the committee did not take part because it was theirs.
    version = models.PositiveSmallIntegerField()
    recused = models.ManyToManyField(Person, related_name="+", blank=True)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=GreaterThan(Length(Trim("reasons")), 0), name="answer_has_reasons"
            ),
            models.CheckConstraint(
                condition=~Q(kind=AnswerKind.DEFERRED) | Q(until__isnull=False), name="answer_deferred_until"
            ),
            models.CheckConstraint(
                condition=~Q(kind=AnswerKind.REFRAMED) | ~Q(change=""), name="answer_reframed_says_what"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.proposal_id}"


class AnswerTemplate(Row):
    """Words that a committee uses again; the reasons are still written for each."""

    frame = models.ForeignKey(Frame, models.PROTECT, related_name="templates")
    name = models.CharField(max_length=TITLE_MAX)
    words = models.TextField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")

    objects = InFrame.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Progress(models.Model):
    """How far the carrying out of a proposal had come on a day, and a word about it."""

    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="progress")
    percent = models.PositiveSmallIntegerField(validators=[MaxValueValidator(100)])
    words = models.TextField(blank=True)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.proposal_id} {self.percent} %"


class Milestone(Row):
    """A stage of carrying out a validated proposal."""

    subject_kind = "milestone"

    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="milestones")
    words = models.CharField(max_length=LINE_MAX)
    due_on = models.DateField()
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["due_on", "pk"]

    def __str__(self) -> str:
        return self.words


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


class Bulletin(Row):
    """A regular letter of the network: prepared from its facts, edited by an animator, sent, and read on the web."""

    subject_kind = "bulletin"

    network = models.ForeignKey(Network, models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=TITLE_MAX)
    text = models.TextField(blank=True)
    since = models.DateTimeField()
    until = models.DateTimeField()
    state = models.CharField(max_length=5, choices=BulletinState.choices, default=BulletinState.DRAFT)
    written_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=clock.now)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["network", "-number"]
        constraints = [models.UniqueConstraint(fields=["network", "number"], name="bulletin_number_once")]

    def __str__(self) -> str:
        return self.title

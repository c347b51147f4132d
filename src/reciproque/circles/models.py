"""Practice-exchange groups: their need, seats, charter and sessions; the room of a session; what may leave a group.

Two questions are answered here and nowhere else. What anyone of the network may know of a group: `Circle.visible_to`
(its title, trade, aims and call). What belongs to the group: `of` on every other model, for its members and its
facilitator, to the exclusion of the network's animators and of the installation's administrators.
"""

from __future__ import annotations

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from reciproque.agenda.models import Meeting
from reciproque.agenda.rules import MeetingState, Mode
from reciproque.circles.rules import (
    ALIVE,
    HALF_DAY_MINUTES,
    LINE_MAX,
    LIVE_SEATS,
    OVER,
    SEATS_LEAST,
    SEATS_MOST,
    SESSIONS_LEAST,
    SESSIONS_MOST,
    TITLE_MAX,
    CircleState,
    LeadState,
    Method,
    OutingKind,
    OutingState,
    RoomState,
    SeatState,
    WaiverKind,
)
from reciproque.kit import clock
from reciproque.kit.rows import Row
from reciproque.library.models import Sheet, Trade
from reciproque.networks.models import Membership, Network, RoleGrant
from reciproque.networks.rules import Role
from reciproque.people.models import Person, Site, Unit


class CircleQuerySet(models.QuerySet["Circle"]):
    def visible_to(self, person: Person) -> CircleQuerySet:
        """Keep the groups of which this person may read the face: what it is, its trade, its call, where it is.

        Before the call, only those who prepare it: who opened it, its facilitator, the network's animators.
        """
        if not person.is_active:
            return self.none()
        mine = Membership.objects.current().filter(person=person).values("network")
        roles = RoleGrant.objects.held().filter(person=person, role=Role.ANIMATOR).values("network")
        called = Q(called_at__isnull=False, network__in=mine)
        return self.filter(called | Q(opened_by=person) | Q(facilitator=person) | Q(network__in=roles))

    def shared_by(self, person: Person) -> CircleQuerySet:
        """Keep the groups whose content this person shares: those of its members and its facilitator, nobody else's."""
        if not person.is_active:
            return self.none()
        seats = Seat.objects.filter(person=person, state=SeatState.SEATED)
        # Who left the network reads nothing from that instant on, before their seat is taken back.
        mine = Membership.objects.current().filter(person=person).values("network")
        # Alive or closed: a group made keeps its memory; before it is made there is no content to share.
        made = Q(state__in=[*ALIVE, *OVER], constituted_at__isnull=False, network__in=mine)
        return self.filter(made & (Q(pk__in=seats.values("circle")) | Q(facilitator=person)))

    def alive(self) -> CircleQuerySet:
        """Keep those that go on."""
        return self.exclude(state__in=OVER)


class Circle(Row):
    """A practice-exchange group: a need, five to ten volunteers of one trade, sessions decided beforehand."""

    subject_kind = "circle"

    network = models.ForeignKey(Network, models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=CircleState.choices, default=CircleState.NEED)
    title = models.CharField(_("nom du groupe"), max_length=TITLE_MAX)
    trade = models.ForeignKey(Trade, models.PROTECT, null=True, blank=True, related_name="circles")
    aims = models.TextField(_("objectifs"), blank=True)
    # One a form shown: the same need sent twice opens one group.
    key = models.CharField(max_length=32, blank=True)
    opened_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(default=clock.now)
    facilitator = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")

    # (1) the need
    specified_with = models.TextField(_("avec qui le besoin a été précisé"), blank=True)
    specified_on = models.DateField(null=True, blank=True)
    allowance = models.TextField(_("temps accordé, par écrit"), blank=True)
    told = models.TextField(_("ce que les décideurs sauront"), blank=True)
    untold = models.TextField(_("ce que les décideurs ne sauront pas"), blank=True)

    # (2) the call
    called_at = models.DateTimeField(null=True, blank=True)
    call_until = models.DateField(null=True, blank=True)
    # When the clock said that the call is over; empty again once it is extended.
    call_told_at = models.DateTimeField(null=True, blank=True)
    functions = models.CharField(_("fonctions concernées"), max_length=LINE_MAX, blank=True)
    sites = models.ManyToManyField(Site, related_name="+", blank=True)
    units = models.ManyToManyField(Unit, related_name="+", blank=True)
    seats_most = models.PositiveSmallIntegerField(
        default=SEATS_MOST, validators=[MinValueValidator(SEATS_LEAST), MaxValueValidator(SEATS_MOST)]
    )
    constituted_at = models.DateTimeField(null=True, blank=True)

    # (4) the sessions
    sessions_wanted = models.PositiveSmallIntegerField(
        default=7, validators=[MinValueValidator(SESSIONS_LEAST), MaxValueValidator(SESSIONS_MOST)]
    )
    minutes = models.PositiveSmallIntegerField(default=HALF_DAY_MINUTES)
    method = models.CharField(max_length=8, choices=Method.choices, default=Method.CODEV)
    mode = models.CharField(max_length=6, choices=Mode.choices, default=Mode.FACE)
    place = models.CharField(max_length=LINE_MAX, blank=True)
    began_at = models.DateTimeField(null=True, blank=True)

    closed_at = models.DateTimeField(null=True, blank=True)
    closed_reason = models.CharField(max_length=LINE_MAX, blank=True)

    objects = CircleQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["opened_by", "key"], condition=~Q(key=""), name="circle_key_once"
            ),
            models.CheckConstraint(
                condition=Q(state=CircleState.NEED)
                | Q(state=CircleState.STOPPED)
                | Q(called_at__isnull=False),
                name="circle_called_is_dated",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[*ALIVE, CircleState.CLOSED]) | Q(constituted_at__isnull=False),
                name="circle_made_is_dated",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=OVER) | Q(closed_at__isnull=False), name="circle_over_is_dated"
            ),
        ]
        indexes = [models.Index(fields=["network", "state"], name="circle_network_state")]

    def __str__(self) -> str:
        return self.title

    @property
    def is_over(self) -> bool:
        return self.state in OVER


class Decider(Row):
    """Someone with whom the need was specified: of the directory, or a name alone; they receive the second review."""

    circle = models.ForeignKey(Circle, models.PROTECT, related_name="deciders")
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=TITLE_MAX, blank=True)
    role = models.CharField(max_length=TITLE_MAX, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["circle", "person"], condition=Q(person__isnull=False), name="decider_once"
            ),
            models.CheckConstraint(
                condition=Q(person__isnull=False) | ~Q(name=""), name="decider_is_someone"
            ),
        ]

    def __str__(self) -> str:
        return self.person.display_name if self.person else self.name


class SeatQuerySet(models.QuerySet["Seat"]):
    def live(self) -> SeatQuerySet:
        """Keep who applies, waits or sits."""
        return self.filter(state__in=LIVE_SEATS)

    def seated(self) -> SeatQuerySet:
        """Keep the members of groups."""
        return self.filter(state=SeatState.SEATED)

    def visible_to(self, person: Person) -> SeatQuerySet:
        """Keep one's own; those of the groups one shares; and, while the group is being made, for who makes it.

        Its facilitator goes on reading who waits for a place that someone frees.
        """
        mine = Membership.objects.current().filter(person=person).values("network")
        roles = RoleGrant.objects.held().filter(person=person, role=Role.ANIMATOR).values("network")
        here = Q(circle__network__in=mine) | Q(circle__network__in=roles)
        making = Q(circle__constituted_at=None) & (
            Q(circle__opened_by=person) | Q(circle__facilitator=person)
        )
        shared = Q(circle__in=Circle.objects.shared_by(person)) & Q(
            state__in=[SeatState.SEATED, SeatState.LEFT]
        )
        waits = Q(circle__facilitator=person, state=SeatState.WAITING)
        return self.filter(Q(person=person) | here & (making | waits) | shared)


class Seat(Row):
    """Someone's place in a group: their own goal, how they mean to help, and whether they sit in it."""

    subject_kind = "seat"

    circle = models.ForeignKey(Circle, models.PROTECT, related_name="seats")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    state = models.CharField(max_length=9, choices=SeatState.choices, default=SeatState.APPLIED)
    goal = models.TextField(_("mon objectif"), blank=True)
    helping = models.TextField(_("comment j’aiderai les autres"), blank=True)
    applied_at = models.DateTimeField(default=clock.now)
    settled_at = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)
    # When the facilitator was told that this member now reports to another one (or to them).
    lines_told_at = models.DateTimeField(null=True, blank=True)
    # The end: how far the goal was reached (0 not at all … 4 wholly), what it brought, what one wishes.
    reached = models.PositiveSmallIntegerField(null=True, blank=True, validators=[MaxValueValidator(4)])
    brought = models.TextField(blank=True)
    wishes = models.TextField(blank=True)
    reviewed_at = models.DateTimeField(null=True, blank=True)

    objects = SeatQuerySet.as_manager()

    class Meta:
        ordering = ["applied_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["circle", "person"], condition=Q(state__in=LIVE_SEATS), name="seat_live_once"
            ),
            models.CheckConstraint(
                condition=~Q(state=SeatState.LEFT) | Q(left_at__isnull=False), name="seat_left_is_dated"
            ),
        ]
        indexes = [models.Index(fields=["person", "state"], name="seat_person_state")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.state} {self.circle_id}"


class Waiver(models.Model):
    """A rule of the method set aside for one group: by whom and why, read by all its members."""

    circle = models.ForeignKey(Circle, models.PROTECT, related_name="waivers")
    kind = models.CharField(max_length=11, choices=WaiverKind.choices)
    # Whom it is about, when it is about someone: the report of a manager, a member in the line of the facilitator.
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=LINE_MAX)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["circle", "kind", "person"], name="waiver_once", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.circle_id}"


class GroupCharter(models.Model):
    """One version of a group's own rules; those who signed another one are asked again."""

    circle = models.ForeignKey(Circle, models.PROTECT, related_name="charters")
    version = models.PositiveSmallIntegerField()
    text = models.TextField()
    # What may leave the group, in its own words.
    leaving = models.TextField(blank=True)
    written_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["circle", "version"]
        constraints = [models.UniqueConstraint(fields=["circle", "version"], name="group_charter_once")]

    def __str__(self) -> str:
        return f"{self.circle_id} v{self.version}"


class GroupSignature(models.Model):
    """Someone's signature of their group's rules; the facilitator signs too."""

    charter = models.ForeignKey(GroupCharter, models.PROTECT, related_name="signatures")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["charter", "person"], name="group_signature_once")]

    def __str__(self) -> str:
        return f"{self.person_id} ✓ {self.charter_id}"


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

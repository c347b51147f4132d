"""A group: its need and call, who sits in it, its charter, the rules set aside for it."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from reciproque.agenda.rules import Mode
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
    Method,
    SeatState,
    WaiverKind,
)
from reciproque.kit import clock
from reciproque.kit.rows import Row
from reciproque.library.models import Trade
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

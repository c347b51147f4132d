"""Sheets, their authors, versions, files and ratings; conversations about them; questions and those who are asked."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from reciproque.catalogue.models import Topic
from reciproque.exchanges.models import Thread
from reciproque.kit import clock
from reciproque.kit.rows import Row
from reciproque.library.rules import (
    DETAILS_MAX,
    GUARDED,
    LINK_MAX,
    NAME_MAX,
    PART_MAX,
    QUESTION_MAX,
    REASON_MAX,
    REVIEW_DAYS,
    TITLE_MAX,
    TRADE_MAX,
    AskState,
    AuthorState,
    CaseState,
    OriginKind,
    Serves,
    SheetKind,
    SheetState,
    is_stale,
)
from reciproque.networks.models import Membership, Network
from reciproque.people.models import Person


class Trade(Row):
    """A trade or a function, in free words: what a group or a sheet may belong to, with a page of its own."""

    subject_kind = "trade"

    network = models.ForeignKey(Network, models.PROTECT, related_name="+")
    name = models.CharField(max_length=TRADE_MAX)
    folded = models.CharField(max_length=TRADE_MAX)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["network", "folded"], name="trade_once")]

    def __str__(self) -> str:
        return self.name


class UseCaseQuerySet(models.QuerySet["UseCase"]):
    def visible_to(self, person: Person) -> UseCaseQuerySet:
        """Keep the questions of the networks this person belongs to: asked in order to be read."""
        if not person.is_active:
            return self.none()
        networks = Membership.objects.current().filter(person=person).values("network")
        return self.filter(network__in=networks)

    def open(self) -> UseCaseQuerySet:
        """Keep those that still wait for an answer."""
        return self.filter(state=CaseState.OPEN)


class UseCase(Row):
    """A question of practice: "how do you …?", asked to all and carried to those who seem to know."""

    subject_kind = "case"

    network = models.ForeignKey(Network, models.PROTECT, related_name="+")
    asker = models.ForeignKey(Person, models.PROTECT, related_name="+")
    question = models.CharField(max_length=QUESTION_MAX)
    details = models.TextField(max_length=DETAILS_MAX, blank=True)
    topics = models.ManyToManyField(Topic, related_name="+", blank=True)
    state = models.CharField(max_length=8, choices=CaseState.choices, default=CaseState.OPEN)
    asked_at = models.DateTimeField(default=clock.now)
    closed_at = models.DateTimeField(null=True, blank=True)
    # One a form shown: the same question sent twice is asked once.
    key = models.CharField(max_length=32, blank=True)

    objects = UseCaseQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["asker", "key"], condition=~Q(key=""), name="case_key_once")
        ]
        indexes = [models.Index(fields=["network", "state", "-asked_at"], name="case_network_state")]

    def __str__(self) -> str:
        return self.question


class Asked(models.Model):
    """Someone to whom a question was carried, and how they answered; a decline is nobody else's business."""

    case = models.ForeignKey(UseCase, models.CASCADE, related_name="asked")
    person = models.ForeignKey(Person, models.PROTECT, related_name="questions_asked")
    state = models.CharField(max_length=8, choices=AskState.choices, default=AskState.WAITING)
    asked_at = models.DateTimeField(default=clock.now)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["asked_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["case", "person"], name="asked_once")]
        indexes = [models.Index(fields=["person", "state"], name="asked_person")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.state}"


class SheetQuerySet(models.QuerySet["Sheet"]):
    def open(self) -> SheetQuerySet:
        """Keep what is published."""
        return self.filter(state=SheetState.PUBLISHED)

    def written_by(self, person: Person) -> SheetQuerySet:
        """Keep what this person writes or is invited to sign.

        The draft of a group is for who is still of the network: its memory is not taken away.
        """
        part = SheetAuthor.objects.filter(
            person=person, state__in=[AuthorState.ACCEPTED, AuthorState.INVITED]
        )
        mine = Membership.objects.current().filter(person=person).values("network")
        drafts = Q(origin_kind__in=GUARDED, state=SheetState.DRAFT)
        return self.filter(pk__in=part.values("sheet")).exclude(drafts & ~Q(network__in=mine))

    def visible_to(self, person: Person) -> SheetQuerySet:
        """Keep what this person writes, and what is (or was) published in the networks they belong to.

        A sheet that was withdrawn is met as a trace only; the installation's administrators see what is published.
        """
        if not person.is_active:
            return self.none()
        part = Sheet.objects.written_by(person)
        seen = Q(published_at__isnull=False, state__in=[SheetState.PUBLISHED, SheetState.WITHDRAWN])
        if not person.is_superuser:
            networks = Membership.objects.current().filter(person=person)
            seen &= Q(network__in=networks.values("network"))
        return self.filter(Q(pk__in=part.values("pk")) | seen)

    def stale(self) -> SheetQuerySet:
        """Keep what is published and should have been read again."""
        return self.open().filter(review_on__lt=clock.now().date())


class Sheet(Row):
    """What someone learned of a practice, written so that others may use it."""

    subject_kind = "sheet"

    network = models.ForeignKey(Network, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=SheetKind.choices, default=SheetKind.PRACTICE)
    state = models.CharField(max_length=10, choices=SheetState.choices, default=SheetState.DRAFT)
    title = models.CharField(max_length=TITLE_MAX, blank=True)
    situation = models.TextField(max_length=PART_MAX, blank=True)
    tried = models.TextField(max_length=PART_MAX, blank=True)
    given = models.TextField(max_length=PART_MAX, blank=True)
    conditions = models.TextField(max_length=PART_MAX, blank=True)
    again = models.TextField(max_length=PART_MAX, blank=True)
    traps = models.TextField(max_length=PART_MAX, blank=True)
    whom = models.TextField(max_length=PART_MAX, blank=True)
    text = models.TextField(max_length=PART_MAX, blank=True)
    link = models.CharField(max_length=LINK_MAX, blank=True)
    serves = models.CharField(max_length=9, choices=Serves.choices, blank=True)
    trade = models.ForeignKey(Trade, models.PROTECT, null=True, blank=True, related_name="sheets")
    topics = models.ManyToManyField(Topic, related_name="sheets", blank=True)
    # Who keeps it right; nobody, when its last author left.
    owner = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    case = models.ForeignKey(UseCase, models.PROTECT, null=True, blank=True, related_name="answers")
    origin_kind = models.CharField(max_length=8, choices=OriginKind.choices, blank=True)
    origin_id = models.CharField(max_length=12, blank=True)
    version = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now)
    changed_at = models.DateTimeField(default=clock.now)
    published_at = models.DateTimeField(null=True, blank=True)
    review_days = models.PositiveSmallIntegerField(default=REVIEW_DAYS)
    review_on = models.DateField(null=True, blank=True)
    stale_told_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=REASON_MAX, blank=True)

    objects = SheetQuerySet.as_manager()

    class Meta:
        ordering = ["-published_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=SheetState.DRAFT) | ~Q(title="") & Q(published_at__isnull=False),
                name="sheet_published_is_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state=SheetState.WITHDRAWN) | Q(withdrawn_at__isnull=False),
                name="sheet_withdrawn_is_dated",
            ),
            models.CheckConstraint(
                condition=Q(origin_kind="", origin_id="") | ~Q(origin_kind="") & ~Q(origin_id=""),
                name="sheet_origin_is_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["network", "state", "-published_at"], name="sheet_network_state"),
            models.Index(fields=["network", "changed_at"], name="sheet_changed"),
            models.Index(fields=["origin_kind", "origin_id"], name="sheet_origin"),
            models.Index(fields=["state", "review_on"], name="sheet_review"),
        ]

    def __str__(self) -> str:
        return self.title or str(_("Sans titre"))

    @property
    def is_open(self) -> bool:
        return self.state == SheetState.PUBLISHED

    @property
    def is_stale(self) -> bool:
        return self.is_open and is_stale(self.review_on, clock.now().date())


class SheetAuthor(models.Model):
    """Someone's name under a sheet: asked for, given, refused or taken off; `shown_as` when not their own."""

    sheet = models.ForeignKey(Sheet, models.CASCADE, related_name="authors")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=AuthorState.choices, default=AuthorState.INVITED)
    shown_as = models.CharField(max_length=NAME_MAX, blank=True)
    invited_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["sheet", "person"], name="sheet_author_once")]
        indexes = [models.Index(fields=["person", "state"], name="sheet_author_person")]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name under which they appear: chosen, else their own."""
        return self.shown_as or self.person.display_name


class SheetVersion(models.Model):
    """The words of a sheet as once published."""

    sheet = models.ForeignKey(Sheet, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    words = models.JSONField(default=dict)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    by_name = models.CharField(max_length=200, blank=True)
    note = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["sheet", "number"], name="sheet_version_once")]

    def __str__(self) -> str:
        return f"{self.sheet_id} v{self.number}"


class Attachment(Row):
    """A file of a sheet: what its content is, and under which random name it is kept."""

    sheet = models.ForeignKey(Sheet, models.CASCADE, related_name="files")
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=8)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    stored = models.CharField(max_length=64, unique=True)
    added_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


class Rating(models.Model):
    """What a peer thinks of a sheet: its relevance, and whether they used it. Never of its author."""

    sheet = models.ForeignKey(Sheet, models.CASCADE, related_name="ratings")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    relevance = models.PositiveSmallIntegerField(null=True, blank=True)
    used = models.BooleanField(default=False)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sheet", "person"], name="rating_once"),
            models.CheckConstraint(
                condition=Q(relevance=None) | Q(relevance__gte=1, relevance__lte=5), name="rating_one_to_five"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sheet_id}: {self.relevance}"


class TalkQuerySet(models.QuerySet["Talk"]):
    def visible_to(self, person: Person) -> TalkQuerySet:
        """Keep the conversations of which this person is one of the two."""
        return self.filter(Q(reader=person) | Q(author=person))


class Talk(Row):
    """A reader and the one who keeps a sheet, between themselves."""

    subject_kind = "talk"

    sheet = models.ForeignKey(Sheet, models.CASCADE, related_name="talks")
    reader = models.ForeignKey(Person, models.PROTECT, related_name="+")
    author = models.ForeignKey(Person, models.PROTECT, related_name="+")
    # Under which name the author answers, when the sheet does not say theirs.
    author_as = models.CharField(max_length=NAME_MAX, blank=True)
    thread = models.OneToOneField(Thread, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(default=clock.now)
    last_at = models.DateTimeField(default=clock.now)

    objects = TalkQuerySet.as_manager()

    class Meta:
        ordering = ["-last_at"]
        constraints = [models.UniqueConstraint(fields=["sheet", "reader", "author"], name="talk_once")]

    def __str__(self) -> str:
        return f"{self.reader_id} ↔ {self.author_id}"

"""Training records: what two people agree counted as training, what attests it, and what was handed to whom."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from reciproque.kit import clock
from reciproque.kit.rows import Row
from reciproque.kit.tokens import new_id
from reciproque.networks.models import Network
from reciproque.people.models import Person
from reciproque.recognition.models.badges import Key
from reciproque.recognition.rules.training import (
    LIVE,
    TITLE_MAX,
    ExportForm,
    Modality,
    StatementKind,
    StatementState,
    StoreVersion,
    TrainingKind,
    TrainingState,
)


def new_code() -> str:
    """Return the code of an attestation: twice an identifier, so that nobody meets one by chance."""
    return new_id() + new_id()


class TrainingSetting(models.Model):
    """Whether a network counts local training, and of which kinds."""

    subject_kind = "training_setting"

    network = models.OneToOneField(Network, models.PROTECT, related_name="+")
    on = models.BooleanField(default=False)
    kinds = models.JSONField(default=list)
    # Whether a record may be a training in work, with its four legal conditions.
    afest = models.BooleanField(default=False)
    changed_at = models.DateTimeField(default=clock.now)
    changed_by = models.ForeignKey(Person, models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.network_id} {'on' if self.on else 'off'}"

    @property
    def public_id(self) -> str:
        """How facts name it: by its network."""
        return self.network.public_id


class TrainingQuerySet(models.QuerySet["TrainingRecord"]):
    def visible_to(self, person: Person) -> TrainingQuerySet:
        """Keep those of which this person is one of the two; nobody else's, whatever their role."""
        if not person.is_active:
            return self.none()
        return self.filter(Q(learner=person) | Q(trainer=person))

    def live(self) -> TrainingQuerySet:
        """Keep those that count or may still count."""
        return self.filter(state__in=LIVE)

    def handed(self) -> TrainingQuerySet:
        """Keep those that count and that both people agreed to hand over to the training department."""
        agreed = self.filter(state=TrainingState.AGREED)
        return agreed.filter(learner_hands_at__isnull=False, trainer_hands_at__isnull=False)


class TrainingRecord(Row):
    """Something learned that two people say counts as training: never imposed, never a credit."""

    subject_kind = "training_record"

    network = models.ForeignKey(Network, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=TrainingKind.choices)
    # The exchange, the session or the group, by its identifier.
    source_id = models.CharField(max_length=12)
    learner = models.ForeignKey(Person, models.PROTECT, related_name="+")
    trainer = models.ForeignKey(Person, models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)
    state = models.CharField(max_length=9, choices=TrainingState.choices, default=TrainingState.ASKED)
    settled_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")

    title = models.CharField(max_length=TITLE_MAX)
    aims = models.TextField()
    starts_on = models.DateField()
    ends_on = models.DateField()
    mode = models.CharField(max_length=6, choices=Modality.choices)
    # What each declared, and what counts once both agree.
    learner_hours = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    trainer_hours = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    hours = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)

    # A training in work: the four conditions, all of them or none.
    afest = models.BooleanField(default=False)
    analysis = models.TextField(blank=True)
    guidance = models.TextField(blank=True)
    reflection = models.TextField(blank=True)
    reflected_on = models.DateField(null=True, blank=True)
    evaluation = models.TextField(blank=True)

    # Each agrees, alone, that the training department reads it.
    learner_hands_at = models.DateTimeField(null=True, blank=True)
    trainer_hands_at = models.DateTimeField(null=True, blank=True)

    objects = TrainingQuerySet.as_manager()

    class Meta:
        ordering = ["-ends_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "source_id", "learner", "trainer"],
                condition=Q(state__in=LIVE),
                name="training_live_once",
            ),
            models.CheckConstraint(condition=~Q(learner=F("trainer")), name="training_two_people"),
            models.CheckConstraint(
                condition=Q(asked_by=F("learner")) | Q(asked_by=F("trainer")),
                name="training_by_one_of_them",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="training_ends_after_start"
            ),
            models.CheckConstraint(
                condition=~Q(state=TrainingState.AGREED)
                | Q(hours__gt=0, learner_hours__isnull=False, trainer_hours__isnull=False),
                name="training_agreed_has_hours",
            ),
            models.CheckConstraint(
                condition=Q(afest=False)
                | ~Q(analysis="")
                & ~Q(guidance="")
                & ~Q(reflection="")
                & ~Q(evaluation="")
                & Q(reflected_on__isnull=False),
                name="training_afest_is_complete",
            ),
        ]
        indexes = [
            models.Index(fields=["learner", "state"], name="training_learner"),
            models.Index(fields=["trainer", "state"], name="training_trainer"),
            models.Index(fields=["network", "state", "ends_on"], name="training_network"),
        ]

    def __str__(self) -> str:
        return self.title

    def other(self, person: Person) -> Person:
        """Return the one of the two who is not this person."""
        return self.trainer if person.pk == self.learner_id else self.learner

    @property
    def is_handed(self) -> bool:
        """Whether the training department may read it."""
        agreed = self.state == TrainingState.AGREED
        return agreed and self.learner_hands_at is not None and self.trainer_hands_at is not None


class Attestation(Row):
    """What the learner carries away of a record: signed, checked by anyone who is given its code."""

    subject_kind = "attestation"

    record = models.ForeignKey(TrainingRecord, models.PROTECT, related_name="attestations")
    code = models.CharField(max_length=24, unique=True, default=new_code)
    # Which lines its public page says, and these lines signed.
    shown = models.JSONField(default=list)
    token = models.TextField()
    key = models.ForeignKey(Key, models.PROTECT, related_name="+")
    issued_at = models.DateTimeField(default=clock.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-issued_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["record"], condition=Q(withdrawn_at=None), name="attestation_one_stands"
            )
        ]

    def __str__(self) -> str:
        return self.code


class TrainingExport(Row):
    """What the training department took: by whom, when, which records."""

    subject_kind = "training_export"

    network = models.ForeignKey(Network, models.PROTECT, related_name="+")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    year = models.PositiveSmallIntegerField()
    form = models.CharField(max_length=4, choices=ExportForm.choices)
    records = models.ManyToManyField(TrainingRecord, related_name="exports")

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.network_id} {self.year} {self.form}"


class LearningStore(Row):
    """The Learning Record Store to which a network sends what was handed over; its key is sealed."""

    subject_kind = "learning_store"

    network = models.ForeignKey(Network, models.PROTECT, related_name="+")
    on = models.BooleanField(default=False)
    url = models.CharField(max_length=2000)
    version = models.CharField(max_length=5, choices=StoreVersion.choices, default=StoreVersion.TWO)
    # The name and the password that it asks for, and the private half of the key that signs what leaves.
    sealed = models.TextField()
    public = models.JSONField()
    # What makes an opaque name out of a person, and an identifier out of a record: of this store alone.
    salt = models.CharField(max_length=64)
    # False once it has refused a statement sent with its signature attached, and taken it without.
    attaches = models.BooleanField(default=True)
    failures = models.PositiveSmallIntegerField(default=0)
    wait_until = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=300, blank=True)
    last_ok_at = models.DateTimeField(null=True, blank=True)
    added_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=clock.now)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-added_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["network"], condition=Q(removed_at=None), name="learning_store_one"
            )
        ]

    def __str__(self) -> str:
        return self.url


class Statement(models.Model):
    """One xAPI statement: kept as it leaves, with its signature, until the store has taken it."""

    store = models.ForeignKey(LearningStore, models.PROTECT, related_name="statements")
    record = models.ForeignKey(TrainingRecord, models.PROTECT, related_name="statements")
    kind = models.CharField(max_length=6, choices=StatementKind.choices, default=StatementKind.RECORD)
    # How many times this record was handed over before, and taken back.
    round = models.PositiveSmallIntegerField(default=0)
    statement_id = models.UUIDField(unique=True)
    body = models.TextField()
    signature = models.TextField()
    state = models.CharField(max_length=9, choices=StatementState.choices, default=StatementState.WAITING)
    tries = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField(default=clock.now)
    made_at = models.DateTimeField(default=clock.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    # The record is no longer handed over: annulled if it had left, never sent otherwise.
    ended_at = models.DateTimeField(null=True, blank=True)
    last_status = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["store", "record", "kind", "round"], name="statement_once"),
            models.CheckConstraint(
                condition=~Q(state=StatementState.SENT) | Q(sent_at__isnull=False),
                name="statement_sent_is_dated",
            ),
        ]
        indexes = [models.Index(fields=["store", "state", "next_at"], name="statement_waiting")]

    def __str__(self) -> str:
        return str(self.statement_id)

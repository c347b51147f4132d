"""Introductions, threads, terms, exchanges and reviews."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from reciproque.agenda.rules import Mode
from reciproque.catalogue.models import Post
from reciproque.catalogue.rules import TITLE_MAX
from reciproque.exchanges.rules import (
    LIVE_INTRODUCTION,
    SHORT_MAX,
    Audience,
    Covered,
    ExchangeState,
    IntroductionState,
    Origin,
    Refusal,
    Satisfaction,
    Side,
    Used,
)
from reciproque.kit import clock
from reciproque.kit.rows import Row
from reciproque.networks.models import Network
from reciproque.people.models import Person


class Thread(Row):
    """One private conversation: of an introduction, then of the exchange it opens. Readable by its people only."""

    network = models.ForeignKey(Network, models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return self.public_id


class ThreadPerson(models.Model):
    """Someone who takes part in a thread; a mediator's part ends with the mediation."""

    thread = models.ForeignKey(Thread, models.PROTECT, related_name="people")
    person = models.ForeignKey(Person, models.PROTECT, related_name="threads")
    since = models.DateTimeField(default=clock.now)
    until = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["thread", "person"], name="thread_person_once")]

    def __str__(self) -> str:
        return f"{self.person_id} ∈ {self.thread_id}"


class ThreadMessage(Row):
    """One message of a thread; its author may take it back, leaving a neutral trace."""

    subject_kind = "message"

    thread = models.ForeignKey(Thread, models.PROTECT, related_name="messages")
    author = models.ForeignKey(Person, models.PROTECT, related_name="+")
    text = models.TextField()
    written_at = models.DateTimeField(default=clock.now)
    removed_at = models.DateTimeField(null=True, blank=True)
    # Out of the others' sight after a report; its author still reads it, and why.
    hidden_at = models.DateTimeField(null=True, blank=True)
    key = models.CharField(max_length=32, blank=True)

    class Meta:
        ordering = ["written_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["thread", "key"], condition=~Q(key=""), name="thread_message_key_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.author_id} @ {self.thread_id}"


class IntroductionQuerySet(models.QuerySet["Introduction"]):
    def live(self) -> IntroductionQuerySet:
        """Keep those that may still become an exchange."""
        return self.filter(state__in=LIVE_INTRODUCTION)

    def visible_to(self, person: Person) -> IntroductionQuerySet:
        """Keep those of which this person is the requester, the offerer or the present mediator."""
        mediating = Q(mediator=person, state__in=[IntroductionState.ACCEPTED])
        return self.filter(Q(requester=person) | Q(offerer=person) | mediating)


class Introduction(Row):
    """Two people brought together about a savoir: one asks, the other gives one of three answers."""

    subject_kind = "introduction"

    network = models.ForeignKey(Network, models.PROTECT, related_name="+")
    requester = models.ForeignKey(Person, models.PROTECT, related_name="introductions_asked")
    offerer = models.ForeignKey(Person, models.PROTECT, related_name="introductions_offered")
    initiator = models.ForeignKey(Person, models.PROTECT, related_name="+")
    on_behalf_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    request = models.ForeignKey(Post, models.PROTECT, null=True, blank=True, related_name="introductions_for")
    offer = models.ForeignKey(Post, models.PROTECT, null=True, blank=True, related_name="introductions_from")
    title = models.CharField(max_length=TITLE_MAX)
    state = models.CharField(
        max_length=12, choices=IntroductionState.choices, default=IntroductionState.ASKED
    )
    thread = models.OneToOneField(Thread, models.PROTECT, related_name="introduction")
    mediator = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="mediations")
    mediated = models.BooleanField(default=False)
    pair_key = models.CharField(max_length=80)
    refusal = models.CharField(max_length=8, choices=Refusal.choices, blank=True)
    reason = models.TextField(blank=True)
    reasons = models.JSONField(default=list, blank=True)
    asked_at = models.DateTimeField(default=clock.now)
    due_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = IntroductionQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["pair_key"],
                condition=Q(state__in=LIVE_INTRODUCTION),
                name="introduction_live_once",
                violation_error_message=_("Une mise en relation est déjà en cours entre vous sur ce sujet."),
            ),
            models.CheckConstraint(
                condition=~Q(requester=F("offerer")),
                name="introduction_two_people",
                violation_error_message=_("On ne se met pas en relation avec soi-même."),
            ),
            models.CheckConstraint(
                condition=Q(initiator=F("requester")) | Q(initiator=F("offerer")),
                name="introduction_by_one_of_them",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[IntroductionState.ASKED, IntroductionState.QUESTIONED])
                | Q(answered_at__isnull=False)
                | Q(ended_at__isnull=False),
                name="introduction_answer_dated",
            ),
        ]
        indexes = [
            models.Index(fields=["requester", "state"], name="introduction_requester"),
            models.Index(fields=["offerer", "state"], name="introduction_offerer"),
            models.Index(fields=["state", "due_at"], name="introduction_due"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def answerer(self) -> Person:
        """The one whose answer is awaited: the other than the initiator."""
        return self.offerer if self.initiator_id == self.requester_id else self.requester

    @property
    def is_live(self) -> bool:
        return self.state in LIVE_INTRODUCTION


class ExchangeQuerySet(models.QuerySet["Exchange"]):
    def visible_to(self, person: Person) -> ExchangeQuerySet:
        """Keep the exchanges in which this person takes part."""
        return self.filter(people__person=person, people__left_at=None)

    def held(self) -> ExchangeQuerySet:
        """Keep those that took place (finished, closed), followed here or confirmed after a declaration."""
        return self.filter(state__in=[ExchangeState.FINISHED, ExchangeState.CLOSED])

    def imported(self) -> ExchangeQuerySet:
        """Keep those that an import brought: neither of the two declared them."""
        return self.filter(origin=Origin.DECLARED, declared_by=None)


class Exchange(Row):
    """People passing a savoir on: one or several meetings, two people or several on either side."""

    subject_kind = "exchange"

    network = models.ForeignKey(Network, models.PROTECT, related_name="+")
    title = models.CharField(max_length=TITLE_MAX)
    state = models.CharField(max_length=10, choices=ExchangeState.choices, default=ExchangeState.OPEN)
    origin = models.CharField(max_length=8, choices=Origin.choices, default=Origin.FOLLOWED)
    thread = models.OneToOneField(Thread, models.PROTECT, related_name="exchange")
    request = models.ForeignKey(Post, models.PROTECT, null=True, blank=True, related_name="+")
    offer = models.ForeignKey(Post, models.PROTECT, null=True, blank=True, related_name="+")
    opened_at = models.DateTimeField(default=clock.now)
    held_on = models.DateField(null=True, blank=True)
    minutes = models.PositiveIntegerField(default=0)
    mode = models.CharField(max_length=6, choices=Mode.choices, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    review_due_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    stopped_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.TextField(blank=True)
    declared_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    declared_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    # Imports and double submissions: the same declaration written once.
    key = models.CharField(max_length=64, blank=True)

    objects = ExchangeQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=ExchangeState.FINISHED)
                | Q(finished_at__isnull=False, review_due_at__isnull=False),
                name="exchange_finished_is_dated",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[ExchangeState.CLOSED, ExchangeState.STOPPED, ExchangeState.DENIED])
                | Q(closed_at__isnull=False),
                name="exchange_closed_is_dated",
            ),
            models.CheckConstraint(
                condition=~Q(origin=Origin.DECLARED) | Q(declared_at__isnull=False, held_on__isnull=False),
                name="exchange_declared_is_dated",
            ),
            models.UniqueConstraint(
                fields=["network", "key"], condition=~Q(key=""), name="exchange_key_once"
            ),
        ]
        indexes = [
            models.Index(fields=["network", "state"], name="exchange_network_state"),
            models.Index(fields=["state", "review_due_at"], name="exchange_review_due"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_imported(self) -> bool:
        """Whether an import brought it: what `imported` says of rows."""
        return self.origin == Origin.DECLARED and self.declared_by_id is None


class ExchangePerson(models.Model):
    """Someone's part in one exchange: which side, since when."""

    exchange = models.ForeignKey(Exchange, models.PROTECT, related_name="people")
    person = models.ForeignKey(Person, models.PROTECT, related_name="exchanges")
    side = models.CharField(max_length=10, choices=Side.choices)
    introduction = models.OneToOneField(
        Introduction, models.PROTECT, null=True, blank=True, related_name="exchange_part"
    )
    joined_at = models.DateTimeField(default=clock.now)
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["exchange", "person"], name="exchange_person_once")]
        indexes = [models.Index(fields=["person", "side"], name="exchange_person_side")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.side} {self.exchange_id}"


class Terms(models.Model):
    """What the people of an exchange agreed on: content, method, place, rhythm, sign of success."""

    introduction = models.OneToOneField(
        Introduction, models.PROTECT, null=True, blank=True, related_name="terms"
    )
    exchange = models.OneToOneField(Exchange, models.PROTECT, null=True, blank=True, related_name="terms")
    content = models.TextField(_("ce que l’on va transmettre"), blank=True)
    purpose = models.CharField(_("pour quoi faire"), max_length=SHORT_MAX, blank=True)
    level = models.CharField(_("où en est la personne qui demande"), max_length=SHORT_MAX, blank=True)
    method = models.CharField(_("comment on s’y prend"), max_length=SHORT_MAX, blank=True)
    place = models.CharField(_("lieu ou moyen"), max_length=SHORT_MAX, blank=True)
    rhythm = models.CharField(_("durée et rythme"), max_length=SHORT_MAX, blank=True)
    material = models.CharField(_("matériel"), max_length=SHORT_MAX, blank=True)
    success = models.CharField(_("à quoi saura-t-on que c’est réussi"), max_length=SHORT_MAX, blank=True)
    review_on = models.DateField(_("date du premier bilan"), null=True, blank=True)
    written_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    written_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(introduction__isnull=False) | Q(exchange__isnull=False), name="terms_of_something"
            )
        ]

    def __str__(self) -> str:
        return self.content[:60]


class ReviewQuerySet(models.QuerySet["Review"]):
    def visible_to(self, person: Person) -> ReviewQuerySet:
        """Keep one's own reviews, and the others' of one's exchanges once the exchange is closed (blind until then)."""
        return self.filter(
            Q(author=person)
            | Q(
                exchange__people__person=person,
                exchange__people__left_at=None,
                exchange__state=ExchangeState.CLOSED,
            )
        ).distinct()


class ReviewManager(models.Manager.from_queryset(ReviewQuerySet)):  # type: ignore[misc]
    """The reviews that stand: one that its author took back is no longer read nor counted anywhere."""

    def get_queryset(self) -> ReviewQuerySet:
        return super().get_queryset().filter(withdrawn_at=None)  # type: ignore[no-any-return]


class Review(Row):
    """One side's review of an exchange: about the exchange, never about the person.

    Who reads which answer is decided in `rules.QUESTIONS`, and told by `access.parts_for`.
    """

    subject_kind = "review"

    exchange = models.ForeignKey(Exchange, models.PROTECT, related_name="reviews")
    author = models.ForeignKey(Person, models.PROTECT, related_name="+")
    side = models.CharField(max_length=10, choices=Side.choices)
    on_behalf_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    satisfaction = models.CharField(max_length=1, choices=Satisfaction.choices)  # "" once withdrawn
    covered = models.CharField(max_length=6, choices=Covered.choices, blank=True)
    used = models.CharField(max_length=8, choices=Used.choices, blank=True)
    again = models.BooleanField(null=True, blank=True)
    third = models.BooleanField(null=True, blank=True)  # would they propose it to somebody else?
    learned = models.TextField(blank=True)
    learned_for = models.CharField(max_length=8, choices=Audience.choices, default=Audience.OTHER)
    comment = models.TextField(blank=True)
    comment_for = models.CharField(max_length=8, choices=Audience.choices, default=Audience.OTHER)
    hours = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    written_at = models.DateTimeField(default=clock.now)
    corrected_at = models.DateTimeField(null=True, blank=True)
    # Whether the others had been able to read what was corrected since.
    read_before = models.BooleanField(default=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    # The words only: the answers of a review hidden or removed still count.
    hidden_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = ReviewManager()
    with_withdrawn = ReviewQuerySet.as_manager()

    class Meta:
        ordering = ["written_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["exchange", "author"],
                condition=Q(withdrawn_at=None),
                name="review_once",
                violation_error_message=_("Vous avez déjà fait ce bilan."),
            ),
            models.CheckConstraint(
                condition=Q(hours=None) | Q(hours__gte=0, hours__lte=500), name="review_hours_believable"
            ),
            models.CheckConstraint(
                condition=Q(removed_at=None) | Q(learned="", comment=""), name="review_removed_holds_no_words"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None)
                | Q(satisfaction="", covered="", used="", again=None, third=None, hours=None)
                & Q(learned="", comment=""),
                name="review_withdrawn_holds_nothing",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=False) | ~Q(satisfaction=""), name="review_says_if_useful"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.author_id} on {self.exchange_id}"


class SetApartQuerySet(models.QuerySet["SetApart"]):
    def in_force(self) -> SetApartQuerySet:
        """Keep those that hold today."""
        return self.filter(ended_at=None)

    def visible_to(self, person: Person) -> SetApartQuerySet:
        """Keep what this person asked for: the other never learns of it."""
        return self.filter(first=person, by=person)

    def between(self, one: Person, other: Person) -> SetApartQuerySet:
        """Keep those of these two people, whoever asked."""
        return self.filter(Q(first=one, second=other) | Q(first=other, second=one))


class SetApart(Row):
    """Two people who are not to be brought together again, in any network, without a reason given to anyone."""

    subject_kind = "set_apart"

    # The one for whose sake it is, and the other, who never learns of it.
    first = models.ForeignKey(Person, models.PROTECT, related_name="+")
    second = models.ForeignKey(Person, models.PROTECT, related_name="+")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    since = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = SetApartQuerySet.as_manager()

    class Meta:
        ordering = ["-since", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["first", "second", "by"], condition=Q(ended_at=None), name="set_apart_once"
            ),
            models.CheckConstraint(condition=~Q(first=F("second")), name="set_apart_two_people"),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} apart from {self.second_id}"


def post_load(post: Post) -> int:
    """Return how many accepted introductions and open exchanges an offer or a request holds."""
    about = Q(offer=post) | Q(request=post)
    accepted = Introduction.objects.filter(about, state=IntroductionState.ACCEPTED).count()
    return accepted + Exchange.objects.filter(about, state=ExchangeState.OPEN).count()


def live_load(person: Person, side: str, network: Network) -> int:
    """Return how many live introductions accepted and open exchanges a person holds on one side of a network."""
    field = "offerer" if side == Side.OFFERER else "requester"
    accepted = Introduction.objects.filter(
        **{field: person}, network=network, state=IntroductionState.ACCEPTED
    ).count()
    exchanges = ExchangePerson.objects.filter(
        person=person, side=side, left_at=None, exchange__network=network, exchange__state=ExchangeState.OPEN
    ).count()
    return accepted + exchanges

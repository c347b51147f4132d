"""What matching remembers: vectors, suggestions and their answers, alerts, next proposals, plans, loops, nudges."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from reciproque.catalogue.models import Post, Topic
from reciproque.catalogue.rules import Kind, PostState
from reciproque.exchanges.models import Introduction
from reciproque.kit import clock
from reciproque.kit.rows import Row
from reciproque.matching.rules import (
    LikenessKind,
    LikenessState,
    LoopState,
    NudgeState,
    Objective,
    PairState,
    PlanState,
    ProposalState,
    RulingKind,
    SuggestionState,
)
from reciproque.networks.models import Network
from reciproque.people.models import Person


class Vector(models.Model):
    """The meaning of some words as one encoder sees them: float16, little-endian.

    Kept by the words, not by the post: many posts say the same, and a text that changes simply has another vector.
    """

    digest = models.CharField(max_length=32)
    encoder = models.CharField(max_length=80)
    data = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["digest", "encoder"], name="vector_once")]

    def __str__(self) -> str:
        return f"{self.digest} ({self.encoder})"


class SuggestionQuerySet(models.QuerySet["Suggestion"]):
    def visible_to(self, person: Person) -> SuggestionQuerySet:
        """Keep the suggestions about this person's own posts."""
        return self.filter(Q(request__author=person) | Q(offer__author=person))

    def open(self) -> SuggestionQuerySet:
        """Keep those that can be acted on now: neither answered nor put off, nor about a post that is gone."""
        return self.filter(
            Q(put_off_until=None) | Q(put_off_until__lte=clock.now()),
            state=SuggestionState.OPEN,
            request__state=PostState.PUBLISHED,
            offer__state=PostState.PUBLISHED,
            request__author__is_active=True,
            offer__author__is_active=True,
        )


class Suggestion(Row):
    """One offer found for one request, with each term of its score; the answers are remembered."""

    # What is expected of an asker about a suggestion that an animator proposes is a step about it.
    subject_kind = "suggestion"

    network = models.ForeignKey(Network, models.PROTECT, related_name="+")
    request = models.ForeignKey(Post, models.CASCADE, related_name="suggestions")
    offer = models.ForeignKey(Post, models.CASCADE, related_name="suggested_for")
    score = models.IntegerField()
    terms = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=SuggestionState.choices, default=SuggestionState.OPEN)
    made_at = models.DateTimeField(default=clock.now)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=300, blank=True)
    put_off_until = models.DateTimeField(null=True, blank=True)  # "not now", said by the one who asks
    # An animator proposes this one to its asker, from a plan.
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")

    objects = SuggestionQuerySet.as_manager()

    class Meta:
        ordering = ["-score", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["request", "offer"], name="suggestion_once"),
            models.CheckConstraint(
                condition=~Q(state=SuggestionState.DISMISSED)
                | Q(answered_at__isnull=False, answered_by__isnull=False),
                name="suggestion_dismissal_signed",
            ),
        ]
        indexes = [
            models.Index(fields=["request", "state", "-score"], name="suggestion_request"),
            models.Index(fields=["offer", "state", "-score"], name="suggestion_offer"),
        ]

    def __str__(self) -> str:
        return f"{self.request_id} ← {self.offer_id} ({self.score})"


class Alert(Row):
    """ "Tell me when someone offers this." """

    subject_kind = "alert"

    network = models.ForeignKey(Network, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="alerts")
    words = models.CharField(max_length=140)
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.OFFER)
    created_at = models.DateTimeField(default=clock.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["network", "person", "kind", "words"],
                condition=Q(withdrawn_at=None),
                name="alert_once",
            )
        ]

    def __str__(self) -> str:
        return self.words


class Proposal(Row):
    """The next best person for an asker whom the first one did not answer or refused; nobody is contacted before a yes."""

    introduction = models.OneToOneField(Introduction, models.CASCADE, related_name="next_proposal")
    offer = models.ForeignKey(Post, models.CASCADE, related_name="+")
    terms = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=ProposalState.choices, default=ProposalState.WAITING)
    made_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"{self.introduction_id} → {self.offer_id}"


class Tuning(models.Model):
    """How much each reason counts in one network; a network without a row uses the engine's own weights."""

    network = models.OneToOneField(Network, models.CASCADE, related_name="+")
    weights = models.JSONField(default=dict)  # of each term, in thousandths
    # the closeness (0 to 10,000) under which a pair is not proposed
    threshold = models.PositiveIntegerField()
    # what a plan gains by each person who both gives and receives
    reciprocity = models.PositiveIntegerField()
    changed_at = models.DateTimeField(default=clock.now)
    changed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    waiting = models.BooleanField(default=True)  # what is proposed is not yet computed with it

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(threshold__lte=10_000), name="tuning_threshold_bounded"),
            models.CheckConstraint(condition=Q(reciprocity__lte=20_000), name="tuning_reciprocity_bounded"),
        ]

    def __str__(self) -> str:
        return str(self.network)


class Plan(Row):
    """The introductions worth making in a whole network at once, waiting for an animator to publish them."""

    subject_kind = "plan"

    network = models.ForeignKey(Network, models.CASCADE, related_name="plans")
    objective = models.CharField(max_length=12, choices=Objective.choices, default=Objective.BALANCED)
    state = models.CharField(max_length=10, choices=PlanState.choices, default=PlanState.ASKED)
    asked_at = models.DateTimeField(default=clock.now)
    asked_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField(null=True, blank=True)
    # What each objective would give, by its name; and the subjects that are short, dearest first.
    figures = models.JSONField(default=dict)
    sought = models.JSONField(default=list)
    sorry = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-asked_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.network} {self.asked_at:%Y-%m-%d}"


class PlannedPair(Row):
    """One introduction of a plan."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="pairs")
    request = models.ForeignKey(Post, models.CASCADE, related_name="+")
    offer = models.ForeignKey(Post, models.CASCADE, related_name="+")
    score = models.IntegerField()
    terms = models.JSONField(default=dict)
    pinned = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=PairState.choices, default=PairState.PENDING)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-score", "pk"]
        constraints = [models.UniqueConstraint(fields=["plan", "request", "offer"], name="planned_pair_once")]
        indexes = [models.Index(fields=["plan", "state", "-score"], name="planned_pair_state")]

    def __str__(self) -> str:
        return f"{self.request_id} ← {self.offer_id} ({self.score})"


class Ruling(Row):
    """What an animator decided of a pair whatever its score: always, or never."""

    subject_kind = "ruling"

    network = models.ForeignKey(Network, models.CASCADE, related_name="+")
    request = models.ForeignKey(Post, models.CASCADE, related_name="+")
    offer = models.ForeignKey(Post, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=6, choices=RulingKind.choices)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.UniqueConstraint(
                fields=["request", "offer"], condition=Q(withdrawn_at=None), name="ruling_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.request_id} ← {self.offer_id}"


class LoopQuerySet(models.QuerySet["Loop"]):
    def visible_to(self, person: Person) -> LoopQuerySet:
        """Keep the loops in which this person would give and receive."""
        return self.filter(links__suggestion__request__author=person)


class Loop(Row):
    """A ring of reciprocity found among a few people: each gives to the next, and receives from the one before."""

    subject_kind = "loop"

    network = models.ForeignKey(Network, models.CASCADE, related_name="loops")
    mark = models.CharField(max_length=120)  # the posts that make it, so that it is kept once
    size = models.PositiveSmallIntegerField()
    score = models.IntegerField()
    state = models.CharField(max_length=5, choices=LoopState.choices, default=LoopState.OPEN)
    made_at = models.DateTimeField(default=clock.now)

    objects = LoopQuerySet.as_manager()

    class Meta:
        ordering = ["-score", "pk"]
        constraints = [models.UniqueConstraint(fields=["network", "mark"], name="loop_once")]

    def __str__(self) -> str:
        return self.mark


class LoopLink(models.Model):
    """One link of a loop is a suggestion like any other: answered as such, and a refusal removes only this link."""

    loop = models.ForeignKey(Loop, models.CASCADE, related_name="links")
    place = models.PositiveSmallIntegerField()
    suggestion = models.ForeignKey(Suggestion, models.CASCADE, related_name="loop_links")

    class Meta:
        ordering = ["loop", "place"]
        constraints = [models.UniqueConstraint(fields=["loop", "place"], name="loop_link_once")]

    def __str__(self) -> str:
        return f"{self.loop_id} {self.place}"


class NudgeQuerySet(models.QuerySet["Nudge"]):
    def visible_to(self, person: Person) -> NudgeQuerySet:
        """Keep what is said to this person."""
        return self.filter(person=person)

    def open(self) -> NudgeQuerySet:
        """Keep what still makes sense: not answered, about a request that is still published."""
        return self.filter(
            state=NudgeState.OPEN, request__state=PostState.PUBLISHED, request__author__is_active=True
        )


class Nudge(Row):
    """A colleague's open request shown to someone who only receives, and seems to know: "you could share this"."""

    subject_kind = "nudge"

    network = models.ForeignKey(Network, models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, models.CASCADE, related_name="nudges")
    request = models.ForeignKey(Post, models.CASCADE, related_name="+")
    because = models.CharField(max_length=200)  # the words of theirs that make one think so
    state = models.CharField(max_length=10, choices=NudgeState.choices, default=NudgeState.OPEN)
    made_at = models.DateTimeField(default=clock.now)

    objects = NudgeQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["person", "request"], name="nudge_once")]
        indexes = [models.Index(fields=["network", "person", "-made_at"], name="nudge_last")]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.request_id}"


class LikenessQuerySet(models.QuerySet["Likeness"]):
    def open(self) -> LikenessQuerySet:
        """Keep those that nobody settled."""
        return self.filter(state=LikenessState.OPEN)


class Likeness(Row):
    """Posts that say nearly the same: one person's, to be merged; several people's, to be met together."""

    subject_kind = "likeness"

    network = models.ForeignKey(Network, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=5, choices=LikenessKind.choices)
    person = models.ForeignKey(Person, models.CASCADE, null=True, blank=True, related_name="+")
    posts = models.ManyToManyField(Post, related_name="+")
    offer = models.ForeignKey(Post, models.CASCADE, null=True, blank=True, related_name="+")
    mark = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=LikenessState.choices, default=LikenessState.OPEN)
    made_at = models.DateTimeField(default=clock.now)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")

    objects = LikenessQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["network", "kind", "mark"], name="likeness_once"),
            models.CheckConstraint(
                condition=Q(kind=LikenessKind.GROUP) | Q(person__isnull=False),
                name="likeness_merge_is_someones",
            ),
        ]

    def __str__(self) -> str:
        return self.mark


class MapPlace(models.Model):
    """Where a savoir stands on the map, in the unit square: the same place for every network and from day to day."""

    topic = models.OneToOneField(Topic, models.CASCADE, related_name="+")
    x = models.FloatField()
    y = models.FloatField()
    region = models.PositiveSmallIntegerField()
    # Drawn with the whole map; else put beside what it resembles, since.
    whole = models.BooleanField(default=False)
    placed_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(x__gte=0, x__lte=1, y__gte=0, y__lte=1), name="map_place_on_the_map"
            )
        ]

    def __str__(self) -> str:
        return f"{self.topic_id}: {self.x:.3f}, {self.y:.3f}"

"""Topics, offers and requests."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from reciproque.catalogue.rules import (
    REMOVED_WORDS,
    SHORT_MAX,
    TEXT_MAX,
    TITLE_MAX,
    TOPIC_MAX,
    Kind,
    Level,
    PostState,
)
from reciproque.kit import clock
from reciproque.kit.rows import Row
from reciproque.networks.models import Membership, Network
from reciproque.people.models import Person


class TopicQuerySet(models.QuerySet["Topic"]):
    def named(self) -> TopicQuerySet:
        """Read with each topic how it is said in the reader's language: `label` then asks nothing more."""
        said = TopicName.objects.to_reader().filter(topic=OuterRef("pk")).values("name")[:1]
        return self.annotate(said=Subquery(said))


class Topic(Row):
    """A savoir by its name, in free words first; a merged topic stays and points to the one that took it in."""

    subject_kind = "topic"

    name = models.CharField(max_length=TOPIC_MAX)
    folded = models.CharField(max_length=TOPIC_MAX, unique=True)
    family = models.CharField(max_length=80, blank=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged")

    objects = TopicQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(merged_into=models.F("id")),
                name="topic_not_merged_into_itself",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """How pages show it: the name chosen for the reader's language, else its own (`named` reads it beforehand)."""
        if "said" not in self.__dict__:
            self.said = self.names.to_reader().values_list("name", flat=True).first()  # type: ignore[attr-defined]
        return self.said or self.name


class TopicNameQuerySet(models.QuerySet["TopicName"]):
    def to_reader(self) -> TopicNameQuerySet:
        """Keep the names shown in the reader's language: at most one a topic."""
        return self.filter(language=(translation.get_language() or "fr")[:2], shown=True)


class TopicName(models.Model):
    """Another name of a savoir: a synonym, or how it is said in another language; found as well as the first."""

    topic = models.ForeignKey(Topic, models.CASCADE, related_name="names")
    language = models.CharField(max_length=2, blank=True)
    name = models.CharField(max_length=TOPIC_MAX)
    folded = models.CharField(max_length=TOPIC_MAX, unique=True)
    # How it is shown to those who read in its language; at most one a language.
    shown = models.BooleanField(default=False)
    added_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    added_at = models.DateTimeField(default=clock.now)

    objects = TopicNameQuerySet.as_manager()

    class Meta:
        ordering = ["language", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["topic", "language"], condition=Q(shown=True), name="topic_name_shown_once"
            ),
            models.CheckConstraint(condition=Q(shown=False) | ~Q(language=""), name="topic_name_shown_in"),
        ]

    def __str__(self) -> str:
        return self.name


class Framework(Row):
    """A list of skills made by others: ESCO, ROME, or a company's own; imported, never edited."""

    subject_kind = "framework"

    slug = models.SlugField(max_length=40, unique=True)
    title = models.CharField(max_length=120)
    version = models.CharField(max_length=40, blank=True)
    language = models.CharField(max_length=2, default="fr")
    # Said wherever an entry of it is shown.
    credit = models.CharField(max_length=300, blank=True)
    imported_at = models.DateTimeField(default=clock.now)
    imported_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["title"]

    def __str__(self) -> str:
        return f"{self.title} {self.version}".strip()


class Entry(Row):
    """One skill, or one group of them, of a framework, as its files say it."""

    framework = models.ForeignKey(Framework, models.CASCADE, related_name="entries")
    code = models.CharField(max_length=200)
    label = models.CharField(max_length=300)
    folded = models.CharField(max_length=300, db_index=True)
    group = models.BooleanField(default=False)
    # The title of a job rather than a skill: found by those who look for it, never proposed for a savoir.
    job = models.BooleanField(default=False)
    parent = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="children")
    # The files name a parent that they do not hold.
    orphan = models.BooleanField(default=False)
    # No more in the last version imported: kept, with its links, and said.
    gone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["label"]
        constraints = [models.UniqueConstraint(fields=["framework", "code"], name="entry_code_once")]

    def __str__(self) -> str:
        return self.label


class EntryName(models.Model):
    """Another label of an entry, as its files say it."""

    entry = models.ForeignKey(Entry, models.CASCADE, related_name="names")
    label = models.CharField(max_length=300)
    folded = models.CharField(max_length=300, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry", "folded"], name="entry_name_once")]

    def __str__(self) -> str:
        return self.label


class TopicLink(Row):
    """A savoir in free words is the same as an entry of a framework: proposed by the engine, decided by a person."""

    topic = models.ForeignKey(Topic, models.CASCADE, related_name="links")
    entry = models.ForeignKey(Entry, models.CASCADE, related_name="links")
    # Hundredths of likeness when it was proposed; None when a person chose it unproposed.
    closeness = models.PositiveSmallIntegerField(null=True, blank=True)
    decided_at = models.DateTimeField(default=clock.now)
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    # A no is kept, so that it is not proposed again.
    kept = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["topic", "entry"], name="topic_link_once")]

    def __str__(self) -> str:
        return f"{self.topic_id} {self.entry_id}"


class PostQuerySet(models.QuerySet["Post"]):
    def offers(self) -> PostQuerySet:
        return self.filter(kind=Kind.OFFER)

    def requests(self) -> PostQuerySet:
        return self.filter(kind=Kind.REQUEST)

    def open(self) -> PostQuerySet:
        """Keep what is published by people who are there."""
        return self.filter(state=PostState.PUBLISHED, author__is_active=True)

    def about(self, topic: Topic) -> PostQuerySet:
        """Keep the posts on one topic."""
        return self.filter(topics=topic)

    def visible_to(self, person: Person) -> PostQuerySet:
        """Keep the published posts of the networks this person belongs to, and everything they wrote themselves."""
        networks = Membership.objects.current().filter(person=person).values("network")
        return self.filter(
            Q(author=person) | Q(state=PostState.PUBLISHED, network__in=networks, author__is_active=True)
        )


class Post(Row):
    """An offer or a request of one person in one network."""

    subject_kind = "post"

    network = models.ForeignKey(Network, models.PROTECT, related_name="+")
    author = models.ForeignKey(Person, models.PROTECT, related_name="posts")
    written_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    state = models.CharField(max_length=10, choices=PostState.choices, default=PostState.DRAFT)
    title = models.CharField(_("titre"), max_length=TITLE_MAX, blank=True)
    description = models.TextField(_("précisions"), blank=True, max_length=TEXT_MAX)
    purpose = models.CharField(_("pour quoi faire"), max_length=SHORT_MAX, blank=True)
    level = models.CharField(_("niveau"), max_length=10, choices=Level.choices, blank=True, default=Level.ANY)
    how_learned = models.CharField(_("comment vous l’avez appris"), max_length=SHORT_MAX, blank=True)
    learns_best = models.CharField(_("comment vous apprenez le mieux"), max_length=SHORT_MAX, blank=True)
    modes = models.JSONField(_("comment se rencontrer"), default=list, blank=True)
    place = models.CharField(_("lieu"), max_length=200, blank=True)
    languages = models.JSONField(_("langues"), default=list, blank=True)
    capacity = models.PositiveSmallIntegerField(
        _("combien d’échanges à la fois"), default=2, validators=[MinValueValidator(1), MaxValueValidator(20)]
    )
    small_group = models.BooleanField(_("possible en petit groupe"), default=False)
    topics = models.ManyToManyField(Topic, related_name="posts", blank=True)
    created_at = models.DateTimeField(default=clock.now)
    changed_at = models.DateTimeField(default=clock.now)
    published_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    warned_at = models.DateTimeField(null=True, blank=True)
    # When its author last said that it still holds, and since when they are asked because nobody answered it.
    renewed_at = models.DateTimeField(null=True, blank=True)
    silent_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    # Hidden after a report: since when, and the state to come back to.
    hidden_at = models.DateTimeField(null=True, blank=True)
    hidden_from = models.CharField(max_length=10, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = PostQuerySet.as_manager()

    class Meta:
        ordering = ["-published_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[PostState.DRAFT, PostState.REMOVED]) | ~Q(title=""),
                name="post_has_a_title",
                violation_error_message=_("Donnez un titre avant de publier."),
            ),
            models.CheckConstraint(
                condition=~Q(state=PostState.PUBLISHED)
                | Q(published_at__isnull=False, expires_at__isnull=False),
                name="post_published_is_dated",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[PostState.FULFILLED, PostState.EXPIRED, PostState.WITHDRAWN])
                | Q(closed_at__isnull=False),
                name="post_closed_is_dated",
            ),
            models.CheckConstraint(
                condition=(Q(state=PostState.HIDDEN, hidden_at__isnull=False) & ~Q(hidden_from=""))
                | ~Q(state=PostState.HIDDEN),
                name="post_hidden_is_dated",
            ),
            models.CheckConstraint(
                condition=Q(state=PostState.REMOVED, removed_at__isnull=False, title="", description="")
                | (~Q(state=PostState.REMOVED) & Q(removed_at__isnull=True)),
                name="post_removed_holds_no_words",
            ),
        ]
        indexes = [
            models.Index(fields=["network", "kind", "state", "-published_at"], name="post_network_kind"),
            models.Index(fields=["author", "network", "state"], name="post_author"),
            models.Index(fields=["state", "expires_at"], name="post_expiry"),
            models.Index(fields=["changed_at"], name="post_changed"),
        ]

    def __str__(self) -> str:
        if self.state == PostState.REMOVED:
            return str(REMOVED_WORDS)
        return self.title or str(_("Sans titre"))

    @property
    def is_offer(self) -> bool:
        return self.kind == Kind.OFFER

    @property
    def is_open(self) -> bool:
        return self.state == PostState.PUBLISHED


def people_with_both(network: Network, people: Sequence[int] | None = None) -> Any:
    """Return the ids of those who have an offer and a request published (for checks and imports)."""
    posts = Post.objects.filter(network=network, state=PostState.PUBLISHED)
    if people is not None:
        posts = posts.filter(author_id__in=people)
    offers = posts.filter(kind=Kind.OFFER).values_list("author_id", flat=True)
    requests = posts.filter(kind=Kind.REQUEST).values_list("author_id", flat=True)
    return set(offers) & set(requests)


def validity_end(now: dt.datetime, network: Network) -> dt.datetime:
    """Return when something published now in this network expires."""
    return now + dt.timedelta(days=network.validity_days)

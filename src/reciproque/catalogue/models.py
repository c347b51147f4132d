"""Topics, offers and requests."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
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


class Topic(Row):
    """A savoir by its name, in free words first; a merged topic stays and points to the one that took it in."""

    name = models.CharField(max_length=TOPIC_MAX)
    folded = models.CharField(max_length=TOPIC_MAX, unique=True)
    family = models.CharField(max_length=80, blank=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged")

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

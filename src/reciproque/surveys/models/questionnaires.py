"""Questionnaires and their versions: a draft that is edited, published ones that never change."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from reciproque.kit import clock
from reciproque.kit.rows import Row
from reciproque.networks.models import Network
from reciproque.networks.rules import Role
from reciproque.people.models import Person
from reciproque.surveys.rules import TITLE_MAX


class QuestionnaireQuerySet(models.QuerySet["Questionnaire"]):
    def kept(self) -> QuestionnaireQuerySet:
        """Keep those that are not put away."""
        return self.filter(retired_at=None)

    def visible_to(self, person: Person) -> QuestionnaireQuerySet:
        """Keep what an animator of a whole network may read: their own network's, and those of the whole installation."""
        if not person.is_active:
            return self.none()
        if person.is_superuser:
            return self.all()
        held = person.roles.filter(withdrawn_at=None, role=Role.ANIMATOR, site=None, unit=None)
        networks = held.values("network")
        return self.filter(Q(network__in=networks) | Q(network=None)) if held.exists() else self.none()


class Titled:
    """Something with a title in French, and perhaps in English."""

    title_fr: Any
    title_en: Any

    @property
    def title(self) -> str:
        """The title in the reader's language."""
        english = (get_language() or "fr").startswith("en")
        return str((self.title_en if english else "") or self.title_fr)


class Questionnaire(Titled, Row):
    """What may be asked again and again: a title, and versions. Without a network it is the whole installation's."""

    subject_kind = "questionnaire"

    network = models.ForeignKey(Network, models.PROTECT, null=True, blank=True, related_name="+")
    # Which of the supplied ones it was copied from; "" for one's own.
    supplied = models.CharField(max_length=20, blank=True)
    # Those of its latest published version, or of its draft while nothing is published.
    title_fr = models.CharField(_("titre"), max_length=TITLE_MAX)
    title_en = models.CharField(_("titre en anglais"), max_length=TITLE_MAX, blank=True)
    made_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=clock.now)
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = QuestionnaireQuerySet.as_manager()

    class Meta:
        ordering = ["title_fr", "pk"]

    def __str__(self) -> str:
        return self.title


class VersionQuerySet(models.QuerySet["Version"]):
    def published(self) -> VersionQuerySet:
        """Keep those that people may answer, latest first."""
        return self.filter(published_at__isnull=False).order_by("-number")


class Version(Titled, Row):
    """The questions as they were at one time: edited while a draft, frozen once published."""

    subject_kind = "version"

    questionnaire = models.ForeignKey(Questionnaire, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    # Frozen with the rest: a campaign keeps the title of what was asked.
    title_fr = models.CharField(max_length=TITLE_MAX, default="", blank=True)
    title_en = models.CharField(max_length=TITLE_MAX, default="", blank=True)
    definition = models.JSONField(default=dict)
    # How often the draft was changed: two people editing it at once do not undo one another.
    revision = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField(default=clock.now)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")

    objects = VersionQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["questionnaire", "number"], name="version_number_once"),
            models.UniqueConstraint(
                fields=["questionnaire"], condition=Q(published_at=None), name="version_one_draft"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.questionnaire_id} v{self.number}"

"""Skills seen, confirmed and certified by the community, and the doubts about them."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from reciproque.catalogue.models import Topic
from reciproque.exchanges.models import Exchange, ExchangePerson
from reciproque.exchanges.rules import ExchangeState
from reciproque.kit import clock
from reciproque.kit.rows import Row
from reciproque.networks.models import Membership, Network, RoleGrant
from reciproque.networks.rules import Role
from reciproque.people.models import Person, Unit
from reciproque.recognition.rules import (
    CALLS_AT_ONCE,
    CONFIRMATIONS,
    LEVELS_UP,
    MONTHS,
    UNITS,
    WORDS_MAX,
    Audience,
    EndReason,
    EvidenceKind,
    Rule,
)


def _between(bounds: tuple[int, int, int]) -> models.PositiveSmallIntegerField[int, int]:
    default, least, most = bounds
    return models.PositiveSmallIntegerField(
        default=default, validators=[MinValueValidator(least), MaxValueValidator(most)]
    )


class Standing(models.Model):
    """What a person chose once for all their skills; without a row, the defaults hold."""

    person = models.OneToOneField(Person, models.PROTECT, related_name="+")
    # Nothing is kept of someone who does not want it, and what was kept is erased.
    kept = models.BooleanField(default=True)
    audience = models.CharField(max_length=8, choices=Audience.choices, default=Audience.ME)
    # How many calls at once this person may receive; 0: none.
    calls = models.PositiveSmallIntegerField(default=CALLS_AT_ONCE, validators=[MaxValueValidator(10)])
    changed_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"{self.person_id}: {self.audience}"


class CertificationRule(models.Model):
    """The rule by which a network certifies; without a row, the network certifies nothing."""

    network = models.OneToOneField(Network, models.PROTECT, related_name="+")
    confirmations = _between(CONFIRMATIONS)
    units = _between(UNITS)
    months = _between(MONTHS)
    on = models.BooleanField(default=True)
    changed_at = models.DateTimeField(default=clock.now)
    changed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmations__gte=CONFIRMATIONS[1], units__gte=UNITS[1], months__gte=MONTHS[1]),
                name="certification_rule_asks_something",
            ),
            models.CheckConstraint(
                condition=Q(units__lte=models.F("confirmations")),
                name="certification_rule_possible",
                violation_error_message=_("Il ne peut pas falloir plus de services que de personnes."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.confirmations}/{self.units}/{self.months}"

    @property
    def rule(self) -> Rule:
        return Rule(self.confirmations, self.units, self.months)


def managed_by(person: Person, field: str = "person") -> Q:
    """Return what tells, in a list, the rows whose person (at the end of `field`) reports to this one, however far below.

    Read upwards by joins: the cost is that of the rows listed, not of everyone under a director.
    """
    under = Q()
    for level in range(1, LEVELS_UP + 1):
        under |= Q(**{field + "__manager" * level: person})
    return under


# Who holds one of these, in any network and member or not, reads figures of groups: never a skill of anybody else.
KEPT_OUT = (Role.HR, Role.SPONSOR)


def kept_out_of_skills() -> models.QuerySet[RoleGrant]:
    """Return the roles now held by people to whom nobody's skills are shown, whatever else they are."""
    return RoleGrant.objects.held().filter(role__in=KEPT_OUT).order_by()


class SkillQuerySet(models.QuerySet["Skill"]):
    def kept(self) -> SkillQuerySet:
        """Keep those that something still shows, and that their person has not put away."""
        shown = Evidence.objects.filter(skill=OuterRef("pk"), withdrawn_at=None)
        return self.filter(Exists(shown), put_away_at=None)

    def certified(self, network: Network | None = None) -> SkillQuerySet:
        """Keep those that the community of a network (of any) certifies now."""
        held = Certification.objects.current().filter(skill=OuterRef("pk"))
        return self.filter(Exists(held if network is None else held.filter(network=network)))

    def visible_to(self, person: Person) -> SkillQuerySet:
        """Keep one's own, and those that their person shows to this one: the single truth of who sees a skill.

        Never for anyone in the person's line of management, nor for whoever holds HR or sponsorship anywhere, whatever
        was chosen, whatever else they are, and even of those they learned from.
        """
        if not person.is_active:
            return self.none()
        mine = Membership.objects.current().filter(person=person).values("network")
        theirs = Membership.objects.current().filter(person=OuterRef("skill__person"), network__in=mine)
        seen_here = Evidence.objects.filter(
            skill=OuterRef("pk"), withdrawn_at=None, network__in=theirs.values("network")
        )
        part = ExchangePerson.objects.filter(left_at=None, exchange__state=ExchangeState.CLOSED)
        met = part.filter(
            person=OuterRef("person"), exchange__in=part.filter(person=person).values("exchange")
        )
        shown = _shown_to(Audience.NETWORK) & Q(Exists(seen_here)) | _shown_to(Audience.MET) & Q(Exists(met))
        others = Q(person__is_active=True) & shown & ~managed_by(person)
        others &= ~Q(Exists(kept_out_of_skills().filter(person=person.pk)))
        return self.kept().filter(Q(person=person) | others)


def _shown_to(audience: str) -> Q:
    """Return what tells the skills shown to this audience: as chosen for each, else as chosen for all."""
    chosen = Standing.objects.filter(person=OuterRef("person"), audience=audience)
    refused = Standing.objects.filter(person=OuterRef("person"), kept=False)
    return (Q(audience=audience) | Q(audience="") & Q(Exists(chosen))) & ~Q(Exists(refused))


class Skill(Row):
    """One savoir of one person, as what they did in the networks shows it: theirs first, shown only if they choose."""

    subject_kind = "skill"

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    topic = models.ForeignKey(Topic, models.PROTECT, related_name="+")
    # Empty: what the person chose for all.
    audience = models.CharField(max_length=8, choices=Audience.choices, blank=True)
    seen_at = models.DateTimeField(default=clock.now)
    # Put away by the person: it is no longer shown, even to them, unless they ask.
    put_away_at = models.DateTimeField(null=True, blank=True)

    objects = SkillQuerySet.as_manager()

    class Meta:
        ordering = ["-seen_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["person", "topic"], name="skill_once")]

    def __str__(self) -> str:
        return str(self.topic)


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def standing(self) -> EvidenceQuerySet:
        """Keep what its author, or what it came from, has not taken back."""
        return self.filter(withdrawn_at=None)

    def with_origin(self) -> EvidenceQuerySet:
        """Read with each piece whether it is an exchange that an import brought (`imported`): it is said wherever shown."""
        brought = Exchange.objects.imported().filter(public_id=OuterRef("source_id"))
        return self.annotate(imported=Q(source_kind=Exchange.subject_kind) & Q(Exists(brought)))


class Evidence(models.Model):
    """One thing that shows a skill: what, when, where it comes from. The row it names may be gone since."""

    skill = models.ForeignKey(Skill, models.CASCADE, related_name="evidence")
    network = models.ForeignKey(Network, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=EvidenceKind.choices)
    source_kind = models.CharField(max_length=12)
    source_id = models.CharField(max_length=12)
    on = models.DateField()
    # Its own author took it back, or what it came from was: kept out of sight and out of every count.
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    # As `with_origin` reads it.
    imported: bool

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        ordering = ["-on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["skill", "kind", "source_kind", "source_id"], name="evidence_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.source_kind} {self.source_id}"


class ConfirmationQuerySet(models.QuerySet["Confirmation"]):
    def standing(self) -> ConfirmationQuerySet:
        """Keep those that were not withdrawn."""
        return self.filter(withdrawn_at=None)


class Confirmation(Row):
    """Someone who learned it says so: from which exchange or sheet, and, if they wish, in their words."""

    subject_kind = "confirmation"

    skill = models.ForeignKey(Skill, models.CASCADE, related_name="confirmations")
    network = models.ForeignKey(Network, models.PROTECT, related_name="+")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    # Where they worked then.
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    source_kind = models.CharField(max_length=8, choices=[("exchange", _("échange")), ("sheet", _("fiche"))])
    source_id = models.CharField(max_length=12)
    words = models.CharField(max_length=WORDS_MAX, blank=True)
    # Whether their name and words may leave in a badge.
    signs = models.BooleanField(default=False)
    at = models.DateTimeField(default=clock.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = ConfirmationQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["skill", "network", "by"],
                condition=Q(withdrawn_at=None),
                name="confirmation_once",
                violation_error_message=_("Vous l’avez déjà confirmé."),
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(words="", signs=False),
                name="confirmation_withdrawn_says_nothing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.by_id}: {self.skill_id}"


class CertificationQuerySet(models.QuerySet["Certification"]):
    def current(self) -> CertificationQuerySet:
        """Keep those that hold now: not ended, and not past their date though the clock has not come by yet."""
        return self.filter(ended_at=None, until__gt=clock.now())


class Certification(Row):
    """A network's community certifies that someone can pass a savoir on: since when, until when at the latest."""

    subject_kind = "certification"

    skill = models.ForeignKey(Skill, models.CASCADE, related_name="certifications")
    network = models.ForeignKey(Network, models.PROTECT, related_name="+")
    since = models.DateTimeField(default=clock.now)
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=12, choices=EndReason.choices, blank=True)

    objects = CertificationQuerySet.as_manager()

    class Meta:
        ordering = ["-since", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["skill", "network"], condition=Q(ended_at=None), name="certification_once"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, end_reason="") | (Q(ended_at__isnull=False) & ~Q(end_reason="")),
                name="certification_end_has_a_reason",
            ),
        ]
        indexes = [models.Index(fields=["ended_at", "until"], name="certification_until")]

    def __str__(self) -> str:
        return str(self.skill)


class Contest(Row):
    """Someone doubts a certification, with reasons; the animation team answers, with reasons."""

    subject_kind = "contest"

    certification = models.ForeignKey(Certification, models.CASCADE, related_name="contests")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    words = models.CharField(max_length=WORDS_MAX)
    at = models.DateTimeField(default=clock.now)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    upheld = models.BooleanField(null=True, blank=True)
    answer = models.CharField(max_length=WORDS_MAX, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["certification", "by"], condition=Q(settled_at=None), name="contest_once"
            ),
            models.CheckConstraint(
                condition=Q(settled_at=None, upheld=None)
                | (Q(settled_at__isnull=False, upheld__isnull=False) & ~Q(answer="")),
                name="contest_settled_with_reasons",
                violation_error_message=_("Dites pourquoi."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.certification_id}: {self.by_id}"

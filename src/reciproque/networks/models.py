"""Networks, their charter and openings, memberships and roles."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from reciproque.kit import clock
from reciproque.kit.rows import Row
from reciproque.kit.tokens import new_secret
from reciproque.networks.rules import (
    DEFAULT_GIVE,
    DEFAULT_RECEIVE,
    MAX_CAPACITY,
    RHYTHM,
    Admission,
    Mediation,
    MembershipState,
    Reciprocity,
    Role,
    may_ask,
)
from reciproque.people.models import Person, Site, Unit
from reciproque.people.rules import LANGUAGES


def _days(name: str) -> models.PositiveSmallIntegerField[int, int]:
    default, least, most = RHYTHM[name]
    return models.PositiveSmallIntegerField(
        default=default, validators=[MinValueValidator(least), MaxValueValidator(most)]
    )


class NetworkQuerySet(models.QuerySet["Network"]):
    def of(self, person: Person) -> NetworkQuerySet:
        """Keep the networks of which this person is a member."""
        return self.filter(memberships__person=person, memberships__state=MembershipState.MEMBER)

    def visible_to(self, person: Person) -> NetworkQuerySet:
        """Keep what a signed-in person may see: every network's front page (the directory of networks is internal)."""
        return self.all() if person.is_active else self.none()


class Network(Row):
    """A network: its name, its choices, its rhythm."""

    subject_kind = "network"

    slug = models.SlugField(max_length=50, unique=True)
    name_fr = models.CharField(_("nom"), max_length=120)
    name_en = models.CharField(_("nom en anglais"), max_length=120, blank=True)
    summary_fr = models.TextField(_("présentation"), blank=True)
    summary_en = models.TextField(_("présentation en anglais"), blank=True)
    language = models.CharField(max_length=2, choices=LANGUAGES, default="fr")
    systems = models.JSONField(default=list)
    admission = models.CharField(max_length=12, choices=Admission.choices, default=Admission.OPEN)
    reciprocity = models.CharField(max_length=8, choices=Reciprocity.choices, default=Reciprocity.STRICT)
    mediation = models.CharField(max_length=8, choices=Mediation.choices, default=Mediation.DIRECT)
    exclude_own_manager = models.BooleanField(default=True)
    public_page = models.BooleanField(default=False)
    answer_days = _days("answer_days")
    date_days = _days("date_days")
    confirm_days = _days("confirm_days")
    review_days = _days("review_days")
    grace_days = _days("grace_days")
    validity_days = _days("validity_days")
    silent_days = _days("silent_days")
    # Whose public holidays count (two letters, as the `holidays` library names countries).
    country = models.CharField(max_length=2, default="FR")
    created_at = models.DateTimeField(default=clock.now)

    objects = NetworkQuerySet.as_manager()

    class Meta:
        ordering = ["name_fr"]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        english = (get_language() or "fr").startswith("en")
        return (self.name_en if english else "") or self.name_fr

    @property
    def summary(self) -> str:
        english = (get_language() or "fr").startswith("en")
        return (self.summary_en if english else "") or self.summary_fr

    @property
    def is_mediated(self) -> bool:
        return self.mediation == Mediation.MEDIATED

    @property
    def is_strict(self) -> bool:
        return self.reciprocity == Reciprocity.STRICT


class Charter(models.Model):
    """One version of a network's charter; a new version is signed again."""

    network = models.ForeignKey(Network, models.PROTECT, related_name="charters")
    version = models.PositiveSmallIntegerField()
    text_fr = models.TextField()
    text_en = models.TextField(blank=True)
    published_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-version"]
        constraints = [models.UniqueConstraint(fields=["network", "version"], name="charter_version_once")]

    def __str__(self) -> str:
        return f"{self.network} v{self.version}"

    @property
    def text(self) -> str:
        english = (get_language() or "fr").startswith("en")
        return (self.text_en if english else "") or self.text_fr


class Opening(Row):
    """One ring of eligibility, dated: whom the network opened to, and from when. Empty lists admit everyone."""

    network = models.ForeignKey(Network, models.PROTECT, related_name="openings")
    name = models.CharField(max_length=120)
    opens_on = models.DateField()
    functions = models.JSONField(default=list, blank=True)
    levels = models.JSONField(default=list, blank=True)
    units = models.JSONField(default=list, blank=True)
    sites = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["opens_on", "pk"]

    def __str__(self) -> str:
        return f"{self.name} ({self.opens_on})"

    @property
    def criteria(self) -> dict[str, list[str]]:
        return {"functions": self.functions, "levels": self.levels, "units": self.units, "sites": self.sites}


class Interest(models.Model):
    """Someone not yet eligible who asked to be told when the network opens to them."""

    network = models.ForeignKey(Network, models.PROTECT, related_name="interests")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    words = models.TextField(blank=True)
    left_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["network", "person"], name="interest_once")]

    def __str__(self) -> str:
        return f"{self.person} → {self.network}"


class Invitation(Row):
    """A link that lets people join a network on invitation."""

    network = models.ForeignKey(Network, models.PROTECT, related_name="invitations")
    secret = models.CharField(max_length=64, unique=True, default=new_secret)
    created_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.network} → {self.expires_at:%Y-%m-%d}"


class MembershipQuerySet(models.QuerySet["Membership"]):
    def current(self) -> MembershipQuerySet:
        """Keep the members of today, present in the organisation."""
        return self.filter(state=MembershipState.MEMBER, person__is_active=True)

    def available(self, now: dt.datetime) -> MembershipQuerySet:
        """Keep current members who are not on pause."""
        here = Q(paused_until=None) | Q(paused_until__lte=now)
        return self.current().filter(here, Q(suspended_until=None) | Q(suspended_until__lte=now))

    def visible_to(self, person: Person) -> MembershipQuerySet:
        """Keep the members of the networks of which this person is a member too."""
        mine = Membership.objects.current().filter(person=person)
        return self.current().filter(network__in=mine.values("network"))


class Membership(Row):
    """One person in one network."""

    subject_kind = "membership"

    network = models.ForeignKey(Network, models.PROTECT, related_name="memberships")
    person = models.ForeignKey(Person, models.PROTECT, related_name="memberships")
    state = models.CharField(max_length=8, choices=MembershipState.choices, default=MembershipState.MEMBER)
    applied_at = models.DateTimeField(default=clock.now)
    application = models.TextField(blank=True)
    joined_at = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)
    reciprocal = models.BooleanField(default=False)
    reciprocal_since = models.DateTimeField(null=True, blank=True)
    grace_until = models.DateTimeField(null=True, blank=True)
    waived_at = models.DateTimeField(null=True, blank=True)
    waived_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    waiver_reason = models.TextField(blank=True)
    give_capacity = models.PositiveSmallIntegerField(
        default=DEFAULT_GIVE, validators=[MaxValueValidator(MAX_CAPACITY)]
    )
    receive_capacity = models.PositiveSmallIntegerField(
        default=DEFAULT_RECEIVE, validators=[MaxValueValidator(MAX_CAPACITY)]
    )
    paused_until = models.DateTimeField(null=True, blank=True)
    # After a report: kept from new introductions until then; no one but who decided it ends it earlier.
    suspended_until = models.DateTimeField(null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["network", "person"], name="membership_once"),
            models.CheckConstraint(
                condition=~Q(state=MembershipState.MEMBER) | Q(joined_at__isnull=False),
                name="membership_joined_dated",
            ),
            models.CheckConstraint(
                condition=~Q(state=MembershipState.LEFT) | Q(left_at__isnull=False),
                name="membership_left_dated",
            ),
            models.CheckConstraint(
                condition=Q(waived_at__isnull=True, waived_by__isnull=True)
                | Q(waived_at__isnull=False, waived_by__isnull=False),
                name="membership_waiver_signed",
            ),
        ]
        indexes = [models.Index(fields=["network", "state"], name="membership_network_state")]

    def __str__(self) -> str:
        return f"{self.person} ({self.network})"

    def is_active(self, network: Network, now: dt.datetime) -> bool:
        """Tell whether this member may ask for introductions now (`network` is passed so that nothing is queried)."""
        return self.state == MembershipState.MEMBER and may_ask(
            reciprocity=network.reciprocity,
            reciprocal=self.reciprocal,
            grace_until=self.grace_until,
            waived=self.waived_at is not None,
            now=now,
        )

    def is_paused(self, now: dt.datetime) -> bool:
        """Tell whether nobody new is brought to this member now: they asked so, or it was decided after a report."""
        return any(until is not None and until > now for until in (self.paused_until, self.suspended_until))

    def is_suspended(self, now: dt.datetime) -> bool:
        """Tell whether it was decided after a report that this member meets nobody new for now."""
        return self.suspended_until is not None and self.suspended_until > now

    @property
    def away_until(self) -> dt.datetime | None:
        """Until when this member meets nobody new, whatever the cause."""
        return max(filter(None, (self.paused_until, self.suspended_until)), default=None)


class Signature(models.Model):
    """A member signed one version of the charter, at that time."""

    membership = models.ForeignKey(Membership, models.PROTECT, related_name="signatures")
    charter = models.ForeignKey(Charter, models.PROTECT, related_name="signatures")
    signed_at = models.DateTimeField(default=clock.now)
    on_behalf_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-signed_at"]
        constraints = [models.UniqueConstraint(fields=["membership", "charter"], name="signature_once")]

    def __str__(self) -> str:
        return f"{self.membership_id} signed {self.charter_id}"


class RoleGrantQuerySet(models.QuerySet["RoleGrant"]):
    def held(self) -> RoleGrantQuerySet:
        """Keep the roles that are not withdrawn, of people who are still there."""
        return self.filter(withdrawn_at=None, person__is_active=True)


class RoleGrant(Row):
    """A role given to someone in a network, by whom and when; withdrawn, never erased."""

    network = models.ForeignKey(Network, models.PROTECT, related_name="roles")
    person = models.ForeignKey(Person, models.PROTECT, related_name="roles")
    role = models.CharField(max_length=10, choices=Role.choices)
    # An animator may hold one site or one unit (with those below it) rather than the whole network.
    site = models.ForeignKey(Site, models.PROTECT, null=True, blank=True, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    granted_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    granted_at = models.DateTimeField(default=clock.now)
    withdrawn_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = RoleGrantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["network", "person", "role"],
                condition=Q(withdrawn_at=None),
                name="role_held_once",
                violation_error_message=_("Cette personne tient déjà ce rôle."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.role}"


class PoolMember(Row):
    """Someone of the animators' pool: what they may do for the network, how much at once, when."""

    subject_kind = "pool_member"

    network = models.ForeignKey(Network, models.PROTECT, related_name="pool")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    # Values of rules.Ability: mediate, facilitate a group, run a fair, run a launch day.
    abilities = models.JSONField(default=list)
    availability = models.CharField(max_length=200, blank=True)
    at_most = models.PositiveSmallIntegerField(default=3, validators=[MaxValueValidator(MAX_CAPACITY)])
    added_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=clock.now)
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["added_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["network", "person"], condition=Q(left_at=None), name="pool_member_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id} helps {self.network_id}"


class Training(models.Model):
    """What someone of the pool was trained on, and when."""

    member = models.ForeignKey(PoolMember, models.PROTECT, related_name="trainings")
    subject = models.CharField(max_length=200)
    done_on = models.DateField()
    noted_by = models.ForeignKey(Person, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-done_on", "-pk"]

    def __str__(self) -> str:
        return f"{self.subject} ({self.done_on})"


class Note(Row):
    """A private note of the animation team about accompanying someone; the member may ask to read it."""

    membership = models.ForeignKey(Membership, models.PROTECT, related_name="notes")
    words = models.TextField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"note on {self.membership_id}"


def values_for_ring(person: Person) -> dict[str, Any]:
    """Return what eligibility looks at in a person."""
    return {
        "function": person.function,
        "level": person.level,
        "unit": person.unit.path if person.unit else "",
        "site": person.site.name if person.site else "",
    }

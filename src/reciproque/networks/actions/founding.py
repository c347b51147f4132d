"""Found a network, settle its choices, give its roles."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from reciproque.journal.actions import record
from reciproque.kit import clock
from reciproque.kit.dates import is_country
from reciproque.kit.text import clean
from reciproque.networks.access import can_settle
from reciproque.networks.actions.membership import grace_end
from reciproque.networks.models import Charter, Invitation, Membership, Network, Opening, RoleGrant
from reciproque.networks.rules import (
    CHARTER_MAX,
    MembershipState,
    Reciprocity,
    Role,
    System,
    address_from,
    default_charter,
)
from reciproque.people.access import can_administer
from reciproque.people.models import Person, Site, Unit

SETTINGS = {
    "name_fr",
    "name_en",
    "summary_fr",
    "summary_en",
    "language",
    "systems",
    "admission",
    "reciprocity",
    "mediation",
    "exclude_own_manager",
    "public_page",
    "answer_days",
    "date_days",
    "confirm_days",
    "review_days",
    "grace_days",
    "validity_days",
    "silent_days",
    "country",
}


def _free_slug(name: str) -> str:
    base = address_from(name)
    slug, number = base, 1
    while Network.objects.filter(slug=slug).exists():
        number += 1
        slug = f"{base[:46]}-{number}"
    return slug


WORDS = {"name_fr", "name_en", "summary_fr", "summary_en"}


def _cleaned(settings: dict[str, Any]) -> dict[str, Any]:
    return {name: clean(value).strip() if name in WORDS else value for name, value in settings.items()}


def _check(network: Network) -> None:
    unknown = set(network.systems) - set(System.values)
    if unknown or not network.systems:
        raise ValidationError({"systems": _("Choisissez au moins un des quatre dispositifs.")})
    if not is_country(network.country):
        raise ValidationError(
            {"country": _("Choisissez un pays de la liste : ses jours fériés sont connus.")}
        )
    network.full_clean(validate_unique=False)


@transaction.atomic
def create_network(
    name_fr: str,
    *,
    by: Person | None,
    charter_fr: str | None = None,
    charter_en: str | None = None,
    open_to_all: bool = True,
    animators: Sequence[Person] = (),
    openings: Sequence[Mapping[str, Any]] = (),
    roles: Sequence[tuple[Person, str]] = (),
    **settings: Any,
) -> Network:
    """Found a network with its first charter, rings and roles; `by` None is the command line.

    Without a charter, it is the one that suits its systems. `openings` are the arguments of `add_opening`, `roles`
    pairs of a person and a role. Raises ValidationError.
    """
    if by is not None and not can_administer(by):
        raise PermissionDenied
    settings.setdefault("systems", [System.EXCHANGES.value])
    if System.EXCHANGES not in settings["systems"]:
        # Nobody is asked for an offer and a request where none are published.
        settings.setdefault("reciprocity", Reciprocity.OPEN.value)
    slug = settings.pop("slug", "") or _free_slug(name_fr)
    network = Network(slug=slug, **_cleaned({"name_fr": name_fr, **settings}))
    _check(network)
    try:
        with transaction.atomic():
            network.save()
    except IntegrityError as error:
        raise ValidationError({"slug": _("Cette adresse est déjà prise par un autre réseau.")}) from error
    record("network.created", network, by=by, network=network, name=network.name_fr)
    if charter_fr is None:
        charter_fr, own_en = default_charter(network.systems)
        charter_en = own_en if charter_en is None else charter_en
    charter_fr, charter_en = _checked_charter(charter_fr, charter_en or "")
    Charter.objects.create(
        network=network, version=1, text_fr=charter_fr, text_en=charter_en, published_at=clock.now()
    )
    if open_to_all:
        Opening.objects.create(network=network, name=str(_("Tout le monde")), opens_on=clock.now().date())
    for ring in openings:
        add_opening(network, by=by, **ring)
    held = [(person, Role.ANIMATOR.value) for person in animators]
    for person, role in dict.fromkeys([*held, *roles]):
        _grant(network, person, role, by)
    return network


@transaction.atomic
def change_settings(network: Network, *, by: Person, **settings: Any) -> Network:
    """Change some of a network's choices; what each changes for whom is said on its settings page."""
    if not can_settle(by, network):
        raise PermissionDenied
    unknown = set(settings) - SETTINGS
    if unknown:
        raise ValueError(f"not settings of a network: {sorted(unknown)}")
    settings = _cleaned(settings)
    changed = {name: value for name, value in settings.items() if getattr(network, name) != value}
    before = {name: getattr(network, name) for name in changed}
    for name, value in changed.items():
        setattr(network, name, value)
    try:
        _check(network)
    except ValidationError:
        for name, value in before.items():
            setattr(network, name, value)
        raise
    if changed:
        network.save(update_fields=list(changed))
        record("network.settings_changed", network, by=by, network=network, before=before, after=changed)
    if changed.get("reciprocity") == Reciprocity.STRICT:
        _give_grace(network)
    return network


def _give_grace(network: Network) -> None:
    """Give the members a grace period when reciprocity becomes strict: the door must not close overnight."""
    now = clock.now()
    members = Membership.objects.filter(network=network, state=MembershipState.MEMBER, reciprocal=False)
    members.filter(Q(grace_until=None) | Q(grace_until__lt=now)).update(grace_until=grace_end(network, now))


def _checked_charter(text_fr: str, text_en: str) -> tuple[str, str]:
    text_fr, text_en = clean(text_fr).strip(), clean(text_en).strip()
    if not text_fr:
        raise ValidationError({"text_fr": _("La charte ne peut pas être vide.")})
    if max(len(text_fr), len(text_en)) > CHARTER_MAX:
        raise ValidationError({"text_fr": _("La charte est trop longue : 8 000 caractères au plus.")})
    return text_fr, text_en


@transaction.atomic
def publish_charter(network: Network, *, by: Person, text_fr: str, text_en: str = "") -> Charter:
    """Publish a new version of the charter: each member is asked to sign it. Unchanged text makes no version."""
    if not can_settle(by, network):
        raise PermissionDenied
    text_fr, text_en = _checked_charter(text_fr, text_en)
    last = network.charters.order_by("-version").first()
    if last and (last.text_fr, last.text_en) == (text_fr, text_en):
        return last
    try:
        with transaction.atomic():
            charter = Charter.objects.create(
                network=network,
                version=(last.version + 1) if last else 1,
                text_fr=text_fr,
                text_en=text_en,
                published_at=clock.now(),
            )
    except IntegrityError as error:
        raise ValidationError(_("Une autre version vient d’être publiée. Rechargez la page.")) from error
    record("charter.published", network, by=by, network=network, version=charter.version)
    return charter


@transaction.atomic
def add_opening(
    network: Network, name: str, *, by: Person | None, opens_on: dt.date, **criteria: Sequence[str]
) -> Opening:
    """Open the network to one more ring of people from a day on."""
    if by is not None and not can_settle(by, network):
        raise PermissionDenied
    opening = Opening.objects.create(
        network=network, name=clean(name).strip()[:120], opens_on=opens_on, **criteria
    )
    record(
        "network.opened_to", network, by=by, network=network, name=opening.name, opens_on=opens_on.isoformat()
    )
    return opening


@transaction.atomic
def create_invitation(network: Network, *, by: Person, days: int = 30) -> Invitation:
    """Make a link with which eligible people may join for `days` days."""
    if not can_settle(by, network):
        raise PermissionDenied
    now = clock.now()
    invitation = Invitation.objects.create(
        network=network,
        created_by=by,
        created_at=now,
        expires_at=now + dt.timedelta(days=max(1, min(days, 365))),
    )
    record("invitation.created", network, by=by, network=network)
    return invitation


@transaction.atomic
def withdraw_invitation(invitation: Invitation, *, by: Person) -> Invitation:
    """Close an invitation link at once."""
    if not can_settle(by, invitation.network):
        raise PermissionDenied
    if Invitation.objects.filter(pk=invitation.pk, withdrawn_at=None).update(withdrawn_at=clock.now()):
        record("invitation.withdrawn", invitation.network, by=by, network=invitation.network)
        invitation.refresh_from_db()
    return invitation


def _grant(
    network: Network,
    person: Person,
    role: str,
    by: Person | None,
    site: Site | None = None,
    unit: Unit | None = None,
) -> RoleGrant:
    try:
        with transaction.atomic():
            grant = RoleGrant.objects.create(
                network=network,
                person=person,
                role=role,
                site=site,
                unit=unit,
                granted_by=by,
                granted_at=clock.now(),
            )
    except IntegrityError as error:
        raise ValidationError(_("Cette personne tient déjà ce rôle.")) from error
    # Where the role stops is said only when it does: most are held for the whole network.
    where = {"where": site.name if site else unit.path} if site or unit else {}  # type: ignore[union-attr]
    record(
        "role.granted",
        network,
        by=by,
        network=network,
        people=[person],
        role=role,
        name=person.display_name,
        **where,
    )
    return grant


@transaction.atomic
def grant_role(
    network: Network,
    person: Person,
    role: str,
    *,
    by: Person | None,
    site: Site | None = None,
    unit: Unit | None = None,
) -> RoleGrant:
    """Give a role in the network to a person who is present; an animator may hold one site or one unit only."""
    if by is not None and not can_settle(by, network):
        raise PermissionDenied
    if role not in Role.values:
        raise ValidationError(_("Ce rôle n’existe pas."))
    if not person.is_active:
        raise ValidationError(_("Cette personne a quitté l’organisation."))
    if (site or unit) and role != Role.ANIMATOR:
        raise ValidationError(
            {
                "place": _(
                    "Seule l’animation se confie pour un site ou un service. Laissez « tout le réseau »."
                )
            }
        )
    if site and unit:
        raise ValidationError({"place": _("Choisissez un site ou un service, pas les deux.")})
    return _grant(network, person, role, by, site, unit)


@transaction.atomic
def withdraw_role(grant: RoleGrant, *, by: Person) -> RoleGrant:
    """Withdraw a role; a network keeps at least one animator. Withdrawing twice changes nothing."""
    network = grant.network
    if not can_settle(by, network):
        raise PermissionDenied
    if grant.role == Role.ANIMATOR:
        # Every row is locked, in one order: of two who withdraw each other's role, the second finds one left.
        # Who holds one site or one unit does not keep the whole: the last one who does stays.
        animators = RoleGrant.objects.select_for_update(of=("self",)).held().order_by("pk")
        whole = animators.filter(network=network, role=Role.ANIMATOR, site=None, unit=None)
        if not [row for row in whole if row.pk != grant.pk] and not (grant.site_id or grant.unit_id):
            raise ValidationError(
                _("Un réseau garde au moins une personne à l’animation. Nommez-en une autre d’abord.")
            )
    if RoleGrant.objects.filter(pk=grant.pk, withdrawn_at=None).update(
        withdrawn_at=clock.now(), withdrawn_by=by
    ):
        grant.refresh_from_db()
        record("role.withdrawn", network, by=by, network=network, people=[grant.person], role=grant.role)
    return grant

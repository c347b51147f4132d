"""Join a network, become active in it, pause, leave."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from reciproque.journal.actions import record
from reciproque.kit import clock
from reciproque.kit.rows import move
from reciproque.kit.text import clean
from reciproque.networks.access import accompanies, is_eligible
from reciproque.networks.models import (
    Interest,
    Invitation,
    Membership,
    Network,
    PoolMember,
    RoleGrant,
    Signature,
)
from reciproque.networks.queries import current_charter
from reciproque.networks.rules import (
    DEFAULT_GIVE,
    DEFAULT_RECEIVE,
    MAX_CAPACITY,
    Admission,
    MembershipState,
    Reciprocity,
    Role,
)
from reciproque.people.models import Person

State = MembershipState


def _invited(network: Network, secret: str) -> bool:
    now = clock.now()
    return (
        bool(secret)
        and Invitation.objects.filter(
            network=network, secret=secret, withdrawn_at=None, expires_at__gt=now
        ).exists()
    )


@transaction.atomic
def join_network(
    network: Network,
    person: Person,
    *,
    by: Person | None,
    invitation: str = "",
    application: str = "",
    charter_version: int | None = None,
    directory: bool = False,
) -> Membership:
    """Make a person a member (or an applicant where joining needs an agreement), their charter signed.

    `charter_version` is the version that was on screen: another one in force asks to read it again.
    `directory` is an import by the installation: no eligibility test and no signature (asked at first visit).
    Joining twice changes nothing. Raises ValidationError with the reason.
    """
    membership = Membership.objects.select_for_update().filter(network=network, person=person).first()
    if membership and membership.state == State.MEMBER:
        return membership
    on_behalf = by is not None and by.pk != person.pk
    if on_behalf and not accompanies(by, network, person):  # type: ignore[arg-type]
        raise PermissionDenied
    if not person.is_active:
        raise ValidationError(_("Cette personne a quitté l’organisation."))
    if not directory:
        _check_admission(network, person, invitation, on_behalf, charter_version)
    now = clock.now()
    waits = network.admission == Admission.APPROVAL and not (
        directory or on_behalf or _invited(network, invitation)
    )
    if waits and membership is not None and membership.state == State.APPLIED:
        membership.application = clean(application).strip() or membership.application
        membership.save(update_fields=["application"])
        return membership
    if membership is None:
        membership = Membership(network=network, person=person)
    membership.state = State.APPLIED if waits else State.MEMBER
    membership.applied_at, membership.application = now, clean(application).strip()
    membership.joined_at = None if waits else now
    membership.left_at = None
    membership.grace_until = None if waits else grace_end(network, now)
    try:
        with transaction.atomic():
            membership.save()
    except IntegrityError:
        # The same button pressed twice, at the same instant.
        return Membership.objects.get(network=network, person=person)
    charter = current_charter(network)
    if charter and not directory:
        Signature.objects.get_or_create(
            membership=membership,
            charter=charter,
            defaults={"signed_at": now, "on_behalf_by": by if on_behalf else None},
        )
    Interest.objects.filter(network=network, person=person).delete()
    record(
        "membership.applied" if waits else "membership.joined",
        membership,
        by=by,
        network=network,
        people=[person],
        name=person.display_name,
        directory=directory,
    )
    return membership


def _check_admission(
    network: Network, person: Person, invitation: str, on_behalf: bool, charter_version: int | None
) -> None:
    if not is_eligible(person, network):
        raise ValidationError(
            _("Ce réseau ne vous est pas encore ouvert. Vous pouvez laisser votre intérêt.")
        )
    if network.admission == Admission.INVITATION and not on_behalf and not _invited(network, invitation):
        raise ValidationError(
            _("On rejoint ce réseau par un lien d’invitation. Demandez-en un à la personne qui l’anime.")
        )
    charter = current_charter(network) if charter_version is not None else None
    if charter and charter.version != charter_version:
        raise ValidationError(_("La charte vient de changer. Relisez-la, puis signez la nouvelle version."))


def grace_end(network: Network, now: dt.datetime) -> dt.datetime | None:
    """Return until when a member without offer and request of their own may ask, counted from now."""
    if network.reciprocity != Reciprocity.STRICT or not network.grace_days:
        return None
    return now + dt.timedelta(days=network.grace_days)


@transaction.atomic
def answer_application(membership: Membership, *, by: Person, accept: bool, reason: str = "") -> Membership:
    """Say yes or no to someone who asked to join; a no carries its reason."""
    network = membership.network
    if not accompanies(by, network, membership.person):
        raise PermissionDenied
    if not accept and not reason.strip():
        raise ValidationError({"reason": _("Dites pourquoi, en une phrase : la personne la lira.")})
    reason = clean(reason).strip()
    now = clock.now()
    if accept:
        grace = grace_end(network, now)
        move(membership, State.MEMBER, since=[State.APPLIED], joined_at=now, grace_until=grace)
    else:
        move(membership, State.REFUSED, since=[State.APPLIED])
    record(
        "membership.joined" if accept else "membership.refused",
        membership,
        by=by,
        network=network,
        people=[membership.person],
        name=membership.person.display_name,
        reason=reason,
    )
    return membership


@transaction.atomic
def sign_charter(membership: Membership, *, by: Person, version: int) -> Signature:
    """Sign the version that was on screen; another version in force asks to read it again."""
    if by.pk != membership.person_id:
        raise PermissionDenied
    charter = current_charter(membership.network)
    if charter is None or charter.version != version:
        raise ValidationError(_("La charte vient de changer. Relisez-la, puis signez la nouvelle version."))
    signature, created = Signature.objects.get_or_create(
        membership=membership, charter=charter, defaults={"signed_at": clock.now()}
    )
    if created:
        record(
            "charter.signed",
            membership,
            by=by,
            network=membership.network,
            people=[by],
            version=charter.version,
        )
    return signature


@transaction.atomic
def set_active(person: Person, network: Network, *, reciprocal: bool) -> None:
    """Store whether a member has both an offer and a request published: `catalogue` says so, nobody counts here."""
    now = clock.now()
    changed = Membership.objects.filter(
        person=person, network=network, state=State.MEMBER, reciprocal=not reciprocal
    ).update(reciprocal=reciprocal, reciprocal_since=now if reciprocal else None)
    if not changed:
        return
    membership = Membership.objects.get(person=person, network=network)
    if (
        not reciprocal
        and network.is_strict
        and (membership.grace_until is None or membership.grace_until < now)
    ):
        # Losing the last offer must not close the door overnight: a fresh grace period starts.
        membership.grace_until = grace_end(network, now)
        membership.save(update_fields=["grace_until"])
    name = "membership.activated" if reciprocal else "membership.deactivated"
    record(name, membership, by=None, network=network, people=[person], name=person.display_name)


@transaction.atomic
def waive_reciprocity(membership: Membership, *, by: Person, reason: str) -> Membership:
    """Let a member ask for introductions without offer and request of their own, for a recorded reason."""
    if not accompanies(by, membership.network, membership.person):
        raise PermissionDenied
    if not reason.strip():
        raise ValidationError({"reason": _("Dites pourquoi, en une phrase : elle reste dans l’historique.")})
    reason = clean(reason).strip()
    membership.waived_at, membership.waived_by, membership.waiver_reason = clock.now(), by, reason
    membership.save(update_fields=["waived_at", "waived_by", "waiver_reason"])
    record(
        "membership.waived",
        membership,
        by=by,
        network=membership.network,
        people=[membership.person],
        reason=reason,
        name=membership.person.display_name,
    )
    return membership


@transaction.atomic
def change_capacity(membership: Membership, *, by: Person, give: int, receive: int) -> Membership:
    """Set how many exchanges a member can hold at once on each side (0 to 20)."""
    if by.pk != membership.person_id and not accompanies(by, membership.network, membership.person):
        raise PermissionDenied
    if not (0 <= give <= MAX_CAPACITY and 0 <= receive <= MAX_CAPACITY):
        raise ValidationError(_("Choisissez un nombre entre 0 et 20."))
    membership.give_capacity, membership.receive_capacity = give, receive
    membership.save(update_fields=["give_capacity", "receive_capacity"])
    record(
        "membership.capacity_changed",
        membership,
        by=by,
        network=membership.network,
        people=[membership.person],
        give=give,
        receive=receive,
    )
    return membership


@transaction.atomic
def pause_membership(membership: Membership, *, by: Person, until: dt.datetime) -> Membership:
    """Stop being proposed to others until a date; what is under way goes on, what waits for them waits.

    The return is automatic (`end_pauses`). Another date said during a pause replaces the first.
    """
    if by.pk != membership.person_id and not accompanies(by, membership.network, membership.person):
        raise PermissionDenied
    if until <= clock.now():
        raise ValidationError({"until": _("Choisissez une date à venir.")})
    if membership.state != State.MEMBER:
        raise ValidationError(_("Cette personne ne fait plus partie du réseau."))
    before = membership.paused_until
    membership.paused_until = until
    membership.save(update_fields=["paused_until"])
    record(
        "membership.paused",
        membership,
        by=by,
        network=membership.network,
        people=[membership.person],
        until=until.isoformat(),
        before=before.isoformat() if before else None,
    )
    return membership


def end_pauses(limit: int = 500) -> int:
    """Bring back the members whose pause is over (by the clock); return how many."""
    now = clock.now()
    over = Membership.objects.filter(paused_until__lte=now).select_related("network", "person")
    return sum(_end_pause(membership, now) for membership in over.order_by("paused_until", "pk")[:limit])


@transaction.atomic
def _end_pause(membership: Membership, now: dt.datetime) -> bool:
    if not Membership.objects.filter(pk=membership.pk, paused_until__lte=now).update(paused_until=None):
        return False
    # Who left meanwhile comes back to nothing.
    if membership.state == State.MEMBER and membership.person.is_active:
        _record_return(membership, None, automatic=True)
    return True


def _record_return(membership: Membership, by: Person | None, *, automatic: bool) -> None:
    until = membership.paused_until
    record(
        "membership.resumed",
        membership,
        by=by,
        network=membership.network,
        people=[membership.person],
        name=membership.person.display_name,
        until=until.isoformat() if until else None,
        automatic=automatic,
    )


@transaction.atomic
def resume_membership(membership: Membership, *, by: Person) -> Membership:
    """End a pause before its date. Coming back twice changes nothing."""
    if by.pk != membership.person_id and not accompanies(by, membership.network, membership.person):
        raise PermissionDenied
    rows = Membership.objects.filter(pk=membership.pk, paused_until__isnull=False)
    if rows.update(paused_until=None):
        _record_return(membership, by, automatic=False)
    membership.paused_until = None
    return membership


@transaction.atomic
def leave_network(membership: Membership, *, by: Person | None) -> Membership:
    """End a membership; what waited for this person is released by the floors above, which read the fact."""
    if (
        by is not None
        and by.pk != membership.person_id
        and not accompanies(by, membership.network, membership.person)
    ):
        raise PermissionDenied
    since = [State.MEMBER, State.APPLIED]
    gone: dict[str, Any] = {
        "left_at": clock.now(),
        "reciprocal": False,
        "reciprocal_since": None,
        "paused_until": None,
    }
    move(membership, State.LEFT, since=since, **gone)
    record(
        "membership.left",
        membership,
        by=by,
        network=membership.network,
        people=[membership.person],
        name=membership.person.display_name,
    )
    _withdraw_roles(membership, by=by)
    # The team counts on nobody who is gone; their trainings stay written.
    network, person = membership.network, membership.person
    for row in PoolMember.objects.filter(network=network, person=person, left_at=None):
        row.left_at = clock.now()
        row.save(update_fields=["left_at"])
        record("pool.left", row, by=by, network=network, people=[person], name=person.display_name)
    return membership


def _withdraw_roles(membership: Membership, *, by: Person | None) -> None:
    """Withdraw the roles of someone who leaves; the last person to animate a network goes on until another is named."""
    network, person = membership.network, membership.person
    for grant in RoleGrant.objects.filter(network=network, person=person, withdrawn_at=None):
        others = RoleGrant.objects.held().filter(network=network, role=Role.ANIMATOR).exclude(person=person)
        if grant.role == Role.ANIMATOR and person.is_active and not others.exists():
            continue
        grant.withdrawn_at, grant.withdrawn_by = clock.now(), by
        grant.save(update_fields=["withdrawn_at", "withdrawn_by"])
        record("role.withdrawn", network, by=by, network=network, people=[person], role=grant.role)


@transaction.atomic
def leave_interest(network: Network, person: Person, *, words: str = "") -> Interest:
    """Note that a person not yet eligible would like to join; saying it twice keeps the latest words."""
    interest, created = Interest.objects.update_or_create(
        network=network, person=person, defaults={"words": clean(words).strip()[:1000]}
    )
    if created:
        record("network.interest_left", network, by=person, network=network, name=person.display_name)
    return interest


@transaction.atomic
def enrol_in_bulk(
    network: Network, people: Mapping[int, tuple[int | None, int | None]], *, by: Person | None
) -> int:
    """Make members of the people of an import ({person key: (give, receive)}, None: usual); return how many are new.

    The charter is asked of each at their first visit; one fact tells of the whole import.
    """
    now = clock.now()
    known = set(Membership.objects.filter(network=network).values_list("person_id", flat=True))
    rows = [
        Membership(
            network=network,
            person_id=person,
            state=State.MEMBER,
            applied_at=now,
            joined_at=now,
            grace_until=grace_end(network, now),
            give_capacity=DEFAULT_GIVE if give is None else give,
            receive_capacity=DEFAULT_RECEIVE if receive is None else receive,
        )
        for person, (give, receive) in people.items()
        if person not in known
    ]
    Membership.objects.bulk_create(rows, batch_size=1000)
    record("network.members_imported", network, by=by, network=network, count=len(rows))
    return len(rows)


@transaction.atomic
def set_reciprocal_in_bulk(network: Network, people: Collection[int]) -> int:
    """Store after an import who has both an offer and a request published; return how many became so."""
    now = clock.now()
    wanted = sorted(people)
    changed = 0
    for start in range(0, len(wanted), 500):
        changed += Membership.objects.filter(
            network=network, person__in=wanted[start : start + 500], reciprocal=False
        ).update(reciprocal=True, reciprocal_since=now)
    return changed

"""Keep a member from meeting anybody new until a date, decided after a report."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from reciproque.journal.actions import record
from reciproque.kit import clock
from reciproque.networks.access import can_suspend
from reciproque.networks.models import Membership
from reciproque.people.models import Person


@transaction.atomic
def suspend_membership(membership: Membership, *, by: Person, until: dt.datetime) -> Membership:
    """Propose nobody to this member, nor them to anybody, until a date; what is under way goes on."""
    if not can_suspend(by, membership):
        raise PermissionDenied
    if until <= clock.now():
        raise ValidationError({"until": _("Choisissez une date à venir.")})
    Membership.objects.filter(pk=membership.pk).update(suspended_until=until)
    membership.suspended_until = until
    _note("membership.suspended", membership, by)
    return membership


@transaction.atomic
def end_suspension(membership: Membership, *, by: Person) -> Membership:
    """Let a member be brought together with others again before the date decided; done once."""
    if not can_suspend(by, membership):
        raise PermissionDenied
    done = Membership.objects.filter(pk=membership.pk, suspended_until__isnull=False)
    if done.update(suspended_until=None):
        membership.suspended_until = None
        _note("membership.reinstated", membership, by)
    return membership


def _note(name: str, membership: Membership, by: Person) -> None:
    # The doer is not written in the journal here: the decision says who, to whom it concerns only.
    record(name, membership, network=membership.network, people=[membership.person])

"""Invite members who are ready to accompany others."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from reciproque.insights.models import HelperInvitation
from reciproque.insights.rules import INVITATION_FOR, INVITED_AGAIN
from reciproque.journal.actions import record
from reciproque.kit import clock
from reciproque.kit.rows import ALREADY_CHANGED
from reciproque.networks.access import can_settle, is_member
from reciproque.networks.actions import add_to_pool
from reciproque.networks.models import Network
from reciproque.networks.queries import animators_of, place_in_pool
from reciproque.networks.rules import Ability
from reciproque.people.models import Person


@transaction.atomic
def invite_helper(network: Network, person: Person, *, by: Person) -> HelperInvitation:
    """Invite a member to accompany introductions; they answer when they like, or not at all."""
    if not can_settle(by, network):
        raise PermissionDenied
    if not is_member(person, network):
        raise ValidationError(_("Cette personne ne fait pas partie du réseau."))
    if place_in_pool(person, network) is not None:
        raise ValidationError(_("Cette personne est déjà dans l’équipe d’appui."))
    now = clock.now()
    since = now - INVITED_AGAIN
    if HelperInvitation.objects.filter(network=network, person=person, at__gt=since).exists():
        raise ValidationError(_("Cette personne a déjà été invitée il y a moins d’un an."))
    HelperInvitation.objects.filter(network=network, person=person, answered_at=None).update(
        answered_at=now, accepted=False
    )
    try:
        with transaction.atomic():
            invitation = HelperInvitation.objects.create(network=network, person=person, by=by, at=now)
    except IntegrityError as error:
        raise ValidationError(_("Cette personne est déjà invitée.")) from error
    record("helper.invited", invitation, by=by, network=network, people=[person], to=[person.public_id])
    return invitation


@transaction.atomic
def answer_invitation(
    invitation: HelperInvitation, *, by: Person, accepted: bool, availability: str = "", at_most: int = 2
) -> HelperInvitation:
    """Say yes (and join the pool, for so much at once) or no to an invitation to help."""
    if by.pk != invitation.person_id:
        raise PermissionDenied
    now = clock.now()
    mine = HelperInvitation.objects.filter(pk=invitation.pk, answered_at=None)
    if not mine.update(answered_at=now, accepted=accepted):
        raise ValidationError(ALREADY_CHANGED)
    invitation.answered_at, invitation.accepted = now, accepted
    network = invitation.network
    if accepted and place_in_pool(by, network) is None:
        team = [invitation.by, *animators_of(network)]
        host = next((person for person in team if can_settle(person, network)), None)
        if host is None:
            raise ValidationError(_("Plus personne n’anime ce réseau en ce moment. Réessayez plus tard."))
        add_to_pool(
            network, by, by=host, abilities=[Ability.MEDIATE], availability=availability, at_most=at_most
        )
    name = {"name": by.display_name}
    fact = "helper.accepted" if accepted else "helper.declined"
    people = [invitation.by]
    record(fact, invitation, by=by, network=network, people=people, to=[invitation.by.public_id], **name)
    return invitation


def lapse_invitations() -> int:
    """Close the invitations that nobody answered in two months, without telling anybody (by the clock)."""
    now = clock.now()
    rows = HelperInvitation.objects.filter(answered_at=None, at__lt=now - INVITATION_FOR)
    return rows.update(answered_at=now, accepted=False)

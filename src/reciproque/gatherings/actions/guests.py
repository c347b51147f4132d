"""Who a guest is, and how they are invited: nobody learns from it who is of the directory."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from reciproque.gatherings.access import can_run
from reciproque.gatherings.actions.consent import ask_one, bump_version
from reciproque.gatherings.models import Gathering, Participant
from reciproque.gatherings.queries import member_called
from reciproque.gatherings.rules import EntryState, clean_name
from reciproque.journal.actions import record
from reciproque.kit import clock
from reciproque.kit.text import clean
from reciproque.networks.access import is_animator, is_member
from reciproque.networks.models import Membership
from reciproque.people.models import Person
from reciproque.people.queries import person_by_email


@transaction.atomic
def name_guest(participant: Participant, who: str, *, by: Person) -> Participant:
    """Say which member somebody noted by name is; what was typed for them follows."""
    gathering = participant.gathering
    if not can_run(by, gathering.network, gathering.kind):
        raise PermissionDenied
    if participant.person_id is not None:
        return participant
    member = member_called(gathering.network, clean_name(who))
    if member is None:
        raise ValidationError(
            {"who": _("Aucun membre ne porte exactement ce nom. Choisissez dans la liste.")}
        )
    if participant.here_at is not None and not is_animator(by, gathering.network):
        # Somebody was there; that it was this member is seen by an animator, or said by the person.
        participant.here_at = None
    found = _become(participant, member.person)
    bump_version(gathering)
    return found


def _become(participant: Participant, person: Person) -> Participant:
    """Turn a guest into a member; the one already there, if any, takes what was typed."""
    there = Participant.objects.filter(gathering=participant.gathering_id, person=person).first()
    if there is None:
        participant.person, participant.name, participant.folded, participant.email = person, "", "", ""
        participant.save(update_fields=["person", "name", "folded", "email", "here_at"])
        return participant
    participant.entries.update(participant=there)
    if there.here_at is None and participant.here_at is not None:
        Participant.objects.filter(pk=there.pk).update(here_at=participant.here_at)
    participant.delete()
    there.gathering = participant.gathering
    return there


@transaction.atomic
def invite_guest(participant: Participant, email: str, *, by: Person) -> Participant:
    """Keep a guest's address to invite them; whoever is of the directory is written to, and nobody is told who is."""
    gathering = participant.gathering
    if not can_run(by, gathering.network, gathering.kind):
        raise PermissionDenied
    if participant.person_id is not None:
        raise ValidationError(_("Cette personne est déjà membre du réseau."))
    email = clean(email).strip().lower()
    try:
        validate_email(email)
    except ValidationError as error:
        raise ValidationError({"email": _("Cette adresse ne semble pas complète.")}) from error
    again = participant.email == email and participant.invited_at is not None
    participant.email, participant.invited_at = email, clock.now()
    participant.save(update_fields=["email", "invited_at"])
    person = person_by_email(email)
    if person is None or again:
        return participant
    if is_member(person, gathering.network):
        # A member all along: they alone say that the guest was them, from the page the message leads to.
        if participant.entries.filter(state=EntryState.NOTED).exists():
            ask_one(gathering, participant, person, by=by)
    else:
        record(
            "gathering.guest_invited",
            gathering,
            by=by,
            network=gathering.network,
            people=[person],
            title=gathering.title,
            name=person.display_name,
        )
    return participant


@transaction.atomic
def claim_notes(gathering: Gathering, *, by: Person) -> Participant | None:
    """Take as one's own what was typed for a guest at one's address; return one's place in the gathering, if any."""
    mine = Q(person=by)
    if by.email and is_member(by, gathering.network):
        mine |= Q(person=None, email__iexact=by.email)
    rows = gathering.participants.filter(mine).select_related("gathering__network", "person")
    mine_here = None
    for row in rows.order_by("pk"):
        mine_here = row if row.person_id == by.pk else _become(row, by)
    return mine_here


@transaction.atomic
def claim_guest(membership: Membership) -> int:
    """Give to someone who has just joined what was typed for them as a guest; they are asked to confirm it."""
    person = membership.person
    if not person.email:
        return 0
    rows = Participant.objects.filter(
        gathering__network=membership.network, person=None, email__iexact=person.email
    )
    guests = list(rows.select_related("gathering__network"))
    for guest in guests:
        participant = _become(guest, person)
        bump_version(guest.gathering)
        if participant.entries.filter(state=EntryState.NOTED).exists():
            ask_one(guest.gathering, participant, person, by=None)
    return len(guests)

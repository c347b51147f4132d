"""Tell by telephone or on paper those whom no e-mail reaches, and note that it is done."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from reciproque.agenda.actions.attempts import note_attempt
from reciproque.agenda.actions.steps import StepSubject
from reciproque.agenda.models import Attempt, Step
from reciproque.agenda.rules import PRIVATE_VERBS, AttemptKind
from reciproque.journal.actions import record
from reciproque.networks.access import accompanies
from reciproque.networks.models import Membership
from reciproque.networks.rules import MembershipState
from reciproque.people.models import Person


@transaction.atomic
def note_told(membership: Membership, *, by: Person, words: str = "") -> Attempt:
    """Note that a member was told, by voice or on paper, all that waits for them in the network.

    The call is written beside each thing expected of them, so that nobody of the team calls again for it the
    same day. Noting it twice within minutes changes nothing.
    """
    person, network = membership.person, membership.network
    if not accompanies(by, network, person):
        raise PermissionDenied
    if membership.state != MembershipState.MEMBER or not person.is_active:
        raise ValidationError(_("Cette personne n’est plus membre du réseau."))
    before = Attempt.objects.about(membership).values_list("pk", flat=True).first()
    told = note_attempt(membership, network, AttemptKind.CALLED, by=by, person=person, words=words)
    if told.pk == before:
        return told
    steps = Step.objects.open().filter(owner=person, network=network).exclude(verb__in=PRIVATE_VERBS)
    for kind, public_id in set(steps.values_list("subject_kind", "subject_id")):
        subject = StepSubject(kind, public_id)
        note_attempt(subject, network, AttemptKind.CALLED, by=by, person=person, words=words)
    record("membership.told", membership, by=by, network=network, people=[person], name=person.display_name)
    return told

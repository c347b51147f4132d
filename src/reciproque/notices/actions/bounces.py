"""Letters that come back: what they say is kept beside the message, and with the person when the address is dead."""

from __future__ import annotations

import imaplib
import logging

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction

from reciproque.journal.actions import record
from reciproque.kit import clock
from reciproque.networks.models import Membership
from reciproque.notices.access import accompanied
from reciproque.notices.actions.troubles import note_trouble
from reciproque.notices.engine import bounces
from reciproque.notices.models import AddressTrouble, Outgoing
from reciproque.notices.rules import OutgoingState, is_dead_address
from reciproque.people.models import Person

logger = logging.getLogger(__name__)
State = OutgoingState


def read_bounces(limit: int = 200) -> int:
    """Read what came back in the mailbox kept for it, if there is one; return how many letters were."""
    if not settings.BOUNCES:
        return 0
    found = 0
    try:
        with bounces.mailbox(settings.BOUNCES) as box:
            for number, raw in bounces.unread(box, limit):
                found += sum(note_bounce(one) for one in bounces.read_bounce(raw))
                # Only now: read again if we were stopped in between, which changes nothing.
                bounces.mark_read(box, number)
    except (OSError, imaplib.IMAP4.error) as error:
        logger.warning("the mailbox of returns does not answer: %r", error)
    return found


@transaction.atomic
def note_bounce(bounce: bounces.Bounce) -> bool:
    """Keep that a letter of ours came back; False when it is not one of ours, or not for good.

    Anyone may write to that mailbox: only the identifier of a letter, which its reader and the servers on its way know,
    together with that reader's address, makes it believed.
    """
    if not bounce.is_final or not bounce.letter:
        return False
    row = Outgoing.objects.filter(public_id=bounce.letter).select_related("person").first()
    if row is None or row.person is None or (row.person.email or "").lower() != bounce.recipient:
        return False
    noted = Outgoing.objects.filter(pk=row.pk, state=State.SENT).update(
        state=State.BOUNCED, error=bounce.words or bounce.status
    )
    if noted and is_dead_address(bounce.words):
        note_trouble(row.person, bounce.recipient, bounce.words)
    return bool(noted)


@transaction.atomic
def clear_address_trouble(trouble: AddressTrouble, *, by: Person) -> AddressTrouble:
    """Write to this address again: somebody made sure that it works."""
    memberships = Membership.objects.filter(person=trouble.person_id).select_related("network")
    if not any(accompanied(by, row.network).filter(pk=row.pk).exists() for row in memberships):
        raise PermissionDenied
    now = clock.now()
    changed = AddressTrouble.objects.filter(pk=trouble.pk, cleared_at=None).update(
        cleared_at=now, cleared_by=by
    )
    if changed:
        record("address.cleared", trouble, by=by, people=[trouble.person])
    trouble.refresh_from_db()
    return trouble

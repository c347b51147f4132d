"""An address that receives nothing any more, as a mail server said: kept until it changes, or until somebody tries again."""

from __future__ import annotations

from django.db import transaction

from reciproque.journal.actions import record
from reciproque.kit import clock
from reciproque.notices.models import AddressTrouble
from reciproque.people.models import Person


@transaction.atomic
def note_trouble(person: Person, address: str, words: str) -> AddressTrouble:
    """Keep that a person's address fails, once."""
    trouble, made = AddressTrouble.objects.get_or_create(
        person=person,
        address=address.lower(),
        cleared_at=None,
        defaults={"words": words[:500], "since": clock.now()},
    )
    if made:
        record("address.failed", trouble, people=[person])
    return trouble

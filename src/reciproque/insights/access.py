"""Who may read an invitation to help."""

from __future__ import annotations

from reciproque.insights.models import HelperInvitation
from reciproque.kit.errors import NotThere
from reciproque.people.models import Person


def get_helper_invitation(person: Person, public_id: str) -> HelperInvitation:
    """Return an invitation to help, as the one invited reads it, and nobody else."""
    rows = HelperInvitation.objects.select_related("network", "person", "by")
    invitation = rows.filter(public_id=public_id, person=person).first()
    if invitation is None or not person.is_active:
        raise NotThere
    return invitation

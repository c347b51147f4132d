"""Who may read a message that was sent: the person it was written to, and nobody else."""

from reciproque.kit.errors import NotThere
from reciproque.notices.models import Outgoing
from reciproque.people.access import is_present
from reciproque.people.models import Person


def get_outgoing(person: Person, public_id: str) -> Outgoing:
    """Return a message written to this person; a stranger meets `NotThere`."""
    outgoing = Outgoing.objects.visible_to(person).filter(public_id=public_id).first()
    if outgoing is None or not is_present(person):
        raise NotThere
    return outgoing


def can_choose(person: Person, whose: Person) -> bool:
    """Tell whether this person may change how `whose` is told: only oneself."""
    return is_present(person) and person.pk == whose.pk

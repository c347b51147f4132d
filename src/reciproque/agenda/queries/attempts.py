"""What animators tried with someone."""

from django.db.models import Q

from reciproque.agenda.models import Attempt
from reciproque.networks.models import Membership


def attempts_with(membership: Membership, limit: int = 10) -> list[Attempt]:
    """Return what the team tried with a member, latest first (the caller may read it).

    A call about several things in progress is noted with each of them: it is given once.
    """
    about = Q(subject_kind=membership.subject_kind, subject_id=membership.public_id)
    rows = Attempt.objects.filter(
        about | Q(person=membership.person_id), network=membership.network_id
    ).select_related("by")
    found: dict[tuple[object, ...], Attempt] = {}
    for row in rows[: limit * 5]:
        found.setdefault((row.kind, row.by_id, row.words, row.at.replace(second=0, microsecond=0)), row)
    return list(found.values())[:limit]

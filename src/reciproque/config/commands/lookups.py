"""What the imports look up in the database before they say what they would do, in batches that any size passes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reciproque.catalogue.models import Post
from reciproque.catalogue.rules import PostState
from reciproque.exchanges.models import Exchange
from reciproque.networks.models import Membership, Network
from reciproque.networks.rules import MembershipState
from reciproque.people.models import Person

BATCH = 500


def _batches(values: Iterable[str]) -> Iterator[list[str]]:
    wanted = sorted({value for value in values if value})
    for start in range(0, len(wanted), BATCH):
        yield wanted[start : start + BATCH]


def people_by_external_id(ids: Iterable[str]) -> dict[str, Person]:
    """Return the people of these identifiers."""
    return {
        row.external_id or "": row
        for batch in _batches(ids)
        for row in Person.objects.filter(external_id__in=batch)
    }


def people_by_email(emails: Iterable[str]) -> dict[str, Person]:
    """Return the people of these addresses (lower case)."""
    rows = (row for batch in _batches(emails) for row in Person.objects.filter(email__in=batch))
    return {row.email or "": row for row in rows}


def published_marks(network: Network | None) -> set[tuple[int, str, str]]:
    """Return what is published in a network as (author, kind, title): an import writes the same post once."""
    if network is None:
        return set()
    posts = Post.objects.filter(network=network, state=PostState.PUBLISHED)
    return set(posts.values_list("author_id", "kind", "title"))


def people_out_of(network: Network | None) -> set[int]:
    """Return those who left a network or were refused there."""
    states = [MembershipState.LEFT, MembershipState.REFUSED]
    rows = Membership.objects.filter(network=network, state__in=states)
    return set(rows.values_list("person_id", flat=True)) if network is not None else set()


def member_ids(network: Network | None) -> set[int]:
    """Return those who are members of a network."""
    rows = Membership.objects.filter(network=network, state=MembershipState.MEMBER)
    return set(rows.values_list("person_id", flat=True)) if network is not None else set()


def exchange_keys(network: Network | None) -> set[str]:
    """Return the keys of the exchanges already declared in a network."""
    rows = Exchange.objects.filter(network=network).exclude(key="")
    return set(rows.values_list("key", flat=True)) if network is not None else set()

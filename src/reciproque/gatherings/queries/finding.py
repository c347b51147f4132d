"""Who a name stands for, and what answers what has just been typed."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from django.db.models import Q
from numpy.typing import NDArray

from reciproque.catalogue.rules import Kind
from reciproque.exchanges.queries import set_apart_from
from reciproque.gatherings.models import Entry, Gathering
from reciproque.gatherings.rules import MATCH_FLOOR, MATCHES_KEPT, Answer, EntryState
from reciproque.kit.text import clean, fold
from reciproque.matching.engine.index import PostIndex
from reciproque.matching.engine.meaning import post_vectors
from reciproque.matching.engine.posts import OFFER, REQUEST, Posts, Texts
from reciproque.matching.queries.index import current_index, encoder
from reciproque.networks.models import Membership, Network
from reciproque.networks.queries import members_named
from reciproque.people.models import Person

# Between a name and what tells it from a namesake's: "Marie Petit · Formation".
APART = " · "
# What is tried to tell namesakes apart, the first that does it.
DETAILS = (
    ("unit",),
    ("site",),
    ("function",),
    ("unit", "function"),
    ("unit", "site"),
    ("site", "function"),
    ("unit", "site", "function"),
)
NAMES = 8


def labels_for(network: Network, words: str, limit: int = NAMES) -> list[str]:
    """Return the members whose name or unit answers these words, each as one types them; details tell namesakes apart.

    Never by their address, nor with it: whoever helps at a fair is not given the directory.
    """
    people = [row.person for row in members_named(network, words, limit=limit, by_address=False)]
    labels = labels_of(people)
    return [labels[person.pk] for person in people]


def label_in(network: Network, person: Person) -> str:
    """Return what to type to mean this person in their network, whoever else bears their name there."""
    namesakes = [row.person for row in _members_called(network, person.display_name)]
    return labels_of([*namesakes, person])[person.pk]


def labels_of(people: Sequence[Person]) -> dict[int, str]:
    """Return what to call each person: their name, with the fewest details that tell them from the namesakes given."""
    named: dict[str, dict[int, Person]] = {}
    for person in people:
        named.setdefault(fold(person.display_name), {})[person.pk] = person
    return {
        pk: label
        for namesakes in named.values()
        for pk, label in _told_apart(list(namesakes.values())).items()
    }


def _told_apart(namesakes: list[Person]) -> dict[int, str]:
    if len(namesakes) == 1:
        return {namesakes[0].pk: namesakes[0].display_name}
    tails: list[str] = []
    for kinds in DETAILS:
        tails = [_tail(person, kinds) for person in namesakes]
        if all(tails) and len({fold(tail) for tail in tails}) == len(tails):
            break
    return {
        person.pk: f"{person.display_name}{APART}{tail}" if tail else person.display_name
        for person, tail in zip(namesakes, tails, strict=True)
    }


def _tail(person: Person, kinds: Sequence[str]) -> str:
    return ", ".join(said for kind in kinds if (said := str(getattr(person, kind) or "")))


def member_called(network: Network, who: str) -> Membership | None:
    """Return the one member who bears exactly this name (accents, case and order aside); None when unsure."""
    found = _members_called(network, who)
    return found[0] if len(found) == 1 else None


def _members_called(network: Network, who: str) -> list[Membership]:
    name, _apart, tail = " ".join(clean(who).split()).partition(APART)
    words = name.split()
    if len(words) < 2:
        return []
    found = [row for row in _as_written(network, words) if _bears(row.person, name)]
    if not found:
        found = [
            row
            for row in members_named(network, name, limit=50, by_address=False)
            if _bears(row.person, name)
        ]
    if tail:
        found = [row for row in found if fold(tail) in [fold(_tail(row.person, kinds)) for kinds in DETAILS]]
    return found


def members_meant(gathering: Gathering, who: str) -> list[Membership]:
    """Return the members whom a name typed in a gathering may mean, when it is not sure: one is asked which.

    A first name alone means those who come or are there; a whole name, all who bear it. Nobody is meant by the name
    of a guest already noted.
    """
    name = " ".join(clean(who).split()).partition(APART)[0]
    namesakes = _members_called(gathering.network, who)
    if len(namesakes) == 1 or gathering.participants.filter(person=None, folded=fold(name)).exists():
        return []
    there = gathering.participants.filter(
        Q(answer=Answer.YES) | Q(here_at__isnull=False), person__isnull=False
    )
    rows = Membership.objects.current().filter(network=gathering.network, person__in=there.values("person"))
    first = [
        row
        for row in rows.select_related("person__unit", "person__site").order_by("person__last_name", "pk")
        if fold(row.person.first_name) == fold(name)
    ]
    return namesakes or first


def _bears(person: Person, name: str) -> bool:
    one, other = f"{person.first_name} {person.last_name}", f"{person.last_name} {person.first_name}"
    return fold(name) in (fold(one), fold(other))


def _as_written(network: Network, words: list[str]) -> list[Membership]:
    """Return the members found by the names exactly as written: no need then to read everybody's."""
    split = Q(pk=None)
    for place in range(1, len(words)):
        before, after = " ".join(words[:place]), " ".join(words[place:])
        split |= Q(person__first_name__iexact=before, person__last_name__iexact=after)
        split |= Q(person__last_name__iexact=before, person__first_name__iexact=after)
    rows = Membership.objects.current().filter(split, network=network)
    return list(rows.select_related("person__unit", "person__site", "network")[:50])


@dataclasses.dataclass(frozen=True)
class Answering:
    """What answers an entry: another entry of the gathering, or a post of the network; its closeness, 0 to 10,000."""

    entry: int | None
    post: int | None
    score: int


def closest(entry: Entry) -> list[Answering]:
    """Return what answers an entry, the closest first: what is typed here, then what is open in the whole network.

    Never the same person's, nor that of someone whom the network or one of the two keeps apart.
    """
    person = entry.participant.person
    apart = _kept_apart(entry, person)
    here = _closest_entries(entry, apart)
    return [*here, *_closest_posts(entry, person, apart)]


def _kept_apart(entry: Entry, person: Person | None) -> set[int]:
    if person is None:
        return set()
    apart = {person.pk} | set_apart_from(person)
    if entry.gathering.network.exclude_own_manager:
        apart |= set(Person.objects.filter(manager=person).values_list("pk", flat=True))
        apart |= {person.manager_id} if person.manager_id else set()
    return apart


def _closest_entries(entry: Entry, apart: set[int]) -> list[Answering]:
    others = entry.gathering.entries.exclude(state=EntryState.WITHDRAWN).exclude(kind=entry.kind)
    rows = others.exclude(participant=entry.participant_id).order_by("pk")
    rows = rows.exclude(participant__person__in=apart) if apart else rows
    typed = list(rows.values_list("pk", "words"))
    if not typed:
        return []
    index = PostIndex.build(
        Posts(ids=np.array([pk for pk, _words in typed], np.int64), kind=OFFER, author=0),  # type: ignore[arg-type]
        Texts(titles=[words for _pk, words in typed]),
        encoder=encoder(),
        vectors=np.stack([_meaning(words, encoder().name) for _pk, words in typed]),
    )
    near = index.similar(entry.words, k=MATCHES_KEPT, floor=MATCH_FLOOR)
    return [Answering(pk, None, round(score * 10_000)) for pk, score in near]


@lru_cache(4096)
def _meaning(words: str, encoder_name: str) -> NDArray[np.floating[Any]]:
    """Return what words mean, kept in memory (for one encoder): a line is compared with every one typed after it."""
    return post_vectors(encoder(), [words])[0]


def _closest_posts(entry: Entry, person: Person | None, apart: set[int]) -> list[Answering]:
    index = current_index(entry.gathering.network)
    if not len(index):
        return []
    wanted = index.posts.kind == (REQUEST if entry.kind == Kind.OFFER else OFFER)
    if apart:
        wanted &= ~np.isin(index.posts.author, np.array(sorted(apart), np.int64))
    # What is typed here is compared as such: its post would only light up a second time.
    ours = entry.gathering.entries.filter(post__isnull=False).values_list("post_id", flat=True)
    wanted &= ~np.isin(index.posts.ids, np.array(list(ours), np.int64))
    near = index.similar(entry.words, mask=wanted & index.alive, k=MATCHES_KEPT, floor=MATCH_FLOOR)
    return [Answering(None, pk, round(score * 10_000)) for pk, score in near]

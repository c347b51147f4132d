"""What the pages, the screen of the room, the sheets and the report of a gathering show."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence

from django.db.models import Count, F, Prefetch, Q

from reciproque.catalogue.models import Post, Topic
from reciproque.catalogue.rules import Kind, PostState
from reciproque.exchanges.models import ExchangePerson, SetApart
from reciproque.exchanges.rules import ExchangeState
from reciproque.gatherings.models import (
    Entry,
    Gathering,
    Made,
    Match,
    Participant,
    Savoir,
    Spotting,
    SpottingAnswer,
)
from reciproque.gatherings.queries.finding import labels_of
from reciproque.gatherings.rules import KEPT_DAYS, Answer, EntryState, GatheringState, shown_name
from reciproque.kit import clock
from reciproque.networks.models import Network
from reciproque.people.models import Person

SHOWN = 3


def gatherings_in(network: Network, *, past: bool, limit: int = 50) -> list[Gathering]:
    """Return what is to come (or under way), soonest first; or what is over, latest first."""
    rows = Gathering.objects.filter(network=network).select_related("network")
    if past:
        ended = rows.filter(state__in=[GatheringState.CLOSED, GatheringState.CANCELLED])
        return list(ended.order_by("-starts_at", "-pk")[:limit])
    return list(rows.coming().order_by("starts_at", "pk")[:limit])


def next_gathering(network: Network) -> Gathering | None:
    """Return the next gathering of a network, or the one under way."""
    return Gathering.objects.filter(network=network).coming().order_by("starts_at", "pk").first()


def answer_of(person: Person, gathering: Gathering) -> Participant | None:
    """Return what somebody said of a gathering, and what is noted for them there; None when nothing is."""
    return gathering.participants.filter(person=person).select_related("person", "gathering__network").first()


def noted_for(person: Person, gathering: Gathering) -> list[Entry]:
    """Return what is typed for somebody, as a member or as a guest at their address, in the order of typing."""
    mine = Q(participant__person=person)
    if person.email:
        mine |= Q(participant__person=None, participant__email__iexact=person.email)
    rows = gathering.entries.filter(mine).exclude(state=EntryState.WITHDRAWN)
    return list(rows.select_related("post", "typed_by", "consent_noted_by").order_by("pk"))


@dataclasses.dataclass(frozen=True)
class Awaited:
    """Notes about somebody that wait for their agreement once a gathering is over."""

    gathering: Gathering
    count: int
    until: dt.datetime  # they are erased then


def awaited_from(person: Person, limit: int = 5) -> list[Awaited]:
    """Return the gatherings now over whose notes wait for this person's agreement, the first erased first."""
    rows = (
        Gathering.objects.visible_to(person)
        .filter(
            Q(participants__person=person)
            | (
                Q(participants__person=None, participants__email__iexact=person.email)
                if person.email
                else Q(pk=None)
            ),
            participants__entries__state=EntryState.NOTED,
            state=GatheringState.CLOSED,
            cleared_at=None,
            closed_at__gt=clock.now() - dt.timedelta(days=KEPT_DAYS),
        )
        .annotate(noted=Count("participants__entries", distinct=True))
        .order_by("closed_at", "pk")
    )
    kept = dt.timedelta(days=KEPT_DAYS)
    return [
        Awaited(row, row.noted, (row.closed_at or row.ends_at) + kept)  # type: ignore[attr-defined]
        for row in rows.select_related("network")[:limit]
    ]


def headcounts(gathering: Gathering) -> dict[str, int]:
    """Return how many come, are there, and how much is typed, to confirm and published, in two queries."""
    people = gathering.participants.aggregate(
        coming=Count("pk", filter=Q(answer=Answer.YES)), here=Count("pk", filter=Q(here_at__isnull=False))
    )
    typed = gathering.entries.aggregate(
        typed=Count("pk", filter=~Q(state=EntryState.WITHDRAWN)),
        noted=Count("pk", filter=Q(state=EntryState.NOTED)),
        published=Count("pk", filter=Q(state=EntryState.PUBLISHED)),
    )
    return people | typed


def version_of(gathering: Gathering) -> int:
    """Return the number that changes with everything that the screens show."""
    return Gathering.objects.values_list("version", flat=True).get(pk=gathering.pk)


@dataclasses.dataclass(frozen=True)
class Lit:
    """What answers a line: words, whose (empty when they did not agree to be named), and where it is."""

    id: str
    words: str
    name: str
    here: bool  # an entry of this gathering, or else a post of the network
    introduced: bool
    members: bool  # both are members: a guest is not introduced before they join


@dataclasses.dataclass(frozen=True)
class Line:
    """One line of the board."""

    entry: Entry
    name: str
    lit: list[Lit]

    @property
    def introduced(self) -> bool:
        return any(one.introduced for one in self.lit)


@dataclasses.dataclass(frozen=True)
class Board:
    """All that was typed, latest first, with what lights up."""

    offers: list[Line]
    requests: list[Line]
    version: int
    introduced: int  # pairs of people introduced here

    @property
    def pairs(self) -> int:
        """How many offers and requests of the room answer each other."""
        return sum(1 for line in self.offers for one in line.lit if one.here)


def board(gathering: Gathering, *, named: bool = False) -> Board:
    """Return the board of a gathering in six queries; `named`: for those who run it, with everybody's name.

    On the screen of the room, someone is named as they agreed, and the author of a post who is not there never is.
    """
    version = version_of(
        gathering
    )  # read first: what is written meanwhile is shown again by the next reading
    entries = list(
        gathering.entries.exclude(state=EntryState.WITHDRAWN)
        .filter(Q(post=None) | Q(post__state=PostState.PUBLISHED))
        .select_related("participant__person__unit", "participant__person__site", "typed_by")
        .order_by("-pk")
    )
    known = {entry.pk: entry for entry in entries}
    matches = list(
        gathering.matches.select_related("post__author__unit", "post__author__site").order_by("-score", "pk")
    )
    apart = _kept_apart(matches)
    pairs = _pairs_made(gathering)
    names = _names_told(entries, matches) if named else None
    lit: dict[int, list[Lit]] = {}
    for match in matches:
        if match.post is not None:
            met = match.entry_id in known and (_author(known[match.entry_id]), match.post.author_id) in apart
            if match.post.state == PostState.PUBLISHED and match.entry_id in known and not met:
                lit.setdefault(match.entry_id, []).append(
                    _lit_post(known[match.entry_id], match.post, pairs, names)
                )
        elif match.entry_id in known and match.other_id in known:
            one, other = known[match.entry_id], known[match.other_id]
            if (_author(one), _author(other)) in apart:
                continue
            lit.setdefault(one.pk, []).append(_lit_entry(one, other, pairs, names))
            lit.setdefault(other.pk, []).append(_lit_entry(other, one, pairs, names))
    lines = [Line(entry, _name(entry.participant, names), _first(lit.get(entry.pk, []))) for entry in entries]
    return Board(
        offers=[line for line in lines if line.entry.is_offer],
        requests=[line for line in lines if not line.entry.is_offer],
        version=version,
        introduced=len(pairs),
    )


def _author(entry: Entry) -> int | None:
    return entry.participant.person_id


def _kept_apart(matches: Sequence[Match]) -> set[tuple[int | None, int | None]]:
    """Return, both ways, the pairs of people who were set apart since their words lit up."""
    if not matches:
        return set()
    rows = SetApart.objects.in_force().filter(
        Q(first__in=Participant.objects.filter(gathering=matches[0].gathering_id).values("person"))
        | Q(second__in=Participant.objects.filter(gathering=matches[0].gathering_id).values("person"))
    )
    pairs = set(rows.order_by().values_list("first_id", "second_id"))
    return {*pairs, *((second, first) for first, second in pairs)}


def _first(lit: list[Lit]) -> list[Lit]:
    """Keep the best, those of the room before the others."""
    return sorted(lit, key=lambda one: not one.here)[:SHOWN]


def _pairs_made(gathering: Gathering) -> set[tuple[int, int]]:
    """Return (offerer, requester) of the introductions made here."""
    rows = gathering.made.values_list("introduction__offerer_id", "introduction__requester_id")
    return set(rows.order_by())


def _names_told(entries: Sequence[Entry], matches: Sequence[Match]) -> dict[int, str]:
    """Return what to call everyone of the board, namesakes told apart."""
    people = [entry.participant.person for entry in entries if entry.participant.person is not None]
    return labels_of([*people, *(match.post.author for match in matches if match.post is not None)])


def _name(participant: Participant, names: dict[int, str] | None) -> str:
    """Return how somebody is called: as `names` says to those who run the gathering, as they agreed to the room."""
    person = participant.person
    if names is not None:
        return names[person.pk] if person else participant.name
    return shown_name(participant.shown, person.first_name, person.display_name) if person else ""


def _pair(entry: Entry, other: int | None) -> tuple[int | None, int | None]:
    mine = entry.participant.person_id
    return (mine, other) if entry.is_offer else (other, mine)


def _lit_entry(entry: Entry, other: Entry, pairs: set[tuple[int, int]], names: dict[int, str] | None) -> Lit:
    introduced = _pair(entry, other.participant.person_id) in pairs
    members = entry.participant.person_id is not None and other.participant.person_id is not None
    return Lit(other.public_id, other.words, _name(other.participant, names), True, introduced, members)


def _lit_post(entry: Entry, post: Post, pairs: set[tuple[int, int]], names: dict[int, str] | None) -> Lit:
    name = names[post.author_id] if names is not None else ""
    introduced = _pair(entry, post.author_id) in pairs
    return Lit(post.public_id, post.title, name, False, introduced, entry.participant.person_id is not None)


@dataclasses.dataclass(frozen=True)
class Somebody:
    """Someone of a gathering, with what is typed for them."""

    participant: Participant
    entries: list[Entry]

    @property
    def noted(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.state == EntryState.NOTED]

    @property
    def published(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.state == EntryState.PUBLISHED]


def people_of(gathering: Gathering) -> list[Somebody]:
    """Return everyone of a gathering, those with something to confirm first, then by name, in two queries."""
    entries = Entry.objects.exclude(state=EntryState.WITHDRAWN).select_related("post").order_by("pk")
    rows = gathering.participants.select_related("person__unit", "person__site").prefetch_related(
        Prefetch("entries", entries, to_attr="shown_entries")
    )
    people = [Somebody(row, row.shown_entries) for row in rows]  # type: ignore[attr-defined]
    return sorted(people, key=lambda one: (not one.noted, one.participant.display_name.casefold()))


def entries_for(participant: Participant) -> list[Entry]:
    """Return what is typed for someone, in the order of typing."""
    rows = participant.entries.exclude(state=EntryState.WITHDRAWN)
    return list(rows.select_related("post", "typed_by", "consent_noted_by").order_by("pk"))


def posts_of_those_coming(gathering: Gathering) -> list[Post]:
    """Return the open offers and requests of those who come or are there, by name: what is printed before."""
    people = gathering.participants.filter(Q(answer=Answer.YES) | Q(here_at__isnull=False))
    rows = Post.objects.open().filter(
        network=gathering.network, author__in=people.filter(person__isnull=False).values("person")
    )
    return list(
        rows.select_related("author__unit", "author__site", "network")
        .prefetch_related(Prefetch("topics", Topic.objects.named()))
        .order_by("kind", "author__last_name", "author__first_name", "pk")
    )


@dataclasses.dataclass(frozen=True)
class Report:
    """What came of a gathering: figures about the group, and what was published."""

    coming: int
    here: int
    offers: int
    requests: int
    published: int
    introductions: int
    accepted: int
    exchanges: int
    held: int
    savoirs: list[Entry]


def report(gathering: Gathering) -> Report:
    """Return the report of a gathering, as it stands today: its introductions go on living afterwards."""
    counts = headcounts(gathering)
    kinds = dict(
        gathering.entries.exclude(state=EntryState.WITHDRAWN)
        .order_by()
        .values_list("kind")
        .annotate(n=Count("pk"))
    )
    made = list(gathering.made.order_by().values_list("introduction_id", "introduction__answered_at"))
    exchanges = dict(
        ExchangePerson.objects.filter(introduction__in=[pk for pk, _answered in made])
        .values_list("exchange_id")
        .annotate(state=F("exchange__state"))
    )
    held = [state for state in exchanges.values() if state in (ExchangeState.FINISHED, ExchangeState.CLOSED)]
    return Report(
        coming=counts["coming"],
        here=counts["here"],
        offers=kinds.get(Kind.OFFER, 0),
        requests=kinds.get(Kind.REQUEST, 0),
        published=counts["published"],
        introductions=len(made),
        accepted=sum(1 for _pk, answered in made if answered is not None),
        exchanges=len(exchanges),
        held=len(held),
        savoirs=list(
            gathering.entries.filter(state=EntryState.PUBLISHED, post__state=PostState.PUBLISHED)
            .select_related("post")
            .order_by("kind", "pk")
        ),
    )


def introductions_made(gathering: Gathering) -> list[Made]:
    """Return the introductions made in a gathering, latest first: those who run it made them."""
    rows = gathering.made.select_related("introduction__requester", "introduction__offerer", "by")
    return list(rows)


def answers_of(spotting: Spotting | None) -> dict[str, SpottingAnswer]:
    """Return what one wrote, by question."""
    return {row.question: row for row in spotting.answers.all()} if spotting else {}


def savoirs_of(spotting: Spotting | None) -> list[Savoir]:
    """Return what one's answers drew out, offers first, each with its draft when there is one."""
    if spotting is None:
        return []
    rows = list(spotting.savoirs.select_related("post").order_by("pk"))
    return sorted(rows, key=lambda row: row.kind != Kind.OFFER)

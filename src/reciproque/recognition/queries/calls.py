"""Who may be asked to pass a savoir on, who was, and what became of it.

What somebody did is not told by asking them: the animation team names only people whom any member finds by their own
offers or signed sheets. Others are asked by the program, and their name is read by nobody before they say yes.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import Count, Prefetch, Q

from reciproque.catalogue.models import Post, Topic
from reciproque.catalogue.rules import Kind, PostState
from reciproque.circles.queries.lines import in_line_with
from reciproque.kit import clock
from reciproque.library.models import UseCase
from reciproque.library.rules import CaseState
from reciproque.matching.queries import holders
from reciproque.networks.access import is_animator
from reciproque.networks.models import Membership, Network
from reciproque.people.models import Person
from reciproque.recognition.models import Call, Evidence, Standing
from reciproque.recognition.rules import CALLS_AT_ONCE, CallState, EvidenceKind

# What each kind of evidence weighs when it comes to choosing whom to ask first.
WEIGHTS: dict[str, int] = {
    EvidenceKind.GIVEN: 6,
    EvidenceKind.RATED: 6,
    EvidenceKind.FACILITATED: 4,
    EvidenceKind.WROTE: 4,
    EvidenceKind.ANSWERED: 4,
    EvidenceKind.OFFERED: 2,
}
# Words near theirs, at best; evidence counts for half after so long.
MEANING = 5
FADES_AFTER = dt.timedelta(days=730)
# Who declined, or did not answer, is left alone about the same savoir.
LEFT_ALONE = dt.timedelta(days=180)
MOST_LIKELY = 12


def its_topic() -> Prefetch:
    """Return what loads the savoirs of calls by the name that their reader reads."""
    return Prefetch("topic", Topic.objects.named())


@dataclasses.dataclass(frozen=True)
class Likely:
    """Someone who seems to know; `found` when any member would find them by what they published."""

    person: Person
    weight: float
    found: bool


@dataclasses.dataclass(frozen=True)
class CallView:
    """A call as one reader may see it: no name before a yes, but to the one who chose it."""

    call: Call
    own: bool
    name: str
    reason: str
    about: Any

    @property
    def open(self) -> bool:
        """Whether something is still expected of whoever was asked."""
        return self.call.is_waiting


def same_topics(topic: Topic) -> list[int]:
    """Return the savoir and those that were merged into it."""
    return [topic.pk, *Topic.objects.filter(merged_into=topic).values_list("pk", flat=True)]


def room_for_calls(people: Iterable[int]) -> dict[int, int]:
    """Return how many more calls each of these people may receive now: {person: n}, in two queries."""
    keys = list(people)
    most = dict(Standing.objects.filter(person__in=keys).values_list("person_id", "calls"))
    waiting = Call.objects.waiting().filter(person__in=keys).order_by().values_list("person_id")
    held = dict(waiting.annotate(n=Count("pk")))
    return {key: max(0, most.get(key, CALLS_AT_ONCE) - held.get(key, 0)) for key in keys}


def by_evidence(network: Network, topics: Collection[int]) -> dict[int, float]:
    """Return how much what people did in a network speaks for them on these savoirs: {person: weight}."""
    now = clock.now().date()
    rows = Evidence.objects.filter(
        network=network, withdrawn_at=None, skill__topic__in=topics, skill__put_away_at=None
    ).exclude(skill__person__in=Standing.objects.filter(kept=False).values("person"))
    weights: dict[int, float] = {}
    for person, kind, on in rows.values_list("skill__person_id", "kind", "on"):
        weight = WEIGHTS[kind] / (2 if now - on > FADES_AFTER else 1)
        weights[person] = weights.get(person, 0.0) + weight
    return weights


def likely_holders(
    network: Network,
    topic: Topic,
    *,
    words: str = "",
    without: Collection[int] = (),
    among: Collection[int] | None = None,
    limit: int = MOST_LIKELY,
) -> list[Likely]:
    """Return whom to ask about a savoir, the most likely first: there, with room for a call, and willing to be asked."""
    topics = same_topics(topic)
    near = holders(network, words or topic.name, limit=MOST_LIKELY)
    weights = by_evidence(network, topics)
    for place, person in enumerate(near):
        weights[person.pk] = weights.get(person.pk, 0.0) + MEANING * (1 - place / len(near))
    since = clock.now() - LEFT_ALONE
    not_now = Call.objects.filter(
        network=network,
        topic__in=topics,
        state__in=[CallState.DECLINED, CallState.LAPSED],
        answered_at__gt=since,
    )
    waiting = Call.objects.waiting().filter(network=network, topic__in=topics)
    out = set(without) | set((not_now | waiting).values_list("person_id", flat=True))
    if among is not None:
        for key in among:
            weights.setdefault(key, 0.0)
        out |= {key for key in weights if key not in among}
    room = room_for_calls(key for key in weights if key not in out)
    keys = [key for key, left in room.items() if left]
    there = Membership.objects.available(clock.now()).filter(network=network, person__in=keys)
    found = {person.pk for person in near}
    people = [row.person for row in there.select_related("person", "person__unit", "person__site")]
    people.sort(key=lambda person: (-weights[person.pk], person.pk))
    return [Likely(person, weights[person.pk], person.pk in found) for person in people[:limit]]


def known_for_case(case: UseCase) -> list[int]:
    """Return whom what they did designates for a question of practice, best first."""
    topics = {key for topic in case.topics.all() for key in same_topics(topic)}
    weights = by_evidence(case.network, topics) if topics else {}
    return [key for key, _weight in sorted(weights.items(), key=lambda row: (-row[1], row[0]))]


def not_to_ask(network: Network) -> set[int]:
    """Return who does not want to be called upon at all."""
    members = Membership.objects.current().filter(network=network)
    rows = Standing.objects.filter(calls=0, person__in=members.values("person"))
    return set(rows.values_list("person_id", flat=True))


def calls_left(person: Person) -> tuple[int, int]:
    """Return how many calls at once someone accepts, and how many they hold now."""
    most = Standing.objects.filter(person=person).values_list("calls", flat=True).first()
    held = Call.objects.waiting().filter(person=person).count()
    return CALLS_AT_ONCE if most is None else most, held


def calls_to(person: Person, limit: int = 20) -> list[Call]:
    """Return the calls that wait for someone, or that they accepted and have not done, oldest first."""
    rows = Call.objects.waiting().filter(person=person).select_related("network")
    return list(rows.prefetch_related(its_topic()).order_by("asked_at")[:limit])


def call_view(call: Call, viewer: Person) -> CallView:
    """Return a call as its reader may see it."""
    about = about_of([call]).get((call.about_kind, call.about_id))
    return _view(call, viewer, about, set(in_line_with(viewer.pk, [call.person_id])))


def calls_in(network: Network, viewer: Person, *, waiting: bool = True, limit: int = 50) -> list[CallView]:
    """Return a network's calls for its animators (nobody else), latest first: those that wait, or those that are over."""
    if not is_animator(viewer, network):
        return []
    rows = Call.objects.filter(network=network).telling_no_departure()
    open_ = Call.objects.waiting().values("pk")
    rows = rows.filter(pk__in=open_) if waiting else rows.exclude(pk__in=open_)
    found = list(rows.select_related("network", "person", "asked_by").prefetch_related(its_topic())[:limit])
    abouts = about_of(found)
    line = set(in_line_with(viewer.pk, {call.person_id for call in found}))
    return [_view(call, viewer, abouts.get((call.about_kind, call.about_id)), line) for call in found]


def calls_accepted(network: Network, limit: int = 6) -> list[Call]:
    """Return what somebody said yes to lately and is doing: what the place of a network shows, without a name."""
    rows = Call.objects.filter(network=network, state=CallState.ACCEPTED, done_at=None)
    return list(rows.prefetch_related(its_topic()).order_by("-answered_at")[:limit])


def about_of(calls: Iterable[Call]) -> dict[tuple[str, str], Any]:
    """Return the requests and questions that calls are about, while they wait: {(kind, public id): row}."""
    wanted: dict[str, list[str]] = {}
    for call in calls:
        wanted.setdefault(call.about_kind, []).append(call.about_id)
    found: dict[tuple[str, str], Any] = {}
    if ids := wanted.get(Post.subject_kind):
        posts = Post.objects.filter(public_id__in=ids, kind=Kind.REQUEST, state=PostState.PUBLISHED)
        found |= {(Post.subject_kind, row.public_id): row for row in posts.select_related("author")}
    if ids := wanted.get(UseCase.subject_kind):
        cases = UseCase.objects.filter(public_id__in=ids).exclude(state=CaseState.CLOSED)
        found |= {(UseCase.subject_kind, row.public_id): row for row in cases.select_related("asker")}
    return found


def _view(call: Call, viewer: Person, about: Any, line: Collection[int]) -> CallView:
    own = call.person_id == viewer.pk
    # Whoever animates and is in the line of management of the one asked sees that a call was made, never of whom: to
    # hide the row itself would say that it is one of them.
    chosen = call.asked_by_id is not None and call.person_id not in line
    accepted = call.state == CallState.ACCEPTED and call.person_id not in line
    named = own or chosen or accepted
    return CallView(
        call=call,
        own=own,
        name=call.person.display_name if named else "",
        # A reason was written to whoever asked by name.
        reason=call.reason if own or chosen else "",
        about=about,
    )


def went_on(call: Call) -> bool:
    """Tell whether what somebody declined now waits for somebody else, whom the program chose."""
    return Call.objects.waiting().filter(_same(call), asked_by=None, pk__gt=call.pk).exists()


def _same(call: Call) -> Q:
    same = Q(network=call.network, topic=call.topic, kind=call.kind)
    return same & Q(about_kind=call.about_kind, about_id=call.about_id)


def asked_before(call: Call) -> set[int]:
    """Return everyone who was asked the same thing already."""
    return set(Call.objects.filter(_same(call)).values_list("person_id", flat=True))

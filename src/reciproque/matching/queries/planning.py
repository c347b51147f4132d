"""A network as the planner sees it, and a plan as animators read it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from django.core.paginator import Paginator
from django.db.models import Count, Q

from reciproque.catalogue.models import Post
from reciproque.catalogue.rules import Kind
from reciproque.exchanges.queries import totals
from reciproque.exchanges.rules import Side
from reciproque.kit import clock
from reciproque.matching.engine.instance import Instance
from reciproque.matching.models import Plan, PlannedPair, Ruling, Suggestion
from reciproque.matching.queries.index import open_posts, room_in
from reciproque.matching.queries.suggestions import exclusions, rulings_in
from reciproque.matching.queries.tuning import tuning_of
from reciproque.matching.rules import (
    IN_PROGRESS,
    Objective,
    PairState,
    PlanState,
    RulingKind,
)
from reciproque.networks.access import Scope
from reciproque.networks.models import Network

PAGE = 30


@dataclasses.dataclass(frozen=True)
class Ground:
    """What a plan is made from: posts in columns, every pair worth making, and the pins that can be kept."""

    people: list[int]
    requests: list[Post]
    offers: list[Post]
    edges: list[tuple[int, int, int]]  # places of request and offer, score
    terms: dict[tuple[int, int], dict[str, int]]  # by (request, offer) identifiers
    pins: list[tuple[int, int]]  # places
    unmet: list[tuple[int, int]]  # pins, by identifiers, that cannot be kept now
    give: list[int]
    receive: list[int]
    capacity: list[int]
    given: list[bool]
    received: list[bool]
    reciprocity: int

    def instance(self, objective: str) -> Instance:
        """The instance to solve for one objective."""
        place = {pk: number for number, pk in enumerate(self.people)}
        columns = np.array(self.edges, np.int64).reshape(-1, 3)
        profit = {Objective.FIT: 0, Objective.RECIPROCAL: 3 * self.reciprocity}
        # To serve the most, each pair is worth more than whatever else two pairs could bring.
        most = int(columns[:, 2].max(initial=0)) + 2 * self.reciprocity + 1
        extra = 4 * most if objective == Objective.SERVED else 0
        return Instance(
            people_ids=np.array(self.people, np.int64),
            give=np.array(self.give, np.int64),
            receive=np.array(self.receive, np.int64),
            offer_ids=np.array([offer.pk for offer in self.offers], np.int64),
            giver=np.array([place[offer.author_id] for offer in self.offers], np.int64),
            offer_capacity=np.array(self.capacity, np.int64),
            group=np.array([offer.small_group for offer in self.offers], np.bool_),
            request_ids=np.array([request.pk for request in self.requests], np.int64),
            receiver=np.array([place[request.author_id] for request in self.requests], np.int64),
            edge_request=columns[:, 0],
            edge_offer=columns[:, 1],
            weight=columns[:, 2] + extra,
            pins=np.array(self.pins, np.int64).reshape(-1, 2),
            reciprocity=profit.get(Objective(objective), self.reciprocity),
            has_given=np.array(self.given, np.bool_),
            has_received=np.array(self.received, np.bool_),
        )


def ground_of(network: Network) -> Ground:
    """Return what there is to plan now: the open suggestions of open posts, within the room that people have left.

    Every open request is there, those for which nothing was found too: they are what the network lacks.
    """
    pairs = Suggestion.objects.open().filter(network=network).order_by("request_id", "offer_id")
    rows = list(pairs.values_list("request_id", "offer_id", "score", "terms"))
    # What is proposed and not answered yet stays proposed: it holds its place as a pin does.
    proposed = pairs.filter(published_at__isnull=False).values_list("request_id", "offer_id")
    ruled = rulings_in(network, RulingKind.PIN)
    pinned = list(dict.fromkeys([*proposed, *ruled]))
    wanted = {row[0] for row in rows} | {row[1] for row in rows} | {pk for pair in pinned for pk in pair}
    fields = ("author_id", "kind", "title", "published_at", "small_group", "capacity")
    posts = {
        post.pk: post
        for post in open_posts(network).only(*fields).order_by("pk").iterator(chunk_size=2000)
        if post.pk in wanted or post.kind == Kind.REQUEST
    }
    room, done = room_in(network), totals(network)
    requests = [post for post in posts.values() if post.kind == Kind.REQUEST]
    offers = [post for post in posts.values() if post.kind == Kind.OFFER]
    request_place = {post.pk: place for place, post in enumerate(requests)}
    offer_place = {post.pk: place for place, post in enumerate(offers)}
    people = sorted({post.author_id for post in posts.values()})
    edges, terms = [], {}
    barred = exclusions(network)
    met: set[Any] = set(barred.people)  # type: ignore[arg-type]
    answered: set[Any] = set(barred.posts)  # type: ignore[arg-type]
    authors = {pk: post.author_id for pk, post in posts.items()}
    for request, offer, score, about in rows:
        # People who were set apart, or met, since the suggestions were computed are not paired.
        apart = (authors.get(request), authors.get(offer)) in met
        if request in request_place and offer in offer_place and score > 0 and not apart:
            edges.append((request_place[request], offer_place[offer], score))
            terms[request, offer] = about
    meet = [
        pair
        for pair in pinned
        if pair not in answered and (authors.get(pair[0]), authors.get(pair[1])) not in met
    ]
    kept, unmet = _possible_pins(meet, posts, room.give, room.receive, room.posts)
    unmet += [pair for pair in pinned if pair not in meet]
    return Ground(
        people=people,
        requests=requests,
        offers=offers,
        edges=edges,
        terms=terms,
        pins=[(request_place[request], offer_place[offer]) for request, offer in kept],
        unmet=[pair for pair in unmet if pair in set(ruled)],
        give=[room.give.get(person, 0) for person in people],
        receive=[room.receive.get(person, 0) for person in people],
        capacity=[room.posts.get(offer.pk, 0) for offer in offers],
        given=[done[Side.OFFERER].get(person, 0) > 0 for person in people],
        received=[done[Side.REQUESTER].get(person, 0) > 0 for person in people],
        reciprocity=tuning_of(network).reciprocity,
    )


def _possible_pins(
    pins: Sequence[tuple[int, int]],
    posts: Mapping[int, Post],
    give: Mapping[int, int],
    receive: Mapping[int, int],
    room: Mapping[int, int],
) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Part the pins that fit together, the oldest first, from those that cannot be kept now."""
    kept: list[tuple[int, int]] = []
    unmet: list[tuple[int, int]] = []
    used: dict[tuple[str, int], int] = {}
    for request, offer in pins:
        asked, given = posts.get(request), posts.get(offer)
        if asked is None or given is None:
            unmet.append((request, offer))
            continue
        limits = [
            ("request", request, 1),
            ("offer", offer, room.get(offer, 0)),
            ("receive", asked.author_id, receive.get(asked.author_id, 0)),
            ("give", given.author_id, give.get(given.author_id, 0)),
        ]
        if all(used.get((name, key), 0) < limit for name, key, limit in limits):
            kept.append((request, offer))
            for name, key, _limit in limits:
                used[name, key] = used.get((name, key), 0) + 1
        else:
            unmet.append((request, offer))
    return kept, unmet


# -- what animators read -----------------------------------------------------------------------------------


def current_plan(network: Network) -> Plan | None:
    """Return the latest plan that was made, if any."""
    rows = Plan.objects.filter(network=network, state=PlanState.READY)
    return rows.select_related("asked_by", "network").order_by("-made_at").first()


def plan_in_progress(network: Network) -> Plan | None:
    """Return the plan being computed, or the last one that could not be, unless a later one was made."""
    last = Plan.objects.filter(network=network).order_by("-asked_at", "-pk").first()
    if last is None or last.state not in (PlanState.ASKED, PlanState.FAILED):
        return None
    if last.state == PlanState.ASKED and last.asked_at < clock.now() - IN_PROGRESS:
        last.state = PlanState.FAILED  # lost, whatever became of it
    return last


@dataclasses.dataclass(frozen=True)
class PairsPage:
    """Some pairs of a plan, and how many there are in each state."""

    pairs: list[PlannedPair]
    total: int
    counts: dict[str, int]


def _within(plan: Plan, scope: Scope | None) -> Any:
    """The pairs of a plan in which one at least is among those whom an animator accompanies."""
    if scope is None or scope.whole:
        return plan.pairs.all()
    return plan.pairs.filter(scope.people("request__author") | scope.people("offer__author"))


def pairs_page(
    plan: Plan,
    *,
    state: str = PairState.PENDING,
    page: int = 1,
    size: int = PAGE,
    scope: Scope | None = None,
) -> PairsPage:
    """Return one page of a plan's pairs in one state, best first, with everything that a line shows."""
    counts = dict.fromkeys(PairState.values, 0)
    pairs = _within(plan, scope)
    counts |= dict(pairs.order_by().values_list("state").annotate(n=Count("pk")))
    number = Paginator(range(counts[state]), size).get_page(page).number
    # The rows of the page first, what each shows then: a database that sorts nine tables at once may take minutes.
    order = pairs.filter(state=state).order_by("-pinned", "-score", "pk").values_list("pk", flat=True)
    keys = list(order[(number - 1) * size : number * size])
    rows = _shown(PlannedPair.objects.filter(pk__in=keys)).in_bulk()
    return PairsPage([rows[key] for key in keys], counts[state], counts)


def _shown(rows: Any) -> Any:
    return rows.select_related(
        "request__author__unit",
        "request__author__site",
        "offer__author__unit",
        "offer__author__site",
    ).order_by()


def alternatives_to(pair: PlannedPair, limit: int = 8) -> list[tuple[Suggestion, int]]:
    """Return the other offers found for a pair's request, best first, and how many the plan gives their author."""
    found = Suggestion.objects.open().filter(request=pair.request).exclude(offer=pair.offer)
    rows = list(found.select_related("offer__author__unit", "offer__author__site")[:limit])
    planned = pair.plan.pairs.filter(
        state__in=[PairState.PENDING, PairState.PUBLISHED],
        offer__author__in=[row.offer.author for row in rows],
    )
    held = dict(planned.order_by().values_list("offer__author").annotate(n=Count("pk")))
    return [(row, held.get(row.offer.author_id, 0)) for row in rows]


def publishing(plan: Plan, least: int, scope: Scope | None = None) -> tuple[int, int, int]:
    """Return what publishing everything would do: pairs close enough (or ruled on), people told, and pairs left out."""
    rows = (
        _within(plan, scope)
        .filter(state=PairState.PENDING)
        .values_list("request__author_id", "pinned", "terms__closeness")
    )
    told = [author for author, pinned, close in rows if pinned or (close or 0) >= least]
    return len(told), len(set(told)), len(rows) - len(told)


def rulings_page(network: Network, limit: int = 200, scope: Scope | None = None) -> list[Ruling]:
    """Return what animators decided of pairs in a network, latest first, of posts still published."""
    rows = Ruling.objects.filter(network=network, withdrawn_at=None).filter(
        Q(request__state="published") & Q(offer__state="published")
    )
    if scope is not None and not scope.whole:
        rows = rows.filter(scope.people("request__author") | scope.people("offer__author"))
    return list(rows.select_related("request__author", "offer__author", "by")[:limit])

"""Find the rings of reciprocity among what was found, and keep the best for the people they concern."""

from __future__ import annotations

from django.db import transaction

from reciproque.journal.actions import record
from reciproque.kit import clock
from reciproque.matching.actions.finding import in_each_network
from reciproque.matching.engine.packing import pack_rings
from reciproque.matching.engine.rings import Edges, Link, find_rings
from reciproque.matching.models import Loop, LoopLink, Suggestion
from reciproque.matching.rules import LONGEST_LOOP, LOOP_CLOSE, LOOPS_KEPT, LoopState
from reciproque.networks.models import Membership, Network

MOST_FOUND = 25_000  # rings among which those that share nobody are chosen


def refresh_loops(network: Network) -> int:
    """Find a network's loops again and keep the best that share nobody; return how many are kept.

    A loop that no longer closes goes; its links stay the suggestions that they are.
    """
    here = Membership.objects.available(clock.now()).filter(network=network).values("person")
    rows = Suggestion.objects.open().filter(network=network, request__author__in=here, offer__author__in=here)
    columns = list(
        rows.order_by("pk").values_list(
            "offer__author_id", "request__author_id", "score", "request_id", "offer_id", "terms__closeness"
        )
    )
    close = [row for row in columns if (row[5] or 0) >= LOOP_CLOSE]
    givers, receivers, scores, requests, offers = ([row[place] for row in close] for place in range(5))
    edges = Edges.of(givers, receivers, scores, requests, offers)
    packed = pack_rings(find_rings(edges, longest=LONGEST_LOOP, limit=MOST_FOUND)).rings
    kept = [packed.of(place) for place in range(min(len(packed), LOOPS_KEPT))]
    with transaction.atomic():
        return _keep(network, kept)


def _keep(network: Network, rings: list[tuple[Link, ...]]) -> int:
    wanted = {_mark(ring): ring for ring in rings}
    known = {row.mark: row for row in Loop.objects.filter(network=network)}
    gone = [row.pk for mark, row in known.items() if mark not in wanted and row.state == LoopState.OPEN]
    Loop.objects.filter(pk__in=gone).update(state=LoopState.GONE)
    again = [row.pk for mark, row in known.items() if mark in wanted and row.state == LoopState.GONE]
    Loop.objects.filter(pk__in=again).update(state=LoopState.OPEN)
    fresh = [mark for mark in wanted if mark not in known]
    pairs = {(link.request, link.offer) for mark in fresh for link in wanted[mark]}
    suggestions = {
        (row.request_id, row.offer_id): row
        for row in Suggestion.objects.filter(
            network=network, request__in={request for request, _offer in pairs}
        ).select_related("request__author", "offer__author")
    }
    for mark in fresh:
        _make(network, mark, [suggestions[link.request, link.offer] for link in wanted[mark]])
    return len(wanted)


def _mark(ring: tuple[Link, ...]) -> str:
    return " ".join(f"{link.request}:{link.offer}" for link in ring)


def _make(network: Network, mark: str, links: list[Suggestion]) -> None:
    loop = Loop.objects.create(
        network=network,
        mark=mark,
        size=len(links),
        score=sum(link.score for link in links) // len(links),
        made_at=clock.now(),
    )
    LoopLink.objects.bulk_create(
        [LoopLink(loop=loop, place=place, suggestion=link) for place, link in enumerate(links)]
    )
    record(
        "loop.found",
        loop,
        network=network,
        people=[link.request.author for link in links],
        names=[link.offer.author.display_name for link in links],
        size=len(links),
    )


def refresh_all_loops() -> int:
    """Find again the loops of every network (by the clock); return how many are kept in all."""
    return in_each_network(refresh_loops)

"""Which subjects are short: what is asked and cannot be served, and what one more seat would bring."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from reciproque.kit import clock
from reciproque.matching.engine.nearness import near
from reciproque.matching.engine.prices import seat_prices
from reciproque.matching.queries.index import current_index
from reciproque.matching.rules import SAME_NEED, SOUGHT_SHOWN

if TYPE_CHECKING:
    from reciproque.matching.engine.plan import Plan as Solution
    from reciproque.matching.queries.planning import Ground
    from reciproque.networks.models import Network


def sought_subjects(
    network: Network, ground: Ground, chosen: Solution, balanced: Solution
) -> list[dict[str, Any]]:
    """Return the subjects that are short in the plan chosen, the most wanted first, at the prices of the balanced one.

    Requests that say nearly the same count as one subject, named by the one that waits longest. `missing` is how many of
    them the plan leaves out; `price` (0 to 10,000) what one more seat with somebody who offers it would bring to the whole
    plan, and 10,000 when nobody offers it at all.
    """
    served = set(chosen.request.tolist())
    prices = seat_prices(balanced.instance, balanced)
    dearest: dict[int, int] = {}
    choices: dict[int, int] = {}
    for request, offer, _score in ground.edges:
        dearest[request] = max(dearest.get(request, 0), int(prices[offer]))
        choices[request] = choices.get(request, 0) + 1
    today = clock.now()
    subjects: list[dict[str, Any]] = []
    for places in _alike(network, ground):
        missing = [place for place in places if place not in served]
        if not missing:
            continue
        offered = max((choices.get(place, 0) for place in places), default=0)
        price = max(dearest.get(place, 0) for place in places) if offered else 10_000
        oldest = min(places, key=lambda place: (ground.requests[place].published_at or today, place))
        post = ground.requests[oldest]
        subjects.append(
            {
                "request": post.pk,
                "title": post.title,
                "requests": len(places),
                "missing": len(missing),
                "offers": offered,
                "price": min(price, 10_000),
                "days": (today - (post.published_at or today)).days,
            }
        )
    subjects.sort(key=lambda row: (-row["missing"], -row["price"], -row["days"], row["request"]))
    return subjects[:SOUGHT_SHOWN]


def _alike(network: Network, ground: Ground) -> list[list[int]]:
    """Part the requests into groups about the same thing, each round the one that comes first and is still free."""
    index = current_index(network)
    rows = index.rows_of([post.pk for post in ground.requests])
    known = [place for place in range(len(rows)) if rows[place] >= 0]
    if not known:
        return [[place] for place in range(len(ground.requests))]
    by_subject: dict[int, list[int]] = {}
    for place in known:
        by_subject.setdefault(int(index.subject[rows[place]]), []).append(place)
    subjects = np.array(sorted(by_subject), np.int64)
    around = {
        int(subject): [int(subjects[other]) for other in found.places.tolist()]
        for subject, found in zip(
            subjects, near(index, subjects, subjects, int(SAME_NEED * 10_000)), strict=True
        )
    }
    first = {subject: min(places) for subject, places in by_subject.items()}
    groups, taken = [], set()
    for subject in sorted(by_subject, key=lambda one: first[one]):
        if subject in taken:
            continue
        together = [subject, *(other for other in around[subject] if other != subject and other not in taken)]
        taken.update(together)
        groups.append(sorted(place for one in together for place in by_subject[one]))
    return groups

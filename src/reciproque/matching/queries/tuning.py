"""How much each reason counts in a network."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reciproque.catalogue.models import Post
from reciproque.matching.engine.score import TERMS, Terms, Weights
from reciproque.matching.models import Suggestion, Tuning
from reciproque.matching.rules import RECIPROCITY
from reciproque.networks.models import Network
from reciproque.people.models import Person


@dataclasses.dataclass(frozen=True)
class Tuned:
    """A network's weights, what a plan gains by reciprocity, and who last chose them."""

    weights: Weights
    reciprocity: int
    changed_at: dt.datetime | None = None
    changed_by: Person | None = None

    @property
    def is_default(self) -> bool:
        """Whether these are the weights that networks start with."""
        return self.weights == Weights() and self.reciprocity == RECIPROCITY


def tuning_of(network: Network) -> Tuned:
    """Return the weights of a network, the product's own where nobody chose."""
    row = Tuning.objects.filter(network=network).select_related("changed_by").first()
    if row is None:
        return Tuned(Weights(), RECIPROCITY)
    chosen = {name: int(value) for name, value in row.weights.items() if name in TERMS}
    weights = dataclasses.replace(Weights(), threshold=row.threshold, **chosen)
    return Tuned(weights, row.reciprocity, row.changed_at, row.changed_by)


@dataclasses.dataclass(frozen=True)
class Example:
    """One request whose best offers change places."""

    request: Post
    before: list[Post]
    after: list[Post]


@dataclasses.dataclass(frozen=True)
class Preview:
    """What other weights would do to what is proposed today, in whole percentages."""

    requests: int
    first_changed: int  # of requests, those whose first proposal would be another one
    still_served: int  # of requests
    proposals: tuple[int, int]  # before, after
    was: dict[str, int]  # of first proposals: how close, in another department, on the same site
    would_be: dict[str, int]
    examples: list[Example]


def preview_tuning(network: Network, weights: Weights, *, most: int = 200_000, examples: int = 4) -> Preview:
    """Return what these weights would change, from the terms already stored: nothing is computed again or written."""
    rows = Suggestion.objects.open().filter(network=network).order_by("request_id", "pk")
    held = list(rows.values_list("request_id", "offer_id", "terms")[:most])
    if not held:
        return Preview(0, 0, 0, (0, 0), {}, {}, [])
    requests = np.array([row[0] for row in held])
    terms = Terms(**{name: np.array([row[2].get(name, 0) for row in held], np.int16) for name in TERMS})
    offers = np.array([row[1] for row in held])
    allowed = (terms.closeness >= weights.threshold) | (terms.same_topic > 0)
    now = tuning_of(network).weights.total(terms)
    then = np.where(allowed, weights.total(terms), -1)
    firsts, counts = np.unique(requests, return_index=True)
    bounds = [*counts.tolist(), len(requests)]
    before, after = _ranked(now, bounds), _ranked(then, bounds)
    kept = [order for order in after if then[order[0]] >= 0]
    first_before = np.array([order[0] for order in before])
    first_after = np.array([order[0] for order in kept], np.int64)
    moved = [
        place for place, order in enumerate(after) if then[order[0]] >= 0 and order[0] != before[place][0]
    ]
    return Preview(
        requests=len(firsts),
        first_changed=100 * len(moved) // len(firsts),
        still_served=100 * len(kept) // len(firsts),
        proposals=(len(held), int(allowed.sum())),
        was=_told(terms, first_before),
        would_be=_told(terms, first_after),
        examples=_examples(requests, offers, before, after, moved[:examples]),
    )


def _ranked(score: NDArray[Any], bounds: list[int]) -> list[NDArray[np.int64]]:
    """The rows of each request, best first."""
    return [start + np.argsort(-score[start:end], kind="stable") for start, end in itertools.pairwise(bounds)]


def _told(terms: Terms, rows: NDArray[np.int64]) -> dict[str, int]:
    if not len(rows):
        return {}
    return {
        "closeness": int(terms.closeness[rows].mean()) // 100,
        "other_department": int(100 * (terms.other_department[rows] > 0).mean()),
        "same_site": int(100 * (terms.same_site[rows] > 0).mean()),
        "waiting": int(terms.waiting[rows].mean()) // 100,
    }


def _examples(
    requests: NDArray[Any],
    offers: NDArray[Any],
    before: list[NDArray[np.int64]],
    after: list[NDArray[np.int64]],
    places: list[int],
) -> list[Example]:
    wanted = {
        int(requests[before[place][0]]): (
            offers[before[place][:3]].tolist(),
            offers[after[place][:3]].tolist(),
        )
        for place in places
    }
    pks = set(wanted) | {pk for pair in wanted.values() for side in pair for pk in side}
    posts = Post.objects.select_related("author").in_bulk(pks)
    return [
        Example(posts[pk], [posts[one] for one in was], [posts[one] for one in becomes])
        for pk, (was, becomes) in wanted.items()
    ]

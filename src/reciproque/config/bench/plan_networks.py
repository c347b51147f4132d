"""Made-up networks of any size, as the plan sees them: drawn without writing a word, always the same for the same seed.

They look like what posts of a large organisation gave when their texts were really compared: popularity of subjects by
Zipf's law, offers and requests popular for different reasons, subjects in families, half of the posts about a person's
own trade, sites, languages and ways to meet that keep some apart, and 16 to 20 possible offers a request.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reciproque.matching.engine.instance import Instance

REGIMES = ("base", "tight", "scarce", "sessions")
RECIPROCITY = 1_000  # a tenth of a perfect pair

_KEPT = 20  # offers looked at for each request
_WORTH_PROPOSING = 3_500
_BLOCK = 1 << 15


@dataclass(frozen=True)
class Network:
    """An instance, and what is needed to judge its plans."""

    instance: Instance
    closeness: NDArray[np.int64]  # of each edge, 0 to 10,000
    waiting: NDArray[np.float64]  # of each request, in days


@dataclass(frozen=True)
class _Side:
    """Offers or requests: whose they are, and what they are about."""

    owner: NDArray[np.int64]
    subject: NDArray[np.int64]


def network(posts: int, regime: str = "base", seed: int = 0) -> Network:
    """A network of that many posts, three a person, in one of the regimes.

    base: people give 1 to 3 times and receive once or twice; tight: everybody does each once; scarce: six offers in ten
    are gone; sessions: offers that answer several requests are sessions, which count once for their giver.
    """
    rng = np.random.default_rng([seed, posts])
    people, subjects = max(2, posts // 3), min(13_000, 400 + posts // 4)
    give = rng.choice([1, 2, 3], people, p=[0.5, 0.35, 0.15])
    receive = rng.choice([1, 2], people, p=[0.6, 0.4])
    department = rng.integers(0, 12 if people < 5_000 else 40, people)
    apart = _Apart.draw(rng, people)
    offers, requests = _posts(rng, posts, department, subjects)
    capacity = rng.choice([1, 2, 3, 4, 6, 8], len(offers.owner), p=[0.6, 0.15, 0.08, 0.07, 0.06, 0.04])
    waiting = np.minimum(rng.exponential(45, len(requests.owner)), 720)
    if regime == "scarce":
        kept = rng.random(len(offers.owner)) >= 0.6
        offers, capacity = _Side(offers.owner[kept], offers.subject[kept]), capacity[kept]
    if regime == "tight":
        give, receive = np.ones_like(give), np.ones_like(receive)
    parts = [
        _candidates(rng, offers, requests, rows, apart)
        for rows in np.array_split(np.arange(len(requests.owner)), -(-len(requests.owner) // _BLOCK))
    ]
    request, offer, closeness = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    elsewhere = department[requests.owner[request]] != department[offers.owner[offer]]
    patience = np.minimum(waiting[request] / 90, 1)
    return Network(
        Instance(
            people_ids=np.arange(people),
            give=give,
            receive=receive,
            offer_ids=np.arange(len(offers.owner)),
            giver=offers.owner,
            offer_capacity=capacity,
            group=(capacity > 1) & (regime == "sessions"),
            request_ids=np.arange(len(requests.owner)),
            receiver=requests.owner,
            edge_request=request,
            edge_offer=offer,
            weight=closeness + np.rint(2_000 * patience).astype(np.int64) + 500 * elsewhere,
            reciprocity=RECIPROCITY,
        ),
        closeness,
        waiting,
    )


@dataclass(frozen=True)
class _Apart:
    """What keeps some people from meeting: languages, and ways to meet."""

    languages: NDArray[np.int64]
    modes: NDArray[np.int64]
    site: NDArray[np.int64]

    @classmethod
    def draw(cls, rng: np.random.Generator, people: int) -> "_Apart":
        sites = 1 / (np.arange(max(5, people // 150)) + 5)
        return cls(
            rng.choice([1, 2, 3], people, p=[0.62, 0.05, 0.33]),
            rng.choice([1, 2, 3], people, p=[0.2, 0.15, 0.65]),
            rng.choice(len(sites), people, p=sites / sites.sum()),
        )

    def may_meet(self, one: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.bool_]:
        common = self.modes[one] & self.modes[other]
        together = (common & 1 > 0) & (self.site[one] == self.site[other])
        return (
            (one != other) & (self.languages[one] & self.languages[other] > 0) & ((common & 2 > 0) | together)
        )


def _posts(
    rng: np.random.Generator, posts: int, department: NDArray[np.int64], subjects: int
) -> tuple[_Side, _Side]:
    popularity = 1 / (rng.permutation(subjects) + 30.0) ** 0.9
    owner = rng.integers(0, len(department), posts)
    is_offer = rng.random(posts) < 0.5
    # A department's own trade is a stretch of subjects, a twelfth of them all; families lie side by side.
    trade = rng.integers(0, subjects, department.max() + 1)[department[owner]]
    own = (trade + rng.integers(0, max(1, subjects // 12), posts)) % subjects
    sides = []
    for chosen, at_home in ((is_offer, 0.5), (~is_offer, 0.25)):
        taste = popularity * rng.lognormal(0, 0.7, subjects)
        drawn = rng.choice(subjects, posts, p=taste / taste.sum())
        subject = np.where(rng.random(posts) < at_home, own, drawn)
        sides.append(_Side(owner[chosen], subject[chosen]))
    return sides[0], sides[1]


def _candidates(
    rng: np.random.Generator, offers: _Side, requests: _Side, rows: NDArray[np.int64], apart: _Apart
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """The pairs worth proposing for some requests: request, offer, closeness."""
    by_subject = np.argsort(offers.subject, kind="stable")
    stocked = offers.subject[by_subject]
    subject = requests.subject[rows]
    first, last = np.searchsorted(stocked, subject), np.searchsorted(stocked, subject + 1)
    family = np.searchsorted(stocked, subject // 8 * 8), np.searchsorted(stocked, subject // 8 * 8 + 8)
    nearby = np.maximum(first - 28, 0), np.minimum(first + 28, len(stocked))
    # Of the same subject, of its family of eight, of what lies nearby: some of each, from anywhere in it.
    found = [
        _some(rng, by_subject, start, end, count)
        for (start, end), count in (((first, last), 28), (family, 24), (nearby, 56))
    ]
    offer = np.sort(np.concatenate(found, axis=1), axis=1)
    offer[:, 1:][offer[:, 1:] == offer[:, :-1]] = -1
    asker = requests.owner[rows][:, None]
    same = offers.subject[offer] == subject[:, None]
    akin = offers.subject[offer] // 8 == subject[:, None] // 8
    likeness = np.select([same, akin], [0.9, 0.52], 0.34) + rng.normal(0, 1, offer.shape) * np.where(
        same, 0.07, 0.11
    )
    closeness = np.rint(np.clip(likeness, 0, 1) * 10_000).astype(np.int64)
    fits = (offer >= 0) & (closeness >= _WORTH_PROPOSING) & apart.may_meet(asker, offers.owner[offer])
    best = np.argsort(np.where(fits, -closeness, 1), axis=1, kind="stable")[:, :_KEPT]
    kept = np.take_along_axis(fits, best, axis=1)
    line, column = np.nonzero(kept)
    column = best[line, column]
    return rows[line], offer[line, column], closeness[line, column]


def _some(
    rng: np.random.Generator,
    offers: NDArray[np.int64],
    start: NDArray[np.int64],
    end: NDArray[np.int64],
    count: int,
) -> NDArray[np.int64]:
    """So many of a stretch of offers for each row, from anywhere in it and going round; -1 where there are fewer."""
    size = np.maximum(end - start, 1)[:, None]
    turn = np.arange(count)
    place = start[:, None] + (rng.integers(0, size) + turn) % size
    return np.where(turn < (end - start)[:, None], np.append(offers, -1)[place], -1)

"""Rings chosen so that nobody is in two: the most people first, then the best links.

Few rings are chosen exactly, by a solver. For many, the solver cannot finish; but without whole numbers the problem is
easy, and its prices tell which rings are worth a look: a couple of thousand among tens of thousands. An annealing among
those (a ring comes in, those it disturbs go, losses are accepted less and less) then does better in seconds than the
solver in minutes, and always the same way. The easy problem is also an upper bound, so one knows what is left to gain.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from reciproque.matching.engine.rings import Rings
from reciproque.matching.engine.score import FULL

Rows = NDArray[np.int64]
Floats = NDArray[np.float64]

PERSON = (
    10 * FULL
)  # what one more person is worth, in score: hardly ever are links good enough to prefer them
_EXACT = 1_000  # rings above which the solver seldom finishes
_CORE, _SHORT = (
    2_000,
    0.5,
)  # rings worth a look: at most so many, at most so much short of their price (in people)
_STEPS, _STEPS_A_RING = 8_000_000, 4_000
_TRIED = 4_096  # rings tried at once
_WARM, _COLD = 0.5, 0.1  # losses accepted at the beginning and at the end, in people
_RELAXED, _LP_SECONDS = (
    150_000,
    120.0,
)  # rings above which, time after which, one does without the easy problem


@dataclass(frozen=True)
class Packing:
    """Rings without anybody in common, and how far they are from the most that could be."""

    rings: Rings
    rows: Rows  # of the rings they were chosen among, in increasing order: best first
    people: int
    score: int
    upper_bound: int  # no choice is worth more than this; -1 when it was not found in time
    exact: bool  # no choice is worth more, proven

    @property
    def value(self) -> int:
        """What the choice is worth: so much a person, and the scores of the links."""
        return self.people * PERSON + self.score


def pack_rings(rings: Rings, *, exact_up_to: int = _EXACT, seconds: float = 20.0) -> Packing:
    """Rings to propose together, nobody being in two of them.

    Up to `exact_up_to` rings a solver is asked first. What it had when `seconds` ended is left aside, for it may differ
    from one day to the other: the annealing answers then, the same for the same rings.
    """
    if not len(rings):
        return Packing(rings, np.empty(0, np.int64), 0, 0, 0, True)
    problem = _Problem.of(rings)
    if len(rings) <= exact_up_to:
        best = problem.solve(seconds)
        if best is not None:
            return _packing(rings, best, None)
    bound, prices = problem.relax()
    core = problem.core(prices)
    return _packing(rings, problem.fill(core[problem.anneal(core)]), bound)


def _packing(rings: Rings, rows: Rows, bound: float | None) -> Packing:
    chosen = rings.take(np.sort(rows))
    people, score = int(chosen.lengths.sum()), int(chosen.score.sum())
    value = people * PERSON + score
    upper = value if bound is None else int(bound) if np.isfinite(bound) else -1
    return Packing(chosen, np.sort(rows), people, score, upper, upper == value)


@dataclass(frozen=True)
class _Problem:
    """Rings to be chosen among: their worth, and who is in each."""

    worth: Rows
    people: Rows  # (n, 4): people from 0, `crowd` after the last
    crowd: int

    @classmethod
    def of(cls, rings: Rings) -> "_Problem":
        there = rings.links >= 0
        ids, place = np.unique(rings.people[there], return_inverse=True)
        people = np.full(rings.links.shape, len(ids))
        people[there] = place
        return cls(rings.lengths * PERSON + rings.score, people, len(ids))

    def table(self, rows: Rows | None = None) -> sparse.csr_array:
        """People × rings: who is in which; those who are in one ring only constrain nothing."""
        people = self.people if rows is None else self.people[rows]
        there = people < self.crowd
        cells = people[there], np.nonzero(there)[0]
        table = sparse.csr_array((np.ones(len(cells[0])), cells), shape=(self.crowd, len(people)))
        return table[np.diff(table.indptr) > 1]

    def solve(self, seconds: float) -> Rows | None:
        """The best choice there is, or None when time ran out."""
        table = self.table()
        limits = LinearConstraint(table, -np.inf, 1) if table.shape[0] else ()
        found = milp(
            -self.worth / PERSON,
            constraints=limits,
            bounds=Bounds(0, 1),
            integrality=np.ones(len(self.worth)),
            options={"time_limit": seconds, "mip_rel_gap": 0.0},
        )
        return np.flatnonzero(found.x > 0.5) if found.status == 0 else None

    def relax(self) -> tuple[float, Floats]:
        """The most that could be gained if rings could be chosen by halves, and by how much each ring falls short."""
        if len(self.worth) > _RELAXED:
            return np.inf, self._guess()
        table = self.table()
        if not table.shape[0]:
            return float(self.worth.sum()), np.zeros(len(self.worth))
        found = linprog(
            -self.worth / PERSON,
            A_ub=table,
            b_ub=np.ones(table.shape[0]),
            bounds=(0, 1),
            method="highs-ipm",
            options={"time_limit": _LP_SECONDS},
        )
        if found.status != 0:
            return np.inf, self._guess()
        prices = np.minimum(found.ineqlin.marginals, 0)
        short = self.worth / PERSON + table.T @ prices
        # Any prices give a bound: computed from them, it does not depend on where the solver stopped.
        bound = -prices.sum() + np.maximum(short, 0).sum()
        return float(np.ceil(bound * PERSON)), np.round(short, 6)

    def _guess(self) -> Floats:
        """The same order of rings, roughly: those of people who are in few others first."""
        busy = np.append(np.bincount(self.people.ravel(), minlength=self.crowd)[: self.crowd], 0)
        order = np.argsort(-self.worth / busy[self.people].sum(axis=1), kind="stable")
        short = np.empty(len(order))
        short[order] = -_SHORT * np.arange(len(order)) / len(order)
        return short

    def core(self, short: Floats) -> Rows:
        """The rings worth a look, in increasing order."""
        best = np.argsort(-short, kind="stable")[:_CORE]
        return np.sort(best[short[best] > short[best[0]] - _SHORT])

    def anneal(self, rows: Rows) -> Rows:
        """A good choice among some rings, as places among them."""
        worth = np.append(self.worth[rows] / PERSON, 0.0)
        people = self.people[rows]
        members = [tuple(ring[ring < self.crowd].tolist()) for ring in people]
        free = len(rows)
        owner = np.full(self.crowd + 1, free)
        rng = np.random.default_rng(0)
        best, best_worth = owner.copy(), 0.0
        steps = min(_STEPS, _STEPS_A_RING * free)
        for step in range(0, steps, _TRIED):
            heat = _WARM * (_COLD / _WARM) ** (step / steps)
            tried = rng.integers(0, free, _TRIED)
            loss = heat * np.log1p(-rng.random(_TRIED))
            gain = self._gain(worth, owner[people[tried]], tried)
            for place in np.flatnonzero(gain >= loss).tolist():
                ring = int(tried[place])
                # Those that came in just before may have changed what it disturbs.
                gone = set(owner[list(members[ring])].tolist()) - {free}
                if ring in gone or worth[ring] - sum(worth[other] for other in sorted(gone)) < loss[place]:
                    continue
                for other in gone:
                    owner[list(members[other])] = free
                owner[list(members[ring])] = ring
            total = worth[np.unique(owner)].sum()
            if total > best_worth:
                best, best_worth = owner.copy(), total
        chosen = np.unique(best)
        return chosen[chosen < free]

    @staticmethod
    def _gain(worth: Floats, owners: Rows, tried: Rows) -> Floats:
        """What each ring tried would bring, less what the rings it disturbs are worth; -inf when it is there already."""
        owners = np.sort(owners, axis=1)
        lost = worth[owners]
        lost[:, 1:][owners[:, 1:] == owners[:, :-1]] = 0
        gain = worth[tried] - lost.sum(axis=1)
        gain[(owners == tried[:, None]).any(axis=1)] = -np.inf
        return gain

    def fill(self, chosen: Rows) -> Rows:
        """The same choice, with every other ring that still fits: the best first."""
        taken = np.zeros(self.crowd + 1, np.bool_)
        taken[self.people[chosen]] = True
        taken[self.crowd] = False
        more = []
        for ring in np.argsort(-self.worth, kind="stable").tolist():
            if not taken[self.people[ring]].any():
                taken[self.people[ring]] = True
                taken[self.crowd] = False
                more.append(ring)
        return np.concatenate([chosen, np.array(more, np.int64)])

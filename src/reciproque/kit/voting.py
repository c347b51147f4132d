"""Two ways of ranking by a vote: majority judgement (Balinski and Laraki) and points shared out."""

from __future__ import annotations

import itertools
from collections.abc import Hashable, Mapping, Sequence
from fractions import Fraction
from functools import cmp_to_key
from typing import Any, TypeVar

K = TypeVar("K", bound=Hashable)
HALF = Fraction(1, 2)


def majority_grade(grades: Sequence[int]) -> int | None:
    """Return the grade that a majority finds at least right: the median, the lower of two; None when nobody judged."""
    return sorted(grades)[(len(grades) - 1) // 2] if grades else None


def rank_by_judgement(grades: Mapping[K, Sequence[int]]) -> list[list[K]]:
    """Rank by majority judgement, best first; those that nothing separates share a place, the unjudged come last.

    Equal majority grades are told apart by taking the median out again and again. Where two were not judged by as
    many people (nobody judges their own), it is done with shares of those who judged.
    """
    order = cmp_to_key(_compare)
    return _places({key: order(sorted(given)) for key, given in grades.items()})


def _compare(one: Sequence[int], other: Sequence[int]) -> int:
    """Compare two sorted lists of grades by majority judgement: above 0 when the first is better.

    Taking the median out of a sorted list, again and again, walks outwards from its middle, one step down and one
    step up: the first distance from the middle at which the two lists differ decides, the lower side first.
    """
    if not one or not other:
        return bool(one) - bool(other)
    stops = sorted(_distances(one) | _distances(other) | {HALF})
    for start, end in itertools.pairwise([Fraction(0), *stops]):
        distance = (start + end) / 2
        for place in (HALF - distance, HALF + distance):
            difference = one[int(place * len(one))] - other[int(place * len(other))]
            if difference:
                return difference
    return 0


def _distances(ordered: Sequence[int]) -> set[Fraction]:
    """How far from the middle of a sorted list, in shares of it, its grades change."""
    size = len(ordered)
    changes = (n for n in range(1, size) if ordered[n] != ordered[n - 1])
    return {abs(HALF - Fraction(n, size)) for n in changes} - {Fraction(0)}


def rank_by_points(points: Mapping[K, Sequence[int]]) -> list[list[K]]:
    """Rank by the mean of the points received from those who could give some, best first, equals together."""
    means = {
        key: Fraction(sum(given), len(given)) if given else Fraction(-1) for key, given in points.items()
    }
    return _places(means)


def _places(values: Mapping[K, Any]) -> list[list[K]]:
    ordered = sorted(values, key=lambda key: values[key], reverse=True)
    return [list(keys) for _value, keys in itertools.groupby(ordered, key=lambda key: values[key])]

"""Figures told side by side, and one after the other, say nothing of fewer than five people."""

from __future__ import annotations

import random
from typing import Any

import pytest

from reciproque.insights.engine.veil import Table, veil


def rows(first: int, last: int) -> frozenset[int]:
    return frozenset(range(first, last))


def test_figures_of_five_and_more_are_told() -> None:
    assert veil(Table({"members": rows(0, 50), "active": rows(0, 30)})) == set()


def test_active_members_are_not_told_when_they_are_all_members_but_three() -> None:
    assert veil(Table({"members": rows(0, 50), "active": rows(0, 47)})) == {"active"}


def test_what_is_left_when_all_the_rest_is_told() -> None:
    """Both, one only, neither: the fourth is the sum, and the smallest of what is told gives way."""
    wanted = {"members": rows(0, 50), "both": rows(0, 20), "one": rows(20, 48), "neither": rows(48, 50)}
    assert veil(Table(wanted)) == {"neither", "both"}


def test_a_month_and_the_next_that_differ_by_one() -> None:
    assert veil(Table({"members": rows(0, 121)}, told=[rows(0, 120)])) == {"members"}
    assert veil(Table({"members": rows(0, 120)}, told=[rows(0, 120)])) == set()
    assert veil(Table({"members": rows(0, 125)}, told=[rows(0, 120)])) == set()
    # one left, four came: five people moved
    assert veil(Table({"members": rows(1, 124)}, told=[rows(0, 120)])) == set()
    # told three months ago, and nearly the same again
    assert veil(Table({"members": rows(0, 121)}, told=[rows(0, 120), rows(0, 140)])) == {"members"}


def test_a_quarter_does_not_give_a_month_back() -> None:
    months = [rows(0, 10), rows(10, 13), rows(13, 30)]
    sums = [("quarter", ["m0", "m1", "m2"])]
    unseen = {"m1": months[1]}
    told = [months[0], months[2]]
    wanted = {"quarter": rows(0, 30), "m0": months[0], "m2": months[2]}
    assert veil(Table(wanted, told=told, unseen=unseen, sums=sums)) == {"quarter"}
    # a month in which nothing happened is one too
    wanted = {"quarter": rows(0, 30), "m0": rows(0, 13), "m2": months[2]}
    told = [rows(0, 13), months[2]]
    assert veil(Table(wanted, told=told, unseen={"m1": frozenset()}, sums=sums)) == {"quarter"}


def test_what_was_counted_late_is_not_given_by_the_year() -> None:
    quarters = [rows(0, 20), rows(20, 40), rows(40, 60), rows(60, 80)]
    assert veil(Table({"year": rows(0, 81)}, told=quarters)) == {"year"}
    assert veil(Table({"year": rows(0, 90)}, told=quarters)) == set()


def test_five_rows_of_one_person_are_one_person() -> None:
    owner = dict.fromkeys(range(6), 1) | {row: row for row in range(6, 40)}
    assert veil(Table({"posts": rows(0, 6)}, owner=owner)) == {"posts"}
    wanted = {"posts": rows(0, 40), "offers": rows(3, 40)}
    assert veil(Table(wanted, owner=owner)) == {"offers"}
    # two leftovers of three rows each, all by the same person
    wanted = {"posts": rows(0, 40), "offers": rows(3, 40), "requests": rows(6, 40)}
    assert len(veil(Table(wanted, owner=owner))) == 2


def test_a_group_where_nothing_happened_is_not_told_by_the_others() -> None:
    wanted: dict[Any, frozenset[int]] = {
        "": rows(0, 30),
        "A": rows(0, 10),
        "B": rows(10, 30),
        "C": frozenset(),
    }
    assert veil(Table(wanted, sums=[("", ["A", "B", "C"])])) == {"A", "C"}


def told_apart(told: list[frozenset[int]], owner: dict[int, int]) -> list[frozenset[int]]:
    """Return the small sets that sums and differences of two or three figures give, each row at most once: by trying."""
    everything = sorted(set().union(*told)) if told else []
    vectors = {tuple(int(row in one) for row in everything) for one in told}
    found = set(vectors)
    for _turn in range(2):
        found |= {
            tuple(a - b for a, b in zip(one, other, strict=True)) for one in found for other in vectors
        } | {tuple(a + b for a, b in zip(one, other, strict=True)) for one in found for other in vectors}
    sets = [
        frozenset(row for row, one in zip(everything, vector, strict=True) if one)
        for vector in found
        if set(vector) <= {0, 1}
    ]
    return [one for one in sets if 0 < len({owner[row] for row in one}) < 5]


@pytest.mark.parametrize("seed", range(12))
def test_random_figures_one_after_the_other(seed: int) -> None:
    dice = random.Random(seed)
    owner = {row: row // dice.choice([1, 1, 2]) for row in range(40)}
    told: list[frozenset[int]] = []
    seen = 0
    for _period in range(3):
        cuts = sorted(dice.sample(range(41), 3))
        wanted = {
            number: frozenset(
                row for row in range(40) if cuts[number % 3] <= row or dice.random() < (0.05, 0.3)[number % 2]
            )
            for number in range(4)
        }
        kept = veil(Table(wanted, told=told, owner=owner))
        told += [one for number, one in wanted.items() if number not in kept]
        seen += len(wanted) - len(kept)
        assert told_apart(told, owner) == []
    assert seen

"""Nothing of fewer than five people can be worked out of a table: checked by trying everything, with fractions."""

from __future__ import annotations

import itertools
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reciproque.kit.disclosure import (
    OTHERS,
    Count,
    crossing,
    exposed,
    fold_crossing,
    groups_of_five,
    lines_of,
    protect_table,
)

WHOLE = ("",)


def table(**groups: int) -> dict[tuple[str, ...], Count]:
    """One cut and its total, each group being a number of people."""
    cells = {(name,): Count(size, size) for name, size in groups.items()}
    return {**cells, WHOLE: Count(sum(groups.values()), sum(groups.values()))}


def solved(rows: list[list[Fraction]]) -> list[list[Fraction]]:
    """Reduce equations by hand, with fractions: another way than the one under test."""
    rows, done = [list(row) for row in rows], 0
    for column in range(len(rows[0]) if rows else 0):
        lead = next((row for row in rows[done:] if row[column]), None)
        if lead is None:
            continue
        rows.remove(lead)
        rows.insert(done, [value / lead[column] for value in lead])
        for number, row in enumerate(rows):
            if number != done and row[column]:
                times = row[column]
                rows[number] = [value - times * other for value, other in zip(row, rows[done], strict=True)]
        done += 1
    return rows[:done]


def follows(rows: list[list[Fraction]], wanted: list[Fraction]) -> bool:
    """Tell whether a combination of unknowns follows from reduced equations."""
    for row in rows:
        lead = next(number for number, value in enumerate(row) if value)
        if wanted[lead]:
            times = wanted[lead]
            wanted = [value - times * other for value, other in zip(wanted, row, strict=True)]
    return not any(wanted)


def told_of_few(
    cells: dict[Any, Count], lines: list[Any], unknown: set[Any], k: int = 5
) -> list[tuple[Any, ...]]:
    """Try every set of up to four unknown cells, and every sum of a line, that counts fewer than `k` people."""
    order = [key for key in cells if key in unknown]
    rows = solved(
        [
            [Fraction((key in parts) - (key == total)) for key in order]
            for total, parts in lines
            if any(key in unknown for key in (total, *parts))
        ]
    )
    tried = [
        some
        for size in range(1, 5)
        for some in itertools.combinations(order, size)
        if sum(cells[key].people for key in some) < k
    ]
    tried += [
        some
        for total, parts in lines
        if total not in unknown
        if (some := tuple(key for key in parts if key in unknown))
        and sum(cells[key].people for key in some) < k
    ]
    return [some for some in tried if follows(rows, [Fraction(key in some) for key in order])]


# -- one table -------------------------------------------------------------------------------------------------


def test_a_cell_under_five_is_masked_and_the_smallest_other_with_it() -> None:
    cells = table(A=3, B=7, C=10)
    lines = lines_of(cells)
    assert exposed(cells, lines, {("A",)}) == [(("A",),)]
    masked = protect_table(cells, lines)
    assert masked == {("A",), ("B",)}
    assert exposed(cells, lines, masked) == []


def test_two_small_cells_that_together_count_five_are_enough() -> None:
    cells = table(A=3, B=2, C=10)
    assert protect_table(cells, lines_of(cells)) == {("A",), ("B",)}


def test_two_small_cells_that_together_count_four_take_a_third_one() -> None:
    cells = table(A=2, B=2, C=8, D=10)
    assert protect_table(cells, lines_of(cells)) == {("A",), ("B",), ("C",)}


def test_a_zero_is_not_told_either() -> None:
    cells = table(A=0, B=6, C=10)
    assert protect_table(cells, lines_of(cells)) == {("A",), ("B",)}


def test_nothing_is_masked_where_all_are_five_or_more() -> None:
    cells = table(A=5, B=7, C=10)
    assert protect_table(cells, lines_of(cells)) == frozenset()


def test_what_is_left_out_counts_too() -> None:
    cells = {
        ("A",): Count(17, 17, 3),
        ("B",): Count(9, 9, 9),
        ("C",): Count(9, 9, 8),
        WHOLE: Count(35, 35, 20),
    }
    lines = lines_of(cells)
    masked = protect_table(cells, lines)
    assert ("A",) in masked
    assert len(masked) == 2
    assert exposed(cells, lines, {("A",)}) == [(("A",),)]


def test_a_table_of_two_small_groups_loses_its_total() -> None:
    cells = table(A=2, B=2)
    assert protect_table(cells, lines_of(cells)) == set(cells)


def test_what_was_told_stays_told_and_the_rest_gives_way() -> None:
    cells = table(A=3, B=7, C=10)
    masked = protect_table(cells, lines_of(cells), told={("B",), WHOLE})
    assert masked == {("A",), ("C",)}


def test_what_was_told_may_already_tell_too_much_and_is_then_seen() -> None:
    cells = table(A=3, B=7)
    everything = {("B",), WHOLE}
    masked = protect_table(cells, lines_of(cells), told=everything)
    assert masked == {("A",)}
    assert exposed(cells, lines_of(cells), masked) == [(("A",),)]


def test_quarters_and_their_year_are_one_table() -> None:
    """A quarter masked last spring is not given back by the year in winter."""
    quarters = {(f"q{n}",): Count(size, size) for n, size in enumerate((3, 8, 9, 10))}
    cells = {**quarters, WHOLE: Count(30, 30)}
    assert protect_table(cells, lines_of(cells), told=list(quarters)[1:]) == {("q0",), WHOLE}


def test_the_order_of_the_cells_decides_between_equals() -> None:
    cells = table(A=1, B=6, C=6, D=6)
    assert protect_table(cells, lines_of(cells)) == {("A",), ("B",)}


sizes = st.integers(0, 9)


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 4), st.integers(2, 4), st.data())
def test_tables_of_two_cuts_tell_of_nobody(width: int, height: int, data: Any) -> None:
    inner = {(f"u{row}", f"s{column}"): data.draw(sizes) for row in range(height) for column in range(width)}
    sums: dict[tuple[str, ...], int] = {}
    for (unit, site), size in inner.items():
        for key in ((unit, ""), ("", site), ("", "")):
            sums[key] = sums.get(key, 0) + size
    cells = {key: Count(size, size) for key, size in {**inner, **sums}.items()}
    lines = lines_of(cells)
    masked = set(protect_table(cells, lines))
    assert {key for key, count in cells.items() if count.people < 5} <= masked
    assert told_of_few(cells, lines, masked) == []
    assert exposed(cells, lines, masked) == []


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.tuples(*[st.sampled_from(["a", "b", "c"])] * 3), st.integers(0, 6), min_size=3))
def test_one_way_cuts_of_the_same_people_tell_of_nobody(atoms: dict[Any, int]) -> None:
    """By unit, by site, by level, never crossed: what is in two of them is never shown, but is counted."""
    cells, lines, hidden = crossing(atoms)
    masked = set(protect_table(cells, lines, hidden=hidden))
    assert not masked & set(hidden)
    fixed = told_of_few(cells, lines, masked | set(hidden))
    assert fixed == []


@settings(max_examples=60, deadline=None)
@given(st.lists(sizes, min_size=2, max_size=6), st.data())
def test_what_can_be_worked_out_is_found(groups: list[int], data: Any) -> None:
    """A planted leak, whichever it is: one cell shown that should not be."""
    cells = table(**{f"g{number}": size for number, size in enumerate(groups)})
    lines = lines_of(cells)
    masked = protect_table(cells, lines)
    if not masked:
        return
    shown = data.draw(st.sampled_from(sorted(masked)))
    left = set(masked) - {shown}
    found = told_of_few(cells, lines, left)
    assert bool(exposed(cells, lines, left)) == bool(found or cells[shown].is_small())


def test_a_difference_of_two_small_cells_is_found_too() -> None:
    """Two sums that share all but one person each: their difference is one person less another."""
    cells = {
        "left": Count(6, 6),
        "right": Count(5, 5),
        "one": Count(1, 1),
        "other": Count(0, 0),
        "most": Count(5, 5),
    }
    lines = [("left", ["most", "one"]), ("right", ["most", "other"])]
    assert exposed(cells, lines, (), hidden=["one", "other", "most"])


def test_three_cells_that_only_together_are_known() -> None:
    cells = {
        "x": Count(30, 30),
        "y": Count(28, 28),
        "a": Count(1, 1),
        "b": Count(1, 1),
        "c": Count(0, 0),
        "z": Count(28, 28),
    }
    lines = [("x", ["a", "b", "c", "z"]), ("y", ["z"])]
    assert set(exposed(cells, lines, (), hidden=["a", "b", "c", "z"])[0]) == {"a", "b", "c"}


def test_a_large_table_is_done() -> None:
    inner = {(f"u{a}", f"s{b}"): (a * 7 + b * 11) % 13 for a in range(60) for b in range(30)}
    sums: dict[tuple[str, ...], int] = {}
    for (unit, site), size in inner.items():
        for key in ((unit, ""), ("", site), ("", "")):
            sums[key] = sums.get(key, 0) + size
    cells = {key: Count(size, size) for key, size in {**inner, **sums}.items()}
    lines = lines_of(cells)
    assert exposed(cells, lines, protect_table(cells, lines)) == []


# -- groups ----------------------------------------------------------------------------------------------------


def people(**groups: int) -> dict[str, str]:
    return {f"{name}{number}": name for name, size in groups.items() for number in range(size)}


def test_small_groups_are_counted_together() -> None:
    assert groups_of_five(people(A=9, B=3, C=2)) == {"A": "A", "B": OTHERS, "C": OTHERS}


def test_one_small_group_takes_the_smallest_of_the_others_with_it() -> None:
    assert groups_of_five(people(A=9, B=3, C=6)) == {"A": "A", "B": OTHERS, "C": OTHERS}


def test_no_more_groups_than_can_be_read() -> None:
    assert groups_of_five(people(A=9, B=8, C=7), most=2) == {"A": "A", "B": "B", "C": OTHERS}


def test_a_unit_and_a_site_that_differ_by_one_person() -> None:
    """Everybody of the unit is on the site, and one person of another unit: the two told would tell of that one."""
    unit = people(A=9, B=20)
    site = {person: "X" if where == "A" or person == "B0" else "Y" for person, where in unit.items()}
    named = fold_crossing([unit, site])
    groups = [
        {name: {person for person in cut if names[cut[person]] == name} for name in names.values()}
        for cut, names in zip([unit, site], named, strict=True)
    ]
    for left in groups[0].values():
        for right in groups[1].values():
            assert not 0 < len(left ^ right) < 5


def test_cuts_that_differ_by_many_are_left_as_they_are() -> None:
    unit = people(A=20, B=20)
    site = {person: "XY"[int(person[1:]) % 2] for person in unit}
    assert fold_crossing([unit, site]) == [{"A": "A", "B": "B"}, {"X": "X", "Y": "Y"}]


@pytest.mark.parametrize("size", [0, 1, 4])
def test_a_network_of_a_few_has_one_group(size: int) -> None:
    unit = people(A=size // 2, B=size - size // 2)
    named = fold_crossing([unit, dict.fromkeys(unit, "X")])
    assert {name for names in named for name in names.values()} <= {OTHERS}

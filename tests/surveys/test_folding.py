"""What is told of answers holds nothing small, alone, beside the rest, or by any subtraction."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reciproque.kit.disclosure import Count, exposed
from reciproque.surveys.rules import (
    NOTHING,
    OTHERS,
    WHOLE,
    Cell,
    fold_groups,
    fold_places,
    fold_question,
    middle,
    move_of,
    places_of,
)
from reciproque.surveys.rules.supplied.shape import FELT, options

LABELS = ["a", "b", "c", "d", "e"]
SCALE: dict[str, Any] = {"key": "q", "kind": "scale", "options": FELT}
SINGLE: dict[str, Any] = {
    "key": "q",
    "kind": "single",
    "options": options(*[(label, label, label) for label in LABELS]),
}
NUMBER: dict[str, Any] = {"key": "q", "kind": "number", "least": 0, "most": None}


def told_as_table(
    placed: list[tuple[str, str]], told: dict[str, list[Cell]]
) -> tuple[dict[Any, Count], list[Any]]:
    """What a reader holds: each cell told is a sum of fine ones (group, place), which nobody is shown."""
    fine = Counter(placed)
    names = {group for group, _where in placed}
    cells: dict[Any, Count] = {}
    for group in names:
        for where in {where for _group, where in placed}:
            count = fine[group, where]
            cells[group, where] = Count(count, count, len(placed) - count)
    lines = []
    for group, rows in told.items():
        for cell in rows:
            parts = tuple(
                (name, where) for name, where in cells if where in cell.labels and group in (WHOLE, name)
            )
            key = ("told", group, cell.labels)
            lines.append((key, parts))
    for (_told, group, labels), parts in lines:
        count = sum(fine[part] for part in parts)
        cells["told", group, labels] = Count(count, count, len(placed) - count)
    return cells, lines


def small_things(placed: list[tuple[str, str]], told: dict[str, list[Cell]], least: int = 5) -> list[Any]:
    """What fewer people than `least` are in, that a reader could work out."""
    cells, lines = told_as_table(placed, told)
    hidden = {key for key in cells if key[0] != "told"}
    return exposed(cells, lines, hidden, least)


@settings(max_examples=120, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["u", "v", "w"]), st.sampled_from([*LABELS, *LABELS, NOTHING])),
        min_size=5,
        max_size=70,
    ),
    st.booleans(),
)
def test_nothing_small_can_be_worked_out_of_what_is_told(
    placed: list[tuple[str, str]], ordered: bool
) -> None:
    folded = fold_groups(Counter(group for group, _where in placed), 5)
    rows = [(folded[group], where) for group, where in placed]
    told = fold_places(LABELS, rows, 5, groups=sorted(set(folded.values())), ordered=ordered)
    for cells in told.values():
        assert len(cells) > 1
        assert all(cell.count >= 5 for cell in cells)
    if told:
        assert WHOLE in told
        assert sum(cell.count for cell in told[WHOLE]) == len(rows)
        assert not small_things(rows, told)


def test_a_planted_leak_is_found() -> None:
    rows = [("u", "a")] * 6 + [("u", "b")] * 6 + [("v", "a")] * 7 + [("v", "b")] * 2
    told = {
        "u": [Cell(("a",), 6), Cell(("b",), 6)],
        WHOLE: [Cell(("a",), 13), Cell(("b",), 8)],
    }
    assert small_things(rows, told)
    assert not small_things(rows, fold_places(["a", "b"], rows, 5, groups=["u", "v"]))


def test_neighbours_of_a_scale_are_told_together() -> None:
    keys = places_of(SCALE)
    values = [keys[0]] + [keys[1]] * 2 + [keys[2]] * 5 + [keys[3]] * 15 + [keys[4]] * 8
    cells = fold_question(SCALE, [("", value) for value in values], 5)[WHOLE]
    assert [(len(cell.labels), cell.count) for cell in cells] == [(3, 8), (1, 15), (1, 8)]
    found = middle(cells)
    assert found is not None
    assert found.labels == (keys[3],)


@pytest.mark.parametrize(
    "values",
    [["a"] * 20, ["a"] * 20 + ["b"] * 4, ["a"] * 4 + ["b"] * 4, [], ["a", "b", "c", "d", "e"]],
)
def test_unanimity_or_too_few_tell_nothing(values: list[str]) -> None:
    assert fold_question(SINGLE, [("", value) for value in values], 5) == {}


def test_a_choice_nobody_made_is_not_told_apart() -> None:
    # Were « a » and « b » told alone, everyone would know that nobody chose the others.
    cells = fold_question(SINGLE, [("", value) for value in ["a"] * 9 + ["b"] * 6 + ["c"] * 7], 5)[WHOLE]
    assert {cell.labels for cell in cells} == {("a",), ("c",), ("b", "d", "e")}


def test_those_who_did_not_answer_are_told_when_they_are_enough_or_folded() -> None:
    rows: list[tuple[str, Any]] = [("", "a")] * 9 + [("", "b")] * 9 + [("", "c")] * 9
    rows += [("", "d")] * 9 + [("", "e")] * 9
    few = fold_question(SINGLE, [*rows, *[("", None)] * 2], 5)[WHOLE]
    assert sum(cell.count for cell in few) == 47
    assert (NOTHING,) not in [cell.labels for cell in few]
    many = fold_question(SINGLE, [*rows, *[("", None)] * 6], 5)[WHOLE]
    assert Cell((NOTHING,), 6) in many
    assert Cell((NOTHING,), 0) not in fold_question(SINGLE, rows, 5)[WHOLE]


def test_numbers_are_told_by_bands() -> None:
    cells = fold_question(NUMBER, [("", n) for n in [0] * 6 + [1, 2, 2, 4, 5] + [7] * 6 + [500, 20000]], 5)[
        WHOLE
    ]
    assert [cell.count for cell in cells] == [6, 5, 8]
    assert cells[0].labels == ("0-0",)
    short = places_of({"kind": "number", "least": 1, "most": 4})
    assert short == ["1-1", "2-2", "3-3", "4-4"]


def test_each_choice_of_several_needs_enough_people_on_both_sides() -> None:
    question = {**SINGLE, "kind": "multiple"}
    values = [["a", "b"]] * 8 + [["a"]] * 7 + [["c"]] * 4 + [["a", "d"]] * 1
    told = fold_question(question, [("", value) for value in values], 5)
    assert told == {WHOLE: [Cell(("b",), 8)]}


def test_small_groups_are_put_together_and_never_alone() -> None:
    assert fold_groups({"u": 9, "v": 3, "w": 2}, 5) == {"u": "u", "v": OTHERS, "w": OTHERS}
    # Three alone would be known by subtraction: the next smallest joins them.
    assert fold_groups({"u": 9, "v": 6, "w": 3}, 5) == {"u": "u", "v": OTHERS, "w": OTHERS}
    assert fold_groups({"u": 9, "v": 6}, 5) == {"u": "u", "v": "v"}
    assert set(fold_groups({"u": 3, "v": 1}, 5).values()) == {OTHERS}


def test_how_an_answer_moved() -> None:
    keys = places_of(SCALE)
    assert move_of(SCALE, keys[1], keys[3]) == "up"
    assert move_of(SCALE, keys[1], keys[1]) == "same"
    assert move_of(NUMBER, 7, 3) == "down"
    assert move_of(NUMBER, None, 3) == NOTHING
    assert move_of(SCALE, "gone", keys[1]) == NOTHING


def test_the_greatest_number_that_may_be_typed_is_not_told_as_an_answer() -> None:
    from reciproque.surveys.queries.results import _label

    hours = {"kind": "number", "least": 0, "most": 200}
    assert _label(hours, ("6-10", "11-20", "21-50", "51-100", "101-200")) == "6 ou plus"
    assert _label(hours, ("0-0", "1-2")) == "0 à 2"
    assert _label({**hours, "most": None}, ("5001-1000000",)) == "5\u00a0001 ou plus"

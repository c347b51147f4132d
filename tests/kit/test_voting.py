"""Majority judgement against published examples, and points shared out."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest

from reciproque.kit.voting import majority_grade, rank_by_judgement, rank_by_points

# Orsay, 22 April 2007 (Balinski and Laraki, "Election by Majority Judgement: Experimental Evidence", 2007): per mille
# of each grade, from Excellent to Reject, in the order in which majority judgement ranks the candidates.
ORSAY = {
    "Bayrou": (136, 307, 251, 148, 84, 74),
    "Royal": (167, 227, 191, 168, 122, 126),
    "Sarkozy": (191, 198, 143, 115, 71, 282),
    "Voynet": (29, 93, 175, 237, 261, 205),
    "Besancenot": (41, 99, 163, 160, 226, 311),
    "Buffet": (25, 76, 125, 206, 264, 304),
    "Bové": (15, 60, 114, 160, 257, 395),
    "Laguiller": (21, 53, 102, 166, 259, 401),
    "Nihous": (3, 18, 53, 110, 267, 550),
    "Villiers": (24, 64, 87, 113, 158, 555),
    "Schivardi": (5, 10, 39, 95, 249, 604),
    "Le Pen": (30, 46, 62, 65, 54, 744),
}
GRADES = (5, 4, 3, 2, 1, 0)


def spread(counts: Sequence[int]) -> list[int]:
    """As many grades as were given of each."""
    return [grade for grade, count in zip(GRADES, counts, strict=True) for _n in range(count)]


def by_removal(grades: Sequence[int]) -> tuple[int, ...]:
    """The definition itself: take the (lower) median out, again and again."""
    left, found = sorted(grades), []
    while left:
        found.append(left.pop((len(left) - 1) // 2))
    return tuple(found)


def test_orsay_is_ranked_as_published() -> None:
    ranked = rank_by_judgement({name: spread(counts) for name, counts in ORSAY.items()})

    assert ranked == [[name] for name in ORSAY]


@pytest.mark.parametrize(
    ("name", "grade"),
    [
        ("Bayrou", 3),
        ("Royal", 3),
        ("Sarkozy", 3),
        ("Voynet", 2),
        ("Besancenot", 1),
        ("Bové", 1),
        ("Le Pen", 0),
    ],
)
def test_orsay_gives_the_majority_grades_published(name: str, grade: int) -> None:
    assert majority_grade(spread(ORSAY[name])) == grade


def test_the_capital_of_tennessee_is_the_one_that_a_majority_finds_fair() -> None:
    # The example used everywhere to compare voting methods: Memphis 42 %, Nashville 26, Chattanooga 15, Knoxville 17.
    voters = {"Memphis": 42, "Nashville": 26, "Chattanooga": 15, "Knoxville": 17}
    said = {
        "Memphis": {"Memphis": 3, "Nashville": 1, "Chattanooga": 0, "Knoxville": 0},
        "Nashville": {"Memphis": 0, "Nashville": 3, "Chattanooga": 1, "Knoxville": 1},
        "Chattanooga": {"Memphis": 0, "Nashville": 1, "Chattanooga": 3, "Knoxville": 2},
        "Knoxville": {"Memphis": 0, "Nashville": 1, "Chattanooga": 2, "Knoxville": 3},
    }
    given = {city: [said[home][city] for home, n in voters.items() for _ in range(n)] for city in voters}

    ranked = rank_by_judgement(given)

    assert ranked[0] == ["Nashville"]
    assert ranked[-1] == ["Memphis"]
    assert {city: majority_grade(grades) for city, grades in given.items()} == {
        "Memphis": 0,
        "Nashville": 1,
        "Chattanooga": 1,
        "Knoxville": 1,
    }


def test_with_an_even_number_the_lower_of_the_two_in_the_middle_counts() -> None:
    assert majority_grade([5, 5, 1, 1]) == 1


def test_a_tie_is_settled_by_taking_the_median_out_again_and_again() -> None:
    # All three have "3" in the middle; the second removal puts the third last, the third tells the first two apart.
    first, second, third = [5, 4, 3, 3, 0], [5, 3, 3, 3, 1], [4, 3, 3, 2, 2]

    assert by_removal(first) == (3, 3, 4, 0, 5)
    assert by_removal(second) == (3, 3, 3, 1, 5)
    assert by_removal(third) == (3, 2, 3, 2, 4)
    assert rank_by_judgement({"c": third, "b": second, "a": first}) == [["a"], ["b"], ["c"]]


def test_it_is_the_definition_whatever_the_grades() -> None:
    dice = random.Random(20070422)
    for _n in range(300):
        size = dice.randint(1, 14)
        given = {name: [dice.randint(0, 3) for _ in range(size)] for name in "abcde"}
        ranked = rank_by_judgement(given)
        values = [{by_removal(given[name]) for name in together} for together in ranked]
        assert all(len(same) == 1 for same in values), given
        flat = [same.pop() for same in values]
        assert flat == sorted(set(flat), reverse=True), given


def test_with_fewer_judges_it_is_as_if_each_counted_more() -> None:
    dice = random.Random(1781)
    for _n in range(100):
        one, other = ([dice.randint(0, 3) for _ in range(size)] for size in (4, 6))
        first, second = by_removal(one * 3), by_removal(other * 2)
        ranked = rank_by_judgement({"one": one, "other": other})
        wanted = [["one", "other"]] if first == second else [["one"], ["other"]]
        assert ranked == (wanted if first >= second else wanted[::-1]), (one, other)


def test_what_nothing_separates_shares_a_place() -> None:
    assert rank_by_judgement({"a": [5, 3, 1], "b": [1, 5, 3], "c": [0, 0, 0]}) == [["a", "b"], ["c"]]


def test_the_unjudged_come_last() -> None:
    assert rank_by_judgement({"a": [], "b": [0]}) == [["b"], ["a"]]
    assert rank_by_judgement({}) == []
    assert majority_grade([]) is None


def test_one_judge_fewer_changes_nothing_when_they_say_the_same() -> None:
    # Who proposed "a" does not judge it: it has a grade fewer, and the same spread.
    assert rank_by_judgement({"a": [4, 2] * 2, "b": [4, 2] * 3}) == [["a", "b"]]
    assert rank_by_judgement({"a": [5, 5, 2], "b": [5, 5, 2, 2]}) == [["a"], ["b"]]


def test_points_are_compared_by_their_mean_over_those_who_could_give() -> None:
    assert rank_by_points({"a": [50, 30], "b": [30, 30, 30], "c": [40, 40]}) == [["a", "c"], ["b"]]
    assert rank_by_points({"a": [], "b": [0]}) == [["b"], ["a"]]

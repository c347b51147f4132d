"""What changed between two texts, right and in a bounded time."""

from __future__ import annotations

import itertools
import re

from hypothesis import given
from hypothesis import strategies as st

from reciproque.kit import differences
from reciproque.kit.differences import turns

PIECES = st.lists(st.sampled_from(["le", "la", "chat", "dort"]), max_size=12)


@given(PIECES, PIECES)
def test_the_turns_rebuild_both_texts(first: list[str], second: list[str]) -> None:
    found = turns(first, second)
    assert [piece for _verb, i, j, _k, _m in found for piece in first[i:j]] == first
    assert [piece for _verb, _i, _j, k, m in found for piece in second[k:m]] == second
    for verb, i, j, k, m in found:
        assert (verb == "equal") <= (first[i:j] == second[k:m])
        assert i < j or k < m
    for (*_rest, j, _k, m), (_verb, i, _j, k, _m) in itertools.pairwise(found):
        assert (i, k) == (j, m)


def test_one_word_changed_is_one_word() -> None:
    assert turns("le chat dort".split(), "le chien dort".split()) == [
        ("equal", 0, 1, 0, 1),
        ("replace", 1, 2, 1, 2),
        ("equal", 2, 3, 2, 3),
    ]


def test_what_would_take_minutes_is_replaced_whole() -> None:
    few = ["a", "b"] * 2000, ["b", "a", "a"] * 1300
    # A hundred words, each of them just rare enough to begin a likeness.
    many = [str(n % 100) for n in range(4000)], [str((7 * n + 1) % 100) for n in range(4000)]
    pairs = sum(many[1].count(piece) for piece in many[0])
    assert pairs > differences.PAIRS_MOST
    for first, second in (few, many):
        found = turns(first, second)
        assert [verb for verb, *_rest in found if verb != "equal"] == ["replace"]


def test_blanks_that_return_everywhere_do_not_hide_what_is_alike() -> None:
    first = " ".join(f"mot{n}" for n in range(900))
    second = first.replace("mot450", "autre")
    pieces, others = re.findall(r"\s+|\S+", first), re.findall(r"\s+|\S+", second)
    assert [pieces[i:j] for verb, i, j, _k, _m in turns(pieces, others) if verb != "equal"] == [["mot450"]]

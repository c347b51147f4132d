"""Who may handle what, and what may be decided: true without a database."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from reciproque.moderation.rules import Candidate, by_load, may_handle, possible_decisions


@dataclasses.dataclass
class Someone:
    pk: int
    unit_id: int | None = None
    manager_id: int | None = None


REPORTER, ABOUT = Someone(1, unit_id=10, manager_id=5), Someone(2, unit_id=20, manager_id=6)


@pytest.mark.parametrize(
    ("candidate", "content", "conduct"),
    [
        (Candidate(3, 30, None, 0), True, True),
        (Candidate(3, 10, None, 0), True, False),
        (Candidate(3, 20, None, 0), True, False),
        (Candidate(3, None, None, 0), True, False),
        (Candidate(1, 30, None, 0), False, False),
        (Candidate(2, 30, None, 0), False, False),
        (Candidate(5, 30, None, 0), False, False),
        (Candidate(6, 30, None, 0), False, False),
        (Candidate(3, 30, 1, 0), False, False),
        (Candidate(3, 30, 2, 0), False, False),
    ],
    ids=[
        "of another unit",
        "of the reporter's unit",
        "of the other's unit",
        "of no known unit",
        "the reporter",
        "the person concerned",
        "the reporter's manager",
        "the other's manager",
        "someone the reporter manages",
        "someone the other manages",
    ],
)
def test_who_may_handle_a_report(candidate: Candidate, content: bool, conduct: bool) -> None:
    assert may_handle(candidate, [REPORTER, ABOUT], conduct=False) is content
    assert may_handle(candidate, [REPORTER, ABOUT], conduct=True) is conduct


def test_the_least_burdened_comes_first() -> None:
    rows = [Candidate(1, 1, None, 4), Candidate(3, 1, None, 0), Candidate(2, 1, None, 0)]
    assert [row.person for row in by_load(rows)] == [2, 3, 1]


@pytest.mark.parametrize(
    ("kind", "state", "sight", "expected"),
    [
        ("post", "open", {}, {"keep", "change", "hide"}),
        ("post", "asked", {}, {"keep", "hide"}),
        ("message", "open", {"editable": False}, {"keep", "hide"}),
        ("post", "settled", {}, set()),
        ("post", "settled", {"visible": False, "hidden": True}, {"restore"}),
        ("post", "open", {"visible": False}, {"close"}),
        ("person", "open", {}, {"note", "separate", "pause", "close"}),
        ("person", "settled", {}, {"note"}),
    ],
)
def test_what_may_be_decided(kind: str, state: str, sight: dict[str, Any], expected: set[str]) -> None:
    known = {"visible": True, "hidden": False, "editable": True} | sight
    assert set(possible_decisions(kind, state, **known)) == expected

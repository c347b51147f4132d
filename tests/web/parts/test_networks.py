"""Figures about a group that point at nobody."""

from __future__ import annotations

import pytest

from reciproque.web.parts.networks import masked_parts


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        ([12, 12], ["12", "12"]),
        ([12, 7], ["12", "7"]),
        ([12, 11], ["12", "au moins 10"]),
        ([12, 11, 7], ["12", "au moins 10", "7"]),
        ([12, 11, 9], ["12", "au moins 10", "au moins 5"]),
        ([12, 4, 0], ["12", "moins de 5", "moins de 5"]),
        ([4], ["moins de 5"]),
    ],
)
def test_no_subtraction_gives_a_small_number(numbers: list[int], said: list[str]) -> None:
    assert masked_parts(numbers) == said

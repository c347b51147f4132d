"""The map: near what resembles it, the same from day to day, names that do not cover one another."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reciproque.matching.engine.labels import Wanted, lines_of, place_labels, width_of
from reciproque.matching.engine.layout import bend, layout, neighbours, place_near, regions
from reciproque.matching.engine.territory import territories


def texts(number: int, groups: int = 6, seed: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """Unit vectors around a few middles, and the group of each."""
    rng = np.random.default_rng(seed)
    middles = rng.normal(size=(groups, 24))
    group = np.arange(number) % groups
    rows = middles[group] + 0.5 * rng.normal(size=(number, 24))
    return rows / np.linalg.norm(rows, axis=1, keepdims=True), group


@pytest.mark.parametrize("number", [0, 1, 2, 3, 5, 12, 120, 450])
def test_every_size_has_its_places_in_the_square(number: int) -> None:
    at = layout(texts(number)[0])
    assert at.shape == (number, 2)
    assert ((at >= 0) & (at <= 1)).all()
    assert len({tuple(row) for row in at.tolist()}) == number


def test_the_same_texts_give_the_same_map() -> None:
    vectors, _group = texts(150)
    assert np.array_equal(layout(vectors), layout(vectors.copy()))


def test_what_resembles_is_near() -> None:
    vectors, group = texts(420)
    at = layout(vectors)
    nearest = neighbours_in(at, 5)
    assert (group[nearest] == group[:, None]).mean() > 0.95


def test_identical_texts_stand_side_by_side_without_covering_one_another() -> None:
    vectors = np.repeat(texts(3, 3)[0], 4, axis=0)
    at = layout(vectors)
    assert len({tuple(row) for row in at.tolist()}) == 12


def neighbours_in(at: np.ndarray, k: int) -> np.ndarray:
    apart = ((at[:, None] - at[None]) ** 2).sum(axis=2)
    np.fill_diagonal(apart, np.inf)
    return np.argsort(apart, axis=1, kind="stable")[:, :k]


def test_a_newcomer_goes_beside_what_it_resembles_and_nobody_moves() -> None:
    vectors, group = texts(201)
    at = layout(vectors[:200])
    before = at.copy()
    x, y, beside = place_near(vectors[200], vectors[:200], at)
    assert np.array_equal(at, before)
    assert group[beside] == group[200]
    nearest = np.argsort(((at - [x, y]) ** 2).sum(axis=1))[:5]
    assert (group[nearest] == group[200]).mean() >= 0.8
    assert ((at - [x, y]) ** 2).sum(axis=1).min() > 0


def test_a_newcomer_keeps_the_ten_neighbours_of_nearly_everyone() -> None:
    vectors, _group = texts(301)
    at = layout(vectors[:300])
    x, y, _beside = place_near(vectors[300], vectors[:300], at)
    after = np.vstack([at, [[x, y]]])
    old, new = neighbours_in(at, 10), neighbours_in(after, 10)[:300]
    kept = np.mean([len(set(a) & set(b)) / 10 for a, b in zip(old.tolist(), new.tolist(), strict=True)])
    assert kept >= 0.95


def test_a_map_drawn_again_stays_recognisable() -> None:
    vectors, _group = texts(360)
    old = layout(vectors[:300])
    start = list(old)
    for row in range(300, 360):
        x, y, _beside = place_near(vectors[row], vectors[:row], np.array(start))
        start.append(np.array([x, y]))
    new = layout(vectors, start=np.array(start))[:300]
    assert np.median(np.linalg.norm(new - old, axis=1)) < 0.1


def test_neighbours_come_nearest_first_and_never_itself() -> None:
    vectors, _group = texts(40)
    near, like = neighbours(vectors, 6)
    assert (near != np.arange(40)[:, None]).all()
    assert (np.diff(like, axis=1) <= 0).all()


def test_regions_are_the_families_when_most_have_one() -> None:
    vectors, group = texts(60, 4)
    families = group.astype(np.int64)
    families[:10] = -1
    at = layout(bend(vectors, families))
    label = regions(at, families)
    for family in range(4):
        assert len(set(label[families == family].tolist())) == 1
    assert set(label.tolist()) == set(range(4))


def test_regions_are_parts_of_the_map_when_few_have_a_family() -> None:
    at = layout(texts(200)[0])
    label = regions(at, np.full(200, -1))
    assert set(label.tolist()) == set(range(10))
    assert regions(at[:5], np.full(5, -1)).tolist() == [0] * 5


# Names

points = st.builds(
    Wanted,
    key=st.integers(0, 10_000),
    text=st.text("abcdefghij WMé’", min_size=1, max_size=60),
    x=st.floats(-50, 1050),
    y=st.floats(-50, 700),
    gap=st.floats(0, 20),
    size=st.floats(9, 28),
    inside=st.booleans(),
)


@settings(deadline=None, max_examples=60)
@given(st.lists(points, max_size=80))
def test_no_two_names_overlap_nor_leave_the_page(wanted: list[Wanted]) -> None:
    placed = place_labels(wanted, 1000, 640, taken=[(400, 300, 480, 380)])
    boxes = [label.box for label in placed] + [(400, 300, 480, 380)]
    for place, (a, b, c, d) in enumerate(boxes):
        assert min(a, b) >= 0
        assert max(c - 1000, d - 640) <= 0
        for e, f, g, h in boxes[place + 1 :]:
            assert not (a < g and e < c and b < h and f < d)
    for label in placed:
        left, _top, right, _bottom = label.box
        assert max(width_of(line, label.size) for line in label.lines) <= right - left


def test_names_do_not_cover_the_points_of_others() -> None:
    wanted = [Wanted(1, "Tableaux croisés", 500, 300, 8, 14), Wanted(2, "Excel", 560, 300, 8, 14)]
    placed = place_labels(wanted, 1000, 640, keep=wanted)
    assert {label.key for label in placed} == {1, 2}
    for label, other in ((placed[0], wanted[1]), (placed[1], wanted[0])):
        left, top, right, bottom = label.box
        assert not (left < other.x < right and top < other.y < bottom)


def test_a_long_name_takes_two_lines_of_like_length() -> None:
    assert lines_of("Conduire un entretien de recadrage") == (
        "Conduire un",
        "entretien de recadrage",
    ) or lines_of("Conduire un entretien de recadrage") == ("Conduire un entretien", "de recadrage")
    assert lines_of("Excel") == ("Excel",)
    assert all(len(line) <= 30 for line in lines_of("mot" * 40 + " " + "autre" * 30))


# Lands


def test_every_place_is_on_the_land_of_its_region() -> None:
    vectors, group = texts(90, 3)
    at = layout(bend(vectors, group.astype(np.int64)))
    lands = territories(at, group.astype(np.int64), 0.06)
    inside = [
        any_inside(point, lands[region]) for point, region in zip(at.tolist(), group.tolist(), strict=True)
    ]
    assert np.mean(inside) > 0.9


def any_inside(point: list[float], rings: list[list[tuple[float, float]]]) -> bool:
    """Whether a point is within an odd number of rings."""
    x, y = point
    crossings = 0
    for ring in rings:
        for (ax, ay), (bx, by) in zip(ring, [*ring[1:], ring[0]], strict=True):
            if (ay > y) != (by > y) and x < ax + (y - ay) / (by - ay) * (bx - ax):
                crossings += 1
    return crossings % 2 == 1


def test_no_savoir_no_land() -> None:
    assert territories(np.empty((0, 2)), np.empty(0, np.int64)) == {}

"""Candidates equal a scan of every pair worked out in plain Python: under any filter, from either side, whatever is said."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reciproque.matching.engine.candidates import Candidates, Exclusions, candidates, explain, spread
from reciproque.matching.engine.index import PostIndex
from reciproque.matching.engine.posts import OFFER, REQUEST, Mode, Posts, Texts
from reciproque.matching.engine.score import TERMS, Weights
from tests.matching.naive import TODAY, by_hand, check, excluded, network

NAUGHTY = [
    "",
    " ",
    "\x00",
    "\ud800",
    "﷽" * 40,
    "Z̮̞̠͙͔ͅḀ̗̞͈̻̗Ḷ͙͎̯̹̞͓G̻O̭̗̮",
    "👩‍👩‍👧‍👦 🇫🇷",
    "'; DROP TABLE posts; --",
    "<script>alert(1)</script>",
    "../../etc/passwd",
    "%s%n%d {0} {x!r}",
    "NaN",
    "-1e309",
    "مرحبا بالعالم",
    "漢字テスト",
    "a" * 5_000,
    "a\u200bb\u202ec",
    "Je propose de",
    "C++",
    "É́́́é",
]

weights = st.builds(
    Weights,
    threshold=st.sampled_from([0, 1_000, 3_500, 9_000, 10_000]),
    same_topic=st.sampled_from([0, 100]),
    balance=st.sampled_from([0, 70]),
    fairness=st.sampled_from([0, 100, 900]),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    seed=st.integers(0, 10**6),
    size=st.integers(1, 70),
    people=st.integers(1, 40),
    per=st.sampled_from(["request", "offer"]),
    k=st.integers(1, 9),
    weights=weights,
    apart=st.booleans(),
)
def test_candidates_equal_a_scan_of_every_pair(
    seed: int, size: int, people: int, per: Any, k: int, weights: Weights, apart: bool
) -> None:
    index = network(size, seed, people=people)
    index = index.drop(index.posts.ids[:: 7 + seed % 5])
    exclusions = Exclusions()
    if apart and {OFFER, REQUEST} <= set(index.posts.kind.tolist()):
        exclusions = excluded(index, seed)
    found = candidates(index, today=TODAY, per=per, k=k, weights=weights, exclusions=exclusions)
    check(found, by_hand(index, exclusions, weights), asked=0 if per == "request" else 1, k=k)


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("per", ["request", "offer"])
def test_also_in_a_larger_network(seed: int, per: Any) -> None:
    index = network(150, seed).drop([1, 5, 9, 44])
    exclusions = excluded(index, seed)
    found = candidates(index, today=TODAY, per=per, k=6, exclusions=exclusions)
    right = by_hand(index, exclusions, Weights())
    assert len(right) > 50
    check(found, right, asked=0 if per == "request" else 1, k=6)


# Filters come before the best are chosen


def test_also_among_one_offer_in_a_hundred() -> None:
    index = network(600, seed=11, people=600)
    offers = np.flatnonzero(index.posts.kind == OFFER)
    some = np.sort(np.random.default_rng(0).choice(offers, len(offers) // 100, replace=False))
    wide = Weights(threshold=1_000)
    found = candidates(index, today=TODAY, offers=some, k=3, weights=wide)
    right = by_hand(index, Exclusions(), wide)
    check(found, {pair: told for pair, told in right.items() if pair[1] in some}, asked=0, k=3)
    assert set(found.offer.tolist()) <= set(some.tolist())


@pytest.mark.parametrize("per", ["request", "offer"])
def test_also_when_ninety_nine_in_a_hundred_are_refused(per: Any) -> None:
    index = network(500, seed=4, people=500)
    rng = np.random.default_rng(4)
    # Everybody meets face to face only, on one of a hundred sites.
    index = index.update(modes=int(Mode.FACE_TO_FACE), site=rng.integers(0, 100, len(index)), room=3)
    wide = Weights(threshold=0)
    right = by_hand(index, Exclusions(), wide)
    pairs = np.count_nonzero(index.posts.kind == OFFER) * np.count_nonzero(index.posts.kind == REQUEST)
    assert 0 < len(right) < pairs / 100
    found = candidates(index, today=TODAY, per=per, k=2, weights=wide)
    check(found, right, asked=0 if per == "request" else 1, k=2)


# One post, or all of them


@pytest.mark.parametrize("per", ["request", "offer"])
def test_a_new_post_meets_whom_it_would_have_met_in_the_whole_network(per: Any) -> None:
    index = network(240, seed=8)
    kind = REQUEST if per == "request" else OFFER
    whole = candidates(index, today=TODAY, per=per, k=5)
    asked = whole.request if per == "request" else whole.offer
    for row in np.flatnonzero(index.posts.kind == kind)[::9].tolist():
        rows: dict[str, Any] = {"requests" if per == "request" else "offers": [row]}
        alone = candidates(index, today=TODAY, per=per, k=5, **rows)
        assert equal(alone, whole.take(np.flatnonzero(asked == row)))


@pytest.mark.parametrize("per", ["request", "offer"])
def test_also_when_it_was_just_added_to_a_saved_index(per: Any, tmp_path: Path) -> None:
    whole = network(200, seed=21)
    rng = np.random.default_rng(2)
    late = np.sort(rng.permutation(200)[:20])
    early = np.setdiff1d(np.arange(200), late)
    titles = ["excel budget", "tri courrier", "vélo pain", "une réunion en anglais", "excel macro"]
    said = Texts([titles[row % 5] for row in early], topic_codes=[(int(row) % 7,) for row in early])
    vectors = rng.standard_normal((200, 16))
    PostIndex.build(whole.posts.take(early), said, vectors=vectors[early]).save(tmp_path)
    index = PostIndex.load(tmp_path)
    for row in late:  # one after the other, as people publish
        more = Texts([titles[row % 5]], topic_codes=[(int(row) % 7,)])
        index = index.append(whole.posts.take(np.array([row])), more, vectors=vectors[[row]])
    right = by_hand(index, Exclusions(), Weights())
    found = candidates(index, today=TODAY, per=per, k=4)
    check(found, right, asked=0 if per == "request" else 1, k=4)
    asked = found.request if per == "request" else found.offer
    kind = REQUEST if per == "request" else OFFER
    for row in range(len(early), 200):
        if index.posts.kind[row] == kind:
            rows: dict[str, Any] = {"requests" if per == "request" else "offers": [row]}
            alone = candidates(index, today=TODAY, per=per, k=4, **rows)
            assert equal(alone, found.take(np.flatnonzero(asked == row)))


def test_the_reasons_of_a_pair_are_those_it_was_chosen_for() -> None:
    index = network(120, seed=6)
    found = candidates(index, today=TODAY, k=4)
    for row in np.unique(found.request)[:10].tolist():
        chosen = found.take(np.flatnonzero(found.request == row))
        bits, pairs = explain(index, row, chosen.offer, today=TODAY)
        assert not bits.any()
        assert equal(pairs, chosen)


# Whatever is written


def test_no_title_breaks_anything() -> None:
    no_title_breaks(NAUGHTY)


@pytest.mark.needs_shared
def test_no_title_of_the_list_of_naughty_strings_does(shared: Path) -> None:
    no_title_breaks(
        json.loads((shared / "data/robust/naughty_strings/blns.json").read_text(encoding="utf-8"))
    )


@settings(max_examples=25, deadline=None)
@given(st.lists(st.text(max_size=60), min_size=1, max_size=8))
def test_nor_does_any_other(titles: list[str]) -> None:
    no_title_breaks(titles)


def no_title_breaks(titles: list[str]) -> None:
    """Each title is offered and sought: it is found with itself, and in the index once it was saved and appended."""
    number = len(titles)
    posts = Posts(
        ids=np.arange(2 * number), kind=np.arange(2 * number) // number, author=np.arange(2 * number)
    )
    index = PostIndex.build(posts, Texts(titles + titles, descriptions=titles[::-1] + titles[::-1]))
    found = candidates(index, today=TODAY, k=number)
    check(found, by_hand(index, Exclusions(), Weights()), asked=0, k=number)
    grown = index.append(Posts(ids=[10**6], kind=[OFFER], author=[10**6]), Texts([titles[0]]))
    for title in titles:
        assert np.isfinite(grown.search(title).score).all()
        assert all(0 <= closeness <= 1 for _, closeness in grown.similar(title))


# Nobody shown more often than they have room for


def by_hand_spread(
    index: PostIndex, found: Candidates, k: int, shown: int, weights: Weights
) -> list[tuple[int, int, int, int]]:
    """(request, offer, score, fairness): three times, each pair is told how many who suit its offer better see it."""
    posts = index.posts
    pairs = [
        {"request": r, "offer": o, "first": s, "score": s, "terms": found.terms.of(place), "place": place}
        for place, (r, o, s) in enumerate(
            zip(found.request.tolist(), found.offer.tolist(), found.score.tolist(), strict=True)
        )
    ]

    def ranked() -> dict[int, list[dict[str, Any]]]:
        by_request: dict[int, list[dict[str, Any]]] = {}
        for pair in sorted(pairs, key=lambda pair: (-pair["score"], -draw(pair))):
            by_request.setdefault(pair["request"], []).append(pair)
        return by_request

    def draw(pair: dict[str, Any]) -> int:
        from reciproque.matching.engine.candidates import _draw

        return int(_draw(posts.ids[[pair["request"]]], posts.ids[[pair["offer"]]])[0])

    for _ in range(3):
        seen = {id(pair) for row in ranked().values() for pair in row[:shown]}
        for pair in pairs:
            better = [
                other
                for other in pairs
                if other["offer"] == pair["offer"]
                and id(other) in seen
                and (other["first"], draw(other)) > (pair["first"], draw(pair))
            ]
            spare = []
            for row, more in ((pair["request"], 0), (pair["offer"], len(better))):
                room = max(int(posts.room[row]), 1)
                spare.append(min(max(room - int(posts.exposure[row]) - more, 0), room) * 10_000 // room)
            pair["terms"]["fairness"] = sum(spare) // 2
            pair["new"] = sum(getattr(weights, name) * pair["terms"][name] for name in TERMS) // 1000
        for pair in pairs:
            pair["score"] = pair["new"]
    return [
        (pair["request"], pair["offer"], pair["score"], pair["terms"]["fairness"])
        for row in ranked().values()
        for pair in row[:k]
    ]


@pytest.mark.parametrize("seed", range(3))
def test_giving_way_is_what_is_said_of_it(seed: int) -> None:
    index = network(130, seed, people=130)
    strong = Weights(fairness=800, threshold=2_000)
    found = candidates(index, today=TODAY, k=9, weights=strong)
    told = spread(index, found, per="request", k=6, shown=2, weights=strong)
    columns = (told.request, told.offer, told.score, told.terms.fairness)
    assert sorted(zip(*(column.tolist() for column in columns), strict=True)) == sorted(
        by_hand_spread(index, found, 6, 2, strong)
    )
    assert equal(told, candidates(index, today=TODAY, k=6, shown=2, weights=strong))


def test_those_whom_too_many_would_see_give_way() -> None:
    # Forty requests for the same thing; ten offers say it exactly, thirty nearly.
    size = 80
    kind = np.repeat([REQUEST, OFFER], 40)
    posts = Posts(ids=np.arange(size), kind=kind, author=np.arange(size), room=1)
    vectors = np.tile(np.eye(1, 16), (size, 1))
    vectors[50:, :2] = 0.6, 0.8
    titles = ["coudre"] * 50 + ["coudre un peu"] * 30
    index = PostIndex.build(posts, Texts(titles), vectors=vectors)
    strong = Weights(fairness=900)
    before, after = (
        np.bincount(first_of(candidates(index, today=TODAY, k=20, shown=shown, weights=strong)), minlength=80)
        for shown in (0, 1)
    )
    assert before.sum() == after.sum() == 40
    assert np.maximum(after - 1, 0).sum() < np.maximum(before - 1, 0).sum() / 2
    assert after[50:].sum() > before[50:].sum()


def test_giving_way_does_not_depend_on_the_order_of_posts() -> None:
    index = network(160, seed=3)
    titles = [f"titre {subject}" for subject in index.subject.tolist()]
    vectors = np.random.default_rng(1).standard_normal((160, 16))
    vectors = vectors[index.subject % 9]
    order = np.random.default_rng(2).permutation(160)
    one, other = (
        PostIndex.build(index.posts.take(rows), Texts([titles[row] for row in rows]), vectors=vectors[rows])
        for rows in (np.arange(160), order)
    )
    for per in ("request", "offer"):
        a, b = (candidates(some, today=TODAY, per=per, k=4, shown=2) for some in (one, other))
        assert len(a) > 20
        assert np.array_equal(one.posts.ids[a.request], other.posts.ids[b.request])
        assert np.array_equal(one.posts.ids[a.offer], other.posts.ids[b.offer])
        assert np.array_equal(a.score, b.score)


def first_of(found: Candidates) -> Any:
    """The offer that each request sees first."""
    return found.offer[np.unique(found.request, return_index=True)[1]]


def equal(one: Candidates, other: Candidates) -> bool:
    """The same pairs in the same order, for the same reasons."""
    return (
        np.array_equal(one.request, other.request)
        and np.array_equal(one.offer, other.offer)
        and np.array_equal(one.score, other.score)
        and all(np.array_equal(getattr(one.terms, name), getattr(other.terms, name)) for name in TERMS)
    )

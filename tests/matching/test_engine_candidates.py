"""Candidates: the order of rows, equal chances, progress, and why not that one. See also test_candidates.py."""

from __future__ import annotations

import numpy as np
import pytest

from reciproque.matching.engine.candidates import Candidates, Exclusions, candidates, explain
from reciproque.matching.engine.index import PostIndex
from reciproque.matching.engine.posts import OFFER, REQUEST, Posts, Texts
from reciproque.matching.engine.score import TERMS, Refusal, Weights
from tests.matching.naive import TODAY, WORDS, by_hand, check, network


def test_also_over_several_blocks_and_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = network(300, seed=3)
    right = by_hand(whole, Exclusions(), Weights())
    monkeypatch.setattr("reciproque.matching.engine.nearness._ASKED", 7)
    monkeypatch.setattr("reciproque.matching.engine.nearness._OTHERS", 11)
    check(candidates(whole, today=TODAY, k=5), right, asked=0, k=5)


def same(one: Candidates, other: Candidates, index: PostIndex, shuffled: PostIndex) -> bool:
    return (
        np.array_equal(index.posts.ids[one.request], shuffled.posts.ids[other.request])
        and np.array_equal(index.posts.ids[one.offer], shuffled.posts.ids[other.offer])
        and np.array_equal(one.score, other.score)
        and all(np.array_equal(getattr(one.terms, name), getattr(other.terms, name)) for name in TERMS)
    )


def test_the_order_of_rows_changes_nothing() -> None:
    size, rng = 400, np.random.default_rng(5)
    titles = [f"{WORDS[a]} {WORDS[b]}" for a, b in rng.integers(0, 4, (size, 2))]
    posts = Posts(ids=np.arange(size), kind=np.arange(size) % 2, author=np.arange(size))
    order = rng.permutation(size)
    index = PostIndex.build(posts, Texts(titles))
    shuffled = PostIndex.build(posts.take(order), Texts([titles[row] for row in order]))
    for per in ("request", "offer"):
        found, again = (candidates(one, today=TODAY, per=per, k=4) for one in (index, shuffled))
        assert same(found, again, index, shuffled)


def test_one_new_post_meets_whom_it_would_have_met_in_the_whole_network() -> None:
    index = network(240, seed=8)
    whole = candidates(index, today=TODAY, k=5)
    for row in np.unique(whole.request)[::10].tolist():
        alone = candidates(index, today=TODAY, requests=[row], k=5)
        assert same(alone, whole.take(np.flatnonzero(whole.request == row)), index, index)


def test_equal_offers_are_shown_equally_often() -> None:
    size = 400
    posts = Posts(ids=np.arange(size), kind=np.arange(size) % 2, author=np.arange(size))
    index = PostIndex.build(posts, Texts(["Excel"] * size), vectors=np.eye(1, 16).repeat(size, axis=0))
    found = candidates(index, today=TODAY, k=5)
    shown = np.bincount(found.offer, minlength=size)[posts.kind == OFFER]
    assert shown.sum() == 5 * size // 2
    assert shown.max() <= 15
    assert np.count_nonzero(shown == 0) < 10


def test_nobody_to_ask_nobody_found() -> None:
    index = network(60, seed=1)
    assert len(candidates(index, today=TODAY, requests=[])) == 0
    assert len(candidates(index, today=TODAY, requests=index.rows_of([-7]))) == 0
    assert len(candidates(index, today=TODAY, offers=[])) == 0
    assert len(candidates(index, today=TODAY, k=0)) == 0
    empty = index.drop(index.posts.ids)
    assert len(candidates(empty, today=TODAY)) == 0


def test_progress_is_told_to_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    index = network(90, seed=2)
    seen: list[tuple[int, int]] = []
    monkeypatch.setattr("reciproque.matching.engine.candidates._PAIRS", 40)
    candidates(index, today=TODAY, progress=lambda done, of: seen.append((done, of)))
    total = int(np.count_nonzero(index.posts.kind == REQUEST))
    assert len(seen) > 5
    assert sorted(set(seen)) == seen
    assert seen[-1] == (total, total)


def test_why_not_that_one() -> None:
    posts = Posts(
        ids=[10, 11, 12, 13, 14, 15, 16],
        kind=[REQUEST, OFFER, OFFER, OFFER, OFFER, OFFER, OFFER],
        author=[1, 1, 2, 3, 4, 5, 6],
        manager=[2, -1, -1, -1, -1, -1, -1],
        room=[1, 1, 1, 0, 1, 1, 1],
    )
    index = PostIndex.build(
        posts, Texts(["coudre", "coudre", "coudre", "coudre", "coudre", "coudre", "budget"])
    )
    exclusions = Exclusions(posts=[(10, 14)], people=[(1, 4), (6, 1)])
    bits, pairs = explain(index.drop([15]), 0, [6, 5, 4, 3, 2, 1], today=TODAY, exclusions=exclusions)
    assert [Refusal(bit) for bit in bits.tolist()] == [
        Refusal(0),
        Refusal.WITHDRAWN,
        Refusal.DECLINED | Refusal.PAST,
        Refusal.FULL,
        Refusal.MANAGER,
        Refusal.SELF,
    ]
    assert pairs.offer.tolist() == [6, 5, 4, 3, 2, 1]
    assert pairs.terms.closeness.tolist()[1:] == [10_000] * 5
    assert pairs.terms.closeness[0] < 3_500

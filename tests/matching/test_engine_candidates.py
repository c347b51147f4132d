"""Candidates equal a brute-force scan written another way: one pair after another, in plain Python."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from reciproque.matching.engine.candidates import Candidates, Exclusions, candidates, explain
from reciproque.matching.engine.index import PostIndex
from reciproque.matching.engine.posts import OFFER, REQUEST, Posts, Texts
from reciproque.matching.engine.score import TERMS, Refusal, Weights, calibrate, likeness

TODAY = 1_000
WORDS = "excel macro budget paie tri courrier conflit équipe réunion anglais couture vélo pain sécurité code droit".split()


def network(size: int, seed: int, *, people: int | None = None, dimensions: int = 16) -> PostIndex:
    """Posts with clustered vectors and many repeated texts, every column filled with odd values."""
    rng = np.random.default_rng(seed)
    picks = rng.integers(0, len(WORDS), (size, 2))
    titles = [f"{WORDS[a]} {WORDS[b]}" for a, b in picks]
    directions = rng.standard_normal((len(WORDS), dimensions))
    vectors = directions[picks[:, 0]] + 0.4 * directions[picks[:, 1]]
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    people = people or size // 3
    posts = Posts(
        ids=rng.permutation(size * 3)[:size],
        kind=rng.integers(0, 2, size),
        author=rng.integers(0, people, size),
        manager=rng.integers(-1, people, size),
        site=rng.integers(-1, 4, size),
        department=rng.integers(-1, 5, size),
        modes=rng.integers(0, 8, size),
        languages=rng.integers(0, 8, size),
        level=rng.integers(0, 4, size),
        since=TODAY - rng.integers(0, 200, size),
        room=rng.integers(0, 4, size),
        exposure=rng.integers(0, 4, size),
        given=rng.integers(0, 3, size),
        received=rng.integers(0, 3, size),
    )
    topic_codes = [tuple(rng.integers(0, 40, rng.integers(0, 3)).tolist()) for _ in range(size)]
    return PostIndex.build(posts, Texts(titles, topic_codes=topic_codes), vectors=vectors)


def excluded(index: PostIndex, seed: int) -> Exclusions:
    rng = np.random.default_rng(seed)
    requests, offers = (index.posts.ids[index.posts.kind == kind] for kind in (REQUEST, OFFER))
    size = len(index)
    return Exclusions(
        posts=np.column_stack([rng.choice(requests, size), rng.choice(offers, size)]),
        people=np.column_stack([rng.choice(index.posts.author, size), rng.choice(index.posts.author, size)]),
        kept=np.column_stack([rng.choice(requests, size), rng.choice(offers, size)]),
    )


def by_hand(
    index: PostIndex, exclusions: Exclusions, weights: Weights
) -> dict[tuple[int, int], tuple[int, int, int]]:
    """Every pair that may be proposed: (request row, offer row) → (score, closeness, same topic)."""
    posts, subject = index.posts, index.subject
    declined, apart, kept = (
        set(map(tuple, np.asarray(pairs).reshape(-1, 2).tolist()))
        for pairs in (exclusions.posts, exclusions.people, exclusions.kept)
    )
    every = np.arange(len(index.vectors))
    meaning = index.vectors.between(every, every)
    words = index.lexical.alike(index.lexical.rows(every)).toarray()
    closeness = calibrate(likeness(meaning, words)).tolist()
    topics = [
        set(index.topics.codes[a:b].tolist())
        for a, b in zip(index.topics.starts, index.topics.starts[1:], strict=False)
    ]
    row = [{name: int(column[i]) for name, column in posts.columns().items()} for i in range(len(posts))]
    found = {}
    for r in np.flatnonzero(index.alive & (posts.kind == REQUEST)).tolist():
        for o in np.flatnonzero(index.alive & (posts.kind == OFFER)).tolist():
            q, p = row[r], row[o]
            modes = (q["modes"] or 7) & (p["modes"] or 7)
            together = q["site"] == p["site"] >= 0
            if q["author"] == p["author"] or q["room"] <= 0 or p["room"] <= 0:
                continue
            if q["manager"] == p["author"] or p["manager"] == q["author"]:
                continue
            if q["languages"] and p["languages"] and not q["languages"] & p["languages"]:
                continue
            if not modes & 6 and not (modes & 1 and together):
                continue
            if (q["ids"], p["ids"]) in declined or (q["author"], p["author"]) in apart:
                continue
            close = closeness[subject[r]][subject[o]]
            same = bool(topics[subject[r]] & topics[subject[o]])
            if close < weights.threshold and not same:
                continue
            fewer = min(q["languages"].bit_count(), p["languages"].bit_count())
            spare = [max(x["room"] - x["exposure"], 0) * 10_000 // x["room"] for x in (q, p)]
            known = q["level"] and p["level"]
            about = {
                "closeness": close,
                "same_topic": 10_000 * same,
                "waiting": min(TODAY - q["since"], 90) * 10_000 // 90,
                "other_department": 10_000
                * (q["department"] != p["department"] and min(q["department"], p["department"]) >= 0),
                "same_site": 10_000 * bool(modes & 1 and together),
                "common_language": (q["languages"] & p["languages"]).bit_count() * 10_000 // fewer
                if fewer
                else 5_000,
                "level_fit": max(10_000 - 5_000 * abs(q["level"] - p["level"]), 0) if known else 5_000,
                "fairness": sum(spare) // 2,
                "balance": 5_000 * (q["given"] > q["received"]) + 5_000 * (p["received"] > p["given"]),
                "stability": 10_000 * ((q["ids"], p["ids"]) in kept),
            }
            found[r, o] = (sum(getattr(weights, name) * about[name] for name in TERMS) // 1000, close, same)
    return found


def check(found: Candidates, right: dict[tuple[int, int], tuple[int, int, int]], asked: int, k: int) -> None:
    """The pairs found are right ones with their right scores, and none left out beats one that was kept."""
    pairs = list(zip(found.request.tolist(), found.offer.tolist(), strict=True))
    assert len(set(pairs)) == len(pairs)
    kept: dict[int, list[int]] = {}
    for place, pair in enumerate(pairs):
        score, closeness, same = right[pair]
        assert found.score[place] == score
        assert found.terms.closeness[place] == closeness
        assert found.terms.same_topic[place] == 10_000 * same
        kept.setdefault(pair[asked], []).append(score)
    possible: dict[int, list[int]] = {}
    for pair, (score, _, _) in right.items():
        possible.setdefault(pair[asked], []).append(score)
    assert {row: sorted(scores, reverse=True)[:k] for row, scores in possible.items()} == kept


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("per", ["request", "offer"])
@pytest.mark.parametrize(
    "weights", [Weights(balance=70), Weights(threshold=0, same_topic=0), Weights(threshold=9_000)]
)
def test_candidates_equal_a_scan_of_every_pair(seed: int, per: Any, weights: Weights) -> None:
    index = network(150, seed).drop([1, 5, 9, 44])
    exclusions = excluded(index, seed)
    found = candidates(index, today=TODAY, per=per, k=6, weights=weights, exclusions=exclusions)
    right = by_hand(index, exclusions, weights)
    assert len(right) > 50
    check(found, right, asked=0 if per == "request" else 1, k=6)


def test_also_under_filters_that_keep_one_in_a_hundred() -> None:
    index = network(600, seed=11, people=600)
    offers = np.flatnonzero(index.posts.kind == OFFER)
    some = np.sort(np.random.default_rng(0).choice(offers, len(offers) // 100, replace=False))
    found = candidates(index, today=TODAY, offers=some, k=3, weights=Weights(threshold=1_000))
    right = by_hand(index, Exclusions(), Weights(threshold=1_000))
    check(found, {pair: told for pair, told in right.items() if pair[1] in some}, asked=0, k=3)
    assert set(found.offer.tolist()) <= set(some.tolist())


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


def test_progress_is_told_to_the_end() -> None:
    index = network(90, seed=2)
    seen: list[tuple[int, int]] = []
    candidates(index, today=TODAY, progress=lambda done, of: seen.append((done, of)))
    total = int(np.count_nonzero(index.posts.kind == REQUEST))
    assert seen == [(done, total) for done in range(1, total + 1)]


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

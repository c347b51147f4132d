"""Who could help whom, worked out one pair after another in plain Python: what the engine must find again."""

from __future__ import annotations

import numpy as np

from reciproque.matching.engine.candidates import Candidates, Exclusions
from reciproque.matching.engine.index import PostIndex
from reciproque.matching.engine.posts import OFFER, REQUEST, Posts, Texts
from reciproque.matching.engine.score import TERMS, Weights, calibrate, likeness

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

"""Groups of near-identical posts equal those a plain loop over all pairs gives, and never chain."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from reciproque.matching.engine.candidates import Exclusions
from reciproque.matching.engine.duplicates import Group, own_duplicates, shared_requests
from reciproque.matching.engine.index import PostIndex
from reciproque.matching.engine.posts import OFFER, REQUEST, Language, Mode, Posts, Texts
from reciproque.matching.engine.score import FULL, calibrate, likeness, refusals

TODAY = 1_000
LOW = 6_000


def network(size: int, seed: int, people: int) -> PostIndex:
    """Posts around a few directions, many with the same text, with odd ways to meet."""
    rng = np.random.default_rng(seed)
    subject = rng.integers(0, 12, size)
    directions = rng.standard_normal((4, 16))
    vectors = directions[subject % 4] + 0.35 * rng.standard_normal((12, 16))[subject]
    return PostIndex.build(
        Posts(
            ids=rng.permutation(3 * size)[:size],
            kind=rng.integers(0, 2, size),
            author=rng.integers(0, people, size),
            site=rng.integers(-1, 3, size),
            modes=rng.integers(0, 8, size),
            languages=rng.integers(0, 4, size),
            since=TODAY - rng.integers(0, 50, size),
            room=rng.integers(0, 3, size),
        ),
        Texts([f"sujet {number}" for number in subject], topic_codes=[(int(n) % 3,) for n in subject]),
        vectors=vectors / np.linalg.norm(vectors, axis=1, keepdims=True),
    )


def closeness_by_hand(index: PostIndex) -> np.ndarray:
    """Of every row with every other: judged from the subject that comes first, as any pair of texts is."""
    every = np.arange(len(index.vectors))
    alike = index.lexical.alike(index.lexical.rows(every)).toarray()
    close = calibrate(likeness(index.vectors.between(every, every), alike)).astype(int)
    close = np.triu(close, 1) + np.triu(close, 1).T
    np.fill_diagonal(close, FULL)
    return close[np.ix_(index.subject, index.subject)]


def may_meet(index: PostIndex, rows: list[int]) -> bool:
    """Whether all of them have a mode and a language in common, and a site if that is all there is."""
    every = int(Mode.FACE_TO_FACE | Mode.PHONE | Mode.VIDEO)
    modes, languages = every, -1
    for row in rows:
        modes &= int(index.posts.modes[row]) or every
        languages &= int(index.posts.languages[row]) or -1
    sites = {int(index.posts.site[row]) for row in rows}
    distant = modes & ~int(Mode.FACE_TO_FACE)
    return bool(languages and (distant or (modes and len(sites) == 1 and sites != {-1})))


def groups_by_hand(
    index: PostIndex, threshold: int, rows: list[int], most: int, shared: bool
) -> list[list[int]]:
    """The rule, one post after another: around whom, in which order, who joins."""
    posts, close = index.posts, closeness_by_hand(index)
    left, found = set(rows), []

    def crowd(row: int) -> int:
        return sum(close[row, other] >= threshold for other in rows)

    def age(row: int) -> int:
        return int(posts.since[row]) if shared else 0

    for leader in sorted(rows, key=lambda row: (-crowd(row), age(row), posts.ids[row])):
        if leader not in left:
            continue
        group = [leader]
        for row in sorted(left - {leader}, key=lambda row: (-close[leader, row], age(row), posts.ids[row])):
            fits = all(close[row, other] >= threshold for other in group)
            if shared:
                fits = (
                    fits and posts.author[row] not in posts.author[group] and may_meet(index, [*group, row])
                )
            if fits and len(group) < most:
                group.append(row)
        if len(group) >= (3 if shared else 2):
            found.append([leader, *sorted(group[1:], key=lambda row: posts.ids[row])])
            left -= set(group)
    return found


def least_by_hand(index: PostIndex, groups: list[Group]) -> list[int]:
    close = closeness_by_hand(index)
    return [min(int(close[pair]) for pair in combinations(group.rows, 2)) for group in groups]


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("threshold", [LOW, 8_500])
def test_own_duplicates_are_those_of_a_plain_loop(seed, threshold):
    index = network(120, seed, people=15).drop([3, 30, 33])
    posts = index.posts
    expected = []
    for author in range(15):
        for kind in (OFFER, REQUEST):
            rows = np.flatnonzero(index.alive & (posts.author == author) & (posts.kind == kind)).tolist()
            expected += groups_by_hand(index, threshold, rows, 1_000, shared=False)
    groups = own_duplicates(index, threshold)
    assert sorted(group.rows for group in groups) == sorted(map(tuple, expected))
    assert [group.closeness for group in groups] == least_by_hand(index, groups)
    assert all(group.closeness >= threshold for group in groups)
    leaders = [int(posts.ids[group.rows[0]]) for group in groups]
    assert leaders == sorted(leaders)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("most", [3, 8])
def test_requests_to_be_answered_together_are_those_of_a_plain_loop(seed, most):
    index = network(120, seed, people=60).drop([5, 50, 55])
    posts = index.posts
    rows = np.flatnonzero(index.alive & (posts.kind == REQUEST) & (posts.room > 0)).tolist()
    sessions = shared_requests(index, today=TODAY, threshold=LOW, most=most)
    assert sorted(session.group.rows for session in sessions) == sorted(
        map(tuple, groups_by_hand(index, LOW, rows, most, shared=True))
    )
    assert all(may_meet(index, list(session.group.rows)) for session in sessions)
    groups = [session.group for session in sessions]
    assert [group.closeness for group in groups] == least_by_hand(index, groups)
    sizes = [len(session.group.rows) for session in sessions]
    assert sizes == sorted(sizes, reverse=True)


@pytest.mark.parametrize("seed", range(4))
def test_offers_told_for_a_group_suit_all_those_they_serve(seed):
    index = network(200, seed, people=90)
    posts = index.posts
    rng = np.random.default_rng(seed)
    seats = rng.integers(0, 7, len(index))
    apart = posts.author[rng.integers(0, len(index), (30, 2))]
    sessions = shared_requests(
        index, today=TODAY, seats=seats, threshold=LOW, exclusions=Exclusions(people=apart)
    )
    told = [offer for session in sessions for offer in session.offers]
    assert told
    for session in sessions:
        assert session.modes
        assert session.languages >= 0
        served = [len(offer.requests) for offer in session.offers]
        assert served == sorted(served, reverse=True)
        for offer in session.offers:
            assert posts.kind[offer.row] == OFFER
            assert 3 <= len(offer.requests) <= seats[offer.row]
            assert set(offer.requests) <= set(session.group.rows)
            assert may_meet(index, [offer.row, *offer.requests])
            one, many = posts.take(np.array([offer.row])), posts.take(np.array(offer.requests))
            assert not any(refused.any() for refused in refusals(many, one).values())
            pairs = {(int(posts.author[row]), int(posts.author[offer.row])) for row in offer.requests}
            assert not pairs & {tuple(pair) for pair in apart.tolist()}


def line(angles: list[float], **columns) -> PostIndex:
    """Posts whose subjects stand at some angles (in degrees) of one another."""
    turned = np.radians(angles)
    vectors = np.zeros((len(angles), 8))
    vectors[:, 0], vectors[:, 1] = np.cos(turned), np.sin(turned)
    number = np.arange(len(angles))
    posts = Posts(**{"ids": number, "kind": REQUEST, "author": number, **columns})
    letters = [chr(ord("a") + place) * 9 for place in range(len(angles))]
    return PostIndex.build(posts, Texts(letters), vectors=vectors)


def test_a_long_path_does_not_make_one_group():
    # Each is close to its neighbours only.
    index = line([0, 30, 60, 90, 120], author=np.zeros(5))
    assert [group.rows for group in own_duplicates(index)] == [(1, 0), (2, 3)]


def test_posts_of_two_kinds_or_two_people_are_not_merged():
    index = line([0, 1, 2], author=np.array([7, 7, 8]), kind=np.array([OFFER, REQUEST, OFFER]))
    assert own_duplicates(index) == []


def test_a_person_who_asks_twice_counts_once_in_a_group():
    index = line([0, 1, 2, 3], author=np.array([7, 7, 8, 9]))
    [session] = shared_requests(index, today=TODAY)
    assert sorted(index.posts.author[list(session.group.rows)]) == [7, 8, 9]
    assert shared_requests(line([0, 1, 2], author=np.array([7, 7, 8])), today=TODAY) == []


def test_what_all_accept_is_told_and_those_who_cannot_join_do_not_break_the_group():
    index = line(
        [0, 1, 2, 3],
        modes=np.array([Mode.FACE_TO_FACE | Mode.VIDEO, 0, Mode.VIDEO, Mode.FACE_TO_FACE]),
        languages=np.array([Language.FRENCH, 0, Language.FRENCH | Language.ENGLISH, 0]),
        site=np.array([1, 2, 3, 4]),
    )
    [session] = shared_requests(index, today=TODAY)
    assert sorted(session.group.rows) == [0, 1, 2]
    assert (session.modes, session.languages, session.site) == (Mode.VIDEO, Language.FRENCH, -1)
    nobody_said = shared_requests(line([0, 1, 2], site=np.array([5, 5, 5])), today=TODAY)[0]
    assert (nobody_said.modes, nobody_said.languages, nobody_said.site) == (7, 0, 5)


def test_the_offer_that_serves_most_comes_first_and_a_full_one_is_left_out():
    kind = np.array([REQUEST] * 4 + [OFFER] * 3)
    index = line([0, 1, 2, 3, 0, 1, 2], kind=kind, room=np.array([1, 1, 1, 1, 1, 1, 0]))
    [session] = shared_requests(index, today=TODAY, seats=np.array([0, 0, 0, 0, 3, 6, 6]))
    assert [offer.row for offer in session.offers] == [5, 4]
    assert [len(offer.requests) for offer in session.offers] == [4, 3]
    assert shared_requests(index, today=TODAY, seats=2)[0].offers == ()


def test_nothing_to_compare_nothing_found():
    empty = line([0]).drop([0])
    assert own_duplicates(empty) == []
    assert shared_requests(empty, today=TODAY) == []

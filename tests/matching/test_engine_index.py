"""The index of posts: finding, filtering, keeping up to date, saving and mapping."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from reciproque.matching.engine.index import PostIndex, StaleIndex
from reciproque.matching.engine.meaning import encoder
from reciproque.matching.engine.posts import OFFER, REQUEST, Posts, Texts

TITLES = [
    "Je propose d'apprendre à faire des tableaux croisés dynamiques dans Excel",
    "Offre : comptabilité générale",
    "Réussir ses macarons",
    "Prise de parole en public",
    "Conduire une réunion d'équipe",
    "Gérer un conflit entre collègues",
    "Prise de parole en public",
    "I would like to learn how to lead a team meeting",
    "Apprendre l'espagnol pour voyager",
    "Entretenir son vélo",
]


def posts(count: int, first: int = 100) -> Posts:
    return Posts(
        ids=np.arange(first, first + count),
        kind=np.arange(count) % 2,
        author=np.arange(count),
    )


@pytest.fixture(scope="module")
def index() -> PostIndex:
    return PostIndex.build(posts(len(TITLES)), Texts(TITLES))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("excel", 100),
        ("tableau croisé", 100),
        ("comtabilité", 101),
        ("compta", 101),
        ("macar", 102),
        ("gateaux aux amandes", 102),
        ("tensions entre collègues", 105),
        ("managing conflict", 105),
        ("Spanish lessons", 108),
        ("espagnole", 108),
        ("réparer une bicyclette", 109),
    ],
)
def test_search_forgives_and_understands(index: PostIndex, query: str, found: int) -> None:
    assert index.search(query).ids[0] == found


def test_hits_tell_what_found_them(index: PostIndex) -> None:
    hits = index.search("Prise de parole en public")
    assert hits.ids[:2].tolist() == [103, 106], "equal posts come in the order of their ids"
    first = next(iter(hits))
    assert first.row == 3
    assert first.score == pytest.approx(1, abs=0.01)
    assert first.meaning == pytest.approx(1, abs=0.01)
    assert first.lexical == pytest.approx(1, abs=0.01)
    assert np.all(np.diff(hits.score) <= 0)


def test_filters_come_before_the_best_are_chosen(index: PostIndex) -> None:
    mask = index.posts.kind == REQUEST
    every = index.search("réunion", k=100, floor=-1)
    assert len(every) == len(TITLES)
    some = index.search("réunion", mask, k=2, floor=-1)
    wanted = [hit for hit in every if mask[hit.row]][:2]
    assert list(some) == wanted
    assert len(index.search("réunion", np.zeros(len(index), bool))) == 0


def test_what_has_nothing_to_do_with_the_query_is_not_found(index: PostIndex) -> None:
    assert index.search("comptabilité", k=100).ids.tolist() == [101]
    assert len(index.search("")) == len(index.search(" \n")) == 0
    assert len(index.search("zzzqqq")) == 0


def test_near_duplicates_are_met_also_with_no_word_in_common(index: PostIndex) -> None:
    assert index.similar("prise de parole en public !")[0] == (103, pytest.approx(1, abs=0.01))
    found = dict(index.similar("J'aimerais apprendre à animer une réunion d'équipe"))
    assert {104, 107} <= set(found)
    assert index.similar("plomberie") == []
    assert index.similar("") == []


def test_nearest_is_an_exact_scan(index: PostIndex) -> None:
    vector = encoder().encode(["animer une réunion"])[0]
    hits = index.nearest(vector, k=len(index))
    assert np.allclose(hits.score, index.vectors.similarities(vector)[index.subject[hits.rows]])
    assert set(hits.ids[:2].tolist()) == {104, 107}


def test_equal_texts_are_kept_once(index: PostIndex) -> None:
    assert len(index) == len(TITLES)
    assert len(index.vectors) == len(index.lexical) == len(TITLES) - 1


def test_stored_vectors_spare_encoding(index: PostIndex) -> None:
    stored = np.random.default_rng(0).standard_normal((len(TITLES), 512)).astype(np.float16)
    built = PostIndex.build(posts(len(TITLES)), Texts(TITLES), vectors=stored)
    assert built.nearest(stored[8].astype(np.float32), k=1).ids.tolist() == [108]


def test_posts_come_change_and_go(index: PostIndex) -> None:
    longer = index.append(posts(2, first=200), Texts(["Apiculture urbaine", "Excel"]))
    assert longer.search("apicultrice en ville").ids[0] == 200
    assert longer.search("excel", k=2).ids.tolist() == [201, 100]
    changed = longer.append(Posts(ids=[200], kind=[OFFER], author=[1]), Texts(["Plomberie"]))
    assert changed.search("apiculture", k=1).ids.tolist() != [200]
    assert changed.search("plombier", k=1).ids.tolist() == [200]
    assert changed.rows_of([200, 201, 999]).tolist() == [12, 11, -1]
    dropped = changed.drop([200, 999])
    assert len(dropped.search("plomberie")) == 0
    assert dropped.rows_of([200]).tolist() == [-1]
    assert np.flatnonzero(dropped.mask_of([100, 200])).tolist() == [0]
    assert len(index.search("apiculture")) == 0, "an index never changes"


def test_columns_may_be_replaced(index: PostIndex) -> None:
    room = np.zeros(len(index))
    assert not index.update(room=room, exposure=3).posts.room.any()
    assert index.posts.room.all()


def test_an_index_is_saved_and_mapped(index: PostIndex, tmp_path: Path) -> None:
    texts = Texts(["Apiculture urbaine", "Jardinage"], topic_codes=[(7, 8), (8,)])
    grown = index.append(posts(2, first=200), texts).drop([103])
    stamp = grown.save(tmp_path)
    mapped = PostIndex.load(tmp_path)
    assert mapped.stamp == PostIndex.stamp_of(tmp_path) == stamp
    assert isinstance(mapped.vectors.parts[0], np.memmap)
    assert isinstance(mapped.posts.ids.base, np.memmap)
    for query in ("apicultre", "prise de parole", "réunion"):
        ours, theirs = grown.search(query), mapped.search(query)
        assert ours.ids.tolist() == theirs.ids.tolist()
        assert np.array_equal(ours.score, theirs.score)
    assert mapped.rows_of([103]).tolist() == [-1]
    assert mapped.append(posts(1, first=300), Texts(["Escrime"])).search("escrime").ids[0] == 300


def test_a_later_saving_replaces_the_former_at_once(index: PostIndex, tmp_path: Path) -> None:
    first = index.save(tmp_path)
    held = PostIndex.load(tmp_path)
    for _ in range(3):
        last = index.drop([100]).save(tmp_path)
    assert PostIndex.stamp_of(tmp_path) == last != first
    assert len(PostIndex.load(tmp_path)) == len(TITLES) - 1
    assert held.search("excel").ids[0] == 100, "whoever holds the former one keeps it"
    assert len(list(tmp_path.iterdir())) == 3, "the pointer, the last saving and the one before"


def test_an_index_that_cannot_be_read_is_said_stale(index: PostIndex, tmp_path: Path) -> None:
    assert PostIndex.stamp_of(tmp_path) is None
    with pytest.raises(StaleIndex):
        PostIndex.load(tmp_path)
    stamp = index.save(tmp_path)
    facts = tmp_path / stamp / "facts.json"
    facts.write_text(json.dumps(json.loads(facts.read_text()) | {"encoder": "another"}))
    with pytest.raises(StaleIndex):
        PostIndex.load(tmp_path)
    stamp = index.save(tmp_path)
    (tmp_path / stamp / "subject.npy").write_bytes(b"")
    with pytest.raises(StaleIndex):
        PostIndex.load(tmp_path)


def test_an_empty_index_answers_nothing(tmp_path: Path) -> None:
    empty = PostIndex.build(posts(0), Texts([]))
    assert len(empty.search("excel")) == 0
    assert empty.similar("excel") == []
    assert empty.rows_of([1]).tolist() == [-1]
    empty.save(tmp_path)
    assert len(PostIndex.load(tmp_path)) == 0
    assert empty.append(posts(1), Texts(["Excel"])).search("excel").ids.tolist() == [100]


def test_columns_are_checked() -> None:
    with pytest.raises(ValueError, match="kind"):
        Posts(ids=[1, 2], kind=[0], author=[1, 2])
    with pytest.raises(ValueError, match="room"):
        Posts(ids=[1], kind=[0], author=[1], room=[70_000])
    with pytest.raises(ValueError, match="topics"):
        Texts(["a", "b"], topics=["x"])
    with pytest.raises(ValueError, match="titles"):
        PostIndex.build(posts(1), Texts(["a", "b"]))


@pytest.mark.needs_shared
def test_any_text_may_be_a_post_or_a_query(shared: Path) -> None:
    naughty = json.loads((shared / "data/robust/naughty_strings/blns.json").read_text(encoding="utf-8"))
    naughty.append("\ud800")
    index = PostIndex.build(
        posts(len(naughty)), Texts(naughty, naughty, naughty, [(row % 5,) for row in range(len(naughty))])
    )
    for text in naughty[::7]:
        for score in (index.search(text).score, index.search(text, floor=-1).score):
            assert np.isfinite(score).all()
        index.similar(text)

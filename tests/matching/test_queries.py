"""Search, facets, suggestions, proposals while typing: what is shown, in as many queries for few as for many."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest
from django.utils import translation

from reciproque.catalogue.actions import edit_post, get_or_create_topic, pause_post
from reciproque.catalogue.models import Topic
from reciproque.kit import clock
from reciproque.matching import queries as shown
from reciproque.matching.actions import create_alert, save_index, take_in
from reciproque.matching.queries.index import current_index, folder_of, forget_all
from reciproque.networks.actions import pause_membership
from reciproque.networks.models import Membership

DAY = dt.timedelta(days=1)
OFFERS = [
    (
        "Construire des tableaux croisés dynamiques",
        {"topics": ["Excel"], "modes": ["video"], "languages": ["fr", "en"]},
    ),
    ("Gérer les réclamations difficiles", {"topics": ["Relation client"], "modes": ["face"]}),
    ("Trier le courrier rapidement", {"topics": ["Courrier"], "modes": []}),
    ("Public speaking without stress", {"topics": ["Prise de parole"], "languages": ["en"]}),
    ("Préparer des crêpes au sarrasin", {"topics": ["Cuisine"]}),
    ("Comprendre la comptabilité analytique", {"topics": ["Comptabilité"], "modes": ["phone", "face"]}),
]


@pytest.fixture
def library(bob: Any, chloe: Any, dora: Any, make_post: Any) -> dict[str, Any]:
    """Six offers of Bob and Chloé, two requests of Dora."""
    posts = {
        title: make_post((bob, chloe)[n % 2], "offer", title, **fields)
        for n, (title, fields) in enumerate(OFFERS)
    }
    for title in ("Apprendre le tableur Excel", "Mieux accueillir les clients mécontents"):
        posts[title] = make_post(dora, "request", title)
    return posts


# -- search


FOUND = [
    ("tableaux croisés", "Construire des tableaux croisés dynamiques"),
    ("tablaux croises", "Construire des tableaux croisés dynamiques"),  # typos, no accents
    ("TABLEAUX CROISÉS", "Construire des tableaux croisés dynamiques"),
    ("table", "Construire des tableaux croisés dynamiques"),  # as one types
    ("crepes", "Préparer des crêpes au sarrasin"),
    ("crêpe", "Préparer des crêpes au sarrasin"),
    ("compta", "Comprendre la comptabilité analytique"),
    ("reclamation", "Gérer les réclamations difficiles"),
    ("pivot tables", "Construire des tableaux croisés dynamiques"),  # English for French
    ("accounting", "Comprendre la comptabilité analytique"),
    ("parler en public", "Public speaking without stress"),  # French for English
    ("pubic speaking", "Public speaking without stress"),
]


def test_one_box_forgives_and_understands(network: Any, dora: Any, library: Any) -> None:
    for words, title in FOUND:
        page = shown.search(network, dora, words, kind="offer")
        assert title in [post.title for post in page.posts[:2]], (words, page.posts)


def test_nothing_is_found_of_what_is_not_there(network: Any, dora: Any, library: Any) -> None:
    page = shown.search(network, dora, "soudure sous-marine")
    assert page.total <= 1
    assert shown.search(network, dora, "zxqw").total == 0


def test_without_words_everything_latest_first(network: Any, dora: Any, library: Any, make_post: Any) -> None:
    with clock.at(clock.now() + DAY):
        latest = make_post(dora, title="Dernière")
        page = shown.search(network, dora, "  ")
        assert page.posts[0] == latest
        assert (page.total, page.pages, page.people, page.topics) == (9, 1, [], [])
        assert shown.search(network, dora, "tri du courrier", sort="new").posts != []


def test_people_and_topics_answer_the_same_box(
    network: Any, other_network: Any, bob: Any, fatou: Any, library: Any, make_post: Any
) -> None:
    make_post(fatou, network=other_network, topics=["Comptabilité bancaire"])
    page = shown.search(network, bob, "compta")
    assert [topic.name for topic in page.topics] == ["Comptabilité"]
    assert [member.person.first_name for member in shown.search(network, bob, "chloé").people] == ["Chloé"]
    assert shown.search(network, bob, "Fatou").people == []


def test_a_page_follows_the_other(network: Any, bob: Any, chloe: Any, make_post: Any) -> None:
    posts = [make_post((bob, chloe)[n % 2], title=f"Savoir numéro {n}") for n in range(31)]
    first, second = (shown.search(network, bob, "", page=page) for page in (1, 2))
    assert (first.total, first.pages, len(first.posts), len(second.posts)) == (31, 2, 30, 1)
    assert {*first.posts, *second.posts} == set(posts)
    assert shown.search(network, bob, "", page=99).page == 2


def test_a_facet_s_count_is_what_clicking_gives(network: Any, bob: Any, library: Any) -> None:
    checked = 0
    for words in ("", "tableaux"):
        for chosen in ({}, {"language": "en"}, {"kind": "offer", "mode": "face"}):
            page = shown.search(network, bob, words, **chosen)
            for facet in page.facets:
                for value in facet.values:
                    clicked = shown.search(network, bob, words, **chosen | {facet.name: value.value})
                    assert clicked.total == value.count, (words, chosen, facet.name, value.value)
                    assert value.selected == (chosen.get(facet.name, "") == value.value)
                    checked += 1
    assert checked > 40


def test_facets_narrow(network: Any, bob: Any, chloe: Any, library: Any) -> None:
    assert {post.author for post in shown.search(network, bob, "", site=str(chloe.site_id)).posts} == {chloe}
    assert {post.kind for post in shown.search(network, bob, "", kind="request").posts} == {"request"}
    by_video = {post.title for post in shown.search(network, bob, "", kind="offer", mode="video").posts}
    assert "Construire des tableaux croisés dynamiques" in by_video
    assert "Trier le courrier rapidement" in by_video  # says nothing: accepts everything
    assert "Gérer les réclamations difficiles" not in by_video
    labels = {
        facet.name: [value.label for value in facet.values] for facet in shown.search(network, bob, "").facets
    }
    assert labels["unit"] == ["RH", "Opérations"]
    assert sorted(labels["site"]) == ["Nantes", "Paris", "Rennes"]


def test_an_address_edited_by_hand_breaks_nothing(network: Any, bob: Any, library: Any) -> None:
    for name, values in {
        "kind": ["x"],
        "site": ["x", "9" * 40, "٣"],
        "unit": ["-1", ""],
        "mode": ["\x00"],
        "language": ["tlh"],
        "topic": ["\x00", "x", "bcdfghjkmnpq"],
    }.items():
        for value in values:
            page = shown.search(network, bob, "tableaux", **{name: value})
            assert page.total <= shown.search(network, bob, "tableaux").total, (name, value)


def test_a_topic_narrows_with_what_was_merged_into_it(network: Any, bob: Any, library: Any) -> None:
    kept = get_or_create_topic("Tableur")
    Topic.objects.filter(folded="excel").update(merged_into=kept)
    assert [post.title for post in shown.search(network, bob, "", topic=kept.public_id).posts] == [
        OFFERS[0][0]
    ]


def test_what_is_withdrawn_is_found_no_more_and_what_is_edited_is(
    network: Any, bob: Any, library: Any
) -> None:
    def found(words: str) -> list[str]:
        return [post.title for post in shown.search(network, bob, words, kind="offer").posts]

    post = library[OFFERS[0][0]]
    with clock.at(clock.now() + DAY):
        assert found("dynamiques")[:1] == [post.title]
        edit_post(post, by=bob, title="Dresser un budget")
        assert "Dresser un budget" in found("budget")
        assert post.title not in found("dynamiques")
        pause_post(post, by=bob)
        assert "Dresser un budget" not in found("budget")


def test_a_stranger_sees_no_post(network: Any, fatou: Any, library: Any) -> None:
    assert shown.search(network, fatou, "tableaux").posts == []


@pytest.mark.needs_shared
def test_the_box_takes_any_text(network: Any, bob: Any, library: Any, naughty: Any) -> None:
    for text in naughty[::6]:
        assert shown.search(network, bob, text).page == 1
        shown.similar_posts(network, bob, text, "offer")
        shown.proposed_topics(text, network=network)


# -- the index: saved, and what changed since


def held(network: Any) -> Any:
    """What the index says of each post, whatever its parts."""
    index = current_index(network)
    rows = np.flatnonzero(index.alive)
    names = ("ids", "kind", "author", "manager", "site", "department", "modes", "languages", "level", "since")
    return sorted(zip(*(getattr(index.posts, name)[rows].tolist() for name in names), strict=True))


def bests(network: Any, viewer: Any) -> Any:
    """The best answer to some searches (rarity is counted when an index is saved: the others may change places)."""
    words = ("tableau de bord", "budget", "clients mécontents", "speaking", "courrier", "crêpes")
    everything = [post.pk for post in shown.search(network, viewer, "").posts]
    return [
        everything,
        *[post.title for word in words for post in shown.search(network, viewer, word).posts[:1]],
    ]


def test_a_tail_finds_what_a_saved_index_finds(
    network: Any, bob: Any, chloe: Any, library: Any, make_post: Any
) -> None:
    save_index(network)
    with clock.at(clock.now() + DAY):
        edit_post(library[OFFERS[0][0]], by=bob, title="Dresser un budget", topics=["Budget"])
        pause_post(library[OFFERS[1][0]], by=chloe)
        make_post(chloe, title="Lire un tableau de bord")
        forget_all()
        tail = held(network), bests(network, bob)  # the saved one and what changed since
        assert "Lire un tableau de bord" in tail[1]
        assert len(tail[0]) == 8
        assert current_index(network) is current_index(network)
        save_index(network)
        assert (held(network), bests(network, bob)) == tail
        (folder_of(network) / "built-at").unlink()  # the program was stopped between the two files
        forget_all()
        assert (held(network), bests(network, bob)) == tail


def test_a_network_without_an_index_is_searched_all_the_same(network: Any, bob: Any, library: Any) -> None:
    built = held(network), bests(network, bob)
    save_index(network)
    assert (held(network), bests(network, bob)) == built


def test_an_empty_network_answers(network: Any, bob: Any) -> None:
    for _ in range(2):
        page = shown.search(network, bob, "tableaux")
        assert (page.posts, page.total, page.pages, page.facets) == ([], 0, 1, [])
        assert (
            shown.similar_posts(network, bob, "tableaux", "offer")
            == shown.proposed_topics("tableaux", network=network)
            == []
        )
        save_index(network)


# -- while typing


def test_near_duplicates_also_without_a_word_in_common(network: Any, bob: Any, library: Any) -> None:
    near = shown.similar_posts(network, bob, "Bâtir un tableau croisé dynamique", "offer")
    assert near[0][0].title == OFFERS[0][0]
    assert 0.6 <= near[0][1] <= 1
    other_words = shown.similar_posts(network, bob, "Handle difficult complaints", "offer")
    assert [post.title for post, _close in other_words] == ["Gérer les réclamations difficiles"]
    assert shown.similar_posts(network, bob, "Bâtir un tableau croisé dynamique", "request") == []
    assert shown.similar_posts(network, bob, "Soudure sous-marine", "offer") == []
    assert shown.similar_posts(network, bob, "x\x00y", "offer") == []


def test_topics_are_proposed_from_what_is_near(network: Any, bob: Any, library: Any) -> None:
    assert [topic.name for topic in shown.proposed_topics("Un tableau croisé dynamique", network=network)][
        :1
    ] == ["Excel"]
    kept = get_or_create_topic("Tableur")
    Topic.objects.filter(folded="excel").update(merged_into=kept)
    assert shown.proposed_topics("Un tableau croisé dynamique", network=network)[:1] == [kept]


# -- suggestions


def test_suggestions_go_both_ways_with_their_reasons(
    network: Any, bob: Any, chloe: Any, offer: Any, request_: Any
) -> None:
    mine, hers = shown.suggestions_for(bob, network), shown.suggestions_for(chloe, network)
    assert [(found.post, found.mine, found.person) for found in mine] == [(offer, request_, chloe)]
    assert [(found.post, found.mine, found.person) for found in hers] == [(request_, offer, bob)]
    assert mine[0].id == hers[0].id
    assert mine[0].reasons[0] in ("le sujet est le même", "le sujet est très proche")
    with translation.override("en"):
        assert len(shown.suggestions_for(bob, network)[0].reasons) == len(mine[0].reasons)
    assert [found.post for found in shown.suggestions_about(request_, bob)] == [offer]
    assert [found.post for found in shown.suggestions_about(offer, chloe)] == [request_]
    assert shown.found_with(offer, bob).mine == request_


def test_before_the_worker_has_passed_they_are_computed_on_the_spot(
    network: Any, bob: Any, chloe: Any, make_post: Any
) -> None:
    offer, request = (
        make_post(chloe, "offer", OFFERS[0][0]),
        make_post(bob, "request", "Faire un tableau croisé dynamique"),
    )
    [found] = shown.suggestions_about(request, bob)
    assert (found.id, found.post, found.mine, found.person) == ("", offer, request, chloe)
    [back] = shown.suggestions_about(offer, chloe)
    assert back.post == request
    take_in(request)
    [stored] = shown.suggestions_about(request, bob)
    assert stored.id
    assert (stored.post, stored.reasons) == (found.post, found.reasons)


def test_a_pause_hides_in_its_network_only(
    network: Any,
    other_network: Any,
    bob: Any,
    chloe: Any,
    join: Any,
    offer: Any,
    request_: Any,
    published: Any,
) -> None:
    for person in (bob, chloe):
        join(person, other_network)
    published(chloe, "offer", OFFERS[0][0], network=other_network)
    elsewhere = published(bob, "request", "Faire un tableau croisé", network=other_network)
    assert len(shown.suggestions_for(bob)) == 1  # one person is shown once
    membership = Membership.objects.select_related("network").get(person=chloe, network=network)
    pause_membership(membership, by=chloe, until=clock.now() + DAY)
    assert shown.suggestions_for(bob, network) == shown.suggestions_about(request_, bob) == []
    assert [found.mine for found in shown.suggestions_for(bob)] == [elsewhere]
    with clock.at(clock.now() + 2 * DAY):
        assert [found.mine for found in shown.suggestions_for(bob, network)] == [request_]


def test_alerts_are_one_s_own(network: Any, other_network: Any, bob: Any, chloe: Any) -> None:
    mine = create_alert(network, bob, "excel", by=bob)
    assert shown.alerts_of(bob, network) == [mine]
    assert shown.alerts_of(bob, other_network) == shown.alerts_of(chloe, network) == []


# -- literal counts


def test_lists_cost_the_same_for_3_and_for_30(
    network: Any, bob: Any, make_person: Any, join: Any, make_post: Any, queries: Any
) -> None:
    request, done = make_post(bob, "request", "Faire un tableau croisé dynamique", topics=["Excel"]), 0
    with clock.at(clock.now() + DAY):
        for total in (3, 30):
            for n in range(done, total):
                zoe = make_person("Zoé", unit=f"U{n % 4} > S", site=f"S{n % 4}")
                join(zoe, network)
                make_post(
                    zoe, "offer", f"Construire des tableaux croisés {n}", topics=["Excel", f"Tableur {n}"]
                )
                create_alert(network, bob, f"excel {n}", by=bob) if n < 20 else None
            done = total
            take_in(request)
            current_index(network)
            lists = {
                "search": (lambda: cards(shown.search(network, bob, "zoé tableaux").posts), 7),
                "search without words": (lambda: cards(shown.search(network, bob, "").posts), 7),
                "similar_posts": (lambda: cards([post for post, _ in shown.similar_posts(network, bob, "Des tableaux croisés", "offer")]), 3),
                "proposed_topics": (lambda: shown.proposed_topics("Des tableaux croisés", network=network), 3),
                "suggestions_for": (lambda: founds(shown.suggestions_for(bob, network)), 3),
                "suggestions_about": (lambda: founds(shown.suggestions_about(request, bob)), 3),
                "alerts_of": (lambda: shown.alerts_of(bob, network), 1),
                "suggestion_rows": (lambda: [(row.request.author.unit, row.offer.author.unit) for row in shown.suggestion_rows(network)], 1),
            }  # fmt: skip
            for name, (query, literal) in lists.items():
                with queries() as seen:
                    assert query(), name
                assert len(seen) == literal, f"{name} for {total}: {len(seen)}"


def cards(posts: Any) -> list[Any]:
    return [
        (post.author.unit, post.author.site, [topic.name for topic in post.topics.all()]) for post in posts
    ]


def founds(rows: Any) -> list[Any]:
    return [
        (row.post.author.unit, row.post.author.site, row.post.network.name, row.mine.title) for row in rows
    ]

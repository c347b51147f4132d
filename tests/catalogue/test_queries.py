"""What pages show of posts and topics, in as many queries for few as for many."""

from __future__ import annotations

import datetime as dt
from typing import Any

from reciproque.catalogue import queries as shown
from reciproque.catalogue.actions import get_or_create_topic, pause_post, save_draft, withdraw_post
from reciproque.catalogue.models import Topic
from reciproque.kit import clock
from reciproque.people.actions import leave_organisation

DAY = dt.timedelta(days=1)


def cards(posts: Any) -> list[Any]:
    return [
        (
            post.network.name,
            post.author.display_name,
            post.author.unit and post.author.unit.path,
            post.author.site and post.author.site.name,
            [topic.name for topic in post.topics.all()],
        )
        for post in posts
    ]


LISTS: dict[str, tuple[Any, int]] = {
    "posts_by": (lambda net, bob, topic: cards(shown.posts_by(bob, net)), 2),
    "own_counts": (lambda net, bob, topic: shown.own_counts(bob, net), 1),
    "own_posts": (lambda net, bob, topic: cards(shown.own_posts(bob, net, ["published"], size=50)[0]), 3),
    "open_kinds": (lambda net, bob, topic: shown.open_kinds(bob), 1),
    "open_posts_by": (lambda net, bob, topic: cards(shown.open_posts_by(bob, net, bob)), 2),
    "latest_posts": (lambda net, bob, topic: cards(shown.latest_posts(net, bob, "offer", 50)), 2),
    "news_in": (lambda net, bob, topic: cards(shown.news_in([net], bob, "offer", 50)), 2),
    "count_open": (lambda net, bob, topic: shown.count_open(net), 1),
    "topic_suggestions": (lambda net, bob, topic: shown.topic_suggestions("excel", 50, net), 1),
    "topic_posts": (lambda net, bob, topic: cards(shown.topic_posts(topic, bob, net)), 2),
    "topic_page": (lambda net, bob, topic: cards(shown.topic_page(topic, bob, net, size=50)[0]), 3),
    "expiring_posts": (lambda net, bob, topic: shown.expiring_posts(clock.now() + 360 * DAY, 30 * DAY), 1),
    "expired_posts": (lambda net, bob, topic: shown.expired_posts(clock.now() + 400 * DAY), 1),
}


def test_lists_cost_the_same_for_3_and_for_30(
    network: Any, bob: Any, make_person: Any, join: Any, make_post: Any, queries: Any
) -> None:
    done = 0
    for total in (3, 30):
        for n in range(done, total):
            zoe = make_person("Zoé", unit=f"U{n}", site=f"S{n}")
            join(zoe, network)
            make_post(zoe, topics=["Excel", f"Excel {n}"])
            make_post(bob, topics=["Excel"], title=f"Offre {n}")
        done = total
        topic = Topic.objects.get(folded="excel")
        for name, (query, literal) in LISTS.items():
            with queries() as seen:
                assert query(network, bob, topic), name
            assert len(seen) == literal, f"{name} for {total}: {len(seen)}"


def test_what_one_wrote_drafts_first_without_what_was_withdrawn(
    network: Any, bob: Any, make_post: Any
) -> None:
    published, paused, withdrawn = (
        make_post(bob, title=title) for title in ("Première", "Deuxième", "Troisième")
    )
    pause_post(paused, by=bob)
    withdraw_post(withdrawn, by=bob)
    draft = save_draft(network, bob, "request", by=bob, title="Brouillon")
    assert shown.posts_by(bob) == [draft, published, paused]
    counts = shown.own_counts(bob, network)
    assert counts == {"draft": 1, "published": 1, "paused": 1, "withdrawn": 1, "fulfilled": 0, "expired": 0, "hidden": 0, "removed": 0}
    rows, total = shown.own_posts(bob, network, ["published", "paused"], page=2, size=1)
    assert (len(rows), total) == (1, 2)
    assert shown.open_kinds(bob) == {network.pk: {"offer"}}
    assert shown.count_open(network) == {"offers": 1, "requests": 0}


def test_news_are_of_others_and_latest_first(network: Any, bob: Any, chloe: Any, make_post: Any) -> None:
    make_post(bob)
    first = make_post(chloe, title="Première")
    with clock.at(clock.now() + DAY):
        second = make_post(chloe, title="Seconde")
    assert shown.news_in([network], bob, "offer") == [second, first]
    assert shown.news_in([network], bob, "request") == []
    assert shown.posts_in_order([first.pk, 0, second.pk], bob) == [first, second]
    titles = shown.titles_by([chloe], network, bob)[chloe.pk]
    assert titles == {"offer": [(second.public_id, "Seconde"), (first.public_id, "Première")], "request": []}


def test_a_stranger_is_shown_nothing(network: Any, bob: Any, fatou: Any, make_post: Any) -> None:
    post = make_post(bob, topics=["Excel"])
    topic = post.topics.get()
    assert shown.posts_in_order([post.pk], fatou) == []
    assert shown.latest_posts(network, fatou, "offer") == shown.open_posts_by(bob, network, fatou) == []
    assert shown.topic_posts(topic, fatou, network) == []
    assert shown.topic_page(topic, fatou, network) == ([], {"offer": 0, "request": 0})
    assert shown.titles_by([bob], network, fatou) == {}


def test_topics_are_found_in_any_spelling_most_used_first(
    network: Any, other_network: Any, bob: Any, join: Any, make_post: Any
) -> None:
    join(bob, other_network)
    make_post(bob, topics=["Élagage", "Été"])
    make_post(bob, topics=["Été"])
    make_post(bob, topics=["Étanchéité"], network=other_network)
    assert [topic.name for topic in shown.topic_suggestions("ETE")] == ["Été"]
    assert [topic.name for topic in shown.topic_suggestions("ét")][0] == "Été"
    assert {topic.name for topic in shown.topic_suggestions("e", network=network)} == {"Élagage", "Été"}
    assert [topic.uses for topic in shown.topic_suggestions("ete", network=network)] == [2]
    assert shown.topic_suggestions("étanchéité", network=network) == []
    assert shown.topic_suggestions("\x00zz") == []


def test_a_topic_holds_what_was_merged_into_it(network: Any, bob: Any, chloe: Any, make_post: Any) -> None:
    offer, request = (
        make_post(bob, topics=["Tableur"]),
        make_post(chloe, "request", topics=["Excel", "Tableur"]),
    )
    kept = get_or_create_topic("Excel")
    Topic.objects.filter(folded="tableur").update(merged_into=kept)
    assert set(shown.topic_posts(kept, bob, network)) == {offer, request}
    rows, counts = shown.topic_page(kept, bob, network)
    assert (set(rows), counts) == ({offer, request}, {"offer": 1, "request": 1})


def test_what_is_about_to_end(bob: Any, make_post: Any) -> None:
    post = make_post(bob)
    end = post.expires_at
    assert shown.expiring_posts(end - 15 * DAY, 14 * DAY) == []
    assert shown.expiring_posts(end - 14 * DAY, 14 * DAY) == [post]
    assert shown.expired_posts(end - DAY) == []
    assert shown.expired_posts(end) == [post]
    leave_organisation(bob, by=None)
    assert shown.expiring_posts(end - 14 * DAY, 14 * DAY) == []

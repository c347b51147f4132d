"""What the rows of the catalogue refuse, and who sees a post."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError

from reciproque.catalogue.actions import get_or_create_topic, pause_post, save_draft
from reciproque.catalogue.models import Post, Topic, people_with_both
from reciproque.networks.actions import leave_network
from reciproque.networks.models import Membership
from reciproque.people.actions import leave_organisation

BREAKS: dict[str, Callable[[Any, Any], Any]] = {
    "topic_not_merged_into_itself": lambda row, topic: Topic.objects.filter(pk=topic.pk).update(
        merged_into=topic
    ),
    "topic folded": lambda row, topic: Topic.objects.create(name="EXCEL", folded="excel"),
    "post_has_a_title": lambda row, topic: Post.objects.filter(pk=row.pk).update(title=""),
    "post_published_is_dated": lambda row, topic: Post.objects.filter(pk=row.pk).update(published_at=None),
    "post_published_expires": lambda row, topic: Post.objects.filter(pk=row.pk).update(expires_at=None),
    "post_closed_is_dated": lambda row, topic: Post.objects.filter(pk=row.pk).update(state="withdrawn"),
    "public_id": lambda row, topic: Post.objects.create(
        network=row.network, author=row.author, kind="offer", public_id=row.public_id
    ),
}


@pytest.mark.parametrize("name", BREAKS)
def test_each_constraint_refuses(name: str, bob: Any, make_post: Any) -> None:
    post, topic = make_post(bob), get_or_create_topic("Excel")
    with pytest.raises(IntegrityError):
        BREAKS[name](post, topic)


def test_who_sees_a_post(network: Any, everyone: Any, bob: Any, make_post: Any) -> None:
    published, paused = make_post(bob), make_post(bob, title="En pause")
    pause_post(paused, by=bob)
    draft = save_draft(network, bob, "offer", by=bob, title="Brouillon")
    seen = {name: set(Post.objects.visible_to(person)) for name, person in everyone.items()}
    assert seen.pop("bob") == {published, paused, draft}
    assert {name for name, posts in seen.items() if posts == {published}} == {
        "alice",
        "chloe",
        "dora",
        "emile",
    }
    assert {name for name, posts in seen.items() if not posts} == {"admin", "fatou"}


def test_who_leaves_sees_nothing_more_and_is_seen_no_more(bob: Any, chloe: Any, make_post: Any) -> None:
    mine, hers = make_post(bob), make_post(chloe)
    leave_network(Membership.objects.get(person=bob), by=bob)
    assert set(Post.objects.visible_to(bob)) == {mine}
    leave_organisation(bob, by=None)
    assert set(Post.objects.visible_to(chloe)) == {hers}
    assert set(Post.objects.open()) == {hers}


def test_who_both_offers_and_asks(network: Any, bob: Any, chloe: Any, make_post: Any) -> None:
    make_post(bob)
    make_post(bob, "request")
    make_post(chloe)
    assert people_with_both(network) == {bob.pk}
    assert people_with_both(network, [chloe.pk]) == set()

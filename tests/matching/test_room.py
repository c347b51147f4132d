"""The room people have left is the same read in whole and read by what is out of the ordinary only."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

import pytest

from reciproque.exchanges.actions import accept_introduction
from reciproque.kit import clock
from reciproque.matching.queries.index import current_index, index_of, loaded, open_posts, room_in, with_room
from reciproque.networks.actions import leave_network, pause_membership
from reciproque.networks.models import Membership

pytestmark = pytest.mark.django_db


def rooms(index: Any) -> dict[int, int]:
    return dict(zip(index.posts.ids.tolist(), index.posts.room.tolist(), strict=True))


def expected(network: Any) -> dict[int, int]:
    room = room_in(network)
    return {
        post.pk: room.of_offer(post.pk, post.author_id)
        if post.kind == "offer"
        else room.of_request(post.pk, post.author_id)
        for post in open_posts(network)
    }


def test_everyone_by_default(its: Any) -> None:
    index = with_room(current_index(its.network), its.network)
    assert rooms(index) == expected(its.network) == {its.offer.pk: 2, its.request.pk: 2}


@pytest.mark.parametrize("seed", range(4))
def test_the_same_whatever_happened(its: Any, seed: int) -> None:
    draw = random.Random(seed)
    people = [its.bob, its.chloe, its.dora]
    introduction = its.ask()
    for person in people:
        Membership.objects.filter(person=person, network=its.network).update(
            give_capacity=draw.choice([1, 3, 5]), receive_capacity=draw.choice([1, 2, 4])
        )
    for number in range(6):
        its.publish(
            draw.choice(people),
            draw.choice(["offer", "request"]),
            f"Savoir {number}",
            capacity=1 + number % 3,
        )
    accept_introduction(introduction, by=its.chloe)
    away = its.network.memberships.get(person=draw.choice(people))
    if draw.random() < 0.5:
        pause_membership(away, by=away.person, until=clock.now() + dt.timedelta(days=9))
    else:
        leave_network(away, by=away.person)
    index = with_room(index_of(loaded(open_posts(its.network))), its.network)
    assert rooms(index) == expected(its.network)
    with clock.at(clock.now() + dt.timedelta(days=10)):
        assert rooms(with_room(index_of(loaded(open_posts(its.network))), its.network)) == expected(
            its.network
        )


def test_it_reads_nobody_who_does_as_by_default(its: Any, django_assert_num_queries: Any) -> None:
    index = current_index(its.network)
    with django_assert_num_queries(7) as seen:
        with_room(index, its.network)
    members = [row["sql"] for row in seen.captured_queries if "networks_membership" in row["sql"]]
    assert len(members) == 1
    assert "NOT" in members[0]

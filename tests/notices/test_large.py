"""A large network never delays a page: what is told to thousands is the worker's business."""

from __future__ import annotations

from typing import Any

import pytest

from reciproque.catalogue.actions import publish_post
from reciproque.config.bench.digest import measured
from reciproque.kit import clock
from reciproque.networks.models import Membership
from reciproque.people.models import Person


def test_publishing_costs_the_same_queries_whatever_the_size(
    network: Any, other_network: Any, bob: Any, fatou: Any, queries: Any
) -> None:
    people = Person.objects.bulk_create(
        [Person(email=f"m{number}@example.org", last_name=f"M{number}") for number in range(3000)]
    )
    now = clock.now()
    Membership.objects.bulk_create(
        [Membership(network=other_network, person=person, joined_at=now) for person in people]
    )
    counts = []
    for where, author in ((network, bob), (other_network, fatou)):
        publish_post(where, author, "offer", by=author, title="Reliure", modes=["phone"], languages=["fr"])
        with queries() as seen:
            publish_post(
                where, author, "offer", by=author, title="Couture", modes=["phone"], languages=["fr"]
            )
        counts.append(len(seen))
    assert counts[0] == counts[1]


@pytest.mark.django_db
def test_the_benchmark_says_what_it_measured() -> None:
    figures = measured(30, 5, 4)
    assert (
        figures["publishing an offer, queries, small network"]
        == figures["publishing an offer, queries, large network"]
    )
    assert figures["everyone told of one fact, messages"] == 30
    assert figures["weekly letters written"] == 30
    assert figures["new posts shown, of the 300 in turn"] > 100

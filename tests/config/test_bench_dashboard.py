"""The bench of the steering page, in small: what it builds holds together, and what it prints is what it read."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reciproque.config.bench import dashboard
from reciproque.insights.queries import figures_of, measured, period_of

pytestmark = pytest.mark.django_db


def test_a_small_network_is_counted_and_read() -> None:
    network, animator = dashboard.build(60, 120, 90, 1)
    found = dashboard.counted(network)
    assert found["figures kept"] != "0"
    figures = {figure.id: figure for figure in figures_of(network, period_of(network, "ever"))}
    assert figures["members.members"].value == 60
    assert figures["posts.offers"].value + figures["posts.requests"].value == 120  # type: ignore[operator]
    assert figures["exchanges.held"].value == 90
    assert figures["exchanges.followed"].value == 30
    page, plan = dashboard.read(network, animator, 4)
    assert page["queries of a page"] < 60
    assert plan


def test_counting_takes_no_more_queries_whatever_the_size_and_the_years() -> None:
    """Neither people, nor groups, nor years of life make a period longer to ask for."""
    numbers = []
    for members, years in ((20, 1), (80, 10)):
        network, _animator = dashboard.build(members, 2 * members, members, years)
        period = period_of(network, "ever")
        with CaptureQueriesContext(connection) as queries:
            measured(network, period)
        numbers.append(len(queries))
    # Fewer where there is nothing to read: no savoir sought, nobody in a ring.
    assert max(numbers) <= 90

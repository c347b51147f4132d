"""Reading figures costs the same whatever was counted: years of history, hundreds of groups."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reciproque.insights.models import Measure
from reciproque.insights.queries import figures_of, period_of
from reciproque.insights.rules import INDICATORS
from reciproque.kit import clock

pytestmark = pytest.mark.django_db


def test_a_page_of_figures_reads_its_own_period_whatever_the_years(network: Any) -> None:
    """Ten years are kept; two periods are read, by the index that begins with them."""
    present = period_of(network, "month")
    rows = []
    period: Any = present
    for _month in range(120):
        rows += [
            Measure(
                network=network,
                indicator=name,
                span=period.span,
                start=period.start,
                numerator=1,
                value=1,
                at=clock.now() - dt.timedelta(days=1),
            )
            for name in INDICATORS
        ]
        period = period.previous()
    Measure.objects.bulk_create(rows)
    with CaptureQueriesContext(connection) as queries:
        figures = figures_of(network, present)
    assert len(figures) == len(INDICATORS)
    assert all(figure.previous == 1 for figure in figures)
    assert len(queries) <= 6
    plan = Measure.objects.filter(network=network, span=present.span, start=present.start, cut="").explain()
    assert "Index" in plan or "INDEX" in plan

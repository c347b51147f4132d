"""Every indicator, as the program counts it, equals what plain Python computes from the rows, on random networks."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reciproque.insights.queries import denominator, measured, numerator, period_of
from reciproque.insights.rules import INDICATORS, Shape
from reciproque.kit import clock
from tests.insights.brute_force import World, figures
from tests.insights.random_networks import Builder

pytestmark = pytest.mark.django_db
quietly = settings(
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
SPANS = ("month", "quarter", "year", "ever")
CUTS = ("", "unit", "site", "level")
# `make proofs` tries many more networks.
NETWORKS = 200 if os.environ.get("PROOFS") else 12
# Read from the questionnaires’ own results: compared with them in the tests of what they say.
ELSEWHERE = {name for name in INDICATORS if name.startswith("impact.")}


@contextmanager
def undone() -> Iterator[None]:
    """Take away what was written in the block."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def differences(builder: Builder) -> list[str]:
    """Return where the program and plain Python disagree, for every cut of two periods of one of the networks."""
    found = []
    network = builder.random.choice(builder.build())
    moments = [builder.now, builder.now, builder.now - dt.timedelta(days=20), builder.moment()]
    with clock.at(builder.now):
        for span in builder.random.sample(SPANS, 2):
            moment = builder.random.choice(moments)
            ours = measured(network, period_of(network, span, moment))
            world = World(network.pk, span, moment, builder.now)
            for cut in CUTS:
                found += _compared(ours[cut], figures(world, cut), f"{network.country} {span} {cut}")
    return found


def _compared(ours: dict[Any, Any], theirs: dict[Any, Any], where: str) -> list[str]:
    found = []
    mine = {key: row for key, row in ours.items() if key[0] not in ELSEWHERE}
    for key in sorted({*mine, *theirs}):
        cell, plain = mine.get(key), theirs.get(key)
        if cell is None or plain is None:
            found.append(f"{where} {key}: {cell} / {plain}")
            continue
        told = (cell.numerator, cell.denominator, cell.value, cell.people, cell.others)
        if not all(_same(one, other) for one, other in zip(told, plain, strict=True)):
            found.append(f"{where} {key}: {told} / {plain}")
    return found


def _same(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return abs(one - other) < 1e-6 * max(1.0, abs(one))


@settings(quietly, max_examples=NETWORKS)
@given(seed=st.integers(0, 2**32))
def test_every_figure_is_what_plain_python_counts(seed: int) -> None:
    with undone():
        assert differences(Builder(Random(seed))) == []


def test_plain_python_counts_every_indicator() -> None:
    """None is forgotten: each is computed both ways for the whole network."""
    with undone():
        builder = Builder(Random(3))
        network = builder.build()[0]
        plain = figures(World(network.pk, "ever", builder.now, builder.now))
    assert {name for name, _group in plain} == set(INDICATORS) - ELSEWHERE


@pytest.mark.parametrize("seed", [11, 12])
def test_the_rows_of_each_group_are_as_many_as_its_figure_says(seed: int) -> None:
    """What a figure opens is what it counts, for the network and for each group of each cut."""
    with undone():
        builder = Builder(Random(seed))
        network = builder.build()[0]
        with clock.at(builder.now):
            period = period_of(network, "ever")
            wrong = []
            for cut, cells in measured(network, period).items():
                for (name, group), cell in cells.items():
                    rows = numerator(name, network, period, (cut, group))
                    if rows is None or INDICATORS[name].shape not in (Shape.COUNT, Shape.RATE):
                        continue
                    whole = denominator(name, network, period, (cut, group))
                    told = (rows.count(), whole.count() if whole is not None else None)
                    if told != (cell.numerator, cell.denominator):
                        wrong.append((name, cut, group, told, cell))
    assert wrong == []


SABOTAGES = {
    "members.members": ("reciproque.insights.queries.counted", "there"),
    "exchanges.held": ("reciproque.insights.queries.acts", "HELD"),
}


@pytest.mark.parametrize("name", SABOTAGES)
def test_a_definition_that_is_broken_is_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A leaver who stays, an exchange stopped that counts: plain Python says which figure is wrong."""
    from django.db.models import Q

    broken: Any = (lambda _asked, _at="": Q()) if name == "members.members" else ("closed", "stopped")
    module, attribute = SABOTAGES[name]
    monkeypatch.setattr(f"{module}.{attribute}", broken)
    wrong = []
    for seed in range(4):
        with undone():
            wrong += differences(Builder(Random(seed)))
    assert any(f"'{name}'" in line for line in wrong)

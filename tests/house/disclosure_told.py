"""The drawn network as the attacker reads it, once for all: what was released, what each page said, the rows behind."""

from __future__ import annotations

import contextlib
import copy
import dataclasses
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from django.db import transaction
from django.utils import translation

from reciproque.insights.actions import release_network, release_pictures
from reciproque.insights.queries.release import released, released_periods
from reciproque.insights.rules import INDICATORS, Cut, Shape
from reciproque.kit import clock
from tests.house.disclosure_answers import Answers, ask
from tests.house.disclosure_attack import Read, Rows
from tests.house.disclosure_pages import Page, walk
from tests.house.disclosure_pictures import Drawings
from tests.house.disclosure_world import NOW, Drawn

CUTS = ("", *Cut.values)


def rows_of(network: Any, reads: Iterable[Read]) -> Rows:
    """Return the rows behind all that was read: figures, questionnaires, pictures."""
    reads = list(reads)
    answers, drawings = Answers(network, reads), Drawings(network, reads)
    return Rows(network, reads, {"survey": answers.of, "impact": answers.impact, "picture": drawings.of})


def all_released(network: Any) -> list[Read]:
    """Read every figure of every release."""
    return [
        Read(
            figure.id,
            figure.period.key,
            figure.cut,
            figure.group,
            masked=figure.masked or figure.value is None,
            as_of=figure.as_of.isoformat() if figure.as_of else "",
            value="" if figure.value is None else repr(figure.value),
        )
        for cut in CUTS
        for period in released_periods(network, cut)
        for figure in released(network, period, cut)
    ]


class Undone(Exception):
    """Takes the network away."""


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: Any) -> Iterator[Drawn]:
    """A network drawn, asked and told once for all."""
    with (
        django_db_blocker.unblock(),
        clock.at(NOW),
        translation.override("fr"),
        contextlib.suppress(Undone),
        transaction.atomic(),
    ):
        world = Drawn(1)
        world.lead()
        ask(world)
        release_network(world.network)
        release_pictures()
        yield world
        raise Undone


@dataclasses.dataclass(frozen=True)
class Walked:
    """What was read once for all: what each address said, its pages, the numbers, and the rows behind them."""

    said: dict[str, str]
    pages: dict[str, Page]
    reads: list[Read]
    rows: Rows
    told: list[Read]


@pytest.fixture(scope="module")
def walked(made: Drawn) -> Walked:
    """Everything that the attacker may open, opened once for all."""
    with clock.at(NOW):
        said, reads, pages = walk(made)
        told = all_released(made.network)
        return Walked(said, pages, reads, rows_of(made.network, [*reads, *told]), told)


@pytest.fixture
def drawn(made: Drawn) -> Iterator[Drawn]:
    """The network as it was told; what a test changes is taken back after it."""
    with clock.at(NOW):
        yield copy.copy(made)


def untold(reads: Iterable[Read], told: Iterable[Read]) -> list[Read]:
    """Return what was read of figures that was not released, or not with that number."""
    values = {key_of(read): read.value for read in told if not read.masked}
    found = []
    for read in reads:
        if read.masked or ":" in read.indicator or read.indicator.startswith("cost."):
            continue
        said = values.get(key_of(read))
        if said is None or (read.value and not is_said(read, said)):
            found.append(read)
    return found


def key_of(read: Read) -> tuple[str, ...]:
    return read.indicator, read.period, read.cut, read.group


def is_said(read: Read, told: str) -> bool:
    """Tell whether a number is the one released, to the decimals that are shown; a share may be said in a hundred."""
    shown, value = float(read.value), float(told)
    return abs(shown - value) <= 0.5 or (
        INDICATORS[read.indicator].shape == Shape.RATE and abs(shown - 100 * value) <= 0.051
    )

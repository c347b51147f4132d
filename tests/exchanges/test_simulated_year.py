"""A simulated stretch of the demonstration network: nothing stalls, nobody is drowned, and the switch shows why."""

from __future__ import annotations

import contextlib
import dataclasses
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings
from django.utils import translation

from reciproque.config.simulation.watch import Figures
from reciproque.config.simulation.world import World, build_world
from reciproque.config.simulation.year import Wish, live_year

PEOPLE, PAST = 24, 45


class Undone(Exception):
    """Rolls a simulation back."""


@pytest.fixture(scope="module")
def built(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[World, Path]]:
    """A small demonstration network on its first morning, built once: what is lived of it is undone."""
    folder = tmp_path_factory.mktemp("built")
    kept = {"DATA": folder, "MATCHING_INDEX": folder / "index", "LIBRARY_FILES": folder / "files"}
    with django_db_blocker.unblock(), contextlib.suppress(Undone), transaction.atomic():
        with override_settings(**kept), translation.override("fr"):
            world = build_world(PEOPLE, folder, past=PAST, tell=lambda _words: None)
        yield world, folder
        raise Undone


@pytest.fixture
def live(built: tuple[World, Path], db: None, settings: Any) -> Callable[..., Figures]:
    """Live some days of it, then undo them."""
    world, folder = built
    shutil.copytree(folder, settings.DATA, dirs_exist_ok=True)

    def live_(**wish: Any) -> Figures:
        figures: list[Figures] = []
        with pytest.raises(Undone), transaction.atomic():
            figures.append(live_year(world, Wish(computed_every=7, **wish)))
            raise Undone
        return figures[0]

    return live_


# -- what must hold, and what shows that it could fail ----------------------------------------------------------


def test_nothing_stalls_and_nobody_is_drowned(live: Callable[..., Figures]) -> None:
    figures = live(days=42, seed=1)
    assert figures.overdue_why == {}
    assert figures.overdue_never_escalated == 0
    assert figures.left_with_something_expected == 0
    assert figures.errors == 0
    assert 0 < figures.max_messages_per_person_week <= figures.messages_a_week_at_most
    # All this happened, so that the zeros above mean something.
    happened = (
        "introductions",
        "exchanges_held",
        "reviews",
        "reminders",
        "lapses",
        "escalations",
        "handed_over",
    )
    assert [name for name in (*happened, "connections_refused") if not getattr(figures, name)] == []
    assert figures.left == 2


def test_escalation_makes_the_difference_and_a_seed_tells_one_story(live: Callable[..., Figures]) -> None:
    told = [dataclasses.replace(live(days=12, seed=3, escalation=False), seconds=0) for _time in range(2)]
    assert told[0] == told[1]
    assert told[0].overdue_never_escalated > 0
    assert told[0].escalations == told[0].handed_over == 0
    # What animators sent by hand is left.
    assert told[0].reminders == told[0].reminders_by_hand

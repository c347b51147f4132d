"""The network that lives a simulated year: the demonstration's own, built afresh where nothing of anybody's is."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable
from pathlib import Path

from reciproque.config.demo.build import build
from reciproque.config.demo.company import Colleague
from reciproque.config.demo.history import History
from reciproque.config.demo.scale import Scale
from reciproque.config.simulation.office import office_open
from reciproque.kit import clock
from reciproque.people.models import Person

# A Monday: the same days, holidays and changes of the hour for everyone who runs it.
START = dt.datetime(2026, 1, 5, 5, 0, tzinfo=dt.UTC)
STAGE = "year-end"
# Working days of life before the simulated year: two years, so that offers come to their term.
PAST = 500


@dataclasses.dataclass
class World:
    """Where and when the year is lived, and by whom."""

    start: dt.datetime
    colleagues: list[Colleague]
    persons: dict[str, Person]


def scale_of(people: int, past: int = PAST) -> Scale:
    """Return the demonstration with that many members; with as many as it has, the demonstration itself."""
    whole = Scale()
    return whole if people >= whole.members else Scale.reduced(people, past)


def build_world(
    people: int, folder: Path, *, past: int = PAST, start: dt.datetime = START, tell: Callable[[str], None]
) -> World:
    """Build the demonstration in an empty, migrated database, as it stands on the first morning."""
    scale = scale_of(people, past)
    # The messages of the last days of its past leave before the year begins.
    with clock.at(start), office_open():
        build(STAGE, folder, scale=scale, tell=tell)
        # The same people as those just written in the directory: nothing there depends on chance but their seed.
        colleagues = History(scale, STAGE, clock.now().date(), tell=tell).people
    persons = {person.external_id: person for person in Person.objects.exclude(external_id=None)}
    return World(start, colleagues, {key: person for key, person in persons.items() if key})

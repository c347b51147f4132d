"""Where everybody works, as columns of numbers: what is counted by person is added up by group in one go."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from reciproque.insights.queries.groups import Groups, groups_of
from reciproque.insights.rules import Cut
from reciproque.networks.models import Network
from reciproque.people.models import Person


@dataclasses.dataclass(frozen=True)
class Sum:
    """What is added up of one group: rows, distinct people, and an amount."""

    number: int = 0
    people: int = 0
    amount: float = 0.0


@dataclasses.dataclass(frozen=True)
class Tally:
    """How many rows each person has, and how much they make; a person is there once."""

    people: NDArray[np.int64]
    number: NDArray[np.int64]
    amount: NDArray[np.float64]


@dataclasses.dataclass(frozen=True)
class Directory:
    """Everybody, by the group they are in for each cut; read once, however many periods are counted."""

    people: NDArray[np.int64]
    groups: Groups
    # {cut: the place of each person's group among its keys}
    places: dict[str, NDArray[np.int64]]
    keys: dict[str, list[str]]

    def group(self, cut: str, person: int) -> str:
        """Return the group of one person."""
        row = int(np.searchsorted(self.people, person))
        return self.keys[cut][int(self.places[cut][row])]

    def fold(self, tally: Tally, cuts: Iterable[str]) -> dict[tuple[str, str], Sum]:
        """Add up what people have, for the whole network ("", "") and for each group of some cuts."""
        number, amount = int(tally.number.sum()), float(tally.amount.sum())
        found = {("", ""): Sum(number, len(tally.people), amount)}
        rows = np.searchsorted(self.people, tally.people)
        for cut in cuts:
            places, size = self.places[cut][rows], len(self.keys[cut])
            people = np.bincount(places, minlength=size)
            numbers = np.bincount(places, weights=tally.number, minlength=size)
            amounts = np.bincount(places, weights=tally.amount, minlength=size)
            for place in np.flatnonzero(people).tolist():
                found[cut, self.keys[cut][place]] = Sum(
                    int(numbers[place]), int(people[place]), float(amounts[place])
                )
        return found


def directory_of(network: Network) -> Directory:
    """Return where everybody works, by the groups of a network."""
    groups = groups_of(network)
    rows = list(Person.objects.order_by("pk").values_list("pk", "unit_id", "site_id", "level"))
    places: dict[str, NDArray[np.int64]] = {}
    keys: dict[str, list[str]] = {}
    for cut in Cut.values:
        known: dict[str, int] = {}
        column = [
            known.setdefault(groups.key(cut, (unit, site, level)), len(known))
            for _pk, unit, site, level in rows
        ]
        places[cut], keys[cut] = np.array(column, np.int64), list(known)
    return Directory(np.array([row[0] for row in rows], np.int64), groups, places, keys)

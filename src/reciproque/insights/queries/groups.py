"""In which group of the organisation each person is, for each cut of the figures: one group each, always."""

from __future__ import annotations

import dataclasses
from functools import cached_property

from reciproque.insights.rules import UNKNOWN, UNKNOWN_NAME, Cut
from reciproque.networks.models import Network
from reciproque.networks.queries import openings_of
from reciproque.people.models import Person, Site, Unit
from reciproque.people.rules import LEVELS

SEPARATOR = " > "
# Where someone works: (unit, site, level), as the directory says today.
Where = tuple[int | None, int | None, str]


@dataclasses.dataclass(frozen=True)
class Groups:
    """The branches, sites and levels of a network: the key of each, and its name."""

    branches: dict[int, str]
    sites: dict[int, str]
    names: dict[str, dict[str, str]]
    # the path of each unit, from the top of the organisation
    paths: dict[int, tuple[str, ...]]

    def key(self, cut: str, where: Where) -> str:
        """Return the group of somebody who works there."""
        unit, site, level = where
        if cut == Cut.UNIT:
            return self.branches.get(unit or 0, UNKNOWN)
        if cut == Cut.SITE:
            return self.sites.get(site or 0, UNKNOWN)
        return level if level in self.names[Cut.LEVEL] else UNKNOWN

    @cached_property
    def places(self) -> dict[int, int]:
        """How far below the top each unit is."""
        return {unit: len(path) for unit, path in self.paths.items()}

    def distance(self, one: int, other: int) -> int:
        """Return how many steps there are between two units: up to what they share, then down."""
        first, second = self.paths.get(one, ()), self.paths.get(other, ())
        shared = 0
        for mine, theirs in zip(first, second, strict=False):
            if mine != theirs:
                break
            shared += 1
        return len(first) + len(second) - 2 * shared


def groups_of(network: Network) -> Groups:
    """Return the groups by which the figures of a network are cut.

    A branch is one level under the top of what the network covers: the deepest unit that holds all those its rings name,
    or the whole organisation. What is above, or elsewhere, is a group of its own.
    """
    units = list(Unit.objects.order_by("path").values_list("pk", "public_id", "path", "name"))
    paths = {pk: tuple(path.split(SEPARATOR)) for pk, _id, path, _name in units}
    by_path = {paths[pk]: (public_id, name) for pk, public_id, _path, name in units}
    rings = [ring.criteria["units"] for ring in openings_of(network)]
    named = [tuple(path.split(SEPARATOR)) for ring in rings for path in ring]
    top = _shared(named) if named and all(rings) else _shared(list(paths.values()))
    branches: dict[int, str] = {}
    names: dict[str, str] = {}
    for pk, path in paths.items():
        # The longest start of its path that is a unit known, no deeper than one level under the top.
        for length in range(min(len(path), len(top) + 1 if path[: len(top)] == top else 1), 0, -1):
            if path[:length] in by_path:
                branches[pk], names[branches[pk]] = by_path[path[:length]][0], by_path[path[:length]][1]
                break
    sites = list(Site.objects.values_list("pk", "public_id", "name"))
    unknown = {UNKNOWN: str(UNKNOWN_NAME)}
    return Groups(
        branches=branches,
        sites={pk: public_id for pk, public_id, _name in sites},
        names={
            Cut.UNIT: names | unknown,
            Cut.SITE: {public_id: name for _pk, public_id, name in sites} | unknown,
            Cut.LEVEL: {code: str(name) for code, name in LEVELS} | unknown,
        },
        paths=paths,
    )


def _shared(paths: list[tuple[str, ...]]) -> tuple[str, ...]:
    """Return the start that all these paths share."""
    if not paths:
        return ()
    low, high = min(paths), max(paths)
    length = 0
    while length < min(len(low), len(high)) and low[length] == high[length]:
        length += 1
    return low[:length]


def groups_in(network: Network, cut: str) -> dict[int, str]:
    """Return the group of each person of the directory: {person: key}."""
    groups = groups_of(network)
    rows = Person.objects.order_by().values_list("pk", "unit_id", "site_id", "level")
    return {pk: groups.key(cut, (unit, site, level)) for pk, unit, site, level in rows}


def group_names(network: Network, cut: str) -> dict[str, str]:
    """Return what each group of a cut is called: {key: name}."""
    return groups_of(network).names[cut] if cut in Cut.values else {}

"""The map of savoirs: from regions to savoirs, then to the people who agreed to be seen.

It shows nothing that its reader could not find by searching: open posts of networks they belong to, sheets they may read,
and people who chose to be seen by them. What other networks talk about is not on it.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Count, Max
from django.utils.translation import get_language

from reciproque.catalogue.models import Topic, TopicName
from reciproque.insights.rules import (
    FAMILY_SHARE,
    RARE_HOLDERS,
    SOUGHT_REQUESTS,
    SOUGHT_TIMES,
    Showing,
)
from reciproque.library.models import Sheet
from reciproque.matching.models import MapPlace
from reciproque.matching.queries import (
    Choice,
    Place,
    Tally,
    map_choices,
    merged_topics,
    places_on_map,
    tallies,
)
from reciproque.networks.models import Network
from reciproque.people.models import Person
from reciproque.recognition.queries.skills import holders_of

_FEW = 500


@dataclasses.dataclass(frozen=True)
class Savoir:
    """One savoir on the map."""

    topic: int
    public_id: str
    name: str
    family: str
    x: float
    y: float
    region: int
    offers: int
    requests: int
    holders: int
    sheets: int
    # In all of the networks shown, whatever the map is narrowed to: what is rare is not said of one site.
    whole: Tally

    @property
    def activity(self) -> int:
        """How much is going on around it: what decides its size."""
        return self.offers + self.requests + self.sheets

    @property
    def rare(self) -> bool:
        """Somebody seeks it, and one person at most offers it."""
        return self.whole.requests > 0 and self.whole.holders <= RARE_HOLDERS

    @property
    def sought(self) -> bool:
        """Several seek it, twice as many as there are offers."""
        return self.whole.requests >= max(SOUGHT_REQUESTS, SOUGHT_TIMES * self.whole.offers)


@dataclasses.dataclass(frozen=True)
class Region:
    """Savoirs that stand together, under the name of their family or of those most alive among them."""

    number: int
    name: str
    savoirs: tuple[Savoir, ...]  # the most alive first

    @property
    def offers(self) -> int:
        return sum(row.offers for row in self.savoirs)

    @property
    def requests(self) -> int:
        return sum(row.requests for row in self.savoirs)

    @property
    def sheets(self) -> int:
        return sum(row.sheets for row in self.savoirs)

    @property
    def rare(self) -> int:
        """How many of its savoirs are rare."""
        return sum(row.rare for row in self.savoirs)

    @property
    def sought(self) -> int:
        """How many of its savoirs are sought."""
        return sum(row.sought for row in self.savoirs)

    @property
    def is_rare(self) -> bool:
        """At least half of what is sought there is rare, and it is not one savoir alone."""
        asked = sum(row.requests > 0 for row in self.savoirs)
        return self.rare >= 2 and 2 * self.rare >= asked


@dataclasses.dataclass(frozen=True)
class Atlas:
    """The map as one reader sees it, most alive first."""

    savoirs: list[Savoir]
    regions: list[Region]  # from left to right
    shown: set[int]  # topics kept by what one asked to see
    sites: list[Choice]
    units: list[Choice]
    narrowed: bool
    waiting: int  # savoirs used here that have no place yet
    drawn_at: dt.datetime | None

    def savoir(self, topic: int) -> Savoir | None:
        """Return one savoir of the map by the id of its topic."""
        return next((row for row in self.savoirs if row.topic == topic), None)

    def region(self, number: int) -> Region | None:
        """Return one region by its number."""
        return next((row for row in self.regions if row.number == number), None)


def atlas(
    networks: Sequence[Network], viewer: Person, *, site: str = "", unit: str = "", showing: str = Showing.ALL
) -> Atlas:
    """Return the map of what is open in these networks, perhaps of one site or one department only.

    The viewer must belong to the networks (the page checks it). Narrowed to a site or a department, sheets are not
    counted: where their authors work is not said of them.
    """
    narrowed = bool(site or unit)
    counted = tallies(networks, site=site, unit=unit)
    everywhere = tallies(networks) if narrowed else counted
    sheets = {} if narrowed else _sheets(networks, viewer)
    used = set(counted) | set(sheets)
    names = _names(used)
    places = places_on_map(used)
    savoirs = sorted(
        (_savoir(place, names, counted, sheets, everywhere) for place in places),
        key=lambda row: (-row.activity, -row.requests, row.name),
    )
    sites, units = map_choices(networks, site=site, unit=unit)
    return Atlas(
        savoirs=savoirs,
        regions=_regions(savoirs),
        shown={row.topic for row in savoirs if _shows(row, showing)},
        sites=sites,
        units=units,
        narrowed=narrowed,
        waiting=len(used) - len(places),
        drawn_at=MapPlace.objects.aggregate(at=Max("placed_at"))["at"],
    )


def _shows(row: Savoir, showing: str) -> bool:
    return {Showing.RARE: row.rare, Showing.SOUGHT: row.sought}.get(showing, True)  # type: ignore[call-overload]


def _savoir(
    place: Place,
    names: dict[int, str],
    counted: dict[int, Tally],
    sheets: dict[int, int],
    everywhere: dict[int, Tally],
) -> Savoir:
    tally = counted.get(place.topic, Tally())
    return Savoir(
        topic=place.topic,
        public_id=place.public_id,
        name=names.get(place.topic, place.name),
        family=place.family,
        x=place.x,
        y=place.y,
        region=place.region,
        offers=tally.offers,
        requests=tally.requests,
        holders=tally.holders,
        sheets=sheets.get(place.topic, 0),
        whole=everywhere.get(place.topic, Tally()),
    )


def _sheets(networks: Sequence[Network], viewer: Person) -> dict[int, int]:
    """Return how many published sheets this reader may open, by topic."""
    rows = Sheet.objects.visible_to(viewer).open().filter(network__in=networks).exclude(topics=None)
    found: Counter[int] = Counter()
    into = merged_topics()
    for topic, number in rows.order_by().values_list("topics").annotate(n=Count("pk", distinct=True)):
        found[into.get(topic, topic)] += number
    return dict(found)


def _names(topics: set[int]) -> dict[int, str]:
    """Return how these topics are said in the reader's language, where it is known."""
    rows = TopicName.objects.filter(shown=True, language=(get_language() or "fr")[:2])
    if len(topics) <= _FEW:
        rows = rows.filter(topic__in=topics)
    return {topic: name for topic, name in rows.values_list("topic", "name") if topic in topics}


def _regions(savoirs: Iterable[Savoir]) -> list[Region]:
    by_number: dict[int, list[Savoir]] = {}
    for row in savoirs:
        by_number.setdefault(row.region, []).append(row)
    return [Region(number, _title(rows), tuple(rows)) for number, rows in sorted(by_number.items())]


def _title(rows: Sequence[Savoir]) -> str:
    """Name a region: its family when most are of one, else its two savoirs most alive."""
    families = Counter(row.family for row in rows if row.family)
    if families:
        family, number = max(families.items(), key=lambda pair: (pair[1], pair[0]))
        if number >= FAMILY_SHARE * sum(families.values()) and 2 * sum(families.values()) >= len(rows):
            return family
    return " · ".join(row.name for row in rows[:2])


def neighbours_of(chosen: Savoir, savoirs: Iterable[Savoir], limit: int = 6) -> list[Savoir]:
    """Return the savoirs that stand nearest to one."""

    def apart(row: Savoir) -> tuple[float, int]:
        return (row.x - chosen.x) ** 2 + (row.y - chosen.y) ** 2, row.topic

    return sorted((row for row in savoirs if row.topic != chosen.topic), key=apart)[:limit]


def people_who_know(topic: Topic, networks: Sequence[Network], viewer: Person) -> list[Any]:
    """Return those who show this savoir to this reader and accept to be asked, each once, in one network or several.

    Who sees whom is decided by the skills themselves, never here.
    """
    found: dict[int, Any] = {}
    for network in networks:
        for holder in holders_of(topic, network, viewer):
            known = found.get(holder.person.pk)
            if known is None or (holder.certified and not known.certified):
                found[holder.person.pk] = holder
    return list(found.values())

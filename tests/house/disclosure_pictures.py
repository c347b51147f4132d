"""The rows that each number of a picture counts: who passed on to whom, which day answers came, who arrived."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from typing import Any

from reciproque.catalogue.models import Post
from reciproque.exchanges.models import ExchangePerson, Introduction
from reciproque.insights.queries import groups_in, numerator
from reciproque.insights.rules import INDICATORS, Cut, Period, zone_of
from reciproque.networks.models import Membership
from reciproque.people.models import Person, Unit
from tests.house.disclosure_attack import Counted, Read, Rows

DAY = dt.timedelta(days=1)
FUNNEL = ("funnel.asked", "funnel.agreed", "funnel.held", "funnel.reviewed", "funnel.satisfied")
OTHER_UNITS = "autres services"
# Of a figure told elsewhere, or of no number of rows: how long answers usually take.
NO_ROWS = ("délai médian, en jours",)
ALL_GIVEN, ALL_LEARNED = "tous, transmis", "tous, appris"


class Drawings:
    """The rows behind the pictures of a network, from the tables."""

    def __init__(self, network: Any, reads: Iterable[Read]) -> None:
        self.network, self.zone = network, zone_of(network.country)
        self.figures = Rows(network, ())
        units = Unit.objects.filter(
            pk__in=Person.objects.filter(memberships__network=network).values("unit")
        ).values_list("public_id", "name")
        self.names = dict(units)
        self.named = {
            name
            for read in reads
            if read.indicator in ("picture:flows", "picture:network")
            for name in read.cut.split("|")
        }
        # The quarters of which it is told how many arrived.
        self.arrived = {
            read.cut
            for read in reads
            if read.indicator == "picture:cohorts" and read.group == "1" and not read.masked
        }
        self.branches = {
            person: self.names.get(key, "") for person, key in groups_in(network, Cut.UNIT).items()
        }
        self._known: dict[str, Any] = {}

    def of(self, read: Read) -> Iterator[Counted]:
        """Yield the sets of rows that one cell of a picture counts, whole and part of a share."""
        kind = read.indicator.partition(":")[2]
        if read.cut in NO_ROWS:
            return
        if kind in ("funnel", "calendar"):
            yield from self.figures.of(figure_of(read))
        elif kind in ("flows", "network"):
            yield from self._flows(read)
        elif kind == "waits":
            yield from self._waits(read)
        else:
            assert kind == "cohorts", f"a picture that the attack does not know: {kind}"
            yield from self._cohorts(read)

    def _year(self, read: Read) -> Period:
        period = Period.parse(read.period, self.zone)
        assert period is not None
        return period

    def _flows(self, read: Read) -> Iterator[Counted]:
        known = self._known.setdefault(f"flows {read.period}", {})
        if not known:
            rows = numerator("exchanges.held", self.network, self._year(read))
            parts = ExchangePerson.objects.filter(exchange__in=rows, left_at=None)
            for exchange, person, side in parts.values_list("exchange", "person", "side"):
                known.setdefault(exchange, {})[side] = person
        here, there = read.cut.split("|")
        inside = {
            exchange: sides
            for exchange, sides in known.items()
            if (there == ALL_GIVEN or self._name(sides["requester"]) == there)
            and (here == ALL_LEARNED or self._name(sides["offerer"]) == here)
        }
        # Each side knows itself: those who learned stand together with the figures, those who gave alone.
        yield "Exchange", {exchange: sides["requester"] for exchange, sides in inside.items()}
        yield "Exchange given", {exchange: sides["offerer"] for exchange, sides in inside.items()}

    def _name(self, person: int) -> str:
        name = self.branches.get(person, "")
        return name if name in self.named else OTHER_UNITS

    def _waits(self, read: Read) -> Iterator[Counted]:
        period, said = self._year(read), read.cut
        rows = Introduction.objects.filter(
            network=self.network, asked_at__gte=period.begins_at, asked_at__lt=period.ends_at
        )
        asked: dict[int, int] = {}
        answered: dict[int, int] = {}
        for row in rows:
            if row.answered_at is not None:
                days = (row.answered_at - row.asked_at) // DAY
                when = "plus tard" if days > 13 else "le jour même" if days < 1 else f"j{days}"
            else:
                when = "sans réponse" if row.state == "lapsed" else ""
            if when == said:
                asked[row.pk] = row.initiator_id
                answered[row.pk] = (
                    row.offerer_id if row.initiator_id == row.requester_id else row.requester_id
                )
        # Those who answered, and those who waited for it, who stand together with the figures.
        yield "Introduction answered", answered
        yield "Introduction", asked

    def _cohorts(self, read: Read) -> Iterator[Counted]:
        found = re.fullmatch(r"T(\d) (\d{4})", read.cut)
        assert found is not None, read
        start = dt.date(int(found[2]), 3 * int(found[1]) - 2, 1)
        period = Period("quarter", start, self.zone)
        joined = dict(
            Membership.objects.filter(
                network=self.network, joined_at__gte=period.begins_at, joined_at__lt=period.ends_at
            ).values_list("person", "joined_at")
        )
        place = int(read.group)
        if place > 1 and read.cut not in self.arrived:
            # A share of nobody knows how many.
            return
        yield "Person", {person: person for person in joined}
        posts = Post.objects.filter(network=self.network, author__in=joined)
        parts = ExchangePerson.objects.filter(
            exchange__network=self.network,
            person__in=joined,
            left_at=None,
            exchange__finished_at__isnull=False,
        )
        asked = Introduction.objects.filter(network=self.network, initiator__in=joined)
        done = {
            "posted": list(posts.values_list("author", "published_at")),
            "exchanged": list(parts.values_list("person", "exchange__finished_at")),
            "asked": list(asked.values_list("initiator", "asked_at")),
        }
        which = {2: ("posted",), 3: ("exchanged",), 4: ("posted", "exchanged", "asked")}
        low, high = (365 * DAY, 455 * DAY) if place == 4 else (0 * DAY, 90 * DAY)
        if place in which:
            part = {
                person
                for name in which[place]
                for person, at in done[name]
                if low <= at - joined[person] <= high
            }
            yield "Person", {person: person for person in part}


def figure_of(read: Read) -> Read:
    """Return the figure that a cell of a funnel, or of the calendar of months, says again."""
    if read.indicator == "picture:funnel":
        names = {str(INDICATORS[name].name): name for name in FUNNEL}
        return Read(names[read.cut], read.period, value=read.value)
    return Read("exchanges.held", f"month:{read.cut}-{int(read.group):02}-01", value=read.value)

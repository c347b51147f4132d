"""Tell the pictures of a year once and for all, when it is over and its figures are told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from reciproque.exchanges.models import Exchange, ExchangePerson, Introduction
from reciproque.exchanges.rules import Side
from reciproque.insights.actions.release import unpacked
from reciproque.insights.engine.veil import WORK_MOST, Rows, Table, veil, work_of
from reciproque.insights.models import PictureRelease, Release
from reciproque.insights.queries.acts import local_day
from reciproque.insights.queries.drawn import COHORTS_AFTER, cohorts_in, first_year, flows_in, waits_in
from reciproque.insights.queries.groups import groups_of
from reciproque.insights.queries.owned import Owned
from reciproque.insights.queries.pictures import HELD, year_of
from reciproque.insights.queries.release import released, released_over
from reciproque.insights.queries.responsibility import recognised_in
from reciproque.insights.queries.veiled import Weigh, veiled_cohorts, veiled_flows, veiled_waits
from reciproque.insights.rules import Cut, Span
from reciproque.insights.rules.pictures import Kind
from reciproque.insights.rules.reports import RECOGNISED
from reciproque.journal.actions import record
from reciproque.kit import clock
from reciproque.networks.models import Network
from reciproque.people.models import Person

# How long after the year each picture may be made: what is asked in December is answered in January; a cohort is told
# when a year and a quarter have passed since its last arrivals.
_AFTER: dict[str, dt.timedelta] = {
    Kind.FLOWS: dt.timedelta(days=15),
    Kind.WAITS: dt.timedelta(days=15),
    Kind.COHORTS: COHORTS_AFTER,
    RECOGNISED: dt.timedelta(days=30),
}


def release_pictures() -> int:
    """Tell every picture that is due, of every network; return how many were."""
    done = 0
    for network in Network.objects.order_by("pk"):
        done += _release_of(network)
    return done


def _release_of(network: Network) -> int:
    today = local_day(network, clock.now())
    first = min(first_year(network), today.year)
    there = set(PictureRelease.objects.filter(network=network).values_list("kind", "year"))
    done = 0
    for year in range(first, today.year):
        ended = dt.date(year + 1, 1, 1)
        due = [kind for kind, after in _AFTER.items() if (kind, year) not in there and today >= ended + after]
        # Figures come first: what they do not tell, pictures do not either.
        if due and released(network, year_of(network, year)):
            done += sum(_tell(network, kind, year) for kind in due)
    return done


@transaction.atomic
def _tell(network: Network, kind: str, year: int) -> int:
    data = _data(network, kind, year)
    row, made = PictureRelease.objects.get_or_create(
        network=network, kind=kind, year=year, defaults={"data": data, "made_at": clock.now()}
    )
    if made:
        record("picture.told", network, by=None, network=network, picture=row.kind, year=year)
    return int(made)


def _data(network: Network, kind: str, year: int) -> dict[str, Any]:
    period = year_of(network, year)
    if kind == Kind.FLOWS:
        cuts = released(network, period, Cut.UNIT)
        hush = {one.group for one in cuts if one.indicator.id == HELD and one.masked}
        return veiled_flows(flows_in(network, period, groups_of(network)), hush, _beside(network, Exchange))
    if kind == Kind.WAITS:
        return veiled_waits(waits_in(network, period), _beside(network, Introduction))
    if kind == RECOGNISED:
        return recognised_in(network, period)
    quarters = released_over(network, "members.joined", Span.QUARTER)
    told = {one.period.start: None if one.value is None else round(one.value) for one in quarters}
    arrived = cohorts_in(network, period.begins_at, period.ends_at)
    return veiled_cohorts(arrived, told, _beside(network, Person))


def _beside(network: Network, kind: type[Exchange | Introduction | Person]) -> Weigh:
    """Weigh the cells of a picture with the figures told of the same rows: theirs are who learns, and who asked."""
    owner: Owned = {}
    if kind is Exchange:
        parts = ExchangePerson.objects.filter(exchange__network=network, side=Side.REQUESTER)
        owner = dict(parts.order_by("-pk").values_list("exchange_id", "person_id"))
    elif kind is Introduction:
        owner = dict(Introduction.objects.filter(network=network).values_list("pk", "requester_id"))
    return lambda cells: weighed(network, kind.__name__, cells, owner)


def weighed(network: Network, kind: str, cells: Mapping[Any, Rows], owner: Owned) -> set[Any]:
    """Return which of these sets of rows may not be told beside what figures told of rows of the same kind."""
    told: dict[Rows, bool] = {}
    for release in Release.objects.filter(network=network).exclude(rows=b""):
        for one, sets, names in unpacked(bytes(release.rows)):
            for name, _side, shown, place in names if one == kind else ():
                if shown:
                    # Figures of the whole network have a name here, those of its groups have none.
                    told[sets[place]] = told.get(sets[place], False) or bool(name)
    everything = frozenset[int]().union(*cells.values())
    within = [rows for rows in told if rows <= everything]
    # What would take too long to look at is weighed with what is nearest; if that too is too long, it is not told.
    for beside in (list(told), within, [rows for rows in within if told[rows]]):
        table = Table(cells, told=beside, owner=owner)
        if work_of(table) <= WORK_MOST:
            return veil(table)
    return set(cells)

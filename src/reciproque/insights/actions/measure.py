"""Count the figures of networks, by the clock, and keep them: pages read what was counted, whatever the size."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max, Min

from reciproque.exchanges.models import Exchange
from reciproque.insights.models import Measure
from reciproque.insights.queries.acts import local_day
from reciproque.insights.queries.folding import Directory, directory_of
from reciproque.insights.queries.measures import measured
from reciproque.insights.rules import INDICATORS, Period, Span, periods_since, zone_of
from reciproque.journal.models import Fact
from reciproque.kit import clock
from reciproque.networks.models import Membership, Network
from reciproque.networks.queries import count_members

# Months older than this are kept for the network as a whole; their groups are read by quarter and by year.
GROUPS_OF_MONTHS = 13
BATCH = 2000
# A large network takes the worker minutes: it is counted less often, and its past in slices.
REST_FOR_EACH = dt.timedelta(seconds=0.2)
AT_ONCE, LEAST_AT_ONCE = 200_000, 4
# Nobody waits before a page for what a larger network takes to be counted.
COUNTED_AT_ONCE = 5_000


def measure_network(network: Network, *, whole: bool = False) -> int:
    """Count the figures of a network, and keep them: for the present and the periods just before, or for all of its past.

    Return how many periods were counted. A figure that can be read today only is kept as it last was for former periods.
    """
    return _count(network, _past(network) if whole else _present(network))


def measure_due() -> int:
    """Count the present again where something was recorded since, or whose month turned (by the clock)."""
    counted = dict(Measure.objects.order_by().values_list("network").annotate(last=Max("at")))
    done = 0
    for network in Network.objects.order_by("pk"):
        at = counted.get(network.pk)
        rests = at is not None and clock.now() < at + count_members(network) * REST_FOR_EACH
        if at is None or _turned(network, at) or (not rests and _moved(network, at)):
            done += _count(network, _present(network))
    return done


def measure_costs(network: Network) -> int:
    """Count again what an exchange and an hour cost now that other amounts are given; return for how many periods.

    Of the present and just before, so that whoever gave them reads them at once; the clock counts the past within the
    day, and all of it in a large network.
    """
    if count_members(network) > COUNTED_AT_ONCE:
        return 0
    names = [name for name, one in INDICATORS.items() if one.theme == "cost"]
    done, directory = 0, directory_of(network)
    for period in _present(network):
        rows = Measure.objects.filter(network=network, span=period.span, start=period.start, cut="")
        if not rows.filter(indicator__in=names).exists():
            continue
        for (name, _group), cell in measured(network, period, only=names, directory=directory)[""].items():
            # Their moment stays that of the whole count: what was recorded since is still to be counted.
            rows.filter(indicator=name).update(**dataclasses.asdict(cell))
        done += 1
    return done


def measure_past() -> int:
    """Count the past again where something was recorded since: what is said late belongs to when it was (by the clock).

    Each period once a day at most, some at a time in a large network.
    """
    done = 0
    for network in Network.objects.order_by("pk"):
        stale = _stale(network)
        if stale:
            most = max(LEAST_AT_ONCE, AT_ONCE // max(1, count_members(network)))
            done += _count(network, stale[:most])
    return done


def _count(network: Network, periods: Sequence[Period]) -> int:
    now, directory = clock.now(), directory_of(network)
    for period in periods:
        _keep(network, period, now, directory)
    return len(periods)


def _present(network: Network) -> list[Period]:
    present = [Period.of(span, clock.now(), zone_of(network.country)) for span in Span.values]
    return [*present, *filter(None, (period.previous() for period in present))]


def _past(network: Network) -> list[Period]:
    return periods_since(_beginning(network), clock.now(), zone_of(network.country))


def _stale(network: Network) -> list[Period]:
    """Return the periods never counted, then those counted before today and before something was recorded."""
    rows = Measure.objects.filter(network=network, cut="")
    rows = rows.exclude(indicator__in=[one.id for one in INDICATORS.values() if one.remembered])
    known = {(span, start): at for span, start, at in _last_counts(rows)}
    periods = _past(network)
    missing = [period for period in periods if (period.span, period.start) not in known]
    today = local_day(network, clock.now())
    old = [
        (known[period.span, period.start], period)
        for period in periods
        if (period.span, period.start) in known
        and local_day(network, known[period.span, period.start]) < today
    ]
    moved = bool(old) and _moved(network, min(at for at, _period in old))
    return [*missing, *(period for _at, period in sorted(old, key=_oldest) if moved)]


def _oldest(row: tuple[dt.datetime, Period]) -> dt.datetime:
    return row[0]


def _last_counts(rows: Any) -> Any:
    return rows.order_by().values_list("span", "start").annotate(last=Max("at"))


def _turned(network: Network, at: dt.datetime) -> bool:
    """Tell whether another month began since, where the network lives."""
    return not Period.of(Span.MONTH, clock.now(), zone_of(network.country)).holds(at)


def _moved(network: Network, at: dt.datetime) -> bool:
    """Tell whether something was recorded since: of the network, or of people (who leaves, who moves) in general."""
    return Fact.objects.filter(network__in=[network.public_id, ""], at__gt=at).exists()


def _beginning(network: Network) -> dt.datetime:
    """Return when the life of a network began: with its creation, or what was brought in from before."""
    joined = Membership.objects.filter(network=network).aggregate(first=Min("joined_at"))["first"]
    held = Exchange.objects.filter(network=network).aggregate(first=Min("held_on"))["first"]
    brought = dt.datetime.combine(held, dt.time(12), dt.UTC) if held is not None else None
    return min(filter(None, (network.created_at, joined, brought)))


@transaction.atomic
def _keep(network: Network, period: Period, now: dt.datetime, directory: Directory) -> None:
    counted = measured(network, period, directory=directory)
    groups = period.span != Span.MONTH or period in _recent_months(now, period.zone)
    names = {name for name, _group in counted[""]}
    # What cannot be counted for that period any more keeps its last reading.
    stale = Measure.objects.filter(network=network, span=period.span, start=period.start)
    stale.exclude(indicator__in=[name for name in INDICATORS if name not in names]).delete()
    Measure.objects.bulk_create(
        (
            Measure(
                network=network,
                indicator=name,
                span=period.span,
                start=period.start,
                cut=cut,
                group=group,
                numerator=cell.numerator,
                denominator=cell.denominator,
                value=cell.value,
                people=cell.people,
                others=cell.others,
                at=now,
            )
            for cut, cells in counted.items()
            if groups or not cut
            for (name, group), cell in cells.items()
        ),
        batch_size=BATCH,
    )


def _recent_months(now: dt.datetime, zone: str) -> list[Period]:
    found = [Period.of(Span.MONTH, now, zone)]
    while len(found) < GROUPS_OF_MONTHS and (before := found[-1].previous()) is not None:
        found.append(before)
    return found

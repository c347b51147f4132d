"""Tell the figures of a period that ended, once and for all, to whoever does not animate the network (by the clock)."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import zlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from django.db import IntegrityError, transaction

from reciproque.insights.engine.veil import WORK_MOST, Rows, Table, veil, work_of
from reciproque.insights.models import Measure, Release, ReleasedFigure
from reciproque.insights.queries.groups import groups_in
from reciproque.insights.queries.measures import Cell, measured
from reciproque.insights.queries.owned import MADE_OF, PART, WHOLE, Counted, Owned, Until
from reciproque.insights.rules import FEWEST, INDICATORS, Cut, Over, Period, Shape, Span, zone_of
from reciproque.kit import clock
from reciproque.kit.disclosure import OTHERS, groups_of_five
from reciproque.networks.models import Membership, Network

# What ended is told some days later: late reviews and declarations have come in.
DAYS_AFTER = dt.timedelta(days=5)
# How far back a network that has a past is told.
TOLD_BACK = {Span.MONTH: 13, Span.QUARTER: 8, Span.YEAR: 10}
# What was told this long before is still looked at: nothing may be told by a difference with it.
LOOKED_BACK = dt.timedelta(days=460)
# Groups of each cut: fewer are told when the whole would take too long to look at.
GROUPS = (12, 6, 3)
BATCH = 2000
# A worker that catches up with the past of a large network has other things to do in between.
AT_ONCE = 4

# (indicator, side, cut, group)
Key = tuple[str, str, str, str]


def release_due() -> int:
    """Tell what ended some days ago and was not told yet, a few at a time; return how many releases were made."""
    made = 0
    for network in Network.objects.order_by("pk"):
        made += release_network(network, most=AT_ONCE - made)
        if made >= AT_ONCE:
            break
    return made


def release_network(
    network: Network, most: int | None = None, *, latest: Mapping[str, int] | None = None
) -> int:
    """Tell what is due of one network, the oldest first, catching up with its past; twice does no harm.

    `latest`: how many of the last months, quarters, years… that ended, in that order: each is weighed against all that
    was told before it, and years, which are told by group, take far longer to weigh against than to be weighed.
    """
    told = Release.objects.filter(network=network).values_list("span", "end")
    last: dict[str, dt.date] = {}
    for span, end in told:
        last[span] = max(last.get(span, end), end)
    due = [period for period in _due(network) if period.span not in last or period.end > last[period.span]]
    if latest is not None:
        spans = {span: [period for period in due if period.span == span] for span in latest}
        due = [period for span, number in latest.items() for period in spans[span][-number:]]
    return sum(_release(network, period) for period in due[:most])


def _due(network: Network) -> list[Period]:
    zone = zone_of(network.country)
    latest = clock.now() - DAYS_AFTER
    joined = Membership.objects.filter(network=network, joined_at__isnull=False).order_by("joined_at")
    first = min(filter(None, (network.created_at, joined.values_list("joined_at", flat=True).first())))
    found: list[Period] = []
    for span, most in TOLD_BACK.items():
        period: Period | None = Period.of(span, latest, zone).previous()
        while most and period is not None and period.ends_at > first:
            found.append(period)
            if span == Span.QUARTER:
                beginning = Period.of(Span.EVER, latest, zone).start
                found.append(Until(Span.EVER, beginning, zone, day=period.end))
            period, most = period.previous(), most - 1
    rank = {span: place for place, span in enumerate((Span.MONTH, Span.QUARTER, Span.YEAR, Span.EVER))}
    return sorted(found, key=lambda period: (period.end, rank[Span(period.span)]))


def _release(network: Network, period: Period) -> bool:
    """Tell one period; False when another worker just did."""
    making = _Making(network, period)
    figures = making.figures()
    try:
        with transaction.atomic():
            release = Release.objects.create(
                network=network,
                span=period.span,
                start=period.end if period.span == Span.EVER else period.start,
                end=period.end,
                made_at=clock.now(),
                rows=making.packed(),
            )
            for figure in figures:
                figure.release = release
            ReleasedFigure.objects.bulk_create(figures, batch_size=BATCH)
            _forget(release)
    except IntegrityError:
        return False
    return True


def _forget(release: Release) -> None:
    """Forget which rows were told long ago: those of whole years are kept, and of the last since the beginning."""
    rows = Release.objects.filter(network=release.network).exclude(rows=b"").exclude(pk=release.pk)
    old = rows.exclude(span__in=[Span.YEAR, Span.EVER]).filter(end__lt=release.end - LOOKED_BACK)
    former = rows.filter(span=Span.EVER) if release.span == Span.EVER else rows.none()
    Release.objects.filter(pk__in=[row.pk for row in (*old.only("pk"), *former.only("pk"))]).update(rows=b"")


@dataclasses.dataclass
class _Told:
    """What was told before of one kind of rows, and what was kept back within the same time."""

    rows: list[Rows] = dataclasses.field(default_factory=list)
    # {(indicator, side, first day, span)}: rows, whether told or not
    within: dict[tuple[str, str, str, str], Rows] = dataclasses.field(default_factory=dict)


class _Making:
    """The making of one release: what is counted, what was told before, and what of it may be told."""

    def __init__(self, network: Network, period: Period) -> None:
        self.network, self.period = network, period
        self.counted = Counted(network, period).sides
        self.cells = measured(network, period)
        self.before = self._before()
        self.by_cut = period.span == Span.YEAR
        self.folds: dict[str, dict[str, str]] = {}
        self.places: dict[str, dict[int, str]] = {}
        self.kept: dict[Key, Rows] = {}
        self.masked: set[Key] = set()
        self.told: set[tuple[str, str, str]] = set()

    # -- what was told before ----------------------------------------------------------------------------------

    def _before(self) -> dict[str, _Told]:
        found: dict[str, _Told] = defaultdict(_Told)
        for release in Release.objects.filter(network=self.network).exclude(rows=b""):
            for kind, sets, names in unpacked(bytes(release.rows)):
                told = found[kind]
                for number, rows in enumerate(sets):
                    if any(shown for _n, _s, shown, place in names if place == number):
                        told.rows.append(rows)
                for name, side, _shown, place in names:
                    told.within[name, side, release.start.isoformat(), release.span] = sets[place]
        return found

    # -- what may be told --------------------------------------------------------------------------------------

    def figures(self) -> list[ReleasedFigure]:
        """Return the rows to write: each figure of the network, and of each group of each cut once a year."""
        tables = self._tables()
        for table in tables.values():
            self.masked |= veil(table)
        wanted = dict(self._figures_wanted())
        self.told = {key for key, sides in wanted.items() if self._may_tell(key, sides)}
        former = self._former()
        return [self._figure(key, sides, former.get(key)) for key, sides in wanted.items()]

    def _tables(self) -> dict[str, Table]:
        for most in (*GROUPS, 0) if self.by_cut else (0,):
            self._fold(most)
            tables = self._rows_by_kind()
            if not most or max(map(work_of, tables.values()), default=0) <= WORK_MOST:
                break
        return tables

    def _fold(self, most: int) -> None:
        self.folds, self.places = {}, {}
        if not most:
            return
        rows = self.counted["members.members", PART][1]
        for cut in Cut.values:
            places = groups_in(self.network, cut)
            fold = groups_of_five({person: places[person] for person in rows if person in places}, most=most)
            self.folds[cut] = {group: fold.get(group, OTHERS) for group in set(places.values())}
            self.places[cut] = {person: self.folds[cut][group] for person, group in places.items()}

    def _rows_by_kind(self) -> dict[str, Table]:
        wanted: dict[str, dict[Key, Rows]] = defaultdict(dict)
        owners: dict[str, Owned] = defaultdict(dict)
        small: dict[str, set[Key]] = defaultdict(set)
        sums: dict[str, list[tuple[Any, list[Any]]]] = defaultdict(list)
        unseen: dict[str, dict[Any, Rows]] = defaultdict(dict)
        for (name, side), (kind, rows) in self.counted.items():
            # Whose a row is first: of an exchange, who learns; one figure counts it with who passes on.
            owners[kind] = rows | owners[kind]
            whole: Key = (name, side, "", "")
            wanted[kind][whole] = frozenset(rows)
            for cut in self.places if INDICATORS[name].cuts else ():
                groups: dict[str, set[int]] = {group: set() for group in set(self.folds[cut].values())}
                for row, person in rows.items():
                    groups.setdefault(self.places[cut].get(person or 0, OTHERS), set()).add(row)
                parts: list[Key] = []
                for group in sorted(groups):
                    parts.append((name, side, cut, group))
                    wanted[kind][parts[-1]] = frozenset(groups[group])
                sums[kind].append((whole, parts))
            times = self._times(kind, name, side)
            if times:
                unseen[kind] |= times
                sums[kind].append((whole, list(times)))
        for kind, keys in wanted.items():
            small[kind] |= _nearly_all(keys, owners[kind])
        self.kept = {key: rows for keys in wanted.values() for key, rows in keys.items()}
        return {
            kind: Table(
                wanted[kind],
                told=self.before[kind].rows if kind in self.before else (),
                owner=owners[kind],
                sums=sums[kind],
                unseen=unseen[kind],
                small=frozenset(small[kind]),
            )
            for kind in wanted
        }

    def _times(self, kind: str, name: str, side: str) -> dict[Any, Rows]:
        """Return the months of a quarter, or the quarters of a year, where they make it up exactly."""
        part = {Span.QUARTER: Span.MONTH, Span.YEAR: Span.QUARTER}.get(Span(self.period.span))
        if part is None or INDICATORS[name].over != Over.FLOW or kind not in self.before:
            return {}
        found: dict[Any, Rows] = {}
        period: Period | None = Period.of(part, self.period.begins_at, self.period.zone)
        while period is not None and period.start < self.period.end:
            rows = self.before[kind].within.get((name, side, period.start.isoformat(), part))
            if rows is None:
                return {}
            found[name, side, "time", period.key] = rows
            period = period.following()
        whole = frozenset(self.counted[name, side][1])
        exact = sum(map(len, found.values())) == len(whole) == len(frozenset().union(*found.values()) & whole)
        return found if exact else {}

    # -- what is written ---------------------------------------------------------------------------------------

    def _figures_wanted(self) -> Iterator[tuple[tuple[str, str, str], list[Key]]]:
        """Every figure to write, and what it is made of."""
        for name, indicator in INDICATORS.items():
            made_of = MADE_OF.get(name, (name,))
            sides = [(one, side) for one in made_of for side in (PART, WHOLE) if (one, side) in self.counted]
            yield (name, "", ""), [(one, side, "", "") for one, side in sides]
            for cut in indicator.cuts if name not in MADE_OF else ():
                for group in sorted(set(self.folds.get(cut, {}).values())):
                    yield (name, cut.value, group), [(one, side, cut.value, group) for one, side in sides]

    def _may_tell(self, key: tuple[str, str, str], sides: list[Key]) -> bool:
        cell = self._cell(key)
        if sides:
            few = cell is not None and cell.people < FEWEST
            return not few and not self.masked.intersection(sides)
        # Nothing to look at row by row: what was already released by its own floor, or what is about nobody.
        indicator = INDICATORS[key[0]]
        if cell is None or indicator.shape == Shape.MONEY:
            return True
        return cell.people >= FEWEST and (cell.denominator is None or cell.others >= FEWEST)

    def _cell(self, key: tuple[str, str, str]) -> Cell | None:
        name, cut, group = key
        if not cut:
            return self._remembered(name) if INDICATORS[name].remembered else self.cells[""].get((name, ""))
        inside = [
            cell
            for (one, place), cell in self.cells[cut].items()
            if one == name and self.folds[cut].get(place, OTHERS) == group
        ]
        return _added(name, inside)

    def _remembered(self, name: str) -> Cell | None:
        """Return the last reading of what can be read on the day only."""
        span = self.period.span
        rows = Measure.objects.filter(network=self.network, indicator=name, cut="", group="", span=span)
        row = rows.filter(start=self.period.start).first() if span != Span.EVER else None
        return (
            None if row is None else Cell(row.numerator, row.denominator, row.value, row.people, row.others)
        )

    def _former(self) -> dict[tuple[str, str, str], tuple[ReleasedFigure, dt.date]]:
        """Return what was last told of each figure that says how things stand, and of which day."""
        states = [name for name, one in INDICATORS.items() if one.over == Over.STATE]
        rows = ReleasedFigure.objects.filter(
            release__network=self.network,
            release__end__gte=self.period.end - LOOKED_BACK,
            indicator__in=states,
            masked=False,
            value__isnull=False,
            as_of=None,
        )
        return {
            (row.indicator, row.cut, row.group): (row, row.release.end - dt.timedelta(days=1))
            for row in rows.select_related("release").defer("release__rows").order_by("release__end", "pk")
        }

    def _figure(
        self,
        key: tuple[str, str, str],
        sides: list[Key],
        former: tuple[ReleasedFigure, dt.date] | None,
    ) -> ReleasedFigure:
        name, cut, group = key
        cell = self._cell(key)
        figure = ReleasedFigure(indicator=name, cut=cut, group=group)
        if cell is None:
            return figure
        told = key in self.told
        if told and INDICATORS[name].remembered and former is not None:
            # Nothing is known of its rows: its number itself must have moved enough.
            told = abs(cell.numerator - (former[0].numerator or 0)) >= FEWEST or (
                cell.numerator == former[0].numerator and cell.denominator == former[0].denominator
            )
        if told:
            figure.numerator, figure.denominator, figure.value = cell.numerator, cell.denominator, cell.value
        elif former is not None and cell.people >= FEWEST and former[1] < self.period.end - dt.timedelta(1):
            row, figure.as_of = former
            figure.numerator, figure.denominator, figure.value = row.numerator, row.denominator, row.value
        else:
            figure.masked = True
        return figure

    # -- what is remembered of it ------------------------------------------------------------------------------

    def packed(self) -> bytes:
        """Return the rows of what is told, and of what the whole network is not told of, for the releases to come."""
        shown = {side for key, sides in self._figures_wanted() if key in self.told for side in sides}
        kinds: dict[str, dict[str, Any]] = {}
        for key, rows in self.kept.items():
            name, side, cut, _group = key
            if key not in shown and cut:
                continue
            entry = kinds.setdefault(self.counted[name, side][0], {"sets": {}, "names": []})
            place = entry["sets"].setdefault(rows, len(entry["sets"]))
            entry["names"].append([name, side, key in shown, place, cut])
        plain = [
            [
                kind,
                [_steps(rows) for rows in entry["sets"]],
                entry["names"],
            ]
            for kind, entry in kinds.items()
        ]
        return zlib.compress(json.dumps(plain, separators=(",", ":")).encode())


def _steps(rows: Rows) -> list[int]:
    """Write sorted numbers by their differences, which are small."""
    order = sorted(rows)
    return [row - before for row, before in zip(order, [0, *order], strict=False)]


def unpacked(data: bytes) -> Iterator[tuple[str, list[Rows], list[tuple[str, str, bool, int]]]]:
    """Yield, for each kind of rows, the sets that a release told or kept back, and which figures they are."""
    for kind, sets, names in json.loads(zlib.decompress(bytes(data))):
        rows = []
        for steps in sets:
            at, inside = 0, []
            for step in steps:
                at += step
                inside.append(at)
            rows.append(frozenset(inside))
        # A cut is told or not there; only whole figures have a time that sums up.
        yield (
            kind,
            rows,
            [(name, side, shown, place) for name, side, shown, place, cut in names if not cut]
            + [("", "", shown, place) for _name, _side, shown, place, cut in names if cut],
        )


def _nearly_all(keys: Mapping[Key, Rows], owner: Owned) -> set[Key]:
    """Return the shares that leave out fewer than five people, or nobody: « all of them » tells of each."""
    found = set()
    for key, part in keys.items():
        name, side, cut, group = key
        whole = keys.get((name, WHOLE, cut, group)) if side == PART else None
        if whole is not None and len({owner.get(row) or ("row", row) for row in whole - part}) < FEWEST:
            found.add(key)
    return found


def _added(name: str, cells: list[Cell]) -> Cell | None:
    """Return several groups counted as one; None for what no sum makes (a median of medians is not one)."""
    if len(cells) < 2:
        return cells[0] if cells else None
    shape = INDICATORS[name].shape
    if shape not in (Shape.COUNT, Shape.RATE, Shape.HOURS):
        return None
    part = sum(cell.numerator for cell in cells)
    whole = sum(cell.denominator or 0 for cell in cells) if shape == Shape.RATE else None
    value = (part / whole if whole else None) if shape == Shape.RATE else part
    return Cell(part, whole, value, sum(cell.people for cell in cells), sum(cell.others for cell in cells))

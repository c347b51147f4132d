"""Pictures count what the rows hold; what everybody is shown of them is frozen, and tells of nobody."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter, defaultdict
from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from reciproque.exchanges.models import Exchange, ExchangePerson
from reciproque.exchanges.rules import Side
from reciproque.insights.access import reader_of
from reciproque.insights.actions import release_pictures
from reciproque.insights.models import PictureRelease
from reciproque.insights.queries.drawn import Arrived, Tally, Waits, cohorts_in, days_in, flows_in, waits_in
from reciproque.insights.queries.groups import groups_of
from reciproque.insights.queries.pictures import picture_of, picture_years, pictures_of, year_of
from reciproque.insights.queries.veiled import veiled_cohorts, veiled_flows, veiled_waits
from reciproque.insights.rules import Span
from reciproque.insights.rules.pictures import Clock, Flows, Kind
from reciproque.kit import clock
from reciproque.kit.disclosure import OTHERS, Count, exposed, lines_of
from reciproque.people.models import Person
from tests.insights.pictures_made import asked, at, exchange, people_of_units, told, told_year, years

Cells = dict[tuple[str, str], Tally]


@pytest.fixture
def rich(network: Any) -> Any:
    """A network with two years of exchanges among units of all sizes."""
    years(network, people_of_units(network), seed=3)
    return network


def branch_of(person: Person) -> str:
    return person.unit.public_id if person.unit else "none"


# -- what is counted -----------------------------------------------------------------------------------------


def test_flows_are_those_of_the_rows(rich: Any) -> None:
    found = flows_in(rich, year_of(rich, 2024), groups_of(rich))
    expected: Counter[tuple[str, str]] = Counter()
    for row in Exchange.objects.filter(network=rich, held_on__year=2024):
        sides = defaultdict(set)
        for part in ExchangePerson.objects.filter(exchange=row).select_related("person__unit"):
            sides[part.side].add(branch_of(part.person))
        for giver in sides[Side.OFFERER]:
            for taker in sides[Side.REQUESTER]:
                expected[giver, taker] += 1
    assert {spot: tally.value for spot, tally in found.items()} == expected
    assert sum(expected.values()) == 90


def test_several_people_of_a_unit_in_one_exchange_are_one_flow(network: Any) -> None:
    people = people_of_units(network, {"A": 3, "B": 2})
    row = exchange(network, people[0], people[3], dt.date(2024, 5, 2))
    for person, side in ((people[1], Side.OFFERER), (people[4], Side.REQUESTER)):
        ExchangePerson.objects.create(exchange=row, person=person, side=side)
    gone = ExchangePerson.objects.create(exchange=row, person=people[2], side=Side.REQUESTER)
    gone.left_at = clock.now()
    gone.save()
    found = flows_in(network, year_of(network, 2024), groups_of(network))
    (tally,) = found.values()
    assert (tally.value, len(tally.givers), len(tally.takers), tally.people) == (1, 2, 2, 2)


def test_a_year_of_days_is_by_the_clock_of_the_place(network: Any) -> None:
    people = people_of_units(network, {"A": 2})
    exchange(network, *people, dt.date(2024, 12, 31))
    unsaid = exchange(network, *people, dt.date(2024, 12, 30))
    # Half past midnight in Paris is still the year before in London.
    Exchange.objects.filter(pk=unsaid.pk).update(
        held_on=None,
        origin="followed",
        declared_at=None,
        finished_at=dt.datetime(2024, 12, 31, 23, 30, tzinfo=dt.UTC),
    )
    assert days_in(network, year_of(network, 2024)) == {dt.date(2024, 12, 31): 1}
    assert days_in(network, year_of(network, 2025)) == {dt.date(2025, 1, 1): 1}


def test_waits_are_counted_by_whole_days_and_silence_apart(network: Any) -> None:
    people = people_of_units(network, {"A": 4})
    for days in (0.2, 0.9, 1.0, 13.99, 14.0, 40.0, None):
        asked(network, people[0], people[1], at(2024, 3, 1, int(days or 5) % 20), days)
    found = waits_in(network, year_of(network, 2024))
    assert [count for count, _people in found.days] == [2, 1, *[0] * 11, 1]
    assert (found.later[0], found.never[0]) == (2, 1)
    assert found.days[0][1] == {people[1].pk}


def test_cohorts_have_the_same_horizons_for_all(network: Any) -> None:
    people = people_of_units(network, {"A": 12}, joined=2023)
    first = people[0]  # joined on 3 January 2023
    exchange(network, first, people[1], dt.date(2023, 4, 1))
    exchange(network, first, people[1], dt.date(2024, 2, 1))
    period = year_of(network, 2023)
    found = {one.start: one for one in cohorts_in(network, period.begins_at, period.ends_at)}
    quarter = found[dt.date(2023, 1, 1)]
    assert len(quarter.joined) == 3
    assert quarter.exchanged == {first.pk, people[1].pk}
    assert quarter.stayed == {first.pk}
    assert quarter.posted == set()


# -- what is told --------------------------------------------------------------------------------------------


def random_cells(seed: int) -> Cells:
    made = Random(seed)
    sizes = {f"u{number}": made.choice([2, 3, 5, 8, 20]) for number in range(made.randint(1, 9))}
    people = {
        name: range(100 * place, 100 * place + size) for place, (name, size) in enumerate(sizes.items())
    }
    cells: Cells = defaultdict(Tally)
    for _time in range(made.randint(1, 120)):
        a, b = made.choice(list(sizes)), made.choice(list(sizes))
        cells[a, b] = cells[a, b] | Tally(1, {made.choice(people[a])}, {made.choice(people[b])})
    return dict(cells)


@pytest.mark.parametrize("seed", range(60))
def test_flows_told_give_nobody_away(seed: int) -> None:
    cells = random_cells(seed)
    data = veiled_flows(cells)
    names = data["names"]
    if not names:
        givers, takers = (
            set().union(*(getattr(one, side) for one in cells.values())) for side in ("givers", "takers")
        )
        assert min(len(givers), len(takers)) < 5
        return
    # Which of the cells each cell told stands for, folded as they were.
    kept: Cells = {}
    for (a, b), tally in cells.items():
        spot = (a if a in names else OTHERS, b if b in names else OTHERS)
        kept[spot] = kept[spot] | tally if spot in kept else tally
    assert {(names[a], names[b]) for a, b, _value in data["cells"]} == set(kept)
    masked = {(names[a], names[b]) for a, b, value in data["cells"] if value is None}
    for a, b, value in data["cells"]:
        if value is not None:
            assert value == kept[names[a], names[b]].value
            assert kept[names[a], names[b]].people >= 5
    # Every sum counts as told: rows, columns, the whole.
    table = {spot: Count(tally.value, tally.people) for spot, tally in kept.items()}
    sums: dict[tuple[str, str], Count] = {}
    for spot in [(a, "") for a, _b in kept] + [("", b) for _a, b in kept] + [("", "")]:
        whole = Tally()
        for cell, tally in kept.items():
            if all(not mine or mine == theirs for mine, theirs in zip(spot, cell, strict=True)):
                whole = whole | tally
        behind = (
            {True: whole.givers, False: whole.takers}[bool(spot[0])] if any(spot) else range(whole.people)
        )
        sums[spot] = Count(whole.value, len(behind))
    everything = {**table, **sums}
    # A whole line is told by its sum, which is of five givers or of five learners at least.
    lines = [{spot for spot in table if spot[side] == name} for side in (0, 1) for name in names]
    found = [set(some) for some in exposed(everything, lines_of(list(everything)), masked, 5)]
    assert [some for some in found if some not in lines] == []


def test_a_planted_leak_is_found() -> None:
    cells = {("A", "B"): Tally(2, {1}, {11}), ("A", "C"): Tally(30, set(range(1, 9)), set(range(21, 30)))}
    table = {spot: Count(tally.value, tally.people) for spot, tally in cells.items()}
    table[("A", "")] = Count(32, 8)
    assert exposed(table, lines_of(list(table)), {("A", "B")}, 5)


def test_a_branch_of_three_is_told_with_others_only() -> None:
    big = {
        ("A", "B"): Tally(30, set(range(9)), set(range(20, 30))),
        ("B", "A"): Tally(30, set(range(20, 30)), set(range(9))),
    }
    data = veiled_flows({**big, ("T", "A"): Tally(9, {91, 92, 93}, set(range(9)))})
    assert "T" not in data["names"]


def test_what_figures_hide_of_a_branch_is_not_told_by_its_column() -> None:
    def flow(first: int) -> Tally:
        return Tally(12, set(range(first, first + 8)), set(range(first + 50, first + 58)))

    cells = {(a, b): flow(100 * (3 * x + y)) for x, a in enumerate("ABC") for y, b in enumerate("ABC")}
    assert all(value is not None for _a, _b, value in veiled_flows(cells)["cells"])
    data = veiled_flows(cells, hush={"B"})
    column = [value for _a, b, value in data["cells"] if data["names"][b] == "B"]
    assert None in column


def test_waits_told_are_of_five_people_at_least() -> None:
    def people(count: int, first: int = 0) -> tuple[int, set[int]]:
        return (count, set(range(first, first + count)))

    empty = [(0, set()) for _day in range(11)]
    data = veiled_waits(
        Waits(
            [people(9), people(3, 20), people(8, 40), *empty], people(6, 60), people(7, 80), [0.5, 1.4, 2.6]
        )
    )
    assert data["days"][1] is None
    # What is hidden with it makes five people at least: the whole may be told elsewhere.
    assert sum(value is None for value in [*data["days"], data["later"], data["never"]]) == 2
    assert data["median"] == 1
    alone = veiled_waits(
        Waits([(40, {1, 2}), *empty, (0, set()), (0, set())], (0, set()), (0, set()), [0.5] * 40)
    )
    assert alone["days"][0] is None
    assert alone["median"] is None


def test_one_person_behind_two_cells_is_one_person() -> None:
    same = (4, {1, 2, 3, 4})
    rest = [(9, set(range(50, 59))), *[(0, set()) for _day in range(11)]]
    data = veiled_waits(Waits([same, same, *rest], (0, set()), (0, set()), [1.0]))
    assert data["days"][:3] == [None, None, None]


def test_cohorts_told_have_no_small_part_nor_rest() -> None:
    joined = set(range(20))
    one = Arrived(dt.date(2023, 1, 1), joined, set(range(10)), set(range(17)), set(range(3)))
    few = Arrived(dt.date(2023, 4, 1), {1, 2, 3, 4}, {1, 2, 3, 4}, set(), set())
    data = veiled_cohorts([one, few], {one.start: 20, few.start: 4})
    assert data["rows"] == [["2023-01-01", 20, 50, None, None], ["2023-04-01", None, None, None, None]]
    assert veiled_cohorts([one], {})["rows"][0][1] is None


# -- once and for all ------------------------------------------------------------------------------------------


def test_pictures_are_told_when_the_year_is_over_and_its_figures_told_then_never_change(
    rich: Any, said: Callable[[str], list[Any]]
) -> None:
    with clock.at(dt.datetime(2025, 2, 1, tzinfo=dt.UTC)):
        assert release_pictures() == 0  # no figure was told yet
        told_year(rich, 2024)
        assert release_pictures() == 3
        assert release_pictures() == 0
        assert {(row.kind, row.year) for row in PictureRelease.objects.all()} == {
            (kind, 2024) for kind in ("flows", "waits", "recognised")
        }
        before = {row.kind: row.data for row in PictureRelease.objects.all()}
        one, other = Person.objects.filter(memberships__network=rich, unit__name="Courrier")[:2]
        exchange(rich, one, other, dt.date(2024, 12, 30))
        release_pictures()
    assert {row.kind: row.data for row in PictureRelease.objects.all()} == before
    assert len(said("picture.told")) == 3
    with clock.at(dt.datetime(2026, 5, 1, tzinfo=dt.UTC)):
        assert release_pictures() == 1
    assert PictureRelease.objects.filter(kind="cohorts", year=2024).exists()


def test_nothing_is_told_before_the_fifteenth_of_january(rich: Any) -> None:
    with clock.at(dt.datetime(2025, 1, 14, 12, tzinfo=dt.UTC)):
        told_year(rich, 2024)
        assert release_pictures() == 0


def test_who_animates_reads_rows_and_everybody_else_what_was_told(
    rich: Any, alice: Person, emile: Person, bob: Person
) -> None:
    told_year(rich, 2024, {"funnel.asked": 60, "funnel.agreed": (30, 60, 0.5), "funnel.held": None})
    told(rich, Span.MONTH, dt.date(2024, 5, 1), {"exchanges.held": 12})
    told(rich, Span.MONTH, dt.date(2024, 6, 1), {"exchanges.held": None})
    with clock.at(dt.datetime(2025, 2, 1, tzinfo=dt.UTC)):
        release_pictures()
        team, sponsor = reader_of(alice, rich), reader_of(emile, rich)
        assert picture_years(team)[0] == 2025
        assert picture_years(sponsor) == picture_years(reader_of(bob, rich)) == [2024]
        rows = picture_of(team, Kind.FLOWS, 2024).shape
        shown = picture_of(sponsor, Kind.FLOWS, 2024).shape
        assert isinstance(rows, Flows)
        assert isinstance(shown, Flows)
        assert sum(value or 0 for value in rows.cells.values()) == 90
        assert "Trio" in rows.names
        assert "Trio" not in shown.names
        assert None in shown.cells.values()
        months = picture_of(sponsor, Kind.CALENDAR, 2024)
        assert months.rows == (("2024", "", "", "", "", 12, "masqué", "", "", "", "", "", ""),)
        stages = picture_of(sponsor, Kind.FUNNEL, 2024).rows
        assert [row[1:] for row in stages[:3]] == [(60, ""), (30, "50\u00a0%"), ("masqué", "masqué")]
        waits = picture_of(sponsor, Kind.WAITS, 2024).shape
        assert isinstance(waits, Clock)
        assert waits.median is None or waits.median == int(waits.median)


def test_what_was_not_told_of_a_year_is_never_nothing(rich: Any, emile: Person, alice: Person) -> None:
    """Figures told, months not; arrivals too recent; flows that were not told."""
    told_year(rich, 2024, {"exchanges.held": 526, "members.joined": 264})
    with clock.at(dt.datetime(2025, 2, 1, tzinfo=dt.UTC)):
        release_pictures()
        sponsor = reader_of(emile, rich)
        calendar = picture_of(sponsor, Kind.CALENDAR, 2024)
        assert calendar.says == "En 2024, 526 échanges. Les mois de 2024 ne sont pas publiés un par un."
        assert calendar.rows == ()
        cohorts = picture_of(sponsor, Kind.COHORTS, 2024)
        assert "se lira en avril 2026" in cohorts.says
        assert cohorts.rows == ()
        PictureRelease.objects.exclude(kind="waits").delete()
        for kind in (Kind.FLOWS, Kind.NETWORK):
            found = picture_of(sponsor, kind, 2024)
            assert found.empty
            assert found.rows == ()
            assert "n’est pas publiée" in found.says
        PictureRelease.objects.all().delete()
        found = picture_of(sponsor, Kind.WAITS, 2024)
        assert found.rows == ()
        assert "n’est pas publiée" in found.says
        for picture in pictures_of(sponsor, 2023):
            assert not re.search(r"\b0\b|Personne|Aucun", picture.says), picture.says
            assert picture.rows == ()
        # Who reads the rows does read a zero.
        assert "0" in picture_of(reader_of(alice, rich), Kind.CALENDAR, 2020).says


def test_how_many_arrived_is_masked_or_not_told(rich: Any, emile: Person) -> None:
    told_year(rich, 2024)
    rows = [[f"2024-0{month}-01", None, 40, 20, None] for month in (1, 4)]
    PictureRelease.objects.create(network=rich, kind="cohorts", year=2024, data={"rows": rows})
    told(rich, Span.QUARTER, dt.date(2024, 4, 1), {"members.joined": None})
    with clock.at(dt.datetime(2026, 5, 1, tzinfo=dt.UTC)):
        picture = picture_of(reader_of(emile, rich), Kind.COHORTS, 2024)
    assert [row[1] for row in picture.rows] == ["pas publié", "masqué"]
    assert [row[4] for row in picture.rows] == ["masqué", "masqué"]


def test_an_animator_of_one_unit_reads_what_was_told(rich: Any, alice: Person) -> None:
    grant = alice.roles.get(network=rich, role="animator")
    grant.unit = alice.unit
    grant.save()
    with clock.at(dt.datetime(2025, 2, 1, tzinfo=dt.UTC)):
        assert picture_years(reader_of(alice, rich)) == []


def test_pictures_cost_the_same_for_one_unit_and_for_many(network: Any, alice: Person, queries: Any) -> None:
    people = people_of_units(network, {"A": 6})
    years(network, people, seed=1, among=(2024,))
    reader = reader_of(alice, network)
    with queries() as few:
        pictures_of(reader, 2024)
    more = people_of_units_again(network, 40)
    years(network, people + more, seed=2, among=(2024,))
    with queries() as many:
        pictures_of(reader, 2024)
    assert len(few) == len(many)


def people_of_units_again(network: Any, count: int) -> list[Person]:
    from reciproque.networks.models import Membership
    from reciproque.people.models import Unit

    people = []
    for number in range(count):
        unit = Unit.objects.create(name=f"S{number}", path=f"S{number}")
        people.append(Person.objects.create_user(f"s{number}@example.org", last_name=f"S{number}", unit=unit))
    Membership.objects.bulk_create(
        Membership(network=network, person=one, joined_at=at(2023, 2, 1), applied_at=at(2023, 2, 1))
        for one in people
    )
    return people

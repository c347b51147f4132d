"""The attack by comparing: files taken, somebody objects, files made again; no difference points at fewer than five people."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import combinations
from random import Random
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from reciproque.exchanges.models import ExchangePerson
from reciproque.insights import actions as insights
from reciproque.insights.models import Study, StudyObjection, StudyPart, StudySource
from reciproque.insights.queries.studies import check_of, sheets_of
from reciproque.insights.queries.study_rows import Raw
from reciproque.insights.queries.study_source import people_of, raw_of
from reciproque.insights.rules.leaving import leaving
from reciproque.journal.models import Fact
from reciproque.kit import clock
from tests.insights.figures_made import NOW
from tests.insights.test_studies import (
    DAY,
    agreed,
    ask,
    fitted,
    people,
    runner,
    sponsor,
    steady,
    tables,
    taken,
)

pytestmark = pytest.mark.django_db
__all__ = ["people", "runner", "sponsor", "steady"]


def cells(raw: Raw, study: Study) -> dict[tuple[str, tuple[Any, ...]], Counter[tuple[int, ...]]]:
    """Return the people of the rows of each combination of what may be known, table by table."""
    found: dict[tuple[str, tuple[Any, ...]], Counter[tuple[int, ...]]] = defaultdict(Counter)
    for sheet in sheets_of(raw, study.tables, study.grains, linked=False):
        if sheet.name != "answers":
            for row, some in zip(sheet.rows, sheet.people, strict=True):
                found[sheet.name, tuple(row[place] for place in sheet.known())][some] += 1
    return found


def active(people: list[Any]) -> list[Any]:
    """Return those who have rows in every table, the busiest first."""
    held = Counter(ExchangePerson.objects.values_list("person", flat=True))
    by_pk = {one.pk: one for one in people}
    return [by_pk[pk] for pk, _n in held.most_common() if pk in by_pk]


def test_take_object_make_again_and_compare(network: Any, runner: Any, sponsor: Any, people: Any) -> None:
    fine = {
        "unit": "",
        "site": "site",
        "level": "two",
        "joined": "",
        "dates": "quarter",
        "kinds": "kind",
    }
    study = insights.make_study(fitted(agreed(network, runner, sponsor, grains=fine), runner), by=runner)
    versions, files = [cells(raw_of(study), study)], [tables(taken(study, runner))]
    assert study.lines["members"] == len(files[0]["members"])
    objecting = active(people)[:2]
    for number, person in enumerate(objecting, start=1):
        with clock.at(NOW + number * DAY):
            insights.object_to_studies(person, by=person, objects=True)
            insights.tend_studies()
            study.refresh_from_db()
            assert not study.is_made
            assert study.lines == {}
            study = insights.make_study(study, by=runner)
            assert check_of(study).exposed == []
            assert not {one.pk for one in objecting[:number]} & people_of(raw_of(study))
            versions.append(cells(raw_of(study), study))
            files.append(tables(taken(study, runner)))
    for earlier, later in combinations(versions, 2):
        assert set(later) <= set(earlier)
        differ = 0
        for cell, rows in earlier.items():
            kept = later.get(cell, Counter())
            assert kept <= rows
            lost = rows - kept
            differ += bool(lost)
            for side in zip(*lost, strict=True):
                assert len(set(side)) >= 5, cell
            for side in zip(*kept, strict=True):
                assert len(set(side)) >= 5, cell
        assert differ
    # Nothing else moved, and nothing is matched by its place: only whole rows are fewer.
    for earlier_files, later_files in combinations(files, 2):
        for name in ("members", "posts", "introductions", "exchanges", "reviews"):
            before, after = (
                [tuple(row.values()) for row in each[name]] for each in (earlier_files, later_files)
            )
            lost = Counter(before) - Counter(after)
            assert Counter(after) <= Counter(before)
            assert not lost or lost.total() >= 5
            kept_order = [row for row in before if row in set(after)]
            assert len(after) < 20 or after != kept_order[: len(after)]


def test_what_objectors_are_told_is_true_and_nobody_else_is_told(
    network: Any, runner: Any, sponsor: Any, people: Any
) -> None:
    study = insights.make_study(fitted(agreed(network, runner, sponsor), runner), by=runner)
    taken(study, runner)
    mine = active(people)[0]
    with pytest.raises(PermissionDenied):
        insights.object_to_studies(mine, by=runner, objects=True)
    with clock.at(NOW + DAY / 24):
        insights.object_to_studies(mine, by=mine, objects=True)
        insights.object_to_studies(mine, by=mine, objects=True)
        insights.tend_studies()
        study.refresh_from_db()
        # The page says the same as an hour before; nothing is given all the same.
        assert study.is_made
        with pytest.raises(ValidationError):
            insights.take_study(study, by=runner)
    with clock.at(NOW + DAY):
        assert insights.tend_studies() == 1
        assert insights.tend_studies() == 0
        study.refresh_from_db()
        assert not study.is_made
        assert not StudyPart.objects.exists()
        assert mine.pk not in people_of(raw_of(study))
        former = study.salt
        study = insights.make_study(study, by=runner)
        assert study.salt != former
    assert not Fact.objects.filter(network=network.public_id, name="study.objected").exists()
    insights.object_to_studies(mine, by=mine, objects=False)
    assert not StudyObjection.objects.exists()
    assert mine.pk not in people_of(raw_of(study))


def test_people_followed_from_file_to_file_are_never_made_again(
    network: Any, runner: Any, sponsor: Any, people: Any
) -> None:
    study = insights.make_study(fitted(agreed(network, runner, sponsor, linked=True), runner), by=runner)
    mine = active(people)[0]
    with clock.at(NOW + DAY):
        insights.object_to_studies(mine, by=mine, objects=True)
        insights.tend_studies()
        study = Study.objects.get(pk=study.pk)
        assert study.is_closed
        assert not StudySource.objects.exists()
        with pytest.raises(ValidationError):
            insights.make_study(study, by=runner)


def test_another_study_asked_after_an_objection_is_no_way_round(
    network: Any, runner: Any, sponsor: Any, people: Any
) -> None:
    first = insights.make_study(fitted(agreed(network, runner, sponsor), runner), by=runner)
    mine = active(people)[0]
    with clock.at(NOW + DAY):
        insights.object_to_studies(mine, by=mine, objects=True)
        other = insights.answer_study(ask(network, runner, grains=first.grains), by=sponsor, agreed=True)
        other = insights.make_study(other, by=runner)
    earlier, later = cells(raw_of(first), first), cells(raw_of(other), other)
    assert mine.pk not in people_of(raw_of(other))
    for cell, rows in earlier.items():
        for side in zip(*(rows - later.get(cell, Counter())), strict=True):
            assert len(set(side)) >= 5, cell


def test_what_a_study_is_made_from_goes_with_it(network: Any, runner: Any, sponsor: Any) -> None:
    study = insights.make_study(fitted(agreed(network, runner, sponsor), runner), by=runner)
    source = StudySource.objects.get()
    assert source.sealed.count(".") == 2
    insights.end_study(study, by=sponsor)
    assert not StudySource.objects.exists()


@pytest.mark.parametrize("size", [5, 7, 9, 10, 14, 30])
@pytest.mark.parametrize("gone", [1, 2, 6])
def test_rows_leave_by_five_people_at_least_and_leave_nobody_nearly_alone(size: int, gone: int) -> None:
    for seed in range(20):
        people = [(one,) for one in range(size)] + [(one,) for one in range(100, 120)]
        where = ["here"] * size + ["there"] * 20
        out = leaving(where, people, set(range(min(gone, size))), Random(seed))
        assert set(range(min(gone, size))) <= out
        assert all(where[place] == "here" for place in out)
        assert len(out) >= 5
        assert size - len(out) == 0 or size - len(out) >= 5
    assert leaving(["here"] * size, people[:size], set(), Random(1)) == set()

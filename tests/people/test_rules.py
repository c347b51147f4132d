"""Words and limits about persons."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from reciproque.people.rules import check_zone, has_left, initials, unit_parts

TODAY = dt.date(2026, 3, 2)


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("Bob", "Riou", "BR"),
        ("", "Membre 8718", "M"),
        ("Émile", "", "É"),
        ("  ", " ", "·"),
        ("élise", "durand", "ÉD"),
    ],
)
def test_initials(first: str, last: str, expected: str) -> None:
    assert initials(first, last) == expected


@pytest.mark.parametrize(
    "path", ["Siège > RH > Paie", "Siège/RH/Paie", "Siège |RH| Paie", " Siège >> RH > > Paie "]
)
def test_units_as_directories_write_them(path: str) -> None:
    assert unit_parts(path) == ["Siège", "RH", "Paie"]


def test_a_unit_name_fits_its_column() -> None:
    assert [len(part) for part in unit_parts("x" * 500 + " > y")] == [120, 1]
    assert unit_parts(" / ") == []


def test_zones_exist_or_are_refused_by_name() -> None:
    check_zone("Indian/Reunion")
    for wrong in ("Paris", "", "../etc/passwd"):
        with pytest.raises(ValidationError, match="n’existe pas"):
            check_zone(wrong)


@pytest.mark.parametrize(
    ("day", "left"), [(None, False), (TODAY, False), (TODAY - dt.timedelta(days=1), True)]
)
def test_the_last_day_is_still_worked(day: dt.date | None, left: bool) -> None:
    assert has_left(day, TODAY) is left

"""Reciprocity, rings of eligibility, addresses."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from reciproque.networks.rules import RHYTHM, address_from, may_ask, ring_admits

NOW = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
SOON, LATE = NOW + dt.timedelta(days=1), NOW - dt.timedelta(days=1)
FACTEUR = {"function": "Facteur", "level": "agent", "unit": "Réseau > Ouest > Nantes", "site": "Nantes"}
NOBODY = {"function": "", "level": "", "unit": "", "site": ""}


@pytest.mark.parametrize(
    ("reciprocity", "reciprocal", "grace", "waived", "may"),
    [
        ("open", False, None, False, True),
        ("strict", True, None, False, True),
        ("strict", False, None, True, True),
        ("strict", False, SOON, False, True),
        ("strict", False, NOW, False, False),
        ("strict", False, LATE, False, False),
        ("strict", False, None, False, False),
    ],
)
def test_who_may_ask(reciprocity: str, reciprocal: bool, grace: Any, waived: bool, may: bool) -> None:
    assert (
        may_ask(reciprocity=reciprocity, reciprocal=reciprocal, grace_until=grace, waived=waived, now=NOW)
        is may
    )


@pytest.mark.parametrize(
    ("criteria", "person", "admitted"),
    [
        ({}, NOBODY, True),
        ({"functions": [], "levels": [], "units": [], "sites": []}, NOBODY, True),
        ({"functions": ["FACTEUR"]}, FACTEUR, True),
        ({"functions": ["Guichetière"]}, FACTEUR, False),
        ({"units": ["Réseau > Ouest"]}, FACTEUR, True),
        ({"units": ["Réseau > Ouest > Nantes"]}, FACTEUR, True),
        ({"units": ["Réseau > O"]}, FACTEUR, False),
        ({"units": ["Réseau"]}, NOBODY, False),
        ({"levels": ["cadre", "agent"]}, FACTEUR, True),
        ({"sites": ["Rennes"]}, FACTEUR, False),
        ({"sites": ["Nantes"], "levels": ["cadre"]}, FACTEUR, False),
    ],
)
def test_a_ring_admits_who_meets_every_criterion(criteria: Any, person: Any, admitted: bool) -> None:
    assert ring_admits(criteria, person) is admitted


def test_addresses() -> None:
    assert address_from("Savoirs du Courrier & Été") == "savoirs-du-courrier-ete"
    assert address_from("学") == "reseau"
    assert len(address_from("x" * 200)) == 50


def test_a_rhythm_starts_within_its_bounds() -> None:
    assert all(least <= default <= most for default, least, most in RHYTHM.values())

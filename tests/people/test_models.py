"""What the rows of people refuse, and how they are said."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError

from reciproque.kit import clock
from reciproque.people.models import Person, Site, Unit


def test_an_address_belongs_to_one_person_whatever_its_case(make_person: Any) -> None:
    make_person(email="Jo@Example.org")
    assert Person.objects.get().email == "jo@example.org"
    with pytest.raises(IntegrityError):
        Person.objects.create(last_name="Autre", email="JO@EXAMPLE.ORG")


def test_several_people_have_no_address_nor_identifier(make_person: Any) -> None:
    people = [make_person(email=None) for _ in range(3)]
    assert {(person.email, person.external_id) for person in people} == {(None, None)}


def test_an_identifier_of_the_directory_belongs_to_one_person(make_person: Any) -> None:
    make_person(external_id="A1")
    with pytest.raises(IntegrityError):
        make_person(external_id="A1")


def test_a_departure_is_dated(make_person: Any) -> None:
    person = make_person()
    person.is_active = False
    with pytest.raises(IntegrityError, match="person_left_is_dated"):
        person.save()


def test_a_departure_with_its_date_is_kept(make_person: Any) -> None:
    person = make_person()
    person.is_active, person.left_at = False, clock.now()
    person.save()
    assert not Person.objects.present().filter(pk=person.pk).exists()


@pytest.mark.parametrize("row", [lambda: Unit(name="B", path="A > B"), lambda: Site(name="Nantes")])
def test_a_unit_path_and_a_site_exist_once(db: None, row: Any) -> None:
    row().save()
    with pytest.raises(IntegrityError):
        row().save()


def test_without_a_password_nobody_signs_in_with_one(make_person: Any) -> None:
    assert not make_person().has_usable_password()
    assert make_person(password="un mot très long").check_password("un mot très long")


def test_how_a_person_is_said(make_person: Any) -> None:
    person = make_person("", "Membre 8718", spoken=[])
    assert (str(person), person.initials, person.languages) == ("Membre 8718", "M", ["fr"])

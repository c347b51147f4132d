"""What pages show of people, in as many queries for few as for many."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from reciproque.kit import clock
from reciproque.people import queries
from reciproque.people.actions import leave_organisation


@pytest.fixture
def crowd(make_person: Any) -> Any:
    def make(number: int) -> None:
        for n in range(number):
            make_person(
                "Zoé",
                f"Durand {n}",
                unit=f"Réseau > Ouest {n % 3}",
                site=f"Site {n % 3}",
                function="Factrice",
            )

    return make


@pytest.mark.parametrize(
    ("query", "literal"),
    [
        (queries.unit_choices, 1),
        (queries.site_choices, 1),
        (queries.function_choices, 1),
        (lambda: [(row.unit.path, row.site.name) for row in queries.find_people("zoé", limit=50)], 2),
        (lambda: queries.people_by_email(f"zoé{n}@example.org" for n in range(50)), 1),
    ],
)
def test_lists_cost_the_same_for_3_and_for_30(crowd: Any, queries: Any, query: Any, literal: int) -> None:
    for number in (3, 27):
        crowd(number)
        with queries() as seen:
            assert query()
        assert len(seen) == literal


def test_each_word_must_be_found_somewhere(make_person: Any) -> None:
    bob = make_person("Bob", "Riou", unit="Opérations > Ouest")
    make_person("Bob", "Martin", unit="Siège")
    assert queries.find_people("bob riou") == [bob]
    assert queries.find_people("ouest bob") == [bob]
    assert queries.find_people(f"{bob.email}") == [bob]
    assert queries.find_people("bob absent") == []
    assert queries.find_people("  \x00 ") == []


@pytest.mark.parametrize(
    "words",
    [
        "Étienne Marchand",
        "etienne",
        "ETIENNE marchand",
        "marchand étienne",
        "etiene marchan",
        "Etienne Mrachand",
        "etiemne",
        "marrchand",
    ],
)
def test_names_are_found_without_accents_and_with_a_typo(make_person: Any, words: str) -> None:
    wanted = make_person("Étienne", "Marchand", unit="Siège")
    make_person("Bob", "Riou", unit="Siège")
    assert queries.find_people(words) == [wanted]


def test_a_typo_is_forgiven_only_when_nobody_answers_as_written(make_person: Any) -> None:
    marin, martin = make_person("Paul", "Marin"), make_person("Paul", "Martin")
    assert queries.find_people("marin") == [marin]
    assert queries.find_people("martin") == [martin]
    assert queries.find_people("marxin") == [marin, martin]
    assert queries.find_people("mar") == [marin, martin]
    assert queries.find_people("max") == []  # three letters are too few to guess from
    assert queries.find_people("mmaarrtin") == []  # two typos are two too many


@pytest.mark.parametrize("words", ["\u0301", "’", "'; --", "%", "_", "e" * 5000, "a b c d e f g"])
def test_any_text_may_be_looked_for(make_person: Any, words: str) -> None:
    make_person("Zoé", "D’Arc-Hé")
    assert isinstance(queries.find_people(words), list)


def test_people_who_left_are_not_found(make_person: Any) -> None:
    bob = make_person("Bob", email="bob@example.org")
    assert queries.person_by_email(" BOB@example.org ") == bob
    leave_organisation(bob, by=None)
    assert queries.person_by_email("bob@example.org") is None
    assert queries.person_by_public_id(bob.public_id) is None
    assert queries.find_people("Bob") == []
    assert queries.people_by_email(["bob@example.org"]) == {}


def test_addresses_are_matched_whatever_their_case(make_person: Any) -> None:
    bob = make_person("Bob", email="bob@example.org")
    assert queries.people_by_email([" Bob@Example.org", "", "other@example.org"]) == {"bob@example.org": bob}
    assert queries.person_by_email("") is None


def test_who_should_have_left(make_person: Any) -> None:
    today = clock.now().date()
    late, _last_day, _stays = (
        make_person(leaves_on=today - dt.timedelta(days=1)),
        make_person(leaves_on=today),
        make_person(),
    )
    assert queries.people_past_their_leaving_date(today) == [late]

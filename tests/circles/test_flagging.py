"""Names, units and sites recognised in a text, however they are written."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from reciproque.circles.queries import flagged
from reciproque.people.models import Person
from reciproque.people.queries import names_known


@pytest.fixture
def people(make_person: Any) -> None:
    """A few people of the directory, in two units and two sites."""
    make_person("Hélène", "Le Goff", unit="Réseau > Grand Ouest", site="Saint-Denis")
    make_person("Jean-Marc", "D’Almeida", unit="Siège", site="Nantes")
    make_person("Paul", "Martin")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Hier Hélène Le Goff a dit non.", ["Hélène Le Goff"]),
        ("HELENE LE GOFF", ["HELENE LE GOFF"]),
        ("avec Le Goff Hélène, au calme", ["Le Goff Hélène"]),
        ("Jean Marc d'Almeida était là", ["Jean Marc d'Almeida"]),
        ("l’avis d’Hélène Le Goff", ["Hélène Le Goff"]),
        ("Mme de Brive est venue", ["Mme de Brive"]),
        ("Jean-Marc D'Almeida était là", ["Jean-Marc D'Almeida"]),
        ("D’ALMEIDA Jean Marc", ["D’ALMEIDA Jean Marc"]),
        ("Paul\u00a0Martin et Paul Martin", ["Paul\u00a0Martin", "Paul Martin"]),
        ("Paul. Martin est un oiseau", []),
        ("Paul Durand n’est pas des nôtres", []),
        ("un martin-pêcheur, paul et martin", []),
        # A customer is in no directory: the title announces the name.
        ("M. Durand a rappelé, puis Mme\u00a0Zola.", ["M. Durand", "Mme\u00a0Zola"]),
        ("madame Durand", ["madame Durand"]),
        ("madame la directrice", []),
        ("", []),
    ],
)
def test_people_are_recognised(text: str, words: list[str], people: None, network: Any) -> None:
    found = [flag for flag in flagged(text, network) if flag.kind == "person"]
    assert [flag.words for flag in found] == words
    assert all(text[flag.start : flag.end] == flag.words for flag in found)


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("au Grand Ouest", "unit", "Grand Ouest"),
        ("au GRAND OUEST", "unit", "GRAND OUEST"),
        ("à Saint Denis", "site", "Saint Denis"),
        ("le site de Nantes", "site", "Nantes"),
        ("au Siege", "unit", "Siege"),
    ],
)
def test_units_and_sites_are_recognised(text: str, kind: str, words: str, people: None, network: Any) -> None:
    assert [(flag.kind, flag.words) for flag in flagged(text, network)] == [(kind, words)]


def test_a_word_of_every_day_is_left_alone(people: None, network: Any) -> None:
    assert flagged("le siège de la douleur, au grand ouest de rien", network) == []


def test_a_passage_is_flagged_once_and_in_order(people: None, make_person: Any, network: Any) -> None:
    make_person("Nantes", "Grand", site="Nantes")
    text = "À Nantes, M. Paul Martin voit Nantes Grand au Siège."
    flags = flagged(text, network)
    assert [(flag.words, flag.kind) for flag in flags] == [
        ("Nantes", "site"),
        ("Paul Martin", "person"),
        ("Nantes Grand", "person"),
        ("Siège", "unit"),
    ]
    assert all(one.end <= other.start for one, other in itertools.pairwise(flags))


def test_names_follow_those_who_change_theirs(make_person: Any, network: Any) -> None:
    person = make_person("Paul", "Martin")
    person.last_name = "Lebrun"
    person.save()
    assert flagged("Paul Martin", network) == []
    assert [flag.words for flag in flagged("Paul Lebrun", network)] == ["Paul Lebrun"]
    person.last_name = "Garcia"
    Person.objects.bulk_update([person], ["last_name"])
    assert names_known(["garcia paul", "lebrun paul"]) == {"garcia paul"}
    Person.objects.bulk_create(
        [Person(first_name="Zoé", last_name="Ait-Ali", email="z@example.org", password="!")]
    )
    assert [flag.words for flag in flagged("Zoé Aït Ali", network)] == ["Zoé Aït Ali"]


def test_a_long_page_of_nothing_but_names_asks_little_of_the_database(
    people: None, network: Any, queries: Any
) -> None:
    text = " ".join(f"Prénom{chr(65 + n % 26)}x Nom{chr(65 + n // 26 % 26)}y" for n in range(4000))
    with queries() as short:
        flagged("Paul Martin à Nantes", network)
    assert len(short) == 3
    with queries() as long:
        flagged(text, network)
    assert len(long) <= 14


@pytest.mark.needs_shared
def test_strange_texts_break_nothing(naughty: list[str], people: None, network: Any) -> None:
    for text in naughty:
        for flag in flagged(f"{text} Paul Martin {text}", network):
            assert flag.words

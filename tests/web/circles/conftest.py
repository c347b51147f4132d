"""A group at the moments at which its pages are looked at, made through the real actions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from reciproque.circles import actions
from reciproque.circles.models import Circle
from reciproque.kit import clock
from reciproque.networks.actions import add_to_pool

FUNCTION = "Chef d’équipe"


@pytest.fixture
def guide(make_person: Any, network: Any, join: Any, alice: Any) -> Any:
    """Someone of the pool who facilitates groups, from outside."""
    person = make_person("Gaëlle", "Guide", email="gaelle@example.org", unit="Siège > Appui", site="Paris")
    join(person, network)
    add_to_pool(network, person, by=alice, abilities=["facilitate"], at_most=3)
    return person


@pytest.fixture
def crew(make_person: Any, network: Any, join: Any) -> list[Any]:
    """Six members of the network who hold the function of the group."""
    names = ("Ines", "Jean", "Kim", "Lea", "Marc", "Nora")
    people = [
        make_person(name, "Équipe", email=f"{name.lower()}@example.org", function=FUNCTION, site="Nantes")
        for name in names
    ]
    for person in people:
        join(person, network)
    return people


@pytest.fixture
def prepared(network: Any, alice: Any) -> Circle:
    """A group whose need is specified."""
    circle = actions.open_circle(
        network, by=alice, title="Chefs d’équipe", trade="Encadrement", aims="Parler des absences."
    )
    return actions.specify_need(
        circle,
        by=alice,
        specified_with="La directrice",
        deciders=[(None, "Mme Lefort", "directrice")],
        allowance="Sept demi-journées",
        told="Le nombre de séances",
        untold="Ce qui se dit",
        functions=FUNCTION,
    )


@pytest.fixture
def called(prepared: Circle, alice: Any) -> Circle:
    """A group that calls for volunteers, for three weeks."""
    return actions.call_volunteers(prepared, by=alice, until=clock.now().date() + dt.timedelta(days=21))


@pytest.fixture
def made(called: Circle, alice: Any, guide: Any, crew: list[Any]) -> Circle:
    """A group of six, its facilitator named."""
    actions.name_facilitator(called, by=alice, person=guide)
    for person in crew:
        actions.apply(called, by=person, goal=f"objectif de {person.first_name}", helping="Écouter")
    return actions.constitute(called, by=alice)


@pytest.fixture
def begun(made: Circle, guide: Any, crew: list[Any]) -> Circle:
    """A group whose charter everyone signed, and whose sessions begin."""
    actions.write_charter(made, by=guide, text="Ce qui se dit ici reste ici.", leaving="Des fiches sans nom.")
    for person in (guide, *crew):
        actions.sign_group_charter(made, by=person, version=1)
    return actions.begin_sessions(made, by=guide)


@pytest.fixture
def url() -> Callable[..., str]:
    """The address of a page about something."""
    return lambda name, about, *more: reverse(f"circles:{name}", args=[about.public_id, *more])


@pytest.fixture
def read() -> Callable[[Any], str]:
    """What a page says, its entities and non-breaking spaces undone."""
    from html import unescape

    return lambda response: unescape(response.content.decode()).replace("\u00a0", " ")

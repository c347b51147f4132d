"""A group at each moment of its life: being prepared, calling, made, in its sessions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from reciproque.circles import actions
from reciproque.circles.models import Circle, Seat
from reciproque.kit import clock
from reciproque.networks.actions import add_to_pool

NEED: dict[str, Any] = {
    "aims": "Parler des absences sans s’épuiser.",
    "specified_with": "La directrice de l’établissement de Nantes",
    "deciders": [(None, "Mme Lefort", "directrice")],
    "allowance": "Une demi-journée par mois, écrite dans le planning.",
    "told": "Le nombre de séances et les fiches.",
    "untold": "Ce qui se dit en séance.",
    "functions": "Chef d’équipe, responsable d’équipe",
}
CHARTER = {"text": "Ce qui se dit ici reste ici.", "leaving": "Les fiches, avec l’accord de chacun."}
FUNCTION = "Chef d’équipe"


@pytest.fixture
def facilitator(make_person: Any, network: Any, join: Any, alice: Any) -> Any:
    """Someone of the pool who facilitates groups, from outside."""
    person = make_person("Gaëlle", "Guide", unit="Siège > Appui", site="Paris")
    join(person, network)
    add_to_pool(network, person, by=alice, abilities=["facilitate"], at_most=3)
    return person


@pytest.fixture
def volunteers(make_person: Any, network: Any, join: Any) -> Callable[..., list[Any]]:
    """Make members of the network who hold the function of the group."""

    def make(count: int = 7, **fields: Any) -> list[Any]:
        values = {"function": FUNCTION, "unit": "Opérations > Ouest", "site": "Nantes"} | fields
        people = [make_person(f"Volontaire{n}", **values) for n in range(1, count + 1)]
        for person in people:
            join(person, network)
        return people

    return make


@pytest.fixture
def prepare(network: Any, alice: Any) -> Callable[..., Circle]:
    """Open a group and specify its need."""

    def prepare_(by: Any = None, **fields: Any) -> Circle:
        by = by or alice
        circle = actions.open_circle(
            network, by=by, key="", title=fields.pop("title", "Chefs d’équipe"), trade=fields.pop("trade", "")
        )
        return actions.specify_need(circle, by=by, **(NEED | fields))

    return prepare_


@pytest.fixture
def call(prepare: Any) -> Callable[..., Circle]:
    """Call for volunteers, for three weeks."""

    def call_(**fields: Any) -> Circle:
        circle = prepare(**fields)
        until = clock.now().date() + dt.timedelta(days=21)
        return actions.call_volunteers(circle, by=circle.opened_by, until=until)

    return call_


@pytest.fixture
def apply() -> Callable[..., Seat]:
    """Volunteer for a group."""
    return lambda circle, person, goal="Mieux préparer mes entretiens", helping="Écouter, raconter": (
        actions.apply(circle, by=person, goal=goal, helping=helping)
    )


@pytest.fixture
def made(call: Any, apply: Any, volunteers: Any, facilitator: Any) -> Callable[..., Circle]:
    """Make a group of so many members, its facilitator named."""

    def made_(count: int = 7, people: list[Any] | None = None, **fields: Any) -> Circle:
        circle = call(**fields)
        actions.name_facilitator(circle, by=circle.opened_by, person=facilitator)
        for person in people if people is not None else volunteers(count):
            apply(circle, person)
        return actions.constitute(circle, by=circle.opened_by)

    return made_


@pytest.fixture
def begun(made: Any) -> Callable[..., Circle]:
    """A group whose charter everyone signed, and whose sessions begin."""

    def begun_(**fields: Any) -> Circle:
        circle = made(**fields)
        guide = circle.facilitator
        actions.write_charter(circle, by=guide, **CHARTER)
        for person in [guide, *(seat.person for seat in circle.seats.filter(state="seated"))]:
            actions.sign_group_charter(circle, by=person, version=1)
        return actions.begin_sessions(circle, by=guide)

    return begun_


@pytest.fixture
def members() -> Callable[[Circle], list[Any]]:
    """The members of a group, in order of application."""
    return lambda circle: [
        seat.person for seat in circle.seats.filter(state="seated").select_related("person")
    ]


@pytest.fixture
def seat_of(db: None) -> Callable[[Circle, Any], Seat]:
    """Somebody's latest place in a group."""
    return lambda circle, person: (
        Seat.objects.select_related("circle__network", "person")
        .filter(circle=circle, person=person)
        .latest("pk")
    )


@pytest.fixture
def owed(db: None) -> Callable[[Circle], list[tuple[str, str]]]:
    """What is expected about a group, and of whom ("" for the animation team)."""
    from reciproque.agenda.models import Step

    def owed_(circle: Circle) -> list[tuple[str, str]]:
        rows = Step.objects.about(circle).open().order_by("verb", "pk").select_related("owner")
        return [(step.verb, str(step.owner) if step.owner else "") for step in rows]

    return owed_
